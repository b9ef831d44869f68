"""Decode, effects and encode side by side, for one run of segments.

Decoding and encoding have a thread each; the effects run on the thread that called. The queues
between them are bounded, so memory does not grow with the length of the shot.
"""

from __future__ import annotations

import itertools
import math
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from opticals.declaration import Survey
from opticals.media.colour.converter import Converter
from opticals.media.contract import fingerprint
from opticals.media.read.decode import Reader, reading
from opticals.media.write.encode import Blank
from opticals.media.write.formats import FORMATS
from opticals.media.write.segments import Segments, segments_of
from opticals.rendering import draft as drafts
from opticals.rendering.graph import (
    Applied,
    EffectNode,
    Node,
    PictureSource,
    build,
    source_range,
)

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.media.facts import Interpretation, Media
    from opticals.media.write.encode import Blank
    from opticals.media.write.encoding import Encoding
    from opticals.rendering.context import RenderContext
    from opticals.rendering.plan import Plan, Segment

QUEUE = 4  # frames waiting between two stages
BATCH_PIXELS = 4_000_000  # of input pixels an effect is handed at once


@dataclass(frozen=True)
class Pass:
    """Everything about a job that all its segments share.

    Attributes:
        scale: growth of the picture's sides in all steps of the recipe.
        cuts: frames of the medium that are the first after a cut, as far as they matter.
    """

    media: Media
    interpretation: Interpretation
    plan: Plan
    steps: Sequence[Applied]
    encoding: Encoding
    draft: bool
    scale: int = 1
    cuts: tuple[int, ...] = ()

    @property
    def keeps_fields(self) -> bool:
        return self.media.interlaced and self.interpretation.fields == "keep"


def render_run(
    job: Pass,
    context: RenderContext,
    segments: Sequence[tuple[Segment, Path]],
    finished: Callable[[Path, tuple[str, ...]], None],
    frame_done: Callable[[], None],
) -> None:
    """Render consecutive segments, each into its file.

    Args:
        segments: consecutive segments and the files to write them to.
        finished: called with a segment's file, complete and closed, and the fingerprints of
            its frames, from the encoding thread.
        frame_done: called after every frame handed to the encoder.
    """
    with (
        reading(job.media, job.interpretation) as reader,
        _Encoder(job.encoding, finished) as encoder,
        torch.inference_mode(),
    ):
        run = _Run(job, context, reader, segments[0][0].start, segments[-1][0].stop)
        try:
            for segment, path in segments:
                encoder.begin(path)
                for start, stop in _batches(segment, run.batch):
                    for picture in run.make(start, stop):
                        encoder.write(picture)
                        frame_done()
                        context.progress()
            encoder.finish()
        finally:
            run.close()


def survey(job: Pass, context: RenderContext, step: int, start: int, stop: int) -> Survey:
    """What the first pass of a step sees to make outputs `start` to `stop` of the job.

    Frames that keep their fields are seen as whole pictures.
    """
    whole = replace(job, steps=job.steps[:step])
    chain = _Lane(job, context, iter(()), None).chain
    for node in reversed(chain[step:]):
        start, stop = node.reads(start, stop)
    lane = _Lane(whole, context, iter(()), None)

    def read() -> Iterator[tuple[int, Tensor]]:
        with reading(job.media, job.interpretation) as reader:
            run = _Run(whole, context, reader, start, stop, woven=True)
            try:
                for index in range(start, stop):
                    context.progress()
                    yield index, run.picture(index)
            finally:
                run.close()

    cuts = tuple(cut for cut in lane.cuts if start < cut < stop)
    return Survey(start, stop, cuts, read)


def preview(
    job: Pass, context: RenderContext, reader: Reader, start: int, stop: int
) -> Iterator[tuple[int, tuple[Tensor, Tensor]]]:
    """Outputs `start` to `stop` one by one: source and result, each `[3, H, W]` float32 RGB; the
    result has the alpha too that an effect made, `[4, H, W]`."""
    run = _Run(job, context, reader, start, stop)
    try:
        for output in range(start, stop):
            with torch.inference_mode():
                pair = run.pair(output)
            yield output, pair
    finally:
        run.close()


