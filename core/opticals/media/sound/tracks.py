"""The sound of a medium, cut to the sample for exactly the frames of a render.

Frame n of a medium begins at sample `n * sample rate / frame rate`, counted from the moment at
which its frame 0 is shown and rounded half up. Both ends of a render are rounded on their own
from there, so nothing adds up over its length.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opticals.media.sound.pcm import Samples, pcm_bytes, sample_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from av.container import OutputContainer
    from numpy.typing import NDArray

    from opticals.media.facts import Audio, Media

_ALL_PCM = ("pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le")
# MP4 holds PCM too (ISO/IEC 23003-5), but ffmpeg 5.1 reads its 24 bits as 16: noise.
_HELD = {"mov": _ALL_PCM, "mkv": _ALL_PCM, "mxf": ("pcm_s16le", "pcm_s24le"), "mp4": ("aac",)}
_MXF_RATE = 48000
# QuickTime numbers languages; libav names some of the numbers by another code than ISO 639-2/T.
_QUICKTIME = {
    **{"bod": "tib", "cym": "wel", "cze": "ces", "deu": "ger", "ell": "gre", "eus": "baq"},
    **{"fas": "per", "fre": "fra", "hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac"},
    **{"mri": "mao", "msa": "may", "mya": "bur", "nld": "dut", "rum": "ron", "slo": "slk"},
    **{"sqi": "alb", "swe": "sve", "zho": "chi"},
}
_AAC_BIT_RATE = 128_000  # of each channel
# AAC has a short name for one arrangement of so many channels; others of them sound the same.
_AAC_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 5: "5.0", 6: "5.1", 8: "7.1"}

_LOSSLESS = re.compile(r"(ad|dv|l|)pcm|flac|alac|wavpack|tta|tak|mlp|truehd|ape|shorten|s302m")
_PCM_BITS = re.compile(r"pcm_([usf])(\d+)")
_MOST_CHANNELS, _HIGHEST_RATE = 64, 768_000


@dataclass(frozen=True)
class Track:
    """One sound stream of a render.

    Attributes:
        index: of the stream in the medium.
        codec: what it is written as: little-endian PCM, or aac.
        layout: ffmpeg's name of the channels' places; language: ISO 639-2, "" unsaid.
        first: the sample it begins with, counted from the medium's frame 0; may be negative.
        samples: of each channel.
        sha256: of the samples as they are written; "" not known yet, or compressed.
    """

    index: int
    codec: str
    rate: int
    channels: int
    layout: str
    language: str
    first: int
    samples: int
    sha256: str = ""

    @property
    def described(self) -> str:
        """What any container must show of it."""
        return f"{self.codec}, {self.rate} Hz, {self.channels} channels, {self.samples} samples"


@dataclass(frozen=True)
class Sound:
    """The sound of a render.

    Attributes:
        path: the medium's.
        origin: when frame 0 of the medium is shown, in seconds of its own clock.
        rate: frames per second.
    """

    path: str
    origin: Fraction
    rate: Fraction
    tracks: tuple[Track, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "origin": str(self.origin), "rate": str(self.rate)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Sound:
        return Sound(
            data["path"],
            Fraction(data["origin"]),
            Fraction(data["rate"]),
            tuple(Track(**one) for one in data["tracks"]),
        )


def plan(
    media: Media,
    first: int | Fraction,
    frames: int,
    rate: Fraction,
    container: str,
    speed: Fraction = Fraction(1),
) -> tuple[Sound | None, tuple[str, ...]]:
    """The sound of a render that shows `frames` of the medium from its frame `first` on, in a
    container ("mov", "mkv", "mxf", "mp4"); and what of it is lost, in words.

    PCM keeps its depth. What a lossy codec decodes to becomes 24-bit PCM: deeper than the noise
    of any such codec, and read by every editing program, which 32-bit float is not.
    """
    if not media.audio:
        return None, ()
    if speed != 1:
        return None, ("sound is left out: time changes",)
    if container not in _HELD:
        return None, (f"sound is left out: {container.upper()} holds none",)
    tracks, losses = [], []
    for number, one in enumerate(media.audio, 1):
        why = _unheld(one, container)
        if why:
            losses.append(f"sound {number} is left out: {why}")
            continue
        codec = _pcm(one)
        if container == "mp4":
            codec = "aac"
            losses.append(f"sound {number} is compressed to AAC")
        elif codec not in _HELD[container]:
            losses.append(f"sound {number} ({one.codec}) becomes 24 bits")
            codec = "pcm_s24le"
        elif one.codec.startswith("pcm_f64"):
            losses.append(f"sound {number} ({one.codec}) becomes float of 32 bits")
        begin = sample_at(first, one.rate, rate)
        end = sample_at(first + frames, one.rate, rate)
        if container == "mxf":
            # Each of its frames has its fixed number of samples, counted from its own first.
            end = begin + sample_at(frames, one.rate, rate)
        layout = _aac_layout(one) if codec == "aac" else one.layout
        tracks.append(
            Track(
                one.index, codec, one.rate, one.channels, layout, one.language, begin, end - begin
            )
        )
    if not tracks:
        return None, tuple(losses)
    return Sound(media.path, _origin(media), rate, tuple(tracks)), tuple(losses)


def _origin(media: Media) -> Fraction:
    """When frame 0 is shown, in seconds of the file's clock."""
    return media.first_pts * media.time_base if media.timed else Fraction(0)


