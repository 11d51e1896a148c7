import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, wordsOf } from "../../../../src/coursekit/site/runtime/common/words.ts";

const words = wordsOf("en");

test("a length of time reads as a person says it", () => {
  const table: [number, string][] = [
    [0.2, "1 ms"],
    [38.4, "38 ms"],
    [999, "999 ms"],
    [1000, "1.0 s"],
    [8140, "8.1 s"],
    [59_990, "1 min 0 s"],
    [72_400, "1 min 12 s"],
  ];
  for (const [ms, said] of table) assert.equal(duration(ms, words), said);
});

test("a language without words of its own speaks English", () => {
  assert.equal(wordsOf("xx")("run"), "Run");
  assert.equal(wordsOf("en-GB")("ran_in", { time: "1 s" }), "Ran in 1 s");
});
