"""Python's cyclic garbage is collected on the GUI's thread alone.

By itself the collector runs on whichever thread happens to make an object, and destroys there what
it finds: widgets and timers would end beside the thread that they belong to, which crashes later.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

EVERY = 500  # milliseconds between two looks whether there may be garbage
_SHARE = 200  # the whole is looked through at most for this fraction of the time


class Collector(QObject):
    """In place of Python's own from when it is made, on the thread of its `parent`: between two
    events, the young objects often, all of them seldom. What is there already, modules and
    classes, is looked through no more."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._whole_at = 0.0  # when all may be looked through again
        timer = QTimer(self)
        timer.setInterval(EVERY)
        timer.timeout.connect(self._collect)
        timer.start()

    def _collect(self) -> None:
        """As Python would, by how much was made since."""
        counts, most = gc.get_count(), gc.get_threshold()
        now = time.monotonic()
        if counts[2] > most[2] and now > self._whole_at:
            gc.collect()
            took = time.monotonic() - now
            self._whole_at = now + took * _SHARE
        elif counts[1] > most[1]:
            gc.collect(1)
        elif counts[0] > most[0]:
            gc.collect(0)
