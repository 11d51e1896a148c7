# %% [markdown]
"""Lesson 04: can a net invent a name? Four nets and the counts that they must beat.

```text
Run:      python lessons/04_embeddings.py
Smoke:    python lessons/04_embeddings.py --words embedded --steps 20 --seeds 1
Needs:    pip install "coursekit[torch]"; downloads 230 kB of names, once
Measured: dev loss in nats per letter, mean of 3 seeds: source 2.161, mended 2.109, context_8 2.026,
          best 1.972; the best that counting reaches is 2.015. 76 to 144 s of one core for each run
          (each seed, hardware and versions: lessons/runs/04_embeddings.json; of a GPU: runs/cuda/)
```

The lesson's page, docs/lessons/04-embeddings.md, tells the story. A run that was stopped goes on
with `--resume`, and `--jobs 2` trains two nets at a time.
"""

# %% Imports
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from matplotlib import pyplot as plt
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from coursekit.engine import data as embedded
from coursekit.engine import plot, schedules
from coursekit.engine.decode import sample
from coursekit.engine.text import NGram
from coursekit.torch import data, record
from coursekit.torch.cli import config_from_args
from coursekit.torch.device import pick
from coursekit.torch.export import export, load
from coursekit.torch.models import Recurrent, Window, recurrent, window
from coursekit.torch.train import IGNORE, mean_loss, train

ALPHABET = ".abcdefghijklmnopqrstuvwxyz"  # the dot begins and ends a name
SOURCE = "names.txt of makemore (A. Karpathy 2022), from US Social Security data; public domain"
BLENDS = (5, 10, 20, 30, 40)  # counts that nobody saw, for the counting models


@dataclass(frozen=True)
class Config:
    words: Literal["published", "embedded"] = "published"  # 32,033 names, or the page's 2,400
    data: Path | None = None  # folder that holds names.txt; without it, it is downloaded once
    row: Literal["all", "source", "mended", "context_8", "best"] = "all"  # which net
    seeds: int = 3  # runs of each net, with seeds 0, 1, ...
    unique: bool = True  # each net also on the list without its doubles
    steps: int | None = None  # of each run, instead of its row's own number
    device: Literal["cpu", "cuda", "mps"] = "cpu"
    threads: int = 1  # of PyTorch, in each run; nets this small gain little from more
    jobs: int = 1  # runs at a time
    folder: Path = Path("build/04_embeddings")  # checkpoints, weights and the picture
    resume: bool = False  # go on with what is in the folder
    record: bool = False  # write the numbers to lessons/runs/, row by row
    note: str = ""  # what else the record should say, such as what shared the machine

    def __post_init__(self) -> None:
        if self.record and self.words == "embedded":
            raise ValueError("--record keeps the numbers of the published list: no --words")


# %% [markdown]
# ## The names
# Words are shuffled and cut before any context is made of them, or the contexts of one name would
# stand on both sides. 13 of 100 names of the dev part are in the training part all the same: the
# list has doubles. The second column is measured without them.


# %% The names
class Split(NamedTuple):
    """Who may see which names."""

    train: list[str]
    dev: list[str]
    test: list[str]


def split(words: Sequence[str]) -> Split:
    """Shuffled with seed 42, cut at 80 and 90 %: the split of the published figures."""
    words = list(words)
    random.Random(42).shuffle(words)
    first, second = int(0.8 * len(words)), int(0.9 * len(words))
    return Split(words[:first], words[first:second], words[second:])


def encode(word: str) -> list[int]:
    return [ALPHABET.index(letter) for letter in word] + [0]


def columns(config: Config) -> list[str]:
    """The columns of the table; the page's own list has no doubles."""
    both = config.unique and config.words == "published"
    return ["standard", "unique"] if both else ["standard"]


def read(config: Config, column: str) -> Split:
    words = embedded.names() if config.words == "embedded" else data.names(config.data)
    return split(dict.fromkeys(words) if column == "unique" else words)


# %% Two kinds of rows
def windows(words: Sequence[str], context: int) -> tuple[Tensor, Tensor]:
    """Each letter, and the dot behind the name, with the `context` tokens before it.

    Shapes: N tokens in all -> (N, context), (N,).
    """
    inputs, targets = [], []
    for word in words:
        seen = [0] * context
        for token in encode(word):
            inputs.append(seen)
            targets.append(token)
            seen = [*seen[1:], token]
    return torch.tensor(inputs), torch.tensor(targets)


