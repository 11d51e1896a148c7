"""graph: the tensors that a result was computed from, drawn, with the gradients found so far.

It reads `data` and `inputs` only, so it draws the course's Tensor and one that a learner wrote.
Plain SVG, no matplotlib: one picture takes a few milliseconds, also in the browser.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from coursekit.engine.arrays import Array, unbroadcast
from coursekit.engine.tensor import Patch, operation

WIDTH, HEIGHT = 86, 50  # of a box, in the units of the picture
ACROSS, DOWN = 150, 96  # from one box to the next
LETTERS = 17  # size of the text, still legible when a phone shrinks the picture
EDGE = 4  # white space around the picture

INK, GREY, RED, LIT = "var(--ink)", "var(--edge)", "var(--red)", "var(--marker)"


class Node(Protocol):
    """What can be drawn: a value, and beside each input the pull-back to it."""

    data: Any
    inputs: Any


def graph(
    root: Node,
    visited: Sequence[tuple[Node, Array]] = (),
    names: Mapping[str, Node] | None = None,
) -> Graph:
    """The graph of root: leaves on the left, root on the right, an arrow from input to result.

    `visited` holds the pairs that a walk has yielded so far: these boxes show their gradient, the
    last one is lit, and what it sends to its inputs stands on the arrows. A sum that has begun,
    at a tensor the walk has not reached, ends in "...".
    """
    return Graph(root, list(visited), {id(node): name for name, node in (names or {}).items()})


class Graph:
    """A picture of a graph, as SVG in a page and as text elsewhere."""

    def __init__(
        self, root: Node, visited: list[tuple[Node, Array]], names: dict[int, str]
    ) -> None:
        self._names = names
        self._nodes, self._column = _columns(root)
        self._lit = visited[-1][0] if visited else None
        self._gradients, self._sent = _follow(visited)
        self._complete = {id(node) for node, _ in visited}

    def __repr__(self) -> str:
        return "\n".join(self._line(node) for node in self._nodes)

    def _repr_svg_(self) -> str:
        place = self._places()
        width = max(x for x, _ in place.values()) + WIDTH + EDGE
        height = max(y for _, y in place.values()) + HEIGHT + LETTERS + 8 + EDGE
        say = html.escape(". ".join(self._line(node) for node in self._nodes))
        parts = [
            f'<svg role="img" aria-label="{say}" viewBox="0 0 {width} {height}" '
            f'style="width: 100%; max-width: {width}px">'
        ]
        for node in self._nodes:
            for parent, _ in node.inputs or ():
                parts += self._arrow(node, parent, place)
        for node in self._nodes:
            parts += self._box(node, place[id(node)])
        return "".join([*parts, "</svg>"])

    def _line(self, node: Node) -> str:
        """One tensor in words: "d = add(a, b) is 3, gradient 1"."""
        made = ""
        if node.inputs:
            inputs = ", ".join(self._name(parent) for parent, _ in node.inputs)
            made = f" = {operation(node)}({inputs})"
        told = self._told(node)
        return (
            f"{self._name(node)}{made} is {_short(node.data)}{', gradient ' if told else ''}{told}"
        )

    def _name(self, node: Node) -> str:
        return self._names.get(id(node)) or operation(node)

    def _told(self, node: Node) -> str:
        if id(node) not in self._gradients:
            return ""
        waits = "" if id(node) in self._complete else " ..."
        return _short(self._gradients[id(node)]) + waits

    def _places(self) -> dict[int, tuple[float, float]]:
        """The upper left corner of each box: columns from left to right, each in the middle."""
        last = max(self._column.values())
        columns = [[n for n in self._nodes if self._column[id(n)] == k] for k in range(last + 1)]
        tallest = max(len(column) for column in columns)
        return {
            id(node): (
                EDGE + (last - k) * ACROSS,
                EDGE + (row + (tallest - len(column)) / 2) * DOWN,
            )
            for k, column in enumerate(columns)
            for row, node in enumerate(column)
        }

    def _arrow(self, node: Node, parent: Node, place: dict[int, tuple[float, float]]) -> list[str]:
        (x2, y2), (x1, y1) = place[id(node)], place[id(parent)]
        x1, y1, y2 = x1 + WIDTH, y1 + HEIGHT / 2, y2 + HEIGHT / 2
        share = self._sent.get((id(node), id(parent)))
        lit = share is not None and node is self._lit
        colour, width = (RED, 2.4) if lit else (GREY, 1.4)
        tip = (x1, y1) if lit else (x2, y2)  # a gradient runs from the result to the input
        lines = [
            f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" '
            f'style="stroke: {colour}" stroke-width="{width}"/>',
            _head(tip, (x2 - x1, y2 - y1), colour, back=lit),
        ]
        if share is not None:
            x, y = x1 + 0.36 * (x2 - x1), y1 + 0.36 * (y2 - y1)
            lines.append(_text(x, y - 7, _short(share), RED if lit else GREY))
        return lines

    def _box(self, node: Node, at: tuple[float, float]) -> list[str]:
        x, y = at
        lit = node is self._lit
        name = self._name(node)
        if node.inputs and id(node) in self._names:
            name = f"{name} = {operation(node)}"
        told = self._told(node)
        lines = [
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="3" '
            f'style="fill: {LIT if lit else "var(--paper)"}; '
            f'stroke: {RED if lit else GREY}" stroke-width="{2.4 if lit else 1.4}"/>',
            _text(x + WIDTH / 2, y + 20, name, INK, bold=True),
            _text(x + WIDTH / 2, y + 41, _short(node.data), INK),
        ]
        if told:
            bold = id(node) in self._complete
            lines.append(_text(x + WIDTH / 2, y + HEIGHT + LETTERS + 2, told, RED, bold=bold))
        return lines


def _columns(root: Node) -> tuple[list[Node], dict[int, int]]:
    """Every tensor under root, and its column: 0 for root, one more than any of its users."""
    found: dict[int, Node] = {id(root): root}
    stack = [root]
    while stack:
        for parent, _ in reversed(stack.pop().inputs or ()):
            if id(parent) not in found:
                found[id(parent)] = parent
                stack.append(parent)
    column = dict.fromkeys(found, 0)
    moved = True
    while moved:
        moved = False
        for node in found.values():
            for parent, _ in node.inputs or ():
                if column[id(parent)] <= column[id(node)]:
                    column[id(parent)] = column[id(node)] + 1
                    moved = True
    order = _by_use(root, found)
    return order, column


def _by_use(root: Node, found: Mapping[int, Node]) -> list[Node]:
    """Breadth first from root: in each column the inputs stand in the order of their users."""
    order, seen = [root], {id(root)}
    for node in order:
        for parent, _ in node.inputs or ():
            if id(parent) not in seen:
                seen.add(id(parent))
                order.append(parent)
    return order


def _follow(
    visited: Sequence[tuple[Node, Array]],
) -> tuple[dict[int, Array], dict[tuple[int, int], Array]]:
    """Each tensor's gradient so far, and what was sent along each arrow."""
    gradients: dict[int, Array] = {}
    sent: dict[tuple[int, int], Array] = {}
    reached: set[int] = set()
    for node, grad in visited:
        gradients[id(node)] = np.asarray(grad)
        reached.add(id(node))
        now: dict[int, Array] = {}
        for parent, pull in node.inputs or ():
            share = _share(pull, grad, parent)
            now[id(parent)] = now.get(id(parent), 0) + share
            if id(parent) not in reached:
                gradients[id(parent)] = gradients.get(id(parent), 0) + share
        for parent_id, share in now.items():
            sent[id(node), parent_id] = share
    return gradients, sent


