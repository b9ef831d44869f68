"""What differs between two edits as OpenTimelineIO writes them, metadata and all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opticals.timeline import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentimelineio.core import SerializableObject


def compare(before: SerializableObject, after: SerializableObject) -> tuple[str, ...]:
    """Every difference between two edits (or parts of them); empty when they are equal."""
    if before.is_equivalent_to(after):
        return ()
    return compare_data(json.loads(schemas.write(before)), json.loads(schemas.write(after)))


def compare_data(before: Any, after: Any) -> tuple[str, ...]:
    """As `compare`, for parsed OTIO JSON."""
    return tuple(one.strip() for one in _walk("", before, after))


def _walk(where: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        where = _named(where, before)
        for key in sorted({*before, *after}):
            place = where if key in ("children", "tracks") else f"{where} / {key}"
            if key not in before:
                yield f"{place}: {_short(after[key])} was added"
            elif key not in after:
                yield f"{place}: {_short(before[key])} is gone"
            else:
                yield from _walk(place, before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{where}: {len(after)} items instead of {len(before)}"
        for number, (one, other) in enumerate(zip(before, after, strict=False), 1):
            yield from _walk(f"{where} / {number}", one, other)
    elif before != after and not (before != before and after != after):  # NaN is itself here
        yield f"{where}: {_short(after)} instead of {_short(before)}"


def _named(where: str, thing: dict[str, Any]) -> str:
    schema, name = str(thing.get("OTIO_SCHEMA", "")).partition(".")[0], thing.get("name")
    if schema not in ("Timeline", "Track", "Clip", "Stack", "Gap", "Transition", "Marker"):
        return where
    return f"{where} {schema}" + (f" “{name}”" if name else "")


def _short(value: Any) -> str:
    if isinstance(value, dict) and "OTIO_SCHEMA" in value:
        name = f" “{value['name']}”" if value.get("name") else ""
        schema = str(value["OTIO_SCHEMA"]).partition(".")[0]
        if schema in ("RationalTime", "TimeRange"):
            return json.dumps({key: one for key, one in value.items() if key != "OTIO_SCHEMA"})
        return f"the {schema}{name}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
