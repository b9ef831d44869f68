"""What of the edit the strip shows, and where: frames to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals_ui.timeline.model import Lane

HEADER = 44  # pixels: the column of track names
RULER = 26
BAR = 15  # pixels at the head of a clip for its name
BAR_FROM = 34  # pixels of height from which a clip has a bar and a picture below it
SOUND_FROM = 84  # pixels of height from which a clip of pictures shows its sound too


@dataclass(frozen=True)
class Row:
    """A lane, and where it is: `top` counts from the top of the viewport."""

    lane: Lane
    top: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def barred(self) -> bool:
        """Whether clips have a bar for their names, and what they show below it."""
        return self.height >= BAR_FROM

    @property
    def marked(self) -> float:
        """Where from its top markers hang: below the names."""
        return 1.0 + BAR if self.barred else 1.0


@dataclass(frozen=True)
class View:
    """Where everything is shown.

    Attributes:
        start: the edit's first frame.
        scale: frames per pixel; of pictures only, never of time.
        scrolled: pixels that the lanes are scrolled to the left.
        width, height: of the viewport, in pixels.
        ratio: device pixels per pixel.
        rows: from the top down.
    """

    start: int
    scale: float
    scrolled: int
    width: int
    height: int
    ratio: float
    rows: tuple[Row, ...]

    def x(self, frame: float) -> float:
        """Where the left edge of a record frame is."""
        return HEADER + (frame - self.start) / self.scale - self.scrolled

    def frame(self, x: float) -> float:
        """The place in the edit at a pixel, in frames."""
        return self.start + (x - HEADER + self.scrolled) * self.scale

    @property
    def first(self) -> int:
        """The first frame that is shown at least in part."""
        return int(self.frame(HEADER))

    @property
    def last(self) -> int:
        """One past the last frame that is shown."""
        return int(self.frame(self.width)) + 1

    def row_at(self, y: float) -> Row | None:
        return next((row for row in self.rows if row.top <= y < row.bottom), None)

    def row(self, track: str) -> Row | None:
        return next((row for row in self.rows if row.lane.id == track), None)

    @property
    def seen(self) -> tuple[Row, ...]:
        """The rows that are in sight."""
        return tuple(row for row in self.rows if row.bottom > RULER and row.top < self.height)
