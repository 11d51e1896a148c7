# %% [markdown]
"""Lesson 03: who writes the gradient? One net, trained by four machines.

```text
Run:      python lessons/03_autograd.py
Smoke:    python lessons/03_autograd.py --steps 3 --rounds 1
Needs:    pip install "coursekit[torch]"; no download
Measured: your machine, the engine and PyTorch reach the same losses to 1e-6, in float64
          (losses, times, hardware and versions: lessons/runs/03_autograd.json)
```

The lesson's page, docs/lessons/03-autograd.md, tells the story.
"""

# %% Imports
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np
import torch
from matplotlib import pyplot as plt
from numpy.typing import ArrayLike, NDArray

from coursekit import engine
from coursekit.engine import losses, optim, plot
from coursekit.torch.cli import config_from_args
from coursekit.torch.record import write_record

Floats = NDArray[np.float64]
Pull = Callable[[Floats], Floats]
Start = list[Floats]  # weight, bias, weight, bias: where all machines begin
Way = Callable[[Floats, Floats, Start, "Config"], list[float]]


@dataclass(frozen=True)
class Config:
    steps: int = 200  # updates of the net on the four dots
    lr: float = 1.0  # learning rate
    momentum: float = 0.9  # share of the last step that is taken again
    hidden: int = 4  # bent units of the small net
    wide: int = 256  # bent units, and rows, of the larger net that is timed
    rounds: int = 15  # how often each machine is timed, in turn; the median counts
    seed: int = 0  # of the start values
    picture: Path = Path("build/03_autograd.png")  # where to draw the losses
    record: bool = False  # write the numbers to lessons/runs/


# %% [markdown]
# ## Your machine
# The engine of the page, as you built it: a tensor, the walk, and one function per operation.


# %% The tensor
class Tensor:
    """Numbers that remember what they were computed from: pairs (tensor, pull-back)."""

    made = 0
    grad: Floats | float

    def __init__(self, data: ArrayLike, *inputs: tuple["Tensor", Pull]) -> None:
        self.data, self.inputs = np.array(data, float), inputs
        self.grad, self.number = 0.0, Tensor.made
        Tensor.made += 1

    def backward(self, gradient: float = 1.0) -> None:
        for node, grad in walk(self, gradient):
            if not node.inputs:
                node.grad = node.grad + grad


# %% The walk
def walk(root: Tensor, gradient: float = 1.0) -> Iterator[tuple[Tensor, Floats]]:
    """Each tensor with its complete gradient: of those that wait, the newest first."""
    waiting = {root: gradient * np.ones_like(root.data)}
    while waiting:
        node = max(waiting, key=lambda node: node.number)
        yield node, (grad := waiting.pop(node))
        for parent, pull in node.inputs:
            waiting[parent] = waiting.get(parent, 0) + pull(grad)


