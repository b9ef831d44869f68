"""Sequences of numbered pictures as media: probed, identified and read frame by frame."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import MediaError
from opticals.media.colour.planes import layout
from opticals.media.facts import AS_TAGGED, Interpretation, Media, Pictures
from opticals.media.sequence import pictures
from opticals.media.sequence.numbering import Numbered, Pattern, numbered, pattern_of
from opticals.media.sequence.pictures import Header, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from torch import Tensor

RATE = Fraction(24)  # of sequences that do not say theirs
_AHEAD = min(4, os.cpu_count() or 1)  # files read at once


def probe(path: str | Path, rate: Fraction | None = None) -> Media | None:
    """What the sequence is that a path names; None if it names no pictures.

    The first file is read whole, of the others their presence alone: they are held to be like it
    when they are read. `rate` is the edit's, and counts more than the files' own.

    Raises:
        MediaError: missing, empty or damaged, or of a kind that is not handled.
    """
    found = numbered(Path(path))
    if found is None:
        return None
    files = found.files()
    _refuse_empty(files[0])
    head, _ = pictures.codes(files[0])
    notes = list(head.notes)
    if rate is None:
        rate = head.rate
    if rate is None:
        rate = RATE
        notes.append(f"The files do not say their rate: {RATE} frames per second are assumed.")
    counted = _start(found, head, files, rate, notes)
    start, drop_frame = counted or (found.first, False)
    if found.missing:
        notes.append(_gaps(found))
    display, data = head.display, head.data
    if data != display:
        for file in files[1:]:
            data = data.union(pictures.header(file).data)
    kind = layout(head.pixel_format)
    return Media(
        path=str(found.pattern.path),
        codec=head.type,
        width=display.width,
        height=display.height,
        pixel_aspect=head.pixel_aspect,
        rate=rate,
        frames=found.frames,
        pixel_format=head.pixel_format,
        bits=kind.bits,
        alpha=kind.alpha,
        tags=head.tags,
        field_order="progressive",
        rotation=0,
        start=start,
        drop_frame=drop_frame,
        reel=None,
        audio=(),
        first_pts=0,
        time_base=1 / rate,
        container=head.type,
        premultiplied=head.premultiplied,
        first_number=found.first,
        missing=found.missing,
        pictures=Pictures(
            digits=found.pattern.digits,
            offset=found.first - start,
            display=display[:],
            data=data[:],
            chromaticities=head.chromaticities,
            compression=head.compression,
            entries=head.entries,
            timecode=counted is not None,
            notes=tuple(notes),
        ),
    )


def identity(path: str | Path) -> str | None:
    """A hash of the names, sizes and modification times of all files of a sequence; None if the
    path names no pictures.

    Raises:
        MediaError: the sequence is missing or cannot be read.
    """
    found = numbered(Path(path))
    if found is None:
        return None
    seen = hashlib.sha256()
    for file in found.files():
        try:
            status = file.stat()
        except OSError as error:
            raise MediaError.wrap(f"{file} cannot be read.", error, "Check its drive.") from error
        seen.update(f"{file.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def digest(path: str | Path) -> str | None:
    """The sha256 over the names and bytes of all files of a sequence; None if it is none.

    Raises:
        MediaError: as `identity`.
    """
    found = numbered(Path(path))
    if found is None:
        return None
    seen = hashlib.sha256()
    for file in found.files():
        try:
            with file.open("rb") as opened:
                own = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise MediaError.wrap(f"{file} cannot be read.", error, "Check its drive.") from error
        seen.update(f"{file.name} {own}\n".encode())
    return seen.hexdigest()


def whole(media: Media) -> Media:
    """The sequence with what lies outside its display window (overscan) as a part of the picture.

    Others as they are.
    """
    if media.pictures is None:
        return media
    box = Window(*media.pictures.display).union(Window(*media.pictures.data))
    return replace(media, width=box.width, height=box.height)


def require_files(media: Media, interpretation: Interpretation, start: int, stop: int) -> None:
    """Refuses frames `start` to `stop` of a sequence where some have no file, unless it was
    chosen what stands for them.

    Raises:
        MediaError: naming the first.
    """
    gone = [index for index in media.missing if start <= index < stop]
    if not gone or interpretation.missing != "error":
        return
    pattern = pattern_of(Path(media.path))
    assert pattern is not None
    assert media.first_number is not None
    raise MediaError(
        f"{media.path} lacks {len(gone)} of the files that are needed.",
        f"The first is {pattern.file(media.first_number + gone[0]).name} (frame {gone[0]}).",
        "Render them, or choose what stands for them: --missing hold or --missing black.",
    )


def window(media: Media) -> Window:
    """The window of a sequence that its picture shows: display, or `whole`."""
    assert media.pictures is not None
    display = Window(*media.pictures.display)
    if (media.width, media.height) == display[2:]:
        return display
    return display.union(Window(*media.pictures.data))


def stray_timecodes(media: Media) -> list[int]:
    """Frames whose file says another timecode than its place does."""
    found = numbered(Path(media.path))
    if found is None or media.start is None:
        return []
    stray = []
    for index, file in enumerate(found.files()):
        packed = pictures.header(file).timecode
        read = None if packed is None else pictures.frame_of_timecode(packed, media.rate)
        if read != (media.start + index, media.drop_frame):
            stray.append(index)
    return stray


def _refuse_empty(file: Path) -> None:
    if file.stat().st_size == 0:
        raise MediaError(
            f"{file} is empty.", "The file has no bytes.", "Copy it again from its source."
        )


def _start(
    found: Numbered, head: Header, files: list[Path], rate: Fraction, notes: list[str]
) -> tuple[int, bool] | None:
    """Timecode of frame 0 as a frame number, and its counting; None if there is none to use."""
    if head.timecode is None:
        return None
    read = pictures.frame_of_timecode(head.timecode, rate)
    if read is None:
        notes.append(f"Its timecode does not exist at {float(rate):g} frames per second.")
        return None
    if len(files) > 1:
        last = pictures.header(files[-1]).timecode
        other = None if last is None else pictures.frame_of_timecode(last, rate)
        if other is None or other[0] - read[0] != found.frames - 1:
            notes.append("The files' timecode does not count with their numbers, and is not used.")
            return None
    return read


def _gaps(found: Numbered) -> str:
    names = [str(found.first + index) for index in found.missing[:5]]
    more = ", ..." if len(found.missing) > 5 else ""
    return f"{len(found.missing)} frames have no file: {', '.join(names)}{more}."


def reading(media: Media, interpretation: Interpretation = AS_TAGGED) -> Sequence:
    """A reader of the sequence; see `decode.Reader`."""
    return Sequence(media, interpretation)


class Sequence:
    """The frames of a sequence, some of them read ahead."""

    def __init__(self, media: Media, interpretation: Interpretation) -> None:
        pattern = pattern_of(Path(media.path))
        assert pattern is not None
        assert media.first_number is not None
        self._media = media
        self._pattern: Pattern = pattern
        self._first = media.first_number
        self._missing = set(media.missing)
        self._policy = interpretation.missing
        self._window = window(media)
        self._pool = ThreadPoolExecutor(_AHEAD, "pictures")

    def close(self) -> None:
        """Stops reading ahead."""
        self._pool.shutdown(cancel_futures=True)

    def file(self, index: int) -> Path:
        """The file of frame `index`, whether it is there or not."""
        return self._pattern.file(self._first + index)

    def read(self, start: int, stop: int) -> Iterator[list[Tensor]]:
        """See `decode.Reader.read`, and `arrays`."""
        import torch

        for planes in self.arrays(start, stop):
            yield [torch.from_numpy(plane) for plane in planes]

    def arrays(self, start: int, stop: int) -> Iterator[list[NDArray[Any]]]:
        """The planes of frames `start` to `stop` as arrays. Codes are the files' own; pixels that
        a file's data window leaves out are 0.

        Raises:
            MediaError: as `decode.Reader.read`.
        """
        media = self._media
        if not 0 <= start <= stop <= media.frames:
            raise MediaError(
                f"{media.path} has no frames {start} to {stop - 1}.",
                f"It has {media.frames} frames, counted from 0.",
                "Choose a range inside the medium.",
            )
        waiting: deque[Future[list[NDArray[Any]]]] = deque()
        index = start
        try:
            while index < stop or waiting:
                while index < stop and len(waiting) <= _AHEAD:
                    waiting.append(self._pool.submit(self._frame, index))
                    index += 1
                yield waiting.popleft().result()
        finally:
            for one in waiting:
                one.cancel()

    def _frame(self, index: int) -> list[NDArray[Any]]:
        shown = index
        if index in self._missing:
            if self._policy == "error":
                raise self._error(
                    index, "There is no such file.", "Find it, or use --missing hold or black."
                )
            if self._policy == "black":
                return self._black()
            shown = max(one for one in range(index) if one not in self._missing)
        path = self.file(shown)
        try:
            head, planes = pictures.codes(path)
        except MediaError as error:
            raise self._error(shown, error.why or error.what, error.remedy) from error
        if head.kind != self._kind():
            raise self._error(
                shown,
                f"It is {head.display.width}x{head.display.height} {head.type} "
                f"{head.pixel_format}; the sequence is {self._display.width}x"
                f"{self._display.height} {self._media.codec} {self._media.pixel_format}.",
                "Render the sequence again in one piece.",
            )
        return self._framed(index, head, planes)

    @property
    def _display(self) -> Window:
        assert self._media.pictures is not None
        return Window(*self._media.pictures.display)

    def _kind(self) -> tuple[object, ...]:
        return self._media.codec, self._media.pixel_format, self._display[2:]

    def _framed(self, index: int, head: Header, planes: list[NDArray[Any]]) -> list[NDArray[Any]]:
        """The planes of a file's data window in the window that the sequence shows."""
        box, data = self._window, head.data
        if data == box:
            return planes
        assert self._media.pictures is not None
        known = self._display.union(Window(*self._media.pictures.data))
        if known.union(data) != known:
            raise self._error(
                index,
                f"Its data window {tuple(data)} reaches outside that of the others.",
                "Render the sequence again with one data window.",
            )
        top, left = max(box.y, data.y), max(box.x, data.x)
        bottom = max(min(box.y + box.height, data.y + data.height), top)
        right = max(min(box.x + box.width, data.x + data.width), left)
        framed = self._black(planes)
        for canvas, plane in zip(framed, planes, strict=True):
            canvas[top - box.y : bottom - box.y, left - box.x : right - box.x] = plane[
                top - data.y : bottom - data.y, left - data.x : right - data.x
            ]
        return framed

    def _black(self, like: list[NDArray[Any]] | None = None) -> list[NDArray[Any]]:
        import numpy as np

        kind = layout(self._media.pixel_format)
        if like:
            dtypes = [plane.dtype for plane in like]
        else:
            name = f"float{kind.bits}" if kind.float else "uint8" if kind.bits <= 8 else "uint16"
            dtypes = [np.dtype(name)] * (kind.colours + kind.alpha)
        shape = (self._window.height, self._window.width)
        return [np.zeros(shape, dtype) for dtype in dtypes]

    def _error(self, index: int, why: str, remedy: str) -> MediaError:
        file = self.file(index)
        return MediaError(
            f"{self._media.path}: frame {index} ({file.name}) cannot be read.", why, remedy
        )
