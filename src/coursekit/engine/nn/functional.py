"""The operations of layers: more activations, linear, normalise, convolution, attention.

They are written as those of ops.py (five of which have their torch name here too): check, compute,
and a pull-back beside every input. Several steps are fused into one operation where that is faster.
"""

# Past 400 lines: one namespace, as torch.nn.functional is one.

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from coursekit.engine import arrays, ops
from coursekit.engine.arrays import (
    Array,
    Axis,
    ShapeError,
    count,
    erf,
    logistic,
    product,
    sum_along,
)
from coursekit.engine.ops import log_softmax as log_softmax  # torch's module has these five, too
from coursekit.engine.ops import relu as relu
from coursekit.engine.ops import sigmoid as sigmoid
from coursekit.engine.ops import softmax as softmax
from coursekit.engine.ops import tanh as tanh
from coursekit.engine.tensor import Operand, Pull, Tensor, node

T = TypeVar("T")

GELU_SCALE = math.sqrt(2 / math.pi)
GELU_CUBE = 0.044715


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else negative_slope * x.

    Pull: dx = g where x > 0, else negative_slope * g.
    """
    slope = np.where(x.data > 0, x.dtype.type(1), x.dtype.type(negative_slope))
    return node(x.data * slope, (x, lambda g: g * slope))


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha * (e^x - 1).

    Pull: dx = g where x > 0, else g * alpha * e^x.
    """
    below = alpha * np.expm1(np.minimum(x.data, 0))
    y = np.where(x.data > 0, x.data, below)
    return node(y, (x, lambda g: g * np.where(x.data > 0, 1, below + alpha)))


def swish(x: Tensor, beta: float = 1.0) -> Tensor:
    """x * sigmoid(beta x); beta = 1 is torch's silu.

    Pull: dx = g * (s + beta * y * (1 - s)), where s = sigmoid(beta x).
    """
    s = logistic(beta * x.data)
    y = x.data * s
    return node(y, (x, lambda g: g * (s + beta * y * (1 - s))))


def gelu(x: Tensor, approximate: str = "none") -> Tensor:
    """x times the share of a normal distribution below x; approximate="tanh" is the fast form.

    Pull:   dx = g * (share + x * density), the density of that distribution at x.
    Source: Hendrycks and Gimpel 2016.
    """
    if approximate == "tanh":
        return gelu_tanh(x)
    if approximate != "none":
        raise ValueError(f'gelu: approximate is {approximate!r}; one of "none", "tanh"')
    share = (0.5 + 0.5 * erf(x.data / math.sqrt(2))).astype(x.dtype)
    density = np.exp(-0.5 * x.data * x.data) / math.sqrt(2 * math.pi)
    return node(x.data * share, (x, lambda g: g * (share + x.data * density)))


def gelu_tanh(x: Tensor) -> Tensor:
    """y = x * s with s = (1 + tanh u) / 2 and u = GELU_SCALE * (x + GELU_CUBE * x^3).

    Pull: dx = g * (s + y * (1 - s) * 2 u'). Step by step in one array: half the time of the
          formulas, which would write a dozen arrays; and x**3 is 30 times slower than products.
    """
    s = x.data * x.data
    s *= GELU_SCALE * GELU_CUBE
    s += GELU_SCALE
    s *= x.data  # u
    s = np.tanh(s)
    s *= 0.5
    s += 0.5
    y = x.data * s

    def pull(g: Array) -> Array:
        slope = x.data * x.data
        slope *= 6 * GELU_SCALE * GELU_CUBE
        slope += 2 * GELU_SCALE  # 2 u'
        slope *= y
        slope *= 1 - s
        slope += s
        slope *= g
        return slope

    return node(y, (x, pull))


def dropout(
    x: Tensor, p: float = 0.5, training: bool = True, *, rng: np.random.Generator
) -> Tensor:
    """Each number is 0 with probability p, else divided by 1 - p, so that the mean stays.

    Pull: dx = g through the same holes.
    """
    if not 0 <= p < 1:
        raise ValueError(f"dropout: p is {p}, the share that becomes 0; need 0 <= p < 1")
    if not training or p == 0:
        return x
    kept = (rng.random(x.shape, np.float32) >= p) * x.dtype.type(1 / (1 - p))
    return node(x.data * kept, (x, lambda g: g * kept))


