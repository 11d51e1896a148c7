"""Lesson 04 from its first line to its last, by a reader who has only a keyboard."""

from coursekit.site.markdown.course_fences import Exercise
from tests.browser.conftest import PATIENCE, until
from tests.browser.test_pages import tasks

LESSON = "lessons/04-embeddings/"

# What Tab stopped at, and whether one sees it: a ring around it, or around what stands for it.
STOP = """() => {
  const at = document.activeElement;
  const stands = [at, at.querySelector(".disc"), at.nextElementSibling].filter(Boolean);
  const ringed = stands.filter(each => {
    const {outlineStyle, outlineWidth} = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
  });
  const seen = ringed.some(each => {
    const {top, bottom, width} = each.getBoundingClientRect();
    return width > 0 && bottom > 0 && top < innerHeight;
  });
  return {
    seen, inside: at.closest("main") !== null, html: at.outerHTML.slice(0, 160),
    kind: at.matches(".src, .editor") ? "code" : at.matches("button.run") ? "run"
      : at.type ?? at.localName,
    cell: at.closest("section.cell")?.dataset.cell, task: at.closest("section.task")?.dataset.task,
  };
}"""

PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Reader:
    """Goes on with Tab and does at each stop what there is to do."""

    def __init__(self, page, settle) -> None:
        self.page, self.settle, self.press = page, settle, page.keyboard.press
        self.solutions = {
            each.id: each.solution for each in tasks()[LESSON] if isinstance(each, Exercise)
        }
        self.ran: list[str] = []

    def go(self) -> dict:
        """To the next stop, which must be seen."""
        self.page.evaluate(PAINTED)  # no reader is quicker than that
        self.press("Tab")
        stop = self.page.evaluate(STOP)
        assert stop["seen"], f"nobody sees that the focus is here: {stop['html']}"
        return stop

    def act(self, stop: dict) -> None:
        """Run, move, answer, open: whatever this stop is for."""
        kind, cell, task = stop["kind"], stop["cell"], stop["task"]
        if kind == "code" and cell in self.solutions:
            self.write(self.solutions[cell])
        elif kind == "code" and cell and len(self.ran) % 2 == 0:
            self.run(cell, "Shift+Enter")
        elif kind == "run" and cell not in self.ran:
            self.run(cell, "Enter")
        elif kind == "range":
            self.press("ArrowLeft")
        elif kind == "select-one":
            self.press("ArrowDown")
        elif kind == "radio":
            self.press("Space")
        elif kind == "text" and task:
            self.page.keyboard.insert_text("7")
            self.press("Enter")
        elif kind == "summary":
            self.press("Enter")
        if cell in self.ran:
            self.settle(self.page, cell, "done")

    def run(self, cell: str, keys: str) -> None:
        self.press(keys)
        self.settle(self.page, cell, "done")
        self.ran.append(cell)
        assert self.page.evaluate(STOP)["cell"] == cell, f"{cell}: its run took the focus away"

    def write(self, code: str) -> None:
        """Into the editor, over what stands there, and out again."""
        self.press("Enter")
        self.page.wait_for_selector(".cm-content:focus", timeout=PATIENCE)
        self.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)
        self.press("Escape")


def test_a_keyboard_alone_reads_runs_answers_and_solves_all_of_a_lesson(visit, isolated, settle):
    page = visit(isolated + LESSON)
    until(page, "document.querySelectorAll('section.cell .rule[hidden]').length === 0")
    reader = Reader(page, settle)
    assert "md-skip" in reader.go()["html"]
    stops = [reader.go()]
    while not stops[-1]["inside"]:
        stops.append(reader.go())
        assert len(stops) < 100, "Tab does not leave the header"
    while stops[-1]["inside"]:
        reader.act(stops[-1])
        stops.append(reader.go())
        assert len(stops) < 500, f"Tab goes round: {stops[-1]['html']}"
    assert len(reader.ran) == len(tasks()[LESSON])
    for left in (
        "section.cell:not([data-state=done])",
        "section.task[data-kind=exercise]:not([data-status=passed])",
        "section.task[data-kind=predict]:not([data-status=passed])",
        "section.task[data-kind=exercise] details:not([open])",
    ):
        found = page.locator(left)
        assert found.evaluate_all("all => all.map(each => each.id || each.innerText)") == [], left
