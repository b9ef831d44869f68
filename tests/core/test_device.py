"""What a job computes on, settled from the machine alone."""

from __future__ import annotations

import json

import pytest
import torch

from opticals.errors import DeviceError, ModelError
from opticals.rendering import device


def test_settled_survives_json() -> None:
    settled = device.settle("cpu", ["realesr-animevideov3"])
    assert device.Settled.from_json(json.loads(json.dumps(settled.to_json()))) == settled


def test_the_cpu_is_always_there() -> None:
    settled = device.settle("cpu")
    assert (settled.device, settled.type) == ("cpu", "cpu")
    assert settled.torch_device == torch.device("cpu")
    assert settled.torch_dtype in (torch.float32, torch.bfloat16)
    assert settled.versions["torch"] == torch.__version__
    assert not torch.backends.cudnn.benchmark


def test_auto_takes_the_best() -> None:
    assert device.settle("auto").device == device.available()[0]


@pytest.mark.parametrize("name", ["cuda:99", "cuda:-1"])
def test_a_device_that_is_not_there(name: str) -> None:
    with pytest.raises(DeviceError, match=name) as caught:
        device.settle(name)
    assert "cpu" in caught.value.why
    assert "--device auto" in caught.value.remedy


def test_no_device_at_all() -> None:
    with pytest.raises(DeviceError, match="not a device"):
        device.settle("gpu")


def test_an_unknown_model() -> None:
    with pytest.raises(ModelError):
        device.settle("cpu", ["no-such-model"])


def test_tiles_fit_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def tile(gigabytes: int) -> int:
        monkeypatch.setattr(device, "memory", lambda name: gigabytes << 30)
        return device.settle("cpu", ["realesrgan-x4plus"]).tile

    assert tile(1) == 128
    assert tile(4) < tile(8) <= tile(64) == 384
    assert tile(5) % 64 == 0


def test_memory_is_within_the_machines() -> None:
    assert 1 << 28 < device.memory("cpu") < 1 << 45


def test_memory_that_is_left_to_the_editing_program() -> None:
    assert device.usable(24 << 30, 0) == 24 << 30
    assert device.usable(24 << 30, 50) == 12 << 30
    large, small = (device.tile("cuda", device.usable(4 << 30, free), ["rife"]) for free in (0, 80))
    assert small < large
