"""What other programs' files say, read from their text, against what is read here."""

from __future__ import annotations

import os
from fractions import Fraction
from math import floor
from pathlib import Path
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from opentimelineio import schema

from opticals.errors import AnswerNeeded, EditError
from opticals.timeline import formats, retimes
from opticals.timeline.edit import Edit
from opticals.timeline.formats.held import REFUSED
from opticals.timeline.layout import lay_out
from opticals.timeline.marks import marks
from opticals.timeline.timecode import frame_of, timecode
from opticals.timeline.times import rate_of, to_frames

from .test_formats import Maker, account, span

CORPUS = Path(
    os.environ.get("OPTICALS_CORPUS") or Path(__file__).parents[2].parent / "shared" / "corpus"
)
corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of edits at {CORPUS}")
NTSC = Fraction(30000, 1001)


def edl(folder: Path, *events: str, head: str = "TITLE: cut") -> Path:
    path = folder / "cut.edl"
    path.write_text("\n".join((head, *events)) + "\n")
    return path


def clips(path: Path, rate: Fraction | None = None) -> list[schema.Clip]:
    # Copies: those of a timeline that is gone lose their metadata.
    return [one.deepcopy() for one in formats.read(path, rate).timeline.find_clips()]


def test_drop_frame_lists_are_exact_to_the_frame(tmp_path: Path) -> None:
    """Over the minute where two labels are left out: 1800 frames of 30 to the label, less two."""
    path = edl(
        tmp_path,
        "FCM: DROP FRAME",
        "001  A1  V  C  10:00:59;28 10:01:00;04 01:00:58;00 01:00:58;04",
        "002  B1  V  C  10:09:59;28 10:10:00;02 01:00:58;04 01:00:58;08",
    )
    opened = formats.read(path)  # the only rate that the list fits
    first, second = opened.timeline.find_clips()
    assert rate_of(first.source_range.start_time) == NTSC
    assert to_frames(first.source_range.duration, NTSC) == 4  # ;28 ;29 ;02 ;03
    assert to_frames(second.source_range.duration, NTSC) == 4  # ;28 ;29 ;00 ;01: a tenth minute
    start = int(to_frames(first.source_range.start_time, NTSC))
    assert timecode(start, NTSC, True) == "10:00:59;28"
    start = int(to_frames(opened.timeline.global_start_time, NTSC))
    assert timecode(start, NTSC, True) == "01:00:58;00"
    assert opened.timeline.metadata["opticals"]["drop_frame"]


def test_the_rate_of_a_list_is_found_or_asked_for(tmp_path: Path) -> None:
    open_rate = edl(tmp_path, "001 A V C 01:00:00:00 01:00:01:00 00:00:00:00 00:00:01:00")
    with pytest.raises(AnswerNeeded) as caught:
        formats.read(open_rate)
    assert caught.value.argument == "rate"
    assert len(caught.value.choices) >= 5
    assert rate_of(clips(open_rate, NTSC)[0].source_range.duration) == NTSC
    # A second crossed on one side alone: only at 25 frames a second are both 20 frames long.
    found = edl(tmp_path, "001 A V C 01:00:00:10 01:00:01:05 00:00:00:00 00:00:00:20")
    assert rate_of(clips(found)[0].source_range.duration) == 25


@pytest.mark.parametrize(
    ("spans", "m2", "speed"),
    [
        ("01:00:00:00 01:00:02:00 00:00:00:00 00:00:01:00", "048.0", 2),
        ("01:00:00:00 01:00:01:00 00:00:00:00 00:00:01:00", "-024.0", -1),  # spans are equal
        ("01:00:00:00 01:00:00:12 00:00:00:00 00:00:01:00", "012.0", Fraction(1, 2)),
        ("01:00:00:00 01:00:00:08 00:00:00:00 00:00:01:00", "008.0", Fraction(1, 3)),
        ("01:00:00:00 01:00:00:01 00:00:00:00 00:00:01:00", "000.0", 0),
    ],
)
def test_speeds_of_a_list(spans: str, m2: str, speed: Fraction, tmp_path: Path) -> None:
    path = edl(tmp_path, f"001 A V C {spans}", f"M2   A       {m2}      01:00:00:00")
    clip = clips(path, Fraction(24))[0]
    assert retimes.speed_of(clip) == speed
    assert to_frames(clip.source_range.duration, Fraction(24)) == 24
    assert REFUSED not in clip.metadata


