/** One live cell of a page: its run bar, its code, its outputs. */

import { element } from "../common/element.ts";
import type { Words } from "../common/words.ts";
import { failingLine, stateOf } from "../python/cell_state.ts";
import type { Axes, Check } from "../python/protocol.ts";
import type { Session } from "../python/session.ts";
import { literalOf, rewrite, type Control } from "./control_comments.ts";
import { applied, keyOf, numberAt, remember } from "./controls_in_url.ts";
import type { Editor } from "./editor.ts";
import type { Outputs } from "./outputs.ts";
import { createRunBar } from "./run_bar.ts";
import { statusOf } from "./run_status.ts";
import { createSliders } from "./sliders.ts";

const TICK = 100; // ms between two updates of the running time
const CALM = 400; // ms that a run after a moved control may take before the cell says so

export type LiveCell = ReturnType<typeof createCell>;

/** What a cell needs to know of its page. */
export interface Place {
  page: string;
  asks: string[]; // what the page's predictions want to know after each run
  checks: Check[] | null; // the cell is the answer to an exercise
  runAbove(): void; // runs the cells above that have not run yet
  drafts: Drafts;
}

/** Where what the reader edits outlasts the visit. */
export interface Drafts {
  draft(cell: string, original: string): string | null;
  setDraft(cell: string, code: string, original: string): void;
}

