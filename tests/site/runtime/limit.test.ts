import assert from "node:assert/strict";
import { test } from "node:test";
import { CHARACTERS, LINES, createLimit } from "../../../src/coursekit/site/runtime/limit.ts";
import type { Output } from "../../../src/coursekit/site/runtime/protocol.ts";

function limited(...outputs: Output[]): Output[] {
  const sent: Output[] = [];
  const say = createLimit((output) => sent.push(output));
  outputs.forEach(say);
  return sent;
}

const print = (text: string): Output => ({ kind: "text", stream: "stdout", text });
const long = (length: number): Output => print("x".repeat(length));
const cut: Output = { kind: "cut" };

test("what fits is passed on as it is", () => {
  const fits = [long(CHARACTERS - 1), print("\n")];
  assert.deepEqual(limited(...fits), fits);
  const lines = [print("line\n".repeat(LINES - 1)), print("\n")];
  assert.deepEqual(limited(...lines), lines);
});

test("what is too long is cut off, and that is said once", () => {
  const sent = limited(long(CHARACTERS - 2), long(5), long(5));
  assert.deepEqual(sent, [long(CHARACTERS - 2), long(2), cut]);
  assert.deepEqual(limited(long(CHARACTERS), long(1), long(1)), [long(CHARACTERS), cut]);
});

test("what has too many lines is cut off after a whole one", () => {
  const sent = limited(print("a\n".repeat(LINES - 1)), print("b\nc\nd\n"), print("e"));
  assert.deepEqual(sent, [print("a\n".repeat(LINES - 1)), print("b\n"), cut]);
  assert.deepEqual(limited(print("a\n".repeat(LINES)), print("b")).at(-1), cut);
});

test("a huge last value is cut like text", () => {
  const value: Output = { kind: "value", text: "x".repeat(CHARACTERS + 1) };
  assert.deepEqual(limited(value), [{ kind: "value", text: "x".repeat(CHARACTERS) }, cut]);
});

test("an error is always told", () => {
  const error = { kind: "error", type: "E", message: "", line: 1, traceback: "" } as const;
  assert.deepEqual(limited(long(CHARACTERS + 1), error).at(-1), error);
});
