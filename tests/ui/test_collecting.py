"""Python's cyclic garbage ends on the GUI's thread, whoever makes objects meanwhile."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot


class Ring(QWidget):
    """A widget of its own in a ring that only the collector opens, with a timer that runs."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self.me = self
        self.timer = QTimer()
        self.timer.start(10_000)
        for one in (self, self.timer):
            one.destroyed.connect(
                lambda: ended.append(threading.get_ident()), Qt.ConnectionType.DirectConnection
            )


def make_many(kept: list[list[int]]) -> None:
    """Enough for Python to look for garbage of all ages by itself, several times."""
    kept.extend([] for _ in range(200_000))


def test_widgets_end_on_their_own_thread(qtbot: QtBot, qapp: QApplication) -> None:
    ended: list[int] = []
    kept: list[list[int]] = []
    gone = weakref.ref(Ring(ended))
    thread = threading.Thread(target=make_many, args=(kept,))
    thread.start()
    thread.join()
    assert gone() is not None
    qtbot.waitUntil(lambda: gone() is None)
    assert ended == [threading.get_ident()] * 2


def test_what_was_old_before_it_was_garbage_goes_too(qtbot: QtBot, qapp: QApplication) -> None:
    ring = Ring([])
    gone = weakref.ref(ring)
    for age in (0, 1):
        gc.collect(age)  # it lives on, and is older
    del ring
    for _ in range(gc.get_threshold()[2] + 1):
        gc.collect(1)
    assert gone() is not None
    qtbot.waitUntil(lambda: gone() is None)
