"""Mutated media through all that reads them: `python -m tests.fuzz [COUNT] [FIRST]`.

Each is a good file with bytes flipped, cut off, blanked, moved or lied about. A process of its
own reads them, one after the other: it must say in a typed error what is wrong with which file, or
read it; and stay within its time and its memory. It may die, and the next one goes on.
"""

from __future__ import annotations

import json
import os
import random
import resource
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

SECONDS = 20  # for one file
MEMORY = 1500  # MiB more than before, for one file
_FRAMES = 24  # of each that are read
_SIZE = (128, 96)
_DNXHR = (256, 128)
_SEQUENCES = ("png", "exr", "dpx", "tif")


@dataclass(frozen=True)
class Outcome:
    """What became of one mutated file: `kind` is "read", "refused", "died", or what is wrong."""

    name: str
    kind: str
    told: str = ""

    @property
    def ok(self) -> bool:
        return self.kind in ("read", "refused", "died")


def films(folder: Path) -> list[Path]:
    """The good files that the others are made from; of sequences the first file's path."""
    from tests.core.films import numbered
    from tests.core.sounds import film_with_sound

    rate = Fraction(25)
    aac, pcm = ("aac",), ("pcm_s16le",)
    made = [
        film_with_sound(folder / "h264.mp4", _FRAMES, rate, sound=aac),
        film_with_sound(folder / "h264.mov", _FRAMES, rate, sound=pcm),
        film_with_sound(
            folder / "prores.mov",
            _FRAMES,
            rate,
            sound=("pcm_s24le", "pcm_s16le"),
            video="prores",
            pixel_format="yuv422p10le",
        ),
        film_with_sound(folder / "ffv1.mkv", _FRAMES, rate, sound=("flac",), video="ffv1"),
        film_with_sound(folder / "mpeg2.ts", _FRAMES, rate, sound=aac, video="mpeg2video"),
        film_with_sound(folder / "mjpeg.avi", _FRAMES, rate, sound=pcm, video="mpeg4"),
        numbered(folder / "h265.mp4", _FRAMES, codec="libx265", options=_QUIET),
        numbered(
            folder / "dnxhr.mxf",
            _FRAMES,
            width=_DNXHR[0],
            height=_DNXHR[1],
            codec="dnxhd",
            pixel_format="yuv422p10le",
            options={"profile": "dnxhr_hqx"},
        ),
    ]
    return made + [_sequence(folder / kind, kind) for kind in _SEQUENCES]


_QUIET = {"x265-params": "log-level=none:pools=1:frame-threads=1"}


def _sequence(folder: Path, kind: str) -> Path:
    import numpy as np
    import OpenImageIO as oiio

    folder.mkdir()
    for number in range(4):
        file = folder / f"a.{101 + number}.{kind}"
        spec = oiio.ImageSpec(*_SIZE, 3, {"exr": "half", "png": "uint8"}.get(kind, "uint16"))
        pixels = np.random.default_rng(number).random((_SIZE[1], _SIZE[0], 3), np.float32)
        output = oiio.ImageOutput.create(str(file))
        assert output.open(str(file), spec), output.geterror()
        assert output.write_image(pixels), output.geterror()
        output.close()
    return folder / f"a.101.{kind}"


