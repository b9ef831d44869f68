"""What to do with the selection: the effect, its settings, and how the render is written."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QObject, Signal

from opticals import catalog
from opticals.declaration import Effect, Setting, Value
from opticals.media.formats import FORMATS
from opticals.recipe import Recipe, step
from opticals.rendering.job import HANDLES


@dataclasses.dataclass(frozen=True)
class Delivery:
    """How a render is written and goes back. The ids are those of the command line."""

    place: str = "version"
    time: str = "fit"
    format: str = "prores_hq"
    handles: int = HANDLES
    draft: bool = False


def delivery_settings() -> tuple[Setting, ...]:
    """The fields of `Delivery` as settings, for the form."""
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
            choices=tuple(FORMATS),
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
    )


def delivery_labels() -> dict[Value, str]:
    """Words for the choices of `delivery_settings`."""
    labels: dict[Value, str] = {
        "version": "Version of the clip",
        "overlay": "Overlay on a new track",
        "fit": "Keep the duration",
        "ripple": "Ripple later clips",
    }
    labels.update((name, one.label) for name, one in FORMATS.items())
    return labels


class Choice(QObject):
    """The chosen effect with its settings (kept for each effect) and the delivery."""

    effect_changed = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # What only copies stands last: people come for what networks do.
        self.effects = tuple(
            sorted(catalog.all_effects().values(), key=lambda one: not one.every_model())
        )
        self._values: dict[str, dict[str, Value]] = {
            effect.id: {one.name: one.default for one in effect.fields()} for effect in self.effects
        }
        self.effect: Effect = self.effects[0]
        self.delivery = Delivery()

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
        """Change fields of `delivery`."""
        delivery = dataclasses.replace(self.delivery, **changes)
        if delivery != self.delivery:
            self.delivery = delivery
            self.changed.emit()

    def recipe(self) -> Recipe:
        """The recipe of the choice.

        Raises:
            SettingError: a value is out of its bounds.
        """
        return Recipe((step(self.effect.id, **self.values),))
