"""Figures that come with Opticals: what effects and formats take, until there are measured ones."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import opticals_resources

if TYPE_CHECKING:
    from opticals.recipe import Step


@cache
def _figures() -> dict[str, Any]:
    return tomllib.loads(opticals_resources.text("figures.toml"))


def cores() -> int:
    """Of the processor that they were measured on."""
    return int(_figures()["machine"]["cores"])


def loading() -> float:
    """Seconds that a network takes to load."""
    return float(_figures()["machine"]["loading"])


def seconds(step: Step, device: str) -> float:
    """Per frame and megapixel that an effect is handed, on a device type."""
    figures = _effect(step.effect)
    for model in step.declaration.models(step.configured, device):
        if model in figures.get("models", {}):
            figures = {**figures, "cpu": figures["models"][model]}
    found = float(figures["cpu"])
    return found if device == "cpu" else found / _figures()["machine"][device]


def memory(step: Step) -> float:
    """Bytes per megapixel that an effect holds beside its networks."""
    return float(_effect(step.effect)["memory"]) * 1e6


def coding(format: str) -> float:
    """Seconds per frame and megapixel to decode, to encode and to prove it."""
    return float(_format(format)["seconds"])


def size(format: str) -> float:
    """Bytes per frame and megapixel of a file of real film."""
    return float(_format(format)["size"]) * 1e6


def _effect(effect: str) -> dict[str, Any]:
    figures = _figures()["effects"]
    return dict(figures.get(effect, figures["other"]))


def _format(format: str) -> dict[str, Any]:
    figures = _figures()["formats"]
    return dict(figures.get(format, figures["other"]))