def rows(words: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Each name as one row behind a dot, and the same row one token later.

    Shapes: N names, the longest T - 1 letters -> (N, T), (N, T).
    """
    length = max(map(len, words)) + 1
    inputs = torch.zeros((len(words), length), dtype=torch.long)
    targets = torch.full((len(words), length), IGNORE)
    for i, word in enumerate(words):
        ids = torch.tensor(encode(word))
        inputs[i, 1 : len(ids)] = ids[:-1]
        targets[i, : len(ids)] = ids
    return inputs, targets


# %% [markdown]
# ## Counting
# A net is good when it beats what needs no net. `blend` says how much the counts of shorter
# contexts weigh; the dev part chooses it, as it chooses for the nets.


# %% Counting
def floors(parts: Split) -> dict[str, float]:
    """The dev loss of counted models, in nats per letter."""
    trained, held = ([encode(word) for word in part] for part in parts[:2])
    found = {}
    for order in range(1, 8):
        model = NGram(order, 27).fit(trained)
        for blend in BLENDS:
            model.unseen = blend
            found[f"{order}-gram, blend {blend}"] = model.nats(held)
    return found


# %% [markdown]
# ## Four nets
# The first is the source's, with its start values and its two learning rates. The second starts
# where the loss is ln 27 and keeps its hidden units alive. The third sees eight letters, and its
# rate drops later. The last reads a name from its beginning, letter by letter: lesson 05 opens it.


# %% Four nets
@dataclass(frozen=True)
class Row:
    """A net and how it is trained."""

    model: window.Config | recurrent.Config
    steps: int = 200_000
    batch: int = 32  # contexts, or names, per step
    lr: float = 0.1  # at its highest
    held: float = 0.5  # share of the steps before it drops to a tenth


ROWS = {
    "source": Row(window.Config(context=3, start="normal")),
    "mended": Row(window.Config(context=3, norm=True)),
    "context_8": Row(window.Config(context=8, norm=True), held=0.75),
    "best": Row(recurrent.Config(), steps=5_000, batch=128, lr=4e-3),
}


def optimizer_of(row: Row, model: nn.Module) -> tuple[torch.optim.Optimizer, schedules.Schedule]:
    """Who steps, and the learning rate of each step."""
    if isinstance(row.model, recurrent.Config):
        adam = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.99), weight_decay=0.01)
        return adam, schedules.one_cycle(row.lr, total=row.steps, warm_up=0.1)
    sgd = torch.optim.SGD(model.parameters(), row.lr)  # as the source: one drop, no momentum
    return sgd, schedules.steps(row.lr, every=max(1, round(row.held * row.steps)))


# %% One run
class Run(NamedTuple):
    """One net, one column of the table, one seed."""

    row: str
    column: str
    seed: int


def run_once(run: Run, config: Config) -> tuple[nn.Module, dict[str, Any]]:
    """Train one net; the net and its numbers."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(run.seed)  # for dropout
    device = pick(config.device)
    row = replace(ROWS[run.row], steps=config.steps or ROWS[run.row].steps)
    start, order = (torch.Generator().manual_seed(run.seed + k) for k in (0, 1000))
    parts = read(config, run.column)
    if isinstance(row.model, window.Config):
        model: nn.Module = Window(row.model, generator=start)
        tables = [windows(part, row.model.context) for part in parts]
    else:
        model = Recurrent(row.model, generator=start)
        tables = [rows(part) for part in parts]
    model.to(device)
    (x, y), dev, test = ((x.to(device), y.to(device)) for x, y in tables)

    def loss() -> Tensor:
        chosen = torch.randint(len(x), (row.batch,), generator=order).to(device)
        return cross_entropy(model(x[chosen]).flatten(0, -2), y[chosen].flatten())

    optimizer, lr = optimizer_of(row, model)
    name = f"{run.row}-{run.column}-{run.seed}"
    history = train(
        model,
        optimizer,
        loss,
        lr=lr,
        steps=row.steps,
        every=max(1, row.steps // 20),
        evaluate=lambda: mean_loss(model, *dev),
        clip=1.0 if isinstance(model, Recurrent) else None,
        generators=[order],
        file=config.folder / f"{name}.pt",
        resume=config.resume,
        title=name if config.jobs == 1 else "",
    )
    numbers = {
        "train": mean_loss(model, x, y),
        "dev": history.dev[-1],
        "test": mean_loss(model, *test),
        "steps": history.step,
        "cpu_seconds": round(history.seconds, 1),
        "curve": [round(value, 4) for value in history.dev],
    }
    return model.eval(), numbers


# %% [markdown]
# ## All runs
# Each net once first, so that the table fills from its most telling cells.


# %% All runs
def plan(config: Config) -> list[Run]:
    """Seed 0 of each net, the other seeds, and all again without doubles; the best net first."""
    nets = list(ROWS) if config.row == "all" else [config.row]
    first = [Run(net, "standard", 0) for net in nets]
    seeds = range(1, config.seeds)
    others = [Run(net, "standard", seed) for net in reversed(nets) for seed in seeds]
    again = [Run(net, "unique", seed) for seed in range(config.seeds) for net in nets]
    return [*first, *others, *(again if "unique" in columns(config) else [])]


def numbers_of(run: Run, config: Config) -> tuple[Run, dict[str, Any]]:
    return run, run_once(run, config)[1]


def results(config: Config) -> Iterator[tuple[Run, dict[str, Any]]]:
    """The numbers of each run, as they come."""
    if config.jobs == 1:
        yield from (numbers_of(run, config) for run in plan(config))
        return
    with ProcessPoolExecutor(config.jobs, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(numbers_of, run, config) for run in plan(config)]
        yield from (done.result() for done in as_completed(waiting))


# %% The table
def table(done: dict[Run, dict[str, Any]]) -> dict[str, Any]:
    """net -> column -> the mean dev loss and every run; a run that was not made is not there."""
    found: dict[str, Any] = {}
    for net, row in ROWS.items():
        model = Window if isinstance(row.model, window.Config) else Recurrent
        made = model(row.model, generator=torch.Generator())
        found[net] = {"parameters": sum(p.numel() for p in made.parameters())}
        for run, numbers in sorted(done.items()):
            if run.row == net:
                column = found[net].setdefault(run.column, {"dev": 0.0, "runs": {}})
                column["runs"][str(run.seed)] = numbers
                column["dev"] = float(np.mean([each["dev"] for each in column["runs"].values()]))
    return found


def show(numbers: dict[str, Any]) -> None:
    """Print the table: of each order of counting the best blend, then the nets."""
    floors, counted = numbers["floors"], numbers["floors"]["standard"]
    print(f"\n{'dev loss, nats per letter':30}" + "".join(f"{column:>16}" for column in floors))
    for _, rivals in groupby(counted, key=lambda floor: floor.partition(",")[0]):
        floor = min(rivals, key=counted.__getitem__)
        print(f"{floor:30}" + "".join(f"{losses[floor]:16.4f}" for losses in floors.values()))
    for net, cells in numbers["rows"].items():
        line = f"{net} ({cells['parameters']:,} parameters)".ljust(30)
        for cell in (cells.get(column) for column in floors):
            told = f"{cell['dev']:.4f} (n = {len(cell['runs'])})" if cell else "not measured"
            line += f"{told:>16}"
        print(line)


# %% [markdown]
# ## What the page loads
# The weights of seed 0 with a card: what they were trained on, how, and what came of it.


# %% What the page loads
EXPORTS = {"source": "names-source", "context_8": "names-window", "best": "names"}


def export_weights(net: str, config: Config) -> Path:
    """Write one finished net from its checkpoint; the path."""
    run = Run(net, "standard", 0)
    model, numbers = run_once(run, replace(config, resume=True, jobs=2))  # no step is left to take
    card = {
        "data": SOURCE if config.words == "published" else "coursekit's 2,400 names; CC BY 4.0",
        "split": "80/10/10 by names, shuffled with seed 42",
        "alphabet": ALPHABET,
        "units": "nats per letter, the dot behind a name included",
        **{f"{part}_loss": round(numbers[part], 4) for part in ("train", "dev", "test")},
        **{key: numbers[key] for key in ("steps", "cpu_seconds")},
        "seed": run.seed,
        **record.origin(),
    }
    shown = config.record and config.device == "cpu"
    folder = Path("docs/assets/weights") if shown else config.folder
    path = folder / f"{EXPORTS[net]}.safetensors"
    export(path, model, card)
    return path


# %% The picture
def draw(path: Path, numbers: dict[str, Any]) -> None:
    """The dev loss of seed 0 over each net's training, and the best that counting reached."""
    curves = {
        net: cells["standard"]["runs"]["0"]["curve"]
        for net, cells in numbers["rows"].items()
        if "standard" in cells
    }
    with plt.style.context("coursekit.engine.course"):
        ax = plot.losses(
            curves,
            x=np.linspace(0, 100, 21)[1:],
            log=False,
            floor=("counting", min(numbers["floors"]["standard"].values())),
            xlabel="share of the training (%)",
            ylabel="dev loss (nats per letter)",
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        ax.figure.savefig(path, dpi=150, facecolor=plot.PAPER)


# %% The whole
def main(config: Config) -> dict[str, Any]:
    """Count, train every net, show the table, export the weights; all numbers."""
    parts = {column: read(config, column) for column in columns(config)}
    kept = Path("lessons/runs") / ("" if config.device == "cpu" else config.device)
    numbers: dict[str, Any] = {
        "names": {name: [len(part) for part in cut] for name, cut in parts.items()},
        "floors": {name: floors(cut) for name, cut in parts.items()},
    }
    done: dict[Run, dict[str, Any]] = {}
    for run, result in results(config):
        done[run] = result
        numbers["rows"] = table(done)
        told = f"dev {result['dev']:.4f} after {result['cpu_seconds']:.0f} s"
        print(f"{run.row}, {run.column}, seed {run.seed}: {told}", flush=True)
        if config.record:
            record.write_record(kept / "04_embeddings.json", numbers, config)
    show(numbers)
    for net in EXPORTS:
        if Run(net, "standard", 0) in done:
            path = export_weights(net, config)
            model, _ = load(path)
            rng = np.random.default_rng(0)
            drawn = sample(model.next_logits, [[0]] * 20, steps=20, rng=rng, eos=0)
            print(f"\n{path}: {path.stat().st_size:,} bytes; it invents")
            print(" ".join("".join(ALPHABET[i] for i in one.ids if i) for one in drawn))
    draw(config.folder / "losses.png", numbers)
    return numbers


# %% Run
if __name__ == "__main__":
    main(config_from_args(Config))
