"""Finished segments, kept by the hash of all that made them, so that no work is done twice."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opticals.errors import OutputError
from opticals.models.files import sha256
from opticals.rendering.partial import partial, sweep
from opticals.settings import cache_folder

log = logging.getLogger(__name__)

# What the cache may keep. The oldest used go first; a render's own segments are the newest.
LIMIT = 20 * 2**30


@dataclass(frozen=True)
class Stored:
    """A finished segment: its medium and the fingerprints of its frames."""

    path: Path
    prints: tuple[str, ...]


@dataclass
class _Files:
    """What is on disk of one segment."""

    paths: list[Path] = field(default_factory=list)
    size: int = 0
    used: int = 0

    def add(self, path: Path) -> None:
        status = path.stat()
        self.paths.append(path)
        self.size += status.st_size
        self.used = max(self.used, status.st_mtime_ns)


class SegmentCache:
    """A folder of segments. A segment counts as finished once its `.json` stands beside it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_folder() / "segments"

    def find(self, digest: str, suffix: str) -> Stored | None:
        """The finished segment of this name, marked as just used. One that is damaged is removed,
        so that it is rendered again."""
        path = self._path(digest, suffix)
        note = path.with_suffix(".json")
        try:
            facts = json.loads(note.read_text(encoding="utf-8"))
            prints = tuple(facts["prints"])
            if not all(isinstance(one, str) for one in prints):
                raise ValueError("its fingerprints are none")
            if facts["sha256"] != sha256(path):
                raise ValueError("its bytes are others")
            os.utime(path)
        except OSError:
            return None
        except (ValueError, LookupError, TypeError) as error:
            log.warning("The segment %s is damaged and is rendered again: %s", path, error)
            for one in (note, path):
                with contextlib.suppress(OSError):
                    one.unlink()
            return None
        return Stored(path, prints)

    def begin(self, digest: str, suffix: str) -> Path:
        """Where to write the segment; `finish` makes it count.

        Raises:
            OutputError: the cache cannot be written.
        """
        path = self._path(digest, suffix)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError.wrap(
                f"The cache {self.folder} cannot be written.",
                error,
                "Set OPTICALS_HOME to a folder that can be written.",
            ) from error
        return partial(path)

    def finish(self, written: Path, prints: tuple[str, ...], facts: Mapping[str, Any]) -> Stored:
        """Give a completely written segment its name.

        Raises:
            OutputError: the disk is full or cannot be written.
        """
        digest, suffix = written.name.split(".")[1], written.suffix
        path = self._path(digest, suffix)
        beside = partial(path.with_suffix(".json"))
        try:
            note = {**facts, "prints": prints, "sha256": sha256(written)}
            beside.write_text(json.dumps(note), encoding="utf-8")
            written.replace(path)
            beside.replace(path.with_suffix(".json"))
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise OutputError.wrap(
                f"The cache {self.folder} cannot be written.", error, "Free some disk space."
            ) from error
        return Stored(path, prints)

    def prune(self, limit: int = LIMIT) -> None:
        """Delete the segments used longest ago until the cache is within `limit` bytes."""
        self.sweep()
        segments: dict[str, _Files] = defaultdict(_Files)
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):  # another process may prune as well
                segments[path.name.lstrip(".").split(".")[0]].add(path)
        total = sum(files.size for files in segments.values())
        for files in sorted(segments.values(), key=lambda files: files.used):
            if total <= limit:
                return
            for path in files.paths:
                path.unlink(missing_ok=True)
            total -= files.size

    def sweep(self) -> None:
        """Delete what processes that were killed left half-written."""
        for folder in self.folder.glob("*"):
            sweep(folder)

    def _path(self, digest: str, suffix: str) -> Path:
        return self.folder / digest[:2] / f"{digest}{suffix}"
