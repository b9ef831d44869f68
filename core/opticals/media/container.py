"""Media files as libav containers, and those that cannot be opened refused in words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opticals.errors import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

TRANSCODE = "Transcode it to ProRes, DNxHR or FFV1 and relink the edit to the result."
_RAW = {".r3d": "R3D", ".braw": "BRAW", ".ari": "ARRIRAW", ".arx": "ARRIRAW", ".crm": "Canon RAW"}


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file as an av container.

    Raises:
        MediaError: libav does not know it, or it ends before its header does.
    """
    import av

    try:
        # Names in other encodings must not keep a picture from being read.
        container = av.open(str(path), metadata_errors="replace")
    except av.FFmpegError as error:
        raise MediaError.wrap(
            f"{path} cannot be opened as a film.",
            error,
            "If it should be one, it is damaged or was not copied whole: copy it again.",
        ) from error
    with container:
        yield container


def picture(container: InputContainer, path: Path) -> VideoStream:
    """The picture stream, with decoding on several threads.

    Raises:
        MediaError: there is none (cover art is none), or no decoder for it.
    """
    import av

    for stream in container.streams.video:
        if av.stream.Disposition.attached_pic & stream.disposition:
            continue
        if stream.codec_context is None:
            raise MediaError(f"{path}: there is no decoder for its picture.", remedy=TRANSCODE)
        stream.thread_type = "AUTO"
        return stream
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


def refuse_unopenable(path: Path) -> None:
    """Raises a MediaError for what is no file with bytes, or camera raw."""
    if path.suffix.lower() in _RAW:
        raise MediaError(
            f"{path} is camera raw ({_RAW[path.suffix.lower()]}).",
            "Its picture depends on the maker's own development.",
            "Develop it in its maker's program or your editor to ProRes 4444, and relink.",
        )
    if not path.exists():
        raise missing(path)
    if not path.is_file():
        raise MediaError(f"{path} is not a file.", remedy="Choose a medium inside it.")
    if path.stat().st_size == 0:
        raise MediaError(
            f"{path} is empty.", "The file has no bytes.", "Copy it again from its source."
        )
