"""What an edit says of a medium that is to be found: names, reels and the frames shown of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from opentimelineio.opentime import RationalTime
from opentimelineio.schema import ImageSequenceReference

from opticals.errors import ShotError
from opticals.timeline import piece
from opticals.timeline.extent import counted
from opticals.timeline.layout import item_range
from opticals.timeline.relink.index import key
from opticals.timeline.retimes import speed_of
from opticals.timeline.times import Exact, rate_of, to_frames
from opticals.timeline.urls import sequence_url, spellings

if TYPE_CHECKING:
    from opentimelineio.core import MediaReference
    from opentimelineio.opentime import TimeRange
    from opentimelineio.schema import Clip

# Where programs note the name of a tape: EDLs, Final Cut, Avid, Resolve.
_REEL_KEYS = re.compile(r"(source )?(reel|tape)([ _-]?(name|id))?", re.IGNORECASE)
_REEL_SUFFIX = re.compile(r".*\.(reel|tape)(name)?", re.IGNORECASE)  # com.apple...studio.reel
_NOTED = re.compile("reel|tape", re.IGNORECASE)
_SOURCE_FILE = re.compile(r"\s*SOURCE FILE:\s*(.+?)\s*", re.IGNORECASE)
# What is added to the name of an original for its proxy.
_PROXY = re.compile(r"(\.\d+)?[ ._-]*prox(y|ies)", re.IGNORECASE)
_DEPTH = 12  # of metadata


@dataclass(frozen=True)
class Sought:
    """A medium to look for.

    Attributes:
        names: file names, the likeliest first; they may lack a suffix.
        files: those of them that the edit gives as names of files.
        reels: names of tapes.
        folders: names of the folders it was in, from the innermost outwards.
        start, duration: of the range that the clip shows, in the time of the medium.
        speed: medium frames per frame of that range; None where it is not constant.
        available: the extent of the medium, as far as the edit says.
        numbers: of the first and the last file shown, of a reference to a sequence.
        sound: whether sound is wanted of it, not pictures.
    """

    names: tuple[str, ...]
    files: tuple[str, ...]
    reels: tuple[str, ...]
    folders: tuple[str, ...]
    start: RationalTime
    duration: RationalTime
    speed: Fraction | None
    available: TimeRange | None = None
    numbers: tuple[int, int] | None = None
    sound: bool = False

    @property
    def rate(self) -> Fraction:
        return rate_of(self.start)

    @property
    def counted_at(self) -> Fraction:
        """The rate that the edit gives for the medium."""
        return self.rate if self.available is None else rate_of(self.available.duration)

    def said_by(self, extent: TimeRange | None) -> Sought:
        """With what the edit leaves out told by the medium that it has."""
        return replace(self, available=self.available or extent)

    @property
    def stems(self) -> tuple[str, ...]:
        return _stems(self.names)

    def is_file(self, name: str) -> bool:
        """Whether the edit gives a file of this name, whatever its suffix."""
        return key(name) in map(key, _stems(self.files))

    def shown(self, rate: Fraction, within: tuple[Exact, Exact]) -> tuple[int, int]:
        """The first and the last frame shown, counted at `rate`, of a medium that has the frames
        `within` (the end not included)."""
        first = counted(self.start, rate, within)
        length = to_frames(self.duration, self.rate)
        pace = abs(Fraction(1) if self.speed is None else self.speed) * rate / self.rate
        return math.floor(first), math.floor(first + max(math.ceil(length) - 1, 0) * pace)


def sought(clip: Clip, *, sound: bool) -> Sought | None:
    """What a clip shows; None where it does not say which range."""
    timed = item_range(clip)
    if timed is None:
        return None
    current = clip.media_reference
    # A clip may hold other media of the same pictures: their names are worth a look.
    references = [current, *(one for one in clip.media_references().values() if one is not current)]
    references = [one for one in references if one is not None and piece.KEY not in one.metadata]
    files = [name for one in references for name in _file_names(one)]
    files = list(dict.fromkeys(name for name in files if name))
    names = files + [name for one in references if (name := one.name.strip())]
    names += [clip.name.strip(), *_noted_files(clip)]
    texts = spellings(url_of(current))
    speed = _speed(clip)
    available = getattr(current, "available_range", None)
    return Sought(
        tuple(dict.fromkeys(name for name in names if name.strip("/\\. "))),
        tuple(files),
        tuple(dict.fromkeys(reel for name in _reels(clip, references) for reel in _short(name))),
        tuple(texts[0].split("/")[-2::-1]) if texts else (),
        timed.start_time,
        timed.duration,
        speed,
        available,
        _numbers(current, timed, speed) if isinstance(current, ImageSequenceReference) else None,
        sound,
    )


def _stems(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names as they are, without suffix, and without what marks a proxy."""
    found = [one for name in names for one in (name, PurePosixPath(name).stem)]
    plain = [one[: match.start()] for one in found if (match := _PROXY.search(one))]
    found += [one for name in plain for one in (name, PurePosixPath(name).stem)]
    return tuple(dict.fromkeys(one for one in found if one))


