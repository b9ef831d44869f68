"""The cuts of a medium, which no window of an effect reaches across.

They are found in cells of 50 frames on a grid anchored at the medium's frame 0, with 25 frames of
context on both sides, and kept on disk: the answer for a frame is the same whatever range it is
asked in, and a long rush is looked at only where somebody uses it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import astuple
from functools import cache
from typing import TYPE_CHECKING, cast

import torch
from torch.nn import functional

from opticals import nets
from opticals.declaration import CUTS_MODEL
from opticals.media.colour.converter import Converter
from opticals.media.read import probe
from opticals.media.read.decode import reading
from opticals.models import store
from opticals.nets.transnetv2 import TransNetV2
from opticals.rendering.partial import partial
from opticals.rendering.plan import digest
from opticals.settings import cache_folder
from opticals.vision import cuts as pictures
from opticals.vision import shots
from opticals.vision.resize import resized
from opticals.vision.shots import Signs, Transition

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from opticals.media.facts import Interpretation, Media
    from opticals.rendering.context import RenderContext

    Report = Callable[[str, int, int, str], None]

CELL, CONTEXT = 50, 25  # frames; the network judges the middle 50 of 100 at a time
_SEEN = (288, 512)  # rows, columns; larger pictures are reduced to this first
VERSION = 1  # of what is kept; raised when the same frames come to give another answer

log = logging.getLogger(__name__)


def cuts(
    media: Media,
    interpretation: Interpretation,
    start: int,
    stop: int,
    context: RenderContext,
    report: Report,
) -> tuple[int, ...]:
    """The frames of the medium from `start` on, `stop` not included, that are the first after
    a cut, in rising order. The same whatever range they are asked in."""
    found = transitions(media, interpretation, start, stop, context, report)
    return tuple(one.frame for one in found)


def transitions(
    media: Media,
    interpretation: Interpretation,
    start: int,
    stop: int,
    context: RenderContext,
    report: Report,
) -> list[Transition]:
    """The cuts, dissolves and fades whose `frame` lies in that range.

    Raises:
        MediaError: a frame that is needed is missing or damaged.
        Cancelled: what was found until then is kept.
    """
    if start >= stop or media.frames < 2:
        return []
    cells = _Cells(media, interpretation, context, report)
    first = max(start - 1, 0) // CELL
    last = (min(stop, media.frames) - 1) // CELL
    cells.need(range(first, last + 1))
    return list(shots.transitions(cells.signs, start, stop, media.frames))


class _Cells:
    """What is known of a medium's frames, from the disk or found now."""

    def __init__(
        self, media: Media, interpretation: Interpretation, context: RenderContext, report: Report
    ) -> None:
        self._media = media
        self._interpretation = interpretation
        self._context = context
        self._report = report
        self._known: dict[int, list[Signs]] = {}
        name = digest(
            {
                "version": VERSION,
                "source": probe.identity(media.path),
                "rate": str(media.rate),
                "frames": media.frames,
                "interpretation": interpretation.to_json(),
                "view": context.view.key if context.view else "",
                "model": store.digest(CUTS_MODEL),
                "device": context.device.type,
            }
        )
        self._folder = cache_folder() / "cuts" / name

    def signs(self, frame: int) -> Signs:
        """What is known of a frame; its cell is looked at if it was not yet."""
        cell = frame // CELL
        if cell not in self._known:
            self.need(range(cell, cell + 1))
        return self._known[cell][frame % CELL]

    def need(self, cells: range) -> None:
        """Look at those cells of a run that were not looked at before."""
        missing = []
        for cell in cells:
            found = self._read(cell)
            if found is None:
                missing.append(cell)
            else:
                self._known[cell] = found
        if not missing:
            return
        total, done = sum(self._count(cell) for cell in missing), 0
        self._report("analyse", 0, total, "")
        with (
            torch.inference_mode(),
            _Looked(self._media, self._interpretation, self._context) as looked,
        ):
            for cell in missing:
                for frame in range(cell * CELL - CONTEXT, (cell + 1) * CELL + CONTEXT):
                    looked.at(frame)
                    if 0 <= frame - cell * CELL < self._count(cell):
                        done += 1
                        self._report("analyse", done, total, "")
                self._known[cell] = self._look(cell, looked)
                self._write(cell)

    def _count(self, cell: int) -> int:
        return min(CELL, self._media.frames - cell * CELL)

    def _look(self, cell: int, looked: _Looked) -> list[Signs]:
        first = cell * CELL
        around = range(first - CONTEXT, first + CELL + CONTEXT)
        network = _network(self._context.device)
        frames = shots.stretched(torch.stack([looked.at(frame)[0] for frame in around]))
        middle, within = (
            answer[0, CONTEXT : CONTEXT + self._count(cell)].sigmoid().tolist()
            for answer in network(frames[None])
        )
        found = []
        for index in range(self._count(cell)):
            self._context.progress()
            frame = first + index
            hard, sure = False, middle[index]
            if frame + 1 < self._media.frames:
                hard, sure = shots.hard(lambda near: looked.at(near)[1], frame, sure)
            contrast = float(looked.at(frame)[1].std())
            found.append(Signs(sure, within[index], hard, contrast))
        return found

    def _path(self, cell: int) -> Path:
        return self._folder / f"{cell}.json"

    def _read(self, cell: int) -> list[Signs] | None:
        if cell in self._known:
            return self._known[cell]
        path = self._path(cell)
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
            found = [
                Signs(float(middle), float(within), bool(hard), float(contrast))
                for middle, within, hard, contrast in rows
            ]
            if len(found) != self._count(cell):
                raise ValueError("it is not complete")
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s is damaged and is found again: %s", path, error)
            return None
        return found

    def _write(self, cell: int) -> None:
        path = self._path(cell)
        beside = partial(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [astuple(one) for one in self._known[cell]]
            beside.write_text(json.dumps(rows), encoding="utf-8")
            beside.replace(path)
        except OSError as error:  # a cache that cannot be written is none
            log.warning("%s cannot be written: %s", path, error)


class _Looked:
    """The frames of a medium reduced as the network and the comparison see them; the nearest one
    at its ends. Those needed for one cell are held, so that consecutive cells decode each once."""

    def __init__(
        self, media: Media, interpretation: Interpretation, context: RenderContext
    ) -> None:
        self._media = media
        self._context = context
        self._reading = reading(media, interpretation)
        self._to_rgb = Converter(media.coding, media.coding, context.device).to_rgb
        self._held: dict[int, tuple[Tensor, Tensor]] = {}

    def __enter__(self) -> _Looked:
        self._reader = self._reading.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._reading.__exit__(None, None, None)

    def at(self, frame: int) -> tuple[Tensor, Tensor]:
        """Frame `[3, 27, 48]`, and its thumbnail `[3, 36, 64]`, 0..1 as a display shows them."""
        frame = min(max(frame, 0), self._media.frames - 1)
        if frame not in self._held:
            self._context.progress()
            (planes,) = self._reader.read(frame, frame + 1)
            self._held[frame] = self._reduced(self._to_rgb(planes)[:3])
            for old in [one for one in self._held if one < frame - CELL - 2 * CONTEXT]:
                del self._held[old]
        return self._held[frame]

    def _reduced(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        rows, columns = (min(side, most) for side, most in zip(rgb.shape[-2:], _SEEN, strict=True))
        seen = self._context.shown(resized(rgb.nan_to_num(0, 1, 0), rows, columns)).clamp(0, 1)
        small = functional.interpolate(seen[None], TransNetV2.size, mode="area")[0]
        return small, pictures.thumbnails(seen[None].cpu())[0]


@cache
def _network(device: torch.device) -> TransNetV2:
    """In float32, whatever the job's precision is: drafts and finals have the same cuts."""
    network = nets.load(CUTS_MODEL, store.path(CUTS_MODEL))
    return cast("TransNetV2", nets.place(network, device, torch.float32))
