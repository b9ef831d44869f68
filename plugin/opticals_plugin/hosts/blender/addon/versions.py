"""The versions of a strip: what each looks like, and changing a strip from one to another.

On the strip are kept `{"shown", "versions": [{"id", "media", "at", "line", "size", "look", ...}],
"of"}`. `at` is where the version's medium begins, in record frames from where the original's
begins; `line` which of its frames is shown there, and how many there are to a record frame.
Moving, trimming, slipping or cutting the strip leaves both as they are.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import bpy

from . import compat, media
from .client import HostError
from .strips import kept
from .timing import Timing

Json = dict[str, Any]

ORIGINAL = "original"

_LOOK = (
    "filepath alpha_mode blend_type use_proxy use_reverse_frames speed_factor "
    "animation_offset_start animation_offset_end stream_index"
).split()
_PLAIN = {
    "use_proxy": False,
    "use_reverse_frames": False,
    "speed_factor": 1.0,
    "animation_offset_start": 0,
    "animation_offset_end": 0,
    "stream_index": 0,
}


def versions(strip: Any, time: Timing, rate: Fraction) -> Json:
    """What is kept of a strip; when nothing was placed yet, its original alone, with its rate."""
    what = kept(strip)
    if what:
        return what
    place = time.at + (Fraction(compat.content(strip)) - time.start) * time.step
    original = {
        "id": ORIGINAL,
        "media": media.of(strip).to_json(),
        "rate": [rate.numerator, rate.denominator],
        "at": 0.0,
        "line": [*place.as_integer_ratio(), *time.step.as_integer_ratio()],
        "size": list(media.size(strip)),
        "look": look(strip),
    }
    return {"shown": ORIGINAL, "versions": [original]}


def seen(version: Json, origin: float, start: int, length: int, rate: Fraction) -> Json:
    """Which frames of a version are seen at these record frames, at the scene's rate."""
    place, step = _line(version)
    begin = place + (start - Fraction(origin)) * step
    places = [begin, begin + (length - 1) * step]
    ends = [math.floor(one) for one in places]
    own = Fraction(*version["rate"])
    speed = step * rate / own
    return {
        "id": version["id"],
        "path": version["media"]["path"],
        "first": version.get("first", 0),
        "frames": version["media"]["count"],
        "media": version["media"],
        "media_rate": version["rate"],
        "source": [min(ends), abs(ends[1] - ends[0]) + 1],
        "position": list(min(places).as_integer_ratio()),
        "speed": [speed.numerator, speed.denominator],
    }


def straight(version: Json) -> bool:
    """Whether it is shown frame by frame."""
    place, step = _line(version)
    return step == 1 and place.denominator <= 2


def _line(version: Json) -> tuple[Fraction, Fraction]:
    line = version["line"]
    return Fraction(line[0], line[1]), Fraction(line[2], line[3])


def of(what: Json, id: str) -> Json | None:
    """The version of this name."""
    found: Json | None = next((one for one in what["versions"] if one["id"] == id), None)
    return found


def origin(strip: Any) -> float:
    """Where the original's medium begins, in record frames, whatever version is shown."""
    what = kept(strip)
    at = (of(what, what["shown"]) or {}).get("at", 0.0) if what else 0.0
    return compat.content(strip) - float(at)


def look(strip: Any) -> Json:
    """What a version changes in a strip."""
    found = {name: getattr(strip, name) for name in _LOOK if hasattr(strip, name)}
    found["colorspace"] = strip.colorspace_settings.name
    if "filepath" in found:
        saved = bool(bpy.data.filepath)  # before, Blender keeps no path as the user wants it
        found["relative"] = found["filepath"].startswith("//") if saved else None
        found["filepath"] = compat.absolute(found["filepath"])
    return found


def rendered(strip: Any, render: Json) -> Json:
    """The look of a strip with a render in it, whose frames are those of the record."""
    result = look(strip)
    result |= {key: value for key, value in _PLAIN.items() if key in result}
    result |= {"filepath": render["path"], "relative": None}
    if render.get("alpha"):
        result["alpha_mode"] = "STRAIGHT"
        if result.get("blend_type") == "REPLACE":
            result["blend_type"] = "ALPHA_OVER"
    return result


def show(strip: Any, now: Json, then: Json) -> None:
    """Change a strip from one of its versions to another: all that is seen of it stays where it
    is, in its channel and at its size.

    Raises:
        HostError: Blender left it elsewhere.
    """
    start, end, channel = compat.left(strip), compat.right(strip), strip.channel
    begin = compat.content(strip) - float(now["at"]) + float(then["at"])
    wanted = then["look"]
    strip.filepath = compat.as_kept(wanted["filepath"], relative=wanted["relative"])
    for name in _LOOK[1:]:
        if name in wanted and getattr(strip, name) != wanted[name]:
            setattr(strip, name, wanted[name])
    if strip.colorspace_settings.name != wanted["colorspace"]:
        strip.colorspace_settings.name = wanted["colorspace"]
    # Blender moves the cut-in when a medium of another length comes in, and moves a strip to
    # another channel when it lies over a neighbour in between.
    if compat.content(strip) != begin:
        compat.set_content(strip, begin)
    settle(strip, start, end, channel)
    fit(strip, now["size"], then["size"])


def settle(strip: Any, start: int, end: int, channel: int) -> None:
    """Put a strip's handles where they are to be, and the strip in its channel.

    Raises:
        HostError: Blender does not have it so.
    """
    for _ in range(2):
        compat.set_range(strip, start, end)
        if strip.channel != channel:
            strip.channel = channel
        if (compat.left(strip), compat.right(strip), strip.channel) == (start, end, channel):
            return
    raise HostError(
        f"Blender put {strip.name} elsewhere than it was.",
        "failed",
        "Nothing was changed. Place the render above instead.",
    )


def fit(strip: Any, old: list[int], new: list[int]) -> None:
    """Keep the size on the screen when the pictures of a strip get another size."""
    if not all(old) or not all(new) or old == new:
        return
    wide, high = new[0] / old[0], new[1] / old[1]
    strip.transform.scale_x /= wide
    strip.transform.scale_y /= high
    crop = strip.crop
    crop.min_x, crop.max_x = round(crop.min_x * wide), round(crop.max_x * wide)
    crop.min_y, crop.max_y = round(crop.min_y * high), round(crop.max_y * high)


def stills(strip: Any) -> str:
    """What is said when a strip is longer than the version that it shows."""
    begin = compat.content(strip)
    head = math.floor(begin) - compat.left(strip)
    tail = compat.right(strip) - math.ceil(begin) - compat.content_length(strip)
    beyond = max(0, head) + max(0, tail)
    return f"It stands still for {beyond} frames that this version has not." if beyond else ""
