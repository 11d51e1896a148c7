/** Where the controls of a page stand, in its address: ?slide.w=1.5&movie.frame=3. */

import { literalOf, numbersIn, rewrite, unquoted, type Control } from "./control_comments.ts";

const LATER = 250; // ms after the last move, so that a slider does not flood the history

/** The name of a control in the address. */
export function keyOf(cell: string, control: Control): string {
  return `${cell}.${control.names.join(",")}`;
}

/** Whether a text from an address is a value this control can have, and nothing more. */
export function allows(control: Control, text: string): boolean {
  const numbers = numbersIn(text);
  const plain = /^[-+0-9.e, ]+$/i.test(text) && numbers.every(Number.isFinite);
  switch (control.kind) {
    case "slider": {
      const [value] = numbers;
      const whole = !control.integer || Number.isInteger(value);
      return plain && numbers.length === 1 && value! >= control.low && value! <= control.high && whole;
    }
    case "choice":
      return control.choices.includes(unquoted(text)) && text === JSON.stringify(unquoted(text));
    case "pick":
      return plain && numbers.length === 2;
  }
}

/** The code with what the address says of its controls. */
export function applied(search: string, cell: string, controls: Control[], code: string): string {
  const said = new URLSearchParams(search);
  for (const control of controls) {
    const text = said.get(keyOf(cell, control));
    const literal = literalOf(control, code);
    if (text !== null && literal && allows(control, text)) code = rewrite(code, literal, text);
  }
  return code;
}

/** A number that the address holds, such as a frame; null if it holds none. */
export function numberAt(search: string, key: string): number | null {
  const text = new URLSearchParams(search).get(key);
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : null;
}

let timer: ReturnType<typeof setTimeout> | undefined;
const pending = new Map<string, string>();

/** Puts a value into the address of the page, a little later. */
export function remember(key: string, value: string): void {
  pending.set(key, value);
  clearTimeout(timer);
  const { pathname } = location;
  timer = setTimeout(() => {
    if (location.pathname === pathname) {
      const url = new URL(location.href);
      for (const [name, text] of pending) url.searchParams.set(name, text);
      history.replaceState(history.state, "", url);
    }
    pending.clear();
  }, LATER);
}
