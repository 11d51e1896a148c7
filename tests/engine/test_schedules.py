"""Each schedule equals the class of torch that its docstring names."""

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from coursekit.engine import schedules

STEPS = 90
CASES = {
    "steps": (
        schedules.steps(0.1, every=7, factor=0.5),
        lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.5),
    ),
    "cosine": (
        schedules.cosine(0.1, period=10, growth=2, lowest=0.01),
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2, eta_min=0.01),
    ),
    "cosine, equal periods": (
        schedules.cosine(0.1, period=12),
        lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=12),
    ),
    "one cycle": (
        schedules.one_cycle(0.1, total=STEPS),
        lambda o: lr_scheduler.OneCycleLR(o, max_lr=0.1, total_steps=STEPS),
    ),
    "one cycle, long warm-up": (
        schedules.one_cycle(0.1, total=STEPS, warm_up=0.5, start=10, end=100),
        lambda o: lr_scheduler.OneCycleLR(
            o, max_lr=0.1, total_steps=STEPS, pct_start=0.5, div_factor=10, final_div_factor=100
        ),
    ),
}


def torch_optimiser() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)


@pytest.mark.parametrize("name", CASES)
def test_a_schedule_equals_that_of_torch(name):
    ours, make = CASES[name]
    optimiser = torch_optimiser()
    theirs = make(optimiser)
    expected = []
    for _ in range(STEPS):
        expected.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        theirs.step() if len(expected) < STEPS else None
    np.testing.assert_allclose([ours(step) for step in range(STEPS)], expected, rtol=1e-12)


def test_plateau_equals_that_of_torch():
    optimiser = torch_optimiser()
    theirs = lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=3)
    ours = schedules.Plateau(0.1, factor=0.5, patience=3)
    losses = np.random.default_rng(1).uniform(1, 2, 60) * np.linspace(1, 0.7, 60)
    rates = []
    for loss in losses:
        theirs.step(loss)
        rates.append(ours(loss))
        assert rates[-1] == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-12)
    assert len(set(rates)) > 3


def test_one_cycle_needs_room_to_warm_up():
    with pytest.raises(ValueError, match="one_cycle: 3 steps leave no room"):
        schedules.one_cycle(0.1, total=3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: schedules.steps(0.1, every=0), "steps: every 0; must be 1 or more"),
        (lambda: schedules.cosine(0.1, period=0), "cosine: period 0, growth 1; both must be 1"),
        (lambda: schedules.cosine(0.1, period=5, growth=0), "period 5, growth 0; both must be 1"),
        (lambda: schedules.one_cycle(0.1, total=9, warm_up=1.0), "or none to come down"),
        (lambda: schedules.one_cycle(0.1, total=9)(9), "step 9, but total=9; the last is 8"),
    ],
)
def test_a_schedule_that_would_not_end_or_go_wrong_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
