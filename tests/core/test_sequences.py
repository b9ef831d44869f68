"""Image sequences: found by any of their names, read and written code for code, cut in and out."""

from __future__ import annotations

import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio
import opentimelineio as otio
import pytest
import torch

from opticals.errors import MediaError, OutputError, ShotError
from opticals.media.colour.planes import layout
from opticals.media.facts import Interpretation, Media, Tags
from opticals.media.read.decode import reading
from opticals.media.read.probe import examine, probe
from opticals.media.sequence import numbering, pictures
from opticals.media.sequence import reading as sequences
from opticals.media.write.encode import writer_of
from opticals.media.write.encoding import Encoding, choose
from opticals.media.write.formats import FORMATS
from opticals.media.write.join import join
from opticals.recipe import Recipe, step
from opticals.rendering import engine
from opticals.rendering.adopt import adopt
from opticals.rendering.job import Job, Output, Render
from opticals.rendering.reverify import reverify
from opticals.timeline.edit import Edit
from opticals.timeline.reading import Media as State

from .commands import opticals_command
from .films import noise, number, numbered

RATE = Fraction(24)
AP1 = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
HOUR = 24 * 3600


def write(path: Path, pixels: np.ndarray, **entries: Any) -> Path:
    """A picture by OpenImageIO: `[rows, columns, channels]`; a tuple is a type and its value."""
    height, width, channels = pixels.shape
    kind = {"float16": "half", "float32": "float"}.get(str(pixels.dtype), str(pixels.dtype))
    spec = oiio.ImageSpec(width, height, channels, kind)
    for name, value in entries.items():
        if name in ("x", "y", "full_x", "full_y", "full_width", "full_height", "channelnames"):
            setattr(spec, name, value)
            continue
        value = value if isinstance(value, tuple) else (value,)
        spec.attribute(name.replace("__", ":"), *value)
    file = oiio.ImageOutput.create(str(path))
    assert file.open(str(path), spec), file.geterror()
    assert file.write_image(pixels), file.geterror()
    file.close()
    return path


def interleaved(planes: list[torch.Tensor], kind: str) -> np.ndarray:
    """As OpenImageIO takes them: R, G, B, A, of 10 and 12 bits scaled up to 16."""
    bits, order = layout(kind).bits, (2, 0, 1, 3) if len(planes) > 1 else (0,)
    pixels = np.stack([planes[i].numpy() for i in order if i < len(planes)], -1)
    if layout(kind).float or bits in (8, 16):
        return pixels
    return pixels << (16 - bits) | pixels >> (2 * bits - 16)


def values(kind: str, width: int, height: int, seed: int) -> list[torch.Tensor]:
    """Any codes there are; of float negative ones, ones above 1, zero, infinity."""
    if not layout(kind).float:
        return noise(1, width, height, kind, seed)[0]
    drawn = np.random.default_rng(seed)
    dtype = np.float16 if layout(kind).bits == 16 else np.float32
    made = []
    for shape in layout(kind).shapes(width, height):
        plane = (drawn.normal(0, 8, shape) * 10.0 ** drawn.integers(-4, 3, shape)).astype(dtype)
        plane[0, :3] = (0.0, np.inf, 65504)
        made.append(torch.from_numpy(plane))
    return made


def same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(a.dtype == b.dtype and a.numpy().tobytes() == b.numpy().tobytes() for a, b in pairs)


def packed(frame: int) -> tuple[str, tuple[int, int]]:
    return "timecode", (pictures.packed_timecode(frame, RATE, False), 0)


SOURCES = {  # type, pixel format, suffix, header entries
    "exr half": ("gbrapf16le", ".exr", {"compression": "piz"}),
    "exr float": ("gbrpf32le", ".exr", {"compression": "zips"}),
    "dpx 10": ("gbrp10le", ".dpx", {"oiio__BitsPerSample": 10}),
    "dpx 12": ("gbrp12le", ".dpx", {"oiio__BitsPerSample": 12}),
    "png 16": ("gbrap16le", ".png", {"oiio__UnassociatedAlpha": 1}),
    "tiff 16": ("gbrp16le", ".tif", {}),
    "tiff float": ("gbrpf32le", ".tif", {}),
    "png 8 grey": ("gray", ".png", {}),
}


