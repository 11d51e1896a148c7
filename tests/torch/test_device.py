"""What the machine has, and what is said when it lacks what was asked for."""

import pytest
import torch

from coursekit.torch.device import DeviceError, hardware, pick


def test_every_machine_has_a_processor() -> None:
    assert pick("cpu") == torch.device("cpu")
    found = hardware()
    assert found["processor"]
    assert int(found["cores"]) >= 1
    assert ("gpu" in found) == torch.cuda.is_available()


def test_a_device_that_is_not_here_is_told_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match=r"--device cuda: PyTorch finds none .*; it has cpu$"):
        pick("cuda")
    with pytest.raises(DeviceError, match="--device tpu: PyTorch finds none"):
        pick("tpu")
