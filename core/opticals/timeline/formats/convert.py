"""The process that runs one adapter once: a task in JSON on stdin, the answer on stdout."""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import opentimelineio as otio
from opentimelineio.schema import Timeline

from opticals.errors import EditError, OpticalsError
from opticals.timeline import schemas
from opticals.timeline.formats.table import by_id

if TYPE_CHECKING:
    from opentimelineio.core import SerializableObject

_MEMORY = 4 << 30  # of address space
_SAID = 400  # characters
_REMEDY = "Export it again from the program that wrote it, best as OpenTimelineIO (.otio)."


@dataclass
class Reading:
    """An edit as read: the program that wrote the file, and what the user should know."""

    timeline: Timeline
    program: str = ""
    notes: list[str] = field(default_factory=list)


class Adapter(Protocol):
    """What each of the modules named after a format has."""

    def read(self, path: Path, rate: Fraction | None, sequence: str | None) -> Reading: ...
    def write(self, timeline: Timeline, path: Path) -> None: ...


def adapter(format: str) -> Adapter:
    """The module that works with one adapter."""
    return cast(Adapter, importlib.import_module(f"opticals.timeline.formats.{format}"))


def otio_adapter(name: str) -> Any:
    """The module of one of OpenTimelineIO's adapters."""
    return otio.adapters.from_name(name).module()


def run(task: dict[str, Any]) -> dict[str, Any]:
    """Do what a task says; the answer."""
    path, out = Path(task["path"]), Path(task["out"])
    working = adapter(task["format"])
    if task["do"] == "read":
        rate = Fraction(task["rate"]) if task.get("rate") else None
        found = working.read(path, rate, task.get("sequence"))
        _write(found.timeline, out)
        return {"program": found.program, "notes": found.notes}
    timeline = schemas.read(path.read_text(encoding="utf-8"))
    assert isinstance(timeline, Timeline)
    working.write(timeline, out)
    return {}


def _write(thing: SerializableObject, out: Path) -> None:
    out.write_text(schemas.write(thing), encoding="utf-8", newline="\n")


def _limit() -> None:
    if sys.platform != "win32":
        import resource

        with suppress(ValueError, OSError):  # already lower
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _short(why: str) -> str:
    """Adapters list everything that they miss; the first of it is enough to act on."""
    return why if len(why) <= _SAID else f"{why[:_SAID].rstrip()} ..."


def main() -> None:
    task = json.load(sys.stdin)
    # Adapters print; what they say is for their authors.
    answers = os.fdopen(os.dup(1), "w")
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    warnings.simplefilter("ignore")
    _limit()
    format = by_id(task["format"])
    reading = task["do"] == "read"
    failed = (
        f"{Path(task['path']).name} cannot be read as {format.label}."
        if reading
        else f"The edit cannot be written as {format.label}."
    )
    try:
        answer = run(task)
    except OpticalsError as error:
        answer = {"error": error.to_json()}
    except MemoryError:
        answer = {"error": EditError(failed, "It takes too much memory.", _REMEDY).to_json()}
    except Exception as error:  # noqa: BLE001 - adapters raise anything
        found = EditError.wrap(failed, error, _REMEDY)
        answer = {"error": EditError(found.what, _short(found.why), found.remedy).to_json()}
    json.dump(answer, answers)
    answers.flush()
    os._exit(0)  # nothing that a library does at the end matters


if __name__ == "__main__":
    main()
