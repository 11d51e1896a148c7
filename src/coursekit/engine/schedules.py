"""Schedules: functions from the step to the learning rate.

    schedule = cosine(0.1, period=1000)
    for step in range(1000):
        optimizer.lr = schedule(step)

A schedule is a plain function, so it can be drawn before it is used. `Plateau` alone needs to see
the loss. Each equals its class in torch.optim.lr_scheduler, which the docstring names.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

Schedule: TypeAlias = Callable[[int], float]


def steps(lr: float, *, every: int, factor: float = 0.1) -> Schedule:
    """Multiply by factor after every `every` steps.  Source: StepLR."""
    if every < 1:
        raise ValueError(f"steps: every {every}; must be 1 or more")
    return lambda step: lr * factor ** (step // every)


def cosine(lr: float, *, period: int, lowest: float = 0.0, growth: int = 1) -> Schedule:
    """Half a cosine from lr down to lowest, then start again; each period is growth times longer.

    Source: CosineAnnealingWarmRestarts; SGDR, Loshchilov and Hutter 2017.
    """
    if period < 1 or growth < 1:
        raise ValueError(f"cosine: period {period}, growth {growth}; both must be 1 or more")

    def schedule(step: int) -> float:
        length = period
        while step >= length:
            step, length = step - length, length * growth
        return lowest + (lr - lowest) * (1 + math.cos(math.pi * step / length)) / 2

    return schedule


def one_cycle(
    lr: float, *, total: int, warm_up: float = 0.3, start: float = 25.0, end: float = 1e4
) -> Schedule:
    """From lr / start up to lr in the first share of the steps, then down to lr / start / end.

    Source: OneCycleLR; Smith and Topin 2018.
    """
    first, last = lr / start, lr / start / end
    peak = warm_up * total - 1
    if not 0 < peak < total - 1:
        raise ValueError(
            f"one_cycle: {total} steps leave no room to warm up in {warm_up:.0%} of them, "
            "or none to come down"
        )

    def schedule(step: int) -> float:
        if step >= total:
            raise ValueError(f"one_cycle: step {step}, but total={total}; the last is {total - 1}")
        if step <= peak:
            return _half_cosine(first, lr, step / peak)
        return _half_cosine(lr, last, (step - peak) / (total - 1 - peak))

    return schedule


class Plateau:
    """Multiply the learning rate by factor when the loss has not improved for `patience` calls.

    Source: ReduceLROnPlateau; an improvement is a fall by more than the share `threshold`.
    """

    def __init__(
        self, lr: float, *, factor: float = 0.1, patience: int = 10, threshold: float = 1e-4
    ) -> None:
        self.lr = lr
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.best = math.inf
        self.waited = 0

    def __call__(self, loss: float) -> float:
        """Take the newest validation loss, return the learning rate to go on with."""
        if loss < self.best * (1 - self.threshold):
            self.best, self.waited = loss, 0
        else:
            self.waited += 1
        if self.waited > self.patience:
            self.lr, self.waited = self.lr * self.factor, 0
        return self.lr


def _half_cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
