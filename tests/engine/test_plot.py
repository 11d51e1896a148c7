"""The pictures say what they should: where lines end, names beside them, nothing covered."""

import itertools
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from coursekit.engine import plot

X = np.linspace(0, 10, 21)
Y = X**2 / 5 + np.sin(X)


@pytest.fixture(autouse=True)
def course_style():
    mpl.use("svg")
    with plt.style.context("coursekit.engine.course"):
        yield
    plt.close("all")


def written(ax):
    return {text.get_text(): text for text in ax.texts}


def test_the_style_draws_text_as_text_with_a_fixed_layout():
    assert mpl.rcParams["svg.fonttype"] == "none"
    assert mpl.rcParams["savefig.bbox"] is None
    assert mpl.rcParams["font.family"] == ["DejaVu Sans"]


def test_points_name_each_curve_at_its_end():
    ax = plot.points(
        X, Y, curves={"guess": lambda x: 3 * x, "flat": lambda x: 5.0}, span=(0, 12), title="T"
    )
    names = written(ax)
    assert names["guess"].xy == (12, 36)
    assert names["flat"].xy == (12, 5)
    assert ax.get_title(loc="left") == "T"


def test_two_groups_of_points_differ_in_colour_and_marker():
    ax = plot.points(X, Y, label="train")
    plot.points(X, Y + 1, label="validation", ax=ax)
    first, second = ax.collections
    assert not np.array_equal(first.get_facecolor(), second.get_facecolor())
    assert len(first.get_paths()[0].vertices) != len(second.get_paths()[0].vertices)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["train", "validation"]


def test_squares_are_square_on_the_page_with_the_residual_as_side():
    ax = plot.squares(X, Y, Y - 2 + X / 5)
    residuals = 2 - X / 5
    for patch, residual in zip(ax.patches, residuals, strict=True):
        box = patch.get_window_extent()
        assert box.width == pytest.approx(box.height, abs=1e-6)
        assert abs(patch.get_height()) == pytest.approx(abs(residual))


def test_the_tangent_has_the_slope_and_touches():
    ax = plot.tangent(lambda w: w**2, 1.0, 2.0, span=(-3, 3))
    line = next(line for line in ax.lines if line.get_color() == plot.RED)
    (x0, x1), (y0, y1) = line.get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(2)
    assert (y0 + y1) / 2 == pytest.approx(1)
    assert "slope 2" in written(ax)


def test_contour_marks_the_lowest_point_and_keeps_right_angles():
    ax = plot.contour(
        lambda a, b: (a - 1) ** 2 + (b + 1) ** 2,
        np.linspace(-2, 2, 9),
        np.linspace(-2, 2, 9),
        path=[[0, 0], [0.5, -0.5]],
        arrow=([0, 0], [1, -1]),
    )
    assert ax.get_aspect() == 1
    cross = next(line for line in ax.lines if line.get_marker() == "+")
    assert [float(value[0]) for value in cross.get_data()] == [1, -1]
    assert ax.texts[-1].arrow_patch.get_edgecolor() == mpl.colors.to_rgba(plot.RED)


def test_names_of_loss_curves_do_not_cover_each_other_and_stay_in_the_figure():
    series = {f"rate {k}": np.full(5, 1 + k / 1000) for k in range(5)}
    ax = plot.losses(series, floor=("best", 1.0), ylabel="loss")
    figure = ax.figure
    figure.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert len(boxes) == 6
    for below, above in itertools.pairwise(boxes):
        assert below.y1 <= above.y0 + 2
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    assert max(box.y1 for box in boxes) <= figure.bbox.y1


def test_a_loss_that_overflows_is_named_where_it_leaves():
    ax = plot.losses({"wild": [1.0, 10.0, 100.0, np.inf, np.nan]}, top=50.0)
    assert written(ax)["wild"].xy == (1, 10)
    assert ax.get_ylim()[1] == 50


def test_bars_stand_over_their_names_and_a_line_before_them():
    ax = plot.bars("abc", [0.5, 0.2, 0.3], over=[0.7, 0.0, 0.3], ylabel="probability")
    bars, line = ax.patches
    assert list(bars.get_data().values) == [0.5, 0.2, 0.3]
    assert list(line.get_data().values) == [0.7, 0.0, 0.3]
    assert bars.get_fill()
    assert not line.get_fill()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "b", "c"]
    assert list(ax.get_xticks()) == [0.5, 1.5, 2.5]


def test_bars_on_the_same_axes_replace_those_before():
    ax = plot.bars("ab", [1, 2], over=[2, 1])
    plot.bars("ab", [3, 4], ax=ax)
    (bars,) = ax.patches
    assert list(bars.get_data().values) == [3, 4]


def test_each_picture_opens_its_own_figure_unless_axes_are_given():
    first = plot.losses({"a": [1.0, 2.0]})
    assert plot.losses({"a": [1.0, 2.0]}).figure is not first.figure
    assert plot.losses({"b": [1.0, 2.0]}, ax=first) is first


def test_importing_plot_does_not_import_matplotlib():
    import subprocess
    import sys

    code = "import sys, coursekit.engine.plot; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path.cwd()).returncode == 0
