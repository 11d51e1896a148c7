"""Optimisers equal torch.optim over 50 steps, and refuse steps that cannot be meant."""

import weakref

import numpy as np
import pytest
import torch

from coursekit.engine import GraphError, Tensor, nn
from coursekit.engine.optim import PIECE, SGD, Adam, AdamW, RMSprop, clip_grad_norm_, find_lr

RNG = np.random.default_rng(0)
LARGE = (PIECE + 1,), (130, 300)
STARTS = [*(RNG.standard_normal(shape) for shape in ((3, 2), 4, *LARGE)), np.array(0.7)]
GRADIENTS = [[RNG.standard_normal(p.shape) for p in STARTS] for _ in range(50)]

CASES = [
    (SGD, {"lr": 0.1}),
    (SGD, {"lr": 0.1, "weight_decay": 0.3}),
    (SGD, {"lr": 0.1, "momentum": 0.9}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "dampening": 0.4, "weight_decay": 0.1}),
    (SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (RMSprop, {"lr": 0.01}),
    (RMSprop, {"lr": 0.01, "alpha": 0.9, "momentum": 0.8, "weight_decay": 0.1, "eps": 1e-6}),
    (RMSprop, {"lr": 0.01, "centered": True, "momentum": 0.5}),
    (Adam, {}),
    (Adam, {"lr": 0.01, "betas": (0.7, 0.99), "eps": 1e-6, "weight_decay": 0.2}),
    (AdamW, {}),
    (AdamW, {"lr": 0.01, "betas": (0.7, 0.99), "weight_decay": 0.2}),
]


@pytest.mark.parametrize(("optimiser", "settings"), CASES)
def test_50_steps_equal_those_of_torch(optimiser, settings):
    ours = [Tensor(p, requires_grad=True) for p in STARTS]
    theirs = [torch.tensor(p, requires_grad=True) for p in STARTS]
    our_steps = optimiser(ours, **settings)
    their_steps = getattr(torch.optim, optimiser.__name__)(theirs, **settings)
    for gradients in GRADIENTS:
        for p, q, gradient in zip(ours, theirs, gradients, strict=True):
            p.grad = gradient.copy()
            q.grad = torch.tensor(gradient)
        our_steps.step()
        their_steps.step()
        for p, q, gradient in zip(ours, theirs, gradients, strict=True):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-9, atol=1e-12)
            np.testing.assert_array_equal(p.grad, gradient)  # a step leaves the gradient alone


@pytest.mark.parametrize(
    ("shape", "pieces"), [((PIECE,), 1), ((PIECE + 1,), 2), ((130, 300), 2), ((1, 2 * PIECE), 1)]
)
def test_a_large_parameter_is_updated_in_pieces_of_whole_rows(shape, pieces, monkeypatch):
    seen = []
    monkeypatch.setattr(SGD, "update", lambda self, p, *others: seen.append(p))
    w = Tensor(np.zeros(shape), requires_grad=True)
    w.grad = np.ones(shape)
    SGD([w], 0.1).step()
    assert len(seen) == pieces
    np.testing.assert_array_equal(np.concatenate(seen), w.data)
    assert all(np.shares_memory(piece, w.data) for piece in seen)


@pytest.mark.parametrize(("optimiser", "settings"), CASES)
def test_a_step_keeps_float32_in_the_same_array(optimiser, settings):
    w = Tensor([1.0, 2.0], requires_grad=True)
    array = w.data
    steps = optimiser([w], **settings)
    steps.lr = np.float64(0.1)
    (w * w).sum().backward()
    steps.step()
    assert w.data is array
    assert w.dtype == np.float32
    assert not np.array_equal(array, [1, 2])


def test_a_gradient_made_by_hand_may_be_a_number():
    w = Tensor(3.0, requires_grad=True)
    w.grad = 2 * w.data  # NumPy makes a number of it
    SGD([w], 0.5).step()
    assert w.item() == 0


def test_a_used_gradient_is_not_kept_alive():
    w = Tensor(np.ones(3), requires_grad=True)
    optimiser = Adam([w])
    (w * w).sum().backward()
    gradient = weakref.ref(w.grad)
    optimiser.step()
    optimiser.zero_grad()
    assert gradient() is None


def test_a_group_with_an_unknown_setting_is_refused():
    w = Tensor([1.0], requires_grad=True)
    with pytest.raises(ValueError, match=r"SGD: a group sets \['learning_rate'\]; known are lr, "):
        SGD([{"params": [w], "learning_rate": 0.1}])


