"""The course's few pictures, drawn with matplotlib in the style of course.mplstyle.

Each function draws on `ax`, or opens a figure of its own, and returns the axes. Lines are named
where they end, not in a legend. One meaning, one colour, on every page: train is the first of the
cycle, validation the second, a floor is grey and dashed, a gradient is red.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from coursekit.engine.arrays import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#15181d"
GREY = "#626b77"
RED = "#b0222b"  # gradients and slopes
PAPER = "#fdfdfc"
MARKERS = "o^sD"
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))

CURVES = (INK, "C1", "C2", "C3", "C4", "C5")  # ink first: the dots have the first colour
LINE, LETTER = 12, 5.6  # height of a line of text and mean width of a letter, in points

Curve = Callable[[Array], ArrayLike]


class End(NamedTuple):
    """Where a line ends, and what to write there."""

    name: str
    x: float
    y: float
    colour: str


def points(
    x: ArrayLike,
    y: ArrayLike,
    *,
    curves: Mapping[str, Curve] | None = None,
    span: tuple[float, float] | None = None,
    label: str | None = None,
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """Dots, and named curves over them. A second call on the same axes takes the next marker.

    Curves are functions of x, drawn over `span`, or from the first dot to the last.
    """
    ax = _axes(ax, title, xlabel, ylabel)
    group = sum(collection.get_gid() == "points" for collection in ax.collections)
    colour, marker = f"C{group % 6}", MARKERS[group % len(MARKERS)]
    ax.scatter(x, y, s=26, color=colour, marker=marker, linewidths=0, zorder=2, gid="points")
    if label:
        ax.collections[-1].set_label(label)
        ax.legend(loc="upper left")
    start, end = span or (np.min(x), np.max(x))
    grid = np.linspace(start, end, 200)
    ends: list[End] = []
    for (name, curve), colour in zip((curves or {}).items(), CURVES, strict=False):
        values = np.broadcast_to(curve(grid), grid.shape)
        ax.plot(grid, values, color=colour, linestyle=DASHES[len(ends) % len(DASHES)])
        ends.append(End(name, grid[-1], float(values[-1]), colour))
    _name_ends(ax, ends)
    return ax


def squares(
    x: ArrayLike,
    y: ArrayLike,
    y_hat: ArrayLike,
    *,
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """Each residual as the side of a square: its area is what the squared error adds up."""
    from matplotlib.patches import Rectangle

    ax = points(x, y, ax=ax, title=title, xlabel=xlabel, ylabel=ylabel)
    x, y, y_hat = np.asarray(x), np.asarray(y), np.asarray(y_hat)
    order = np.argsort(x)
    ax.plot(x[order], y_hat[order], color=INK)
    ax.autoscale_view()
    ax.autoscale(False)
    width, height = ax.get_window_extent().size
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    square = (right - left) / width * height / (top - bottom)  # in x, as wide as 1 in y is high
    for at, truth, guess in zip(x, y, y_hat, strict=True):
        side = truth - guess  # above the curve the square grows to the left, below to the right
        ax.add_patch(
            Rectangle((at, guess), -side * square, side, fc="C1", ec="C1", alpha=0.16, lw=0.8)
        )
    return ax


def tangent(
    f: Callable[[float], float],
    at: float,
    slope: float,
    *,
    span: tuple[float, float],
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """A function of one knob, the point where the knob stands, and the slope there in red."""
    ax = _axes(ax, title, xlabel, ylabel)
    grid = np.linspace(*span, 200)
    ax.plot(grid, [f(value) for value in grid], color="C0")
    ax.autoscale_view()
    ax.autoscale(False)
    height = f(at)
    bottom, top = ax.get_ylim()
    reach = min(0.22 * (span[1] - span[0]), 0.3 * (top - bottom) / max(abs(slope), 1e-12))
    near = np.array([at - reach, at + reach])
    ax.plot(near, height + slope * (near - at), color=RED)
    ax.plot(at, height, "o", color=INK)
    ax.annotate(
        f"slope {_short(slope)}",
        (at, height),
        xytext=(np.copysign(12, slope), -4),  # below the higher half of the red line
        textcoords="offset points",
        ha="right" if slope < 0 else "left",
        va="top",
        color=RED,
    )
    return ax


def contour(
    f: Callable[[float, float], float],
    xs: ArrayLike,
    ys: ArrayLike,
    *,
    path: ArrayLike | None = None,
    arrow: tuple[ArrayLike, ArrayLike] | None = None,
    levels: int = 12,
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """The map of a function of two knobs: lines of equal height, and a cross at the lowest point.

    `path` (n, 2) is where a descent went, its start hollow. `arrow` is (at, vector), in red.
    Both axes have the same scale, so that a right angle looks like one.
    """
    ax = _axes(ax, title, xlabel, ylabel, figsize=(6.3, 4.2))
    xs, ys = np.asarray(xs), np.asarray(ys)
    height = np.array([[f(a, b) for a in xs] for b in ys])
    low, high = height.min(), height.max()
    rings = low + (high - low) * (np.arange(1, levels + 1) / levels) ** 2  # even in a bowl
    lines = ax.contour(
        xs, ys, height, levels=rings, colors=GREY, linewidths=0.8, linestyles="solid"
    )
    # Of equally low places the first, however their last digits round on this machine.
    level = np.round(height / np.abs(height).max(), 12)
    row, column = np.unravel_index(level.argmin(), height.shape)
    # On a patch of paper, not in a gap: where the line would be cut, rounding decides.
    named = ax.clabel(lines, rings[1:-2:3], fmt=_short, fontsize=8, inline=False)
    for label in named:
        label.set_bbox({"facecolor": "#fdfdfc", "edgecolor": "none", "pad": 1.0})
    ax.plot(xs[column], ys[row], "+", color=INK, markersize=9, markeredgewidth=1.2)
    ax.set_aspect("equal")
    ax.grid(False)
    if path is not None:
        path = np.asarray(path)
        ax.plot(path[:, 0], path[:, 1], "-o", color="C0", markersize=4, linewidth=1.2)
        ax.plot(*path[0], "o", color="C0", markerfacecolor=PAPER, markersize=6)
    if arrow is not None:
        at, vector = np.asarray(arrow[0]), np.asarray(arrow[1])
        pen = {"arrowstyle": "-|>", "color": RED, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", tuple(at + vector), tuple(at), arrowprops=pen)
        ax.plot(*at, "o", color=INK)
    return ax


def losses(
    series: Mapping[str, ArrayLike],
    *,
    x: ArrayLike | None = None,
    log: bool = True,
    floor: float | tuple[str, float] | None = None,
    top: float | None = None,
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "step",
    ylabel: str = "loss",
) -> Axes:
    """Loss curves, each named at its end; a floor is dashed grey.

    `x` is what the curves run over, counted from 0 if not given. `top` cuts the axis: a curve
    that leaves there is named where it leaves.
    """
    ax = _axes(ax, title, xlabel, ylabel)
    if log:
        ax.set_yscale("log")
    ends: list[End] = []
    for k, (name, values) in enumerate(series.items()):
        heights = np.asarray(values, np.float64)
        at = np.arange(len(heights)) if x is None else np.asarray(x)[: len(heights)]
        colour = f"C{k % 6}"
        shown = np.isfinite(heights)
        ax.plot(at[shown], heights[shown], color=colour, linestyle=DASHES[k % len(DASHES)])
        inside = np.flatnonzero(shown & (heights <= (np.inf if top is None else top)))
        if len(inside):
            ends.append(End(name, at[inside[-1]], heights[inside[-1]], colour))
    if top is not None:
        ax.set_ylim(top=top)
    if floor is not None:
        name, height = floor if isinstance(floor, tuple) else ("floor", floor)
        ax.axhline(height, color=GREY, linestyle="--", linewidth=1)
        ends.append(End(name, ax.get_xlim()[1], height, GREY))
    _name_ends(ax, ends)
    return ax


def bars(
    names: Sequence[str],
    heights: ArrayLike,
    *,
    over: ArrayLike | None = None,
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """Bars side by side, each named below it; `over` is a line of other heights in front of them.

    A second call on the same axes only moves the bars: a kept figure answers a slider at once.
    """
    ax = _axes(ax, title, xlabel, ylabel)
    if not ax.patches:
        ax.grid(False, axis="x")
        ax.set_xticks(np.arange(len(names)) + 0.5, names)
    for old in [*ax.patches]:
        old.remove()
    behind = {"color": "C0"} if over is None else {"color": "C5", "alpha": 0.4}
    ax.stairs(np.asarray(heights), fill=True, **behind)
    if over is not None:
        ax.stairs(np.asarray(over), color="C0", linewidth=2)
    return ax


def _short(value: float) -> str:
    """1,390, 12.3, 0.00417: three or four digits, and no power of ten where none is needed."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _axes(
    ax: Axes | None,
    title: str,
    xlabel: str,
    ylabel: str,
    figsize: tuple[float, float] | None = None,
) -> Axes:
    """The axes to draw on, with the given words; an empty one leaves what stands there."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=figsize)
    words = {"title": title, "xlabel": xlabel, "ylabel": ylabel}
    ax.set(**{name: text for name, text in words.items() if text})
    return ax


def _name_ends(ax: Axes, ends: Sequence[End]) -> None:
    """Write each name beside the end of its line, pushed apart so that none covers another.

    The axes give up as much of their width as the longest name needs.
    """
    if not ends:
        return
    figure: Any = ax.figure
    spec: Any = ax.get_subplotspec()
    slot = spec.get_position(figure) if spec else ax.get_position()
    room = (8 + LETTER * max(len(end.name) for end in ends)) / 72 / figure.get_figwidth()
    box = ax.get_position()
    ax.set_position((box.x0, box.y0, min(box.x1, slot.x1 + 0.02 - room) - box.x0, box.height))
    ax.get_ylim()  # settles the scale, which the transform needs
    pixel = 72 / figure.dpi
    top = ax.get_window_extent().y1 * pixel
    ends = sorted(ends, key=lambda end: end.y)
    lines = [min(float(ax.transData.transform((end.x, end.y))[1]) * pixel, top) for end in ends]
    wanted = list(lines)
    for i in range(1, len(ends)):  # from below, each at least one line above the last
        wanted[i] = max(wanted[i], wanted[i - 1] + LINE)
    wanted[-1] = min(wanted[-1], top)
    for i in reversed(range(len(ends) - 1)):  # and from the top, back down again
        wanted[i] = min(wanted[i], wanted[i + 1] - LINE)
    for end, line, height in zip(ends, lines, wanted, strict=True):
        ax.annotate(
            end.name,
            (end.x, end.y),
            xytext=(5, height - line),
            textcoords="offset points",
            va="center",
            color=end.colour,
            annotation_clip=False,
        )
