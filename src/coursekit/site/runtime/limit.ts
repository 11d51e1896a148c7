/** Keeps what a run says short enough for a page, before it leaves the worker. */

import type { Output } from "./protocol.ts";

export const CHARACTERS = 30_000; // of text and values in one run
export const LINES = 300;

/** Passes outputs on until a limit is reached, then says once that the rest is left out. */
export function createLimit(send: (output: Output) => void): (output: Output) => void {
  let characters = CHARACTERS;
  let lines = LINES;
  let cut = false;
  return (output) => {
    if (output.kind !== "text" && output.kind !== "value") return send(output);
    if (cut) return;
    const text = shortened(output.text, characters, lines);
    if (text) send({ ...output, text });
    cut = text.length < output.text.length;
    if (cut) send({ kind: "cut" });
    characters -= text.length;
    lines -= text.split("\n").length - 1;
  };
}

/** As much of a text as fits, in whole lines where only its lines are too many. */
function shortened(text: string, characters: number, lines: number): string {
  let end = 0;
  for (let line = 0; line < lines && end < characters; line++) {
    const next = text.indexOf("\n", end);
    if (next < 0) return text.slice(0, characters);
    end = next + 1;
  }
  return text.slice(0, Math.min(end, characters));
}
