"""States in which something goes wrong or is asked, what opens over the panel, and edits with all
that edits can hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from opentimelineio import opentime, schema
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QMenu, QToolButton

from opticals import settings
from opticals.errors import (
    DeviceError,
    DiskFull,
    EditError,
    FieldsOpen,
    MediaError,
    MediaOffline,
    ModelBlocked,
    ModelError,
    ModelMissing,
    OpticalsError,
    QueueError,
    VerifyError,
    WorkerError,
)
from opticals.rendering.estimate import Estimate, Span
from opticals.rendering.forecast import Disk, Forecast
from opticals_ui.preferences.about import About

from .bench import Bench, demo
from .states import STATES, State, previewed, queue, queue_paused, state

RATE = 25.0
CARD = "/Volumes/Card A/2026-11-30"
FOUND = (  # by the system check: state, name, what was found, remedy
    ("ok", "system", "Linux x86_64, Python 3.11.9", ""),
    ("ok", "folder for models", "/home/editor/.local/share/opticals/models, 412 GiB free", ""),
    (
        *("note", "folder for cache", "/home/editor/.cache/opticals, 3 GiB free"),
        "Set OPTICALS_HOME to a folder with space.",
    ),
    ("ok", "torch", "2.5.1", ""),
    ("ok", "PySide6", "6.8.1", ""),
    ("ok", "effects run on", "cpu in float32, torch 2.5.1", ""),
    (
        *("note", "GPU", "none that torch can use"),
        "Effects run on the CPU, many times slower. For NVIDIA: install its driver.",
    ),
    ("missing", "encoders", "not there: prores_ks, dnxhd", "pip install --force-reinstall av"),
    ("missing", "Qt's libraries", "2 not there", "apt install libpulse0 libxcb-cursor0"),
    ("ok", "model rife", "slow motion, MIT", ""),
    (
        *("note", "model realesrgan-x4plus", "upscale, BSD-3-Clause, not installed"),
        "opticals models pull realesrgan-x4plus",
    ),
)


def _failed(*errors: OpticalsError) -> State:
    """Errors as the session says them, with the buttons that help."""

    def build(bench: Bench) -> None:
        previewed(bench)
        for number, error in enumerate(errors):
            bench.session.fail(error, f"trouble {number}")
        bench.settle()

    return build


STATES["errors_media"] = _failed(
    MediaError("A004.mov cannot be read.", "Its index is cut off.", "Copy it from the card again."),
    FieldsOpen(
        "A003.mov is interlaced.",
        "A frame holds two fields, and effects need whole pictures.",
        "Deinterlace it, or keep its fields.",
        f"{CARD}/A003.mov",
    ),
    MediaOffline(
        "The medium of V1:3 “street” is offline.",
        f"There is no file “{CARD}/A001_C0042_very_long_name_of_a_take_that_goes_on.mov”.",
        "Relink the clip, or mount the volume that holds the file.",
    ),
)
STATES["errors_machine"] = _failed(
    DeviceError(
        "The GPU has too little memory for V1:3.",
        "7.1 GB are needed and 2.4 GB are free.",
        "Close other programs, render a draft, or give smaller tiles.",
    ),
    DiskFull(
        "The disk is full.",
        "/Volumes/Cut has 12 MB free; the render needs 2.4 GB more.",
        "Free some space; the render goes on from what is finished.",
    ),
    WorkerError("The worker process died.", "It was killed.", "Ask again; nothing is lost."),
)
STATES["errors_models"] = _failed(
    ModelError("rife cannot be fetched.", "There is no network.", "Try again later."),
    ModelBlocked("isnet may not be used.", "Its licence forbids it.", "Choose another model."),
    ModelMissing("The model rife is not installed.", "", "Fetch it: 22 MB.", "rife"),
)
STATES["errors_edit"] = _failed(
    QueueError("The queue cannot be written.", "The disk is read-only.", "It is tried again."),
    VerifyError("V1-3_upscale_v002 is not what it should be.", "49 frames of 50.", "Render again."),
    EditError("demo_opticals.otio is gone.", "It was deleted.", "Save it as a new file."),
)


@state
def unkept(bench: Bench) -> None:
    """A home that nobody can write."""
    bench.open()
    bench.select("V1:3")
    bench.session.memory.unkept.emit("/home/editor/.config/opticals/panel.ini")
    bench.settle()


@state
def queue_elsewhere(bench: Bench) -> None:
    """Something is rendered, seen from the page of effects."""
    queue(bench)
    bench.page("effects")


@state
def queue_paused_elsewhere(bench: Bench) -> None:
    queue_paused(bench)
    bench.page("effects")


@state
def leaving_renders(bench: Bench) -> None:
    """The panel is closed with renders that are not done, and changes that are not saved."""
    queue(bench)
    bench.panel.close()
    bench.settle(200)


@state
def versions_none(bench: Bench) -> None:
    """A clip of which nothing was rendered."""
    bench.open()
    bench.select("V1:1")
    bench.page("versions")
    bench.settle(900)


@state
def versions_unselected(bench: Bench) -> None:
    bench.open()
    bench.page("versions")


@state
def fetching(bench: Bench) -> None:
    """A model is being fetched."""
    bench.open()
    bench.select("V1:3")
    bench.session.jobs.pulling.emit("rife", "9.4 MB of 22 MB")
    bench.settle()


@state
def opening_fails(bench: Bench) -> None:
    """What was opened is no edit."""
    file = bench.folder / "Trailer v7.otio"
    file.write_text('{"OTIO_SCHEMA": "Timeline.1", ')
    bench.session.open(file)
    bench.wait(lambda: bench.session.board.notices)


@state
def edit_asks(bench: Bench) -> None:
    """An edit that does not say at which rate it runs."""
    _edl(bench)
    bench.session.open(bench.folder / "cut.edl")
    bench.wait(lambda: bench.session.board.notices)


@state
def preflight_losses(bench: Bench) -> None:
    """A render that loses something, for an edit whose format will lose more."""
    bench.open()
    bench.select("V1:2")
    bench.session.choice.choose("upscale")
    _foreseen(bench, ("V2 does not fit into an EDL.", "Names longer than 8 letters are cut."))


@state
def preflight_short(bench: Bench) -> None:
    """Neither disk nor memory is enough."""
    bench.open()
    bench.select("V1:2")
    bench.session.choice.choose("upscale")
    _foreseen(bench, (), size=48 << 30, free=3 << 30)


def _foreseen(bench: Bench, lost: Sequence[str], size: int = 2 << 30, free: int = 16 << 30) -> None:
    """The preflight opened, with this answer."""
    bench.settle(600)
    preflight = bench.session.preflight
    bench.wait(lambda: not preflight.stale)
    one = Estimate(
        "V1:2", "cyclist", 61, 85, 85, Span(70, 40, 120), True, 5 << 30, size, (), 1280, 544,
        "prores_hq", (12, 12), ("12 frames of handles are kept on each side.",),
        ("The fourth channel of sound is left out.",),
    )  # fmt: skip
    disks = (Disk("/Volumes/Cut", "renders", size, 31 << 30),)
    gpu = "NVIDIA RTX 4070"
    preflight.forecast = Forecast((one,), (), (), disks, gpu, 12 << 30, free)
    preflight.lost = tuple(lost)
    preflight.changed.emit()
    bench.run("preflight")
    bench.settle(200)


@state
def model_blocked(bench: Bench) -> None:
    """A model whose licence is not allowed here."""
    settings.put("commercial_only", "on")
    bench.open()
    bench.select("V1:4")
    bench.session.choice.choose("green_screen")
    bench.session.choice.set("model", "quality")
    bench.page("effects")
    bench.run("preflight")
    bench.settle(1200)


@state
def preferences_lacking(bench: Bench) -> None:
    """The system check has found something wrong."""
    STATES["preferences_about"](bench)
    about = bench.panel.keyboard.preferences.findChild(About)
    about._process.kill()  # what this machine has is of no interest
    about._process.waitForFinished()
    about.show_findings(
        [
            {"state": state, "name": name, "found": found, "remedy": remedy}
            for state, name, found, remedy in FOUND
        ]
    )
    bench.settle()


def _span(first: float, frames: float) -> opentime.TimeRange:
    return opentime.TimeRange(
        opentime.RationalTime(first, RATE), opentime.RationalTime(frames, RATE)
    )


def _clip(name: str, film: str, first: int, frames: int, *effects: schema.Effect) -> schema.Clip:
    medium = demo() / "media" / film if not film.startswith("/") else Path(film)
    reference = schema.ExternalReference(str(medium), _span(0, 250))
    return schema.Clip(name, reference, _span(first, frames), effects=list(effects))


def _dissolve(frames: int) -> schema.Transition:
    half = opentime.RationalTime(frames // 2, RATE)
    return schema.Transition("dissolve", schema.TransitionTypes.SMPTE_Dissolve, half, half)


def _rich() -> schema.Timeline:
    """Dissolves, retimes, a freeze, a compound, markers, what is off, lost, locked or generated."""
    bikes, bunny = "bikes.mov", "bigbuckbunny.mov"
    disabled = _clip("alternative take", bikes, 60, 40)
    disabled.enabled = False
    inside = schema.Track("inside", [_clip("one", bunny, 10, 30), _clip("two", bikes, 40, 30)])
    compound = schema.Stack("opening", [inside], source_range=_span(0, 60))
    bars = schema.Clip(
        "bars", schema.GeneratorReference("bars", "SMPTEBars", _span(0, 30)), _span(0, 30)
    )
    first = _clip("arrival", bikes, 20, 50)
    for place, (name, ink) in enumerate((("note", "RED"), ("music", "CYAN"), ("VFX", "GREEN"))):
        marked = _span(25 + 12 * place, 1 + 4 * place)
        first.markers.append(schema.Marker(name, marked, color=ink))
    video = [
        first,
        _dissolve(16),
        _clip("street", bikes, 110, 50),
        _clip("slow", bikes, 180, 25, schema.LinearTimeWarp("slow", time_scalar=0.5)),
        _clip("backwards", bunny, 100, 25, schema.LinearTimeWarp("back", time_scalar=-1.0)),
        _clip("still", bunny, 60, 25, schema.FreezeFrame()),
        compound,
        schema.Gap(source_range=_span(0, 20)),
        disabled,
        _clip("lost", f"{CARD}/A001.mov", 0, 40),
        bars,
    ]  # fmt: skip
    before = schema.Gap(source_range=_span(0, 90))
    titles = schema.Track("titles", [before, _clip("title", bunny, 0, 40)])
    sound = schema.Track("sound", [_clip("atmosphere", bikes, 0, 200)], kind="Audio")
    made = schema.Timeline("everything", global_start_time=opentime.RationalTime(90000, RATE))
    made.tracks.extend([schema.Track("picture", video), titles, sound])
    return made


def _everything(bench: Bench, clip: str) -> None:
    file = bench.folder / "Everything.otio"
    _rich().to_json_file(str(file))
    bench.open(file)
    for notice in bench.session.board.notices:
        bench.session.board.dismiss(notice.topic)
    bench.select(clip)


@state
def timeline_everything(bench: Bench) -> None:
    _everything(bench, "V1:4")


@state
def dissolve(bench: Bench) -> None:
    """The playhead stands in a dissolve."""
    _everything(bench, "V1:2")
    selection = bench.session.selection
    selection.move_to(bench.session.model.find("V1:2").record + 2)
    bench.settle(300)


@state
def compound(bench: Bench) -> None:
    """A nested edit is selected."""
    _everything(bench, "V1:6")


@state
def everything_selected(bench: Bench) -> None:
    """Several clips, of which some cannot be rendered."""
    _everything(bench, "V1:2")
    bench.session.selection.select_all()
    bench.settle(600)


@state
def strip_close(bench: Bench) -> None:
    """Zoomed in on a few frames, with tall tracks."""
    _everything(bench, "V1:2")
    bench.panel.strip.resize_tracks(4)
    bench.panel.strip.zoom(0.1)
    bench.settle(300)


def _edl(bench: Bench) -> None:
    """An EDL beside the demonstration's media, which says nothing of its rate."""
    lines = ["TITLE: CUT", ""]
    for number, (start, frames) in enumerate(((0, 25), (40, 25)), 1):
        end = start + frames
        source = f"00:00:{start // 25:02}:{start % 25:02} 00:00:{end // 25:02}:{end % 25:02}"
        record = f"01:00:0{number}:00 01:00:0{number + 1}:00"
        lines += [f"{number:03}  BIKES    V     C        {source} {record}", ""]
    (bench.folder / "cut.edl").write_text("\n".join(lines))
    shutil.copy(demo() / "media" / "bikes.mov", bench.folder / "bikes.mov")


