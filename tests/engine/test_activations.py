"""The teaching functions: derivatives are slopes, and values are those of the operations."""

import numpy as np
import pytest

from coursekit.engine import Tensor, activations, ops
from coursekit.engine.nn import functional as F

X = np.concatenate([np.linspace(-6, 6, 40), [-700.0, 700.0]])  # never 0, where two have a corner

PAIRS = [
    (activations.sigmoid, activations.d_sigmoid, ops.sigmoid),
    (activations.tanh, activations.d_tanh, ops.tanh),
    (activations.relu, activations.d_relu, ops.relu),
    (activations.leaky_relu, activations.d_leaky_relu, F.leaky_relu),
    (activations.elu, activations.d_elu, F.elu),
    (activations.swish, activations.d_swish, F.swish),
    (activations.gelu, activations.d_gelu, F.gelu),
    (activations.gelu_tanh, activations.d_gelu_tanh, lambda x: F.gelu(x, "tanh")),
]
WITH_A_KNOB = [
    (activations.leaky_relu, activations.d_leaky_relu, F.leaky_relu, 0.3),
    (activations.elu, activations.d_elu, F.elu, 0.5),
    (activations.swish, activations.d_swish, F.swish, 2.5),
]


@pytest.mark.parametrize(("f", "df", "operation"), PAIRS)
def test_function_and_derivative_agree_with_the_operation(f, df, operation):
    x = Tensor(X, requires_grad=True)
    y = operation(x)
    y.sum().backward()
    np.testing.assert_allclose(f(X), y.data, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(df(X), x.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("f", "df", "operation", "knob"), WITH_A_KNOB)
def test_the_knob_means_the_same_in_both(f, df, operation, knob):
    x = Tensor(X, requires_grad=True)
    y = operation(x, knob)
    y.sum().backward()
    np.testing.assert_allclose(f(X, knob), y.data, rtol=1e-12)
    np.testing.assert_allclose(df(X, knob), x.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("f", "df", "operation"), PAIRS)
def test_the_derivative_is_the_slope(f, df, operation):
    x, h = X[:-2], 1e-6
    np.testing.assert_allclose(df(x), (f(x + h) - f(x - h)) / (2 * h), rtol=1e-6, atol=1e-9)


def test_softmax_survives_large_scores_and_each_row_has_its_own_maximum():
    rows = activations.softmax([[1000.0, 999.0], [-1000.0, -1001.0]])
    np.testing.assert_allclose(rows.sum(-1), 1)
    np.testing.assert_allclose(rows[0], rows[1])


def test_the_jacobian_of_softmax_is_full_and_its_columns_sum_to_0():
    x = np.array([[2.0, 1.0, 0.1], [0.3, 0.2, -4.0]])
    jacobian = activations.d_softmax(x)
    for row in range(2):
        for j in range(3):
            step = np.zeros(3)
            step[j] = 1e-6
            slope = activations.softmax(x[row] + step) - activations.softmax(x[row] - step)
            np.testing.assert_allclose(jacobian[row][:, j], slope / 2e-6, rtol=1e-6)
    np.testing.assert_allclose(jacobian.sum(-2), 0, atol=1e-15)
    assert jacobian[0, 0, 1] < -0.14  # far from 0: the diagonal alone would be wrong


def test_the_table_lists_the_eight_of_the_course():
    assert len(activations.ACTIVATIONS) == 8
    for f, df in activations.ACTIVATIONS.values():
        assert np.shape(f([0.5, 1.0])) == (2,)
        assert np.shape(df([0.5, 1.0]))[:1] == (2,)
