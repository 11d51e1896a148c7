"""Run a module of this project in Pyodide under Node, with NumPy, pytest and the working tree."""

import json
import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping

import pytest

from coursekit.site.ship import pyodide

ROOT = pathlib.Path(__file__).resolve().parents[3]
PYTEST = ("pytest", "_pytest", "py.py", "pluggy", "iniconfig", "packaging", "pygments")


def run_in_pyodide(
    module: str, *args: str, mounts: Mapping[str, pathlib.Path] | None = None
) -> subprocess.CompletedProcess[str]:
    """`python -m module args` in the browser's Python; mounts are more folders it may see."""
    node = shutil.which("node")
    assert node, "node is missing: python3 dev.py doctor says how to get it"
    wheels = [path for name, path in pyodide.files().items() if name.startswith("numpy-")]
    with tempfile.TemporaryDirectory() as folder:
        pure = pathlib.Path(folder)  # pytest alone: the rest of this Python's packages is compiled
        for name in PYTEST:
            source = pathlib.Path(pytest.__file__).parents[1] / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, pure / name)
        folders = {"/work": ROOT, "/pure": pure, **(mounts or {})}
        config = {
            "wheels": [str(path) for path in wheels],
            "mounts": {here: str(there) for here, there in folders.items()},
            "paths": ["/wheels", "/work", "/work/src", "/pure"],
            "cwd": "/work",
            "module": module,
            "args": list(args),
        }
        return subprocess.run(
            [node, str(pathlib.Path(__file__).with_name("run.mjs")), json.dumps(config)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=1200,
        )