def _menu(open_it: Callable[[Bench], QMenu | None]) -> State:
    """A menu that is open over the panel; where it opens is told by its button."""

    def build(bench: Bench) -> None:
        bench.open()
        bench.select("V1:2")
        bench.settle(200)
        bench.over = open_it
        bench.settle()

    return build


def _below(button: QToolButton) -> QMenu:
    menu = button.menu()
    menu.aboutToShow.emit()
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    return menu


def _badge(bench: Bench) -> QMenu:
    strip = bench.panel.strip
    item, row = bench.session.model.find("V1:2"), strip.view.row("V1")
    at = QPoint(round(strip.view.x(item.record)) + 14, row.top + 8)
    QTest.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=at)
    return strip.findChild(QMenu, "badge_menu")


STATES["menu_main"] = _menu(lambda bench: _below(bench.panel._more))
STATES["menu_badge"] = _menu(_badge)
STATES["menu_recent"] = _menu(lambda bench: _below(bench.panel._buttons["open"]))
STATES["menu_effects"] = _menu(lambda bench: _below(bench.panel.inspector.stack.more))


def _queue_menu(name: str) -> State:
    def open_it(bench: Bench) -> QMenu:
        return _below(getattr(bench.panel.job_list, name))

    def build(bench: Bench) -> None:
        queue(bench)
        bench.over = open_it

    return build


STATES["menu_queue"] = _queue_menu("more")
STATES["menu_start"] = _queue_menu("start")


@state
def list_open(bench: Bench) -> None:
    """A list to choose from is open in a form."""
    bench.open()
    bench.select("V1:3")
    bench.session.choice.choose("upscale")
    bench.page("effects")
    bench.over = lambda bench: bench.panel.inspector.findChild(QComboBox).showPopup()


@state
def dialog_open(bench: Bench) -> None:
    bench.over = lambda bench: bench.panel.ask_what_to_open()


@state
def dialog_save(bench: Bench) -> None:
    bench.open()
    bench.over = lambda bench: bench.panel.ask_where_to_save()
