"""Finds which frames of which media an edit's clips show; see `opticals.timeline.footage`."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

from opentimelineio.schema import Clip

from opticals.errors import MediaError, MediaOffline, OpticalsError, ShotError
from opticals.timeline import piece, reading
from opticals.timeline.extent import Counting, Extent, extent_of
from opticals.timeline.footage import ClipFootage, Footage
from opticals.timeline.layout import Kind, Lane, Slot, item_range, known_range
from opticals.timeline.reading import Media
from opticals.timeline.timecode import can_drop
from opticals.timeline.times import rate_of, to_frames


class Follower:
    """Finds the footage of clips; until the edit is changed."""

    def __init__(self, counting: Counting) -> None:
        self._counting = counting
        # One look at the disk for each medium, not for each clip of it.
        self._locate = cache(reading.locate)

    def follow(self, lane: Lane, slot: Slot) -> ClipFootage:
        """The footage of the clip in a slot."""
        item = slot.item
        if not isinstance(item, Clip):
            word = "compound" if slot.kind is Kind.COMPOUND else "thing of an unknown kind"
            return ClipFootage(Footage(error=ShotError(f"{slot.label} is a {word}.")))
        key = item.active_media_reference_key
        try:
            held = piece.versions(item) if piece.is_ours(item) else {}
        except OpticalsError:
            held = {}  # a damaged note: the clip still shows what its reference names
        version = key if key in held else ""
        shown = self._footage(lane, slot, item)
        if not version or piece.is_overlay(item):
            return ClipFootage(shown, None, version)
        plain = piece.original(item)
        try:
            frames = to_frames(known_range(plain).duration, self._counting.rate)
        except OpticalsError as error:
            return ClipFootage(shown, Footage(error=error), version)
        below = self._footage(lane, slot._replace(frames=frames), plain)
        return ClipFootage(shown, below, version)

    def _footage(self, lane: Lane, slot: Slot, clip: Clip) -> Footage:
        """What one of the clip's media shows in the slot."""
        counting = self._counting
        state, path = reading.media_of(clip, counting.folder, self._locate)
        trouble = _trouble(state, slot, path)
        try:
            if path is None or item_range(clip) is None:
                raise trouble or ShotError(f"{slot.label} says no range of its medium.")
            medium = _extent(lane, clip, slot.label, path, counting)
            time = reading.time_of(lane, slot, clip, medium, counting)
        except OpticalsError as error:
            return Footage(path, error=trouble or error)
        drop = counting.drop_frame and can_drop(medium.rate)
        return Footage(path, medium.rate, medium.start, drop, time, trouble)


def _extent(lane: Lane, clip: Clip, name: str, path: Path, counting: Counting) -> Extent:
    """The extent of a medium; of sound, which may have no frames, as far as the edit says."""
    if lane.kind == "V":
        return extent_of(clip, name, path, counting)
    timed, available = known_range(clip), clip.media_reference.available_range
    rate = rate_of((available or timed).start_time)
    start = to_frames(available.start_time, rate) if available is not None else Fraction(0)
    if available is None and counting.probe is not None:
        start = _sound_start(path, counting, rate)
    place = to_frames(timed.start_time, rate) - start
    return Extent(rate, int(start), None, place)


def _sound_start(path: Path, counting: Counting, rate: Fraction) -> Fraction:
    """Where the timecode of a medium of sound starts, in frames at `rate`."""
    assert counting.probe is not None
    try:
        found = counting.probe(path)
    except OpticalsError:
        return Fraction(0)  # a medium without pictures has no timecode that is read
    return Fraction(found.start or 0) * rate / found.rate


def _trouble(state: Media, slot: Slot, path: Path | None) -> OpticalsError | None:
    """Why nothing is seen of a medium in this state."""
    if state is Media.OFFLINE:
        return MediaOffline(
            f"The medium of {slot.label} is offline.",
            f"There is no file “{path}”." if path else "The edit names no local file.",
            "Relink the clip, or mount the volume that holds the file.",
        )
    if state is Media.MISSING:
        return MediaOffline(
            f"{slot.label} has no medium.", "The edit names none for it.", "Relink the clip."
        )
    if state in (Media.ONLINE, Media.GAPS):
        return None
    return MediaError(
        f"{slot.label} is a {state.value}.",
        "Only the editing program can show it.",
        "Its place in the cut is kept.",
    )
