"""The edit in a file behind the panel's host contract, with real OpenTimelineIO edits."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import EditError, OpticalsError, OutputError, ShotError
from opticals.recipe import Recipe, step
from opticals.rendering.job import Render
from opticals.timeline.shot import Shot
from opticals_plugin.file_host import FileHost
from opticals_ui.host import Host

HOUR = 25 * 3600


def span(start: int, frames: int) -> TimeRange:
    return TimeRange(RationalTime(start, 25), RationalTime(frames, 25))


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    """V1: a clip of 50 frames, a gap of 25, a clip of 50; an hour of start timecode."""
    medium = tmp_path / "film.mov"
    medium.write_bytes(b"a film, as far as the edit can tell")
    track = otio.schema.Track("picture", kind="Video")
    for name in ("one", None, "two"):
        if name is None:
            track.append(otio.schema.Gap(source_range=span(0, 25)))
            continue
        reference = otio.schema.ExternalReference(str(medium), available_range=span(0, 200))
        track.append(otio.schema.Clip(name, reference, span(20, 50)))
    timeline = otio.schema.Timeline("cut", global_start_time=RationalTime(HOUR, 25))
    timeline.tracks.append(track)
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def render_of(shot: Shot, folder: Path) -> Render:
    return Render(
        folder / f"{shot.id.replace(':', '-')}_copy_v001.mov", shot, Recipe((step("copy"),)),
        shot.frames + 24, 12, shot.frames, Fraction(25), 64, 32, 0, False, "prores_hq",
    )  # fmt: skip


def test_it_keeps_the_contract(edit: Path) -> None:
    host: Host = FileHost()
    assert host.view() is None
    host.open(edit)
    view = host.view()
    assert view is not None
    assert (view.name, view.start, view.rate) == ("cut.otio", HOUR, 25)
    assert [item.kind for item in view.tracks[0].items] == ["clip", "gap", "clip"]
    assert not view.modified
    assert host.renders_folder() == edit.with_name("cut.opticals")


def test_place_undo_redo_save(edit: Path, tmp_path: Path) -> None:
    before = edit.read_bytes()
    host = FileHost()
    host.open(edit)
    (shot,) = host.shots(["V1"], HOUR + 10, HOUR + 30)
    assert (shot.first, shot.frames) == (30, 20)
    render = render_of(shot, tmp_path)
    host.place(render, "version", "fit")
    placed = host.view()
    assert placed is not None
    assert [one.version for one in placed.tracks[0].items] == [None, render.name, None, None, None]
    assert placed.modified
    assert render.name in placed.undo
    host.undo()
    undone = host.view()
    assert undone is not None
    assert len(undone.tracks[0].items) == 3
    assert not undone.modified
    assert undone.redo == placed.undo
    host.redo()
    again = host.view()
    assert again is not None
    assert again.tracks == placed.tracks
    new = tmp_path / "cut_v2.otio"
    assert host.losses(new) == ()
    assert host.save(new) == ()
    saved = host.view()
    assert saved is not None
    assert (saved.name, saved.modified) == ("cut_v2.otio", False)
    assert edit.read_bytes() == before
    other = FileHost()
    other.open(new)
    reopened = other.view()
    assert reopened is not None
    assert reopened.tracks == saved.tracks
    host.undo()
    reverted = host.view()
    assert reverted is not None
    assert reverted.modified
    host.place(render, "overlay", "fit")
    overlaid = host.view()
    assert overlaid is not None
    assert not overlaid.redo  # what was undone cannot be redone over something else


def test_back_to_the_original_is_a_step_of_undo(edit: Path, tmp_path: Path) -> None:
    host = FileHost()
    host.open(edit)
    before = host.view()
    assert before is not None
    (shot,) = host.shots(["V1"], HOUR + 10, HOUR + 30)
    host.place(render_of(shot, tmp_path), "version", "fit")
    placed = host.view()
    assert placed is not None
    host.restore("V1:2")
    restored = host.view()
    assert restored is not None
    assert restored.tracks == before.tracks
    assert restored.undo == "restoring V1:2"
    host.undo()
    undone = host.view()
    assert undone is not None
    assert undone.tracks == placed.tracks


def test_what_cannot_be_done_leaves_all_as_it_was(edit: Path, tmp_path: Path) -> None:
    host = FileHost()
    with pytest.raises(EditError):
        host.undo()
    with pytest.raises(EditError):
        host.shots(["V1"], 0, 1)
    host.open(edit)
    held = host.view()
    (tmp_path / "broken.otio").write_text("{")
    for bad in (tmp_path / "none.otio", tmp_path / "broken.otio", tmp_path):
        with pytest.raises(OpticalsError):
            host.open(bad)
    with pytest.raises(ShotError):
        host.shots(["V1"], HOUR + 50, HOUR + 60)
    with pytest.raises(OutputError):
        host.save(edit)
    with pytest.raises(EditError):
        host.redo()
    assert host.view() == held
