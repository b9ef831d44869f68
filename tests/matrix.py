"""The formats matrix: combinations of codec, container, rate, depth, chroma, range, timecode,
alpha and pixel aspect through `copy`, each read back by ffmpeg and ffprobe.

`python -m tests.matrix` writes it as `docs/matrix.md` (`make matrix`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from opticals.media.facts import Tags
    from opticals.rendering.job import Render

    Planes = list[NDArray[Any]]

FRAMES = 5
PAGE = Path(__file__).parent.parent / "docs" / "matrix.md"
TOOLS = ("ffmpeg", "ffprobe")

# Rate, start timecode.
CLOCKS = (
    (Fraction(24000, 1001), "09:59:58:20"),
    (Fraction(24), "00:00:00:00"),
    (Fraction(25), "10:00:00:00"),
    (Fraction(30000, 1001), "10:00:00;00"),
    (Fraction(30000, 1001), "00:59:59:28"),
    (Fraction(30), "23:59:59:20"),
    (Fraction(50), "01:00:00:49"),
    (Fraction(60000, 1001), "00:09:59;56"),
    (Fraction(60), "12:34:56:07"),
)


@dataclass(frozen=True)
class Source:
    """A film to copy: its pixel format, and colour tags by ITU-T H.273.

    Attributes:
        coded: ffmpeg's options to code it with, where it is not FFV1.
        fields: "top" or "bottom", the first one of interlaced frames.
    """

    pixel_format: str
    range: int = 1
    colours: tuple[int, int, int] = (1, 1, 1)
    coded: tuple[str, ...] = ()
    fields: str = ""

    @property
    def words(self) -> str:
        bits = {"8": "8 bit"}.get(self.bits, f"{self.bits} bit")
        kind = "RGB" if self.rgb else "grey" if self.grey else ":".join(self.chroma)
        alpha = " alpha" if "a" in self.pixel_format.replace("gray", "") else ""
        range_ = "" if self.rgb else {0: " untagged", 1: " video", 2: " full"}[self.range]
        codec = f" {self.coded[1]}" if self.coded else ""
        fields = f" {self.fields} field first" if self.fields else ""
        return f"{bits} {kind}{alpha}{range_}{codec}{fields}"

    @property
    def rgb(self) -> bool:
        return self.pixel_format.startswith("gb")

    @property
    def grey(self) -> bool:
        return self.pixel_format.startswith("gray")

    @property
    def chroma(self) -> str:
        return next(one for one in ("420", "422", "444") if one in self.pixel_format)

    @property
    def bits(self) -> str:
        name = self.pixel_format.removesuffix("le")
        return next((str(bits) for bits in (10, 12, 14, 16) if name.endswith(str(bits))), "8")


OPAQUE = (
    Source("yuv420p"),
    Source("yuv420p", 2),
    Source("yuv422p10le"),
    Source("yuv422p10le", 0, (2, 2, 2)),
    Source("yuv420p10le", 1, (9, 16, 9)),
    Source("yuv444p12le"),
    Source("gbrp", 2, (1, 13, 0)),
    Source("gbrp12le", 2, (1, 13, 0)),
    Source("yuv420p", 1, (6, 6, 6)),
    Source("yuv444p10le", 1, (9, 18, 9)),
    Source("yuv422p12le"),
    Source("yuv422p", 2),
)
ALPHA = (
    Source("yuva444p10le"),
    Source("gbrap12le", 2, (1, 13, 0)),
    Source("yuva420p"),
    Source("gbrap", 2, (1, 13, 0)),
)
LOSSLESS = (
    *(
        Source(f"yuv{chroma}p{bits}")
        for chroma in ("420", "422", "444")
        for bits in ("", "10le", "12le", "16le")
    ),
    *(Source(name, 2, (1, 13, 0)) for name in ("gbrp", "gbrp10le", "gbrp12le", "gbrp16le")),
    *(Source(f"yuva{chroma}p{bits}") for chroma in ("420", "444") for bits in ("", "10le")),
    *(Source(name, 2, (1, 13, 0)) for name in ("gbrap", "gbrap12le")),
    *(Source(name) for name in ("gray", "gray10le", "gray16le")),
)


# Films that are coded as their copies will be: the copy may not be further from them than
# ffmpeg's own transcode.
_KS = ("-c:v", "prores_ks", "-profile:v")
CODED = (
    ("prores_proxy", Source("yuv422p10le", coded=(*_KS, "0"))),
    ("prores_lt", Source("yuv422p10le", coded=(*_KS, "1"))),
    ("prores_422", Source("yuv422p10le", coded=(*_KS, "2"))),
    ("prores_hq", Source("yuv422p10le", coded=(*_KS, "3"))),
    ("prores_4444", Source("yuv444p10le", coded=(*_KS, "4"))),
    ("prores_4444", Source("yuva444p10le", coded=(*_KS, "4"))),
    ("prores_4444xq", Source("yuv444p10le", coded=(*_KS, "5"))),
    *(
        (f"dnxhr_{name}", Source(kind, coded=("-c:v", "dnxhd", "-profile:v", f"dnxhr_{name}")))
        for name, kind in (
            ("lb", "yuv422p"),
            ("sq", "yuv422p"),
            ("hq", "yuv422p"),
            ("hqx", "yuv422p10le"),
            ("444", "yuv444p10le"),
        )
    ),
    ("cineform", Source("gbrp12le", 2, (1, 13, 0), coded=("-c:v", "cfhd"))),
)
FIELDS = (Source("yuv422p10le", fields="top"), Source("yuv422p", fields="bottom"))


@dataclass(frozen=True)
class Case:
    """One combination."""

    format: str
    container: str
    source: Source
    rate: Fraction
    start: str
    aspect: Fraction = Fraction(1)


@dataclass(frozen=True)
class Row:
    """What came of one: "" where all is as it must be, or what is not."""

    case: Case
    result: str
    losses: tuple[str, ...] = ()
    refused: bool = False
    wrong: tuple[str, ...] = ()


def cases(each: int = 4) -> list[Case]:
    """`each` combinations for every codec and container that go together, and one for every
    pair that does not; every layout for the lossless codec."""
    from opticals.media.write.formats import CONTAINERS, FORMATS

    clocks, numbers = cycle(CLOCKS), count()
    films = [one for one in FORMATS.values() if {"mov", "mp4"} & set(one.containers)]
    names = [one.id for one in CONTAINERS.values() if one.muxer]
    opaque, alpha = cycle(OPAQUE), cycle(ALPHA)
    found = []
    for one in films:
        for container in names:
            goes = container in one.containers
            for _ in range(each if goes else 1):
                number = next(numbers)
                source = next(alpha) if one.alpha and number % 2 else next(opaque)
                rate, start = next(clocks)
                aspect = Fraction(4, 3) if number % 5 == 4 else Fraction(1)
                found.append(Case(one.id, container, source, rate, start, aspect))
    for source in LOSSLESS if each > 1 else LOSSLESS[::4]:
        found.append(Case("ffv1", next(iter(FORMATS["ffv1"].containers)), source, *next(clocks)))
    coded = CODED if each > 1 else CODED[::3]
    found += [Case(name, "mov", source, *next(clocks)) for name, source in coded]
    for name, container in (
        ("prores_hq", "mov"),
        ("prores_4444", "mkv"),
        ("ffv1", "mp4"),
        ("ffv1", "mkv"),
        ("h264_10", "mp4"),
        ("prores_hq", "mxf"),
        ("dnxhr_hqx", "mov"),
        ("h265_10", "mov"),
        ("cineform", "mov"),
    ):
        found += [Case(name, container, source, *CLOCKS[2]) for source in FIELDS]
    found += [
        # What a container has no word for.
        Case("prores_hq", "mxf", OPAQUE[2], Fraction(15), "01:00:00:00"),
        Case("dnxhr_hqx", "mxf", OPAQUE[2], Fraction(25), "01:00:00:00", Fraction(16, 15)),
        Case("prores_422", "mkv", OPAQUE[2], Fraction(25), "01:00:00:00", Fraction(16, 15)),
        Case("prores_hq", "mxf", Source("yuv422p10le", 1, (1, 13, 1)), *CLOCKS[2]),
        Case("dnxhr_444", "mov", ALPHA[0], *CLOCKS[2]),
    ]
    return list(dict.fromkeys(found))


def run(case: Case, folder: Path) -> Row:
    """One combination through the engine, and what ffmpeg says of the result."""
    from opticals.errors import FormatError
    from opticals.media.facts import Interpretation
    from opticals.rendering.engine import render
    from opticals.rendering.job import Job, Output

    folder.mkdir(parents=True)
    film = _film(case, folder / "source.mp4")
    try:
        output = Output(folder, case.format, handles=0, container=case.container)
        read = Interpretation(fields="keep" if case.source.fields else "")
        job = Job(_shot(case, film), _copy(), output, "cpu", read)
        made = render(job, lambda *report: None, lambda: None)
    except FormatError as error:
        return Row(case, f"{error.what} {error.why}".strip(), refused=True)
    wrong = tuple(_header(case, made))
    if case.format == "ffv1":
        same = _hashes(film) == _hashes(made.path)
        result, broken = "bit-exact", () if same else ("the code values are not the source's",)
    else:
        result, broken = _compare(case, film, made, folder)
    return Row(case, result, tuple(made.details["losses"]), wrong=(*wrong, *broken))


def _film(case: Case, path: Path) -> Path:
    """The source: noise of every code for the lossless codec, a camera move for the others."""
    from tests.core.films import noise, pan, write_film

    if case.source.coded or case.source.fields:
        plain = replace(case, source=replace(case.source, coded=(), fields=""))
        return _coded(case, _film(plain, path))
    small = not case.format.startswith("dnxhr")
    width, height = (96, 64) if small else (256, 120)
    name = case.source.pixel_format
    draw = noise if case.format == "ffv1" else pan
    pictures = draw(FRAMES, width, height, name)
    packed = {"gbrp": "bgr0", "gbrap": "bgra"}.get(name)
    if packed is not None:
        return _packed_film(case, path, pictures, name, packed)
    return write_film(
        path,
        pictures,
        codec="ffv1",
        pixel_format=name,
        rate=case.rate,
        options={"level": "3"},
        timecode=case.start,
        pixel_aspect=case.aspect,
        tags=(case.source.range, *case.source.colours),
    )


def _coded(case: Case, plain: Path) -> Path:
    """As ffmpeg codes it, marked as interlaced where it is to be so."""
    source = case.source
    path = plain.with_name("coded.mov" if source.coded else "coded.mkv")
    options = source.coded or ("-c:v", "ffv1", "-level", "3")
    if source.fields:
        order = {"top": "tff", "bottom": "bff"}[source.fields]
        options = ("-vf", f"setfield={order}", "-flags", "+ildct", *options)
    _call("ffmpeg", "-i", plain, *options, "-timecode", case.start, path)
    return path


def _packed_film(
    case: Case, path: Path, pictures: Sequence[Sequence[Any]], planar: str, packed: str
) -> Path:
    """8-bit RGB, which ffmpeg's lossless codecs hold packed alone."""
    import av

    from tests.core.films import to_frame

    with av.open(str(path), "w") as output:
        output.metadata["timecode"] = case.start
        stream = output.add_stream("ffv1", rate=case.rate, options={"level": "3"})
        stream.height, stream.width = pictures[0][0].shape
        stream.pix_fmt = packed
        context = stream.codec_context
        context.time_base, context.sample_aspect_ratio = 1 / case.rate, case.aspect
        context.color_range, context.colorspace = 2, 0
        context.color_primaries, context.color_trc = case.source.colours[:2]
        for index, picture in enumerate(pictures):
            frame = to_frame(picture, planar).reformat(format=packed)
            frame.color_range, frame.colorspace = 2, 0
            frame.color_primaries, frame.color_trc = case.source.colours[:2]
            frame.pts, frame.time_base = index, 1 / case.rate
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def _shot(case: Case, film: Path) -> Any:
    from tests.core.edits import plain_shot

    drop = ";" in case.start
    return plain_shot("V1:1", "a", str(film), case.rate, drop, 0, FRAMES, 0, FRAMES, 0, 0, FRAMES)


