"""The differentiable operations. Each one: check, compute, and a pull-back beside every input.

Read the pair `(a, lambda g: g * b.data)` as: the gradient of a is g, the gradient of the result,
times b. Broadcasting is undone later, once for all, in `tensor.walk`.
Order: arithmetic, functions of one number, reductions, shape, indexing, then softmax.
"""

# Past 400 lines: the table of operations is read as one, each beside the next.

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps

import numpy as np

from coursekit.engine import arrays
from coursekit.engine.arrays import (
    Array,
    Axis,
    Index,
    Shape,
    ShapeError,
    add_up,
    add_up_rows,
    as_shape,
    count,
    logistic,
    max_along,
    misfit,
    power,
    product,
    repeat,
    takes_a_slice,
)
from coursekit.engine.tensor import Operand, Patch, Tensor, node

# --- arithmetic -------------------------------------------------------------------------------


def of_two(operation: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Operand, Operand], Tensor]:
    """Let an operation of two tensors take numbers and arrays too, and explain a shape mistake."""

    @wraps(operation)
    def explained(a: Operand, b: Operand) -> Tensor:
        if not (isinstance(a, Tensor) and isinstance(b, Tensor)):
            a, b = tensors(a, b)
        try:
            return operation(a, b)
        except ValueError:
            raise misfit(operation.__name__, a.shape, b.shape) from None

    return explained


@of_two
def add(a: Tensor, b: Tensor) -> Tensor:
    """a + b.

    Pull: da = g, db = g.
    """
    return node(a.data + b.data, (a, lambda g: g), (b, lambda g: g))


@of_two
def sub(a: Tensor, b: Tensor) -> Tensor:
    """a - b.

    Pull: da = g, db = -g.
    """
    return node(a.data - b.data, (a, lambda g: g), (b, lambda g: -g))


@of_two
def mul(a: Tensor, b: Tensor) -> Tensor:
    """a * b, element by element.

    Pull: da = g * b, db = g * a.
    """
    return node(a.data * b.data, (a, lambda g: g * b.data), (b, lambda g: g * a.data))


@of_two
def div(a: Tensor, b: Tensor) -> Tensor:
    """a / b.

    Pull: da = g / b, db = -g * (a / b) / b.
    """
    y = a.data / b.data
    return node(y, (a, lambda g: g / b.data), (b, lambda g: -g * y / b.data))


@of_two
def pow(a: Tensor, b: Tensor) -> Tensor:
    """a ** b.

    Pull: da = g * b * a^(b-1), db = g * a^b * log a; 0 where b is 0, and where a is 0.
    """
    y = power(a.data, b.data)
    return node(
        y,
        (a, lambda g: g * b.data * power(a.data, b.data - (b.data != 0))),
        (b, lambda g: g * y * np.log(np.where(a.data == 0, 1, a.data))),
    )


def neg(x: Tensor) -> Tensor:
    """-x.

    Pull: dx = -g.
    """
    return node(-x.data, (x, lambda g: -g))


@of_two
def matmul(a: Tensor, b: Tensor) -> Tensor:
    """Matrix product a @ b.

    Shapes: (..., n, k) @ (..., k, m) -> (..., n, m); leading axes broadcast. A vector (k,) is one
            row on the left, one column on the right, and its axis is missing in the result.
    Pull:   da = g @ b^T, db = a^T @ g.
    Raises: ShapeError unless the inner axes agree.
    """
    if a.ndim == 1:
        y = matmul(a[None, :], b)
        return y[0] if b.ndim == 1 else y[..., 0, :]
    if b.ndim == 1:
        return matmul(a, b[:, None])[..., 0]
    if a.ndim > 2 and b.ndim == 2:  # one large product instead of many small ones
        rows = matmul(reshape(a, math.prod(a.shape[:-1]), a.shape[-1]), b)
        return reshape(rows, *a.shape[:-1], b.shape[-1])
    times = product if b.ndim == 2 else np.matmul
    return node(
        times(a.data, b.data),
        (a, lambda g: times(g, b.data.swapaxes(-2, -1))),
        (b, lambda g: times(a.data.swapaxes(-2, -1), g)),
    )


# --- functions of one number, applied to each -------------------------------------------------


def exp(x: Tensor) -> Tensor:
    """e^x.

    Pull: dx = g * e^x.
    """
    y = np.exp(x.data)
    return node(y, (x, lambda g: g * y))


def log(x: Tensor) -> Tensor:
    """The natural logarithm.

    Pull: dx = g / x.
    """
    return node(np.log(x.data), (x, lambda g: g / x.data))


