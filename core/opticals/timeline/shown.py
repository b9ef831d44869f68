"""What an edit shows, as an editor sees it: plain data, however OpenTimelineIO spells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from opticals.timeline.layout import Kind
from opticals.timeline.reading import Media
from opticals.timeline.timecode import can_drop, timecode
from opticals.timeline.times import Exact


@dataclass(frozen=True)
class Mark:
    """A marker.

    Attributes:
        record, frames: where it stands on the record track and how long it is, in frames of the
            edit.
        own, own_frames: the same in the time of what it is set on, which a slip moves along.
    """

    name: str
    colour: str
    record: Exact
    frames: Exact
    own: Exact
    own_frames: Exact


@dataclass(frozen=True)
class Join:
    """A transition.

    Attributes:
        kind: `dissolve`, or what else the program calls it.
        before, after: record frames of it on either side of the cut.
    """

    kind: str
    before: Exact
    after: Exact


@dataclass(frozen=True)
class Medium:
    """What a clip's active media reference names.

    Attributes:
        state: `ONLINE` for any file, there or not: nothing is looked up.
        name: the path or URL in the likeliest spelling; of a generator its kind.
        spellings: what else the URL may mean.
        numbers: (first, step) of the files of a sequence, where the reference says.
    """

    state: Media
    name: str = ""
    spellings: frozenset[str] = frozenset()
    numbers: tuple[int, int] | None = None

    @property
    def label(self) -> str:
        """How messages name it: the file's name, `no medium`, `the generator SMPTEBars`."""
        if self.state is Media.ONLINE:
            return self.name.replace("\\", "/").rstrip("/").rpartition("/")[2] or self.name
        if self.state is Media.GENERATOR:
            return f"the generator {self.name}".strip()
        return "no medium" if self.state is Media.MISSING else self.name or self.state.value


@dataclass(frozen=True)
class Source:
    """Which frames of a medium a clip shows.

    Attributes:
        first: the place of the first frame shown, in frames of the medium's timecode.
        rate: of the medium, as far as the edit says; of the clip's range where it does not.
        start: timecode of the medium's own first frame, None if the edit does not say.
        speed: source time per record time; None where it is not constant.
        frames: record frames that these would last if nothing else were placed.
    """

    medium: Medium
    first: Exact
    rate: Fraction
    start: Exact | None
    speed: Fraction | None
    frames: Exact

    def pace(self, rate: Fraction) -> Fraction:
        """Frames of the medium per frame of an edit that runs at `rate`."""
        return (Fraction(1) if self.speed is None else self.speed) * self.rate / rate


@dataclass(frozen=True)
class ClipAccount:
    """One clip (or compound) on a track, as far as the edit shows it.

    Attributes:
        record, frames: record timecode of its first frame as a frame number, and length; inside
            a compound counted from the compound's beginning.
        source: what it shows; `below`: what its original shows where a render is placed.
        version: name of the render that shows; `versions`: of all that were placed.
        head: the transition at its head; `tail`: at its tail where no clip follows.
        inside: the tracks of a compound.
        item: OTIO's own object.
    """

    id: str
    name: str
    kind: Kind
    record: Exact
    frames: Exact
    source: Source
    enabled: bool = True
    below: Source | None = None
    version: str | None = None
    versions: tuple[str, ...] = ()
    overlay: bool = False
    head: Join | None = None
    tail: Join | None = None
    effects: tuple[str, ...] = ()
    markers: tuple[Mark, ...] = ()
    inside: tuple[TrackAccount, ...] = ()
    item: Any = field(default=None, compare=False, repr=False)

    @property
    def end(self) -> Exact:
        return self.record + self.frames

    @property
    def label(self) -> str:
        """`V1:3 “bikes”`."""
        return f"{self.id} “{self.name}”" if self.name else self.id

    @property
    def cut_from(self) -> Source:
        """What it was cut from: below a render, the original."""
        return self.below or self.source


@dataclass(frozen=True)
class TrackAccount:
    """A track and its clips. Gaps are the places between them."""

    id: str
    name: str
    kind: str
    enabled: bool
    clips: tuple[ClipAccount, ...]
    effects: tuple[str, ...] = ()
    markers: tuple[Mark, ...] = ()
    item: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Account:
    """What an edit shows.

    Attributes:
        start: record timecode of the first frame, as a frame number.
    """

    name: str
    rate: Fraction
    drop_frame: bool
    start: Exact
    tracks: tuple[TrackAccount, ...]
    markers: tuple[Mark, ...] = ()
    item: Any = field(default=None, compare=False, repr=False)

    def timecode(self, frame: Exact) -> str:
        """The label of a record frame; `01:00:00:00 + 0.5` between two."""
        return _label(frame, self.rate, self.drop_frame)

    def source_timecode(self, source: Source, first: Exact) -> str:
        """The label of a frame of a medium; of sound, at the edit's rate."""
        rate = source.rate
        if rate > 1000:
            first, rate = first * self.rate / rate, self.rate
        return _label(first, rate, self.drop_frame and can_drop(rate))


def _label(frame: Exact, rate: Fraction, drop_frame: bool) -> str:
    whole, rest = divmod(Fraction(frame), 1)
    label = timecode(whole, rate, drop_frame)
    return f"{label} + {float(rest):.3g}" if rest else label