class _Run:
    """Reader and lanes for the outputs `start` to `stop`.

    A picture is one lane; both fields of an interlaced one that keeps them are a lane each,
    because they were taken at different times.
    """

    def __init__(
        self,
        job: Pass,
        context: RenderContext,
        reader: Reader,
        start: int,
        stop: int,
        *,
        woven: bool = False,
    ) -> None:
        self._encoding = job.encoding
        self._frames = _Ahead(QUEUE)
        lanes = (0, 1) if job.keeps_fields and not woven else (None,)
        decoded = itertools.tee(self._frames, len(lanes))
        self._lanes = [
            _Lane(job, context, frames, field) for frames, field in zip(decoded, lanes, strict=True)
        ]
        low, high = source_range(self._lanes[0].chain, start, stop)
        first = job.plan.first
        self._frames.start(_decoded(reader, low + first, high + first))
        pixels = job.media.width * job.media.height
        self.batch = max(1, BATCH_PIXELS // pixels)

    def make(self, start: int, stop: int) -> Iterator[Blank]:
        """Outputs `start` to `stop` for the encoder, in order."""
        made = [lane.get(start, stop) for lane in self._lanes]
        for index, output in enumerate(range(start, stop)):
            blank = Blank.of(self._encoding)
            for lane, pictures in zip(self._lanes, made, strict=True):
                lane.fill(blank.planes, output, pictures[index])
            yield blank
        for lane in self._lanes:
            lane.forget(stop)

    def pair(self, output: int) -> tuple[Tensor, Tensor]:
        """Source and result of one output, `[3, H, W]` float32 RGB, of those asked for in order."""
        pairs = [lane.pair(output) for lane in self._lanes]
        before, after = zip(*pairs, strict=True)
        for lane in self._lanes:
            lane.forget(output + 1)
        return _woven(before), _woven(after)

    def picture(self, output: int) -> Tensor:
        """The result at one output, `[3, H, W]`, of those asked for in order."""
        (lane,) = self._lanes
        made = lane.get(output, output + 1)[0, :3].clone()
        lane.forget(output + 1)
        return made

    def close(self) -> None:
        self._frames.close()


class _Lane:
    """Converter and chain of effects for whole pictures, or for one field of each."""

    def __init__(
        self,
        job: Pass,
        context: RenderContext,
        frames: Iterator[tuple[int, list[Tensor]]],
        field: int | None,
    ) -> None:
        self._plan = job.plan
        self._draft = job.draft
        self._field = field
        coding, target = job.media.coding, job.encoding.coding
        if field is not None:
            coding, target = coding.field(field), target.field(field)
        self._alpha = target.layout.alpha
        # Alpha that goes along with moving pixels comes out of the chain.
        self._moved = coding.layout.alpha and any(one.effect.moves for one in job.steps)
        device = context.device
        # Frames that an effect made at times of their own have no source codes to keep.
        self._free = Converter(coding, target, device, same_geometry=False)
        self._exact: Converter | None = None
        if not job.draft and job.scale == 1:
            converter = Converter(coding, target, device, same_geometry=True)
            self._exact = converter if converter.needs_source else None
        size = (target.height // job.scale, target.width // job.scale)
        self._source = PictureSource(
            frames,
            self._to_rgb,
            (4 if coding.layout.alpha else 3, *size),
            device,
            job.plan.first,
            job.media.frames,
            job.cuts,
            finite=not coding.layout.float,
            alpha=self._moved,
            beat=context.progress,
            rate=job.media.rate,
        )
        self.chain: list[EffectNode]
        self._node: Node
        rows = slice(field, None, 1 if field is None else 2)
        self._node, self.chain = build(self._source, job.steps, context, rows)
        self.cuts = self._node.cuts

    def get(self, start: int, stop: int) -> Tensor:
        """Outputs `start` to `stop`, `[T, 3 or 4, H, W]`."""
        return self._node.get(start, stop)

    def forget(self, before: int) -> None:
        self._node.forget(before)

    def pair(self, output: int) -> tuple[Tensor, Tensor]:
        made = self._node.get(output, output + 1)[0]
        at = math.floor(self._plan.source(output) - self._plan.first)
        return self._source.kept(at)[1][:3], made

    def _codes(self, planes: list[Tensor]) -> list[Tensor]:
        return planes if self._field is None else [plane[self._field :: 2] for plane in planes]

    def _to_rgb(self, planes: list[Tensor], out: Tensor) -> None:
        if self._draft:
            out.copy_(drafts.reduce(self._free.to_rgb(self._codes(planes)), out.shape[-2:]))
        else:
            self._free.to_rgb(self._codes(planes), out)

    def fill(self, planes: list[Tensor], output: int, picture: Tensor) -> None:
        """Write an output into the encoder's planes, or this field's lines of them."""
        out = self._codes(planes)
        if self._draft:
            picture = drafts.burn_in(picture)
        own = picture[3:]
        at: Fraction = self._plan.source(output) - self._plan.first
        if self._exact is not None and at.denominator == 1:
            source, before = self._source.kept(math.floor(at))
            if len(own) and len(before) > 3 and not self._moved:
                picture = torch.cat((picture[:3], own * before[3:]))
            self._exact.from_rgb(picture, before, self._codes(source), out)
            return
        if self._alpha and self._source.alpha and not self._moved:
            alpha = self._alpha_at(at, picture.shape[-2:])
            picture = torch.cat((picture[:3], own * alpha if len(own) else alpha))
        self._free.from_rgb(picture, out=out)

    def _alpha_at(self, at: Fraction, size: torch.Size) -> Tensor:
        """`[1, H, W]`: the source's alpha at a time, blended and brought to the picture's size.

        Effects see colour alone.
        """
        low = self._source.kept(math.floor(at))[1][3:]
        if at.denominator != 1 and math.floor(at) + 1 < self._source.stop:
            low = torch.lerp(low, self._source.kept(math.floor(at) + 1)[1][3:], float(at % 1))
        if low.shape[-2:] == size:
            return low
        return functional.interpolate(low[None], size=size, mode="bicubic")[0].clamp(0, 1)


def _woven(fields: Sequence[Tensor]) -> Tensor:
    """Fields `[3, H, W]` as the picture whose lines they are, in turn."""
    if len(fields) == 1:
        return fields[0]
    channels, rows, columns = fields[0].shape
    picture = fields[0].new_empty((channels, rows + fields[1].shape[1], columns))
    for number, field in enumerate(fields):
        picture[:, number::2] = field
    return picture


def _decoded(reader: Reader, start: int, stop: int) -> Iterator[tuple[int, list[Tensor]]]:
    yield from zip(range(start, stop), reader.read(start, stop), strict=True)


def _batches(segment: Segment, size: int) -> Iterator[tuple[int, int]]:
    """Batches never straddle segments: a segment's bits must not depend on its neighbours."""
    for start in range(segment.start, segment.stop, size):
        yield start, min(start + size, segment.stop)


class _Ahead:
    """An iterator run ahead on its own thread, at most `size` items."""

    def __init__(self, size: int) -> None:
        self._items: queue.Queue[tuple[str, Any]] = queue.Queue(size)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, items: Iterator[Any]) -> None:
        self._thread = threading.Thread(target=self._fill, args=(items,), name="decode")
        self._thread.start()

    def _fill(self, items: Iterator[Any]) -> None:
        try:
            for item in items:
                self._put(("item", item))
                if self._stopped.is_set():
                    return
            self._put(("end", None))
        except BaseException as error:  # noqa: BLE001 - raised again on the other thread
            self._put(("error", error))

    def _put(self, entry: tuple[str, Any]) -> None:
        while not self._stopped.is_set():
            try:
                self._items.put(entry, timeout=0.1)
            except queue.Full:
                continue
            return

    def __iter__(self) -> Iterator[Any]:
        while True:
            kind, value = self._items.get()
            if kind == "end":
                return
            if kind == "error":
                raise value
            yield value

    def close(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()


class _Encoder:
    """Segments are written on a thread of their own; an error there is raised at the next call
    here."""

    def __init__(
        self, encoding: Encoding, finished: Callable[[Path, tuple[str, ...]], None]
    ) -> None:
        self._encoding = encoding
        self._finished = finished
        self._items: queue.Queue[Path | Blank | None] = queue.Queue(QUEUE)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="encode")

    def __enter__(self) -> _Encoder:
        self._thread.start()
        return self

    def begin(self, path: Path) -> None:
        """Frames from here on go to this file."""
        self._put(path)

    def write(self, picture: Blank) -> None:
        self._put(picture)

    def finish(self) -> None:
        """Wait until everything is on disk."""
        self._put(None)
        self._thread.join()
        self._raise()

    def __exit__(self, *exception: object) -> None:
        # After an error the thread may still wait for work: the file it has is left unfinished.
        if self._thread.is_alive():
            self._error = self._error or RuntimeError("abandoned")
            while self._thread.is_alive():
                try:
                    self._items.put(None, timeout=0.1)
                except queue.Full:
                    continue
                self._thread.join(0.1)

    def _put(self, item: Path | Blank | None) -> None:
        while True:
            self._raise()
            try:
                self._items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        kind = self._encoding.coding.layout
        exact = FORMATS[self._encoding.format].lossless
        prints: dict[Path, list[str]] = {}
        path = Path()
        segments: Segments | None = None
        try:
            segments = segments_of(
                self._encoding, lambda path: self._finished(path, tuple(prints.pop(path)))
            )
            while True:
                item = self._items.get()
                if self._error is not None:
                    break
                if item is None:
                    segments.finish()
                    return
                if isinstance(item, Path):
                    path, prints[item] = item, []
                    segments.begin(path)
                else:
                    prints[path].append(fingerprint(item.planes, kind, exact=exact))
                    segments.write(item)
        except BaseException as error:  # noqa: BLE001 - raised again on the calling thread
            self._error = error
        if segments is not None:
            segments.abandon()
