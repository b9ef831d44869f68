"""The sound of media to listen to: stereo of 16 bits at 48 kHz, from any moment on."""

from __future__ import annotations

import math
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from opticals.media.read.container import opened, refuse_unopenable
from opticals.media.sequence.numbering import TYPES
from opticals.media.sound.pcm import Samples, formed
from opticals.media.sound.tracks import Track
from opticals.viewer.media import facts, stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import av
    from numpy.typing import NDArray

    Array = NDArray[Any]

RATE = 48000
_ENDLESS = 1 << 40  # samples; silence follows the file's own
_RUNS = 3  # places that media are listened to from, kept open
_SKIPPED = RATE  # samples that are read on over rather than searched for


@dataclass(frozen=True)
class Heard:
    """What is heard of a medium.

    Attributes:
        origin: when its frame 0 is shown, in seconds of the file's clock.
        rate: its frames per second, which errors count by.
        duration: in seconds from frame 0 on.
        streams: index, samples per second, channels and their layout: one stream, or two of one
            channel each, which are left and right.
    """

    path: str
    origin: Fraction
    rate: Fraction
    duration: Fraction
    streams: tuple[tuple[int, int, int, str], ...]

    def samples(self, stream: tuple[int, int, int, str], first: int) -> Generator[Array]:
        """A stream's samples `[n, channels]` in float32 from the one `first` on, without end."""
        index, rate, channels, layout = stream
        track = Track(index, "pcm_f32le", rate, channels, layout, "", first, _ENDLESS)
        return Samples(self.path, track, self.origin, self.rate, nearly=True).filled()


def heard(path: str) -> Heard:
    """What is heard of a medium: of a camera's many streams of one channel, the first two.

    Raises:
        MediaError: it is missing or cannot be read.
    """
    place = Path(path)
    if place.suffix.lower() in TYPES or place.is_dir():
        return Heard(path, Fraction(0), Fraction(1), Fraction(0), ())
    refuse_unopenable(place)
    with opened(place) as container:
        streams = [
            (one.index, one.rate, one.channels, one.layout.name)
            for one in container.streams.audio
            if one.codec_context is not None and one.rate > 0 and one.channels > 0
        ]
        length = Fraction(container.duration or 0, 1_000_000)
        origin = Fraction(container.start_time or 0, 1_000_000)
        film = any(not _is_cover(one) for one in container.streams.video)
    rate = Fraction(25)
    if film and streams:
        media = facts(path)
        origin = media.first_pts * media.time_base if media.timed else Fraction(0)
        rate, length = media.rate, media.frames / media.rate
    mono = [one for one in streams if one[2] == 1]
    chosen = mono[:2] if streams and streams[0][2] == 1 else streams[:1]
    return Heard(path, origin, rate, length, tuple(chosen))


def _is_cover(stream: av.VideoStream) -> bool:
    import av

    return bool(av.stream.Disposition.attached_pic & stream.disposition)


class Pull:
    """Takes samples in the numbers they are wanted in from where they come as they come."""

    def __init__(self, source: Generator[Array]) -> None:
        self._source = source
        self._rest: list[Array] = []
        self._count = 0

    def take(self, count: int) -> Array:
        """The next samples, `[count, channels]`."""
        while self._count < count:
            found = next(self._source)
            self._rest.append(found)
            self._count += len(found)
        samples = np.concatenate(self._rest) if len(self._rest) != 1 else self._rest[0]
        self._rest, self._count = [samples[count:]], len(samples) - count
        return samples[:count]

    def close(self) -> None:
        """Gives the file back."""
        self._source.close()


class Listening:
    """Sound of media, asked for in stretches; one after the other costs no search. For one
    thread.

    Args:
        beat: called before stretches are decoded; it may raise to stop.
    """

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._runs: OrderedDict[tuple[object, ...], _Run] = OrderedDict()
        self._known: dict[str, tuple[object, Heard]] = {}

    def pcm(self, path: str, start: Fraction, samples: int) -> bytes:
        """So many samples from `start` on, in seconds from the medium's frame 0.

        Raises:
            MediaError: the medium is missing, or its sound is damaged.
        """
        stamp = stamp_of(path)
        before, found = self._known.get(path, (None, None))
        if found is None or stamp is None or before != stamp:
            found = heard(path)
            self._known[path] = stamp, found
        if not found.streams or samples < 1:
            return bytes(max(samples, 0) * 4)
        first = math.floor(start * RATE + Fraction(1, 2))
        key, run = next(
            (
                (key, run)
                for key, run in self._runs.items()
                if key[:2] == (path, stamp) and 0 <= first - run.place <= _SKIPPED
            ),
            ((path, stamp, object()), None),
        )
        self._runs.pop(key, None)
        if run is None:
            while len(self._runs) >= _RUNS:
                self._runs.popitem(last=False)[1].close()
            run = _Run(found, first)
        try:
            if first > run.place:
                run.take(first - run.place, self._beat)
            pcm = run.take(samples, self._beat)
        except BaseException:
            run.close()
            raise
        self._runs[key] = run
        return pcm.tobytes()


class _Run:
    """A medium's sound from a sample on."""

    def __init__(self, found: Heard, first: int) -> None:
        self.place = first
        self._parts = [_Part(found, stream, first) for stream in found.streams]

    def close(self) -> None:
        for part in self._parts:
            part.close()

    def take(self, count: int, beat: Callable[[], None]) -> Array:
        """The next samples, `[count, 2]` of int16."""
        beat()
        parts = [part.take(count) for part in self._parts]
        self.place += count
        if len(parts) == 2:
            return np.stack((parts[0][:, 0], parts[1][:, 0]), -1)
        return parts[0]


class _Part:
    """One stream as stereo at 48 kHz."""

    def __init__(self, found: Heard, stream: tuple[int, int, int, str], first: int) -> None:
        import av

        _, self._rate, self._channels, layout = stream
        self._layout = layout
        self._source = found.samples(stream, math.floor(Fraction(first * self._rate, RATE)))
        known = "channels" not in layout
        self._resampler: av.AudioResampler | None = None
        if self._rate != RATE or (self._channels > 2 and known):
            if self._channels > 2 and not known:
                self._layout = "stereo"
            self._resampler = av.AudioResampler("s16", "stereo", RATE)
        self._pull = Pull(self._converted())

    def close(self) -> None:
        self._pull.close()
        self._source.close()

    def take(self, count: int) -> Array:
        return self._pull.take(count)

    def _converted(self) -> Generator[Array]:
        import av

        with closing(self._source):
            for samples in self._source:
                if self._channels > 2 and self._layout in ("stereo", ""):
                    samples = samples[:, :2]
                if self._resampler is None:
                    yield _stereo(formed(samples[:, :2], "pcm_s16le"))
                    continue
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples).reshape(1, -1), "flt", self._layout
                )
                frame.sample_rate = self._rate
                for made in self._resampler.resample(frame):
                    yield made.to_ndarray().reshape(-1, 2)


def _stereo(samples: Array) -> Array:
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples
