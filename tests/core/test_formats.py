"""Other programs' formats: what each is said to hold is what comes back from it."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import pytest
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import EditError
from opticals.timeline import formats, retimes
from opticals.timeline.compare import Aspect, check_written
from opticals.timeline.edit import Edit
from opticals.timeline.formats import Format, Holds
from opticals.timeline.layout import counts_drop_frame, item_range, lay_out, most_common_rate
from opticals.timeline.marks import marks
from opticals.timeline.reading import take
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
            lane.kind,
            getattr(lane.track, "enabled", True),
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


NAMES = frozenset((Aspect.NAMES, Aspect.TRACK_NAMES, Aspect.EDIT_NAME))


def comes_back(made: schema.Timeline, format: Format, folder: Path, rate: Fraction) -> None:
    """Saved and opened, it shows what it showed, and is what `held` said that it would be."""
    path = folder / f"cut{format.suffixes[0]}"
    before = made.to_json_string()
    edit = Edit(made, folder / "made.otio")
    edit.save(path)
    assert made.to_json_string() == before
    back = Edit.open(path, rate=rate, written_by="generic")
    # Formats move the cut within a transition, and which of its frames are whose.
    one, other = (
        {at: row for at, row in shown(it, format).items() if at[1] not in mixed(edit, format)}
        for it in (edit, back)
    )
    assert one == other
    assert marked(back, format) == marked(edit, format)
    held = formats.held(made, format)
    check_written(held, back.timeline, NAMES)
    assert account(back.timeline) == account(held)


def shown(edit: Edit, format: Format) -> dict[tuple[str, int], list[Any]]:
    """The media and their frames that an edit shows on each kind of track at each record frame,
    as far as a format holds the clips."""
    found: dict[tuple[str, int], list[Any]] = {}
    from_zero = 0 if Holds.START in format.holds else edit.start
    for lane in edit.lanes():
        if not getattr(lane.track, "enabled", True) and Holds.DISABLED_TRACKS not in format.holds:
            continue
        if lane.kind == "A" and Holds.SOUND not in format.holds:
            continue
        slots = edit.clips(lane.id) if lane.kind == "V" else [(lane, one) for one in lane.slots]
        for inner, slot in slots:
            item = slot.item
            if not isinstance(item, schema.Clip) or not kept(item, format):
                continue
            medium, frames = told(inner, slot, edit)
            begin = 0
            if format.from_zero and isinstance(item.media_reference, schema.ExternalReference):
                begin = int(to_frames(item.media_reference.available_range.start_time, edit.rate))
            for frame in range(*inner.record(slot)):
                row = found.setdefault((lane.kind, frame - from_zero), [])
                row.append((medium, frames[frame] - begin if medium else None))
    return found


def kept(clip: schema.Clip, format: Format) -> bool:
    """Whether a format keeps a clip; the table says so."""
    lost = {
        Holds.DISABLED: not clip.enabled,
        Holds.GENERATORS: isinstance(clip.media_reference, schema.GeneratorReference),
        Holds.NO_MEDIA: isinstance(clip.media_reference, schema.MissingReference),
    }
    return not any(is_one and one not in format.holds for one, is_one in lost.items())


def told(lane: Any, slot: Any, edit: Edit) -> tuple[str, dict[int, int]]:
    """The medium of a clip, and its frame at each record frame."""
    reference = slot.item.media_reference
    if not isinstance(reference, schema.ExternalReference):
        return "", {}
    first, end = lane.record(slot)
    name = media_path(reference.target_url, None).name
    if lane.kind == "A":
        start = int(to_frames(slot.item.source_range.start_time, edit.rate))
        return name, {frame: start + frame - first for frame in range(first, end)}
    if reference.available_range is None:  # counted one by one; such formats nest nothing
        speed, frames = retimes.speed_of(slot.item), end - first
        start = to_frames(slot.item.source_range.start_time, edit.rate)
        line = [floor(start + k * abs(speed)) for k in range(frames)]
        return name, dict(enumerate(line if speed >= 0 else line[::-1], first))
    time = take(lane, slot, edit.counting, offline=True).time
    begin = int(to_frames(reference.available_range.start_time, edit.rate))
    return name, {frame: begin + time.source(frame) for frame in range(first, end)}


def mixed(edit: Edit, format: Format) -> set[int]:
    """The record frames that lie within a transition."""
    from_zero = 0 if Holds.START in format.holds else edit.start
    return {
        frame - from_zero
        for lane in edit.lanes()
        for slot in lane.slots
        if isinstance(slot.item, schema.Transition)
        for frame in range(
            int(slot.start - to_frames(slot.item.in_offset, edit.rate)),
            int(slot.start + to_frames(slot.item.out_offset, edit.rate)),
        )
    }


def marked(edit: Edit, format: Format) -> list[tuple[int, str]]:
    """The markers on clips that a format holds, at their record frames."""
    if Holds.CLIP_MARKERS not in format.holds:
        return []
    hidden = Holds.HIDDEN_MARKERS in format.holds
    return sorted(
        (-1 if one.record is None else one.record, one.name)
        for one in marks(edit)
        if ":" in one.holder.rpartition("/")[2] and (hidden or one.record is not None)
    )


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


def _inside_compounds(make: Maker) -> None:
    """What Final Cut's XML does not hold, in what it does."""
    clip = make.clip("in", 0, 30)
    clip.markers.append(schema.Marker("M", span(make.media_start + 5, 4, make.rate), "GREEN"))
    clip.effects.append(schema.Effect("glow", "Glow"))
    inner = schema.Track("inner", [clip, make.clip("next", 50, 30)], kind="Video")
    inner.markers.append(schema.Marker("T", span(5, 0, make.rate), "GREEN"))
    inner.effects.append(schema.Effect("grade", "Grade"))
    deep = schema.Track("", [schema.Stack("deep", [inner])], kind="Video")
    make.first.append(schema.Stack("compound", [deep], span(5, 40, make.rate)))


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


