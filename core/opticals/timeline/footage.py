"""What a clip shows at each record frame: which frame of which medium, for pictures and sound.

For the viewer: unlike a shot it is never refused because something cannot be rendered.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals.timeline.timemap import TimeMap


@dataclass(frozen=True)
class Footage:
    """A medium and which of its frames a clip shows.

    Attributes:
        path: absolute; None where the edit names no file.
        rate: frames of `time` per second. Of sound, as the edit counts it: it may be samples.
        start: timecode of the medium's frame 0, as a frame number.
        drop_frame: whether that counts drop-frame.
        time: record frames to frames of the medium; None where they cannot be followed.
        error: why it cannot be shown.
    """

    path: Path | None = None
    rate: Fraction = Fraction(1)
    start: int = 0
    drop_frame: bool = False
    time: TimeMap | None = None
    error: OpticalsError | None = None

    def frame(self, record: int) -> int:
        """The frame of the medium that a record frame shows; needs `time`."""
        assert self.time is not None
        return self.time.source(record)

    def seconds(self, record: int) -> Fraction:
        """Where in the medium a record frame falls, in seconds from its start; needs `time`."""
        assert self.time is not None
        return self.time.place(record) / self.rate


@dataclass(frozen=True)
class ClipFootage:
    """What a clip shows, and what it would show without renders.

    Attributes:
        shown: what the edit shows of it.
        original: what lies below the active render; None where no render is shown, and of an
            overlay, below which another clip lies.
        version: the name of the active render, "" while the original shows.
        against: the name of the version that stands in the original's place to be compared; ""
            where it is the original.
    """

    shown: Footage
    original: Footage | None = None
    version: str = ""
    against: str = ""
