"""The strip as it is looked at and handled: zoom, scroll, snapping, heights, and what clips say."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from opticals.timeline.marks import MarkerView
from opticals.timeline.reading import Media
from opticals_ui.host import EditView
from opticals_ui.look.theme import colour
from opticals_ui.panel import Panel
from opticals_ui.timeline.lanes import LanePainter
from opticals_ui.timeline.model import TimelineModel
from opticals_ui.timeline.strip import HEIGHTS, TimelineStrip
from opticals_ui.timeline.view import HEADER, RULER

from .fakes import HOUR, RATE, FakeWorker, track

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def wheel(
    strip: TimelineStrip,
    at: QPoint,
    degrees: QPoint,
    held: Qt.KeyboardModifier = NONE,
    pixels: QPoint | None = None,
) -> None:
    port = strip.viewport()
    event = QWheelEvent(
        QPointF(at), QPointF(port.mapToGlobal(at)), pixels or QPoint(), degrees,
        Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(port, event)


def show(panel: Panel, view: EditView) -> TimelineStrip:
    """Show an edit without a host."""
    panel.session.selection.show(TimelineModel.of(view), keep=False)
    return panel.strip


def edit_of(*tracks, markers: tuple[MarkerView, ...] = ()) -> EditView:
    return EditView("rich", Path("/rich.otio"), RATE, False, HOUR, tracks, markers=markers)


def settle(qtbot: QtBot, strip: TimelineStrip) -> QImage:
    """The strip when all that is to be drawn is, with the pictures that come later."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: strip.at_rest)
    QApplication.processEvents()
    return strip.viewport().grab().toImage()


@pytest.fixture
def long(qtbot: QtBot, open_panel: Panel) -> TimelineStrip:
    """400 clips on each of four tracks."""
    lengths = random.Random(7)
    names = ("V1", "V2", "A1", "A2")
    spans = [[(f"clip {n}", lengths.randint(3, 90)) for n in range(400)] for _ in names]
    return show(
        open_panel, edit_of(*(track(name, *one) for name, one in zip(names, spans, strict=True)))
    )


def test_the_wheel_with_ctrl_zooms_at_the_mouse(long: TimelineStrip) -> None:
    at = QPoint(700, 80)
    for _ in range(12):
        frame = long.view.frame(at.x())
        wheel(long, at, QPoint(0, 120), CTRL)
        assert abs(long.view.frame(at.x()) - frame) <= long.frames_per_pixel
    zoomed = long.frames_per_pixel
    wheel(long, at, QPoint(0, -120), CTRL)
    assert long.frames_per_pixel > zoomed


