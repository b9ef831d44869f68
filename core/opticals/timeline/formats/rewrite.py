"""Times of a whole edit written anew."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any

from opticals.timeline import schemas
from opticals.timeline.schemas import objects
from opticals.timeline.urls import media_path

if TYPE_CHECKING:
    from opentimelineio.core import SerializableObject


def at_rate(thing: SerializableObject, rate: Fraction | int) -> SerializableObject:
    """A copy with every time counted at `rate`: the same frame numbers, at another rate."""
    data: Any = json.loads(schemas.write(thing))
    for one in objects(data):
        if one["OTIO_SCHEMA"] == "RationalTime.1":
            one["rate"] = float(rate)
    return schemas.read(json.dumps(data))


def recounted(thing: SerializableObject, unit: Fraction, rate: Fraction) -> SerializableObject:
    """A copy whose times, counted in `unit` of a second, are counted in frames at `rate`."""
    data: Any = json.loads(schemas.write(thing))
    for one in objects(data):
        if one["OTIO_SCHEMA"] == "RationalTime.1":
            one["value"] = round(float(Fraction(one["value"]) * unit * rate), 9)
            one["rate"] = float(rate)
    return schemas.read(json.dumps(data))


def as_uri(url: str) -> str:
    """An absolute path as a `file:` URL, percent-encoded; what is a URL or relative as it is."""
    path = media_path(url, None)
    if path is None or url.lower().startswith("file:"):
        return url
    windows = PureWindowsPath(url)
    return (windows if windows.drive else path).as_uri()