def url_of(reference: MediaReference | None) -> str:
    """The URL of a medium, of a sequence with a place for the number; "" where it has none."""
    if isinstance(reference, ImageSequenceReference):
        return sequence_url(reference)
    return str(getattr(reference, "target_url", None) or "")


def _file_names(reference: MediaReference) -> Iterator[str]:
    for text in spellings(url_of(reference)):
        yield text.rpartition("/")[2]


def _speed(clip: Clip) -> Fraction | None:
    try:
        return speed_of(clip)
    except ShotError:
        return None


def _numbers(
    reference: ImageSequenceReference, timed: TimeRange, speed: Fraction | None
) -> tuple[int, int]:
    """The numbers of the first and the last file shown. A sequence that counts by a step shows
    each of its files for so many frames."""
    own, available = rate_of(timed.start_time), reference.available_range
    rate = own if available is None else rate_of(available.duration)
    if reference.rate > 1:  # OTIO writes 1 where nothing is said
        rate = rate_of(RationalTime(0, reference.rate))
    start: Exact = 0
    within: tuple[Exact, Exact] = (0, 0)
    if available is not None:
        start = to_frames(available.start_time, rate)
        within = start, start + to_frames(available.duration, rate)
    first = counted(timed.start_time, rate, within) - start
    frames = math.ceil(to_frames(timed.duration, own))
    pace = abs(Fraction(1) if speed is None else speed) * rate / own
    step = max(reference.frame_step, 1)
    low, high = (
        reference.start_frame + math.floor(place / step) * step
        for place in (first, first + max(frames - 1, 0) * pace)
    )
    return low, high


def _noted_files(clip: Clip) -> Iterator[str]:
    """Names in the comments of an edit decision list."""
    noted = clip.metadata.get("cmx_3600", {})
    comments = noted.get("comments", ()) if isinstance(noted, Mapping) else ()
    for comment in comments if isinstance(comments, Sequence) else ():
        match = _SOURCE_FILE.fullmatch(comment) if isinstance(comment, str) else None
        if match is not None:
            yield match[1].replace("\\", "/").rpartition("/")[2]


def _short(reel: str) -> Iterator[str]:
    """A reel, and what it is of the name of a file: SC00.JPG, or Z677_4C. where it was cut."""
    yield reel
    if short := reel.rpartition(".")[0]:
        yield short


def _reels(clip: Clip, references: list[MediaReference]) -> Iterator[str]:
    # Most clips note none, and going through OTIO's containers is slow.
    if not _NOTED.search(clip.to_json_string(indent=-1)):
        return
    for holder in (clip, *references):
        for name, held in holder.metadata.items():
            if name != piece.KEY:
                yield from _reels_in(name, held, _DEPTH)


def _reels_in(name: str, held: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(held, Mapping):
        essence = held.get("EssenceDescription")  # a source mob of an AAF
        if isinstance(essence, Mapping) and essence.get("ClassName") == "TapeDescriptor":
            yield from _reels_in("tape", held.get("Name"), depth - 1)
        if _is_reel(name):
            yield from _reels_in(name, held.get("name"), depth - 1)
        for inner, value in held.items():
            yield from _reels_in(inner, value, depth - 1)
    elif isinstance(held, str):
        if _is_reel(name) and held.strip():
            yield held.strip()
    elif isinstance(held, Sequence):
        for value in held:
            yield from _reels_in(name, value, depth - 1)


def _is_reel(name: str) -> bool:
    return bool(_REEL_KEYS.fullmatch(name) or _REEL_SUFFIX.fullmatch(name))