def linear(x: Operand, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x @ weight^T + bias: each output is a weighted sum of all inputs.

    Shapes: x (..., inputs), weight (outputs, inputs), bias (outputs,) -> (..., outputs).
    Pull:   dx = g @ weight, dweight = g^T @ x, dbias = g summed over the rows.
    Raises: ShapeError unless the last axis of x is `inputs`.
    """
    if not isinstance(x, Tensor):
        x = Tensor(x, dtype=weight.data.dtype)
    shape = x.data.shape
    outputs, inputs = weight.data.shape
    if shape[-1:] != (inputs,):
        raise ShapeError(
            f"linear: the layer takes {inputs} inputs and gives {outputs} outputs; "
            f"x is {shape}, its last axis must be {inputs}"
        )
    if len(shape) != 2:  # one large product, however many axes x has
        rows = linear(ops.reshape(x, math.prod(shape[:-1]), inputs), weight, bias)
        return ops.reshape(rows, *shape[:-1], outputs)
    y = product(x.data, weight.data.T)
    pull_x, pull_weight = (
        (x, lambda g: product(g, weight.data)),
        (weight, lambda g: product(g.T, x.data)),
    )
    if bias is None:
        return node(y, pull_x, pull_weight)
    y += bias.data
    return node(y, pull_x, pull_weight, (bias, lambda g: g))


def normalise(x: Tensor, axis: Axis, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Mean 0 and variance 1 along axes, then times weight, plus bias.

    Shapes: weight and bias broadcast against x.
    Pull:   with y = (x - mean) / std and h = g * weight:
            dx = (h - mean(h) - y * mean(h * y)) / std, dweight = g * y, dbias = g.
    """
    n = count("normalise", x.shape, axis)
    y = x.data - sum_along(x.data, axis) / n
    scale = 1 / np.sqrt(sum_along(y, axis, y) / n + eps)
    y *= scale

    def pull(g: Array) -> Array:
        h = g * weight.data
        along_y = sum_along(h, axis, y) / n
        h -= sum_along(h, axis) / n
        h -= y * along_y
        h *= scale
        return h

    out = y * weight.data
    out += bias.data
    return node(out, (x, pull), (weight, lambda g: g * y), (bias, lambda g: g))


def rnn_cell(
    x: Operand,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> Tensor:
    """One step of memory: tanh(weight_ih x + bias_ih + weight_hh h + bias_hh).

    Shapes: x (B, I), h (B, H), weight_ih (H, I), weight_hh (H, H) -> (B, H).
    Pull:   with s = g * (1 - y^2): dx = s @ weight_ih, dh = s @ weight_hh, dweight_ih = s^T @ x,
            dweight_hh = s^T @ h, and s for both biases.
    Raises: ShapeError unless the last axes of x and h are I and H.
    """
    if not isinstance(x, Tensor):
        x = Tensor(x, dtype=h.data.dtype)
    hidden, inputs = weight_ih.shape
    if x.ndim != 2 or x.shape[1] != inputs or h.shape != (len(x), hidden):
        raise ShapeError(
            f"rnn_cell: x is {x.shape}, h is {h.shape}; need (B, {inputs}) and (B, {hidden})"
        )
    y = product(x.data, weight_ih.data.T)
    y += product(h.data, weight_hh.data.T)
    biases = [bias for bias in (bias_ih, bias_hh) if bias is not None]
    if biases:
        y += sum(bias.data for bias in biases)
    np.tanh(y, out=y)

    @once
    def inside(g: Array) -> Array:
        return g * (1 - y * y)

    return node(
        y,
        (x, lambda g: product(inside(g), weight_ih.data)),
        (h, lambda g: product(inside(g), weight_hh.data)),
        (weight_ih, lambda g: product(inside(g).T, x.data)),
        (weight_hh, lambda g: product(inside(g).T, h.data)),
        *((bias, inside) for bias in biases),
    )


def rnn(x: Tensor, h: Tensor, weight: Tensor) -> Tensor:
    """All steps of h = tanh(x[t] + weight h) as one operation.

    Shapes: x (T, B, H), h (B, H) before the first step, weight (H, H) -> (T, B, H), h at each step.
    Pull:   walk back in time: the gradient of h[t] is what comes from its output plus what comes
            from step t + 1; with s = that times 1 - h[t]^2: dx[t] = s, dh = s @ weight,
            dweight = the sum over t of s^T @ h[t-1].
    """
    steps = len(x)
    states = np.empty((steps + 1, *h.shape), x.dtype)  # states[t] is h before step t
    states[0] = h.data
    turned = weight.data.T.copy()  # a small product of rows in order takes half the time
    for t in range(steps):
        np.tanh(x.data[t] + product(states[t], turned), out=states[t + 1])

    @once
    def back_in_time(g: Array) -> tuple[Array, Array]:
        inside = np.empty_like(g)  # gradients of the sums inside tanh
        later = np.zeros_like(h.data)
        for t in reversed(range(steps)):
            inside[t] = (g[t] + later) * (1 - states[t + 1] * states[t + 1])
            later = product(inside[t], weight.data)
        return inside, later

    def pull_weight(g: Array) -> Array:
        inside, _ = back_in_time(g)
        width = inside.shape[-1]
        return product(inside.reshape(-1, width).T, states[:-1].reshape(-1, width))

    return node(
        states[1:],
        (x, lambda g: back_in_time(g)[0]),
        (h, lambda g: back_in_time(g)[1]),
        (weight, pull_weight),
    )


def conv2d(
    x: Operand, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0
) -> Tensor:
    """Slide each kernel over the picture; every place gives one weighted sum.

    Shapes: x (B, C, H, W), weight (outputs, C, h, w) -> (B, outputs, H', W') with
            H' = (H + 2 padding - h) // stride + 1, W' likewise.
    Pull:   each place is a linear layer on its patch: the same three products, and the gradients
            of patches that overlap add up.
    Raises: ShapeError unless the channels agree and the kernel fits into the padded picture.
    """
    x, weight = ops.tensors(x, weight)
    outputs, channels, h, w = weight.shape
    if x.ndim != 4 or x.shape[1] != channels:
        raise ShapeError(f"conv2d: x is {x.shape}; need (B, {channels}, H, W)")
    padded = np.pad(x.data, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if padded.shape[2] < h or padded.shape[3] < w:
        raise ShapeError(f"conv2d: a {h} x {w} kernel does not fit into {padded.shape[2:]}")
    windows = _windows(padded, h, w, stride)
    batch, _, rows, columns = windows.shape[:4]
    patches = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, channels * h * w)
    kernels = weight.data.reshape(outputs, channels * h * w)
    y = product(patches, kernels.T)

    def flat(g: Array) -> Array:  # (B, outputs, H', W') -> (places, outputs)
        return g.transpose(0, 2, 3, 1).reshape(-1, outputs)

    def pull_x(g: Array) -> Array:
        shares = product(flat(g), kernels).reshape(batch, rows, columns, channels, h, w)
        total = np.zeros_like(padded)
        for i in range(h):
            for j in range(w):
                places = _places(i, j, rows, columns, stride)
                total[:, :, *places] += shares[..., i, j].transpose(0, 3, 1, 2)
        return total[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]

    pulls: list[tuple[Tensor, Pull]] = [
        (x, pull_x),
        (weight, lambda g: product(flat(g).T, patches).reshape(weight.shape)),
    ]
    if bias is not None:
        y += bias.data
        pulls.append((bias, lambda g: flat(g).sum(0)))
    return node(y.reshape(batch, rows, columns, outputs).transpose(0, 3, 1, 2), *pulls)


def max_pool2d(x: Tensor, kernel_size: int, stride: int | None = None) -> Tensor:
    """The largest number in each window of the picture.

    Shapes: (B, C, H, W) -> (B, C, H', W') with H' = (H - kernel_size) // stride + 1, W' likewise.
    Pull:   g goes to the place that was largest, the first of equals.
    Raises: ShapeError unless the window fits.
    """
    size, stride = kernel_size, stride or kernel_size
    if x.ndim != 4 or min(x.shape[2:]) < size:
        raise ShapeError(f"max_pool2d: x is {x.shape}; need (B, C, H, W), H and W at least {size}")
    windows = _windows(x.data, size, size, stride)
    rows, columns = windows.shape[2:4]
    choices = windows.reshape(*windows.shape[:4], size * size)
    winner = choices.argmax(-1)

    def pull(g: Array) -> Array:
        total = np.zeros_like(x.data)
        for i in range(size):
            for j in range(size):
                places = _places(i, j, rows, columns, stride)
                total[:, :, *places] += g * (winner == i * size + j)
        return total

    return node(choices.max(-1), (x, pull))


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Array | None = None) -> tuple[Tensor, Tensor]:
    """Each query takes a weighted mean of the values; the weights say how well the keys fit it.

    Shapes: q (..., T, D), k (..., S, D), v (..., S, E), mask (..., T, S)
            -> means (..., T, E) and weights (..., T, S).
    """
    weights = attention_weights(q, k, mask)
    return weights @ v, weights


def attention_weights(q: Tensor, k: Tensor, mask: Array | None = None) -> Tensor:
    """softmax(q k^T / sqrt(D)): how much each query looks at each key; the rows sum to 1.

    Shapes: q (..., T, D), k (..., S, D) -> (..., T, S). Where the mask is False the weight is 0.
    """
    scores = q * (1 / math.sqrt(q.shape[-1])) @ k.transpose(-2, -1)
    return ops.softmax(scores, mask=mask)


def self_attention(parts: Tensor, mask: Array | None = None) -> Tensor:
    """`attention` of a sequence to itself, its queries, keys and values side by side in one array.

    Shapes: parts (B, T, 3, H, D), mask (..., T, T) -> means (B, T, H, D).
    Pull:   with w = softmax(q k^T / sqrt(D)) and s = w * (dw - sum(dw * w)) / sqrt(D), where
            dw = g v^T: dq = s k, dk = s^T q, dv = w^T g. Each is written into its third of one
            gradient; as slices, they would be computed apart and then added to zeros.
    Raises: ShapeError if there is no step.
    """
    scale = 1 / math.sqrt(parts.shape[-1])

    def split(x: Array) -> Array:  # (B, T, 3, H, D) -> (3, B, H, T, D), a view
        return x.transpose(2, 0, 3, 1, 4)

    q, k, v = split(parts.data)
    scores = q @ k.swapaxes(-2, -1)
    scores *= scale
    count("self_attention", scores.shape, -1)
    weights = arrays.softmax(scores, mask=mask)
    y = np.empty_like(parts.data[:, :, 0])
    np.matmul(weights, v, out=y.swapaxes(1, 2))

    def pull(g: Array) -> Array:
        g = g.swapaxes(1, 2)
        slope = np.empty_like(parts.data)
        dq, dk, dv = split(slope)
        s = arrays.softmax_slope(weights, g @ v.swapaxes(-2, -1))
        s *= scale
        np.matmul(s, k, out=dq)
        np.matmul(s.swapaxes(-2, -1), q, out=dk)
        np.matmul(weights.swapaxes(-2, -1), g, out=dv)
        return slope

    return node(y, (parts, pull))


def once(compute: Callable[[Array], T]) -> Callable[[Array], T]:
    """Compute once what several pull-backs of one operation need for the same gradient."""
    memory: list[tuple[Array, T]] = []

    def remembered(g: Array) -> T:
        if not memory or memory[0][0] is not g:
            memory[:] = [(g, compute(g))]
        return memory[0][1]

    remembered.__qualname__ = compute.__qualname__  # tells which operation it belongs to
    return remembered


def _windows(x: Array, h: int, w: int, stride: int) -> Array:
    """A view of every h x w window: (B, C, H, W) -> (B, C, H', W', h, w)."""
    view = sliding_window_view(x, (h, w), (2, 3))  # type: ignore[call-overload]
    return view[:, :, ::stride, ::stride]


def _places(i: int, j: int, rows: int, columns: int, stride: int) -> tuple[slice, slice]:
    """Where cell (i, j) of every window lies in the picture."""
    return (
        slice(i, i + stride * (rows - 1) + 1, stride),
        slice(j, j + stride * (columns - 1) + 1, stride),
    )
