"""The frame contract: what a render promises, proved by decoding every frame of it."""

from __future__ import annotations

import hashlib
import re
from contextlib import closing
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import MediaError
from opticals.media.colour.planes import Layout, layout, one_thread, planes
from opticals.media.facts import Hdr, Media, Pictures, Tags
from opticals.media.read.container import opened, picture
from opticals.media.read.probe import examine
from opticals.media.sequence import reading as sequences
from opticals.media.sound.tracks import Track, heard
from opticals.models.files import sha256
from opticals.timeline.timecode import timecode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import av
    from torch import Tensor

_GRID = 4
_EXACT = ":"  # before the hash of all codes
_PRINT = re.compile(r"([0-9a-f]{4})+(:[0-9a-f]{32})?")
_UNIT = 256  # steps of a print's value to one 8-bit code
# Codecs moved a print's value by 11 at most (ProRes, DNxHR), 49 (H.264 at crf 16).
_TOLERANCE = 1 * _UNIT
_ASPECT_STEP = 1e-5  # DPX has six decimals of it
_NEIGHBOURS = (-2, -1, 1, 2)
# (frames looked at together, mean distance up to which they are not told apart): one frame out
# of place shows where there is motion, a run of them in almost still pictures too.
_RUNS = ((1, _UNIT // 4), (9, _UNIT // 32))


@dataclass(frozen=True)
class Contract:
    """What decoding a file must prove.

    Attributes:
        pixel_aspect, start, tags: None: whatever it is.
        start: timecode of the first frame as a frame number, counted as `drop_frame` says.
        field_order, siting, hdr: likewise where empty.
        bits: at least.
        tracks: of the sound, as it was written; None: whatever there is.
        pictures: of a sequence of ours, how its files are written.
        prints: `fingerprint` of every frame handed to the encoder, or none.
        sha256: of the whole file, where that is known instead; else empty.
    """

    frames: int
    rate: Fraction
    width: int
    height: int
    pixel_aspect: Fraction | None = None
    start: int | None = None
    drop_frame: bool = False
    tags: Tags | None = None
    field_order: str = ""
    siting: str = ""
    hdr: Hdr | None = None
    bits: int = 8
    alpha: bool = False
    pictures: Pictures | None = None
    tracks: tuple[Track, ...] | None = None
    prints: tuple[str, ...] = ()
    sha256: str = ""

    def to_json(self) -> dict[str, Any]:
        data = asdict(self)
        data["rate"] = str(self.rate)
        data["pixel_aspect"] = None if self.pixel_aspect is None else str(self.pixel_aspect)
        return data

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Contract:
        values = dict(data)
        values["rate"] = Fraction(values["rate"])
        if values["pixel_aspect"] is not None:
            values["pixel_aspect"] = Fraction(values["pixel_aspect"])
        if values["tags"] is not None:
            values["tags"] = Tags(**values["tags"])
        if values.get("hdr") is not None:
            values["hdr"] = Hdr(**{key: tuple(one) for key, one in values["hdr"].items()})
        if values.get("tracks") is not None:
            values["tracks"] = tuple(Track(**one) for one in values["tracks"])
        if values.get("pictures") is not None:
            values["pictures"] = Pictures.from_json(values["pictures"])
        values["prints"] = tuple(values["prints"])
        if not all(_PRINT.fullmatch(one) for one in values["prints"]):
            raise ValueError("the fingerprints of its frames are none")
        return Contract(**values)


@dataclass(frozen=True)
class Point:
    """One thing the contract asks, and what the file shows."""

    name: str
    expected: str
    found: str
    ok: bool


def failures(points: Sequence[Point]) -> tuple[Point, ...]:
    """Those that the file does not keep."""
    return tuple(point for point in points if not point.ok)


def stated(media: Media, digest: str) -> Contract:
    """The contract that a film as it stands keeps: that it stays so is what can be proved."""
    return Contract(
        frames=media.frames,
        rate=media.rate,
        width=media.width,
        height=media.height,
        pixel_aspect=media.pixel_aspect,
        start=media.start,
        drop_frame=media.drop_frame,
        tags=media.tags,
        field_order=media.field_order,
        siting=media.siting,
        hdr=media.hdr,
        bits=media.bits,
        alpha=media.alpha,
        sha256=digest,
    )


def describe(points: Sequence[Point]) -> str:
    """The points that are not kept, in a sentence."""
    broken = (f"{p.name}: expected {p.expected}, found {p.found}" for p in failures(points))
    return "; ".join(broken)


def fingerprint(tensors: Sequence[Tensor], kind: Layout, *, exact: bool = False) -> str:
    """A frame in short: the means of a 4x4 grid of its first plane (luma; green of RGB), and
    the mean of every other plane, in 1/256 of an 8-bit code, four hexadecimal digits each.
    `exact` adds a hash of all its codes, for formats that keep them."""
    codes = hashlib.blake2b(digest_size=16)
    if exact:
        for plane in tensors:
            codes.update(plane.contiguous().numpy().tobytes())
    scale = 2.0 ** (16 - kind.bits)
    with one_thread():
        if kind.float:  # of what lies within 0 to 1 alone
            scale = 255.0 * _UNIT
            tensors = [plane.float().nan_to_num(0).clamp(0, 1) for plane in tensors]
        means = [
            cell.float().mean()
            for band in tensors[0].tensor_split(_GRID, 0)
            for cell in band.tensor_split(_GRID, 1)
            if cell.numel()  # of the smallest pictures not every one has a pixel
        ]
        means += [plane.float().mean() for plane in tensors[1:]]
    grid = "".join(f"{round(float(mean) * scale):04x}" for mean in means)
    return f"{grid}:{codes.hexdigest()}" if exact else grid


def check(
    path: str | Path, contract: Contract, progress: Callable[[int], None] | None = None
) -> tuple[Point, ...]:
    """Every point of the contract, from the file's header and all of its decoded frames.

    A file that cannot be read as a film is a point that is not kept. `progress` is told the
    number of frames decoded; what it raises stops the check.
    """
    try:
        media = _examined(path, contract)
        prints = tuple(_prints(media, contract.prints, progress))
        sound = tuple(_sound(media, contract.tracks))
    except MediaError as error:
        return (Point("readable", "a whole film", f"{error.what} {error.why}", False),)
    points = [
        _equal("frames", contract.frames, len(prints)),
        _equal("rate", contract.rate, media.rate if media.constant else "variable"),
        _equal("size", f"{contract.width}x{contract.height}", f"{media.width}x{media.height}"),
        *_files(media, contract),
        Point("bits", f"at least {contract.bits}", str(media.bits), media.bits >= contract.bits),
    ]
    if contract.alpha:
        points.append(_equal("alpha", "yes", "yes" if media.alpha else "no"))
    if contract.pixel_aspect is not None:
        points.append(_aspect(contract, media))
    if contract.start is not None and contract.pictures and not contract.pictures.timecode:
        points.append(_equal("first number", contract.start, media.start))
    elif contract.start is not None:
        expected = timecode(contract.start, contract.rate, contract.drop_frame)
        found = (
            "none" if media.start is None else timecode(media.start, media.rate, media.drop_frame)
        )
        points.append(_equal("start timecode", expected, found))
    if contract.tags is not None:
        for name, value in asdict(contract.tags).items():
            points.append(_equal(name, value, asdict(media.tags)[name]))
    if contract.field_order:
        # Not every container has a word for frames without fields.
        points.append(_equal("fields", contract.field_order, media.field_order or "progressive"))
    if contract.siting:
        points.append(_equal("chroma siting", contract.siting, media.siting))
    if contract.hdr is not None:
        points.append(_hdr(contract.hdr, media.hdr))
    if contract.sha256:
        points.append(_equal("file", contract.sha256, _digest(Path(path))))
    points.extend(sound)
    if contract.prints:
        points.append(_pictures(contract.prints, prints))
    return tuple(points)


def _examined(path: str | Path, contract: Contract) -> Media:
    """The medium as it is now, not what is remembered of it; of OpenEXR the whole picture, where
    the render has more than is shown."""
    # Types that say their rate must say the right one.
    says = contract.pictures is not None and Path(path).suffix in (".exr", ".dpx")
    media = examine(path, None if says else contract.rate)
    more = sequences.whole(media)
    return more if (more.width, more.height) == (contract.width, contract.height) else media


def _aspect(contract: Contract, media: Media) -> Point:
    """The shape of pixels. Files of pictures say it as a decimal number, films as a fraction."""
    wanted, found = contract.pixel_aspect, media.pixel_aspect
    assert wanted is not None
    close = contract.pictures is not None and abs(found / wanted - 1) < _ASPECT_STEP
    return Point("pixel aspect", str(wanted), str(found), found == wanted or close)


def _files(media: Media, contract: Contract) -> Iterator[Point]:
    """What the files of a sequence say beside their pictures."""
    wanted, found = contract.pictures, media.pictures
    if wanted is None or found is None:
        return
    yield _equal("missing files", 0, len(media.missing))
    yield _equal("display window", wanted.display, found.display)
    yield Point(
        "chromaticities",
        _numbers(wanted.chromaticities),
        _numbers(found.chromaticities),
        wanted.chromaticities == found.chromaticities,
    )
    for name, value in wanted.entries:
        yield _equal(name, value, dict(found.entries).get(name, "none"))
    if wanted.timecode:
        stray = sequences.stray_timecodes(media)
        told = f"not in {len(stray)}, the first frame {stray[0]}" if stray else "in every file"
        yield _equal("timecode", "in every file", told)


def _numbers(texts: Sequence[str]) -> str:
    return " ".join(f"{float(text):.4g}" for text in texts) or "none"


def _digest(path: Path) -> str:
    return sequences.digest(path) or sha256(path)


def _hdr(expected: Hdr, found: Hdr | None) -> Point:
    """Compared in the steps that codecs write it in: 0.00002 of chromaticities."""
    same = found is not None and _steps(found) == _steps(expected)
    return Point("HDR metadata", _words(expected), _words(found), same)


def _steps(hdr: Hdr) -> tuple[object, ...]:
    return (
        [round(Fraction(one) * 50_000) for one in hdr.primaries],
        [round(Fraction(one) * 10_000) for one in hdr.luminance],
        hdr.content,
    )


def _words(hdr: Hdr | None) -> str:
    if hdr is None:
        return "none"
    levels = "-".join(f"{float(Fraction(one)):g}" for one in hdr.luminance) or "unsaid"
    return f"{levels} cd/m2, at most {hdr.content[0]}, {hdr.content[1]} on average"


def _sound(media: Media, tracks: Sequence[Track] | None) -> Iterator[Point]:
    """The sound, decoded and compared with what was written."""
    if tracks is None:
        return
    yield _equal("sound streams", len(tracks), len(media.audio))
    for number, (wanted, stream) in enumerate(zip(tracks, media.audio, strict=False), 1):
        found = heard(media, stream.index, wanted)
        yield _equal(f"sound {number}", wanted.described, found.described)
        if wanted.sha256:
            same = "as written" if found.sha256 == wanted.sha256 else "others, or in other places"
            yield _equal(f"samples of sound {number}", "as written", same)


def _equal(name: str, expected: object, found: object) -> Point:
    return Point(name, str(expected), str(found), expected == found)


def _prints(
    media: Media, wanted: Sequence[str], progress: Callable[[int], None] | None
) -> Iterator[str]:
    """The fingerprint of every frame, of the kind that is `wanted` (empty where none is), by a
    plain forward decode."""
    import av

    exact = any(_EXACT in one for one in wanted)
    path = Path(media.path)
    count = 0
    if media.is_sequence:
        with closing(sequences.reading(media)) as reader:
            for codes in reader.read(0, media.frames):
                count += 1
                yield fingerprint(codes, media.coding.layout, exact=exact) if wanted else ""
                if progress is not None:
                    progress(count)
        return
    with opened(path) as container:
        try:
            for frame in container.decode(picture(container, path)):
                _refuse_other(media, frame, count)
                kind = layout(frame.format.name)
                yield fingerprint(planes(frame), kind, exact=exact) if wanted else ""
                count += 1
                if progress is not None:
                    progress(count)
        except av.FFmpegError as error:
            raise MediaError.wrap(f"{path}: frame {count} cannot be decoded.", error) from error


def _refuse_other(media: Media, frame: av.VideoFrame, index: int) -> None:
    """A damaged frame, or one whose picture is not of the medium's kind."""
    found = (frame.width, frame.height, frame.format.name)
    if frame.is_corrupt or found != (media.width, media.height, media.pixel_format):
        raise MediaError(
            f"{media.path}: frame {index} is damaged.",
            f"It is {frame.width}x{frame.height} {frame.format.name}.",
        )


def _pictures(expected: Sequence[str], found: Sequence[str]) -> Point:
    """Whether every frame shows the picture it should, and none of its neighbours'."""
    if any(_EXACT in one for one in expected):
        pairs = zip(expected, found, strict=False)
        other = [index for index, (one, shown) in enumerate(pairs) if one != shown]
        told = "every code value"
        if other:
            told = f"{len(other)} frames with other code values, the first is frame {other[0]}"
        return Point("pictures", "every code value", told, not other)
    wrong = _misplaced([_values(one) for one in expected], [_values(one) for one in found])
    told = "each in its place"
    if wrong:
        told = f"{len(wrong)} others or in other places, the first about frame {min(wrong)}"
    return Point("pictures", "each in its place", told, not wrong)


def _values(text: str) -> tuple[int, ...]:
    return tuple(int(text[place : place + 4], 16) for place in range(0, len(text), 4))


def _misplaced(wanted: Sequence[tuple[int, ...]], shown: Sequence[tuple[int, ...]]) -> set[int]:
    """Frames far from the picture that was written, or clearly closer to one beside it."""
    count = min(len(wanted), len(shown))
    own = [_distance(wanted[index], shown[index]) for index in range(count)]
    wrong = {index for index, distance in enumerate(own) if distance > _TOLERANCE}
    for shift in _NEIGHBOURS:
        first, last = max(-shift, 0), min(count, len(wanted) - shift)
        other = {
            index: _distance(wanted[index + shift], shown[index]) for index in range(first, last)
        }
        for run, noise in _RUNS:
            for start in range(first, last - run + 1):
                frames = range(start, start + run)
                here = sum(own[index] for index in frames)
                if here > noise * run and here > 2 * sum(other[index] for index in frames):
                    wrong.add(start + run // 2)
    return wrong


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The largest difference of two prints."""
    if len(one) != len(other):
        return float("inf")
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
