"""Every operation, loss and layer of the engine beside what PyTorch calls it.

This file imports no torch: `theirs` is given the module, so that the table can be read in the
browser too, where the results of torch come from recorded.json.
"""

# Past 400 lines: one table, a line for each operation, that three test files read.

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from coursekit.engine import Tensor, losses, nn, ops
from coursekit.engine.nn import functional as F

Shape = tuple[int | str, ...]  # "n3": one length for each n, drawn by a test, 3 elsewhere


class Case(NamedTuple):
    """ours(*tensors) should equal theirs(torch, *tensors).

    In shapes a length may have a name: the tests draw it, a capital letter at least 1, a small
    one at least 0.
    """

    name: str
    ours: Callable[..., Tensor]
    theirs: Callable[..., Any]
    shapes: Sequence[Shape] = ((3, 4),)
    draw: str = "named"  # or any "one", "axes" (two or more), "rows" (not empty), "two" that fit
    above: float | None = None  # inputs lie above this number


def one(name: str, ours: Any, theirs: Any = None, above: float | None = None) -> Case:
    theirs = theirs or (lambda torch, x: getattr(torch, name)(x))
    return Case(name, ours, theirs, draw="one", above=above)


def axes(name: str, ours: Any, theirs: Any) -> Case:
    return Case(name, ours, theirs, draw="axes")


def rows(name: str, ours: Any, theirs: Any) -> Case:
    return Case(name, ours, theirs, draw="rows")


def two(name: str, ours: Any, above: float | None = None) -> Case:
    return Case(name, ours, lambda torch, a, b: ours(a, b), ((3, 4), (2, 1, 4)), "two", above)


def usual(shape: Shape) -> tuple[int, ...]:
    """The shape where nothing is drawn: ("n3", 4) is (3, 4)."""
    return tuple(n if isinstance(n, int) else int(n[1:]) for n in shape)


INDICES = np.array([[2, 0, -1], [2, 2, 1]])
MASK = np.array([[True, False, True, True], [False] * 4, [True, True, False, False]])
CLASSES = np.array([[1, 0, 3, 3, 2], [4, 4, 0, 1, 2]])
PADDED = np.where(CLASSES == 4, -100, CLASSES)

