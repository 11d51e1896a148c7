/** A cell's sliders and choices, above its output; moving one rewrites the code and runs it. */

import { element } from "../common/element.ts";
import { fromTrack, literalOf, STEPS, toTrack, unquoted, type Control } from "./control_comments.ts";

export type Sliders = ReturnType<typeof createSliders>;

/** Makes the controls of a cell. `write` puts a literal into the code and runs the cell. */
export function createSliders(
  controls: Control[],
  code: () => string,
  write: (control: Control, text: string) => void,
) {
  const rows = controls.map((control) => {
    if (control.kind === "slider") return slider(control, (text) => write(control, text));
    if (control.kind === "choice") return choice(control, (text) => write(control, text));
    return null;
  });
  const nodes = rows.flatMap((row) => (row ? [row.node] : []));
  const box = nodes.length ? element("div", { class: "knobs" }, ...nodes) : null;

  return {
    box,
    /** Shows what the code says now. */
    paint(): void {
      for (const [n, control] of controls.entries()) {
        const literal = literalOf(control, code());
        rows[n]?.paint(literal?.text ?? null);
      }
    },
  };
}

function slider(control: Control, write: (text: string) => void) {
  const name = element("span", {}, control.label);
  const shown = element("output", {});
  const input = element("input", { type: "range", min: "0", max: String(STEPS), step: "1" });
  const node = element("label", { class: "slide" }, name, input, shown);
  if (control.integer) {
    // One stop for each whole number, so that the arrow keys go from one to the next.
    Object.assign(input, { min: String(control.low), max: String(control.high) });
  }
  const text = (): string => (control.integer ? input.value : fromTrack(control, Number(input.value)));
  input.oninput = () => {
    say(text());
    write(text());
  };

  function say(value: string): void {
    shown.textContent = value;
    input.setAttribute("aria-valuetext", value);
  }

  return {
    node,
    paint(literal: string | null): void {
      input.disabled = literal === null;
      if (literal === null || document.activeElement === input) return;
      const value = Number(literal);
      if (!Number.isFinite(value)) return;
      input.value = String(control.integer ? value : toTrack(control, value));
      say(literal);
    },
  };
}

function choice(control: Control, write: (text: string) => void) {
  const options = control.choices.map((each) => element("option", { value: each }, each));
  const select = element("select", {}, ...options);
  const node = element("label", { class: "choose" }, element("span", {}, control.label), select);
  select.onchange = () => write(JSON.stringify(select.value));
  return {
    node,
    paint(literal: string | null): void {
      select.disabled = literal === null;
      if (literal !== null) select.value = unquoted(literal);
    },
  };
}