def _copy() -> Any:
    from opticals.recipe import Recipe, parse_step

    return Recipe((parse_step("copy"),))


def _header(case: Case, made: Render) -> Iterator[str]:
    """What ffprobe says otherwise than it should."""
    from opticals.media.facts import Tags

    said = _ask(made.path, "-count_frames", "-show_streams", "-show_format")
    (video,) = [one for one in said["streams"] if one["codec_type"] == "video"]
    places = [said["format"], *said["streams"]]
    clocks = {
        value
        for place in places
        for name, value in place.get("tags", {}).items()
        if name.lower() == "timecode"
    }
    expected = Tags(**made.details["contract"]["tags"])
    tags, wanted = _tags(video), _names(expected, rgb=video["pix_fmt"].startswith(("gb", "bgr")))
    if case.format.startswith("prores") and tags[2] is None:
        # ffprobe asks ProRes's own header, which has no code for each transfer of a container.
        wanted = (*wanted[:2], None, *wanted[3:])
    said_siting = made.details["contract"]["siting"].replace("_", "") or None
    aspect = Fraction(video.get("sample_aspect_ratio", "1:1").replace(":", "/"))
    rates = {Fraction(video["r_frame_rate"])}
    # Matroska has a frame's duration in whole nanoseconds.
    exact = all(
        abs(1 / rate - 1 / case.rate) < Fraction(1, 10**9)
        if case.container == "mkv"
        else rate == case.rate
        for rate in rates
    )
    bits = int(video.get("bits_per_raw_sample") or _bits(video["pix_fmt"]))
    points = {
        "frames": (video["nb_read_frames"], str(FRAMES)),
        "rate": (exact, True),
        "timecode": (clocks, {case.start}),
        "pixel aspect": (aspect, case.aspect),
        "depth": (bits >= min(int(case.source.bits), _depth(made)), True),
        "fields": (video.get("field_order", "unknown") in _ORDERS[case.source.fields], True),
        "siting": (said_siting in (None, video.get("chroma_location")), True),
        "tags": (tags, wanted),
        "alpha": ("a" in _letters(video["pix_fmt"]), "a" in _letters(case.source.pixel_format)),
    }
    for name, (found, wanted) in points.items():
        if found != wanted:
            yield f"{name}: {found}, not {wanted}"


