"""A mask drawn by mouse and keys on a real film, in the panel, and what the engine makes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from opentimelineio import schema
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from opticals.masks.drawn import Drawn
from opticals.masks.shapes import Combine, Kind, Shapes
from opticals.recipe import Recipe, step
from opticals.rendering.job import Render
from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel
from opticals_ui.session import Session

from ..core.edits import span, timeline
from ..core.films import numbered
from ..ui.fakes import FakeWorker

HOUR = 90_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, qapp: object, tmp_path: Path) -> Iterator[Panel]:
    """A clip that shows frames 10 to 49 of a film of 60."""
    film = numbered(tmp_path / "film.mov", 60, width=320, height=180)
    reference = schema.ExternalReference(str(film), span(0, 60))
    edit = tmp_path / "cut.otio"
    clips = [schema.Clip("one", reference, span(10, 40)), schema.Clip("two", reference, span(0, 9))]
    otio.adapters.write_to_file(timeline(("Video", clips)), str(edit))
    session = Session(FileHost(), lambda answer: FakeWorker(tmp_path, answer))
    dress(qapp)
    panel = Panel(session)
    panel.resize(1280, 800)
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy, timeout=20_000)
    session.selection.go_to("V1:1")
    session.selection.move_to(HOUR + 5)
    session.choice.choose("denoise")
    seen = session.showing.screen
    qtbot.waitUntil(lambda: seen.seen is not None and bool(seen.seen.result.images), timeout=20_000)
    yield panel
    session.close()


def begin(qtbot: QtBot, panel: Panel) -> None:
    panel.actions_by_id["mask_draw"].trigger()
    qtbot.waitUntil(lambda: panel.session.masking.active, timeout=10_000)


def press(panel: Panel, command: str) -> None:
    """Press the keys of a command, over the picture."""
    keys = panel.actions_by_id[command].shortcuts()[0][0]
    panel.preview.setFocus()
    QTest.keyClick(panel.preview, keys.key(), keys.keyboardModifiers())


def at(panel: Panel, x: float, y: float) -> QPoint:
    box = panel.preview.picture_box()
    return QPoint(round(box.left() + x * box.width()), round(box.top() + y * box.height()))


def drag(panel: Panel, *places: tuple[float, float]) -> None:
    view = panel.preview
    QTest.mousePress(view, LEFT, pos=at(panel, *places[0]))
    for place in places[1:]:
        QTest.mouseMove(view, at(panel, *place))
    QTest.mouseRelease(view, LEFT, pos=at(panel, *places[-1]))


def written(qtbot: QtBot, panel: Panel) -> Path:
    choice = panel.session.choice
    qtbot.waitUntil(lambda: bool(choice.values["mask"]), timeout=10_000)
    return Path(str(choice.values["mask"]))


def test_an_outline_is_drawn_and_becomes_the_mask(qtbot: QtBot, panel: Panel) -> None:
    begin(qtbot, panel)
    for x, y in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.7), (0.2, 0.7)):
        QTest.mouseClick(panel.preview, LEFT, pos=at(panel, x, y))
    QTest.keyClick(panel.preview, Qt.Key.Key_Return)
    path = written(qtbot, panel)
    assert path.parent == panel.session.edit.path.with_name("cut.opticals") / "masks"
    (shape,) = Shapes.read(path).shapes
    assert shape.kind is Kind.POLYGON
    assert [key.frame for key in shape.keys] == [15]  # record frame 5 shows the film's 10 + 5
    mask = Drawn(Shapes((shape,)), 180, 320).at(15)[0]
    inside, outside = torch.zeros(180, 320, dtype=bool), torch.ones(180, 320, dtype=bool)
    inside[40:122, 68:188] = True
    outside[32:130, 60:196] = False
    assert mask[inside].min() == 1
    assert mask[outside].max() == 0
    panel.grab()


def test_a_shape_is_moved_at_another_frame_by_mouse_and_keys(qtbot: QtBot, panel: Panel) -> None:
    begin(qtbot, panel)
    session = panel.session
    press(panel, "mask_ellipse")
    drag(panel, (0.3, 0.3), (0.4, 0.4), (0.5, 0.6))
    assert session.masking.document.shape.kind is Kind.ELLIPSE
    session.selection.move_to(HOUR + 25)
    qtbot.waitUntil(lambda: session.masking.document.frame == 35)
    drag(panel, (0.4, 0.45), (0.5, 0.5), (0.6, 0.45))
    keys = session.masking.document.shape.keys
    assert [key.frame for key in keys] == [15, 35]
    assert keys[1].points[0][0] - keys[0].points[0][0] == pytest.approx(0.2, abs=0.01)
    QTest.keyClick(panel.preview, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    moved = session.masking.document.shape.keys[1].points[0][1] - keys[1].points[0][1]
    assert moved == pytest.approx(10 / 180, abs=1e-4)
    press(panel, "mask_previous_key")
    assert session.selection.playhead == HOUR + 5
    press(panel, "mask_next_key")
    assert session.selection.playhead == HOUR + 25


def test_undo_is_the_masks_while_it_is_drawn(qtbot: QtBot, panel: Panel) -> None:
    begin(qtbot, panel)
    document = panel.session.masking.document
    press(panel, "mask_rectangle")
    drag(panel, (0.3, 0.3), (0.5, 0.6))
    assert len(document.shapes) == 1
    press(panel, "undo")
    assert len(document.shapes) == 0
    press(panel, "redo")
    assert len(document.shapes) == 1
    QTest.keyClick(panel.preview, Qt.Key.Key_Delete)
    assert len(document.shapes) == 0
    assert panel.session.edit.undo == ""


def test_strokes_are_painted_and_erased(qtbot: QtBot, panel: Panel) -> None:
    begin(qtbot, panel)
    press(panel, "mask_brush")
    drag(panel, (0.2, 0.5), (0.4, 0.5), (0.6, 0.5), (0.8, 0.5))
    before = panel.session.masking.drawing.brush
    QTest.keyClick(panel.preview, Qt.Key.Key_BracketLeft)
    assert panel.session.masking.drawing.brush < before
    press(panel, "mask_eraser")
    drag(panel, (0.5, 0.4), (0.5, 0.6))
    shapes = panel.session.masking.document.shapes
    assert [shape.kind for shape in shapes] == [Kind.STROKE] * 2
    assert [shape.combine for shape in shapes] == [Combine.ADD, Combine.SUBTRACT]
    mask = Drawn(Shapes(shapes), 180, 320).at(15)[0]
    assert mask[90, 100] == 1
    assert mask[90, 160] == 0
    assert mask[20, 100] == 0


def test_a_mask_that_was_drawn_before_is_gone_on_with_in_a_new_file(
    qtbot: QtBot, panel: Panel, tmp_path: Path
) -> None:
    begin(qtbot, panel)
    press(panel, "mask_rectangle")
    drag(panel, (0.3, 0.3), (0.5, 0.6))
    first = written(qtbot, panel)
    kept = first.read_bytes()
    panel.session.masking.end()
    assert not panel.viewer.mask_bar.isVisible()
    begin(qtbot, panel)
    assert len(panel.session.masking.document.shapes) == 1
    press(panel, "mask_ellipse")
    drag(panel, (0.6, 0.3), (0.8, 0.6))
    qtbot.waitUntil(lambda: written(qtbot, panel) != first, timeout=10_000)
    assert first.read_bytes() == kept
    assert len(Shapes.read(written(qtbot, panel)).shapes) == 2


def test_it_ends_with_its_clip(qtbot: QtBot, panel: Panel) -> None:
    begin(qtbot, panel)
    panel.session.selection.go_to("V1:2")
    assert not panel.session.masking.active
    assert panel.preview.overlay is None
    assert panel.session.choice.values.get("mask", "") == ""


def test_what_takes_no_mask_says_so(qtbot: QtBot, panel: Panel) -> None:
    panel.session.choice.choose("upscale")
    assert not panel.actions_by_id["mask_draw"].isEnabled()
    panel.session.masking.begin("")
    assert "nothing to draw on" in panel.session.board.notices[0].what


def test_a_damaged_mask_is_an_error_and_stays(qtbot: QtBot, panel: Panel, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    panel.session.choice.set("mask", str(bad))
    panel.actions_by_id["mask_draw"].trigger()
    qtbot.waitUntil(lambda: bool(panel.session.board.notices), timeout=10_000)
    assert "bad.json" in panel.session.board.notices[0].what
    assert not panel.session.masking.active
    assert bad.read_text() == "{}"


def matte(panel: Panel, number: int, film: Path, first: int, frames: int, output: str) -> Path:
    """A matte of frames of the film, as it lies beside the edit when it was rendered."""
    begins = HOUR + first - 10
    (shot,) = panel.session.host.shots(("V1",), begins, begins + frames)
    shot = replace(shot, media=str(film))
    assert (shot.first, shot.frames) == (first, frames)
    folder = panel.session.host.renders_folder()
    folder.mkdir(exist_ok=True)
    path = folder / f"V1-1_green_screen_v{number:03}.mov"
    path.write_bytes(b"a film")
    render = Render(
        path, shot, Recipe((step("green_screen", output=output),)), frames + 4, 2, frames,
        Fraction(25), 320, 180, first, False, "prores_4444",
    )  # fmt: skip
    render.sidecar.write_text(json.dumps(render.to_json()))
    return path


def test_a_rendered_matte_becomes_the_mask(qtbot: QtBot, panel: Panel, tmp_path: Path) -> None:
    session, film = panel.session, tmp_path / "film.mov"
    session.selection.mark("V1", HOUR + 4, HOUR + 11)  # frames 14 to 21 of the film
    press(panel, "mask_matte")
    qtbot.waitUntil(lambda: bool(session.board.notices), timeout=10_000)
    assert "no matte" in session.board.notices[0].what
    matte(panel, 1, film, 14, 8, "alpha")  # a picture
    matte(panel, 2, film, 10, 4, "matte")  # of other frames
    matte(panel, 3, tmp_path / "other.mov", 14, 8, "matte")
    wanted = matte(panel, 4, film, 16, 4, "matte")  # with its handles it is long enough
    press(panel, "mask_matte")
    qtbot.waitUntil(lambda: session.choice.values["mask"] == str(wanted), timeout=10_000)
    assert "v004" in session.board.notices[0].what
    newer = matte(panel, 5, film, 12, 20, "matte")
    panel.inspector.form.rows["mask"].control.matte.click()
    qtbot.waitUntil(
        lambda: [len(one.answers) for one in session.board.notices] == [2], timeout=10_000
    )
    session.board.notices[0].answers[0].act()
    assert session.choice.values["mask"] == str(newer)
