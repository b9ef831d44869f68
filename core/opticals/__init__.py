"""Opticals: AI effects on a range of a shot of an edit, rendered, verified, cut back in.

    import opticals

    edit = opticals.open("cut.otio")
    shot = edit.shot("V1:3").range("01:00:04:00", "01:00:06:12")
    render = opticals.render(shot, [opticals.effect("upscale", scale=2)])
    edit.place(render)
    edit.save("cut_v2.otio")

Rendering happens in a worker process: neither torch nor Qt is imported by this package itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import OpticalsError
from opticals.media.facts import AS_TAGGED, Interpretation
from opticals.media.write.formats import DEFAULT_FORMAT
from opticals.recipe import Recipe, Step
from opticals.recipe import step as effect
from opticals.rendering.job import HANDLES, Job, Output, Render, renders_folder
from opticals.timeline.shot import Shot

if TYPE_CHECKING:
    from fractions import Fraction

    from opticals.timeline.edit import Edit

__all__ = [
    "Edit",
    "Interpretation",
    "OpticalsError",
    "Recipe",
    "Render",
    "Shot",
    "Step",
    "effect",
    "open",
    "render",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "Edit":  # OpenTimelineIO is loaded with the first edit, not with the package
        from opticals.timeline.edit import Edit

        return Edit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def open(
    path: str | PathLike[str],
    *,
    rate: Fraction | None = None,
    sequence: str | None = None,
    written_by: str | None = None,
) -> Edit:
    """Open an edit of any supported format.

    Args:
        rate: frames per second, where the format does not say (EDL).
        sequence: name or number of one of several in the file.
        written_by: the program that wrote it, where the file does not tell and programs differ.

    Raises:
        AnswerNeeded: one of these is needed.
        EditError: there is no such file, it is not an edit, or it cannot be understood.
    """
    from opticals.timeline.edit import Edit

    return Edit.open(Path(path), rate=rate, sequence=sequence, written_by=written_by)


def render(
    shot: Shot,
    effects: Sequence[Step],
    *,
    seed: int = 0,
    format: str = DEFAULT_FORMAT,
    handles: int = HANDLES,
    draft: bool = False,
    bake: bool = False,
    device: str = "auto",
    interpretation: Interpretation = AS_TAGGED,
    folder: str | PathLike[str] | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> Render:
    """Render a shot in a worker process and wait for it.

    Args:
        shot: from `Edit.shot` or `Edit.shots`.
        effects: made by `opticals.effect`, applied in order.
        handles: source frames on each side of the selection; record frames if baked.
        bake: one frame for each record frame: with the clip's retime, at the edit's rate.
        interpretation: how to read the medium where its file leaves that open.
        folder: where the render goes; beside the shot's edit if not given.
        progress: called with the worker's progress messages.

    Raises:
        OpticalsError: nothing was delivered. Asking again goes on from what was rendered.
    """
    from opticals.jobs import client

    where = Path(folder) if folder is not None else renders_folder(shot.edit)
    output = Output(where, format, handles, draft, bake=bake)
    job = Job(shot, Recipe(tuple(effects), seed), output, device, interpretation)
    with client.Session() as session:
        return session.render(job, progress or (lambda message: None))
