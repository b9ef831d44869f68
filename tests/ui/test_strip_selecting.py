"""Several clips selected by mouse and by keys, and rendered as so many shots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from opticals_ui.look.theme import colour
from opticals_ui.panel import Panel
from opticals_ui.timeline.selection import Range
from opticals_ui.timeline.strip import TimelineStrip

from .fakes import HOUR, FakeHost, FakeWorker, track

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def strip(qtbot: QtBot, panel: Panel, host: FakeHost, edit: Path) -> TimelineStrip:
    """V1: a b c d e, with a gap before d; V2: a title over b; A1: one sound."""
    lower = track("V1", ("a", 40), ("b", 40), ("c", 40), ("", 40), ("d", 40), ("e", 40))
    media = ("/one.mov", "/two.mov", "/one.mov", None, "/one.mov", "/two.mov")
    items = tuple(
        replace(item, original=name and Path(name))
        for item, name in zip(lower.items, media, strict=True)
    )
    host.tracks = (
        replace(lower, items=items),
        track("V2", ("", 50), ("title", 30)),
        track("A1", ("sound", 200)),
    )
    panel.session.open(edit)
    qtbot.waitUntil(lambda: panel.session.edit is not None and not panel.session.busy)
    panel.strip.setFocus()
    return panel.strip


def click(strip: TimelineStrip, id: str, frame: int, held: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(strip.viewport(), LEFT, held, strip.point(id, HOUR + frame))


def drag(
    strip: TimelineStrip, start: QPoint, end: QPoint, held: Qt.KeyboardModifier = NONE
) -> None:
    port = strip.viewport()
    QTest.mousePress(port, LEFT, held, start)
    for share in (0.5, 1.0):
        # as QTest.mouseMove takes no keys, what is held is told by the press and the release
        QTest.mouseMove(port, start + (end - start) * share)
    QTest.mouseRelease(port, LEFT, held, end)


def test_ctrl_click_adds_and_takes_away(strip: TimelineStrip) -> None:
    click(strip, "V1", 10)
    click(strip, "V1", 100, CTRL)
    click(strip, "V2", 60, CTRL)
    assert strip.selection.clips == {"V1:1", "V1:3", "V2:1"}
    assert strip.selection.clip == "V2:1"
    click(strip, "V1", 10, CTRL)
    assert strip.selection.clips == {"V1:3", "V2:1"}
    click(strip, "V1", 100)
    assert strip.selection.clips == {"V1:3"}


def test_shift_click_selects_from_one_to_the_other(strip: TimelineStrip) -> None:
    click(strip, "V1", 50)
    click(strip, "V1", 170, SHIFT)
    assert strip.selection.clips == {"V1:2", "V1:3", "V1:4"}
    click(strip, "V1", 10, SHIFT)  # from the same clip, to the other side
    assert strip.selection.clips == {"V1:1", "V1:2"}
    click(strip, "V2", 60, SHIFT)
    assert strip.selection.clips == {"V1:2", "V2:1"}


def test_a_band_from_empty_space_selects_what_it_touches(strip: TimelineStrip) -> None:
    port = strip.viewport()
    start = strip.point("V1", HOUR + 140)  # in the gap
    QTest.mousePress(port, LEFT, NONE, start)
    QTest.mouseMove(port, strip.point("V1", HOUR + 90))
    assert strip.selection.clips == {"V1:3"}
    QTest.mouseMove(port, strip.point("V2", HOUR + 60))
    shown = port.grab().toImage()
    assert shown.pixelColor(start.x() - 5, start.y() - 5).blue() > colour("raised").blue() + 10
    assert strip.selection.clips == {"V1:2", "V1:3", "V2:1"}
    QTest.mouseRelease(port, LEFT, NONE, strip.point("V2", HOUR + 60))
    assert strip.selection.mark_in is None


def test_a_band_begins_on_a_clip_with_shift_and_leaves_sound_out(strip: TimelineStrip) -> None:
    drag(strip, strip.point("V1", HOUR + 10), strip.point("A1", HOUR + 60), SHIFT)
    assert strip.selection.clips == {"V1:1", "V1:2"}
    drag(strip, strip.point("A1", HOUR + 10), strip.point("A1", HOUR + 60), SHIFT)
    assert strip.selection.clips == {"A1:1"}
    drag(strip, strip.point("V1", HOUR + 10), strip.point("V1", HOUR + 60))  # without: a range
    assert strip.selection.range is not None
    assert not strip.selection.several
    assert strip.selection.range.end - strip.selection.range.start in range(48, 53)


def test_the_same_by_keys(strip: TimelineStrip) -> None:
    strip.selection.select("V1", HOUR + 50)
    strip.selection.move_to(HOUR + 50)
    QTest.keyClick(strip, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(strip, Qt.Key.Key_Down, SHIFT)  # over the gap
    assert strip.selection.clips == {"V1:2", "V1:3", "V1:4"}
    assert strip.selection.playhead == HOUR + 160
    QTest.keyClick(strip, Qt.Key.Key_Up, SHIFT)
    assert strip.selection.clips == {"V1:2", "V1:3"}
    strip.selection.move_to(HOUR + 210)
    QTest.keyClick(strip, Qt.Key.Key_D, SHIFT)
    assert strip.selection.clips == {"V1:2", "V1:3", "V1:5"}
    QTest.keyClick(strip, Qt.Key.Key_A, CTRL)
    assert len(strip.selection.clips) == 6
    strip.selection.select("V1", HOUR + 10)
    QTest.keyClick(strip, Qt.Key.Key_A, Qt.KeyboardModifier.AltModifier)
    assert strip.selection.clips == {"V1:1", "V1:3", "V1:4"}
    QTest.keyClick(strip, Qt.Key.Key_A, CTRL | SHIFT)
    assert not strip.selection.clips
    assert strip.selection.ranges == ()


def test_several_are_summed_up_in_words(strip: TimelineStrip) -> None:
    click(strip, "V1", 10)
    click(strip, "V2", 60, CTRL)
    said = strip.selection.describe()
    assert said == "2 clips · V1, V2 · 00:00:02:20 in all"
    assert strip.accessibleDescription() == said


def test_each_becomes_a_shot(
    qtbot: QtBot, panel: Panel, strip: TimelineStrip, workers: list[FakeWorker]
) -> None:
    click(strip, "V1", 10)
    click(strip, "V1", 50, CTRL)
    click(strip, "V1", 210, CTRL)
    assert strip.selection.ranges == (
        Range(("V1",), HOUR, HOUR + 80),
        Range(("V1",), HOUR + 200, HOUR + 240),
    )
    panel.session.choice.choose("copy")
    panel.session.render()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 3)
    assert [job.shot.id for job in workers[0].jobs] == ["V1:1", "V1:2", "V1:5"]
    assert [job.shot.record_frames for job in workers[0].jobs] == [40, 40, 40]
    qtbot.waitUntil(lambda: not panel.session.jobs.active)


def test_all_that_are_selected_are_outlined(qtbot: QtBot, strip: TimelineStrip) -> None:
    click(strip, "V1", 10)
    click(strip, "V1", 170, CTRL)
    qtbot.wait(50)
    picture, view = strip.viewport().grab().toImage(), strip.view
    row = view.row("V1")
    assert row is not None
    foot = row.bottom - 4
    outlined = {
        frame: picture.pixelColor(round(view.x(HOUR + frame)) + 30, foot) == colour("selected")
        for frame in (0, 40, 80, 120, 160, 200)
    }
    assert outlined == {0: True, 40: False, 80: False, 120: False, 160: True, 200: False}
