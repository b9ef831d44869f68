"""Renders decoded again and held to the contract that their sidecars state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from opticals.errors import EditError, MediaError, OpticalsError, VerifyError
from opticals.media import contract
from opticals.media.read import probe
from opticals.media.sequence import numbering
from opticals.rendering import deliver
from opticals.rendering.job import sidecar_of
from opticals.timeline.edit import Edit


@dataclass(frozen=True)
class Report:
    """What verifying one render found."""

    path: Path
    points: tuple[contract.Point, ...] = ()
    error: OpticalsError | None = None

    @property
    def ok(self) -> bool:
        return self.error is None and not contract.failures(self.points)

    def to_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "ok": self.ok,
            "points": [asdict(point) for point in self.points],
            **({"error": self.error.to_json()} if self.error else {}),
        }


def reverify(path: Path, progress: Callable[[int, int], None]) -> list[Report]:
    """Verify a render, or every render that an edit uses.

    Raises:
        EditError: the edit cannot be read, or uses no render.
        VerifyError: the file has no sidecar that says what it should be.
    """
    if path.suffix.lower() != ".otio":
        path = numbering.medium(path)
        return [_verify(path, _stated(path), progress)]
    reports = []
    for file, placed in _renders(Edit.open(path)).items():
        try:
            wanted = _stated(file)
        except VerifyError:
            # Somebody else's film: the edit itself keeps the contract it was placed under.
            wanted = contract.Contract.from_json(placed["details"]["contract"])
        except MediaError as error:
            reports.append(Report(file, error=error))
            continue
        reports.append(_verify(file, wanted, progress))
    if not reports:
        raise EditError(f"{path} uses no render.", remedy="Render a shot of it first.")
    return reports


def _renders(edit: Edit) -> dict[Path, Mapping[str, Any]]:
    """Every render that the edit's clips hold, active or not, by its file."""
    items = (item for track in edit.tracks() for item in track.items)
    ids = [item.id for item in items if item.id and (item.versions or item.damaged)]
    versions = (version for id in ids for version in edit.versions(id))
    return {one.path: one.render for one in versions if one.path and one.render}


def _stated(path: Path) -> contract.Contract:
    if not numbering.exists(path):
        raise MediaError(f"{path} is missing.", remedy="Render the shot again, or relink it.")
    try:
        # The contract alone: the effects of the recipe may no longer be installed.
        sidecar = json.loads(sidecar_of(path).read_text(encoding="utf-8"))
        return contract.Contract.from_json(sidecar["details"]["contract"])
    except deliver.UNREADABLE as error:
        raise VerifyError.wrap(
            f"{path} has no sidecar that says what it should be.",
            error,
            f"Put {sidecar_of(path).name} back beside it, or render the shot again.",
        ) from error


def _verify(path: Path, wanted: contract.Contract, progress: Callable[[int, int], None]) -> Report:
    try:
        probe.identity(path)
        points = contract.check(path, wanted, lambda done: progress(done, wanted.frames))
    except OpticalsError as error:
        return Report(path, error=error)
    return Report(path, points)
