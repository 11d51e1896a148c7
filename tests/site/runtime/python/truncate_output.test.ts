import assert from "node:assert/strict";
import { test } from "node:test";
import type { Output } from "../../../../src/coursekit/site/runtime/python/protocol.ts";
import { CHARACTERS, LINES, OUTPUTS, WHOLE, createTruncation } from "../../../../src/coursekit/site/runtime/python/truncate_output.ts";

function limited(...outputs: Output[]): Output[] {
  const sent: Output[] = [];
  const { say, end } = createTruncation((output) => sent.push(output));
  outputs.forEach(say);
  end();
  return sent;
}

/** What a reader can download. */
async function whole(...outputs: Output[]): Promise<string> {
  const parts = limited(...outputs).flatMap((output) => (output.kind === "cut" ? [output.whole] : []));
  return new Blob(parts).text();
}

/** What is shown: a cut, however often it was told, comes once. */
function shown(...outputs: Output[]): (Output | "cut")[] {
  const sent = limited(...outputs).map((output) => (output.kind === "cut" ? "cut" : output));
  return sent.filter((output, n) => output !== "cut" || sent.indexOf("cut") === n);
}

const print = (text: string): Output => ({ kind: "text", stream: "stdout", text });
const long = (length: number): Output => print("x".repeat(length));
const html: Output = { kind: "html", html: "<b>b</b>", text: "" };

test("what fits is passed on as it is", () => {
  const fits = [long(CHARACTERS - 1), print("\n")];
  assert.deepEqual(limited(...fits), fits);
  const lines = [print("line\n".repeat(LINES - 1)), print("\n")];
  assert.deepEqual(limited(...lines), lines);
});

test("what is too long is cut off, and that is said once", () => {
  const sent = shown(long(CHARACTERS - 2), long(5), long(5));
  assert.deepEqual(sent, [long(CHARACTERS - 2), long(2), "cut"]);
  assert.deepEqual(shown(long(CHARACTERS), long(1), long(1)), [long(CHARACTERS), "cut"]);
});

test("what has too many lines is cut off after a whole one", () => {
  const sent = shown(print("a\n".repeat(LINES - 1)), print("b\nc\nd\n"), print("e"));
  assert.deepEqual(sent, [print("a\n".repeat(LINES - 1)), print("b\n"), "cut"]);
  assert.deepEqual(shown(print("a\n".repeat(LINES)), print("b")).at(-1), "cut");
});

test("a huge last value is cut like text", () => {
  const value: Output = { kind: "value", text: "x".repeat(CHARACTERS + 1) };
  assert.deepEqual(shown(value), [{ kind: "value", text: "x".repeat(CHARACTERS) }, "cut"]);
});

test("more figures and tables than a page can bear are left out, and the first ones stay", () => {
  const many = Array.from({ length: OUTPUTS + 5 }, () => html);
  assert.deepEqual(shown(...many), [...many.slice(0, OUTPUTS), "cut"]);
});

test("all that was said can be downloaded, what is shown included", async () => {
  const said = ["a\n".repeat(LINES), "b", "c".repeat(3_000_000), "\n", "d"];
  assert.equal(await whole(...said.map(print)), said.join(""));
  assert.equal(await whole(print("short")), "", "nothing was left out");
});

test("what can be downloaded has an end too", async () => {
  const parts = Array.from({ length: WHOLE / 10_000_000 + 1 }, () => long(10_000_000));
  assert.equal((await whole(...parts)).length, WHOLE);
});

test("an error is always told", () => {
  const error = { kind: "error", type: "E", message: "", line: 1, traceback: "" } as const;
  assert.deepEqual(limited(long(CHARACTERS + 1), error).at(-1), error);
});