def _depth(made: Render) -> int:
    return int(made.details["contract"]["bits"])


def _letters(pixel_format: str) -> str:
    """`yuva`, `gbrp`: what it holds; 8-bit packed RGB has its alpha in the name too."""
    return pixel_format.replace("gray", "").split("p")[0]


def _bits(pixel_format: str) -> str:
    return Source(pixel_format).bits


# ffprobe names the field coded first and the one shown first; of woven lines the latter is said
# by the order of both.
_ORDERS = {
    "": ("progressive", "unknown"),
    "top": ("tt", "tb"),
    "bottom": ("bb", "bt"),
}
_RANGES = {0: None, 1: "tv", 2: "pc"}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020"}
_TRANSFERS = {
    1: "bt709",
    6: "smpte170m",
    13: "iec61966-2-1",
    14: "bt2020-10",
    16: "smpte2084",
    18: "arib-std-b67",
}
# 5 and 6 are one formula; readers name it by the one or the other.
_MATRICES = {0: "gbr", 1: "bt709", 5: "smpte170m", 6: "smpte170m", 9: "bt2020nc"}


def _names(tags: Tags, *, rgb: bool) -> tuple[str | None, ...]:
    """ffprobe's names of them. RGB without any tags has none for its matrix either."""
    untagged = (tags.primaries, tags.transfer) == (2, 2)
    return (
        _RANGES[tags.range],
        _PRIMARIES.get(tags.primaries),
        _TRANSFERS.get(tags.transfer),
        None if rgb and untagged else _MATRICES.get(tags.matrix),
    )


