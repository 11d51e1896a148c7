# %% [markdown]
"""Lesson 02: which iris is it? Nine steps, with the engine and with PyTorch side by side.

```text
Run:      python lessons/02_activations.py
Smoke:    python lessons/02_activations.py --steps 3 --repeats 1
Needs:    pip install "coursekit[torch]"; no download
Measured: 27 of 30 test flowers, with the engine and with PyTorch; their losses agree to 1e-9
          (times, hardware and versions: lessons/runs/02_activations.json)
```

The lesson's page, docs/lessons/02-activations.md, tells the story.
"""

# %% Imports
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import process_time
from timeit import repeat
from typing import Any, NamedTuple

import numpy as np
import torch
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

from coursekit.engine import data, losses, nn, no_grad, optim, plot
from coursekit.torch.cli import config_from_args
from coursekit.torch.record import write_record

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Rows = tuple[Floats, Ids, Floats, Ids]  # training x and y, validation x and y
FLOWER = np.array([6.0, 3.0, 4.7, 1.5])  # cm; measured after the training


@dataclass(frozen=True)
class Config:
    hidden: int = 16  # hidden units
    steps: int = 400  # updates at most
    patience: int = 50  # steps without a new best before training ends
    lr: float = 0.1  # learning rate
    momentum: float = 0.9  # share of the last step that is kept
    seed: int = 2  # of the split into training, validation and test rows
    repeats: int = 20  # of the 5-fold comparison with the floors
    threads: int = 1  # of PyTorch; a net this small gains nothing from more
    weights: Path = Path("build/02_activations.npz")  # where to save the trained net
    picture: Path = Path("build/02_activations.png")  # where to draw the losses
    record: bool = False  # write the numbers to lessons/runs/


# %% [markdown]
# ## The data
# 90 flowers to train, 30 to validate, 30 to test. Mean and standard deviation come from the
# training rows alone, and are kept: a new flower needs them.


# %% The data
class Flowers(NamedTuple):
    """The table, standardised, and who may use which rows."""

    x: Floats  # (150, 4)
    y: Ids  # (150,)
    train: Ids
    val: Ids
    test: Ids
    mean: Floats  # (4,) cm
    std: Floats


def split(seed: int) -> Flowers:
    """Shuffle the rows, share them out, standardise by the training rows."""
    x, y, _, _ = data.iris()
    rows = np.random.default_rng(seed).permutation(len(x))
    train, val, test = rows[:90], rows[90:120], rows[120:]
    mean, std = x[train].mean(axis=0), x[train].std(axis=0)
    return Flowers((x - mean) / std, y, train, val, test, mean, std)


# %% [markdown]
# ## Two nets that start alike
# Same layers, same names, and the engine's start values copied into PyTorch. All in float64, so
# that what differs later is no rounding.


# %% Two nets
def engine_net(hidden: int, seed: int = 0) -> nn.Sequential:
    rng = np.random.default_rng(seed)
    first, last = nn.Linear(4, hidden, rng=rng), nn.Linear(hidden, 3, rng=rng)
    net = nn.Sequential(first, nn.ReLU(), last)
    for parameter in net.parameters():
        parameter.data = parameter.data.astype(np.float64)
    return net


def torch_net(hidden: int, weights: Mapping[str, Any]) -> torch.nn.Sequential:
    first, last = torch.nn.Linear(4, hidden), torch.nn.Linear(hidden, 3)
    net = torch.nn.Sequential(first, torch.nn.ReLU(), last).double()
    net.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return net


# %% [markdown]
# ## Stop in time
# Each step tells its two losses. The best weights on the validation rows are kept, and after
# `patience` steps without a new best there is no next step.


# %% Patience
@dataclass
class History:
    """What happened so far, and the best of it."""

    patience: int
    train: list[float] = field(default_factory=list)
    val: list[float] = field(default_factory=list)
    best: int = 0  # the step with the lowest validation loss
    weights: Mapping[str, Any] = field(default_factory=dict)  # as they were then

    def note(self, train: float, val: float, weights: Mapping[str, Any]) -> None:
        """Write down the losses of one step, and the weights that gave them."""
        self.train.append(train)
        self.val.append(val)
        if len(self.val) == 1 or val < self.val[self.best]:
            self.best, self.weights = len(self.val) - 1, weights

    @property
    def enough(self) -> bool:
        """Is it time to stop?"""
        return len(self.val) - 1 - self.best >= self.patience


