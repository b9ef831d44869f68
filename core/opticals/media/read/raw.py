"""Camera raw, known by its name or by its bytes, whatever the name says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opticals.errors import MediaError

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = {
    ".r3d": "R3D",
    ".braw": "BRAW",
    ".ari": "ARRIRAW",
    ".arx": "ARRIRAW",
    ".crm": "Canon RAW",
}
_DEVELOP = {
    "R3D": "REDCINE-X PRO",
    "BRAW": "DaVinci Resolve",
    "ARRIRAW": "the ARRI Reference Tool",
    "X-OCN": "Sony's Catalyst Browse",
    "Canon RAW": "Canon's Cinema RAW Development",
    "ProRes RAW": "Final Cut Pro",
}
_HEADER = 1 << 20  # an MXF file's description of its essence lies within
_MOVIE_LIMIT = 64 << 20

# Sony's private universal labels: of the container and of the picture's coding; the eighth byte
# is the version of the register.
_SONY = re.compile(
    rb"\x06\x0e\x2b\x34\x04\x01\x01.\x0e\x06(?:\x0d\x03\x02\x01|\x04\x01\x02\x04\x02)", re.DOTALL
)
_MXF = b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01"
_ARRI = "ARRI".encode("utf-16-be")  # who made the file, as MXF writes text

# Kinds of samples in a QuickTime file.
_SAMPLES = (
    (re.compile(rb"br[a-z0-9]{2}"), "BRAW"),
    (re.compile(rb"CRAW"), "Canon RAW"),
    (re.compile(rb"apr[hn]"), "ProRes RAW"),
)


def refuse_raw(path: Path, kind: str) -> MediaError:
    """The error for a medium of camera raw."""
    program = _DEVELOP.get(kind, "its maker's program")
    return MediaError(
        f"{path} is camera raw ({kind}).",
        "Its picture depends on the maker's own development.",
        f"Develop it in {program} or your editor to ProRes 4444 or EXR, and relink.",
    )


def raw_by_name(path: Path) -> str | None:
    """The camera raw that a file's name promises."""
    return _SUFFIXES.get(path.suffix.lower())


def raw_by_content(path: Path) -> str | None:
    """The camera raw that a file holds, for one that has no decoder or is no film to libav."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER)
    except OSError:
        return None  # that it cannot be read is said by whoever opens it
    if head[4:8] in (b"RED1", b"RED2"):
        return "R3D"
    if head[:4] == b"ARRI":
        return "ARRIRAW"
    if head.startswith(_MXF):
        if _SONY.search(head):
            return "X-OCN"
        return "ARRIRAW" if _ARRI in head else None
    if head[4:12] == b"ftypcrx ":
        return "Canon RAW"
    for sample in _samples(path):
        for pattern, kind in _SAMPLES:
            if pattern.fullmatch(sample):
                return kind
    return None


def _samples(path: Path) -> list[bytes]:
    """The kinds of samples that a QuickTime file describes, four bytes each."""
    movie = b""
    with path.open("rb") as file:
        place, end = 0, path.stat().st_size
        while place + 16 <= end:
            file.seek(place)
            header = file.read(16)
            size, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if size == 1:  # a 64-bit size follows
                size = int.from_bytes(header[8:], "big")
            if kind == b"moov":
                file.seek(place)
                movie = file.read(min(size or end, _MOVIE_LIMIT))
            if size < 8:
                break
            place += size
    return [movie[at.end() + 12 : at.end() + 16] for at in re.finditer(rb"stsd", movie)]
