"""What a job computes on: the device, its precision and its tiles, settled once per job."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib.metadata import version
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals import settings
from opticals.errors import DeviceError
from opticals.models import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import torch

# Tiles that stay in the cache are faster on a CPU: the compact network took 1.9 s per megapixel
# in tiles of 384 and 4.4 s on a whole 720p frame. A GPU wants them large.
_LARGEST = {"cpu": 384, "cuda": 2048, "mps": 768}
_SMALLEST = 128
_STEP = 64
# Share of the device's memory for the inside of networks: frames, and on a CPU the decoder, the
# encoder and other programs, live there too.
_SHARE = {"cpu": 4, "cuda": 2, "mps": 4}
_UNKNOWN_MEMORY = 8 << 30


@dataclass(frozen=True)
class Settled:
    """How a job computes. Everything here can change the bits of a picture and enters its hash.

    Attributes:
        device: "cpu", "cuda:0", "mps".
        dtype: of the inside of networks: "float32", "bfloat16" or "float16".
        tile: side in pixels of the tiles of effects that can be tiled, overlaps included.
        versions: of what computes, by name: torch, OpenCV, and the GPU with its cuDNN.
    """

    device: str
    dtype: str
    tile: int
    versions: Mapping[str, str]

    @property
    def type(self) -> str:
        """The kind of device: "cpu", "cuda" or "mps"."""
        return self.device.partition(":")[0]

    @property
    def torch_device(self) -> torch.device:
        import torch

        return torch.device(self.device)

    @property
    def torch_dtype(self) -> torch.dtype:
        import torch

        dtype: torch.dtype = getattr(torch, self.dtype)
        return dtype

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "versions": dict(self.versions)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Settled:
        return Settled(**data)


def settle(device: str = "auto", models: Iterable[str] = ()) -> Settled:
    """The device that `device` (auto, cpu, cuda, cuda:N, mps) names here, ready for `models`.

    Depends on the machine alone, never on how much memory is free at the moment, so that the
    same job asked for again has the same segments. Turns cuDNN's own search for algorithms off,
    which would make bits depend on timing.

    Raises:
        DeviceError: the device is not there.
        ModelError: there is no such model.
    """
    import torch

    torch.backends.cudnn.benchmark = False
    name = _choose(device)
    kind = name.partition(":")[0]
    space = memory(name)
    if kind == "cuda":
        share = 100 - int(settings.value("keep_gpu_free"))
        torch.cuda.set_per_process_memory_fraction(share / 100, name)
        space = usable(space, 100 - share)
    return Settled(name, _dtype(name), tile(kind, space, models), _versions(name, kind))


def usable(space: int, free: int) -> int:
    """Bytes of so many that may be taken when `free` percent of them are left to others."""
    return space * (100 - free) // 100


def available() -> tuple[str, ...]:
    """The devices of this machine as `settle` takes them, the best first."""
    import torch

    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def _choose(device: str) -> str:
    here = available()
    if device == "auto":
        return here[0]
    wanted = "cuda:0" if device == "cuda" else device
    if wanted in here:
        return wanted
    kind = wanted.partition(":")[0]
    if kind not in _LARGEST:
        raise DeviceError(
            f"“{device}” is not a device.", remedy="Write auto, cpu, mps, cuda or cuda:N."
        )
    raise DeviceError(
        f"The device {device} is not there.",
        f"This machine has {', '.join(here)}.",
        "Use --device auto, or check the driver with: opticals doctor",
    )


def _dtype(device: str) -> str:
    """The fastest precision that keeps 45 dB of agreement with float32.

    Measured on two cores with AVX512-BF16, bfloat16 against float32: the compact network 2.5
    times as fast at 65 dB, the large one 1.8 times at 54 dB, RIFE 1.35 times at 50 to 73 dB.
    """
    import torch

    if device == "cpu":
        return "bfloat16" if _fast_bfloat16() else "float32"
    if device.startswith("cuda"):
        # Before Volta (7.0) float16 is no faster.
        return "float16" if torch.cuda.get_device_capability(device)[0] >= 7 else "float32"
    return "float32"


def _fast_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 itself; emulated it is slower than float32."""
    import torch

    names = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in names)


def tile(kind: str, space: int, models: Iterable[str]) -> int:
    """Side in pixels of the tiles of networks, on a device type with so many bytes of memory."""
    per_megapixel = max((catalogue.find(model).memory for model in models), default=0) << 20
    if not per_megapixel:
        return _LARGEST[kind]
    pixels = space // _SHARE[kind] * 1_000_000 // per_megapixel
    side = isqrt(pixels) // _STEP * _STEP
    return min(max(side, _SMALLEST), _LARGEST[kind])


def memory(device: str) -> int:
    """Bytes of memory of a device; on a CPU what the system or a container's limit allows."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.get_device_properties(device).total_memory)
    return min([_physical(), *_container_limits()])


def _physical() -> int:
    if sys.platform == "win32":
        return _UNKNOWN_MEMORY
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _container_limits() -> list[int]:
    """Limits of the control groups this process is in (Linux, version 2 and 1)."""
    root = Path("/sys/fs/cgroup")
    files = [root / "memory.max", root / "memory" / "memory.limit_in_bytes"]
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="ascii")
    except OSError:
        return []
    for line in own.splitlines():
        if line.startswith("0::"):
            here = root / line.removeprefix("0::").lstrip("/")
            files += [
                folder / "memory.max" for folder in (here, *here.parents) if root in folder.parents
            ]
    return [int(limit) for limit in map(_read, files) if limit.isdigit()]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _versions(device: str, kind: str) -> dict[str, str]:
    import torch

    versions = {"torch": str(torch.__version__), "opencv": version("opencv-python-headless")}
    if kind == "cuda":
        versions["gpu"] = torch.cuda.get_device_name(device)
        versions["cudnn"] = str(torch.backends.cudnn.version())  # type: ignore[no-untyped-call]
    return versions
