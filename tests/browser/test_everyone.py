"""What paper shows, and what stands still for a reader who asked for it."""

import pytest

from tests.browser.conftest import until

LESSON = "lessons/01-gradient-descent/"
MOVING = """() => document.getAnimations()
  .filter(each => each.playState === "running" && each.effect.getComputedTiming().duration > 0)
  .map(each => each.effect.target?.className ?? "page")"""


@pytest.fixture
def gallery(visit, isolated, settle):
    """The gallery with its moving forms run: they have their controls then."""
    page = visit(isolated + "gallery/")
    page.get_by_role("button", name="Run all").click()
    for cell in ("slide", "choose", "pick", "movie", "strip", "progress"):
        settle(page, cell, "done")
    return page


def test_print_shows_code_and_output_and_nothing_to_press(gallery):
    gallery.emulate_media(media="print")
    for cell in ("value", "figure", "error", "movie", "strip", "slide"):
        section = gallery.locator(f"#cell-{cell}")
        assert section.locator("pre.src, .cm-content").locator("visible=true").count() == 1, cell
        assert section.locator(".out > *").locator("visible=true").count() > 0, cell
    # the answers of a question stay: on paper one marks them with a pen
    pressed = "button, select, input:not([type=radio]), textarea"
    shown = gallery.locator(f"main :is({pressed})").locator("visible=true")
    assert shown.evaluate_all("all => all.map(each => each.outerHTML)") == []
    assert gallery.locator("header.md-header, .md-sidebar").locator("visible=true").count() == 0


def test_print_opens_what_the_reader_could_open(gallery):
    gallery.emulate_media(media="print")
    folds = gallery.locator("main details").locator("visible=true")  # later hints are not due yet
    assert folds.count() > 2
    for fold in folds.all():
        assert fold.locator(":scope > :not(summary)").first.is_visible()


def test_print_keeps_within_the_paper(visit, isolated):
    page = visit(isolated + LESSON, viewport={"width": 680, "height": 960})  # A4, 15 mm margins
    page.emulate_media(media="print")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


def test_reduced_motion_leaves_nothing_moving(visit, isolated, settle):
    page = visit(isolated + "gallery/", reduced_motion="reduce")
    section = page.locator("#cell-progress")
    section.locator(".src").click()
    section.locator(".cm-content").wait_for()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("while True: pass")
    page.keyboard.press("Shift+Enter")
    settle(page, "progress", "running")
    assert page.evaluate(MOVING) == []
    section.locator("button.run").click()
    settle(page, "progress", "stopped")


def test_the_same_cell_moves_for_everyone_else(visit, isolated, settle):
    page = visit(isolated + "gallery/", reduced_motion="no-preference")
    section = page.locator("#cell-progress")
    section.locator(".src").click()
    section.locator(".cm-content").wait_for()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("while True: pass")
    page.keyboard.press("Shift+Enter")
    settle(page, "progress", "running")
    until(page, f"({MOVING})().length > 0")
    section.locator("button.run").click()
    settle(page, "progress", "stopped")


def test_the_home_page_jumps_to_the_end_where_motion_is_reduced(visit, isolated):
    page = visit(isolated, reduced_motion="reduce")
    until(page, "document.body.innerText.includes('It rests in the nearer valley')")
    assert page.evaluate(MOVING) == []
