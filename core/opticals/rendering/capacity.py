"""What this machine has to render with: device, memory, disk. Found without what renders."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from opticals.rendering import device

_ASK = 5  # seconds that a driver has to answer
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Machine:
    """What renders will most likely be computed on.

    Attributes:
        kind: "cpu", "cuda" or "mps".
        name: of the GPU; the kind where it has none. Measurements are kept by it.
        memory, free: bytes of the device's memory; free is None where it cannot be known.
    """

    kind: str
    name: str
    memory: int
    free: int | None


def machine(wanted: str = "auto") -> Machine:
    """The device that a job asks for, as far as can be known without the library that computes."""
    kind = wanted.partition(":")[0]
    if kind in ("auto", "cuda") and (found := _nvidia()):
        return found
    if kind in ("auto", "mps") and sys.platform == "darwin" and _arm():
        return Machine("mps", "mps", device.memory("cpu"), free_memory())
    return Machine("cpu", "cpu", device.memory("cpu"), free_memory())


def free_memory() -> int | None:
    """Bytes that programs can still take here, within the limits of a container."""
    found = [one for one in (_available(), _group_left()) if one is not None]
    return min(found, default=None)


def free_disk(folder: Path) -> tuple[int, int] | None:
    """Bytes free where a folder is or will be, and which volume that is; None: it has no place."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free, place.stat().st_dev
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def _nvidia() -> Machine | None:
    """The first GPU, if there is a driver and the installed torch was built for one."""
    try:
        build = version("torch")
    except PackageNotFoundError:
        return None
    command = shutil.which("nvidia-smi")
    if command is None or build.endswith("+cpu"):
        return None
    asked = "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"
    try:
        said = subprocess.run(
            [command, *asked], capture_output=True, text=True, timeout=_ASK, check=True
        ).stdout
        name, total, free = (part.strip() for part in said.splitlines()[0].rsplit(",", 2))
        return Machine("cuda", name, int(total) << 20, int(free) << 20)
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


def _arm() -> bool:
    import platform

    return platform.machine() == "arm64"


def _available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return next((int(one) << 10 for one in found), None)


def _group_left() -> int | None:
    """What the control group of this process may still take."""
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="ascii")
    except OSError:
        return None
    here = next((line[3:].strip("/") for line in own.splitlines() if line.startswith("0::")), None)
    folders = [_CGROUP] if here is None else [_CGROUP / here, *(_CGROUP / here).parents]
    left = [
        limit - used
        for folder in folders
        if folder == _CGROUP or _CGROUP in folder.parents
        for limit, used in ((_number(folder / "memory.max"), _held(folder)),)
        if limit is not None and used is not None
    ]
    return max(0, min(left)) if left else None


def _held(folder: Path) -> int | None:
    """Bytes that a group holds and cannot give back: the files it has read do not count."""
    used = _number(folder / "memory.current")
    try:
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return used
    files = next((int(one.split()[1]) for one in lines if one.startswith("inactive_file ")), 0)
    return None if used is None else used - files


def _number(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