def sequence(
    folder: Path,
    name: str,
    *,
    first: int = 101,
    frames: int = 30,
    width: int = 50,
    height: int = 34,
) -> tuple[Path, list[list[torch.Tensor]]]:
    """The pattern of a sequence of `SOURCES` and what its files hold. Timecode is an hour later
    than the number, where the type has it."""
    kind, suffix, entries = SOURCES[name]
    folder.mkdir(parents=True, exist_ok=True)
    held = [values(kind, 50, 34, seed) for seed in range(frames)]
    for index, planes in enumerate(held):
        more: dict[str, Any] = {}
        if suffix in (".exr", ".dpx"):
            more["smpte__TimeCode"] = packed(HOUR + 101 + index)
        if suffix == ".exr":
            more["chromaticities"] = ("float[8]", AP1)
            more["framesPerSecond"] = ("rational", (24, 1))
        write(
            folder / f"a.{first + index:04}{suffix}", interleaved(planes, kind), **entries, **more
        )
    return folder / f"a.%04d{suffix}", held


# Names


def touch(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()


def test_every_spelling_of_a_sequence_is_one_pattern(tmp_path: Path) -> None:
    touch(tmp_path / "d", *(f"sh010_v003.{n:04}.exr" for n in (998, 999, 1000)), "notes.txt")
    wanted = tmp_path / "d" / "sh010_v003.%04d.exr"
    for name in ("%04d", "####", "@@@@", "[0998-1000]", "0998", "1000"):
        assert numbering.medium(tmp_path / "d" / f"sh010_v003.{name}.exr") == wanted
    assert numbering.medium(tmp_path / "d") == wanted
    found = numbering.numbered(wanted)
    assert found is not None
    assert (found.first, found.last, found.missing) == (998, 1000, ())


@pytest.mark.parametrize(
    ("names", "asked", "pattern", "there"),
    [
        (("a1.png", "a2.png", "a10.png"), "a10.png", "a%d.png", (1, 2, 10)),
        (("a098.png", "a099.png", "a1000.png"), "a1000.png", "a%03d.png", (98, 99, 1000)),
        (("a1.png", "a0001.png"), "a0001.png", "a%04d.png", (1,)),
        (("50%_a.01.png", "50%_a.02.png"), "50%_a.02.png", "50%_a.%02d.png", (1, 2)),
        (("still.png", "other.0001.png"), "still.png", "still.png", (0,)),
        (("comp_v001.exr", "comp_v002.exr"), "comp_v001.exr", "comp_v001.exr", (0,)),
        (("0001.dpx", "0002.dpx"), "0001.dpx", "%04d.dpx", (1, 2)),
    ],
)
def test_numbers_are_told_from_names(
    tmp_path: Path, names: tuple[str, ...], asked: str, pattern: str, there: tuple[int, ...]
) -> None:
    touch(tmp_path, *names)
    found = numbering.pattern_of(tmp_path / asked)
    assert found is not None
    assert found.path == tmp_path / pattern
    assert tuple(found.numbers()) == there


def test_what_is_no_sequence_or_more_than_one_is_said(tmp_path: Path) -> None:
    touch(tmp_path, "film.0001.mov", "film.0002.mov")
    assert numbering.pattern_of(tmp_path / "film.0001.mov") is None
    touch(tmp_path / "two", "a.0001.exr", "b.0001.exr")
    with pytest.raises(MediaError, match="holds 2 sequences") as caught:
        numbering.pattern_of(tmp_path / "two")
    assert "a.%04d.exr, b.%04d.exr" in caught.value.why
    with pytest.raises(MediaError, match="is missing"):
        probe(tmp_path / "nothing.%04d.exr")
    touch(tmp_path / "stray", "a.0001.exr", "a.99999999.exr")
    with pytest.raises(MediaError, match="too far apart"):
        probe(tmp_path / "stray")


# Probing and reading


@pytest.mark.parametrize("name", SOURCES)
def test_code_values_are_the_files_own(tmp_path: Path, name: str) -> None:
    path, held = sequence(tmp_path / "s", name, frames=6)
    media = probe(path)
    assert media.path == str(path)
    assert media.pixel_format == SOURCES[name][0]
    assert (media.first_number, media.frames, media.missing) == (101, 6, ())
    with reading(media) as reader:
        for first, last in ((0, 6), (3, 5), (5, 6), (0, 1)):
            for planes, wanted in zip(reader.read(first, last), held[first:last], strict=True):
                assert same(planes, wanted)
    assert Media.from_json(media.to_json()) == media


@pytest.mark.parametrize(
    ("name", "raw"),
    [("dpx 10", "gbrp10le"), ("png 16", "gbrap16le"), ("tiff 16", "gbrp16le")],
)
def test_another_reader_sees_the_same_codes(tmp_path: Path, name: str, raw: str) -> None:
    path, _ = sequence(tmp_path / "s", name, frames=2)
    command = ["ffmpeg", "-v", "error", "-start_number", "101", "-i", str(path), "-f", "rawvideo"]
    codes = subprocess.run([*command, "-pix_fmt", raw, "-"], capture_output=True, check=True).stdout
    media = probe(path)
    with reading(media) as reader:
        ours = [plane.numpy().tobytes() for planes in reader.read(0, 2) for plane in planes]
    assert b"".join(ours) == codes


def test_the_headers_facts(tmp_path: Path) -> None:
    exr, _ = sequence(tmp_path / "e", "exr half", frames=3)
    media = probe(exr)
    assert (media.rate, media.start, media.drop_frame) == (24, HOUR + 101, False)
    assert media.premultiplied
    assert media.tags.transfer == pictures.LINEAR
    assert media.pictures is not None
    assert [float(one) for one in media.pictures.chromaticities] == pytest.approx(AP1)
    assert media.pictures.compression == "piz"
    png, _ = sequence(tmp_path / "p", "png 16", frames=3)
    media = probe(png)
    assert (media.rate, media.start, media.premultiplied) == (24, 101, False)
    assert media.pictures is not None
    assert any("24 frames per second are assumed" in note for note in media.pictures.notes)
    assert (media.tags.primaries, media.tags.transfer) == (1, pictures.SRGB)
    assert probe(png, Fraction(25)).rate == 25
    write(
        tmp_path / "l.dpx", np.zeros((4, 4, 3), np.uint16), dpx__Transfer="Printing density",
        oiio__BitsPerSample=10, dpx__FrameRate=23.976,
    )  # fmt: skip
    media = probe(tmp_path / "l.dpx")
    assert media.rate == Fraction(24000, 1001)
    assert media.pictures is not None
    assert "logarithmic (Printing density)" in media.pictures.notes[0]
    layers = ("R", "G", "B", "Z", "diffuse.R")
    write(tmp_path / "m.exr", np.zeros((4, 4, 5), np.float16), channelnames=layers)
    media = probe(tmp_path / "m.exr")
    assert media.pictures is not None
    assert "Z, diffuse.R" in media.pictures.notes[0]
    assert (media.frames, media.path) == (1, str(tmp_path / "m.exr"))


@pytest.mark.parametrize(
    ("rate", "drop", "frame"),
    [
        (Fraction(24), False, 1_000_001),
        (Fraction(30000, 1001), True, 107_892),
        (Fraction(60000, 1001), True, 215_785),
        (Fraction(50), False, 180_049),
        (Fraction(25), False, 0),
    ],
)
def test_timecode_is_packed_and_read_back(rate: Fraction, drop: bool, frame: int) -> None:
    word = pictures.packed_timecode(frame, rate, drop)
    assert pictures.frame_of_timecode(word, rate) == (frame, drop)


def test_timecode_that_does_not_count_is_not_used(tmp_path: Path) -> None:
    for n in range(1, 4):
        write(tmp_path / f"a.{n}.exr", np.zeros((4, 4, 3), np.float16), smpte__TimeCode=packed(9))
    media = probe(tmp_path)
    assert media.start == 1
    assert media.pictures is not None
    assert "does not count" in media.pictures.notes[-1]


@pytest.mark.parametrize("choice", ["error", "hold", "black"])
def test_missing_files_stop_or_are_filled_as_chosen(tmp_path: Path, choice: str) -> None:
    path, held = sequence(tmp_path / "s", "dpx 10", frames=6)
    for n in (103, 104):
        (path.parent / f"a.{n:04}.dpx").unlink()
    media = probe(path)
    assert (media.frames, media.missing) == (6, (2, 3))
    with reading(media, Interpretation(missing=choice)) as reader:
        if choice == "error":
            with pytest.raises(MediaError, match=r"frame 2 \(a\.0103\.dpx\) cannot be read") as bad:
                list(reader.read(0, 6))
            assert "--missing" in bad.value.remedy
            return
        planes = list(reader.read(0, 6))
    stand_in = held[1] if choice == "hold" else [torch.zeros_like(one) for one in held[1]]
    for index, wanted in enumerate([*held[:2], stand_in, stand_in, *held[4:]]):
        assert same(planes[index], wanted)


@pytest.mark.parametrize("damage", ["size", "type", "truncated", "empty", "text", "gone"])
@pytest.mark.parametrize("name", ["exr half", "dpx 10", "png 16", "tiff 16"])
def test_a_file_that_is_not_like_the_others_is_named(
    tmp_path: Path, name: str, damage: str
) -> None:
    path, _ = sequence(tmp_path / "s", name, frames=4)
    media = probe(path)
    bad = path.with_name(path.name.replace("%04d", "0103"))
    if damage in ("size", "type"):
        kind, _, entries = SOURCES[name]
        other, size = (kind, 52) if damage == "size" else ("gbrp", 50)
        entries = entries if damage == "size" else {}
        write(bad, interleaved(values(other, size, 34, 0), other), **entries)
    elif damage == "gone":
        bad.unlink()
    else:
        data = bad.read_bytes()
        cut = {"truncated": data[: len(data) * 2 // 3], "empty": b"", "text": b"# no picture"}
        bad.write_bytes(cut[damage])
    with reading(media) as reader, pytest.raises(MediaError, match=r"frame 2 \(a\.0103") as caught:
        list(reader.read(0, 4))
    assert caught.value.why
    assert caught.value.remedy


def test_what_is_not_read_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "l.exr", np.zeros((4, 4, 2), np.float16), channelnames=("Z", "mask"))
    with pytest.raises(MediaError, match="not handled") as caught:
        probe(tmp_path / "l.exr")
    assert "Z, mask" in caught.value.why
    (tmp_path / "c.exr").write_bytes(b"")
    with pytest.raises(MediaError, match="empty"):
        probe(tmp_path / "c.exr")


def test_windows_are_read_as_what_is_shown_or_as_all_there_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).normal(0, 1, (20, 30, 3)).astype(np.float16)
    shown = {"full_x": 10, "full_y": 5, "full_width": 24, "full_height": 16}
    write(tmp_path / "o.1.exr", pixels, x=7, y=3, **shown)
    write(tmp_path / "o.2.exr", pixels[:8, :8], x=12, y=6, **shown)  # crops to what it holds
    media = probe(tmp_path)
    assert (media.width, media.height) == (24, 16)
    more = sequences.whole(media)
    assert (more.width, more.height) == (30, 20)
    with reading(media) as reader, reading(more) as wide:
        (first, second), (everything, _) = (list(one.read(0, 2)) for one in (reader, wide))
    assert first[2].numpy().tobytes() == pixels[2:18, 3:27, 0].tobytes()
    assert everything[0].numpy().tobytes() == pixels[..., 1].tobytes()
    wanted = np.zeros((16, 24), np.float16)
    wanted[1:9, 2:10] = pixels[:8, :8, 1]
    assert second[0].numpy().tobytes() == wanted.tobytes()


# Writing


def film(kind: str, width: int, height: int, **changes: Any) -> Media:
    facts: dict[str, Any] = {
        "path": "/film.mov", "codec": "prores", "width": width, "height": height,
        "pixel_aspect": Fraction(2), "rate": Fraction(30000, 1001), "frames": 9,
        "pixel_format": kind, "bits": layout(kind).bits, "alpha": layout(kind).alpha,
        "tags": Tags(2, 1, 1, 0), "field_order": "progressive", "rotation": 0, "start": 107_892,
        "drop_frame": True, "reel": None, "audio": (), "first_pts": 0,
        "time_base": Fraction(1, 30000),
    }  # fmt: skip
    return Media(**{**facts, **changes})


def written(
    folder: Path, encoding: Encoding, frames: list[list[torch.Tensor]], start: int, drop: bool
) -> Path:
    """Two segments joined; the pattern of the files."""
    folder.mkdir(exist_ok=True)
    segments = []
    for index, part in enumerate((frames[:2], frames[2:])):
        segments.append(folder / f"{index}.zip")
        with writer_of(segments[-1], encoding) as writer:
            for planes in part:
                writer.write(planes)
    target = folder / "r_v001" / f"r_v001{encoding.suffix}"
    joined = join(segments, target, encoding, start=start, drop_frame=drop, tape="r_v001")
    assert joined.frames == len(frames)
    return target


WRITTEN = [(one.id, kind) for one in FORMATS.values() if one.sequence for kind in one.pixel_formats]


@pytest.mark.parametrize(("format_id", "kind"), WRITTEN)
def test_what_is_written_reads_back_code_for_code(
    tmp_path: Path, format_id: str, kind: str
) -> None:
    source = film(kind, 67, 35)
    encoding = choose(format_id, source, width=67, height=35)
    assert encoding.pixel_format == kind
    assert Encoding.from_json(encoding.to_json()) == encoding
    frames = [values(kind, 67, 35, seed) for seed in range(4)]
    target = written(tmp_path / "one", encoding, frames, 107_892, True)
    assert target.with_name("r_v001.00107892" + target.suffix).is_file()
    timed = format_id in ("exr", "dpx")
    media = examine(target, None if timed else source.rate)
    assert (media.pixel_format, media.rate, media.start) == (kind, source.rate, 107_892)
    assert (media.pixel_aspect, media.tags, media.drop_frame) == (2, encoding.tags, timed)
    if kind.startswith("gbrap"):
        assert media.premultiplied == (format_id == "exr")
    with reading(media) as reader:
        assert all(same(*pair) for pair in zip(reader.read(0, 4), frames, strict=True))
    again = written(tmp_path / "two", encoding, frames, 107_892, True)
    for one in target.parent.iterdir():
        assert one.read_bytes() == (again.parent / one.name).read_bytes()


@pytest.mark.parametrize(
    ("format_id", "kind"),
    [("dpx", "gbrp"), ("dpx", "gbrp10le"), ("dpx", "gbrp12le"), ("dpx", "gbrp16le"),
     ("png", "gbrap16le"), ("tiff", "gbrp16le"), ("exr", "gbrpf32le")],
)  # fmt: skip
def test_another_reader_reads_what_is_written(tmp_path: Path, format_id: str, kind: str) -> None:
    encoding = choose(format_id, film(kind, 66, 34), width=66, height=34)
    frames = [values(kind, 66, 34, seed) for seed in range(3)]
    if layout(kind).float:  # ffmpeg writes no infinity
        frames = [[one.nan_to_num(0, 9, -9) for one in planes] for planes in frames]
    target = written(tmp_path / "w", encoding, frames, 5, False)
    command = ["ffmpeg", "-v", "error", "-start_number", "5", "-i", str(target), "-f", "rawvideo"]
    codes = subprocess.run([*command, "-pix_fmt", kind, "-"], capture_output=True, check=True)
    wanted = [plane.numpy().tobytes() for planes in frames for plane in planes]
    assert codes.stdout == b"".join(wanted)


def test_the_source_decides_type_numbers_and_depth(tmp_path: Path) -> None:
    dpx, _ = sequence(tmp_path / "d", "dpx 10", frames=3)
    png, _ = sequence(tmp_path / "p", "png 16", frames=3)
    for path in (dpx, png):
        media = probe(path, RATE)
        chosen = choose("auto", media, width=media.width, height=media.height)
        assert (chosen.format, chosen.pixel_format) == (media.codec, media.pixel_format)
        assert chosen.suffix == f".%04d{path.suffix}"
        assert not chosen.losses
    # A type without timecode is numbered by it.
    chosen = choose("png", probe(dpx), width=50, height=34)
    assert chosen.pictures is not None
    assert (chosen.pictures.offset, chosen.suffix) == (0, ".%08d.png")
    for bits, wanted in (("10le", "gbrpf16le"), ("12le", "gbrpf32le")):
        assert (
            choose("exr", film(f"gbrp{bits}", 64, 48), width=64, height=48).pixel_format == wanted
        )
    lossy = choose("dpx", film("gbrpf16le", 64, 48), width=64, height=48)
    assert lossy.pixel_format == "gbrp16le"
    assert any("outside 0 to 1" in loss for loss in lossy.losses)


def test_nothing_is_left_of_a_segment_or_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    encoding = choose("png", film("gbrp", 64, 48), width=64, height=48)
    with pytest.raises(OutputError):
        writer_of(tmp_path / "nowhere" / "a.zip", encoding)
    writer = writer_of(tmp_path / "a.zip", encoding)
    for seed in range(9):
        writer.write(values("gbrp", 64, 48, seed))
    writer.abandon()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "bad.zip").write_bytes(b"PK no zip")
    target = tmp_path / "f" / "f.%04d.png"
    with pytest.raises(MediaError, match="is damaged"):
        join([tmp_path / "bad.zip"], target, encoding, start=0, drop_frame=False, tape="f")
    assert not target.parent.exists()


