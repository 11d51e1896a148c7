"""Lesson 03: page, script and engine hold the same machine."""

import ast
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

from coursekit import engine
from coursekit.engine import check_grad
from coursekit.site.kernel import Kernel
from tests.lessons.pages import PAGES, ROOT
from tests.lessons.test_attempts import attempts

PAGE = next(page for page in PAGES if page.path.stem == "03-autograd")
RUN = ROOT / "lessons/runs/03_autograd.json"


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """The page after all its cells have run."""
    kernel = Kernel()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("page"))
        for cell in PAGE.cells:
            kernel.run(cell.code, cell=cell.id, emit=lambda output: None)
        yield kernel


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lesson_03", PAGE.script)
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


def test_each_bug_hunt_starts_from_code_that_runs_and_is_wrong(kernel: Kernel) -> None:
    hunts = [e for e in PAGE.exercises.values() if "..." not in e.code and e.id != "div"]
    assert len(hunts) == 5
    for hunt in hunts:
        outputs: list[dict[str, Any]] = []
        checks = [{"says": check.says, "code": check.code} for check in hunt.checks]
        kernel.grade(hunt.code, checks, cell=hunt.id, emit=outputs.append)
        printed = [o for o in outputs if o["kind"] == "text"]
        assert printed, f"{hunt.id} should print its wrong number"
        assert outputs[-1]["kind"] == "checks"
        assert not outputs[-1]["passed"]


def test_no_attempt_changes_the_page(kernel: Kernel) -> None:
    walk, table = kernel.namespace["walk"], kernel.namespace["table"].data.copy()
    for _, _, code in attempts(PAGE):
        kernel.grade(code, [], cell="try", emit=lambda output: None)
    assert kernel.namespace["walk"] is walk
    assert np.array_equal(kernel.namespace["table"].data, table)
    check_grad(lambda x: x * x, np.ones(2))  # and the engine is whole


# --- page, script, engine ---------------------------------------------------------------------


