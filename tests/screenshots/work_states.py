"""States in the midst of work: masks, previews, versions, the queue, and what goes wrong there."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from opticals.errors import WorkerError
from opticals.jobs.entries import DONE
from opticals.jobs.entries import State as JobState
from opticals.masks.shapes import Combine
from opticals_ui.masks.document import Document
from opticals_ui.masks.drawing import Drawing
from opticals_ui.masks.tools import Tool
from opticals_ui.viewer.modes import SCOPES, Ground

from .bench import Bench, demo
from .states import STATES, State, previewed, queue, state

LEFT = Qt.MouseButton.LeftButton
Place = tuple[float, float]


def _pointer(bench: Bench, kind: QEvent.Type, at: Place, held: bool = False) -> None:
    """The mouse over the viewer; places are fractions of the picture."""
    view = bench.panel.preview
    box = view.picture_box()
    where = QPointF(box.x() + at[0] * box.width(), box.y() + at[1] * box.height())
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else LEFT
    buttons = LEFT if held else Qt.MouseButton.NoButton
    event = QMouseEvent(
        kind, where, view.mapToGlobal(where), button, buttons, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view, event)


def _drag(bench: Bench, *places: Place) -> None:
    _pointer(bench, QEvent.Type.MouseButtonPress, places[0], held=True)
    for at in places[1:]:
        _pointer(bench, QEvent.Type.MouseMove, at, held=True)
    _pointer(bench, QEvent.Type.MouseButtonRelease, places[-1])
    bench.settle()


def _drawing(bench: Bench, clip: str = "V1:4") -> Drawing:
    """A mask that is begun on a shot, with nothing drawn."""
    bench.open(_own(bench))  # masks are written beside the renders
    bench.select(clip)
    bench.session.choice.choose("remove")
    masking = bench.session.masking
    masking.begin("mask")
    bench.wait(lambda: masking.drawing is not None)
    bench.settle(300)
    assert masking.drawing is not None
    return masking.drawing


def _document(bench: Bench) -> Document:
    document = bench.session.masking.document
    assert document is not None
    return document


@state
def mask_pen(bench: Bench) -> None:
    """An outline that is half drawn."""
    drawing = _drawing(bench)
    drawing.use(Tool.PEN)
    for *places, out in (
        ((0.36, 0.30), (0.40, 0.24)),
        ((0.55, 0.22), (0.62, 0.26)),
        ((0.64, 0.50), (0.62, 0.60)),
    ):
        _drag(bench, *places, out)
    _pointer(bench, QEvent.Type.MouseMove, (0.48, 0.72))


@state
def mask_shapes(bench: Bench) -> None:
    """Three shapes, one of them taken away; the chosen one has keyframes."""
    drawing = _drawing(bench)
    drawing.use(Tool.RECTANGLE)
    drawing.set_look(feather=12)
    _drag(bench, (0.62, 0.2), (0.86, 0.5))
    drawing.document.select(None)
    drawing.use(Tool.ELLIPSE)
    drawing.set_look(combine=Combine.SUBTRACT)
    _drag(bench, (0.70, 0.28), (0.80, 0.42))
    drawing.document.select(None)
    drawing.set_look(combine=Combine.ADD)
    drawing.use(Tool.ELLIPSE)
    _drag(bench, (0.30, 0.24), (0.56, 0.78))
    selection = bench.session.selection
    selection.step(8)
    bench.settle(300)
    _document(bench).nudge(12, 4)
    bench.settle(500)


@state
def mask_brush(bench: Bench) -> None:
    drawing = _drawing(bench)
    drawing.use(Tool.BRUSH)
    drawing.set_brush(48)
    _drag(bench, *((0.3 + n / 60, 0.45 + 0.1 * (n % 7) / 7) for n in range(24)))
    drawing.use(Tool.ERASER)
    _drag(bench, (0.45, 0.4), (0.5, 0.6))
    _pointer(bench, QEvent.Type.MouseMove, (0.56, 0.36))


@state
def pipette(bench: Bench) -> None:
    """A colour that is about to be picked from the picture."""
    bench.open()
    bench.select("V1:4")
    bench.session.choice.choose("key")
    bench.settle(400)
    bench.panel.viewer.pick_colour(lambda colour: None)
    _pointer(bench, QEvent.Type.MouseMove, (0.45, 0.5))


@state
def preview_under_way(bench: Bench) -> None:
    bench.hold = True
    bench.session.viewing.set_live(False)
    bench.open()
    bench.select("V1:3")
    bench.session.choice.choose("upscale")
    bench.session.preview()
    bench.settle(400)


@state
def preview_frames(bench: Bench) -> None:
    """Twelve frames that play round and round."""
    previewed(bench)
    bench.run("preview_frames")
    bench.wait(lambda: bench.session.viewing.turning)


@state
def preview_wipe(bench: Bench) -> None:
    previewed(bench)
    bench.run("compare_wipe")
    bench.settle(200)


@state
def held_to_compare(bench: Bench) -> None:
    previewed(bench)
    bench.run("compare_hold")
    bench.settle(200)


@state
def zoomed(bench: Bench) -> None:
    previewed(bench)
    bench.panel.preview.zoom_to(400)
    bench.settle(300)


@state
def timecode_typed(bench: Bench) -> None:
    bench.open()
    bench.select("V1:2")
    bench.run("timecode")
    field = bench.panel.viewer.field
    QTest.keyClicks(field, "1000")
    bench.settle()


def _ground(ground: Ground) -> State:
    def build(bench: Bench) -> None:
        bench.open()
        bench.select("V1:4")
        bench.session.choice.choose("green_screen")
        bench.session.preview()
        bench.wait(lambda: not bench.session.viewing.after.isNull())
        bench.run("compare_result")
        bench.run(f"ground_{ground}")
        bench.settle(300)

    return build


def _scope(scope: str) -> State:
    def build(bench: Bench) -> None:
        bench.session.viewing.set_live(False)  # a scope is of what stands in the edit
        bench.open()
        bench.select("V1:2")
        bench.run(f"scope_{scope}")
        bench.settle(600)

    return build


for ground in Ground:
    STATES[f"alpha_{ground}"] = _ground(ground)
for scope in SCOPES:
    STATES[f"scope_{scope}"] = _scope(scope)


def _browse(text: str) -> State:
    def build(bench: Bench) -> None:
        bench.open()
        bench.select("V1:2")
        bench.run("focus_effects")
        QTest.keyClicks(bench.panel.effects.search, text)
        bench.settle(300)

    return build


STATES["browser_search"] = _browse("noise")
STATES["browser_nothing"] = _browse("zzz")


@state
def stack_of_several(bench: Bench) -> None:
    """Three effects, one of them bypassed."""
    bench.open()
    bench.select("V1:3")
    choice = bench.session.choice
    choice.choose("denoise")
    choice.add("upscale")
    choice.add("stylize")
    choice.bypass(2, True)
    choice.select(1)
    choice.set("scale", 4)
    bench.page("effects")


@state
def curve(bench: Bench) -> None:
    bench.open()
    bench.select("V1:4")
    bench.session.choice.choose("slow_motion")
    bench.session.choice.set("ramp", "0:100 20:25 40:100")
    bench.page("effects")


@state
def preset_named(bench: Bench) -> None:
    stack_of_several(bench)
    bench.run("preset_save")


@state
def preflight_model(bench: Bench) -> None:
    """A model must be fetched first."""
    bench.open()
    bench.select("V1:3")
    bench.session.choice.choose("remove")
    bench.run("preflight")
    bench.settle(1200)


def _own(bench: Bench, names: Sequence[str] = ()) -> Path:
    """A copy of the demonstration whose cyclist has these versions besides."""
    folder = bench.folder / "cut"
    shutil.copytree(demo(), folder)
    renders = folder / "demo.opticals"
    first = renders / "V1-2_upscale_v001"
    said = json.loads(first.with_suffix(".json").read_text())
    for number, name in enumerate(names, 1):
        (renders / name).with_suffix(".mov").hardlink_to(first.with_suffix(".mov"))
        steps = [{**said["recipe"]["steps"][0]}]
        steps[0]["settings"] = {**steps[0]["settings"], "detail": 0.4 * number, "grain": 0.0}
        other = {**said, "path": f"{name}.mov", "recipe": {"seed": number, "steps": steps}}
        (renders / name).with_suffix(".json").write_text(json.dumps(other))
    for file in (*renders.glob("*.json"), folder / "demo_opticals.otio"):
        text = file.read_text()
        for old in ("/tmp/demo/demo", str(demo())):
            text = text.replace(old, str(folder))
        file.write_text(text)
    now = time.time()
    for age, file in enumerate(sorted(renders.glob("V1-2*.json"), reverse=True)):
        os.utime(file, (now - 600 * age, now - 600 * age))  # made one after the other
    return folder / "demo_opticals.otio"


@state
def versions_several(bench: Bench) -> None:
    bench.open(_own(bench, ("V1-2_upscale_v002", "V1-2_upscale_v003")))
    bench.select("V1:2")
    bench.page("versions")
    bench.wait(lambda: len(bench.session.versions.rows) == 4)
    bench.settle(900)


@state
def versions_compared(bench: Bench) -> None:
    """Two renders by wipe."""
    versions_several(bench)
    versions = bench.session.versions
    for at, side in ((3, "a"), (2, "b")):
        versions.choose(at)
        versions.pick(side)
    bench.run("compare_wipe")
    bench.settle(600)


@state
def versions_deleting(bench: Bench) -> None:
    versions_several(bench)
    bench.session.versions.choose(0)
    bench.run("version_delete")
    bench.settle(300)


@state
def reload(bench: Bench) -> None:
    """The edit has changed on disk."""
    edit = _own(bench)
    bench.open(edit)
    bench.select("V1:3")
    bench.settle(300)
    edit.write_text(edit.read_text() + "\n")
    bench.wait(lambda: bench.session.board.notices)


@state
def queue_done(bench: Bench) -> None:
    """One that is done, one that failed, one under way, and one that waits."""
    bench.open("demo.otio")
    bench.session.choice.choose("upscale")
    bench.page("queue")
    session = bench.session
    for number, clip in enumerate(("V1:1", "V1:2", "V1:4", "V1:5")):
        bench.select(clip)
        session.choice.choose("upscale")
        session.render()
        bench.wait(lambda number=number: len(session.jobs.views) > number)  # type: ignore[misc]
        if number == 0:
            bench.wait(lambda: session.jobs.views[-1].state in DONE)
            bench.worker.die = True
        elif number == 1:
            bench.wait(lambda: session.jobs.views[-1].state is JobState.FAILED)
            bench.worker.die = False
            bench.worker.go_on.clear()
    session.board.dismiss("queue")
    for notice in session.board.notices:
        session.board.dismiss(notice.topic)
    bench.settle(400)


@state
def queue_failed(bench: Bench) -> None:
    """What went wrong with a job, and what can be done."""
    queue_done(bench)
    jobs = bench.session.jobs
    failed = next(one for one in jobs.views if one.state is JobState.FAILED)
    bench.panel.job_list.list.choose(failed.job.id)
    bench.settle(300)


@state
def queue_tonight(bench: Bench) -> None:
    """The queue begins at an hour of the night."""
    queue(bench)
    now = datetime.now().astimezone()
    bench.panel.job_list.acts.start_at(now.replace(hour=22, minute=0, second=0))
    bench.settle(300)


@state
def worker_died(bench: Bench) -> None:
    previewed(bench)
    bench.session.board.fail(
        WorkerError("The worker process died.", "Killed.", "Ask again."), "preview"
    )


@state
def palette_clips(bench: Bench) -> None:
    bench.open()
    bench.run("palette")
    bench.panel.keyboard.palette.type("pass")
    bench.settle(200)


@state
def palette_nothing(bench: Bench) -> None:
    bench.open()
    bench.run("palette")
    bench.panel.keyboard.palette.type("qqqq")
    bench.settle(200)


@state
def shortcut_taken(bench: Bench) -> None:
    """A key that another command has is wanted."""
    bench.open()
    bench.run("shortcuts")
    page = bench.panel.keyboard.preferences.page
    page.choose("render")
    page.add_key.taken.emit("Ctrl+P")
    bench.settle(200)


def _focused(*commands: str) -> Callable[[Bench], None]:
    """Where the focus is after some commands, and Tab."""

    def build(bench: Bench) -> None:
        bench.open()
        bench.select("V1:2")
        for command in commands:
            bench.run(command)
        bench.settle(100)

    return build


for name, commands in {
    "focus_strip": ("focus_timeline",),
    "focus_viewer": ("focus_viewer",),
    "focus_versions": ("focus_versions",),
    "focus_stack": ("focus_stack",),
}.items():
    STATES[name] = _focused(*commands)


@state
def focus_button(bench: Bench) -> None:
    """Where Tab has led to."""
    bench.open()
    bench.select("V1:2")
    bench.find(QPushButton, "render_button").setFocus(Qt.FocusReason.TabFocusReason)


@state
def tip(bench: Bench) -> None:
    """The mouse rests on a clip."""
    bench.open()
    bench.select("V1:2")
    bench.over = _rest_on_clip


def _rest_on_clip(bench: Bench) -> None:
    strip = bench.panel.strip
    item, row = bench.session.model.find("V1:2"), strip.view.row("V1")
    at = QPoint(round(strip.view.x(item.record)) + 40, row.top + 30)
    viewport = strip.viewport()
    help = QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, help)
