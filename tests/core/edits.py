"""Edits made for tests, renders that fit them, and a slow, plain account of what they show."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.recipe import Recipe, step
from opticals.rendering.job import Render
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import TimeMap

RATES = (25.0, 24.0, 23.976, 30000 / 1001, 59.94)


def span(start: float, frames: float, rate: float = 25.0) -> TimeRange:
    return TimeRange(RationalTime(start, rate), RationalTime(frames, rate))


def clip(
    name: str, medium: Path | str, first: int, frames: int, rate: float = 25.0, start: int = 90000
) -> schema.Clip:
    """`frames` from frame `first` of a medium of 1000 frames that starts at `start`."""
    reference = schema.ExternalReference(str(medium), span(start, 1000, rate))
    return schema.Clip(name, reference, span(start + first, frames, rate))


def gap(frames: int, rate: float = 25.0) -> schema.Gap:
    return schema.Gap(source_range=span(0, frames, rate))


def dissolve(before: int, after: int, rate: float = 25.0) -> schema.Transition:
    return schema.Transition(
        "dissolve", "SMPTE_Dissolve", RationalTime(before, rate), RationalTime(after, rate)
    )


def marker(name: str, start: int, frames: int = 1, rate: float = 25.0) -> schema.Marker:
    return schema.Marker(name, span(start, frames, rate))


def timeline(*tracks: tuple[str, list], rate: float = 25.0, start: int = 90000) -> schema.Timeline:
    """`timeline(("Video", [clip, gap]), ("Audio", [...]))`."""
    made = schema.Timeline("cut", global_start_time=RationalTime(start, rate))
    for number, (kind, items) in enumerate(tracks, 1):
        track = schema.Track(f"{kind} {number}", kind=kind)
        track.extend(items)
        made.tracks.append(track)
    return made


def plain_shot(
    id: str,
    name: str,
    media: str,
    rate: Fraction,
    drop_frame: bool,
    media_start: int,
    media_frames: int | None,
    clip_first: int,
    clip_frames: int,
    clip_record: int,
    first: int,
    frames: int,
    **more: object,
) -> Shot:
    """A shot at normal speed, at the edit's own rate: the range in frames of the medium."""
    return Shot(
        id=id,
        name=name,
        media=media,
        rate=rate,
        edit_rate=rate,
        drop_frame=drop_frame,
        media_start=media_start,
        media_frames=media_frames,
        time=TimeMap.plain(clip_record, clip_first, clip_frames),
        record=clip_record + first - clip_first,
        record_frames=frames,
        **more,
    )


def render_of(
    shot: Shot,
    factor: int = 1,
    handles: int = 12,
    *,
    name: str = "",
    draft: bool = False,
    **changes: object,
) -> Render:
    """What the engine would make of a shot: `factor` frames for each, and handles."""
    values = {
        "path": Path(shot.media).parent / f"{name or shot.id.replace(':', '-') + '_x_v001'}.mov",
        "shot": shot,
        "recipe": Recipe((step("copy"),)),
        "frames": shot.frames * factor + 2 * handles,
        "head": handles,
        "selected": shot.frames * factor,
        "rate": shot.rate,
        "width": 64,
        "height": 48,
        "start": shot.media_start + shot.first - handles,
        "drop_frame": shot.drop_frame,
        "format": "prores_hq",
        "draft": draft,
        "details": {"device": "cpu", "models": [{"sha256": "ab", "size": 1}], "psnr": 51.25},
    }
    return Render(**{**values, **changes})


Picture = tuple[str, int] | None


def shows(edit: schema.Timeline) -> list[list[Picture]]:
    """For each track: medium and frame of that medium's timecode at every record position.

    Nothing but OTIO's raw ranges, counted out one by one.
    """
    tracks = []
    for track in edit.tracks:
        pictures: list[Picture] = []
        for child in track:
            if isinstance(child, schema.Transition):
                continue
            timed = child.source_range or child.available_range()
            for frame in range(round(timed.duration.value)):
                if isinstance(child, schema.Gap):
                    pictures.append(None)
                else:
                    url = child.media_reference.target_url
                    pictures.append((url, round(timed.start_time.value) + frame))
        tracks.append(pictures)
    return tracks


def marks(edit: schema.Timeline) -> list[tuple[str, int, int]]:
    """(name, start, frames) of the markers of the edit and its tracks."""
    return [
        (one.name, round(one.marked_range.start_time.value), round(one.marked_range.duration.value))
        for holder in (edit.tracks, *edit.tracks)
        for one in holder.markers
    ]


@st.composite
def timelines(draw: st.DrawFn, media: list[Path]) -> schema.Timeline:
    """Cuts, gaps, dissolves, markers and effects on one to three video and up to two sound tracks.

    The first video track holds a clip.
    """
    rate = draw(st.sampled_from(RATES))
    small = st.integers(1, 12)
    tracks = []
    for kind in ["Video"] * draw(st.integers(1, 3)) + ["Audio"] * draw(st.integers(0, 2)):
        items: list = []
        for number in range(draw(st.integers(0 if tracks else 1, 5))):
            if items and draw(st.integers(0, 3)) == 0:
                items.append(gap(draw(small), rate))
                continue
            frames = draw(small)
            made = clip(
                f"c{number}",
                draw(st.sampled_from(media)),
                draw(st.integers(100, 800)),
                frames,
                rate,
            )
            if draw(st.integers(0, 5)) == 0:
                made.source_range = None
                made.media_reference.available_range = span(90000, frames, rate)
            for n in range(draw(st.integers(0, 2))):
                first = int((made.source_range or made.available_range()).start_time.value)
                made.markers.append(
                    marker(
                        f"k{n}", first + draw(st.integers(-2, 14)), draw(st.integers(0, 5)), rate
                    )
                )
            if draw(st.booleans()):
                made.effects.append(schema.Effect("glow", "Glow", {"radius": 3}))
            made.metadata["studio"] = {"id": number, "note": "größer"}
            if items and isinstance(items[-1], schema.Clip) and draw(st.integers(0, 2)) == 0:
                previous, own = (
                    (one.source_range or one.available_range()).duration.value
                    for one in (items[-1], made)
                )
                if not (items[-1].source_range is None or made.source_range is None):
                    items.append(
                        dissolve(
                            draw(st.integers(0, int(previous) // 2)),
                            draw(st.integers(0, int(own) // 2)),
                            rate,
                        )
                    )
            items.append(made)
        tracks.append((kind, items))
    edit = timeline(*tracks, rate=rate, start=draw(st.sampled_from((0, 86400, 90000))))
    for holder in (edit.tracks, *edit.tracks):
        for n in range(draw(st.integers(0, 2))):
            holder.markers.append(
                marker(f"m{n}", draw(st.integers(0, 50)), draw(st.integers(0, 9)), rate)
            )
    return edit
