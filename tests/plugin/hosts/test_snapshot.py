"""What a host says of its edit: read strictly, and shown frame for frame as the host shows it."""

from __future__ import annotations

import copy
import json
import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opticals.errors import OpticalsError, ShotError
from opticals_plugin.bridge.building import Sidecars, build, hashes, printf
from opticals_plugin.bridge.snapshot import read

from .driving import Json, clip, film, track

RATES = [(25, 1), (24, 1), (24000, 1001), (30000, 1001), (30, 1), (50, 1)]
SPEEDS = [(1, 1), (2, 1), (1, 2), (3, 2), (-1, 1), (-2, 1), (-1, 2), (0, 1), (7, 3)]


def snapshot(*tracks: Json, rate: tuple[int, int] = (25, 1), start: int = 0, **more: Any) -> Json:
    return {
        "name": "cut",
        "path": None,
        "rate": list(rate),
        "drop_frame": False,
        "start": start,
        "revision": 1,
        "tracks": list(tracks),
        **more,
    }


def built(said: Json) -> Any:
    return build(read(json.loads(json.dumps(said))), lambda path: None, Sidecars())


def expected(one: Json, rate: Fraction) -> list[int]:
    """Which frame of the medium each record frame of a clip shows."""
    length, speed = one["record"][1], Fraction(*one["speed"])
    pace = abs(speed) * Fraction(*one["media_rate"]) / rate
    forwards = [one["source"][0] + math.floor(n * pace) for n in range(length)]
    return forwards[::-1] if speed < 0 else forwards


@st.composite
def tracks(draw: st.DrawFn) -> tuple[list[Json], tuple[int, int]]:
    rate = draw(st.sampled_from(RATES))
    found, number = [], 0
    for n in range(draw(st.integers(1, 3))):
        record, clips = draw(st.integers(-50, 200)), []
        for _ in range(draw(st.integers(0, 5))):
            number += 1
            length = draw(st.integers(1, 80))
            one = clip(f"c{number}", Path("/media/film.mov"), record, length, count=2000)
            one["source"] = [draw(st.integers(0, 300)), 1]
            one["speed"] = list(draw(st.sampled_from(SPEEDS)))
            one["media_rate"] = list(draw(st.sampled_from(RATES)))
            one["enabled"] = draw(st.booleans())
            clips.append(one)
            record += length + draw(st.sampled_from([0, 0, 13]))
        found.append(track(f"v{n}", *clips))
    return found, rate


@settings(deadline=None, max_examples=60)
@given(tracks())
def test_each_record_frame_shows_what_the_host_shows(
    drawn: tuple[list[Json], tuple[int, int]],
) -> None:
    lanes, rate = drawn
    made = built(snapshot(*lanes, rate=rate))
    views = {view.id: view for view in made.edit.tracks()}
    for n, lane in enumerate(lanes, 1):
        items = [item for item in views[f"V{n}"].items if item.id]
        assert [item.name for item in items] == [one["name"] for one in lane["clips"]]
        for item, one in zip(items, lane["clips"], strict=True):
            assert item.record - made.shift == one["record"][0]
            assert item.frames == one["record"][1]
            assert item.enabled == one["enabled"]
            footage = made.edit.footage([item.id])[item.id].shown
            shown = [footage.time.source(item.record + k) for k in range(item.frames)]
            assert shown == expected(one, Fraction(*rate))
            assert made.ids[one["id"]] == item.id


def test_the_selection_is_in_the_names_of_the_edit() -> None:
    from opticals_plugin.bridge.live_host import LiveHost

    host = LiveHost(None)  # type: ignore[arg-type]
    said = film([Path("/a.mov"), Path("/b.mov")], Path("/film.json"), start=-20)
    chosen = {"clips": ["b", "gone"], "range": [85, 90], "playhead": 86, "current": "b"}
    host.take({**snapshot(), **said, "revision": 0, "selection": chosen})
    found = host.chosen()
    assert (found.clips, found.range, found.playhead) == (("V1:2",), (105, 110), 106)
    assert host.host_frame(106) == 86


