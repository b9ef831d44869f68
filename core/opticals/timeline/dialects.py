"""How each program reads and writes edits: one table, and the way there and back.

In memory there is one form (`retimes`). `settle` brings to it what a program wrote, `express` makes
of it what a program reads. The plain `.otio` of `generic` needs neither and is always the master.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opentimelineio.core import Composition
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import ImageSequenceReference, Timeline

from opticals.errors import EditError, ShotError
from opticals.timeline import piece
from opticals.timeline.formats import Format, Holds, by_id, held, losses
from opticals.timeline.formats import of as of_path
from opticals.timeline.formats.held import count
from opticals.timeline.layout import item_range
from opticals.timeline.retimes import speed_of, time_effects
from opticals.timeline.urls import is_relative, media_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentimelineio.core import Item

    from opticals.timeline.shot import Shot

KEY = "opticals"
RETIMES, ORIGIN = "retimes", "origin"  # in a timeline's metadata, under KEY
_ALL = frozenset(Holds)
_PLAIN = "0.15.0"  # the OTIO release whose schemas all of these read: Clip.2, Marker.2


@dataclass(frozen=True)
class Dialect:
    """How one program takes edits.

    Attributes:
        reads: ids of the formats that it opens, best first.
        holds: what it keeps of an `.otio`.
        doubtful: of these, what nobody has confirmed.
        by_source: whether a retimed item's `source_range.duration` is the length of the source
            that it uses, so that its length on the track is that over the speed.
        bare: whether it wants bare absolute paths rather than URLs.
        mark: in the metadata of what it writes itself.
        told_by: where this is known from.
    """

    id: str
    label: str
    reads: tuple[str, ...]
    holds: frozenset[Holds] = _ALL
    doubtful: frozenset[Holds] = frozenset()
    by_source: bool = False
    bare: bool = True
    mark: str = ""
    told_by: str = ""

    @property
    def otio(self) -> Format:
        """`.otio` as this program takes it."""
        return replace(by_id("otio"), label=f"{self.label}'s OTIO", holds=self.holds)


_OTIO = ("otio", "otioz", "otiod")
_EXACT_SPEED = re.compile(r" \(-?\d+(\.\d+)? FPS\)$", re.IGNORECASE)
_BY_NAME = ("edl", "aaf")  # conformed by reel, mob or clip name, not by path
_OURS = frozenset((Holds.REFERENCES, Holds.METADATA))
DIALECTS = {
    one.id: one
    for one in (
        Dialect(
            "generic",
            "OpenTimelineIO",
            (*_OTIO, "edl", "fcp_xml", "fcpxml", "aaf", "kdenlive", "mlt", "xges"),
            bare=False,
            told_by="OpenTimelineIO's own reading of its schemas",
        ),
        Dialect(
            "resolve",
            "DaVinci Resolve",
            ("otio", "fcp_xml", "fcpxml", "edl", "aaf"),
            holds=_ALL - _OURS - {Holds.WIPES, Holds.EFFECTS},
            doubtful=frozenset((Holds.SEQUENCES, Holds.FREEZES, Holds.NESTING)),
            mark="Resolve_OTIO",
            told_by="edits exported by Resolve 18.5 to 21 and users' reports of what it imports",
        ),
        Dialect(
            "premiere",
            "Premiere Pro",
            ("otio", "fcp_xml", "edl", "aaf"),
            holds=_ALL - _OURS - {Holds.WIPES, Holds.EFFECTS},
            doubtful=frozenset((Holds.SEQUENCES, Holds.FREEZES, Holds.NESTING)),
            by_source=True,
            mark="PremierePro_OTIO",
            told_by="edits exported by Premiere's beta and users' reports of what it imports",
        ),
        Dialect(
            "avid",
            "Media Composer",
            ("aaf", "edl"),
            told_by="Avid's documentation: it opens no OTIO",
        ),
        Dialect(
            "fcp",
            "Final Cut Pro",
            ("fcpxml",),
            told_by="Apple's documentation: it opens FCPXML alone",
        ),
        Dialect(
            "kdenlive",
            "Kdenlive",
            ("otio", "kdenlive", "mlt"),
            holds=_ALL
            - _OURS
            - {
                Holds.RETIMES,
                Holds.FREEZES,
                Holds.SEQUENCES,
                Holds.EFFECTS,
                Holds.START,
                Holds.WIPES,
            },
            doubtful=frozenset((Holds.NESTING, Holds.MIXED_RATES)),
            mark="kdenlive",
            told_by="the source of Kdenlive 25.04, which reads and writes OTIO itself",
        ),
        Dialect(
            "openrv",
            "OpenRV",
            _OTIO,
            bare=False,
            told_by="the source of OpenRV's OTIO reader, which also switches references",
        ),
        Dialect(
            "blender",
            "Blender",
            ("otio", "edl"),
            holds=_ALL
            - _OURS
            - {Holds.RETIMES, Holds.FREEZES, Holds.EFFECTS, Holds.WIPES, Holds.NESTING},
            doubtful=frozenset((Holds.MIXED_RATES, Holds.TRANSITIONS)),
            told_by="OTIO add-ons for the Video Sequence Editor; Blender itself opens none",
        ),
    )
}


def of(program: str) -> Dialect:
    """The dialect of a program.

    Raises:
        EditError: there is none of this name.
    """
    found = DIALECTS.get(program)
    if found is None:
        raise EditError(
            f"There is no program “{program}”.", remedy=f"It is one of: {', '.join(DIALECTS)}."
        )
    return found


def form(dialect: Dialect, format: Format) -> Format:
    """What a program keeps of a file of this format.

    Raises:
        EditError: it does not open such files.
    """
    if format.id not in dialect.reads:
        suffixes = [by_id(one).suffixes[0] for one in dialect.reads if by_id(one).writes]
        raise EditError(
            f"{dialect.label} does not open {format.label} ({format.suffixes[0]}).",
            remedy=f"Name a file that ends in {' or '.join(suffixes)}.",
        )
    return replace(dialect.otio, id=format.id) if format.id in _OTIO else format


def default(timeline: Timeline, path: Path) -> str:
    """The program that an edit is written for unless another is named: the one it came from, if
    that opens such files."""
    found = DIALECTS.get(writer(timeline), DIALECTS["generic"])
    return found.id if of_path(path).id in found.reads else "generic"


def usual_suffix(dialect: Dialect, like: Path) -> str:
    """Of a new edit that comes from the edit `like`: its own where the program opens such files
    and they can be written."""
    written = [by_id(one) for one in dialect.reads if by_id(one).writes]
    for format in written:
        if like.suffix.lower() in format.suffixes:
            return like.suffix.lower()
    return written[0].suffixes[0]


def told(timeline: Timeline, dialect: Dialect, format: Format) -> tuple[str, ...]:
    """What the program will lose of an edit, or may lose; said before it is written.

    Args:
        format: from `form`.
    """
    found = count(timeline)
    doubtful = [one for one in Holds if one in dialect.doubtful and found[one]]
    doubts = (
        f"It is not known whether {dialect.label} keeps {one.said(found[one])}."
        for one in doubtful
        if format.id in _OTIO
    )
    kept = replace(
        format, holds=format.holds | ({Holds.METADATA} if _from(timeline, format) else set())
    )
    return (*losses(timeline, kept), *doubts)


def _from(timeline: Timeline, format: Format) -> bool:
    """Whether an edit came in this format, so that its metadata are that format's own."""
    return format.id not in _OTIO and origin_format(timeline) == format.id


