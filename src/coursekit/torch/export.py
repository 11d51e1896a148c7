"""Trained weights as a file that needs no PyTorch: safetensors, with a card inside.

The card says what the model is and where its weights come from. coursekit.engine.models reads the
file in the browser; `load` makes the PyTorch model of it again. There is no pickle in it.
"""

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import nn

from coursekit.torch.models import recurrent, window

LIMIT = 2_000_000  # bytes: a page must be able to load it
MODELS: dict[str, tuple[type[Any], type[Any]]] = {
    "Window": (window.Window, window.Config),
    "Recurrent": (recurrent.Recurrent, recurrent.Config),
}


class ExportError(ValueError):
    """Weights that cannot be written for a page, or a file that holds none."""


def export(path: Path, model: nn.Module, card: Mapping[str, Any]) -> None:
    """Write the weights and the card to `path`, the card alone to a .json beside it, to be read.

    The model's class and its Config are added to the card.
    Raises: ExportError if `load` could not make the model again, or a page could not load it.
    """
    kind = type(model).__name__
    if kind not in MODELS:
        raise ExportError(f"export: no {kind} in MODELS; add it, so that it can be loaded again")
    about = {"model": kind, "config": dataclasses.asdict(model.config), **card}  # type: ignore[call-overload]
    state = {
        name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()
    }
    data = to_bytes(state, {"card": json.dumps(about)})
    if len(data) > LIMIT:
        raise ExportError(
            f"export: {path.name} would be {len(data):,} bytes; a page loads at most {LIMIT:,}. "
            "Choose a smaller model"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    for target, content in ((path, data), (path.with_suffix(".json"), text.encode())):
        draft = target.with_name(f"{target.name}.part")
        draft.write_bytes(content)
        os.replace(draft, target)


def load(path: Path) -> tuple[nn.Module, dict[str, Any]]:
    """The model of an exported file, in evaluation mode, and the file's card.

    Raises: FileNotFoundError; ExportError if `export` did not write the file.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no weights at {path}; a lesson's script exports them")
    try:
        with safe_open(path, framework="pt") as file:
            card: dict[str, Any] = json.loads((file.metadata() or {})["card"])
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        model, config = MODELS[card["model"]]
        made: nn.Module = model(config(**card["config"]), generator=torch.Generator())
        made.load_state_dict(state)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ExportError(f"{path} is not what export() writes: {error}") from error
    return made.eval(), card
