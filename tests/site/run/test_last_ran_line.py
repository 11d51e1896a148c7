"""What a page's foot says of its last run comes from that run, and from nowhere else."""

import dataclasses
import json
import re
import subprocess

import pytest

from coursekit.site.markdown.course_fences import find_fences
from coursekit.site.page import cell_html
from coursekit.site.run import execute, last_ran_line
from coursekit.site.run.last_ran_line import Ran

RAN = Ran("2026-11-21 14:05", "3.11.7", "2.2.5", "3.8.4", "4f1c2ab+")
RECORD = {
    "name": "01_fit",
    "metrics": {"loss": 0.5},
    "commit": "c7a3c53d6c7d-dirty",
    "versions": {"python": "3.12.1", "numpy": "2.2.5", "torch": "2.13.0+cpu"},
    "date": "2026-11-20",
}
WORDS = cell_html.words("en")


def run(text, cache):
    return execute.run_page(find_fences(text, "a.md")[1], "a.md", cache)


@pytest.fixture
def repository(tmp_path):
    """A folder under git with one commit, and that commit's short name."""

    def git(*command):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(
            ["git", *identity, *command], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "-q")
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / ".gitignore").write_text(".cache/\n")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    return tmp_path, git("rev-parse", "--short", "HEAD")


# --- the run --------------------------------------------------------------------------------------


def test_a_run_is_dated_when_it_really_ran(tmp_path, monkeypatch):
    text = "```python cell\n1\n```"
    first = run(text, tmp_path).ran
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", first.date)
    later = dataclasses.replace(first, date="2030-01-01 00:00")
    monkeypatch.setattr(execute, "witness", lambda folder: later)
    assert run(text, tmp_path).ran == first  # from the cache: it did not run again
    assert run(text.replace("1", "2"), tmp_path).ran == later


def test_a_page_without_cells_did_not_run(tmp_path):
    assert run("text", tmp_path).ran is None


def test_a_run_names_the_versions_it_had(tmp_path):
    text = "```python cell\nimport sys, numpy\nsys.version.split()[0], numpy.__version__\n```"
    done = run(text, tmp_path)
    assert done.outputs["cell-1"][0]["text"] == str((done.ran.python, done.ran.numpy))


def test_the_commit_is_that_of_the_sources(repository):
    folder, name = repository
    assert last_ran_line.witness(folder / ".cache" / "cells").commit == name
    (folder / ".cache").mkdir()
    (folder / ".cache" / "kept").write_text("")
    assert last_ran_line.witness(folder).commit == name
    (folder / "b.txt").write_text("new")
    assert last_ran_line.witness(folder).commit == f"{name}+"


def test_outside_git_there_is_no_commit(tmp_path, monkeypatch):
    assert last_ran_line.witness(tmp_path).commit == ""
    monkeypatch.setenv("PATH", "")
    assert last_ran_line.witness(tmp_path).commit == ""


# --- the line -------------------------------------------------------------------------------------


def test_the_line_names_date_versions_and_commits_of_cells_and_scripts():
    assert last_ran_line.line(RAN, [RECORD], "", WORDS) == (
        "2026-11-21 14:05 UTC, on Python 3.11.7, NumPy 2.2.5, matplotlib 3.8.4, "
        "at commit <code>4f1c2ab+</code>. "
        "The script 01_fit.py last ran 2026-11-20, on Python 3.12.1, PyTorch 2.13.0, "
        "at commit <code>c7a3c53+</code>."
    )


def test_the_line_leaves_out_what_is_not_known():
    ran = dataclasses.replace(RAN, commit="")
    record = {**RECORD, "commit": "", "versions": {"python": "3.12.1"}}
    assert last_ran_line.line(ran, [record], "", WORDS) == (
        "2026-11-21 14:05 UTC, on Python 3.11.7, NumPy 2.2.5, matplotlib 3.8.4. "
        "The script 01_fit.py last ran 2026-11-20, on Python 3.12.1."
    )


def test_with_a_repository_commits_are_links():
    line = last_ran_line.line(RAN, [], "https://github.com/someone/course/", WORDS)
    assert (
        '<a href="https://github.com/someone/course/commit/4f1c2ab"><code>4f1c2ab+</code></a>'
        in line
    )


def test_a_lesson_has_the_records_of_its_own_scripts(tmp_path):
    runs = tmp_path / "lessons" / "runs"
    runs.mkdir(parents=True)
    for name in ("01_fit", "01_fit_large", "02_next"):
        (runs / f"{name}.json").write_text(json.dumps({"date": name}))
    (runs / "01_fit.ipynb").write_text("{}")
    assert last_ran_line.scripts("lessons/01-fit.md", tmp_path) == [
        {"name": "01_fit", "date": "01_fit"},
        {"name": "01_fit_large", "date": "01_fit_large"},
    ]
    assert last_ran_line.scripts("notation.md", tmp_path) == []


# --- the log --------------------------------------------------------------------------------------

PAGE = """```predict id="big" right="x * 2" tolerance="1"
How much?

- right
  Yes.
- other
  No.
```

```python cell id="show"
x = 3
print("y" * 300)
x
```
"""


def test_the_log_holds_what_was_asked_and_what_came_out(tmp_path):
    done = run(PAGE, tmp_path)
    log = json.loads(last_ran_line.log("docs/a.md", done.ran, done.asked, [RECORD]))
    cell, question = log.pop("asked")
    assert log == {"page": "docs/a.md", **dataclasses.asdict(done.ran), "scripts": [RECORD]}
    assert cell["outputs"][0]["text"] == "(301 characters)"
    assert cell["outputs"][1] == {"kind": "value", "text": "3"}
    assert (question["id"], question["value"]) == ("big", 6)
