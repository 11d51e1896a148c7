"""How fast is the engine? One training step of seven small models, against its peers.

Run:  python3 dev.py bench engine [--only W1 W5] [--rounds 15] [--json FILE] [--pyodide]

Float32, one thread, CPU time of this process. The peers take turns within every round, so that a
busy machine slows all of them alike; printed are the median time of a step of the engine, and the
median over the rounds of (time of the peer / time of the engine): above 1 the engine is faster.
PyTorch and autograd are left out where they are not installed. The garbage collector runs as
always, but what was there before the first step is frozen out of it. --pyodide measures once more
in the browser's Python, under Node.

engine.json is the record with the NumPy of constraints.txt, engine_newest.json with the newest that
`pip install coursekit` would bring; its matrix products are faster. To measure with another NumPy,
or with autograd, which the course does not install:
pip install --target FOLDER --no-deps numpy==2.4.6 autograd==1.9.1, and PYTHONPATH=FOLDER before.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # for `dev.py bench`, a plain script

import numpy as np  # noqa: E402  after the number of threads

from tests.benchmarks._workloads import WORKLOADS, Step  # noqa: E402

PEERS = ("NumPy by hand", "PyTorch", "autograd")
SLICE = 0.03  # seconds of CPU that a peer gets in one turn


def steps_of(builders: dict[str, Callable[..., Step]]) -> dict[str, Step]:
    """A step function for each peer that is installed here, the engine first."""
    steps = {}
    for peer, build in builders.items():
        try:
            if peer == "PyTorch":
                import torch

                torch.set_num_threads(1)
                steps[peer] = build(torch)
            elif peer == "autograd":
                import autograd.numpy

                steps[peer] = build(autograd.numpy)
            else:
                steps[peer] = build()
        except ModuleNotFoundError:
            continue
    return steps


def measure(steps: dict[str, Step], rounds: int) -> dict[str, Any]:
    """Seconds of a step of the engine, and how many times as long each peer takes."""
    repeats = {}
    for peer, step in steps.items():
        for _ in range(3):
            step()
        start = time.process_time()
        step()
        repeats[peer] = max(1, round(SLICE / max(time.process_time() - start, 1e-6)))
    gc.collect()
    gc.freeze()
    seconds: dict[str, list[float]] = {peer: [] for peer in steps}
    for _ in range(rounds):
        for peer, step in steps.items():
            start = time.process_time()
            for _ in range(repeats[peer]):
                step()
            seconds[peer].append((time.process_time() - start) / repeats[peer])
    gc.unfreeze()
    ratios = {
        peer: statistics.median(
            theirs / ours for theirs, ours in zip(seconds[peer], seconds["engine"], strict=True)
        )
        for peer in steps
        if peer != "engine"
    }
    return {"seconds": statistics.median(seconds["engine"]), "ratios": ratios}


def environment() -> dict[str, Any]:
    """What the numbers depend on."""
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    for name in ("torch", "autograd"):
        if name in sys.modules:
            from importlib.metadata import version

            versions[name] = version(name)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": load(),
        "versions": versions,
    }


def load() -> float | None:
    """How many processes wanted to run in the last minute: more than cores is a busy machine."""
    try:
        return round(os.getloadavg()[0], 1)
    except (AttributeError, OSError):
        return None


def processor() -> str:
    """The name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def in_pyodide(args: list[str]) -> dict[str, Any]:
    """The same table from the browser's Python."""
    from tests.engine.pyodide.runner import run_in_pyodide

    with tempfile.TemporaryDirectory() as folder:
        out = {"/out": Path(folder)}
        name = "tests.benchmarks.engine"
        done = run_in_pyodide(name, *args, "--json", "/out/table.json", mounts=out)
        print("\nin Pyodide\n" + done.stdout + done.stderr)
        report: dict[str, Any] = json.loads((Path(folder) / "table.json").read_text("utf-8"))
    return report


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Measure, print the table, return what --json writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="workloads, by the start of the name")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="write the table here")
    parser.add_argument("--pyodide", action="store_true", help="measure in Pyodide too")
    config = parser.parse_args(argv)

    print(f"{'one step':18}{'engine':>10}" + "".join(f"{peer:>16}" for peer in PEERS))
    results = {}
    for name, build in WORKLOADS.items():
        if config.only and not any(name.startswith(f"{start} ") for start in config.only):
            continue
        result = results[name] = measure(steps_of(build(np.random.default_rng(0))), config.rounds)
        cells = (f"{result['ratios'][p]:.2f}x" if p in result["ratios"] else "" for p in PEERS)
        print(f"{name:18}{result['seconds'] * 1e6:>7.0f} us" + "".join(f"{c:>16}" for c in cells))
    report = {"environment": environment(), "rounds": config.rounds, "workloads": results}
    if config.pyodide:
        report["pyodide"] = in_pyodide(["--rounds", str(config.rounds), "--only", *config.only])
    if config.json:
        config.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


if __name__ == "__main__":
    main()
