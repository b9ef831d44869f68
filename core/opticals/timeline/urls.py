"""Media paths and the `target_url` that an edit names them by.

Editing programs spell one file in many ways: bare paths and `file:` URLs, percent-encoded or not,
with the slashes and drives of Windows or the volume names of macOS, accents composed or not. All
readings of a URL are tried, the likeliest first, and the first that is there is meant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import quote, unquote, urlsplit

from opticals.media.sequence import numbering

if TYPE_CHECKING:
    from opentimelineio.schema import ImageSequenceReference

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C: is a drive
_FILE = re.compile(r"file:(?://(?P<host>[^/\\]*))?(?P<path>.*)", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(r"(?:/([A-Za-z])[:|]|([A-Za-z]):)(?=[/\\]|$)")  # /C:/, /C|/ and C:/
# The place for a sequence's numbers; as an escape it would be a control character.
_PLACE = re.compile(r"(%0\d{1,2}d)")
_VOLUMES = "/Volumes"  # where macOS keeps the volumes whose names old URLs begin with


def media_path(url: str, folder: Path | None) -> Path | None:
    """The local file that `url` names, whether or not it exists.

    Bare paths are taken literally, `file:` URLs percent-decoded, unless only the other is there;
    `#` and `?` are ordinary letters of file names in both, since editors write them unescaped.
    Relative ones count from `folder`, the edit's own. None when the URL names no local file.
    """
    if _is_remote(url):
        # A name with a colon looks like a scheme; what has slashes behind it is one.
        path = None if "://" in url else _anchored(url, folder)
        return path if path is not None and exists(path) else None
    found = [path for text in _local(url) if (path := _anchored(text, folder)) is not None]
    likeliest = found[0] if found else None
    return next((path for path in _spelled(found) if exists(path)), likeliest)


def spellings(url: str) -> tuple[str, ...]:
    """The paths that a URL may mean, the likeliest first, with `/` between their parts.

    Of media elsewhere too: a name to look for is in every URL.
    """
    if _is_remote(url):
        return tuple(dict.fromkeys((unquote(urlsplit(url).path), urlsplit(url).path)))
    return tuple(dict.fromkeys(_local(url)))


def sequence_url(reference: ImageSequenceReference) -> str:
    """The URL of a sequence with a printf place for the number."""
    base = reference.target_url_base or ""
    slash = "" if not base or base.endswith("/") else "/"
    digits = reference.frame_zero_padding
    place = f"%0{digits}d" if digits > 1 else "%d"
    return f"{base}{slash}{reference.name_prefix}{place}{reference.name_suffix}"


def target_url(path: Path) -> str:
    """How a medium is named in an edit: its bare absolute path, which every editor reads."""
    return path.absolute().as_posix()


def rebased(url: str, folder: Path, new_folder: Path) -> str:
    """`url` as seen from `new_folder`: the same file. Absolute ones stay as they are."""
    path = media_path(url, folder)
    if path is None or not is_relative(url):
        return url
    try:
        new = Path(os.path.relpath(path, new_folder)).as_posix()
    except ValueError:  # another drive
        return target_url(path)
    # Spelled as it was: what was percent-encoded stays so.
    if _FILE.fullmatch(url):
        return "file:" + _encoded(new)
    if _decoded(url) != url and _anchored(url, folder) != path:
        return _encoded(new)
    return f"./{new}" if _SCHEME.match(new) else new


def is_relative(url: str) -> bool:
    """Whether `url` counts from the edit's folder."""
    texts = () if _is_remote(url) else tuple(_local(url))
    return bool(texts) and not _is_absolute(texts[0])


def exists(path: Path) -> bool:
    """Whether a medium stands there; a name that the system cannot hold does not.

    Neither does a Windows path elsewhere: it is no path from the working folder.
    """
    return path.is_absolute() and numbering.exists(path)


def _is_remote(url: str) -> bool:
    return _SCHEME.match(url) is not None and _FILE.fullmatch(url) is None


def _local(url: str) -> Iterator[str]:
    """What a bare path or a `file:` URL may mean, the likeliest first."""
    match = _FILE.fullmatch(url)
    literal = url if match is None else _of_host(match["host"] or "", match["path"])
    both = (literal, _decoded(literal)) if match is None else (_decoded(literal), literal)
    texts = [_windows(text) for text in both if text and "\0" not in text]
    yield from texts
    yield from (text.replace("\\", "/") for text in texts if "\\" in text)
    if match is not None:
        yield from (_VOLUMES + text for text in texts if text.startswith("/"))


def _of_host(host: str, path: str) -> str:
    """The path of a URL `file://host/path`."""
    if not host or host.lower() == "localhost":
        return path
    if _DRIVE.match(f"/{unquote(host)}"):  # file://C:/a.mov
        return f"/{host}{path}"
    return host + path if host in (".", "..") else f"//{host}{path}"


def _windows(text: str) -> str:
    """A path of Windows as Python spells it; any other as it is."""
    if (drive := _DRIVE.match(text)) is not None:
        text = f"{drive[1] or drive[2]}:{text[drive.end() :]}"
    return text.replace("\\", "/") if drive is not None or text.startswith("\\\\") else text


def _decoded(url: str) -> str:
    """Percent escapes resolved; the place for a sequence's numbers (%04d) is none."""
    parts = _PLACE.split(url)
    return "".join(part if index % 2 else unquote(part) for index, part in enumerate(parts))


def _encoded(path: str) -> str:
    parts = _PLACE.split(path)
    return "".join(part if index % 2 else quote(part) for index, part in enumerate(parts))


def _anchored(text: str, folder: Path | None) -> Path | None:
    if _is_absolute(text):
        return Path(text)
    return None if folder is None else Path(os.path.normpath(folder / text))


def _is_absolute(text: str) -> bool:
    windows = PureWindowsPath(text)
    return Path(text).is_absolute() or bool(windows.drive and windows.root)


def _spelled(paths: list[Path]) -> Iterator[Path]:
    """Each path as it is, then as its names may be on disk: volumes differ in whether they hold
    an accent as a letter of its own."""
    yield from paths
    for path in paths:
        if path.is_absolute() and not str(path).isascii():
            found = Path(path.anchor)
            for part in path.parts[1:]:
                names = (part, normalize("NFC", part), normalize("NFD", part))
                forms = (found / name for name in names)
                found = next((one for one in forms if _is_there(one)), found / part)
            yield found


def _is_there(path: Path) -> bool:
    try:
        return path.is_dir() or exists(path)
    except (OSError, ValueError):  # a name too long for the system
        return False
