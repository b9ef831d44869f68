"""Resolve's quirks, one by one, against the fake of its scripting: nothing is silent, nothing of
the user's is changed, and what came out wrong is taken away again.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opticals.timeline.timecode import can_drop, timecode
from opticals_plugin.bridge import snapshot as bridge_snapshot
from opticals_plugin.hosts.resolve.inside import (
    agent,
    api,
    items,
    mailbox,
    media,
    menu,
    timing,
)
from opticals_plugin.hosts.resolve.inside.bridge import HostError

from . import fake_resolve
from .contract import HANDLES, by_id, clips, shown

HOUR = 90000
VERSIONS = ("18.6.6", "19.1.3", "20.0")
Json = dict[str, Any]


_open: list[Desk] = []


class Desk:
    """A fake Resolve, and what the panel asks of it."""

    def __init__(self, folder: Path, version: str = "19.1.3") -> None:
        self.folder = folder
        self.world = fake_resolve.World(version)
        self.world.name = "Feature"
        self.world.edit.update(name="reel 1", start=HOUR)
        self.world.playhead = HOUR
        self.said: list[str] = []
        self.agent: Any = None
        self.restart()
        _open.append(self)

    def restart(self) -> None:
        self.close()
        items._known_as.clear()
        resolve = fake_resolve.Resolve(self.world)
        self.agent = agent.Agent(resolve, self.said.append, {}, str(self.folder / "panels"))

    def close(self) -> None:
        if self.agent is not None:
            self.agent.close("")

    def track(self, *found: tuple[str, int, int, int], kind: str = "video", name: str = "") -> Json:
        """A track of films: name, record start from the first frame, length, first frame."""
        made: Json = self.world.add_track(kind, name)
        for film, start, length, left in found:
            pool = fake_resolve.film(str(self.folder / f"{film}.mov"), 1000)
            self.world.add_item(made, pool, HOUR + start, length, left, film)
        return made

    def edit(self) -> Json:
        found: Json = self.agent.on_edit({})
        json.dumps(found, allow_nan=False)
        bridge_snapshot.read(found)
        return found

    def render(self, name: str = "V1-1_copy_v001", frames: int = 1000) -> Path:
        path = self.folder / f"{name}.mov"
        path.write_text(str(frames))
        return path

    def place(self, clip: str, first: int, length: int, how: str = "version", **more: Any) -> Json:
        one = next(one for one in clips(self.edit()) if one["name"] == clip)
        return self.ask(one, first, length, how, **more)

    def ask(
        self, one: Json, first: int, length: int, how: str = "version", name: str = "render_v001"
    ) -> Json:
        path = self.render(name)
        order = {
            "job": f"job-{name}-{first}",
            "clip": one["id"],
            "render": {"name": path.stem, "path": str(path), "first": HANDLES, "rate": [25, 1]},
            "record": [one["record"][0] + first, length],
            "offset": [first, length],
            "how": how,
        }
        found: Json = self.agent.on_place(order)
        return found

    def plain(self) -> list[Any]:
        """What stands in the timeline, without Resolve's ids."""
        return [
            (track["kind"], track["name"], [
                (one["name"], one["start"], one["length"], one["left"], one["pool"],
                 [(t["pool"], t["first"], t["length"]) for t in one["takes"]], one["take"],
                 sorted(one["markers"]))
                for one in track["items"]
            ])
            for track in self.world.edit["tracks"]
        ]  # fmt: skip


@pytest.fixture(autouse=True)
def films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Renders are files that say how long they are; films lie in the test's folder."""

    def told(path: str) -> tuple[int, str, str]:
        return int(Path(path).read_text()), "25", "00:00:00:00"

    monkeypatch.setattr(fake_resolve, "probe", told)
    monkeypatch.setenv("OPTICALS_RESOLVE_FOLDER", str(tmp_path / "films"))
    yield
    while _open:
        _open.pop().close()


@pytest.fixture(params=VERSIONS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, request.param)


