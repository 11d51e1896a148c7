"""A training run on disk: written whole or not at all, and resumed to the bit."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn


class CheckpointError(ValueError):
    """A file that is no checkpoint of this run."""


def save(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    generators: Sequence[torch.Generator] = (),
    about: Mapping[str, Any],
) -> None:
    """Write all that the next step depends on, and `about`: plain numbers, texts, lists, dicts."""
    used = torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "generators": [generator.get_state() for generator in generators],
        "torch": torch.get_rng_state(),  # dropout draws from it
        "cuda": torch.cuda.get_rng_state_all() if used else [],
        "about": dict(about),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    with draft.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def load(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    *,
    generators: Sequence[torch.Generator] = (),
) -> dict[str, Any]:
    """Put everything back as `save` found it; returns `about`.

    Raises: CheckpointError if the file is damaged or holds another model's state.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)  # runs no code of the file
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        for generator, kept in zip(generators, state["generators"], strict=True):
            generator.set_state(kept)
        torch.set_rng_state(state["torch"])
        if state["cuda"]:
            torch.cuda.set_rng_state_all(state["cuda"])
        about: dict[str, Any] = state["about"]
    except FileNotFoundError:
        raise
    except Exception as error:  # torch.load has no error of its own for a damaged file
        said = str(error).strip().splitlines()[0]
        raise CheckpointError(
            f"{path} is no checkpoint of this run ({said}); "
            "delete it to begin again, or name another folder"
        ) from error
    return about
