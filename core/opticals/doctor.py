"""What this machine has for Opticals and what it lacks. Looks; changes nothing."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from opticals import catalog, settings
from opticals.models import catalogue, store
from opticals.qt_libraries import ALWAYS, X11

PACKAGES = ("torch", "opentimelineio", "PySide6", "av", "numpy", "opencv-python-headless")
CODECS = ("prores", "prores_ks", "dnxhd", "ffv1", "libx264")


class State(StrEnum):
    ok = "ok"
    note = "note"
    missing = "missing"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    state: State
    name: str
    found: str
    remedy: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "state": self.state.value}


def examine() -> list[Finding]:
    """Everything looked at, in the order it matters."""
    return [
        *_system(),
        *_packages(),
        *_device(),
        *_codecs(),
        *_qt(),
        *_models(),
        *_effects(),
    ]


def _system() -> Iterator[Finding]:
    yield Finding(
        State.ok,
        "system",
        f"{platform.system()} {platform.machine()}, Python {sys.version.split()[0]}",
    )
    for name, folder in (("models", settings.models_folder()), ("cache", settings.cache_folder())):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(there).free / 2**30
        writable = os.access(there, os.W_OK)
        yield Finding(
            State.ok if writable and free > 5 else State.note if writable else State.missing,
            f"folder for {name}",
            f"{folder}, {free:.0f} GiB free" + ("" if writable else ", not writable"),
            "" if writable and free > 5 else "Set OPTICALS_HOME to a folder with space.",
        )


def _packages() -> Iterator[Finding]:
    for name in PACKAGES:
        try:
            yield Finding(State.ok, name, version(name))
        except PackageNotFoundError:
            yield Finding(State.missing, name, "not installed", f"pip install {name}")


def _device() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        return
    from opticals.rendering import device

    settled = device.settle("auto")
    yield Finding(
        State.ok,
        "effects run on",
        f"{settled.device} in {settled.dtype}, torch {settled.versions['torch']}",
    )
    if settled.type == "cpu":
        yield Finding(
            State.note,
            "GPU",
            "none that torch can use",
            "Effects run on the CPU, many times slower. For NVIDIA: install its driver.",
        )


def _codecs() -> Iterator[Finding]:
    if importlib.util.find_spec("av") is None:
        return
    import av

    lacking = [name for name in CODECS if name not in av.codecs_available]
    yield Finding(
        State.missing if lacking else State.ok,
        "encoders",
        f"not there: {', '.join(lacking)}" if lacking else ", ".join(CODECS),
        "pip install --force-reinstall av" if lacking else "",
    )


def _qt() -> Iterator[Finding]:
    if sys.platform != "linux":
        return
    x11 = os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY")
    wanted = ALWAYS | X11 if x11 else ALWAYS
    lacking = [deb for name, deb in wanted.items() if not ctypes.util.find_library(name)]
    yield Finding(
        State.missing if lacking else State.ok,
        "Qt's libraries",
        "all there" if not lacking else f"{len(lacking)} not there",
        f"apt install {' '.join(lacking)}" if lacking else "",
    )
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield Finding(
            State.note, "screen", "none", "The panel needs a desktop; all else works without."
        )


def _effects() -> Iterator[Finding]:
    for one in catalog.broken():
        yield Finding(
            State.note,
            f"effect {one.entry}",
            f"left out: {one.error}",
            f"Update or remove the package {one.package}.",
        )


def _models() -> Iterator[Finding]:
    for model in catalogue.all_models().values():
        if not store.allowed(model):
            continue
        here = store.installed(model.id)
        yield Finding(
            State.ok if here else State.note,
            f"model {model.id}",
            f"{model.task}, {model.licence}" + ("" if here else ", not installed"),
            "" if here else f"opticals models pull {model.id}",
        )