@pytest.fixture
def newest(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@given(st.data())
@settings(max_examples=400)
def test_timecode_counts_as_ours_does(data: st.DataObject) -> None:
    rate = data.draw(
        st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001),
                         Fraction(60000, 1001), Fraction(50)])
    )  # fmt: skip
    drop = can_drop(rate) and data.draw(st.booleans())
    frame = data.draw(st.integers(0, 24 * 3600 * 23))
    said = [rate.numerator, rate.denominator]
    text = timing.timecode_of(frame, said, drop)
    assert text == timecode(frame, rate, drop)
    assert timing.frame_of(text, said, drop) == frame


@pytest.mark.parametrize(
    ("said", "rate"),
    [("25", [25, 1]), ("23.976", [24000, 1001]), ("29.97 DF", [30000, 1001]), (24.0, [24, 1]),
     ("59.940", [60000, 1001]), ("12.5", [12500, 1000]), ("", None), ("0", None), ("x", None)],
)  # fmt: skip
def test_rates(said: Any, rate: Any) -> None:
    assert timing.rate_of(said) == rate


def test_what_cannot_be_rendered_says_why(newest: Desk) -> None:
    world, track = newest.world, newest.world.add_track("video")
    film = fake_resolve.film
    world.add_item(track, None, HOUR, 10, name="title")
    for n, (name, more) in enumerate(
        {
            "nested": {"Type": "Timeline", "File Path": ""},
            "multi": {"Type": "Multicam"},
            "lost": {"File Path": ""},
        }.items(),
        1,
    ):
        world.add_item(track, film("/m/x.mov", 500, **more), HOUR + n * 10, 10, name=name)
    fast = world.add_item(track, film("/m/x.mov", 500), HOUR + 40, 10, 7, "fast")
    fast["speed"] = 2.0
    found = {one["name"]: one for one in clips(newest.edit())}
    assert {one["kind"] for one in found.values()} == {"other"}
    for name, word in {
        "title": "Render in Place", "nested": "nested timeline", "multi": "multicam",
        "lost": "relink", "fast": "retimed",
    }.items():  # fmt: skip
        assert word in found[name]["why"]


def test_sequences_stills_proxies_and_other_rates(desk: Desk) -> None:
    world, track = desk.world, desk.world.add_track("video")
    film = fake_resolve.film
    plates = film("/x/shot.[1001-1100].exr", 100, timecode="01:00:00:00", Type="Video")
    world.add_item(track, plates, HOUR, 20, 30, "plates")
    world.add_item(track, film("/x/title.png", 1, Type="Still"), HOUR + 20, 50, 0, "still")
    proxied = film("/x/a.mov", 500, timecode="10:00:00:00", Proxy="1280x720")
    one = world.add_item(track, proxied, HOUR + 70, 20, 40, "proxied")
    one["fusion"] = 1
    double = film("/x/b.mov", 500, rate="50", timecode="01:00:00:00")
    world.add_item(track, double, HOUR + 90, 20, 60, "double")
    desk.track(("tone", 0, 100, 5), kind="audio")
    found = {one["name"]: one for one in clips(desk.edit())}
    assert found["plates"]["media"] == {"path": "/x/shot.####.exr", "first": 1001, "count": 100}
    assert (found["plates"]["kind"], found["plates"]["source"]) == ("image", [30, 20])
    assert (found["still"]["kind"], found["still"]["speed"]) == ("image", [0, 1])
    assert found["proxied"]["source"] == [40, 20]
    assert "proxy" in found["proxied"]["note"]
    assert "Fusion" in found["proxied"]["note"]
    assert found["tone"]["kind"] == "sound"
    if desk.world.major >= 19:
        assert (found["double"]["source"], found["double"]["media_rate"]) == ([60, 40], [50, 1])
    else:  # it does not say where such a clip begins
        assert found["double"]["kind"] == "other"


