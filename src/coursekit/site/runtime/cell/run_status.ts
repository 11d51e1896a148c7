/** What the run bar under a cell says: the word of its button and the line beside it. No DOM. */

import { duration, megabytes, type Key, type Words } from "../common/words.ts";
import { failingLine, stateOf, type Cell, type Page } from "../python/cell_state.ts";
import type { Phase } from "../python/protocol.ts";

/** What a cell waits for, as the session knows it. */
export interface Surroundings {
  waitsFor: "python" | "turn" | "elsewhere";
  ready: boolean; // Python is up
  phases: Phase[];
  again: Page["again"];
}

/** The line beside the button, from the left. */
export interface Status {
  button: Key;
  lead: string; // how the run ended, where more is to be said
  text: string; // "" while idle: the keys are shown instead
  ticking: string; // what changes all the time; not read aloud
  phases: Part[] | null;
  filled: number; // how much of the bar is filled while loading, 0 to 1
  offer: "cancel_again" | "stop_elsewhere" | null; // what the reader may do about it
}

/** One phase of loading, as it is written. */
export interface Part {
  name: string;
  ticking: string;
  is: "was" | "now" | "next";
}

export function statusOf(cell: Cell, around: Surroundings, now: number, words: Words): Status {
  const state = stateOf(cell);
  const status: Status = {
    button: state === "idle" ? "run" : "run_again",
    lead: "",
    text: "",
    ticking: "",
    phases: null,
    filled: 0,
    offer: null,
  };
  switch (state) {
    case "loading":
      return { ...status, button: "cancel", ...waiting(around, words) };
    case "running": {
      const time = duration(Math.max(0, now - cell.since), words);
      const ticking = words("running_for", { time });
      return { ...status, button: "stop", text: words("running"), ticking };
    }
    case "stale":
      return { ...status, text: words("edited") };
    default:
      return { ...status, ...told(cell, ended(cell, words), around, words) };
  }
}

function waiting(around: Surroundings, words: Words): Partial<Status> {
  if (around.waitsFor === "elsewhere") {
    return { text: words("waiting_elsewhere"), offer: "stop_elsewhere" };
  }
  if (around.waitsFor === "python") return loading(around.phases, words);
  return { text: around.again ? words("again", around.again) : words("waiting") };
}

function loading(phases: Phase[], words: Words): Partial<Status> {
  const at = phases.findIndex((phase) => !phase.done);
  const total = phases.reduce((sum, phase) => sum + phase.total, 0);
  const loaded = phases.reduce((sum, phase) => sum + phase.loaded, 0);
  const parts = phases.map((phase, n): Part => {
    const is = phase.done ? "was" : n === at ? "now" : "next";
    return { name: phaseName(phase, words), ticking: is === "now" ? bytes(phase, words) : "", is };
  });
  const code: Part = { name: words("phase_code"), ticking: "", is: "next" };
  return { phases: [...parts, code], filled: total ? loaded / total : 0 };
}

function bytes({ loaded, total }: Phase, words: Words): string {
  if (loaded >= total) return words("phase_starting");
  return words("phase_bytes", { loaded: megabytes(loaded), total: megabytes(total) });
}

function phaseName({ name }: Phase, words: Words): string {
  if (name === "python") return words("phase_python");
  return name === "numpy" ? words("phase_numpy") : name;
}

/** How the latest run ended. */
function ended(cell: Cell, words: Words): string {
  const time = duration(cell.ms, words);
  if (cell.settled === "done") return words("ran_in", { time });
  if (cell.settled === "stopped") return words("stopped_after", { time });
  if (cell.settled === "idle") return "";
  const line = failingLine(cell);
  return line === null ? words("error") : words("error_at", { line });
}

/** The same, with what happened to the cell besides. */
function told(cell: Cell, what: string, around: Surroundings, words: Words): Partial<Status> {
  const lead = words("lead", { what });
  switch (cell.note) {
    case null:
      return { text: what };
    case "skipped":
    case "lost":
      return { text: words(cell.note) };
    case "reviving": {
      const again = around.ready && around.again;
      const text = again ? words("note_again", again) : words("note_starting");
      return { lead, text, offer: "cancel_again" };
    }
    default:
      return { lead, text: words(`note_${cell.note}`) };
  }
}
