"""What a reader did is there again, shown, exported, shared; and nothing runs by itself."""

# Past 400 lines: one reader's progress is made, shown, exported and shared in turn.

import base64
import json
import re
import zlib

import pytest

from tests.browser.conftest import until
from tests.browser.test_pages import AXE, ROOT

GALLERY = "gallery/"
UNSERVED = {"service_workers": "block"}
RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture
def gallery(visit, isolated):
    return visit(isolated + GALLERY)


def write(page, cell: str, code: str) -> None:
    """Replace a cell's code as a reader would."""
    section = page.locator(f"#cell-{cell}")
    section.locator(".src, .editor").locator("visible=true").first.click()
    section.locator(".cm-content").wait_for()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)


def code(page, cell: str) -> str:
    shown = page.locator(f"#cell-{cell}").locator(".src code, .cm-content").locator("visible=true")
    return shown.first.inner_text().rstrip("\n")


def solve(page, cell: str = "double", text: str = RIGHT) -> None:
    write(page, cell, text)
    page.keyboard.press("Shift+Enter")
    page.locator(f"[data-task={cell}][data-status=passed]").wait_for()


def status(page, task: str) -> str | None:
    return page.get_attribute(f"[data-task={task}]", "data-status")


def counts(page, text: str) -> None:
    """Wait until the line at the page's top says this."""
    page.locator(".meta .counts", has_text=text).wait_for()


def twice(page, scope: str) -> None:
    button = page.locator(f"{scope} button").first
    button.click()
    page.locator(f"{scope} .say", has_text="will be gone").wait_for()
    button.click()


# --- kept -----------------------------------------------------------------------------------------


def test_passed_answered_and_edited_are_there_after_a_reload(gallery):
    counts(gallery, "2 exercises, 3 predictions")
    solve(gallery)
    gallery.locator("#predict-colder label", has_text="It falls").click()
    write(gallery, "warm", "before = 2.0")
    counts(gallery, "1 of 2 exercises, 1 of 3 predictions")
    gallery.reload()
    counts(gallery, "1 of 2 exercises, 1 of 3 predictions")
    assert [status(gallery, task) for task in ("double", "mean-bug")] == ["passed", "new"]
    assert gallery.locator("#predict-colder input:checked").get_attribute("value") == "It falls"
    gallery.locator("#cell-warm .cm-content").wait_for()
    assert [code(gallery, "warm"), code(gallery, "double")] == ["before = 2.0", RIGHT]
    assert gallery.locator("section.cell:not([data-state=idle])").count() == 0  # nothing ran


def test_a_control_that_was_moved_stays_where_it_is(gallery):
    gallery.locator("#cell-slide input[type=range]").focus()
    before = gallery.locator("#cell-slide .slide output").inner_text()
    gallery.keyboard.press("PageUp")
    moved = gallery.locator("#cell-slide .slide output").inner_text()
    assert moved != before
    until(gallery, "location.search !== ''")
    gallery.goto(gallery.url.split("?")[0])
    assert gallery.locator("#cell-slide .slide output").inner_text() == moved


def test_code_of_an_older_edition_of_the_page_is_dropped(gallery):
    write(gallery, "warm", "before = 2.0")
    gallery.locator(".anew button").wait_for()
    key = gallery.evaluate("Object.keys(localStorage).find(key => key.endsWith('gallery/'))")
    gallery.evaluate(
        'key => localStorage[key] = localStorage[key].replace(/of":"[^"]+/, \'of":"old\')', key
    )
    gallery.reload()
    gallery.locator("#cell-warm button.run").wait_for()
    assert code(gallery, "warm").startswith("before = 1.0")


def test_another_tab_hears_of_it(gallery):
    other = gallery.context.new_page()
    other.goto(gallery.url)
    solve(gallery)
    other.locator("[data-task=double][data-status=passed]").wait_for()
    counts(other, "1 of 2 exercises")
    twice(gallery, ".anew")
    other.locator("[data-task=double][data-status=new]").wait_for()
    counts(other, "0 of 2 exercises")


