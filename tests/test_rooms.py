"""The rooms: imports go one way, no folder is a hall, no file is long without a reason.

The law stands where its tools read it: the contracts of import-linter in pyproject.toml, the rules
of dependency-cruiser beside the runtime. Each is tried here on a copy in which somebody breaks it.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from tests.readme_tree import ROOT, tracked

PACKAGE = pathlib.Path("src/coursekit")
RUNTIME = PACKAGE / "site" / "runtime"
FILES = 16  # in one folder
LINES = 400  # of one file
CODE = {".py", ".ts", ".mjs", ".css", ".html"}
REASON = re.compile(r"Past 400 lines: \w.{20,}")


@pytest.fixture(scope="module")
def files() -> list[str]:
    return tracked()


# --- sizes ----------------------------------------------------------------------------------------


def test_no_folder_of_the_package_holds_more_than_can_be_seen_at_once(files):
    held = Counter(str(pathlib.Path(name).parent) for name in files if name.startswith("src/"))
    assert {folder: n for folder, n in held.items() if n > FILES} == {}


def test_a_long_file_says_why_it_is_one(files):
    for name in files:
        if pathlib.Path(name).suffix in CODE:
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
            said = REASON.search("\n".join(lines[:30]))
            assert bool(said) == (len(lines) > LINES), f"{name}: {len(lines)} lines, {said}"


def test_the_tests_of_the_site_stand_in_the_same_rooms_under_the_same_names(files):
    found = [
        match
        for name in files
        if (match := re.fullmatch(r"tests/(site/.+)/(?:test_(\w+)(\.py)|(\w+)\.test(\.ts))", name))
    ]
    assert len(found) > 40
    for room, python, py, script, ts in (match.groups() for match in found):
        beside = (ROOT / PACKAGE / room / f"{python or script}{ts or py}").exists()
        twin = (ROOT / PACKAGE / room / f"{python}.ts").exists()  # a Python test of a script
        assert beside or twin, f"tests/{room}: nothing in src has the name {python or script}"


# --- imports --------------------------------------------------------------------------------------


def contracts(source: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """The contracts of pyproject.toml on the package in this folder."""
    linter = pathlib.Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, ROOT / "pyproject.toml", "--no-cache"],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
    )


def rules(project: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """The rules beside the runtime on that of this project."""
    cruiser = ROOT / "node_modules" / ".bin" / "depcruise"
    config = ROOT / RUNTIME / "dependency-cruiser.json"
    command = [cruiser, "--config", config, "--output-type", "err", RUNTIME]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


def test_python_keeps_the_contracts():
    done = contracts(ROOT / "src")
    assert done.returncode == 0, done.stdout
    assert " 0 broken." in done.stdout


def test_typescript_keeps_the_rules():
    done = rules(ROOT)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) modules", done.stdout)[1]) > 50  # it has looked


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("engine/losses.py", "import coursekit.site", "Ring 1"),
        ("engine/losses.py", "def f():\n    import torch", "Ring 1"),
        ("torch/train.py", "from coursekit.engine import tensor", "Ring 2"),
        ("torch/train.py", "from coursekit.site import plugin", "Ring 2"),
        ("site/plugin.py", "from coursekit.engine import tensor", "Ring 3"),
        ("site/page/cell_html.py", "def f():\n    from coursekit.torch import cli", "Ring 3"),
        ("site/run/execute.py", "from coursekit.site.page import fonts", "The rooms"),
        ("site/markdown/course_fences.py", "from coursekit.site.run import execute", "The rooms"),
        ("site/ship/bundle.py", "from coursekit.site.local import server", "The rooms"),
        ("site/page/fonts.py", "from coursekit.site.ship import pyodide", "The rooms"),
        ("site/hall.py", "", "The rooms"),
        ("site/kernel/values.py", "from coursekit.site.atomic_write import write", "The kernel"),
        ("site/local/server.py", "from coursekit.site.page import fonts", "Building and serving"),
        ("site/ship/wheel.py", "from coursekit.site.kernel import Kernel", "What is shipped"),
        ("site/kernel/output.py", "from coursekit.site.kernel import run", "No circles"),
        ("engine/arrays.py", "def f():\n    from coursekit.engine import ops", "No circles"),
    ],
)
def test_a_breach_of_a_contract_is_seen(tmp_path, file, line, told):
    unread = shutil.ignore_patterns("__pycache__", "runtime", "theme")
    shutil.copytree(ROOT / PACKAGE, tmp_path / "coursekit", ignore=unread)
    with (tmp_path / "coursekit" / file).open("a") as broken:
        broken.write(f"\n{line}\n")
    done = contracts(tmp_path)
    assert done.returncode == 1, done.stdout
    assert re.search(rf"^{told}.* BROKEN", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("common/words.ts", 'import "../python/job.ts";', "up-to-python"),
        ("python/session.ts", 'import type { Editor } from "../cell/editor.ts";', "up-to-cell"),
        ("cell/cell.ts", 'import type { Kept } from "../kept/progress_store.ts";', "up-to-kept"),
        ("kept/overview.ts", 'void import("../page/page.ts");', "up"),
        ("offline/file_cache.ts", 'import "../python/protocol.ts";', "beside"),
        ("cell/movie.ts", 'import "../offline/file_cache.ts";', "to-offline"),
        ("kept/progress_store.ts", 'import "./export_import.ts";', "circle"),
        ("page/page.ts", 'import type {} from "pyodide";', "pyodide"),
        ("cell/outputs.ts", 'import "@codemirror/view";', "editor"),
        ("cell/alone.ts", "export {};", "nobody"),
        ("cell/alone.ts", 'import "../common/element.ts";', "nobody"),
        ("cell/lost.ts", 'import "./nowhere.ts";', "lost"),
        ("common/words.ts", 'import "../hall.ts";', "no-room"),
        ("common/words.ts", 'import "../new/things.ts";', "no-room"),
    ],
)
def test_a_breach_of_a_rule_is_seen(tmp_path, file, line, told):
    shutil.copytree(ROOT / RUNTIME, tmp_path / RUNTIME)
    shutil.copytree(ROOT / PACKAGE / "site" / "words", tmp_path / PACKAGE / "site" / "words")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for roomless in ("hall.ts", "new/things.ts"):
        (tmp_path / RUNTIME / roomless).parent.mkdir(exist_ok=True)
        if pathlib.Path(roomless).name in line:
            (tmp_path / RUNTIME / roomless).write_text("export {};\n")
    with (tmp_path / RUNTIME / file).open("a") as broken:
        broken.write(f"\n{line}\n")
    done = rules(tmp_path)
    assert done.returncode > 0, done.stdout
    assert re.search(rf"^  error {told}:", done.stdout, re.MULTILINE), done.stdout
