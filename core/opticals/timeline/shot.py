"""The shot: one selected range of one clip, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from opticals.errors import ShotError
from opticals.timeline.timecode import can_drop, frame_of, timecode
from opticals.timeline.timemap import TimeMap


@dataclass(frozen=True)
class Shot:
    """One selected range of one clip.

    Record frames count at `edit_rate`, frames of the medium at `rate`. "Frame i of the medium"
    counts from 0 at the medium's first frame, whatever timecode that frame carries.

    Attributes:
        id: where the clip stands, `V1:3`; inside a compound `V1:3/V1:2`.
        name: the clip's name.
        media: absolute path of the medium.
        rate: frames per second of the medium, exact.
        edit_rate: frames per second of the edit, exact.
        drop_frame: whether timecode counts drop-frame.
        media_start: timecode of the medium's frame 0, as a frame number.
        media_frames: how many frames the medium has, as far as the edit knows; None if it
            does not say (the file then tells).
        time: the whole clip, as far as the edit shows it: which frame each record frame shows.
        record, record_frames: the selected range; `record` is the record timecode of its first
            frame, as a frame number.
        head_transition, tail_transition: (record frames of the transition outside the clip,
            frames of it inside) at either end; (0, 0) for a plain cut. A render that reaches
            that end must carry the outer part as handles.
        notes: what was done to the selection that the user should know of.
        placed: whether a render stands in the edit for this piece of the medium; it can then be
            chosen as a whole alone.
        edit: path of the edit, "" when it was never saved. Renders go beside it.
        taken: names of the renders that the edit holds, which a new one must not have.
        host_clip: what the program that holds the edit calls the clip, wherever that stands; ""
            of an edit in a file.
    """

    id: str
    name: str
    media: str
    rate: Fraction
    edit_rate: Fraction
    drop_frame: bool
    media_start: int
    media_frames: int | None
    time: TimeMap
    record: int
    record_frames: int
    head_transition: tuple[int, int] = (0, 0)
    tail_transition: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    edit: str = ""
    taken: tuple[str, ...] = ()
    placed: bool = False
    host_clip: str = ""

    @cached_property
    def _needs(self) -> tuple[int, int]:
        return self.time.needs(self.record, self.record_end)

    @property
    def first(self) -> int:
        """The earliest frame of the medium that the selection shows."""
        return self._needs[0]

    @property
    def frames(self) -> int:
        """Frames of the medium from the earliest to the latest that the selection shows."""
        return self._needs[1]

    @property
    def record_end(self) -> int:
        """Record timecode of the frame after the selection, as a frame number."""
        return self.record + self.record_frames

    @property
    def clip_record(self) -> int:
        """Record timecode of the clip's first frame, as a frame number."""
        return self.time.record

    @property
    def clip_end(self) -> int:
        """Record timecode of the frame after the clip, as a frame number."""
        return self.time.record + self.time.frames

    @property
    def whole(self) -> bool:
        """Whether the whole clip is selected."""
        return self.at_head and self.at_tail

    @property
    def at_head(self) -> bool:
        """Whether the selection begins with the clip."""
        return self.record == self.clip_record

    @property
    def at_tail(self) -> bool:
        """Whether the selection ends with the clip."""
        return self.record_end == self.clip_end

    @property
    def retimed(self) -> bool:
        """Whether the clip plays at another speed than its medium's own, frozen or backwards."""
        return self.time.speed != self.rate / self.edit_rate

    @property
    def straight(self) -> bool:
        """Whether each record frame shows the frame of the medium after the one before."""
        return self.time.straight and self.rate == self.edit_rate

    def timecode(self, frame: int) -> str:
        """The label of a record frame number in the edit's way of counting."""
        return timecode(frame, self.edit_rate, self.drop_frame)

    def source_timecode(self, frame: int) -> str:
        """The label of a frame of the medium."""
        drop = self.drop_frame and can_drop(self.rate)
        return timecode(self.media_start + frame, self.rate, drop)

    def range(self, mark_in: str, mark_out: str) -> Shot:
        """This shot narrowed to the record timecodes `mark_in` to `mark_out`, both included.

        A range that cuts into a transition grows to contain it, and says so in `notes`.

        Raises:
            ShotError: a mark is no timecode, lies outside the clip, or out lies before in.
        """
        first, last = (
            frame_of(mark, self.edit_rate, self.drop_frame) for mark in (mark_in, mark_out)
        )
        return self.record_range(first, last + 1)

    def record_range(self, start: int, end: int) -> Shot:
        """This shot narrowed to the record frames `start` to `end`, the end not included.

        Raises:
            ShotError: the range is empty or lies outside the clip.
        """
        if end <= start:
            raise ShotError(
                f"The out mark {self.timecode(end - 1)} lies before "
                f"the in mark {self.timecode(start)}.",
                remedy="Set the out mark on or after the in mark; both frames are included.",
            )
        if start < self.clip_record or end > self.clip_end:
            raise ShotError(
                f"The range {self.timecode(start)} to {self.timecode(end - 1)} "
                f"reaches outside the clip {self.id} “{self.name}”.",
                f"The clip runs from {self.timecode(self.clip_record)} "
                f"to {self.timecode(self.clip_end - 1)}.",
                "Choose marks inside the clip.",
            )
        if self.placed and (start, end) != (self.clip_record, self.clip_end):
            raise ShotError(
                f"The range lies inside {self.id} “{self.name}”, where a render was placed.",
                "A part of a placed render cannot be chosen.",
                "Choose the whole clip, or restore its original first.",
            )
        first, last = self._grown(start, end)
        notes = []
        if first != start:
            mark = self.timecode(first)
            notes.append(f"{self.id}: the in mark moved to {mark}, to contain the transition.")
        if last != end:
            mark = self.timecode(last - 1)
            notes.append(f"{self.id}: the out mark moved to {mark}, to contain the transition.")
        return replace(self, record=first, record_frames=last - first, notes=(*self.notes, *notes))

    def _grown(self, start: int, end: int) -> tuple[int, int]:
        """The range that holds whole the transitions it cuts."""
        head = min(self.clip_record + self.head_transition[1], self.clip_end)
        tail = max(self.clip_end - self.tail_transition[1], self.clip_record)
        while True:
            grown = (
                self.clip_record
                if start < head
                else tail
                if tail < start and end > tail
                else start,
                self.clip_end if end > tail else max(end, head) if start < head else end,
            )
            if grown == (start, end):
                return grown
            start, end = grown

    @property
    def outer(self) -> tuple[int, int]:
        """Record frames before and after the selection that adjoining transitions show."""
        return (
            self.head_transition[0] if self.at_head else 0,
            self.tail_transition[0] if self.at_tail else 0,
        )

    @property
    def margin(self) -> tuple[int, int]:
        """Frames of the medium before and after those of the selection that adjoining
        transitions need."""
        before, after = self.outer
        low, count = self.time.needs(self.record - before, self.record_end + after)
        return self.first - low, low + count - self.first - self.frames

    def handles(self, wanted: int, media_frames: int) -> tuple[int, int]:
        """Frames of the medium to render before and after those of the selection.

        `wanted` each side, clamped to a medium of `media_frames` frames, and never less than
        an adjoining transition needs.

        Raises:
            ShotError: the medium has too few frames for an adjoining transition.
        """
        room = (self.first, media_frames - self.first - self.frames)
        need = self.margin
        if need[0] > room[0] or need[1] > room[1]:
            raise ShotError(
                f"The medium of {self.id} “{self.name}” is too short for its transition.",
                f"The transition needs {need[0]} frames before and {need[1]} after the selection; "
                f"the medium has {room[0]} and {room[1]}.",
                "Shorten the transition, or relink the clip to the full medium.",
            )
        return (
            min(room[0], max(wanted, need[0])),
            min(room[1], max(wanted, need[1])),
        )

    def to_json(self) -> dict[str, Any]:
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            **data,
            "rate": str(self.rate),
            "edit_rate": str(self.edit_rate),
            "time": self.time.to_json(),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Shot:
        values = dict(data)
        values["rate"], values["edit_rate"] = (
            Fraction(values["rate"]),
            Fraction(values["edit_rate"]),
        )
        values["time"] = TimeMap.from_json(values["time"])
        for key in ("head_transition", "tail_transition", "notes", "taken"):
            values[key] = tuple(values[key])
        return Shot(**values)
