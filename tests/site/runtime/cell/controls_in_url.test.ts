import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, numberAt } from "../../../../src/coursekit/site/runtime/cell/controls_in_url.ts";
import { control } from "./controls.ts";

test("an address moves a control, and can put nothing else into the code", () => {
  const code = 'w = 1.0  # slider -2 to 2\nhow = "a"  # choice "a", "b"\nx, y = 0.5, 1.0  # pick';
  const slider = control({ low: -2, high: 2 });
  const choice = control({ kind: "choice", names: ["how"], choices: ["a", "b"] });
  const pick = control({ kind: "pick", names: ["x", "y"] });
  const all = [slider, choice, pick];
  assert.equal(
    applied("?c.w=-1.5&c.how=%22b%22&c.x,y=0.1,%202e3", "c", all, code),
    'w = -1.5  # slider -2 to 2\nhow = "b"  # choice "a", "b"\nx, y = 0.1, 2e3  # pick',
  );
  for (const hostile of ["c.w=3", "c.w=f()", "c.w=1;x", "c.how=b", "c.how=%22c%22", "c.x,y=1", "d.w=0", "c.w="]) {
    assert.equal(applied(`?${hostile}`, "c", all, code), code, hostile);
  }
  assert.equal(numberAt("?m.frame=12", "m.frame"), 12);
  assert.equal(numberAt("?m.frame=-1", "m.frame"), null);
});