def _tags(video: dict[str, Any]) -> tuple[str | None, ...]:
    names = ("color_range", "color_primaries", "color_transfer", "color_space")
    return tuple(
        None
        if (value := video.get(name)) in (None, "unknown", "reserved")
        else _MATRICES[5]
        if (name, value) == ("color_space", "bt470bg")
        else value
        for name in names
    )


def _compare(case: Case, film: Path, made: Render, folder: Path) -> tuple[str, tuple[str, ...]]:
    """How true the copy is, in dB, beside ffmpeg's own of the same film by the same encoder."""
    from opticals.media.write.formats import FORMATS

    stored, before = _decoded(film)
    source = replace(case.source, pixel_format=stored)
    ours = _psnr(source, before, *_decoded(made.path), made)
    chosen = FORMATS[case.format]
    encoder = made.details["encoding"]["encoder"]
    written = made.details["encoding"]["pixel_format"]
    theirs = folder / f"theirs{chosen.segment.suffix}"
    options = [word for key, value in chosen.options.items() for word in (f"-{key}", value)]
    if case.source.fields:
        options += ["-flags", "+ildct"]
    # Its own conversions of range and matrix are not what is compared.
    plain = case.source.range == 1 and not case.source.rgb and not _made_other(case, made)
    if not plain:
        return f"{ours:.1f} dB", () if ours > 38 else (f"{ours:.1f} dB",)
    _call("ffmpeg", "-y", "-i", film, "-c:v", encoder, *options, "-pix_fmt", written, theirs)
    best = _psnr(source, before, *_decoded(theirs), made)
    # x264 and x265 spend bits as their versions see fit.
    slack = 0.5 if case.format.startswith("h26") else 0.1
    broken = () if ours > best - slack else (f"{ours:.1f} dB, ffmpeg's own {best:.1f}",)
    return f"{ours:.1f} dB (ffmpeg {best:.1f})", broken