def test_groups_have_settings_of_their_own():
    slow, fast = Tensor([1.0], requires_grad=True), Tensor([1.0], requires_grad=True)
    steps = SGD([{"params": [slow], "lr": 0.1}, {"params": fast}], lr=0.5)
    (slow + fast).sum().backward()
    steps.step()
    assert (slow.item(), fast.item()) == pytest.approx((0.9, 0.5))
    steps.lr = 0.2
    assert [group["lr"] for group in steps.param_groups] == [0.2, 0.2]


def test_a_frozen_parameter_stays():
    w, frozen = Tensor([1.0], requires_grad=True), Tensor([1.0], requires_grad=True)
    frozen.requires_grad = False
    steps = SGD([w, frozen], lr=0.5)
    (w * frozen).sum().backward()
    steps.step()
    assert (w.item(), frozen.item()) == (0.5, 1.0)


def test_a_forgotten_zero_grad_is_named():
    w = Tensor([1.0], requires_grad=True)
    steps = SGD([("weight", w)], lr=0.1)
    (w * 2).sum().backward()
    steps.step()
    (w * 2).sum().backward()
    with pytest.raises(GraphError, match=r"SGD\.step: parameter weight .* Call zero_grad\(\)"):
        steps.step()
    steps.zero_grad()
    (w * 2).sum().backward()
    steps.step()
    assert w.item() == pytest.approx(0.6)


def test_a_parameter_that_never_got_a_gradient_is_named():
    used, unused = Tensor([1.0], requires_grad=True), Tensor([1.0, 2.0], requires_grad=True)
    (used * 2).sum().backward()
    with pytest.raises(GraphError, match=r"parameter 1, shape \(2,\) has no gradient"):
        Adam([used, unused]).step()


@pytest.mark.parametrize("max_norm", [0.1, 100.0])
def test_a_forgotten_zero_grad_is_named_when_gradients_are_clipped_too(max_norm):
    w = Tensor(1.0, requires_grad=True)
    steps = Adam([w])
    (w * 2).backward()
    clip_grad_norm_([w], max_norm)
    steps.step()
    (w * 2).backward()
    clip_grad_norm_([w], max_norm)
    with pytest.raises(GraphError, match=r"Call zero_grad\(\).*by hand: p\.grad = None"):
        steps.step()


def test_a_parameter_given_twice_is_refused():
    w = Tensor([1.0], requires_grad=True)
    with pytest.raises(ValueError, match="SGD: the same parameter is given twice"):
        SGD([{"params": [w]}, {"params": [w], "lr": 0.5}])


def test_a_learning_rate_below_0_is_refused():
    with pytest.raises(ValueError, match=r"RMSprop: lr is -0\.1; need 0 or more"):
        RMSprop([Tensor([1.0], requires_grad=True)], lr=-0.1)


def test_a_model_instead_of_its_parameters_names_the_remedy():
    model = nn.Linear(2, 3, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"got Linear\(.*Pass model\.parameters\(\)"):
        Adam(model)


@pytest.mark.parametrize("params", [[], [np.ones(2)], [Tensor([1.0], requires_grad=True) * 2]])
def test_only_leaf_tensors_can_be_trained(params):
    with pytest.raises(ValueError, match=r"no parameter|leaf tensors"):
        SGD(params, lr=0.1)


def test_zero_grad_before_the_first_backward_does_nothing():
    w = Tensor([1.0], requires_grad=True)
    SGD([w]).zero_grad()
    assert w.grad is None


def test_nesterov_needs_momentum():
    with pytest.raises(ValueError, match="needs momentum"):
        SGD([Tensor([1.0], requires_grad=True)], nesterov=True)


@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clipping_equals_torch_and_keeps_the_direction(max_norm):
    ours = [Tensor(p, requires_grad=True) for p in STARTS]
    theirs = [torch.tensor(p, requires_grad=True) for p in STARTS]
    for p, q, gradient in zip(ours, theirs, GRADIENTS[0], strict=True):
        p.grad = gradient.copy()
        q.grad = torch.tensor(gradient)
    norm = clip_grad_norm_(ours, max_norm)
    assert norm == pytest.approx(float(torch.nn.utils.clip_grad_norm_(theirs, max_norm)))
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-9)


def test_find_lr_stops_where_the_loss_grows_and_puts_everything_back():
    w = Tensor([3.0], requires_grad=True)
    steps = SGD([w], lr=0.01, momentum=0.9)
    rates, losses = find_lr(steps, lambda: (w * w).sum(), low=1e-3, high=100.0, steps=60)
    assert rates[0] == pytest.approx(1e-3)
    assert len(rates) == len(losses) < 60
    assert 1e-2 < rates[np.argmin(losses)] < 2
    assert (w.item(), w.grad, steps.lr) == (3.0, None, 0.01)
    (w * w).sum().backward()
    steps.step()
    assert w.item() == pytest.approx(3 - 0.01 * 6)  # no velocity is left from the sweep
