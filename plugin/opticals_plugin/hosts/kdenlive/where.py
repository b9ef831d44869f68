"""Where the project that a Kdenlive shows lies on disk. Kdenlive does not say it: it is found by
its name among the files that it may be, and known by the project's id."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from opticals_plugin.hosts.kdenlive.project import document_of

_RECOVERY = "stalefiles"  # the folder of files that Kdenlive writes between savings


def name_of(title: str) -> str:
    """The project's name in a window's title, `film [*]/ HD 1080p 25 fps`."""
    return title.partition("[*]")[0].strip() or title.partition("/")[0].strip()


def project_file(pid: int, name: str, document: str, known: Path | None = None) -> Path | None:
    """The project's file; None while it was never saved, or cannot be found.

    Args:
        pid: Kdenlive's process.
        name: from its title, without its suffix.
        document: the project's id; empty where it is not known, which only the file that was
            `known` before, or one that Kdenlive was started with, is trusted with.
        known: where it was last.
    """
    seen = set()
    for path in _candidates(pid, name, known):
        if path in seen:
            continue
        seen.add(path)
        if path.stem != name and path.name != name:
            continue
        with suppress(OSError):
            found = _document(path)
            if found and (found == document or not document):
                return path
    return None


def _document(path: Path) -> str:
    said = path.stat()
    return _document_then(path, said.st_mtime_ns, said.st_size)


@lru_cache(256)
def _document_then(path: Path, written: int, size: int) -> str:
    return document_of(path)


def recovery_file(pid: int) -> Path | None:
    """The file that Kdenlive writes some seconds after each change; None while nothing was
    changed since the project was saved."""
    for path in _open_files(pid):
        if f"/{_RECOVERY}/kdenlive/" in str(path) and path.suffix != ".lock":
            with suppress(OSError):
                if path.stat().st_size > 0:
                    return path
    return None


def _candidates(pid: int, name: str, known: Path | None) -> Iterator[Path]:
    if known is not None:
        yield known
    for argument in _arguments(pid):
        if argument.endswith(".kdenlive"):
            path = Path(argument.removeprefix("file://"))
            yield path if path.is_absolute() else _folder_of(pid) / path
    files = f"{name}.kdenlive"
    for file in _open_files(pid):
        if f"/{_RECOVERY}/kdenlive/" in str(file) and "%2F" in file.name:
            # The folder's name, then letters by chance.
            folder = Path(unquote(file.name[file.name.index("%2F") :]))
            yield folder / files
            yield folder.parent / files
            for cut in range(1, 12):
                yield Path(str(folder)[:-cut]) / files
    yield from _recent(pid, files)


def _recent(pid: int, file: str) -> Iterator[Path]:
    """Projects that Kdenlive's settings name."""
    settings = _settings(pid)
    try:
        lines = settings.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    home = _environment(pid).get("HOME", "")
    for line in lines:
        key, _, value = line.partition("=")
        key, value = key.strip(), value.strip().replace("$HOME", home)
        if re.fullmatch(r"File\d+(\[\$e\])?", key):
            yield Path(value.removeprefix("file://"))
        elif key.startswith(("KdenliveProjectsFolder", "defaultprojectfolder")):
            for one in value.split(","):
                yield Path(one.removeprefix("file://")) / file


def _settings(pid: int) -> Path:
    environment = _environment(pid)
    folder = environment.get("XDG_CONFIG_HOME") or environment.get("HOME", "") + "/.config"
    return Path(folder) / "kdenliverc"


def _environment(pid: int) -> dict[str, str]:
    try:
        pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return dict(os.environ)
    split = [os.fsdecode(one).partition("=") for one in pairs if one]
    return {name: value for name, _, value in split}


def _arguments(pid: int) -> list[str]:
    try:
        return [os.fsdecode(one) for one in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except OSError:
        return []


def _folder_of(pid: int) -> Path:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return Path.cwd()


def _open_files(pid: int) -> Iterator[Path]:
    folder = Path(f"/proc/{pid}/fd")
    try:
        handles = list(folder.iterdir())
    except OSError:
        return
    for one in handles:
        with suppress(OSError):
            yield one.readlink()
