/** A question before a cell: the reader commits, the cell runs, then the answer gets its reply. */

import { element } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import type { Value } from "../python/protocol.ts";

/** A question as cell_html.py wrote it. */
export interface Question {
  type: "choice" | "number" | "text";
  tolerance: number;
  answers: string[]; // those that have a reply of their own
}

/** Whether the reader's answer is right, and which reply it gets. */
export function judge(question: Question, answer: string, right: number | string): { ok: boolean; reply: string } {
  const { type, tolerance, answers } = question;
  if (type === "choice") return { ok: answer === right, reply: answer };
  if (type === "text") {
    const ok = plain(answer) === plain(String(right));
    const known = answers.find((each) => plain(each) === plain(answer));
    return { ok, reply: ok ? "right" : known && !SPECIAL.has(known) ? known : "other" };
  }
  const [got, wanted] = [number(answer), Number(right)];
  const near = (other: number): boolean => Math.abs(got - other) <= tolerance + 1e-9;
  if (near(wanted)) return { ok: true, reply: "right" };
  const known = answers.find((each) => !SPECIAL.has(each) && near(Number(each)));
  const side = got < wanted ? "low" : "high";
  return { ok: false, reply: known ?? (answers.includes(side) ? side : "other") };
}

const SPECIAL = new Set(["right", "other", "low", "high"]);

/** A number as people write it: 1,5 and 1.5, 2e3, −4, and 1/3. */
export function number(text: string): number {
  const [top, bottom] = text.trim().replace("−", "-").replace(",", ".").split("/");
  if (!top?.trim() || bottom?.trim() === "") return NaN;
  return bottom === undefined ? Number(top) : Number(top) / Number(bottom);
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, " ").trim();
}

export type Prediction = ReturnType<typeof createPrediction>;

/** Brings a question to life. `value` is what the cell gives now; undefined until it has run. */
export function createPrediction(
  section: HTMLElement,
  value: () => Value | undefined,
  keep: (answer: string) => void,
  noted: string, // what to say until then
  words: Words,
) {
  const prompt = section.querySelector<HTMLElement>(".prompt")!;
  const folded = section.querySelector<HTMLElement>(".replies")!;
  const mark = section.querySelector<HTMLElement>(".mark")!;
  const replies = new Map(
    [...folded.querySelectorAll<HTMLElement>("dt")].map((dt) => [
      dt.dataset.answer!,
      { label: dt, reply: dt.nextElementSibling! },
    ]),
  );
  const question: Question = {
    type: section.dataset.type as Question["type"],
    tolerance: Number(section.dataset.tolerance ?? 0),
    answers: [...replies.keys()],
  };
  prompt.id ||= `${section.id}-prompt`;
  const verdict = element("p", { class: "verdict", role: "status" });
  const form = question.type === "choice" ? choices() : field();
  const asked = mark.textContent;
  let answer: string | null = null;
  folded.hidden = true;
  prompt.after(form.node, verdict);

  function choices() {
    const boxes = question.answers.map((each) => {
      const input = element("input", { type: "radio", name: section.id, value: each });
      input.onchange = () => commit(each);
      const label = element("span", {});
      label.append(...[...replies.get(each)!.label.childNodes].map((node) => node.cloneNode(true)));
      return { input, node: element("label", {}, input, label) };
    });
    const node = element("div", { class: "picks", role: "radiogroup", "aria-labelledby": prompt.id });
    node.append(...boxes.map((box) => box.node));
    const fill = (text: string): void => {
      for (const { input } of boxes) input.checked = input.value === text;
    };
    return { node, fill };
  }

  function field() {
    const input = element("input", { type: "text", autocomplete: "off", "aria-labelledby": prompt.id });
    if (question.type === "number") input.inputMode = "decimal";
    const node = element("form", { class: "reply" }, input, element("button", { type: "submit" }, words("answer")));
    node.onsubmit = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      if (question.type === "number" && Number.isNaN(number(text))) {
        verdict.replaceChildren(words("not_a_number", { text }));
        return;
      }
      commit(text);
    };
    return { node, fill: (text: string) => void (input.value = text) };
  }

  function commit(text: string): void {
    answer = text;
    keep(text);
    paint();
  }

  function paint(): void {
    if (answer === null) return;
    const right = value();
    section.dataset.status = right === undefined || right === null ? "open" : "passed";
    delete verdict.dataset.ok;
    if (right === undefined) {
      mark.textContent = words("predict_noted");
      verdict.replaceChildren(noted);
    } else if (right === null) {
      verdict.replaceChildren(words("predict_lost"));
    } else {
      const { ok, reply } = judge(question, answer, right);
      const said = replies.get(reply)?.reply.childNodes ?? [];
      mark.textContent = words("predict_answered");
      verdict.dataset.ok = ok ? "yes" : "no";
      const lead = element("b", {}, words(ok ? "yes" : "not_quite"));
      verdict.replaceChildren(lead, " ", ...[...said].map((node) => node.cloneNode(true)));
    }
  }

  return {
    id: section.dataset.task!,
    section,
    /** The cell has run, or what it gave is gone. */
    paint,
    answer: () => answer,
    /** The answer that the reader gave on an earlier visit; null: none, or it was taken back. */
    restore(text: string | null): void {
      answer = text;
      form.fill(text ?? "");
      if (text !== null) return paint();
      section.dataset.status = "new";
      mark.textContent = asked;
      verdict.replaceChildren();
    },
  };
}