def needs_baking(shot: Shot, format: Format) -> bool:
    """Whether a program would show other frames of a render of the shot unless that has a frame
    for each record frame.

    Args:
        format: from `form`.
    """
    if shot.straight:
        return False
    needed = set()
    if shot.rate != shot.edit_rate:
        if format.from_zero:  # in frames of the edit, of which few fall on the render's first
            return True
        needed.add(Holds.MIXED_RATES)
    if shot.retimed:
        needed.add(Holds.FREEZES if shot.time.speed == 0 else Holds.RETIMES)
    return not needed <= format.holds


def writer(timeline: Timeline) -> str:
    """The program that wrote an edit, as its metadata tells; empty where it does not."""
    origin = _ours(timeline).get(ORIGIN)
    if hasattr(origin, "get"):
        return str(origin.get("program", ""))
    marks = {one.mark: one.id for one in DIALECTS.values() if one.mark}
    things = (timeline, timeline.tracks, *timeline.tracks, *islice(_items(timeline.tracks), 200))
    for thing in things:
        for key in thing.metadata:
            if key in marks:
                return marks[key]
    return ""


def settle(timeline: Timeline, format: Format, program: str, written_by: str | None) -> bool:
    """Bring what a program wrote to the one form; whether it was known what it means.

    Args:
        program: that wrote the file, as far as the file says.
        written_by: the program that the user names.
    """
    ours = _ours(timeline)
    known = written_by or program or writer(timeline)
    if format.id in _OTIO and ours.get(RETIMES) is None:
        if not known and _is_ambiguous(timeline):
            return False
        if known and of(known).by_source:
            _relengthen(timeline, to_record=True)
    if format.id in _OTIO and not (known or ours):
        return True
    record = {key: ours[key] for key in ours}
    origin = {"program": known, "format": format.id}
    timeline.metadata[KEY] = {ORIGIN: origin, **record, RETIMES: "record"}
    return True