def _made_other(case: Case, made: Render) -> bool:
    """Whether the codec asked for another colour matrix than the source's."""
    return any("matrix" in loss for loss in made.details["losses"])


def _psnr(source: Source, before: Planes, pixel_format: str, after: Planes, made: Render) -> float:
    """Of nominal luma (BT.709-6 section 3), chroma too where it lies as the source's."""
    tags = made.details["encoding"]["tags"]
    full = source.range == 2 or source.rgb
    target = Source(pixel_format, tags["range"])
    matrix = tags["matrix"]
    if matrix == 2:
        matrix = 6
    pairs = [
        (
            _luma(source, before, full, matrix if source.rgb else None),
            _luma(target, after, tags["range"] == 2 or target.rgb, matrix if target.rgb else None),
        )
    ]
    if not source.rgb and not source.grey and not target.rgb and source.chroma == target.chroma:
        pairs += [
            (
                _nominal(source, one, full, chroma=True),
                _nominal(target, other, tags["range"] == 2, chroma=True),
            )
            for one, other in zip(before[1:3], after[1:3], strict=True)
        ]
    if "matrix" in " ".join(made.details["losses"]):
        pairs = []  # luma is another sum of the primaries
    powers = [float(np.square(one - other).mean()) for one, other in pairs]
    worst = max(powers, default=0.0)
    return 99.0 if worst < 1e-9 else float(-10 * np.log10(worst))


def _nominal(kind: Source, plane: NDArray[Any], full: bool, chroma: bool = False) -> NDArray[Any]:
    """Codes as 0 to 1, of chroma as -0.5 to 0.5 (BT.709-6 section 4, BT.2100-2 table 9)."""
    bits = int(kind.bits)
    zero = (128 if chroma else 0 if full else 16) * 2 ** (bits - 8)
    gain = 2**bits - 1 if full else (224 if chroma else 219) * 2 ** (bits - 8)
    return (plane - zero) / gain


_WEIGHTS = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593), 0: (0.299, 0.114)}


def _luma(kind: Source, planes: Planes, full: bool, matrix: int | None) -> NDArray[Any]:
    if not kind.rgb:
        return _nominal(kind, planes[0], full)
    red, blue = _WEIGHTS[matrix or 0]
    g, b, r = (_nominal(kind, plane, True) for plane in planes[:3])
    return red * r + (1 - red - blue) * g + blue * b


