"""Formulas set at build."""

import re
from io import BytesIO

import markdown
import pytest
from fontTools.ttLib import TTFont

from coursekit.site.page import math
from coursekit.site.paths import NODE_MODULES


def page(text: str) -> str:
    options = {"pymdownx.arithmatex": {"generic": True}}
    return markdown.markdown(text, extensions=list(options), extension_configs=options)


@pytest.fixture
def set_(tmp_path):
    """`set_(html)` renders with a cache of its own."""
    return lambda html: math.render(html, cache_dir=tmp_path, node_modules=NODE_MODULES)


def test_an_inline_formula_is_drawn_and_said_and_leaves_the_sentence_whole(set_):
    html = set_(page("If $a < b$, stop."))
    assert re.fullmatch(r"<p>If <var data-search-exclude>.*</var>, stop.</p>", html)
    assert '<span class="katex-html" aria-hidden="true">' in html
    assert '<annotation encoding="application/x-tex">a &lt; b</annotation>' in html
    assert "arithmatex" not in html


def test_a_display_formula_scrolls_in_a_box_that_the_keyboard_reaches(set_):
    html = set_(page("Then\n\n$$\\frac{1}{2}$$\n\nand on."))
    assert '<div class="eq" tabindex="0" data-search-exclude><span class="katex-display">' in html
    assert html.startswith("<p>Then</p>")
    assert html.endswith("<p>and on.</p>")


def test_all_formulas_of_a_page_take_one_process_and_the_second_build_none(set_, monkeypatch):
    calls = []
    run = math.subprocess.run
    monkeypatch.setattr(math.subprocess, "run", lambda *a, **k: calls.append(a) or run(*a, **k))
    html = page("$a$ and $b$ and $a$\n\n$$a$$\n")
    first = set_(html)
    assert len(calls) == 1
    assert first.count('class="katex-html"') == 4
    assert set_(html) == first
    assert len(calls) == 1


def test_a_page_without_formulas_asks_for_no_node(set_, monkeypatch):
    monkeypatch.setattr(math.shutil, "which", lambda name: None)
    assert set_("<p>plain</p>") == "<p>plain</p>"
    with pytest.raises(math.MathError, match="no `node` on PATH"):
        set_(page("$x$"))


@pytest.mark.parametrize(
    ("tex", "why"),
    [(r"\frac{1", "Unexpected end of input"), (r"\nosuch", "Undefined control sequence")],
)
def test_a_formula_that_katex_cannot_read_is_named(set_, tex, why):
    with pytest.raises(
        math.MathError, match=rf"cannot read the formula '{re.escape(tex)[:2]}.*{why}"
    ):
        set_(page(f"Good $x$, bad ${tex}$."))


def test_a_failed_page_leaves_nothing_wrong_in_the_cache(set_, tmp_path):
    with pytest.raises(math.MathError):
        set_(page(r"$\nosuch$"))
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_marks_the_formulas_of_its_text_and_nothing_else():
    html = (
        '<div data-mime-type="text/markdown"><p>The loss $L(w)$, in <code>$HOME</code>, costs $5 or'
        " $6.</p>\n<p>$$a = b$$</p></div><pre>print('$x$')</pre>"
    )
    marked = math.notebook(html)
    assert '<span class="arithmatex">\\(L(w)\\)</span>' in marked
    assert '<div class="arithmatex">\\[a = b\\]</div>' in marked
    assert "<code>$HOME</code>, costs $5 or $6." in marked
    assert "<pre>print('$x$')</pre>" in marked


def test_the_style_sheet_asks_only_for_files_that_are_there(set_, tmp_path):
    made = math.files([set_(page("$x$"))], cache_dir=tmp_path, node_modules=NODE_MODULES)
    css = made.pop("katex.css").decode()
    assert set(re.findall(r"url\(([^)]+)\)", css)) == set(made)
    assert len(made) == 20


def test_the_faces_hold_what_the_formulas_show_and_little_more(set_, tmp_path):
    html = set_(page(r"$\hat y = \sigma(w^\top x)$ and $\sum_{i=1}^n$"))
    made = math.files([html, "<p>Unrelated: Q</p>"], cache_dir=tmp_path, node_modules=NODE_MODULES)
    italic = TTFont(BytesIO(made["fonts/KaTeX_Math-Italic.woff2"])).getBestCmap()
    assert {ord(char) for char in "yσwxin"} <= set(italic)
    assert ord("Q") not in italic
    main = TTFont(BytesIO(made["fonts/KaTeX_Main-Regular.woff2"])).getBestCmap()
    assert {ord(char) for char in "=()⊤1^"} <= set(main)
    assert len(made["fonts/KaTeX_Main-Regular.woff2"]) < 5_000
