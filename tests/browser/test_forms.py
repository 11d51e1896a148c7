"""Every form of the gallery, as a reader uses it."""

import re
import urllib.parse

import pytest

from tests.browser.conftest import until

GALLERY = "gallery/"

MOVE = """([selector, value]) => {
  const input = document.querySelector(selector);
  input.value = value;
  input.dispatchEvent(new Event("input", {bubbles: true}));
}"""


@pytest.fixture
def gallery(visit, isolated):
    return visit(isolated + GALLERY)


def run(page, cell, settle, *states):
    page.locator(f"#cell-{cell} button.run").click()
    settle(page, cell, *(states or ("done",)))


def answer(page, cell, code):
    """Write an answer to an exercise and have it checked."""
    section = page.locator(f"#cell-{cell}")
    section.locator(".src, .editor").locator("visible=true").first.click()
    section.locator(".cm-content").wait_for()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")


def task(page, name):
    return page.locator(f"section.task[data-task={name}]")


# --- exercises ------------------------------------------------------------------------------------


def test_an_exercise_goes_from_not_tried_to_passed(gallery, settle):
    double = task(gallery, "double")
    mark = double.locator(":scope > .mark")
    assert mark.inner_text() == "Not tried"
    assert not double.locator(".solution").is_visible()
    gallery.locator("#cell-double button.run").click()  # the cells above run first
    double.locator(".out", has_text="Fill in the ... in line 2 first.").wait_for()
    answer(gallery, "double", "def double(x):\n    return x**2")
    double.locator(".checks [data-ok=no]", has_text="that is the square").wait_for()
    assert mark.inner_text() == "0 of 2 checks pass"
    assert double.locator(".solution").is_visible()
    answer(gallery, "double", "def double(x):\n    return x + x")
    double.locator(".verdict", has_text="All checks pass.").wait_for()
    assert "Passed" in mark.inner_text()
    assert double.get_attribute("data-status") == "passed"
    assert double.locator(".checks [data-ok=yes]").count() == 2


def test_an_answer_that_raises_marks_its_line(gallery, settle):
    answer(gallery, "double", "def double(x):\n    return x +")
    settle(gallery, "double", "error")
    assert "SyntaxError" in gallery.inner_text("#cell-double .why")
    assert task(gallery, "double").get_attribute("data-status") == "open"


def test_an_exercise_leaves_the_page_alone(gallery, settle, outputs):
    answer(gallery, "mean-bug", "import numpy as np\nnp.pi = 3\nx = None\nmean = 1")
    settle(gallery, "mean-bug", "done", "error")
    answer(gallery, "value", "type(x).__name__")
    settle(gallery, "value", "done")
    assert outputs(gallery, "value")[-1]["text"] == "'ndarray'"


def test_hints_come_one_by_one(gallery):
    hints = task(gallery, "double").locator(".hint")
    assert [hints.nth(n).is_visible() for n in range(2)] == [True, False]
    hints.nth(0).locator("summary").click()
    hints.nth(1).wait_for(state="visible")


def test_run_all_leaves_exercises_to_the_reader(gallery, settle):
    gallery.get_by_role("button", name="Run all").click()
    settle(gallery, "progress", "done")
    assert gallery.get_attribute("#cell-double", "data-state") == "idle"


# --- predictions ----------------------------------------------------------------------------------


def test_a_choice_waits_for_its_cell_and_then_gets_its_reply(gallery, settle):
    asked = task(gallery, "colder")
    asked.locator(".picks label", has_text="It rises").click()
    verdict = asked.locator(".verdict")
    assert verdict.inner_text() == "Noted. Now run the cell below, and see."
    run(gallery, "warm", settle)
    asked.locator(".verdict[data-ok=no]").wait_for()
    assert verdict.inner_text().startswith("Not quite. Rising is stepping with the slope.")
    asked.locator(".picks label", has_text="It falls").click()
    assert verdict.inner_text().startswith("Yes. A positive slope means")


