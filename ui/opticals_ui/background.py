"""One background thread for everything that may touch a disk, in the order it was asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from opticals.errors import OpticalsError
from opticals_ui.off_thread import OffThread

log = logging.getLogger(__name__)


class Background(QObject):
    """Runs functions one after the other on a thread; answers on the thread it lives in.

    Attributes:
        idle_changed: emitted when the first piece of work starts and when the last has ended.
    """

    idle_changed = Signal()
    _ended = Signal(object, bool, object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = OffThread("background")
        self._waiting = 0
        self._ended.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        return self._waiting == 0

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[OpticalsError], None],
        *,
        quiet: bool = False,
        owner: QObject | None = None,
    ) -> None:
        """Run `work`; then `done` with its result, or `failed` with what it raised. What is `quiet`
        is short, changes nothing and does not count as work to wait for. Nothing follows where
        `owner` is gone by then: a panel is made anew in another language."""
        self._waiting += not quiet

        def answer(it: Callable[[Any], None]) -> Callable[[Any], None]:
            return it if owner is None else lambda what: it(what) if isValid(owner) else None

        def task() -> None:
            fine, what = _done(work)
            self._ended.emit(answer(done if fine else failed), fine, what, quiet)

        self._thread.do(task)
        if self._waiting == 1 and not quiet:
            self.idle_changed.emit()

    def close(self) -> None:
        """Wait for the work under way; its answers are dropped."""
        self._ended.disconnect()
        self._thread.close()

    def _answer(self, answer: Callable[[Any], None], fine: bool, what: Any, quiet: bool) -> None:
        self._waiting -= not quiet
        try:
            answer(what)
        finally:
            if self.idle and not quiet:
                self.idle_changed.emit()


def _done(work: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether it was done, and its result or the error."""
    try:
        return True, work()
    except OpticalsError as error:
        return False, error
    except Exception as error:
        log.exception("background work failed")
        return False, OpticalsError.wrap(
            "Something went wrong inside Opticals.",
            error,
            "Copy the details and report them; the edit is as it was.",
        )
