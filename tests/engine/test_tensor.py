"""Tensor and the backward walk: what is remembered, walked, and refused."""

import re

import numpy as np
import pytest

from coursekit.engine import GraphError, ShapeError, Tensor, no_grad, ops
from coursekit.engine.tensor import operation, walk


def leaf(*values: float) -> Tensor:
    return Tensor(list(values), requires_grad=True)


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1.0, np.float32),
        ([1, 2], np.float32),
        (np.array([1, 2]), np.float32),
        (np.array([True]), np.float32),
        (np.float64(1.0), np.float64),
        (np.array([1.0]), np.float64),
        (np.array([1.0], np.float32), np.float32),
        (np.array([1.0], np.float16), np.float32),
    ],
)
def test_numbers_become_float32_and_chosen_float64_stays(data, dtype):
    assert Tensor(data).dtype == dtype


def test_a_tensor_of_words_is_refused():
    with pytest.raises(TypeError, match="holds numbers, this is an array of <U5"):
        Tensor(["three"])


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2.0), np.array(2.0), np.arange(1.0, 3.0)])
@pytest.mark.parametrize("operator", ["add", "sub", "mul", "truediv", "pow"])
def test_numbers_and_arrays_on_either_side_keep_float32(number, operator):
    w = leaf(1.5, 2.5)
    for result in (getattr(w, f"__{operator}__")(number), getattr(w, f"__r{operator}__")(number)):
        assert isinstance(result, Tensor)
        assert result.dtype == np.float32
        assert result.requires_grad


def test_an_array_on_the_left_asks_the_tensor():
    w = leaf(1.0, 2.0)
    product = np.array([3.0, 4.0]) * w
    assert isinstance(product, Tensor)
    assert isinstance(np.float64(3.0) * w, Tensor)
    assert isinstance(np.ones((4, 2)) @ w, Tensor)


def test_a_constant_times_a_parameter_trains_the_parameter():
    w = leaf(1.0, 2.0)
    (Tensor([3.0, 4.0]) * w).sum().backward()
    np.testing.assert_array_equal(w.grad, [3, 4])


def test_a_tensor_used_twice_collects_both_gradients():
    a, b, c = leaf(1.0), leaf(2.0), leaf(3.0)
    ((a + b) + (b + c)).backward()
    assert (a.grad, b.grad, c.grad) == (1, 2, 1)


def test_a_diamond_passes_on_only_when_all_have_paid_in():
    x = leaf(3.0)
    y = x * 2
    (y * y + y).backward()  # 4x^2 + 2x
    assert x.grad == 8 * 3 + 2


def test_a_tensor_used_by_two_products_passes_each_gradient_once():
    """In the engine of the source the two were off by 109 % and 49 %."""
    rng = np.random.default_rng(0)
    x, w0, w1, w2 = (Tensor(rng.standard_normal((2, 2)), requires_grad=True) for _ in range(4))
    h = x @ w0
    (h @ w1 + h @ w2).sum().backward()
    g = np.ones((2, 2)) @ (w1.data + w2.data).T
    np.testing.assert_allclose(w0.grad, x.data.T @ g)
    np.testing.assert_allclose(x.grad, g @ w0.data.T)


def test_a_tensor_used_in_a_product_and_a_sum():
    h = Tensor(np.ones((2, 2)), requires_grad=True)
    w = Tensor(np.full((2, 2), 3.0), requires_grad=True)
    (h.mm(w) + h).sum().backward()
    np.testing.assert_array_equal(h.grad, np.full((2, 2), 7.0))