def test_what_is_meant(newest: Desk) -> None:
    newest.track(("a", 0, 100, 0), ("b", 100, 100, 0))
    newest.track(("c", 50, 100, 0))
    newest.world.playhead = HOUR + 60
    edit = newest.edit()
    names = {one["id"]: one["name"] for one in clips(edit)}
    assert [names[one] for one in edit["selection"]["clips"]] == ["c"]  # the uppermost
    assert edit["selection"]["playhead"] == HOUR + 60
    assert edit["selection"]["range"] is None
    newest.world.marks = {"in": 10, "out": 19}
    assert newest.edit()["selection"]["range"] == [HOUR + 10, HOUR + 20]
    for name in ("a", "b"):
        next(one for _, one in newest.world.items() if one["name"] == name)["colour"] = "Orange"
    newest.agent._coloured = True
    edit = newest.edit()
    assert [names[one] for one in edit["selection"]["clips"]] == ["a", "b"]
    newest.world.edit["markers"] = {
        5: {"color": "Red", "name": "m", "note": "n", "duration": 3, "customData": ""}
    }
    (mark,) = newest.edit()["markers"]
    assert (mark["frame"], mark["duration"], mark["comment"]) == (HOUR + 5, 3, "n")
    newest.world.playhead = HOUR + 500
    with pytest.raises(HostError, match="no clip at the playhead"):
        newest.agent.press("send")
    for _, one in newest.world.items():
        one["colour"] = ""
    with pytest.raises(HostError, match="Orange"):
        newest.agent.press("coloured")


def test_a_project_is_no_file(newest: Desk) -> None:
    newest.track(("a", 0, 100, 0))
    newest.world.edit["name"] = "reel/1: *"
    edit = newest.edit()
    assert Path(edit["path"]).parts[-2:] == ("Feature", "reel_1_ _.resolve")
    assert any("kept in a database" in one for one in edit["notes"])
    assert any("tells scripts of no selection" in one for one in edit["notes"])
    newest.world.name = "Untitled Project 3"
    assert newest.edit()["path"] is None


def test_a_range_is_laid_above_all_that_stands_there(desk: Desk) -> None:
    desk.track(("a", 0, 100, 10))
    desk.track(("over", 60, 100, 0))
    before = desk.plain()
    answer = desk.place("a", 50, 30)
    assert desk.plain()[:2] == before
    top = desk.world.edit["tracks"][2]
    assert (top["name"], len(top["items"])) == ("Opticals", 1)
    laid = top["items"][0]
    assert (laid["start"], laid["length"], laid["left"]) == (HOUR + 50, 30, HANDLES)
    assert any("on a track above" in one for one in answer["messages"])
    # The next beside it goes on the same track, one over it on a new one.
    desk.place("a", 0, 40, name="render_v002")
    assert len(desk.world.edit["tracks"]) == 3
    desk.place("a", 55, 10, "overlay", name="render_v003")
    assert [len(one["items"]) for one in desk.world.edit["tracks"]] == [1, 1, 2, 1]
    for _ in range(3):
        desk.agent.on_undo({})
    assert desk.plain() == before
    for _ in range(3):
        desk.agent.on_redo({})
    assert [len(one["items"]) for one in desk.world.edit["tracks"]] == [1, 1, 2, 1]


@pytest.mark.parametrize("off_by", [-4, 4])
@pytest.mark.parametrize("how", ["version", "overlay"])
def test_what_comes_out_wrong_is_taken_away_and_said(desk: Desk, off_by: int, how: str) -> None:
    desk.track(("a", 0, 100, 10))
    before = desk.plain()
    desk.world.off_by = off_by
    with pytest.raises(HostError) as refused:
        desk.place("a", 0, 100, how)
    assert "instead of" in refused.value.what or "other frames" in refused.value.what
    assert refused.value.remedy
    assert desk.plain() == before
    assert len({one["id"] for one in clips(desk.edit())}) == 1


@pytest.mark.parametrize("off_by", [-1, 1])
def test_an_end_that_is_counted_otherwise_is_found_out(newest: Desk, off_by: int) -> None:
    newest.track(("a", 0, 100, 10))
    newest.world.off_by = off_by  # as in a version that nobody has seen yet
    newest.place("a", 0, 100, "overlay")
    assert newest.world.edit["tracks"][1]["items"][0]["length"] == 100


