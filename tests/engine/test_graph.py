"""graph draws what a walk has done: boxes, arrows, gradients, and what is not complete yet."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from coursekit.engine import Tensor, ops
from coursekit.engine.graph import HEIGHT, LETTERS, WIDTH, graph
from coursekit.engine.tensor import walk
from coursekit.site.kernel.sanitize import sanitize


def leaf(value: object) -> Tensor:
    return Tensor(np.array(value, np.float64), requires_grad=True)


@pytest.fixture
def diamond() -> dict[str, Tensor]:
    """f = (a + b) + (b + c), where b = p + q."""
    p, q, a, c = leaf(0.5), leaf(1.5), leaf(1), leaf(3)
    b = p + q
    d, e = a + b, b + c
    return {"p": p, "q": q, "a": a, "b": b, "c": c, "d": d, "e": e, "f": d + e}


def said(named: dict[str, Tensor], steps: int) -> dict[str, str]:
    """What the picture says of each tensor after so many steps of the walk."""
    root = named["f"]
    seen = list(walk(root, np.ones_like(root.data)))[:steps]
    lines = repr(graph(root, seen, named)).splitlines()
    return {line.split(" ")[0]: line for line in lines}


def test_before_the_walk_there_are_values_and_no_gradients(diamond: dict[str, Tensor]) -> None:
    lines = said(diamond, 0)
    assert lines["f"] == "f = add(d, e) is 8"
    assert lines["b"] == "b = add(p, q) is 2"
    assert lines["p"] == "p is 0.5"


@pytest.mark.parametrize(
    ("steps", "b", "p"),
    [(1, "", ""), (2, "1 ...", ""), (3, "2 ...", ""), (4, "2", "2 ..."), (8, "2", "2")],
)
def test_a_sum_that_waits_ends_in_dots(
    diamond: dict[str, Tensor], steps: int, b: str, p: str
) -> None:
    lines = said(diamond, steps)
    assert lines["b"].partition(", gradient ")[2] == b
    assert lines["p"].partition(", gradient ")[2] == p


def test_the_svg_lights_the_last_tensor_and_its_arrows(diamond: dict[str, Tensor]) -> None:
    root = diamond["f"]
    seen = list(walk(root, np.ones_like(root.data)))
    svg = graph(root, seen[:4], diamond)._repr_svg_()
    picture = ET.fromstring(svg)
    boxes = [box for box in picture.iter("rect") if "--marker" in box.attrib["style"]]
    assert len(boxes) == 1
    lit = [line for line in picture.iter("line") if "--red" in line.attrib["style"]]
    assert len(lit) == 2  # from b to p and to q
    assert len(list(picture.iter("rect"))) == 8
    assert len(list(picture.iter("line"))) == 8
    assert "b = add(p, q) is 2, gradient 2." in picture.attrib["aria-label"]


def test_inputs_stand_left_of_their_results_and_no_boxes_overlap(
    diamond: dict[str, Tensor],
) -> None:
    picture = ET.fromstring(graph(diamond["f"], (), diamond)._repr_svg_())
    for line in picture.iter("line"):
        assert float(line.attrib["x1"]) < float(line.attrib["x2"])
    corners = [(float(b.attrib["x"]), float(b.attrib["y"])) for b in picture.iter("rect")]
    for i, (x, y) in enumerate(corners):
        for u, v in corners[i + 1 :]:
            assert abs(x - u) > WIDTH or abs(y - v) > HEIGHT + LETTERS


def test_the_page_lets_the_whole_picture_through(diamond: dict[str, Tensor]) -> None:
    root = diamond["f"]
    svg = graph(root, list(walk(root, np.ones_like(root.data))), diamond)._repr_svg_()
    kept = sanitize(svg)
    for tag in ("rect", "line", "polygon", "text"):
        assert kept.count(f"<{tag}") == svg.count(f"<{tag}") > 0
    assert kept.count("style=") == svg.count("style=")
    assert "aria-label=" in kept


def test_tables_show_their_shape_and_shares_are_summed_to_it() -> None:
    x, bias = leaf(np.ones((4, 3))), leaf(np.ones(3))
    loss = ops.tanh(x + bias).sum()
    seen = list(walk(loss, np.ones_like(loss.data)))
    lines = repr(graph(loss, seen, {"x": x, "bias": bias})).splitlines()
    assert "bias is (3,), gradient (3,)" in lines
    assert any(line.startswith("tanh = tanh(add) is (4, 3)") for line in lines)


def test_a_slice_and_a_tensor_used_twice_by_one_operation() -> None:
    x = leaf([2.0, 3.0])
    y = x[0] * x[0]
    seen = list(walk(y, np.ones_like(y.data)))
    picture = graph(y, seen, {"x": x, "y": y})
    assert "x is (2,), gradient (2,)" in repr(picture).splitlines()
    assert np.allclose(seen[-1][1], [4, 0])


def test_any_object_with_data_and_inputs_can_be_drawn() -> None:
    class Box:
        def __init__(self, data: float, *inputs: object) -> None:
            self.data, self.inputs = data, inputs

    def double(x: Box) -> Box:
        return Box(2 * x.data, (x, lambda g: 2 * g))

    x = Box(3)
    y = double(x)
    picture = graph(y, [(y, np.array(1.0))], {"x": x})
    assert repr(picture) == "double = double(x) is 6, gradient 1\nx is 3, gradient 2 ..."


def test_names_are_escaped() -> None:
    x = leaf(1)
    svg = graph(x * x, (), {"<x>": x})._repr_svg_()
    assert "<x>" not in svg
    assert re.search(r"&lt;x&gt;", svg)