def _share(pull: Callable[[Array], Any], grad: Array, parent: Node) -> Array:
    """What a pull-back says, in the shape of its input."""
    share = pull(grad)
    shape = np.shape(parent.data)
    if isinstance(share, Patch):
        whole = np.zeros(shape)
        whole[share.index] += share.value
        return whole
    share = np.asarray(share)
    return share if share.shape == shape else unbroadcast(share, shape)


def _short(value: Any) -> str:
    """A number as it is, more numbers by their shape."""
    array = np.asarray(value)
    return f"{array.item():.4g}" if array.size == 1 else str(array.shape)


def _text(x: float, y: float, words: str, colour: str, bold: bool = False) -> str:
    weight = ' font-weight="650"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="{LETTERS}"{weight} '
        f'style="fill: {colour}">{html.escape(words)}</text>'
    )


def _head(tip: tuple[float, float], along: tuple[float, float], colour: str, back: bool) -> str:
    """The point of an arrow, a small triangle."""
    length = float(np.hypot(*along))
    dx, dy = along[0] / length, along[1] / length
    if back:
        dx, dy = -dx, -dy
    x, y = tip
    left = (x - 10 * dx + 4.5 * dy, y - 10 * dy - 4.5 * dx)
    right = (x - 10 * dx - 4.5 * dy, y - 10 * dy + 4.5 * dx)
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in (tip, left, right))
    return f'<polygon points="{corners}" style="fill: {colour}"/>'
