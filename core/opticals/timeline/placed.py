"""One render as an edit holds it: what it shows, for how long, and in which frames."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import EditError
from opticals.media.sequence import numbering
from opticals.recipe import Recipe
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import HAIR

if TYPE_CHECKING:
    from opticals.rendering.job import Render

ORIGINAL = "original"  # what the medium that a clip was cut from is called among its versions
_NEEDED = ("path", "shot", "recipe", "rate", "start", "head", "selected", "frames", "draft")


@dataclass(frozen=True)
class Version:
    """One render of a piece.

    Attributes:
        render: `Render.to_json()`.
        time: `fit` or `ripple`.
        frames: length on the record track, in frames of the edit.
        speed: frames of the source per frame of the render.
    """

    render: Mapping[str, Any]
    time: str
    frames: int
    speed: Fraction

    @property
    def name(self) -> str:
        return numbering.name_of(self.path)

    @property
    def path(self) -> Path:
        return Path(self.render["path"])

    @cached_property
    def shot(self) -> Shot:
        return Shot.from_json(self.render["shot"])

    @property
    def rate(self) -> Fraction:
        """Frames of the render per second."""
        return Fraction(self.render["rate"])

    @property
    def first(self) -> int:
        """Timecode of the render's first selected frame, as a frame number."""
        return int(self.render["start"]) + int(self.render["head"])

    @property
    def baked(self) -> bool:
        """Whether it has a frame for each record frame, so that the clip's own speed must go."""
        return bool(self.render.get("baked"))

    @property
    def keeps_timing(self) -> bool:
        """Whether each record frame goes on showing the time that it showed before.

        A retimed clip whose source is slowed gets the frames between; one at normal speed plays
        slow.
        """
        return not self.baked and (self.speed == 1 or self.shot.retimed)

    @property
    def pace(self) -> Fraction:
        """Frames of the render per record frame; below 0 backwards."""
        if self.baked:
            return Fraction(1)
        if self.keeps_timing:
            return self.shot.time.speed / self.speed
        return self.rate / self.shot.edit_rate

    @property
    def place(self) -> Fraction:
        """The lowest place of the render that the selection shows, as its timecode in frames."""
        shot = self.shot
        if self.baked:
            return Fraction(self.first)
        ends = shot.time.place(shot.record), shot.time.place(shot.record_end - 1)
        return self.first + (min(ends) - shot.first) / self.speed

    def frame(self, index: int) -> int:
        """The frame of the file that record frame `index` shows: 0 is the first of the range,
        those beyond its ends are handles."""
        shot, head = self.shot, int(self.render["head"])
        if self.keeps_timing:
            place = shot.time.place(shot.record + index) - shot.first
            near = Fraction(1, 2) if shot.time.nearest else HAIR
            return head + math.floor(place / self.speed + near)
        return head + math.floor(index * self.pace + HAIR)

    @property
    def draft(self) -> bool:
        return bool(self.render["draft"])

    def to_json(self) -> dict[str, Any]:
        return {
            "render": dict(self.render),
            "time": self.time,
            "frames": self.frames,
            "speed": str(self.speed),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Version:
        render = _plain(data["render"])
        missing = [key for key in _NEEDED if key not in render]
        if missing:
            raise KeyError(*missing)
        for key in ("start", "head", "selected", "frames"):
            count(render[key])
        version = Version(render, data["time"], count(data["frames"]), Fraction(data["speed"]))
        if min(version.rate, version.speed, version.shot.rate, version.shot.edit_rate) <= 0:
            raise ValueError("a rate or a speed that cannot be")
        return version


def _plain(value: Any) -> Any:
    """OTIO's containers as Python's own: OTIO's die with the object that holds them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value


def count(value: Any) -> int:
    if not isinstance(value, int) or abs(value) >= 1 << 53:  # what OTIO's doubles count exactly
        raise TypeError(f"{value!r} is no number of frames")
    return value


def version_of(render: Render, time: str) -> Version:
    """`render` as a version whose length follows `time`.

    Raises:
        EditError: it cannot lengthen the range.
    """
    written = json.loads(json.dumps(render.brief(), default=str))
    shot, frames = render.shot, Fraction(render.shot.record_frames)
    per_frame = Fraction(1) if render.baked else Fraction(shot.frames, render.selected)
    if time == "ripple" and render.baked:
        if render.selected < frames:
            raise EditError(
                f"{shot.id} “{shot.name}” cannot get shorter by the render.",
                f"It plays for {render.selected} frames instead of {frames}.",
                "Place with time “fit”: it goes on behind the range's end, to fill it.",
            )
        frames = Fraction(render.selected)
    elif time == "ripple" and per_frame != 1:
        frames = render.selected * shot.edit_rate / shot.rate
        if shot.retimed or frames.denominator != 1:
            raise EditError(
                f"{shot.id} “{shot.name}” cannot get longer by the render.",
                "It is retimed, and keeps its timing."
                if shot.retimed
                else "Its new length would lie between two frames of the edit.",
                "Place with time “fit”.",
            )
    return Version(written, time, int(frames), per_frame)


def is_draft_of(version: Version, render: Render) -> bool:
    """Whether `version` is a draft of the same shot and recipe."""
    old, new = version.shot, render.shot
    return (
        version.draft
        and version.render["recipe"] == render.recipe.to_json()
        and (old.media, old.first, old.frames) == (new.media, new.first, new.frames)
    )


def dropped(shot: Shot, version: Version) -> list[str]:
    """Which source frames no longer show when a slower range keeps its length."""
    selected = int(version.render["selected"])
    if version.keeps_timing or (version.baked and shot.retimed) or version.frames >= selected:
        return []
    if version.baked:
        recipe = Recipe.from_json(version.render["recipe"])
        output = math.floor((version.frames - 1) * recipe.rate(shot.rate) / shot.edit_rate)
        place = recipe.pace(shot.rate).source(output)
    else:
        place = (version.frames - 1) * version.pace * version.speed
    shown = math.floor(place) + 1
    if shown >= shot.frames:
        return []
    first, last = (shot.source_timecode(shot.first + one) for one in (shown, shot.frames - 1))
    return [f"{shot.id}: source frames {first} to {last} drop out."]
