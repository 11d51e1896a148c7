"""The eight activations as plain functions of arrays, each with its derivative, for looking at.

Networks use the differentiable ones in ops.py and nn/functional.py; a test holds both together.
Seven bend each number by itself. Softmax alone looks at a whole row, so its derivative is a matrix.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursekit.engine.arrays import erf, logistic

Floats = NDArray[np.float64]


def sigmoid(x: ArrayLike) -> Floats:
    """1 / (1 + e^-x): between 0 and 1."""
    return logistic(np.asarray(x, float))


def d_sigmoid(x: ArrayLike) -> Floats:
    """s (1 - s), at most 1/4."""
    s = sigmoid(x)
    return s * (1 - s)


def tanh(x: ArrayLike) -> Floats:
    """The hyperbolic tangent: between -1 and 1."""
    return np.tanh(np.asarray(x, float))


def d_tanh(x: ArrayLike) -> Floats:
    """1 - tanh(x)^2, at most 1."""
    return 1 - np.square(tanh(x))


def relu(x: ArrayLike) -> Floats:
    """x where x > 0, else 0."""
    return np.maximum(np.asarray(x, float), 0)


def d_relu(x: ArrayLike) -> Floats:
    """1 where x > 0, else 0. At 0 itself there is no tangent; 0 is chosen."""
    return np.where(np.asarray(x, float) > 0, 1.0, 0.0)


def leaky_relu(x: ArrayLike, alpha: float = 0.01) -> Floats:
    """x where x > 0, else alpha x."""
    x = np.asarray(x, float)
    return np.where(x > 0, x, alpha * x)


def d_leaky_relu(x: ArrayLike, alpha: float = 0.01) -> Floats:
    """1 where x > 0, else alpha. At 0 itself alpha is chosen."""
    return np.where(np.asarray(x, float) > 0, 1.0, alpha)


def elu(x: ArrayLike, alpha: float = 1.0) -> Floats:
    """x where x > 0, else alpha (e^x - 1)."""
    x = np.asarray(x, float)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def d_elu(x: ArrayLike, alpha: float = 1.0) -> Floats:
    """1 where x > 0, else alpha e^x."""
    x = np.asarray(x, float)
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))


def swish(x: ArrayLike, beta: float = 1.0) -> Floats:
    """x sigmoid(beta x)."""
    x = np.asarray(x, float)
    return x * sigmoid(beta * x)


def d_swish(x: ArrayLike, beta: float = 1.0) -> Floats:
    """s + beta x s (1 - s), where s = sigmoid(beta x): the product rule."""
    x = np.asarray(x, float)
    s = sigmoid(beta * x)
    return s + beta * x * s * (1 - s)


def gelu(x: ArrayLike) -> Floats:
    """x P(x), where P(x) is the share of a normal distribution below x."""
    x = np.asarray(x, float)
    return x * (0.5 + 0.5 * erf(x / math.sqrt(2)))


def d_gelu(x: ArrayLike) -> Floats:
    """P(x) + x p(x), where p is the density: the slope of P."""
    x = np.asarray(x, float)
    density = np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return 0.5 + 0.5 * erf(x / math.sqrt(2)) + x * density


def gelu_tanh(x: ArrayLike) -> Floats:
    """x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3): GELU without its integral."""
    x = np.asarray(x, float)
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def d_gelu_tanh(x: ArrayLike) -> Floats:
    """(1 + t) / 2 + x (1 - t^2) u' / 2, where t = tanh u."""
    x = np.asarray(x, float)
    t = np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))
    du = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x * x)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * du


def softmax(x: ArrayLike) -> Floats:
    """e^x over the sum of e^x along the last axis: positive, and each row sums to 1.

    Shapes: (..., K) -> (..., K).
    """
    x = np.asarray(x, float)
    e = np.exp(x - x.max(-1, keepdims=True))  # the largest becomes e^0: no overflow
    return e / e.sum(-1, keepdims=True)


def d_softmax(x: ArrayLike) -> Floats:
    """The Jacobian diag(s) - s s^T: row i, column j says how output i answers to input j.

    Shapes: (..., K) -> (..., K, K).
    """
    s = softmax(x)
    return s[..., :, None] * (np.eye(s.shape[-1]) - s[..., None, :])


Function = Callable[..., Floats]

ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "sigmoid": (sigmoid, d_sigmoid),
    "tanh": (tanh, d_tanh),
    "ReLU": (relu, d_relu),
    "leaky ReLU": (leaky_relu, d_leaky_relu),
    "ELU": (elu, d_elu),
    "softmax": (softmax, d_softmax),
    "Swish": (swish, d_swish),
    "GELU": (gelu, d_gelu),
}
