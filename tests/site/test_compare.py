"""The comparison itself: what it lets pass and what not."""

import pytest

from tests.site.compare import difference, text


@pytest.mark.parametrize(
    ("built", "live"),
    [
        ("loss 0.1234567", "loss 0.1234568"),
        ("216.49", "216.50"),
        ("1e-12", "3e-11"),
        ("array([1., 2.])", "array([1., 2.])"),
        ("1.2e-05", "1.3e-05"),
        ("−4.0", "-4.0"),
    ],
)
def test_rounding_is_let_pass(built, live):
    assert text(built, live) == ""


@pytest.mark.parametrize(
    ("built", "live"),
    [
        ("loss 0.12345", "loss 0.12355"),
        ("12", "13"),
        ("a 1", "b 1"),
        ("216.49", "216.52"),
        ("x1 = 2", "x2 = 2"),
        ("1 2", "1"),
    ],
)
def test_other_numbers_and_words_are_not(built, live):
    assert text(built, live)


def test_a_declared_tolerance_widens_it():
    assert text("100.0", "101.0")
    assert text("100.0", "101.0", rtol=0.02) == ""


def figure(labels=("x",), shapes=("M 0 0 L 1 1",)):
    return {"kind": "figure", "labels": list(labels), "shapes": list(shapes)}


def error(line=1, message="m", own=False):
    return {"kind": "error", "type": "ValueError", "line": line, "message": message, "own": own}


@pytest.mark.parametrize(
    ("built", "live"),
    [
        ([figure()], [figure(shapes=("M 0 0 L 1 1.4",))]),
        ([error(message="one")], [error(message="two")]),
    ],
)
def test_small_shifts_and_others_messages_are_let_pass(built, live):
    assert difference(built, live) == ""


@pytest.mark.parametrize(
    ("built", "live", "said"),
    [
        ([figure()], [figure(shapes=("M 0 0 L 1 2",))], "1.00 px apart"),
        ([figure()], [figure(labels=("y",))], "figure labels"),
        ([figure()], [figure(shapes=())], "1 shapes at build, 0 in the browser"),
        ([figure()], [figure(shapes=("M 0 0",))], "a shape of 4 numbers"),
        ([figure()], [], "the build shows"),
        ([error()], [error(line=2)], "error line"),
        ([error(own=True)], [error(message="n", own=True)], "error message"),
    ],
)
def test_other_outputs_are_not(built, live, said):
    assert said in difference(built, live)