# %% [markdown]
# ## The same loop twice
# Read the two functions line by line beside each other.


# %% With the engine
def with_engine(net: nn.Module, rows: Rows, config: Config) -> History:
    x, y, x_val, y_val = rows
    sgd = optim.SGD(net.parameters(), config.lr, config.momentum)
    history = History(config.patience)
    for _ in range(config.steps):
        loss = losses.cross_entropy(net(x), y)
        with no_grad():
            val = losses.cross_entropy(net(x_val), y_val)
        weights = net.state_dict()  # a copy
        history.note(loss.item(), val.item(), weights)
        if history.enough:
            break
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    net.load_state_dict(history.weights)
    return history


# %% With PyTorch
def with_torch(net: torch.nn.Module, rows: Rows, config: Config) -> History:
    x, y, x_val, y_val = map(torch.from_numpy, rows)
    sgd = torch.optim.SGD(net.parameters(), config.lr, config.momentum)
    history = History(config.patience)
    for _ in range(config.steps):
        loss = cross_entropy(net(x), y)
        with torch.no_grad():
            val = cross_entropy(net(x_val), y_val)
        weights = deepcopy(net.state_dict())
        history.note(loss.item(), val.item(), weights)
        if history.enough:
            break
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    net.load_state_dict(history.weights)
    return history


# %% Time
def microseconds(train: Callable[..., History], net: Any, rows: Rows, config: Config) -> float:
    """Processor time of one step with its validation, the best of 100 runs of 20 steps."""
    short = replace(config, steps=20, patience=20)
    once = partial(train, net, rows, short)
    seconds = min(repeat(once, timer=process_time, number=1, repeat=100))
    return round(1e6 * seconds / short.steps, 1)


# %% [markdown]
# ## Save, load, use
# The file holds the weights, and the mean and standard deviation that they were trained with.
# Either library can read it.


# %% Save and load
def save(path: Path, net: nn.Sequential, flowers: Flowers) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, mean=flowers.mean, std=flowers.std, **net.state_dict())


def classify(path: Path, hidden: int, flower: Floats) -> tuple[Floats, Floats]:
    """The probabilities of the three species, by the engine and by PyTorch, from one file.

    Shapes: flower (4,) in cm -> (3,), (3,).
    """
    with np.load(path) as file:
        saved = dict(file)
    x = (flower - saved.pop("mean")) / saved.pop("std")
    net = engine_net(hidden, seed=1)  # other numbers, until it loads
    net.load_state_dict(saved)
    scores = net(x).numpy()
    e = np.exp(scores - scores.max())
    with torch.no_grad():
        p = torch.softmax(torch_net(hidden, saved)(torch.from_numpy(x)), dim=0)
    return e / e.sum(), p.numpy()


# %% [markdown]
# ## The floors
# Does the net beat what needs no net? Five folds, so that each flower is judged once; and that
# again and again on fresh shuffles, because 150 flowers are few. Fisher's own method draws the
# best straight borders for clouds of equal shape.


# %% Floors
def fisher(x: Floats, y: Ids, new: Floats) -> Ids:
    """The nearest species mean, in units of the spread within the species."""
    means = np.array([x[y == k].mean(axis=0) for k in range(3)])
    within = np.linalg.inv(np.cov((x - means[y]).T))
    apart = new[:, None] - means  # (N, 3, 4)
    distances = np.einsum("nki,ij,nkj->nk", apart, within, apart)
    return np.asarray(distances.argmin(axis=1))


