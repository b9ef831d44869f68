"""The renders that lie in a folder, whole or damaged, and what of a folder is ours to delete."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from opticals.errors import OutputError
from opticals.media.sequence import numbering
from opticals.rendering import deliver
from opticals.rendering.job import Render
from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Stored:
    """A sidecar in a folder, and the render that it describes.

    Attributes:
        made: when its sidecar was written, in nanoseconds since 1970.
        render: None where the sidecar cannot be read.
        medium: what it was made from, where the sidecar says so; frames: the first of it that the
            selection shows, and how many.
        trouble: what is wrong with it, in a sentence; "" if nothing is.
    """

    sidecar: Path
    made: int
    render: Render | None = None
    medium: str = ""
    frames: tuple[int, int] | None = None
    trouble: str = ""

    @property
    def name(self) -> str:
        """`V1-3_upscale_v001`."""
        return self.sidecar.stem

    def may_be_of(self, medium: Path | None, clip: str) -> bool:
        """Whether it was made from a medium; where it does not say, for a clip of this id, as far
        as its name tells."""
        if self.medium:
            return medium is not None and Path(self.medium) == medium
        return self.name.startswith(f"{deliver.base_name(clip, '')}")


class Shelf:
    """Looks through folders of renders; what has not changed since is not read again."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int], Stored]] = {}

    def renders(self, folder: Path) -> tuple[Stored, ...]:
        """Every sidecar of a folder, the oldest first; none where there is no folder."""
        found = []
        for sidecar in folder.glob("*_v*.json"):
            try:
                status = sidecar.stat()
            except OSError:
                continue  # it went meanwhile
            stamp = status.st_mtime_ns, status.st_size
            known = self._known.get(sidecar)
            if known is None or known[0] != stamp:
                known = self._known[sidecar] = stamp, _read(sidecar, status.st_mtime_ns)
            found.append(_present(known[1]))
        return tuple(sorted(found, key=lambda one: (one.made, one.name)))


def _read(sidecar: Path, made: int) -> Stored:
    try:
        render = deliver.load(sidecar)
    except deliver.UNREADABLE as error:
        medium, frames = _said(sidecar)
        why = getattr(error, "what", "") or f"Its sidecar cannot be read: {error}"
        return Stored(sidecar, made, None, medium, frames, str(why))
    shot = render.shot
    return Stored(sidecar, made, render, shot.media, (shot.first, shot.frames))


def _present(one: Stored) -> Stored:
    """As it is now: its file may be gone though its sidecar is the same."""
    if one.render is None or numbering.exists(one.render.path):
        return one
    trouble = f"{one.render.path.name} is missing."
    return replace(one, trouble=trouble)


def _said(sidecar: Path) -> tuple[str, tuple[int, int] | None]:
    """The medium and the frames that a sidecar names, though not all of it can be read."""
    try:
        shot = Shot.from_json(json.loads(sidecar.read_text(encoding="utf-8"))["shot"])
        return shot.media, (shot.first, shot.frames)
    except deliver.UNREADABLE:
        return "", None


def files_of(sidecar: Path) -> tuple[Path, ...]:
    """What a render consists of on disk, its sidecar last: the file, or a sequence's folder.

    Raises:
        OutputError: nothing proves that they are ours.
    """
    try:
        render = deliver.load(sidecar)
    except deliver.UNREADABLE as error:
        raise OutputError.wrap(
            f"{sidecar.stem} is not deleted.",
            error,
            "Its sidecar does not prove that it is a render. Delete it yourself, if it is one.",
        ) from error
    return tuple(one for one in (*_media(render, sidecar), sidecar) if one.exists())


def _media(render: Render, sidecar: Path) -> Iterator[Path]:
    """The file, or the folder of a sequence that holds nothing else."""
    if not numbering.is_pattern(render.path):
        yield render.path
        return
    folder = render.path.parent
    others = (
        [one.name for one in folder.iterdir() if one.suffix != render.path.suffix]
        if (folder.is_dir())
        else []
    )
    if folder == sidecar.parent or others:
        raise OutputError(
            f"{sidecar.stem} is not deleted.",
            f"Its folder holds other files too: {', '.join(sorted(others)[:3])}.",
            "Move them out of it first.",
        )
    yield folder


def delete(files: tuple[Path, ...]) -> None:
    """Delete files and folders for good.

    Raises:
        OutputError: the disk refuses.
    """
    for one in files:
        try:
            shutil.rmtree(one) if one.is_dir() else one.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError.wrap(
                f"{one} cannot be deleted.", error, "Change its permissions, and delete it again."
            ) from error
