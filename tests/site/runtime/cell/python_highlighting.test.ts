import { highlightTree } from "@lezer/highlight";
import assert from "node:assert/strict";
import { test } from "node:test";
import { highlighter, python } from "../../../../src/coursekit/site/runtime/cell/python_highlighting.ts";
import lines from "./highlight.json";

/** The code with its coloured parts marked: `<b>def</b> f(): <c># text</c>`. */
function marked(code: string): string {
  let text = "";
  let at = 0;
  highlightTree(python.parser.parse(code), highlighter, (from, to, name) => {
    text += `${code.slice(at, from)}<${name}>${code.slice(from, to)}</${name}>`;
    at = to;
  });
  return (text + code.slice(at)).replace(/<\/(\w)>(\s*)<\1>/g, "$2"); // neighbours look like one
}

test("the editor colours Python by the classes of the printed code", () => {
  for (const [code, shown] of lines as [string, string][]) assert.equal(marked(code), shown);
});
