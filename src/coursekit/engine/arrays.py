"""What operations need of plain arrays: what NumPy lacks or does slowly. No gradients here."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from types import EllipsisType, NoneType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Axis: TypeAlias = int | tuple[int, ...] | None
Index: TypeAlias = Any  # whatever stands between the brackets of x[...]
Shape: TypeAlias = tuple[int, ...]


_PLAIN = (int, np.integer, slice, NoneType, EllipsisType)  # parts of an index that are no list


class ShapeError(ValueError):
    """The shapes of the operands do not fit the operation."""


def product_without_blas(a: Array, b: Array) -> Array:
    """a @ b for two matrices. NumPy in the browser has no BLAS: einsum is twice as fast there."""
    return np.einsum("ij,jk->ik", a, b)


def product_with_blas(a: Array, b: Array) -> Array:
    """a @ b for two matrices: dot starts in half the time, but first fills a result with zeros."""
    return a.dot(b) if a.size < 10_000 else np.matmul(a, b)


product = product_without_blas if sys.platform == "emscripten" else product_with_blas

# A training step allocates the same arrays as the one before. On Linux, freed memory goes back to
# the system as soon as a few hundred kB lie at its end, and every page of it is fetched anew in
# the next step: a third of the time. One large block, taken and freed untouched, moves that limit.
if sys.platform == "linux":
    np.empty(31 << 20, np.uint8)

erf = np.vectorize(math.erf, otypes=[np.float64])  # NumPy has none


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x), by e^-|x|, which cannot overflow."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def power(base: Array, exponent: Array) -> Array:
    """base ** exponent; small whole exponents by products, 30 times faster."""
    if exponent.ndim == 0:
        if exponent == 1:
            return base
        if exponent == 2:
            return base * base
        if exponent == 3:
            return base * base * base
    return base**exponent


def repeat(g: Array, shape: Shape, axis: Axis, keepdims: bool) -> Array:
    """Undo a reduction: put the reduced axes back, and repeat the numbers along them."""
    if axis is not None and not keepdims:
        g = np.expand_dims(g, axis)
    return np.broadcast_to(g, shape)


def unbroadcast(grad: Array, shape: Shape) -> Array:
    """Sum a gradient over the axes that broadcasting added or stretched.

    Shapes: (..., n) -> shape, for example (32, 10) -> (10,) or (1, 10).
    """
    if not shape:
        return grad.sum()
    while grad.ndim > len(shape):
        grad = sum_rows(grad) if grad.ndim == 2 else np.add.reduce(grad)
    if grad.shape == shape:
        return grad
    stretched = tuple(i for i, n in enumerate(shape) if n != grad.shape[i])
    return grad.sum(axis=stretched, keepdims=True)


def sum_rows(x: Array) -> Array:
    """The sum of the rows of a matrix; a row of ones times a large one is three times as fast."""
    return np.add.reduce(x) if x.size < 4000 else np.ones(len(x), x.dtype).dot(x)


def sum_along(x: Array, axis: Axis, times: Array | None = None) -> Array:
    """The sum of x, or of x * times, along an axis that is kept with length 1.

    Along the last axis einsum is several times faster than sum, and writes no product in between.
    """
    if axis in (-1, x.ndim - 1):
        if times is None:
            return np.einsum("...i->...", x)[..., None]
        return np.einsum("...i,...i->...", x, times)[..., None]
    return (x if times is None else x * times).sum(axis, keepdims=True)


def max_along(x: Array, axis: int) -> Array:
    """The largest numbers along an axis that is kept with length 1.

    NumPy is slow along a short last axis; a copy with this axis first takes a third of the time.
    """
    if axis in (-1, x.ndim - 1) and x.shape[-1] <= 64 and x.size >= 8000:
        return x.reshape(-1, x.shape[-1]).T.copy().max(0).reshape(*x.shape[:-1], 1)
    return np.maximum.reduce(x, axis, keepdims=True)


def softmax(x: Array, axis: int = -1, mask: Array | None = None) -> Array:
    """e^x divided by its sum along an axis; 0 where the mask is False."""
    if mask is None:
        y = x - max_along(x, axis)
    else:
        lowest = np.finfo(x.dtype).min  # of a row without any True: its numbers become 0, not nan
        y = x + np.where(mask, 0, -np.inf).astype(x.dtype)
        y -= np.maximum(max_along(y, axis), lowest)
    np.exp(y, out=y)
    total = sum_along(y, axis)
    y /= total if mask is None else total + (total == 0)
    return y


def softmax_slope(y: Array, g: Array, axis: int = -1) -> Array:
    """The way back from y = softmax(x): y * (g - sum(g * y))."""
    slope = g - sum_along(g, axis, y)
    slope *= y
    return slope


def count(name: str, shape: Shape, axis: Axis, more_than: int = 0) -> int:
    """How many numbers a reduction joins into one; ShapeError if too few."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    try:
        n = math.prod(shape[i] for i in axes)
    except IndexError:
        raise ShapeError(f"{name}: there is no axis {axis} in {shape}") from None
    if n <= more_than:
        raise ShapeError(f"{name} over axis {axis} of {shape} needs more than {more_than} numbers")
    return n


