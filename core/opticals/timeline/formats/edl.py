"""CMX 3600 EDL, through otio-cmx3600-adapter.

The adapter knows neither drop-frame nor 29.97, reads the speed of an M2 line only where the spans
differ, and writes one that does not fit. So it sees frames counted without drop-frame at a whole
rate, and speeds are read and written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor
from pathlib import Path

from opentimelineio.opentime import RationalTime
from opentimelineio.schema import (
    Clip,
    Gap,
    Timeline,
)

from opticals.errors import AnswerNeeded, EditError, ShotError
from opticals.timeline import retimes
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.edl_write import EVENT, KEY, MARK, TIME, span, write
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.formats.locators import place_of
from opticals.timeline.formats.rewrite import at_rate
from opticals.timeline.timecode import can_drop, day, frame_of, nominal, timecode
from opticals.timeline.times import to_frames

__all__ = ["read", "write"]

_M2 = re.compile(rf"M2\s+(?P<reel>.*?)\s*(?P<speed>[+-]?\d+(?:\.\d*)?)\s+(?P<at>{TIME})?\s*$")
_LOCATOR = re.compile(r"\*\s*LOC:?\s+(?P<at>\d\d:\d\d:\d\d[:;.,]\d\d)(?P<rest>.*)")
_EXACT = re.compile(r"\((-?\d+(?:\.\d+)?) FPS\)", re.IGNORECASE)
_QUOTED = "OPTICALS QUOTES "
_NOMINAL = (24, 25, 30, 50, 60)
_REMEDY = "Export the EDL again, or export the edit as OpenTimelineIO (.otio)."


@dataclass
class _Event:
    """One line of the list, and the lines that belong to it. Times are text until the rate is
    known, then frames too: source in, source out, record in, record out."""

    number: str
    reel: str
    channel: str
    kind: str
    length: int
    times: tuple[str, ...]
    drop: bool | None = None
    lines: list[str] = field(default_factory=list)
    frames: tuple[int, int, int, int] = (0, 0, 0, 0)

    def count(self, rate: Fraction, drop: bool, before: int = 0) -> tuple[int, int, int, int]:
        """Its four times as frame numbers.

        Args:
            drop: whether record times count drop-frame; those of sources do as the list says there.
            before: a record time that its own come after, give or take half a day.
        """
        own = drop if self.drop is None else self.drop and can_drop(rate)
        try:
            first, end = (_frame(one, rate, own) for one in self.times[:2])
            start, stop = (_frame(one, rate, drop) for one in self.times[2:])
        except ShotError as error:
            raise EditError(f"Event {self.number}: {error.what}", error.why, _REMEDY) from error
        start = after(start, before, rate, drop)
        return first, after(end, first, rate, own), start, after(stop, start, rate, drop)


@dataclass
class _List:
    title: str
    head: list[str]
    events: list[_Event]
    drop: bool | None


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """An EDL's timeline. `rate` is found where only one fits.

    Raises:
        EditError: damaged, or several rates fit.
    """
    notes: list[str] = []
    found = _parse(_text(path), path.name)
    rate = _rate(found, rate, path.name, notes)
    drop = bool(found.drop) and can_drop(rate)
    if found.drop and not drop:
        notes.append(f"{path.name} says DROP FRAME; at {float(rate):g} it is read without.")
    before = 0
    for event in found.events:
        event.frames = event.count(rate, drop, before)
        before = event.frames[2]
    events = list(_plain(found.events))
    text = "".join(_lines(found.title, events, rate, drop))
    timeline = otio_adapter("cmx_3600").read_from_string(text, rate=nominal(rate))
    timeline = at_rate(timeline, rate)
    assert isinstance(timeline, Timeline)
    _starts(timeline, rate)
    for track in timeline.tracks:
        for clip in track:
            if isinstance(clip, Clip):
                _settle(clip, events, rate, drop, notes)
    timeline.metadata["opticals"] = {"drop_frame": drop}
    if found.head:
        timeline.metadata[KEY] = {"comments": found.head}
    return Reading(timeline, "", notes)


def _text(path: Path) -> str:
    data = path.read_bytes()
    if b"\0" in data:
        raise EditError(f"{path.name} is not an EDL.", "It is not text.", _REMEDY)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _parse(text: str, name: str) -> _List:
    made = _List("", [], [], None)
    drop: bool | None = None
    for line in (one.strip() for one in text.splitlines()):
        if line.startswith("TITLE:"):
            made.title = line[6:].strip()
        elif line.startswith("FCM"):
            drop = "NON" not in line.upper()
            made.drop = drop if made.drop is None else made.drop
        elif match := EVENT.match(line):
            times = tuple(match["times"].split())
            made.events.append(
                _Event(
                    match["number"],
                    match["reel"],
                    match["channel"],
                    match["kind"],
                    int(match["length"] or 0),
                    times,
                    drop,
                )
            )
            if any(mark in time for mark in ";," for time in times[2:]):
                made.drop = True
        elif line and line[0].isdigit():
            raise EditError(f"{name} holds a line that is no event.", f"“{line[:120]}”", _REMEDY)
        elif line and made.events:
            made.events[-1].lines.append(line)
        elif line:
            made.head.append(line.lstrip("* "))
    if not made.events:
        raise EditError(f"{name} is not an EDL.", "It holds no event.", _REMEDY)
    return made


def _rate(found: _List, asked: Fraction | None, name: str, notes: list[str]) -> Fraction:
    """The rate that was asked for, or the only one that fits the frame numbers."""
    if asked is not None:
        return asked
    highest = max(
        (
            int(re.split(r"[:;.,]", time)[-1])
            for event in found.events
            for time in event.times
            if ":" in time
        ),
        default=0,
    )
    fits = []
    for fps in _NOMINAL:
        if highest >= fps or (found.drop and fps not in (30, 60)):
            continue
        rate = Fraction(fps * 1000, 1001) if found.drop else Fraction(fps)
        if all(_spans_agree(event, rate, bool(found.drop)) for event in found.events):
            fits.append(rate)
    if len(fits) == 1:
        rate = fits[0]
        if rate.denominator == 1 and rate in (24, 30, 60):
            slower = Fraction(int(rate) * 1000, 1001)
            notes.append(
                f"{name} is read at {rate} frames per second, the only rate that its timecodes "
                f"fit; give --rate {float(slower):.2f} if the sequence runs at that."
            )
        return rate
    if not fits:
        raise EditError(
            f"{name} fits no frame rate.",
            "Its source and record spans differ at each of them.",
            "Give the rate of the sequence (--rate).",
        )
    raise AnswerNeeded.about(
        f"{name} does not say its frame rate.",
        f"It could be {', '.join(f'{float(one):g}' for one in fits)} (or 23.976, 29.97, 59.94).",
        "Give the rate of the sequence (--rate 25).",
        "rate",
        _possible(fits),
    )


def _possible(fits: Iterable[int | Fraction]) -> list[Fraction]:
    """Whole rates, and those of NTSC that are counted as they are."""
    whole = [Fraction(one) for one in fits]
    ntsc = [one * 1000 / 1001 for one in whole if one in (24, 30, 60)]
    return sorted((*whole, *ntsc))


def _spans_agree(event: _Event, rate: Fraction, drop: bool) -> bool:
    if any(line.startswith("M2") or "FREEZE FRAME" in line for line in event.lines):
        return True
    try:
        a, b, c, d = event.count(rate, drop)
    except EditError:
        return False
    return b - a == d - c


def _frame(time: str, rate: Fraction, drop: bool) -> int:
    if ":" not in time:
        return int(time)
    # Sources may be marked drop-frame one by one; a list that counts so marks none of them, or all.
    return frame_of(time.replace(",", ";").replace(".", ":"), rate, drop)


def after(frame: int, before: int, rate: Fraction, drop: bool) -> int:
    """A time in a list, counted on over midnight where it lies half a day before the last."""
    whole = day(rate, drop)
    return frame + whole * max(0, round(Fraction(before - frame, whole)))


def _plain(events: list[_Event]) -> Iterator[_Event]:
    """As the adapter reads them: a cut of no length right before each transition that has one, and
    what runs before it as an event of its own."""
    later: dict[str, _Event] = {}
    followed: dict[int, _Event] = {}
    for event in reversed(events):  # each with the next on its channel
        there = later.get(event.channel)
        if event.kind == "C" and there and there.kind != "C" and there.number == event.number:
            followed[id(there)] = event
        later[event.channel] = event
    cuts = {id(one) for one in followed.values()}
    for event in events:
        cut = followed.get(id(event))
        if cut is not None:
            _, out, start, stop = cut.frames
            none = (out, out, stop, stop)
            yield replace(cut, frames=none, lines=cut.lines if start == stop else [])
        if id(event) not in cuts or event.frames[2] != event.frames[3]:
            yield event


def _lines(title: str, events: list[_Event], rate: Fraction, drop: bool) -> Iterator[str]:
    if title:
        yield f"TITLE: {title}\n"
    whole = Fraction(nominal(rate))
    number = 0
    for index, event in enumerate(events):
        if event.kind == "C":  # a transition has the number of the cut before it
            number += 1
        times = " ".join(timecode(one, whole) for one in event.frames)
        reel = re.sub(r"\s+", "_", event.reel) or "AX"
        length = f" {event.length:03d}" if event.kind != "C" else ""
        yield f"{number:03d} {reel} {event.channel} {event.kind}{length} {times}\n"
        for line in event.lines:
            if event.kind != "C":
                # Of a transition the adapter takes the medium before it for the one after.
                if re.match(r"\*?\s*FROM (CLIP|FILE):", line):
                    continue
                line = re.sub(r"TO (CLIP|FILE):", r"FROM \1:", line)
            if match := _LOCATOR.match(line):
                at = after(_frame(match["at"], rate, drop), event.frames[2], rate, drop)
                line = f"* LOC: {timecode(at, whole)}{match['rest']}"
            elif line.startswith("M2"):
                line = "M2 X 000.0 00:00:00:00"  # its speed is settled afterwards
            elif re.match(r"\*?\s*FROM CLIP (?!NAME)", line):  # "... IS A STILL" is no path
                line = f"* {_QUOTED}{line.lstrip('* ')}"
            yield f"{line}\n"
        yield f"* {MARK}{index}\n"


def _starts(timeline: Timeline, rate: Fraction) -> None:
    """The adapter keeps where a track begins in its `source_range`; here it is the start timecode
    of the edit, and gaps on tracks that begin later."""
    begins = {}
    for track in timeline.tracks:
        begins[track.name] = 0
        if track.source_range is not None:
            begins[track.name] = -int(to_frames(track.source_range.start_time, rate))
            track.source_range = None
    start = min(begins.values(), default=0)
    for track in timeline.tracks:
        if begins[track.name] > start:
            track.insert(0, Gap(source_range=span(0, begins[track.name] - start, rate)))
    timeline.global_start_time = RationalTime(start, float(rate))


def _settle(clip: Clip, events: list[_Event], rate: Fraction, drop: bool, notes: list[str]) -> None:
    """What the adapter could not know of a clip: its speed and its reel."""
    comments = list(clip.metadata.get(KEY, {}).get("comments", ()))
    tokens = [one for one in comments if one.startswith(MARK)]
    kept = [one.removeprefix(_QUOTED) for one in comments if not one.startswith(MARK)]
    event = events[max(int(one[len(MARK) :]) for one in tokens)]
    record = dict(clip.metadata.get(KEY, {}))
    record.pop("comments", None)
    if kept:
        record["comments"] = kept
    if event.reel and event.reel != "AX":
        record["reel"] = event.reel
    if event.drop is not None and event.drop is not drop and can_drop(rate):
        record["drop_frame"] = event.drop
    if record:
        clip.metadata[KEY] = record
    elif KEY in clip.metadata:
        del clip.metadata[KEY]
    first, end, start, stop = event.frames
    frames = stop - start
    speed, problem = _speed(event, clip.name, end - first, frames, rate, notes)
    if _is_freeze(event) and clip.name.endswith(" FF"):
        clip.name = clip.name[:-3]
    retimes.set_speed(clip, speed)
    clip.source_range = span(first, frames, rate)
    for marker in clip.markers:
        # Programs count locators on the record side; what lies outside of it is of the source.
        at = int(to_frames(marker.marked_range.start_time, rate))
        if start <= at < stop:
            at = first + place_of(at - start, frames, speed)
        marker.marked_range = span(at, 0, rate)
    if problem:
        clip.metadata[REFUSED] = problem


def _is_freeze(event: _Event) -> bool:
    return any(re.match(r"\*\s*\*?\s*FREEZE FRAME", line) for line in event.lines)


def _speed(
    event: _Event, name: str, source: int, frames: int, rate: Fraction, notes: list[str]
) -> tuple[Fraction, str]:
    """The speed that an event's M2 line gives, and what is wrong with it.

    The line has it in frames per second, rounded to a tenth; the spans often have it exactly.
    """
    effects = [match for line in event.lines if (match := _M2.match(line))]
    if _is_freeze(event):
        return Fraction(0), ""
    if not effects:
        return Fraction(1), ""
    text = effects[-1]["speed"]
    said = Fraction(text)
    if said == 0:
        return Fraction(0), ""
    slack = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    sign = 1 if said > 0 else -1
    spans = Fraction(source, frames) * sign if frames else Fraction(1)
    if abs(spans * rate - said) <= slack or abs(spans * nominal(rate) - said) <= slack:
        return spans, ""
    if (exact := _EXACT.search(name)) and abs(Fraction(exact[1]) - said) <= slack:
        said, slack = Fraction(exact[1]), Fraction(1, 2 * 10 ** len(exact[1].partition(".")[2]))
    speed = said / rate
    needs = floor((frames - 1) * abs(speed)) + 1
    if abs(source - needs) > 1 + abs(speed):
        return speed, (
            f"Its M2 line says {text} frames per second, which takes {needs} frames of the source; "
            f"the event has {source}."
        )
    low, high = ((abs(said) + side * slack) / rate for side in (-1, 1))
    off = [k for k in range(frames) if floor(k * low) != floor(k * high)]
    if off:
        notes.append(
            f"“{name}”: the EDL has its speed rounded ({text} frames per second); from its "
            f"{off[0] + 1}th frame on another frame of the source may be meant, one off."
        )
    return speed, ""
