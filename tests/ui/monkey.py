"""Random work in the panel: commands, keys, mouse, drops, sizes, edits that change or go, processes
that are killed. Always the same for the same seed.

`python -m tests.ui.monkey --minutes 60` is the long form of what the tests do for seconds; with
`--real` what renders is no fake, and is killed, too.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QRect,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPixmapCache,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from shiboken6 import isValid

from opticals.settings import models_folder
from opticals_ui.app import Window
from opticals_ui.panel import Panel
from opticals_ui.session import Session

# Commands that leave the panel, or hand over to the system.
LEAVES = frozenset({"quit", "close"})
NAMED = (
    "Left Right Up Down Home End PageUp PageDown Tab Backtab Return Escape Space Delete Backspace "
    "Plus Minus Period Comma Question F6"
)
KEYS = (
    *(Qt.Key(Qt.Key.Key_A + n) for n in range(26)),
    *(Qt.Key(Qt.Key.Key_0 + n) for n in range(10)),
    *(getattr(Qt.Key, f"Key_{name}") for name in NAMED.split()),
)
MODIFIERS = (
    *(Qt.KeyboardModifier.NoModifier,) * 6,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
WARM = 20  # seconds of play at least, until what is kept from use to use is there
SIZES = ((420, 900), (860, 700), (1280, 800), (1920, 1080))


class Monkey:
    """Plays with a panel.

    Attributes:
        done: how often it did what.
        troubles: exceptions and Qt's complaints.
    """

    def __init__(self, window: Window, edits: list[Path], seed: int) -> None:
        self._window = window
        self.session: Session = window.session
        self._edits = edits
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.troubles: list[str] = []
        # A dialog that takes over the program's only loop would wait for ever.
        self._watch = QTimer(window, interval=200)
        self._watch.timeout.connect(self._free)
        self._watch.start()
        self._acts: list[tuple[int, Callable[[], None]]] = [
            (30, self._command),
            (30, self._key),
            (25, self._click),
            (8, self._drag),
            (8, self._wheel),
            (3, self._resize),
            (2, self._open),
            (2, self._touch),
            (4, self._type),
            (2, self._drop),
            (1, self._kill),
            (1, self._lose),
            (1, self._delete),
        ]

    @property
    def panel(self) -> Panel:
        """The one that is there now: another language makes another."""
        return self._window.panel

    def play(self, go_on: Callable[[], bool]) -> None:
        """Act until `go_on` says no."""
        weights = [weight for weight, _ in self._acts]
        while go_on():
            act = self._random.choices([act for _, act in self._acts], weights)[0]
            self.done[act.__name__] += 1
            try:
                act()
                self._settle()
            except Exception as error:
                self.troubles.append(f"{act.__name__}: {type(error).__name__}: {error}")

    def visit(self) -> None:
        """Do everything once, so that what is made at first use is there."""
        for name in tuple(self.panel.actions_by_id):
            action = self.panel.actions_by_id[name]  # of the panel of the moment
            if name not in LEAVES and action.isEnabled():
                action.trigger()
                self._settle()
                QTest.qWait(20)
                QTest.keyClick(self.panel.focusWidget() or self.panel, Qt.Key.Key_Escape)
                self._settle()

    def rest(self) -> None:
        """Bring the panel to where it began, so that what it holds can be compared."""
        for _ in range(6):
            QTest.keyClick(self.panel.focusWidget() or self.panel, Qt.Key.Key_Escape)
            self._settle()
        self.session.cancel()
        for path, act in ((self._film, self._lose), (self._edits[0], self._delete)):
            if not path.exists():
                act()
        for notice in self.session.board.notices:
            self.session.board.dismiss(notice.topic)
        self._leave(lambda: self.session.open(self._edits[0]))
        self.panel.resize(1280, 800)
        end = time.monotonic() + 20
        while (self.session.busy or self.session.jobs.active) and time.monotonic() < end:
            QTest.qWait(20)
        for _ in range(3):
            QTest.qWait(100)
            gc.collect()
        QPixmapCache.clear()
        if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
            trim(0)  # holes in the heap are no leak

    def _free(self) -> None:
        modal = QApplication.activeModalWidget()
        if isinstance(modal, QDialog):
            self.done[f"modal {type(modal).__name__}"] += 1
            modal.reject()
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):  # of a button, which waits for it
            self.done["menu"] += 1
            popup.close()

    def _settle(self) -> None:
        QApplication.processEvents()
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.reject()
        popup = QApplication.activePopupWidget()
        if popup is not None and self._random.random() < 0.5:
            popup.close()

    def _command(self) -> None:
        action = self._random.choice(list(self.panel.actions_by_id.items()))
        if action[0] not in LEAVES and action[1].isEnabled():
            self.done[f"command {action[0]}"] += 1
            action[1].trigger()

    def _key(self) -> None:
        focus = self.panel.focusWidget() or self.panel
        key, held = self._random.choice(KEYS), self._random.choice(MODIFIERS)
        if (key, held) != (Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier):  # which closes it
            QTest.keyClick(focus, key, held)

    def _type(self) -> None:
        focus = self.panel.focusWidget() or self.panel
        QTest.keyClicks(focus, self._random.choice(("upscale", "12.5", "01:00:01:00", "ø", "zzz")))

    def _click(self) -> None:
        widget, at = self._somewhere()
        button = self._random.choice(
            (*(Qt.MouseButton.LeftButton,) * 6, Qt.MouseButton.RightButton)
        )
        held = self._random.choice(MODIFIERS)
        QTest.mousePress(widget, button, held, at)
        if isValid(widget):  # a menu may have been open meanwhile, and the widget be gone
            QTest.mouseRelease(widget, button, held, at)

    def _drag(self) -> None:
        widget, start = self._somewhere()
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        for _ in range(3):
            if isValid(widget):
                QTest.mouseMove(widget, self._inside(widget))
        if isValid(widget):
            QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=self._inside(widget))

    def _wheel(self) -> None:
        widget, at = self._somewhere()
        turned = QPoint(0, self._random.choice((-240, -120, 120, 240)))
        event = QWheelEvent(
            QPointF(at),
            QPointF(widget.mapToGlobal(at)),
            QPoint(),
            turned,
            Qt.MouseButton.NoButton,
            self._random.choice(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)

    def _resize(self) -> None:
        self.panel.showNormal()
        self.panel.resize(*self._random.choice(SIZES))

    def _open(self) -> None:
        self._leave(lambda: self.session.open(self._random.choice(self._edits)))

    def _touch(self) -> None:
        """Another program writes the edit."""
        with contextlib.suppress(FileNotFoundError):  # it was deleted
            os.utime(self._random.choice(self._edits))

    def _kill(self) -> None:
        """A process dies that reads media, foresees what renders take, or renders."""
        session = self.session
        foreseeing = getattr(session.preflight._foreseer, "_process", None)
        for name, pid in (
            ("viewer", getattr(session.sights._projector, "pid", None)),
            ("film", getattr(session.film._sights._projector, "pid", None)),
            ("worker", getattr(session.jobs._worker, "pid", None)),
            ("foresight", foreseeing.processId() if foreseeing else None),
        ):
            if pid and self._random.random() < 0.3:
                self.done[f"killed {name}"] += 1
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    @property
    def _film(self) -> Path:
        return self._edits[0].with_name("film.mov")

    def _lose(self) -> None:
        """The medium goes, and comes back the next time."""
        _there_and_back(self._film)

    def _delete(self) -> None:
        """The edit goes, and comes back the next time."""
        _there_and_back(self._edits[0])

    def _drop(self) -> None:
        """Files are dragged over the window, and mostly dropped: an edit, several, others."""
        there = (*self._edits, self._film, self._edits[0].parent, self._film.with_name("none.otio"))
        some = self._random.sample(there, self._random.choice((1, 1, 1, 2)))
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(one)) for one in some])
        at, panel = self._inside(self.panel), self.panel
        more = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, MODIFIERS[0]
        QApplication.sendEvent(panel, QDragEnterEvent(at, *more))
        QApplication.sendEvent(panel, QDragMoveEvent(at, *more))
        if self._random.random() < 0.8:
            self._leave(lambda: self._send(panel, QDropEvent(QPointF(at), *more)))
        else:
            QApplication.sendEvent(panel, QDragLeaveEvent())

    @staticmethod
    def _send(widget: QWidget, event: QEvent) -> None:
        QApplication.sendEvent(widget, event)

    def _leave(self, go: Callable[[], None]) -> None:
        go()
        for notice in self.session.board.notices:
            for answer in notice.answers:
                if answer.label in ("Discard changes", "Open anyway"):
                    self.session.board.dismiss(notice.topic)
                    answer.act()
                    return

    def _somewhere(self) -> tuple[QWidget, QPoint]:
        shown = [
            one
            for one in self.panel.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.width() > 1 and one.height() > 1
        ]
        widget = self._random.choice(shown)
        return widget, self._inside(widget)

    def _inside(self, widget: QWidget) -> QPoint:
        room: QRect = widget.rect()
        return QPoint(
            self._random.randint(0, max(room.width() - 1, 0)),
            self._random.randint(0, max(room.height() - 1, 0)),
        )


def _there_and_back(path: Path) -> None:
    """Take a file away, or put it back where it is away."""
    away = path.with_suffix(".away")
    if path.exists():
        path.rename(away)
    elif away.exists():
        away.rename(path)


def resident() -> int:
    """Bytes of memory that this process holds; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def widgets() -> Counter[str]:
    """How many there are of each kind."""
    return Counter(type(one).__name__ for one in QApplication.allWidgets())


