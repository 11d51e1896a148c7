import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, numberAt } from "../../../src/coursekit/site/runtime/address.ts";
import { digitsFor, fromTrack, literalOf, numbersIn, rewrite, short, STEPS, toTrack, type Control } from "../../../src/coursekit/site/runtime/control.ts";
import { stepped, valuesAt } from "../../../src/coursekit/site/runtime/pick.ts";
import type { Axes } from "../../../src/coursekit/site/runtime/protocol.ts";

function control(news: Partial<Control> = {}): Control {
  const plain = { line: 1, label: "w", low: 0, high: 1, log: false, integer: false, choices: [] };
  return { kind: "slider", names: ["w"], ...plain, ...news };
}

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

const axes: Axes = { box: [10, 20, 110, 220], x: [0, 10], y: [0, 100], xlog: false, ylog: false };

test("a point of the picture is a pair of values, and none outside the axes", () => {
  assert.equal(valuesAt(axes, 60, 120), "5.0, 50.0");
  assert.equal(valuesAt(axes, 10, 20), "0.0, 100.0");
  assert.equal(valuesAt(axes, 5, 120), null);
  assert.equal(valuesAt({ ...axes, xlog: true, x: [0.01, 100] }, 60, 220), "1.0, 0.0");
});

test("an arrow key goes a fiftieth of the axis, and not beyond its end", () => {
  assert.equal(stepped(axes, "5.0, 50.0", 1, 0), "5.2, 50.0");
  assert.equal(stepped(axes, "5.0, 50.0", 0, -1), "5.0, 48.0");
  assert.equal(stepped(axes, "10.0, 100.0", 1, 1), "10.0, 100.0");
  assert.equal(stepped(axes, "nonsense", 1, 1), null);
});

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
