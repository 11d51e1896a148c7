import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { reached, tally } from "../../../../src/coursekit/site/runtime/kept/course_tasks.ts";
import { ONE, setUp } from "./storage.ts";

describe("a page", () => {
  const { store } = setUp();
  const todo = { exercises: [{ id: "mse" }, { id: "fit" }], predictions: ["speed"] };
  const page = store.page(ONE);
  const now = () => tally(todo, page.entry());

  test("is not begun, begun, and done when its exercises are passed", () => {
    assert.equal(now().state, null);
    page.answer("speed", "slow");
    page.answer("gone from the page", "1");
    assert.deepEqual(now(), { exercises: { done: 0, of: 2 }, predictions: { done: 1, of: 1 }, state: "half" });
    page.exercise("mse", "passed");
    page.exercise("fit", "open");
    assert.deepEqual([now().exercises.done, now().state], [1, "half"]);
    page.exercise("fit", "passed");
    assert.equal(now().state, "done");
  });

  test("without exercises is done when all is answered", () => {
    assert.equal(tally({ exercises: [], predictions: ["speed"] }, page.entry()).state, "done");
    assert.equal(tally({ exercises: [], predictions: [] }, page.entry()).state, "half");
  });
});

test("the ink goes as far as no lesson was left out", () => {
  assert.equal(reached(["done", "done", "half", "done"]), 2);
  assert.equal(reached([null, "done"]), 0);
  assert.equal(reached(["done", "done"]), 2);
});
