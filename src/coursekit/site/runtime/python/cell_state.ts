/** What is known of each cell of each page, for as long as the visit lasts. */

import type { End, Output, Value } from "./protocol.ts";

export type State = "idle" | "loading" | "running" | "done" | "error" | "stopped" | "stale";

/** What happened to a cell besides its own run. */
export type Note =
  | "skipped" // it waited behind a run that failed or was stopped
  | "lost" // Python was started again and did not run it again
  | "reviving" // Python starts again because of this cell's end, and the page's cells run again
  | "revived"
  | "restarted" // Python was started again, and there was nothing to run again
  | "forsaken" // the reader cancelled the running again
  | "unreachable" // Python did not come back
  | null;

/** A run that ended, as it must be done again when Python is started anew. */
export interface Ran {
  code: string;
  holds: string;
  asks: string[];
  answers: string[];
}

/** One cell. `busy` covers `settled` while a run is asked for, so that cancelling just uncovers. */
export interface Cell {
  readonly page: string;
  readonly name: string;
  busy: "loading" | "running" | null;
  settled: End | "idle";
  note: Note;
  draft: string | null; // the code in the reader's editor; null while nobody touched it
  code: string; // the code of the latest run
  run: number; // counts the runs that began, and what else replaces the outputs
  outputs: Output[]; // of the latest run
  since: number; // when it began to run
  ms: number; // how long it ran
  values: Value[]; // what the page's predictions asked of the latest run
  question: string | null; // input() waits for the answer to this
  ran: Ran | null;
}

/** One page: its cells in order, and whether the worker still holds their namespace. */
export interface Page {
  order: string[];
  readonly cells: Map<string, Cell>;
  alive: boolean;
  host: Cell | null; // the cell whose end made Python start again, until the page has recovered
  again: { index: number; of: number } | null; // which cell runs again now
}

export function newPage(): Page {
  return { order: [], cells: new Map(), alive: false, host: null, again: null };
}

export function newCell(page: string, name: string): Cell {
  return {
    page,
    name,
    busy: null,
    settled: "idle",
    note: null,
    draft: null,
    code: "",
    run: 0,
    outputs: [],
    since: 0,
    ms: 0,
    values: [],
    question: null,
    ran: null,
  };
}

/** The state a reader sees. */
export function stateOf(cell: Cell): State {
  if (cell.busy) return cell.busy;
  if (cell.settled === "idle") return "idle";
  return cell.draft !== null && cell.draft !== cell.code ? "stale" : cell.settled;
}

/** The line that failed, counted from 1, if the latest run ended in an error there. */
export function failingLine(cell: Cell): number | null {
  const last = cell.outputs.at(-1);
  return last?.kind === "error" ? last.line : null;
}

/** The cells of a page that had run, in the page's order. */
export function cellsThatRan(page: Page): Cell[] {
  return page.order.flatMap((name) => page.cells.get(name) ?? []).filter((cell) => cell.ran);
}

/** A run begins: what the last one left is over. */
export function begin(cell: Cell, code: string, now: number): void {
  cell.run += 1;
  cell.outputs = [];
  cell.code = code;
  cell.note = null;
  cell.since = now;
  cell.busy = "running";
}

/** Adds an output; text joins that of the same stream before it, a bar and a cut their former state. */
export function addOutput(cell: Cell, output: Output): void {
  const last = cell.outputs.at(-1);
  if (output.kind === "progress") {
    const before = cell.outputs.findIndex((each) => each.kind === "progress" && each.id === output.id);
    if (before >= 0) {
      cell.outputs[before] = output;
      return;
    }
  }
  const before = output.kind === "cut" && cell.outputs.find((each) => each.kind === "cut");
  if (before) {
    before.whole = new Blob([before.whole, output.whole], { type: "text/plain" });
  } else if (output.kind === "text" && last?.kind === "text" && last.stream === output.stream) {
    last.text += output.text;
  } else {
    cell.outputs.push({ ...output });
  }
}

/** Python broke in this cell's run, or never came. */
export function fail(cell: Cell, code: string, what: "crash" | "boot", detail: string): void {
  if (what === "boot") begin(cell, code, 0);
  cell.outputs.push({ kind: "failure", what, detail });
  cell.settled = "error";
  cell.busy = null;
  cell.question = null;
  if (what === "crash") cell.ran = null;
}

/** Python was started anew without this cell. How it was stopped stays on the page. */
export function forget(cell: Cell): void {
  cell.ran = null;
  if (cell.settled === "stopped" || cell.note === "forsaken") return;
  cell.settled = "idle";
  cell.note = "lost";
}