def test_a_speed_that_its_spans_contradict_is_refused(tmp_path: Path) -> None:
    path = edl(
        tmp_path,
        "001 A V C 01:00:00:00 01:00:02:00 00:00:00:00 00:00:01:00",
        "M2   A       072.0      01:00:00:00",
    )
    (clip,) = clips(path, Fraction(24))
    assert "72" in clip.metadata[REFUSED]


def test_media_on_both_sides_of_a_transition_of_a_list(tmp_path: Path) -> None:
    path = edl(
        tmp_path,
        "001 A V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
        "* FROM CLIP IS A STILL",
        "* FROM CLIP: /media/a.mov",
        "002 A V C 00:00:01:00 00:00:01:00 00:00:01:00 00:00:01:00",
        "002 B V D 010 00:00:05:00 00:00:06:00 00:00:01:00 00:00:02:00",
        "* FROM CLIP NAME: a",
        "* TO CLIP NAME: b",
        "* FROM CLIP: /media/a.mov",
        "* TO CLIP: /media/b.mov",
    )
    first, second = clips(path, Fraction(25))
    assert first.media_reference.target_url == "/media/a.mov"
    assert second.media_reference.target_url == "/media/b.mov"


def test_an_edit_in_the_middle_of_a_dissolve_event(tmp_path: Path) -> None:
    """Some lists give what runs before a dissolve in the dissolve's own event."""
    path = edl(
        tmp_path,
        "001 A V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00",
        "001 B V D 010 00:00:05:00 00:00:06:00 00:00:01:00 00:00:02:00",
    )
    assert [clip.duration().value for clip in clips(path, Fraction(25))] == [25, 25]


def test_numbers_that_events_share(tmp_path: Path) -> None:
    """Of picture and sound, and of a list whose numbers begin again: a cut is before a transition
    where it is the last of its channel, not where it has the number alone."""
    path = edl(
        tmp_path,
        "001 A V C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00",
        "002 A V C 00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00",
        "002 C A C 00:00:03:00 00:00:05:00 01:00:02:00 01:00:04:00",
        "002 B V D 010 00:00:05:00 00:00:07:00 01:00:02:00 01:00:04:00",
        "001 B V C 00:00:07:00 00:00:07:00 01:00:04:00 01:00:04:00",
        "001 D V D 010 00:00:09:00 00:00:10:00 01:00:04:00 01:00:05:00",
    )
    video, sound = formats.read(path, Fraction(25)).timeline.tracks
    told = [
        "mix" if isinstance(one, schema.Transition) else (first(one), one.duration().value)
        for one in video
    ]
    assert told == [(0, 50), "mix", (125, 50), "mix", (225, 25)]
    assert [(type(one), one.duration().value) for one in sound] == [
        (schema.Gap, 50),
        (schema.Clip, 50),
    ]
    assert first(sound[1]) == 75


def first(clip: schema.Clip) -> float:
    return clip.source_range.start_time.value


