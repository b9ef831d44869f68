"""When the frames of a film are shown: counted from its packets, at one rate or at none."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from opticals.errors import MediaError
from opticals.timeline.timecode import STANDARD_RATES, snap_rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

_JITTER = Fraction(1, 4)  # of a frame: containers round times, a missing frame is off by half
_NOMINAL = Fraction(1, 50)  # of a rate: clocks of cameras that keep none stray less


@dataclass(frozen=True)
class Times:
    """When frames are shown, in the stream's time base.

    Attributes:
        shown: of every frame, ascending.
        end: when the last frame ends.
        first_key: of the first frame that decoding can begin with, if one says so.
        keys: time and byte of every packet that decoding can begin with, where bytes are known.
    """

    shown: tuple[int, ...]
    end: int
    first_key: int | None
    keys: tuple[tuple[int, int], ...]


def demux(container: InputContainer, stream: VideoStream, path: Path) -> Times:
    """The times of all frames that a film shows, from all of its packets.

    Raises:
        MediaError: it is truncated, or its frames carry no times.
    """
    import av

    found: list[tuple[int, int]] = []
    keys: list[tuple[int, int]] = []
    first_key: int | None = None
    packets, damaged = 0, False
    try:
        for packet in container.demux(stream):
            if packet.size == 0 and packet.dts is None:
                continue  # the flush packet
            packets += 1
            damaged = damaged or packet.is_corrupt
            if packet.is_discard or packet.size == 0:
                continue  # outside the edit list
            time = packet.dts if packet.pts is None else packet.pts
            if time is None:
                raise MediaError(
                    f"{path} carries no times for its frames.",
                    "It is a bare stream without a container.",
                    "Rewrap it: ffmpeg -i FILE -c copy FILE.mov, and relink.",
                )
            found.append((time, packet.duration or 0))
            if packet.is_keyframe:
                first_key = time if first_key is None else first_key
                if packet.pos is not None:
                    keys.append((time, packet.pos))
    except av.FFmpegError as error:
        raise MediaError.wrap(
            f"{path} cannot be read beyond frame {len(found)}.", error, "Copy it again."
        ) from error
    # MOV and MP4 list every frame in their header; elsewhere the header's count is an estimate.
    listed = stream.frames if "mov" in container.format.name else 0
    if damaged or packets < listed or not found:
        raise MediaError(
            f"{path} is truncated.",
            f"It lists {listed} frames and holds {len(found)}."
            if listed
            else f"It ends within frame {len(found)}.",
            "Copy it again from its source.",
        )
    found.sort()
    shown = tuple(time for time, _ in found)
    usual, last = _usual(shown), found[-1][1]
    if 2 * last < usual:
        last = round(usual)  # many writers put nothing, or one tick
    end = shown[-1] + last
    return Times(shown, end, first_key, tuple(sorted(keys)))


def constant_rate(stream: VideoStream, times: Times) -> Fraction | None:
    """The one rate that puts every frame on its time, or None where there is none."""
    shown, tick = times.shown, Fraction(stream.time_base or 0)
    candidates = [stream.guessed_rate, stream.base_rate, stream.average_rate]
    if shown[-1] > shown[0]:
        candidates.append((len(shown) - 1) / ((shown[-1] - shown[0]) * tick))
    elif times.end > shown[-1]:
        candidates.append(1 / ((times.end - shown[-1]) * tick))
    for candidate in candidates:
        rate = snap_rate(Fraction(candidate)) if candidate else Fraction(0)
        if rate > 0 and all(
            abs((time - shown[0]) * tick * rate - index) < _JITTER
            for index, time in enumerate(shown)
        ):
            return rate
    return None


def nominal_rate(times: Times, tick: Fraction) -> Fraction:
    """The rate that a film of no constant one is about: of its usual distance between frames."""
    rate = 1 / (_usual(times.shown) * tick)
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - rate))
    near = abs(nearest - rate) < _NOMINAL * nearest
    return nearest if near else rate.limit_denominator(1001)


def frames_at(times: Sequence[int], tick: Fraction, rate: Fraction) -> int:
    """How many frames a film lasts at `rate`; the last of `times` is its end."""
    return max(1, int((times[-1] - times[0]) * tick * rate + Fraction(1, 2)))


def stored_at(times: Sequence[int], tick: Fraction, rate: Fraction, frame: int) -> int:
    """The stored frame on the screen in the middle of `frame` at `rate`.

    One that appears in that very moment is not yet there, as in ffmpeg's filter `fps`.
    """
    middle = times[0] + (frame + Fraction(1, 2)) / (tick * rate)
    return max(0, bisect_left(times, middle, hi=len(times) - 1) - 1)


def _usual(shown: Sequence[int]) -> Fraction:
    """How far neighbours are apart where nothing is left out: the mean about the median."""
    apart = sorted(b - a for a, b in pairwise(shown) if b > a)
    if not apart:
        return Fraction(1)
    median = apart[len(apart) // 2]
    usual = [one for one in apart if abs(one - median) * 4 <= median]
    return Fraction(sum(usual), len(usual))
