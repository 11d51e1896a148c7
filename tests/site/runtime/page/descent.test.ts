import assert from "node:assert/strict";
import { test } from "node:test";
import { EDGE, START, STEPS, loss, slope, walk } from "../../../../src/coursekit/site/runtime/page/descent.ts";

test("the slope is the derivative of the loss", () => {
  for (let w = -2.8; w <= 2.8; w += 0.1) {
    const h = 1e-5;
    assert.ok(Math.abs((loss(w + h) - loss(w - h)) / (2 * h) - slope(w)) < 1e-8);
  }
});

const ENDINGS = [
  [0.01, "moving"],
  [0.1, "near"],
  [0.45, "deep"],
  [0.9, "away"],
] as const;

for (const [rate, ending] of ENDINGS) {
  test(`a learning rate of ${rate} ends "${ending}"`, () => {
    assert.equal(walk(rate).ending, ending);
  });
}

test("a walk begins at the start, takes each step downhill by the rule, and stays on the page", () => {
  for (const [rate] of ENDINGS) {
    const { places, ending } = walk(rate);
    assert.equal(places[0], START);
    assert.ok(places.length <= STEPS + 1);
    for (const [n, w] of places.slice(1).entries()) {
      assert.equal(w, places[n]! - rate * slope(places[n]!));
    }
    const outside = places.filter((w) => Math.abs(w) > EDGE).length;
    assert.equal(outside, ending === "away" ? 1 : 0);
  }
});
