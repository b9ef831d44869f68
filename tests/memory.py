"""How much memory a `copy` takes at its peak, of films of any length: `make memory`.

A film is made of one short piece, its packets repeated. Each copy is a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av

RATE = 25
# (width, height, frames of the short film, frames of the long one)
FULL = ((1920, 1080, 250, 1500), (320, 180, 10 * RATE, 600 * RATE))


def film(path: Path, width: int, height: int, frames: int) -> Path:
    """A ProRes film of `frames` frames."""
    from tests.core.films import noise, write_film

    piece = path.with_name(f"piece{width}.mov")
    if not piece.exists():
        write_film(
            piece,
            noise(10, width, height, "yuv422p10le"),
            codec="prores",
            pixel_format="yuv422p10le",
            rate=Fraction(RATE),
            timecode="01:00:00:00",
        )
    with av.open(str(piece)) as one, av.open(str(path), "w") as other:
        stream = other.add_stream_from_template(one.streams.video[0])
        stream.time_base = Fraction(1, RATE)
        packets = [packet for packet in one.demux(video=0) if packet.size]
        for index in range(frames):
            packet = av.Packet(bytes(packets[index % len(packets)]))
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = index
            packet.duration, packet.is_keyframe = 1, True
            other.mux_one(packet)
    return path


def peak(source: Path, frames: int, folder: Path) -> int:
    """Bytes that a process takes at its peak which copies the whole film."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.memory", str(source), str(frames), str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout)


def _copy(source: Path, frames: int, folder: Path) -> None:
    from opticals.recipe import Recipe, step
    from opticals.rendering import engine
    from opticals.rendering.job import Job, Output
    from tests.core.edits import plain_shot

    shot = plain_shot(
        "V1:1", "a", str(source), Fraction(RATE), False, 0, frames, 0, frames, 0, 0, frames
    )
    job = Job(shot, Recipe((step("copy"),)), Output(folder, format="prores_hq"), "cpu")
    made = engine.render(job, lambda *progress: None, lambda: None)
    assert made.frames == frames
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        for width, height, *lengths in FULL:
            peaks = []
            for frames in lengths:
                folder = Path(name) / f"{width}-{frames}"
                folder.mkdir()
                source = film(folder / "source.mov", width, height, frames)
                peaks.append(peak(source, frames, folder))
                print(f"{width}x{height}, {frames:>6} frames: {peaks[-1] / 1e6:.0f} MB at its peak")
            print(f"{peaks[1] / peaks[0]:.2f} times as much (1.2 allowed)")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _copy(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
