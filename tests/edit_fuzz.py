"""Mutated edits through all that reads them: `python -m tests.edit_fuzz [--each N] [--first N]`.

Each is a good edit of some format, of the corpus or written here, with bytes flipped, cut off,
moved, repeated, or numbers lied about. A process of its own opens and lists it: it must be read,
or refused in a typed error that names the file; in time, and without a file left anywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import re
import resource
import selectors
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

SECONDS = 10.0  # for one file
MEMORY = 1500  # MiB, of the process that asks; the adapters' have a limit of their own
CORPUS = Path(
    os.environ.get("OPTICALS_CORPUS") or Path(__file__).parents[1].parent / "shared" / "corpus"
)
# Values, not parts of names: what the text says stays well-formed.
_NUMBER = re.compile(rb"(?<=[\s>\":=/,])-?\d+(?:\.\d+)?(?=[\s<\",/s:])")
_RATES = {".edl": Fraction(25)}


@dataclass(frozen=True)
class Outcome:
    """What became of one mutated edit: `kind` is "read", "refused" or what is wrong."""

    name: str
    kind: str
    told: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.kind in ("read", "refused")


def edits(folder: Path) -> dict[str, list[Path]]:
    """The good edits that the others are made from, by suffix."""
    from opticals.errors import EditError
    from opticals.timeline import formats
    from tests.core import test_formats as made

    found: dict[str, list[Path]] = {}
    for format in formats.FORMATS:
        suffix = format.suffixes[0]
        found[suffix] = sorted(CORPUS.glob(f"*{suffix}")) if CORPUS.is_dir() else []
        make = made.Maker(start=90000, media_start=3600)
        for feature, needs in made.FEATURES.items():
            if needs is None or needs in format.holds:
                feature(make)  # what changes the order of the clips comes last there
        path = folder / f"written{suffix}"
        try:
            formats.write(make.timeline, path, format)
        except EditError as error:
            raise AssertionError(f"{format.id}: {error}") from error
        found[suffix].append(path)
    return {suffix: paths for suffix, paths in found.items() if paths}


def mutate(data: bytes, other: bytes, dice: random.Random) -> tuple[str, bytes]:
    """One mutation of `data`; `other` is another good edit to take bytes from."""
    out, size = bytearray(data), len(data)
    kind = dice.choice(
        ("flips", "truncated", "spliced", "repeated", "gone", "number", "number", "number")
    )
    place = dice.randrange(size)
    if kind == "number":
        numbers = list(_NUMBER.finditer(data))
        if not numbers:
            kind = "flips"
    if kind == "flips":
        for _ in range(dice.choice((1, 3, 20, 200))):
            out[dice.randrange(size)] ^= 1 << dice.randrange(8)
    elif kind == "truncated":
        del out[dice.choice((place, min(place, 300), size - 1 - place % 50)) :]
    elif kind == "spliced":
        begin = dice.randrange(len(other))
        piece = other[begin : begin + dice.choice((8, 200, 5000))]
        out[place : place + (len(piece) if dice.random() < 0.5 else 0)] = piece
    elif kind == "repeated":
        piece = out[max(0, place - dice.choice((4, 64, 4000))) : place]
        out[place:place] = piece * dice.choice((1, 1, 20))
    elif kind == "gone":
        del out[place : place + dice.choice((1, 10, 300))]
    elif kind == "number":
        for _ in range(dice.choice((1, 1, 5))):
            one = dice.choice(numbers)
            value = dice.choice(
                (b"0", b"-1", b"1e9", b"99999999999", b"NaN", b"1e308", b"0.5", b"-86400", b"")
            )
            if one.end() <= len(out):
                out[one.start() : one.end()] = value
    return kind, bytes(out)


def fuzz(each: int, first: int, folder: Path, workers: int = 2) -> list[Outcome]:
    """What becomes of `each` mutations of every format, each always the same."""
    good = folder / "good"
    good.mkdir()
    tasks = []
    for suffix, paths in edits(good).items():
        for number in range(first, first + each):
            dice = random.Random(f"{suffix} {number}")
            source = dice.choice(paths)
            path = folder / f"{suffix[1:]}{number}" / f"bad{suffix}"
            path.parent.mkdir()
            if source.is_dir():  # an .otiod
                path.mkdir()
                kind, data = mutate((source / "content.otio").read_bytes(), b"{}" * 100, dice)
                (path / "content.otio").write_bytes(data)
            elif suffix == ".otioz" and dice.random() < 0.5:  # what the zip holds
                content = zipfile.ZipFile(source).read("content.otio")
                kind, data = mutate(content, content, dice)
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr("content.otio", data)
            else:
                kind, data = mutate(
                    source.read_bytes(),
                    dice.choice(paths).read_bytes()
                    if not dice.choice(paths).is_dir()
                    else b"x" * 999,
                    dice,
                )
                path.write_bytes(data)
            tasks.append((path, f"{number} {source.name} {kind}"))
    readers: queue.SimpleQueue[_Reader] = queue.SimpleQueue()
    for _ in range(workers):
        readers.put(_Reader())

    def ask(task: tuple[Path, str]) -> Outcome:
        reader = readers.get()
        try:
            return reader.ask(*task)
        finally:
            readers.put(reader)

    try:
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(ask, tasks))
    finally:
        while not readers.empty():
            readers.get().close()


class _Reader:
    """A process that opens edits, one after the other; started again when it dies or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, path: Path, name: str) -> Outcome:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        started = time.monotonic()
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            answered = selector.select(60)
        line = process.stdout.readline() if answered else ""
        seconds = time.monotonic() - started
        if not line:
            status = self.close()
            return Outcome(name, "crashes" if answered else "hangs", f"exit status {status}")
        outcome = Outcome(name, **json.loads(line), seconds=seconds)
        if outcome.ok and seconds > SECONDS:
            return Outcome(name, "is slow", f"{seconds:.0f} s; {outcome}", seconds)
        return outcome

    def close(self) -> int:
        """Ends it, if it does not by itself; its exit status."""
        if self._process is None:
            return 0
        with self._process as process:
            if process.poll() is None:
                process.kill()
        self._process = None
        return process.returncode

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.edit_fuzz", "--open"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self._process