def test_the_wheel_scrolls_time_and_with_shift_the_tracks(long: TimelineStrip) -> None:
    long.zoom(0.1)
    long.set_height("Video", 160)
    across, down = long.horizontalScrollBar(), long.verticalScrollBar()
    across.setValue(0)
    wheel(long, QPoint(600, 80), QPoint(0, -120))
    assert across.value() > 0
    before, across_before = down.value(), across.value()
    wheel(long, QPoint(600, 80), QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert (down.value() > before, across.value()) == (True, across_before)
    wheel(long, QPoint(600, 80), QPoint(-120, 0), NONE, QPoint(-37, 0))  # a trackpad: to the pixel
    assert across.value() == across_before + 37


def test_the_middle_button_drags_the_edit_along(qtbot: QtBot, long: TimelineStrip) -> None:
    long.zoom(0.1)
    long.horizontalScrollBar().setValue(500)
    frame = long.view.frame(600)
    qtbot.mousePress(long.viewport(), MIDDLE, pos=QPoint(600, 90))
    qtbot.mouseMove(long.viewport(), QPoint(450, 90))
    assert long.view.frame(450) == pytest.approx(frame)
    qtbot.mouseRelease(long.viewport(), MIDDLE, pos=QPoint(450, 90))
    qtbot.mouseMove(long.viewport(), QPoint(300, 90))
    assert long.view.frame(450) == pytest.approx(frame)


def test_while_it_plays_the_view_turns_by_pages_and_stays_where_the_user_looks(
    long: TimelineStrip,
) -> None:
    selection, bar = long.selection, long.horizontalScrollBar()
    long.zoom(0.02)
    selection.move_to(HOUR)
    selection.playing = True
    places = []
    for _ in range(int(2.2 * long.view.width * long.frames_per_pixel)):
        selection.step(1)
        places.append(bar.value())
        assert HEADER <= long.view.x(selection.playhead) <= long.view.width
    assert len(set(places)) <= 4  # a few pages, and stillness in between
    bar.setValue(bar.value() + 20_000)
    elsewhere = bar.value()
    selection.step(1)
    assert bar.value() == elsewhere
    selection.playing = False
    selection.step(1)
    assert HEADER <= long.view.x(selection.playhead) <= long.view.width


def test_what_is_dragged_snaps_until_snapping_is_off(qtbot: QtBot, open_panel: Panel) -> None:
    marker = MarkerView("", "here", "RED", (), HOUR + 150, HOUR + 151)
    strip = show(open_panel, edit_of(track("V1", ("a", 100), ("b", 100)), markers=(marker,)))
    strip.setFocus()
    selection, port = strip.selection, strip.viewport()

    def scrub(frame: int, off: int) -> int:
        x = round(strip.view.x(frame)) + off
        qtbot.mousePress(port, LEFT, pos=QPoint(500, 5))
        qtbot.mouseMove(port, QPoint(x, 5))
        found = selection.playhead
        line = port.grab().toImage()
        column = [line.pixelColor(round(strip.view.x(frame)), y) for y in range(RULER, 120)]
        shown = sum(one == colour("focus") for one in column) > 20
        assert shown == strip.snapping
        qtbot.mouseRelease(port, LEFT, pos=QPoint(x, 5))
        return found

    assert scrub(HOUR + 100, 5) == HOUR + 100
    assert scrub(HOUR + 150, -5) == HOUR + 150
    QTest.keyClick(strip, Qt.Key.Key_S)
    assert scrub(HOUR + 100, -5) == HOUR + 99
    assert open_panel.session.memory.get("strip.snapping", True) is False
    assert not TimelineStrip(open_panel.session).snapping


def test_tracks_are_made_taller_by_dragging_and_by_keys(qtbot: QtBot, open_panel: Panel) -> None:
    strip, port = open_panel.strip, open_panel.strip.viewport()
    row = strip.view.rows[0]
    qtbot.mousePress(port, LEFT, pos=QPoint(20, row.bottom))
    qtbot.mouseMove(port, QPoint(20, row.bottom + 30))
    qtbot.mouseRelease(port, LEFT, pos=QPoint(20, row.bottom + 30))
    assert strip.view.rows[0].height == HEIGHTS["Video"] + 30
    strip.setFocus()
    QTest.keyClick(strip, Qt.Key.Key_Minus, Qt.KeyboardModifier.AltModifier)
    assert strip.view.rows[0].height == HEIGHTS["Video"] + 18
    assert TimelineStrip(open_panel.session).height_of("Video") == HEIGHTS["Video"] + 18
    strip.set_height("Video", 10_000)
    assert strip.height_of("Video") < 300


def test_pages_and_the_selection_by_keys(qtbot: QtBot, long: TimelineStrip) -> None:
    long.setFocus()
    long.selection.select("V1", HOUR + 5000)
    QTest.keyClick(long, Qt.Key.Key_Z)
    found = long.selection.range
    assert found is not None
    assert HEADER <= long.view.x(found.start) < long.view.x(found.end) <= long.view.width
    before = long.view.first
    QTest.keyClick(long, Qt.Key.Key_PageDown)
    assert long.view.first > before
    QTest.keyClick(long, Qt.Key.Key_PageUp)
    assert abs(long.view.first - before) <= 1


def test_markers_are_reached_and_said(qtbot: QtBot, open_panel: Panel) -> None:
    markers = (
        MarkerView("", "act two", "GREEN", ("act two", "louder"), HOUR + 60, HOUR + 61),
        MarkerView("V1:2", "look", "RED", ("look",), HOUR + 120, HOUR + 140),
    )
    strip = show(open_panel, edit_of(track("V1", ("a", 100), ("b", 100)), markers=markers))
    strip.setFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    for frame in (60, 120, 120):
        QTest.keyClick(strip, Qt.Key.Key_M, shift)
        assert strip.selection.playhead == HOUR + frame
    QTest.keyClick(strip, Qt.Key.Key_M, shift | CTRL)
    assert strip.selection.playhead == HOUR + 60
    strip.selection.move_to(HOUR)
    picture, view = settle(qtbot, strip), strip.view
    assert picture.pixelColor(round(view.x(HOUR + 60)), RULER - 8) == colour("marker_green")
    row = view.rows[0]
    bar = picture.pixelColor(round(view.x(HOUR + 130)), row.top + round(row.marked) + 1)
    assert bar == colour("marker_red")
    assert "louder" in tip(strip, QPoint(round(view.x(HOUR + 60)), RULER - 8))
    on_clip = tip(strip, QPoint(round(view.x(HOUR + 120)), row.top + round(row.marked) + 4))
    assert "look" in on_clip
    assert "20 frames" in on_clip


def tip(strip: TimelineStrip, at: QPoint) -> str:
    port = strip.viewport()
    QApplication.sendEvent(port, QHelpEvent(QEvent.Type.ToolTip, at, port.mapToGlobal(at)))
    return QToolTip.text()


def test_states_are_told_apart_without_colour(qtbot: QtBot, open_panel: Panel) -> None:
    plain = track("V1", *[(f"c{n}", 50) for n in range(6)])
    states = (
        {},
        {"enabled": False},
        {"media": Media.OFFLINE},
        {"media": Media.MISSING},
        {"media": Media.GENERATOR},
        {"media": Media.GAPS},
    )
    items = tuple(replace(one, **more) for one, more in zip(plain.items, states, strict=True))
    strip = show(open_panel, edit_of(replace(plain, items=items)))
    strip.set_height("Video", 90)
    strip.selection.select_none()
    picture, view = settle(qtbot, strip), strip.view
    seen = []
    for item in items:
        left = round(view.x(item.record)) + 40
        left -= left % 16  # patterns repeat by eight
        body = picture.copy(QRect(left, view.rows[0].top + 32, 64, 32))
        shades = [body.pixelColor(x, y).name() for y in range(32) for x in range(64)]
        most = Counter(shades).most_common(1)[0][0]
        seen.append(tuple(shade == most for shade in shades))
    assert all(seen[0])  # a plain clip is plain
    assert len(set(seen)) == len(seen)
    at = QPoint(round(view.x(items[2].record)) + 40, view.rows[0].top + 50)
    assert "offline" in tip(strip, at).lower()


def test_tracks_that_are_locked_or_off_say_so(qtbot: QtBot, open_panel: Panel) -> None:
    lanes = [track(name, ("a", 100)) for name in ("V1", "V2", "V3")]
    lanes[1] = replace(lanes[1], locked=True, name="Titles")
    lanes[2] = replace(lanes[2], enabled=False)
    strip = show(open_panel, edit_of(*lanes))
    rows = {row.lane.id: row for row in strip.view.rows}
    assert "Titles · locked" in tip(strip, QPoint(10, rows["V2"].top + 20))
    assert "disabled" in tip(strip, QPoint(10, rows["V3"].top + 20))
    picture = settle(qtbot, strip)
    bodies = {
        id: {picture.pixelColor(x, row.top + 30).name() for x in range(300, 360)}
        for id, row in rows.items()
    }
    assert len(bodies["V1"]) == 1
    assert len(bodies["V2"]) > 1
    assert bodies["V3"] != bodies["V1"]


def test_a_version_badge_offers_its_versions(qtbot: QtBot, open_panel: Panel) -> None:
    plain = track("V1", ("a", 100), ("b", 100))
    placed = replace(plain.items[1], version="b_v002", versions=("b_v001", "b_v002"), draft=True)
    strip = show(open_panel, edit_of(replace(plain, items=(plain.items[0], placed))))
    strip.selection.select("V1", HOUR)
    wanted: list[str] = []
    strip.versions_wanted.connect(lambda clip, where: wanted.append(clip))
    at = QPoint(round(strip.view.x(HOUR + 100)) + 12, strip.view.rows[0].top + 8)
    qtbot.mouseClick(strip.viewport(), LEFT, pos=at)
    assert wanted == ["V1:2"]
    assert strip.selection.clip == "V1:2"
    said = tip(strip, at)
    assert "b_v002" in said
    assert "v2 · 2 of 2 draft" in said
    wanted.clear()
    qtbot.mouseClick(strip.viewport(), LEFT, pos=at + QPoint(0, 30))
    assert not wanted


def test_a_render_under_way_is_a_bar_on_its_clip(
    qtbot: QtBot, open_panel: Panel, workers: list[FakeWorker]
) -> None:
    session, strip = open_panel.session, open_panel.strip
    session.selection.select("V1", HOUR)
    workers[0].go_on.clear()
    session.render()
    qtbot.waitUntil(lambda: any(view.done for view in session.jobs_here))
    session.selection.select("V2", HOUR + 50)
    picture, view = settle(qtbot, strip), strip.view
    row = view.row("V1")
    assert row is not None
    y = row.bottom - 6
    done, left = (picture.pixelColor(round(view.x(HOUR + at)), y) for at in (25, 75))
    assert done == colour("accent")
    assert left == colour("field")
    workers[0].go_on.set()
    qtbot.waitUntil(lambda: not session.jobs.active)


def test_a_render_that_is_finished_and_not_placed_is_told(qtbot: QtBot, open_panel: Panel) -> None:
    session, strip = open_panel.session, open_panel.strip
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: bool(session.edit.undo) and not session.busy)
    session.selection.select("V2", HOUR + 50)

    def ready() -> int:
        """Pixels in the colour of what is done, at the foot of the clip."""
        picture, row = settle(qtbot, strip), strip.view.row("V1")
        assert row is not None
        left, right = (round(strip.view.x(HOUR + at)) for at in (0, 100))
        return sum(
            picture.pixelColor(x, y) == colour("success")
            for x in range(left, right)
            for y in range(row.bottom - 16, row.bottom)
        )

    assert not ready()
    session.undo()
    qtbot.waitUntil(lambda: not session.edit.undo and not session.busy)
    assert ready() > 50
    assert "not placed" in tip(strip, strip.point("V1", HOUR + 50))
    session.redo()
    qtbot.waitUntil(lambda: bool(session.edit.undo) and not session.busy)
    assert not ready()


