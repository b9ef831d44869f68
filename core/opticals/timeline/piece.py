"""A clip that holds renders: its versions, and what is needed to go back. All in its metadata.

`clip.metadata["opticals"]` holds `versions` (by name: the render with its recipe, how time was
treated) and, unless the clip is an overlay, `original` (the clip without us, narrowed to the
piece), `whole` (the clip before it was cut) and `cut` (whether we cut at its head, at its tail).
`room` is what a ripple opened for the active version on the other tracks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    ImageSequenceReference,
    Timeline,
)

from opticals.errors import EditError
from opticals.media.sequence import numbering
from opticals.timeline.layout import item_range, known_range
from opticals.timeline.placed import Version, count
from opticals.timeline.retimes import set_speed, speed_of, time_effects
from opticals.timeline.schemas import carried
from opticals.timeline.timemap import marked_at
from opticals.timeline.times import Exact, in_rate, rate_of, span, to_frames
from opticals.timeline.urls import target_url

if TYPE_CHECKING:
    pass

KEY = "opticals"


def is_placed(clip: Any) -> bool:
    """Whether the clip holds renders beside its original."""
    return isinstance(_record(clip).get("original"), Clip)


def is_overlay(clip: Any) -> bool:
    """Whether the clip is a render laid over the cut."""
    return isinstance(_record(clip).get("overlay"), Mapping)


@contextmanager
def _noted(clip: Any) -> Iterator[None]:
    """Reading what is noted on a clip, which any program may have changed."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise EditError.wrap(
            f"What was noted on “{clip.name}” about its renders is damaged.",
            error,
            "Replace the clip by its original in the editing program.",
        ) from error


def overlaid(clip: Clip) -> Version:
    """The render that an overlay holds.

    Raises:
        EditError: what is noted on the clip is damaged.
    """
    with _noted(clip):
        (version,) = versions(clip).values()
        return version


def is_ours(clip: Any) -> bool:
    """Whether renders are placed in the clip, or it is one itself."""
    return bool(_record(clip)) and (is_placed(clip) or is_overlay(clip))


def _record(clip: Any) -> Mapping[str, Any]:
    metadata = clip.metadata
    # Asking OTIO for a key that is not there costs ten times as much as going through them.
    record = metadata[KEY] if any(key == KEY for key in metadata) else None
    return record if isinstance(record, Mapping) else {}


def original(clip: Clip) -> Clip:
    """The clip without us, as it stood when it was placed. Not a copy."""
    return _record(clip)["original"]


def whole(clip: Clip) -> Clip | None:
    """The clip before we cut it. Not a copy."""
    found = _record(clip).get("whole")
    return found if isinstance(found, Clip) else None


def cut_sides(clip: Clip) -> tuple[bool, bool]:
    """Whether we cut at its head, at its tail."""
    with _noted(clip):
        head, tail = _record(clip)["cut"]
        return bool(head), bool(tail)


def room(clip: Clip) -> tuple[str, int] | None:
    """(id, frames) of what a ripple opened for it."""
    with _noted(clip):
        found = _record(clip).get("room")
        return None if found is None else (str(found["id"]), count(found["frames"]))


def versions(clip: Clip) -> dict[str, Version]:
    """The renders it holds, by name, oldest first.

    Raises:
        EditError: what is noted on the clip is damaged.
    """
    with _noted(clip):
        found = [Version.from_json(one) for one in _record(clip)["versions"].values()]
        return {one.name: one for one in found}


def names(timeline: Timeline) -> tuple[str, ...]:
    """The names of all renders that an edit's clips hold."""
    held = (clip for clip in timeline.find_clips() if any(key == KEY for key in clip.metadata))
    return tuple(sorted({name for clip in held for name in _names(clip)}))


def _names(clip: Clip) -> Iterator[str]:
    try:
        with _noted(clip):
            yield from (one.name for one in versions(clip).values())
    except EditError:
        return  # a damaged note concerns its own clip alone


