/** The editor of one cell, CodeMirror. It takes the place of the printed code and looks exactly like it. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, type DecorationSet } from "@codemirror/view";
import { highlighter, python } from "./python_highlighting.ts";

export type Editor = ReturnType<typeof mountEditor>;

export interface EditorOptions {
  printed: HTMLElement; // the <pre> that the editor takes the place of
  code: string;
  label: string; // of the whole: what it is and which keys enter and leave it
  field: string; // of the text field alone
  onChange(code: string): void;
}

// The page's style sheet makes the editor look like the printed code; this undoes what it need not.
const plain = EditorView.theme({
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit" },
  ".cm-content": { padding: "0" },
  ".cm-line": { padding: "0" },
});

const setMark = StateEffect.define<number | null>();
const mark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setMark)) return marked(transaction.state, effect.value);
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marked(state: EditorState, line: number | null): DecorationSet {
  if (line === null || line < 1 || line > state.doc.lines) return Decoration.none;
  return Decoration.set([Decoration.line({ class: "bad" }).range(state.doc.line(line).from)]);
}

export function mountEditor({ printed, code, label, field, onChange }: EditorOptions) {
  // Tab stops at the box, and passes by the text field in it: Enter goes in, Escape comes out.
  const box = document.createElement("div");
  box.className = "editor";
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  const view = new EditorView({
    doc: code,
    parent: box,
    extensions: [
      Prec.highest(keymap.of([{ key: "Escape", run: () => (box.focus(), true) }])),
      keymap.of([indentWithTab, ...defaultKeymap, ...historyKeymap]),
      history(),
      python,
      syntaxHighlighting(highlighter),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      indentOnInput(),
      bracketMatching(),
      mark,
      plain,
      EditorView.contentAttributes.of({
        "aria-label": field,
        tabindex: "-1",
        spellcheck: "false",
        autocapitalize: "off",
        autocorrect: "off",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ],
  });
  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.key !== "Enter") return;
    event.preventDefault();
    view.focus();
  });
  const { scrollLeft } = printed;
  printed.replaceWith(box);
  view.scrollDOM.scrollLeft = scrollLeft;

  return {
    /** Puts the caret at this character. */
    focus(at: number): void {
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) } });
      view.focus();
    },
    /** Marks the line that failed, counted from 1. */
    mark(line: number | null): void {
      view.dispatch({ effects: setMark.of(line) });
    },
    /** Puts a text in the place of another, as a moved control does. */
    replace(from: number, to: number, insert: string): void {
      view.dispatch({ changes: { from, to, insert } });
    },
    /** Replaces the whole code; the reader can undo it. */
    write(text: string): void {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
  };
}
