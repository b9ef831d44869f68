"""Reads the samples of a film's sound from any place on, each where its time puts it."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import MediaError
from opticals.media.read.container import opened

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

    from opticals.media.sound.tracks import Track

# What samples are in memory for each codec that is written, and how many of their bits count.
FORMS = {
    "pcm_s16le": ("<i2", 16),
    "pcm_s24le": ("<i4", 24),
    "pcm_s32le": ("<i4", 32),
    "pcm_f32le": ("<f4", 0),
    "aac": ("<f4", 0),
}

# Containers that seek in sound to the sample. In others positions are counted from the
# beginning, as their clocks are coarser than a sample.
_SEEKABLE = ("mov", "mxf")
_MOST_PLANES = 8  # PyAV 18 reads beyond the last of so many
_PREROLL = 1  # seconds that a decoder gets to settle in
# Clocks of phones and capture programs stray about the count of samples; only what is further
# off than a fiftieth of a second is a gap.
_GAPS = 50

_AGAIN = "Copy the medium again from its source."
_TRANSCODE = "Transcode the medium with one form of sound throughout, and relink."


def sample_at(frame: int | Fraction, sample_rate: int, rate: Fraction) -> int:
    """The sample that a frame begins with; half a sample is rounded up."""
    return math.floor(frame * sample_rate / rate + Fraction(1, 2))


class Samples:
    """One sound stream of a file, from a sample on.

    Args:
        origin: when frame 0 of the medium is shown, in seconds of its clock; rate: its frames per
            second, which errors count by.
        nearly: whether its place may be as coarse as the container's clock, where counting from
            the beginning would take long.

    Attributes:
        begin, end: between which places the file's own samples were found, once it is read.
        stated: how many samples its header says there are.
    """

    def __init__(
        self, path: str, track: Track, origin: Fraction, rate: Fraction, nearly: bool = False
    ) -> None:
        self.begin: int | None = None
        self.end = 0
        self.stated = 0
        self._path = Path(path)
        self._track = track
        self._origin = origin
        self._rate = rate
        self._nearly = nearly
        self._packer: av.AudioResampler | None = None

    def filled(self) -> Generator[NDArray[Any]]:
        """Samples `[n, channels]` from the track's first to its last, in the form of its codec,
        with silence where the file has none. Then reads on to the file's end.

        Raises:
            MediaError: the stream is not there any more, damaged, or changes its form.
        """
        import numpy as np

        track = self._track
        place, stop = track.first, track.first + track.samples
        kind = np.dtype(FORMS[track.codec][0])

        def silence(until: int) -> Iterator[NDArray[Any]]:
            nonlocal place
            while place < until:
                count = min(until - place, track.rate)
                place += count
                yield np.zeros((count, track.channels), kind)

        for at, samples in self._placed(seek=True):
            yield from silence(min(at, stop))
            wanted = samples[max(place - at, 0) : max(stop - at, 0)]
            if len(wanted):
                place += len(wanted)
                yield formed(wanted, track.codec)
        yield from silence(stop)

    def _placed(self, seek: bool) -> Generator[tuple[int, NDArray[Any]]]:
        """Stretches of samples in order, none of them twice, and the place of each."""
        track = self._track
        expected = None
        with opened(self._path) as container:
            stream = self._opened(container)
            sought = seek and self._seek(container, stream)
            for frame in self._frames(container, stream):
                place = expected = self._place(frame, expected)
                if sought and place > track.first:
                    break  # too far, or there is a gap: from the beginning then
                sought = False
                samples = self._samples(frame)
                expected += len(samples)
                if self.begin is not None and place < self.end:
                    samples, place = samples[self.end - place :], self.end
                if len(samples):
                    self.begin = place if self.begin is None else self.begin
                    self.end = place + len(samples)
                    yield place, samples
        if sought:
            yield from self._placed(seek=False)

    def _opened(self, container: InputContainer) -> AudioStream:
        import av

        track = self._track
        found = container.streams[track.index] if track.index < len(container.streams) else None
        if not isinstance(found, av.AudioStream):
            raise MediaError(
                f"{self._path} has no sound stream {track.index} any more.",
                "The file was changed.",
                _AGAIN,
            )
        for stream in container.streams:
            if stream.index != found.index:
                stream.discard = av.stream.Discard.all
        self.stated = math.floor((found.duration or 0) * _exact(found.time_base) * track.rate)
        return found

    def _seek(self, container: InputContainer, stream: AudioStream) -> bool:
        """Goes to somewhat before the track's first sample, where that is exact and worth it."""
        import av

        track = self._track
        names = container.format.name.split(",")
        exact = self._nearly or any(one in _SEEKABLE for one in names)
        if track.first < 2 * _PREROLL * track.rate or not exact:
            return False
        time = self._origin + Fraction(track.first, track.rate) - _PREROLL
        try:
            container.seek(math.floor(time / _exact(stream.time_base)), stream=stream)
        except av.FFmpegError:
            return False  # what is wrong shows on the way from the beginning
        return True

    def _frames(self, container: InputContainer, stream: AudioStream) -> Iterator[av.AudioFrame]:
        import av

        place = 0
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                raise self._damaged(place, error) from error
            if packet is None:
                return
            if packet.pts is not None:
                place = self._sample(packet.pts, packet.time_base)
            try:
                frames = packet.decode()
            except av.FFmpegError as error:
                if place < self._track.first:
                    continue  # it may need what lies before the place that was sought
                raise self._damaged(place, error) from error
            yield from frames

    def _place(self, frame: av.AudioFrame, expected: int | None) -> int:
        """The place of a frame's first sample: by count where its time does not contradict."""
        if frame.pts is None:
            return expected or 0
        place = self._sample(frame.pts, frame.time_base)
        if expected is not None and abs(place - expected) * _GAPS <= self._track.rate:
            return expected
        return place

    def _sample(self, time: int, time_base: Fraction | None) -> int:
        return sample_at(time * _exact(time_base) - self._origin, self._track.rate, Fraction(1))

    def _samples(self, frame: av.AudioFrame) -> NDArray[Any]:
        """A frame's samples `[n, channels]`."""
        import av

        track, channels = self._track, frame.layout.nb_channels
        if (frame.sample_rate, channels) != (track.rate, track.channels):
            raise MediaError(
                f"{self._path}: sound stream {track.index} changes its form.",
                f"It goes from {track.rate} Hz and {track.channels} channels to "
                f"{frame.sample_rate} Hz and {channels}.",
                _TRANSCODE,
            )
        name, planar = frame.format.name, frame.format.is_planar
        if name.startswith("s64") or (planar and channels >= _MOST_PLANES):
            if self._packer is None:
                kind = "s32" if name.startswith("s64") else frame.format.packed.name
                self._packer = av.AudioResampler(kind, frame.layout, frame.sample_rate)
            (frame,), planar = self._packer.resample(frame), False
        samples = frame.to_ndarray()
        return samples.T if planar else samples.reshape(-1, channels)

    def _damaged(self, place: int, error: Exception) -> MediaError:
        frame = max(0, math.floor(place * self._rate / self._track.rate))
        return MediaError.wrap(
            f"{self._path}: the sound of frame {frame} (stream {self._track.index}) "
            "cannot be decoded.",
            error,
            _AGAIN,
        )


