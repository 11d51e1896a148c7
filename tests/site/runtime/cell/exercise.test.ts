import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf } from "../../../../src/coursekit/site/runtime/cell/exercise.ts";
import { wordsOf } from "../../../../src/coursekit/site/runtime/common/words.ts";
import type { Output } from "../../../../src/coursekit/site/runtime/python/protocol.ts";

const words = wordsOf("en");

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
