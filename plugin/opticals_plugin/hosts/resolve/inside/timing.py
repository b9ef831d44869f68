"""Rates and timecodes as Resolve writes them, in whole frames."""

import re

from .bridge import HostError

_EXACT = {
    "23.976": (24000, 1001),
    "23.98": (24000, 1001),
    "29.97": (30000, 1001),
    "47.952": (48000, 1001),
    "59.94": (60000, 1001),
    "95.904": (96000, 1001),
    "119.88": (120000, 1001),
}
_TIMECODE = re.compile(r"(\d+):(\d\d):(\d\d)[:;.](\d+)$")


def rate_of(said):
    """[n, d] of `23.976`, `29.97 DF`, `25`, 25.0; None where it is no rate."""
    text = str(said).strip().split(" ")[0]
    try:
        value = float(text)
    except ValueError:
        return None
    if value <= 0:
        return None
    short = text.rstrip("0").rstrip(".") if "." in text else text
    for known, rate in _EXACT.items():
        if short == known or abs(value - rate[0] / float(rate[1])) < 0.002:
            return list(rate)
    thousand = round(value * 1000)
    return [thousand // 1000, 1] if thousand % 1000 == 0 else [thousand, 1000]


def base(rate):
    """Frames that timecode counts in a second."""
    return -(-rate[0] // rate[1])


def frame_of(timecode, rate, drop):
    """The number that a timecode counts.

    Raises:
        HostError: it is none.
    """
    match = _TIMECODE.match(str(timecode))
    if not match:
        raise HostError("DaVinci Resolve gave the timecode %r, which is none." % (timecode,))
    hours, minutes, seconds, frame = (int(one) for one in match.groups())
    found = ((hours * 60 + minutes) * 60 + seconds) * base(rate) + frame
    if drop:
        all_minutes = hours * 60 + minutes
        found -= base(rate) // 15 * (all_minutes - all_minutes // 10)
    return found


def timecode_of(frame, rate, drop):
    """How a frame number is written."""
    whole = base(rate)
    if drop:
        dropped = whole // 15
        ten = whole * 600 - 9 * dropped
        tens, rest = divmod(frame, ten)
        frame += 9 * dropped * tens
        if rest >= whole * 60:
            frame += dropped * ((rest - whole * 60) // (whole * 60 - dropped) + 1)
    seconds, left = divmod(frame, whole)
    mark = ";" if drop else ":"
    return "%02d:%02d:%02d%s%02d" % (
        seconds // 3600,
        seconds // 60 % 60,
        seconds % 60,
        mark,
        left,
    )