def _bare(tree: ast.AST) -> str:
    """Code without types, docstrings and the comment that a leaf is kept."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.body = [
                each
                for each in node.body
                if not isinstance(each, ast.AnnAssign)
                and not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
            ]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(tree)


def _definitions(code: str) -> dict[str, str]:
    body = ast.parse(code).body
    return {
        node.name: _bare(node) for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def test_the_script_holds_the_machine_that_the_page_builds() -> None:
    on_page = {}
    for cell in PAGE.cells:  # the last version of each name counts
        on_page |= _definitions(cell.code)
    in_script = _definitions(PAGE.script.read_text(encoding="utf-8"))
    same = ("Tensor", "walk", "expand", "add", "sub", "mul", "mm", "transpose", "total")
    for name in same:
        assert in_script[name] == on_page[name], name


def test_the_page_and_the_engine_agree_on_every_operation(kernel: Kernel) -> None:
    page, ops = kernel.namespace, engine.ops
    rng = np.random.default_rng(1)
    A, b = rng.standard_normal((4, 3)), rng.standard_normal(3)
    pairs = {
        "neg": (page["neg"], ops.neg),
        "exp": (page["exp"], ops.exp),
        "tanh": (page["tanh"], ops.tanh),
        "sigmoid": (page["sigmoid"], ops.sigmoid),
        "softmax": (page["softmax"], ops.softmax),
        "clamp": (lambda x: page["clamp"](x, 0, 1), lambda x: ops.clamp(x, 0, 1)),
        "rows": (lambda x: page["index_select"](x, [2, 0, 2]), lambda x: x[np.array([2, 0, 2])]),
        "transpose": (page["transpose"], lambda x: x.T),
        "bias": (lambda x: (x + b) * b - 3, lambda x: (x + b) * b - 3),
        "product": (lambda x: page["mm"](x, page["transpose"](x)), lambda x: x @ x.T),
    }
    for name, (ours, theirs) in pairs.items():
        mine, other = page["Tensor"](A), engine.Tensor(A, requires_grad=True)
        y, z = ours(mine), theirs(other)
        weights = rng.standard_normal(z.shape)
        y.backward(weights)
        z.backward(weights)
        assert np.allclose(y.data, z.data, rtol=0, atol=1e-12), name
        assert np.allclose(mine.grad, other.grad, rtol=0, atol=1e-12), name


@pytest.mark.parametrize("steps", [3, 200])
def test_three_machines_have_the_same_losses(
    script: ModuleType, tmp_path: pathlib.Path, steps: int
) -> None:
    picture = tmp_path / "new" / "picture.png"
    config = script.Config(steps=steps, rounds=1, wide=8, picture=picture)
    numbers = script.main(config)
    for name in ("engine", "torch"):
        assert numbers[f"{name}_apart"] < 1e-12
        assert numbers[f"{name}_loss"] == pytest.approx(numbers["yours_loss"], rel=1e-9)
    assert numbers["slopes_apart"] < 1e-6
    assert all(value > 0 for name, value in numbers.items() if "microseconds" in name)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_script_starts_where_the_page_starts(script: ModuleType, kernel: Kernel) -> None:
    params = kernel.namespace["new_net"](0).params
    for mine, theirs in zip(script.start_values(4, 0), params, strict=True):
        assert np.array_equal(mine, theirs.data)


def test_a_machine_that_differs_stops_the_script(
    script: ModuleType, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = script.with_engine
    wrong = {**script.WAYS, "engine": lambda *given: [x + 2e-6 for x in right(*given)]}
    monkeypatch.setattr(script, "WAYS", wrong)
    with pytest.raises(AssertionError, match=r"engine is 2\.0e-06 away"):
        script.main(script.Config(steps=3, rounds=1, wide=8, picture=tmp_path / "p.png"))


def test_another_seed_is_another_start(script: ModuleType) -> None:
    first, second = script.start_values(4, 0), script.start_values(4, 1)
    assert not np.array_equal(first[0], second[0])


def test_the_recorded_run_is_what_the_script_gives_today(
    script: ModuleType, tmp_path: pathlib.Path
) -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    config = {**dataclasses.asdict(script.Config()), "record": True}
    assert run["config"] == {**config, "picture": str(config["picture"])}
    assert re.fullmatch(r"[0-9a-f]{12}", run["commit"]), "recorded with changes not committed"
    numbers = script.main(script.Config(rounds=1, wide=8, picture=tmp_path / "p.png"))
    assert set(run["metrics"]) == set(numbers)
    for name, value in numbers.items():
        if name.endswith("_loss"):
            assert run["metrics"][name] == pytest.approx(value, rel=1e-6), name


def test_the_page_says_what_the_run_measured() -> None:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    metrics, section = run["metrics"], PAGE.section("From page to script")
    table = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "]
    columns = ("_microseconds_per_step", "_ratio", "_wide_microseconds_per_step", "_wide_ratio")
    ways = {"Slopes": "slopes", "Your machine": "yours", "Engine": "engine", "PyTorch": "torch"}
    assert table[2:] == [
        [name, *(str(metrics.get(f"{way}{column}", "–")) for column in columns)]
        for name, way in ways.items()
    ]
    machine, versions = run["hardware"], run["versions"]
    assert machine["cores"] == 2
    assert f"one core of an {machine['processor']}" in section
    assert f"Python {versions['python']}, NumPy {versions['numpy']}" in section
    assert f"torch {versions['torch']}" in section


def test_without_zeroing_plain_steps_gain_and_momentum_fails(kernel: Kernel) -> None:
    page = kernel.namespace

    def last(momentum: float, *, zero: bool) -> float:
        net = page["new_net"]()
        with np.errstate(over="ignore"):  # a net that fails has large sums
            *_, loss = page["train"](net, page["SGD"](net.params, 1.0, momentum), zero=zero)
        return float(loss)

    assert last(0.0, zero=False) < last(0.0, zero=True) / 100
    assert last(0.9, zero=False) > 0.25 > last(0.9, zero=True)  # 0.25: always saying 0.5