OPERATIONS = [
    # arithmetic
    two("add", lambda a, b: a + b),
    two("sub", lambda a, b: a - b),
    two("mul", lambda a, b: a * b),
    two("div", lambda a, b: a / b, above=0.1),
    two("pow", lambda a, b: a**b, above=0.1),
    one("neg", ops.neg),
    one("number on the left", lambda x: 2 - x * 3, lambda _, x: 2 - x * 3),
    one("number over", lambda x: 2 / x, lambda _, x: 2 / x, above=0.1),
    one("number to the power", lambda x: 2**x, lambda _, x: 2**x),
    *(one(f"pow {n}", lambda x, n=n: x**n, lambda _, x, n=n: x**n) for n in (0, 1, 2, 3, 4)),
    one("pow -1.5", lambda x: x**-1.5, lambda _, x: x**-1.5, above=0.1),
    *(
        Case(f"matmul {usual(a)} {usual(b)}", ops.matmul, lambda torch, a, b: a @ b, (a, b))
        for a, b in [
            (("n3", "k4"), ("k4", "m2")),
            (("k4",), ("k4",)),
            (("k4",), ("k4", "m2")),
            (("n3", "k4"), ("k4",)),
            (("k4",), ("b5", "k4", "m2")),
            (("b5", "n3", "k4"), ("k4",)),
            (("b5", "n3", "k4"), ("k4", "m2")),
            (("n3", "k4"), ("b5", "k4", "m2")),
            (("a2", 1, "n3", "k4"), ("b5", "k4", "m2")),
            ((0, 4), (4, 2)),
            ((3, 0), (0, 2)),
            ((1, 1), (1, 1)),
        ]
    ),
    # functions of one number
    one("exp", ops.exp),
    one("log", ops.log, above=0.1),
    one("sqrt", ops.sqrt, above=0.1),
    one("tanh", ops.tanh),
    one("sigmoid", ops.sigmoid),
    one("relu", ops.relu),
    one("leaky_relu", F.leaky_relu, lambda torch, x: torch.nn.functional.leaky_relu(x)),
    one(
        "leaky_relu 0.3",
        lambda x: F.leaky_relu(x, 0.3),
        lambda torch, x: torch.nn.functional.leaky_relu(x, 0.3),
    ),
    one("elu", F.elu, lambda torch, x: torch.nn.functional.elu(x)),
    one("elu 0.5", lambda x: F.elu(x, 0.5), lambda torch, x: torch.nn.functional.elu(x, 0.5)),
    one("swish", F.swish, lambda torch, x: torch.nn.functional.silu(x)),
    one("swish 1.7", lambda x: F.swish(x, 1.7), lambda torch, x: x * torch.sigmoid(1.7 * x)),
    one("gelu", F.gelu, lambda torch, x: torch.nn.functional.gelu(x)),
    one(
        "gelu tanh",
        lambda x: F.gelu(x, "tanh"),
        lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    ),
    one("clamp", lambda x: x.clamp(-0.5, 1), lambda _, x: x.clamp(-0.5, 1)),
    one("clamp below", lambda x: x.clamp(min=0.5), lambda _, x: x.clamp(min=0.5)),
    one("clamp above", lambda x: x.clamp(max=0.5), lambda _, x: x.clamp(max=0.5)),
    # reductions
    one("sum", lambda x: x.sum()),
    axes("sum 0", lambda x: x.sum(0), lambda _, x: x.sum(0)),
    axes("sum -1 kept", lambda x: x.sum(-1, keepdims=True), lambda _, x: x.sum(-1, keepdim=True)),
    axes("sum two axes", lambda x: x.sum((0, -1)), lambda _, x: x.sum((0, -1))),
    rows("mean", lambda x: x.mean(), lambda _, x: x.mean()),
    rows("mean 0", lambda x: x.mean(0), lambda _, x: x.mean(0)),
    rows("mean two axes", lambda x: x.mean((0, -1)), lambda _, x: x.mean((0, -1))),
    rows("max", lambda x: x.max(), lambda _, x: x.amax()),
    Case("max -1", lambda x: x.max(-1), lambda _, x: x.amax(-1), (("n3", "M4"),)),
    rows("max 0 kept", lambda x: x.max(0, True), lambda _, x: x.amax(0, keepdim=True)),
    rows("var 0 biased", lambda x: x.var(0, 0), lambda _, x: x.var(0, correction=0)),
    Case("var", lambda x: x.var(), lambda _, x: x.var(), (("N3", 4),)),
    Case("var -1", lambda x: x.var(-1), lambda _, x: x.var(-1), (("N3", 4),)),
    # shape
    one("reshape", lambda x: x.reshape(x.size), lambda _, x: x.reshape(-1)),
    axes("transpose", lambda x: x.transpose(0, -1), lambda _, x: x.transpose(0, -1)),
    Case("T", lambda x: x.T, lambda _, x: x.T, (("n3", "m4"),)),
    Case("expand", lambda x: x.expand(2, 3, 4), lambda _, x: x.expand(2, 3, 4), ((3, 1),)),
    Case("expand -1", lambda x: x.expand(-1, 4), lambda _, x: x.expand(-1, 4), ((3, 1),)),
    # indexing and joining
    rows("first row", lambda x: x[0], lambda _, x: x[0]),
    rows("slice", lambda x: x[..., 1:], lambda _, x: x[..., 1:]),
    Case("slices", lambda x: x[::2, 1:-1], lambda _, x: x[::2, 1:-1], (("n5", "m4"),)),
    Case("new axis", lambda x: x[:, None, 1], lambda _, x: x[:, None, 1], (("n3", 4),)),
    Case("repeated rows", lambda x: x[INDICES], lambda _, x: x[INDICES], ((3, "m4"),)),
    Case("pairs", lambda x: x[INDICES, INDICES], lambda _, x: x[INDICES, INDICES], ((3, 3),)),
    Case("masked", lambda x: x[MASK], lambda torch, x: x[torch.tensor(MASK)]),
    Case("index_select", lambda x: x.index_select(INDICES), lambda _, x: x[INDICES], ((3, "m4"),)),
    Case(
        "cat",
        lambda a, b: ops.cat([a, b, a], 1),
        lambda torch, a, b: torch.cat([a, b, a], 1),
        (("n3", "a2"), ("n3", "b4")),
    ),
    Case(
        "cat -1",
        lambda a, b: ops.cat([a, b], -1),
        lambda torch, a, b: torch.cat([a, b], -1),
        (("n2", "m3", 0), ("n2", "m3", "b4")),
    ),
    *(
        Case(
            f"stack {axis}",
            lambda a, b, axis=axis: ops.stack([a, b, a], axis),
            lambda torch, a, b, axis=axis: torch.stack([a, b, a], axis),
            (("n3", "m4"), ("n3", "m4")),
        )
        for axis in (0, 1, -1)
    ),
    Case(
        "where",
        lambda a, b: ops.where(MASK, a, b),
        lambda torch, a, b: torch.where(torch.tensor(MASK), a, b),
        ((3, 4), (4,)),
    ),
    # softmax
    Case("softmax", lambda x: x.softmax(), lambda _, x: x.softmax(-1), (("n3", "V4"),)),
    rows("softmax 0", lambda x: x.softmax(0), lambda _, x: x.softmax(0)),
    rows("log_softmax", lambda x: x.log_softmax(), lambda _, x: x.log_softmax(-1)),
    rows("log_softmax 0", lambda x: x.log_softmax(0), lambda _, x: x.log_softmax(0)),
    Case(
        "softmax masked",
        lambda x: x.softmax(mask=MASK[[0, 2, 2]]),
        lambda torch, x: x.masked_fill(~torch.tensor(MASK[[0, 2, 2]]), -torch.inf).softmax(-1),
    ),
    # layers as functions
    *(
        Case(
            f"linear {usual(shape)}",
            F.linear,
            lambda torch, *xs: torch.nn.functional.linear(*xs),
            (shape, ("m2", "k4"), ("m2",)),
        )
        for shape in [("n3", "k4"), ("k4",), ("b5", "n3", "k4"), (0, "k4")]
    ),
    Case(
        "linear without bias",
        F.linear,
        lambda torch, *xs: torch.nn.functional.linear(*xs),
        (("n3", "k4"), ("m2", "k4")),
    ),
    Case(
        "normalise",
        lambda x, w, b: F.normalise(x, -1, w, b),
        lambda torch, x, w, b: torch.nn.functional.layer_norm(x, w.shape, w, b),
        (("b2", "n3", "C4"), ("C4",), ("C4",)),
    ),
    Case(
        "rnn",
        F.rnn,
        lambda torch, x, h, w: torch.stack([h := torch.tanh(x_t + h @ w.T) for x_t in x]),
        (("T4", "b2", "H3"), ("b2", "H3"), ("H3", "H3")),
    ),
    *(
        Case(
            f"conv2d stride {stride} padding {padding}",
            lambda x, w, b, s=stride, p=padding: F.conv2d(x, w, b, s, p),
            lambda torch, x, w, b, s=stride, p=padding: torch.nn.functional.conv2d(x, w, b, s, p),
            (("b2", "C3", 6, 5), ("O4", "C3", "H3", "W2"), ("O4",)),
        )
        for stride, padding in [(1, 0), (2, 0), (1, 2), (3, 1)]
    ),
    *(
        Case(
            f"max_pool2d {size} stride {stride}",
            lambda x, k=size, s=stride: F.max_pool2d(x, k, s),
            lambda torch, x, k=size, s=stride: torch.nn.functional.max_pool2d(x, k, s),
            (("b2", "C3", 7, 6),),
        )
        for size, stride in [(2, None), (3, 1), (2, 3)]
    ),
    Case(
        "attention",
        lambda q, k, v: F.attention(q, k, v)[0],
        lambda torch, *qkv: torch.nn.functional.scaled_dot_product_attention(*qkv),
        (("B2", "T3", "D4"), ("B2", "S5", "D4"), ("B2", "S5", "E6")),
    ),
    Case(
        "attention masked",
        lambda q, k, v: F.attention(q, k, v, MASK[[0, 2]])[0],
        lambda torch, *qkv: torch.nn.functional.scaled_dot_product_attention(
            *qkv, attn_mask=torch.tensor(MASK[[0, 2]])
        ),
        (("B3", 2, "D5"), ("B3", 4, "D5"), ("B3", 4, "D5")),
    ),
    *(
        Case(
            f"self_attention{name}",
            lambda x, m=mask: F.self_attention(x, m(x.shape[1])),
            lambda torch, x, m=mask: torch.nn.functional.scaled_dot_product_attention(
                *x.permute(2, 0, 3, 1, 4), attn_mask=torch.tensor(m(x.shape[1]))
            ).transpose(1, 2),
            (("b2", "T3", 3, "h2", "D4"),),
        )
        for name, mask in [
            ("", lambda steps: np.ones((steps, steps), bool)),
            (" to the past", lambda steps: np.tri(steps, dtype=bool)),
        ]
    ),
    # losses
    Case(
        "mse",
        losses.mse,
        lambda torch, a, b: torch.nn.functional.mse_loss(a, b),
        (("N3", "M4"),) * 2,
    ),
    *(
        Case(
            f"cross_entropy {settings}",
            lambda z, s=settings: losses.cross_entropy(z, PADDED, **s),
            lambda torch, z, s=settings: torch.nn.functional.cross_entropy(
                z.reshape(-1, 5), torch.tensor(PADDED).reshape(-1), **s
            ).reshape(PADDED.shape if s.get("reduction") == "none" else ()),
            ((2, 5, 5),),
        )
        for settings in (
            {},
            {"label_smoothing": 0.2},
            {"reduction": "sum"},
            {"reduction": "none", "label_smoothing": 0.1},
        )
    ),
    Case(
        "cross_entropy ignoring a class",
        lambda z: losses.cross_entropy(z, CLASSES, ignore_index=2),
        lambda torch, z: torch.nn.functional.cross_entropy(
            z.reshape(-1, 5), torch.tensor(CLASSES).reshape(-1), ignore_index=2
        ),
        ((2, 5, 5),),
    ),
    *(
        Case(
            f"cross_entropy of probabilities, smoothing {smoothing}",
            lambda z, e=smoothing: losses.cross_entropy(z, SHARES, label_smoothing=e),
            lambda torch, z, e=smoothing: torch.nn.functional.cross_entropy(
                z, torch.tensor(SHARES), label_smoothing=e
            ),
        )
        for smoothing in (0.0, 0.3)
    ),
    Case(
        "binary_cross_entropy_with_logits",
        lambda z: losses.binary_cross_entropy_with_logits(z, MASK),
        lambda torch, z: torch.nn.functional.binary_cross_entropy_with_logits(
            z, torch.tensor(MASK, dtype=z.dtype)
        ),
    ),
]

