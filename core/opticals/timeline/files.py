"""Edits on disk: reading, and writing that never loses what was there."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opticals.errors import EditError, OutputError
from opticals.timeline import (
    dialects,
    formats,
    iterators,  # noqa: F401 - mends those of OpenTimelineIO
    schemas,
)
from opticals.timeline.compare import Aspect, check_written, compare_data
from opticals.timeline.formats import Holds
from opticals.timeline.layout import most_common_rate
from opticals.timeline.urls import is_relative, media_path, rebased

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opentimelineio.schema import Timeline

    from opticals.timeline.dialects import Dialect
    from opticals.timeline.formats import Format

SUFFIX = ".otio"
BUNDLES = ("otioz", "otiod")
# What reading back need not find where the format does not hold it.
_UNHELD = {
    Holds.EDIT_NAME: Aspect.EDIT_NAME,
    Holds.TRACK_NAMES: Aspect.TRACK_NAMES,
    Holds.CLIP_NAMES: Aspect.NAMES,
    Holds.START: Aspect.START,
    Holds.DROP_FRAME: Aspect.DROP_FRAME,
    Holds.METADATA: Aspect.RENDERS,
}


@dataclass(frozen=True)
class Form:
    """How a file is to be written: for which program, in which format."""

    dialect: Dialect
    format: Format

    @staticmethod
    def of(path: Path, program: str) -> Form:
        """For a path and a program.

        Raises:
            EditError: no such format or program, or that program opens no such files.
        """
        dialect = dialects.of(program)
        return Form(dialect, dialects.form(dialect, formats.of(path)))

    @property
    def plain(self) -> bool:
        """Whether it keeps all, letter for letter, and is the master itself."""
        return self.dialect.id == "generic" and self.format.id == "otio"

    @property
    def complete(self) -> bool:
        """Whether it keeps all, so that no master is written beside it."""
        return self.plain or (self.dialect.id == "generic" and self.format.id in BUNDLES)

    def refuse(self, timeline: Timeline) -> None:
        """Raises an EditError if the file would hold another edit."""
        for refusal in formats.refusals(timeline, self.format):
            raise refusal


def master_of(path: Path) -> Path:
    """Where the `.otio` that keeps everything stands, beside an edit that does not. Its name is
    no edit's that came from elsewhere."""
    name = path.stem if path.suffix.lower() == SUFFIX else path.name
    return path.with_name(f"{name}.master.otio")


def write(
    timeline: Timeline, path: Path, folder: Path | None, program: str, *, overwrite: bool
) -> list[str]:
    """Write the timeline beside `path`, read it back, and only then give it that name.

    Relative media URLs count from `folder`; in the master they are rewritten to count from the
    new file's, elsewhere to absolute paths. Beside every file but the plain `.otio` its master
    is written.

    Returns:
        What the user should know, one sentence each.

    Raises:
        EditError: the format or program would show another edit, or the file does not read back
            as it was meant.
        OutputError: the path is taken, is a medium of the edit, or cannot be written.
    """
    form = Form.of(path, program)
    if form.plain:
        return _write_master(timeline, path, folder, overwrite=overwrite)
    form.refuse(timeline)
    _check_free(json.loads(schemas.write(timeline)), path, folder, overwrite)
    messages = list(dialects.told(timeline, form.dialect, form.format))
    beside = _beside(path)
    try:
        with _written(path):
            _write_form(timeline, beside, path, folder, form)
            master = None
            if not form.complete:
                master = master_of(path)
                replaced = master.exists()
                messages += _write_master(timeline, master, folder, overwrite=overwrite)
                messages.append(f"All of it is kept in {master.name}.")
            try:
                messages += _publish(beside, path, overwrite)
            except BaseException:
                if master is not None and not replaced:
                    master.unlink()  # nothing half-written
                raise
    finally:
        _remove(beside)
    return messages


def _write_form(
    timeline: Timeline, beside: Path, path: Path, folder: Path | None, form: Form
) -> None:
    meant = dialects.express(timeline, form.dialect, form.format, path.stem, folder)
    spelled = dialects.spell(meant, form.dialect, form.format)
    if form.format.id == "otio":
        text = schemas.write(spelled, dialects.schema_versions(form.dialect))
        beside.write_text(text, encoding="utf-8", newline="\n")
    else:
        formats.write(spelled, beside, form.format)
    rate = most_common_rate(meant)
    opened = formats.read(beside, rate)
    dialects.settle(opened.timeline, opened.format, opened.program, form.dialect.id)
    held = form.format.holds
    ignored = frozenset(aspect for one, aspect in _UNHELD.items() if one not in held)
    if form.format.id in BUNDLES:
        ignored |= {Aspect.MEDIA}  # they travel with it, under names of their own
    try:
        check_written(meant, opened.timeline, ignored, folder=path.absolute().parent)
    except EditError as error:
        raise EditError(f"{path.name} was not written.", error.why, error.remedy) from error