def sqrt(x: Tensor) -> Tensor:
    """The square root.

    Pull: dx = g / (2 sqrt x).
    """
    y = np.sqrt(x.data)
    return node(y, (x, lambda g: g / (2 * y)))


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent, between -1 and 1.

    Pull: dx = g * (1 - y^2).
    """
    y = np.tanh(x.data)
    return node(y, (x, lambda g: g * (1 - y * y)))


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x), between 0 and 1.

    Pull: dx = g * y * (1 - y).
    """
    y = logistic(x.data)
    return node(y, (x, lambda g: g * y * (1 - y)))


def relu(x: Tensor) -> Tensor:
    """x where x > 0, else 0.

    Pull: dx = g where x > 0, else 0.
    """
    y = np.maximum(x.data, 0)
    return node(y, (x, lambda g: g * (y > 0)))


def clamp(x: Tensor, min: float | None = None, max: float | None = None) -> Tensor:
    """x, but not below min and not above max.

    Pull: dx = g where min <= x <= max, else 0.
    """
    y = np.clip(x.data, min, max)
    return node(y, (x, lambda g: g * (y == x.data)))


# --- reductions -------------------------------------------------------------------------------


def sum(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The sum of all numbers, or along axes.

    Pull:   dx = g, repeated along the axes.
    Raises: ShapeError if there is no such axis.
    """
    count("sum", x.shape, axis, more_than=-1)
    y = x.data.sum(axis, keepdims=keepdims)
    return node(y, (x, lambda g: repeat(g, x.shape, axis, keepdims)))


def mean(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean of all numbers, or along axes.

    Pull:   dx = g / n, repeated along the axes, which hold n numbers.
    Raises: ShapeError if there is no number.
    """
    n = count("mean", x.shape, axis)
    y = x.data.sum(axis, keepdims=keepdims) / n
    return node(y, (x, lambda g: repeat(g / n, x.shape, axis, keepdims)))


def var(x: Tensor, axis: Axis = None, correction: int = 1, keepdims: bool = False) -> Tensor:
    """The variance: squared distances from the mean, summed, over n - correction.

    Pull:   dx = g * 2 (x - mean) / (n - correction).
    Raises: ShapeError unless n is larger than correction.
    """
    n = count("var", x.shape, axis, more_than=correction) - correction
    centred = x.data - x.data.mean(axis, keepdims=True)
    y = (centred * centred).sum(axis, keepdims=keepdims) / n
    return node(y, (x, lambda g: repeat(2 * g / n, x.shape, axis, keepdims) * centred))


def max(x: Tensor, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest number of all, or along axes.

    Pull:   dx = g at the largest, else 0; several largest share g equally.
    Raises: ShapeError if there is no number.
    """
    count("max", x.shape, axis)
    top = x.data.max(axis, keepdims=True)
    y = top if keepdims else top.squeeze(tuple(range(x.ndim)) if axis is None else axis)

    def pull(g: Array) -> Array:
        at_top = (x.data == top).astype(x.dtype)
        return repeat(g, x.shape, axis, keepdims) * at_top / at_top.sum(axis, keepdims=True)

    return node(y, (x, pull))


# --- shape ------------------------------------------------------------------------------------


def reshape(x: Tensor, *shape: int | Shape) -> Tensor:
    """The same numbers in another shape; one -1 is worked out.

    Pull:   dx = g in the shape of x.
    Raises: ShapeError unless both shapes hold equally many numbers.
    """
    new = as_shape(shape)
    try:
        return node(x.data.reshape(new), (x, lambda g: g.reshape(x.shape)))
    except ValueError:
        raise ShapeError(f"reshape: {x.shape} has {x.size} numbers, {new} has not") from None


def transpose(x: Tensor, axis0: int, axis1: int) -> Tensor:
    """Swap two axes.

    Pull: dx = g, swapped back.
    """
    return node(x.data.swapaxes(axis0, axis1), (x, lambda g: g.swapaxes(axis0, axis1)))


def expand(x: Tensor, *shape: int | Shape) -> Tensor:
    """Repeat axes of length 1, and add axes in front, without copying; -1 keeps an axis.

    Pull:   dx = g summed over what was repeated: `tensor.walk` does it, as for all broadcasting.
    Raises: ShapeError unless each axis of x is 1 or as long as wanted.
    """
    new = as_shape(shape)
    added = len(new) - x.ndim
    new = tuple(x.shape[i - added] if n == -1 and i >= added else n for i, n in enumerate(new))
    try:
        return node(np.broadcast_to(x.data, new), (x, lambda g: g))
    except ValueError:
        raise ShapeError(f"expand: {x.shape} cannot be repeated to {new}") from None


# --- indexing and joining ---------------------------------------------------------------------


def getitem(x: Tensor, index: Index) -> Tensor:
    """x[index]: slices, numbers, masks, and arrays of indices, repeated and negative ones too.

    Pull: g, added at the same index: a number picked twice gets two shares.
    """
    y = x.data[index]
    if takes_a_slice(index):
        return node(y, (x, lambda g: Patch(index, g)))

    def pull(g: Array) -> Array:
        positions = np.arange(x.size).reshape(x.shape)[index]
        return add_up(positions, g, x.size).reshape(x.shape)

    return node(y, (x, pull))


def index_select(x: Tensor, indices: Array) -> Tensor:
    """One row of x for each index: how an embedding looks up its vectors.

    Shapes: x (V, ...), indices (...) of whole numbers -> (*indices.shape, *x.shape[1:]).
    Pull:   g, each of its rows added into the row of x that it came from.
    Raises: IndexError if an index is outside; TypeError if one is not whole.
    """
    indices = np.asarray(indices)
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"index_select: indices are whole numbers, not {indices.dtype}. "
            "Use ids.astype(int); and give the array itself, a Tensor holds floats"
        )
    indices = indices.astype(np.intp, copy=False)
    try:
        y = x.data.take(indices, 0)  # 4 times faster than x.data[indices]
    except IndexError:
        raise IndexError(f"index_select: {indices} for a table of {len(x)} rows") from None
    return node(y, (x, lambda g: add_up_rows(indices, g, x.shape)))


def cat(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    """Join tensors along an axis they have.

    Pull:   each gets its own part of g.
    Raises: ShapeError unless all other axes agree.
    """
    try:
        y = np.concatenate([x.data for x in tensors], axis)
    except ValueError:
        shapes = [x.shape for x in tensors]
        raise ShapeError(f"cat along axis {axis}: {shapes}; all other axes must agree") from None
    ends = np.cumsum([x.shape[axis] for x in tensors])
    front: Index = (slice(None),) * (axis % y.ndim)
    parts = zip(tensors, [0, *ends], ends, strict=False)
    return node(y, *((x, lambda g, a=a, b=b: g[(*front, slice(a, b))]) for x, a, b in parts))


def stack(tensors: Sequence[Tensor], axis: int = 0) -> Tensor:
    """Join tensors of one shape along a new axis.

    Pull:   each gets its own slice of g.
    Raises: ShapeError unless all shapes agree.
    """
    try:
        y = np.stack([x.data for x in tensors], axis)
    except ValueError:
        shapes = [x.shape for x in tensors]
        raise ShapeError(f"stack along axis {axis}: {shapes}; all must be equal") from None
    front: Index = (slice(None),) * (axis % y.ndim)
    return node(y, *((x, lambda g, i=i: g[(*front, i)]) for i, x in enumerate(tensors)))


def where(mask: Array, a: Operand, b: Operand) -> Tensor:
    """a where the mask is True, b elsewhere.

    Pull: da = g where True, db = g where False, else 0.
    """
    a, b = tensors(a, b)
    try:
        y = np.where(mask, a.data, b.data)
    except ValueError:
        shapes = np.shape(mask), a.shape, b.shape
        raise ShapeError("where: mask {}, a {} and b {} do not broadcast".format(*shapes)) from None
    return node(y, (a, lambda g: np.where(mask, g, 0)), (b, lambda g: np.where(mask, 0, g)))


# --- built from them --------------------------------------------------------------------------


def softmax(x: Tensor, axis: int = -1, *, mask: Array | None = None) -> Tensor:
    """e^x divided by its sum along an axis: positive numbers that sum to 1.

    Where the mask is False the result is 0, as if x, which is finite there, were minus infinity.
    Pull:   dx = y * (g - sum(g * y)).
    Raises: ShapeError if there is no number along the axis.
    """
    count("softmax", x.shape, axis)
    y = arrays.softmax(x.data, axis, mask)
    return node(y, (x, lambda g: arrays.softmax_slope(y, g, axis)))


def log_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """log(softmax(x)), without the overflow and the log of 0.

    Pull:   dx = g - softmax(x) * sum(g).
    Raises: ShapeError if there is no number along the axis.
    """
    count("log_softmax", x.shape, axis)
    shifted = x.data - max_along(x.data, axis)
    y = shifted - np.log(np.exp(shifted).sum(axis, keepdims=True))
    return node(y, (x, lambda g: g - np.exp(y) * g.sum(axis, keepdims=True)))


def tensors(a: Operand, b: Operand) -> tuple[Tensor, Tensor]:
    """Both as tensors. What is none takes the dtype of the other: 2.5 * float32 is float32."""
    if not isinstance(a, Tensor):
        a = Tensor(a, dtype=b.dtype if isinstance(b, Tensor) else None)
    return a, b if isinstance(b, Tensor) else Tensor(b, dtype=a.dtype)
