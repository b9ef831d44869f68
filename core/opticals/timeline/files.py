"""Edits on disk: reading, and writing that never loses what was there."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from typing import TYPE_CHECKING, Any

from opentimelineio.schema import Timeline

from opticals.errors import EditError, OutputError
from opticals.timeline import schemas
from opticals.timeline.compare import differences
from opticals.timeline.urls import is_relative, media_path, rebased

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".otio"
_LIMIT = 1 << 30  # a feature with 100,000 clips stays below a third of it


def read(path: Path) -> Timeline:
    """The timeline in a file.

    Raises:
        EditError: no such file, not an edit, or a schema that is not known.
    """
    _check_suffix(path)
    try:
        if not path.is_file():
            raise EditError(
                f"There is no edit {path}.",
                "It is a folder." if path.is_dir() else "",
                "Check the path.",
            )
        if path.stat().st_size > _LIMIT:
            raise EditError(f"{path.name} is too large to be an edit.", remedy="Check the path.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise EditError(
            f"{path.name} is not an OpenTimelineIO file.",
            "It is not text.",
            "Export the edit as .otio.",
        ) from error
    except (OSError, ValueError) as error:
        raise EditError.wrap(f"The edit {path} cannot be read.", error) from error
    try:
        thing = schemas.read(text)
    except EditError as error:
        raise EditError(f"{path.name}: {error.what}", error.why, error.remedy) from error
    if not isinstance(thing, Timeline):
        raise EditError(
            f"{path.name} holds no timeline.",
            f"It holds a {thing.schema_name()}.",
            "Export the sequence itself, not a clip or a bin.",
        )
    return thing


def write(timeline: Timeline, path: Path, folder: Path | None, *, overwrite: bool) -> list[str]:
    """Write the timeline beside `path`, read it back, and only then give it that name.

    Relative media URLs count from `folder` and are rewritten to count from the new file's.

    Returns:
        What the user should know, one sentence each.

    Raises:
        EditError: not an `.otio` path, or the file does not read back as it was meant.
        OutputError: the path is taken, is a medium of the edit, or cannot be written.
    """
    _check_suffix(path)
    data: Any = json.loads(schemas.write(timeline))
    _check_free(data, path, folder, overwrite)
    moved = _rebase(data, folder, path.parent)
    text = schemas.dumps(data)
    messages = []
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        try:
            with beside.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            _check_same(data, beside, path)
            if overwrite and path.exists():
                backup = _backup_name(path)
                shutil.copy2(path, backup)
                shutil.copymode(path, beside)
                messages.append(f"The edit that was there is kept as {backup.name}.")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except (OSError, UnicodeEncodeError) as error:
        raise OutputError.wrap(
            f"The edit {path} cannot be written.", error, "Check the folder and the free space."
        ) from error
    if moved:
        messages.append(f"{moved} relative media paths were rewritten for the new folder.")
    return messages


def check_target(timeline: Timeline, path: Path, folder: Path | None, *, overwrite: bool) -> None:
    """Refuse a path that `write` would refuse; see `Edit.check_target`."""
    _check_suffix(path)
    if path.exists():
        _check_free(json.loads(schemas.write(timeline)), path, folder, overwrite)
    if not os.access(path.absolute().parent, os.W_OK):
        raise OutputError(
            f"The edit {path} cannot be written.",
            "Its folder is not there, or may not be written to.",
            "Choose another folder.",
        )


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() != SUFFIX:
        raise EditError(
            f"{path.name} is not of a supported format.",
            f"For now edits are read and written as {SUFFIX} alone.",
            "Export the edit as OpenTimelineIO (.otio).",
        )


def _check_free(data: Any, path: Path, folder: Path | None, overwrite: bool) -> None:
    if not path.exists():
        return
    for reference in _references(data):
        medium = media_path(reference.get("target_url") or "", folder)
        if medium is not None and medium.exists() and medium.samefile(path):
            raise OutputError(
                f"{path} is a medium of the edit.",
                "A source is never written over.",
                "Choose another name.",
            )
    if not overwrite:
        raise OutputError(
            f"{path} exists already.",
            remedy="Choose another name, or ask to overwrite it (the old edit is kept as backup).",
        )


def _references(data: Any) -> list[dict[str, Any]]:
    names = ("ExternalReference.", "ImageSequenceReference.")
    return [one for one in schemas.objects(data) if str(one["OTIO_SCHEMA"]).startswith(names)]


def _rebase(data: Any, folder: Path | None, new_folder: Path) -> int:
    """Rewrite relative URLs in place; how many."""
    if folder is None or folder.resolve() == new_folder.resolve():
        return 0
    moved = 0
    for reference in _references(data):
        for key in ("target_url", "target_url_base"):
            url = reference.get(key)
            if isinstance(url, str) and is_relative(url):
                reference[key] = rebased(url, folder.absolute(), new_folder.absolute())
                moved += 1
    return moved


def _check_same(meant: Any, written: Path, path: Path) -> None:
    back = json.loads(schemas.write(schemas.read(written.read_text(encoding="utf-8"))))
    if back != meant and (found := differences(meant, back)):
        raise EditError(
            f"{path.name} was not written: read back, it is another edit.",
            "; ".join(found[:5]),
            "Please report this with the edit.",
        )


def _backup_name(path: Path) -> Path:
    number = 1
    while True:
        backup = path.with_name(f"{path.name}.bak{number if number > 1 else ''}")
        if not backup.exists():
            return backup
        number += 1


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere folders cannot be opened, and need not be
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