def origin_format(timeline: Timeline) -> str:
    """The id of the format that an edit was first read in; `otio` where it is not noted."""
    origin = _ours(timeline).get(ORIGIN)
    return str(origin.get("format", "otio")) if hasattr(origin, "get") else "otio"


def express(
    timeline: Timeline, dialect: Dialect, format: Format, name: str, folder: Path | None
) -> Timeline:
    """A copy as the program takes it, in the one form: what it does not hold is gone, paths are
    absolute.

    Args:
        format: from `form`.
        name: for the timeline: programs refuse a second one of the same name.
        folder: what relative media paths count from.
    """
    copy = held(timeline, format)
    if format.id in _BY_NAME:
        _name_renders(copy)
    for clip in copy.find_clips():
        # Left from a retime that was baked, adapters write it again.
        if piece.is_render(clip.media_reference) and not time_effects(clip):
            for key in [key for key in clip.metadata if key == "fcp_xml"]:
                del clip.metadata[key]
    if Holds.EDIT_NAME in format.holds:
        copy.name = name
    for clip in copy.find_clips():
        for reference in clip.media_references().values():
            _absolute(reference, folder, bare=dialect.bare)
    if Holds.METADATA not in format.holds:
        counting = _ours(copy).get("drop_frame")
        for thing in (copy, *copy.tracks, *_items(copy.tracks)):
            if any(key == KEY for key in thing.metadata):
                del thing.metadata[KEY]
        if counting is not None and Holds.DROP_FRAME in format.holds:
            copy.metadata[KEY] = {"drop_frame": counting}
    return copy


def _name_renders(timeline: Timeline) -> None:
    """Give clips that show renders the names and identities of these: with those of the source
    they would be conformed to the source."""
    for clip in timeline.find_clips():
        reference = clip.media_reference
        if not piece.is_render(reference):
            continue
        speed = _EXACT_SPEED.search(clip.name)  # M2 lines have one decimal
        clip.name = reference.target_url.rpartition("/")[2] + (speed[0] if speed else "")
        for key in [key for key in clip.metadata if key in ("cmx_3600", "AAF")]:
            del clip.metadata[key]


def spell(timeline: Timeline, dialect: Dialect, format: Format) -> Timeline:
    """What `express` made, with the lengths as the program counts them."""
    if not (dialect.by_source and format.id in _OTIO and _is_ambiguous(timeline)):
        return timeline
    copy = timeline.deepcopy()
    _relengthen(copy, to_record=False)
    return copy


def schema_versions(dialect: Dialect) -> dict[str, int]:
    """The schemas that a program knows; none for those that follow OTIO itself."""
    import opentimelineio as otio

    if dialect.id in ("generic", "openrv"):
        return {}
    return dict(otio.versioning.fetch_map("OTIO_CORE", _PLAIN))


def _ours(timeline: Timeline) -> Any:
    found = timeline.metadata.get(KEY)
    return found if hasattr(found, "get") else {}


def _items(parent: Composition) -> Iterator[Item]:
    for child in parent:
        if hasattr(child, "source_range"):
            yield child
        if isinstance(child, Composition):
            yield from _items(child)


def _is_ambiguous(timeline: Timeline) -> bool:
    """Whether an item has a length that programs count differently."""
    return any(_divides(item) for item in _items(timeline.tracks))


def _divides(item: Item) -> Fraction:
    """The speed of an item whose length depends on who counts it; 0 for others."""
    if not time_effects(item):
        return Fraction(0)
    try:
        speed = speed_of(item)
    except ShotError:
        return Fraction(0)  # it cannot be followed anyway
    return Fraction(0) if abs(speed) in (0, 1) else abs(speed)


def _relengthen(timeline: Timeline, *, to_record: bool) -> None:
    """Change the lengths of retimed items from those of the source to the track, or back."""
    for item in _items(timeline.tracks):
        speed = _divides(item)
        timed = item_range(item)
        if not speed or timed is None:
            continue
        length = Fraction(timed.duration.value) * (1 / speed if to_record else speed)
        item.source_range = TimeRange(
            timed.start_time, RationalTime(round(float(length), 9), timed.duration.rate)
        )


def _absolute(reference: Any, folder: Path | None, *, bare: bool) -> None:
    """Let a media reference name its files whatever folder the edit is in."""
    names_files = isinstance(reference, ImageSequenceReference)
    field = "target_url_base" if names_files else "target_url"
    url = getattr(reference, field, None)
    if url is None or (not url and not names_files):
        return
    path = media_path(url, folder) if url else folder
    if path is None or (url.startswith("file:") and not bare and not is_relative(url)):
        return
    slash = "/" if names_files else ""
    setattr(reference, field, f"{path.as_posix().rstrip('/')}{slash}")