def test_clips_over_one_another_are_seen_as_the_later_one() -> None:
    one = clip("one", Path("/a.mov"), 0, 50)
    two = clip("two", Path("/b.mov"), 30, 50)
    made = built(snapshot(track("v1", one, two)))
    items = made.edit.tracks()[0].items
    assert [(item.name, item.record, item.frames) for item in items] == [
        ("one", 0, 30),
        ("two", 30, 50),
    ]
    assert any("under" in note for note in made.edit.notes)


def test_locked_and_hidden_tracks_and_markers() -> None:
    lane = {**track("v1", clip("a", Path("/a.mov"), 0, 50)), "locked": True, "enabled": False}
    marker = {"frame": 12, "duration": 5, "name": "look", "colour": "red", "comment": "upscale"}
    made = built(snapshot(lane, markers=[marker]))
    (view,) = made.edit.tracks()
    assert (view.locked, view.enabled) == (True, False)
    from opticals.timeline import marks

    (found,) = marks.views(made.edit)
    assert (found.start, found.end, found.texts) == (12, 17, ("look", "upscale"))


def test_sequences_and_pictures(tmp_path: Path) -> None:
    for n in range(1001, 1011):
        (tmp_path / f"shot.{n}.exr").touch()
    one = clip("seq", tmp_path / "shot.####.exr", 0, 6, first=2)
    one.update(kind="image", media={"path": one["media"]["path"], "first": 1001, "count": 10})
    still = clip("still", tmp_path / "still.png", 6, 30)
    still.update(kind="image", source=[0, 1], speed=[0, 1])
    still["media"]["count"] = 1
    (tmp_path / "still.png").touch()
    made = built(snapshot(track("v1", one, still)))
    shot = made.edit.shot("V1:1")
    assert shot.media == str(tmp_path / "shot.%04d.exr")
    assert (shot.first, shot.frames) == (2, 6)
    assert (made.edit.shot("V1:2").first, made.edit.shot("V1:2").frames) == (0, 1)


@pytest.mark.parametrize("name", ["a.####.exr", "a.#.exr", "a.mov"])
def test_names_of_sequences_go_both_ways(name: str) -> None:
    path = Path("/x") / name
    assert hashes(printf(path)) == path


def test_what_reaches_out_of_its_medium_is_refused_alone() -> None:
    short = clip("short", Path("/a.mov"), 0, 50, first=10, count=20)
    made = built(snapshot(track("v1", short, clip("b", Path("/b.mov"), 50, 10))))
    from opticals.timeline import reading

    lane, slot = made.edit.find("V1:1")
    with pytest.raises(ShotError, match="reaches outside"):
        reading.take(lane, slot, made.edit.counting, offline=True)
    assert reading.take(*made.edit.find("V1:2"), made.edit.counting, offline=True)


def _leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, dict):
        return [path] + [one for key in data for one in _leaves(data[key], (*path, key))]
    if isinstance(data, list):
        return [path] + [one for n in range(len(data)) for one in _leaves(data[n], (*path, n))]
    return [path]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_edits_are_read_or_refused(seed: int) -> None:
    """A hundred each: a value is gone or another; no error but ours, and what is read is shown."""
    chance = random.Random(seed)
    good = snapshot(
        track("v1", clip("a", Path("/a.mov"), 0, 50), clip("b", Path("/b.mov"), 50, 20)),
        selection={"clips": ["a"], "range": [0, 10], "playhead": 3, "current": "a"},
        markers=[{"frame": 1, "duration": 0, "name": "m", "colour": "red", "comment": ""}],
    )
    wrong = [None, True, -1, 0, 10**12, 1.5, "", "\0", "x" * 10_000, [], {}, [1], [0, 0], [1, -1]]
    for _ in range(100):
        said = copy.deepcopy(good)
        for _ in range(chance.randrange(1, 4)):
            path = chance.choice([one for one in _leaves(said) if one])
            at: Any = said
            for key in path[:-1]:
                at = at[key]
            if chance.random() < 0.2:
                del at[path[-1]]
            else:
                at[path[-1]] = copy.deepcopy(chance.choice(wrong))
        try:
            made = build(read(said), lambda path: None, Sidecars())
            made.edit.tracks()
            made.edit.footage([*made.clips])
        except OpticalsError:
            continue
