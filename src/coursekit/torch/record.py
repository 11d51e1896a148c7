"""A measured result on disk: the numbers, and all that is needed to get them again."""

import dataclasses
import datetime
import importlib.metadata
import json
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coursekit.torch.device import hardware

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PACKAGES = ("coursekit", "numpy", "torch")


def write_record(path: Path, metrics: Mapping[str, Any], config: "DataclassInstance") -> None:
    """Write one run as JSON: metrics, command, config, seed, commit, hardware, versions, date.

    The file is written beside its place and moved there: a reader never sees half of it.
    """
    settings = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in dataclasses.asdict(config).items()
    }
    run = {
        "metrics": metrics,
        "config": settings,
        "seed": settings.get("seed"),
        **origin(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, path)


def origin() -> dict[str, Any]:
    """Command, commit, hardware, versions and date of this run: where its numbers come from."""
    return {
        "command": shlex.join(["python", *sys.argv]),
        "commit": _commit(),
        "hardware": hardware(),
        "versions": {"python": platform.python_version(), **_versions()},
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def _versions() -> dict[str, str]:
    installed = {dist.metadata["Name"].lower() for dist in importlib.metadata.distributions()}
    return {name: importlib.metadata.version(name) for name in PACKAGES if name in installed}


def _commit() -> str:
    """The commit of the working folder, "-dirty" if tracked files differ; "" outside git.

    What scripts write themselves, records and weights, does not count: a long script writes its
    record row by row. COURSEKIT_COMMIT names the commit where the folder came without git.
    """
    made = [":(top,exclude)lessons/runs", ":(top,exclude)docs/assets/weights"]
    head = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        commit = subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return os.environ.get("COURSEKIT_COMMIT", "")
    same = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", ":/", *made], check=False)
    return f"{commit}-dirty" if same.returncode else commit
