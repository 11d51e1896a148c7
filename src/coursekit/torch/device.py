"""What this machine is: the only place that asks."""

import os
import platform
from pathlib import Path

import torch


class DeviceError(ValueError):
    """The machine does not have what was asked for."""


def hardware() -> dict[str, str | int]:
    """The processor's name, how many cores this process may use, and the GPU's name if any."""
    found: dict[str, str | int] = {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
    }
    if torch.cuda.is_available():
        found["gpu"] = torch.cuda.get_device_name()
    return found


def pick(name: str) -> torch.device:
    """The device of this name: cpu, cuda or mps.

    Raises: DeviceError if this machine does not have it.
    """
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there.get(name, False):
        has = ", ".join(name for name, found in there.items() if found)
        raise DeviceError(f"--device {name}: PyTorch finds none on this machine; it has {has}")
    return torch.device(name)


def _processor() -> str:
    """Linux keeps the name in a file; elsewhere the platform module knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), "") or platform.processor() or platform.machine()
