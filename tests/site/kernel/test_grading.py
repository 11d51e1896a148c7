"""An answer to an exercise against its checks."""

import numpy as np
import pytest

from coursekit.site.kernel import Kernel

CHECKS = [
    {"says": "doubles a number", "code": "assert double(2) == 4, f'got {double(2)}, wanted 4'"},
    {"says": "doubles each element", "code": "assert list(double(xs)) == [2, 4], 'by element'"},
]


def grade(code, page=None, checks=CHECKS):
    page = page or Kernel()
    page.namespace.setdefault("xs", np.array([1, 2]))
    outputs = []
    status = page.grade(code, checks, cell="double", emit=outputs.append)
    return status, outputs


def test_a_right_answer_passes_every_check():
    status, [report] = grade("def double(x):\n    return 2 * x")
    assert status == "done"
    assert report["passed"]
    assert [check["ok"] for check in report["checks"]] == [True, True]


def test_the_first_check_that_fails_speaks_and_the_rest_wait():
    status, [report] = grade("def double(x):\n    return x * x + 1")
    assert (status, report["passed"]) == ("error", False)
    assert [check["ok"] for check in report["checks"]] == [False, None]
    assert report["checks"][0]["message"] == "got 5, wanted 4"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("x = 1\ndef double(x):\n    return ...", 3),
        ("double = ...", 1),
        ("y = f(..., 2)", 1),
    ],
)
def test_a_blank_is_named_before_anything_runs(code, line):
    status, [report] = grade(code)
    assert (status, report["blank"], report["passed"]) == ("error", line, False)


def test_an_ellipsis_in_an_index_is_no_blank():
    _, outputs = grade("def double(x):\n    return 2 * xs[..., :] if x is xs else 2 * x")
    assert outputs[-1]["passed"]


def test_an_answer_that_raises_is_an_error_with_its_line():
    status, outputs = grade("def double(x):\n    return 2 * x\ndouble(1) / 0")
    assert (status, outputs[-1]["type"], outputs[-1]["line"]) == ("error", "ZeroDivisionError", 3)


def test_an_answer_that_raises_inside_a_check_says_where():
    _, outputs = grade("def double(x):\n    return 2 * y")
    assert outputs[-1]["checks"][0]["message"] == "NameError: name 'y' is not defined (line 2)"


def test_an_exercise_leaves_the_page_as_it_was():
    page = Kernel()
    page.namespace["xs"] = xs = np.array([1, 2])
    grade("xs *= 0\ndef double(x):\n    return 2 * x", page)
    assert list(xs) == [1, 2]
    assert "double" not in page.namespace
