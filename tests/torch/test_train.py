"""The loop learns, tells what it did, and an interrupted run ends with the same bits."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from coursekit.torch import checkpoint
from coursekit.torch.train import IGNORE, History, mean_loss, train


class Stop(Exception):
    """What ends a run in the middle."""


class Job:
    """A small net with dropout and momentum on random dots: all that a resumed run must keep."""

    def __init__(self, seed: int = 3, device: str = "cpu") -> None:
        torch.manual_seed(seed)
        self.order = torch.Generator().manual_seed(seed)
        self.model = nn.Sequential(
            nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 2)
        ).to(device)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        self.x = torch.randn((200, 2), generator=torch.Generator().manual_seed(0)).to(device)
        self.y = (self.x[:, 0] * self.x[:, 1] > 0).long()
        self.drawn = 0
        self.rates: list[float] = []

    def loss(self) -> Tensor:
        self.drawn += 1
        self.rates.append(self.optimizer.param_groups[0]["lr"])
        rows = torch.randint(200, (16,), generator=self.order).to(self.x.device)
        return cross_entropy(self.model(self.x[rows]), self.y[rows])

    def run(self, steps: int = 30, **settings: Any) -> History:
        return train(
            self.model,
            self.optimizer,
            self.loss,
            lr=lambda step: 0.1 if step < 20 else 0.01,
            steps=steps,
            every=7,
            evaluate=lambda: mean_loss(self.model, self.x, self.y),
            generators=[self.order],
            **settings,
        )


def same(a: Job, b: Job) -> bool:
    pairs = zip(a.model.state_dict().values(), b.model.state_dict().values(), strict=True)
    return all(torch.equal(mine, its) for mine, its in pairs)


def test_the_loss_falls_and_the_history_tells_when() -> None:
    job = Job()
    begin = mean_loss(job.model, job.x, job.y)
    history = job.run(300)
    assert history.dev[-1] < 0.8 * begin
    assert history.at == [*range(7, 300, 7), 300]
    assert len(history.train) == len(history.dev) == len(history.at)
    assert (history.step, job.drawn) == (300, 300)
    assert history.seconds > 0


def test_each_step_takes_the_rate_of_its_schedule() -> None:
    job = Job()
    job.run(22)
    assert job.rates == [0.1] * 20 + [0.01] * 2


def test_the_model_trains_in_training_mode_after_each_evaluation() -> None:
    job = Job()
    modes = []
    inner = job.loss

    def loss() -> Tensor:
        modes.append(job.model.training)
        return inner()

    job.loss = loss  # type: ignore[method-assign]
    job.run(15)
    assert modes == [True] * 15


@pytest.mark.parametrize("steps_before", [0, 3, 7, 8, 20, 29])
def test_a_stopped_run_that_is_resumed_has_the_bits_of_one_that_ran_through(
    steps_before: int, tmp_path: Path
) -> None:
    through = Job()
    whole = through.run()
    stopped = Job()  # after the other has run: making one seeds the generator that dropout uses
    draw = stopped.loss

    def loss() -> Tensor:
        if stopped.drawn == steps_before:
            raise Stop
        return draw()

    stopped.loss = loss  # type: ignore[method-assign]
    file = tmp_path / "run.pt"
    with pytest.raises(Stop):
        stopped.run(file=file)
    assert file.exists() == (steps_before >= 7)  # before that nothing is saved: it begins again
    resumed = Job(seed=8 if file.exists() else 3)
    history = resumed.run(file=file, resume=True)
    assert same(through, resumed)
    kept = {name: value for name, value in asdict(history).items() if name != "seconds"}
    assert kept == {name: value for name, value in asdict(whole).items() if name != "seconds"}


def test_a_finished_run_is_not_trained_again(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    job, again = Job(), Job(seed=8)
    history = job.run(file=file)
    assert again.run(file=file, resume=True) == history
    assert again.drawn == 0
    assert same(job, again)


def test_without_resume_a_run_begins_anew(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    Job().run(file=file)
    again = Job()
    again.run(file=file)
    assert again.drawn == 30


def test_a_long_gradient_is_clipped() -> None:
    job = Job()
    before = [p.detach().clone() for p in job.model.parameters()]
    job.run(1, clip=1e-3)
    moved = [(p.detach() - q).norm() for p, q in zip(job.model.parameters(), before, strict=True)]
    assert 0 < float(torch.stack(moved).norm()) <= 0.1 * 1.001e-3


# --- the mean loss --------------------------------------------------------------------------------


def test_the_mean_counts_each_target_once_whatever_the_batches() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 5))
    x, y = torch.randint(5, (10, 3)), torch.randint(5, (10, 3))
    y[2, 1:] = y[7, :] = IGNORE
    with torch.no_grad():
        wanted = cross_entropy(model(x)[y != IGNORE], y[y != IGNORE]).item()
    for batch in (1, 3, 4096):
        assert mean_loss(model, x, y, batch=batch) == pytest.approx(wanted, rel=1e-6)


# --- checkpoints ----------------------------------------------------------------------------------


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, file = Job(), tmp_path / "run.pt"
    checkpoint.save(file, job.model, job.optimizer, about={"step": 1})

    def full(state: Any, target: Any) -> None:
        target.write(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoint.save(file, job.model, job.optimizer, about={"step": 2})
    assert checkpoint.load(file, job.model, job.optimizer) == {"step": 1}


@pytest.mark.parametrize("harm", ["cut", "other model", "other file"])
def test_a_file_that_is_no_checkpoint_of_this_run_says_what_to_do(
    harm: str, tmp_path: Path
) -> None:
    job, file = Job(), tmp_path / "run.pt"
    checkpoint.save(file, job.model, job.optimizer, about={})
    model: nn.Module = job.model
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-900])
    elif harm == "other file":
        file.write_text("hello")
    else:
        model = nn.Linear(2, 2)
    with pytest.raises(checkpoint.CheckpointError, match=r"run\.pt is no checkpoint of this run"):
        checkpoint.load(file, model, job.optimizer)


# --- on a GPU -------------------------------------------------------------------------------------


@pytest.mark.gpu
def test_a_gpu_trains_like_the_processor_and_resumes_to_the_bit(tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        pytest.skip("PyTorch finds no CUDA device here")
    file = tmp_path / "run.pt"
    through = Job(device="cuda")
    whole = through.run(60)
    Job(device="cuda").run(28, file=file)
    resumed = Job(seed=8, device="cuda")
    resumed.run(60, file=file, resume=True)
    assert same(through, resumed)
    assert whole.dev[-1] < 0.55  # 0.37 to 0.46 on the processor, by what dropout draws
