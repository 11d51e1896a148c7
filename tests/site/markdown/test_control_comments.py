"""Comments that move numbers."""

import pytest

from coursekit.site.markdown.control_comments import Control, ControlError, find_controls


@pytest.mark.parametrize(
    ("line", "control"),
    [
        (
            "lr = 0.1  # slider 0.001 to 0.5 log: learning rate",
            Control("slider", ("lr",), 1, "learning rate", 0.001, 0.5, log=True),
        ),
        ("w = 0.05 # slider 0 to 0.3", Control("slider", ("w",), 1, "w", 0, 0.3)),
        ("w = -1.0 # slider -2 to 3e1", Control("slider", ("w",), 1, "w", -2, 30)),
        ("n = 8  # slider 1 to 50", Control("slider", ("n",), 1, "n", 1, 50, integer=True)),
        ("n = 8  # slider 1 to 50.0", Control("slider", ("n",), 1, "n", 1, 50)),
        (
            'how = "sgd"  # choice "sgd", "adam"',
            Control("choice", ("how",), 1, "how", choices=("sgd", "adam")),
        ),
        ("x, y = 0.5, 1  # pick", Control("pick", ("x", "y"), 1, "x, y")),
    ],
)
def test_a_control_is_read(line, control):
    assert find_controls(line) == [control]


@pytest.mark.parametrize(
    "code", ["x = 1", "# a slide rule", "x = 1  # sliders are nice", "s = 'slider 0 to 1'"]
)
def test_other_comments_are_comments(code):
    assert find_controls(code) == []


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("a = 1\nlr = 0.1  # slider 0 - 1", 2, "write: name = 0.1"),
        ("lr = 2.0  # slider 0 to 1", 1, "starts outside"),
        ("lr = 0.5  # slider 1 to 0", 1, "the smaller"),
        ("lr = 0.5  # slider 0 to 1 log", 1, "above 0 for log"),
        ("lr = f(1)  # slider 0 to 1", 1, "not a plain value"),
        ("    lr = 0.5  # slider 0 to 1", 1, "at the left margin"),
        ("lr = 'a'  # slider 0 to 1", 1, "a slider moves a number"),
        ("how = 'a'  # choice 'b', 'c'", 1, "none of b, c"),
        ("how = 'a'  # choice 'a'", 1, "write: name"),
        ("x = 0.5  # pick", 1, "write: x, y"),
        ("a, b = 1, 2  # pick\nc, d = 1, 2  # pick", 2, "one pick at most"),
    ],
)
def test_a_control_that_cannot_be_read_names_its_line(code, line, message):
    with pytest.raises(ControlError, match=message) as error:
        find_controls(code)
    assert error.value.line == line
