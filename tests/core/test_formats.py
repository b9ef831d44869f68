"""Other programs' formats: what each is said to hold is what comes back from it."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import pytest
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.timeline import formats, retimes
from opticals.timeline.formats import Format, Holds
from opticals.timeline.layout import counts_drop_frame, item_range, lay_out, most_common_rate
from opticals.timeline.times import to_frames
from opticals.timeline.urls import media_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRITTEN = [one for one in formats.FORMATS if one.writes and one.id not in ("otio",)]
RATES = [Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(24), Fraction(50)]


def at(frame: float, rate: Fraction) -> RationalTime:
    return RationalTime(frame, float(rate))


def span(start: float, frames: float, rate: Fraction) -> TimeRange:
    return TimeRange(at(start, rate), at(frames, rate))


class Maker:
    """An edit with one video track, and what tests add to it."""

    def __init__(self, rate: Fraction = Fraction(25), start: int = 0, media_start: int = 0) -> None:
        self.rate, self.media_start = rate, media_start
        self.timeline = schema.Timeline("cut", global_start_time=at(start, rate))
        self.track("Video", [self.clip("one", 10, 40), self.clip("two", 20, 50)])

    def clip(self, name: str, first: int, frames: int, medium: str = "") -> schema.Clip:
        reference = schema.ExternalReference(
            f"/media/{medium or name}.mov", span(self.media_start, 1000, self.rate)
        )
        reference.name = name
        return schema.Clip(name, reference, span(self.media_start + first, frames, self.rate))

    def track(self, kind: str, items: list[Any]) -> schema.Track:
        track = schema.Track("", kind=kind)
        track.extend(items)
        self.timeline.tracks.append(track)
        return track

    @property
    def first(self) -> schema.Track:
        return self.timeline.tracks[0]

    def gap(self, frames: int) -> schema.Gap:
        return schema.Gap(source_range=span(0, frames, self.rate))


def account(timeline: schema.Timeline) -> list[Any]:
    """What an edit says, free of how it is said: places, media, source frames, speeds, marks."""
    rate = most_common_rate(timeline)
    start = timeline.global_start_time
    told: list[Any] = [
        rate,
        timeline.name,
        0 if start is None else to_frames(start, rate),
        counts_drop_frame(timeline, rate),
        _marks(timeline.tracks, rate, 0),
    ]
    lanes = lay_out(timeline, rate, 0)
    return told + [
        [
            lane.track.kind,
            lane.track.enabled,
            [row for slot in lane.slots for row in _row(slot, rate)],
        ]
        for lane in lanes
        if any(not isinstance(slot.item, schema.Gap) for slot in lane.slots)
    ]


def _row(slot: Any, rate: Fraction) -> list[Any]:
    item = slot.item
    if isinstance(item, schema.Gap):
        return []
    if isinstance(item, schema.Transition):
        sides = tuple(to_frames(one, rate) for one in (item.in_offset, item.out_offset))
        return [("transition", slot.start, *sides, item.transition_type)]
    reference = item.media_reference if isinstance(item, schema.Clip) else None
    available = None if reference is None else reference.available_range
    begin = 0 if available is None else to_frames(available.start_time, rate)
    medium = getattr(reference, "generator_kind", None)
    if isinstance(reference, schema.ExternalReference):
        medium = str(media_path(reference.target_url, None))
    inside = account_of(item, rate) if not isinstance(item, schema.Clip) else None
    speed = retimes.speed_of(item)
    first = to_frames(item_range(item).start_time, rate) - begin
    frames = int(slot.frames) if speed != 1 else 1
    shown = [floor(first + k * abs(speed) + Fraction(1, 10**6)) for k in range(frames)]
    return [
        (
            type(item).__name__,
            slot.start,
            slot.frames,
            item.name,
            medium,
            shown,
            round(float(speed), 6),
            item.enabled,
            _marks(item, rate, begin),
            inside,
        )
    ]


def account_of(stack: Any, rate: Fraction) -> list[Any]:
    edit = schema.Timeline(global_start_time=at(0, rate))
    edit.tracks = schema.Stack(children=[one.deepcopy() for one in stack])
    return account(edit)


def _marks(item: Any, rate: Fraction, origin: Any) -> list[Any]:
    return sorted(
        (
            to_frames(one.marked_range.start_time, rate) - origin,
            to_frames(one.marked_range.duration, rate),
            one.name,
        )
        for one in item.markers
    )


def comes_back(made: schema.Timeline, format: Format, folder: Path, rate: Fraction) -> None:
    """Written and read, it is what `held` said that it would be."""
    path = folder / f"cut{format.suffixes[0]}"
    before = made.to_json_string()
    formats.write(made, path, format)
    assert made.to_json_string() == before
    back = formats.read(path, rate).timeline
    assert account(back) == account(formats.held(made, format))


def _sound(make: Maker) -> None:
    make.track("Audio", [make.clip("sound", 5, 60)])


def _tracks(make: Maker) -> None:
    make.track("Video", [make.gap(30), make.clip("three", 0, 20)])


def _retimes(make: Maker) -> None:
    for speed, start in ((2, 100), (0.5, 100), (-1, 100), (0.75, 101), (-0.5, 100)):
        clip = make.clip(f"s{len(make.first)}", start, 24)
        retimes.set_speed(clip, Fraction(speed))
        make.first.append(clip)


def _freezes(make: Maker) -> None:
    clip = make.clip("still", 33, 20)
    retimes.set_speed(clip, Fraction(0))
    make.first.append(clip)


def _transitions(make: Maker) -> None:
    make.first.insert(
        1, schema.Transition("dissolve", "SMPTE_Dissolve", at(6, make.rate), at(8, make.rate))
    )
    make.first.append(make.clip("last", 100, 30))


def _fades(make: Maker) -> None:
    make.first.insert(
        0, schema.Transition("fade", "SMPTE_Dissolve", at(0, make.rate), at(10, make.rate))
    )
    make.first.insert(0, make.gap(20))
    make.first.append(
        schema.Transition("fade", "SMPTE_Dissolve", at(10, make.rate), at(0, make.rate))
    )


def _disabled(make: Maker) -> None:
    make.first[1].enabled = False


def _no_media(make: Maker) -> None:
    make.first.append(schema.Clip("lost", schema.MissingReference(), span(0, 12, make.rate)))


def _generators(make: Maker) -> None:
    reference = schema.GeneratorReference("bars", "SMPTEBars", span(0, 12, make.rate))
    make.first.append(schema.Clip("bars", reference, span(0, 12, make.rate)))


def _references(make: Maker) -> None:
    clip = make.first[0]
    held = {**clip.media_references(), "proxy": schema.ExternalReference("/media/proxy.mov")}
    clip.set_media_references(held, schema.Clip.DEFAULT_MEDIA_KEY)


def _clip_markers(make: Maker) -> None:
    make.first[1].markers.append(
        schema.Marker("CLAP", span(make.media_start + 25, 0, make.rate), "RED")
    )


def _marker_lengths(make: Maker) -> None:
    make.first[1].markers.append(
        schema.Marker("CLAP", span(make.media_start + 25, 5, make.rate), "RED")
    )


def _edit_markers(make: Maker) -> None:
    make.timeline.tracks.markers.append(schema.Marker("here", span(33, 0, make.rate), "GREEN"))


def _nesting(make: Maker) -> None:
    inner = schema.Track("", kind="Video")
    inner.extend([make.clip("in", 0, 30), make.clip("inner", 50, 30)])
    stack = schema.Stack("compound", [inner], span(5, 40, make.rate))
    make.first.append(stack)
    make.first.append(make.clip("after", 0, 20))


def _effects(make: Maker) -> None:
    make.first[0].effects.append(schema.Effect("glow", "Glow"))


def _gaps(make: Maker) -> None:
    make.first.insert(1, make.gap(13))
    make.first.insert(0, make.gap(7))


def _twice(make: Maker) -> None:
    """The same clip twice: equal to the letter."""
    make.first.append(make.clip("one", 10, 40))
    make.first.append(make.clip("one", 10, 40))


def _plain(make: Maker) -> None:
    pass


FEATURES: dict[Callable[[Maker], None], Holds | None] = {
    _plain: None,
    _twice: None,
    _sound: Holds.SOUND,
    _tracks: Holds.TRACKS,
    _retimes: Holds.RETIMES,
    _freezes: Holds.FREEZES,
    _disabled: Holds.DISABLED,
    _no_media: Holds.NO_MEDIA,
    _generators: Holds.GENERATORS,
    _references: Holds.REFERENCES,
    _clip_markers: Holds.CLIP_MARKERS,
    _marker_lengths: Holds.MARKER_LENGTHS,
    _edit_markers: Holds.EDIT_MARKERS,
    _nesting: Holds.NESTING,
    _effects: Holds.EFFECTS,
    _transitions: Holds.TRANSITIONS,
    _fades: Holds.FADES,
    _gaps: None,
}


@pytest.mark.parametrize("format", WRITTEN, ids=lambda one: one.id)
@pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.__name__)
def test_what_a_format_holds_comes_back(
    feature: Callable[[Maker], None], format: Format, tmp_path: Path
) -> None:
    make = Maker(start=90000, media_start=3600)
    feature(make)
    needs = FEATURES[feature]
    if needs is None or needs in format.holds or not needs.wrong_without:
        comes_back(make.timeline, format, tmp_path, make.rate)
    else:
        refused = formats.refusals(make.timeline, format)
        assert len(refused) == 1
        assert needs.words.split(",")[0] in refused[0].why
        with pytest.raises(type(refused[0])):
            formats.write(make.timeline, tmp_path / "x", format)
        assert not (tmp_path / "x").exists()
    if needs is not None and not needs.wrong_without:
        said = " ".join(formats.losses(make.timeline, format))
        assert (needs.words in said) is (needs not in format.holds)


@pytest.mark.parametrize("format", WRITTEN, ids=lambda one: one.id)
@pytest.mark.parametrize("rate", RATES, ids=lambda one: f"{float(one):.2f}")
def test_every_rate_comes_back(rate: Fraction, format: Format, tmp_path: Path) -> None:
    make = Maker(rate, start=107892, media_start=1001)
    make.first.append(make.clip("long", 17, 900))
    if formats.refusals(make.timeline, format):
        assert rate.denominator != 1
        return
    comes_back(make.timeline, format, tmp_path, rate)
