"""Files that were made of media once and are kept in the cache: thumbnails and peaks."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

from opticals.errors import OutputError
from opticals.media.read.probe import identity
from opticals.rendering.partial import partial, sweep
from opticals.settings import cache_folder
from opticals.viewer.media import stamp_of

_VERSION = 1  # raised when what is made of a medium comes to look different
_KNOWN = 4096  # media whose identity is remembered

_identities: dict[str, tuple[object, str]] = {}
_lock = threading.Lock()


def identity_of(path: str) -> str:
    """As `probe.identity`, of a medium that looks unchanged without reading it again.

    Raises:
        MediaError: it is missing or cannot be read.
    """
    stamp = stamp_of(path)
    with _lock:
        known = _identities.get(path)
    if known is not None and stamp is not None and known[0] == stamp:
        return known[1]
    found = identity(path)
    with _lock:
        if len(_identities) >= _KNOWN:
            _identities.clear()
        _identities[path] = stamp, found
    return found


class Store:
    """A folder of the cache; the oldest files go when it grows beyond `limit` bytes."""

    def __init__(self, name: str, limit: int) -> None:
        self.folder = cache_folder() / name
        self._limit = limit

    def key(self, *parts: object) -> str:
        """The name of what is made of these."""
        return hashlib.sha256(repr((_VERSION, parts)).encode()).hexdigest()[:40]

    def find(self, key: str, *suffixes: str) -> Path | None:
        """The file that was made under a key; None if there is none."""
        for suffix in suffixes:
            file = self.folder / key[:2] / f"{key}{suffix}"
            if file.is_file():
                return file
        return None

    def place(self, key: str, suffix: str) -> Path:
        """Where what is made under a key lies; its folder is there.

        Raises:
            OutputError: the folder cannot be made.
        """
        folder = self.folder / key[:2]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        return folder / f"{key}{suffix}"

    def write(self, key: str, suffix: str, data: bytes) -> Path:
        """Keeps a file, whole or not at all.

        Raises:
            OutputError: it cannot be written.
        """
        file = self.place(key, suffix)
        beside = partial(file)
        try:
            beside.write_bytes(data)
            beside.replace(file)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise unwritable(file, error) from error
        return file

    def sweep(self) -> None:
        """Removes the oldest files beyond the limit, and what processes that died left."""
        found = []
        for folder in self.folder.glob("*"):
            sweep(folder)
            for file in folder.glob("[!.]*"):
                with contextlib.suppress(OSError):
                    status = file.stat()
                    found.append((status.st_mtime_ns, status.st_size, file))
        taken = sum(size for _, size, _ in found)
        for _, size, file in sorted(found):
            if taken <= self._limit:
                return
            with contextlib.suppress(OSError):
                file.unlink()
                taken -= size


def unwritable(place: Path, error: OSError) -> OutputError:
    """The error for a place in the cache that cannot be written to."""
    return OutputError.wrap(
        f"{place} cannot be written.", error, "Make room on the disk of the cache, or move it."
    )
