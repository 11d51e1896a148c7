import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { statusOf, type Surroundings } from "../../../../src/coursekit/site/runtime/cell/run_status.ts";
import { wordsOf } from "../../../../src/coursekit/site/runtime/common/words.ts";
import { newCell, type Cell } from "../../../../src/coursekit/site/runtime/python/cell_state.ts";
import type { Phase } from "../../../../src/coursekit/site/runtime/python/protocol.ts";

const words = wordsOf("en");
const QUIET: Surroundings = { waitsFor: "turn", ready: true, phases: [], again: null };

function say(cell: Partial<Cell>, around: Partial<Surroundings> = {}, now = 0) {
  const status = statusOf({ ...newCell("/", "a"), ...cell }, { ...QUIET, ...around }, now, words);
  return { ...status, button: words(status.button) };
}

const phase = (name: string, loaded: number, done = false): Phase => {
  return { name, loaded: loaded * 1e6, total: 4e6, done };
};

describe("a cell says", () => {
  const error = { kind: "error", type: "E", message: "", line: 3, traceback: "" } as const;
  const TABLE: [what: string, cell: Partial<Cell>, button: string, text: string][] = [
    ["nothing while idle", {}, "Run", ""],
    ["how long it ran", { settled: "done", ms: 38 }, "Run again", "Ran in 38 ms"],
    ["where it failed", { settled: "error", outputs: [error] }, "Run again", "Error at line 3"],
    ["that it failed", { settled: "error", outputs: [] }, "Run again", "Error"],
    ["when you stopped it", { settled: "stopped", ms: 8140 }, "Run again", "You stopped it after 8.1 s"],
    ["that you edited it", { settled: "done", code: "a", draft: "b" }, "Run again", "Edited since it ran"],
    ["why it did not run", { note: "skipped" }, "Run", "Not run: a cell before it did not finish"],
    ["that it is gone", { note: "lost" }, "Run", "Not run since Python started again"],
    ["that it waits", { busy: "loading" }, "Cancel", "Waiting for the cell before it"],
  ];
  for (const [what, cell, button, text] of TABLE) {
    test(what, () => {
      const status = say(cell);
      assert.deepEqual([status.button, status.text], [button, text]);
    });
  }

  test("how long it has been running, apart from what is read aloud", () => {
    const status = say({ busy: "running", since: 1000 }, {}, 3400);
    assert.deepEqual([status.button, status.text, status.ticking], ["Stop", "Running", ", 2.4 s"]);
  });

  test("what is loading, with its bytes, and how far all of it is", () => {
    const phases = [phase("python", 4, true), phase("numpy", 2), phase("matplotlib", 0)];
    const status = say({ busy: "loading" }, { waitsFor: "python", phases });
    assert.deepEqual(status.phases, [
      { name: "Python", ticking: "", is: "was" },
      { name: "NumPy", ticking: ", 2.0 of 4.0 MB", is: "now" },
      { name: "matplotlib", ticking: "", is: "next" },
      { name: "Your code", ticking: "", is: "next" },
    ]);
    assert.equal(status.filled, 0.5);
  });

  test("that something which has come is starting", () => {
    const status = say({ busy: "loading" }, { waitsFor: "python", phases: [phase("numpy", 4)] });
    assert.equal(status.phases![0]!.ticking, ", starting");
  });

  test("that it waits for another page, and offers to stop that", () => {
    const status = say({ busy: "loading" }, { waitsFor: "elsewhere" });
    assert.deepEqual(
      [status.text, status.offer],
      ["Waiting for a cell on another page", "stop_elsewhere"],
    );
  });

  test("what happens to the page after it was stopped, until that is over", () => {
    const stopped = { settled: "stopped", ms: 8140, note: "reviving" } as const;
    const again = { index: 2, of: 5 };
    const loading = say(stopped, { ready: false, again });
    assert.equal(loading.lead + loading.text, "You stopped it after 8.1 s; Python starts again");
    const running = say(stopped, { again });
    assert.equal(running.text, "running cell 2 of 5 again");
    assert.equal(running.offer, "cancel_again");
    const over = say({ ...stopped, note: "revived" });
    assert.equal(over.lead + over.text, "You stopped it after 8.1 s; the other cells ran again");
    assert.equal(over.offer, null);
  });
});
