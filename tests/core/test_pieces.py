"""Edits read piece by piece are the very same as read in one call, and as damaged."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opticals.errors import EditError
from opticals.timeline import pieces, schemas
from tests import corpus
from tests.core.edits import clip, timeline, timelines
from tests.core.test_schemas import FOREIGN, RANGED

EDITS = sorted(corpus.CORPUS.glob("*.otio")) if corpus.CORPUS.is_dir() else []


@pytest.fixture(autouse=True)
def all_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small edits too."""
    monkeypatch.setattr(pieces, "LEAST", 0)


def same(text: str) -> None:
    """Read in pieces, it is what OTIO reads in one call, to the letter."""
    holder = pieces.cut(text)
    assert holder is not None
    read = schemas._read_pieces(holder)
    whole = schemas._read_whole(text)
    assert read.is_equivalent_to(whole)
    assert schemas.write(read) == schemas.write(whole)
    assert read.to_json_string() == whole.to_json_string()
    if isinstance(read, otio.schema.Timeline):
        for track in read.tracks:
            assert all(child.parent() is track for child in track)


def outcome(text: str) -> str:
    """What becomes of reading it: the edit, or the error in all its words.

    Of several faults in one edit OTIO names the one in the object that lies first in memory:
    where it is what says why, that is left out.
    """
    try:
        return schemas.write(schemas.read(text))
    except EditError as error:
        told_by_otio = " object named " in error.why
        return f"{error.what}\n{'' if told_by_otio else error.why}\n{error.remedy}"


@pytest.mark.skipif(not EDITS, reason="no corpus")
@pytest.mark.parametrize("path", EDITS, ids=lambda path: path.stem)
def test_the_corpus(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    for one in schemas.objects(data):
        if one["OTIO_SCHEMA"] == "Marker.3":  # newer than some OpenTimelineIO know
            one.update(OTIO_SCHEMA="Marker.2", color="RED")
    same(json.dumps(data))
    found = outcome(text)
    monkeypatch.setattr(pieces, "cut", lambda text: None)
    assert found == outcome(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data(), indent=st.sampled_from([None, 0, 4, "\t"]), order=st.randoms())
def test_random_edits(
    data: st.DataObject, indent: int | None, order: random.Random, tmp_path: Path
) -> None:
    """However they are laid out, with keys in any order behind the schema's."""
    made = data.draw(timelines([tmp_path / "a.mov", tmp_path / "b.mov"]))
    same(json.dumps(_shuffled(json.loads(made.to_json_string()), order), indent=indent))


def _shuffled(node: Any, order: random.Random) -> Any:
    if isinstance(node, list):
        return [_shuffled(one, order) for one in node]
    if not isinstance(node, dict):
        return node
    names = sorted(node, key=lambda name: (name != "OTIO_SCHEMA", order.random()))
    return {name: _shuffled(node[name], order) for name in names}


def _nested(levels: int) -> otio.schema.Timeline:
    inner = timeline(("Video", [clip("deep", "a.mov", 0, 40) for _ in range(3)])).tracks
    for _ in range(levels):
        track = otio.schema.Track(kind="Video", children=[inner, clip("side", "b.mov", 5, 9)])
        inner = otio.schema.Stack(children=[track])
    made = otio.schema.Timeline("nested")
    made.tracks.append(otio.schema.Track(kind="Video", children=[inner]))
    return made


@pytest.mark.parametrize("levels", [0, 1, 3, 20])
def test_compounds_within_compounds(levels: int) -> None:
    same(_nested(levels).to_json_string())


def test_a_collection_of_edits() -> None:
    bin = otio.schema.SerializableCollection("bin", [_nested(1), clip("loose", "a.mov", 0, 9)])
    same(bin.to_json_string())


def test_unknown_schemas() -> None:
    data = json.loads(_nested(1).to_json_string())
    children = data["tracks"]["children"][0]["children"]
    children += [RANGED, FOREIGN]
    children[0]["metadata"]["studio"] = FOREIGN
    children[0]["effects"].append(FOREIGN)
    data["tracks"]["markers"].append(FOREIGN)
    data["metadata"]["studio"] = FOREIGN
    same(json.dumps(data))


def test_old_schemas() -> None:
    """What OTIO brings up to date while reading."""
    data = json.loads(timeline(("Video", [clip("one", "a.mov", 0, 9)])).to_json_string())
    one = data["tracks"]["children"][0]["children"][0]
    one["OTIO_SCHEMA"] = "Clip.1"
    one["media_reference"] = one.pop("media_references")["DEFAULT_MEDIA"]
    del one["active_media_reference_key"]
    data["tracks"]["children"][0]["children"].append({**one, "OTIO_SCHEMA": "Filler.1"})
    same(json.dumps(data))


def test_shared_objects_are_read_in_one_call() -> None:
    data = json.loads(timeline(("Video", [clip("one", "a.mov", 0, 9)])).to_json_string())
    children = data["tracks"]["children"][0]["children"]
    children[0]["metadata"]["shared"] = {**FOREIGN, "OTIO_REF_ID": "x-1"}
    assert pieces.cut(json.dumps(data)) is None


def test_what_is_said_twice_is_read_in_one_call() -> None:
    text = _nested(1).to_json_string()
    assert pieces.cut(text.replace('"children": [', '"children": [], "children": [', 1)) is None


def test_small_edits_are_read_in_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert pieces.cut(_nested(1).to_json_string()) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text + "x",
        lambda text: text.replace(":", ",", 1),
        lambda text: text.replace('"children": [', '"children": [null, ', 1),
        lambda text: text.replace('"Clip.2"', '"Clip.99"', 1),
        lambda text: text.replace('"Clip.2"', "7", 1),
        lambda text: text.replace('"Clip.2"', '"Marker.2"', 1),
        lambda text: text.replace('"Track.1"', '"Track.9"', 1),
        lambda text: text.replace("9.0", '"nine"', 1),
        lambda text: text.replace("{", "[", 2),
        lambda text: '{"OTIO_SCHEMA": "Track.',
        lambda text: '{"OTIO_SCHEMA": "Track.1"',
        lambda text: '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1"',
        lambda text: "{}",
    ],
)
def test_damage_is_told_as_if_read_in_one_call(
    damage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = damage(_nested(2).to_json_string())
    found = outcome(damaged)
    monkeypatch.setattr(pieces, "cut", lambda text: None)
    assert found == outcome(damaged)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_damage_is_told_as_if_read_in_one_call(seed: int) -> None:
    chance, text = random.Random(seed), _nested(1).to_json_string()
    marks = [found.start() for found in re.finditer(r'[][{}:,"]', text)]
    for _ in range(chance.randint(1, 3)):
        at = chance.choice(marks)
        text = text[:at] + chance.choice(["", "[", "]", "{", "}", ",", ":", '"']) + text[at + 1 :]
    found = outcome(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "cut", lambda text: None)
        assert found == outcome(text)