# In the edit


def span(start: int, frames: int) -> otio.opentime.TimeRange:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(start, 24), time(frames, 24))


def cut(folder: Path, reference: otio.core.MediaReference, start: int, frames: int = 10) -> Path:
    edit = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(HOUR, 24))
    track = otio.schema.Track("V1", kind="Video")
    track.append(otio.schema.Clip("c", reference, span(start, frames)))
    edit.tracks.append(track)
    path = folder / "cut.otio"
    otio.adapters.write_to_file(edit, str(path))
    return path


def reference_to(
    path: Path, start: int, *, frame: int = 101, frames: int = 30, **more: Any
) -> otio.schema.ImageSequenceReference:
    return otio.schema.ImageSequenceReference(
        target_url_base=path.parent.name, name_prefix="a.", name_suffix=path.suffix,
        start_frame=frame, rate=24, frame_zero_padding=4,
        available_range=span(start, frames), **more,
    )  # fmt: skip


def rendered(edit: Edit, folder: Path, format: str = "auto", handles: int = 4) -> Render:
    """By the engine itself, in this process."""
    output = Output(folder, format, handles)
    job = Job(edit.shot("V1:1"), Recipe((step("copy"),)), output, "cpu")
    return engine.render(job, lambda *told: None, lambda: None)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("name", SOURCES)
