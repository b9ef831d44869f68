"""Unknown schemas go through untouched wherever they stand; too new ones are named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from opentimelineio import schema

from opticals.errors import EditError
from opticals.timeline import schemas
from opticals.timeline.edit import Edit
from tests.core.edits import clip, gap, marker, render_of, timeline

if TYPE_CHECKING:
    from pathlib import Path

FOREIGN: dict[str, Any] = {
    "OTIO_SCHEMA": "StudioThing.1",
    "name": "Größe \U0001f3ac",
    "depth": {"list": [1, 2.5, None, True, {"OTIO_SCHEMA": "StudioPart.7", "x": -0.0}]},
    "big": 2**53,
    "inside": {
        **json.loads(gap(3).to_json_string()),
        "effects": [{"OTIO_SCHEMA": "StudioThing.1"}],
    },
}
RANGED = {
    **FOREIGN,
    "source_range": {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": 25.0, "value": 5.0},
        "duration": {"OTIO_SCHEMA": "RationalTime.1", "rate": 25.0, "value": 20.0},
    },
}


def plain(tmp_path: Path) -> dict[str, Any]:
    medium = tmp_path / "a.mov"
    medium.touch()
    made = timeline(
        ("Video", [clip("one", medium, 100, 50), gap(10), clip("two", medium, 300, 50)]),
        ("Video", [schema.Stack(children=[schema.Track(children=[clip("in", medium, 0, 200)])])]),
    )
    made.tracks[0][0].markers.append(marker("m", 90110))
    return json.loads(made.to_json_string())


def _children(data: dict[str, Any], track: int = 0) -> list[Any]:
    return data["tracks"]["children"][track]["children"]


def _put(data: dict[str, Any], slot: str) -> None:
    clips = _children(data)
    nested = _children(data, 1)[0]["children"][0]["children"]
    if slot == "child":
        clips.append(RANGED)
    elif slot == "child without a range":
        clips.append(FOREIGN)
    elif slot == "nested child":
        nested.insert(0, FOREIGN)
    elif slot == "stack child":
        data["tracks"]["children"].append(FOREIGN)
    elif slot == "effect":
        clips[0]["effects"] = [FOREIGN, RANGED]
    elif slot == "effect of a track":
        data["tracks"]["children"][0]["effects"] = [FOREIGN]
    elif slot == "marker":
        clips[0]["markers"].append(FOREIGN)
    elif slot == "marker of the stack":
        data["tracks"]["markers"] = [FOREIGN]
    elif slot == "reference":
        clips[2]["media_references"]["proxy"] = FOREIGN
    elif slot == "active reference":
        clips[2]["media_references"]["DEFAULT_MEDIA"] = FOREIGN
    elif slot == "metadata":
        clips[0]["metadata"]["studio"] = FOREIGN
    elif slot == "other versions":
        clips[0]["effects"] = [{"OTIO_SCHEMA": "StudioThing.2", "new": 1}, FOREIGN]


SLOTS = (
    "child",
    "child without a range",
    "nested child",
    "stack child",
    "effect",
    "effect of a track",
    "marker",
    "marker of the stack",
    "reference",
    "active reference",
    "metadata",
    "other versions",
)


@pytest.mark.parametrize("slot", SLOTS)
def test_an_unknown_schema_survives_opening_placing_going_back_and_saving(
    slot: str, tmp_path: Path
) -> None:
    data = plain(tmp_path)
    _put(data, slot)
    source = tmp_path / "cut.otio"
    source.write_text(json.dumps(data), encoding="utf-8")
    edit = Edit.open(source)

    saved = edit.save(tmp_path / "same.otio")
    assert json.loads(saved.read_text(encoding="utf-8")) == data

    shot = edit.shot("V1:1").record_range(90010, 90020)
    for how, time in (("version", "fit"), ("overlay", "fit"), ("version", "ripple")):
        rippled = time == "ripple" and slot != "stack child"
        placed = edit.place(render_of(shot, 2), how, time if rippled else "fit")
        written = edit.save(tmp_path / f"{how}-{time}.otio")
        assert "opticals_unknown_schema" not in written.read_text(encoding="utf-8")
        assert "StudioThing.1" in written.read_text(encoding="utf-8")
        for one in (edit, Edit.open(written)):
            one.restore(placed.id)
            assert json.loads(schemas.write(one.timeline)) == data


def test_an_unknown_child_is_listed_and_holds_its_place(tmp_path: Path) -> None:
    data = plain(tmp_path)
    _children(data).insert(1, RANGED)
    edit = Edit(schemas.read(json.dumps(data)))
    items = edit.tracks()[0].items
    assert [(one.id, one.kind, one.record - 90000) for one in items][1:3] == [
        ("V1:2", "unknown", 50),
        (None, "gap", 70),
    ]


def test_a_ripple_through_an_unknown_child_is_refused(tmp_path: Path) -> None:
    data = plain(tmp_path)
    _children(data, 1).insert(0, RANGED)
    edit = Edit(schemas.read(json.dumps(data)))
    before = edit.timeline.to_json_string()
    with pytest.raises(EditError, match="unknown kind"):
        edit.place(
            render_of(edit.shot("V1:1").record_range(90000, 90010), 2, handles=12), time="ripple"
        )
    assert edit.timeline.to_json_string() == before


@pytest.mark.parametrize("slot", ["Marker.3", "Clip.9", "Timeline.2", "TimeRange.2"])
def test_a_schema_too_new_is_named(slot: str, tmp_path: Path) -> None:
    name, _, version = slot.partition(".")
    written = json.dumps(plain(tmp_path))
    for known in (1, 2):
        written = written.replace(f'"{name}.{known}"', f'"{name}.{version}"')
    with pytest.raises(EditError) as caught:
        schemas.read(written)
    assert slot in caught.value.what
    assert "up to version" in caught.value.why
    assert caught.value.remedy


@pytest.mark.parametrize(
    "name", ["StudioThing", "", ".1", "StudioThing.x", "Clip", "StudioThing.-1"]
)
def test_a_schema_without_a_version_is_damage(name: str, tmp_path: Path) -> None:
    data = plain(tmp_path)
    _children(data)[0]["metadata"]["odd"] = {"OTIO_SCHEMA": name}
    with pytest.raises(EditError):
        schemas.read(json.dumps(data))


def _nested(depth: int) -> str:
    stack = '{"OTIO_SCHEMA": "Stack.1", "children": ['
    return '{"OTIO_SCHEMA": "Timeline.1", "tracks": ' + stack * depth + "]}" * depth + "}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[]",
        "3",
        '"OTIO_SCHEMA"',
        "{}",
        '{"a": 1}',
        '{"OTIO_SCHEMA": 5}',
        '{"OTIO_SCHEMA": "Timeline.1"}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": 5}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": null}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "StudioThing.1"}}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Clip.2"}}',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [',
        '{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": 7}}',
        "\x00\x01\x02",
        _nested(400),
        _nested(100_000),
    ],
    ids=range(18),
)
def test_damage_is_a_clear_error(text: str) -> None:
    with pytest.raises(EditError) as caught:
        Edit(schemas.read(text))
    assert caught.value.what


def test_an_object_within_itself_is_refused() -> None:
    cyclic = json.loads(_nested(1))
    cyclic["OTIO_REF_ID"] = "t"
    cyclic["metadata"] = {"me": {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "t"}}
    with pytest.raises(EditError, match="cycle"):
        schemas.read(json.dumps(cyclic))


@pytest.mark.parametrize("noted", ["not json", "{", "[]", "7", '{"a": 1}', "[" * 10_000, 7])
def test_what_others_wrote_under_the_name_of_our_carriers_stays_metadata(
    noted: object, tmp_path: Path
) -> None:
    data = plain(tmp_path)
    compound = _children(data, 1)[0]
    for holder in (data, _children(data)[0], _children(data)[0]["markers"][0], compound):
        holder["metadata"]["opticals_unknown_schema"] = noted
    source = tmp_path / "cut.otio"
    source.write_text(json.dumps(data), encoding="utf-8")
    edit = Edit.open(source)
    assert [item.kind.value for item in edit.tracks()[1].items] == ["compound"]
    placed = edit.place(render_of(edit.shot("V1:1")))
    edit.restore(placed.id)
    saved = edit.save(tmp_path / "same.otio")
    assert json.loads(saved.read_text(encoding="utf-8")) == data


@pytest.mark.parametrize("value", ["7", "null", "[]", '{"a": 1}', '{"OTIO_SCHEMA": "Clip.2"}'])
def test_a_schema_that_is_no_name_is_refused(value: str) -> None:
    made = schema.Timeline("cut")
    made.metadata["studio"] = {"key": 1}
    text = made.to_json_string().replace('"key": 1', f'"OTIO_SCHEMA": {value}')
    assert "OTIO_SCHEMA" in text
    with pytest.raises(EditError, match="no name"):
        schemas.read(text)
