"""`.otio` as text, and in a bundle: `.otioz`, a zip with its media, and `.otiod`, a folder."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from opentimelineio.core import SerializableObject
from opentimelineio.schema import SerializableCollection, Timeline

from opticals.errors import EditError, OutputError
from opticals.timeline import schemas
from opticals.timeline.formats.choice import chosen
from opticals.timeline.urls import media_path

if TYPE_CHECKING:
    from opticals.timeline.formats.table import Format

_LIMIT = 1 << 30  # a feature with 100,000 clips stays below a third of it
_CONTENT, _MEDIA, _VERSION = "content.otio", "media", "version.txt"
_OTIOZ_VERSION = _OTIOD_VERSION = "1.0.0"
# RuntimeError: encrypted; NotImplementedError: a compression that zipfile does not know.
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
_EXPORT = "Export the edit again from the program that wrote it."


def check_there(path: Path, format: Format) -> None:
    """Whether there is something of that format to read.

    Raises:
        EditError: nothing there, a folder where a file should be, or absurdly large.
    """
    try:
        folder = path.is_dir()
        if folder is not (format.id == "otiod") or not path.exists():
            raise EditError(
                f"There is no edit {path}.",
                "It is a folder." if folder else "It is a file." if path.exists() else "",
                "Check the path.",
            )
        if format.id not in ("otioz", "otiod") and path.stat().st_size > _LIMIT:
            raise EditError(f"{path.name} is too large to be an edit.", remedy="Check the path.")
        if not folder:
            with path.open("rb"):
                pass
    except (OSError, ValueError) as error:
        raise EditError.wrap(
            f"The edit {path} cannot be read.", error, "Check the path and its permissions."
        ) from error


def read(path: Path, format: Format, sequence: str | None = None) -> Timeline:
    """The timeline in an `.otio`, `.otioz` or `.otiod`. Relative paths of a bundle's media count
    from `media_folder(path)`.

    Raises:
        EditError: damaged, or it holds no timeline, or several and `sequence` names none.
    """
    try:
        if format.id == "otioz":
            text = _unzipped(path)
        else:
            file = path / _CONTENT if format.id == "otiod" else path
            if not file.is_file():
                raise EditError(f"{path.name} holds no {_CONTENT}.", remedy=_EXPORT)
            if file.stat().st_size > _LIMIT:
                raise EditError(f"{path.name} is too large to be an edit.", remedy=_EXPORT)
            text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EditError(
            f"{path.name} is not an OpenTimelineIO file.", "It is not text.", _EXPORT
        ) from error
    except (OSError, ValueError) as error:
        raise EditError.wrap(f"The edit {path} cannot be read.", error, _EXPORT) from error
    try:
        return one_timeline(schemas.read(text), path.name, sequence)
    except EditError as error:
        if path.name in error.what:
            raise
        raise EditError(f"{path.name}: {error.what}", error.why, error.remedy) from error


def one_timeline(thing: SerializableObject | None, name: str, sequence: str | None) -> Timeline:
    """The one timeline that a file holds, or the one of several that `sequence` names, by name or
    by number from 1.

    Raises:
        EditError: there is none, or none of that name, or several and no choice.
    """
    if isinstance(thing, Timeline) and sequence is None:
        return thing
    found = [thing] if isinstance(thing, Timeline) else list(_timelines(thing))
    if not found:
        kind = "nothing" if thing is None else f"a {thing.schema_name()}"
        raise EditError(
            f"{name} holds no timeline.",
            f"It holds {kind}.",
            "Export the sequence itself, not a clip or a bin.",
        )
    return chosen([(one.name, one) for one in found], name, "sequence", sequence)


def _timelines(thing: Any, depth: int = 0) -> list[Timeline]:
    if isinstance(thing, Timeline):
        return [thing]
    if not isinstance(thing, SerializableCollection) or depth > 20:
        return []
    return [found for child in thing for found in _timelines(child, depth + 1)]


def _members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    """The files in a bundle by their path in it.

    Raises:
        EditError: one would land outside of the folder that it is unpacked to, or is a link.
    """
    members = {}
    for info in archive.infolist():
        parts = PurePosixPath(info.filename.replace("\\", "/"))
        outside = parts.is_absolute() or ".." in parts.parts or ":" in info.filename.split("/")[0]
        link = (info.external_attr >> 16) & 0o170000 == 0o120000
        if outside or link:
            raise EditError(
                f"{name} holds “{info.filename}”, which is not a path inside of it.",
                "It is a link." if link else "Unpacked, it would land elsewhere.",
                "Ask who made it for a proper bundle.",
            )
        if not info.is_dir():
            members[info.filename] = info
    return members


def _unzipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path.name)
            if _CONTENT not in members:
                raise EditError(f"{path.name} holds no {_CONTENT}.", remedy=_EXPORT)
            with archive.open(members[_CONTENT]) as file:
                # Counted while it is unpacked: what a zip says of its sizes may be a lie.
                data = file.read(_LIMIT // 4 + 1)
            if len(data) > _LIMIT // 4:
                raise EditError(
                    f"{path.name} is too large to be an edit.",
                    f"Its {_CONTENT} unpacks to more than {_LIMIT >> 22} MiB.",
                    _EXPORT,
                )
    except _DAMAGE as error:
        raise EditError.wrap(f"{path.name} is damaged.", error, _EXPORT) from error
    return data.decode("utf-8-sig")


def media_folder(path: Path, format: Format) -> Path | None:
    """Where the relative paths of an edit's media count from."""
    if format.id == "otiod":
        return path.absolute()
    if format.id == "otioz":
        return unpacked_folder(path)
    return path.absolute().parent


