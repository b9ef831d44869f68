"""The watchdog of the event loop barks at 60 ms, and at nothing else."""

from __future__ import annotations

import ctypes
import sys
import threading
import time

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from .watchdog import LATE, Watchdog

pytestmark = pytest.mark.alone
LONG = 0.06  # seconds


def busy() -> None:
    """Runs for that long, however full the machine is."""
    end = time.thread_time() + LONG
    while time.thread_time() < end:
        pass


def hold() -> None:
    """Holds Python's lock for that long, in one call into C."""
    ctypes.PyDLL(None).usleep(round(LONG * 1e6))


def test_a_handler_that_is_busy(qtbot: QtBot) -> None:
    with Watchdog() as dog:
        QTest.qWait(20)
        QTimer.singleShot(0, busy)
        QTest.qWait(40)
    assert dog.longest > LATE
    assert "in busy" in max(dog.stalls, key=lambda one: one.seconds).stack


def test_the_last_that_is_done(qtbot: QtBot) -> None:
    with Watchdog() as dog:
        QTest.qWait(20)
        busy()
    assert dog.longest > LATE


@pytest.mark.skipif(sys.platform == "win32", reason="its C library has no usleep")
def test_a_thread_that_holds_pythons_lock(qtbot: QtBot) -> None:
    with Watchdog() as dog:
        QTest.qWait(20)
        thread = threading.Thread(target=hold)
        thread.start()
        QTest.qWait(200)
        thread.join()
    assert dog.longest > LATE


def test_a_handler_that_sleeps(qtbot: QtBot) -> None:
    with Watchdog() as dog:
        QTest.qWait(20)
        QTimer.singleShot(0, lambda: time.sleep(LONG))
        QTest.qWait(100)
    assert dog.longest > LATE


def test_a_thread_that_lets_others_have_their_turn(qtbot: QtBot) -> None:
    with Watchdog() as dog:
        QTest.qWait(20)
        thread = threading.Thread(target=busy)
        thread.start()
        QTest.qWait(200)
        thread.join()
    assert dog.longest < LATE