def test_a_chain_of_50000_additions_needs_no_recursion():
    x = leaf(1.0)
    y = x
    for _ in range(50_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1


def test_two_leaves_never_share_one_gradient():
    p, q = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (p + q).sum().backward()
    p.grad *= 0
    np.testing.assert_array_equal(q.grad, [1, 1])


def test_leaves_own_their_gradient_when_the_pull_back_gives_a_view():
    p, q = Tensor(np.ones((2, 3)), requires_grad=True), Tensor(np.ones(6), requires_grad=True)
    (p.reshape(6) + q).sum().backward()
    assert p.grad.flags.writeable
    p.grad *= 0
    np.testing.assert_array_equal(q.grad, np.ones(6))


def test_a_given_gradient_is_not_kept_by_the_leaf():
    x = leaf(1.0, 2.0)
    given = np.ones(2, np.float32)
    x.backward(given)
    x.grad *= 5
    np.testing.assert_array_equal(given, [1, 1])


def test_a_leaf_has_its_own_copy_of_the_numbers():
    numbers = np.ones(2)
    w = Tensor(numbers, requires_grad=True)
    w.data -= 1
    np.testing.assert_array_equal(numbers, [1, 1])


def test_gradients_add_up_over_two_walks():
    w = leaf(2.0)
    (w * 3).backward()
    (w * 4).backward()
    assert w.grad == 7


def test_slices_add_into_one_gradient_beside_other_uses():
    x = Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    (x[0] * 2).sum().backward()
    np.testing.assert_array_equal(x.grad, [[2, 2, 2], [0, 0, 0]])
    x.grad = None
    y = x * 1
    (y.sum() + y[:, 1].sum() + y[1:].sum() + (y * y).sum()).backward()
    np.testing.assert_array_equal(x.grad, 1 + 2 * x.data + [[0, 1, 0], [1, 2, 1]])


@pytest.mark.parametrize(
    ("index", "counts"),
    [
        ([0, 0, 2], [2, 0, 1, 0]),
        ([-1, 3, 1], [0, 1, 0, 2]),
        (np.array([[1, 1], [1, 0]]), [1, 3, 0, 0]),
        (((1, 1, 0),), [1, 2, 0, 0]),
        ((range(2),), [1, 1, 0, 0]),
        (np.int64(2), [0, 0, 1, 0]),
        (True, [1, 1, 1, 1]),
        (np.array([True, False, True, False]), [1, 0, 1, 0]),
        ((Ellipsis, -2), [0, 0, 1, 0]),
        (slice(None, None, -2), [0, 1, 0, 1]),
        (None, [1, 1, 1, 1]),
    ],
)
def test_an_element_picked_twice_gets_two_shares(index, counts):
    x = leaf(1.0, 2.0, 3.0, 4.0)
    x[index].sum().backward()
    np.testing.assert_array_equal(x.grad, counts)


def test_the_second_walk_raises_and_changes_nothing():
    w = leaf(2.0)
    kept = w * w
    loss = kept * w
    loss.backward()
    before, newest = w.grad.copy(), leaf(5.0)
    with pytest.raises(GraphError, match=r"walked before.*h = h\.detach\(\)"):
        (kept + w * newest).backward()
    np.testing.assert_array_equal(w.grad, before)
    assert newest.grad is None


def test_a_retained_graph_can_be_walked_again():
    w = leaf(2.0)
    loss = w * w
    loss.backward(retain_graph=True)
    loss.backward()
    assert w.grad == 8


def test_a_hidden_state_carried_over_must_be_detached():
    w, h = leaf(0.5), Tensor([1.0])
    for _ in range(2):
        h = (h.detach() * w).tanh()
        h.sum().backward()
    h = h * w
    with pytest.raises(GraphError, match="hidden state"):
        h.sum().backward()


def test_backward_from_many_numbers_names_the_remedy():
    with pytest.raises(GraphError, match=r"this tensor is \(2,\)\. Did you mean \.mean\(\)"):
        (leaf(1.0, 2.0) * 2).backward()


def test_backward_without_a_leaf_names_the_remedy():
    with pytest.raises(GraphError, match="requires_grad=True and compute outside no_grad"):
        Tensor([1.0]).backward()
    with pytest.raises(GraphError, match=r"stack\(\[\.\.\.\]\) keeps it"):
        Tensor([leaf(1.0).sum(), leaf(2.0).sum()]).mean().backward()


def test_a_start_gradient_of_another_shape_is_refused():
    with pytest.raises(ShapeError, match=r"gradient is \(3,\), the tensor is \(2,\)"):
        (leaf(1.0, 2.0) * 2).backward(np.ones(3))


def test_no_grad_records_nothing_and_ends():
    w = leaf(1.0)
    with no_grad():
        assert not (w * 2).requires_grad
    assert (w * 2).requires_grad

    @no_grad()
    def predict() -> Tensor:
        return w * 2

    assert not predict().requires_grad
    with pytest.raises(RuntimeError), no_grad():
        raise RuntimeError
    assert (w * 2).requires_grad


def test_writing_into_a_tensor_is_refused():
    with pytest.raises(GraphError, match=r"where\(mask, a, b\), or write to x\.data"):
        leaf(1.0, 2.0)[0] = 5.0


def test_comparisons_give_plain_arrays():
    x = leaf(1.0, 2.0, 3.0)
    np.testing.assert_array_equal(x > 2, [False, False, True])
    np.testing.assert_array_equal(x <= Tensor([1.0, 5.0, 1.0]), [True, True, False])
    np.testing.assert_array_equal(np.float64(2) > x, [True, False, False])
    np.testing.assert_array_equal(x >= 2.0, [False, True, True])


def test_equal_numbers_are_compared_one_by_one():
    x = leaf(0.0, 2.0, 3.0)
    np.testing.assert_array_equal(x == 0, [True, False, False])
    np.testing.assert_array_equal(x != Tensor([0.0, 2.0, 5.0]), [False, False, True])
    assert len({x, leaf(0.0, 2.0, 3.0)}) == 2
    assert {x: "found"}[x] == "found"


def test_a_tensor_is_true_as_its_only_number_is():
    assert Tensor(0.5)
    assert not Tensor([0.0])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(leaf(1.0, 2.0))


def test_a_loss_can_be_printed_with_a_format():
    loss = Tensor(np.array(2.0)) / 3
    assert f"{loss:.3f}" == "0.667"
    assert f"{Tensor([1.0])}" == "Tensor([1.])"


@pytest.mark.parametrize("dtype", [int, "float16", bool])
def test_a_tensor_of_whole_numbers_is_refused(dtype):
    with pytest.raises(TypeError, match="holds float32 or float64, not "):
        Tensor([1.5], dtype=dtype)


def test_numpy_reads_a_tensor():
    x = leaf(1.0, 2.0)
    np.testing.assert_array_equal(np.asarray(x), [1, 2])
    assert np.asarray(x) is x.data
    assert float(x[1]) == 2.0
    assert len(x) == 2


def test_a_tensor_shows_its_numbers_and_where_they_come_from():
    w = leaf(1.0, 2.0)
    assert repr(w) == "Tensor([1., 2.], requires_grad=True)"
    assert repr(w * 2) == "Tensor([2., 4.], from mul)"
    assert repr(Tensor(np.array(2.5))) == "Tensor(2.5, dtype=float64)"
    loss = w.sum()
    loss.backward()
    assert repr(loss) == "Tensor(3., walked)"
    assert operation(w) == "leaf"


def test_the_walk_shows_each_tensor_once_newest_first():
    w = leaf(2.0)
    y = w * 3
    z = y * y
    visited = [(operation(tensor), gradient.item()) for tensor, gradient in walk(z, np.ones(1))]
    assert visited == [("mul", 1.0), ("mul", 12.0), ("leaf", 36.0)]


def test_an_input_that_needs_no_gradient_is_forgotten():
    w, x = leaf(1.0), Tensor([2.0])
    assert [parent for parent, _ in (w * x).inputs] == [w]
    assert not (x * x).inputs
    assert not (x * x).requires_grad


def test_shapes_that_do_not_broadcast_are_named():
    message = re.escape("add: shapes (3, 4) and (4, 3) do not broadcast")
    with pytest.raises(ShapeError, match=message):
        Tensor(np.ones((3, 4))) + Tensor(np.ones((4, 3)))


def test_an_operation_of_a_plain_array_is_told_to_wrap_it():
    with pytest.raises(TypeError, match=r"wrap the array, Tensor\(x\)"):
        ops.exp(np.ones(3))
