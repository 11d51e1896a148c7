"""What learners tried in the exercises, right and wrong, gets the answer it needs.

One file per exercise, attempts/01-mse-line.py for "mse-line" of lesson 01, with sections
`# %% right` and `# %% wrong: words of the message`.
"""

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from coursekit.site.kernel import Kernel
from coursekit.site.markdown.course_fences import Cell
from tests.lessons.pages import NAMES, PAGES, Page

FOLDER = pathlib.Path(__file__).parent / "attempts"


def attempts(page: Page) -> list[tuple[str, str, str]]:
    """(exercise, words of the message or "" for a right one, code) of one page."""
    number, found = page.path.stem[:2], []
    for path in sorted(FOLDER.glob(f"{number}-*.py")):
        parts = re.split(r"^# %% (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for title, code in zip(parts[1::2], parts[2::2], strict=True):
            verdict, _, words = title.partition(": ")
            assert verdict == ("wrong" if words else "right"), f"{path.name}: {title}"
            found.append((path.stem.removeprefix(f"{number}-"), words, code.strip()))
    return found


ALL = [
    pytest.param(page, task, words, code, id=f"{page.path.stem[:2]}-{task}-{n}")
    for page in PAGES
    for n, (task, words, code) in enumerate(attempts(page))
]


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[pathlib.Path, Kernel]]:
    """A kernel per page, all its cells run; made when first asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        yield {}


def graded(kernels: dict[pathlib.Path, Kernel], page: Page, task: str, code: str) -> dict[str, Any]:
    """The report of the checks on one attempt."""
    if page.path not in kernels:
        kernels[page.path] = kernel = Kernel()
        for cell in page.fences:
            if isinstance(cell, Cell):
                kernel.run(cell.code, cell=cell.id, emit=lambda output: None)
    exercise = page.exercises[task]
    checks = [{"says": check.says, "code": check.code} for check in exercise.checks]
    outputs: list[dict[str, Any]] = []
    kernels[page.path].grade(code, checks, cell=task, emit=outputs.append)
    report = next((output for output in outputs if output["kind"] == "checks"), None)
    assert report is not None, outputs
    return report


@pytest.mark.parametrize(("page", "task", "words", "code"), ALL)
def test_an_attempt_hears_about_its_own_mistake(
    kernels: dict[pathlib.Path, Kernel], page: Page, task: str, words: str, code: str
) -> None:
    report = graded(kernels, page, task, code)
    assert report["passed"] == (words == ""), report
    said = "".join(check["message"] for check in report["checks"])
    said += f"... in line {report['blank']}" if report["blank"] else ""
    assert words in said


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_exercise_has_right_and_wrong_attempts(page: Page) -> None:
    assert isinstance(page.exercises, dict)
    assert page.exercises
    tried = {(task, words == "") for task, words, _ in attempts(page)}
    assert tried == {(task, right) for task in page.exercises for right in (True, False)}
