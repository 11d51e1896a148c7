"""What the operations refuse, and how they say it; what they do at the edges."""

import re

import numpy as np
import pytest

from coursekit.engine import ShapeError, Tensor, check_grad, ops
from coursekit.engine.nn import functional as F


def ones(*shape: int) -> Tensor:
    return Tensor(np.ones(shape), requires_grad=True)


REFUSED = [
    (
        lambda: ones(3, 4) + ones(4, 3),
        "add: shapes (3, 4) and (4, 3) do not broadcast: did you mean b.T?",
    ),
    (
        lambda: ones(32, 10) * ones(32),
        "mul: shapes (32, 10) and (32,) do not broadcast: did you mean b.reshape(32, 1)?",
    ),
    (
        lambda: ones(32) - ones(32, 10),
        "sub: shapes (32,) and (32, 10) do not broadcast: did you mean a.reshape(32, 1)?",
    ),
    (lambda: ones(2) / ones(3), "div: shapes (2,) and (3,) do not broadcast"),
    (lambda: ones(2) ** ones(3), "pow: shapes (2,) and (3,) do not broadcast"),
    (
        lambda: ones(3, 4) @ ones(5, 4),
        "b is (5, 4); need (..., n, k) and (..., k, m): did you mean a @ b.T?",
    ),
    (lambda: ones(3, 4) @ ones(3, 5), "did you mean a.T @ b?"),
    (lambda: ones(3, 4) @ ones(7), "matmul: a is (3, 4), b is (7,)"),
    (lambda: ones(3) @ 2.0, "for a number use *"),
    (
        lambda: ones(2, 3, 4) @ ones(5, 4, 3),
        "the leading axes (2,) and (5,) do not broadcast",
    ),
    (lambda: ones(3, 4).reshape(5, 2), "reshape: (3, 4) has 12 numbers, (5, 2) has not"),
    (lambda: ones(3, 4).expand(3, 8), "expand: (3, 4) cannot be repeated to (3, 8)"),
    (lambda: ones(2, 3, 4).T, "T needs two axes, this is (2, 3, 4)"),
    (lambda: ones(0).mean(), "mean over axis None of (0,) needs more than 0 numbers"),
    (lambda: ones(4, 1).var(1), "var over axis 1 of (4, 1) needs more than 1 numbers"),
    (
        lambda: ops.cat([ones(2, 3), ones(2, 4)]),
        "cat along axis 0: [(2, 3), (2, 4)]; all other axes",
    ),
    (lambda: ops.stack([ones(2), ones(3)]), "stack along axis 0: [(2,), (3,)]; all must"),
    (lambda: ops.stack([ones(2), ones(2)], 3), "stack along axis 3: [(2,), (2,)]"),
    (lambda: ones(3, 2).sum(2), "sum: there is no axis 2 in (3, 2)"),
    (lambda: ones(3, 2).mean(-3), "mean: there is no axis -3 in (3, 2)"),
    (lambda: ones(3, 2).max((0, 2)), "max: there is no axis (0, 2) in (3, 2)"),
    (lambda: ones(3, 0).max(1), "max over axis 1 of (3, 0) needs more than 0 numbers"),
    (lambda: ones(3, 0).softmax(), "softmax over axis -1 of (3, 0) needs more than 0 numbers"),
    (lambda: ones(3).log_softmax(1), "log_softmax: there is no axis 1 in (3,)"),
    (
        lambda: ops.where(np.ones(2, bool), ones(3), 0.0),
        "where: mask (2,), a (3,) and b () do not broadcast",
    ),
    (
        lambda: F.linear(ones(32, 5), ones(2, 3)),
        "the layer takes 3 inputs and gives 2 outputs; x is (32, 5), its last axis must be 3",
    ),
    (
        lambda: F.rnn_cell(ones(2, 3), ones(2, 5), ones(4, 3), ones(4, 4)),
        "x is (2, 3), h is (2, 5); need (B, 3) and (B, 4)",
    ),
    (
        lambda: F.conv2d(ones(2, 3, 8, 8), ones(4, 1, 3, 3)),
        "conv2d: x is (2, 3, 8, 8); need (B, 1, H, W)",
    ),
    (
        lambda: F.conv2d(ones(2, 3, 2, 8), ones(4, 3, 3, 3)),
        "conv2d: a 3 x 3 kernel does not fit into (2, 8)",
    ),
    (lambda: F.max_pool2d(ones(2, 3, 1, 8), 2), "need (B, C, H, W), H and W at least 2"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_a_shape_mistake_names_the_call_the_shapes_and_the_likely_remedy(call, message):
    with pytest.raises(ShapeError, match=re.escape(message)):
        call()


def test_an_index_outside_the_table_names_the_number_of_rows():
    with pytest.raises(IndexError, match=r"index_select: \[0 5\] for a table of 5 rows"):
        ones(5, 2).index_select(np.array([0, 5]))


def test_one_number_takes_the_shape_of_a_number():
    assert ones(1).reshape().shape == ones(1, 1).reshape(()).shape == ()


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint64])
def test_an_index_is_a_whole_number_of_any_kind(kind):
    table = Tensor(np.ones((500, 2)), requires_grad=True)
    table.index_select(np.array([1, 1, 7], kind)).sum().backward()
    assert table.grad[[0, 1, 7], 0].tolist() == [0, 2, 1]


