"""Which control a setting is changed with."""

from __future__ import annotations

from collections.abc import Callable

from opticals.declaration import Kind, Setting
from opticals_ui.effects.colours import Colour
from opticals_ui.effects.controls import Control, Labels, Pick, Suggestion, Switch, Text
from opticals_ui.effects.curves import Curve
from opticals_ui.effects.files import File, Recent
from opticals_ui.effects.numbers import Number


def control_for(setting: Setting, labels: Labels, recent: Recent, *, free: bool) -> Control:
    """The control that a setting is changed with; `free`: its choices are not all there are."""
    if setting.choices:
        free = free or setting.kind is Kind.MODEL
        return Suggestion(setting, labels) if free else Pick(setting, labels)
    if setting.kind.is_file:
        return File(setting, recent)
    kinds: dict[Kind, Callable[[Setting], Control]] = {Kind.COLOUR: Colour, Kind.CURVE: Curve}
    if setting.kind in kinds:
        return kinds[setting.kind](setting)
    types: dict[type, Callable[[Setting], Control]] = {
        bool: Switch,
        int: Number,
        float: Number,
        str: Text,
    }
    return types[setting.type](setting)
