"""The reference: every module and every public name of the engine is in it."""

import ast
import pathlib

import pytest

from coursekit.site import reference

ROOT = pathlib.Path(__file__).resolve().parents[2]
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
