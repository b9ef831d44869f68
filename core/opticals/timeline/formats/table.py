"""The formats of edits, and what each can hold: one table.

What a format holds is proved by round trips (`tests/core/test_formats.py`): an edit with that one
feature, written, read back, and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from opticals.errors import EditError

if TYPE_CHECKING:
    from pathlib import Path


class Holds(Enum):
    """Something that an edit can have and a format may not hold.

    The value: what is said to be lost, with `{}` where it can be counted. Without it the edit would
    be a wrong one, other pictures at other places, and is not written.
    """

    TRACKS = ("{} video tracks", True)
    RETIMES = ("{} retimed clips", True)
    FREEZES = ("{} freeze frames", True)
    NESTING = ("{} compounds", True)
    SEQUENCES = ("{} image sequences", True)
    MIXED_RATES = ("{} clips whose media run at another rate", True)
    UNKNOWN_EXTENTS = ("{} clips of media that are not known to begin anywhere", True)
    TRIMMED_TRACKS = ("{} tracks trimmed or retimed as a whole", True)
    SOUND = ("{} sound tracks", False)
    TRANSITIONS = ("{} transitions, which become cuts", False)
    FADES = ("{} fades from or to nothing", False)
    WIPES = ("the kind of {} transitions, which become dissolves", False)
    DISABLED = ("{} disabled clips, which become gaps", False)
    GENERATORS = ("{} generators, which become gaps", False)
    NO_MEDIA = ("{} clips without media, which become gaps", False)
    REFERENCES = ("the other media references of {} clips", False)
    EMPTY_TRACKS = ("{} empty tracks", False)
    DISABLED_TRACKS = ("{} disabled tracks", False)
    CLIP_MARKERS = ("{} markers on clips", False)
    HIDDEN_MARKERS = ("{} markers outside of what their clips show", False)
    GAP_MARKERS = ("{} markers on gaps", False)
    TRACK_MARKERS = ("{} markers on tracks", False)
    EDIT_MARKERS = ("{} markers of the edit", False)
    MARKER_LENGTHS = ("the length of {} markers", False)
    MARKER_COLOURS = ("the colours of {} markers", False)
    EFFECTS = ("{} effects", False)
    START = ("the start timecode", False)
    DROP_FRAME = ("that timecode does not count drop-frame", False)
    EDIT_NAME = ("the name of the edit", False)
    CLIP_NAMES = ("the names of {} clips", False)
    TRACK_NAMES = ("the names of {} tracks", False)
    METADATA = ("the metadata of other programs", False)

    @property
    def words(self) -> str:
        return str(self.value[0]).replace("{} ", "")

    def said(self, count: int) -> str:
        """In a sentence: `retimed clips (3)`."""
        return f"{self.words} ({count})" if "{}" in self.value[0] else self.words

    @property
    def wrong_without(self) -> bool:
        return self.value[1]


@dataclass(frozen=True)
class Format:
    """One format of edits.

    Attributes:
        suffixes: of its files, lower case, the usual one first.
        writes: whether edits can be written in it.
        holds: what it keeps.
        from_zero: whether it counts the frames of every medium from zero, whatever timecode
            the medium starts at.
        events: whether it lists what stands where and nothing more: transitions begin at the cut,
            nothing is before the first clip, of media only the place in them is known.
        middle: whether transitions lie around the middle of the cut; `"ends"` if they can begin
            or end there too.
        unique_names: whether two clips cannot have the same name.
        colours: of markers, as OpenTimelineIO names them; the first becomes of all others. None
            where it keeps any.
    """

    id: str
    suffixes: tuple[str, ...]
    label: str
    writes: bool = True
    holds: frozenset[Holds] = frozenset()
    from_zero: bool = False
    events: bool = False
    middle: bool | str = False
    unique_names: bool = False
    colours: tuple[str, ...] = ()


OTIO = ("otio", "otioz", "otiod")
"""Ids of the formats that are OpenTimelineIO's own."""

