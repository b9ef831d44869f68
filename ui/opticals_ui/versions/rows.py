"""The versions of a clip as rows: those that stand in the edit, and those that only lie on disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import OpticalsError
from opticals.rendering.deliver import UNREADABLE
from opticals.rendering.job import Render, sidecar_of
from opticals.timeline.placed import ORIGINAL
from opticals_ui.look.words import tr
from opticals_ui.timeline.model import all_clips

if TYPE_CHECKING:
    from opticals.rendering.shelf import Stored
    from opticals.timeline.listing import VersionView
    from opticals.timeline.shot import Shot
    from opticals_ui.timeline.model import TimelineModel


@dataclass(frozen=True)
class Row:
    """One version.

    Attributes:
        name: `original`, or the render's.
        path: its medium.
        active: whether the clip shows it.
        placed: whether it stands in the edit; the original always does.
        made: when, in nanoseconds since 1970; None where that is not known.
        render: None of the original, and where what it says of itself cannot be read.
        sidecar: beside its medium, where there is one.
        trouble: what is wrong with it; "" if nothing is.
    """

    name: str
    path: Path | None
    active: bool = False
    placed: bool = False
    made: int | None = None
    render: Render | None = None
    sidecar: Path | None = None
    trouble: str = ""

    @property
    def original(self) -> bool:
        return self.name == ORIGINAL

    @property
    def draft(self) -> bool:
        return self.render is not None and self.render.draft

    @property
    def whole(self) -> bool:
        """Whether it can be shown and compared."""
        return not self.trouble and (self.original or self.render is not None)


def rows_of(
    held: Sequence[VersionView],
    stored: Iterable[Stored],
    clip: str,
    medium: Path | None,
    shot: Shot | None,
) -> tuple[Row, ...]:
    """The newest first, the original last.

    Args:
        held: the versions of the clip, as the edit has them, the oldest first.
        stored: the renders of the folder.
        medium: what lies below the clip's renders.
        shot: what the clip shows of it; None where that cannot be told.
    """
    on_disk = {one.name: one for one in stored}
    originals = [Row(ORIGINAL, one.path, one.active, True) for one in held if one.render is None]
    renders = [_held(one, on_disk.get(one.name)) for one in held if one.render is not None]
    names = {one.name for one in held}
    loose = [
        Row(one.name, one.render.path if one.render else None, made=one.made, render=one.render,
            sidecar=one.sidecar, trouble=one.trouble)
        for one in on_disk.values()
        if one.name not in names and one.may_be_of(medium, clip) and _shows(one, shot)
    ]  # fmt: skip
    order = {one.name: at for at, one in enumerate(held)}
    renders = sorted(
        (*renders, *loose), key=lambda one: (one.made or 0, order.get(one.name, -1)), reverse=True
    )
    return (*renders, *originals)


def folders_of(model: TimelineModel | None) -> set[Path]:
    """The folders that renders of an edit lie in: it may have another name since."""
    clips = (one for lane in (model.lanes if model else ()) for one in all_clips(lane.items))
    return {sidecar_of(one.path).parent for one in clips if one.version and one.path}


def _held(view: VersionView, stored: Stored | None) -> Row:
    """A version that stands in the edit; of what the edit says and the disk, the edit counts."""
    render, trouble = _render(view.render), ""
    path = view.path
    if render is None:
        trouble = tr("What the edit says of it cannot be read.")
    if path is None or not _there(path):
        trouble = tr("{file} is missing.", file=path.name if path else view.name)
    sidecar = sidecar_of(path) if path else None
    if sidecar is not None and not sidecar.is_file():
        sidecar = None
    made = stored.made if stored is not None and stored.sidecar == sidecar else None
    if made is None and sidecar is not None:
        made = sidecar.stat().st_mtime_ns
    return Row(view.name, path, view.active, True, made, render, sidecar, trouble)


def _render(said: Mapping[str, Any] | None) -> Render | None:
    try:
        return Render.from_json(said) if said is not None else None
    except UNREADABLE:
        return None


def _there(path: Path) -> bool:
    from opticals.media.sequence import numbering

    try:
        return numbering.exists(path)
    except (OSError, OpticalsError):
        return False


def _shows(stored: Stored, shot: Shot | None) -> bool:
    """Whether a render shows frames that the clip does, as far as can be told."""
    if stored.frames is None or shot is None:
        return True
    first, frames = stored.frames
    return first < shot.first + shot.frames and shot.first < first + frames
