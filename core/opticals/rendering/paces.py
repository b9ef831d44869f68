"""How long renders took on this machine: measured at every one, kept for estimates of the next.

Seconds are counted per megapixel of what effects are handed and per frame that comes out. They
are kept by the kind of recipe (what of its settings costs time), the device and the format.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.rendering.partial import partial
from opticals.rendering.plan import SEGMENT
from opticals.settings import cache_folder

if TYPE_CHECKING:
    from opticals.recipe import Recipe, Step
    from opticals.rendering.job import Render

log = logging.getLogger(__name__)

KEPT = 400  # renders, the newest
_TYPES: dict[str, Callable[[Any], Any]] = {"str": str, "int": int, "float": float}
_LOADING = 2.0  # seconds that networks take to load, where a render was too short to tell


class Stopwatch:
    """The time of one run of rendering, taken apart: looking first, loading, steady work.

    Args:
        pieces: frames of each piece. The first ones pay for loading and warming up.
    """

    def __init__(self, pieces: Sequence[int]) -> None:
        counts = itertools.accumulate(pieces)
        self._first = next((one for one in counts if one >= SEGMENT), sum(pieces))
        self._count = 0
        self._apart = 0.0
        self._began = self._looked = self._warm = time.monotonic()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is done in it is none of the render's: previews, pauses."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._apart += time.monotonic() - began

    def looked(self) -> None:
        """All is known that must be found out before the first frame."""
        self._looked = self._warm = self._now()

    def frame(self) -> None:
        """One more frame was handed on."""
        self._count += 1
        if self._count <= self._first:
            self._warm = self._now()

    def took(self) -> dict[str, float]:
        """Seconds until now: `look` for all frames, `begin` once, `frame` for each. Empty where
        there were no frames."""
        if not self._count:
            return {}
        first = min(self._first, self._count)
        start = self._warm - self._looked
        if self._count > first:
            frame = (self._now() - self._warm) / (self._count - first)
            begin = max(0.0, start - frame * first)
        else:
            start = self._now() - self._looked
            begin = min(_LOADING, start / 2)
            frame = (start - begin) / first
        seconds = {"look": self._looked - self._began, "begin": begin, "frame": frame}
        return {name: round(one, 4) for name, one in seconds.items()}

    def _now(self) -> float:
        return time.monotonic() - self._apart


@dataclass(frozen=True)
class Pace:
    """What one render took.

    Attributes:
        kind: of the recipe; see `kind_of`.
        device: "cpu", or the GPU's name.
        format: an id of `FORMATS`.
        medium: what it was rendered from.
        megapixels: of a frame that effects were handed.
        frames: that were rendered.
        begin: seconds to load, once.
        look, frame, finish: seconds per frame: looking first, rendering, joining and verifying.
        size: bytes of the file per megapixel and frame of the render.
    """

    kind: str
    device: str
    format: str
    medium: str
    megapixels: float
    frames: int
    begin: float
    look: float
    frame: float
    finish: float
    size: float

    @property
    def seconds(self) -> float:
        """Per frame and megapixel, of all that is done for each frame."""
        return (self.look + self.frame + self.finish) / self.megapixels


def kind_of(recipe: Recipe, device: str) -> str:
    """What of a recipe decides how long it takes on a device type: `upscale[realesrgan x2]`."""
    return "+".join(step_kind(one, device) for one in recipe.steps)


def step_kind(step: Step, device: str) -> str:
    """As `kind_of`, of one effect."""
    effect, settings = step.declaration, step.configured
    marks = [*effect.models(settings, device)]
    if (scale := effect.scale(settings)) != 1:
        marks.append(f"x{scale}")
    if (window := effect.window(settings)) != (0, 0):
        marks.append(f"{window[0]}..{window[1]}")
    for field in effect.fields():
        value = step.settings.get(field.name, field.default)
        if value == field.default:
            continue
        if isinstance(value, bool) or field.choices:
            marks.append(f"{field.name}={value}")
        elif bool(value) != bool(field.default):
            marks.append(f"{field.name}{'' if value else '=0'}")
    return f"{effect.id}[{' '.join(marks)}]" if marks else effect.id


def of(render: Render) -> Pace | None:
    """What its sidecar says that a render took; None where it does not say, or nothing was
    rendered for it."""
    took, settled = render.details.get("took"), render.details.get("device")
    rendered = render.details.get("rendered")
    if not took or not rendered or not isinstance(settled, Mapping):
        return None
    device = settled["device"].partition(":")[0]
    size = numbered_size(render.path)
    scale = render.recipe.scale
    megapixels = render.width * render.height / 1e6
    return Pace(
        kind=kind_of(render.recipe, device),
        device=settled["versions"].get("gpu", device),
        format=render.format,
        medium=render.shot.media,
        megapixels=megapixels / scale**2,
        frames=rendered,
        begin=took["begin"],
        look=took["look"] / rendered,
        frame=took["frame"],
        finish=took["finish"] / render.frames,
        size=size / render.frames / megapixels,
    )


def numbered_size(path: Path) -> int:
    """Bytes of a medium; of a sequence those of all its files."""
    if path.is_file():
        return path.stat().st_size
    with os.scandir(path.parent) as files:
        return sum(one.stat().st_size for one in files if one.is_file())


def learn(render: Render) -> None:
    """Keep what a render took. What cannot be kept is no harm: the next one is measured too."""
    try:
        pace = of(render)
        if pace is None:
            return
        path = _file()
        kept = [*known(), pace][-KEPT:]
        beside = partial(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("".join(f"{json.dumps(asdict(one))}\n" for one in kept), encoding="utf-8")
        beside.replace(path)
    except (OSError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        log.warning("what %s took is not kept: %s", render.path, error)


def known() -> tuple[Pace, ...]:
    """What renders took here, the oldest first; lines that cannot be read are passed over."""
    try:
        lines = _file().read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    return tuple(filter(None, map(_read, lines)))


def _read(line: str) -> Pace | None:
    try:
        data: dict[str, Any] = json.loads(line)
        kinds = {
            one.name: {"str": str, "int": int}.get(str(one.type), float) for one in fields(Pace)
        }
        pace = Pace(**{name: kind(data[name]) for name, kind in kinds.items()})
    except (ValueError, LookupError, TypeError):
        return None
    sound = pace.megapixels > 0 and pace.frames > 0 and 0 <= pace.seconds < 1e6 and pace.size > 0
    return pace if sound else None


def _file() -> Path:
    return cache_folder() / "paces.jsonl"
