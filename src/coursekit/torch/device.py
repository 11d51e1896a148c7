"""What this machine is: the only place that asks."""

import os
import platform
from pathlib import Path


def hardware() -> dict[str, str | int]:
    """The processor's name and how many cores this process may use."""
    return {"processor": _processor(), "cores": len(os.sched_getaffinity(0))}


def _processor() -> str:
    """Linux keeps the name in a file; elsewhere the platform module knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), "") or platform.processor() or platform.machine()
