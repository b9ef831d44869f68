"""What a watch tells: one event at a time, a line each, for people or for programs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any


class Kind(StrEnum):
    WATCHING = "watching"
    EXPORT = "export"  # one is taken up
    NOTE = "note"
    RENDERED = "rendered"
    WRITTEN = "written"
    LEFT = "left out"
    NOTHING = "nothing"  # it asks for nothing, or shows it already
    UNCHANGED = "unchanged"
    CHANGED = "changed"  # while it was worked on
    FAILED = "failed"
    IGNORED = "ignored"
    ELSEWHERE = "elsewhere"  # another watch has it
    GONE = "gone"
    CLOSED = "closed"  # a folder that cannot be listed
    AWAY = "away"  # the watched folder itself
    BACK = "back"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Teller:
    """Says events.

    Args:
        folder: that is watched.
        write: takes one line without its end.
        as_json: whether lines are for programs.
    """

    folder: Path
    write: Callable[[str], None]
    as_json: bool = False

    def __call__(self, kind: Kind, export: Path | None, text: str, **facts: Any) -> None:
        if self.as_json:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            of = None if export is None else str(export)
            document = {"time": now, "event": kind.value, "export": of, "text": text, **facts}
            self.write(json.dumps(document, ensure_ascii=False))
            return
        name = "" if export is None else f"{self._name(export)}: "
        lines = text.splitlines() or [""]
        self.write(f"{time.strftime('%H:%M:%S')}  {name}{kind.value}. {' '.join(lines)}".rstrip())

    def _name(self, export: Path) -> str:
        try:
            return export.relative_to(self.folder).as_posix()
        except ValueError:
            return str(export)
