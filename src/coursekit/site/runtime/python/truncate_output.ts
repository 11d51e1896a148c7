/** Keeps what a run says short enough for a page, before it leaves the worker; the whole is kept aside. */

import type { Output } from "./protocol.ts";

export const CHARACTERS = 30_000; // of text and values in one run
export const LINES = 300;
export const OUTPUTS = 100; // figures, tables and the like
export const WHOLE = 50_000_000; // characters that are kept for a file
const PART = 1_000_000; // characters that leave the worker together

export interface Truncation {
  say(output: Output): void;
  /** The run is over: what is left of the whole goes out. */
  end(): void;
}

/** What a loop could show for ever; a bar takes the place of its former state, and the others end a run. */
const COUNTED = new Set<Output["kind"]>(["html", "figure", "movie", "strip"]);

/** Passes outputs on until a limit is reached, then says that the rest is left out, and hands it over. */
export function createTruncation(send: (output: Output) => void): Truncation {
  let characters = CHARACTERS;
  let lines = LINES;
  let others = OUTPUTS;
  let cut = false;
  let room = WHOLE;
  let parts: string[] = []; // of the whole: all that was said, or since the last part left
  let length = 0;

  function keep(text: string): void {
    const kept = text.slice(0, room);
    if (kept) parts.push(kept);
    room -= kept.length;
    length += kept.length;
    if (cut && length >= PART) handOver();
  }

  function handOver(): void {
    cut = true;
    send({ kind: "cut", whole: new Blob(parts, { type: "text/plain" }) });
    parts = [];
    length = 0;
  }

  function say(output: Output): void {
    if (output.kind === "text" || output.kind === "value") {
      keep(output.text);
      if (cut) return;
      const text = shortened(output.text, characters, lines);
      if (text) send({ ...output, text });
      characters -= text.length;
      lines -= text.split("\n").length - 1;
      if (text.length < output.text.length) handOver();
    } else if (!COUNTED.has(output.kind) || others-- > 0) send(output);
    else if (!cut) handOver();
  }

  return {
    say,
    end: () => {
      if (cut && parts.length) handOver();
    },
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
