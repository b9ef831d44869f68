"""The shot: one selected range of one clip, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from opticals.errors import ShotError
from opticals.timeline.timecode import frame_of, timecode


@dataclass(frozen=True)
class Shot:
    """One selected range of one clip.

    All counts are whole frames at `rate`, the rate of edit and medium alike. "Frame i of the
    medium" counts from 0 at the medium's first frame, whatever timecode that frame carries.

    Attributes:
        id: where the clip stands, `V1:3`.
        name: the clip's name.
        media: absolute path of the medium.
        rate: frames per second, exact.
        drop_frame: whether record timecode counts drop-frame.
        media_start: timecode of the medium's frame 0, as a frame number.
        media_frames: how many frames the medium has, as far as the edit knows; None if it
            does not say (the file then tells).
        clip_first, clip_frames: the whole clip, in frames of the medium.
        clip_record: record timecode of the clip's first frame, as a frame number.
        first, frames: the selected range, in frames of the medium.
        head_transition, tail_transition: (frames of the transition outside the clip, frames of
            it inside) at either end; (0, 0) for a plain cut. A render that reaches that end
            must carry the outer part as handles.
        notes: what was done to the selection that the user should know of.
        placed: whether a render stands in the edit for this piece of the medium; it can then be
            chosen as a whole alone.
        edit: path of the edit, "" when it was never saved. Renders go beside it.
        taken: names of the renders that the edit holds, which a new one must not have.
    """

    id: str
    name: str
    media: str
    rate: Fraction
    drop_frame: bool
    media_start: int
    media_frames: int | None
    clip_first: int
    clip_frames: int
    clip_record: int
    first: int
    frames: int
    head_transition: tuple[int, int] = (0, 0)
    tail_transition: tuple[int, int] = (0, 0)
    notes: tuple[str, ...] = ()
    edit: str = ""
    taken: tuple[str, ...] = ()
    placed: bool = False

    @property
    def record(self) -> int:
        """Record timecode of the first selected frame, as a frame number."""
        return self.clip_record + self.first - self.clip_first

    @property
    def whole(self) -> bool:
        """Whether the whole clip is selected."""
        return (self.first, self.frames) == (self.clip_first, self.clip_frames)

    def timecode(self, frame: int) -> str:
        """The label of a frame number in the edit's way of counting."""
        return timecode(frame, self.rate, self.drop_frame)

    def range(self, mark_in: str, mark_out: str) -> Shot:
        """This shot narrowed to the record timecodes `mark_in` to `mark_out`, both included.

        A range that cuts into a transition grows to contain it, and says so in `notes`.

        Raises:
            ShotError: a mark is no timecode, lies outside the clip, or out lies before in.
        """
        first, last = (frame_of(mark, self.rate, self.drop_frame) for mark in (mark_in, mark_out))
        return self.record_range(first, last + 1)

    def record_range(self, start: int, end: int) -> Shot:
        """This shot narrowed to the record frames `start` to `end`, the end not included.

        Raises:
            ShotError: the range is empty or lies outside the clip.
        """
        clip_end = self.clip_record + self.clip_frames
        if end <= start:
            raise ShotError(
                f"The out mark {self.timecode(end - 1)} lies before "
                f"the in mark {self.timecode(start)}.",
                remedy="Set the out mark on or after the in mark; both frames are included.",
            )
        if start < self.clip_record or end > clip_end:
            raise ShotError(
                f"The range {self.timecode(start)} to {self.timecode(end - 1)} "
                f"reaches outside the clip {self.id} “{self.name}”.",
                f"The clip runs from {self.timecode(self.clip_record)} "
                f"to {self.timecode(clip_end - 1)}.",
                "Choose marks inside the clip.",
            )
        if self.placed and (start, end) != (self.clip_record, clip_end):
            raise ShotError(
                f"The range lies inside {self.id} “{self.name}”, where a render was placed.",
                "A part of a placed render cannot be chosen.",
                "Choose the whole clip, or restore its original first.",
            )
        wanted = (start - self.clip_record, end - self.clip_record)
        first, last = self._grown(*wanted)
        notes = []
        if first != wanted[0]:
            mark = self.timecode(self.clip_record + first)
            notes.append(f"{self.id}: the in mark moved to {mark}, to contain the transition.")
        if last != wanted[1]:
            mark = self.timecode(self.clip_record + last - 1)
            notes.append(f"{self.id}: the out mark moved to {mark}, to contain the transition.")
        return replace(
            self,
            first=self.clip_first + first,
            frames=last - first,
            notes=(*self.notes, *notes),
        )

    def _grown(self, first: int, last: int) -> tuple[int, int]:
        """The range, in frames from the clip's head, that holds whole the transitions it cuts."""
        head = min(self.head_transition[1], self.clip_frames)
        tail = max(self.clip_frames - self.tail_transition[1], 0)
        while True:
            grown = (
                0 if first < head else tail if tail < first and last > tail else first,
                self.clip_frames if last > tail else max(last, head) if first < head else last,
            )
            if grown == (first, last):
                return grown
            first, last = grown

    def handles(self, wanted: int, media_frames: int) -> tuple[int, int]:
        """Frames to render before and after the selection.

        `wanted` each side, clamped to a medium of `media_frames` frames, and never less than
        an adjoining transition needs.

        Raises:
            ShotError: the medium has too few frames for an adjoining transition.
        """
        room = (self.first, media_frames - self.first - self.frames)
        need = (
            self.head_transition[0] if self.first == self.clip_first else 0,
            self.tail_transition[0]
            if self.first + self.frames == self.clip_first + self.clip_frames
            else 0,
        )
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
        data = dict(vars(self))
        data["rate"] = str(self.rate)
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> Shot:
        values = dict(data)
        values["rate"] = Fraction(values["rate"])
        for key in ("head_transition", "tail_transition", "notes", "taken"):
            values[key] = tuple(values[key])
        return Shot(**values)