_ALL = frozenset(Holds)
_HUES = ("RED", "PINK", "ORANGE", "YELLOW", "GREEN", "CYAN", "BLUE", "PURPLE", "MAGENTA")
_COLOURS = (*_HUES, "WHITE", "BLACK")
FORMATS = (
    Format("otio", (".otio",), "OpenTimelineIO", holds=_ALL),
    Format("otioz", (".otioz",), "OpenTimelineIO bundle", holds=_ALL),
    Format("otiod", (".otiod",), "OpenTimelineIO folder", holds=_ALL),
    Format(
        "edl",
        (".edl",),
        "CMX 3600 EDL",
        holds=frozenset(
            (
                Holds.RETIMES,
                Holds.FREEZES,
                Holds.NO_MEDIA,
                Holds.UNKNOWN_EXTENTS,
                Holds.TRANSITIONS,
                Holds.WIPES,
                Holds.START,
                Holds.DROP_FRAME,
                Holds.EDIT_NAME,
                Holds.CLIP_NAMES,
                Holds.CLIP_MARKERS,
            )
        ),
        events=True,
        colours=_COLOURS,
    ),
    Format(
        "fcp_xml",
        (".xml",),
        "Final Cut Pro 7 XML",
        holds=frozenset(
            (
                Holds.TRACKS,
                Holds.SOUND,
                Holds.RETIMES,
                Holds.FREEZES,
                Holds.TRANSITIONS,
                Holds.FADES,
                Holds.DISABLED,
                Holds.NO_MEDIA,
                Holds.NESTING,
                Holds.MIXED_RATES,
                Holds.GENERATORS,
                Holds.CLIP_MARKERS,
                Holds.EDIT_MARKERS,
                Holds.MARKER_LENGTHS,
                Holds.START,
                Holds.DROP_FRAME,
                Holds.EDIT_NAME,
                Holds.CLIP_NAMES,
                Holds.EMPTY_TRACKS,
                Holds.DISABLED_TRACKS,
                Holds.HIDDEN_MARKERS,
            )
        ),
        middle="ends",
        colours=("RED",),
    ),
    Format(
        "aaf",
        (".aaf",),
        "AAF",
        holds=frozenset(
            (
                Holds.TRACKS,
                Holds.SOUND,
                Holds.START,
                Holds.DROP_FRAME,
                Holds.EDIT_NAME,
                Holds.CLIP_NAMES,
            )
        ),
    ),
    Format(
        "mlt",
        (".mlt",),
        "MLT XML",
        holds=frozenset(
            (
                Holds.TRACKS,
                Holds.SOUND,
                Holds.RETIMES,
                Holds.MIXED_RATES,
                Holds.EDIT_NAME,
                Holds.CLIP_NAMES,
                Holds.TRACK_NAMES,
                Holds.EMPTY_TRACKS,
                Holds.DISABLED_TRACKS,
            )
        ),
        from_zero=True,
    ),
    Format(
        "kdenlive",
        (".kdenlive",),
        "Kdenlive project",
        holds=frozenset(
            (
                Holds.TRACKS,
                Holds.SOUND,
                Holds.RETIMES,
                Holds.MIXED_RATES,
                Holds.EDIT_NAME,
                Holds.TRACK_NAMES,
                Holds.EDIT_MARKERS,
                Holds.EMPTY_TRACKS,
            )
        ),
        from_zero=True,
        colours=("PURPLE", *_HUES),
    ),
    Format(
        "xges",
        (".xges",),
        "GES project",
        holds=frozenset(
            (
                Holds.TRACKS,
                Holds.SOUND,
                Holds.TRANSITIONS,
                Holds.EDIT_MARKERS,
                Holds.EDIT_NAME,
                Holds.CLIP_NAMES,
            )
        ),
        from_zero=True,
        middle=True,
        unique_names=True,
        colours=_COLOURS,
    ),
    Format(
        "fcpxml",
        (".fcpxml",),
        "FCPXML",
        holds=frozenset(
            (
                Holds.TRACKS,
                Holds.SOUND,
                Holds.START,
                Holds.DROP_FRAME,
                Holds.EDIT_NAME,
                Holds.CLIP_NAMES,
                Holds.CLIP_MARKERS,
                Holds.MARKER_LENGTHS,
                Holds.HIDDEN_MARKERS,
            )
        ),
        colours=("PURPLE", "RED", "GREEN"),
    ),
)
_BY_ID = {one.id: one for one in FORMATS}
_BY_SUFFIX = {suffix: one for one in FORMATS for suffix in one.suffixes}


def by_id(id: str) -> Format:
    """The format of this id; KeyError if there is none."""
    return _BY_ID[id]


def of(path: Path) -> Format:
    """The format that a path's suffix names.

    Raises:
        EditError: it names none.
    """
    found = _BY_SUFFIX.get(path.suffix.lower())
    if found is None:
        raise EditError(
            f"{path.name or path} is not of a supported format.",
            f"Edits are read and written as {', '.join(_BY_SUFFIX)}.",
            "Export the edit as one of these, best as OpenTimelineIO (.otio).",
        )
    return found
