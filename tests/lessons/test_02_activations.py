"""Lesson 02: the script does what it says, and the page says what it measured."""

import dataclasses
import importlib.util
import json
import pathlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from coursekit.engine import data
from tests.lessons.pages import PAGES, ROOT

PAGE = next(page for page in PAGES if page.path.stem == "02-activations")
RUN = ROOT / "lessons/runs/02_activations.json"


# --- the script -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lesson_02", PAGE.script)
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


def _config(script: ModuleType, folder: pathlib.Path, **changes: Any) -> Any:
    paths = {"weights": folder / "new" / "w.npz", "picture": folder / "new" / "p.png"}
    return script.Config(**{"repeats": 1, **paths, **changes})


def test_the_nine_steps_run_and_both_libraries_agree(
    script: ModuleType, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = _config(script, tmp_path)
    numbers = script.main(config)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:9]] == [str(n) for n in range(1, 10)]
    assert numbers["losses_apart"] < 1e-9
    assert numbers["test_right"] >= 26
    assert numbers["best_step"] == numbers["steps_taken"] - 1 - config.patience
    assert config.picture.read_bytes().startswith(b"\x89PNG")


def test_the_saved_net_classifies_in_both_libraries(
    script: ModuleType, tmp_path: pathlib.Path
) -> None:
    config = _config(script, tmp_path, steps=40)
    flowers = script.split(config.seed)
    x, y = flowers.x, flowers.y
    net = script.engine_net(config.hidden)
    script.with_engine(net, (x[::2], y[::2], x[1::2], y[1::2]), config)
    script.save(config.weights, net, flowers)
    x, y, _, _ = data.iris()
    for row in (0, 50, 100):
        by_engine, by_torch = script.classify(config.weights, config.hidden, x[row])
        assert by_engine == pytest.approx(by_torch, abs=1e-12)
        assert by_engine.sum() == pytest.approx(1)
        assert by_engine.argmax() == y[row]


def test_a_net_that_differs_stops_the_script(
    script: ModuleType, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = script.torch_net

    def other(hidden: int, weights: Any) -> torch.nn.Sequential:
        return right(hidden, {name: array + 1e-6 for name, array in weights.items()})

    monkeypatch.setattr(script, "torch_net", other)
    with pytest.raises(AssertionError, match=r"losses are .* apart"):
        script.main(_config(script, tmp_path, steps=3))


@pytest.mark.parametrize(
    ("val", "patience", "steps", "best"),
    [
        ([3.0, 2.0, 1.0], 2, 3, 2),  # always better: never enough
        ([3.0, 1.0, 2.0, 2.0, 0.5], 2, 4, 1),  # enough before the better step comes
        ([3.0, 1.0, 2.0, 0.5, 2.0], 2, 5, 3),
        ([1.0, 1.0, 1.0], 2, 3, 0),  # as good as the best is no new best
    ],
)
def test_patience_keeps_the_best_and_gives_up(
    script: ModuleType, val: list[float], patience: int, steps: int, best: int
) -> None:
    history = script.History(patience)
    for step, loss in enumerate(val):
        history.note(0.0, loss, {"step": step})
        if history.enough:
            break
    assert (len(history.val), history.best, history.weights["step"]) == (steps, best, best)


def test_fishers_method_makes_three_mistakes_when_each_flower_is_left_out(
    script: ModuleType,
) -> None:
    x, y, _, _ = data.iris()
    others = [np.delete(np.arange(150), row) for row in range(150)]
    answers = [script.fisher(x[o], y[o], x[[r]])[0] for r, o in enumerate(others)]
    assert np.sum(answers == y) == 147


def test_the_recorded_run_is_what_the_script_gives_today(
    script: ModuleType, tmp_path: pathlib.Path
) -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    config = dataclasses.asdict(script.Config(record=True))
    assert run["config"] == {k: str(v) if "/" in str(v) else v for k, v in config.items()}
    assert re.fullmatch(r"[0-9a-f]{12}", run["commit"]), "recorded with changes not committed"
    numbers = script.main(_config(script, tmp_path, repeats=1))
    assert set(run["metrics"]) == set(numbers)
    for name, value in numbers.items():
        if not name.endswith(("per_step", "apart", "_mean", "_low", "_high")):
            assert run["metrics"][name] == pytest.approx(value, rel=1e-6), name


def test_the_page_says_what_the_run_measured() -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    metrics, section = run["metrics"], PAGE.section("From page to script")
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \|$", section, flags=re.MULTILINE)
    assert rows == [
        (name, f"{metrics['validation_loss']:.3f}", str(metrics[f"{way}_microseconds_per_step"]))
        for name, way in {"Engine": "engine", "PyTorch": "torch"}.items()
    ]
    for way in ("one_layer", "two_layers", "fisher"):
        mean, low, high = (metrics[f"{way}_{part}"] for part in ("mean", "low", "high"))
        assert f"{round(mean, 2)} ({low} to {high})" in section
    machine, versions = run["hardware"], run["versions"]
    assert run["config"]["threads"] == 1
    assert f"one core of an {machine['processor']}" in section
    assert f"Python {versions['python']}, NumPy {versions['numpy']}" in section
    assert f"torch {versions['torch']}" in section