def _unheld(one: Audio, container: str) -> str:
    """Why a container cannot hold a stream; "" if it can."""
    import av

    if not (0 < one.rate <= _HIGHEST_RATE and 0 < one.channels <= _MOST_CHANNELS):
        return f"its header says {one.rate} Hz and {one.channels} channels"
    try:
        av.Codec(one.codec, "r")
    except ValueError:  # UnknownCodecError is one
        return f"there is no decoder for {one.codec or 'it'}"
    if container == "mxf" and one.rate != _MXF_RATE:
        return f"MXF holds {_MXF_RATE} Hz alone, and it has {one.rate}"
    if container == "mp4":
        encoder = av.CodecContext.create("aac", "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.format = one.rate, av.AudioFormat("fltp")
        encoder.layout = av.AudioLayout(_aac_layout(one))
        try:
            encoder.open()
        except av.FFmpegError:
            return f"AAC cannot hold {one.rate} Hz {one.layout}"
    return ""


def _pcm(one: Audio) -> str:
    """The PCM that holds every bit of a stream."""
    named = _PCM_BITS.match(one.codec)
    if named and named[1] == "f":
        return "pcm_f32le"
    if not _LOSSLESS.match(one.codec):
        return "pcm_s24le"
    bits = int(named[2]) if named else one.bits or 24
    return "pcm_s16le" if bits <= 16 else "pcm_s24le" if bits <= 24 else "pcm_s32le"


def _aac_layout(one: Audio) -> str:
    if one.layout in ("", f"{one.channels} channels", "5.1(side)", "5.0(side)"):
        return _AAC_LAYOUTS.get(one.channels, one.layout)
    return one.layout


def movie_timescale(sound: Sound | None, container: str) -> dict[str, str]:
    """The muxer's option for the clock of edit lists, which must say the length of sound to the
    sample."""
    if sound is None or container not in ("mov", "mp4"):
        return {}
    scale = math.lcm(*(track.rate for track in sound.tracks))
    return {"movie_timescale": str(scale)} if scale < 1 << 31 else {}


class Recorder:
    """Writes the sound of a render, or none, into a file beside its picture."""

    def __init__(self, sound: Sound | None) -> None:
        self._sound = sound
        self._heads: list[_Head] = []

    def begin(self, output: OutputContainer) -> None:
        """Adds the streams, which must be done before the first packet is written."""
        if self._sound is not None:
            self._heads = [_Head(self._sound, track, output) for track in self._sound.tracks]

    def write(self, frames: int) -> None:
        """The sound up to the end of the render's first `frames` frames.

        Raises:
            MediaError: the medium's sound cannot be read.
            av.FFmpegError: the file cannot be written.
        """
        for head in self._heads:
            head.write(frames)

    def finish(self) -> tuple[Track, ...]:
        """Writes the rest; what was written."""
        return tuple(head.finish() for head in self._heads)

    def close(self) -> None:
        """Gives the medium back."""
        for head in self._heads:
            head.close()


class _Head:
    """One track being written."""

    def __init__(self, sound: Sound, track: Track, output: OutputContainer) -> None:
        import av
        import numpy as np

        self.track = track
        self._rate = sound.rate
        self._output = output
        self._source = Samples(sound.path, track, sound.origin, sound.rate).filled()
        self._rest: NDArray[Any] = np.empty((0, track.channels))
        self._written = 0
        self._sum = hashlib.sha256()
        stream = output.add_stream(track.codec, rate=track.rate)
        assert isinstance(stream, av.AudioStream)
        context = stream.codec_context
        context.layout = av.AudioLayout(track.layout or f"{track.channels} channels")
        context.flags |= av.codec.context.Flags.bitexact
        if track.codec == "aac":
            context.bit_rate = _AAC_BIT_RATE * track.channels
        if track.language:
            quicktime = output.format.name == "mov"
            stream.metadata["language"] = (
                _QUICKTIME.get(track.language, track.language) if quicktime else track.language
            )
        self._stream = stream

    def write(self, frames: int) -> None:
        """Up to the end of the render's first `frames` frames."""
        self._write(sample_at(frames, self.track.rate, self._rate))

    def _write(self, until: int) -> None:
        """Up to sample `until` of the render."""
        import av

        place, until = self._written, min(until, self.track.samples)
        if place >= until:
            return
        samples = self._take(until - place)
        if self.track.codec == "aac":
            frame = av.AudioFrame.from_ndarray(
                samples.reshape(1, -1), "flt", self._stream.codec_context.layout.name
            )
            frame.sample_rate, frame.pts = self.track.rate, place
            frame.time_base = Fraction(1, self.track.rate)
            self._output.mux(self._stream.encode(frame))
        else:
            data = pcm_bytes(samples, self.track.codec)
            self._sum.update(data)
            packet = av.Packet(data)
            packet.stream, packet.time_base = self._stream, Fraction(1, self.track.rate)
            packet.pts = packet.dts = place
            packet.duration = until - place
            self._output.mux_one(packet)
        self._written = until

    def finish(self) -> Track:
        """Writes the rest; what was written."""
        while self._written < self.track.samples:
            self._write(self._written + self.track.rate)
        if self.track.codec == "aac":
            self._output.mux(self._stream.encode(None))
            return self.track
        return replace(self.track, sha256=self._sum.hexdigest())

    def close(self) -> None:
        self._source.close()

    def _take(self, count: int) -> NDArray[Any]:
        """The next `count` samples `[count, channels]`."""
        import numpy as np

        while len(self._rest) < count:
            self._rest = np.concatenate((self._rest, next(self._source))[not len(self._rest) :])
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken


def heard(media: Media, index: int, wanted: Track) -> Track:
    """What stream `index` of a finished file holds, with the sum of its samples in the form of
    `wanted`; `first` and `samples` say where its own begin and how many they are.

    Raises:
        MediaError: it cannot be read.
    """
    one = next(audio for audio in media.audio if audio.index == index)
    track = Track(index, wanted.codec, one.rate, one.channels, one.layout, one.language, 0, 0)
    stream = Samples(
        media.path,
        replace(track, samples=wanted.samples),
        _origin(media),
        media.rate,
    )
    total = hashlib.sha256()
    for samples in stream.filled():
        total.update(pcm_bytes(samples, wanted.codec))
    found = replace(track, codec=one.codec, first=stream.begin or 0)
    if not wanted.sha256:  # a decoder hands out whole blocks; the file says where they end
        return replace(found, samples=stream.stated)
    return replace(found, samples=stream.end - found.first, sha256=total.hexdigest())
