"""check_grad: does backward agree with a slope that is measured without it?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from coursekit.engine.tensor import Tensor, no_grad

STEP = 1e-5  # far enough to see past rounding, near enough for the curve to be straight
TOLERANCE = 1e-6  # how far apart the two numbers may be, as a share of the larger, or of 1


class GradientError(ValueError):
    """backward and the measured slope disagree."""


def check_grad(
    f: Callable[..., Tensor], *inputs: ArrayLike | Tensor, rng: np.random.Generator | None = None
) -> None:
    """Compare the gradient of f with its slope along one random direction, and print both.

    The slope is (f(x + h v) - f(x - h v)) / 2h for a random direction v of all inputs at once,
    in float64. A result of many numbers is weighted by random numbers into one.
    Raises: GradientError if they differ by more than TOLERANCE.
    """
    rng = rng or np.random.default_rng(0)
    points = [np.array(x.data if isinstance(x, Tensor) else x, np.float64) for x in inputs]
    direction = [rng.standard_normal(x.shape) for x in points]

    leaves = [Tensor(x, requires_grad=True) for x in points]
    result = f(*leaves)
    weights = rng.standard_normal(result.shape)
    result.backward(weights)
    gradient = sum(
        float(np.sum(leaf.grad * v))
        for leaf, v in zip(leaves, direction, strict=True)
        if leaf.grad is not None
    )

    def along(h: float) -> float:
        moved = (Tensor(x + h * v) for x, v in zip(points, direction, strict=True))
        with no_grad():
            return float(np.sum(f(*moved).data * weights))

    slope = (along(STEP) - along(-STEP)) / (2 * STEP)
    print(f"backward {gradient: .9g}   slope {slope: .9g}")
    if not abs(gradient - slope) <= TOLERANCE * max(1.0, abs(gradient), abs(slope)):
        raise GradientError(
            f"check_grad: backward says {gradient:.9g}, the slope is {slope:.9g}. "
            "Look at the pull-back of each operation in f; or f jumps or bends at this point"
        )
