"""Every cell of every lesson runs, and every page keeps to the form of the course."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lessons.pages import NAMES, PAGES, Page, sentences

pytestmark = pytest.mark.parametrize("page", PAGES, ids=NAMES)

_NUMBER = re.compile(r"(?<![\w.])\d[\d,_]*(?:\.\d+)*(?:e[-+]?\d+)?(?![\d.]*\w)")


def test_every_cell_runs_in_order_and_shows_something(page: Page) -> None:
    assert len(page.outputs) == len(page.cells) > 0
    for cell, outputs in zip(page.cells, page.outputs, strict=True):
        warnings = [output for output in outputs if output.get("stream") == "stderr"]
        assert not warnings, f"{cell.id} warns: {warnings}"
        assert outputs or "assert" in cell.code, f"{cell.id} shows and checks nothing"


def test_cells_are_short(page: Page) -> None:
    assert 14 <= len(page.cells) <= 25
    for cell, outputs in zip(page.cells, page.outputs, strict=True):
        lines = len(cell.code.rstrip().splitlines())
        assert lines <= 12, f"{cell.id} has {lines} lines"
        printed = "".join(output.get("text", "") for output in outputs).count("\n")
        assert printed <= 10, f"{cell.id} prints {printed} lines"
        widest = max(map(len, cell.code.splitlines()))
        assert widest <= 72, f"{cell.id} has a line of {widest} characters"


def test_only_the_first_cell_imports(page: Page) -> None:
    for cell in page.cells[1:]:
        nodes = ast.walk(ast.parse(cell.code))
        assert not any(isinstance(n, ast.Import | ast.ImportFrom) for n in nodes), cell.id


def test_every_figure_says_what_to_notice(page: Page) -> None:
    for cell, outputs in zip(page.cells, page.outputs, strict=True):
        drawn = any(output["kind"] in {"figure", "movie"} for output in outputs)
        assert drawn == bool(cell.alt) == bool(cell.caption), f"{cell.id}: figure, alt=, caption="


def test_every_cell_is_introduced_and_discussed(page: Page) -> None:
    """A sentence stands before the cell, and text, not another cell, comes after it."""
    text = re.sub(r"<!--.*?-->\n*", "", page.text)
    for cell in page.cells:
        before, after = text.split(f"{cell.code.rstrip()}\n```", 1)
        above = before[: before.rindex("```")].rstrip().splitlines()[-1]
        assert re.search(r"[.:?]$", above), f"{cell.id} comes after {above!r}"
        below = after.strip().splitlines()[0]
        assert re.match(r"(?!```)[\w`*$|]", below), f"{cell.id} is followed by {below!r}"


def test_sentences_are_short(page: Page) -> None:
    prose = page.prose.replace(page.section("Sources"), "")  # titles are as long as they are
    counts = {sentence: len(sentence.split()) for sentence in sentences(prose)}
    too_long = [f"{n}: {sentence}" for sentence, n in counts.items() if n > 28]
    assert not too_long, "\n".join(too_long)
    over = [f"{n}: {sentence}" for sentence, n in counts.items() if n > 20]
    assert len(over) <= 0.02 * len(counts), "\n".join(over)


def test_the_story_is_short_enough_to_read_in_one_sitting(page: Page) -> None:
    words = sum(bool(re.search(r"\w", word)) for word in page.story.split())
    assert words <= 2800
    assert sum(bool(line.strip()) for line in page.story.splitlines()) <= 300
    code = sum(len(cell.code.rstrip().splitlines()) + 2 for cell in page.cells)
    lines = page.path.read_text(encoding="utf-8").splitlines()
    assert sum(map(bool, lines)) - code <= 700  # what there is to read, exercises included
    minutes = words / 200 + len(page.cells)  # reading, and one minute to try out each cell
    assert page.front["minutes"] == 5 * round(minutes / 5)


def test_every_number_in_the_text_was_computed(page: Page) -> None:
    """What has a decimal point or three digits is printed by a cell, or stands in one.

    The section about the script may also say what the script's recorded runs measured.
    """
    known = _numbers(" ".join(cell.code for cell in page.cells))
    for outputs in page.outputs:
        known |= _numbers(" ".join(str(o.get("text", "")) + o.get("message", "") for o in outputs))
    script = page.section("From page to script")
    rest = page.prose.replace(script, "").replace(page.section("Sources"), "")
    said = _numbers(re.sub(r"\b\d{4}s\b|\([A-Z]\w+ \d{4}\)", "", rest))  # 1920s, (Goh 2017)
    assert not said - known, f"no cell shows {sorted(said - known)}"

    known |= _numbers(page.script.read_text(encoding="utf-8"))
    for path in (page.script.parent / "runs").rglob(f"{page.script.stem}.json"):  # also of a GPU
        run = path.read_text(encoding="utf-8")
        metrics = list(_leaves(json.loads(run)["metrics"]))
        known |= _numbers(run) | {f"{value:.{digits}f}" for value in metrics for digits in (0, 3)}
    assert not _numbers(script) - known, f"not in the run: {sorted(_numbers(script) - known)}"


def _leaves(metrics: Any) -> Iterator[float]:
    """Every number in what a run measured, however deep it lies."""
    if isinstance(metrics, dict | list):
        for each in metrics.values() if isinstance(metrics, dict) else metrics:
            yield from _leaves(each)
    elif isinstance(metrics, int | float):
        yield metrics


def _numbers(text: str) -> set[str]:
    """Numbers worth a check, without commas and signs: 10,000 and 10_000 are 10000."""
    found = (re.sub(r"[,_]", "", each).rstrip(".") for each in _NUMBER.findall(text))
    return {each for each in found if "." in each or "e" in each or len(each) > 2}
