/** Recorded frames of a figure: play, pause, scrub. */

import { element } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import { sanitized } from "./sanitize.ts";

const RATE = 8; // frames a second, or fewer: a movie takes three seconds at least
const LEAST = 3;

/** What a player needs. */
export interface Movie {
  frames: string[];
  labels: string[];
  alt: string;
  frame: number | null; // where to begin; null: at the end
  onFrame(n: number): void; // the reader stopped here
}

/** A player below the figure, which shows the last frame until the reader plays it. */
export function createMovie({ frames, labels, alt, frame, onFrame }: Movie, words: Words): Node[] {
  const stage = element("div", { class: "stage", role: "img" });
  const button = element("button", { class: "quiet play", type: "button" });
  const scrub = element("input", {
    type: "range",
    min: "0",
    max: String(frames.length - 1),
    step: "1",
    "aria-label": words("frame"),
  });
  const shown = element("output", {});
  const drawn = new Map<number, Node>(); // each frame is parsed once
  let at = -1;
  let timer: ReturnType<typeof setInterval> | undefined;

  function show(n: number): void {
    at = n;
    const node = drawn.get(n) ?? sanitized(frames[n]!).firstElementChild!;
    drawn.set(n, node);
    stage.replaceChildren(node);
    stage.setAttribute("aria-label", `${alt} ${labels[n]}`);
    scrub.value = String(n);
    scrub.setAttribute("aria-valuetext", labels[n]!);
    shown.textContent = labels[n]!;
  }

  function pause(): void {
    clearInterval(timer);
    timer = undefined;
    button.textContent = words("play");
  }

  function play(): void {
    if (at === frames.length - 1) show(0);
    button.textContent = words("pause");
    const pace = Math.max(1000 / RATE, (LEAST * 1000) / frames.length);
    timer = setInterval(() => {
      if (!stage.isConnected || at >= frames.length - 1) return pause();
      show(at + 1);
    }, pace);
  }

  button.onclick = () => {
    if (timer === undefined) return play();
    pause();
    onFrame(at);
  };
  scrub.oninput = () => {
    pause();
    show(Number(scrub.value));
    onFrame(at);
  };
  pause();
  show(Math.min(frame ?? Infinity, frames.length - 1));
  return [stage, element("div", { class: "player" }, button, scrub, shown)];
}
