/** The run bar of a cell: the disc and its word, one line of status, and the quiet buttons. */

import { element, wordButton } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import type { Status } from "./run_status.ts";

const SVG = "http://www.w3.org/2000/svg";
const TRIANGLE = "M8 5.5v13l10.5-6.5z";
const SQUARE = "M7.5 7.5h9v9h-9z";
const COPIED = 1500; // ms that "Copied" stands on the button

/** What the reader can do here. */
export interface Actions {
  run(): void;
  copy(): string; // the text to copy
  clear(): void;
  reset(): void;
  cancelAgain(): void;
  stopElsewhere(): void;
}

export type RunBar = ReturnType<typeof createRunBar>;

/** Fills the empty run bar (.rule) that cell_html.py wrote. */
export function createRunBar(bar: HTMLElement, words: Words, actions: Actions) {
  const glyph = document.createElementNS(SVG, "path");
  const disc = document.createElementNS(SVG, "svg");
  disc.setAttribute("class", "disc");
  disc.setAttribute("viewBox", "0 0 24 24");
  disc.setAttribute("aria-hidden", "true");
  disc.append(glyph);
  const fill = element("span", { class: "fill" });
  const word = element("span", {});
  const run = element("button", { class: "run", type: "button" }, disc, word);
  const say = element("span", { class: "say", role: "status" });
  const offer = wordButton("offer", words("cancel"));
  const copy = wordButton("copy", words("copy"));
  const clear = wordButton("clear", words("clear"));
  const reset = wordButton("reset", words("reset"));
  let told = ""; // what the status line says, without what ticks
  let offered: Status["offer"] = null;
  let square: boolean | null = null; // the glyph on the disc

  function paint(status: Status, offers: { clear: boolean; reset: boolean }): void {
    const busy = status.button === "stop" || status.button === "cancel";
    setText(word, words(status.button));
    if (busy !== square) glyph.setAttribute("d", busy ? SQUARE : TRIANGLE);
    square = busy;
    fill.style.setProperty("--p", status.filled.toFixed(3));
    offered = status.offer;
    offer.hidden = offered === null;
    setText(offer, words(offered === "stop_elsewhere" ? "stop_elsewhere" : "cancel"));
    copy.hidden = offered !== null; // the line has room for one thing at a time
    clear.hidden = offered !== null || !offers.clear;
    reset.hidden = offered !== null || !offers.reset;
    const parts = status.phases?.map((part) => `${part.is} ${part.name}`) ?? [];
    const tells = [status.button, status.lead, status.text, ...parts].join("|");
    if (tells !== told) tell(...sayings(status));
    told = tells;
    const ticking = status.phases?.map((part) => part.ticking) ?? [status.ticking];
    for (const [n, node] of say.querySelectorAll("[aria-hidden]").entries()) {
      setText(node, ticking[n] ?? "");
    }
  }

  function tell(...nodes: (Node | string)[]): void {
    say.replaceChildren(...nodes);
    bar.classList.toggle("leads", say.querySelector(".lead:not(:empty)") !== null); // see media.css
  }

  /** The status line as nodes; what ticks stands in nodes of its own that are not read aloud. */
  function sayings(status: Status): Node[] {
    const ticking = (): Node => element("span", { "aria-hidden": "true" });
    if (status.phases) {
      const parts = status.phases.map(({ name, is }) => element("li", { class: is }, name, ticking()));
      return [element("ol", { class: "phases" }, ...parts)];
    }
    if (status.button === "run" && !status.text) {
      return [element("kbd", {}, "Shift"), new Text(" "), element("kbd", {}, "Enter")];
    }
    return [element("span", { class: "lead" }, status.lead), new Text(status.text), ticking()];
  }

  run.onclick = () => actions.run();
  clear.onclick = () => actions.clear();
  reset.onclick = () => actions.reset();
  offer.onclick = () => (offered === "stop_elsewhere" ? actions.stopElsewhere() : actions.cancelAgain());
  copy.onclick = async () => {
    await copyText(actions.copy());
    setText(copy, words("copied"));
    setTimeout(() => setText(copy, words("copy")), COPIED);
  };
  bar.replaceChildren(fill, run, say, offer, copy, clear, reset);
  bar.hidden = false;

  return {
    paint,
    /** Says something that is no state of the cell; the next change of state takes its place. */
    complain(text: string): void {
      tell(text);
      told = "";
    },
  };
}

function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Puts text on the clipboard, also where the page is not served securely. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element("textarea", { "aria-hidden": "true" });
  const reader = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  if (reader instanceof HTMLElement) reader.focus();
}