def active(clip: Clip) -> Version | None:
    """The version that its range shows; None for the original.

    Raises:
        EditError: its range is that of none: it was trimmed or slipped since it was placed.
    """
    plain, known = original(clip), versions(clip)
    timed = item_range(clip)
    key = clip.active_media_reference_key
    for name in sorted({*known, ""}, key=lambda name: name != key):
        version = known.get(name)
        if timed == (item_range(plain) if version is None else _look(version, plain)[0]):
            return version
    raise EditError(
        f"“{clip.name}” was trimmed or slipped since the render was placed in it.",
        "It shows neither the range of its original nor that of a version.",
        "Take that change back, or replace the clip by its original in the editing program.",
    )


def reference(
    version: Version, image_bounds: Any, spelled: float
) -> ExternalReference | ImageSequenceReference:
    """The media reference of a render, its rate written as `spelled`."""
    rate = version.rate
    known = {
        "available_range": span(version.render["start"], version.render["frames"], rate, spelled),
        "metadata": {KEY: {"render": version.name, "recipe": version.render["recipe"]}},
    }
    pattern = numbering.pattern_of(version.path) if numbering.is_pattern(version.path) else None
    if pattern is None:
        made = ExternalReference(target_url=target_url(version.path), **known)
    else:
        made = ImageSequenceReference(
            target_url_base=f"{target_url(pattern.folder)}/",
            name_prefix=pattern.prefix,
            name_suffix=pattern.suffix,
            start_frame=version.render["first_number"],
            frame_step=1,
            rate=spelled,
            frame_zero_padding=pattern.digits,
            **known,
        )
    made.name = version.name
    made.available_image_bounds = image_bounds
    return made


def is_render(reference: Any) -> bool:
    """Whether `reference` made the media reference."""
    record = reference.metadata.get(KEY)
    return hasattr(record, "get") and record.get("render") is not None


def dress(
    plain: Clip,
    held: Mapping[str, Version],
    shown: Version | None,
    *,
    whole: Clip | None,
    cut: tuple[bool, bool],
    room: tuple[str, int] | None,
) -> Clip:
    """A copy of `plain` that holds the versions `held` and shows `shown` (None: the original)."""
    placed = plain.deepcopy()
    references = placed.media_references()
    bounds = plain.media_reference.available_image_bounds if plain.media_reference else None
    for name, version in held.items():
        references[name] = reference(version, bounds, _spelled(plain, version.rate))
    key = shown.name if shown else plain.active_media_reference_key
    placed.set_media_references(references, key)
    if shown is not None:
        _move_markers(placed, plain, shown, back=False)
        placed.source_range, speed = _look(shown, plain)
        if speed != speed_of(plain):
            set_speed(placed, speed)
    record: dict[str, Any] = {
        "original": plain.deepcopy(),
        "cut": list(cut),
        # Numbered so that the order survives: OTIO sorts the keys of its dictionaries.
        "versions": {f"{n:03}": one.to_json() for n, one in enumerate(held.values())},
    }
    if whole is not None:
        record["whole"] = whole.deepcopy()
    if room is not None:
        record["room"] = {"id": room[0], "frames": room[1]}
    placed.metadata[KEY] = record
    return placed


def undress(placed: Clip) -> Clip:
    """The clip without us. What others changed on it since it was placed is kept.

    Raises:
        EditError: it was trimmed since, or what is noted on it is damaged.
    """
    with _noted(placed):
        return _undressed(placed)


def _undressed(placed: Clip) -> Clip:
    plain, shown, held = original(placed), active(placed), versions(placed)
    expected = dress(
        plain, held, shown, whole=whole(placed), cut=cut_sides(placed), room=room(placed)
    )
    if expected.is_equivalent_to(placed):
        return plain.deepcopy()
    bare = placed.deepcopy()
    del bare.metadata[KEY]
    references = {name: one for name, one in bare.media_references().items() if name not in held}
    bare.set_media_references(references, plain.active_media_reference_key)
    if _markers(expected) == _markers(placed):
        bare.markers[:] = [marker.deepcopy() for marker in plain.markers]
    elif shown is not None:
        _move_markers(bare, plain, shown, back=True)
    bare.source_range = plain.source_range
    if shown is not None and _look(shown, plain)[1] != speed_of(plain):
        kept = [one for one in bare.effects if one not in time_effects(bare)]
        bare.effects[:] = [*(one.deepcopy() for one in time_effects(plain)), *kept]
    return bare


