"""What a Blender renders itself after renders were placed in it, in every way there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opticals_plugin.bridge.wire import HostRefused

from . import blenders
from .contract import by_id, clips
from .driving import Ear, Json, until
from .driving_blender import BlenderDriver
from .test_blender_frames import HANDLES, films, make, rendered

__all__ = ["films"]

pytestmark = pytest.mark.skipif(not blenders.here(), reason="no Blender is here")


@pytest.fixture(params=blenders.tried("blender"))
def blender(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlenderDriver]:
    driver = BlenderDriver(request.param, tmp_path)
    driver.begin(tmp_path / "panels")
    yield driver
    driver.close()


class Desk:
    """One Blender with a project, joined to a panel's end."""

    def __init__(self, blender: BlenderDriver, films: Path, ear: Ear, folder: Path) -> None:
        self.blender = blender
        self.films = films
        self.ear = ear
        self.folder = folder
        self.jobs = 0

    def make(self, lines: str) -> None:
        make(self.blender, self.films, lines)
        self.blender.do("start")
        self.blender.press("select")
        self.ear.wait("select").answer({})

    def clip(self, name: str) -> Json:
        return next(one for one in clips(self.ear.edit()) if one["name"] == name)

    def place(
        self, clip: Json, offset: tuple[int, int] | None = None, film: str = "r25", **more: Any
    ) -> Any:
        """Place a render that shows 500 + i (`big`: 700 + i), with 12 frames of handles."""
        first, length = offset or (0, clip["record"][1])
        self.jobs += 1
        render = {
            "name": f"{film}_v{self.jobs:03d}",
            "path": str(self.films / f"{film}.mov"),
            "frames": 100,
            "rate": [25, 1],
            "first": HANDLES,
            "first_number": None,
            "width": 256 if film == "big" else 128,
            "height": 192 if film == "big" else 96,
            "alpha": False,
            "timecode": 0,
        }
        order = {
            "job": f"job-{self.jobs}",
            "clip": clip["id"],
            "render": render,
            "record": [clip["record"][0] + first, length],
            "offset": [first, length],
            "how": "version",
            "sound": "keep",
        }
        return self.ear.ask("place", order | more)

    def rendered(self) -> dict[int, int]:
        folder = self.folder / f"frames-{len(list(self.folder.glob('frames-*')))}"
        return rendered(self.blender, folder)


@pytest.fixture
def desk(blender: BlenderDriver, films: Path, ear: Ear, tmp_path: Path) -> Desk:
    return Desk(blender, films, ear, tmp_path)


def test_a_version_shows_its_frames(desk: Desk) -> None:
    desk.make("movie('m25')")
    before = desk.rendered()
    desk.place(desk.clip("m25"))
    assert desk.rendered() == {20 + n: 512 + n for n in range(26)}
    desk.blender.undo()
    assert desk.rendered() == before


def test_a_part_is_cut_out_and_joined_again(desk: Desk) -> None:
    desk.make("movie('m25')")
    before, clip = desk.rendered(), desk.clip("m25")
    placed = desk.place(clip, (5, 10))
    part = {25 + n: 512 + n for n in range(10)}
    assert desk.rendered() == before | part
    assert len(list(clips(desk.ear.edit()))) == 3
    assert placed["clip"] == clip["id"]
    desk.ear.ask("restore", {"job": "back", "clip": placed["clip"]})
    (whole,) = clips(desk.ear.edit())
    assert (whole["record"], whole["versions"]) == (clip["record"], [])
    assert desk.rendered() == before


def test_a_second_part_of_what_was_cut_finds_its_piece(desk: Desk) -> None:
    """It was asked for while the strip was whole."""
    desk.make("movie('m25')")
    before, clip = desk.rendered(), desk.clip("m25")
    desk.place(clip, (0, 5))
    desk.place(clip, (10, 6))
    wanted = {20 + n: 512 + n for n in range(5)} | {30 + n: 512 + n for n in range(6)}
    assert desk.rendered() == before | wanted


@pytest.mark.parametrize("how", ["version", "overlay"])
def test_larger_pictures_keep_their_size_on_the_screen(desk: Desk, how: str) -> None:
    desk.make("movie('m25')")
    desk.place(desk.clip("m25"), film="big", how=how)
    assert desk.rendered() == {20 + n: 712 + n for n in range(26)}