def test_sources_that_count_otherwise_than_the_list(tmp_path: Path) -> None:
    path = edl(
        tmp_path,
        "FCM: DROP FRAME",
        "001  A  V  C  01:02:00;02 01:02:01;02 01:00:00;00 01:00:01;00",
        "FCM: NON-DROP FRAME",
        "002  B  V  C  01:05:30:00 01:05:31:00 01:00:01;00 01:00:02;00",
        "FCM: DROP FRAME",
        "003  C  V  C  01:02:00;02 01:02:01;02 01:00:02;00 01:00:03;00",
    )
    timecodes = [line.split()[-4:] for line in path.read_text().splitlines() if line[0] == "0"]
    edit = Edit.open(path, rate=NTSC)
    starts = [first(clip) for clip in edit.timeline.find_clips()]
    dropped = 2 * (62 - 6)  # two labels each minute but the tenth
    assert starts == [62 * 1800 + 2 - dropped, (65 * 60 + 30) * 30, 62 * 1800 + 2 - dropped]
    edit.save(tmp_path / "again.edl")
    again = (tmp_path / "again.edl").read_text().splitlines()
    assert [line.split()[-4:] for line in again if line[:1] == "0"] == timecodes
    assert [line for line in again if line.startswith("FCM")] == [
        "FCM: DROP FRAME",
        "FCM: NON-DROP FRAME",
        "FCM: DROP FRAME",
    ]


def test_a_list_across_midnight(tmp_path: Path) -> None:
    rows = (
        "001 A V C 23:59:58:00 00:00:00:00 23:59:57:00 23:59:59:00",
        "002 B V C 23:59:59:00 00:00:01:00 23:59:59:00 00:00:01:00",
        "003 C V C 00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00",
        "* LOC: 00:00:01:05 RED here",
    )
    path = edl(tmp_path, *rows)
    edit = Edit.open(path, rate=Fraction(25))
    day = 24 * 3600 * 25
    assert edit.start == day - 75
    records = [lane.record(slot) for lane, slot in edit.clips()]
    assert records == [(day - 75, day - 25), (day - 25, day + 25), (day + 25, day + 50)]
    assert [first(slot.item) for _, slot in edit.clips()] == [day - 50, day - 25, 0]
    assert [one.record for one in marks(edit)] == [day + 30]
    edit.save(tmp_path / "again.edl")
    again = (tmp_path / "again.edl").read_text()
    for row in rows:
        assert row.split()[-4:] in [line.split()[-4:] for line in again.splitlines()]


@pytest.mark.parametrize("speed", [1, -1, 2, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(3, 4)])
def test_locators_of_retimed_clips(speed: Fraction, tmp_path: Path) -> None:
    """On the record frame that shows the frame that is marked, counted one by one."""
    frames = 24
    line = [floor(100 + k * abs(speed)) for k in range(frames)]
    line = line if speed > 0 else line[::-1]
    for frame, shows in enumerate(line):
        make = Maker(start=90000)
        clip = make.clip("clip", 100, frames)
        retimes.set_speed(clip, Fraction(speed))
        clip.markers.append(schema.Marker("M", span(shows, 0, make.rate), "RED"))
        make.timeline.tracks[:] = [schema.Track("V1", [clip], kind="Video")]
        path = tmp_path / "cut.edl"
        formats.write(make.timeline, path)
        (locator,) = [row for row in path.read_text().splitlines() if "LOC:" in row]
        said = frame_of(locator.split()[2], make.rate) - 90000
        assert line[said] == shows
        if abs(speed) >= 1:
            assert said == frame
        if frame % 6 == 0:  # a process each
            (back,) = formats.read(path, make.rate).timeline.find_clips()
            assert back.markers[0].marked_range.start_time.value == shows


@corpus
def test_every_event_of_the_corpus_lists() -> None:
    """Counted here from the text alone."""
    for path in sorted(CORPUS.glob("*.edl")):
        rate = Fraction(25) if "25fps" in path.name else Fraction(24)
        opened = formats.read(path, rate)
        start = int(to_frames(opened.timeline.global_start_time, rate))
        rows = [line.split() for line in path.read_text().splitlines() if line[:3].isdecimal()]
        rows = [row for row in rows if row[-1] != row[-2]]  # no length: before a transition
        slots = [
            slot
            for slot in lay_out(opened.timeline, rate, start)[0].slots
            if isinstance(slot.item, schema.Clip)
        ]
        assert len(slots) == len(rows)
        for slot, row in zip(slots, rows, strict=True):
            assert timecode(int(slot.start), rate) == row[-2]
            assert timecode(int(slot.end), rate) == row[-1]
            first = int(to_frames(slot.item.source_range.start_time, rate))
            assert timecode(first, rate) == row[-4]


