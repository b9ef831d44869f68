"""Whether a file is the medium that a clip shows: by its timecode, its length and its rate."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import MediaError, OpticalsError
from opticals.media.sequence import numbering
from opticals.timeline.extent import counted
from opticals.timeline.relink.index import RENDERS
from opticals.timeline.relink.sought import Sought
from opticals.timeline.timecode import can_drop, nominal, timecode
from opticals.timeline.times import Exact, rate_of, span, to_frames

if TYPE_CHECKING:
    from collections.abc import Container

    from opentimelineio.opentime import TimeRange

    from opticals.timeline.placed import Version

# What our renders are called, and the tape that they say they come from: V1-3_upscale_v001.
_RENDER = re.compile(r"V\d+-(.*-)?\d+_.+_v\d{3,}")
_MOST = 1 << 28  # bytes of a sidecar: of a render of hours


class Grade(IntEnum):
    """How well a file is proved."""

    NAME = 0  # it is long enough, and nothing speaks against it
    LENGTH = 1  # as long as the edit says
    TIMECODE = 2  # its timecode, or its files' numbers, hold what the clip shows
    WHOLE = 3  # start timecode and length are those that the edit says


@dataclass(frozen=True)
class Footage:
    """What a file is, as far as it tells it from others.

    Attributes:
        rate: frames per second; of sound the one that it was asked at.
        start: timecode of frame 0, as a frame number.
        width, height: 0 where there is no picture.
        numbers: of the first and the last file of a sequence.
    """

    path: Path
    rate: Fraction
    start: int | None
    frames: int
    drop_frame: bool = False
    width: int = 0
    height: int = 0
    reel: str | None = None
    sound: bool = True
    numbers: tuple[int, int] | None = None

    @property
    def area(self) -> int:
        return self.width * self.height

    @cached_property
    def described(self) -> str:
        if self.start is None:
            return f"no timecode and {self.frames} frames"
        drop = self.drop_frame and can_drop(self.rate)
        ends = (
            timecode(one, self.rate, drop) for one in (self.start, self.start + self.frames - 1)
        )
        return " to ".join(ends)


@dataclass(frozen=True)
class Proof:
    """A file that holds what a clip shows.

    Attributes:
        available: its extent in the time that the clip counts in; None where the reference says
            it by numbers of files.
        notes: what the edit says otherwise.
    """

    footage: Footage
    grade: Grade
    by: str
    available: TimeRange | None
    notes: tuple[str, ...] = ()


def read(path: Path, sought: Sought) -> Footage | str:
    """What the file is, or why it cannot be read."""
    return look_at(path, sought.counted_at, sound=sought.sound)


def look_at(path: Path, rate: Fraction, *, sound: bool = False) -> Footage | str:
    """As `read`, of a medium that the edit counts at `rate`; `sound`: it may have no picture."""
    try:
        return (_sound(path, rate) if sound else None) or _probed(path, rate)
    except OpticalsError as error:
        return " ".join(part for part in (error.what, error.why) if part)


def _probed(path: Path, rate: Fraction) -> Footage:
    from opticals.media.read.probe import probe

    media = probe(path, rate).conformed(rate)
    numbers = None
    if media.first_number is not None:
        numbers = (media.first_number, media.first_number + media.frames - 1)
    return Footage(
        path,
        media.rate,
        media.start,
        media.frames,
        media.drop_frame,
        media.width,
        media.height,
        media.reel,
        bool(media.audio),
        numbers,
    )


def prove(sought: Sought, found: Footage) -> Proof | str:
    """The proof that a file holds what is wanted, or why it does not."""
    if sought.sound and not found.sound:
        return "it has no sound"
    if sought.numbers is not None and found.numbers is not None:
        return _by_numbers(sought.numbers, found)
    if found.numbers is not None and found.frames == 1:  # a still shows as long as one likes
        return Proof(found, Grade.NAME, "", None)
    proof = _by_timecode(sought, found) or _from_zero(sought, found)
    if isinstance(proof, Proof) and proof.footage.rate != sought.rate:
        note = (
            f"{found.path.name} runs at {float(found.rate):.6g} frames per second, "
            f"the clip counts {float(sought.rate):.6g}."
        )
        return Proof(found, proof.grade, proof.by, proof.available, (*proof.notes, note))
    return proof


def is_render(path: Path, known: Container[str]) -> bool:
    """Whether a file is a render of ours: it lies among them, is called like one, or has our
    sidecar. `known` are the names of those that the edit holds."""
    if is_render_name(numbering.name_of(path), known):
        return True
    return any(one.name.endswith(RENDERS) for one in path.parents) or _sidecar(path) is not None


def is_render_name(name: str, known: Container[str]) -> bool:
    """Whether this is what a render is called; it also says so of its tape."""
    return name in known or _RENDER.fullmatch(name) is not None


def is_sidecar_of(path: Path, version: Version) -> bool:
    """Whether the sidecar of a render does not speak against its being this one."""
    facts = _sidecar(path) or {}
    said, wanted = (one.get("details") or {} for one in (facts, version.render))
    return "key" not in said or "key" not in wanted or said["key"] == wanted["key"]


def tape_of(path: Path) -> str | None:
    """The name of the tape that a film says it comes from, from its header alone."""
    from opticals.media.read.container import opened

    try:
        with opened(path) as container:
            for holder in (container.metadata, *(one.metadata for one in container.streams)):
                for name, value in holder.items():
                    if name.lower() == "reel_name" and value:
                        return value
    except MediaError:
        return None  # no film: it comes from no tape
    return None


def _sidecar(path: Path) -> dict[str, Any] | None:
    """What the sidecar of a render says; None where there is none of ours."""
    from opticals.rendering.job import sidecar_of

    sidecar = sidecar_of(path)
    try:
        if sidecar.stat().st_size > _MOST:
            return None
        facts = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(facts, dict) and {"shot", "recipe", "path"} <= facts.keys()
    return facts if ours else None


def _by_numbers(wanted: tuple[int, int], found: Footage) -> Proof | str:
    assert found.numbers is not None
    low, high = found.numbers
    if low <= wanted[0] and wanted[1] <= high:
        return Proof(found, Grade.TIMECODE, "numbers", None)
    return f"its files are numbered {low} to {high}, the clip shows {wanted[0]} to {wanted[1]}"


def _by_timecode(sought: Sought, found: Footage) -> Proof | None:
    """None where it carries none, or not what is shown."""
    if found.start is None:
        return None
    start, end = found.start, found.start + found.frames
    first, last = sought.shown(found.rate, (start, end))
    if not start <= first <= last < end:
        return None
    said = _said(sought, found.rate, (start, end))
    whole = said == (start, found.frames)
    if start == 0 and not whole:
        return None  # any medium begins at zero for an edit that counts from there
    available, notes = _extent(sought, found, start)
    return Proof(found, Grade.WHOLE if whole else Grade.TIMECODE, "timecode", available, notes)


def _from_zero(sought: Sought, found: Footage) -> Proof | str:
    """Where timecode tells nothing: counted from the medium's first frame, by its length."""
    said = _said(sought, found.rate, (0, found.frames))
    first, last = sought.shown(found.rate, (0, found.frames) if said is None else _within(said))
    origin = 0 if said is None else math.floor(said[0])
    inside = 0 <= first - origin <= last - origin < found.frames
    if said is not None and origin != 0 and found.start is not None:
        return f"its timecode is {found.described}; {_asked(sought, first, last, found)}"
    if not inside:
        return f"it has {found.described}; {_asked(sought, first, last, found)}"
    available, notes = _extent(sought, found, origin)
    if said is None:
        return Proof(found, Grade.NAME, "", available, notes)
    longer = found.frames - math.floor(said[1])
    if abs(longer) <= 1:  # containers round
        return Proof(found, Grade.LENGTH, "duration", available, notes)
    if longer > 0 and origin == 0:
        return Proof(found, Grade.NAME, "", available, notes)
    return f"it has {found.frames} frames, the edit says {math.floor(said[1])}"