def test_copy_gives_the_files_again(tmp_path: Path, name: str) -> None:
    path, held = sequence(tmp_path / "s", name)
    start = probe(path, RATE).start
    assert start is not None
    edit = Edit.open(cut(tmp_path, reference_to(path, start), start + 9))
    shot = edit.shot("V1:1")
    assert (shot.media, shot.first, shot.frames) == (str(path), 9, 10)
    render = rendered(edit, tmp_path / "cut.opticals")
    assert render.path.parent.name == render.name
    assert render.path.name == f"{render.name}.%04d{path.suffix}"
    assert sorted(one.name for one in (tmp_path / "cut.opticals").iterdir()) == [
        render.name,
        f"{render.name}.json",
    ]
    assert not render.details["losses"]
    made, source = probe(render.path, RATE), probe(path, RATE)
    assert (made.first_number, made.frames) == (106, 18)
    assert made.start == start + 5
    for fact in ("codec", "pixel_format", "tags", "rate", "premultiplied", "width", "height"):
        assert getattr(made, fact) == getattr(source, fact), fact
    assert made.pictures is not None
    assert source.pictures is not None
    for fact in ("display", "chromaticities", "compression", "entries", "offset", "timecode"):
        assert getattr(made.pictures, fact) == getattr(source.pictures, fact), fact
    with reading(made) as reader:
        assert all(same(*pair) for pair in zip(reader.read(0, 18), held[5:23], strict=True))


