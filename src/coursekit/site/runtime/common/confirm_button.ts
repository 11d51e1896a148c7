/** A button for what cannot be undone: the first press asks, a second one does it. */

import { element } from "./element.ts";

const PATIENCE = 8000; // ms in which the second press counts

/** What the button and the line beside it say. */
export interface Said {
  first: string; // on the button
  why: string; // what a second press will take away
  sure: string; // on the button then
  done: string;
}

export function confirmButton(name: string, said: Said, act: () => void): HTMLElement {
  const button = element("button", { class: "quiet", type: "button" }, said.first);
  const say = element("span", { class: "say", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;

  function ask(): void {
    button.textContent = said.sure;
    say.textContent = said.why;
    timer = setTimeout(calm, PATIENCE, "");
  }

  function calm(text: string): void {
    clearTimeout(timer);
    timer = undefined;
    button.textContent = said.first;
    say.textContent = text;
  }

  button.onclick = () => {
    if (timer === undefined) return ask();
    act();
    calm(said.done);
  };
  button.onkeydown = (event) => {
    if (event.key === "Escape" && timer !== undefined) calm("");
  };
  button.onblur = () => {
    if (timer !== undefined) calm("");
  };
  return element("span", { class: name }, button, say);
}
