"""The engine equals what torch said when recorded.json was written: runs without torch, so in the
browser's Python too. To write the file anew: python -m tests.engine.test_recorded
"""

import json
from pathlib import Path

import numpy as np
import pytest

from coursekit.engine import Tensor
from coursekit.engine.tensor import walk
from tests.engine.cases import LAYERS, OPERATIONS, usual
from tests.engine.compare import Arrays, assert_equal, everything, flatten, inputs_of

RECORD = Path(__file__).with_name("recorded.json")
EVERYTHING = {name: (ours, theirs) for name, ours, theirs in everything()}


def recorded() -> dict[str, Arrays]:
    stored = json.loads(RECORD.read_text(encoding="utf-8"))
    return {name: [np.array(v).reshape(s) for s, v in values] for name, values in stored.items()}


@pytest.mark.parametrize("name", EVERYTHING)
def test_the_engine_equals_the_record(name):
    ours, _ = EVERYTHING[name]
    assert_equal(ours(), recorded()[name], name)


@pytest.mark.parametrize("counted_in", [int, np.int64])
@pytest.mark.parametrize("case", OPERATIONS, ids=lambda case: case.name)
def test_operations_keep_float32(case, counted_in, monkeypatch):
    """On the way back too, whatever NumPy counts in: float32 times np.int64 would be float64."""
    counts = np.count_nonzero
    monkeypatch.setattr(np, "count_nonzero", lambda x: counted_in(counts(x)))
    shapes = [usual(shape) for shape in case.shapes]
    inputs = inputs_of(shapes, np.random.default_rng(0), case.above)
    y = case.ours(*(Tensor(x.astype(np.float32), requires_grad=True) for x in inputs))
    assert {str(y.dtype), *passed_back(y)} == {"float32"}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_layers_keep_float32(layer):
    rng = np.random.default_rng(0)
    module = layer.ours(rng).train(layer.training)
    inputs = inputs_of([usual(shape) for shape in layer.shapes], rng, None)
    leaves = [Tensor(x.astype(np.float32), requires_grad=True) for x in inputs]
    tensors = [layer.ids] if layer.ids is not None else leaves
    for y in flatten(module(*layer.arguments(*tensors), **(layer.call or {}))):
        assert {str(y.dtype), *passed_back(y)} == {"float32"}


def passed_back(y: Tensor) -> set[str]:
    """The types of all gradients that y passes back."""
    return {str(grad.dtype) for _, grad in walk(y, np.ones_like(y.data))}


def test_the_record_is_what_torch_says():
    torch = pytest.importorskip("torch")
    stored = recorded()
    assert stored.keys() == EVERYTHING.keys()
    for name, (_, theirs) in EVERYTHING.items():
        assert_equal(theirs(torch), stored[name], name)


if __name__ == "__main__":
    import torch

    values = {
        name: [
            [list(a.shape), [float(f"{v:.12g}") for v in a.ravel().tolist()]] for a in theirs(torch)
        ]
        for name, (_, theirs) in EVERYTHING.items()
    }
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(v)}" for name, v in values.items())
    RECORD.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
