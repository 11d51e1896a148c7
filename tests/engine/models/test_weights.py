"""Trained weights are found by name, read without running anything, and refused when damaged."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from coursekit.engine import models
from coursekit.engine.decode import greedy
from coursekit.engine.models import WeightsError, weights


def pack(arrays: dict[str, np.ndarray], card: dict[str, object]) -> bytes:
    """A safetensors file, by its published layout."""
    kinds = {np.dtype("f4"): "F32", np.dtype("f8"): "F64", np.dtype("i8"): "I64"}
    header: dict[str, object] = {"__metadata__": {"card": json.dumps(card)}}
    data = b""
    for name, array in arrays.items():
        end = len(data) + array.nbytes
        header[name] = {
            "dtype": kinds[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [len(data), end],
        }
        data += array.tobytes()
    head = json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + data


def window() -> bytes:
    rng = np.random.default_rng(0)
    config = {"size": 5, "context": 2, "channels": 3, "hidden": 4, "norm": True, "start": "scaled"}
    net = models.Window(**config, rng=rng)  # type: ignore[arg-type]
    return pack(net.state_dict(), {"model": "Window", "config": config, "dev_loss": 1.5})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where weights are looked for by name."""
    monkeypatch.setattr(weights, "HERE", tmp_path)
    monkeypatch.setattr(weights, "THERE", tmp_path / "none")
    (tmp_path / "small.safetensors").write_bytes(window())
    return tmp_path


def test_arrays_come_back_with_their_shapes_and_kinds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    arrays = {
        "a": rng.standard_normal((2, 3)).astype(np.float32),
        "b": np.array(7),
        "c": np.zeros((0, 4)),
    }
    path = tmp_path / "x.safetensors"
    path.write_bytes(pack(arrays, {"data": "toy"}))
    loaded, card = weights.load(path)
    assert card == {"data": "toy"}
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded[name], array)
        loaded[name] += 1  # they are the caller's to change


def test_a_model_is_made_again_by_its_name(folder: Path) -> None:
    net = models.load("small")
    assert isinstance(net, models.Window)
    assert not net.training
    assert net.card["dev_loss"] == 1.5
    for name, array in weights.load("small").arrays.items():
        np.testing.assert_array_equal(net.state_dict()[name], array)
    assert len(greedy(net.next_logits, [[0]], steps=3)[0].ids) == 3


def test_unknown_weights_are_told_with_those_that_are_there(folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"load\('smal'\): there are no such .*; known: small"):
        weights.load("smal")
    with pytest.raises(WeightsError, match="there are no such weights"):
        weights.load(folder / "other.safetensors")


@pytest.mark.parametrize("cut", [0, 5, 40, -10])
def test_a_damaged_file_is_refused(folder: Path, cut: int) -> None:
    path = folder / "small.safetensors"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(WeightsError, match=r"load\('small'\): .*small\.safetensors is damaged"):
        weights.load("small")


def test_weights_of_a_model_that_is_not_here_are_refused(folder: Path) -> None:
    (folder / "odd.safetensors").write_bytes(pack({}, {"model": "Oracle"}))
    with pytest.raises(WeightsError, match=r"the card names the model 'Oracle'; .* Window, Recurr"):
        models.load("odd")