def _odd_dissolve(make: Maker) -> None:
    sides = at(6, make.rate), at(7, make.rate)
    dissolve = schema.Transition("dissolve", "SMPTE_Dissolve", *sides)
    make.first.extend([make.clip("from", 100, 30), dissolve, make.clip("to", 200, 30)])


def _backwards_beside_dissolves(make: Maker) -> None:
    """The cut is moved, and with it where a reversed clip is at its lowest, or not."""
    back, after = make.clip("back", 400, 40), make.clip("after", 100, 50)
    retimes.set_speed(back, Fraction(-2))
    sides = at(6, make.rate), at(8, make.rate)
    for one in (back, after):
        make.first.extend([schema.Transition("", "SMPTE_Dissolve", *sides), one])


def _lost_at_the_head(make: Maker) -> None:
    """What becomes a gap, twice, below an empty track that begins with a longer one."""
    for name in ("off", "out"):
        make.first.insert(0, make.clip(name, 0, 15))
        make.first[0].enabled = False
    make.track("Video", [make.gap(100)])
    make.track("Video", [])


def _empty_tracks(make: Maker) -> None:
    make.track("Video", [make.gap(100)])
    make.track("Audio", [])


def _disabled_tracks(make: Maker) -> None:
    for kind in ("Video", "Audio"):
        make.track(kind, [make.clip("off", 0, 30)]).enabled = False


def _layer(make: Maker) -> None:
    """A clip right in the stack, without a track."""
    make.timeline.tracks.append(make.clip("layer", 30, 20))


def _track_effects(make: Maker) -> None:
    make.first.effects.append(schema.Effect("grade", "Grade"))
    make.timeline.tracks.effects.append(schema.Effect("all", "All"))


def _marker_colours(make: Maker) -> None:
    two = next(one for one in make.first if one.name == "two")
    for number, colour in enumerate(("GREEN", "PURPLE", "WHITE", "", "#12ab34")):
        timed = span(make.media_start + 25 + number, 0, make.rate)
        two.markers.append(schema.Marker(f"M{number}", timed, colour))
        timed = span(5 + number, 0, make.rate)
        make.timeline.tracks.markers.append(schema.Marker(f"E{number}", timed, colour))