@pytest.mark.parametrize(
    ("method", "how"),
    [("ImportMedia", "version"), ("AddTake", "version"), ("SelectTakeByIndex", "version"),
     ("AddMarker", "version"), ("AddTrack", "overlay"), ("AppendToTimeline", "overlay"),
     ("AddMarker", "overlay"), ("ImportMedia", "overlay")],
)  # fmt: skip
def test_every_silent_refusal_says_why_and_changes_nothing(
    newest: Desk, method: str, how: str
) -> None:
    newest.track(("a", 0, 100, 10))
    newest.edit()
    before = newest.plain()
    newest.world.refuse = {method}
    with pytest.raises(HostError) as refused:
        newest.place("a", 0, 100, how)
    assert "DaVinci Resolve" in refused.value.what
    assert refused.value.remedy
    assert newest.plain() == before
    newest.world.refuse = set()
    newest.place("a", 0, 100, how)


def test_locked_tracks_are_said(newest: Desk) -> None:
    newest.track(("a", 0, 100, 10))["locked"] = True
    with pytest.raises(HostError, match="locked") as refused:
        newest.place("a", 0, 100)
    assert refused.value.kind == "read-only"


def test_a_clip_trimmed_at_its_head_gets_the_right_frames(desk: Desk) -> None:
    (one,) = desk.track(("a", 0, 100, 10))["items"]
    told = next(clips(desk.edit()))
    one["start"], one["left"], one["length"] = HOUR + 20, 30, 80
    answer = desk.ask(told, 40, 30)
    assert answer["record"] == [HOUR + 40, 30]  # where those frames are now
    with pytest.raises(HostError) as refused:
        desk.ask(told, 10, 30, name="render_v002")
    assert refused.value.kind == "trimmed"


def test_ids_stay_when_resolves_do_not(desk: Desk) -> None:
    desk.track(("a", 0, 100, 10), ("b", 100, 50, 0))
    before = [one["id"] for one in clips(desk.edit())]
    desk.place("a", 0, 100)
    desk.agent.on_switch({"clip": before[0], "version": "original"})
    assert [one["id"] for one in clips(desk.edit())] == before
    for act in (desk.agent.on_undo, desk.agent.on_undo, desk.agent.on_redo, desk.agent.on_redo):
        act({})
        assert [one["id"] for one in clips(desk.edit())] == before
    desk.restart()  # another day
    assert [one["id"] for one in clips(desk.edit())] == before
    assert desk.agent.recall("job-render_v001-0")["clip"] == before[0]
    assert desk.agent.recall("never") is None
    with pytest.raises(HostError) as refused:
        desk.agent.on_undo({})  # what another run did is not known any more
    assert refused.value.kind == "not-ours"


def test_a_copied_clip_is_another_clip(newest: Desk) -> None:
    track = newest.track(("a", 0, 100, 10))
    newest.place("a", 0, 100)
    copied = copy.deepcopy(track["items"][0])
    copied.update(start=HOUR + 200, uid="copied")
    track["items"].append(copied)
    first, second = clips(newest.edit())
    assert first["id"] != second["id"]
    assert first["versions"]
    assert second["id"] == "copied"


def test_takes_of_the_users_own_stay(newest: Desk) -> None:
    (one,) = newest.track(("a", 0, 100, 10))["items"]
    own = fake_resolve.film(str(newest.folder / "own.mov"), 1000)
    fake_resolve.TimelineItem(newest.world, one["uid"]).AddTake(own, 5, 105)
    newest.place("a", 0, 100)
    (clip,) = clips(newest.edit())
    assert [take["pool"].name for take in one["takes"]] == ["a.mov", "own.mov", "render_v001.mov"]
    assert {version["id"] for version in clip["versions"]} == {"original", "render_v001"}
    newest.agent.on_restore({"clip": clip["id"]})
    assert [take["pool"].name for take in one["takes"]] == ["a.mov", "own.mov"]
    assert one["take"] == 1
    assert not one["markers"]


