"""Films that others made for a shot: verified, and described as a render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from opticals.errors import OpticalsError, ShotError, VerifyError
from opticals.media import contract, probe
from opticals.recipe import Recipe
from opticals.rendering import deliver
from opticals.rendering.job import Render
from opticals.timeline.shot import Shot


def adopt(file: Path, shot: Shot, progress: Callable[[int], None] | None = None) -> Render:
    """The film as a render of the shot, after every frame of it was decoded and counted.

    A render of ours is taken as its sidecar describes it. Any other film must have the shot's
    rate; its start timecode tells which frame is the selection's first, and without one it
    must have just the selection's frames.

    Raises:
        OpticalsError: it cannot be read, is the shot's own source, or does not fit the shot.
    """
    file = file.absolute()
    media = probe.probe(file)
    if file.samefile(shot.media):
        raise ShotError(
            f"{file} is the source of {shot.id} itself.", remedy="Choose a film made from it."
        )
    ours = _ours(file)
    if ours is not None:
        wanted = contract.Contract.from_json(ours.details["contract"])
        _verify(file, wanted, progress)
        return ours
    if media.rate != shot.rate:
        raise ShotError(
            f"{file} does not have the rate of {shot.id}.",
            f"It has {float(media.rate):.3f} frames per second, the shot {float(shot.rate):.3f}.",
            "Export it at the shot's rate.",
        )
    head = _head(media, shot)
    start = media.start if media.start is not None else shot.media_start + shot.first - head
    wanted = contract.Contract(
        media.frames,
        media.rate,
        media.width,
        media.height,
        media.pixel_aspect,
        media.start,
        media.drop_frame,
        media.tags,
        media.bits,
        media.alpha,
    )
    points = _verify(file, wanted, progress)
    return Render(
        path=file,
        shot=shot,
        recipe=Recipe(()),
        frames=media.frames,
        head=head,
        selected=shot.frames,
        rate=media.rate,
        width=media.width,
        height=media.height,
        start=start,
        drop_frame=media.drop_frame,
        format=media.codec,
        details={
            "source": probe.identity(shot.media),
            "contract": wanted.to_json(),
            "verified": [asdict(point) for point in points],
            "losses": [],
            "seconds": 0,
        },
    )


def _ours(file: Path) -> Render | None:
    try:
        return deliver.load(file.with_suffix(".json"))
    except (OSError, ValueError, LookupError, TypeError, OpticalsError):
        return None  # no sidecar, or somebody else's


def _head(media: probe.Media, shot: Shot) -> int:
    """Frames of the film before the one that shows the selection's first."""
    if media.start is not None:
        head = shot.media_start + shot.first - media.start
        if head >= 0 and head + shot.frames <= media.frames:
            return head
    if media.frames == shot.frames:
        return 0
    begins = "carries no start timecode"
    if media.start is not None:
        begins = f"starts at {shot.timecode(media.start)}"
    raise ShotError(
        f"{media.path} does not fit {shot.id}.",
        f"The selection is {shot.frames} frames from source timecode "
        f"{shot.timecode(shot.media_start + shot.first)}; the film has {media.frames} frames "
        f"and {begins}.",
        "Export just the selection, or with handles and the plate's timecode "
        "(“opticals pull” writes such a plate).",
    )


def _verify(
    file: Path, wanted: contract.Contract, progress: Callable[[int], None] | None
) -> tuple[contract.Point, ...]:
    points = contract.check(file, wanted, progress)
    if contract.failures(points):
        raise VerifyError(
            f"{file} does not keep the frame contract.",
            contract.describe(points),
            "Export it again.",
        )
    return points
