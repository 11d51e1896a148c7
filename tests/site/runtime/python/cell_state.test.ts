import assert from "node:assert/strict";
import { test } from "node:test";
import { addOutput, newCell } from "../../../../src/coursekit/site/runtime/python/cell_state.ts";

test("a progress bar is one output, however often it moves", () => {
  const cell = newCell("/one/", "a");
  const bar = { kind: "progress", desc: "", total: 9, postfix: "", seconds: 0 } as const;
  addOutput(cell, { ...bar, id: 1, n: 0 });
  addOutput(cell, { kind: "text", stream: "stdout", text: "between" });
  addOutput(cell, { ...bar, id: 1, n: 5 });
  addOutput(cell, { ...bar, id: 2, n: 1 });
  const bars = cell.outputs.flatMap((output) => (output.kind === "progress" ? [output.n] : []));
  assert.deepEqual([cell.outputs.length, ...bars], [3, 5, 1]);
});