@corpus
def test_a_drop_frame_aaf() -> None:
    opened = formats.read(CORPUS / "aaf__2997fps-DFTC.aaf")
    start = opened.timeline.global_start_time
    assert (rate_of(start), start.value) == (NTSC, 539460)
    assert timecode(539460, NTSC, opened.timeline.metadata["opticals"]["drop_frame"]) == (
        "05:00:00;00"
    )
    assert opened.program == "premiere"


@corpus
def test_speeds_of_an_aaf_against_the_file_itself() -> None:
    import aaf2

    path = CORPUS / "aaf__misc_speed_effects.aaf"
    opened = formats.read(path)
    assert opened.program == "avid"
    read = list(next(iter(opened.timeline.tracks)))
    with aaf2.open(str(path)) as file:
        slots = next(iter(file.content.toplevel())).slots
        picture = next(one for one in slots if one.segment.media_kind == "Picture")
        parts = list(picture.segment.components)
        assert len(parts) == len(read)
        for part, clip in zip(parts, read, strict=True):
            rate = rate_of(clip.source_range.start_time)
            assert to_frames(clip.source_range.duration, rate) == part.length
            if not isinstance(part, aaf2.components.OperationGroup):
                continue
            graphs = {one.name: one for one in part.parameters.value}
            if "PARAM_SPEED_OFFSET_MAP_U" not in graphs:
                assert "varies" in clip.metadata[REFUSED]
                continue
            source = part.segments[0]
            source = source.components[0] if hasattr(source, "components") else source
            (t0, v0), (t1, v1) = (
                (Fraction(one.time), Fraction(one.value))
                for one in graphs["PARAM_SPEED_OFFSET_MAP_U"]["PointList"].value
            )
            shown = [
                source.start + floor(v0 + (k - t0) * (v1 - v0) / (t1 - t0))
                for k in range(part.length)
            ]
            speed = retimes.speed_of(clip)
            begin = clip.media_reference.available_range.start_time
            first = to_frames(clip.source_range.start_time - begin, rate)
            line = [floor(first + k * abs(speed)) for k in range(part.length)]
            assert (line if speed >= 0 else line[::-1]) == shown


@corpus
def test_the_storyline_of_an_fcpxml_against_the_file_itself() -> None:
    path = CORPUS / "fcpx-xml__fcpx_event.fcpxml"
    with pytest.raises(AnswerNeeded) as caught:
        formats.read(path)
    assert caught.value.argument == "sequence"
    root = ElementTree.parse(path).getroot()
    for number, project in enumerate(root.iter("project"), 1):
        opened = formats.read(path, sequence=str(number))
        assert opened.timeline.name == project.get("name")
        spine = project.find("sequence/spine")
        assert spine is not None
        wanted = [
            (
                Fraction(one.get("offset", "0s")[:-1]) * 30,
                Fraction(one.get("duration", "")[:-1]) * 30,
            )
            for one in spine
            if one.tag in ("asset-clip", "ref-clip", "clip")
        ]
        found = [
            [(slot.start, slot.frames) for slot in lane.slots if slot.id]
            for lane in lay_out(opened.timeline, Fraction(30), 0)
        ]
        assert wanted in found


@corpus
def test_compounds_of_a_premiere_sequence_are_not_empty() -> None:
    opened = formats.read(CORPUS / "fcp__premiere_example.xml")
    assert opened.program == "premiere"
    stacks = list(opened.timeline.find_children(descended_from_type=schema.Stack))
    assert stacks
    assert all(len(list(stack.find_clips())) for stack in stacks)


