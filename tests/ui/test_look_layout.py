"""Where the parts of the panel stand, and that they stay there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter, QWidget
from pytestqt.qtbot import QtBot

from opticals_ui import layout
from opticals_ui.layout import restore_window
from opticals_ui.panel import Panel
from opticals_ui.session import Session

SIZES = [(420, 720), (420, 900), (1280, 800), (1920, 1080), (2560, 1440)]


@pytest.mark.parametrize("size", SIZES)
def test_every_part_has_its_room(qtbot: QtBot, open_panel: Panel, size: tuple[int, int]) -> None:
    open_panel.resize(*size)
    QTest.qWait(20)
    stage, strip, side = open_panel.stage, open_panel.strip, open_panel.side
    for part in (stage, strip, side):
        assert part.isVisible()
        assert part.height() >= 80
        assert part.width() >= layout.SIDE - 1
        corner = part.mapTo(open_panel, part.rect().bottomRight())
        assert open_panel.rect().contains(corner)
    beside = side.mapTo(open_panel, side.rect().topLeft()).x() > 0
    assert beside == (size[0] >= 860)
    assert stage.height() >= 0.25 * min(size[1], 600)


@pytest.mark.parametrize("size", [(420, 900), (1280, 800)])
def test_no_page_takes_the_timeline_its_room(
    qtbot: QtBot, open_panel: Panel, size: tuple[int, int]
) -> None:
    """A page scrolls, however much is in it."""
    open_panel.resize(*size)
    QTest.qWait(20)
    strip, side = open_panel.strip, open_panel.side
    wanted = strip.sizeHint().height()
    for page in ("effects", "versions", "queue"):
        side.show_page(page)
        QTest.qWait(20)
        assert strip.height() >= min(wanted, 0.2 * size[1]), page


@pytest.mark.parametrize("width", [420, 1280])
def test_what_was_moved_stays_moved(qtbot: QtBot, opened: Session, width: int) -> None:
    def made() -> Panel:
        panel = Panel(opened)
        qtbot.addWidget(panel)
        panel.resize(width, 900)
        panel.show()
        qtbot.waitExposed(panel)
        return panel

    first = made()
    before = first.strip.height()
    drag(first.places.lines, -40)
    moved = first.strip.height()
    assert moved == pytest.approx(before + 40, abs=2)
    first.resize(width, 1000)
    first.resize(width, 900)
    QTest.qWait(20)
    assert first.strip.height() == pytest.approx(moved, abs=2)
    second = made()
    assert second.strip.height() == pytest.approx(moved, abs=2)
    second.actions_by_id["layout_reset"].trigger()
    QTest.qWait(20)
    assert second.strip.height() == pytest.approx(before, abs=2)


def drag(splitter: QSplitter, by: int) -> None:
    handle = splitter.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    target = middle
    target.setY(middle.y() + by)
    QTest.mouseMove(handle, target)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=target)


def test_keys_move_what_divides_the_parts(qtbot: QtBot, open_panel: Panel) -> None:
    panel = open_panel
    side, strip = panel.side.width(), panel.strip.height()
    press(panel, Qt.Key.Key_Left)
    assert panel.side.width() == side + layout.STEP
    press(panel, Qt.Key.Key_Right)
    assert panel.side.width() == side
    press(panel, Qt.Key.Key_Up)
    assert panel.strip.height() == strip + layout.STEP


def test_the_side_goes_and_comes_back(qtbot: QtBot, panel: Panel, session: Session) -> None:
    width = panel.stage.width()
    qtbot.keyClick(panel, Qt.Key.Key_Backslash, Qt.KeyboardModifier.ControlModifier)
    assert not panel.side.isVisible()
    QTest.qWait(20)
    assert panel.stage.width() == panel.width() > width
    assert not session.memory.get("side shown", True)
    qtbot.keyClick(panel, Qt.Key.Key_Backslash, Qt.KeyboardModifier.ControlModifier)
    assert panel.side.isVisible()


def test_the_page_is_the_one_of_the_last_time(qtbot: QtBot, session: Session) -> None:
    for _ in range(2):
        panel = Panel(session)
        qtbot.addWidget(panel)
        panel.side.show_page("queue")
    assert panel.side.page == "queue"
    session.memory.put("page", "what there was once")
    panel = Panel(session)
    qtbot.addWidget(panel)
    assert panel.side.page == "effects"


def test_a_window_on_a_screen_that_is_gone_comes_back(qtbot: QtBot, session: Session) -> None:
    away = QWidget()
    qtbot.addWidget(away)
    away.setGeometry(20_000, 20_000, 900, 700)
    session.memory.put_state("window", away.saveGeometry())
    window = QWidget()
    qtbot.addWidget(window)
    restore_window(window, session.memory, QSize(1280, 800))
    window.show()
    area = window.screen().availableGeometry()
    assert area.contains(window.geometry().topLeft())
    session.memory.put("window", "rubbish")
    restore_window(window, session.memory, QSize(1280, 800))
    assert window.width() <= area.width()


def press(panel: Panel, key: Qt.Key) -> None:
    both = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(panel.strip, key, both)
    QTest.qWait(20)


def test_the_focus_stays_where_it_is_in_another_width(qtbot: QtBot, open_panel: Panel) -> None:
    panel = open_panel
    for focus in (panel.strip, panel.effects.search):
        focus.setFocus()
        if focus is panel.effects.search:
            qtbot.keyClicks(focus, "noise")
        for width in (420, 1280):
            panel.resize(width, 900)
            qtbot.wait(20)
            assert panel.focusWidget() is focus
            assert focus.hasFocus()
    assert panel.effects.search.text() == "noise"
