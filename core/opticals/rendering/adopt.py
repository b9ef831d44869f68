"""Films that others made for a shot: verified, and described as a render."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from opticals.errors import ShotError, VerifyError
from opticals.media import contract, facts
from opticals.media.read import probe
from opticals.media.sequence import numbering
from opticals.media.sequence import reading as sequences
from opticals.models.files import sha256
from opticals.recipe import Recipe
from opticals.rendering import deliver
from opticals.rendering.job import Render, sidecar_of
from opticals.rendering.prepare import source_start
from opticals.timeline.shot import Shot
from opticals.timeline.timecode import timecode


def adopt(file: Path, shot: Shot, progress: Callable[[int], None] | None = None) -> Render:
    """The film as a render of the shot, after every frame of it was decoded and counted.

    A render of ours that was made for the same frames is taken as its sidecar describes it. Any
    other film must have the rate of the shot's medium; its start timecode tells which frame is the
    selection's first, and without one it must have just the selection's frames. What it has
    less of than the source, or otherwise, is listed among the losses.

    Raises:
        OpticalsError: it cannot be read, is the shot's own source, or does not fit the shot.
    """
    file = numbering.medium(file)
    media = probe.probe(file, shot.rate)
    source_file = Path(shot.media)
    if file == source_file or (file.is_file() and file.samefile(source_file)):
        raise ShotError(
            f"{file} is the source of {shot.id} itself.", remedy="Choose a film made from it."
        )
    ours = _ours(file, shot)
    if ours is not None:
        _verify(file, contract.Contract.from_json(ours.details["contract"]), progress)
        return ours
    if media.rate != shot.rate:
        raise ShotError(
            f"{file} does not have the rate of {shot.id}.",
            f"It has {float(media.rate):.3f} frames per second, the shot's medium "
            f"{float(shot.rate):.3f}.",
            "Export it at the rate of the medium, without the edit's retime (“opticals pull” "
            "writes such a plate).",
        )
    source = probe.probe(shot.media, shot.rate)
    first = source_start(source, shot) + shot.first
    head = _head(media, source, shot, first)
    wanted = contract.stated(media, sequences.digest(file) or sha256(file))
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
        start=media.start if media.start is not None else first - head,
        drop_frame=media.drop_frame,
        format=media.codec,
        first_number=media.first_number,
        details={
            "source": probe.identity(shot.media),
            "contract": wanted.to_json(),
            "verified": [asdict(point) for point in points],
            "losses": _differences(media, source, first - head),
            "rendered": 0,
            "seconds": 0,
        },
    )


def _ours(file: Path, shot: Shot) -> Render | None:
    """The film as its sidecar describes it, if that was made for just these frames."""
    try:
        render = deliver.load(sidecar_of(file))
        contract.Contract.from_json(render.details["contract"])
    except deliver.UNREADABLE:
        return None  # no sidecar, or somebody else's
    made = render.shot
    same = (made.media, made.first, made.frames) == (shot.media, shot.first, shot.frames)
    if render.baked:
        same = same and _timing(made) == _timing(shot)
    if not same and (render.recipe.retimes or render.baked):
        raise ShotError(
            f"{file} was rendered for other frames than {shot.id} shows.",
            f"It was made for {made.id} “{made.name}”, {made.timecode(made.record)}.",
            "Render this shot, or name the one it was made for.",
        )
    return replace(render, shot=shot) if same else None


def _timing(shot: Shot) -> tuple[object, ...]:
    """What a baked render shows: the edit's rate, and the place in the medium of each frame."""
    places = [shot.time.place(frame) for frame in range(shot.record, shot.record_end)]
    return shot.edit_rate, places


def _differences(media: facts.Media, source: facts.Media, start: int) -> list[str]:
    """What an editor should know of a film that stands in for a source."""
    pairs = (
        ("size", f"{source.width}x{source.height}", f"{media.width}x{media.height}"),
        ("pixel aspect", source.pixel_aspect, media.pixel_aspect),
        ("alpha", source.alpha, media.alpha),
        ("colour tags", source.tags, media.tags),
    )
    found = [f"{name}: {new}, the source has {old}" for name, old, new in pairs if old != new]
    if media.bits < source.bits:
        found.append(f"bits: {media.bits}, the source has {source.bits}")
    if media.start is not None and media.start != start:
        found.append("its timecode is not the shot's; it is taken as the selection alone")
    return found


def _counted(media: facts.Media, source: facts.Media, first: int) -> int:
    """Timecode `first` of the source as the medium counts: numbered files without timecode
    go by the numbers of the source's."""
    if media.pictures is None or source.pictures is None or media.pictures.timecode:
        return first
    return first + source.pictures.offset


def _head(media: facts.Media, source: facts.Media, shot: Shot, start: int) -> int:
    """Frames of the film before the one that shows the selection's first, which has timecode
    `start` in the source."""
    first = _counted(media, source, start)
    if media.start is not None:
        head = first - media.start
        if head >= 0 and head + shot.frames <= media.frames:
            return head
    if media.frames == shot.frames:
        return 0
    begins = "carries no start timecode"
    if media.start is not None:
        begins = f"starts at {timecode(media.start, media.rate, media.drop_frame)}"
    label = shot.source_timecode(shot.first)
    if source.start is not None:
        label = timecode(start, source.rate, source.drop_frame)
    raise ShotError(
        f"{media.path} does not fit {shot.id}.",
        f"The selection is {shot.frames} frames from source timecode {label}; "
        f"the film has {media.frames} frames and {begins}.",
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
