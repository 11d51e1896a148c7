# %% [markdown]
"""Lesson 01: how far before the car stands still? One parabola, fitted in three ways.

```text
Run:      python lessons/01_gradient_descent.py
Smoke:    python lessons/01_gradient_descent.py --steps 3
Needs:    pip install "coursekit[torch]"; no download
Measured: loss 216.494 by hand, with the engine and with PyTorch; the weights agree to 1e-6
          (times, hardware and versions: lessons/runs/01_gradient_descent.json)
```

The lesson's page, docs/lessons/01-gradient-descent.md, tells the story.
"""

# %% Imports
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time
from timeit import repeat

import numpy as np
import torch
from matplotlib import pyplot as plt
from numpy.typing import NDArray

from coursekit.engine import Tensor, data, optim, plot
from coursekit.torch.cli import config_from_args
from coursekit.torch.record import write_record

Floats = NDArray[np.float64]
RATES = (0.001, 0.01, 0.1)  # among which the validation rows choose


@dataclass(frozen=True)
class Config:
    steps: int = 100  # updates, in every fit
    lr: float = 0.2  # learning rate of the three fits to all rows
    seed: int = 0  # of the split into training, validation and test rows
    picture: Path = Path("build/01_gradient_descent.png")  # where to draw the result
    record: bool = False  # write the numbers to lessons/runs/


# %% [markdown]
# ## The model
# A parabola is a table with three columns times three weights. The speed is standardised:
# counted in standard deviations from the mean.


# %% The model
def table(speed: Floats, mean: float, std: float) -> Floats:
    """The columns that the weights multiply. Shapes: (N,) -> (N, 3)."""
    s = (speed - mean) / std  # (N,)
    return np.stack([s**2, s, np.ones_like(s)], axis=1)


def mse(X: Floats, y: Floats, w: Floats) -> float:
    """Mean squared error of the weights on these rows."""
    return float(np.mean((X @ w - y) ** 2))


# %% [markdown]
# ## Three ways to the same weights
# By hand, we write the gradient ourselves. The engine and PyTorch find it from the loss.


# %% By hand
def by_hand(X: Floats, y: Floats, lr: float, steps: int) -> Floats:
    w = np.zeros(3)
    for _ in range(steps):
        gradient = 2 * X.T @ (X @ w - y) / len(y)  # (3,)
        w = w - lr * gradient
    return w


# %% With the engine
def with_engine(X: Floats, y: Floats, lr: float, steps: int) -> Floats:
    w = Tensor(np.zeros(3), requires_grad=True)
    optimizer = optim.SGD([w], lr=lr)
    for _ in range(steps):
        loss = ((X @ w - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.numpy()


# %% With PyTorch
def with_torch(X: Floats, y: Floats, lr: float, steps: int) -> Floats:
    inputs, targets = torch.from_numpy(X), torch.from_numpy(y)
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    for _ in range(steps):
        loss = ((inputs @ w - targets) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return w.detach().numpy()


# %% [markdown]
# ## The nine steps
# One line is printed for each step of the card.


# %% Nine steps
def nine_steps(config: Config) -> tuple[dict[str, float], plot.Curve]:
    """The whole procedure on a split of the rows: what it found, and the fitted parabola."""
    print("1 model         w1 s^2 + w2 s + w3, s = standardised speed")
    print("2 start values  w1 = w2 = w3 = 0")
    print("3 loss          mean squared error")
    print(f"4 optimiser     gradient descent, learning rates {RATES}, {config.steps} steps")

    speed, distance = data.braking()
    rows = np.random.default_rng(config.seed).permutation(len(speed))
    train, val, test = rows[:30], rows[30:40], rows[40:]
    mean, std = float(speed[train].mean()), float(speed[train].std())  # training rows alone
    X = table(speed, mean, std)
    print(f"5 data          {len(train)} training, {len(val)} validation, {len(test)} test rows")

    fits = {lr: by_hand(X[train], distance[train], lr, config.steps) for lr in RATES}
    trained = {lr: mse(X[train], distance[train], w) for lr, w in fits.items()}
    print(f"6 train         losses {', '.join(f'{loss:.1f}' for loss in trained.values())}")

    validated = {lr: mse(X[val], distance[val], w) for lr, w in fits.items()}
    lr = min(validated, key=lambda rate: validated[rate])
    print(f"7 validate      loss {validated[lr]:.1f} chooses learning rate {lr}")

    tested = mse(X[test], distance[test], fits[lr])
    print(f"8 test          loss {tested:.1f}")

    def parabola(x: Floats) -> Floats:
        return table(x, mean, std) @ fits[lr]

    at_30 = float(parabola(np.array([30.0]))[0])
    print(f"9 use           at 30 mph: {at_30:.0f} feet (nobody measured it)")
    found = {
        "chosen_lr": lr,
        "training_loss": trained[lr],
        "validation_loss": validated[lr],
        "test_loss": tested,
        "feet_at_30_mph": at_30,
    }
    return found, parabola


# %% [markdown]
# ## The picture
# Two parabolas: one from the training rows, one from all rows. Beyond the dots they part.


# %% The picture
def draw(path: Path, curves: dict[str, plot.Curve]) -> None:
    """Save the dots and the curves, both drawn as far as 32 mph."""
    speed, distance = data.braking()
    with plt.style.context("coursekit.engine.course"):
        ax = plot.points(
            speed,
            distance,
            curves=curves,
            span=(4, 32),
            xlabel="speed (mph)",
            ylabel="distance (feet)",
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        ax.figure.savefig(path, dpi=150, facecolor=plot.PAPER)


# %% [markdown]
# ## All of it


# %% Main
def main(config: Config) -> dict[str, float]:
    """Fit in three ways, check that they agree, run the nine steps; return all numbers."""
    speed, distance = data.braking()
    mean, std = float(speed.mean()), float(speed.std())
    X = table(speed, mean, std)
    ways = {"by_hand": by_hand, "engine": with_engine, "torch": with_torch}
    numbers: dict[str, float] = {}
    weights = {name: fit(X, distance, config.lr, config.steps) for name, fit in ways.items()}
    for name, fit in ways.items():
        once = partial(fit, X, distance, config.lr, config.steps)
        seconds = min(repeat(once, timer=process_time, number=1, repeat=20))  # of the processor
        apart = float(np.abs(weights[name] - weights["by_hand"]).max())
        assert apart < 1e-6, f"the fit {name} is {apart:.1e} away from the fit by hand"
        numbers |= {
            f"{name}_loss": mse(X, distance, weights[name]),
            f"{name}_apart": apart,  # largest difference to the weights by hand
            f"{name}_microseconds_per_step": round(1e6 * seconds / config.steps, 1),
        }
        print(f"{name:8} loss {numbers[f'{name}_loss']:.3f}, weights {weights[name].round(3)}")
    found, parabola = nine_steps(config)
    draw(
        config.picture,
        {
            "30 rows": parabola,
            "all rows": lambda x: table(x, mean, std) @ weights["by_hand"],
        },
    )
    if config.record:
        write_record(Path("lessons/runs/01_gradient_descent.json"), numbers | found, config)
    return numbers | found


# %% Run
if __name__ == "__main__":
    main(config_from_args(Config))
