"""The three rings: which packages each may import, and that each imports alone.

engine (NumPy) -> lesson pages -> site -> the reader's browser
engine.text, engine.decode -> torch -> lesson scripts

That they import each other in one direction only is held by test_rooms.py.
"""

import ast
import dataclasses
import functools
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from coursekit.site.markdown.course_fences import Cell, Exercise, find_fences

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "coursekit"
RUNTIME = PACKAGE / "site" / "runtime"

NETWORK = {"asyncio", "ftplib", "http", "requests", "smtplib", "socket", "ssl", "urllib"}
PROCESSES = {"_thread", "concurrent", "multiprocessing", "subprocess", "threading"}


@dataclasses.dataclass(frozen=True)
class Law:
    """What the Python of one place may import: packages, modules of ours, the standard library."""

    packages: frozenset[str]
    ours: tuple[str, ...] = ("coursekit",)  # with all that is below them
    not_of_python: frozenset[str] = frozenset()
    lazily: tuple[tuple[str, str], ...] = ()  # (file, package) for the inside of functions
    only_in: tuple[tuple[str, str], ...] = ()  # (file, package)


LAWS = {
    "engine": Law(
        packages=frozenset({"numpy"}),
        not_of_python=frozenset(NETWORK | PROCESSES),
        lazily=(("plot.py", "matplotlib"), ("show.py", "matplotlib")),
    ),
    "torch": Law(
        packages=frozenset({"torch", "numpy", "tqdm", "safetensors", "sacrebleu", "tensorboard"}),
        only_in=(("serve.py", "fastapi"), ("serve.py", "pydantic"), ("serve.py", "uvicorn")),
    ),
    "site": Law(
        packages=frozenset({"mkdocs", "markdown", "pymdownx", "pygments", "fontTools", "griffe"}),
        only_in=(("page/docstring.py", "griffe"),),
        lazily=(
            ("kernel/figures.py", "matplotlib"),
            ("run/scripts_as_notebooks.py", "jupytext"),
            ("run/scripts_as_notebooks.py", "nbformat"),
            ("run/scripts_as_notebooks.py", "nbclient"),
        ),
    ),
    "site/kernel": Law(
        packages=frozenset(),
        not_of_python=frozenset(NETWORK | PROCESSES),
        lazily=(("figures.py", "matplotlib"),),
    ),
    "lessons": Law(
        packages=frozenset({"torch", "numpy", "matplotlib", "sklearn"}),
        ours=("coursekit.engine", "coursekit.torch"),
    ),
    "cells": Law(
        packages=frozenset({"numpy", "matplotlib"}),
        ours=("coursekit.engine",),
        not_of_python=frozenset(NETWORK | PROCESSES),
    ),
}


def imports(tree: ast.AST) -> Iterator[tuple[str, int, bool]]:
    """(dotted name, line, whether inside a function) of each import that a run can reach."""

    def walk(node: ast.AST, inside: bool) -> Iterator[tuple[str, int, bool]]:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from ((f"{start}.{alias.name}", node.lineno, inside) for alias in node.names)
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside or function)

    return walk(tree, False)


def breaches(source: str, file: str, law: Law) -> list[str]:
    """What a source imports against the law."""
    found = []
    for name, line, inside in imports(ast.parse(source)):
        top = name.partition(".")[0]
        private = top == "coursekit" and any(
            part.startswith("_") and not part.startswith("__") for part in name.split(".")
        )
        allowed = (
            top in law.packages
            or any(f"{name}.".startswith(f"{own}.") for own in law.ours)
            or (top in sys.stdlib_module_names and top not in law.not_of_python)
            or (inside and (file, top) in law.lazily)
            or (file, top) in law.only_in
        )
        if private or not allowed:
            found.append(f"{file}:{line}: {name}")
    return found


def files_of(ring: str) -> list[pathlib.Path]:
    folder = ROOT / "lessons" if ring == "lessons" else PACKAGE / ring
    return sorted(folder.rglob("*.py"))


def place(path: pathlib.Path, ring: str) -> str:
    """A file's path from its ring's folder."""
    return path.relative_to(ROOT / "lessons" if ring == "lessons" else PACKAGE / ring).as_posix()


@pytest.mark.parametrize("ring", ["engine", "torch", "site", "site/kernel", "lessons"])
def test_each_ring_imports_what_it_may(ring):
    files = files_of(ring)
    assert files
    found = [
        breach
        for path in files
        for breach in breaches(path.read_text(encoding="utf-8"), place(path, ring), LAWS[ring])
    ]
    assert not found


def test_cells_import_what_the_browser_has():
    found = []
    for page in sorted((ROOT / "docs").rglob("*.md")):
        _, fences = find_fences(page.read_text(encoding="utf-8"), page.name)
        for fence in fences:
            if isinstance(fence, Cell):
                codes = [fence.code] if not fence.raises.endswith("SyntaxError") else []
            elif isinstance(fence, Exercise):
                codes = [fence.code, fence.solution, *(check.code for check in fence.checks)]
            else:
                codes = []
            for code in codes:
                found += breaches(code, f"{page.name}:{fence.line}", LAWS["cells"])
    assert not found


