/** One run of a cell that was asked for, from the queue to its end. */

import type { Task } from "./protocol.ts";

/** A cell that a reader wants run. */
export interface Request extends Task {
  mayFail: boolean; // the author expects an error: what waits behind it still runs
}

export interface Job extends Request {
  readonly id: number;
  readonly again: boolean; // for the sake of the page's namespace, not because the reader asked
  readonly quiet: boolean; // again, without a trace: the cell keeps showing how it was stopped
  readonly known: string[]; // again: what input() was given the last time
  readonly answers: string[]; // what input() is given this time
  stage: "waiting" | "sent" | "cancelled" | "begun" | "stopping";
  forsaken: boolean; // again, and the reader does not want it
  alarm: () => void; // calls off the end of the worker
}

let nextId = 1;

export function newJob(request: Request): Job {
  return {
    ...request,
    id: nextId++,
    again: false,
    quiet: false,
    known: [],
    answers: [],
    stage: "waiting",
    forsaken: false,
    alarm: () => undefined,
  };
}
