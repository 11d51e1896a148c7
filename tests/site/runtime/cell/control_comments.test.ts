import assert from "node:assert/strict";
import { test } from "node:test";
import { digitsFor, fromTrack, literalOf, numbersIn, rewrite, short, STEPS, toTrack } from "../../../../src/coursekit/site/runtime/cell/control_comments.ts";
import { control } from "./controls.ts";

test("a control finds its literal, wherever its line stands", () => {
  const code = "x = 1\nw = -2.5   # slider -3 to 3: weight\nprint(w)";
  const literal = literalOf(control(), code)!;
  assert.equal(literal.text, "-2.5");
  assert.equal(rewrite(code, literal, "0.5"), "x = 1\nw = 0.5   # slider -3 to 3: weight\nprint(w)");
});

test("a control whose line is gone, renamed or indented finds nothing", () => {
  for (const code of ["w = 1", "v = 1  # slider 0 to 1", "  w = 1  # slider 0 to 1", "w = 1  # choice 'a', 'b'"]) {
    assert.equal(literalOf(control(), code), null);
  }
});

test("a choice may hold a hash sign, a pick two names", () => {
  const code = 'how = "a#b"  # choice "a#b", "c"\nx,y = 0.5, 1.0  # pick';
  assert.equal(literalOf(control({ kind: "choice", names: ["how"] }), code)!.text, '"a#b"');
  assert.equal(literalOf(control({ kind: "pick", names: ["x", "y"] }), code)!.text, "0.5, 1.0");
});

test("the ends of a track are the bounds, and a value comes back as itself", () => {
  for (const each of [control({ low: -2, high: 2 }), control({ low: 0.001, high: 0.5, log: true })]) {
    assert.equal(Number(fromTrack(each, 0)), each.low);
    assert.equal(Number(fromTrack(each, STEPS)), each.high);
    for (const at of [0, 50, 140, STEPS]) {
      const value = Number(fromTrack(each, at));
      const back = Number(fromTrack(each, toTrack(each, value)));
      assert.ok(Math.abs(back - value) <= 0.02 * Math.abs(value) + 1e-12, `${value} came back as ${back}`);
    }
  }
});

test("every press of an arrow key is another value", () => {
  for (const each of [control({ low: -2, high: 2 }), control({ low: 0.001, high: 0.5, log: true }), control({ high: 3e6 })]) {
    const values = Array.from({ length: STEPS + 1 }, (_, at) => Number(fromTrack(each, at)));
    assert.ok(values.every((value, at) => at === 0 || value > values[at - 1]!), JSON.stringify(each));
  }
});

test("numbers are written as Python reads them", () => {
  assert.deepEqual([short(1), short(0.25), short(-2), short(1e-9)], ["1.0", "0.25", "-2.0", "1e-9"]);
  assert.equal(fromTrack(control({ low: 1, high: 9, integer: true }), STEPS / 2), "5");
  assert.deepEqual([digitsFor(0.02), digitsFor(5), digitsFor(0.001)], [2, 0, 3]);
  assert.deepEqual(numbersIn("(0.5, -1)"), [0.5, -1]);
});