@pytest.mark.parametrize(
    ("ring", "file", "source"),
    [
        ("engine", "ops.py", "import torch"),
        ("engine", "ops.py", "import scipy.linalg"),
        ("engine", "ops.py", "import threading"),
        ("engine", "ops.py", "def f():\n    import matplotlib.pyplot"),
        ("engine", "plot.py", "import matplotlib.pyplot"),
        ("engine", "ops.py", "from . import tensor"),
        ("torch", "train.py", "import fastapi"),
        ("torch", "served.py", "import pydantic"),
        ("torch", "data.py", "import torchvision"),
        ("site", "plugin.py", "def f():\n    import numpy"),
        ("site", "kernel/figures.py", "import matplotlib"),
        ("site", "kernel/values.py", "def f():\n    import matplotlib"),
        ("site/kernel", "streams.py", "def f():\n    import mkdocs"),
        ("lessons", "02_x.py", "from coursekit.site import kernel"),
        ("lessons", "02_x.py", "from coursekit.engine.ops import _unbroadcast"),
        ("lessons", "02_x.py", "import lessons.first"),
        ("cells", "page", "import torch"),
        ("cells", "page", "import micropip"),
        ("cells", "page", "import urllib.request"),
    ],
)
def test_a_breach_is_seen(ring, file, source):
    assert breaches(source, file, LAWS[ring])


@pytest.mark.parametrize(
    ("ring", "file", "source"),
    [
        ("engine", "plot.py", "def f():\n    import matplotlib.pyplot"),
        ("engine", "plot.py", "if TYPE_CHECKING:\n    from matplotlib.axes import Axes"),
        ("torch", "train.py", "from coursekit.engine.text import bptt"),
        ("torch", "serve.py", "import fastapi, pydantic, uvicorn"),
        ("site", "kernel/figures.py", "def f():\n    import matplotlib"),
        ("lessons", "02_x.py", "from coursekit.engine.tensor import Tensor\nimport sklearn"),
    ],
)
def test_what_is_allowed_is_not_a_breach(ring, file, source):
    assert not breaches(source, file, LAWS[ring])


# --- by trying, in a fresh process ----------------------------------------------------------------

TRIAL = """
import importlib, importlib.abc, pkgutil, sys
ring, *blocked = sys.argv[1:]
class Wall(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(f"{name}.".startswith(f"{one}.") for one in blocked):
            raise ImportError(f"{name} is behind the wall")
sys.meta_path.insert(0, Wall())
package = importlib.import_module(f"coursekit.{ring}")
for found in pkgutil.walk_packages(package.__path__, f"coursekit.{ring}."):
    importlib.import_module(found.name)
"""


@pytest.mark.parametrize(
    ("ring", "blocked"),
    [
        ("engine", ["torch", "scipy", "matplotlib", "mkdocs", "coursekit.torch", "coursekit.site"]),
        ("torch", ["mkdocs", "torchvision", "coursekit.site"]),
        ("site", ["numpy", "matplotlib", "torch", "coursekit.torch", "coursekit.engine"]),
    ],
)
def test_each_ring_imports_alone_and_without_a_word(ring, blocked):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", TRIAL, ring, *blocked], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_wall_holds():
    done = subprocess.run(
        [sys.executable, "-c", TRIAL, "engine", "numpy"], capture_output=True, text=True
    )
    assert "numpy is behind the wall" in done.stderr


# --- the browser's side ---------------------------------------------------------------------------


@functools.cache
def code_of(path: pathlib.Path) -> str:
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def reached(entry: str) -> set[pathlib.Path]:
    """The entry and every module that it loads, types apart."""
    found: set[pathlib.Path] = set()
    waiting = [RUNTIME / entry]
    while waiting:
        path = waiting.pop()
        if path in found or path.suffix != ".ts":
            continue
        found.add(path)
        names = re.findall(
            r'(?:^import (?!type\b)|^export (?!type\b)|\bimport\()[^;"]*"(\.[^"]+)"',
            code_of(path),
            re.MULTILINE,
        )
        waiting += [(path.parent / name).resolve() for name in names]
    return found


def test_the_worker_never_touches_the_page():
    modules = reached("python/worker.ts")
    assert len(modules) > 1
    page = re.compile(r"\b(document|window|localStorage|HTMLElement)\b")
    assert not [path.name for path in modules if page.search(code_of(path))]


def test_the_page_never_loads_pyodide():
    modules = reached("page/main.ts")
    assert len(modules) > 3
    assert not [
        path.name for path in modules if re.search(r"loadPyodide|pyodide\.mjs", code_of(path))
    ]
