/**
 * What the worker sent -> a report, checked field by field; null where it is none.
 *
 * The code of a cell runs in the worker and could speak in its name. So the page believes nothing
 * that has not the form of protocol.ts; sanitize.ts looks at the markup in it.
 */

import type { Output, Report } from "./protocol.ts";

type Test = (value: unknown) => boolean;
type Forms<T extends { kind: string }> = Record<T["kind"], Test>;

const text: Test = (value) => typeof value === "string";
const number: Test = (value) => typeof value === "number";
const flag: Test = (value) => typeof value === "boolean";
const nothing: Test = (value) => value === null || value === undefined;
const blob: Test = (value) => value instanceof Blob;
const base64: Test = (value) => typeof value === "string" && /^[\w+/=]*$/.test(value);

const either = (...tests: Test[]): Test => (value) => tests.some((test) => test(value));
const list = (each: Test): Test => (value) => Array.isArray(value) && [...value].every(each);
const exactly = (n: number, each: Test): Test => (value) => list(each)(value) && (value as []).length === n;
const some = (each: Test): Test => (value) => list(each)(value) && (value as []).length > 0;

const object = (fields: Record<string, Test>): Test => (value) => {
  const held = Object(value) as Record<string, unknown>;
  return held === value && Object.entries(fields).every(([name, test]) => test(held[name]));
};
const texts: Test = (value) => object({})(value) && Object.values(value as object).every(text);

const span = exactly(2, number);
const axes = list(object({ box: exactly(4, number), x: span, y: span, xlog: flag, ylog: flag }));
const checked = object({ says: text, ok: either(flag, nothing), message: text });

const OUTPUTS: Forms<Output> = {
  text: object({ stream: (value) => value === "stdout" || value === "stderr", text }),
  value: object({ text }),
  html: object({ html: text }),
  figure: either(object({ svg: text, axes }), object({ png: base64, dark: base64, axes })),
  movie: object({ frames: some(text), labels: some(text) }),
  strip: object({ tokens: list(text), values: list(number), name: text, unit: text }),
  progress: object({
    id: number,
    desc: text,
    n: number,
    total: either(number, nothing),
    postfix: text,
    seconds: number,
  }),
  checks: object({ checks: list(checked), blank: either(number, nothing), passed: flag }),
  error: object({
    type: text,
    message: text,
    line: either(number, nothing),
    help: either(texts, nothing),
    traceback: text,
    full: either(text, nothing),
  }),
  cut: object({ whole: blob }),
  failure: object({ what: (value) => value === "crash" || value === "boot", detail: text }),
};

const phase = object({ name: text, loaded: number, total: number, done: flag });
const end: Test = (value) => value === "done" || value === "error" || value === "stopped";

const REPORTS: Forms<Report> = {
  progress: object({ id: either(number, nothing), phases: list(phase) }),
  ready: object({}),
  fetched: object({ addresses: list(text) }),
  begun: object({ id: number }),
  output: object({ id: number, output: (value) => hasForm(OUTPUTS, value) }),
  ask: object({ id: number, prompt: text }),
  finished: object({ id: number, end, ms: number, values: list(either(number, text, nothing)) }),
  crashed: object({ message: text }),
};

function hasForm(forms: Record<string, Test>, value: unknown): boolean {
  const { kind } = Object(value) as { kind?: unknown };
  return typeof kind === "string" && Object.hasOwn(forms, kind) && forms[kind]!(value);
}

export function toReport(sent: unknown): Report | null {
  return hasForm(REPORTS, sent) ? (sent as Report) : null;
}