def test_a_question_whose_answer_comes_later_says_so(visit, isolated):
    page = visit(isolated + "lessons/04-embeddings/")
    asked = task(page, "which")
    asked.locator(".picks label").first.click()
    assert asked.locator(".verdict").inner_text() == "Noted. A cell further down will tell."


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("0.8", "Yes. One step takes away"),
        ("0,805", "Yes."),
        ("4/5", "Yes."),
        ("0.9", "Not quite. That leaves out the factor 2"),
        ("7", "Not quite. Take the learning rate times the slope"),
        ("lots", "lots is not a number"),
    ],
)
def test_a_number_has_a_tolerance_and_known_mistakes(gallery, settle, text, reply):
    run(gallery, "warm", settle)
    asked = task(gallery, "how-much")
    asked.locator("input").fill(text)
    asked.get_by_role("button", name="Answer").click()
    asked.locator(".verdict", has_text=reply).wait_for()


def test_the_right_answer_is_what_the_readers_own_cell_gives(gallery, settle):
    asked = task(gallery, "how-much")
    asked.locator("input").fill("0.6")
    asked.locator("button").click()
    answer(gallery, "warm", "before = 1.0\nafter = before - 0.2 * 2 * before\nafter")
    settle(gallery, "warm", "done")
    asked.locator(".verdict[data-ok=yes]").wait_for()


def test_a_word_is_compared_kindly(gallery, settle):
    run(gallery, "warm", settle)
    asked = task(gallery, "name")
    asked.locator("input").fill("Learning  rate")
    asked.locator("input").press("Enter")
    asked.locator(".verdict[data-ok=yes]").wait_for()


# --- what moves -----------------------------------------------------------------------------------


def test_a_slider_rewrites_the_code_and_runs_it(gallery, settle, outputs):
    gallery.evaluate(MOVE, ["#cell-slide input[type=range]", "150"])  # the cells above run first
    gallery.locator("#cell-slide .out pre", has_text="loss 1.00, slope 2.00").wait_for()
    gallery.evaluate(MOVE, ["#cell-slide input[type=range]", "50"])
    gallery.locator("#cell-slide .out pre", has_text="loss 1.00, slope -2.00").wait_for()
    assert gallery.text_content("#cell-slide pre.src .live") == "-1.0"
    assert gallery.inner_text("#cell-slide .slide output") == "-1.0"
    assert [output["kind"] for output in outputs(gallery, "slide")] == ["text", "figure"]


def test_a_fast_hand_gets_the_last_value_not_a_queue(gallery, settle):
    run(gallery, "value", settle)
    run(gallery, "figure", settle)
    run(gallery, "slide", settle)
    for value in range(0, 200, 2):
        gallery.evaluate(MOVE, ["#cell-slide input[type=range]", str(value)])
    gallery.locator("#cell-slide .out pre", has_text="slope 3.92").wait_for()
    assert gallery.text_content("#cell-slide pre.src .live") == "1.96"


def test_a_slider_has_a_keyboard_way_and_says_its_value(gallery):
    knob = gallery.locator("#cell-choose .slide input").nth(1)
    knob.focus()
    knob.press("ArrowRight")
    assert knob.get_attribute("aria-valuetext") == "9"
    assert "steps = 9" in gallery.text_content("#cell-choose pre.src")


def test_a_choice_rewrites_its_word(gallery, settle):
    gallery.locator("#cell-choose select").select_option("sin")
    settle(gallery, "choose", "done")
    assert 'function = "sin"' in gallery.text_content("#cell-choose pre.src")
    gallery.locator("#cell-choose svg text", has_text="sin").wait_for()


def test_a_slider_follows_what_the_reader_types(gallery, settle):
    code = gallery.text_content("#cell-slide pre.src").replace("1.0 ", "-2.0 ")
    answer(gallery, "slide", code)
    assert gallery.locator("#cell-slide .slide input").input_value() == "0"