def _write_master(
    timeline: Timeline, path: Path, folder: Path | None, *, overwrite: bool
) -> list[str]:
    data: Any = json.loads(schemas.write(timeline))
    _check_free(data, path, folder, overwrite)
    moved = _rebase(data, folder, path.parent)
    messages = []
    beside = _beside(path)
    try:
        with _written(path):
            with beside.open("x", encoding="utf-8", newline="\n") as file:
                file.write(schemas.dumps(data))
                file.flush()
                os.fsync(file.fileno())
            _check_same(data, beside, path)
            messages += _publish(beside, path, overwrite)
    finally:
        _remove(beside)
    if moved:
        messages.append(f"{moved} relative media paths were rewritten for the new folder.")
    return messages


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeEncodeError) as error:
        raise OutputError.wrap(
            f"The edit {path} cannot be written.", error, "Check the folder and the free space."
        ) from error


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}{path.suffix}")


def _publish(beside: Path, path: Path, overwrite: bool) -> list[str]:
    """Give a finished file its name; what stood there is kept.

    Raises:
        OutputError: another process took the name meanwhile.
    """
    messages = []
    if overwrite and path.exists():
        backup = _backup_name(path)
        if path.is_dir():
            path.rename(backup)
        else:
            copied = _beside(backup)
            try:
                shutil.copy2(path, copied)
                copied.replace(backup)
            finally:
                copied.unlink(missing_ok=True)
            shutil.copymode(path, beside)
        messages.append(f"The edit that was there is kept as {backup.name}.")
    elif not beside.is_dir():
        # A link fails where the name is taken, however late; not all file systems have them.
        try:
            path.hardlink_to(beside)
        except FileExistsError:
            raise _taken(path) from None
        except OSError:
            if path.exists():
                raise _taken(path) from None
    beside.replace(path)
    _sync_folder(path.parent)
    return messages


def _remove(beside: Path) -> None:
    if beside.is_dir():
        shutil.rmtree(beside, ignore_errors=True)
    else:
        beside.unlink(missing_ok=True)


def check_path(
    timeline: Timeline, path: Path, folder: Path | None, program: str, *, overwrite: bool
) -> None:
    """Refuse a path that `write` would refuse; see `Edit.check_path`."""
    form = Form.of(path, program)
    for file in (path,) if form.complete else (path, master_of(path)):
        if file.exists():
            _check_free(json.loads(schemas.write(timeline)), file, folder, overwrite)
    if not os.access(path.absolute().parent, os.W_OK):
        raise OutputError(
            f"The edit {path} cannot be written.",
            "Its folder is not there, or may not be written to.",
            "Choose another folder.",
        )


def rehearse(timeline: Timeline, path: Path, folder: Path | None, program: str) -> None:
    """Write the edit under another name, read it back and remove it: what would be refused after
    hours of rendering is refused before. Bundles need the media themselves, and are not tried.

    Raises:
        EditError: it would not read back as it is meant.
        OutputError: it cannot be written.
    """
    form = Form.of(path, program)
    if form.complete:
        return
    beside = _beside(path)
    try:
        with _written(path):
            _write_form(timeline, beside, path, folder, form)
    finally:
        _remove(beside)


def losses(timeline: Timeline, path: Path, program: str) -> tuple[str, ...]:
    """What a program will lose of an edit in a file of this name.

    Raises:
        EditError: it would show another edit.
    """
    form = Form.of(path, program)
    form.refuse(timeline)
    return () if form.plain else dialects.told(timeline, form.dialect, form.format)


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
        raise _taken(path)


def _taken(path: Path) -> OutputError:
    return OutputError(
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
            if key == "target_url_base" and url == "":
                # A sequence beside the edit, unless its name has the whole path.
                url = "./" if is_relative(reference.get("name_prefix") or "") else url
            if isinstance(url, str) and is_relative(url):
                reference[key] = rebased(url, folder.absolute(), new_folder.absolute())
                moved += 1
    return moved


def _check_same(meant: Any, written: Path, path: Path) -> None:
    back = json.loads(schemas.write(schemas.read(written.read_text(encoding="utf-8"))))
    if back != meant and (found := compare_data(meant, back)):
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
