"""What to do with the selection: the effect, its settings, and how the render is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from opticals import catalog
from opticals.declaration import Effect, Makes, Setting, Value
from opticals.media.colour.views import common_names
from opticals.media.facts import (
    AS_TAGGED,
    FIELD_CHOICES,
    MISSING_CHOICES,
    Interpretation,
    Media,
)
from opticals.media.write.formats import CHOICES, CONTAINERS, DEFAULT_FORMAT, FORMATS, TARGETS
from opticals.recipe import Recipe, step
from opticals.rendering.job import HANDLES


@dataclasses.dataclass(frozen=True)
class Delivery:
    """How a render is written and goes back. The ids are those of the command line."""

    place: str = "version"
    time: str = "fit"
    format: str = DEFAULT_FORMAT
    container: str = ""
    target: str = "generic"
    handles: int = HANDLES
    draft: bool = False
    bake: bool = False

    @property
    def containers(self) -> tuple[str, ...]:
        """The containers to choose from: "" is the format's usual one."""
        chosen = FORMATS.get(self.format)
        return ("", *chosen.containers[1:]) if chosen else ("",)


def delivery_settings(delivery: Delivery) -> tuple[Setting, ...]:
    """The fields of a `Delivery` as settings, for the form."""
    return (
        Setting(
            "place",
            str,
            Delivery.place,
            "Place as",
            "A new version of the clip, which can be switched back, or a clip on a track above.",
            choices=("version", "overlay"),
        ),
        Setting(
            "time",
            str,
            Delivery.time,
            "When time changes",
            "Keep the record duration and drop what does not fit, or move everything later.",
            choices=("fit", "ripple"),
        ),
        Setting(
            "format",
            str,
            Delivery.format,
            "Format",
            "How the render is encoded.",
            choices=tuple(CHOICES),
        ),
        Setting(
            "container",
            str,
            "",
            "Container",
            "The file that the format goes in.",
            choices=delivery.containers,
        ),
        Setting(
            "target",
            str,
            Delivery.target,
            "Made for",
            "The program that will read the render: it decides how alpha is written, and which "
            "formats the automatic choice is from.",
            choices=tuple(TARGETS),
        ),
        Setting(
            "handles",
            int,
            Delivery.handles,
            "Handles",
            "Source frames rendered before and after the selection, for trimming later.",
            minimum=0,
            maximum=250,
            unit="frames",
        ),
        Setting(
            "draft",
            bool,
            Delivery.draft,
            "Draft",
            "Half size with TEMP burned in; the final takes its place.",
        ),
        Setting(
            "bake",
            bool,
            Delivery.bake,
            "Bake the speed",
            "One frame for each record frame, at the edit's rate: for programs that do not "
            "understand retimes or mixed rates.",
        ),
    )


def delivery_labels(delivery: Delivery) -> dict[str, dict[Value, str]]:
    """Words for the choices of `delivery_settings`, by the setting."""
    containers: dict[Value, str] = {one.id: one.label for one in CONTAINERS.values()}
    if delivery.format in FORMATS:
        usual = CONTAINERS[FORMATS[delivery.format].containers[0]]
        containers[""] = f"{usual.label} (usual)"
    return {
        "place": {"version": "Version of the clip", "overlay": "Overlay on a new track"},
        "time": {"fit": "Keep the duration", "ripple": "Ripple later clips"},
        "format": {id: CHOICES[id] for id in CHOICES},
        "container": containers,
        "target": {one.id: one.label for one in TARGETS.values()},
    }


def reading_settings(media: Media | None) -> tuple[Setting, ...]:
    """The fields of an `Interpretation` that a medium leaves open, as settings for the form.

    The choices of `colour_space` are the common ones: every name of OpenColorIO's may be typed.
    """
    fields = Setting(
        "fields",
        str,
        AS_TAGGED.fields,
        "Fields",
        "Of interlaced pictures: make whole frames, or render each field for itself.",
        choices=("", *FIELD_CHOICES),
    )
    missing = Setting(
        "missing",
        str,
        AS_TAGGED.missing,
        "Missing frames",
        "What stands for the frames that have no file.",
        choices=MISSING_CHOICES,
    )
    colour_space = Setting(
        "colour_space",
        str,
        AS_TAGGED.colour_space,
        "Colour space",
        "What the picture is encoded in, where the file does not say or says it wrongly. "
        "Any name of OpenColorIO's can be typed.",
        choices=("", *common_names()),
    )
    return (
        *([fields] if media is not None and media.interlaced else []),
        *([missing] if media is not None and media.missing else []),
        colour_space,
    )


READING_LABELS: dict[str, dict[Value, str]] = {
    "fields": {"": "Ask", "deinterlace": "Deinterlace", "keep": "Keep the fields apart"},
    "missing": {
        "error": "Stop and say so",
        "hold": "Hold the frame before",
        "black": "Black",
    },
    "colour_space": {"": "As tagged"},
}


class Choice(QObject):
    """The chosen effect with its settings (kept for each effect), the delivery, and how each
    medium is to be read."""

    effect_changed = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # What only copies stands last: people come for what networks do.
        pictures = [one for one in catalog.all_effects().values() if one.makes != Makes.MARKERS]
        self.effects = tuple(sorted(pictures, key=lambda one: not one.every_model()))
        self._values: dict[str, dict[str, Value]] = {
            effect.id: {one.name: one.default for one in effect.fields()} for effect in self.effects
        }
        self.effect: Effect = self.effects[0]
        self.delivery = Delivery()
        self.interpretations: Mapping[str, Interpretation] = {}  # by the medium's path

    @property
    def values(self) -> dict[str, Value]:
        """The chosen effect's settings by name."""
        return dict(self._values[self.effect.id])

    def choose(self, effect: str) -> None:
        if effect != self.effect.id:
            self.effect = catalog.find(effect)
            self.effect_changed.emit()
            self.changed.emit()

    def set(self, name: str, value: Value) -> None:
        if self._values[self.effect.id][name] != value:
            self._values[self.effect.id][name] = value
            self.changed.emit()

    def deliver(self, **changes: Any) -> None:
        """Change fields of `delivery`; a container that the format cannot be in is dropped."""
        delivery = dataclasses.replace(self.delivery, **changes)
        if delivery.container not in delivery.containers:
            delivery = dataclasses.replace(delivery, container="")
        if delivery != self.delivery:
            self.delivery = delivery
            self.changed.emit()

    def interpretation(self, medium: str | Path) -> Interpretation:
        """How a medium is to be read."""
        return self.interpretations.get(str(medium), AS_TAGGED)

    def interpret(self, medium: str | Path, **changes: Any) -> None:
        """Change how a medium is to be read, in every clip of it."""
        new = dataclasses.replace(self.interpretation(medium), **changes)
        if new != self.interpretation(medium):
            self.interpretations = {**self.interpretations, str(medium): new}
            self.changed.emit()

    def recipe(self) -> Recipe:
        """The recipe of the choice.

        Raises:
            SettingError: a value is out of its bounds.
        """
        return Recipe((step(self.effect.id, **self.values),))
