"""Writes planes as numbered picture files, by OpenImageIO.

A segment is one file, a zip of encoded pictures as they are; joining unpacks it under the numbers
of the render. What depends on the render and the place in it (rate, timecode, DPX's file name) is
filled in then: the bytes have a fixed place in the header.
"""

from __future__ import annotations

import struct
import zipfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from opticals.errors import MediaError, OutputError
from opticals.media.colour.planes import UNTAGGED, Layout, layout
from opticals.media.facts import Media, Pictures, Tags
from opticals.media.sequence import pictures
from opticals.media.sequence.numbering import Pattern, pattern_of
from opticals.media.sequence.pictures import INTEROP, PRIMARIES, SRGB, Window
from opticals.media.sequence.reading import window
from opticals.media.write.encode import writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction
    from types import TracebackType

    from numpy.typing import NDArray
    from torch import Tensor

    from opticals.media.write.encoding import Encoding

SUFFIXES = {"exr": ".exr", "dpx": ".dpx", "png": ".png", "tiff": ".tif"}
DIGITS = 8  # as many as the last frame of a day has at 120 frames per second
_TIMECODE = ("exr", "dpx")  # the types with a place for it
# OpenEXR's compressions that lose something would do so again in a copy.
_LOSSLESS = ("none", "rle", "zip", "zips", "piz")
_ENCODERS = 4  # pictures encoded at once
_DPX_NAME, _DPX_RATES, _DPX_TIMECODE = slice(36, 136), (1724, 1940), 1920  # SMPTE ST 268
_EXR_RATE = b"framesPerSecond\0rational\0\x08\0\0\0"
_EXR_TIMECODE = b"timeCode\0timecode\0\x08\0\0\0"


def described(
    kind: str, media: Media, width: int, height: int, planes: Layout
) -> tuple[Pictures, Tags]:
    """How the files of a render of `media` are written, and the colour tags that can be read in
    them.

    As the source's files where it is a sequence; else numbered by timecode, which types without
    timecode always are.

    Args:
        kind: exr, dpx, png or tiff.
        width, height: of the render.
        planes: what it is written with.
    """
    source = media.pictures
    box = Window(0, 0, width, height)
    display, data = box, box
    if source is not None and kind == media.codec == "exr":
        times = width // media.width
        if (media.width * times, media.height * times) == (width, height):
            display, data = (Window(*one).scaled(times) for one in (source.display, source.data))
            box = window(media).scaled(times)
            if box == display:  # what lies outside it was not read
                data = data if data.union(display) == display else display
    carried = source is None or source.timecode
    same = source is not None and kind == media.codec
    chromaticities, entries = _colours(kind, media, same)
    numbered = source is not None and (kind in _TIMECODE or source.offset == 0)
    found = Pictures(
        digits=source.digits or DIGITS if source is not None and numbered else DIGITS,
        offset=source.offset if source is not None and numbered else 0,
        display=display[:],
        data=data[:],
        chromaticities=chromaticities,
        compression=_compression(kind, source),
        entries=entries,
        timecode=carried and kind in _TIMECODE,
    )
    return found, pictures.tags_said(kind, found, media.tags, planes)


def _compression(kind: str, source: Pictures | None) -> str:
    if kind != "exr":
        return ""
    known = source.compression if source is not None else ""
    return known if known in _LOSSLESS else "zip"


