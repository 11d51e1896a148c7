"""Weights that a lesson's script trained: the same call in the page, at build and at home.

The files are safetensors: the length of a header, the header as JSON, the numbers. Reading one runs
nothing that is in it.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from coursekit.engine.arrays import Array

HERE = Path(__file__).parents[1] / "trained"  # where the browser's runtime puts them
THERE = Path(__file__).parents[4] / "docs" / "assets" / "weights"  # where the repository has them
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}


class WeightsError(ValueError):
    """There are no such weights, or the file is damaged."""


class Weights(NamedTuple):
    """What a file holds."""

    arrays: dict[str, Array]  # by the names of the model's state_dict
    card: dict[str, Any]  # the model, its data and their terms, the command, the loss


def load(name: str | Path) -> Weights:
    """The weights of this name, as in load("names"), or of the file at a path.

    Raises: WeightsError if there are none, naming those that there are; or if the file is damaged.
    """
    path = Path(name)
    if not path.suffix:
        path = next((p for p in paths() if p.stem == str(name)), path)
    try:
        data = path.read_bytes()
    except OSError:
        known = ", ".join(sorted(p.stem for p in paths())) or "none here"
        raise WeightsError(
            f"load({str(name)!r}): there are no such weights; known: {known}"
        ) from None
    try:
        return parse(data)
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise WeightsError(f"load({str(name)!r}): {path} is damaged: {error!r}") from error


def paths() -> list[Path]:
    """The weights that can be loaded by name."""
    return [path for folder in (HERE, THERE) for path in folder.glob("*.safetensors")]


def parse(data: bytes) -> Weights:
    """The arrays and the card of a safetensors file."""
    (length,) = struct.unpack_from("<Q", data)
    header, numbers = json.loads(data[8 : 8 + length]), memoryview(data)[8 + length :]
    card = json.loads(header.pop("__metadata__", {}).get("card", "{}"))
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(numbers[begin:end], TYPES[entry["dtype"]])
        arrays[name] = array.reshape(entry["shape"]).copy()
    return Weights(arrays, card)