def mutate(data: bytes, other: bytes, dice: random.Random) -> tuple[str, bytes]:
    """One mutation of `data`; `other` is another good file to take bytes from."""
    out, size = bytearray(data), len(data)
    kind = dice.choice(("flips", "truncated", "blank", "spliced", "header", "header", "repeated"))
    place = dice.randrange(size)
    if kind == "flips":
        for _ in range(dice.choice((1, 3, 20, 200))):
            out[dice.randrange(size)] ^= 1 << dice.randrange(8)
    elif kind == "truncated":
        del out[dice.choice((place, min(place, 300), size - 1 - place % 50)) :]
    elif kind == "blank":
        end = min(size, place + dice.choice((1, 16, 500, size // 3)))
        out[place:end] = bytes([dice.choice((0, 0xFF))]) * (end - place)
    elif kind == "spliced":
        source = other if dice.random() < 0.5 else data
        begin = dice.randrange(len(source))
        piece = source[begin : begin + dice.choice((8, 200, 5000))]
        end = place if dice.random() < 0.5 else place + len(piece)
        out[place:end] = piece
    elif kind == "repeated":
        out[place:place] = out[max(0, place - dice.choice((4, 64, 4000))) : place]
    else:  # a number in a header that says something else
        for _ in range(dice.choice((1, 1, 4))):
            at = _in_header(data, dice)
            width = dice.choice((1, 2, 4, 4, 8))
            value = dice.choice((0, 1, 0x7F, 0xFF, 0x7FFF, 0x7FFFFFFF, (1 << 8 * width) - 1))
            order = dice.choice(("big", "little"))
            out[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, order)
    return kind, bytes(out)


def _in_header(data: bytes, dice: random.Random) -> int:
    """A place in a header: those of MOV lie in `moov`, often at the end; others in front."""
    moov = data.find(b"moov")
    if moov >= 0 and dice.random() < 0.9:
        return dice.randrange(moov, min(moov + 4000, len(data)))
    return dice.randrange(min(len(data), dice.choice((64, 512, 4096))))


def fuzz(count: int, first: int, folder: Path) -> list[Outcome]:
    """What becomes of mutations `first` to `first + count`, each always the same."""
    good = folder / "good"
    good.mkdir()
    sources = films(good)
    outcomes: list[Outcome] = []
    reader = _Reader(folder / "home")
    try:
        for number in range(first, first + count):
            dice = random.Random(number)
            source = sources[number % len(sources)]
            kind, data = mutate(source.read_bytes(), dice.choice(sources).read_bytes(), dice)
            place = folder / "bad"
            shutil.rmtree(place, ignore_errors=True)
            if source.parent == good:
                place.mkdir()
                file = place / source.name
            else:
                shutil.copytree(source.parent, place)
                file = place / f"a.{101 + dice.randrange(4)}{source.suffix}"
            file.write_bytes(data)
            outcome = reader.ask(file, f"{number} {source.name} {kind}")
            outcomes.append(outcome)
    finally:
        reader.close()
    return outcomes


class _Reader:
    """The process that reads; started again when it dies or hangs."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None

    def ask(self, file: Path, name: str) -> Outcome:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{file}\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            answered = selector.select(SECONDS)
        line = process.stdout.readline() if answered else ""
        if line:
            return Outcome(name, **json.loads(line))
        status = self.close()
        if not answered:
            return Outcome(name, "hangs", f"no answer within {SECONDS} s")
        return Outcome(name, "died", f"exit status {status}")

    def close(self) -> int:
        """Ends it, if it does not by itself; its exit status."""
        if self._process is None:
            return 0
        with self._process as process:  # closes the pipes
            if process.poll() is None:
                process.kill()
        self._process = None
        return process.returncode

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz", "--read", str(self._home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OPTICALS_HOME": str(self._home)},
        )
        return self._process


def read_all() -> None:
    """Reads the files named on stdin, and answers for each with a line of JSON."""
    import torch

    torch.set_num_threads(1)
    limit = 16 << 30  # address space: what asks for more is refused and must say so
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin:
        before = _peak()
        answer = _answer(Path(line.rstrip("\n")))
        more = (_peak() - before) >> 10
        if more > MEMORY:
            answer = {"kind": "takes memory", "told": f"{more} MiB; {answer}"}
        print(json.dumps(answer), flush=True)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _answer(file: Path) -> dict[str, str]:
    """What reading a file came to."""
    import traceback

    from opticals.errors import OpticalsError

    try:
        _read(file)
    except OpticalsError as error:
        if not (error.what and (error.why or error.remedy)):
            return {"kind": "says too little", "told": repr(error)}
        if file.name not in str(error) and _pattern(file) not in str(error):
            return {"kind": "names no file", "told": repr(error)}
        return {"kind": "refused", "told": str(error)}
    except BaseException:
        return {"kind": "unhandled", "told": traceback.format_exc()}
    return {"kind": "read"}


def _pattern(file: Path) -> str:
    """How the sequence is called that a file is of."""
    return f"{file.name.split('.')[0]}."


def _read(file: Path) -> None:
    """Through probe, pictures, sound and the contract; the last two even of what the pictures
    are refused of."""
    from opticals.errors import MediaError
    from opticals.media import contract
    from opticals.media.facts import Interpretation, require_readable
    from opticals.media.read.decode import reading
    from opticals.media.read.probe import probe
    from opticals.media.sound.pcm import Samples
    from opticals.media.sound.tracks import plan

    media = probe(file).conformed(Fraction(25))
    points = contract.check(file, contract.stated(media, ""))
    assert points
    interpretation = Interpretation(fields="deinterlace")
    require_readable(media, interpretation)
    frames = min(media.frames, _FRAMES)
    with reading(media, interpretation) as reader:
        for start, stop in ((0, frames), (frames // 2, frames), (media.frames - 1, media.frames)):
            for _ in reader.read(start, stop):
                pass
    for container in ("mov", "mp4"):
        sound, _ = plan(media, 0, frames, media.rate, container)
        for track in sound.tracks if sound else ():
            length = 0
            for samples in Samples(sound.path, track, sound.origin, sound.rate).filled():
                length += len(samples)
            if length != track.samples:
                raise MediaError(f"{file}: sound", f"{length} samples instead of {track.samples}")


def main() -> int:
    if "--read" in sys.argv:
        read_all()
        return 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = fuzz(count, first, Path(folder))
    for one in outcomes:
        if one.kind not in ("read", "refused"):
            print(f"{one.name}: {one.kind}\n{one.told}\n")
    print(dict(Counter(one.kind for one in outcomes)), f"{time.monotonic() - started:.0f} s")
    return int(not all(one.ok for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
