/** Python as the editor colours it: the classes that cell_html.py gives the printed code. No DOM. */

import { pythonLanguage } from "@codemirror/lang-python";
import { styleTags, tagHighlighter, tags } from "@lezer/highlight";

/** Python's grammar; parts of an f-string that are not code belong to the string. */
export const python = pythonLanguage.configure({
  props: [
    styleTags({
      async: tags.keyword,
      '"*" "**"': tags.operator,
      "FormatReplacement/{ FormatReplacement/} FormatConversion FormatSpec/...": tags.string,
    }),
  ],
});

export const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], class: "b" },
  { tag: [tags.string, tags.special(tags.string), tags.escape], class: "s" },
  { tag: tags.number, class: "n" },
  { tag: tags.comment, class: "c" },
]);
