"""The build runs a page's cells, once, and holds them to what their fences say."""

import json
import os

import pytest

from coursekit.site import paths
from coursekit.site.markdown.course_fences import find_fences
from coursekit.site.run import execute
from coursekit.site.run.execute import ExecutionError, run_page


def run(text, cache):
    return list(run_page(find_fences(text, "docs/a.md")[1], "docs/a.md", cache).outputs.values())


def page(*codes):
    return "\n".join(f"```python cell{options}\n{code}\n```" for options, code in codes)


def test_cells_run_in_order_in_one_namespace(tmp_path):
    assert run(page(("", "x = 1"), ("", "x + 1")), tmp_path) == [
        [],
        [{"kind": "value", "text": "2"}],
    ]


def test_a_page_without_cells_starts_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "_ask", None)
    assert run("text", tmp_path) == []


def test_results_are_kept_until_something_they_depend_on_changes(tmp_path):
    text = page(("", "import os\nos.urandom(8).hex()"))
    first = run(text, tmp_path)
    assert run(text, tmp_path) == first
    assert run(text + "\n```python cell\n1\n```", tmp_path)[0] != first[0]


def test_a_change_of_the_engine_runs_the_cells_again(tmp_path, monkeypatch):
    package = tmp_path / "coursekit"
    (package / "engine").mkdir(parents=True)
    monkeypatch.setattr(paths, "PACKAGE", package)
    jobs = list(execute._jobs(find_fences(page(("", "1")), "a.md")[1]))
    keys = []
    for text in ("a = 1", "a = 2"):
        (package / "engine/data.py").write_text(text)
        keys.append(execute._key(jobs))
    assert keys[0] != keys[1]


def test_what_a_cell_writes_past_python_does_not_disturb_the_answer(tmp_path):
    text = page(("", "import os\n_ = os.write(1, b'noise')\n1"))
    assert run(text, tmp_path) == [[{"kind": "value", "text": "1"}]]


def test_an_error_fails_with_the_line_of_the_file_and_is_not_kept(tmp_path):
    text = "title\n\n" + page(("", "x = 1\n1 / 0"))
    for _ in range(2):
        with pytest.raises(ExecutionError, match=r"docs/a.md:5: (.|\n)*ZeroDivisionError"):
            run(text, tmp_path)
    assert not os.listdir(tmp_path)


def test_an_error_that_was_announced_is_an_output(tmp_path):
    [[error]] = run(page((' raises="ZeroDivisionError"', "1 / 0")), tmp_path)
    assert (error["type"], error["line"]) == ("ZeroDivisionError", 1)


@pytest.mark.parametrize(
    ("code", "message"),
    [("1", "must raise ValueError; it ran"), ("1 / 0", "ZeroDivisionError")],
)
def test_an_announced_error_must_come_and_be_that_one(tmp_path, code, message):
    with pytest.raises(ExecutionError, match=rf"(?s)a.md:[12]: .*{message}"):
        run(page((' raises="ValueError"', code)), tmp_path)


def test_a_cell_that_ends_python_fails_the_page(tmp_path):
    with pytest.raises(ExecutionError, match="Python itself ended"):
        run(page(("", "import os\nos._exit(3)")), tmp_path)


def test_a_page_that_never_ends_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(execute, "TIME_LIMIT", 2)
    with pytest.raises(ExecutionError, match=r"took more than 2 s"):
        run(page(("", "while True: pass")), tmp_path)


def test_what_must_hold_fails_the_build_when_it_does_not(tmp_path):
    with pytest.raises(ExecutionError, match=r"t > 1 should hold"):
        run(page((' varies="time" holds="t > 1"', "t = 1")), tmp_path)


def test_a_half_written_cache_is_never_read(tmp_path):
    run(page(("", "1")), tmp_path)
    [stored] = tmp_path.iterdir()
    kept = json.loads(stored.read_text())
    assert kept["answers"] == [{"outputs": [{"kind": "value", "text": "1"}]}]


# --- exercises and predictions --------------------------------------------------------------------

EXERCISE = """### Double it

```python exercise id="double"
def double(x):
    return ...
```

> **Hint** Add it to itself.

```python check says="doubles a number"
assert double(3) != 9, "that is the square"
assert double(3) == 6, f"got {double(3)}, wanted 6"
```

```python mistake says="the square"
def double(x):
    return x * x
```

```python solution
def double(x):
    return 2 * x
```
"""


def test_an_exercise_is_proven_with_what_the_page_has_defined(tmp_path):
    text = "```python cell\ntwo = 2\n```\n" + EXERCISE.replace("2 * x", "two * x")
    assert run(text, tmp_path) == [[]]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            "return 2 * x",
            "return 3 * x",
            r"a.md:3: .*the solution does not pass: that is the square",
        ),
        ("return ...", "return 2 * x", "starter passes"),
        (
            'says="the square"',
            'says="the cube"',
            r"a.md:15: .*hears 'that is the square', not 'the",
        ),
        ("return x * x", "return x + x", "mistake 0 passes"),
        (
            'assert double(3) == 6, f"got {double(3)}, wanted 6"',
            "",
            "solution does not pass|passes",
        ),
    ],
)
def test_an_exercise_that_proves_nothing_fails_the_build(tmp_path, before, after, message):
    text = EXERCISE.replace(before, after)
    if not after:
        text = text.replace('assert double(3) != 9, "that is the square"', "True")
    with pytest.raises(ExecutionError, match=f"(?s){message}"):
        run(text, tmp_path)


def test_the_solution_of_the_neighbour_must_not_pass(tmp_path):
    second = EXERCISE.replace('id="double"', 'id="again"')
    with pytest.raises(ExecutionError, match="solution of again passes"):
        run(EXERCISE + "\n" + second, tmp_path)


PREDICT = """```predict id="big" right="{right}"{more}
How big is x?

- {one}
  First reply.
- {two}
  Second reply.
```

```python cell
x = 7
```
"""


@pytest.mark.parametrize(
    ("right", "more", "one", "two"),
    [
        ("'large' if x > 5 else 'small'", "", "large", "small"),
        ("x * 1.0", ' tolerance="0.1"', "right", "other"),
        ("str(x)", ' type="text"', "right", "other"),
    ],
)
def test_a_prediction_is_answered_by_its_cell(tmp_path, right, more, one, two):
    text = PREDICT.format(right=right, more=more, one=one, two=two)
    assert run(text, tmp_path) == [[]]


@pytest.mark.parametrize(
    ("right", "more", "message"),
    [
        (
            "'medium'",
            "",
            r"a.md:1: .*right= gave 'medium', which is none of the answers: right, ot",
        ),
        ("x / 0", "", r"right= raised ZeroDivisionError"),
        ("'seven'", ' tolerance="1"', r"and a number is asked for"),
        ("x", ' type="text"', r"and a text is asked for"),
    ],
)
def test_an_answer_of_another_kind_fails_the_build(tmp_path, right, more, message):
    with pytest.raises(ExecutionError, match=message):
        run(PREDICT.format(right=right, more=more, one="right", two="other"), tmp_path)