def test_versions_are_dropped_one_by_one(newest: Desk) -> None:
    (one,) = newest.track(("a", 0, 100, 10))["items"]
    newest.place("a", 0, 100)
    newest.place("a", 0, 100, name="render_v002")
    with pytest.raises(HostError, match="shows render_v002"):
        newest.agent.on_drop({"job": "x", "version": "render_v002"})
    newest.agent.on_drop({"job": "x", "version": "render_v001"})
    (clip,) = clips(newest.edit())
    assert {version["id"] for version in clip["versions"]} == {"original", "render_v002"}
    newest.agent.on_restore({"clip": clip["id"]})
    assert (one["takes"], one["take"], one["markers"]) == ([], 0, {})


@st.composite
def cuts(draw: st.DrawFn) -> list[list[tuple[str, int, int, int]]]:
    """Tracks of clips with gaps: name, start, length, first frame."""
    tracks, count = [], 0
    for _ in range(draw(st.integers(1, 3))):
        at, track = 0, []
        for _ in range(draw(st.integers(1, 4))):
            at += draw(st.integers(0, 20))
            length = draw(st.integers(1, 40))
            track.append((f"c{count}", at, length, draw(st.integers(0, 300))))
            at, count = at + length, count + 1
        tracks.append(track)
    return tracks


@given(cuts(), st.data(), st.sampled_from(VERSIONS))
@settings(max_examples=150, deadline=None)
def test_whatever_is_placed_shows_there_and_nothing_else_changes(
    tmp_path_factory: pytest.TempPathFactory,
    tracks: list[list[tuple[str, int, int, int]]],
    data: st.DataObject,
    version: str,
) -> None:
    desk = Desk(tmp_path_factory.getbasetemp(), version)
    for track in tracks:
        desk.track(*track)
    states = []
    for number in range(data.draw(st.integers(1, 4))):
        edit = desk.edit()
        seen = shown(edit)
        one = data.draw(
            st.sampled_from([one for one in clips(edit) if one["name"].startswith("c")])
        )
        start, frames = one["record"]
        first = data.draw(st.integers(0, frames - 1))
        length = data.draw(st.integers(1, frames - first))
        how = data.draw(st.sampled_from(("version", "overlay")))
        states.append((desk.plain(), seen))
        name = f"render_v{number:03}"
        whole = (first, length) == (0, frames)
        answer = desk.ask(one, first, length, how, name=name)
        after = shown(desk.edit())
        path = str(desk.folder / f"{name}.mov")
        covers = {start + first + n: (path, HANDLES + n) for n in range(length)}
        if how == "version" and whole:  # it may lie below others, as the clip did
            assert by_id(desk.edit(), one["id"])["shown"] == name
            changed = {frame for frame in seen if seen[frame] != after[frame]}
            assert changed <= set(covers)
            assert all(after[frame] == covers[frame] for frame in changed)
        else:
            assert after == seen | covers
        assert answer["record"] == [start + first, length]
    for plain, seen in reversed(states):
        desk.agent.on_undo({})
        assert shown(desk.edit()) == seen
        assert [row[:2] for row in desk.plain()] == [row[:2] for row in plain]
    assert desk.plain() == states[0][0]
    desk.close()


# The timeline as OTIO.


def test_the_timeline_goes_out_as_otio_and_comes_in_as_a_new_one(newest: Desk) -> None:
    newest.track(("a", 0, 100, 0))
    newest.agent.press("export")
    exported = Path(newest.said[-1].removeprefix("Written: "))
    assert exported.name == "reel 1.otio"
    assert exported.is_file()
    newest.agent.press("export")
    assert newest.said[-1].endswith("reel 1 2.otio")  # never over one that is worked on
    with pytest.raises(HostError, match="no edit by Opticals"):
        newest.agent.press("import")
    for number in (1, 2):
        made = exported.with_name(f"reel 1_opticals_v00{number}.otio")
        made.write_text("{}")
        os.utime(made, (number, number))
    exported.with_name("reel 1_opticals_v003.master.otio").write_text("{}")
    newest.agent.press("import")
    assert newest.world.timelines[-1] == "reel 1_opticals_v002"
    newest.agent.press("import")
    assert newest.world.timelines[-1] == "reel 1_opticals_v002 2"  # a repeated name says None
    newest.world.refuse = {"ImportTimelineFromFile"}
    with pytest.raises(HostError, match="did not import") as refused:
        newest.agent.press("import")
    assert "never saved" in refused.value.remedy
    newest.world.name = "Untitled Project"
    with pytest.raises(HostError, match="no name yet"):
        newest.agent.press("export")


