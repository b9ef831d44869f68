"""One background thread for everything that may touch a disk, in the order it was asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal

from opticals.errors import OpticalsError

log = logging.getLogger(__name__)


class _Task(QRunnable):
    def __init__(self, work: Callable[[], Any], report: Callable[[bool, Any], None]) -> None:
        super().__init__()
        self._work = work
        self._report = report

    def run(self) -> None:
        try:
            result = self._work()
        except OpticalsError as error:
            self._report(False, error)
        except Exception as error:
            log.exception("background work failed")
            wrapped = OpticalsError.wrap(
                "Something went wrong inside Opticals.",
                error,
                "Copy the details and report them; the edit is as it was.",
            )
            self._report(False, wrapped)
        else:
            self._report(True, result)


class Background(QObject):
    """Runs functions one after the other on a thread; answers on the thread it lives in.

    Attributes:
        idle_changed: emitted when the first piece of work starts and when the last has ended.
    """

    idle_changed = Signal()
    _ended = Signal(object, bool, object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
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
    ) -> None:
        """Run `work`; then `done` with its result, or `failed` with what it raised. What is `quiet`
        is short, changes nothing and does not count as work to wait for."""
        self._waiting += not quiet
        self._pool.start(
            _Task(
                work,
                lambda fine, what: self._ended.emit(done if fine else failed, fine, what, quiet),
            )
        )
        if self._waiting == 1 and not quiet:
            self.idle_changed.emit()

    def close(self) -> None:
        """Wait for the work under way; its answers are dropped."""
        self._ended.disconnect()
        self._pool.clear()
        self._pool.waitForDone()

    def _answer(
        self, answer: Callable[[Any], None], fine: bool, what: Any, quiet: bool
    ) -> None:
        self._waiting -= not quiet
        try:
            answer(what)
        finally:
            if self.idle and not quiet:
                self.idle_changed.emit()
