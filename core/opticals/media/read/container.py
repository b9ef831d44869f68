"""Media files as libav containers, and those that cannot be opened refused in words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opticals.errors import MediaError
from opticals.media.read.raw import raw_by_content, raw_by_name, refuse_raw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

TRANSCODE = "Transcode it to ProRes, DNxHR or FFV1 and relink the edit to the result."


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file as an av container.

    Raises:
        MediaError: it is gone, it is camera raw, libav does not know it, or it ends before its
            header does.
    """
    import av

    try:
        # Names in other encodings must not keep a picture from being read.
        container = av.open(str(path), metadata_errors="replace")
    except av.FileNotFoundError:
        raise missing(path) from None
    except av.FFmpegError as error:
        if kind := raw_by_content(path):
            raise refuse_raw(path, kind) from error
        raise MediaError.wrap(
            f"{path} cannot be opened as a film.",
            error,
            "If it should be one, it is damaged or was not copied whole: copy it again.",
        ) from error
    with container:
        yield container


def picture(container: InputContainer, path: Path, threads: str = "AUTO") -> VideoStream:
    """The picture stream, with decoding on several threads: of frames where a codec can ("AUTO"),
    which takes less time for many; or of the parts of each ("SLICE"), for one.

    Raises:
        MediaError: there is none (cover art is none), it is camera raw, or has no decoder.
    """
    import av

    for stream in container.streams.video:
        if av.stream.Disposition.attached_pic & stream.disposition:
            continue
        if stream.codec_context is None or container.format.name == "r3d":
            if kind := raw_by_content(path):
                raise refuse_raw(path, kind)
            raise MediaError(f"{path}: there is no decoder for its picture.", remedy=TRANSCODE)
        stream.thread_type = threads
        return stream
    if kind := raw_by_content(path):
        raise refuse_raw(path, kind)
    raise MediaError(
        f"{path} has no picture.", "It holds no video stream.", "Choose the medium of the picture."
    )


def missing(path: Path) -> MediaError:
    """The error for a file that is not there."""
    why = "" if path.parent.is_dir() else f"The folder {path.parent} is not there."
    return MediaError(
        f"{path} is missing.",
        why or "There is no such file.",
        "Connect the drive it is on, or relink the clip in the edit.",
    )


@contextmanager
def reached(path: Path) -> Iterator[None]:
    """Turns what the system says of a medium's files and folders into a MediaError."""
    try:
        yield
    except FileNotFoundError:
        raise missing(path) from None
    except OSError as error:
        raise MediaError.wrap(
            f"{path} cannot be read.",
            error,
            "Check its permissions, those of its folder, and the drive it is on.",
        ) from error


def refuse_unopenable(path: Path) -> None:
    """Raises a MediaError for what is no file with bytes, or camera raw."""
    if kind := raw_by_name(path):
        raise refuse_raw(path, kind)
    if not path.exists():
        raise missing(path)
    if not path.is_file():
        raise MediaError(f"{path} is not a file.", remedy="Choose a medium inside it.")
    if path.stat().st_size == 0:
        raise MediaError(
            f"{path} is empty.", "The file has no bytes.", "Copy it again from its source."
        )
