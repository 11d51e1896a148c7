/** Click, drag or arrow keys in a figure's first axes set two variables. */

import type { Axes } from "../python/protocol.ts";
import { digitsFor, numbersIn, short } from "./control_comments.ts";

/** A point of the page -> the values there, as a literal; null outside the axes. */
export function valuesAt(axes: Axes, x: number, y: number): string | null {
  const [left, top, right, bottom] = axes.box;
  const across = (x - left) / (right - left);
  const up = (bottom - y) / (bottom - top);
  if (across < 0 || across > 1 || up < 0 || up > 1) return null;
  return `${along(axes.x, axes.xlog, across)}, ${along(axes.y, axes.ylog, up)}`;
}

/** One step of an arrow key from a literal: a fiftieth of the axis. */
export function stepped(axes: Axes, literal: string, dx: number, dy: number): string | null {
  const [x, y] = numbersIn(literal);
  if (x === undefined || y === undefined) return null;
  const across = clamp(share(axes.x, axes.xlog, x) + dx / 50);
  const up = clamp(share(axes.y, axes.ylog, y) + dy / 50);
  return `${along(axes.x, axes.xlog, across)}, ${along(axes.y, axes.ylog, up)}`;
}

function along([low, high]: [number, number], log: boolean, at: number): string {
  if (log) return short(Number((low * (high / low) ** at).toPrecision(3)));
  return short(low + (high - low) * at, digitsFor(Math.abs(high - low) / 400));
}

function share([low, high]: [number, number], log: boolean, value: number): number {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Lets the reader pick in an output's figures; `literal` is the one in the code now. */
export function makePickable(
  out: HTMLElement,
  what: { axes(): Axes | undefined; literal(): string | null; label: string },
  write: (text: string) => void,
): void {
  let dragging = false;

  function pick(event: PointerEvent): void {
    const svg = figure();
    const axes = what.axes();
    const turn = svg?.getScreenCTM()?.inverse();
    if (!axes || !turn) return;
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(turn);
    const text = valuesAt(axes, point.x, point.y);
    if (text !== null && text !== what.literal()) write(text);
  }

  function figure(): SVGSVGElement | null {
    return out.querySelector<SVGSVGElement>("figure svg");
  }

  out.addEventListener("pointerdown", (event) => {
    if (!what.axes() || !figure()?.contains(event.target as Node)) return;
    dragging = true;
    out.setPointerCapture(event.pointerId); // the figure under the pointer is drawn anew all the time
    event.preventDefault();
    pick(event);
  });
  out.addEventListener("pointermove", (event) => dragging && pick(event));
  for (const end of ["pointerup", "pointercancel"]) out.addEventListener(end, () => (dragging = false));
  out.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    const [axes, literal] = [what.axes(), what.literal()];
    if (!arrow || !axes || literal === null || !(event.target as Element).matches("figure")) return;
    event.preventDefault();
    const text = stepped(axes, literal, ...arrow);
    if (text !== null) write(text);
  });
}