def test_a_render_is_placed_undone_switched_and_saved_like_a_film(tmp_path: Path) -> None:
    path, _ = sequence(tmp_path / "s", "exr half")
    start = HOUR + 101
    file = cut(tmp_path, reference_to(path, start), start + 9)
    edit = Edit.open(file)
    before = edit.timeline.to_json_string()
    render = rendered(edit, tmp_path / "cut.opticals")
    placement = edit.place(render)
    clip = edit.find("V1:1")[1].item
    made = clip.media_reference
    assert isinstance(made, otio.schema.ImageSequenceReference)
    # OTIO's own account of which file shows at the clip's first frame.
    first = made.frame_for_time(clip.source_range.start_time)
    assert made.target_url_for_image_number(first - made.start_frame) == str(
        render.path.with_name(f"{render.name}.0110.exr")
    )
    placement.undo()
    assert edit.timeline.to_json_string() == before
    placement.redo()
    saved = edit.save(tmp_path / "new.otio")
    again = Edit.open(saved)
    assert [one.path for one in again.versions("V1:1")] == [path, render.path]
    view = again.tracks()[0].items[0]
    assert (view.version, view.media, view.path) == (render.name, State.ONLINE, render.path)
    again.switch("V1:1", "original")
    again.switch("V1:1", render.name)
    again.restore("V1:1")
    assert again.find("V1:1")[1].item.is_equivalent_to(Edit.open(file).find("V1:1")[1].item)