def unpacked_folder(path: Path) -> Path:
    """Where the media of an `.otioz` are unpacked to: beside it, as `<name>.media`."""
    return path.absolute().with_name(f"{path.name}.media")


def unpack(path: Path) -> tuple[Path, ...]:
    """Unpack the media of an `.otioz` that are not unpacked yet, so that programs can read them.

    Returns:
        The files that were unpacked now.

    Raises:
        EditError: it is damaged, or holds paths that lead out of it.
        OutputError: they cannot be written.
    """
    folder = unpacked_folder(path)
    made = []
    written = path.stat().st_mtime_ns if path.exists() else 0
    try:
        with zipfile.ZipFile(path) as archive:
            for name, info in _members(archive, path.name).items():
                if not name.startswith(f"{_MEDIA}/"):
                    continue
                target = folder / name
                if _is_unpacked(target, info, written):
                    continue
                free = shutil.disk_usage(path.absolute().parent).free
                if info.file_size > free:
                    raise OutputError(
                        f"The media of {path.name} cannot be unpacked.",
                        f"{name} takes {info.file_size >> 20} MiB; {free >> 20} MiB are free.",
                        "Free some space.",
                    )
                target.parent.mkdir(parents=True, exist_ok=True)
                partial = target.with_name(f".{target.name}.partial")
                try:
                    with archive.open(info) as source, partial.open("wb") as file:
                        _copy(source, file, info.file_size, path.name)
                    os.utime(partial, ns=(written, written))
                    partial.replace(target)
                finally:
                    partial.unlink(missing_ok=True)
                made.append(target)
    except _DAMAGE as error:
        raise EditError.wrap(f"{path.name} is damaged.", error, _EXPORT) from error
    except OSError as error:
        raise OutputError.wrap(
            f"The media of {path.name} cannot be unpacked.", error, "Check the folder."
        ) from error
    return tuple(made)


def _is_unpacked(target: Path, info: zipfile.ZipInfo, written: int) -> bool:
    """Whether a file is what the bundle holds. It has the time at which the bundle was written; in
    a bundle that was written again what it holds is compared."""
    if not target.is_file() or (there := target.stat()).st_size != info.file_size:
        return False
    if there.st_mtime_ns == written:
        return True
    sum = 0
    with target.open("rb") as file:
        while data := file.read(1 << 20):
            sum = zlib.crc32(data, sum)
    if sum == info.CRC:
        os.utime(target, ns=(written, written))
    return sum == info.CRC


def _copy(source: Any, file: Any, size: int, name: str) -> None:
    """No more than `size` bytes: what a zip says of its sizes may be a lie."""
    while data := source.read(1 << 20):
        size -= len(data)
        if size < 0:
            raise EditError(f"{name} is damaged.", "A file in it is longer than it says.", _EXPORT)
        file.write(data)


def write(timeline: Timeline, path: Path, format: Format, folder: Path | None = None) -> None:
    """Write the timeline; a bundle gets every medium that any of its references names.

    OTIO's own adapters bundle the active reference of a clip alone; here a version and its
    original both travel. Media that are not there keep their paths. Relative ones count from
    `folder`. `path` is not there yet.

    Raises:
        OutputError: it cannot be written.
    """
    data: Any = json.loads(schemas.write(timeline))
    try:
        if format.id == "otio":
            path.write_text(schemas.dumps(data), encoding="utf-8", newline="\n")
            return
        files = _gathered(data, folder)
        text = schemas.dumps(data)
        if format.id == "otiod":
            (path / _MEDIA).mkdir(parents=True)
            (path / _CONTENT).write_text(text, encoding="utf-8", newline="\n")
            (path / _VERSION).write_text(_OTIOD_VERSION, encoding="utf-8")
            for name, file in files.items():
                (path / name).parent.mkdir(exist_ok=True)
                shutil.copy2(file, path / name)
            return
        with zipfile.ZipFile(path, "x") as archive:
            archive.writestr(_VERSION, _OTIOZ_VERSION, zipfile.ZIP_DEFLATED)
            archive.writestr(_CONTENT, text, zipfile.ZIP_DEFLATED)
            for name, file in files.items():
                archive.write(file, name, zipfile.ZIP_STORED)
    except OSError as error:
        raise OutputError.wrap(
            f"The edit {path} cannot be written.", error, "Check the folder and the free space."
        ) from error


def _gathered(data: Any, folder: Path | None) -> dict[str, Path]:
    """The media that go into a bundle by their names in it; `data` then refers to these."""
    files: dict[str, Path] = {}
    names: dict[Path, str] = {}

    def name_for(path: Path) -> str:
        if path not in names:
            name, number = f"{_MEDIA}/{path.name}", 1
            while name in names.values():
                number += 1
                name = f"{_MEDIA}/{path.stem}_{number}{path.suffix}"
            names[path] = name
        return names[path]

    for one in schemas.objects(data):
        kind = str(one["OTIO_SCHEMA"]).partition(".")[0]
        if kind == "ExternalReference":
            path = media_path(one.get("target_url") or "", folder)
            if path is not None and path.is_file():
                one["target_url"] = name_for(path)
                files[one["target_url"]] = path
        if kind == "ImageSequenceReference":
            base = media_path(one.get("target_url_base") or "", folder)
            prefix, suffix = one.get("name_prefix") or "", one.get("name_suffix") or ""
            if base is None or not base.is_dir():
                continue
            there = [
                file
                for file in base.iterdir()
                if file.name.startswith(prefix)
                and file.name.endswith(suffix)
                and file.name[len(prefix) : len(file.name) - len(suffix)].isdecimal()
            ]
            if there:
                one["target_url_base"] = name_for(base) + "/"
                files |= {f"{name_for(base)}/{file.name}": file for file in there}
    return files
