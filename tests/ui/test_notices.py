"""Notices as they are read, reached by keyboard, merged, and gone again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from opticals.errors import EditError, SettingError, ShotError
from opticals_ui.look.elided import ElidedLabel
from opticals_ui.notices import bar as notice_bar
from opticals_ui.notices import reports
from opticals_ui.notices.board import SHOWN, Answer, Board, Kind, Notice, listing
from opticals_ui.panel import Panel

from .fakes import FakeWorker

LONG = "A sentence that goes on for longer than any panel of 420 pixels can show in one line."


def info(topic: str, what: str = "Done.") -> Notice:
    return Notice(Kind.INFO, topic, what)


def test_a_marker_that_was_misspelt_is_said_while_the_others_render() -> None:
    wrong = SettingError("The marker asks for “denoize”.", "There is none.", "Did you mean it?")
    notice = reports.started((), (), (wrong,))
    assert notice is not None
    assert notice.lasting
    assert notice.why == "The marker asks for “denoize”. There is none. Did you mean it?"
    assert reports.started((), ()) is None


def assert_all_is_seen(panel: Panel) -> None:
    stack = panel.notices
    foot = panel.preview.mapTo(panel, panel.preview.rect().bottomLeft())
    assert stack.geometry().bottomLeft() == foot  # the transport stays in reach
    labels = [one for one in stack.findChildren(QLabel) if one.text() and one.isVisible()]
    assert labels
    for label in labels:
        place = QRect(label.mapTo(stack.viewport(), QPoint()), label.size())
        assert stack.viewport().rect().contains(place), label.text()
        assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("width", [420, 1280])
def test_every_notice_shows_its_words(qtbot: QtBot, open_panel: Panel, width: int) -> None:
    board = open_panel.session.board
    board.notify(info("first"))
    QApplication.processEvents()
    open_panel.resize(width, 1000)
    QApplication.processEvents()
    assert_all_is_seen(open_panel)
    board.notify(Notice(Kind.INFO, "second", LONG, LONG))
    QApplication.processEvents()
    assert_all_is_seen(open_panel)
    board.dismiss("second")
    QApplication.processEvents()
    assert_all_is_seen(open_panel)
    board.dismiss("first")
    assert open_panel.notices.isHidden()


def test_a_notice_moves_nothing(qtbot: QtBot, open_panel: Panel) -> None:
    def places() -> list[QRect]:
        return [one.geometry() for one in (open_panel.preview, open_panel.strip.parentWidget())]

    qtbot.wait(300)  # until the timeline has the room that its tracks take
    before = places()
    for topic in "abc":
        open_panel.session.board.fail(EditError(topic, LONG, LONG), topic)
    QApplication.processEvents()
    assert places() == before


def test_a_result_goes_by_itself_an_error_stays(
    qtbot: QtBot, open_panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_bar, "STAY", 50)
    monkeypatch.setattr(notice_bar, "LINGER", 50)
    QCursor.setPos(open_panel.mapToGlobal(QPoint(5, 5)))
    board = open_panel.session.board
    board.fail(EditError("It broke."), "edit")
    board.notify(info("held", "Held by the focus."))
    board.notify(info("done"))
    open_panel.notices.bars()[1].buttons[0].setFocus()
    qtbot.waitUntil(lambda: [one.topic for one in board.notices] == ["held", "edit"])
    qtbot.wait(150)
    assert [one.topic for one in board.notices] == ["held", "edit"]
    open_panel.strip.setFocus()
    qtbot.waitUntil(lambda: [one.topic for one in board.notices] == ["edit"])


def test_a_question_takes_the_focus_and_gives_it_back(qtbot: QtBot, open_panel: Panel) -> None:
    board, given = open_panel.session.board, []
    open_panel.strip.setFocus()
    board.ask("Sure?", "It matters.", Answer("Yes", lambda: given.append(True)))
    focus = open_panel.focusWidget()
    assert isinstance(focus, QPushButton)
    assert focus.text() == "Yes"
    board.fail(EditError("It broke."), "edit")
    assert open_panel.focusWidget() is focus
    QTest.keyClick(focus, Qt.Key.Key_Space)
    assert given == [True]
    assert open_panel.focusWidget() is open_panel.strip
    assert [one.topic for one in board.notices] == ["edit"]


def test_notices_are_reached_by_keys(qtbot: QtBot, open_panel: Panel) -> None:
    board = open_panel.session.board
    board.fail(EditError("First."), "first")
    board.fail(EditError("Second."), "second")
    QTest.keyClick(open_panel.strip, Qt.Key.Key_6, Qt.KeyboardModifier.ControlModifier)
    bars = open_panel.notices.bars()
    expected = [button for bar in bars for button in bar.buttons]
    assert [bar.notice.what for bar in bars] == ["Second.", "First."]
    for button in expected:
        assert open_panel.focusWidget() is button
        QTest.keyClick(button, Qt.Key.Key_Tab)
    assert open_panel.focusWidget() is open_panel.stage.bar.dismiss
    QTest.keyClick(open_panel, Qt.Key.Key_Backtab)
    assert open_panel.focusWidget() is expected[-1]


def test_what_says_the_same_is_said_once(qtbot: QtBot) -> None:
    board = Board()
    for topic in "abc":
        board.fail(ShotError("Too short.", "It has 3 frames."), topic)
    board.fail(ShotError("Too short.", "It has 4 frames."), "d")
    assert [one.topic for one in board.notices] == ["d", "c"]


def test_a_question_is_not_pushed_out(qtbot: QtBot) -> None:
    board = Board()
    board.ask("Sure?", "", Answer("Yes", lambda: None))
    for number in range(5):
        board.notify(info(str(number), f"Done {number}."))
    assert [one.topic for one in board.notices] == ["4", "3", "question"]
    assert len(board.notices) == SHOWN


def test_a_missing_model_can_be_had_from_its_error(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    workers[0].missing = "rife"
    session.selection.select("V1", session.model.start)
    session.render()
    qtbot.waitUntil(lambda: bool(session.board.notices))

    def press(label: str) -> None:
        buttons = open_panel.notices.findChildren(QPushButton)
        qtbot.mouseClick(
            next(one for one in buttons if one.text() == label and one.isVisible()),
            Qt.MouseButton.LeftButton,
        )

    press("Get the model")
    qtbot.waitUntil(lambda: session.board.notices[0].what == "The model rife is here.")
    assert len(session.board.notices) == 1
    press("Render again")
    qtbot.waitUntil(lambda: session.jobs.views[0].render is not None)
    assert len(session.jobs.views) == 1
    assert [job.shot.id for job in workers[0].jobs] == ["V1:1", "V1:1"]


def test_a_missing_model_of_a_preview(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session = open_panel.session
    workers[0].missing = "rife"
    session.selection.select("V1", session.model.start)
    session.preview()
    qtbot.waitUntil(lambda: bool(session.board.notices))
    session.board.notices[0].answers[0].act()
    qtbot.waitUntil(lambda: session.board.notices[0].what == "The model rife is here.")
    session.board.notices[0].answers[0].act()
    qtbot.waitUntil(lambda: not session.viewing.after.isNull())


def test_changed_words_leave_nothing_of_the_old(qtbot: QtBot, open_panel: Panel) -> None:
    def left_edge(words: str) -> list[int]:
        label.setText(words)
        QApplication.processEvents()
        image = label.grab().toImage()
        return [image.pixel(x, y) for x in range(8) for y in range(image.height())]

    label = next(
        one for one in open_panel.findChildren(ElidedLabel) if one.property("role") == "title"
    )
    assert label.contentsRect().left() == 8
    assert left_edge("WWWW") == left_edge("")
    label.setText("W" * 300)
    assert label.toolTip() == "W" * 300


@pytest.mark.parametrize("width", [420, 1280])
def test_many_answers_wrap_and_none_is_cut(qtbot: QtBot, open_panel: Panel, width: int) -> None:
    open_panel.resize(width, 900)
    given: list[int] = []
    names = [
        "24",
        "A sequence & a name as long as those that productions give to theirs",
        *"abcdef",
    ]
    answers = [Answer(name, lambda n=n: given.append(n)) for n, name in enumerate(names)]
    open_panel.session.board.ask("Which?", "It matters.", *answers)
    QApplication.processEvents()
    assert_all_is_seen(open_panel)
    (bar,) = open_panel.notices.bars()
    places = [button.geometry() for button in bar.buttons]
    for index, (button, place) in enumerate(zip(bar.buttons, places, strict=True)):
        assert bar.rect().contains(place), button.accessibleName()
        assert not any(place.intersects(other) for other in places[index + 1 :])
        assert place.width() >= button.minimumSizeHint().width()
    assert [one.accessibleName() for one in bar.buttons[:-1]] == names
    for _ in range(3):
        QTest.keyClick(open_panel.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(open_panel.focusWidget(), Qt.Key.Key_Space)
    assert given == [3]


def test_a_long_list_says_how_much_is_left_out() -> None:
    lines = [str(number) for number in range(7)]
    assert listing(lines[:5]).splitlines() == lines[:5]
    assert listing(lines).splitlines() == [*lines[:4], "… and 3 more."]
    notice = Notice(Kind.INFO, "x", "Found.", listing(lines), more="\n".join(lines))
    assert notice.details.splitlines() == ["Found.", *lines]
