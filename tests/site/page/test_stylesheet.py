"""The one style sheet: what goes, what stays, in which order."""

import pytest

from coursekit.site.page import stylesheet
from tests.browser.conftest import ROOT

MODULES = ROOT / "node_modules"


def trim(tmp_path, sheet: str, *used: str) -> str:
    [made] = stylesheet.trim([sheet], set(used), cache_dir=tmp_path, node_modules=MODULES)
    return made.replace(" ", "")


def test_a_rule_stays_when_each_of_its_names_is_said(tmp_path):
    sheet = ".a .b{top:1px}.a .c{top:2px}.a,.c{top:3px}"
    assert trim(tmp_path, sheet, "a", "b") == ".a.b{top:1px}.a{top:3px}"


def test_attributes_that_a_script_may_set_drop_nothing_but_colours_do(tmp_path):
    sheet = "[data-p=done] a{top:1px}[data-md-color-primary=teal] a{top:2px}a:hover{top:3px}"
    assert trim(tmp_path, sheet, "a") == "[data-p=done]a{top:1px}a:hover{top:3px}"


def test_faces_and_movements_stay(tmp_path):
    sheet = "@font-face{font-family:F;src:url(f.woff2)}@keyframes k{to{top:1px}}"
    assert trim(tmp_path, sheet) == sheet.replace(" ", "")


def test_the_same_question_is_answered_once(tmp_path, monkeypatch):
    first = trim(tmp_path, ".a{top:1px}", "a")
    monkeypatch.setattr(stylesheet, "_node", lambda *_: pytest.fail("asked again"))
    assert trim(tmp_path, ".a{top:1px}", "a", "a-word-of-no-sheet") == first


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(stylesheet.StyleError, match="could not run PurgeCSS"):
        trim(tmp_path, "a{{{")


@pytest.fixture
def site(tmp_path):
    for pattern in stylesheet.FOREIGN:
        path = tmp_path / pattern.replace("*", "0")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("i{src:url(fonts/x.woff2)}\n/*# sourceMappingURL=x.map */")
    return tmp_path


def test_every_sheet_is_taken_and_its_faces_are_found(site):
    sheets = stylesheet.gather(site)
    assert sheets == ["i{src:url(../katex/fonts/x.woff2)}"] * 4


def test_rules_that_cost_more_than_they_give_go(site):
    sheet = (
        "[data-md-color-switching] *,[data-md-color-switching] :after{transition-duration:0s}"
        ".md-typeset table:not([class])+*{margin-top:1.5em}@media print{"
        ".md-typeset table:not([class]) td>:first-child{margin-top:0}}"
        ".md-typeset table:not([class]) th{font-weight:700}"
    )
    next(site.glob(stylesheet.FOREIGN[0])).write_text(sheet)
    assert stylesheet.gather(site)[0] == (
        "@media print{}.md-typeset table:not([class]) th{font-weight:700}"
    )


def test_a_missing_sheet_is_named(site):
    (site / "assets/katex/katex.css").unlink()
    with pytest.raises(stylesheet.StyleError, match=r"0 files are assets/katex/katex\.css"):
        stylesheet.gather(site)


def test_ours_comes_before_the_last():
    assert stylesheet.join(["a", "b", "z"], "own") == "a\nb\nown\nz"
