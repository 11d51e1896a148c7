"""Exported weights: what is in the file, and that the engine computes what PyTorch computes."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from coursekit.engine import models
from coursekit.engine.models import trained, weights
from coursekit.torch.export import LIMIT, MODELS, ExportError, export, load
from coursekit.torch.models import Recurrent, Window, recurrent, window

Floats = NDArray[np.floating]
TRAINED = sorted((Path(__file__).parents[2] / "docs" / "assets" / "weights").glob("*.safetensors"))
CARD = {"data": "some names", "dev_loss": 2.5, "versions": {"torch": "2.13.0"}}


def stirred(model: nn.Module) -> nn.Module:
    """The model with every number moved: biases, and the running means of batch norm, too."""
    g = torch.Generator().manual_seed(7)
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor += 0.1 * torch.rand(tensor.shape, generator=g)
    return model.eval()


def fresh(name: str) -> nn.Module:
    g = torch.Generator().manual_seed(0)
    made: dict[str, nn.Module] = {
        "window": Window(window.Config(start="normal"), generator=g),
        "norm": Window(window.Config(context=8, norm=True), generator=g),
        "recurrent": Recurrent(recurrent.Config(), generator=g),
    }
    return stirred(made[name])


def scores(path: Path, *, double: bool = False) -> tuple[Floats, Floats]:
    """What PyTorch and the engine make of the same file and the same letters."""
    theirs, _ = load(path)
    ours = models.load(path)
    if double:
        theirs, ours = theirs.double(), ours.double()
    ids = np.random.default_rng(0).integers(0, 27, (64, getattr(ours, "context", 12)))
    with torch.no_grad():
        return theirs(torch.from_numpy(ids)).numpy(), ours(ids).numpy()


def check(path: Path) -> None:
    """Equal to 1e-5 of the largest score in float32, which rounds at 1e-6, to 1e-10 in float64."""
    theirs, ours = scores(path)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * max(1, np.abs(theirs).max()))
    theirs, ours = scores(path, double=True)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["window", "norm", "recurrent"])
def test_the_engine_computes_what_pytorch_computes(name: str, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    export(path, fresh(name), CARD)
    check(path)


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: path.stem)
def test_the_published_weights_compute_the_same_in_both(path: Path) -> None:
    check(path)


@pytest.mark.parametrize("path", TRAINED, ids=lambda path: path.stem)
def test_the_published_weights_are_small_and_have_a_whole_card(path: Path) -> None:
    assert path.stat().st_size <= LIMIT
    card = weights.load(path.stem).card
    told = {"model", "config", "data", "split", "alphabet", "dev_loss", "command", "versions"}
    assert told <= set(card)
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == card


@pytest.mark.parametrize("name", ["window", "norm", "recurrent"])
def test_what_is_loaded_is_what_was_exported(name: str, tmp_path: Path) -> None:
    path, model = tmp_path / "new" / "w.safetensors", fresh(name)
    export(path, model, CARD)
    loaded, card = load(path)
    assert type(loaded) is type(model)
    assert not loaded.training
    assert loaded.config == model.config
    for key, tensor in model.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], tensor)
    assert card["dev_loss"] == 2.5
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) == card
    assert sorted(p.name for p in path.parent.iterdir()) == ["w.json", "w.safetensors"]


def test_both_rings_know_the_same_models() -> None:
    assert set(MODELS) == set(trained.MODELS)


def test_what_a_page_could_not_load_is_refused(tmp_path: Path) -> None:
    big = Recurrent(recurrent.Config(hidden=400), generator=torch.Generator())
    with pytest.raises(ExportError, match=r"w\.safetensors would be 2,\d+,\d+ bytes; a page loads"):
        export(tmp_path / "w.safetensors", big, CARD)
    with pytest.raises(ExportError, match="no Linear in MODELS"):
        export(tmp_path / "w.safetensors", nn.Linear(2, 2), CARD)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("harm", ["cut", "text", "no card", "other model"])
def test_a_file_that_is_none_of_ours_says_so(harm: str, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "w.safetensors"
    export(path, fresh("window"), CARD)
    if harm == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif harm == "text":
        path.write_text("hello")
    elif harm == "no card":
        save_file({"x": torch.zeros(2)}, path)
    else:
        save_file({"x": torch.zeros(2)}, path, {"card": json.dumps({"model": "Oracle"})})
    with pytest.raises(ExportError, match=r"w\.safetensors is not what export\(\) writes"):
        load(path)


def test_no_file_is_no_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no weights at .*; a lesson's script exports"):
        load(tmp_path / "w.safetensors")