# %% The operations
def expand(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    old = (1,) * (len(shape) - x.data.ndim) + x.data.shape
    axes = tuple(i for i, n in enumerate(shape) if n != old[i])
    pair = (x, lambda g: g.sum(axes).reshape(x.data.shape))
    y = np.broadcast_to(x.data, shape)
    return Tensor(y, pair) if axes else x


def add(a: Tensor, b: Tensor) -> Tensor:
    return Tensor(a.data + b.data, (a, lambda g: g), (b, lambda g: g))


def sub(a: Tensor, b: Tensor) -> Tensor:
    y = a.data - b.data
    return Tensor(y, (a, lambda g: g), (b, lambda g: -g))


def mul(a: Tensor, b: Tensor) -> Tensor:
    pulls = (a, lambda g: g * b.data), (b, lambda g: g * a.data)
    return Tensor(a.data * b.data, *pulls)


def mm(a: Tensor, b: Tensor) -> Tensor:
    pulls = (a, lambda g: g @ b.data.T), (b, lambda g: a.data.T @ g)
    return Tensor(a.data @ b.data, *pulls)


def transpose(x: Tensor) -> Tensor:
    return Tensor(x.data.T, (x, lambda g: g.T))


def tanh(x: Tensor) -> Tensor:
    y = np.tanh(x.data)
    return Tensor(y, (x, lambda g: g * (1 - y * y)))


def sigmoid(x: Tensor) -> Tensor:
    y = 1 / (1 + np.exp(-x.data))
    return Tensor(y, (x, lambda g: g * (y - y * y)))


def total(x: Tensor) -> Tensor:
    return Tensor(x.data.sum(), (x, lambda g: g + 0 * x.data))


# %% [markdown]
# ## One net, four times
# Two inputs, bent units, one output; mean squared error; gradient descent with momentum.
# Only the gradient is found in another way.


# %% Start values
def start_values(hidden: int, seed: int) -> Start:
    """Weights of the page's `Linear`, drawn in the same order; biases at 0."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(-1, 1, (hidden, 2)) / 2**0.5
    second = rng.uniform(-1, 1, (1, hidden)) / hidden**0.5
    return [first, np.zeros(hidden), second, np.zeros(1)]


# %% With your machine
def with_yours(X: Floats, y: Floats, start: Start, config: Config) -> list[float]:
    W1, b1, W2, b2 = params = [Tensor(array) for array in start]
    speed = {p: np.zeros_like(p.data) for p in params}
    found = []
    for _ in range(config.steps):
        z = mm(Tensor(X), transpose(W1))
        h = tanh(add(z, expand(b1, z.data.shape)))
        out = mm(h, transpose(W2))
        error = sub(sigmoid(add(out, expand(b2, out.data.shape))), Tensor(y))
        loss = mul(total(mul(error, error)), Tensor(1 / len(X)))
        loss.backward()
        for p in params:
            speed[p] = config.momentum * speed[p] + p.grad
            p.data = p.data - config.lr * speed[p]
            p.grad = 0.0
        found.append(float(loss.data))
    return found


# %% With the engine
def with_engine(X: Floats, y: Floats, start: Start, config: Config) -> list[float]:
    W1, b1, W2, b2 = params = [engine.Tensor(array, requires_grad=True) for array in start]
    optimizer = optim.SGD(params, lr=config.lr, momentum=config.momentum)
    found = []
    for _ in range(config.steps):
        h = engine.ops.tanh(engine.Tensor(X) @ W1.T + b1)
        y_hat = engine.ops.sigmoid(h @ W2.T + b2)
        loss = losses.mse(y_hat, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return found


# %% With PyTorch
def with_torch(X: Floats, y: Floats, start: Start, config: Config) -> list[float]:
    inputs, targets = torch.from_numpy(X), torch.from_numpy(y)
    W1, b1, W2, b2 = params = [torch.tensor(array, requires_grad=True) for array in start]
    optimizer = torch.optim.SGD(params, lr=config.lr, momentum=config.momentum)
    found = []
    for _ in range(config.steps):
        h = torch.tanh(inputs @ W1.T + b1)
        y_hat = torch.sigmoid(h @ W2.T + b2)
        loss = torch.nn.functional.mse_loss(y_hat, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return found


# %% By slopes
def by_slopes(X: Floats, y: Floats, start: Start, config: Config) -> list[float]:
    """No machine at all: each knob is moved a little, up and down, and the loss computed."""
    params = [array.copy() for array in start]
    speed = [np.zeros_like(array) for array in start]

    def measure() -> float:
        W1, b1, W2, b2 = params
        y_hat = 1 / (1 + np.exp(-(np.tanh(X @ W1.T + b1) @ W2.T + b2)))
        return float(np.mean((y_hat - y) ** 2))

    def slope(knob: Floats, h: float = 1e-5) -> float:
        knob += h
        up = measure()
        knob -= 2 * h
        down = measure()
        knob += h
        return (up - down) / (2 * h)

    found = []
    for _ in range(config.steps):
        found.append(measure())
        gradients = [
            np.array([slope(p.reshape(-1)[i : i + 1]) for i in range(p.size)]).reshape(p.shape)
            for p in params
        ]
        for p, v, gradient in zip(params, speed, gradients, strict=True):
            v[...] = config.momentum * v + gradient
            p -= config.lr * v
    return found


# %% The ways
WAYS: dict[str, Way] = {
    "yours": with_yours,
    "engine": with_engine,
    "torch": with_torch,
    "slopes": by_slopes,
}
MACHINES = ("yours", "engine", "torch")


# %% [markdown]
# ## The data
# The four dots of lesson 02; and, to have more to compute, many rows with the same question:
# do the two inputs have different signs?


# %% The data
def four_dots() -> tuple[Floats, Floats]:
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return X, np.array([[0.0], [1.0], [1.0], [0.0]])


def many_rows(n: int, seed: int) -> tuple[Floats, Floats]:
    X = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return X, (X[:, :1] * X[:, 1:] < 0).astype(float)


# %% [markdown]
# ## Speed
# The machines take turns, so that a busy moment of the computer hits all of them alike.
# Each round compares them with the engine; the medians of the rounds count.


# %% Speed
def race(
    runs: Mapping[str, Callable[[], object]], rounds: int, steps: int, suffix: str
) -> dict[str, float]:
    """Processor time per step of each way, in microseconds and in times of the engine's."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            begin = process_time()
            run()
            times[name].append(1e6 * (process_time() - begin) / steps)
    found: dict[str, float] = {}
    for name, each in times.items():
        ratio = float(np.median(np.divide(each, times["engine"])))
        found[f"{name}{suffix}_microseconds_per_step"] = round(float(np.median(each)), 1)
        found[f"{name}{suffix}_ratio"] = round(ratio, 2)
        print(f"{name + suffix:12} {np.median(each):8.1f} us a step, {ratio:5.2f} of the engine")
    return found


# %% [markdown]
# ## The picture
# Three curves that lie on each other.


# %% The picture
def draw(curves: dict[str, list[float]], path: Path) -> None:
    with plt.style.context("coursekit.engine.course"):
        plot.losses(curves, floor=("always 0.5", 0.25), ylabel="loss")
        path.parent.mkdir(parents=True, exist_ok=True)
        plt.savefig(path, dpi=150, facecolor=plot.PAPER)


# %% Main
def main(config: Config) -> dict[str, float]:
    """Train in all ways, check that they agree, time them; return all numbers."""
    torch.set_num_threads(1)  # as the others: one machine against one machine
    X, y = four_dots()
    start = start_values(config.hidden, config.seed)
    curves = {name: way(X, y, start, config) for name, way in WAYS.items()}
    metrics: dict[str, float] = {}
    for name, curve in curves.items():
        apart = float(np.abs(np.subtract(curve, curves["yours"])).max())
        metrics[f"{name}_loss"], metrics[f"{name}_apart"] = curve[-1], apart
        print(f"{name:7} loss {curve[0]:.6f} -> {curve[-1]:.6f}, {apart:.0e} from yours")
        assert apart < 1e-6 or name == "slopes", f"{name} is {apart:.1e} away from your machine"

    small = {name: partial(way, X, y, start, config) for name, way in WAYS.items()}
    metrics |= race(small, config.rounds, config.steps, "")
    rows = many_rows(config.wide, config.seed)
    wide = start_values(config.wide, config.seed)
    large = {name: partial(WAYS[name], *rows, wide, config) for name in MACHINES}
    metrics |= race(large, config.rounds, config.steps, "_wide")

    draw({name: curves[name] for name in MACHINES}, config.picture)
    if config.record:
        write_record(Path("lessons/runs/03_autograd.json"), metrics, config)
    return metrics


# %% Run
if __name__ == "__main__":
    main(config_from_args(Config))
