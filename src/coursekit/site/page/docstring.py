"""What a docstring says of shapes, units, gradients, errors and sources, as a list on its page.

The engine writes these as lines behind a label ("Shapes: x (B, T) -> (B,)"), which Markdown would
run together to one paragraph. mkdocstrings loads this module as an extension of Griffe.
"""

import html
import re
from typing import Any

import griffe

LABELS = ("Shapes", "Units", "Pull", "Raises", "Source")
FORMULAS = ("Shapes", "Pull")
_FACT = re.compile(rf"^(?:{'|'.join(LABELS)}): +")


class Facts(griffe.Extension):
    """Rewrites each docstring as it is read. That of a module stands on its page already."""

    def on_instance(self, *, obj: griffe.Object, **others: Any) -> None:
        if obj.is_module:
            obj.docstring = None
        elif obj.docstring:
            obj.docstring.value = with_list(obj.docstring.value)


def with_list(docstring: str) -> str:
    """The docstring, with its labelled lines as an HTML list.

    A fact goes on in the lines that are indented below it.
    """
    words: list[str] = []
    facts: list[tuple[str, list[str]]] = []
    for line in docstring.split("\n"):
        if _FACT.match(line):
            label, _, text = line.partition(":")
            facts.append((label, [text.strip()]))
        elif facts and line.startswith(" "):
            facts[-1][1].append(line.strip())
        else:
            words.append(line)
    if not facts:
        return docstring
    rows = "\n".join(f"<dt>{label}</dt><dd>{_inline(label, lines)}</dd>" for label, lines in facts)
    return "\n".join(words).rstrip() + f'\n\n<dl class="facts">\n{rows}\n</dl>\n'


def _inline(label: str, lines: list[str]) -> str:
    """As HTML: a formula as code, of other words what stands between backticks."""
    text = html.escape(" ".join(lines), quote=False)
    if label in FORMULAS:
        return f"<code>{text.replace('`', '')}</code>"
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
