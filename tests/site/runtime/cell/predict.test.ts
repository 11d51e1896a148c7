import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, number, type Question } from "../../../../src/coursekit/site/runtime/cell/predict.ts";

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