def test_resetting_the_page_takes_a_second_press(gallery, outputs):
    solve(gallery)
    gallery.locator("#predict-colder label", has_text="It falls").click()
    anew = gallery.locator(".anew button")
    anew.click()
    assert anew.inner_text() == "Yes, reset"
    gallery.keyboard.press("Escape")
    assert anew.inner_text() == "Reset this page"
    assert status(gallery, "double") == "passed"
    twice(gallery, ".anew")
    gallery.locator(".anew .say", has_text="as it was").wait_for()
    assert [status(gallery, task) for task in ("double", "colder")] == ["new", "new"]
    assert gallery.locator("#predict-colder input:checked").count() == 0
    assert "return ..." in code(gallery, "double")
    assert outputs(gallery, "double") == []
    assert (
        gallery.evaluate("Object.keys(localStorage).filter(key => key.includes('gallery'))") == []
    )


DENIED = """Object.defineProperty(window, "localStorage", {
  configurable: true,
  get() { throw new DOMException("denied", "SecurityError"); },
});"""
ABSENT = DENIED.replace('throw new DOMException("denied", "SecurityError");', "return null;")
FULL = """const { setItem } = Storage.prototype;
Storage.prototype.setItem = function (key, value) {
  if (key.startsWith("coursekit")) throw new DOMException("full", "QuotaExceededError");
  return setItem.call(this, key, value);
};"""


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (DENIED, "keeps nothing for this site"),
        (ABSENT, "keeps nothing for this site"),
        (FULL, "no more room"),
    ],
)
def test_a_page_goes_on_where_nothing_can_be_kept(visit, isolated, script, sentence):
    page = visit(isolated + "notation/")
    page.add_init_script(script)
    page.goto(isolated + GALLERY)
    assert page.locator(".trouble").count() == 0  # there is nothing to lose yet
    solve(page)
    page.locator(".meta .trouble", has_text=sentence).wait_for()
    counts(page, "1 of 2 exercises")


# --- shown ----------------------------------------------------------------------------------------


@pytest.fixture
def as_lesson():
    """`as_lesson(page)` has the gallery count as the first lesson; returns what there is to do.

    On a page without a service worker (UNSERVED), whose requests Playwright does not see.
    """

    def pretend(page) -> dict:
        listed: list[dict] = []

        def answer(route) -> None:
            pages = route.fetch().json()["pages"]
            listed[:] = [{**each, "lesson": 1} for each in pages if each["url"] == GALLERY]
            route.fulfill(json={"pages": listed})

        page.route("**/course.json", answer)
        page.goto(page.url)
        page.locator("#progress .todo").wait_for()
        return listed[0]

    return pretend


def keep(page, lesson, passed):
    """What an earlier visit would have left."""
    exercises = {each["id"]: "passed" for each in lesson["exercises"][:passed]}
    page.evaluate(
        "([key, entry]) => localStorage.setItem(key, entry)",
        [f"coursekit:/course/:1:{lesson['url']}", json.dumps({"exercises": exercises})],
    )


def test_lessons_are_marked_half_and_done_in_every_list(visit, isolated, as_lesson):
    page = visit(isolated + "progress/", **UNSERVED)
    lesson = as_lesson(page)
    assert page.locator("[data-p]").count() == 0
    for passed, mark, word in ((1, "half", "begun"), (2, "done", "done")):
        keep(page, lesson, passed)
        for place, lists in (("progress/", 2), ("", 2), ("notation/", 1)):
            page.goto(isolated + place)
            marked = page.locator(f"[data-lesson='1'][data-p={mark}]")
            marked.first.wait_for(state="attached")
            assert marked.count() == page.locator("[data-p]").count() == lists
            said = marked.locator(":not([aria-hidden]) > .unseen.p")
            assert said.all_text_contents() == [f", {word}"] * lists
    page.goto(isolated)
    until(page, "document.querySelector('.slope').style.getPropertyValue('--reached') === '1'")


