"""How pictures are shown: comparison, transparency, scope, LUT, sound. Kept between runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from opticals_ui.viewer.modes import GAINS, SCOPES, Compare, Ground

if TYPE_CHECKING:
    from opticals_ui.memory import Memory

Choice = TypeVar("Choice", bound=StrEnum)


class Display(QObject):
    """The viewer's choices.

    Attributes:
        preview: whether the preview of an effect is seen, which is compared in its own way:
            an editor looks at the cut whole, and at what an effect does with a wipe.
        peek: whether the source is seen as long as a key is held, whatever is chosen.
    """

    changed = Signal()

    def __init__(self, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self.preview = False
        self.peek = False
        self._compare = {
            False: _of(Compare, memory.get("viewer/compare", ""), Compare.RESULT),
            True: _of(Compare, memory.get("viewer/compare_preview", ""), Compare.WIPE),
        }
        self.ground = _of(Ground, memory.get("viewer/ground", ""), Ground.BELOW)
        self.gain = min(GAINS, key=lambda one: abs(one - memory.get("viewer/gain", 4)))
        self.scope = _known(memory.get("viewer/scope", SCOPES[0]), SCOPES)
        self.scopes_open: bool = memory.get("viewer/scopes_open", False)
        self.lut: str = memory.get("viewer/lut", "")
        self.lut_on: bool = memory.get("viewer/lut_on", False)
        self.muted: bool = memory.get("viewer/muted", False)
        self.looping: bool = memory.get("viewer/looping", False)

    @property
    def compare(self) -> Compare:
        """How source and result are compared now."""
        return Compare.SOURCE if self.peek else self._compare[self.preview]

    @property
    def chosen(self) -> Compare:
        """How they are compared when no key is held."""
        return self._compare[self.preview]

    @property
    def viewing_lut(self) -> str:
        """The path of the LUT that pictures are seen through; "" for none."""
        return self.lut if self.lut_on else ""

    @property
    def wanted_scope(self) -> str:
        return self.scope if self.scopes_open else ""

    def choose_compare(self, mode: Compare) -> None:
        self._compare[self.preview] = mode
        self._keep("compare_preview" if self.preview else "compare", str(mode))

    def choose_ground(self, ground: Ground) -> None:
        self.ground = ground
        self._keep("ground", str(ground))

    def turn_gain(self, steps: int) -> None:
        """Multiply a difference by more (1) or less (-1)."""
        place = GAINS.index(self.gain) + steps
        self.gain = GAINS[min(max(place, 0), len(GAINS) - 1)]
        self._keep("gain", self.gain)

    def choose_scope(self, scope: str) -> None:
        self.scope, self.scopes_open = scope, True
        self._memory.put("viewer/scopes_open", True)
        self._keep("scope", scope)

    def toggle_scopes(self) -> None:
        self.scopes_open = not self.scopes_open
        self._keep("scopes_open", self.scopes_open)

    def choose_lut(self, path: Path) -> None:
        self.lut, self.lut_on = str(path), True
        self._memory.put("viewer/lut_on", True)
        self._keep("lut", self.lut)

    def toggle_lut(self) -> None:
        self.lut_on = bool(self.lut) and not self.lut_on
        self._keep("lut_on", self.lut_on)

    def toggle_mute(self) -> None:
        self.muted = not self.muted
        self._keep("muted", self.muted)

    def toggle_loop(self) -> None:
        self.looping = not self.looping
        self._keep("looping", self.looping)

    def set_peek(self, peek: bool) -> None:
        if peek != self.peek:
            self.peek = peek
            self.changed.emit()

    def set_preview(self, preview: bool) -> None:
        if preview != self.preview:
            self.preview = preview
            self.changed.emit()

    def _keep(self, name: str, value: object) -> None:
        self._memory.put(f"viewer/{name}", value)
        self.changed.emit()


def _of(kind: type[Choice], value: str, default: Choice) -> Choice:
    return kind(value) if value in tuple(kind) else default


def _known(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]