def test_a_float_index_is_refused():
    with pytest.raises(TypeError, match=r"whole numbers, not float32\. Use ids\.astype\(int\)"):
        ones(5, 2).index_select(np.array([0.0], np.float32))


def test_dropout_needs_a_share_below_1():
    with pytest.raises(ValueError, match="dropout: p is 1, the share that becomes 0"):
        F.dropout(ones(3), 1, rng=np.random.default_rng(0))


def test_gelu_knows_two_forms():
    with pytest.raises(ValueError, match=r"approximate is 'fast'; one of \"none\", \"tanh\""):
        F.gelu(ones(3), "fast")


def test_dropout_keeps_the_mean_and_pulls_through_the_same_holes():
    x = Tensor(np.ones((200, 50)), requires_grad=True)
    y = F.dropout(x, 0.3, rng=np.random.default_rng(0))
    assert set(np.unique(y.data)) == {0.0, 1 / 0.7} or len(np.unique(y.data)) == 2
    assert y.data.mean() == pytest.approx(1, abs=0.02)
    assert (y.data == 0).mean() == pytest.approx(0.3, abs=0.02)
    y.sum().backward()
    np.testing.assert_allclose(x.grad, y.data)


def test_dropout_is_the_same_for_the_same_seed_and_off_in_use():
    x = ones(10, 10)
    first, second = (F.dropout(x, rng=np.random.default_rng(3)).data for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert F.dropout(x, training=False, rng=np.random.default_rng(3)) is x


def test_dropout_keeps_float32():
    assert F.dropout(Tensor([1.0, 2.0]), rng=np.random.default_rng(0)).dtype == np.float32


def test_a_row_without_anything_to_look_at_gets_no_weight_and_no_gradient():
    x = Tensor(np.array([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True)
    y = x.softmax(mask=np.array([[True, False], [False, False]]))
    np.testing.assert_array_equal(y.data, [[1, 0], [0, 0]])
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad, np.zeros((2, 2)))


@pytest.mark.parametrize("far", [1e4, -1e4])
def test_far_numbers_neither_overflow_nor_turn_into_nan(far):
    x = Tensor(np.array([[far, 0.0], [far, far]]), requires_grad=True)
    for operation in (ops.softmax, ops.log_softmax, ops.sigmoid, F.elu, F.swish, F.gelu):
        y = operation(x)
        x.grad = None
        y.sum().backward()
        assert np.isfinite(y.data).all()
        assert np.isfinite(x.grad).all()


@pytest.mark.parametrize("exponent", [0, 1, 2, 0.0, np.float64(2)])
def test_a_power_of_zero_has_a_finite_gradient(exponent):
    x = Tensor(np.array([0.0, -2.0]), requires_grad=True)
    (x**exponent).sum().backward()
    e = float(exponent)
    np.testing.assert_allclose(x.grad, [1.0 if e == 1 else 0.0, e * (-2.0) ** (e - 1)])


def test_zero_to_a_power_gives_the_exponent_no_gradient():
    b = Tensor(np.array([0.0, 1.0, 2.0]), requires_grad=True)
    (0.0**b).sum().backward()
    np.testing.assert_array_equal(b.grad, [0, 0, 0])


def test_the_largest_share_the_gradient_equally():
    x = Tensor(np.array([[1.0, 3.0, 3.0]]), requires_grad=True)
    x.max(1).sum().backward()
    np.testing.assert_array_equal(x.grad, [[0, 0.5, 0.5]])


def test_pooling_gives_the_gradient_to_the_first_of_equals():
    x = Tensor(np.ones((1, 1, 2, 2)), requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    np.testing.assert_array_equal(x.grad[0, 0], [[1, 0], [0, 0]])


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x[..., 0] * x[..., 1],
        lambda x: ops.cat([x, x * x], -1).var(),
        lambda x: ops.where(np.array([True, False]), x, x * x),
        lambda x: x.log_softmax().exp().softmax(0),
        lambda x: F.gelu(x, "tanh") @ x.T,
        lambda x: F.attention(x, x * 2, x - 1)[0],
    ],
)
def test_gradients_of_compositions_are_their_slopes(operation):
    check_grad(operation, np.random.default_rng(0).standard_normal((3, 2)))
