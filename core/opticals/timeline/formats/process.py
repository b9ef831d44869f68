"""Adapters at work in a process of their own.

They are other people's code, and what they read is other people's files: whatever goes wrong
there, a crash, a hang or an endless appetite for memory, ends that process alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import EditError, OpticalsError
from opticals.timeline import schemas

if TYPE_CHECKING:
    from opentimelineio.core import SerializableObject

    from opticals.timeline.formats.table import Format

_SECONDS = 20.0  # for a small edit, and one more for each
_BYTES_A_SECOND = 40_000
_LONGEST = 600.0
_REMEDY = "Export it again from the program that wrote it, best as OpenTimelineIO (.otio)."


def read(format: Format, path: Path, **asked: Any) -> tuple[SerializableObject, dict[str, Any]]:
    """What the adapter of `format` makes of a file, and what it said of it.

    Raises:
        EditError: it cannot be read, in the words of who tried.
    """
    with tempfile.TemporaryDirectory(prefix="opticals-") as folder:
        out = Path(folder) / "edit.otio"
        task = {"do": "read", "format": format.id, "path": str(path), "out": str(out), **asked}
        answer = _ask(task, path.stat().st_size, f"{path.name} cannot be read as {format.label}.")
        return schemas.read(out.read_text(encoding="utf-8")), answer


def write(format: Format, thing: SerializableObject, path: Path, **asked: Any) -> None:
    """Let the adapter of `format` write `thing`.

    Raises:
        EditError: it cannot.
    """
    with tempfile.TemporaryDirectory(prefix="opticals-") as folder:
        source = Path(folder) / "edit.otio"
        source.write_text(schemas.write(thing), encoding="utf-8")
        # Written there, not where it was asked for: what ends half-way leaves nothing behind.
        out = Path(folder) / f"edit{format.suffixes[0]}"
        task = {"do": "write", "format": format.id, "path": str(source), "out": str(out), **asked}
        _ask(task, source.stat().st_size // 4, f"The edit cannot be written as {format.label}.")
        path.write_bytes(out.read_bytes())


def _ask(task: dict[str, Any], size: int, failed: str) -> dict[str, Any]:
    limit = min(_LONGEST, _SECONDS + size / _BYTES_A_SECOND)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OTIO_")}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "opticals.timeline.formats.convert"],
            input=json.dumps(task).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limit,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EditError(failed, f"It was not done after {limit:.0f} seconds.", _REMEDY) from error
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise EditError(
            failed, f"The adapter crashed (exit status {done.returncode}).", _REMEDY
        ) from error
    if "error" in answer:
        raise OpticalsError.from_json(answer["error"])
    return answer