def test_an_older_resolve_has_no_otio(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "18.1")
    desk.track(("a", 0, 100, 0))
    with pytest.raises(HostError, match="exports no OTIO") as refused:
        desk.agent.press("export")
    assert "18.5" in refused.value.remedy


# Nothing there.


def test_a_closed_resolve_and_an_empty_one(newest: Desk) -> None:
    newest.world.open = False
    with pytest.raises(HostError, match="does not answer"):
        newest.agent.on_edit({})
    newest.world.open = True
    newest.world.edit = None  # type: ignore[assignment]
    with pytest.raises(HostError, match="No timeline is open"):
        newest.agent.on_edit({})


def test_no_resolve_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RESOLVE_SCRIPT_API", str(tmp_path))
    monkeypatch.setenv("RESOLVE_SCRIPT_LIB", str(tmp_path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(HostError, match="scripting is not found"):
        api.connect()
    (tmp_path / "Modules").mkdir()
    (tmp_path / "Modules" / "DaVinciResolveScript.py").write_text("def scriptapp(n): return None")
    importlib.invalidate_caches()
    with pytest.raises(HostError, match="does not answer") as refused:
        api.connect()
    assert "Studio" in refused.value.remedy
    monkeypatch.delitem(sys.modules, "DaVinciResolveScript")


# Entries of the menu.


def test_an_entry_reaches_the_agent_of_another(newest: Desk, tmp_path: Path) -> None:
    newest.track(("a", 0, 100, 0))
    path = mailbox.path_of(str(tmp_path / "panels"))
    assert mailbox.hand_over("show", path) is None
    box = mailbox.Mailbox(path)
    if os.name == "posix":
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            asked = box.take()
            if asked is not None:
                key, reply = asked
                reply(menu.pressed(newest.agent, key))
            time.sleep(0.005)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert mailbox.hand_over("export", path) == ""
        assert newest.said[-1].startswith("Written")
        assert "no entry" in str(mailbox.hand_over("explode", path))
        told = json.loads(Path(path).read_text())
        Path(path).write_text(json.dumps({**told, "token": "0" * 64}))
        assert mailbox.hand_over("export", path) is None
        assert len(newest.said) == 1
    finally:
        over.set()
        thread.join()
        box.close()
    assert mailbox.hand_over("show", path) is None  # nobody is there any more


def test_an_entry_becomes_the_agent_and_lives_as_long_as_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    desk.track(("a", 0, 100, 0))
    monkeypatch.setattr(agent, "LINGER_S", 0.3)
    panels = str(tmp_path / "panels")
    said: list[str] = []
    resolve = fake_resolve.Resolve(desk.world)
    wrong = menu.begin("show", lambda: resolve, said.append, panels, {"argv": []})
    assert wrong == ""
    assert any("No panel is set up" in one for one in said)  # and how to set one up
    assert any("opticals host install" in one for one in said)
    assert not Path(mailbox.path_of(panels)).exists()
    assert menu.begin("nonsense", lambda: resolve, said.append, panels).startswith("There is no")


def test_the_module_runs_from_outside() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "opticals_plugin.hosts.resolve", "nonsense"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "send" in done.stderr


@pytest.fixture
def many(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for _ in range(4):
        desk.track(*((f"c{n}", n * 10, 10, n) for n in range(250)))
    return desk


def test_a_thousand_clips_are_read_in_a_breath(many: Desk) -> None:
    begun = time.process_time()
    assert len(list(clips(many.edit()))) == 1000
    assert time.process_time() - begun < 5  # of the fake's own slowness most


def test_ranges_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert media._named("/x/a.[0001-0100].exr") == ("/x/a.####.exr", 1)
    assert media._named("/x/a[final].mov") == ("/x/a[final].mov", None)
    assert media._named("") == (None, None)
