"""A project in Blender, from its first minute: what names it while it has no file, how it keeps the
paths of renders, and what its sidebar says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opticals.errors import EditError

from . import blenders
from .driving import Ear, Json, until
from .driving_blender import BlenderDriver
from .test_blender_frames import films
from .test_blender_placing import Desk, desk

__all__ = ["desk", "films"]

pytestmark = pytest.mark.skipif(not blenders.here(), reason="no Blender is here")


@pytest.fixture(params=blenders.tried("blender", "bpy-5.0"))
def blender(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlenderDriver]:
    driver = BlenderDriver(request.param, tmp_path)
    driver.begin(tmp_path / "panels")
    yield driver
    driver.close()


def save(desk: Desk, path: Path) -> None:
    desk.blender.python(f"bpy.ops.wm.save_as_mainfile(filepath={str(path)!r})")


def paths(desk: Desk) -> list[str]:
    """The files of the strips as Blender keeps them, from the lowest channel."""
    found: Any = desk.blender.python(
        "every = sorted(strips(scene().sequence_editor), key=lambda one: one.channel)\n"
        "answer = [getattr(one, 'filepath', None) or one.directory for one in every]"
    )
    assert isinstance(found, list)
    return found


def place_pictures(desk: Desk, clip: Json) -> Any:
    """Place a numbered sequence above a clip."""
    pattern = desk.films / "shot.####.png"
    render = {"name": "shots", "path": str(pattern), "frames": 30, "first": 0}
    render |= {"rate": [25, 1], "first_number": 100, "width": 128, "height": 96, "alpha": False}
    order = {"job": "pictures", "clip": clip["id"], "render": render, "how": "overlay"}
    order |= {"record": [clip["record"][0], 20], "offset": [0, 20], "sound": "keep"}
    return desk.ear.ask("place", order)


@pytest.mark.parametrize("relative", [True, False])
def test_the_paths_of_renders_are_kept_as_the_user_wants_all_paths(
    desk: Desk, tmp_path: Path, relative: bool
) -> None:
    desk.make("movie('m25')")
    lines = f"bpy.context.preferences.filepaths.use_relative_paths = {relative}"
    save(desk, tmp_path / "cut.blend")
    desk.blender.python(lines)
    clip = desk.clip("m25")
    desk.place(clip, (0, 20))
    desk.place(desk.clip("m25"), (0, 20), film="big", how="overlay")
    place_pictures(desk, desk.clip("m25"))
    kept = {one.rsplit("/")[-1]: one for one in paths(desk)}
    assert set(kept) == {"r25.mov", "m25.mov", "big.mov", ""}
    for name in ("r25.mov", "big.mov", ""):
        assert kept[name].startswith("//") == relative, kept
    assert kept["m25.mov"].startswith("//")  # Blender made it so when it was saved first
    seen = {one["media"]["path"] for track in desk.ear.edit()["tracks"] for one in track["clips"]}
    assert all(Path(one).is_absolute() and "//" not in one for one in seen)
    desk.ear.ask("restore", {"job": "back", "clip": clip["id"]})
    (original,) = [one for one in paths(desk) if one.endswith("m25.mov")]
    assert original.startswith("//")


def test_a_project_without_a_file_has_no_paths_beside_it(desk: Desk, tmp_path: Path) -> None:
    desk.make("movie('m25')")
    clip = desk.clip("m25")
    desk.place(clip)
    (path,) = paths(desk)
    assert Path(path).is_absolute()
    assert not path.startswith("//")
    save(desk, tmp_path / "cut.blend")  # which makes what it finds relative
    (path,) = paths(desk)
    assert path.startswith("//")
    desk.ear.ask("restore", {"job": "back", "clip": clip["id"]})
    (path,) = paths(desk)
    assert path.startswith("//")  # as Blender would have made it too


def test_a_project_is_known_as_long_as_it_is_open(desk: Desk, tmp_path: Path) -> None:
    desk.make("movie('m25')")
    first = desk.ear.edit()["id"]
    assert first
    desk.place(desk.clip("m25"))
    desk.blender.undo()
    desk.blender.redo()
    save(desk, tmp_path / "cut.blend")
    assert desk.ear.edit()["id"] == first
    joined = desk.ear.bridge.last
    assert joined is not None
    assert joined.project["id"] == first
    desk.blender.do("open", path=str(tmp_path / "cut.blend"))
    desk.blender.press("select")
    second = desk.ear.wait("select")
    second.answer({})
    assert second.params["edit"]["id"] not in ("", first)


def test_what_the_sidebar_says_goes_when_it_does_not_hold_any_more(desk: Desk) -> None:
    desk.make("movie('m25')")
    missing = {"text": "The model rife is not installed.", "kind": "error"}
    other = {"text": "a was trimmed meanwhile.", "kind": "error"}
    tell, state = desk.ear.bridge.tell, desk.blender.state

    def says() -> str:
        return str(state()["notice"].get("text", ""))

    tell("stands", {"notices": [missing]})
    tell("notice", missing)
    until(lambda: says() == missing["text"])
    tell("stands", {"notices": [other, missing]})
    tell("notice", other)
    until(lambda: says() == other["text"])
    tell("stands", {"notices": [missing]})
    until(lambda: says() == missing["text"])
    tell("stands", {"notices": []})
    tell("notice", missing)  # late: it is over
    tell("seek", {"frame": 33})
    until(lambda: desk.blender.playhead() == 33)
    assert not says()


def test_what_a_panel_said_goes_with_it(desk: Desk, ear: Ear) -> None:
    desk.make("movie('m25')")
    said = {"text": "The model rife is not installed.", "kind": "error"}
    ear.bridge.tell("notice", said)
    until(lambda: desk.blender.state()["notice"].get("text") == said["text"])
    ear.close()
    until(lambda: desk.blender.state()["state"] == "no panel")
    until(lambda: not desk.blender.state()["notice"])


def test_what_a_key_came_to_goes_with_the_next_key(desk: Desk) -> None:
    desk.make("movie('m25')")
    desk.blender.press("repeat")
    asked = desk.ear.wait("repeat")
    asked.refuse(EditError("Nothing is selected.", remedy="Select a clip."))
    until(lambda: "Nothing is selected" in str(desk.blender.state()["notice"]))
    desk.blender.press("repeat")
    desk.ear.wait("repeat").answer({"jobs": 1})
    assert not desk.blender.state()["notice"]
