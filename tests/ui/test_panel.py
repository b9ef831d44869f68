"""The panel as a thing to look at and to reach: sizes, focus, names, commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from opticals_ui.look.theme import colour
from opticals_ui.naming import chosen_edit, filter_of, next_name, only_edit, proposed
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from opticals_ui.timeline import strip as timeline_strip
from opticals_ui.viewer.modes import Compare
from opticals_ui.viewer.seen import Seen, Side

from .fakes import HOUR, FakeHost, track

SIZES = [(420, 720), (420, 1000), (900, 600), (1280, 800), (1920, 1080)]


def reachable(panel: Panel) -> list[QWidget]:
    return [
        one
        for one in panel.findChildren(QWidget)
        if one.isVisible()
        and one.isEnabled()
        and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        and one.objectName() != "qt_spinbox_lineedit"  # the spin box stands for it
    ]


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_clipped_or_overlaps(
    qtbot: QtBot, open_panel: Panel, size: tuple[int, int]
) -> None:
    open_panel.session.choice.choose("upscale")
    open_panel.resize(*size)
    QApplication.processEvents()
    assert (open_panel.width(), open_panel.height()) == size
    parts = [open_panel.preview, open_panel.strip, open_panel.inspector, open_panel.job_list]
    parts += [one for one in open_panel.findChildren(QAbstractButton) if one.text()]
    places = []
    for part in parts:
        if part.isVisible() and not open_panel.inspector.isAncestorOf(part):
            place = QRect(part.mapTo(open_panel, QPoint(0, 0)), part.size())
            assert open_panel.rect().contains(place), part
            if isinstance(part, QAbstractButton):
                hint = part.minimumSizeHint()
                assert place.width() >= hint.width(), part
                assert place.height() >= hint.height(), part
            places.append(place)
    for index, one in enumerate(places):
        assert not any(one.intersects(other) for other in places[index + 1 :])
    content = open_panel.inspector.widget()
    assert content.width() <= open_panel.inspector.viewport().width()
    for row in open_panel.inspector.form.rows.values():
        for part in row.control.parts():
            assert part.width() >= part.minimumSizeHint().width() or part.width() >= 96


def test_tab_reaches_everything_and_shows_where_it_is(qtbot: QtBot, open_panel: Panel) -> None:
    open_panel.session.selection.select("V1", HOUR)
    open_panel.session.choice.choose("upscale")
    wanted = set(reachable(open_panel))
    seen = set()
    for _ in range(3 * len(wanted)):
        focus = open_panel.focusWidget()
        if focus not in seen:
            seen.add(focus)
            assert focus.accessibleName() or getattr(focus, "text", str)(), focus
            focused = open_panel.grab().toImage()
            open_panel.setFocus()
            QApplication.processEvents()
            assert open_panel.grab().toImage() != focused, f"no visible focus on {focus}"
            focus.setFocus()
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert wanted <= seen, wanted - seen


def test_the_timeline_says_what_is_selected(open_panel: Panel) -> None:
    open_panel.session.selection.select("V1", HOUR)
    assert "V1:1 bikes" in open_panel.strip.accessibleDescription()


def test_time_is_asked_about_only_where_it_changes(open_panel: Panel) -> None:
    row = open_panel.inspector.delivery.rows["time"]
    open_panel.session.choice.choose("copy")
    assert row.isHidden()
    open_panel.session.choice.choose("slow_motion")
    assert not row.isHidden()
    row.control.set_value("ripple")
    assert open_panel.session.choice.delivery.time == "ripple"


def test_zoom_keeps_the_frame_under_the_mouse(qtbot: QtBot, open_panel: Panel) -> None:
    strip = open_panel.strip
    before = strip.point("V1", HOUR + 150)
    strip.zoom(0.25, before.x())
    assert abs(strip.point("V1", HOUR + 150).x() - before.x()) <= 2 / strip.frames_per_pixel
    strip.zoom(1e-9)
    assert strip.frames_per_pixel > 0
    strip.fit()
    assert strip.point("V1", HOUR + 199).x() < strip.viewport().width()
    open_panel.session.selection.move_to(HOUR)
    strip.zoom(0.05)
    open_panel.session.selection.move_to(HOUR + 199)
    assert 0 < strip.point("V1", HOUR + 199).x() <= strip.viewport().width() + 40


def test_a_broken_preview_picture_is_an_error_not_a_crash(
    qtbot: QtBot, open_panel: Panel, tmp_path
) -> None:
    (tmp_path / "bad.bgra").write_bytes(b"not a picture")
    session = open_panel.session
    bad = {"path": str(tmp_path / "bad.bgra"), "width": 64, "height": 32, "alpha": False}
    session.jobs.previewed.emit(
        {"index": 0, "count": 1, "last": True, "seconds": 0.1, "before": bad, "after": bad}
    )
    qtbot.waitUntil(lambda: bool(session.board.notices))
    assert "not complete" in session.board.notices[0].why
    assert session.viewing.after.isNull()


def test_pictures_of_other_sizes_share_one_place(qtbot: QtBot, open_panel: Panel) -> None:
    small, large = (QImage(w, w // 2, QImage.Format.Format_RGB32) for w in (100, 400))
    small.fill(Qt.GlobalColor.red)
    large.fill(Qt.GlobalColor.blue)
    viewer = open_panel.preview
    sides = [Side((one,), (one.width(), one.height())) for one in (large, small)]
    open_panel.session.showing.display.choose_compare(Compare.WIPE)
    viewer.show_seen(Seen(HOUR, *sides))
    box = viewer.picture_box()
    shown = viewer.grab().toImage()
    y = box.center().y() + 20
    assert shown.pixelColor(box.left() + 5, y) == Qt.GlobalColor.red
    assert shown.pixelColor(box.right() - 5, y) == Qt.GlobalColor.blue
    viewer.set_wipe(2)
    assert viewer.grab().toImage().pixelColor(box.right() - 5, y) == Qt.GlobalColor.red


def test_names_count_on(tmp_path) -> None:
    assert next_name(tmp_path / "cut.otio").name == "cut_v2.otio"
    (tmp_path / "cut_v2.otio").touch()
    assert next_name(tmp_path / "cut.otio").name == "cut_v3.otio"
    assert next_name(tmp_path / "cut_v2.otio").name == "cut_v3.otio"
    assert next_name(tmp_path / "my_version.otio").name == "my_version_v2.otio"


def test_a_host_that_opens_and_saves_by_itself_shows_no_buttons_for_it(
    qtbot: QtBot, panel: Panel, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeHost, "can", frozenset())
    panel.session.edit_changed.emit()
    assert not panel.actions_by_id["open"].isEnabled()
    assert not panel.actions_by_id["save"].isEnabled()


def test_copy_is_offered_last(open_panel: Panel) -> None:
    assert open_panel.session.choice.effects[-1].id == "copy"
    assert open_panel.session.choice.effect.id != "copy"


def test_the_selected_clip_is_seen_among_ten_thousand(
    qtbot: QtBot, open_panel: Panel, host: FakeHost, edit: Path
) -> None:
    host.tracks = (track("V1", *[("clip", 20)] * 10_000),)
    session, strip = open_panel.session, open_panel.strip
    session.open(edit)
    qtbot.waitUntil(lambda: session.model.end - session.model.start == 200_000)
    session.selection.select("V1", HOUR + 100_010)
    at = strip.point("V1", HOUR + 100_010)
    picture = strip.viewport().grab().toImage()
    seen = [picture.pixelColor(at.x() + x, at.y()) for x in range(-4, 5)]
    assert seen.count(colour("selected")) >= 3


@pytest.mark.parametrize("width", range(400, 480, 5))
def test_no_label_of_the_ruler_is_cut(
    qtbot: QtBot, open_panel: Panel, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []

    class Painter(QPainter):
        def drawText(self, *where: object) -> None:
            if isinstance(where[0], QPointF):
                drawn.append(where[0].x() + self.fontMetrics().horizontalAdvance(where[1]))
            else:
                super().drawText(*where)

    monkeypatch.setattr(timeline_strip, "QPainter", Painter)
    open_panel.resize(width, 720)
    open_panel.strip.viewport().grab()
    assert drawn
    assert max(drawn) <= open_panel.strip.viewport().width()


def test_what_is_chosen_and_dropped_is_an_edit(tmp_path: Path) -> None:
    edit, film = tmp_path / "cut.EDL", tmp_path / "film.mov"
    assert only_edit([film, edit]) == edit
    assert only_edit([film]) == film  # which is then said to be none
    assert only_edit([edit, tmp_path / "cut.otio"]) is None
    assert only_edit([]) is None
    assert chosen_edit(tmp_path / "cut.otiod" / "content.otio") == tmp_path / "cut.otiod"
    assert chosen_edit(tmp_path / "content.otio") == tmp_path / "content.otio"


def test_a_new_edit_is_of_the_kind_that_it_came_as(tmp_path: Path) -> None:
    assert proposed(tmp_path / "cut.xml").name == "cut_v2.xml"
    assert "*.xml" in filter_of(tmp_path / "cut_v2.xml")
    assert proposed(tmp_path / "cut.prproj").name == "cut_v2.otio"


def test_commands_that_this_host_cannot_do_are_off(open_panel: Panel) -> None:
    assert not open_panel.actions_by_id["relink"].isEnabled()  # this host cannot
    assert open_panel.actions_by_id["render_marked"].isEnabled()


def test_another_edit_gives_the_keys_to_its_timeline(
    qtbot: QtBot, panel: Panel, session: Session, edit: Path
) -> None:
    panel._buttons["open"].setFocus()
    session.open(edit)
    qtbot.waitUntil(lambda: panel.focusWidget() is panel.strip)


def test_who_went_elsewhere_while_an_edit_opened_stays_there(
    qtbot: QtBot, panel: Panel, session: Session, edit: Path
) -> None:
    panel._buttons["open"].setFocus()
    session.replaced.connect(panel.actions_by_id["focus_versions"].trigger)
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    qtbot.wait(50)
    assert panel.focusWidget() is panel.versions.list
