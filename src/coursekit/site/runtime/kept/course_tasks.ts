/** What there is to do in the course, as the build wrote it, and how much of it is done. No DOM. */

import { isEmpty, type Entry } from "./progress_store.ts";

/** A page with something to do. */
export interface CoursePage {
  url: string; // from the site's root
  title: string;
  lesson: number | null;
  cells: string[];
  exercises: { id: string; title: string; anchor: string }[];
  predictions: string[];
}

export interface Count {
  done: number;
  of: number;
}

/** How far a reader has come on a page. */
export interface Tally {
  exercises: Count;
  predictions: Count;
  state: "done" | "half" | null;
}

/** A page is done when all its exercises are passed; one without any, when all is answered. */
export function tally(page: Pick<CoursePage, "predictions"> & { exercises: { id: string }[] }, entry: Entry): Tally {
  const passed = page.exercises.filter(({ id }) => entry.exercises.get(id) === "passed");
  const answered = page.predictions.filter((id) => entry.predictions.has(id));
  const exercises = { done: passed.length, of: page.exercises.length };
  const predictions = { done: answered.length, of: page.predictions.length };
  const { done, of } = exercises.of ? exercises : predictions;
  const state = of > 0 && done === of ? "done" : isEmpty(entry) ? null : "half";
  return { exercises, predictions, state };
}

/** The number of lessons that are done without one left out before them. */
export function reached(states: Tally["state"][]): number {
  const open = states.findIndex((state) => state !== "done");
  return open < 0 ? states.length : open;
}
