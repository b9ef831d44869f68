"""The worker's previews: pictures between the frames of a render, for who is choosing settings.

Only the newest request is of interest: the editor has moved on from the others.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import Cancelled, OutputError

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.rendering.job import Job
    from opticals.rendering.previewing import Pair

Message = dict[str, Any]
KEPT = 32  # files of pictures, written again in turn; whoever asked has read the older ones
MOST = 15  # frames of one request
_STALE = 86_400  # seconds after which a file is of a worker that is gone


@dataclass(frozen=True)
class _Source:
    """The last picture of a source: of which frame, when it was written, and what was told."""

    of: str
    number: int
    told: Message


class Previews:
    """Requests that wait, and the pictures that were made.

    A request says `{"do": "preview", "job": …, "frame": of the medium, "count": frames}`. Each
    frame is answered by a `preview` with its `index` of `count`, its `output`, the `seconds` it
    took so far, and two pictures, `before` and `after`: a file of BGRA rows, 8 bits, alpha
    premultiplied, with its `width`, `height` and whether there is `alpha`. The last has `last`.

    Args:
        say: sends a message to whoever asks.
        stopped: whether the work of this id is to stop.
    """

    def __init__(self, say: Callable[[Message], None], stopped: Callable[[str], bool]) -> None:
        self._say = say
        self._stopped = stopped
        self._waiting: deque[Message] = deque()
        self._written = 0
        self._source: _Source | None = None
        self._serving = ""  # the job of the request that is served

    def ask(self, request: Message) -> list[str]:
        """Take a request; the jobs whose requests it replaces, which get no pictures any more.
        Called while another may be served."""
        replaced = []
        while (older := self._next()) is not None:
            replaced.append(str(older["job"]["id"]))
        self._waiting.append(request)
        return replaced

    def serve(self, answer: Callable[[Message, Callable[[Job, Message], None]], None]) -> None:
        """Make what is asked for, if it is not being made already; `answer` runs a request and
        says what goes wrong."""
        if self._serving:
            return
        while (request := self._next()) is not None:
            self._serving = str(request["job"]["id"])
            try:
                answer(request, self._make)
            finally:
                self._serving = ""

    def _next(self) -> Message | None:
        try:
            return self._waiting.popleft()  # the other thread may be quicker
        except IndexError:
            return None

    def _make(self, job: Job, request: Message) -> None:
        from opticals.rendering.previewing import previews
        from opticals.settings import cache_folder

        def beat() -> None:
            if self._waiting or self._stopped(job.id):
                raise Cancelled

        folder = cache_folder() / "previews"
        _make(folder, sweep=not self._written)
        count = min(max(int(request.get("count", 1)), 1), MOST)
        began = time.monotonic()
        pending: Message | None = None
        for index, pair in enumerate(previews(job, int(request["frame"]), count, beat)):
            if pending is not None:
                self._say(pending)
            pending = {
                "is": "preview",
                "job": job.id,
                "index": index,
                "count": count,
                "output": pair.output,
                "before": self._before(folder, pair),
                "after": self._write(folder, pair.after),
                "seconds": round(time.monotonic() - began, 3),
                "last": False,
            }
        assert pending is not None
        self._say({**pending, "last": True})

    def _before(self, folder: Path, pair: Pair) -> Message:
        """The source's picture: while settings change it is the same, and stays as it is until
        its file is due to be written again."""
        if (
            self._source is None
            or self._source.of != pair.source
            or self._written - self._source.number >= KEPT // 2
        ):
            self._source = _Source(pair.source, self._written, self._write(folder, pair.before))
        return self._source.told

    def _write(self, folder: Path, picture: Tensor) -> Message:
        """A picture as a file, and what is to be known to read it.

        Raises:
            OutputError: it cannot be written.
        """
        path = folder / f"{os.getpid()}-{self._written % KEPT}.bgra"
        self._written += 1
        try:
            # What is there is written over: new pages would take longer than the picture.
            with path.open("r+b" if path.exists() else "wb") as file:
                file.truncate(file.write(bgra(picture)))
        except OSError as error:
            raise OutputError.wrap(f"{path} cannot be written.", error) from error
        channels, height, width = picture.shape
        return {"path": str(path), "width": width, "height": height, "alpha": channels == 4}


def bgra(picture: Tensor) -> memoryview:
    """`[3, H, W]` RGB, nominal 0..1, or `[4, H, W]` with straight alpha, as rows of BGRA, 8 bits,
    premultiplied."""
    import cv2
    import numpy as np
    import torch

    picture = picture.clamp(0, 1)
    if len(picture) == 4:
        picture = torch.cat((picture[:3] * picture[3:], picture[3:]))
    codes = (picture * 255).round_().to(torch.uint8).cpu().numpy()
    alpha = codes[3] if len(codes) == 4 else np.full(codes.shape[1:], 255, np.uint8)
    pixels = cv2.merge((codes[2], codes[1], codes[0], alpha))
    return np.ascontiguousarray(pixels).data.cast("B")


def _make(folder: Path, *, sweep: bool) -> None:
    """The folder for pictures; once, what workers that were killed left there is taken away."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = time.time() - _STALE
        for file in folder.iterdir() if sweep else ():
            if file.stat().st_mtime < old:
                file.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError.wrap(f"{folder} cannot be made.", error) from error