def add_up(positions: Array, g: Array, size: int) -> Array:
    """Zeros, with each number of g added at its position; np.add.at does it 10 times slower."""
    total = np.bincount(positions.ravel(), g.ravel(), minlength=size)
    return total.astype(g.dtype, copy=False)


def add_up_rows(rows: Array, g: Array, shape: Shape) -> Array:
    """Zeros of a shape, with each row of g added into its row."""
    rows = rows.ravel()
    size, width = math.prod(shape), math.prod(shape[1:])
    if g.size <= 8000 and size <= 8000:  # beyond, sorting costs less than counting every number
        positions = np.arange(size).reshape(shape[0], width).take(rows, 0)
        return add_up(positions, g, size).reshape(shape)
    rows = rows % shape[0]  # -1 is the last row
    order = np.argsort(rows, kind="stable")
    used, starts = np.unique(rows[order], return_index=True)
    total = np.zeros((shape[0], width), g.dtype)
    total[used] = np.add.reduceat(g.reshape(len(rows), width).take(order, 0), starts)
    return total.reshape(shape)


def takes_a_slice(index: Index) -> bool:
    """Whether an index is made of numbers and slices alone: then it picks no number twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(part, _PLAIN) and not isinstance(part, bool) for part in parts)


def as_shape(shape: Sequence[int | Shape]) -> Shape:
    """reshape(2, 3) and reshape((2, 3)) mean the same."""
    first: Any = shape[0] if len(shape) == 1 else shape
    return tuple(first) if isinstance(first, tuple | list) else (first,)


def misfit(name: str, a: Shape, b: Shape) -> ShapeError:
    """The error for two shapes that an operation cannot join, with the likely remedy."""
    if name == "matmul":
        return ShapeError(
            f"matmul: a is {a}, b is {b}; need (..., n, k) and (..., k, m){_chain_hint(a, b)}"
        )
    hint = ""
    if a == b[::-1]:
        hint = ": did you mean b.T?"
    elif len(b) == 1 and a[:1] == b:
        hint = f": did you mean b.reshape({b[0]}, 1)?"
    elif len(a) == 1 and b[:1] == a:
        hint = f": did you mean a.reshape({a[0]}, 1)?"
    return ShapeError(f"{name}: shapes {a} and {b} do not broadcast{hint}")


def _chain_hint(a: Shape, b: Shape) -> str:
    if not a or not b:
        return "; for a number use *"
    if a[-1] == b[-2:][0]:
        return f"; the leading axes {a[:-2]} and {b[:-2]} do not broadcast"
    if len(b) > 1 and a[-1] == b[-1]:
        return ": did you mean a @ b.T?"
    if len(a) > 1 and a[-2] == b[-2:][0]:
        return ": did you mean a.T @ b?"
    return ""
