"""Every operation, loss and layer equals PyTorch in float64, forward and backward."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes_of

from coursekit.engine import losses
from tests.engine.cases import LAYERS, OPERATIONS, Case
from tests.engine.compare import (
    Arrays,
    assert_equal,
    run_case,
    run_case_in_torch,
    run_layer,
    run_layer_in_torch,
)

SHAPES = {
    "one": shapes_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4).map(
        lambda s: [s]
    ),
    "axes": shapes_of.array_shapes(min_dims=2, max_dims=3, min_side=0, max_side=4).map(
        lambda s: [s]
    ),
    "rows": shapes_of.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=4).map(
        lambda s: [s]
    ),
    "two": shapes_of.mutually_broadcastable_shapes(
        num_shapes=2, max_dims=3, min_side=0, max_side=4
    ).map(lambda s: list(s.input_shapes)),
}


def array(shape: tuple[int, ...], case: Case, layout: str, rng: np.random.Generator) -> np.ndarray:
    """Numbers in one of four layouts in memory; "grid" has many zeros and equal numbers."""
    if layout == "turned":
        return array(shape[::-1], case, "plain", rng).T
    if layout == "gaps" and shape:
        return array((*shape[:-1], 2 * shape[-1]), case, "plain", rng)[..., ::2]
    numbers = rng.standard_normal(shape) * 2
    if layout == "grid":
        numbers = np.round(numbers)
    return numbers if case.above is None else case.above + np.abs(numbers)


@st.composite
def named(draw: st.DrawFn, shapes: Sequence[tuple[int | str, ...]]) -> list[tuple[int, ...]]:
    """The shapes with one length for each name, the usual one or any up to 4."""
    names = sorted({n for shape in shapes for n in shape if isinstance(n, str)})
    length = {
        n: draw(st.sampled_from([int(n[1:]), 1, *range(int(n[0].isupper()), 5)])) for n in names
    }
    return [tuple(length.get(n, n) for n in shape) for shape in shapes]


@st.composite
def inputs(draw: st.DrawFn, case: Case) -> Arrays:
    shapes = draw(named(case.shapes) if case.draw == "named" else SHAPES[case.draw])
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    layouts = st.sampled_from(["plain", "turned", "gaps", "grid"])
    return [array(shape, case, draw(layouts), rng) for shape in shapes]


@pytest.mark.parametrize("case", OPERATIONS, ids=lambda case: case.name)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(data=st.data())
def test_an_operation_equals_that_of_torch(case, data):
    drawn = data.draw(inputs(case))
    assert_equal(run_case(case, drawn, 0), run_case_in_torch(torch, case, drawn, 0), case.name)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_layer_equals_that_of_torch(layer, data):
    shapes, seed = data.draw(named(layer.shapes)), data.draw(st.integers(0, 10_000))
    ours, theirs = run_layer(layer, shapes, seed), run_layer_in_torch(torch, layer, shapes, seed)
    assert_equal(ours, theirs, layer.name)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(data=st.data())
def test_cross_entropy_equals_that_of_torch(data):
    n, classes = data.draw(st.integers(0, 6)), data.draw(st.integers(1, 5))
    target = np.array([data.draw(st.integers(-1, classes - 1)) for _ in range(n)], np.int64)
    reductions = ["sum", "none", *["mean"] * bool((target >= 0).any())]
    chosen = {
        "ignore_index": -1,
        "label_smoothing": data.draw(st.sampled_from([0.0, 0.1, 1.0])),
        "reduction": data.draw(st.sampled_from(reductions)),
    }
    case = Case(
        "cross_entropy",
        lambda z: losses.cross_entropy(z, target, **chosen),
        lambda torch, z: torch.nn.functional.cross_entropy(z, torch.tensor(target), **chosen),
        ((n, classes),),
    )
    drawn = data.draw(inputs(case))
    assert_equal(run_case(case, drawn, 0), run_case_in_torch(torch, case, drawn, 0), case.name)


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_weights_load_into_torch_and_back(layer):
    ours, theirs = layer.ours(np.random.default_rng(0)), layer.theirs(torch)
    before = ours.state_dict()
    assert before.keys() == theirs.state_dict().keys()
    ours.load_state_dict(theirs.state_dict())
    for name, value in ours.state_dict().items():
        np.testing.assert_array_equal(value, theirs.state_dict()[name].numpy())
    theirs.load_state_dict({name: torch.tensor(value) for name, value in before.items()})


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_start_values_are_spread_as_those_of_torch(layer):
    """Same standard deviation, and same bounds where torch has bounds, for each weight."""
    ours = [layer.ours(np.random.default_rng(seed)).state_dict() for seed in range(40)]
    theirs = []
    for seed in range(40):
        torch.manual_seed(seed)
        theirs.append(layer.theirs(torch).state_dict())
    for name in ours[0]:
        mine = np.concatenate([state[name].ravel() for state in ours])
        other = np.concatenate([state[name].numpy().ravel() for state in theirs])
        assert mine.dtype == other.dtype
        assert mine.std() == pytest.approx(other.std(), rel=0.25), name
        if "Embedding" not in layer.name:
            assert np.abs(mine).max() == pytest.approx(np.abs(other).max(), rel=0.1), name