def test_marks_stay_when_the_reader_goes_to_another_page(visit, isolated, as_lesson):
    page = visit(isolated + "progress/", **UNSERVED)
    keep(page, as_lesson(page), 1)
    page.goto(isolated + "notation/")
    page.locator(".course [data-p=half]").wait_for()
    page.locator(".course").get_by_role("link", name="Your progress").click()
    page.locator("#progress [data-p=half]").wait_for()
    page.locator(".course [data-p=half]").wait_for()


def test_the_overview_counts_and_leads_to_each_exercise(visit, isolated, as_lesson):
    page = visit(isolated + "progress/", **UNSERVED)
    lesson = as_lesson(page)
    keep(page, lesson, 1)
    page.reload()
    row = page.locator("#progress [data-lesson='1']")
    row.locator("summary", has_text="1 of 2 exercises, 0 of 3 predictions").click()
    assert row.locator("li .mark").all_inner_texts() == ["Passed", "Not tried"]
    second = lesson["exercises"][1]
    row.get_by_role("link", name=second["title"]).click()
    page.wait_for_url(f"**/{GALLERY}#{second['anchor']}")
    assert second["title"] in page.locator(f"[id='{second['anchor']}']").inner_text()
    page.locator(f"#cell-{second['id']} button.run").wait_for()  # alive, without a new load


def test_a_file_takes_everything_to_another_machine(visit, isolated, tmp_path):
    here = visit(isolated + GALLERY)
    solve(here)
    write(here, "warm", "before = 2.0")
    here.goto(isolated + "progress/")
    with here.expect_download() as download:
        here.get_by_role("button", name="Export to a file").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    twice(here, ".overview .all")
    here.locator(".overview .say", has_text="as they were").wait_for()
    here.goto(isolated + GALLERY)
    assert status(here, "double") == "new"

    there = visit(isolated + "progress/")
    there.locator(".tools").wait_for()
    for text, said in (("no file of ours", "cannot be read"), ("{}", "not an export")):
        broken = tmp_path / "broken.json"
        broken.write_text(text)
        there.set_input_files("input[type=file]", broken)
        there.locator(".tools .say", has_text=said).wait_for()
    there.set_input_files("input[type=file]", file)
    there.locator(".tools .say", has_text="one page").wait_for()
    there.goto(isolated + GALLERY)
    there.locator("[data-task=double][data-status=passed]").wait_for()
    there.locator("#cell-warm .cm-content").wait_for()
    assert code(there, "warm") == "before = 2.0"


def test_without_javascript_the_overview_lists_the_lessons_and_offers_nothing(visit, isolated):
    page = visit(isolated + "progress/", java_script_enabled=False)
    assert page.locator("#progress li").count() == 10
    assert page.locator("button:visible").count() == 0


# --- shared ---------------------------------------------------------------------------------------

CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def link(visit, isolated):
    """A link to the gallery whose warm and value cells are edited."""
    page = visit(isolated + GALLERY, permissions=CLIPBOARD)
    write(page, "value", "6 * 7")
    write(page, "warm", "before = 3.0")
    page.get_by_role("button", name="Share").click()
    page.locator(".tools .say", has_text="carries the code of 2 cells").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def test_a_page_as_it_is_has_a_plain_link(visit, isolated):
    page = visit(isolated + GALLERY, permissions=CLIPBOARD)
    page.get_by_role("button", name="Share").click()
    page.locator(".tools .say", has_text="No cell is edited").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == isolated + GALLERY


def test_a_link_brings_its_code_and_runs_nothing(visit, link):
    page = visit(link)
    page.locator(".guest", has_text="2 cells hold code that came with the link").wait_for()
    page.locator("#cell-warm .cm-content").wait_for()
    assert [code(page, "value"), code(page, "warm")] == ["6 * 7", "before = 3.0"]
    assert page.locator("section.cell:not([data-state=idle])").count() == 0
    assert "#" not in page.url  # a reload must not bring it again over what the reader writes
    page.get_by_role("button", name="Put the original back").click()
    page.locator(".guest", has_text="The original is back").wait_for()
    assert code(page, "warm").startswith("before = 1.0")
    page.reload()
    page.locator(".tools").wait_for()
    assert page.locator(".guest, .editor").count() == 0


