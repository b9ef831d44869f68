"""Writing files that can be taken away again without a trace: what was written is written down,
with its hash, before it is written.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opticals.errors import OutputError

_CACHE = "__pycache__"


@dataclass
class Manifest:
    """What is installed for a host.

    Attributes:
        files: hash of each file as we wrote it.
        folders: that we made, outer ones first.
    """

    path: Path
    files: dict[Path, str] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    @staticmethod
    def read(path: Path) -> Manifest:
        """What is written down; nothing where there is none.

        Raises:
            OutputError: it cannot be read: what it names is not known, and not touched.
        """
        found = Manifest(path)
        try:
            data: Any = json.loads(path.read_text(encoding="utf-8"))
            found.files = {Path(one): str(sum) for one, sum in data["files"].items()}
            found.folders = [Path(one) for one in data["folders"]]
        except FileNotFoundError:
            return found
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise OutputError.wrap(
                f"What is installed cannot be read from {path}.",
                error,
                "Delete that file, and what it was about by hand; then install again.",
            ) from error
        return found

    def write(self) -> None:
        """Raises OutputError if it cannot be written."""
        self.make(self.path.parent)
        document = {
            "files": {str(one): sum for one, sum in sorted(self.files.items())},
            "folders": [str(one) for one in self.folders],
        }
        _write(self.path, json.dumps(document, indent=1).encode())

    def make(self, folder: Path) -> None:
        """Make a folder and those it is in, and remember which were not there."""
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            try:
                one.mkdir()
            except FileExistsError:
                continue
            except OSError as error:
                raise OutputError.wrap(
                    f"The folder {one} cannot be made.", error, "Check its permissions."
                ) from error
            self.folders.append(one)


def sum_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def on_disk(path: Path) -> str:
    """Hash of what stands there; "" if nothing does."""
    try:
        return sum_of(path.read_bytes())
    except OSError:
        return ""


@dataclass(frozen=True)
class Outcome:
    """What was done with files, or would be.

    Attributes:
        kept: files that the user changed, and where they are now.
    """

    written: tuple[Path, ...] = ()
    same: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    kept: Mapping[Path, Path] = field(default_factory=dict)


def install(manifest: Manifest, files: Mapping[Path, bytes], *, dry: bool = False) -> Outcome:
    """Write files; those of an older installation that are not among them go. What the user changed
    is moved aside.

    Raises:
        OutputError: a file is there that is not ours, or something cannot be written. Nothing is
            then changed of what was there.
    """
    foreign = [one for one in files if one.exists() and one not in manifest.files]
    if foreign:
        others = "".join(f"\n{one}" for one in foreign[1:])
        raise OutputError(
            f"{foreign[0]} is there already, and Opticals did not write it.",
            f"Nor these:{others}" if others else "",
            "Move it away, then install again.",
        )
    same = tuple(one for one, data in files.items() if on_disk(one) == sum_of(data))
    written = tuple(one for one in files if one not in same)
    changed = {one: to for one, to in _changed(manifest).items() if one not in same}
    old = [one for one in manifest.files if one not in files]
    removed = tuple(one for one in old if on_disk(one) == manifest.files[one])
    found = Outcome(written, same, removed, changed)
    if dry:
        return found
    for one in files:
        manifest.make(one.parent)
    # Written down first: what a crash leaves behind can be taken away.
    before = dict(manifest.files)
    manifest.files = {**before, **{one: sum_of(data) for one, data in files.items()}}
    manifest.write()
    _keep(changed)
    for one in written:
        _write(one, files[one])
    for one in removed:
        _unlink(one)
    manifest.files = {one: sum_of(data) for one, data in files.items()}
    manifest.write()
    return found


def uninstall(manifest: Manifest, heirs: Sequence[Manifest] = (), *, dry: bool = False) -> Outcome:
    """Take away what was installed, the folders made for it and the note of it. What the user
    changed is moved aside: the program finds nothing of ours any more, and the next installation
    nothing in its way.

    Args:
        heirs: what else is installed: one of these takes over the folders that still hold
            something, so that whoever goes last removes them.

    Raises:
        OutputError: the system refuses; what could not be removed is still written down.
    """
    changed = _changed(manifest)
    removed = tuple(one for one in manifest.files if one.exists() and one not in changed)
    found = Outcome(removed=removed, kept=changed)
    if dry:
        return found
    _keep(changed)
    for one in removed:
        _unlink(one)
    for one in (*changed, *removed):
        _drop_compiled(one)
        del manifest.files[one]
    manifest.path.unlink(missing_ok=True)
    _drop_folders(reversed(manifest.folders))
    left = [one for one in manifest.folders if one.is_dir()]
    heir = next((one for one in heirs if one.files), None)
    if left and heir is not None:
        heir.folders = [*left, *heir.folders]
        heir.write()
    return found


def _drop_compiled(script: Path) -> None:
    """What the host's Python made of a script of ours."""
    folder = script.parent / _CACHE
    if script.suffix != ".py" or not folder.is_dir():
        return
    for one in folder.glob(f"{script.stem}.*.pyc"):
        _unlink(one)
    _drop_folders([folder])


def _drop_folders(folders: Iterable[Path]) -> None:
    """Those of them that are empty."""
    for one in folders:
        if one.is_dir() and not any(one.iterdir()):
            one.rmdir()


def _changed(manifest: Manifest) -> dict[Path, Path]:
    """What the user changed of what was installed, and where it is to be kept."""
    return {
        path: _aside(path)
        for path, sum in manifest.files.items()
        if path.exists() and on_disk(path) != sum
    }


def _aside(path: Path) -> Path:
    """Where a file of the user's is kept: no program takes it for a script there."""
    number = 1
    while (found := path.with_name(f"{path.name}.bak{number if number > 1 else ''}")).exists():
        number += 1
    return found


def _keep(changed: Mapping[Path, Path]) -> None:
    for path, to in changed.items():
        try:
            path.rename(to)
        except OSError as error:
            raise OutputError.wrap(
                f"{path} cannot be renamed.", error, "Check its permissions, and try again."
            ) from error


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError.wrap(
            f"{path} cannot be written.", error, "Check its permissions, and install again."
        ) from error


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError.wrap(
            f"{path} cannot be removed.", error, "Check its permissions, and try again."
        ) from error
