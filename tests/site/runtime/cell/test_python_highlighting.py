"""The printed code colours Python as the editor does.

python_highlighting.test.ts asserts the same table.
"""

import json
import pathlib
import re

import pytest

from coursekit.site.page import cell_html

LINES = json.loads(pathlib.Path(__file__).with_name("highlight.json").read_text(encoding="utf-8"))


def marked(code: str) -> str:
    """`<b>def</b> f(): <c># text</c>`: the coloured parts of the printed code."""
    text = cell_html.code(code).partition("<code>")[2].partition("</code>")[0]
    text = re.sub(r'<span class="ln">(.*?)\n</span>', r"\1\n", text, flags=re.DOTALL).rstrip("\n")
    text = re.sub(r'<span class="(\w)">(.*?)</span>', r"<\1>\2</\1>", text, flags=re.DOTALL)
    while (joined := re.sub(r"</(\w)>(\s*)<\1>", r"\2", text)) != text:  # neighbours look like one
        text = joined
    return text


@pytest.mark.parametrize(("code", "shown"), LINES)
def test_html_gives_the_printed_code_the_classes_of_the_editor(code, shown):
    assert marked(code) == shown
