"""Edits as text, with unknown schemas kept letter for letter and too new ones named.

OTIO reads an unknown schema inside metadata alone. Where one stands as a child, an effect, a
marker or a media reference, reading puts a plain object of that slot in its place, which carries
the whole of it in its metadata; writing puts it back.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from opticals.errors import EditError
from opticals.timeline import pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CARRIED = "opticals_unknown_schema"

# OTIO's own reader dies of a schema that is no text, and takes the process with it.
_NAMELESS = re.compile(r'"OTIO_SCHEMA"\s*:\s*(?!")\S')
_NAMES = re.compile(r'"OTIO_SCHEMA"\s*:\s*"([^"]*)"')
# Values and old names that OTIO reads although its version map leaves them out; all are version 1.
_ALSO_KNOWN = (
    "RationalTime",
    "TimeRange",
    "TimeTransform",
    "Color",
    "V2d",
    "Box2d",
    "SerializableObjectRef",
    "Sequence",
    "Filler",
    "SerializeableCollection",
)
_DAMAGE = (otio.exceptions.OTIOError, ValueError, KeyError, TypeError, RecursionError)
_ZERO = {"OTIO_SCHEMA": "RationalTime.1", "rate": 1.0, "value": 0.0}
_ZERO_RANGE = {"OTIO_SCHEMA": "TimeRange.1", "start_time": _ZERO, "duration": _ZERO}


def read(text: str) -> otio.core.SerializableObject:
    """The object that `text` holds. A large edit is read piece by piece, so that other threads
    get their turn.

    Raises:
        EditError: not JSON, not OTIO, or a schema newer than the installed OpenTimelineIO knows.
    """
    holder = pieces.cut(text)
    if holder is not None:
        # Whatever is wrong with it shows in the same way when it is read whole.
        with contextlib.suppress(*_DAMAGE, EditError):
            return _read_pieces(holder)
    return _read_whole(text)


def _read_pieces(holder: pieces.Holder) -> otio.core.SerializableObject:
    known = otio.core.type_version_map() | dict.fromkeys(_ALSO_KNOWN, 1)
    checked: set[str] = set()
    for piece in holder.texts():
        if _NAMELESS.search(piece):
            raise ValueError
        for name in set(_NAMES.findall(piece)) - checked:
            _check_version(name, known)
            checked.add(name)

    def foreign(name: str) -> bool:
        return _is_foreign(name, known)

    strange = {name for name in checked if foreign(name)}

    def one(text: str) -> Any:
        if strange and not strange.isdisjoint(_NAMES.findall(text)):
            text = json.dumps(_replaced(json.loads(text), foreign))
        return otio.core.deserialize_json_from_string(text)

    def child(text: str) -> Any:
        if strange and not strange.isdisjoint(_NAMES.findall(text)):
            text = json.dumps(_filled("children", [json.loads(text)], foreign)[0])
        return otio.core.deserialize_json_from_string(text)

    return holder.read(one, child)


def _read_whole(text: str) -> otio.core.SerializableObject:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EditError.wrap(
            "This is not an OpenTimelineIO file.", error, "Export the edit again as .otio."
        ) from error
    if _NAMELESS.search(text):
        raise EditError(
            "The edit is damaged.",
            "It holds an object whose OTIO_SCHEMA is no name.",
            "Export it again from the program that wrote it.",
        )
    names = set(_NAMES.findall(text))
    if not isinstance(data, dict) or not names:
        raise EditError(
            "This is not an OpenTimelineIO file.",
            "It is JSON, but holds no OTIO_SCHEMA.",
            "Export the edit again as .otio.",
        )
    known = otio.core.type_version_map() | dict.fromkeys(_ALSO_KNOWN, 1)
    for name in sorted(names):
        _check_version(name, known)
    try:
        if any(_is_foreign(name, known) for name in names):
            text = json.dumps(_replaced(data, lambda one: _is_foreign(one, known)))
        thing = otio.core.deserialize_json_from_string(text)
        if "SerializableObjectRef.1" in names:
            thing.to_json_string()  # an object within itself reads, but can never be written
        return thing
    except _DAMAGE as error:
        raise EditError.wrap(
            "The edit is damaged.", error, "Export it again from the program that wrote it."
        ) from error


def write(thing: otio.core.SerializableObject, versions: dict[str, int] | None = None) -> str:
    """`thing` as OTIO JSON, unknown schemas as they were read.

    Args:
        versions: of schemas, for programs that know older ones.
    """
    text: str = otio.core.serialize_json_to_string(thing, versions or {}, indent=4)
    if f'"{CARRIED}"' not in text:
        return text
    return dumps(_restored(json.loads(text)))


def dumps(data: Any) -> str:
    """JSON laid out as OTIO lays it out."""
    return json.dumps(data, indent=4, ensure_ascii=False)


def carried(thing: Any) -> str | None:
    """The name of the unknown schema that `thing` stands for, `StudioThing.1`; None if for none."""
    text = thing.metadata.get(CARRIED) if hasattr(thing, "metadata") else None
    whole = _parsed(text)
    return None if whole is None else str(whole["OTIO_SCHEMA"])


def _parsed(text: Any) -> dict[str, Any] | None:
    """The object that a carrier carries; None where what stands there was not put there by us."""
    if not isinstance(text, str):
        return None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    ours = isinstance(whole, dict) and isinstance(whole.get("OTIO_SCHEMA"), str)
    return whole if ours else None


def _split(name: str) -> tuple[str, int]:
    base, _, version = name.rpartition(".")
    if not base or not version.isdecimal():
        raise EditError(
            f"The edit holds an object of the schema “{name}”.",
            "A schema is a name, a dot and a version.",
            "Export the edit again from the program that wrote it.",
        )
    return base, int(version)


def _check_version(name: str, known: dict[str, int]) -> None:
    base, version = _split(name)
    if base in known and version > known[base]:
        raise EditError(
            f"The edit uses the schema {name}.",
            f"The installed OpenTimelineIO {otio.__version__} knows {base} "
            f"up to version {known[base]}.",
            "Write the edit for that version (otioconvert with a target schema version), "
            "or install a newer OpenTimelineIO.",
        )


def _is_foreign(name: str, known: dict[str, int]) -> bool:
    return _split(name)[0] not in known


def _replaced(node: Any, foreign: Callable[[str], bool]) -> Any:
    """`node` with a carrier for every foreign object that stands in a slot of a known one."""
    if isinstance(node, list):
        return [_replaced(one, foreign) for one in node]
    if not isinstance(node, dict):
        return node
    name = node.get("OTIO_SCHEMA")
    # A foreign object that is met here stands in metadata, where OTIO keeps it by itself.
    known = isinstance(name, str) and not foreign(name)
    return {
        key: _filled(key, value, foreign) if known else _replaced(value, foreign)
        for key, value in node.items()
    }


def _filled(key: str, value: Any, foreign: Callable[[str], bool]) -> Any:
    """The value of one field of a known object."""

    def one(thing: Any) -> Any:
        name = thing.get("OTIO_SCHEMA") if isinstance(thing, dict) else None
        if isinstance(name, str) and foreign(name):
            return _carrier(key, thing)
        return _replaced(thing, foreign)

    if key in ("children", "effects", "markers") and isinstance(value, list):
        return [one(thing) for thing in value]
    if key == "media_references" and isinstance(value, dict):
        return {name: one(thing) for name, thing in value.items()}
    if key == "media_reference":
        return one(value)
    return _replaced(value, foreign)


def _carrier(slot: str, foreign: dict[str, Any]) -> dict[str, Any]:
    name = foreign.get("name")
    carrier: dict[str, Any] = {
        "name": name if isinstance(name, str) else "",
        "metadata": {CARRIED: json.dumps(foreign, ensure_ascii=False)},
    }
    if slot == "effects":
        return {"OTIO_SCHEMA": "Effect.1", "effect_name": "", **carrier}
    if slot == "markers":
        return {"OTIO_SCHEMA": "Marker.2", "marked_range": _ZERO_RANGE, **carrier}
    if slot == "children":
        timed = foreign.get("source_range")
        if isinstance(timed, dict) and str(timed.get("OTIO_SCHEMA")) == "TimeRange.1":
            return {"OTIO_SCHEMA": "Item.1", "source_range": timed, **carrier}
        return {"OTIO_SCHEMA": "Composable.1", **carrier}
    return {"OTIO_SCHEMA": "MissingReference.1", **carrier}


def _restored(node: Any) -> Any:
    if isinstance(node, list):
        return [_restored(one) for one in node]
    if not isinstance(node, dict):
        return node
    metadata = node.get("metadata")
    whole = _parsed(metadata.get(CARRIED)) if isinstance(metadata, dict) else None
    if whole is not None:
        return whole
    return {key: _restored(value) for key, value in node.items()}


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every OTIO object in parsed JSON, those in metadata included."""
    if isinstance(node, list):
        for one in node:
            yield from objects(one)
    elif isinstance(node, dict):
        if "OTIO_SCHEMA" in node:
            yield node
        for value in node.values():
            yield from objects(value)