def _colours(
    kind: str, media: Media, same: bool
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Chromaticities and header entries that say what the codes stand for, as far as `kind` can."""
    known = media.pictures
    if same and known is not None:
        return known.chromaticities, known.entries
    primaries, transfer = media.tags.primaries, media.tags.transfer
    if kind == "exr":
        chromaticities = known.chromaticities if known is not None else ()
        if not chromaticities and primaries in PRIMARIES:
            chromaticities = pictures.spelled(PRIMARIES[primaries])
        if transfer == pictures.LINEAR:
            return chromaticities, ()
        name = next((n for n, both in INTEROP.items() if both == (primaries, transfer)), "unknown")
        return chromaticities, (("oiio:ColorSpace", name),)
    if kind == "dpx":
        names = {code: name for name, code in reversed(pictures.DPX_TRANSFER.items())}
        both = names.get(transfer, "User defined"), names.get(primaries, "User defined")
        return (), tuple(zip(("dpx:Transfer", "dpx:Colorimetric"), both, strict=True))
    return (), ()


class SequenceWriter:
    """One segment: a zip of pictures. The same frames give the same bytes.

    Has the interface of `encode.Writer`.
    """

    def __init__(self, path: Path, encoding: Encoding, threads: int = 0) -> None:
        """Opens the file.

        Raises:
            OutputError: the file cannot be written.
        """
        self._path = Path(path)
        self._encoding = encoding
        self._frames = 0
        with writing(self._path):
            self._zip = zipfile.ZipFile(self._path, "w", zipfile.ZIP_STORED)
        self._pool = ThreadPoolExecutor(threads or _ENCODERS, "encode pictures")
        self._waiting: deque[Future[bytes]] = deque()
        self._kind = layout(encoding.pixel_format)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def write(self, planes: Sequence[Tensor], frame: object = None) -> None:
        """The next frame, in the encoding's pixel format. The planes may be used again; there is
        no `frame` that they could belong to, as there is in a film.

        Raises:
            OutputError: no space is left, or the file cannot be written.
        """
        pixels = _interleaved(planes, self._kind)
        beside = self._path.with_suffix(f".{len(self._waiting) + self._frames:06}")
        self._waiting.append(self._pool.submit(_encoded, pixels, self._encoding, beside))
        while len(self._waiting) > _ENCODERS:
            self._store()

    def close(self) -> None:
        """Finishes the file.

        Raises:
            OutputError: no space is left, or the file cannot be written.
        """
        try:
            while self._waiting:
                self._store()
            with writing(self._path):
                self._zip.close()
        except BaseException:
            self.abandon()
            raise
        self._pool.shutdown()

    def abandon(self) -> None:
        """Closes and removes the unfinished file."""
        self._pool.shutdown(cancel_futures=True)
        with suppress(OSError, ValueError):  # it is thrown away
            self._zip.close()
        self._path.unlink(missing_ok=True)

    def _store(self) -> None:
        data = self._waiting.popleft().result()
        entry = zipfile.ZipInfo(f"{self._frames:06}{SUFFIXES[self._encoding.format]}")
        with writing(self._path):
            self._zip.writestr(entry, data)
        self._frames += 1


def join(
    segments: Sequence[Path],
    target: Path,
    encoding: Encoding,
    *,
    start: int,
    drop_frame: bool,
    picks: Sequence[Sequence[int]] | None = None,
) -> int:
    """Unpacks segments, made by `SequenceWriter` with `encoding`, into the folder of `target`.

    `target` is a printf pattern whose folder is made, and holds nothing else; `picks` are as in
    `write.join`. Returns the number of frames. On an error nothing is left of the folder.

    Raises:
        OutputError: the files cannot be written.
        MediaError: a segment is missing or damaged.
    """
    import shutil

    pattern = pattern_of(target)
    if pattern is None or encoding.pictures is None:
        raise ValueError(f"{target} names no sequence")
    frames = 0
    try:
        with writing(target.parent):
            target.parent.mkdir(parents=True)
        for number, segment in enumerate(segments):
            for data in _unpacked(segment, None if picks is None else picks[number]):
                _write(pattern, data, start + frames, drop_frame, encoding)
                frames += 1
    except BaseException:
        shutil.rmtree(target.parent, ignore_errors=True)
        raise
    return frames


def _unpacked(segment: Path, picks: Sequence[int] | None) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(segment) as opened:
            names = sorted(opened.namelist())
            for name in names if picks is None else [names[one] for one in picks]:
                yield opened.read(name)  # checks its sum
    except (OSError, zipfile.BadZipFile) as error:
        raise MediaError.wrap(
            f"The segment {segment} is damaged.", error, "Render the shot again."
        ) from error


def _write(pattern: Pattern, data: bytes, frame: int, drop_frame: bool, encoding: Encoding) -> None:
    """One file, whose timecode is the frame number `frame`."""
    assert encoding.pictures is not None
    path = pattern.file(frame + encoding.pictures.offset)
    if encoding.format in _TIMECODE:
        data = _placed(data, path.name, frame, drop_frame, encoding)
    with writing(path), path.open("xb") as file:
        file.write(data)


def _placed(data: bytes, name: str, frame: int, drop_frame: bool, encoding: Encoding) -> bytes:
    """A picture with the render's rate, its own timecode and name."""
    made, rate = bytearray(data), encoding.rate
    if encoding.format == "dpx":
        order = "<" if data[:4] == b"XPDS" else ">"
        made[_DPX_NAME] = name.encode("ascii", "replace")[:99].ljust(100, b"\0")
        for place in _DPX_RATES:
            struct.pack_into(f"{order}f", made, place, float(rate))
    else:
        order = "<"
        place = data.index(_EXR_RATE) + len(_EXR_RATE)
        struct.pack_into("<iI", made, place, rate.numerator, rate.denominator)
    if encoding.pictures is not None and encoding.pictures.timecode:
        place = _DPX_TIMECODE
        if encoding.format == "exr":
            place = data.index(_EXR_TIMECODE) + len(_EXR_TIMECODE)
        packed = pictures.packed_timecode(frame, rate, drop_frame)
        struct.pack_into(f"{order}I", made, place, packed)
    return bytes(made)


def _interleaved(planes: Sequence[Tensor], kind: Layout) -> NDArray[Any]:
    """`[rows, columns, channels]`, a copy: R, G, B (, A) or Y, scaled up to the type's bits."""
    import numpy as np

    order = (0,) if kind.family == "grey" else (2, 0, 1, 3)[: len(planes)]
    pixels = np.stack([planes[index].cpu().numpy() for index in order], axis=-1)
    if not kind.float and 8 < kind.bits < 16:
        # As OpenImageIO scales down: the upper bits again below the lower ones.
        up, down = np.uint16(16 - kind.bits), np.uint16(2 * kind.bits - 16)
        pixels = pixels << up | pixels >> down
    return pixels


def _encoded(pixels: NDArray[Any], encoding: Encoding, beside: Path) -> bytes:
    """A picture as the bytes of a file, which OpenImageIO writes `beside` first."""
    import OpenImageIO as oiio

    assert encoding.pictures is not None
    box, spec = _spec(pixels, encoding)
    if spec.width < box.width or spec.height < box.height:
        top, left = spec.y - box.y, spec.x - box.x
        pixels = pixels[top : top + spec.height, left : left + spec.width].copy()
    try:
        file = oiio.ImageOutput.create({"exr": "openexr"}.get(encoding.format, encoding.format))
        assert file is not None
        done = file.open(str(beside), spec) and file.write_image(pixels)
        why = "" if done else file.geterror()
        if not (file.close() and done):
            raise _unwritten(beside, why or file.geterror())
        data = beside.read_bytes()
    except OSError as error:
        raise _unwritten(beside, str(error)) from error
    finally:
        beside.unlink(missing_ok=True)
    if encoding.format == "dpx":
        data = data[: _DPX_NAME.start] + bytes(100) + data[_DPX_NAME.stop :]
    return data


def _unwritten(path: Path, why: str) -> OutputError:
    return OutputError(
        f"{path} cannot be written.",
        " ".join(why.split()),
        "Free some space on this drive, and check that you may write to it.",
    )


def _spec(pixels: NDArray[Any], encoding: Encoding) -> tuple[Window, Any]:
    """The window that `pixels` fill, and OpenImageIO's description of the file."""
    import OpenImageIO as oiio

    said = encoding.pictures
    assert said is not None
    kind = layout(encoding.pixel_format)
    height, width, channels = pixels.shape
    sample = {"float16": "half", "float32": "float"}.get(str(pixels.dtype), str(pixels.dtype))
    spec = oiio.ImageSpec(width, height, channels, sample)
    box = Window(0, 0, width, height)
    spec.attribute("DateTime", "")  # the same picture is the same file whenever it is made
    spec.attribute("Software", "Opticals")
    for name, value in said.entries:
        spec.attribute(name, value)
    if kind.alpha and not encoding.premultiplied:
        spec.attribute("oiio:UnassociatedAlpha", 1)
    if encoding.pixel_aspect != 1 or encoding.format in _TIMECODE:
        spec.attribute("PixelAspectRatio", float(encoding.pixel_aspect))
    if said.compression:
        spec.attribute("compression", said.compression)
    if said.timecode:
        spec.attribute("smpte:TimeCode", "timecode", (0, 0))
    if encoding.format == "exr":
        box = _set_exr(spec, encoding, pixels, box)
    elif encoding.format == "dpx":
        spec.attribute("oiio:BitsPerSample", kind.bits)
        spec.attribute("dpx:FrameRate", float(encoding.rate))
        spec.attribute("dpx:TemporalFrameRate", float(encoding.rate))
    elif encoding.format == "tiff":
        spec.attribute("compression", "zip")
    elif encoding.format == "png":
        _set_png(spec, encoding)
    return box, spec


def _set_exr(spec: Any, encoding: Encoding, pixels: NDArray[Any], box: Window) -> Window:
    said = encoding.pictures
    assert said is not None
    rate: Fraction = encoding.rate
    spec.attribute("framesPerSecond", "rational", (rate.numerator, rate.denominator))
    if said.chromaticities:
        spec.attribute("chromaticities", "float[8]", tuple(map(float, said.chromaticities)))
    display, data = Window(*said.display), Window(*said.data)
    whole = display.union(data)
    box = whole if box[2:] == whole[2:] else display
    inside = data if box.union(data) == box and _only_inside(pixels, data, box) else box
    spec.x, spec.y, spec.width, spec.height = inside
    spec.full_x, spec.full_y, spec.full_width, spec.full_height = display
    return box


def _only_inside(pixels: NDArray[Any], data: Window, box: Window) -> bool:
    """Whether all that lies outside the source's data window is nothing still."""
    if data == box:
        return True
    top, left = data.y - box.y, data.x - box.x
    rows = slice(top, top + data.height)
    outside = (
        pixels[:top],
        pixels[top + data.height :],
        pixels[rows, :left],
        pixels[rows, left + data.width :],
    )
    return not any(part.any() for part in outside)


def _set_png(spec: Any, encoding: Encoding) -> None:
    tags, aspect = encoding.tags, encoding.pixel_aspect
    if aspect != 1:  # in whole pixels per unit, of which there would be 100 across
        spec.attribute("XResolution", float(aspect.denominator))
        spec.attribute("YResolution", float(aspect.numerator))
    both = tags.primaries, tags.transfer
    spec.attribute("png:compressionLevel", 3)  # half the time of the usual 6 for little more
    spec.attribute("oiio:ColorSpace", "srgb_rec709_scene" if both == (1, SRGB) else "unknown")
    if both not in ((1, SRGB), (UNTAGGED, UNTAGGED)):
        spec.attribute("CICP", "int[4]", (*both, 0, 1))
