"""The three steps to the first render, which tick themselves off as they happen."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from opticals_ui.session import Session

NAME = "first steps done"  # under which it is remembered that they are


class Step(IntEnum):
    OPEN = 1
    CHOOSE = 2
    RENDER = 3


class FirstSteps(QObject):
    """Which steps are done. `changed` says when one is; `over` whether they are all, or were
    dismissed: for good."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.over: bool = session.memory.get(NAME, False)
        self.done: frozenset[Step] = frozenset()
        for signal in (session.edit_changed, session.selection.changed, session.jobs.changed):
            signal.connect(self._look)
        self._look()

    @property
    def next(self) -> Step | None:
        """The first that is not done."""
        return next((step for step in Step if step not in self.done), None)

    def dismiss(self) -> None:
        """Never show them again."""
        self.over = True
        self._session.memory.put(NAME, True)
        self.changed.emit()

    def _look(self) -> None:
        if self.over:
            return
        session = self._session
        now = set(self.done)
        if session.edit is not None:
            now.add(Step.OPEN)
            if session.selection.range is not None:
                now.add(Step.CHOOSE)
        if session.jobs.views:
            now.update(Step)
        if now == self.done:
            return
        self.done = frozenset(now)
        if len(now) == len(Step):
            self.dismiss()
        else:
            self.changed.emit()
