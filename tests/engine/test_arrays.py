"""The helpers for plain arrays, where an operation's test would not reach them."""

import numpy as np
import pytest

from coursekit.engine import arrays


@pytest.mark.parametrize("width", [(), (3,), (40,), (2, 5)])
@pytest.mark.parametrize("n", [0, 1, 7, 900])
def test_rows_add_up_as_np_add_at_does_it(n, width):
    rng = np.random.default_rng(n)
    rows = rng.integers(0, 11, n)
    g = rng.standard_normal((n, *width))
    expected = np.zeros((11, *width))
    np.add.at(expected, rows, g)
    result = arrays.add_up_rows(rows, g, (11, *width))
    np.testing.assert_allclose(result, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [5, 4000])
def test_rows_of_float32_add_up_to_float32(n):
    g = np.ones((n, 4), np.float32)
    result = arrays.add_up_rows(np.arange(n) % 3, g, (3, 4))
    assert result.dtype == np.float32
    assert result.sum() == n * 4


@pytest.mark.parametrize("shape", [(11, 3), (3000, 3)])
def test_rows_are_counted_from_the_end_too_and_large_tables_are_sorted(shape):
    rows = np.array([0, -1, 2, -1])
    result = arrays.add_up_rows(rows, np.ones((4, 3)), shape)
    assert result[[0, 1, 2, -1], 0].tolist() == [1, 0, 1, 2]
    assert result.sum() == 12
    assert not arrays.add_up_rows(rows[:0], np.ones((0, 3)), shape).any()


@pytest.mark.parametrize("shape", [(4, 3), (3000, 3), (20, 50, 32), (200, 65)])
@pytest.mark.parametrize("axis", [-1, 0])
def test_the_largest_along_an_axis_is_that_of_numpy(shape, axis):
    x = np.random.default_rng(0).standard_normal(shape)
    for view in (x, x.swapaxes(0, 1)):
        np.testing.assert_array_equal(arrays.max_along(view, axis), view.max(axis, keepdims=True))


@pytest.mark.parametrize("product", [arrays.product_with_blas, arrays.product_without_blas])
def test_the_products_of_two_matrices_equal_matmul(product):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((3, 4)), rng.standard_normal((2, 4))
    np.testing.assert_allclose(product(a, b.T), a @ b.T, rtol=1e-12)
    np.testing.assert_allclose(product(a[:0], b.T), a[:0] @ b.T)


def test_the_sigmoid_of_far_numbers_neither_overflows_nor_vanishes_early():
    x = np.array([-700.0, -40.0, 0.0, 40.0, 700.0])
    y = arrays.logistic(x)
    np.testing.assert_allclose(y, [np.exp(-700), np.exp(-40), 0.5, 1, 1], rtol=1e-12)


@pytest.mark.parametrize(
    ("shape", "stretched"),
    [
        ((), (2, 3)),
        ((3,), (2, 3)),
        ((2, 1), (2, 3)),
        ((1, 1), (4, 1)),
        ((1,), (1,)),
        ((0,), (2, 0)),
    ],
)
def test_unbroadcast_sums_what_was_repeated(shape, stretched):
    grad = np.ones(stretched)
    result = arrays.unbroadcast(grad, shape)
    assert result.shape == shape
    assert result.sum() == grad.sum()