def test_the_same_render_is_found_and_a_damaged_one_is_not_taken(tmp_path: Path) -> None:
    path, _ = sequence(tmp_path / "s", "dpx 10")
    start = HOUR + 101
    edit = Edit.open(cut(tmp_path, reference_to(path, start), start + 9))
    render = rendered(edit, tmp_path / "r")
    assert rendered(edit, tmp_path / "r").path == render.path
    for asked in (
        render.path,
        render.path.parent,
        render.path.with_name(f"{render.name}.0106.dpx"),
    ):
        (report,) = reverify(asked, lambda done, total: None)
        assert report.ok, report.points
    edit.place(render)
    saved = edit.save(tmp_path / "new.otio")
    (report,) = reverify(saved, lambda done, total: None)
    assert report.ok
    files = sorted(render.path.parent.iterdir())
    shutil.copy(files[3], files[9])  # a frame in another's place, with its timecode
    (report,) = reverify(render.path, lambda done, total: None)
    assert {"timecode", "pictures"} <= {one.name for one in report.points if not one.ok}
    files[4].unlink()
    (report,) = reverify(saved, lambda done, total: None)
    assert not report.ok
    assert rendered(edit, tmp_path / "r").path != render.path


def test_a_film_becomes_files_numbered_by_its_timecode(tmp_path: Path) -> None:
    made = numbered(
        tmp_path / "f.mov", 30, pixel_format="yuv422p10le", codec="prores",
        rate=RATE, timecode="01:00:00:00", tags=(1, 1, 1, 1),
    )  # fmt: skip
    reference = otio.schema.ExternalReference(str(made), span(HOUR, 30))
    edit = Edit.open(cut(tmp_path, reference, HOUR + 9))
    for format_id, kind in (("exr", "gbrpf16le"), ("dpx", "gbrp10le"), ("png", "gbrp16le")):
        render = rendered(edit, tmp_path / "r", format_id)
        assert render.path.with_name(f"{render.name}.00086405{render.path.suffix}").is_file()
        media = probe(render.path, RATE)
        assert (media.pixel_format, media.start, media.frames) == (kind, HOUR + 5, 18)
        with reading(media) as reader:
            assert [number(planes[0].float()) for planes in reader.read(0, 18)] == [*range(5, 23)]
        assert (media.tags.primaries, media.tags.transfer) == (1, 1)