def remapped(folder: Path, start: int, parameters: str, keys: str = "") -> schema.Clip:
    """The clip of an xmeml with a Time Remap filter, beginning at frame `start` of its own."""
    rate = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
    path = folder / "cut.xml"
    path.write_text(
        f"""<xmeml version="5"><sequence><name>s</name><duration>20</duration>{rate}<media><video>
        <track><clipitem><name>c</name>{rate}<start>0</start><end>20</end><in>{start}</in>
        <out>{start + 20}</out><file id="f"><name>f</name><pathurl>file:///f.mov</pathurl>{rate}
        <duration>200</duration></file><filter><effect><effectid>timeremap</effectid>{parameters}
        <parameter><parameterid>graphdict</parameterid>{keys}</parameter></effect></filter>
        </clipitem></track></video></media></sequence></xmeml>"""
    )
    return clips(path)[0]


def given(**values: object) -> str:
    return "".join(
        f"<parameter><parameterid>{id}</parameterid><value>{value}</value></parameter>"
        for id, value in values.items()
    )


def key(when: float, value: float) -> str:
    return f"<keyframe><when>{when}</when><value>{value}</value></keyframe>"


def test_speeds_of_final_cut_xml(tmp_path: Path) -> None:
    """`in` counts frames of the retimed clip, as Hiero's file in the corpus and Resolve have it."""
    fast = remapped(tmp_path, 30, given(speed=200))
    assert (retimes.speed_of(fast), fast.source_range.start_time.value) == (2, 60)
    graph = key(0, 0) + key(400, 200)
    slow = remapped(tmp_path, 30, given(speed=50, reverse="FALSE"), graph)
    assert (retimes.speed_of(slow), slow.source_range.start_time.value) == (Fraction(1, 2), 15)
    back = remapped(tmp_path, 30, given(speed=100, reverse="TRUE"), key(0, 200) + key(200, 0))
    # Frame 30 from the end shows 169, the last of the twenty shows 150.
    assert (retimes.speed_of(back), back.source_range.start_time.value) == (-1, 150)
    still = remapped(tmp_path, 0, given(speed=0), key(0, 77) + key(20, 77))
    assert (retimes.speed_of(still), still.source_range.start_time.value) == (0, 77)


@pytest.mark.parametrize(
    ("parameters", "keys"),
    [
        (given(speed=100, variablespeed=1), key(0, 0) + key(50, 10) + key(100, 100)),
        (given(speed=100, reverse="TRUE"), ""),
        (given(speed=300), key(0, 0) + key(100, 50)),
    ],
    ids=["varies", "backwards from nowhere", "two speeds"],
)
def test_speeds_that_cannot_be_followed_are_refused(
    parameters: str, keys: str, tmp_path: Path
) -> None:
    clip = remapped(tmp_path, 0, parameters, keys)
    assert clip.metadata[REFUSED]


def test_bundles_hold_all_versions_and_otio_reads_them(tmp_path: Path) -> None:
    media = [tmp_path / name for name in ("a.mov", "b.mov", "sub/a.mov")]
    (tmp_path / "sub").mkdir()
    for path in media:
        path.write_bytes(path.as_posix().encode())
    make = Maker()
    first = make.first[0]
    references = {str(path): schema.ExternalReference(str(path)) for path in media}
    first.set_media_references(references, str(media[1]))
    for suffix in (".otioz", ".otiod"):
        path = tmp_path / f"cut{suffix}"
        formats.write(make.timeline, path, folder=tmp_path)
        back = formats.read(path).timeline
        assert account(otio.adapters.read_from_file(str(path))) == account(back)
        folder = path
        if suffix == ".otioz":
            formats.bundle.unpack(path)
            folder = formats.bundle.unpacked_folder(path)
        held = back.tracks[0][0].media_references()
        assert [(folder / one.target_url).read_bytes() for one in held.values()] == [
            path.as_posix().encode() for path in media
        ]


def test_a_suffix_that_is_no_format(tmp_path: Path) -> None:
    path = tmp_path / "cut.prproj"
    path.write_text("x")
    with pytest.raises(EditError, match=r"cut\.prproj is not of a supported format") as caught:
        formats.read(path)
    assert ".edl" in caught.value.why