def test_what_the_reader_had_comes_back(visit, isolated, link):
    page = visit(isolated + GALLERY)
    write(page, "warm", "mine = 1")
    page.goto("about:blank")
    page.goto(link)
    page.locator(".guest").wait_for()
    write(page, "warm", "theirs, and edited")
    page.reload()
    page.locator("#cell-warm .cm-content").wait_for()
    assert code(page, "warm") == "theirs, and edited"
    page.get_by_role("button", name="Put the original back").click()
    assert [code(page, "warm"), code(page, "value").splitlines()[0]] == [
        "mine = 1",
        "import numpy as np",
    ]


def test_a_link_opened_on_its_own_page_works_too_and_may_be_kept(visit, isolated, link):
    page = visit(isolated + GALLERY)
    page.locator(".tools").wait_for()
    page.evaluate("hash => location.hash = hash", "#" + link.split("#")[1])
    page.locator(".guest").wait_for()
    page.get_by_role("button", name="Keep it").click()
    page.reload()
    page.locator("#cell-warm .cm-content").wait_for()
    assert code(page, "warm") == "before = 3.0"
    assert page.locator(".guest").count() == 0


def packed(text: str) -> str:
    """A hash as code_in_link.ts makes it, of any text."""
    squeezed = zlib.compress(text.encode(), wbits=-15)
    return f"#code=1.{base64.urlsafe_b64encode(squeezed).decode().rstrip('=')}"


@pytest.mark.parametrize(
    ("hash", "said"),
    [
        ("#code=1.!!!", "is damaged"),
        (packed('{"value": 3}'), "is damaged"),
        (packed('{"value": "1", "nowhere": "2"}'), "is for other cells"),
        (packed(f'{{"value": "{" " * 1_000_000}"}}'), "is too long"),
    ],
)
def test_a_hostile_link_is_left_out_with_one_sentence(visit, isolated, hash, said):
    page = visit(isolated + GALLERY + hash)
    page.locator(".guest", has_text=said).wait_for()
    assert page.locator(".editor").count() == 0
    assert page.locator(".guest button").count() == 0


def test_a_link_made_as_a_hostile_one_is_but_sound_is_opened(visit, isolated):
    page = visit(isolated + GALLERY + packed('{"value": "6 * 7"}'))
    page.locator(".guest", has_text="One cell holds code").wait_for()


# --- proof ----------------------------------------------------------------------------------------


def test_the_foot_says_when_the_page_ran_and_links_to_the_log(gallery):
    proof = gallery.locator("p.proof")
    said = re.match(
        r"Last ran (\S+ \S+) UTC, on Python (\S+), NumPy (\S+), matplotlib (\S+?)[.,] ",
        proof.inner_text(),
    )
    log = gallery.evaluate(
        "async url => await (await fetch(url)).json()",
        proof.get_by_role("link", name="See the log").get_attribute("href"),
    )
    assert said.groups() == (log["date"], log["python"], log["numpy"], log["matplotlib"])
    asked = [each["id"] for each in log["asked"] if each["kind"] == "run"]
    assert asked[:3] == ["value", "streams", "table"]


# --- everyone -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_what_is_shown(visit, isolated, link, as_lesson, scheme, width):
    size = {"width": width, "height": 900}
    page = visit(link, color_scheme=scheme, viewport=size, bypass_csp=True, **UNSERVED)
    page.locator(".guest").wait_for()
    page.locator(".anew button").click()
    axe = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    page.add_script_tag(path=str(axe))
    assert page.evaluate(AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(isolated + "progress/")
    keep(page, as_lesson(page), 1)
    page.reload()
    page.locator("#progress [data-p=half]").wait_for()
    for fold in page.locator("#progress summary").all():
        fold.click()
    page.locator(".overview .all button").click()
    page.add_script_tag(path=str(axe))
    assert page.evaluate(AXE) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