def test_a_click_in_the_axes_sets_two_variables(gallery, settle):
    run(gallery, "value", settle)
    run(gallery, "figure", settle)
    run(gallery, "slide", settle)
    run(gallery, "pick", settle)
    figure = gallery.locator("#cell-pick figure")
    box = figure.locator("svg").bounding_box()
    gallery.mouse.click(box["x"] + 0.53 * box["width"], box["y"] + 0.45 * box["height"])
    live = gallery.locator("#cell-pick pre.src .live")
    live.filter(has_not_text="0.5, 0.5").wait_for()
    settle(gallery, "pick", "done")
    before = live.inner_text()
    gallery.locator("#cell-pick figure").focus()
    gallery.keyboard.press("ArrowLeft")
    live.filter(has_not_text=before).wait_for()


def test_a_movie_plays_pauses_and_scrubs(gallery, settle):
    for cell in ("value", "figure", "slide", "movie"):
        run(gallery, cell, settle)
    player = gallery.locator("#cell-movie .player")
    assert player.locator("output").inner_text().startswith("step 11")
    player.locator("input").press("Home")
    assert player.locator("output").inner_text() == "step 0, loss 4.00"
    player.get_by_role("button", name="Play").click()
    shown = "document.querySelector('#cell-movie .player output').textContent"
    until(gallery, f"!{shown}.startsWith('step 0')")
    player.get_by_role("button", name="Pause").click()
    gallery.locator("#cell-movie .stage[aria-label*='step']").wait_for()


def test_a_strip_shows_its_numbers(gallery, settle):
    run(gallery, "value", settle)
    run(gallery, "slide", settle, "done", "error")
    run(gallery, "strip", settle)
    token = gallery.locator("#cell-strip .token").nth(2)
    assert token.get_attribute("aria-label") == "r: 2.8 nats"
    token.hover()
    content = "node => getComputedStyle(node, '::after').content"
    assert token.evaluate(content) == '"2.8 nats"'


def test_a_progress_bar_ends_full(gallery, settle):
    run(gallery, "slide", settle, "done", "error")
    run(gallery, "progress", settle)
    bar = gallery.locator("#cell-progress .progress")
    assert bar.get_attribute("aria-valuenow") == "100"
    assert re.match(r"adding\s+2000 / 2000", bar.inner_text())


def test_an_error_helps_in_words_and_folds_its_traceback(gallery, settle):
    run(gallery, "value", settle)
    run(gallery, "error", settle, "error")
    error = gallery.locator("#cell-error .error")
    assert "Print both shapes" in error.locator(".help").inner_text()
    error.locator("summary").click()
    told = error.locator(".traceback").inner_text()
    assert told.splitlines()[1] == '  File "<cell error>", line 3, in <module>'
    assert "kernel" not in told


def test_sliders_are_in_the_address_and_come_back(visit, isolated, gallery):
    gallery.evaluate(MOVE, ["#cell-slide input[type=range]", "150"])
    until(gallery, "location.search.includes('slide.w')")
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(gallery.url).query)
    assert query["slide.w"] == ["1.0"]
    again = visit(f"{isolated}{GALLERY}?slide.w=-1.5&slide.q=1&choose.function=%22exp%22")
    again.locator("#cell-slide .slide output", has_text="-1.5").wait_for()
    assert again.get_attribute("#cell-slide", "data-state") == "idle"
    assert again.locator("#cell-choose select").input_value() == "exp"


def test_an_address_cannot_put_code_into_a_cell(visit, isolated):
    hostile = urllib.parse.quote("__import__('os')")
    page = visit(
        f"{isolated}{GALLERY}?slide.w={hostile}&choose.function={hostile}&pick.a,b={hostile}"
    )
    page.wait_for_selector("#cell-slide .knobs")
    for cell in ("slide", "choose", "pick"):
        assert "__import__" not in page.inner_text(f"#cell-{cell} pre.src")
