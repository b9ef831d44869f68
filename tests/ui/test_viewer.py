"""The viewer by its keys and its mouse: comparison, transparency, zoom, timecode, scopes."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from opticals_ui.panel import Panel
from opticals_ui.viewer.composing import difference, inside, matte
from opticals_ui.viewer.modes import ZOOMS, Compare, Ground
from opticals_ui.viewer.picture_view import PictureView
from opticals_ui.viewer.placing import Placing
from opticals_ui.viewer.scope_view import chroma
from opticals_ui.viewer.seen import Seen, Side
from opticals_ui.viewer.viewing import FRAMES

from .fakes import HOUR, FakeHost, FakeProjector, FakeWorker, item

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
RENDER = "V1-1_upscale_v001"


@pytest.fixture
def placed(qtbot: QtBot, open_panel: Panel, host: FakeHost) -> Panel:
    """A panel whose first clip shows a render, with the picture focused."""
    lane = host.tracks[0]
    first = replace(lane.items[0], version=RENDER, versions=(RENDER,), original=Path("/bikes.mov"))
    host.tracks = (replace(lane, items=(first, *lane.items[1:])), *host.tracks[1:])
    session = open_panel.session
    assert host.path is not None
    session.open(host.path)
    qtbot.waitUntil(lambda: session.model is not None and session.model.find("V1:1").version)
    qtbot.waitUntil(lambda: not session.busy)
    open_panel.preview.setFocus()
    see(qtbot, open_panel, HOUR + 10)
    return open_panel


@pytest.fixture
def projector(placed: Panel) -> FakeProjector:
    made = placed.session.sights._projector
    assert isinstance(made, FakeProjector)
    return made


def see(qtbot: QtBot, panel: Panel, record: int, *, both: bool = False) -> Seen:
    """Move the playhead, and wait for what is seen there."""
    screen = panel.session.showing.screen
    panel.session.selection.move_to(record)

    def there() -> bool:
        seen = screen.seen
        return seen is not None and seen.record == record and (not both or seen.source is not None)

    qtbot.waitUntil(there)
    assert screen.seen is not None
    return screen.seen


def key(panel: Panel, code: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(panel.preview, code, modifiers)
    QApplication.processEvents()


def shown_at(view: PictureView, x: float, y: float = 0.8) -> tuple[int, int, int]:
    """The colour at a place of the picture, 0 to 1 from its upper left corner."""
    box = view.picture_box()
    at = QPoint(round(box.left() + x * box.width()), round(box.top() + y * box.height()))
    ratio = view.devicePixelRatioF()
    colour = view.grab().toImage().pixelColor(at * ratio)
    return colour.red(), colour.green(), colour.blue()


SOURCE, RESULT = (0, 40, 10), (255, 40, 10)


def test_every_comparison_by_its_key(qtbot: QtBot, placed: Panel) -> None:
    view = placed.preview
    assert view.mode is Compare.RESULT
    assert shown_at(view, 0.2) == RESULT
    key(placed, Qt.Key.Key_2, ALT)
    see(qtbot, placed, HOUR + 10, both=True)
    assert shown_at(view, 0.2) == SOURCE
    key(placed, Qt.Key.Key_3, ALT)
    see(qtbot, placed, HOUR + 10, both=True)
    assert (shown_at(view, 0.2), shown_at(view, 0.8)) == (SOURCE, RESULT)
    key(placed, Qt.Key.Key_4, ALT)
    left, right = view._halves()
    middle = view.picture_box().center()
    assert shown_at(view, 0.5) == SOURCE
    picture = view.grab().toImage()
    other = picture.pixelColor(middle.x() + round(right.left() - left.left()), middle.y() + 20)
    assert (other.red(), other.green(), other.blue()) == RESULT
    key(placed, Qt.Key.Key_5, ALT)
    assert shown_at(view, 0.2) == (255, 0, 0)
    key(placed, Qt.Key.Key_1, ALT)
    assert shown_at(view, 0.2) == RESULT
    # it is kept from one run to the next
    assert placed.session.memory.get("viewer/compare") == "result"


def test_the_source_is_seen_as_long_as_a_key_is_held(qtbot: QtBot, placed: Panel) -> None:
    view, screen = placed.preview, placed.session.showing.screen
    QTest.keyPress(view, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: screen.seen is not None and screen.seen.source is not None)
    assert view.mode is Compare.SOURCE
    assert shown_at(view, 0.2) == SOURCE
    QTest.keyRelease(view, Qt.Key.Key_B)
    assert view.mode is Compare.RESULT
    assert shown_at(view, 0.2) == RESULT
    QTest.keyPress(view, Qt.Key.Key_B)
    placed.clearFocus()
    QApplication.sendEvent(placed, QKeyEvent(QKeyEvent.Type.WindowDeactivate, 0, NONE))
    assert view.mode is Compare.RESULT  # nothing is held in a window that is not active


def test_the_wipe_follows_the_mouse_and_keys(qtbot: QtBot, placed: Panel) -> None:
    view = placed.preview
    key(placed, Qt.Key.Key_3, ALT)
    see(qtbot, placed, HOUR + 10, both=True)
    box = view.picture_box()
    at = QPoint(box.left() + round(box.width() * 0.3), box.center().y())
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at)
    assert view.wipe == pytest.approx(0.3, abs=0.01)
    assert (shown_at(view, 0.25), shown_at(view, 0.35)) == (SOURCE, RESULT)
    key(placed, Qt.Key.Key_Right, ALT)
    assert view.wipe == pytest.approx(0.32, abs=0.01)
    key(placed, Qt.Key.Key_End, ALT)
    assert view.wipe == 1
    assert shown_at(view, 0.9) == SOURCE
    key(placed, Qt.Key.Key_Home, ALT)
    assert view.wipe == 0
    assert shown_at(view, 0.1) == RESULT
    assert "before on the left" in view.accessibleDescription()


def test_an_effect_is_compared_in_its_own_way(
    qtbot: QtBot, placed: Panel, workers: list[FakeWorker]
) -> None:
    """The cut is seen whole, what an effect does with a wipe, unless something else is chosen."""
    session, view = placed.session, placed.preview
    see(qtbot, placed, HOUR + 130)
    session.selection.select("V1", HOUR + 130)
    session.preview()
    screen = session.showing.screen
    qtbot.waitUntil(lambda: screen.seen is not None and screen.seen.preview)
    assert view.mode is Compare.WIPE
    assert "Before" in view.accessibleDescription()
    see(qtbot, placed, HOUR + 131)
    assert not screen.seen.preview
    assert view.mode is Compare.RESULT
    see(qtbot, placed, HOUR + 130)
    assert screen.seen.preview


def test_what_is_seen_is_written_in_a_corner(qtbot: QtBot, placed: Panel) -> None:
    view = placed.preview
    view.grab()
    (tag,) = view._tags
    assert tag.words == f"Result {RENDER}  00:00:00:10"
    assert "Frame 11 of 500" in tag.tooltip
    see(qtbot, placed, HOUR + 130)
    view.grab()
    (tag,) = view._tags
    assert tag.words == "Source  00:00:00:05"
    see(qtbot, placed, HOUR + 110)
    assert shown_at(view, 0.5) == (0, 0, 0)
    assert "Gap" in view.accessibleDescription()


def test_what_cannot_be_read_is_said_in_the_picture(
    qtbot: QtBot, placed: Panel, projector: FakeProjector
) -> None:
    projector.broken.add("/media.mov")
    seen = see(qtbot, placed, HOUR + 150)
    assert seen.result.error is not None
    before = placed.preview.grab().toImage()
    assert "/media.mov is damaged." in placed.preview.accessibleDescription()
    assert placed.session.board.notices == ()
    seen = see(qtbot, placed, HOUR + 20)
    assert seen.result.error is None
    assert placed.preview.grab().toImage() != before


def test_of_pictures_that_come_late_the_newest_is_shown(
    qtbot: QtBot, placed: Panel, projector: FakeProjector
) -> None:
    session, screen, projector = placed.session, placed.session.showing.screen, projector
    projector.hold = True
    for record in range(HOUR + 20, HOUR + 30):
        session.selection.move_to(record)
    assert screen.seen.record == HOUR + 10  # what is there, until the next one is
    projector.release()
    qtbot.waitUntil(lambda: screen.seen.record == HOUR + 29)
    count = len(projector.pictures)
    session.selection.move_to(HOUR + 10)  # it is still known
    assert screen.seen.record == HOUR + 10
    assert len(projector.pictures) == count


def test_footage_is_asked_for_once(qtbot: QtBot, placed: Panel, host: FakeHost) -> None:
    asked: list[str] = []
    footage = host.footage
    host.footage = lambda clips: asked.extend(clips) or footage(clips)
    for _ in range(3):
        for record in range(HOUR, HOUR + 200, 5):
            see(qtbot, placed, record)
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("ground", list(Ground))
def test_transparency(qtbot: QtBot, open_panel: Panel, host: FakeHost, ground: Ground) -> None:
    """The title on V2 is half transparent, red below white."""
    lane = host.tracks[1]
    title = replace(lane.items[1], original=Path("/alpha.mov"))
    host.tracks = (host.tracks[0], replace(lane, items=(lane.items[0], title)), *host.tracks[2:])
    session, view = open_panel.session, open_panel.preview
    session.open(host.path)
    qtbot.waitUntil(lambda: session.model.find("V2:1").original == Path("/alpha.mov"))
    qtbot.waitUntil(lambda: not session.busy)
    seen = see(qtbot, open_panel, HOUR + 50)
    assert len(seen.result.images) == 2
    number = list(Ground).index(ground) + 6
    QTest.keyClick(open_panel.strip, getattr(Qt.Key, f"Key_{number}"), ALT)
    assert session.showing.display.ground is ground
    found = {shown_at(view, x, 0.8) for x in (0.2, 0.201, 0.21, 0.22, 0.23, 0.25)}
    top = (0, 40, 10)  # of frame 10, premultiplied by a half
    if ground is Ground.MATTE:
        assert found == {(128, 128, 128)}
    elif ground is Ground.BLACK:
        assert found == {top}
    elif ground is Ground.BELOW:
        assert found == {(0, 60, 35)}  # over frame 50
    else:
        assert len(found) == 2
        assert all(blue >= 50 for _, _, blue in found)


def test_zoom_by_keys_and_wheel(qtbot: QtBot, placed: Panel) -> None:
    view = placed.preview
    ratio = view.devicePixelRatioF()
    assert view.placing.zoom is None
    key(placed, Qt.Key.Key_Z)
    assert view.zoom == 1
    assert view.picture_box().width() == round(64 / ratio)
    for zoom in (2, 4, 8):
        key(placed, Qt.Key.Key_Plus)
        assert view.zoom == zoom
    key(placed, Qt.Key.Key_Z, SHIFT)
    assert view.placing.zoom is None
    image = QImage(1920, 1080, QImage.Format.Format_RGB32)
    view.show_seen(Seen(HOUR, Side((image,), (1920, 1080))))
    view.zoom_to(100)
    at = QPointF(view.rect().center()) + QPointF(117.5, -61.5)
    before = view.to_picture(at)
    for angle, zoom in ((120, 2), (60, 2), (60, 4), (120, 8)):  # half a step waits for the other
        wheel(view, at, angle)
        assert view.zoom == zoom
        after = view.to_picture(at)
        assert abs(after.x() - before.x()) <= 1
        assert abs(after.y() - before.y()) <= 1
    for _ in range(20):
        wheel(view, at, -120)
    assert view.placing.zoom is None  # at last all of it is seen
    assert view.zoom < 0.5


def wheel(view: PictureView, at: QPointF, angle: int) -> None:
    event = QWheelEvent(
        at, view.mapToGlobal(at), QPoint(), QPoint(0, angle),
        Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def test_pan_by_hand(qtbot: QtBot, placed: Panel) -> None:
    view, player = placed.preview, placed.session.showing.player
    view.zoom_to(3200)
    start = QPointF(view.rect().center())
    held = view.to_picture(start)
    drag(view, Qt.MouseButton.MiddleButton, start.toPoint(), QPoint(-30, 14))
    moved = view.to_picture(start + QPointF(-30, 14))
    assert abs(moved.x() - held.x()) < 0.1
    assert abs(moved.y() - held.y()) < 0.1
    QTest.keyPress(view, Qt.Key.Key_Space)
    drag(view, Qt.MouseButton.LeftButton, start.toPoint(), QPoint(30, -14))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    back = view.to_picture(start)
    assert abs(back.x() - held.x()) < 0.1
    assert not player.playing  # the space bar was the hand
    assert placed.session.selection.playhead == HOUR + 10
    key(placed, Qt.Key.Key_Left, CTRL | SHIFT)
    assert view.to_picture(start).x() < held.x()


def drag(view: PictureView, button: Qt.MouseButton, start: QPoint, by: QPoint) -> None:
    QTest.mousePress(view, button, pos=start)
    at = QPointF(start + by)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove, at, view.mapToGlobal(at), Qt.MouseButton.NoButton, button, NONE
    )
    QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, button, pos=start + by)


def test_pixels_are_squares_from_200_percent(qtbot: QtBot, open_panel: Panel) -> None:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    for x in range(64):
        for y in range(36):
            image.setPixelColor(x, y, QColor("white" if (x + y) % 2 else "black"))
    view = open_panel.preview
    view.show_seen(Seen(HOUR, Side((image,), (64, 36))))
    for per_cent in (100, 200, 400):
        view.zoom_to(per_cent)
        picture = view.grab().toImage()
        box = view.picture_box()
        found = {
            picture.pixelColor(box.left() + x, box.center().y()).value() for x in range(20, 60)
        }
        assert found == {0, 255}, per_cent


@given(
    width=st.integers(1, 4096),
    height=st.integers(1, 2160),
    view=st.tuples(st.integers(40, 2000), st.integers(40, 1200)),
    zoom=st.none() | st.sampled_from([one / 100 for one in ZOOMS]),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_points_go_there_and_back(
    width: int, height: int, view: tuple[int, int], zoom: float | None, x: float, y: float,
    at: tuple[float, float],
) -> None:  # fmt: skip
    area = QRectF(0, 0, *view)
    placing = Placing(width, height, zoom, x, y)
    point = QPointF(at[0] * view[0], at[1] * view[1])
    back = placing.to_view(area, placing.to_picture(area, point))
    assert abs(back.x() - point.x()) < 1e-6 * max(1, width)
    rect = placing.rect(area)
    if zoom is None:
        assert area.adjusted(-1, -1, 1, 1).contains(rect)
    else:
        assert rect.width() == max(1, round(width * zoom))
    for side, room in ((rect.width(), area.width()), (rect.height(), area.height())):
        if side >= room:  # a picture that is larger than the view covers it
            assert rect.left() <= 0 or side == rect.height()
    assert rect.topLeft() == QPointF(rect.topLeft().toPoint())


def test_a_timecode_is_typed(qtbot: QtBot, placed: Panel) -> None:
    selection, field = placed.session.selection, placed.viewer.field
    key(placed, Qt.Key.Key_G)
    assert placed.focusWidget() is field
    for text in "+12":
        QTest.keyClick(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert selection.playhead == HOUR + 22
    assert placed.focusWidget() is placed.preview
    for code in (Qt.Key.Key_3, Qt.Key.Key_1, Qt.Key.Key_0):  # digits begin one by themselves
        QTest.keyClick(placed.focusWidget(), code)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert selection.playhead == HOUR + 3 * 25 + 10
    assert field.text() == "01:00:03:10"
    key(placed, Qt.Key.Key_G)
    QTest.keyClick(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert placed.focusWidget() is field
    assert "not a timecode" in field.accessibleDescription()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert placed.focusWidget() is placed.preview
    assert field.text() == "01:00:03:10"


def test_transport_by_keys(qtbot: QtBot, placed: Panel) -> None:
    selection, player = placed.session.selection, placed.session.showing.player
    key(placed, Qt.Key.Key_Right)
    assert selection.playhead == HOUR + 11
    key(placed, Qt.Key.Key_Left)
    assert selection.playhead == HOUR + 10
    key(placed, Qt.Key.Key_Space)
    assert player.playing
    key(placed, Qt.Key.Key_Space)
    assert not player.playing
    key(placed, Qt.Key.Key_L)
    key(placed, Qt.Key.Key_L)
    assert player.speed == 2
    QTest.keyPress(placed.preview, Qt.Key.Key_K)
    assert not player.playing
    at = selection.playhead
    QTest.keyPress(placed.preview, Qt.Key.Key_L)
    QTest.keyRelease(placed.preview, Qt.Key.Key_L)
    assert selection.playhead == at + 1  # K held and L tapped: one frame
    assert not player.playing
    QTest.keyPress(placed.preview, Qt.Key.Key_J)
    assert player.playing
    assert player.speed < 0
    QTest.keyRelease(placed.preview, Qt.Key.Key_K)
    assert not player.playing
    assert not player.holding
    QTest.keyRelease(placed.preview, Qt.Key.Key_J)
    key(placed, Qt.Key.Key_J)
    assert player.speed == -1
    key(placed, Qt.Key.Key_K)
    assert not player.playing


def test_scopes(qtbot: QtBot, placed: Panel, projector: FakeProjector) -> None:
    scope, display = placed.viewer.scope, placed.session.showing.display
    assert scope.isHidden()
    key(placed, Qt.Key.Key_S, ALT)
    assert scope.isVisible()
    qtbot.waitUntil(lambda: scope._image is not None)
    for code, name in (
        (Qt.Key.Key_P, "parade"), (Qt.Key.Key_V, "vectorscope"), (Qt.Key.Key_H, "histogram")
    ):  # fmt: skip
        key(placed, code, ALT)
        assert display.scope == name
        qtbot.waitUntil(lambda: scope._image is not None)
    key(placed, Qt.Key.Key_S, ALT)
    assert scope.isHidden()
    cb, cr = chroma((1, 0, 0))
    assert float(cb) == pytest.approx(-0.75 * 0.2126 / 1.8556)
    assert float(cr) == pytest.approx(0.375)


def test_a_lut_is_chosen_and_switched(
    qtbot: QtBot, placed: Panel, projector: FakeProjector, tmp_path: Path
) -> None:
    display = placed.session.showing.display
    assert not placed.actions_by_id["lut"].isEnabled()
    key(placed, Qt.Key.Key_L, ALT | SHIFT)
    dialog = placed.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "look.cube"))
    dialog.close()
    qtbot.waitUntil(lambda: projector.pictures[-1].lut == str(tmp_path / "look.cube"))
    placed.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is placed)
    assert placed.actions_by_id["lut"].isEnabled()
    placed.preview.setFocus()
    key(placed, Qt.Key.Key_L, ALT)
    assert not display.lut_on
    qtbot.waitUntil(lambda: placed.session.showing.screen.seen is not None)
    placed.session.selection.move_to(HOUR + 60)
    assert projector.pictures[-1].lut == ""


def test_the_viewer_alone_on_the_screen(qtbot: QtBot, placed: Panel) -> None:
    key(placed, Qt.Key.Key_F, CTRL)
    assert placed.isFullScreen()
    assert placed.preview.isVisible()
    assert not placed.strip.isVisible()
    assert not placed.side.isVisible()
    key(placed, Qt.Key.Key_Escape)
    assert not placed.isFullScreen()
    assert placed.strip.isVisible()
    assert placed.side.isVisible()


def test_pictures_are_asked_for_in_the_size_they_are_seen_in(
    qtbot: QtBot, placed: Panel, projector: FakeProjector
) -> None:
    view, asked = placed.preview, projector.pictures
    ratio = view.devicePixelRatioF()
    width, height = asked[-1].box
    assert (width / ratio, height / ratio) == (
        view.picture_box().width(),
        view.picture_box().height(),
    )
    view.zoom_to(100)
    qtbot.waitUntil(lambda: asked[-1].box == (0, 0))
    view.zoom_to(50)
    qtbot.waitUntil(lambda: asked[-1].box == (32, 18))


def test_what_lies_over_the_picture_is_painted_and_hears_first(qtbot: QtBot, placed: Panel) -> None:
    heard: list[str] = []

    class Over:
        def wants(self, event: QKeyEvent) -> bool:
            return event.key() == Qt.Key.Key_D

        def paint(self, painter: QPainter, view: PictureView) -> None:
            corner = view.to_widget(QPointF(32, 18))
            painter.fillRect(QRectF(corner, view.to_widget(QPointF(64, 36))), QColor("#00ff00"))

        def mouse(self, event: QMouseEvent, view: PictureView) -> bool:
            point = view.to_picture(event.position())
            heard.append(f"{point.x():.0f},{point.y():.0f}")
            return True

        def key(self, event: QKeyEvent, view: PictureView) -> bool:
            heard.append(event.text())
            return True

    view = placed.preview
    view.set_overlay(Over())
    assert shown_at(view, 0.75, 0.75) == (0, 255, 0)
    assert shown_at(view, 0.25, 0.25) == RESULT
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.to_widget(QPointF(16, 9)).toPoint())
    QTest.keyClick(view, "d")
    assert "d" in heard
    assert heard[0] in ("16,9", "16,10")
    view.set_overlay(None)


def plain(colour: str, alpha: bool = False) -> QImage:
    kind = QImage.Format.Format_ARGB32_Premultiplied if alpha else QImage.Format.Format_RGB32
    image = QImage(8, 4, kind)
    image.fill(QColor(colour))
    return image


def test_difference_and_matte() -> None:
    one, other = Side((plain("#204060"),), (8, 4)), Side((plain("#244040"),), (8, 4))
    assert difference(one, other, 1).pixelColor(3, 2) == QColor("#040020")
    assert difference(one, other, 4).pixelColor(3, 2) == QColor("#100080")
    assert difference(one, other, 32).pixelColor(3, 2) == QColor("#8000ff")
    clear = Side((plain("#80ffffff", alpha=True),), (8, 4))
    assert difference(clear, Side((plain("#000000"),), (8, 4)), 1).pixelColor(0, 0).red() == 128
    assert matte(plain("#80ffffff", alpha=True)).pixelColor(1, 1) == QColor(128, 128, 128)


def test_a_layer_of_another_shape_keeps_it() -> None:
    frame = QRectF(10, 20, 160, 90)
    assert inside(frame, QImage(320, 180, QImage.Format.Format_RGB32)) == frame
    assert inside(frame, QImage(171, 96, QImage.Format.Format_RGB32)) == frame
    assert inside(frame, QImage(320, 90, QImage.Format.Format_RGB32)) == QRectF(10, 42, 160, 45)


def test_a_full_picture_is_painted_well_within_its_time(qtbot: QtBot, panel: Panel) -> None:
    """Two sides of 1080p in every mode, each time as if they were new; time of this thread."""
    display = panel.session.showing.display
    view = PictureView(display)
    qtbot.addWidget(view)
    view.resize(1920, 1080)
    opaque = [QImage(1920, 1080, QImage.Format.Format_RGB32) for _ in range(2)]
    clear = QImage(1920, 1080, QImage.Format.Format_ARGB32_Premultiplied)
    for image, colour in zip((*opaque, clear), ("#204060", "#402010", "#80204060"), strict=True):
        image.fill(QColor(colour))
    sides = [Side((one,), (1920, 1080)) for one in opaque]
    screen = QImage(1920, 1080, QImage.Format.Format_RGB32)
    took: dict[str, float] = {}

    def measure(name: str, *shown: Side) -> None:
        times = []
        for _ in range(9):
            view.show_seen(Seen(HOUR, *shown))
            begun = time.thread_time()
            view.render(screen)
            times.append(time.thread_time() - begun)
        took[name] = sorted(times)[len(times) // 2]

    for mode in Compare:
        display.choose_compare(mode)
        measure(mode, *sides)
    for ground in Ground:
        display.choose_ground(ground)
        measure(ground, Side((clear, opaque[0]), (1920, 1080)))
    assert max(took.values()) < 0.008, took


def with_seam(qtbot: QtBot, panel: Panel, host: FakeHost, at: int, **seam: object) -> None:
    """Ten frames of transition from a frame of the first track on, at the cut after it."""
    lane, session = host.tracks[0], panel.session
    items = [one for one in lane.items if one.kind != "transition"]
    place = next(n for n, one in enumerate(items) if one.record >= HOUR + at)
    made = item("transition", HOUR + at, 10, name="x", **seam)
    host.tracks = (replace(lane, items=(*items[:place], made, *items[place:])), *host.tracks[1:])
    assert host.path is not None
    session.open(host.path)
    qtbot.waitUntil(lambda: bool(session.model.lanes[0].transitions) and not session.busy)


def test_a_fade_is_said_and_asked_for(
    qtbot: QtBot, placed: Panel, host: FakeHost, projector: FakeProjector
) -> None:
    """Ten frames across the end of the first clip, and nothing beyond them."""
    with_seam(qtbot, placed, host, 95)
    for record, frame in ((94, 0), (95, 1), (99, 5), (104, 10), (105, 0)):
        see(qtbot, placed, HOUR + record)
        words = placed.preview.accessibleDescription()
        assert (f"dissolve, frame {frame} of 10" in words) is bool(frame), record
        if frame:
            mix = projector.pictures[-1].mix
            assert mix is not None
            assert (mix.share, mix.path, mix.clear) == (Fraction(frame - 1, 10), "", False)


@pytest.mark.parametrize(
    ("kind", "lacks", "said"),
    [
        ("dissolve", "", "dissolve, frame 4 of 10"),
        ("Wipe", "", "transition “Wipe”, shown as a dissolve"),
        ("dissolve", "handles", "transition, shown as a cut: a medium ends within it"),
        ("dissolve", "medium", "transition, shown as a cut"),
    ],
)
def test_what_a_transition_lacks_is_said(
    qtbot: QtBot, placed: Panel, host: FakeHost, projector: FakeProjector,
    kind: str, lacks: str, said: str,
) -> None:  # fmt: skip
    projector.lacks = lacks
    with_seam(qtbot, placed, host, 95, join=kind)
    see(qtbot, placed, HOUR + 98)
    assert placed.preview.accessibleDescription().endswith(f" · {said}")


@pytest.mark.parametrize("scope", ["waveform", "parade", "vectorscope", "histogram"])
def test_scopes_of_a_preview(
    qtbot: QtBot, placed: Panel, projector: FakeProjector, scope: str
) -> None:
    """Of each of twelve frames that play round and round once; with the source held, of that."""
    session, screen = placed.session, placed.session.showing.screen
    view = placed.viewer.scope
    session.showing.display.choose_scope(scope)
    see(qtbot, placed, HOUR + 130)
    session.selection.select("V1", HOUR + 130)
    session.preview(FRAMES)
    qtbot.waitUntil(lambda: session.viewing.turning)
    qtbot.waitUntil(lambda: len(projector.scopes) == FRAMES and screen.at_rest)
    assert {kind for _, kind in projector.scopes} == {scope}
    assert len(set(projector.scopes)) == FRAMES
    assert all(path.endswith("-after.bgra") for path, _ in projector.scopes)
    assert view._image is screen.seen.result.scope is not None
    qtbot.wait(12 * 40 + 100)  # once more round: all are known
    assert len(projector.scopes) == FRAMES
    session.viewing.stop()
    QTest.keyPress(placed.preview, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: len(projector.scopes) == FRAMES + 1 and screen.at_rest)
    assert projector.scopes[-1][0].endswith("-before.bgra")
    assert view._image is screen.seen.source.scope is not None
    QTest.keyRelease(placed.preview, Qt.Key.Key_B)
