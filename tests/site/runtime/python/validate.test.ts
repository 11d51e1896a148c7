import assert from "node:assert/strict";
import { test } from "node:test";
import type { Output, Report } from "../../../../src/coursekit/site/runtime/python/protocol.ts";
import { toReport } from "../../../../src/coursekit/site/runtime/python/validate.ts";

const axes = [{ box: [0, 0, 9, 9], x: [0, 1], y: [0, 1], xlog: false, ylog: true }] as const;
const OUTPUTS = [
  { kind: "text", stream: "stderr", text: "t" },
  { kind: "value", text: "1" },
  { kind: "html", html: "<b>b</b>", text: "b" },
  { kind: "figure", svg: "<svg/>", axes },
  { kind: "figure", png: "aa+/=", dark: "", axes: [] },
  { kind: "movie", frames: ["<svg/>"], labels: ["1"] },
  { kind: "strip", tokens: ["a"], values: [0.5], name: "n", unit: "" },
  { kind: "progress", id: 1, desc: "", n: 2, total: null, postfix: "", seconds: 0.1 },
  { kind: "checks", checks: [{ says: "s", ok: null, message: "" }], blank: null, passed: false },
  { kind: "error", type: "E", message: "m", line: null, help: { key: "help_zero" }, traceback: "t" },
  { kind: "cut", whole: new Blob() },
  { kind: "failure", what: "boot", detail: "d" },
] as unknown as Output[];
const REPORTS: Report[] = [
  { kind: "progress", id: null, phases: [{ name: "python", loaded: 1, total: 2, done: false }] },
  { kind: "ready" },
  { kind: "begun", id: 1 },
  ...OUTPUTS.map((output) => ({ kind: "output", id: 1, output }) as const),
  { kind: "ask", id: 1, prompt: "?" },
  { kind: "finished", id: 1, end: "done", ms: 1, values: [1, "a", null] },
  { kind: "crashed", message: "m" },
];

test("every report of the protocol is believed", () => {
  for (const report of REPORTS) assert.equal(toReport(report), report, JSON.stringify(report));
});

/** Every report with each of its fields, and each of its output's, replaced or left out. */
function* spoilt(): Generator<unknown> {
  const wrong = [undefined, { kind: "none" }, Symbol.iterator];
  for (const report of REPORTS) {
    for (const [name, held] of Object.entries(report)) {
      if (held === null) continue; // which may be left out
      for (const each of wrong) yield { ...report, [name]: each };
    }
    if (report.kind !== "output") continue;
    const { output } = report;
    for (const [name, held] of Object.entries(output)) {
      if (held === null || (output.kind === "html" && name === "text") || name === "help") continue;
      for (const each of wrong) yield { ...report, output: { ...output, [name]: each } };
    }
  }
}

test("a report with anything else in a field is none", () => {
  for (const sent of spoilt()) assert.equal(toReport(sent), null, String(JSON.stringify(sent)));
});

test("nor is anything that only looks like one", () => {
  const odd = [undefined, null, 1, "ready", [], {}, { kind: "toString" }, { kind: ["ready"] }];
  for (const sent of odd) assert.equal(toReport(sent), null);
  const output = { kind: "figure", png: '"><script>', dark: "", axes: [] };
  assert.equal(toReport({ kind: "output", id: 1, output }), null);
  const movie = { kind: "movie", frames: [], labels: [] };
  assert.equal(toReport({ kind: "output", id: 1, output: movie }), null);
});
