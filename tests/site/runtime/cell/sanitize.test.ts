import assert from "node:assert/strict";
import { test } from "node:test";
import { isHarmless } from "../../../../src/coursekit/site/runtime/cell/sanitize.ts";

const KEPT = [
  ["a", "href", "https://example.org/"],
  ["a", "href", "#cell-fit"],
  ["use", "href", "#m1"],
  ["image", "href", "data:image/png;base64,AAAA"],
  ["path", "clip-path", "url(#p1)"],
  ["path", "style", "stroke: var(--fig-1); clip-path: url('#p1')"],
  ["td", "style", "text-align: right"],
  ["td", "class", "number"],
];

const DROPPED = [
  ["td", "onclick", "x()"],
  ["svg", "onload", "x()"],
  ["a", "href", "javascript:x()"],
  ["a", "href", " javascript:x()"],
  ["a", "href", "data:text/html,x"],
  ["use", "href", "https://example.org/x.svg#a"],
  ["image", "href", "https://example.org/x.png"],
  ["image", "href", "data:image/svg+xml,<svg onload=x()>"],
  ["image", "xlink:href", "//example.org/x.png"],
  ["td", "style", "background: url(https://example.org/x.png)"],
  ["td", "style", "background: u\\72l(//example.org)"],
  ["td", "style", "background: image-set('https://example.org/x.png' 1x)"],
  ["td", "style", "position: fixed; inset: 0"],
  ["path", "fill", "url(https://example.org/x.svg#a)"],
];

test("what only shows is kept", () => {
  for (const [element, name, value] of KEPT) {
    assert.ok(isHarmless(element!, name!, value!), `${element} ${name}="${value}"`);
  }
});

test("what runs, loads or leaves its place is dropped", () => {
  for (const [element, name, value] of DROPPED) {
    assert.ok(!isHarmless(element!, name!, value!), `${element} ${name}="${value}"`);
  }
});
