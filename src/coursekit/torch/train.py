"""One training loop: steps, evaluation without gradients, progress, checkpoints."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm import tqdm

from coursekit.torch import checkpoint

IGNORE = -100  # a target that does not count: what follows the end of a row


@dataclass
class History:
    """What a run has come to."""

    step: int = 0  # steps taken
    seconds: float = 0.0  # processor time, of all parts of an interrupted run
    at: list[int] = field(default_factory=list)  # the steps after which it was evaluated
    train: list[float] = field(default_factory=list)  # mean loss of the steps before that
    dev: list[float] = field(default_factory=list)  # what `evaluate` found


def train(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loss: Callable[[], Tensor],
    *,
    lr: Callable[[int], float],
    steps: int,
    every: int,
    evaluate: Callable[[], float],
    clip: float | None = None,
    generators: Sequence[torch.Generator] = (),
    file: Path | None = None,
    resume: bool = False,
    title: str = "",
) -> History:
    """Take `steps` steps on `loss()`, which draws its batch from one of `generators`.

    After each `every` steps, and after the last, the model is evaluated and everything is saved to
    `file`. With `resume`, a run goes on from there as if it had never stopped. `title` names the
    progress bar; without one there is none.
    """
    history = History()
    if resume and file is not None and file.exists():
        kept = checkpoint.load(file, model, optimizer, generators=generators)
        history = History(**kept)
    before, begun = history.seconds, time.process_time()
    total, since = torch.zeros((), device=next(model.parameters()).device), history.step
    hidden = None if title else True  # None: unless a person is watching
    bar = tqdm(desc=title, total=steps, initial=history.step, disable=hidden, unit="step")
    model.train()
    with bar:
        for step in range(history.step, steps):
            for group in optimizer.param_groups:
                group["lr"] = lr(step)
            value = loss()
            optimizer.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            if clip is not None:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            total += value.detach()
            bar.update()
            if (step + 1) % every and step + 1 < steps:
                continue
            history.step = step + 1
            history.at.append(history.step)
            history.train.append(total.item() / (history.step - since))
            history.dev.append(evaluate())
            history.seconds = before + time.process_time() - begun
            bar.set_postfix(
                train=f"{history.train[-1]:.3f}", dev=f"{history.dev[-1]:.3f}", refresh=False
            )
            total, since = torch.zeros_like(total), history.step
            if file is not None:
                checkpoint.save(
                    file, model, optimizer, generators=generators, about=asdict(history)
                )
            model.train()
    return history


@torch.no_grad()
def mean_loss(model: nn.Module, inputs: Tensor, targets: Tensor, *, batch: int = 4096) -> float:
    """The mean cross-entropy of all targets, in evaluation mode, without gradients.

    Shapes: inputs (N, T), targets (N,) or (N, T) with IGNORE where there is none.
    Units:  nats per token.
    """
    model.eval()
    total = 0.0
    for x, y in zip(torch.split(inputs, batch), torch.split(targets, batch), strict=True):
        scores = model(x).flatten(0, -2)
        total += cross_entropy(scores, y.flatten(), ignore_index=IGNORE, reduction="sum").item()
    return total / int((targets != IGNORE).sum())