def test_above_is_the_first_channel_that_is_free(desk: Desk) -> None:
    """A title right above keeps its place, and neighbours that handles would reach over theirs."""
    desk.make(
        "movie('m25'); movie('m24', 2, 45, 50, 70); m = movie('m50', 3, 15, 22, 24);"
        "scene().sequence_editor.channels[4].lock = True"
    )
    answer = desk.place(desk.clip("m25"), (0, 20), how="overlay")
    edit = desk.ear.edit()
    laid = by_id(edit, answer["clip"])
    (track,) = [one for one in edit["tracks"] if laid in one["clips"]]
    assert track["id"] == "v2"
    assert (laid["record"], laid["of"]) == ([20, 20], desk.clip("m25")["id"])
    assert desk.clip("m24")["record"] == [50, 20]
    shown = desk.rendered()
    assert {n: shown[n] for n in range(26, 40)} == {n: 492 + n for n in range(26, 40)}
    desk.ear.ask("restore", {"job": "back", "clip": answer["clip"]})
    assert not [one for one in clips(desk.ear.edit()) if one.get("overlay")]


@pytest.mark.parametrize(
    "lines",
    [
        "movie('m25').use_reverse_frames = True",
        "m = movie('m25'); m.animation_offset_start = 7; trim(m)",
        "speed(movie('m25'), 'MULTIPLY', speed_factor=2)",
        "m = pictures(); m.frame_final_start, m.frame_final_end = 20, 40; m.name = 'm25'",
        "movie('m25'); grouped()",
    ],
    ids=["reversed", "trimmed inside", "speed effect", "pictures", "meta"],
)
def test_whatever_a_strip_does_the_render_is_shown_frame_by_frame(desk: Desk, lines: str) -> None:
    desk.make(lines)
    clip, before = desk.clip("m25"), desk.rendered()
    answer = desk.place(clip)
    start, length = answer["record"]
    wanted = {start + n: 512 + n for n in range(length) if start + n <= 45}
    assert desk.rendered() == before | wanted
    assert bool(answer["messages"]) == ("only" in clip)
    desk.ear.ask("restore", {"job": "back", "clip": answer["clip"]})
    assert desk.rendered() == before


def test_a_strip_at_its_own_rate_takes_renders_at_the_scenes(desk: Desk) -> None:
    if desk.blender.blender.name == "bpy-5.0":
        pytest.skip("without a window its operator ends Blender")
    desk.make("m = added('m24'); trim(m); m.name = 'm24'")
    clip, before = desk.clip("m24"), desk.rendered()
    assert clip["bake"]
    render = {"name": "x", "path": str(desk.films / "m24.mov"), "frames": 60, "first": 12}
    render |= {"rate": [24, 1], "width": 128, "height": 96}
    with pytest.raises(HostRefused) as refused:
        desk.place(clip, render=render)
    assert refused.value.subject == "unsupported"
    assert clip["only"] == ["overlay"]
    answer = desk.place(clip)
    assert "rate of its own" in answer["messages"][0]
    assert desk.rendered() == {20 + n: 512 + n for n in range(26)}
    desk.ear.ask("restore", {"job": "back", "clip": answer["clip"]})
    assert desk.rendered() == before


def test_versions_follow_what_the_user_does_with_the_strip(desk: Desk) -> None:
    """Moved, trimmed and slipped while a render is shown: the original moves with it."""
    desk.make("movie('m25')")
    clip = desk.clip("m25")
    desk.place(clip)
    desk.blender.move("m25", -4)
    desk.blender.trim("m25", head=3, tail=10)
    desk.ear.ask("switch", {"job": "s", "clip": clip["id"], "version": "original"})
    assert desk.rendered() == {19 + n: 13 + n for n in range(27)}


def test_sound_stays(desk: Desk, media: tuple[Path, Path]) -> None:
    desk.make(
        f"m = into.new_movie(name='a', filepath={str(media[0])!r}, channel=2, frame_start=10)\n"
        f"w = into.new_sound(name='tone', filepath={str(media[0])!r}, channel=1, frame_start=10)\n"
        "for one in (m, w): one.frame_final_start, one.frame_final_end = 20, 60"
    )
    clip, sound = desk.clip("a"), desk.clip("tone")
    assert clip["linked"] == [sound["id"]]
    assert (sound["kind"], sound["source"]) == ("sound", [10, 40])
    desk.place(clip, (5, 10))
    assert desk.clip("tone") == sound


def test_a_copy_has_an_id_of_its_own(desk: Desk) -> None:
    desk.make("movie('m25')")
    clip = desk.clip("m25")
    desk.blender.python(
        "one = find('m25'); one.split(frame=30, split_method='SOFT'); pushed('Split')"
    )
    ids = [one["id"] for one in clips(desk.ear.edit())]
    assert len(set(ids)) == 2
    assert ids[0] == clip["id"]


