/** A cell's outputs as nodes of the page; cell_html.py writes the same nodes at build time. */

import { download } from "../common/download.ts";
import { element, wordButton } from "../common/element.ts";
import { duration, type Key, type Words } from "../common/words.ts";
import "../common/words_later.ts";
import type { Cell } from "../python/cell_state.ts";
import type { Output } from "../python/protocol.ts";
import { createMovie } from "./movie.ts";
import { sanitized } from "./sanitize.ts";
import { createStrip } from "./token_strip.ts";

const PHONE = 40; // characters that fit on a phone's line

/** What the author said about the cell's figure; its caption is taken from the build's. */
export interface Figure {
  alt: string;
  wide: boolean;
  pick: string; // what a click in it sets; "" where it sets nothing
  frame: number | null; // of a movie: where it stands at first; null: at its end
  onFrame(n: number): void;
}

type Failure = Omit<Extract<Output, { kind: "error" }>, "kind">;

export type Outputs = ReturnType<typeof createOutputs>;

/** Shows a cell's outputs in `out`, which holds those of the build until the cell runs. */
export function createOutputs(out: HTMLElement, figure: Figure, words: Words) {
  const built = [...out.childNodes];
  const caption = out.querySelector("figcaption");
  let run = 0; // the run that is shown; 0 is the build's
  let shown: Node[] = [];
  let length = 0; // characters of the last text that are shown

  function clear(): void {
    out.replaceChildren();
    shown = [];
    length = 0;
  }

  /** Adds what is new since the last time; `question` is the form that asks for an answer, if any. */
  function paint(cell: Cell, question: Node | null): void {
    const busy = cell.busy === "running";
    const fresh = cell.run !== run;
    if (fresh && cell.settled === "idle" && !cell.busy && cell.outputs.length === 0) {
      run = cell.run;
      clear();
      out.append(...built);
    } else if (fresh && (cell.outputs.length > 0 || question || !cell.busy)) {
      // The page must not jump while the new output is shorter than the old one.
      if (busy) out.style.minHeight = `${out.offsetHeight}px`;
      run = cell.run;
      clear();
    }
    out.toggleAttribute("data-old", busy && cell.run !== run);
    if (out.ariaBusy !== String(busy)) out.ariaBusy = String(busy); // read aloud when it is whole
    if (cell.run === run) for (const [n, output] of cell.outputs.entries()) add(output, n);
    if (question && out.lastChild !== question) out.append(question); // moving it would lose the caret
    if (!busy) out.style.minHeight = "";
  }

  function add(output: Output, n: number): void {
    const node = shown[n];
    if (node && output.kind === "text" && n === shown.length - 1) {
      if (output.text.length > length) {
        node.appendChild(new Text(output.text.slice(length)));
        makeReachable(node as HTMLElement, output.text.slice(length));
      }
      length = output.text.length;
    } else if (node && output.kind === "progress") {
      fillBar(node as HTMLElement, output);
    } else if (node && output.kind === "cut") {
      (node.lastChild as HTMLElement).hidden = output.whole.size === 0;
    } else if (!node) {
      shown[n] = toNode(output);
      length = output.kind === "text" ? output.text.length : 0;
      out.append(shown[n]);
    }
  }

  function toNode(output: Output): Node {
    switch (output.kind) {
      case "text":
        return printed({ class: "text", "data-stream": output.stream }, output.text);
      case "value":
        return printed({ class: "value" }, output.text);
      case "html":
        return element("div", { class: "rich" }, sanitized(output.html));
      case "figure":
        return toFigure(output);
      case "movie":
        return toMovie(output);
      case "strip":
        return createStrip(output);
      case "progress":
        return fillBar(element("div", { class: "progress", role: "progressbar" }), output);
      case "checks":
        return toChecks(output);
      case "error":
        return toError(output);
      case "cut":
        return toCut(output);
      case "failure": {
        const { what, detail: traceback } = output;
        const message = words(what === "crash" ? "crash_help" : "boot_help");
        return toError({ type: what, message, line: null, traceback }, words(what));
      }
    }
  }

  function newFigure(kind = ""): HTMLElement {
    return element("figure", { class: ["figure", kind, figure.wide ? "wide" : ""].join(" ").trim() });
  }

  function toMovie({ frames, labels }: Extract<Output, { kind: "movie" }>): Node {
    const node = newFigure("movie");
    node.append(...createMovie({ frames, labels, ...figure }, words));
    if (caption) node.append(caption.cloneNode(true));
    return node;
  }

  /** How the checks of an exercise came out, and what to do next. */
  function toChecks({ checks, blank, passed }: Extract<Output, { kind: "checks" }>): Node {
    if (blank != null) return element("p", { class: "verdict" }, ...inline(words("blank", { line: blank })));
    const rows = checks.map(({ says, ok, message }) => {
      const row = element("li", { "data-ok": ok === null ? "" : ok ? "yes" : "no" });
      row.append(sanitized(says));
      if (message) row.append(": ", ...inline(message));
      row.prepend(element("span", { class: "sr" }, words(ok ? "check_ok" : ok === null ? "check_next" : "check_no")));
      return row;
    });
    const list = element("ul", { class: "checks" }, ...rows);
    return passed ? element("div", {}, list, element("p", { class: "verdict" }, words("passed_well"))) : list;
  }

  /** What the run said besides is in a file; it grows while the run goes on. */
  function toCut(output: Extract<Output, { kind: "cut" }>): Node {
    const save = wordButton("download", words("cut_whole"));
    save.hidden = output.whole.size === 0; // so far
    save.onclick = () => download(output.whole, words("cut_file"));
    return element("p", { class: "cut" }, words("cut"), " ", save);
  }

  function fillBar(node: HTMLElement, output: Extract<Output, { kind: "progress" }>): HTMLElement {
    const { desc, n, total, postfix, seconds } = output;
    const share = total ? Math.min(1, n / total) : 1;
    const said = [desc, total === null ? n : `${n} / ${total}`, duration(seconds * 1000, words), postfix];
    const bar = element("span", { class: "bar" });
    bar.style.setProperty("--p", share.toFixed(3));
    node.replaceChildren(bar, said.filter(Boolean).join("  "));
    node.setAttribute("aria-label", desc || words("progress"));
    node.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    return node;
  }

  function toFigure(output: Extract<Output, { kind: "figure" }>): Node {
    const { alt } = figure;
    const node = newFigure();
    if (figure.pick) {
      node.tabIndex = 0;
      node.classList.add("pickable");
      node.setAttribute("aria-label", words("pick_keys", { names: figure.pick }));
    }
    if ("svg" in output) {
      node.append(sanitized(output.svg));
      const svg = node.querySelector("svg");
      svg?.setAttribute("role", "img");
      svg?.setAttribute("aria-label", alt);
    } else {
      const pictures = { light: output.png, dark: output.dark };
      for (const [scheme, data] of Object.entries(pictures)) {
        const src = `data:image/png;base64,${data}`;
        node.append(element("img", { class: scheme, alt, src }));
      }
    }
    if (caption) node.append(caption.cloneNode(true));
    return node;
  }

  function toError(error: Failure, name = error.type): Node {
    const line = error.line === null ? "" : String(error.line);
    const { help } = error;
    return element(
      "div",
      { class: "error", "data-type": error.type, "data-line": line },
      element("p", { class: "why" }, element("b", {}, name), ` ${error.message}`),
      ...(help ? [element("p", { class: "help" }, ...inline(words(help["key"] as Key, help)))] : []),
      element(
        "details",
        { class: "fold" },
        element("summary", {}, words("traceback")),
        element("pre", { class: "traceback", tabindex: "0" }, error.full ?? error.traceback),
      ),
    );
  }

  return { paint };
}

function printed(attributes: Record<string, string>, text: string): HTMLElement {
  const node = element("pre", attributes, text);
  makeReachable(node, text);
  return node;
}

/** Lines that a phone has to scroll sideways are reached by the keyboard too. */
function makeReachable(node: HTMLElement, text: string): void {
  if (text.split("\n").some((line) => line.length > PHONE)) node.tabIndex = 0;
}

/** A sentence with `code` in it. */
function inline(text: string): (Node | string)[] {
  return text.split("`").map((part, n) => (n % 2 ? element("code", {}, part) : part));
}