def test_overscan_is_kept_where_files_can_hold_it(tmp_path: Path) -> None:
    drawn = np.random.default_rng(2)
    (tmp_path / "s").mkdir()
    shown = {"full_x": 0, "full_y": 0, "full_width": 48, "full_height": 32}
    for n in range(101, 131):
        pixels = drawn.normal(0, 2, (40, 56, 3)).astype(np.float16)
        write(tmp_path / "s" / f"a.{n:04}.exr", pixels, x=-4, y=-4, **shown)
    path = tmp_path / "s" / "a.%04d.exr"
    edit = Edit.open(cut(tmp_path, reference_to(path, 101), 110))
    render = rendered(edit, tmp_path / "r")
    for one in render.path.parent.iterdir():
        source = oiio.ImageInput.open(str(path.with_name(f"a.{one.name.split('.')[1]}.exr")))
        ours = oiio.ImageInput.open(str(one))
        for side in ("x", "y", "width", "height", "full_x", "full_y", "full_width", "full_height"):
            assert getattr(ours.spec(), side) == getattr(source.spec(), side)
        assert ours.read_image("half").tobytes() == source.read_image("half").tobytes()
    render = rendered(edit, tmp_path / "r", "png")
    assert (render.width, render.height) == (48, 32)


def test_an_edit_names_a_sequence_as_it_likes(tmp_path: Path) -> None:
    path, _ = sequence(tmp_path / "s 1", "dpx 10", frames=30)
    start = HOUR + 101
    folder = path.parent
    for url in (
        str(path), f"file://{str(path).replace(' ', '%20')}", str(folder / "a.####.dpx"),
        str(folder / "a.[0101-0130].dpx"), str(folder / "a.0101.dpx"), "s 1/a.%04d.dpx",
    ):  # fmt: skip
        reference = otio.schema.ExternalReference(url, span(start, 30))
        shot = Edit.open(cut(tmp_path, reference, start + 9)).shot("V1:1")
        assert (shot.media, shot.first, shot.media_frames) == (str(path), 9, 30)
    # A reference that begins later than the files do.
    late = reference_to(path, start + 5, frame=106, frames=20)
    shot = Edit.open(cut(tmp_path, late, start + 9)).shot("V1:1")
    assert (shot.media_start, shot.first, shot.media_frames) == (start, 9, 30)
    with pytest.raises(ShotError, match="outside its medium"):
        Edit.open(cut(tmp_path, reference_to(path, start, frame=91), start)).shot("V1:1")
    # One that names every second file: each stands for two frames.
    stepped = reference_to(path, start + 2, frame=104, frame_step=2)
    shot = Edit.open(cut(tmp_path, stepped, start + 3)).shot("V1:1")
    shown = [shot.time.source(shot.record + frame) for frame in range(4)]
    assert shown == [104 - 101, 106 - 101, 106 - 101, 108 - 101]