def _decoded(path: Path) -> tuple[str, Planes]:
    """Pixel format and planes `[frames, rows, columns]` of a film, as ffmpeg decodes it."""
    video = _ask(path, "-select_streams", "v", "-show_streams")["streams"][0]
    name = video["pix_fmt"]
    planar = {"bgr0": "gbrp", "bgra": "gbrap"}.get(name, name)
    data = _call("ffmpeg", "-i", path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", planar, "-")
    kind = Source(planar)
    codes = np.frombuffer(data, np.uint8 if kind.bits == "8" else "<u2").astype(np.float64)
    width, height = video["width"], video["height"]
    halved = not (kind.rgb or kind.grey)
    columns = width // 2 if halved and kind.chroma != "444" else width
    rows = height // 2 if halved and kind.chroma == "420" else height
    shapes = [(height, width)]
    if not kind.grey:
        shapes += [(rows, columns)] * 2
    if "a" in _letters(planar):
        shapes.append((height, width))
    sizes = [one * other for one, other in shapes]
    frames = codes.reshape(-1, sum(sizes))
    parts = np.split(frames, np.cumsum(sizes)[:-1], axis=1)
    return planar, [part.reshape(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]


def _hashes(path: Path) -> list[str]:
    """ffmpeg's framemd5 of every frame, as it is stored."""
    told = _call("ffmpeg", "-i", path, "-map", "0:v", "-f", "framemd5", "-").decode()
    return [line.split(",")[-1].strip() for line in told.splitlines() if line[0] != "#"]


def _ask(path: Path, *options: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_call("ffprobe", *options, "-of", "json", path))
    return answer


def _call(tool: str, *options: str | Path) -> bytes:
    command = [tool, "-v", "error", *map(str, options)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def table(rows: Sequence[Row]) -> str:
    """The matrix in Markdown."""
    refused = [row for row in rows if row.refused]
    held = [row for row in rows if not row.refused]
    codecs = Counter(row.case.format for row in held)
    lines = [
        "# Formats, containers and what each of them holds",
        "",
        "Made by `make matrix`: every row is a film written for it, rendered by `copy`, and read",
        "back by ffprobe and ffmpeg. They agree on the number of frames, rate, start timecode,",
        "pixel aspect, depth, colour tags, fields and alpha of each. Lossless copies have the",
        "source's frame hashes (`-f framemd5`); of the others the table says how true luma and",
        "chroma are, and in brackets what ffmpeg's own transcode with the same encoder reaches.",
        "",
        f"{len(rows)} combinations: {len(held)} written in {len(codecs)} formats, "
        f"{len(refused)} refused.",
        "",
        "## Written",
        "",
        "| format | container | source | rate | start | pixel | copy | announced |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [f"| {_cells(row)} | {row.result} | {'; '.join(row.losses)} |" for row in held]
    lines += ["", "## Refused", "", "| format | container | source | rate | start | pixel | why |"]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [f"| {_cells(row)} | {row.result} |" for row in refused]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> str:
    case = row.case
    pixel = f"{case.aspect.numerator}:{case.aspect.denominator}"
    tags = "" if case.source.colours[:2] in ((1, 1), (1, 13)) else f" {case.source.colours}"
    rate = f"{float(case.rate):.6g}"
    return " | ".join(
        (case.format, case.container, case.source.words + tags, rate, case.start, pixel)
    )


def run_all(wanted: Sequence[Case], folder: Path) -> list[Row]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda one: run(one[1], folder / f"{one[0]}"), enumerate(wanted)))


def main() -> int:
    if not all(map(shutil.which, TOOLS)):
        print("ffmpeg and ffprobe must be installed: they are the independent reader.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        os.environ["OPTICALS_HOME"] = folder
        rows = run_all(cases(), Path(folder) / "films")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(table(rows), encoding="utf-8")
    for row in rows:
        for wrong in row.wrong:
            print(f"{_cells(row)}: {wrong}")
    print(f"{PAGE}: {len(rows)} combinations")
    return int(any(row.wrong for row in rows))


if __name__ == "__main__":
    sys.exit(main())
