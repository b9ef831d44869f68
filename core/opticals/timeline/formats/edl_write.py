"""The writing half of `edl`: the events of one video track."""

from __future__ import annotations

import re
from fractions import Fraction
from math import floor
from pathlib import Path

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    Gap,
    GeneratorReference,
    MissingReference,
    Timeline,
    Track,
    Transition,
)

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats.convert import otio_adapter
from opticals.timeline.formats.locators import record_of
from opticals.timeline.formats.rewrite import at_rate
from opticals.timeline.layout import counts_drop_frame, item_range, most_common_rate
from opticals.timeline.timecode import can_drop, day, frame_of, nominal, timecode
from opticals.timeline.times import to_frames

TIME = r"(?:\d{1,2}:\d\d:\d\d[:;.,]\d{2,3}|\d+)"
EVENT = re.compile(
    rf"(?P<number>\d+)\s+(?P<reel>.*?)\s+(?P<channel>\S+)\s+(?P<kind>C|D|W\d{{3}}|K\S*)"
    rf"(?:\s+(?P<length>\d+))?\s+(?P<times>{TIME}\s+{TIME}\s+{TIME}\s+{TIME})\s*$"
)
KEY = "cmx_3600"
MARK = "OPTICALS EVENT "
"""Of a comment that carries the number of an event through the adapter."""


def write(timeline: Timeline, path: Path) -> None:
    """Write the one video track as a list of events."""
    rate = most_common_rate(timeline)
    drop = counts_drop_frame(timeline, rate) and can_drop(rate)
    whole = Fraction(nominal(rate))
    start = 0
    if timeline.global_start_time is not None:
        start = int(to_frames(timeline.global_start_time, rate))
    track = next((one for one in timeline.tracks if one.kind == "Video"), Track())
    clips = [_Written(one, rate) for one in track if isinstance(one, Clip)]
    wipes = [
        one.metadata.get(KEY, {}).get("transition", "W001")
        if one.transition_type == "SMPTE_Wipe"
        else "D"
        for one in track
        if isinstance(one, Transition)
    ]
    if not clips:
        raise EditError(
            "The edit cannot be written as CMX 3600 EDL.",
            "None of its clips is left in one.",
            "Write another format.",
        )
    for number, one in enumerate(clips):
        one.prepare(number)
    bare = Timeline(timeline.name)
    bare.tracks.append(track.deepcopy())
    # The adapter counts record time from zero; a gap is not written but moves what follows.
    bare.tracks[0].insert(0, Gap(source_range=span(0, start, rate)))
    plain = at_rate(bare, whole)
    text = otio_adapter("cmx_3600").write_to_string(plain, rate=float(whole))
    blocks = re.split(r"^(?=\d+ )", text, flags=re.MULTILINE)
    lines = [f"TITLE: {timeline.name}" if timeline.name else "TITLE:", _counted(drop), ""]
    pending: list[str] = []
    counts = drop
    for block in blocks[1:]:
        pending.append(block)
        tokens = re.findall(rf"{MARK}(\d+)", block)
        if tokens:  # the line of a cut before a transition has none
            mark = wipes.pop(0) if len(pending) == 2 else ""
            clip = clips[int(tokens[-1])]
            if clip.drop(drop) is not counts:
                counts = clip.drop(drop)
                lines.append(_counted(counts))
            lines += clip.lines(pending, mark, whole, rate, drop)
            pending = []
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _counted(drop: bool) -> str:
    return f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}"


class _Written:
    """A clip on its way into the list."""

    def __init__(self, clip: Clip, rate: Fraction) -> None:
        self.clip = clip
        self.speed = retimes.speed_of(clip)
        timed = item_range(clip)
        assert timed is not None
        self.first = int(to_frames(timed.start_time, rate))
        self.frames = int(to_frames(timed.duration, rate))
        self.markers = [
            (
                int(to_frames(one.marked_range.start_time, rate)),
                str(one.metadata.get(KEY, {}).get("color") or one.color or "RED"),
                one.name,
            )
            for one in clip.markers
        ]

    def drop(self, drop: bool) -> bool:
        """Whether its source counts drop-frame, where the list does or does not."""
        return bool(self.clip.metadata.get(KEY, {}).get("drop_frame", drop))

    def prepare(self, number: int) -> None:
        """Leave to the adapter what it writes well: names, reels, media, comments."""
        self.clip.effects.clear()
        self.clip.markers.clear()
        if isinstance(self.clip.media_reference, (GeneratorReference, MissingReference)):
            self.clip.media_reference = None
        record = dict(self.clip.metadata.get(KEY, {}))
        record["comments"] = [*record.get("comments", ()), f"{MARK}{number}"]
        self.clip.metadata[KEY] = record

    def lines(
        self, blocks: list[str], mark: str, whole: Fraction, rate: Fraction, drop: bool
    ) -> list[str]:
        """Its event, from the adapter's text: with times as they count, and its speed."""
        rows = [row for block in blocks for row in block.splitlines() if row.strip()]
        ends = [index for index, row in enumerate(rows) if MARK in row]
        if len(ends) > 1:  # of the clip before, a transition needs the name alone
            before = [row for row in rows[: ends[-2]] if not row.startswith("* ") or "FROM" in row]
            rows = [*before, *rows[ends[-2] + 1 :]]
        made = []
        for row in rows:
            if match := EVENT.match(row):
                times = [frame_of(one, whole) for one in match["times"].split()]
                if match["kind"] != "C" or not mark:
                    times[1] = self.first + self.source
                    record = times[2]
                head = row[: match.start("times")]
                if match["kind"] != "C" and mark != "D":
                    head = re.sub(r" D ", f" {mark} ", head, count=1)
                ways = (self.drop(drop),) * 2 + (drop,) * 2
                labels = (
                    timecode(one % day(rate, way), rate, way)
                    for one, way in zip(times, ways, strict=True)
                )
                made.append(head + " ".join(labels))
            elif MARK not in row:
                made.append(row)
        reel = str(EVENT.match(rows[len(blocks) - 1])["reel"])  # type: ignore[index]
        at = len(blocks)
        if self.speed != 1:
            first = timecode(self.first, rate, self.drop(drop))
            made.insert(at, f"M2   {reel:8}       {self.spoken(rate)}                {first}")
        if self.speed == 0:
            made.append("* * FREEZE FRAME")
        for place, color, name in self.markers:
            frame = record + record_of(place - self.first, self.frames, self.speed)
            label = timecode(frame % day(rate, drop), rate, drop)
            made.append(f"* LOC: {label} {color:7} {name}".rstrip())
        return made

    @property
    def source(self) -> int:
        """Frames of the source that it shows, or that its speed takes where that is whole."""
        if self.speed == 0:
            return 1
        exact = self.frames * abs(self.speed)
        return (
            int(exact) if exact.denominator == 1 else floor((self.frames - 1) * abs(self.speed)) + 1
        )

    def spoken(self, rate: Fraction) -> str:
        """Its speed in frames per second, with as many digits as the frames need."""
        value = self.speed * rate
        for digits in range(1, 7):
            text = f"{float(value):+0{5 + digits}.{digits}f}"
            said = Fraction(text) / rate
            if all(floor(k * abs(said)) == floor(k * abs(self.speed)) for k in range(self.frames)):
                break
        return text.replace("+", "", 1)


def span(start: int, frames: int, rate: Fraction) -> TimeRange:
    return TimeRange(RationalTime(start, float(rate)), RationalTime(frames, float(rate)))
