"""Lesson 04's script: the split, the rows it trains on, and that a stopped run goes on."""

import dataclasses
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
import torch

from coursekit.engine import data, models
from coursekit.torch.train import IGNORE
from tests.lessons.pages import ROOT

SCRIPT = ROOT / "lessons/04_embeddings.py"
RUN = ROOT / "lessons/runs/04_embeddings.json"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lesson_04", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _closed_figures() -> Iterator[None]:
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def config(script: ModuleType, folder: pathlib.Path, **changes: Any) -> Any:
    small = {"words": "embedded", "steps": 6, "seeds": 1, "folder": folder}
    return script.Config(**{**small, **changes})


# --- the names ------------------------------------------------------------------------------------


def test_a_name_is_one_window_per_letter_and_one_for_the_dot(script: ModuleType) -> None:
    x, y = script.windows(["ab", "c"], 3)
    assert x.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 0], [0, 0, 3]]
    assert y.tolist() == [1, 2, 0, 3, 0]


def test_a_name_is_one_row_whose_rest_does_not_count(script: ModuleType) -> None:
    x, y = script.rows(["abc", "d"])
    assert x.tolist() == [[0, 1, 2, 3], [0, 4, 0, 0]]
    assert y.tolist() == [[1, 2, 3, 0], [4, 0, IGNORE, IGNORE]]


def test_both_kinds_of_rows_ask_for_the_same_letters(script: ModuleType) -> None:
    words = data.names()[:50]
    _, of_windows = script.windows(words, 3)
    _, of_rows = script.rows(words)
    assert of_rows[of_rows != IGNORE].tolist() == of_windows.tolist()


def test_words_are_split_not_rows_and_none_is_lost(script: ModuleType) -> None:
    words = data.names()
    parts = script.split(words)
    assert [len(part) for part in parts] == [1920, 240, 240]
    assert sorted(word for part in parts for word in part) == sorted(words)
    assert script.split(words) == parts


@pytest.mark.data
def test_the_split_of_the_published_list_is_the_published_split(script: ModuleType) -> None:
    folder = pathlib.Path(os.environ["COURSEKIT_DATA"])
    parts = script.read(script.Config(data=folder), "standard")
    counted = [sum(len(word) + 1 for word in part) for part in parts]
    assert counted == [182_625, 22_655, 22_866]
    known = set(parts.train)
    share = sum(word in known for word in parts.dev) / len(parts.dev)
    assert share == pytest.approx(0.13, abs=0.01)
    unique = script.read(script.Config(data=folder), "unique")
    assert not set(unique.train) & {*unique.dev, *unique.test}


@pytest.mark.data
def test_the_recorded_floors_are_counted_again(script: ModuleType) -> None:
    recorded = json.loads(RUN.read_text(encoding="utf-8"))["metrics"]["floors"]["standard"]
    folder = pathlib.Path(os.environ["COURSEKIT_DATA"])
    counted = script.floors(script.read(script.Config(data=folder), "standard"))
    assert counted == pytest.approx(recorded, rel=1e-9)


# --- the runs -------------------------------------------------------------------------------------


