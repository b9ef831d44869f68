"""What a medium is: read from its header, all of its packets and its first frames."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import replace
from fractions import Fraction
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import MediaError, ShotError
from opticals.media.colour.planes import RGB_MATRIX, UNTAGGED, layout
from opticals.media.facts import Audio, Media, Tags
from opticals.media.read import samples, timing
from opticals.media.read.container import opened, picture, reached, refuse_unopenable
from opticals.media.read.raw import refuse_raw
from opticals.media.read.timing import Times
from opticals.media.read.upright import sideways
from opticals.settings import cache_folder
from opticals.timeline.timecode import can_drop, frame_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer

_MEBIBYTE = 1 << 20
_VERSION = 2  # of what is kept of a medium; raised when probing comes to say something else
_KEPT = 256  # media remembered in the process

# Containers without an index, and with marked times: searched by byte.
_UNINDEXED = ("mpegts",)
_RAW_CODECS = {"prores_raw": "ProRes RAW", "cfhd": "CineForm RAW"}

_known: OrderedDict[str, Media] = OrderedDict()


def identity(path: str | Path) -> str:
    """A hash of size, modification time and the first, middle and last MiB of a file; of a
    sequence, of the names, sizes and times of its files.

    Raises:
        MediaError: the medium is missing or cannot be read.
    """
    from opticals.media.sequence import reading as sequences

    path = Path(path).absolute()
    with reached(path):
        pictures = sequences.identity(path)
        if pictures is not None:
            return pictures
        refuse_unopenable(path)
        with path.open("rb") as file:
            status = path.stat()
            found = hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode())
            for place in (0, (status.st_size - _MEBIBYTE) // 2, status.st_size - _MEBIBYTE):
                file.seek(max(place, 0))
                found.update(file.read(_MEBIBYTE))
    return found.hexdigest()


def probe(path: str | Path, rate: Fraction | None = None) -> Media:
    """What the medium at `path` is; one that was probed before and is the same is not read again.

    Args:
        path: a film; or a sequence, by its pattern, its folder or one of its files.
        rate: frames per second of a sequence in its edit.

    Raises:
        MediaError: missing, offline, empty, no medium, truncated, without a picture, or camera
            raw. Whether it can be rendered from as it is, `facts.require_readable` says.
    """
    path = Path(path).absolute()
    before = identity(path)
    key = f"{before} {rate} {path}"
    media = _recall(key)
    if media is None:
        media = examine(path, rate)
        if identity(path) == before:  # it did not change while it was read
            _keep(key, media)
    return media


def examine(path: str | Path, rate: Fraction | None = None) -> Media:
    """As `probe`, whatever is remembered of it: a film is read whole, to count its frames."""
    from opticals.media.sequence import reading as sequences

    path = Path(path).absolute()
    with reached(path):
        sequence = sequences.probe(path, rate)
        if sequence is not None:
            return sequence
        refuse_unopenable(path)
        return _film(path)


def _film(path: Path) -> Media:
    with opened(path) as container:
        stream = picture(container, path)
        times = timing.demux(container, stream, path)
    with opened(path) as container:
        stream = picture(container, path)
        context = stream.codec_context
        said = Tags(  # before the decoder writes its own into the context
            context.color_range, context.color_primaries, context.color_trc, context.colorspace
        )
        frames = samples.first_frames(container, stream, path)
        frame = frames[0]
        if "bayer" in frame.format.name:
            raise refuse_raw(path, _RAW_CODECS.get(context.name, context.name))
        looked_at = [samples.sample(one) for one in frames]
        shown = _reconciled(times, [one.time for one in looked_at], path)
        timed = shown is not None
        if shown is None:
            shown = _counted(times, path)
        tick = Fraction(stream.time_base or 0)
        rate = timing.constant_rate(stream, shown)
        constant = rate is not None
        if rate is None:
            rate = timing.nominal_rate(shown, tick)
        start, drop_frame = _start(container, rate, path)
        if start is not None:
            start += len([time for time in times.shown if time < shown.shown[0]])
        kind = layout(frame.format.name)
        rotation, mirrored = samples.orientation(frame)
        width, height = frame.width, frame.height
        aspect = Fraction(stream.sample_aspect_ratio or 1)
        if sideways(rotation):
            width, height, aspect = height, width, 1 / aspect
        looked_at += map(samples.sample, samples.elsewhere(container, stream, shown.shown))
        return Media(
            path=str(path),
            codec=context.codec.canonical_name,
            width=width,
            height=height,
            pixel_aspect=aspect,
            rate=rate,
            frames=len(shown.shown),
            pixel_format=frame.format.name,
            bits=kind.bits,
            alpha=kind.alpha,
            tags=_tags(said, frame),
            field_order=samples.field_order(stream, looked_at),
            rotation=rotation,
            start=start,
            drop_frame=drop_frame,
            reel=_metadata(container, "reel_name"),
            audio=tuple(_audio(one) for one in container.streams.audio if one.codec_context),
            first_pts=shown.shown[0],
            time_base=tick,
            profile=context.profile or "",
            container=container.format.name,
            constant=constant,
            mirrored=mirrored,
            premultiplied=kind.alpha and looked_at[0].premultiplied,
            siting=looked_at[0].siting if kind.shift_x or kind.shift_y else "",
            hdr=samples.hdr(frames),
            times=() if constant else (*shown.shown, shown.end),
            timed=timed,
            keys=times.keys if container.format.name in _UNINDEXED else (),
        )


def _reconciled(times: Times, decoded: Sequence[int | None], path: Path) -> Times | None:
    """The times of the frames that are decoded, where packets and decoder agree.

    The first packets may be none that decoding can begin with. Where they do not agree further
    on (fields in packets of their own), every frame is decoded for its time. None: the frames
    do not come in the order of their times, which therefore mean nothing.
    """
    first = _ascending(decoded)
    if first is None:
        return None
    if times.first_key is not None and first[0] > times.first_key:
        raise MediaError(
            f"{path}: the first frame cannot be decoded.",
            "Decoding could begin with it, but its bytes are damaged.",
            "Copy it again from its source.",
        )
    skipped = bisect_left(times.shown, first[0])
    if times.shown[skipped : skipped + len(first)] == first:
        return replace(times, shown=times.shown[skipped:])
    every = _ascending(_decoded_times(path))
    if every is None:
        return None
    return replace(times, shown=every, end=every[-1] + times.end - times.shown[-1])


def _ascending(times: Sequence[int | None]) -> tuple[int, ...] | None:
    """The times, if all are there and each is after the one before."""
    known = tuple(time for time in times if time is not None)
    in_order = all(before < after for before, after in pairwise(known))
    return known if in_order and len(known) == len(times) else None


def _counted(times: Times, path: Path) -> Times:
    """Frames at equal distances, as many as are decoded, in place of times that mean nothing."""
    count = len(_decoded_times(path))
    first = times.shown[0]
    step = (times.end - first) // len(times.shown)
    return Times(tuple(first + step * i for i in range(count)), first + step * count, None, ())


def _decoded_times(path: Path) -> list[int | None]:
    """When every frame is shown, by decoding all of them."""
    import av

    found: list[int | None] = []
    with opened(path) as container:
        try:
            for frame in samples.decoded(container, picture(container, path)):
                found.append(frame.dts if frame.pts is None else frame.pts)
        except av.FFmpegError as error:
            raise MediaError.wrap(
                f"{path}: frame {len(found)} cannot be decoded.",
                error,
                "Copy it again from its source.",
            ) from error
    return found


def _audio(stream: AudioStream) -> Audio:
    name = stream.layout.name
    language = stream.language or ""
    return Audio(
        codec=stream.codec_context.name,
        rate=stream.rate,
        channels=stream.channels,
        index=stream.index,
        layout="" if "channels" in name else name,
        bits=_bits(stream),
        language="" if language == "und" else language,
    )


def _bits(stream: AudioStream) -> int:
    """Bits of a stored sample; 0 for codecs that have none."""
    name, header = stream.codec_context.name, stream.codec_context.extradata or b""
    if pcm := re.fullmatch(r"pcm_[sfu](\d+)\D*\w*", name):
        return int(pcm[1])
    if name == "flac" and len(header) >= 18:  # STREAMINFO: 20 bits of rate, 3 of channels, 5
        return (int.from_bytes(header[10:18], "big") >> 36 & 31) + 1
    if name == "alac" and len(header) >= 18:
        return header[17]
    return 0


def _recall(key: str) -> Media | None:
    found = _known.get(key)
    if found is None:
        try:
            text, digest = json.loads(_note(key).read_text(encoding="utf-8"))
            if hashlib.sha256(text.encode()).hexdigest() != digest:
                return None
            found = Media.from_json(json.loads(text))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None  # nothing is kept, or nothing that can be read
        _remember(key, found)
    return found


def _keep(key: str, media: Media) -> None:
    _remember(key, media)
    note = _note(key)
    beside = note.with_name(f".{note.name}.{os.getpid()}")
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(media.to_json())
        digest = hashlib.sha256(text.encode()).hexdigest()
        beside.write_text(json.dumps([text, digest]), encoding="utf-8")
        beside.replace(note)
    except OSError:  # a cache that cannot be written is none
        with contextlib.suppress(OSError):
            beside.unlink()


def _remember(key: str, media: Media) -> None:
    _known[key] = media
    while len(_known) > _KEPT:
        _known.popitem(last=False)


def _note(key: str) -> Path:
    """Where a file's facts are kept: until probing, or the library that it asks, is another."""
    kind = hashlib.sha256(f"{key} {_VERSION} {version('av')}".encode()).hexdigest()
    return cache_folder() / "media" / f"{kind}.json"