/** Brings a cell that cell_html.py wrote to life. */
export function createCell(section: HTMLElement, place: Place, session: Session, words: Words) {
  const { page, asks, checks, drafts } = place;
  const name = section.dataset.cell!;
  const pre = section.querySelector<HTMLElement>("pre.src")!;
  const lines = pre.querySelector<HTMLElement>("code")!;
  const out = section.querySelector<HTMLElement>(".out")!;
  const original = lines.textContent.replace(/\n$/, "");
  const builtMark = [...lines.children].findIndex((line) => line.classList.contains("bad")) + 1;
  const label = section.getAttribute("aria-label") ?? name;
  const record = session.cell(page, name);
  const bar = createRunBar(section.querySelector<HTMLElement>(".rule")!, words, {
    run: () => (record.busy ? session.stop(page, name) : run()),
    copy: () => code(),
    clear: () => session.clear(page, name),
    reset,
    cancelAgain: () => session.forsake(page),
    stopElsewhere: () => session.stopRunning(),
  });
  const { alt, caption, wide } = section.dataset;
  const seen = alt || caption || words("figure_of", { cell: name });
  const controls: Control[] = JSON.parse(section.dataset.controls ?? "[]");
  const picked = controls.find((control) => control.kind === "pick");
  const pick = picked?.label ?? "";
  const movie = {
    frame: numberAt(location.search, `${name}.frame`),
    onFrame: (n: number) => remember(`${name}.frame`, String(n)),
  };
  const figure = { alt: seen, wide: wide !== undefined, pick, ...movie };
  const sliders = createSliders(controls, () => code(), move);
  const live = new Map(controls.map((control) => [control, markLiteral(lines, control)]));
  let editor: Editor | null = null;
  let outputs: Outputs | null = null; // until there is something to show that the build did not
  let frame = 0;
  let clock: ReturnType<typeof setInterval> | undefined;
  let form: HTMLFormElement | null = null;
  let calm = false; // a control was moved: the cell runs again without a word
  let moved = false; // and was moved again before that run ended

  record.draft ??= drafts.draft(name, original);
  const code = (): string => record.draft ?? original;

  function edited(text: string): void {
    session.edit(page, name, text);
    drafts.setDraft(name, text, original);
  }

  /** Puts other code into the cell, and runs nothing. */
  function write(text: string): void {
    edited(text);
    if (editor) editor.write(text);
    else if (text !== original) tryToEdit(null);
    showLiterals();
  }

  function run(): void {
    if (checks) place.runAbove();
    const { raises } = section.dataset;
    const holds = code() === original ? (section.dataset.holds ?? "") : "";
    session.run({ page, cell: name, code: code(), holds, checks, asks, mayFail: raises !== undefined });
  }

  /** A control moves: its literal is rewritten, and the cell runs; what comes meanwhile waits. */
  function move(control: Control, text: string): void {
    const literal = literalOf(control, code());
    if (!literal) return;
    edited(rewrite(code(), literal, text));
    editor?.replace(literal.from, literal.to, text);
    remember(keyOf(name, control), text);
    showLiterals();
    if (record.busy) {
      moved = true;
      return;
    }
    calm = record.ran !== null;
    if (!calm) place.runAbove();
    run();
  }

  function showLiterals(): void {
    for (const [control, node] of live) {
      const literal = literalOf(control, code());
      if (node && literal && node.textContent !== literal.text) node.textContent = literal.text;
    }
    sliders.paint();
  }

  /** The first axes of the figure that the cell shows now. */
  function axes(): Axes | undefined {
    const figure = record.outputs.find((output) => output.kind === "figure");
    return figure?.axes?.[0];
  }

  function reset(): void {
    session.reset(page, name);
    write(original);
  }

  // --- showing ------------------------------------------------------------------------------------

  /** Something about the cell has changed. Text that streams in waits for the next frame. */
  function changed(): void {
    const streaming = stateOf(record) === "running" && section.dataset.state === "running";
    if (moved && !record.busy) {
      moved = false;
      if (record.settled !== "stopped") return run();
    }
    if (calm && record.busy && section.dataset.state !== "running") {
      const started = record.since;
      setTimeout(() => record.busy && record.since === started && paint(), CALM);
    } else if (streaming) frame ||= requestAnimationFrame(paint);
    else if (record.busy === "loading" && section.dataset.state === "loading") paintBar();
    else paint();
  }

  function paint(): void {
    if (!record.busy) calm = false;
    cancelAnimationFrame(frame);
    frame = 0;
    const state = stateOf(record);
    const before = section.dataset.state;
    if (!outputs && (record.run > 0 || record.busy)) {
      loadOutputs();
      if (!record.busy || record.outputs.length > 0) return; // a state is told with what it shows
    }
    section.dataset.state = state;
    section.toggleAttribute("data-edited", code() !== original);
    paintBar();
    outputs?.paint(record, question());
    mark();
    if (state === "running") clock ??= setInterval(paintBar, TICK);
    else clock = void clearInterval(clock);
    if (state !== before) {
      const detail = { page, cell: name, state };
      section.dispatchEvent(new CustomEvent("coursekit:state", { bubbles: true, detail }));
    }
  }

  function loadOutputs(): void {
    const ready = ({ createOutputs }: typeof import("./outputs.ts")): void => {
      outputs ??= createOutputs(out, figure, words);
      paint();
    };
    import("./outputs.ts").then(ready, () => bar.complain(words("outputs_missing")));
  }

  function paintBar(): void {
    const around = { waitsFor: session.waitsFor(record), ...session.progress(page) };
    const status = statusOf(record, around, performance.now(), words);
    if (checks && status.button === "run") status.button = "check";
    if (checks && status.button === "run_again") status.button = "check_again";
    bar.paint(status, {
      clear: !record.busy && record.settled !== "idle" && record.outputs.length > 0,
      reset: !record.busy && (record.settled !== "idle" || code() !== original),
    });
  }

  /** The line that failed, wherever the code stands. */
  function mark(): void {
    let line = stateOf(record) === "stale" ? null : failingLine(record);
    if (record.run === 0 || (record.settled === "idle" && record.outputs.length === 0)) {
      line = builtMark && code() === original ? builtMark : null;
    }
    if (editor) editor.mark(line);
    else for (const [n, each] of [...lines.children].entries()) each.classList.toggle("bad", n + 1 === line);
  }

  /** The box for an answer to input(). */
  function question(): HTMLFormElement | null {
    if (record.question === null) {
      form?.remove();
      return (form = null);
    }
    if (form) return form;
    const field = element("input", { type: "text", autocomplete: "off", spellcheck: "false" });
    const asked = record.question.trim() || words("answer_label");
    form = element(
      "form",
      { class: "ask" },
      element("label", {}, element("span", {}, asked), field),
      element("button", { class: "quiet", type: "submit" }, words("answer")),
    );
    form.onsubmit = (event) => {
      event.preventDefault();
      session.answer(field.value);
    };
    const reader = document.activeElement;
    if (reader === document.body || section.contains(reader)) setTimeout(() => field.focus());
    return form;
  }

  // --- editing ------------------------------------------------------------------------------------

  async function edit(at: number | null): Promise<void> {
    if (!editor) {
      const { mountEditor } = await import("./editor.ts");
      editor ??= mountEditor({
        printed: pre,
        code: code(),
        label: words("code_of", { cell: label }),
        field: words("code_field", { cell: label }),
        onChange: (text) => {
          edited(text);
          sliders.paint();
        },
      });
      mark();
    }
    if (at !== null) editor.focus(at);
  }

  function tryToEdit(at: number | null): void {
    edit(at).catch(() => bar.complain(words("editor_missing")));
  }

  pre.setAttribute("role", "group");
  pre.setAttribute("aria-label", words("code_of", { cell: label }));
  pre.addEventListener("focus", () => void import("./editor.ts").catch(() => undefined));
  pre.addEventListener("click", (event) => {
    if (!editor && document.getSelection()?.isCollapsed) tryToEdit(offsetAt(lines, event));
  });
  pre.addEventListener("keydown", (event) => {
    if (event.target !== pre || event.key !== "Enter") return;
    event.preventDefault();
    tryToEdit(0);
  });
  section.addEventListener(
    "keydown",
    (event) => {
      const asked = event.shiftKey || event.ctrlKey || event.metaKey;
      if (event.key !== "Enter" || !asked || event.isComposing || form?.contains(event.target as Node)) return;
      event.preventDefault();
      event.stopPropagation();
      run();
    },
    { capture: true }, // before the editor, for which these keys mean a new line
  );
  const asked = applied(location.search, name, controls, code());
  if (asked !== code()) session.edit(page, name, asked);
  if (sliders.box) out.before(sliders.box);
  if (picked) {
    const literal = (): string | null => literalOf(picked, code())?.text ?? null;
    import("./pick_in_figure.ts").then(
      ({ makePickable }) => makePickable(out, { axes, literal, label: pick }, (text) => move(picked, text)),
      () => bar.complain(words("outputs_missing")),
    );
  }
  showLiterals();
  out.ariaLive = controls.length ? "off" : "polite"; // a figure that follows a knob is not read aloud
  if (code() !== original) tryToEdit(null); // the reader comes back to code edited before
  paint();

  return {
    name,
    section,
    record,
    original,
    code,
    write,
    reset,
    run,
    changed,
    /** The page is left: nothing of this cell shall tick on. */
    close: () => clearInterval(clock),
  };
}

