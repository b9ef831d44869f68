"""What the viewer shows of one record frame, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from opticals.timeline.timecode import timecode
from opticals.viewer.sight import HANDLES, MEDIUM
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals.timeline.footage import Footage
    from opticals.timeline.listing import ItemView
    from opticals.viewer.sight import Picture, Sight
    from opticals_ui.timeline.crossing import Crossing


@dataclass(frozen=True)
class Part:
    """A clip of one record frame, and the picture that it takes.

    Attributes:
        footage: None while it is looked up.
        version: the render that is shown, "" for a medium that was shot; of two versions that
            are compared the name of each.
        sight: None where there is no picture to ask for.
        crossing: the transition that it is in.
    """

    item: ItemView
    footage: Footage | None
    version: str = ""
    sight: Sight | None = None
    crossing: Crossing | None = None

    @property
    def fades(self) -> bool:
        """Whether what lies below shows through because it fades."""
        mix = self.sight.mix if self.sight is not None else None
        return mix is not None and mix.clear


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


def image_of(picture: Picture) -> QImage:
    """A picture as Qt's own, with memory of its own."""
    kind = (
        QImage.Format.Format_ARGB32_Premultiplied if picture.alpha else QImage.Format.Format_RGB32
    )
    return QImage(picture.data, picture.width, picture.height, picture.stride, kind).copy()


def remark(crossing: Crossing | None, record: int, sight: Sight | None, lacks: str) -> str:
    """What is to be said of a picture in a transition: how far it is, or what it lacks."""
    if crossing is None:
        return ""
    if sight is None or sight.mix is None or lacks == MEDIUM:
        return tr("transition, shown as a cut")
    if lacks == HANDLES:
        return tr("transition, shown as a cut: a medium ends within it")
    if crossing.seam.join not in ("", "dissolve"):
        return tr("transition “{kind}”, shown as a dissolve", kind=crossing.seam.join)
    seam = crossing.seam
    frame = record - seam.record + 1
    return tr("dissolve, frame {frame} of {frames}", frame=frame, frames=seam.frames)


def shown_size(picture: Picture) -> tuple[int, int]:
    """The size of a medium's picture in square pixels."""
    width, height = picture.source
    if picture.pixel_aspect != 1:
        return round(width * picture.pixel_aspect), height
    square = round(height * picture.width / max(1, picture.height))
    # What was fitted into a box is square already; a pixel of it is some of the medium's.
    grain = width / max(1, picture.width) + height / max(1, picture.height)
    return (width if abs(square - width) <= grain else square), height