def _tags(said: Tags, frame: av.VideoFrame) -> Tags:
    """The container's tags, and the codec's where it has none.

    Codecs cannot say all of them: DNxHR always reads as BT.709, ProRes has no BT.601 transfer.
    """
    rgb = layout(frame.format.name).family == "rgb"
    return Tags(
        range=int(said.range) or int(frame.color_range),
        primaries=_tagged(said.primaries, frame.color_primaries),
        transfer=_tagged(said.transfer, frame.color_trc),
        matrix=RGB_MATRIX if rgb else _tagged(said.matrix, frame.colorspace),
    )


def _tagged(*codes: int) -> int:
    """The first code that says something: 0 is reserved (or RGB), 2 unspecified."""
    return next((int(code) for code in codes if code not in (0, UNTAGGED)), UNTAGGED)


def _start(container: InputContainer, rate: Fraction, path: Path) -> tuple[int | None, bool]:
    """Start timecode as a frame number, and whether it counts drop-frame."""
    text = _metadata(container, "timecode")
    if text is None:
        return None, False
    # Some cameras write ; at rates that have no drop-frame counting.
    drop_frame = ";" in text and can_drop(rate)
    try:
        return frame_of(text if drop_frame else text.replace(";", ":"), rate), drop_frame
    except ShotError as error:
        raise MediaError(
            f"{path} carries the start timecode {text}.",
            f"{error.what} {error.why}",
            "Write a right one: ffmpeg -i FILE -c copy -timecode HH:MM:SS:FF NEW.mov, and relink.",
        ) from error


def _metadata(container: InputContainer, key: str) -> str | None:
    """A metadatum of the container or of any stream: each container has its own place."""
    for place in (container.metadata, *(stream.metadata for stream in container.streams)):
        for name, value in place.items():
            if name.lower() == key and value:
                return value
    return None