/** Puts the literal of a control in the printed code into an element of its own. */
function markLiteral(lines: HTMLElement, control: Control): HTMLElement | null {
  const line = lines.children[control.line - 1];
  const literal = line && literalOf(control, line.textContent);
  if (!literal) return null;
  const range = document.createRange();
  range.setStart(...textAt(line, literal.from));
  range.setEnd(...textAt(line, literal.to));
  const node = element("span", { class: "live" }, literal.text);
  range.deleteContents();
  range.insertNode(node);
  return node;
}

/** The text node and the place in it that lie this many characters into an element. */
function textAt(element: Element, offset: number): [Node, number] {
  const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = offset;
  let text = walk.nextNode()!;
  while (left > text.textContent!.length) {
    left -= text.textContent!.length;
    text = walk.nextNode()!;
  }
  return [text, left];
}

/** The place in the code where the reader clicked, in characters. */
function offsetAt(lines: HTMLElement, { clientX, clientY }: MouseEvent): number {
  const place = document.caretPositionFromPoint?.(clientX, clientY);
  const old = place ? null : document.caretRangeFromPoint?.(clientX, clientY);
  const node = place?.offsetNode ?? old?.startContainer;
  if (!node || !lines.contains(node)) return lines.textContent.length;
  const range = document.createRange();
  range.setStart(lines, 0);
  range.setEnd(node, place?.offset ?? old?.startOffset ?? 0);
  return range.toString().length;
}
