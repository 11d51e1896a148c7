"""The engine's tests pass in the browser's Python too: Pyodide, here under Node."""

import sys

import pytest

from tests.engine.pyodide.runner import run_in_pyodide

# What needs neither torch (its answers are in recorded.json), nor matplotlib, nor hypothesis, of
# which a part is compiled.
TESTS = (
    "activations", "arrays", "check", "data", "factors", "graph", "losses", "nn", "ops", "recorded",
    "tensor",
)  # fmt: skip


@pytest.mark.slow
def test_the_engine_passes_its_tests_in_the_python_of_the_browser():
    files = [f"tests/engine/test_{name}.py" for name in TESTS]
    settings = ["-p", "no:cacheprovider", "--noconftest", "-W", "error", "-m", "not data"]
    done = run_in_pyodide("pytest", *files, *settings)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    last = done.stdout.splitlines()[-1]
    assert " passed" in last
    sys.stdout.write(last)
