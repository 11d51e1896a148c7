"""Run one case in the engine, or in torch, and hold the two answers together."""

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from coursekit.engine import Tensor
from tests.engine.cases import LAYERS, OPERATIONS, Case, Layer, usual

Arrays = list[np.ndarray]
Shapes = Sequence[tuple[int, ...]]

RTOL, ATOL = 1e-9, 1e-12  # the absolute one times the largest number


def assert_equal(ours: Arrays, theirs: Arrays, what: str) -> None:
    assert len(ours) == len(theirs), what
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == other.shape, what
        atol = ATOL * max(1.0, float(np.abs(other).max(initial=0.0)))
        np.testing.assert_allclose(mine, other, rtol=RTOL, atol=atol, err_msg=what)


def inputs_of(shapes: Shapes, rng: np.random.Generator, above: Any) -> Arrays:
    arrays = [rng.standard_normal(shape) for shape in shapes]
    return arrays if above is None else [above + np.abs(array) for array in arrays]


def weights_of(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """What each number of an answer counts for, to make one number of it."""
    return rng.standard_normal(shape)


def run_case(case: Case, inputs: Arrays, seed: int) -> Arrays:
    """Answer and gradients of the engine."""
    leaves = [Tensor(x, requires_grad=True) for x in inputs]
    y = case.ours(*leaves)
    y.backward(weights_of(y.shape, np.random.default_rng(seed)))
    return [y.data, *(leaf.grad for leaf in leaves)]


def run_case_in_torch(torch: Any, case: Case, inputs: Arrays, seed: int) -> Arrays:
    leaves = [torch.tensor(x, requires_grad=True) for x in inputs]
    y = case.theirs(torch, *leaves)
    weights = weights_of(tuple(y.shape), np.random.default_rng(seed))
    y.backward(torch.tensor(weights))
    return [y.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)]


def run_layer(layer: Layer, shapes: Shapes, seed: int) -> Arrays:
    """Answers, gradients of inputs and of parameters (by name), and buffers afterwards."""
    rng = np.random.default_rng(seed)
    module = layer.ours(rng).double().train(layer.training)
    inputs = inputs_of(shapes, rng, None)
    leaves = [Tensor(x, requires_grad=True) for x in inputs]
    tensors = [layer.ids] if layer.ids is not None else leaves
    answers = list(flatten(module(*layer.arguments(*tensors), **(layer.call or {}))))
    total = sum(((y * weights_of(y.shape, rng)).sum() for y in answers), Tensor(0.0))
    total.backward()
    grads = [p.grad for _, p in sorted(module.named_parameters(), key=lambda item: item[0])]
    state = module.state_dict()
    buffers = [state[name] for name in sorted(state) if "running" in name or "num_" in name]
    return [*(y.data for y in answers), *(leaf.grad for leaf in leaves), *grads, *buffers]


def run_layer_in_torch(torch: Any, layer: Layer, shapes: Shapes, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    state = layer.ours(rng).state_dict()
    module = layer.theirs(torch).double().train(layer.training)
    module.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    inputs = inputs_of(shapes, rng, None)
    leaves = [torch.tensor(x, requires_grad=True) for x in inputs]
    tensors = [torch.tensor(layer.ids)] if layer.ids is not None else leaves
    settings = {name: torch.tensor(value) for name, value in (layer.call or {}).items()}
    answers = list(flatten(module(*layer.arguments(*tensors), **settings)))
    total = sum((y * torch.tensor(weights_of(tuple(y.shape), rng))).sum() for y in answers)
    total.backward()
    grads = [p.grad for _, p in sorted(module.named_parameters())]
    after = module.state_dict()
    buffers = [after[name] for name in sorted(after) if "running" in name or "num_" in name]
    found = [*(y.detach() for y in answers), *(leaf.grad for leaf in leaves), *grads, *buffers]
    return [value.numpy() for value in found]


def flatten(answer: Any) -> Iterator[Any]:
    """The tensors of an answer: one, or a tuple that may hold tuples."""
    if isinstance(answer, tuple):
        for part in answer:
            yield from flatten(part)
    else:
        yield answer


def everything() -> Iterator[tuple[str, Any, Any]]:
    """Name, the engine's answer, and a function of torch that gives the other: fixed inputs."""
    for case in OPERATIONS:
        seed = zlib.crc32(case.name.encode())  # of the name: a new case leaves the others alone
        inputs = inputs_of(
            [usual(shape) for shape in case.shapes], np.random.default_rng(seed), case.above
        )
        yield (
            case.name,
            lambda c=case, x=inputs, s=seed: run_case(c, x, s),
            lambda torch, c=case, x=inputs, s=seed: run_case_in_torch(torch, c, x, s),
        )
    for layer in LAYERS:
        seed = zlib.crc32(layer.name.encode())
        shapes = [usual(shape) for shape in layer.shapes]
        yield (
            layer.name,
            lambda m=layer, x=shapes, s=seed: run_layer(m, x, s),
            lambda torch, m=layer, x=shapes, s=seed: run_layer_in_torch(torch, m, x, s),
        )