def _within(said: tuple[Exact, Exact]) -> tuple[Exact, Exact]:
    return said[0], said[0] + said[1]


def _asked(sought: Sought, first: int, last: int, found: Footage) -> str:
    drop = found.drop_frame and can_drop(found.rate)
    low, high = (timecode(one, found.rate, drop) for one in (first, last))
    return f"the clip shows {low} to {high}"


def _said(
    sought: Sought, rate: Fraction, within: tuple[Exact, Exact]
) -> tuple[Exact, Exact] | None:
    """(start, frames) of the medium as the edit says, in frames of the file."""
    said = sought.available
    if said is None:
        return None
    own = rate_of(said.duration)
    same = nominal(own) == nominal(rate)
    return counted(said.start_time, rate, within), to_frames(said.duration, own if same else rate)


def _extent(sought: Sought, found: Footage, start: int) -> tuple[TimeRange, tuple[str, ...]]:
    """The file's extent, spelled as the edit spells its rate, and what the edit said instead."""
    said = sought.available
    spelled = float(found.rate)
    for time in (None if said is None else said.duration, sought.start):
        if time is not None and rate_of(time) == found.rate:
            spelled = time.rate
            break
    new = span(start, found.frames, found.rate, spelled)
    if said is None or (said.start_time == new.start_time and said.duration == new.duration):
        return new if said is None else said, ()
    before, after = (_ends(one) for one in (said, new))
    return new, (f"{found.path.name} has {after}; the edit said {before}.",)


def _ends(timed: TimeRange) -> str:
    rate = rate_of(timed.start_time)
    start, frames = math.floor(to_frames(timed.start_time, rate)), timed.duration.value
    return f"{frames:g} frames from {timecode(start, rate)}"


def _sound(path: Path, rate: Fraction) -> Footage | None:
    """A file without pictures; None if it has some, or no sound."""
    if numbering.pattern_of(path) is not None:
        return None
    from opticals.media.read.container import opened

    with opened(path) as container:
        streams = container.streams.audio
        if container.streams.video or not streams:
            return None
        sampled = streams[0].rate
        samples = round(Fraction(container.duration or 0, 1_000_000) * sampled)
        reference = container.metadata.get("time_reference", "")  # of broadcast wave, in samples
        reel = container.metadata.get("reel_name") or None
    start = _framed(int(reference), sampled, rate) if reference.isdecimal() else None
    return Footage(path, rate, start, _framed(samples, sampled, rate), reel=reel)


def _framed(samples: int, sampled: int, rate: Fraction) -> int:
    """How many frames begin and end within so many samples; where a frame does not end on a
    sample, programs cut at the one before or behind."""
    return math.floor((samples + 1) * rate / sampled)
