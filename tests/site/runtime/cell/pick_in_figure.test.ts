import assert from "node:assert/strict";
import { test } from "node:test";
import { stepped, valuesAt } from "../../../../src/coursekit/site/runtime/cell/pick_in_figure.ts";
import type { Axes } from "../../../../src/coursekit/site/runtime/python/protocol.ts";

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
