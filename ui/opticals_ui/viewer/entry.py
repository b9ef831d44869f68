"""Typed timecode: where it leads, as editors type it."""

from __future__ import annotations

import re
from fractions import Fraction

from opticals.errors import ShotError
from opticals.timeline.timecode import can_drop, frame_of, nominal, timecode

_MARKS = re.compile(r"[:;.,]")


def going_to(text: str, playhead: int, rate: Fraction, drop_frame: bool) -> int:
    """The record frame that typed timecode leads to from `playhead`.

    `01:00:04:12` is a place; `+12` and `-12` are frames on and back, `+1.` and `-1:00` seconds and
    more. Digits alone fill a timecode from the right, as on an edit controller: `412` is four
    seconds and twelve frames. What is not typed of a place is the playhead's. A label that
    drop-frame counting leaves out means the next one.

    Raises:
        ShotError: the text is none of these, or the label does not exist.
    """
    typed = text.strip().replace(" ", "")
    sign, body = (typed[:1], typed[1:]) if typed[:1] in ("+", "-") else ("", typed)
    if not body:
        raise ShotError(f"“{text}” is not a timecode.", remedy=_HOW)
    if sign:
        step = _span(body, text, rate, drop_frame)
        return playhead + step if sign == "+" else playhead - step
    hours, minutes, seconds, frames = _place(_parts(body, text, rate), playhead, rate, drop_frame)
    drops = drop_frame and can_drop(rate)
    least = nominal(rate) // 15
    if drops and seconds == 0 and minutes % 10 and frames < least:
        frames = least
    label = f"{hours:02}:{minutes:02}:{seconds:02}{';' if drops else ':'}{frames:02}"
    return frame_of(label, rate, drop_frame)


_HOW = "Type it as 01:00:04:12, as digits from the right (412), or as +12 or -1."


def _parts(body: str, text: str, rate: Fraction) -> list[int]:
    """Frames, seconds, minutes and hours, as far as they are typed."""
    if body.isdecimal():
        width = len(str(nominal(rate) - 1))
        parts, rest = [body[-width:]], body[:-width]
        while rest:
            parts.append(rest[-2:])
            rest = rest[:-2]
    elif re.fullmatch(r"[\d:;.,]+", body):
        parts = _MARKS.split(body)[::-1]
    else:
        raise ShotError(f"“{text}” is not a timecode.", remedy=_HOW)
    if len(parts) > 4 or any(len(part) > 3 for part in parts):
        raise ShotError(f"“{text}” is too long for a timecode.", remedy=_HOW)
    return [int(part or 0) for part in parts]


def _place(
    parts: list[int], playhead: int, rate: Fraction, drop_frame: bool
) -> tuple[int, int, int, int]:
    """Hours, minutes, seconds and frames, those that are not typed as at the playhead."""
    here = timecode(max(playhead, 0), rate, drop_frame and can_drop(rate))
    known = [int(part) for part in _MARKS.split(here)[::-1]]
    frames, seconds, minutes, hours = (*parts, *known[len(parts) :])
    return hours, minutes, seconds, frames


def _span(body: str, text: str, rate: Fraction, drop_frame: bool) -> int:
    """A length in frames: a bare number counts frames, however many."""
    if body.isdecimal():
        return int(body)
    parts = [*_parts(body, text, rate), 0, 0, 0]
    frames, seconds, minutes, hours = parts[:4]
    minutes += hours * 60
    count = (minutes * 60 + seconds) * nominal(rate) + frames
    if drop_frame and can_drop(rate):
        count -= nominal(rate) // 15 * (minutes - minutes // 10)
    return count