def fold_results(config: Config) -> dict[str, list[int]]:
    """How many of 150 each way gets right, once for each repeat."""
    x, y, _, _ = data.iris()
    right: dict[str, list[int]] = {"fisher": [], "one_layer": [], "two_layers": []}
    for shuffle in range(config.repeats):
        rng = np.random.default_rng(shuffle)
        answers = {name: np.full(len(y), -1) for name in right}
        for fold in np.split(rng.permutation(len(y)), 5):
            rest = np.setdiff1d(np.arange(len(y)), fold)
            z = (x - x[rest].mean(axis=0)) / x[rest].std(axis=0)
            answers["fisher"][fold] = fisher(z[rest], y[rest], z[fold])
            nets = {"one_layer": nn.Linear(4, 3, rng=rng), "two_layers": engine_net(config.hidden)}
            for name, net in nets.items():
                optimizer = optim.SGD(net.parameters(), lr=config.lr, momentum=config.momentum)
                for _ in range(min(config.steps, 100)):
                    optimizer.zero_grad()
                    losses.cross_entropy(net(z[rest]), y[rest]).backward()
                    optimizer.step()
                answers[name][fold] = net(z[fold]).numpy().argmax(axis=1)
        for name, answer in answers.items():
            right[name].append(int(np.sum(answer == y)))
    return right


# %% [markdown]
# ## The picture


# %% The picture
def draw(path: Path, history: History) -> None:
    with plt.style.context("coursekit.engine.course"):
        ax = plot.losses(
            {"train": history.train, "validation": history.val},
            floor=("equal shares", float(np.log(3))),
            ylabel="loss (nats)",
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        ax.figure.savefig(path, dpi=150, facecolor=plot.PAPER)


# %% [markdown]
# ## The nine steps
# One line is printed for each step of the card.


# %% Nine steps
def main(config: Config) -> dict[str, float]:
    """Train both nets, check that they agree, save, load, use; return all numbers."""
    torch.set_num_threads(config.threads)
    net = engine_net(config.hidden)
    twin = torch_net(config.hidden, net.state_dict())
    size = sum(parameter.size for parameter in net.parameters())
    print(f"1 model         4 inputs, {config.hidden} hidden units, 3 scores: {size} parameters")
    print("2 start values  at random, the same for both libraries")
    print("3 loss          cross-entropy")
    print(f"4 optimiser     learning rate {config.lr}, momentum {config.momentum}")

    flowers = split(config.seed)
    rows = len(flowers.train), len(flowers.val), len(flowers.test)
    print("5 data          {} training, {} validation, {} test rows".format(*rows))

    x, y, train, val = flowers.x, flowers.y, flowers.train, flowers.val
    task = x[train], y[train], x[val], y[val]
    history = with_engine(net, task, config)
    again = with_torch(twin, task, config)
    apart = float(np.abs(np.subtract(history.train, again.train)).max())
    assert apart < 1e-9, f"the engine's and PyTorch's losses are {apart:.1e} apart"
    taken = len(history.train)
    print(f"6 train         {taken} steps; both libraries agree to 1e-9")

    best = history.best
    print(f"7 validate      step {best} is best: {history.train[best]:.3f} nats on the", end=" ")
    print(f"training rows, {history.val[best]:.3f} on the validation rows")

    answers = net(flowers.x[flowers.test]).numpy().argmax(axis=1)
    hits = int(np.sum(answers == flowers.y[flowers.test]))
    print(f"8 test          {hits} of {len(flowers.test)} right")

    save(config.weights, net, flowers)
    p, p_torch = classify(config.weights, config.hidden, FLOWER)
    assert np.allclose(p, p_torch, atol=1e-9), f"loaded: engine {p}, PyTorch {p_torch}"
    shown = ", ".join(f"{s} {q:.2f}" for s, q in zip(data.iris().species, p, strict=True))
    print(f"9 use           {FLOWER} cm: {shown}")

    numbers: dict[str, float] = {
        "parameters": size,
        "steps_taken": taken,
        "best_step": best,
        "training_loss": history.train[best],
        "validation_loss": history.val[best],
        "test_right": hits,
        "losses_apart": apart,  # largest difference between the libraries, at any step
        "p_versicolor": float(p[1]),
        "engine_microseconds_per_step": microseconds(with_engine, net, task, config),
        "torch_microseconds_per_step": microseconds(with_torch, twin, task, config),
    }
    for name, right in fold_results(config).items():
        mean, low, high = float(np.mean(right)), min(right), max(right)
        print(f"{name:10} {mean:.1f} of 150 on the mean, {low} to {high}")
        numbers |= {f"{name}_mean": mean, f"{name}_low": low, f"{name}_high": high}
    draw(config.picture, history)
    if config.record:
        write_record(Path("lessons/runs/02_activations.json"), numbers, config)
    return numbers


# %% Run
if __name__ == "__main__":
    main(config_from_args(Config))
