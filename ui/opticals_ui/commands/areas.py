"""Going from one area of the panel to the next, and step by step back to the timeline."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from opticals_ui.commands.focus import TEXT, takes_focus

Step = Callable[[], bool]  # takes one step back, and says whether there was one to take


class Areas:
    """The areas of a panel in their order, the first of which is home.

    Args:
        areas: those that are empty or hidden are passed by.
        notices: takes one step back among the notices: the newest goes.
    """

    def __init__(self, *areas: QWidget, notices: Step) -> None:
        self._areas = areas
        self._notices = notices
        self._steps: list[Step] = []

    def add_step(self, step: Step) -> None:
        """Have Esc try something before anything else: to leave a tool, or the full screen."""
        self._steps.insert(0, step)

    def here(self) -> QWidget | None:
        """The area that has the focus."""
        focus: QWidget | None = QApplication.focusWidget()
        if focus is None:
            return None
        holding = (one for one in self._areas if one is focus or one.isAncestorOf(focus))
        return next(holding, None)

    def go(self, direction: int) -> None:
        """To the next area (1) or the one before (-1), to what had the focus there last."""
        here = self.here()
        at = self._areas.index(here) if here is not None else -1 if direction > 0 else 0
        for offset in range(1, len(self._areas) + 1):
            area = self._areas[(at + direction * offset) % len(self._areas)]
            target = _entrance(area)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def step_back(self) -> None:
        """One step towards the timeline: out of a tool, out of a field, the newest notice away,
        and home."""
        if any(step() for step in self._steps):
            return
        home, focus = self._areas[0], QApplication.focusWidget()
        if isinstance(focus, (*TEXT, QComboBox)) or (
            not self._notices() and self.here() is not home
        ):
            home.setFocus(Qt.FocusReason.OtherFocusReason)


def _entrance(area: QWidget) -> QWidget | None:
    """What takes the focus on entering an area: what had it last, else the first that can."""
    if not area.isVisible():
        return None
    for one in (area.focusWidget(), area):
        if one is not None and takes_focus(one):
            return one

    def place(one: QWidget) -> tuple[int, int]:
        corner = one.mapTo(area, QPoint())
        return corner.y(), corner.x()

    return min(filter(takes_focus, area.findChildren(QWidget)), key=place, default=None)