def test_what_is_kept_of_the_lanes_is_what_would_be_drawn(
    qtbot: QtBot, long: TimelineStrip
) -> None:
    """After any way through the edit the strip looks as one that was opened there."""
    way = random.Random(3)
    bar = long.horizontalScrollBar()
    for _ in range(6):
        for _ in range(6):
            step = way.choice(("zoom", "scroll", "select", "height"))
            if step == "zoom":
                long.zoom(way.choice((0.5, 0.8, 1.3, 2.0)), way.randint(HEADER, 1200))
            elif step == "scroll":
                bar.setValue(bar.value() + way.randint(-900, 900))
            elif step == "select":
                long.selection.select(way.choice(("V1", "V2")), HOUR + way.randint(0, 9000))
            else:
                long.set_height("Video", way.randint(30, 90))
            QApplication.processEvents()
        seen = settle(qtbot, long)
        long.canvas.tiles.clear()
        long.viewport().update()
        assert settle(qtbot, long) == seen


def test_nothing_is_drawn_again_that_did_not_change(
    qtbot: QtBot, long: TimelineStrip, monkeypatch: pytest.MonkeyPatch
) -> None:
    long.zoom(0.1)
    settle(qtbot, long)
    drawn: list[int] = []
    plain = LanePainter.paint

    def paint(self: LanePainter, *what: object, **more: object) -> object:
        drawn.append(1)
        return plain(self, *what, **more)

    monkeypatch.setattr(LanePainter, "paint", paint)
    long.selection.step(1)
    long.viewport().update()
    settle(qtbot, long)
    assert not drawn
    bar = long.horizontalScrollBar()
    bar.setValue(bar.value() + 40)
    settle(qtbot, long)
    assert len(drawn) <= 2 * len(long.view.rows)  # a column at the edge, and one beside it


