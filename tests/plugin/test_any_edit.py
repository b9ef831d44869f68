"""Edits of any program in the panel: opened, asked about, shown, rendered from, relinked, saved."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio import schema
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from opticals.errors import EditError, OutputError
from opticals.timeline.edit import Edit
from opticals.timeline.files import master_of
from opticals_ui.notices.board import Kind, Notice
from opticals_ui.panel import Panel
from opticals_ui.queue.jobs import State
from opticals_ui.timeline.facts import describe
from opticals_ui.timeline.model import unusual

from ..core.edits import clip, gap, marker, span, timeline
from ..core.films import numbered
from ..ui.fakes import FakeWorker
from .conftest import opened, press, settled

HOUR = 90_000


def written(thing: otio.core.SerializableObject, path: Path) -> Path:
    otio.adapters.write_to_file(thing, str(path))
    return path


def converted(cut: schema.Timeline, path: Path, program: str = "generic") -> Path:
    """The edit in another format, as its program would have exported it."""
    source = written(cut, path.with_name("source.otio"))
    Edit.open(source).save(path, program=program)
    for extra in (source, path.with_suffix(".otio"), master_of(path)):
        if extra != path:
            extra.unlink(missing_ok=True)
    return path


def notice(panel: Panel) -> Notice:
    return panel.session.board.notices[0]


def labels(panel: Panel) -> list[str]:
    return [one.label for one in notice(panel).answers]


@pytest.mark.parametrize("suffix", [".edl", ".xml", ".fcpxml", ".aaf", ".kdenlive"])
def test_every_kind_of_edit_is_opened_and_saved_as_it_came(
    qtbot: QtBot, panel: Panel, tmp_path: Path, suffix: str
) -> None:
    film = numbered(tmp_path / "A001C002.mov", 60, timecode="01:00:00:00", reel="A001")
    cut = timeline(("Video", [schema.Clip("one", _whole(film), span(HOUR + 5, 30))]))
    path = converted(cut, tmp_path / f"cut{suffix}")
    opened(qtbot, panel, path)
    session = panel.session
    if notice_is_question(panel):
        press(panel, "25")
        settled(qtbot, panel)
    assert session.edit is not None
    assert session.edit.name == path.name
    assert [item.frames for item in session.model.lanes[0].items] == [30]
    panel.ask_where_to_save()
    dialog = panel.findChild(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == f"cut_v2{suffix}"
    assert f"*{suffix}" in dialog.selectedNameFilter()
    dialog.reject()
    session.saving.save(path.with_name(f"cut_v2{suffix}"))
    settled(qtbot, panel)
    if notice_is_question(panel):
        assert "Save anyway" in labels(panel)
        assert not path.with_name(f"cut_v2{suffix}").exists()
        press(panel, "Save anyway")
        settled(qtbot, panel)
    assert notice(panel).kind is Kind.INFO
    assert session.edit.name == f"cut_v2{suffix}"
    assert not session.modified
    assert master_of(path.with_name(f"cut_v2{suffix}")).name in notice(panel).why
    assert master_of(path.with_name(f"cut_v2{suffix}")).exists()


def notice_is_question(panel: Panel) -> bool:
    notices = panel.session.board.notices
    return bool(notices) and notices[0].kind is Kind.QUESTION


def _whole(film: Path, frames: int = 60) -> schema.ExternalReference:
    return schema.ExternalReference(str(film), span(HOUR, frames))


def test_the_rate_that_an_edl_leaves_open_is_asked_for(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path
) -> None:
    cut = timeline(("Video", [clip("one", medium, 10, 10), clip("two", medium, 26, 10)]))
    path = converted(cut, tmp_path / "cut.edl")
    opened(qtbot, panel, path)
    assert panel.session.edit is None
    assert notice_is_question(panel)
    assert {"23.976", "24", "25", "29.97", "30", "50", "59.94", "60"} == set(labels(panel))
    for width in (420, 1280):
        panel.resize(width, 1000)
        panel.grab()
        bar = panel.notices.bars()[0]
        for button in bar.buttons:
            assert bar.rect().contains(button.geometry()), button.accessibleName()
    press(panel, "29.97")
    settled(qtbot, panel)
    assert panel.session.edit.rate == Fraction(30000, 1001)


@pytest.mark.parametrize("changed", [False, True])
def test_changes_are_asked_about_once_before_what_an_edit_leaves_open(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path, changed: bool
) -> None:
    session = panel.session
    plain = timeline(("Video", [clip("one", medium, 10, 10)]))
    path = converted(plain, tmp_path / "cut.edl")
    opened(qtbot, panel, written(plain, tmp_path / "first.otio"))
    session.selection.select("V1", HOUR)
    session.render()
    qtbot.waitUntil(lambda: session.modified and not session.busy)
    opened(qtbot, panel, path)
    assert "not saved" in notice(panel).what
    press(panel, "Discard changes")
    settled(qtbot, panel)
    assert session.edit.name == "first.otio"
    assert "frame rate" in notice(panel).what
    if changed:  # then the edit is another than the one that was given up
        session.undo()
        settled(qtbot, panel)
        session.redo()
        settled(qtbot, panel)
    press(panel, "25")
    settled(qtbot, panel)
    if changed:
        assert "not saved" in notice(panel).what
        press(panel, "Discard changes")
        settled(qtbot, panel)
    assert session.edit.name == "cut.edl"


def test_one_of_several_sequences_is_asked_for(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path
) -> None:
    cuts = [timeline(("Video", [clip(name, medium, 0, 10)])) for name in ("a", "b & c")]
    for number, cut in enumerate(cuts):
        cut.name = f"reel {number}, a name as long as those that productions give their sequences"
    opened(qtbot, panel, written(schema.SerializableCollection("all", cuts), tmp_path / "all.otio"))
    assert len(labels(panel)) == 2
    press(panel, labels(panel)[1])
    settled(qtbot, panel)
    assert panel.session.model.lanes[0].items[0].name == "b & c"


def slowed(name: str, medium: Path, first: int, frames: int, speed: float) -> schema.Clip:
    found = clip(name, medium, first, frames)
    found.effects.append(schema.LinearTimeWarp(time_scalar=speed))
    return found


def test_who_wrote_a_speed_is_asked_when_a_shot_is_taken(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path, workers: list[FakeWorker]
) -> None:
    session = panel.session
    cut = timeline(("Video", [clip("plain", medium, 0, 10), slowed("slow", medium, 10, 20, 0.5)]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    assert not session.board.notices
    session.selection.select("V1", HOUR + 15)
    session.render()
    settled(qtbot, panel)
    assert not workers[0].jobs
    assert notice_is_question(panel)
    press(panel, "Premiere Pro")
    settled(qtbot, panel)
    assert session.selection.clip == "V1:2"
    assert session.selection.range.end - session.selection.range.start == 40
    session.preview()
    qtbot.waitUntil(lambda: bool(workers[0].previews))
    session.render()
    qtbot.waitUntil(lambda: bool(workers[0].jobs))
    (job,) = workers[0].jobs
    assert (job.shot.record_frames, job.shot.first, job.shot.frames) == (40, 10, 20)


def test_the_previewed_frame_is_the_one_that_the_record_frame_shows(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path, workers: list[FakeWorker]
) -> None:
    session = panel.session
    cut = timeline(("Video", [slowed("back", medium, 100, 30, -1.0), clip("x", medium, 0, 5)]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    session.selection.select("V1", HOUR)
    assert "-100 %" in session.selection.describe()
    for frame in (0, 7, 29):
        session.selection.move_to(HOUR + frame)
        count = len(workers[0].previews)
        session.preview()
        qtbot.waitUntil(lambda count=count: len(workers[0].previews) > count)
        job, source = workers[0].previews[-1]
        assert source == job.shot.time.source(HOUR + frame) == 129 - frame


def nest(*items: otio.core.Composable) -> schema.Stack:
    track = schema.Track(kind="Video")
    track.extend(items)
    return schema.Stack("scene", [track])


def test_a_range_over_compounds_becomes_several_shots(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path, workers: list[FakeWorker]
) -> None:
    session = panel.session
    inner = nest(clip("b", medium, 0, 10), gap(5), clip("c", medium, 30, 10))
    outer = nest(clip("d", medium, 50, 10), nest(clip("e", medium, 70, 10)))
    cut = timeline(("Video", [clip("a", medium, 90, 10), inner, outer, clip("f", medium, 0, 9)]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    session.selection.mark("V1", HOUR + 5, HOUR + 54)
    assert session.selection.describe().startswith("V1 · 5 shots · ")
    panel.grab()
    session.render()
    qtbot.waitUntil(lambda: len(session.jobs.views) == 5)
    qtbot.waitUntil(
        lambda: all(one.state is State.PLACED for one in session.jobs.views), timeout=20_000
    )
    expected = Edit.open(tmp_path / "cut.otio").shots("V1", "01:00:00:05", "01:00:02:04")
    assert [job.shot.id for job in workers[0].jobs] == [shot.id for shot in expected]
    assert [job.shot.first for job in workers[0].jobs] == [shot.first for shot in expected]
    model = session.model
    assert "V1:3" in model.lane("V1").rendered  # the first, V1:2, is cut in two by its range
    session.selection.clear_marks()
    session.selection.select("V1", HOUR + 12)
    assert "2 shots · compound of 2 clips" in session.selection.describe()


def test_a_range_over_tracks_is_dragged_and_becomes_several_shots(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path, workers: list[FakeWorker]
) -> None:
    session, strip = panel.session, panel.strip
    below = [clip("a", medium, 0, 40), clip("b", medium, 60, 40)]
    above = [gap(20), clip("c", medium, 200, 40)]
    path = written(timeline(("Video", below), ("Video", above)), tmp_path / "cut.otio")
    opened(qtbot, panel, path)
    start, end = strip.point("V2", HOUR + 30), strip.point("V1", HOUR + 70)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(strip.viewport(), left, pos=start)
    for share in (0.5, 1.0):
        qtbot.mouseMove(strip.viewport(), start + (end - start) * share)
    qtbot.mouseRelease(strip.viewport(), left, pos=end)
    found = session.selection.range
    assert found.tracks == ("V1", "V2")
    panel.grab()
    session.render()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 3)
    assert [job.shot.id for job in workers[0].jobs] == ["V1:1", "V1:2", "V2:1"]
    assert {job.shot.record for job in workers[0].jobs} == {found.start, HOUR + 40}
    qtbot.waitUntil(lambda: all(one.state is State.PLACED for one in session.jobs.views))


def test_what_is_unusual_is_said(qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path) -> None:
    frozen = clip("frozen", medium, 50, 10)
    frozen.effects.append(schema.FreezeFrame())
    bars = schema.Clip("bars", schema.GeneratorReference("bars", "SMPTEBars"), span(0, 10))
    none = schema.Clip("none", schema.MissingReference(), span(0, 10))
    lost = clip("lost", tmp_path / "lost.mov", 0, 10)
    items = [slowed("slow", medium, 0, 10, 0.5), frozen, bars, none, lost, nest(lost.clone())]
    cut = timeline(("Video", items))
    cut.metadata["Resolve_OTIO"] = {}
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    model = panel.session.model
    assert [unusual(item) for item in model.lanes[0].items] == [
        "50 %",
        "freeze",
        "generator",
        "no media",
        "offline",
        "compound of 1 clip, 1 without medium",
    ]
    for item in model.lanes[0].items:
        assert unusual(item) in describe(model, item).lower()
    for width in (420, 1280):
        panel.resize(width, 900)
        panel.strip.viewport().grab()
    assert notice(panel).what == "cut.otio: 3 of 5 clips have no medium here."
    assert labels(panel) == ["Relink…"]


def test_the_facts_of_the_clip_stand_beside_those_of_its_medium(
    qtbot: QtBot, panel: Panel, tmp_path: Path
) -> None:
    film = numbered(tmp_path / "film.mov", 60)
    slow = schema.Clip("slow", schema.ExternalReference(str(film), span(0, 60)), span(0, 10))
    slow.effects.append(schema.LinearTimeWarp(time_scalar=-2.0))
    plain = schema.Clip("plain", schema.ExternalReference(str(film), span(0, 60)), span(0, 10))
    cut = timeline(("Video", [slow, plain, nest(plain.clone())]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    session, facts = panel.session, panel.inspector.facts
    session.selection.select("V1", HOUR)
    qtbot.waitUntil(lambda: session.source.facts is not None, timeout=20_000)
    assert "The clip plays at -200 %, backwards" in facts.unusual.accessibleName()
    session.selection.select("V1", HOUR + 10)
    assert "The clip plays" not in facts.unusual.accessibleName()
    session.selection.select("V1", HOUR + 20)
    assert facts.unusual.accessibleName() == "Compound of 1 clip"
    assert facts.isVisible()


def test_what_cannot_be_written_is_refused_before_and_can_be_saved_as_otio(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path
) -> None:
    session = panel.session
    two = timeline(*(("Video", [clip(name, medium, 0, 10)]) for name in "ab"))
    opened(qtbot, panel, written(two, tmp_path / "cut.otio"))
    session.saving.save(tmp_path / "new.edl")
    settled(qtbot, panel)
    assert notice(panel).kind is Kind.ERROR
    with pytest.raises(EditError) as refused:
        Edit.open(tmp_path / "cut.otio").losses(tmp_path / "new.edl")
    assert notice(panel).details.startswith(str(refused.value))
    assert not (tmp_path / "new.edl").exists()
    press(panel, "Save as .otio")
    settled(qtbot, panel)
    assert session.edit.name == "new.otio"
    assert Edit.open(tmp_path / "new.otio").tracks() == session.edit.tracks


def test_a_name_that_is_taken_is_asked_for_anew(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path
) -> None:
    path = written(timeline(("Video", [clip("one", medium, 0, 10)])), tmp_path / "cut.otio")
    before = path.read_bytes()
    opened(qtbot, panel, path)
    panel.session.saving.save(path)
    settled(qtbot, panel)
    assert notice(panel).kind is Kind.ERROR
    press(panel, "Choose another name…")
    qtbot.waitUntil(lambda: panel.findChild(QFileDialog) is not None)
    panel.findChild(QFileDialog).reject()
    assert path.read_bytes() == before
    with pytest.raises(OutputError):
        panel.session.host.losses(path)


def test_another_kind_in_the_dialog_changes_the_suffix(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path
) -> None:
    path = written(timeline(("Video", [clip("one", medium, 0, 10)])), tmp_path / "cut.otio")
    opened(qtbot, panel, path)
    panel.ask_where_to_save()
    dialog = panel.findChild(QFileDialog)
    filter = next(one for one in dialog.nameFilters() if "*.edl" in one)
    dialog.selectNameFilter(filter)
    dialog.filterSelected.emit(filter)
    assert Path(dialog.selectedFiles()[0]).name == "cut_v2.edl"
    dialog.accept()
    settled(qtbot, panel)
    assert notice_is_question(panel)
    assert "cut_v2.edl" in notice(panel).what


def test_lost_media_are_found_and_lost_again_by_undo(
    qtbot: QtBot, panel: Panel, tmp_path: Path, workers: list[FakeWorker]
) -> None:
    session = panel.session
    card = tmp_path / "card"
    card.mkdir()
    numbered(card / "A001C002.mov", 60, timecode="01:00:00:00")
    gone = tmp_path / "gone"
    found, lost = (clip(name, gone / f"{name}.mov", 5, 10) for name in ("A001C002", "A001C003"))
    inside = nest(found.clone())
    for one in (found, inside[0][0]):
        one.media_reference.available_range = span(HOUR, 60)
    cut = timeline(("Video", [found, lost, inside]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    before = session.edit.tracks
    session.board.dismiss("open")
    session.selection.select("V1", HOUR)
    session.render()
    settled(qtbot, panel)
    assert "offline" in notice(panel).what
    press(panel, "Relink…")
    qtbot.waitUntil(lambda: panel.findChild(QFileDialog) is not None)
    dialog = panel.findChild(QFileDialog)
    dialog.selectFile(str(card))
    dialog.accept()
    qtbot.waitUntil(lambda: session.relinking.looking)
    settled(qtbot, panel)
    assert notice(panel).what == "2 of 3 lost media were found."
    assert "A001C003" in notice(panel).why
    assert str(card / "A001C002.mov") in notice(panel).details
    assert labels(panel) == ["Look in another folder…"]
    model = session.model
    assert [item.media for item in model.lanes[0].items[:2]] == ["online", "offline"]
    assert model.lost == (1, 3)
    assert session.edit.undo == "relinking"
    session.undo()
    settled(qtbot, panel)
    assert session.edit.tracks == before
    assert not session.modified
    session.redo()
    settled(qtbot, panel)
    assert session.model.lost == (1, 3)
    session.render()
    qtbot.waitUntil(lambda: bool(workers[0].jobs))
    assert Path(workers[0].jobs[0].shot.media) == card / "A001C002.mov"


def test_the_search_can_be_stopped(qtbot: QtBot, panel: Panel, tmp_path: Path) -> None:
    session = panel.session
    cut = timeline(("Video", [clip("lost", tmp_path / "gone.mov", 0, 10)]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    session.relinking.start(tmp_path)
    assert panel.actions_by_id["stop"].isEnabled()
    session.cancel()
    settled(qtbot, panel)
    assert not session.modified
    assert not session.relinking.looking
    assert all(one.topic != "relink" for one in session.board.notices)
    session.relinking.start(tmp_path / "nowhere")
    settled(qtbot, panel)
    assert notice(panel).kind is Kind.ERROR
    assert str(tmp_path / "nowhere") in notice(panel).what


def test_what_markers_ask_for_is_rendered(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path, workers: list[FakeWorker]
) -> None:
    session = panel.session
    items = [clip(name, medium, 100, 20) for name in "abc"]
    items[0].markers.append(marker("opticals: upscale scale=4", HOUR + 105))
    items[2].markers.append(marker("opticals: copy", HOUR + 105, 6))
    lost = clip("lost", tmp_path / "gone.mov", 0, 10)
    lost.markers.append(marker("opticals: copy", HOUR + 5))
    cut = timeline(("Video", [*items, lost]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    panel.actions_by_id["render_marked"].trigger()
    qtbot.waitUntil(lambda: len(workers[0].jobs) == 2, timeout=20_000)
    jobs = workers[0].jobs
    assert [(job.shot.id, job.recipe.name) for job in jobs] == [
        ("V1:1", "upscale"),
        ("V1:3", "copy"),
    ]
    assert jobs[0].recipe.steps[0].settings["scale"] == 4
    assert (jobs[1].shot.record, jobs[1].shot.record_frames) == (HOUR + 45, 6)
    assert any("V1:4" in one.why for one in session.board.notices)
    qtbot.waitUntil(lambda: all(one.state is State.PLACED for one in session.jobs.views))


def test_no_marker_is_an_error(qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path) -> None:
    cut = timeline(("Video", [clip("one", medium, 0, 10)]))
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    panel.session.render_marked()
    settled(qtbot, panel)
    assert notice(panel).kind is Kind.ERROR
    assert "opticals:" in notice(panel).remedy


def test_an_edit_for_premiere_is_saved_for_premiere(
    qtbot: QtBot, panel: Panel, tmp_path: Path, medium: Path
) -> None:
    cut = timeline(("Video", [slowed("slow", medium, 10, 20, 0.5)]))
    cut.metadata["PremierePro_OTIO"] = {}
    session = panel.session
    opened(qtbot, panel, written(cut, tmp_path / "cut.otio"))
    session.saving.save(tmp_path / "cut_v2.otio")
    settled(qtbot, panel)
    if notice_is_question(panel):
        press(panel, "Save anyway")
        settled(qtbot, panel)
    text = (tmp_path / "cut_v2.otio").read_text()
    written_by = otio.adapters.read_from_string(text, "otio_json")
    (slow,) = written_by.find_clips()
    assert slow.source_range.duration.value == 20  # of the source, as Premiere counts
    again = Edit.open(master_of(tmp_path / "cut_v2.otio"))
    assert again.tracks()[0].items[0].frames == 40


def test_neither_opening_nor_relinking_loads_a_heavy_library(tmp_path: Path) -> None:
    """In a process of its own: this one has made films."""
    card = tmp_path / "card"
    card.mkdir()
    film = numbered(card / "A001C002.mov", 60, timecode="01:00:00:00")
    lost = clip("lost", tmp_path / "gone" / film.name, 5, 10)
    lost.media_reference.available_range = span(HOUR, 60)
    path = written(timeline(("Video", [lost])), tmp_path / "cut.otio")
    code = (
        "import sys; from pathlib import Path; from opticals_plugin.file_host import FileHost\n"
        f"host = FileHost(); host.open(Path({str(path)!r})); host.view()\n"
        f"report = host.relink(Path({str(card)!r}), lambda done, total: None)\n"
        f"assert len(report.found) == 1; host.shots(['V1'], {HOUR}, {HOUR + 10})\n"
        f"host.losses(Path({str(tmp_path / 'new.xml')!r}))\n"
        "assert not {'av', 'torch', 'cv2'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