def listen(monkey: Monkey) -> None:
    """Have exceptions and Qt's complaints told to a monkey, and nothing handed to the system."""

    def hook(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        import traceback

        monkey.troubles.append("".join(traceback.format_exception(kind, error, trace)[-6:]))
        print(monkey.troubles[-1], file=sys.stderr)

    def said(kind: QtMsgType, context: Any, text: str) -> None:
        if kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
            monkey.troubles.append(f"Qt: {text}")

    sys.excepthook = hook
    qInstallMessageHandler(said)
    QDesktopServices.openUrl = lambda url: True  # type: ignore[assignment, method-assign]


LAST = 4  # rests of ten, of which the lowest counts


def main() -> int:
    from tests.ui.monkey_panel import panel_for_play

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true", help="what renders is no fake")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        if options.real:
            home.mkdir()
            (home / "models").symlink_to(models_folder())
            os.environ |= {"PIP_NO_INDEX": "1", "npm_config_offline": "true"}
        os.environ["OPTICALS_HOME"] = str(home)
        window, edits = panel_for_play(Path(folder), real=options.real)
        monkey = Monkey(window, edits, options.seed)
        listen(monkey)
        for _ in range(2):
            monkey.visit()
            monkey.rest()
        seconds = options.minutes * 60
        warm = time.monotonic() + max(seconds * 0.1, WARM)
        end = warm + seconds
        monkey.play(lambda: time.monotonic() < warm)
        monkey.rest()
        held, before = resident(), widgets()
        rests: list[tuple[int, Counter[str]]] = []
        for tenth in range(1, 11):  # rested in between, so that what is held can be compared
            until = warm + (end - warm) * tenth / 10
            monkey.play(lambda until=until: time.monotonic() < until)  # type: ignore[misc]
            monkey.rest()
            rests.append((resident(), widgets()))
            print(f"{tenth * 10} %: {rests[-1][0] / 1e6:.0f} MB, {rests[-1][1].total()} widgets")
        # What leaks never comes back down; a longer form or an open page does.
        last = rests[-LAST:]
        after = min((one for _, one in last), key=Counter.total)
        grown, count = min(one for one, _ in last) / held - 1, before.total()
        more = after.total() - count
        acts = sum(n for name, n in monkey.done.items() if name.startswith("_"))
        print(f"{acts} acts in {options.minutes:g} minutes; troubles: {len(monkey.troubles)}")
        print(f"memory {held / 1e6:.0f} MB, {grown:+.1%}; widgets {count}, {more:+d}")
        for name, n in (after - before).most_common(8):
            print(f"{n:+d} {name}")
        for trouble, times in Counter(monkey.troubles).most_common(20):
            print(f"{times} x {trouble}")
        window.session.close()
    return 1 if monkey.troubles or grown > 0.1 or more > count * 0.1 else 0


if __name__ == "__main__":
    sys.exit(main())