def test_ten_thousand_clips_draw_no_more_than_there_are_pixels_for(
    qtbot: QtBot, open_panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = [track(f"V{n + 1}", *[("c", 5 + n % 9)] * 1000) for n in range(10)]
    counted: list[int] = []
    plain = LanePainter._item
    monkeypatch.setattr(
        LanePainter, "_item", lambda self, *what: (counted.append(1), plain(self, *what))
    )
    strip = show(open_panel, edit_of(*lanes))
    settle(qtbot, strip)
    assert len(counted) <= 10 * strip.view.width / 3
    counted.clear()
    strip.selection.select_all()
    assert len(strip.selection.clips) == 10_000
    assert len(strip.canvas.selection_shape(strip.view)) <= 10 * strip.view.width / 6


def test_the_name_of_a_clip_stays_in_sight(qtbot: QtBot, open_panel: Panel) -> None:
    """A clip that begins left of what is shown has its name at the left edge."""
    strip = show(open_panel, edit_of(track("V1", ("a clip with a name", 1000))))
    strip.zoom(0.2, HEADER)
    strip.horizontalScrollBar().setValue(strip.horizontalScrollBar().maximum() // 2)
    picture, row = settle(qtbot, strip), strip.view.rows[0]
    bar = [picture.pixelColor(x, y) for y in range(row.top + 2, row.top + 14)
           for x in range(HEADER + 4, HEADER + 60)]  # fmt: skip
    assert sum(one.lightness() > 150 for one in bar) > 30


def test_what_is_drawn_anew_is_seen_whole(qtbot: QtBot, long: TimelineStrip) -> None:
    """A stretch that came to be drawn because the playhead passed is not left old beside it."""
    settle(qtbot, long)
    painted = QRegion()

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            nonlocal painted
            if isinstance(event, QPaintEvent):
                painted = painted.united(event.region())
            return False

    watch = Watch()
    long.viewport().installEventFilter(watch)
    lanes = long.lanes_box.intersected(QRect(0, 0, 9999, long.view.rows[-1].bottom))
    long.canvas.redraw()  # another edit, of which something is painted before all of it is
    ends = QRegion(lanes.left(), 0, 2, 400).united(QRegion(lanes.right() - 2, 0, 2, 400))
    long.viewport().repaint(ends)
    qtbot.waitUntil(lambda: QRegion(lanes).subtracted(painted).isEmpty())
    long.viewport().removeEventFilter(watch)