def _markers(clip: Clip) -> list[str]:
    return [marker.to_json_string() for marker in clip.markers]


def overlay(version: Version, name: str, edit_rate: float, room: tuple[str, int] | None) -> Clip:
    """A clip that holds the render alone, for a record track whose rate is written `edit_rate`."""
    made = Clip(name=name)
    spelled = edit_rate if rate_of(RationalTime(0, edit_rate)) == version.rate else 0.0
    spelled = spelled or float(version.rate)
    made.set_media_references({version.name: reference(version, None, spelled)}, version.name)
    length = in_rate(version.frames, version.shot.edit_rate, edit_rate)
    made.source_range = TimeRange(in_rate(version.place, version.rate, spelled), length)
    set_speed(made, version.pace * version.shot.edit_rate / version.rate)
    record: dict[str, Any] = {
        "overlay": {"track": version.shot.id.partition(":")[0]},
        "versions": {"000": version.to_json()},
    }
    if room is not None:
        record["room"] = {"id": room[0], "frames": room[1]}
    made.metadata[KEY] = record
    return made


def _spelled(plain: Clip, rate: Fraction) -> float:
    """How the clip writes a rate, where it does."""
    available = plain.media_reference.available_range if plain.media_reference else None
    for timed in (known_range(plain), available):
        if timed is not None and rate_of(timed.duration) == rate:
            return float(timed.duration.rate)
    return float(rate)


def _look(version: Version, plain: Clip) -> tuple[TimeRange, Fraction]:
    """Range and speed of the clip while it shows a version."""
    timed, speed = known_range(plain), speed_of(plain)
    shot = version.shot
    length = timed.duration
    if version.time == "ripple":
        length = in_rate(version.frames, shot.edit_rate, timed.duration.rate)
    if version.speed == 1 and not version.baked:
        moved = version.first - shot.media_start - shot.first
        if moved == 0:
            return TimeRange(timed.start_time, length), speed
    start = in_rate(version.place, version.rate, _spelled(plain, version.rate))
    if version.baked:  # in its own rate, which is the edit's
        frames = to_frames(length, version.rate)
        return TimeRange(start, in_rate(frames, version.rate, start.rate)), Fraction(1)
    return TimeRange(start, length), speed / version.speed if version.keeps_timing else speed


def _move_markers(clip: Clip, plain: Clip, version: Version, *, back: bool) -> None:
    """Markers count in the time of the medium: keep each on the picture it was set on."""
    timed, speed = known_range(plain), speed_of(plain)
    rate = version.rate
    # In frames of the render's rate: where the range starts, and how fast that time goes by.
    source, factor = to_frames(timed.start_time, rate), version.speed
    place: Exact = version.place
    if version.baked:
        factor = speed
    elif version.speed == 1 and place == source:
        return
    for marker in clip.markers:
        if carried(marker) is not None:
            continue
        marked = marker.marked_range
        start, length = to_frames(marked.start_time, rate), to_frames(marked.duration, rate)
        if factor == 0:
            start = source if back else place
        elif back:
            length *= abs(factor)
            start -= place
            if factor < 0:
                start = source + (start - version.frames) * factor - max(length, -factor)
            else:
                start = source + start * factor
        else:
            start = place + marked_at(start - source, length, factor, version.frames)
            length /= abs(factor)
        marker.marked_range = TimeRange(
            in_rate(start, rate, marked.start_time.rate),
            in_rate(length, rate, marked.duration.rate),
        )
