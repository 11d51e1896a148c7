/** What the page and its Python worker say to each other. Types only. */

/** One thing a cell shows, as the kernel describes it. */
export type Output =
  | { kind: "text"; stream: "stdout" | "stderr"; text: string }
  | { kind: "value"; text: string }
  | { kind: "html"; html: string; text: string }
  | { kind: "figure"; svg: string; axes: Axes[] }
  | { kind: "figure"; png: string; dark: string; axes: Axes[] }
  | { kind: "movie"; frames: string[]; labels: string[] }
  | { kind: "strip"; tokens: string[]; values: number[]; name: string; unit: string }
  | {
      kind: "progress";
      id: number;
      desc: string;
      n: number;
      total: number | null;
      postfix: string;
      seconds: number;
    }
  | { kind: "checks"; checks: Checked[]; blank?: number | null; passed: boolean }
  | {
      kind: "error";
      type: string;
      message: string;
      line: number | null;
      help?: Help | null;
      traceback: string; // the reader's lines
      full?: string;
    }
  | { kind: "cut"; whole: Blob } // it says more than a page shows: all of it, or a further part
  | { kind: "failure"; what: "crash" | "boot"; detail: string }; // Python itself broke, or never came

/** Where a pair of axes lies in its picture, in units of its viewBox, and what it spans. */
export interface Axes {
  box: [number, number, number, number];
  x: [number, number];
  y: [number, number];
  xlog: boolean;
  ylog: boolean;
}

/** One check of an exercise, as its author wrote it. */
export interface Check {
  says: string; // HTML of cell_html.py
  code: string;
}

/** And how it came out; null: not tried. */
export interface Checked {
  says: string;
  ok: boolean | null;
  message: string;
}

/** What an expression of the author's is worth in the reader's namespace; null: it raised. */
export type Value = number | string | null;

/** A sentence of help on a common mistake: its key in the words, and what to fill in. */
export interface Help extends Record<string, string> {
  key: string;
}

/** How a run ended. */
export type End = "done" | "error" | "stopped";

/** One named part of starting Python: what the reader waits for, in bytes. */
export interface Phase {
  name: string; // "python", the name of a package, or a file of weights
  loaded: number;
  total: number;
  done: boolean;
}

/** Memory that page and worker share, where the browser allows it; only shared_memory.ts uses it. */
export interface Shared {
  interrupt: Uint8Array;
  length: Int32Array;
  answer: Uint8Array;
}

/** What a run is to do. */
export interface Task {
  page: string;
  cell: string;
  code: string;
  holds: string; // what must be true in the page's namespace afterwards
  checks: Check[] | null; // an exercise: try the code against these, and keep nothing of it
  asks: string[]; // what to evaluate afterwards, for the page's predictions
}

/** Page -> worker. */
export type Order =
  | { kind: "start"; shared: Shared | null }
  | { kind: "prepare"; code: string } // the reader is near this cell: fetch what it will need
  | ({ kind: "run"; id: number } & Task)
  | { kind: "cancel"; id: number } // do not begin this run, if it has not begun
  | { kind: "forget"; page: string }; // this page starts afresh

/** Worker -> page. */
export type Report =
  | { kind: "progress"; id: number | null; phases: Phase[] } // id: the run that waits for it
  | { kind: "ready" }
  | { kind: "fetched"; addresses: string[] } // every file that the worker has used so far
  | { kind: "begun"; id: number }
  | { kind: "output"; id: number; output: Output }
  | { kind: "ask"; id: number; prompt: string } // input() waits in the worker
  | { kind: "finished"; id: number; end: End; ms: number; values: Value[] }
  | { kind: "crashed"; message: string }; // the worker is of no use any more
