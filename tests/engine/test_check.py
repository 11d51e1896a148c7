"""check_grad prints both numbers, and fails when they differ."""

import numpy as np
import pytest

from coursekit.engine import GradientError, Tensor, check_grad
from coursekit.engine.tensor import node


def wrong_square(x: Tensor) -> Tensor:
    return node(x.data**2, (x, lambda g: g * x.data))  # the factor 2 is missing


def test_both_numbers_are_printed(capsys):
    check_grad(lambda x, y: (x * y).sum(), [1.0, 2.0], np.ones(2))
    words = capsys.readouterr().out.split()
    assert words[0::2] == ["backward", "slope"]
    assert float(words[1]) == pytest.approx(float(words[3]), rel=1e-8)
    assert float(words[1]) != 0


def test_a_wrong_pull_back_is_found():
    with pytest.raises(GradientError, match=r"backward says .*, the slope is"):
        check_grad(wrong_square, [1.0, 2.0])


def test_a_result_of_many_numbers_is_checked_in_float64():
    seen = []

    def f(x: Tensor) -> Tensor:
        seen.append(x.dtype)
        return x.exp() * x

    check_grad(f, Tensor([[0.5, 1.0]]))
    assert set(seen) == {np.dtype(np.float64)}


def test_an_input_that_is_not_used_has_slope_zero():
    check_grad(lambda x, y: x * 2, [1.0], [2.0])