SHARES = np.array([[0.1, 0.2, 0.3, 0.4], [0.25] * 4, [0.0, 0.0, 1.0, 0.0]])


class Layer(NamedTuple):
    """A module of ours, the same of torch, and what to call them with."""

    name: str
    ours: Callable[[np.random.Generator], nn.Module]
    theirs: Callable[[Any], Any]
    shapes: Sequence[Shape] = (("b3", 4),)
    ids: np.ndarray | None = None  # for an embedding: what it is called with
    training: bool = True
    call: Any = None  # keyword arguments of the call; arrays become tensors for torch
    arguments: Callable[..., tuple[Any, ...]] = lambda *tensors: tensors  # how they are called


def pair_of_states(x: Any, h: Any, c: Any) -> tuple[Any, ...]:
    return x, (h, c)


PADDING = np.array([[False] * 5, [False, False, False, True, True]])
BEYOND = ~np.tri(5, dtype=bool)

LAYERS = [
    Layer("Linear", lambda rng: nn.Linear(4, 2, rng=rng), lambda torch: torch.nn.Linear(4, 2)),
    Layer(
        "Linear without bias",
        lambda rng: nn.Linear(4, 2, bias=False, rng=rng),
        lambda torch: torch.nn.Linear(4, 2, bias=False),
    ),
    Layer(
        "Sequential",
        lambda rng: nn.Sequential(
            nn.Linear(4, 5, rng=rng), nn.Tanh(), nn.Linear(5, 5, rng=rng), nn.Sigmoid(),
            nn.Linear(5, 5, rng=rng), nn.ReLU(), nn.Linear(5, 2, rng=rng), nn.GELU(),
        ),
        lambda torch: torch.nn.Sequential(
            torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 5), torch.nn.Sigmoid(),
            torch.nn.Linear(5, 5), torch.nn.ReLU(), torch.nn.Linear(5, 2), torch.nn.GELU(),
        ),
    ),
    Layer(
        "Embedding",
        lambda rng: nn.Embedding(5, 3, rng=rng),
        lambda torch: torch.nn.Embedding(5, 3),
        shapes=(),
        ids=np.array([[1, 4, 1], [0, 0, 1]]),
    ),
    Layer("LayerNorm", lambda rng: nn.LayerNorm(4), lambda torch: torch.nn.LayerNorm(4)),
    Layer(
        "LayerNorm of two axes",
        lambda rng: nn.LayerNorm((3, 4), eps=1e-3),
        lambda torch: torch.nn.LayerNorm((3, 4), eps=1e-3),
        shapes=(("b2", 3, 4),),
    ),
    *(
        Layer(
            f"BatchNorm{d}d {shape} {'training' if training else 'in use'}",
            lambda rng, d=d: getattr(nn, f"BatchNorm{d}d")(3),
            lambda torch, d=d: getattr(torch.nn, f"BatchNorm{d}d")(3),
            shapes=(shape,),
            training=training,
        )
        for d, shape in [(1, (4, 3)), (1, (4, 3, 5)), (2, (4, 3, 2, 5))]
        for training in (True, False)
    ),
    Layer(
        "Conv2d, MaxPool2d, Flatten",
        lambda rng: nn.Sequential(
            nn.Conv2d(2, 3, 3, 1, 1, rng=rng), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(27, 2, rng=rng),
        ),
        lambda torch: torch.nn.Sequential(
            torch.nn.Conv2d(2, 3, 3, 1, 1), torch.nn.MaxPool2d(2), torch.nn.Flatten(),
            torch.nn.Linear(27, 2),
        ),
        shapes=(("b2", 2, 6, 6),),
    ),
    *(
        Layer(
            f"{kind}{settings or ''}",
            lambda rng, k=kind, s=settings: getattr(nn, k)(3, 4, rng=rng, **s),
            lambda torch, k=kind, s=settings: getattr(torch.nn, k)(3, 4, **s),
            shapes=(("b2", 3),),
        )
        for kind in ("RNNCell", "LSTMCell", "GRUCell")
        for settings in ({}, {"bias": False})
    ),
    *(
        Layer(
            f"{kind}{settings or ''}{' with a start' if start else ''}",
            lambda rng, k=kind, s=settings: getattr(nn, k)(3, 4, rng=rng, **s),
            lambda torch, k=kind, s=settings: getattr(torch.nn, k)(3, 4, **s),
            shapes=(("T5", "B2", 3), *(((2, "B2", 4),) * start)),
            arguments=pair_of_states if start == 2 else Layer._field_defaults["arguments"],
        )
        for kind in ("RNN", "LSTM", "GRU")
        for settings, start in (
            ({}, 0),
            ({"num_layers": 2}, 2 if kind == "LSTM" else 1),
            ({"num_layers": 3, "bias": False, "batch_first": True}, 0),
        )
    ),
    Layer(
        "MultiheadAttention to itself",
        lambda rng: nn.MultiheadAttention(8, 2, batch_first=True, rng=rng),
        lambda torch: torch.nn.MultiheadAttention(8, 2, batch_first=True),
        shapes=((2, 5, 8),),
        call={"key_padding_mask": PADDING},
        arguments=lambda x: (x, x, x),
    ),
    Layer(
        "MultiheadAttention across, batch second",
        lambda rng: nn.MultiheadAttention(8, 4, bias=False, rng=rng),
        lambda torch: torch.nn.MultiheadAttention(8, 4, bias=False),
        shapes=((3, "B2", 8), (5, "B2", 8), (5, "B2", 8)),
        call={"attn_mask": BEYOND[:3]},
    ),
    *(
        Layer(
            f"TransformerEncoderLayer, norm {'first' if first else 'last'}",
            lambda rng, s=settings: nn.TransformerEncoderLayer(
                8, 2, 16, 0.0, batch_first=True, rng=rng, **s
            ),
            lambda torch, s=settings: torch.nn.TransformerEncoderLayer(
                8, 2, 16, 0.0, batch_first=True, **s
            ),
            shapes=((2, 5, 8),),
            call={"src_mask": BEYOND, "src_key_padding_mask": PADDING},
        )
        for first in (False, True)
        for settings in ({"norm_first": first, "activation": "gelu" if first else "relu"},)
    ),
    *(
        Layer(
            f"TransformerDecoderLayer, norm {'first' if first else 'last'}",
            lambda rng, f=first: nn.TransformerDecoderLayer(
                8, 2, 16, 0.0, norm_first=f, batch_first=True, rng=rng
            ),
            lambda torch, f=first: torch.nn.TransformerDecoderLayer(
                8, 2, 16, 0.0, norm_first=f, batch_first=True
            ),
            shapes=((2, 3, 8), (2, 5, 8)),
            call={"tgt_mask": BEYOND[:3, :3], "memory_key_padding_mask": PADDING},
        )
        for first in (False, True)
    ),
]  # fmt: skip
