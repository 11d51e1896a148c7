"""The reference: every module and every public name of the engine is in it."""

import ast
import re

import pytest

from coursekit.site.page import docstring, reference
from coursekit.site.paths import ROOT

MODULES = sorted(
    path for path in (ROOT / "src/coursekit/engine").rglob("*.py") if not path.name.startswith("_")
)


def test_every_module_has_a_page_and_a_line_in_the_index():
    pages = reference.pages(ROOT)
    assert len(pages) == len(MODULES) + 1
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        assert any(text.endswith(f"::: {module}\n") for text in pages.values())
        assert f"[{module.removeprefix('coursekit.')}](" in pages["reference/index.md"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_public_name_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_a_page_says_its_module_and_links_to_each_public_name():
    page = reference.pages(ROOT)["reference/losses.md"]
    assert page.startswith("# coursekit.engine.losses\n\nLosses: one number that says")
    assert "[`cross_entropy`](#coursekit.engine.losses.cross_entropy)" in page
    assert "_share" not in page


def test_labelled_lines_of_a_docstring_become_a_list():
    made = docstring.with_list(
        "One row.\n\nMore words.\nShapes: (n, `k`) -> (n,)\n        for n < 3.\nRaises: an `Error`."
    )
    assert made.startswith("One row.\n\nMore words.\n\n<dl")
    assert "<dt>Shapes</dt><dd><code>(n, k) -&gt; (n,) for n &lt; 3.</code></dd>" in made
    assert "<dt>Raises</dt><dd>an <code>Error</code>.</dd>" in made
    assert docstring.with_list("Note: no label of ours.") == "Note: no label of ours."


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_label_is_left_in_a_paragraph(path):
    """A label that with_list does not know would run together with what stands before it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(node)):
            words, _, facts = docstring.with_list(text).partition('<dl class="facts">')
            assert not re.search(r"^[A-Z]\w+:  +", words, re.M), text
            assert facts.count("<dt>") == len(re.findall(r"^[A-Z]\w+: +\S.*$", text, re.M)), text
