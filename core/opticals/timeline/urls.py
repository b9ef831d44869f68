"""Media paths and the `target_url` that an edit names them by."""

from __future__ import annotations

import os
import re
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from opticals.media.sequence import numbering

if TYPE_CHECKING:
    from opentimelineio.schema import ImageSequenceReference

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: C: is a drive
_FILE = re.compile(r"file:(?://(?P<host>[^/\\]*))?(?P<path>.*)", re.IGNORECASE | re.DOTALL)


def media_path(url: str, folder: Path | None) -> Path | None:
    """The local file that `url` names, whether or not it exists.

    Bare paths are taken literally, `file:` URLs percent-decoded; `#` and `?` are ordinary letters
    of file names in both, since editors write them unescaped. Relative ones count from `folder`,
    the edit's own. None when the URL names no local file.
    """
    if not url or "\0" in url:
        return None
    match = _FILE.fullmatch(url)
    if match is None:
        return None if _SCHEME.match(url) else _first_there(url, _decoded(url), folder)
    path, host = match["path"], match["host"] or ""
    if re.match(r"[A-Za-z][:|]$", host):  # file://C:/clip.mov
        path = host[0] + ":" + path
    elif host and host.lower() != "localhost":
        path = f"//{host}{path}"
    if re.match(r"/[A-Za-z][:|]([/\\]|$)", path):  # file:///C:/clip.mov
        path = path[1] + ":" + path[3:]
    return _first_there(_decoded(path), path, folder)


def sequence_url(reference: ImageSequenceReference) -> str:
    """The URL of a sequence with a printf place for the number."""
    base = reference.target_url_base or ""
    slash = "" if not base or base.endswith("/") else "/"
    digits = reference.frame_zero_padding
    place = f"%0{digits}d" if digits > 1 else "%d"
    return f"{base}{slash}{reference.name_prefix}{place}{reference.name_suffix}"


def target_url(path: Path) -> str:
    """How a render is named in an edit: its bare absolute path, which every editor reads."""
    return path.absolute().as_posix()


def rebased(url: str, folder: Path, new_folder: Path) -> str:
    """`url` as seen from `new_folder`: the same file. Absolute ones stay as they are."""
    path = media_path(url, folder)
    if path is None or not is_relative(url):
        return url
    try:
        new = Path(os.path.relpath(path, new_folder)).as_posix()
    except ValueError:  # another drive
        new = path.absolute().as_posix()
    # Spelled as it was: percent escapes stay percent escapes.
    return quote(new) if unquote(url) != url and not Path(folder / url).exists() else new


def is_relative(url: str) -> bool:
    """Whether `url` is a bare path that counts from the edit's folder."""
    return bool(url) and _SCHEME.match(url) is None and not _is_absolute(url)


def exists(path: Path) -> bool:
    """Whether a medium stands there; a name that the system cannot hold does not."""
    return numbering.exists(path)


def _decoded(url: str) -> str:
    """Percent escapes resolved; the place for a sequence's numbers (%04d) is none."""
    parts = re.split(r"(%0?\d*d(?=\.\w+$))", url)
    return "".join(part if index % 2 else unquote(part) for index, part in enumerate(parts))


def _first_there(likely: str, other: str, folder: Path | None) -> Path | None:
    found = [_anchored(text, folder) for text in (likely, other)]
    if found[0] is not None and not exists(found[0]) and found[1] is not None and exists(found[1]):
        return found[1]
    return found[0]


def _anchored(text: str, folder: Path | None) -> Path | None:
    if _is_absolute(text):
        return Path(text)
    return None if folder is None else Path(os.path.normpath(folder / text))


def _is_absolute(text: str) -> bool:
    return Path(text).is_absolute() or bool(PureWindowsPath(text).drive)