def test_what_cannot_be_rendered_says_why(desk: Desk) -> None:
    new = "bpy.app.version >= (5, 0)"
    desk.make(
        f"end = {{'length': 20}} if {new} else {{'frame_end': 40}}\n"
        "into.new_effect(name='c', type='COLOR', channel=1, frame_start=20, **end)\n"
        "into.new_effect(name='t', type='TEXT', channel=2, frame_start=20, **end)\n"
        "into.new_scene(name='s', scene=bpy.data.scenes.new('Other'), channel=3, frame_start=20)\n"
        "m = movie('m25', 4); m.strobe = 3"
    )
    for name in ("c", "t", "s", "m25"):
        clip = desk.clip(name)
        assert clip["kind"] == "other"
        assert clip["why"].endswith((".", "files."))


def test_in_and_out(desk: Desk) -> None:
    desk.make("movie('m25')")

    def marked(lines: str) -> Any:
        desk.blender.python(lines)
        return desk.ear.edit()["selection"]["range"]

    assert marked("s = scene()") is None
    lines = "m = scene().timeline_markers; m.new('In', frame=25); m.new('Out', frame=30)"
    assert marked(lines + "\nfor one in m: one.select = False") == [25, 31]
    lines = "for n in (40, 44): scene().timeline_markers.new('x', frame=n).select = True"
    assert marked(lines) == [40, 45]
    lines = "s = scene(); s.use_preview_range = True; s.frame_preview_start = 22"
    assert marked(lines + "; s.frame_preview_end = 28") == [22, 29]


def test_another_project_is_said(desk: Desk, tmp_path: Path) -> None:
    """Opened in the middle of things: the panel hears it, and is joined again by the next key."""
    desk.make("movie('m25')")
    desk.blender.do("save", path=str(tmp_path / "one.blend"))
    first = desk.clip("m25")["id"]
    desk.place(desk.clip("m25"))
    desk.blender.do("save", path=str(tmp_path / "one.blend"))
    desk.blender.do("open", path=str(tmp_path / "one.blend"))
    desk.blender.press("select")
    asked = desk.ear.wait("select")
    asked.answer({})
    (clip,) = clips(asked.params["edit"])
    assert (clip["id"], clip["shown"]) == (first, "r25_v001")
    assert desk.ear.ask("done", {"job": "job-1"})["known"]


def test_a_project_that_cannot_be_written_is_worked_in(desk: Desk, tmp_path: Path) -> None:
    desk.make("movie('m25')")
    path = tmp_path / "kept.blend"
    desk.blender.do("save", path=str(path))
    desk.blender.python("import os; os.access = lambda *_: False")
    assert any("kept.blend" in one for one in desk.ear.edit()["notes"])
    desk.place(desk.clip("m25"))
    assert desk.clip("m25")["shown"] == "r25_v001"


def test_a_thousand_strips_are_read_in_slices(desk: Desk) -> None:
    """No tick takes long by the processor's own clock."""
    desk.make(
        "for n in range(1000):\n"
        "    m = into.new_movie(name='m25', filepath=FILMS + 'm25.mov', channel=50,"
        " frame_start=20 * n)\n"
        "    m.frame_final_end = 20 * n + 20\n"
        "    m.channel = 1 + n % 8"
    )
    desk.blender.python("side.longest_cpu = 0.0")
    desk.blender.press("select")
    asked = desk.ear.wait("select")
    asked.answer({})
    assert len(list(clips(asked.params["edit"]))) == 1000
    until(lambda: desk.blender.state()["longest_cpu"] > 0)
    assert desk.blender.state()["longest_cpu"] < 0.05


def test_strips_that_go_while_they_are_read_are_not_touched(desk: Desk) -> None:
    """Between two slices: what is sent is what is there in the end."""
    desk.make(
        "for n in range(200):\n"
        "    m = into.new_movie(name='m25', filepath=FILMS + 'm25.mov', channel=1 + n % 8,"
        " frame_start=200 * n)"
    )
    count = desk.blender.python(
        "reading = link.doing.snapshot()\n"
        "for _ in range(3): next(reading)\n"
        "into = strips(scene().sequence_editor)\n"
        "for one in list(into)[50:]: into.remove(one)\n"
        "pushed('Delete')\n"
        "while answer is None:\n"
        "    try: next(reading)\n"
        "    except StopIteration as end:\n"
        "        answer = sum(len(one['clips']) for one in end.value['tracks'])"
    )
    assert count == 50
    assert len(list(clips(desk.ear.edit()))) == 50
