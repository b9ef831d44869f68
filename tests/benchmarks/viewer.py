"""What the viewer process takes: from a request to bytes that a picture is painted from."""

from __future__ import annotations

import os
import queue
import random
import statistics
import tempfile
from fractions import Fraction
from pathlib import Path
from time import perf_counter

import av
import numpy as np

from opticals.viewer.client import (
    SCOPES,
    Failed,
    Message,
    Peaks,
    Shown,
    Sight,
    Viewer,
)
from tests.benchmarks.timing import row
from tests.footage import film

_FRAMES = 250
_RATE = Fraction(25)
_SIZE = (1920, 1080)
_FILMS = {
    "H.264 8-bit, a key frame every 2 s": (
        "h264.mov",
        "libx264",
        "yuv420p",
        {"g": "50", "bf": "2", "crf": "20", "preset": "veryfast"},
    ),
    "ProRes 422 HQ 10-bit": ("prores.mov", "prores", "yuv422p10le", {"profile": "3"}),
}


class _Asking:
    """A viewer that is asked and waited for."""

    def __init__(self) -> None:
        self._messages: queue.Queue[Message] = queue.Queue()
        self.viewer = Viewer(self._messages.put)

    def worked(self) -> float:
        """Seconds that the processors worked for the process; 0 where the system does not say."""
        try:
            status = Path(f"/proc/{self.viewer.pid}/stat").read_text()
        except OSError:
            return 0.0
        user, system = status.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def answer(self, request: int) -> Message:
        while True:
            message = self._messages.get(timeout=120)
            if isinstance(message, Failed):
                raise message.error
            if message.id == request and not (isinstance(message, Peaks) and not message.final):
                return message

    def picture(self, sight: Sight, scope: str = "") -> float:
        """Milliseconds until it is there."""
        started = perf_counter()
        shown = self.answer(self.viewer.picture(sight, channel="viewer", scope=scope))
        assert isinstance(shown, Shown)
        return (perf_counter() - started) * 1000


def viewer() -> None:
    """Pictures of 1920x1080 from the viewer process, from the request to bytes in this one."""
    with tempfile.TemporaryDirectory() as folder:
        home = os.environ.get("OPTICALS_HOME")
        os.environ["OPTICALS_HOME"] = folder
        asking = _Asking()
        try:
            for name, (file, codec, pixel_format, options) in _FILMS.items():
                path = _film(Path(folder) / file, codec, pixel_format, options)
                _measure(name, str(path), asking)
            sound = _sound(Path(folder) / "sound.m4a")
            started = perf_counter()
            asking.answer(asking.viewer.peaks(str(sound)))
            row(
                "peaks of AAC stereo, minutes of sound a second",
                f"{_MINUTES / (perf_counter() - started):.1f}",
            )
        finally:
            asking.viewer.close()
            os.environ.pop("OPTICALS_HOME")
            if home is not None:
                os.environ["OPTICALS_HOME"] = home


def _measure(name: str, path: str, asking: _Asking) -> None:
    def sight(frame: int, width: int = 0) -> Sight:
        return Sight(path, frame, _RATE, box=(width, width))

    started = perf_counter()
    asking.picture(sight(0))
    row(f"{name}: the first picture", f"{perf_counter() - started:.2f} s")
    onward = [asking.picture(sight(frame)) for frame in range(1, 40)]
    row("  stepping on", _spread(onward), "15 ms")
    onward = [asking.picture(sight(frame, 960)) for frame in range(40, 80)]
    row("  stepping on, 960 px wide", _spread(onward), "15 ms")
    back = [asking.picture(sight(frame)) for frame in range(120, 80, -1)]
    row("  stepping back", _spread(back), "15 ms")
    rng = random.Random(1)
    seeks = [asking.picture(sight(frame)) for frame in rng.sample(range(_FRAMES), 40)]
    row("  anywhere", _spread(seeks))
    for width, words in ((0, "full size"), (960, "960 px wide")):
        started, worked = perf_counter(), asking.worked()
        ids = [
            asking.viewer.picture(sight(frame, width), channel=str(frame)) for frame in range(150)
        ]
        for one in ids:
            asking.answer(one)
        row(f"  frames played a second, {words}", f"{150 / (perf_counter() - started):.0f}", "25")
        row("    processor time of each", f"{(asking.worked() - worked) / 0.15:.0f} ms", "40 ms")
    ids = [asking.viewer.thumbnail(sight(frame, 160)) for frame in range(5, _FRAMES, 6)]
    started = perf_counter()
    for one in ids:
        asking.answer(one)
    cost = (perf_counter() - started) / len(ids)
    row("  thumbnails a second, every sixth frame", f"{1 / cost:.0f}", "25")
    asking.picture(sight(100))
    for scope in SCOPES:
        with_it = statistics.median(asking.picture(sight(100), scope) for _ in range(9))
        without = statistics.median(asking.picture(sight(100)) for _ in range(9))
        row(f"  {scope} beside the picture", f"{with_it - without:.1f} ms", "10 ms")


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.0f} ms, worst {max(times):.0f}"


def _film(path: Path, codec: str, pixel_format: str, options: dict[str, str]) -> Path:
    """Footage of people on bicycles, as large as today's."""
    with av.open(str(film("bikes.mp4"))) as source, av.open(str(path), "w") as output:
        stream = output.add_stream(codec, rate=_RATE, options=options)
        stream.width, stream.height = _SIZE
        stream.pix_fmt = pixel_format
        for number, frame in enumerate(source.decode(video=0)):
            if number == _FRAMES:
                break
            large = frame.reformat(*_SIZE, pixel_format)
            large.pts, large.time_base = number, 1 / _RATE
            output.mux(stream.encode(large))
        output.mux(stream.encode(None))
    return path


_MINUTES = 10


def _sound(path: Path) -> Path:
    rng = np.random.default_rng(0)
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=48000)
        stream.layout = "stereo"
        for _ in range(_MINUTES * 60):
            samples = rng.normal(0, 0.2, (2, 48000)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(samples, "fltp", "stereo")
            frame.sample_rate = 48000
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path
