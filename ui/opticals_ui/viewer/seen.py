"""What the viewer shows of one record frame, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from opticals.timeline.timecode import timecode

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals.timeline.footage import Footage
    from opticals.timeline.listing import ItemView
    from opticals.viewer.sight import Picture, Sight


@dataclass(frozen=True)
class Part:
    """A clip of one record frame, and the picture that it takes.

    Attributes:
        footage: None while it is looked up.
        version: the render that is shown, "" for a medium that was shot; of two versions that
            are compared the name of each.
        sight: None where there is no picture to ask for.
    """

    item: ItemView
    footage: Footage | None
    version: str = ""
    sight: Sight | None = None


@dataclass(frozen=True, eq=False)
class Side:
    """The source or the result: nothing at all where there is a gap.

    Attributes:
        images: the topmost first; those below are there where it is transparent.
        size: of the topmost in its medium, in square pixels.
        name: of the clip, version: of the render.
        path, frame, frames: of the medium that is on top, and which of its frames.
        label: the timecode of that frame.
        error: why it cannot be seen.
    """

    images: tuple[QImage, ...] = ()
    size: tuple[int, int] = (0, 0)
    name: str = ""
    version: str = ""
    path: str = ""
    frame: int = 0
    frames: int = 0
    label: str = ""
    error: OpticalsError | None = None
    scope: QImage | None = None


@dataclass(frozen=True, eq=False)
class Seen:
    """What is seen of a record frame.

    Attributes:
        source: None where the result is the source.
        preview: whether it is the preview of an effect.
        words: what is to be said of it.
    """

    record: int
    result: Side
    source: Side | None = None
    preview: bool = False
    words: str = ""


def side_of(
    *seen: tuple[Part, Picture, QImage] | Part,
    scope: QImage | None = None,
    error: OpticalsError | None = None,
) -> Side:
    """The side of pictures, the topmost first, or of a clip that cannot be seen."""
    first = seen[0]
    if isinstance(first, Part):
        path = str(first.footage.path or "") if first.footage else ""
        return Side(name=first.item.name, version=first.version, path=path, error=error)
    part, picture, _ = first
    footage = part.footage
    assert footage is not None
    return Side(
        images=tuple(one[2] for one in seen if not isinstance(one, Part)),
        size=shown_size(picture),
        name=part.item.name,
        version=part.version,
        path=str(footage.path),
        frame=picture.frame,
        frames=picture.frames,
        label=timecode(footage.start + picture.frame, footage.rate, footage.drop_frame),
        scope=scope,
    )


def shown_size(picture: Picture) -> tuple[int, int]:
    """The size of a medium's picture in square pixels."""
    width, height = picture.source
    if picture.pixel_aspect != 1:
        return round(width * picture.pixel_aspect), height
    square = round(height * picture.width / max(1, picture.height))
    # What was fitted into a box is square already; a pixel of it is some of the medium's.
    grain = width / max(1, picture.width) + height / max(1, picture.height)
    return (width if abs(square - width) <= grain else square), height