def _markers_on_retimes(make: Maker) -> None:
    for speed in (-1, 2, Fraction(1, 2), -2):
        clip = make.clip(f"s{len(make.first)}", 100, 24)
        retimes.set_speed(clip, Fraction(speed))
        timed = span(make.media_start + 106, 0, make.rate)
        clip.markers.append(schema.Marker(clip.name, timed, "RED"))
        make.first.append(clip)


def _markers_elsewhere(make: Maker) -> None:
    """Outside of what its clip shows, between two frames that a fast clip shows, on a gap, on a
    track, on a still."""
    make.first[0].markers.append(schema.Marker("out", span(make.media_start, 0, make.rate)))
    fast, still = make.clip("fast", 100, 24), make.clip("fast", 100, 24)
    for clip, speed in ((fast, 2), (still, 1)):
        retimes.set_speed(clip, Fraction(speed))
        timed = span(make.media_start + 107, 0, make.rate)
        clip.markers.append(schema.Marker("odd", timed))
    empty = make.gap(20)
    make.first.extend([fast, empty, still])
    for thing in (empty, make.first):
        thing.markers.append(schema.Marker("no clip", span(3, 0, make.rate)))


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
    _inside_compounds: Holds.NESTING,
    _effects: Holds.EFFECTS,
    _transitions: Holds.TRANSITIONS,
    _fades: Holds.FADES,
    _gaps: None,
    _odd_dissolve: Holds.TRANSITIONS,
    _backwards_beside_dissolves: Holds.RETIMES,
    _lost_at_the_head: Holds.DISABLED,
    _empty_tracks: Holds.EMPTY_TRACKS,
    _disabled_tracks: Holds.DISABLED_TRACKS,
    _layer: Holds.TRACKS,
    _track_effects: Holds.EFFECTS,
    _marker_colours: Holds.MARKER_COLOURS,
    _markers_on_retimes: Holds.RETIMES,
    _markers_elsewhere: Holds.RETIMES,
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
    if needs is Holds.MARKER_COLOURS and not format.colours:
        needs = Holds.CLIP_MARKERS
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


@pytest.mark.parametrize("format", WRITTEN, ids=lambda one: one.id)
def test_what_compounds_hold_is_refused_too(format: Format, tmp_path: Path) -> None:
    """A format that holds compounds is asked for what is inside of them as for what is not."""
    make = Maker()
    fast = make.clip("fast", 0, 30)
    retimes.set_speed(fast, Fraction(2))
    files = schema.ImageSequenceReference("/media/", "f.", ".exr", 1, 1, 25, 4)
    files.available_range = span(0, 100, make.rate)
    items = [fast, schema.Clip("files", files, span(0, 30, make.rate))]
    inner = schema.Track("", items, kind="Video")
    middle = schema.Stack("middle", [schema.Track("", [schema.Stack("deep", [inner])])])
    make.track("Video", [middle])
    why = " ".join(one.why for one in formats.refusals(make.timeline, format))
    for one in (Holds.NESTING, Holds.RETIMES, Holds.SEQUENCES):
        assert (one.words in why) is (one not in format.holds)


@pytest.mark.parametrize("program", ["kdenlive", "blender"])
def test_retimes_inside_compounds_of_programs_that_know_none(program: str, tmp_path: Path) -> None:
    make = Maker(start=0)
    fast = make.clip("fast", 0, 30)
    retimes.set_speed(fast, Fraction(2))
    make.track("Video", [schema.Stack("compound", [schema.Track("", [fast], kind="Video")])])
    edit = Edit(make.timeline, tmp_path / "made.otio")
    with pytest.raises(EditError, match="cannot be written") as caught:
        edit.save(tmp_path / "cut.otio", program=program)
    assert "retimed clips" in caught.value.why
    assert not list(tmp_path.iterdir())
