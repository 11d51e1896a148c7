"""Lesson 01's script: three ways agree, and the numbers are those of NumPy's own solution."""

import dataclasses
import importlib.util
import json
import pathlib
import re
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from coursekit.engine import data
from tests.lessons.pages import PAGES, ROOT

PAGE = next(page for page in PAGES if page.path.stem == "01-gradient-descent")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lesson_01", PAGE.script)
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


@pytest.mark.parametrize("steps", [3, 100])
def test_three_ways_agree(script: ModuleType, tmp_path: pathlib.Path, steps: int) -> None:
    picture = tmp_path / "new" / "picture.png"
    numbers = script.main(script.Config(steps=steps, picture=picture))
    for way in ("by_hand", "engine", "torch"):
        assert numbers[f"{way}_apart"] < 1e-6
        assert numbers[f"{way}_loss"] == pytest.approx(numbers["by_hand_loss"], rel=1e-12)
        assert numbers[f"{way}_microseconds_per_step"] > 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_loss_and_the_weights_are_those_of_the_exact_solution(
    script: ModuleType, tmp_path: pathlib.Path
) -> None:
    speed, distance = data.braking()
    columns = np.stack([speed**2, speed, np.ones(50)], axis=1)
    exact, *_ = np.linalg.lstsq(columns, distance)
    lowest = np.mean((columns @ exact - distance) ** 2)
    assert lowest == pytest.approx(216.494, abs=5e-4)

    numbers = script.main(script.Config(picture=tmp_path / "p.png"))
    assert numbers["by_hand_loss"] == pytest.approx(lowest, rel=1e-9)
    X = script.table(speed, speed.mean(), speed.std())
    for fit in (script.by_hand, script.with_engine, script.with_torch):
        assert np.allclose(X @ fit(X, distance, 0.2, 100), columns @ exact, atol=1e-6)


def test_a_way_that_differs_stops_the_script(
    script: ModuleType, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = script.with_engine
    monkeypatch.setattr(script, "with_engine", lambda *given: right(*given) + 2e-6)
    with pytest.raises(AssertionError, match=r"the fit engine is 2\.0e-06 away"):
        script.main(script.Config(steps=3, picture=tmp_path / "p.png"))


def test_nine_steps_print_nine_lines_and_standardise_by_the_training_rows(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    found, parabola = script.nine_steps(script.Config())
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [str(n) for n in range(1, 10)]

    speed, distance = data.braking()
    rows = np.random.default_rng(0).permutation(50)
    s = (speed - speed[rows[:30]].mean()) / speed[rows[:30]].std()
    X = np.stack([s**2, s, np.ones(50)], axis=1)
    exact, *_ = np.linalg.lstsq(X[rows[:30]], distance[rows[:30]])
    for name, part in {
        "training_loss": rows[:30],
        "validation_loss": rows[30:40],
        "test_loss": rows[40:],
    }.items():
        assert found[name] == pytest.approx(np.mean((X[part] @ exact - distance[part]) ** 2), 1e-3)
    assert found["feet_at_30_mph"] == parabola(np.array([30.0]))[0]
    assert found["chosen_lr"] == 0.1


def test_the_seed_draws_another_split(script: ModuleType) -> None:
    first, _ = script.nine_steps(script.Config(seed=0))
    second, _ = script.nine_steps(script.Config(seed=1))
    assert first["test_loss"] != second["test_loss"]


def test_the_recorded_run_is_what_the_script_gives_today(
    script: ModuleType, tmp_path: pathlib.Path
) -> None:
    run = json.loads((ROOT / "lessons/runs/01_gradient_descent.json").read_text(encoding="utf-8"))
    config = {**dataclasses.asdict(script.Config()), "record": True}
    assert run["config"] == {**config, "picture": str(config["picture"])}
    assert re.fullmatch(r"[0-9a-f]{12}", run["commit"]), "recorded with changes not committed"
    numbers = script.main(script.Config(picture=tmp_path / "p.png"))
    assert set(run["metrics"]) == set(numbers)
    for name, value in numbers.items():
        if not name.endswith(("per_step", "apart")):
            assert run["metrics"][name] == pytest.approx(value, rel=1e-9), name


def test_the_page_says_what_the_run_measured() -> None:
    run = json.loads((ROOT / "lessons/runs/01_gradient_descent.json").read_text(encoding="utf-8"))
    metrics, section = run["metrics"], PAGE.section("From page to script")
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \|$", section, flags=re.MULTILINE)
    assert rows == [
        (name, f"{metrics[f'{way}_loss']:.3f}", str(metrics[f"{way}_microseconds_per_step"]))
        for name, way in {"By hand": "by_hand", "Engine": "engine", "PyTorch": "torch"}.items()
    ]
    machine, versions = run["hardware"], run["versions"]
    assert machine["cores"] == 2
    assert f"two cores of an {machine['processor']}" in section
    assert f"Python {versions['python']}, NumPy {versions['numpy']}" in section
    assert f"torch {versions['torch']}" in section
