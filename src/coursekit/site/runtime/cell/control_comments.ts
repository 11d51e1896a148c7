/** The literals in a cell's code that a slider, a choice or a pick moves. No DOM. */

/** A control as control_comments.py found it. */
export interface Control {
  kind: "slider" | "choice" | "pick";
  names: string[];
  line: number;
  label: string;
  low: number;
  high: number;
  log: boolean;
  integer: boolean;
  choices: string[];
}

/** Where a control's literal stands in some code: from, to and the text between. */
export interface Literal {
  from: number;
  to: number;
  text: string;
}

/** Finds a control's literal, wherever the reader has moved its line; null if it is gone. */
export function literalOf(control: Control, code: string): Literal | null {
  const names = control.names.map((name) => name.replace(/\W/g, "")).join("\\s*,\\s*");
  const line = new RegExp(`^(${names}\\s*=\\s*)(\\S.*?)\\s*#\\s*${control.kind}\\b`, "m");
  const found = line.exec(code);
  if (!found) return null;
  const from = found.index + found[1]!.length;
  return { from, to: from + found[2]!.length, text: found[2]! };
}

/** The code with another literal. */
export function rewrite(code: string, literal: Literal, text: string): string {
  return code.slice(0, literal.from) + text + code.slice(literal.to);
}

export const STEPS = 200; // positions of a slider's knob: one press of an arrow key is one of them

/** Where on its track a slider's knob stands for a value, 0 to STEPS. */
export function toTrack(control: Control, value: number): number {
  const { low, high, log } = control;
  const share = log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(Math.min(1, Math.max(0, share)) * STEPS);
}

/** The value of a knob's position, as short as its place on the track allows. */
export function fromTrack(control: Control, at: number): string {
  const { low, high, log, integer } = control;
  const share = at / STEPS;
  const value = log ? low * (high / low) ** share : low + (high - low) * share;
  if (integer) return String(Math.round(value));
  if (log) return short(Number(value.toPrecision(3)));
  return short(value, digitsFor((high - low) / STEPS));
}

/** A number as Python writes it, always with a point or an exponent. */
export function short(value: number, digits = 12): string {
  const text = String(Number(value.toFixed(Math.min(digits, 20))));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** How many decimals tell two values apart that lie this far from each other. */
export function digitsFor(step: number): number {
  return Math.max(0, Math.min(12, Math.ceil(-Math.log10(step))));
}

/** The numbers of a pick's literal: "0.5, 1.0". */
export function numbersIn(text: string): number[] {
  return text
    .replace(/[()]/g, "")
    .split(",")
    .map(Number);
}

/** The text of a choice's literal, without its quotes. */
export function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}
