"""Tensor: an array that remembers how it was computed, and the walk back that finds gradients.

Every operation (ops.py) returns a node: its value, and one pull-back for each input that needs a
gradient. A pull-back takes the gradient of the result and returns the gradient of that input.
`Tensor.backward` walks the nodes from the newest to the oldest and adds up what the pull-backs say.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from coursekit.engine.arrays import Array, Axis, Index, Shape, ShapeError, unbroadcast


class GraphError(ValueError):
    """The graph cannot be walked: nothing to differentiate, no single number, or walked before."""


class Tensor:
    """An array of floating-point numbers that remembers how it was computed.

    Lists and numbers become float32; a float64 array stays float64. A tensor made with
    `requires_grad=True` is a leaf with its own copy of the numbers, and collects a gradient.
    Operators and methods are the functions of that name in `ops`, which say what they do.
    """

    __slots__ = ("__weakref__", "data", "grad", "inputs", "number", "requires_grad")
    __array_ufunc__ = None  # array * tensor asks the tensor, instead of looping over its elements

    data: Array
    grad: Array | None  # what backward has collected; leaves only
    requires_grad: bool
    inputs: Sequence[tuple[Tensor, Pull]] | None  # None: walked, and given back to memory
    number: int  # creation number: inputs are always older than the result

    def __init__(
        self, data: ArrayLike | Tensor, *, requires_grad: bool = False, dtype: DTypeLike = None
    ) -> None:
        array = _floats(data.data if isinstance(data, Tensor) else data, dtype)
        self.data = array.copy() if requires_grad else array
        self.grad = None
        self.requires_grad = requires_grad
        self.inputs = ()
        self.number = next(_numbers)

    def backward(self, gradient: ArrayLike | None = None, *, retain_graph: bool = False) -> None:
        """Add the derivative of this tensor to `grad` of every leaf it was computed from.

        Shapes: gradient is shaped like this tensor; one number needs none.
        Raises: GraphError if no leaf requires a gradient, if there is more than one number and no
                gradient, or if this graph was walked before without retain_graph=True.
        """
        for node, grad in walk(self, _start(self, gradient)):
            if not node.inputs:
                if node.grad is None:
                    node.grad = np.asarray(grad)
                else:
                    node.grad += grad
            elif not retain_graph:
                node.inputs = None

    def detach(self) -> Tensor:
        """The same numbers as a new leaf that needs no gradient: the graph ends here."""
        return Tensor(self.data)

    def numpy(self) -> Array:
        """The numbers themselves, not a copy."""
        return self.data

    def item(self) -> float:
        """The only number of a tensor of size one."""
        return float(self.data.item())

    @property
    def shape(self) -> Shape:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def size(self) -> int:
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.data.dtype

    def __deepcopy__(self, memo: object) -> Tensor:
        return type(self)(self.data.copy(), requires_grad=self.requires_grad)

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __float__(self) -> float:
        return self.item()

    def __format__(self, how: str) -> str:
        return format(self.item(), how) if how else repr(self)

    def __array__(self, dtype: DTypeLike = None, copy: bool | None = None) -> Array:
        return np.array(self.data, dtype) if copy else np.asarray(self.data, dtype)

    def __repr__(self) -> str:
        numbers = np.array2string(self.data, separator=", ", prefix="Tensor(", threshold=100)
        dtype = "" if self.dtype == np.float32 else f", dtype={self.dtype}"
        origin = ""
        if self.inputs:
            origin = f", from {operation(self)}"
        elif self.requires_grad:
            origin = ", walked" if self.inputs is None else ", requires_grad=True"
        return f"Tensor({numbers}{dtype}{origin})"

    def __add__(self, other: Operand) -> Tensor:
        return ops.add(self, other)

    def __radd__(self, other: Operand) -> Tensor:
        return ops.add(other, self)

    def __sub__(self, other: Operand) -> Tensor:
        return ops.sub(self, other)

    def __rsub__(self, other: Operand) -> Tensor:
        return ops.sub(other, self)

    def __mul__(self, other: Operand) -> Tensor:
        return ops.mul(self, other)

    def __rmul__(self, other: Operand) -> Tensor:
        return ops.mul(other, self)

    def __truediv__(self, other: Operand) -> Tensor:
        return ops.div(self, other)

    def __rtruediv__(self, other: Operand) -> Tensor:
        return ops.div(other, self)

    def __pow__(self, other: Operand) -> Tensor:
        return ops.pow(self, other)

    def __rpow__(self, other: Operand) -> Tensor:
        return ops.pow(other, self)

    def __neg__(self) -> Tensor:
        return ops.neg(self)

    def __matmul__(self, other: Operand) -> Tensor:
        return ops.matmul(self, other)

    def __rmatmul__(self, other: Operand) -> Tensor:
        return ops.matmul(other, self)

    def __getitem__(self, index: Index) -> Tensor:
        return ops.getitem(self, index)

    def __setitem__(self, index: Index, value: Any) -> None:
        raise GraphError(
            "x[...] = value would change numbers that a pull-back may still need. "
            "Build a new tensor with where(mask, a, b), or write to x.data before x is used"
        )

    # Comparisons answer with plain arrays of True and False: nothing to differentiate.

    __hash__ = object.__hash__  # two tensors are one key only if they are one tensor

    def __eq__(self, other: Operand) -> Array:  # type: ignore[override]
        return self.data == np.asarray(other)

    def __ne__(self, other: Operand) -> Array:  # type: ignore[override]
        return self.data != np.asarray(other)

    def __lt__(self, other: Operand) -> Array:
        return self.data < np.asarray(other)

    def __le__(self, other: Operand) -> Array:
        return self.data <= np.asarray(other)

    def __gt__(self, other: Operand) -> Array:
        return self.data > np.asarray(other)

    def __ge__(self, other: Operand) -> Array:
        return self.data >= np.asarray(other)

    @property
    def T(self) -> Tensor:
        if self.ndim != 2:
            raise ShapeError(f"T needs two axes, this is {self.shape}; use transpose(-2, -1)")
        return ops.transpose(self, 0, 1)

    def mm(self, other: Operand) -> Tensor:
        return ops.matmul(self, other)

    def exp(self) -> Tensor:
        return ops.exp(self)

    def log(self) -> Tensor:
        return ops.log(self)

    def sqrt(self) -> Tensor:
        return ops.sqrt(self)

    def tanh(self) -> Tensor:
        return ops.tanh(self)

    def sigmoid(self) -> Tensor:
        return ops.sigmoid(self)

    def relu(self) -> Tensor:
        return ops.relu(self)

    def clamp(self, min: float | None = None, max: float | None = None) -> Tensor:
        return ops.clamp(self, min, max)

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        return ops.sum(self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        return ops.mean(self, axis, keepdims)

    def var(self, axis: Axis = None, correction: int = 1, keepdims: bool = False) -> Tensor:
        return ops.var(self, axis, correction, keepdims)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        return ops.max(self, axis, keepdims)

    def argmax(self, axis: int | None = None) -> Array:
        return np.asarray(self.data.argmax(axis))

    def softmax(self, axis: int = -1, *, mask: Array | None = None) -> Tensor:
        return ops.softmax(self, axis, mask=mask)

    def log_softmax(self, axis: int = -1) -> Tensor:
        return ops.log_softmax(self, axis)

    def reshape(self, *shape: int | Shape) -> Tensor:
        return ops.reshape(self, *shape)

    def transpose(self, axis0: int, axis1: int) -> Tensor:
        return ops.transpose(self, axis0, axis1)

    def expand(self, *shape: int | Shape) -> Tensor:
        return ops.expand(self, *shape)

    def index_select(self, indices: Array) -> Tensor:
        return ops.index_select(self, indices)


class Patch(NamedTuple):
    """A gradient that is zero outside `index`: a slice adds to its input, it does not fill it."""

    index: Index
    value: Array


Operand: TypeAlias = Tensor | ArrayLike
Pull: TypeAlias = Callable[[Array], Array | Patch]

_numbers = itertools.count()
_recording = True


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, operations compute values and record nothing. Also a decorator: @no_grad()."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


def node(data: Any, *inputs: tuple[Tensor, Pull]) -> Tensor:
    """The result of an operation: its value and, beside each input, the pull-back to it.

    Inputs that need no gradient are forgotten at once, with the arrays their pull-backs hold.
    """
    out = Tensor.__new__(Tensor)  # not Tensor(data): the value needs no checks, and this is hot
    out.data = data if type(data) is np.ndarray else np.asarray(data)  # np.sum gives scalars
    out.grad = None
    out.number = next(_numbers)
    out.inputs = kept = []
    try:
        for pair in inputs if _recording else ():
            if pair[0].requires_grad:
                kept.append(pair)
    except AttributeError:
        raise TypeError("an operation takes tensors: wrap the array, Tensor(x)") from None
    out.requires_grad = bool(kept)
    return out


def walk(root: Tensor, gradient: Array) -> Iterator[tuple[Tensor, Array]]:
    """Each tensor that root was computed from, newest first, with its complete gradient.

    A tensor's users are all newer than itself. So when its turn comes, all have paid in.
    """
    gradients = {root: gradient}
    owned: set[int] = set()  # whose sum was made here: it may be added to in place
    waiting = sorted(_reach(root), key=attrgetter("number"))
    while waiting:
        node = waiting.pop()  # what is done is let go
        grad, inputs = gradients.pop(node), node.inputs
        yield node, grad
        for parent, pull in inputs or ():
            share, total = pull(grad), gradients.get(parent)
            if isinstance(share, Patch):
                if parent.number not in owned:
                    total = np.zeros_like(parent.data) if total is None else total.copy()
                    owned.add(parent.number)
                assert total is not None
                total[share.index] += share.value
            else:
                if share.shape != parent.data.shape:
                    share = unbroadcast(share, parent.data.shape)
                elif not parent.inputs and (share is grad or share.base is not None):
                    share = share.copy()  # a leaf keeps its gradient: it shares no memory
                if total is None:
                    total = share
                elif parent.number in owned:
                    total += share
                else:
                    total = total + share
                    owned.add(parent.number)
            gradients[parent] = total


def operation(tensor: Any) -> str:
    """The name of the function that made this tensor; "leaf" if none did."""
    if not tensor.inputs:
        return "leaf"
    _, pull = tensor.inputs[0]  # a pull-back is written inside its operation: "add.<locals>..."
    return str(pull.__qualname__).rpartition(".<locals>")[0].rpartition(".")[2]


def _reach(root: Tensor) -> list[Tensor]:
    """Root and everything it was computed from: no recursion, the list grows while it is read."""
    reached, seen = [root], {root}
    for node in reached:
        if node.inputs is None:
            raise GraphError(
                "backward: part of this graph was walked before, and its memory given back. "
                "Compute the loss again. Did a hidden state live on from the last batch? "
                "h = h.detach(). Two walks on purpose? backward(retain_graph=True) on the first"
            )
        for parent, _ in node.inputs:
            if parent not in seen:
                seen.add(parent)
                reached.append(parent)
    return reached


def _start(root: Tensor, gradient: ArrayLike | None) -> Array:
    """The gradient that a walk starts with: 1 for a loss."""
    if not root.requires_grad:
        raise GraphError(
            "backward: nothing in this computation requires a gradient. "
            "Make the parameters with requires_grad=True and compute outside no_grad(). "
            "If you did, .data, .item(), detach() or Tensor([...]) of tensors lost the way back; "
            "stack([...]) keeps it"
        )
    if gradient is None and root.size != 1:
        raise GraphError(
            f"backward starts from one number, this tensor is {root.shape}. "
            "Did you mean .mean().backward() or .sum().backward()?"
        )
    if gradient is None:
        return np.array(1, root.dtype).reshape(root.shape)
    start = np.array(gradient, root.dtype)
    if start.shape != root.shape:
        raise ShapeError(f"backward: gradient is {start.shape}, the tensor is {root.shape}")
    return start


def _floats(data: ArrayLike, dtype: DTypeLike) -> Array:
    """As an array of float32, or of float64 where the caller has chosen it."""
    array = np.asarray(data)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"a Tensor holds numbers, this is an array of {array.dtype}")
    if dtype is None:
        chosen = array.dtype == np.float64 and isinstance(data, np.ndarray | np.generic)
        dtype = np.float64 if chosen else np.float32
    elif np.dtype(dtype).char not in "fd":
        raise TypeError(f"a Tensor holds float32 or float64, not {np.dtype(dtype)}")
    return array.astype(dtype, copy=False)


from coursekit.engine import ops  # noqa: E402  the operations need the class, its methods need them
