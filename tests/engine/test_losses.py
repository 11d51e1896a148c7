"""Losses: what they refuse and why, and values that can be worked out by hand."""

import re

import numpy as np
import pytest

from coursekit.engine import ShapeError, Tensor
from coursekit.engine.losses import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    mse,
    one_hot,
)

LOGITS = Tensor(np.random.default_rng(0).standard_normal((4, 3)), requires_grad=True)


def test_a_float_target_is_refused_and_told_what_to_do():
    with pytest.raises(
        ValueError, match=r"must be whole numbers, these are float64 of shape \(4,\)"
    ):
        cross_entropy(LOGITS, np.array([0.0, 1.0, 2.0, 1.0]))
    with pytest.raises(ValueError, match=r"Use y\.astype\(int\).* a Tensor holds floats"):
        cross_entropy(LOGITS, Tensor([0, 1, 2, 1]))


@pytest.mark.parametrize(("wrong", "named"), [(3, "3"), (-1, "-1"), (7, "7")])
def test_a_class_outside_the_range_is_named(wrong, named):
    with pytest.raises(ValueError, match=re.escape(f"class {named} is outside 0..2")):
        cross_entropy(LOGITS, np.array([0, wrong, 2, 1]))
    with pytest.raises(ValueError, match=re.escape(f"one_hot: class {named} is outside 0..2")):
        one_hot([0, wrong], 3)


@pytest.mark.parametrize("target", [np.zeros(3, int), np.zeros((4, 1), int), np.zeros((4, 2))])
def test_a_target_of_another_shape_is_refused(target):
    with pytest.raises(ShapeError, match=r"logits are \(4, 3\), target is .*; need \(4,\) class"):
        cross_entropy(LOGITS, target)


def test_as_many_rows_as_classes_cannot_be_mistaken():
    """The engine of the source took indices for one-hot rows when both had the same length."""
    logits = Tensor(np.zeros((5, 5)))
    assert cross_entropy(logits, np.arange(5)).item() == pytest.approx(np.log(5))
    with pytest.raises(ShapeError):
        cross_entropy(logits, np.arange(5)[:, None])


def test_class_numbers_and_one_hot_rows_cost_the_same():
    classes = np.array([0, 2, 1, 2])
    by_number, by_row = cross_entropy(LOGITS, classes), cross_entropy(LOGITS, one_hot(classes, 3))
    assert by_number.item() == pytest.approx(by_row.item(), rel=1e-12)
    assert cross_entropy(LOGITS, np.eye(3, dtype=int)[classes]).item() == pytest.approx(
        by_row.item()
    )


def test_logits_of_1000_do_not_overflow():
    logits = Tensor(np.array([[1000.0, 0.0], [0.0, 1000.0]]), requires_grad=True)
    loss = cross_entropy(logits, np.array([0, 0]))
    loss.backward()
    assert loss.item() == pytest.approx(500)
    np.testing.assert_allclose(logits.grad, [[0, 0], [-0.5, 0.5]])


def test_softmax_twice_has_a_floor():
    """The page says it: 1.461 for ten classes, 0.551 for three."""
    for classes, floor in ((10, 1.461), (3, 0.551)):
        certain = Tensor(np.eye(classes) * 1000).softmax()
        assert cross_entropy(certain, np.arange(classes)).item() == pytest.approx(floor, abs=5e-4)


def test_class_numbers_of_one_example_are_not_taken_for_probabilities():
    with pytest.raises(ValueError, match=r"these go from 0 to 2\. Class numbers need \(\)"):
        cross_entropy(Tensor([0.5, 1.0, 2.0]), np.array([0, 1, 2]))
    assert cross_entropy(Tensor([0.0, 0.0]), 1).item() == pytest.approx(np.log(2))


def test_logits_may_be_a_plain_array():
    plain, y = LOGITS.data, np.array([0, 1, 2, 1])
    assert cross_entropy(plain, y).item() == cross_entropy(LOGITS, y).item()
    yes = np.ones((4, 3))
    ours = binary_cross_entropy_with_logits(plain, yes)
    assert ours.item() == binary_cross_entropy_with_logits(LOGITS, yes).item()


def test_one_number_is_no_row_of_logits():
    with pytest.raises(ShapeError, match=r"logits are one number; need \(\.\.\., V\)"):
        cross_entropy(Tensor(1.0), 0)


@pytest.mark.parametrize("share", [-0.1, 2])
def test_label_smoothing_is_a_share(share):
    with pytest.raises(ValueError, match=f"label_smoothing is {share}; need 0 to 1"):
        cross_entropy(LOGITS, np.zeros(4, int), label_smoothing=share)


def test_padding_costs_nothing_and_does_not_dilute_the_mean():
    target = np.array([0, 1, -100, -100])
    loss = cross_entropy(LOGITS, target)
    assert loss.item() == pytest.approx(cross_entropy(LOGITS[:2], target[:2]).item())
    LOGITS.grad = None
    loss.backward()
    np.testing.assert_array_equal(LOGITS.grad[2:], 0)


def test_a_batch_of_padding_alone_has_no_mean():
    with pytest.raises(ShapeError, match="at least one target that counts"):
        cross_entropy(LOGITS, np.full(4, -100))
    with pytest.raises(ShapeError, match="at least one target that counts"):
        mse(Tensor([]), [])


def test_an_unknown_reduction_is_refused():
    with pytest.raises(ValueError, match='reduction is \'average\'; one of "mean", "sum", "none"'):
        cross_entropy(LOGITS, np.zeros(4, int), reduction="average")


def test_one_loss_for_each_token_can_be_had():
    each = cross_entropy(Tensor(np.zeros((2, 5, 3))), np.zeros((2, 5), int), reduction="none")
    np.testing.assert_allclose(each.data, np.full((2, 5), np.log(3)))


def test_mse_refuses_shapes_that_would_broadcast():
    with pytest.raises(ShapeError, match=r"predictions are \(4, 1\), targets \(4,\)"):
        mse(Tensor(np.ones((4, 1))), np.ones(4))


def test_binary_cross_entropy_takes_logits_however_far():
    logits = Tensor(np.array([-800.0, 0.0, 800.0]), requires_grad=True)
    loss = binary_cross_entropy_with_logits(logits, np.array([1.0, 0.0, 1.0]))
    loss.backward()
    assert loss.item() == pytest.approx((800 + np.log(2)) / 3)
    np.testing.assert_allclose(logits.grad, np.array([-1, 0.5, 0]) / 3)
    with pytest.raises(ShapeError, match=r"logits are \(3,\), target is \(3, 1\)"):
        binary_cross_entropy_with_logits(logits, np.ones((3, 1)))


def test_one_hot_of_any_shape():
    rows = one_hot([[0, 2], [1, 1]], 3)
    assert rows.shape == (2, 2, 3)
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows.argmax(-1), [[0, 2], [1, 1]])
    np.testing.assert_array_equal(rows.sum(-1), 1)
