import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf } from "../../../src/coursekit/site/runtime/exercise.ts";
import { judge, number, type Question } from "../../../src/coursekit/site/runtime/predict.ts";
import type { Output } from "../../../src/coursekit/site/runtime/protocol.ts";
import { addOutput, newCell } from "../../../src/coursekit/site/runtime/record.ts";
import { wordsOf } from "../../../src/coursekit/site/runtime/words.ts";

const words = wordsOf("en");

test("a choice is right when it is the one the cell gives, and gets its own reply", () => {
  const question: Question = { type: "choice", tolerance: 0, answers: ["falls", "rises"] };
  assert.deepEqual(judge(question, "falls", "falls"), { ok: true, reply: "falls" });
  assert.deepEqual(judge(question, "rises", "falls"), { ok: false, reply: "rises" });
});

test("a number is right within its tolerance; a known wrong one has its own reply", () => {
  const question: Question = { type: "number", tolerance: 0.1, answers: ["right", "2", "low", "other"] };
  assert.deepEqual(judge(question, "2.85", 2.8), { ok: true, reply: "right" });
  assert.deepEqual(judge(question, "2,05", 2.8), { ok: false, reply: "2" });
  assert.deepEqual(judge(question, "1", 2.8), { ok: false, reply: "low" });
  assert.deepEqual(judge(question, "4", 2.8), { ok: false, reply: "other" });
});

test("a text is compared without case and spaces", () => {
  const question: Question = { type: "text", tolerance: 0, answers: ["right", "step size", "other"] };
  assert.deepEqual(judge(question, " Learning  Rate ", "learning rate"), { ok: true, reply: "right" });
  assert.deepEqual(judge(question, "Step size", "learning rate"), { ok: false, reply: "step size" });
  assert.deepEqual(judge(question, "right", "learning rate"), { ok: false, reply: "other" });
});

test("numbers are read as people write them", () => {
  assert.deepEqual(["1,5", "−4", "1/4", " 2e3 "].map(number), [1.5, -4, 0.25, 2000]);
  for (const text of ["", "a", "1/", "/2", "1.2.3"]) assert.ok(Number.isNaN(number(text)), text);
});

test("an exercise says how far it is", () => {
  const checks = [
    { says: "a", ok: true, message: "" },
    { says: "b", ok: false, message: "no" },
    { says: "c", ok: null, message: "" },
  ];
  const report: Output = { kind: "checks", checks, blank: null, passed: false };
  assert.equal(markOf("new", [], words), "Not tried");
  assert.equal(markOf("open", [report], words), "1 of 3 checks pass");
  assert.equal(markOf("open", [{ ...report, blank: 2 }], words), "Tried");
  assert.equal(markOf("open", [], words), "Tried");
  assert.equal(markOf("passed", [], words), "Passed");
});

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