def test_small_settings_train_all_nets_and_export_three(
    script: ModuleType, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = script.main(config(script, tmp_path, steps=40))
    assert list(numbers["rows"]) == ["source", "mended", "context_8", "best"]
    sizes = [cells["parameters"] for cells in numbers["rows"].values()]
    assert sizes == [11_897, 12_097, 22_097, 66_555]
    for cells in numbers["rows"].values():
        curve = cells["standard"]["runs"]["0"]["curve"]
        assert len(curve) == 20
        assert curve[-1] < curve[0]
    shown = capsys.readouterr().out
    for net, name in script.EXPORTS.items():
        model = models.load(tmp_path / f"{name}.safetensors")
        told = numbers["rows"][net]["standard"]["runs"]["0"]
        assert model.card["dev_loss"] == round(told["dev"], 4)
        assert f"{name}.safetensors: " in shown
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")


def test_what_nobody_measured_is_not_shown_as_a_number(
    script: ModuleType, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = script.main(config(script, tmp_path, row="mended"))
    assert [net for net, cells in numbers["rows"].items() if "standard" in cells] == ["mended"]
    assert capsys.readouterr().out.count("not measured") == 3


@pytest.mark.parametrize("row", ["mended", "best"])
def test_a_stopped_run_goes_on_to_the_same_numbers(
    script: ModuleType, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, row: str
) -> None:
    def numbers(folder: str, **changes: Any) -> dict[str, Any]:
        settings = config(script, tmp_path / folder, steps=40, **changes)
        found: dict[str, Any] = script.run_once(script.Run(row, "standard", 1), settings)[1]
        return {name: value for name, value in found.items() if name != "cpu_seconds"}

    whole = numbers("whole")
    calls = 0
    right = torch.randint

    def failing(*args: Any, **kwargs: Any) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls > 21:
            raise KeyboardInterrupt
        return right(*args, **kwargs)

    monkeypatch.setattr(torch, "randint", failing)
    with pytest.raises(KeyboardInterrupt):
        numbers("parts")
    monkeypatch.undo()
    assert numbers("parts", resume=True) == whole


def test_two_jobs_give_what_one_gives(
    script: ModuleType, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script.main(config(script, tmp_path / "one", row="mended", seeds=2))
    flags = "--words embedded --steps 6 --row mended --seeds 2 --jobs 2 --folder"
    command = [sys.executable, SCRIPT, *flags.split(), tmp_path / "two"]
    two = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    row = re.compile(r"^mended \(12,097 parameters\) +[\d.]+ \(n = 2\)$", re.MULTILINE)
    assert row.findall(two) == row.findall(capsys.readouterr().out) != []


def test_seed_0_of_each_net_comes_first(script: ModuleType) -> None:
    plan = script.plan(script.Config())
    assert [run.row for run in plan[:4]] == list(script.ROWS)
    assert plan[4].row == "best"
    assert len(plan) == len(set(plan)) == 24
    assert [run.column for run in plan] == ["standard"] * 12 + ["unique"] * 12


def test_the_record_is_kept_for_the_published_list(script: ModuleType) -> None:
    with pytest.raises(ValueError, match="--record keeps the numbers of the published list"):
        script.Config(words="embedded", record=True)


# --- the record -----------------------------------------------------------------------------------


def test_the_recorded_rows_keep_what_the_lesson_promises() -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    assert re.fullmatch(r"[0-9a-f]{12}", run["commit"]), "recorded with changes not committed"
    assert run["hardware"]["cores"] == 2
    rows = run["metrics"]["rows"]
    for net, promised in {"source": 2.18, "mended": 2.115, "context_8": 2.03, "best": 1.99}.items():
        assert rows[net]["standard"]["dev"] <= promised, net
    counted = min(run["metrics"]["floors"]["standard"].values())
    assert rows["best"]["standard"]["dev"] < counted
    for one in rows["best"]["standard"]["runs"].values():
        assert one["cpu_seconds"] < 20 * 60 * 2  # twenty minutes of two cores


def test_the_record_is_of_the_settings_of_today(script: ModuleType) -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    for name, value in dataclasses.asdict(script.Config()).items():
        if name not in {"data", "jobs", "folder", "resume", "record", "note", "device", "threads"}:
            assert run["config"][name] == value, name


def test_the_script_says_what_the_record_holds() -> None:
    metrics = json.loads(RUN.read_text(encoding="utf-8"))["metrics"]
    header = SCRIPT.read_text(encoding="utf-8").partition("Measured:")[2].partition("```")[0]
    said = {net: float(loss) for net, loss in re.findall(r"(\w+) (\d\.\d{3})[,;]", header)}
    assert said == {
        net: round(cells["standard"]["dev"], 3) for net, cells in metrics["rows"].items()
    }
    counted = min(metrics["floors"]["standard"].values())
    assert f"counting reaches is {counted:.3f}." in " ".join(header.split())
    runs = [
        run["cpu_seconds"]
        for cells in metrics["rows"].values()
        for column in ("standard", "unique")
        for run in cells[column]["runs"].values()
    ]
    assert len(runs) == 24
    assert f"{min(runs):.0f} to {max(runs):.0f} s of one core" in header


@pytest.mark.data
@pytest.mark.parametrize("net", ["source", "context_8", "best"])
def test_the_published_weights_reach_the_recorded_loss(script: ModuleType, net: str) -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))["metrics"]["rows"][net]["standard"]["runs"]
    parts = script.read(script.Config(data=pathlib.Path(os.environ["COURSEKIT_DATA"])), "standard")
    model, card = script.load(ROOT / "docs/assets/weights" / f"{script.EXPORTS[net]}.safetensors")
    for part, words in (("dev", parts.dev), ("test", parts.test)):
        table = script.rows(words) if net == "best" else script.windows(words, model.config.context)
        loss = script.mean_loss(model, *table)
        assert loss == pytest.approx(run["0"][part], abs=1e-5)
        assert card[f"{part}_loss"] == round(run["0"][part], 4)


@pytest.mark.gpu
def test_small_settings_run_on_a_gpu(script: ModuleType, tmp_path: pathlib.Path) -> None:
    if not torch.cuda.is_available():
        pytest.skip("PyTorch finds no CUDA device here")
    on_gpu = script.main(config(script, tmp_path / "gpu", steps=40, device="cuda"))
    on_cpu = script.main(config(script, tmp_path / "cpu", steps=40))
    for net in ("source", "mended", "context_8"):  # the last net's dropout draws differ
        values = (numbers["rows"][net]["standard"]["dev"] for numbers in (on_gpu, on_cpu))
        assert next(values) == pytest.approx(next(values), rel=1e-3)