def answer(path: Path) -> dict[str, str]:
    """What opening and listing an edit came to."""
    from opticals.errors import OpticalsError
    from opticals.timeline import formats
    from opticals.timeline.edit import Edit

    before = {one.name for one in path.parent.iterdir()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        opened = formats.read(path, _RATES.get(path.suffix))
        edit = Edit(opened.timeline, path)
        for track in edit.tracks():
            for item in track.items:
                if item.id:
                    with suppress(OpticalsError):
                        edit.shot(item.id)
        told = {"kind": "read", "told": ""}
    except OpticalsError as error:
        told = {"kind": "refused", "told": str(error)}
        if not (error.what and (error.why or error.remedy)):
            told = {"kind": "says too little", "told": repr(error)}
    except BaseException:
        told = {"kind": "unhandled", "told": traceback.format_exc()}
    if {one.name for one in path.parent.iterdir()} != before:
        told = {"kind": "touches other files", "told": ""}
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) >> 10
    if more > MEMORY:
        told = {"kind": "takes memory", "told": f"{more} MiB; {told}"}
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--open", action="store_true")
    asked = parser.parse_args()
    if asked.open:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for line in sys.stdin:
            print(json.dumps(answer(Path(line.rstrip("\n")))), flush=True)
        return 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = fuzz(asked.each, asked.first, Path(folder), asked.workers)
    for one in outcomes:
        if not one.ok:
            print(f"{one.name}: {one.kind}\n{one.told}\n")
    kinds = Counter(f"{one.name.rpartition('.')[2].split()[0]} {one.kind}" for one in outcomes)
    slowest = max(outcomes, key=lambda one: one.seconds)
    print(dict(sorted(kinds.items())))
    print(f"slowest {slowest.seconds:.1f} s ({slowest.name}); {time.monotonic() - started:.0f} s")
    return int(not all(one.ok for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
