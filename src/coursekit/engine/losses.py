"""Losses: one number that says how wrong the predictions are. The mean over the batch, in nats."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from coursekit.engine import ops
from coursekit.engine.arrays import Array, ShapeError
from coursekit.engine.tensor import Operand, Tensor, node


def mse(y_hat: Operand, y: Operand) -> Tensor:
    """The mean of the squared differences.

    Pull:   dy_hat = g * 2 (y_hat - y) / n.
    Raises: ShapeError unless both shapes are equal: (n,) and (n, 1) would broadcast to (n, n).
    """
    y_hat, y = ops.tensors(y_hat, y)
    if y_hat.shape != y.shape:
        raise ShapeError(
            f"mse: predictions are {y_hat.shape}, targets {y.shape}; they must be equal. "
            "Reshape one to the other"
        )
    difference = y_hat.data - y.data
    share = _share("mean", difference.size)
    return node(
        (difference * difference).sum() * share,
        (y_hat, lambda g: difference * (g * (2 * share))),
        (y, lambda g: difference * (g * (-2 * share))),
    )


def cross_entropy(
    logits: Operand,
    target: ArrayLike | Tensor,
    *,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    reduction: str = "mean",
) -> Tensor:
    """The surprise -log p of the right class; p is the softmax of the logits.

    Logits are raw scores: apply no softmax before. Targets equal to ignore_index (padding) cost
    nothing and do not count in the mean. reduction is "mean", "sum" or "none".
    Shapes: logits (..., V); target (...) of class numbers, or (..., V) of probabilities.
    Units:  nats.
    Pull:   dlogits = g * (p - target) / n, the target as probabilities.
    Raises: ShapeError unless the shapes fit; ValueError unless classes are whole numbers in 0..V-1
            and probabilities in 0..1.
    """
    logits = logits if isinstance(logits, Tensor) else Tensor(logits)
    y = target.data if isinstance(target, Tensor) else np.asarray(target)
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"cross_entropy: label_smoothing is {label_smoothing}; need 0 to 1")
    shape = logits.shape
    if not shape:
        raise ShapeError("cross_entropy: logits are one number; need (..., V), a score per class")
    width = shape[-1]
    if y.shape == shape:
        if y.min(initial=0) < 0 or y.max(initial=0) > 1:
            raise ValueError(
                f"cross_entropy: a target shaped like the logits, {y.shape}, holds probabilities, "
                f"these go from {y.min()} to {y.max()}. Class numbers need {y.shape[:-1]}"
            )
        wanted = (1 - label_smoothing) * y + label_smoothing / width
        each = -(ops.log_softmax(logits) * wanted).sum(-1)
        each = each * _share(reduction, each.size)
        return each if reduction == "none" else each.sum()
    if y.shape != shape[:-1]:
        raise ShapeError(
            f"cross_entropy: logits are {shape}, target is {y.shape}; "
            f"need {shape[:-1]} class numbers, or probabilities shaped like the logits"
        )
    y = y.ravel()
    counted = y != ignore_index
    n = int(np.count_nonzero(counted))  # NumPy may count in np.int64, and 1 / n then is float64
    share = _share(reduction, n)
    classes = check_classes("cross_entropy", y if n == y.size else np.where(counted, y, 0), width)
    rows = np.arange(0, width * y.size, width)  # where each row begins in the flat scores
    right = rows + classes  # where its right class stands

    scores: Array = logits.data.reshape(-1, width)
    top = scores.take(rows + scores.argmax(1))  # half the time of scores.max(1)
    scores = scores - top[:, None]  # e^score cannot overflow any more
    e = np.exp(scores)
    total = np.einsum("ij->i", e)
    wanted = scores.take(right)
    if label_smoothing:
        wanted = (1 - label_smoothing) * wanted + label_smoothing * scores.mean(1)
    surprise = np.log(total) - wanted
    if n < y.size:
        surprise *= counted

    def pull(g: Array) -> Array:
        g = g.ravel() * share
        if n < y.size:
            g = g * counted
        slope = e * (g / total)[:, None]  # g * p, and now minus g * the target
        if label_smoothing:
            slope -= (g * (label_smoothing / width))[:, None]
        slope.put(right, slope.take(right) - g * (1 - label_smoothing))
        return slope.reshape(shape)

    if reduction == "none":
        return node(surprise.reshape(shape[:-1]), (logits, pull))
    return node(surprise.sum() * share, (logits, pull))


def binary_cross_entropy_with_logits(
    logits: Operand, target: ArrayLike | Tensor, *, reduction: str = "mean"
) -> Tensor:
    """The surprise of a yes (1) or no (0); p of yes is the sigmoid of the logit.

    Shapes: logits and target alike.
    Units:  nats.
    Pull:   dlogits = g * (p - target) / n.
    Raises: ShapeError unless the shapes are equal.
    """
    logits = logits if isinstance(logits, Tensor) else Tensor(logits)
    y = np.asarray(target.data if isinstance(target, Tensor) else target, logits.dtype)
    if y.shape != logits.shape:
        raise ShapeError(
            f"binary_cross_entropy_with_logits: logits are {logits.shape}, target is {y.shape}; "
            "they must be equal"
        )
    z, share = logits.data, _share(reduction, y.size)
    rest = np.log1p(np.exp(-np.abs(z)))  # cannot overflow
    surprise = np.maximum(z, 0) - z * y + rest

    def pull(g: Array) -> Array:
        slope = np.exp(np.minimum(z, 0) - rest)  # p, and now minus the target
        slope -= y
        slope *= g * share
        return slope

    surprise *= share
    return node(surprise if reduction == "none" else surprise.sum(), (logits, pull))


def one_hot(classes: ArrayLike, num_classes: int) -> Array:
    """A row of zeros for each class number, with a 1 in the column of the class.

    Shapes: (...) -> (..., num_classes), float32.
    Raises: ValueError unless classes are whole numbers in 0..num_classes-1.
    """
    classes = check_classes("one_hot", np.asarray(classes), num_classes)
    return np.eye(num_classes, dtype=np.float32)[classes]


def check_classes(call: str, classes: Array, width: int) -> Array:
    """The class numbers, if they are: a float or a -1 would pick a wrong column in silence."""
    if classes.dtype.kind not in "iu":
        raise ValueError(
            f"{call}: class numbers must be whole numbers, these are {classes.dtype} of shape "
            f"{classes.shape}. Use y.astype(int); and give the array itself, a Tensor holds floats"
        )
    outside = classes.astype(np.uint64) >= width  # without a sign, -1 is the largest of all
    if np.count_nonzero(outside):
        raise ValueError(f"{call}: class {classes[outside][0]} is outside 0..{width - 1}")
    return classes.astype(np.intp, copy=False)


def _share(reduction: str, n: int) -> float:
    """What each of n examples counts for in the result."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction is {reduction!r}; one of "mean", "sum", "none"')
    if reduction == "mean" and n == 0:
        raise ShapeError("a mean loss needs at least one target that counts")
    return 1 / n if reduction == "mean" else 1.0