def _exact(time_base: Fraction | None) -> Fraction:
    return time_base or Fraction(1)


def formed(samples: NDArray[Any], codec: str) -> NDArray[Any]:
    """Samples as they are written in a codec. Integers keep their bits; floats are 1.0 at full
    scale, rounded and clipped to integers."""
    import numpy as np

    kind, bits = FORMS[codec]
    if samples.dtype.kind == "u":
        samples = (samples.astype(np.int16) - 128) << 8
    if samples.dtype.kind == "f":
        if not bits:
            return samples.astype(kind)
        full = float(1 << (bits - 1))
        scaled = np.nan_to_num(samples.astype(np.float64) * full, posinf=full, neginf=-full)
        return np.rint(np.clip(scaled, -full, full - 1)).astype(kind)
    own = samples.dtype.itemsize * 8
    if not bits:
        return (samples / float(1 << (own - 1))).astype(kind)
    if bits < own:
        return (samples >> (own - bits)).astype(kind)
    return samples.astype(kind) << (bits - own)


def pcm_bytes(samples: NDArray[Any], codec: str) -> bytes:
    """Formed samples as PCM, interleaved and little-endian."""
    if codec != "pcm_s24le":
        return samples.tobytes()
    import numpy as np

    return np.ascontiguousarray(samples, "<i4").view("u1").reshape(-1, 4)[:, :3].tobytes()