def test_gaps_are_shown_and_stop_a_render_until_chosen(tmp_path: Path) -> None:
    path, held = sequence(tmp_path / "s", "dpx 10")
    start = HOUR + 101
    (path.parent / "a.0112.dpx").unlink()
    policy = otio.schema.ImageSequenceReference.MissingFramePolicy.hold
    reference = reference_to(path, start, missing_frame_policy=policy)
    edit = Edit.open(cut(tmp_path, reference, start + 9))
    assert edit.tracks()[0].items[0].media is State.GAPS
    assert "1 files are missing (112); the edit asks to hold" in edit.shot("V1:1").notes[0]
    with pytest.raises(MediaError, match="lacks 1 of the files") as caught:
        rendered(edit, tmp_path / "r")
    assert "--missing hold" in caught.value.remedy
    job = Job(
        edit.shot("V1:1"), Recipe((step("copy"),)), Output(tmp_path / "r", "auto", 0), "cpu",
        Interpretation(missing="hold"),
    )  # fmt: skip
    render = engine.render(job, lambda *told: None, lambda: None)
    with reading(probe(render.path)) as reader:
        planes = list(reader.read(0, 10))
    assert same(planes[2], held[10])
    assert same(planes[3], held[12])
    shutil.rmtree(path.parent)
    assert edit.tracks()[0].items[0].media is State.OFFLINE
    with pytest.raises(MediaError, match="offline"):
        edit.shot("V1:1")


def test_somebody_elses_files_are_placed_by_their_numbers(tmp_path: Path) -> None:
    path, _ = sequence(tmp_path / "s", "exr half")
    start = HOUR + 101
    edit = Edit.open(cut(tmp_path, reference_to(path, start), start + 9))
    comp = tmp_path / "comp_v003"
    comp.mkdir()
    for n in range(108, 122):  # two frames of handles; no timecode
        write(comp / f"comp.{n:04}.png", np.full((34, 50, 3), n, np.uint8))
    render = adopt(comp, edit.shot("V1:1"))
    assert (render.path, render.head, render.frames) == (comp / "comp.%04d.png", 2, 14)
    assert (render.name, render.first_number) == ("comp", 108)
    edit.place(render)
    made = edit.find("V1:1")[1].item.media_reference
    assert made.target_url_for_image_number(0) == str(comp / "comp.0108.png")
    with pytest.raises(ShotError, match="is the source"):
        adopt(path.parent, edit.shot("V1:1"))


def test_from_probe_to_verify_by_command(tmp_path: Path) -> None:
    path, held = sequence(tmp_path / "s", "exr half")
    start = HOUR + 101
    edit = cut(tmp_path, reference_to(path, start), start + 9)
    facts = opticals_command("probe", path.parent / "a.0101.exr")
    assert (facts["path"], facts["frames"], facts["start"]) == (str(path), 30, start)
    assert opticals_command("shots", edit)["shots"][0]["media"] == "online"
    made = opticals_command(
        "render", edit, "--shot", "V1:1", "--effect", "copy", "--format", "exr", "--handles", "0"
    )
    render = made["renders"][0]
    (report,) = opticals_command("verify", made["edit"])
    assert report["ok"]
    assert report["file"] == render["path"]
    placed = opticals_command("place", Path(render["path"]).parent, edit, "--shot", "V1:1")
    shown = opticals_command("shots", placed["edit"])["shots"][0]
    assert (shown["version"], shown["file"]) == (render["name"], render["path"])
    with reading(probe(render["path"])) as reader:
        assert all(same(*pair) for pair in zip(reader.read(0, 10), held[9:19], strict=True))
