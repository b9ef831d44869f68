"""Many processes at one queue, killed at random: nothing that was written is lost.

`python -m tests.core.queue_storm --rounds 300` is the long form of what the tests do for seconds.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from opticals.errors import Cancelled, OpticalsError
from opticals.jobs import keeper as keeping
from opticals.jobs import turns as turning
from opticals.jobs.entries import DONE, Entry
from opticals.jobs.keeper import Both, Keeper, News
from opticals.jobs.queue import Asked
from opticals.jobs.turns import Lost, PutOff, Turns

from .queues import job, render

FRAMES = 30  # of a job at most
FEW = 60  # jobs in the list, beyond which no more are asked for
FRESH = 25  # rounds at one file


@dataclass
class Found:
    """What a storm found.

    Attributes:
        troubles: what should not be.
        count: how much of what was done.
    """

    troubles: list[str] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)


def storm(folder: Path, rounds: int, seed: int, *, damage: bool = False) -> Found:
    """Processes come, work and are killed; after each round all that they said is looked up.

    Args:
        damage: whether the file is found damaged in each round, by all that come at once.
    """
    chance, found = random.Random(seed), Found()
    added: set[str] = set()
    done: set[str] = set()
    path = folder / "queue.db"
    for number in range(rounds):
        if number % FRESH == 0 or damage:
            for old in folder.iterdir():
                old.unlink()
            added, done = set(), set()
        if damage:
            path.write_bytes(b"no database, but as long as one" * 1000)
        said = _round(path, chance, found, damage=damage)
        for one in said:
            what, _, id = one.partition(" ")
            found.count[what] += 1
            if what in ("added", "done"):
                (added if what == "added" else done).add(id)
        aside = len(list(folder.glob("*damaged*.db")))
        mended = said.count("mended it")
        if aside > damage or mended > 1:
            found.troubles.append(f"round {number}: {aside} files were moved aside, {said}")
        if mended or not damage:  # all may have been killed before
            found.troubles += [f"round {number}: {one}" for one in _look(path, added, done)]
    return found


def _round(path: Path, chance: random.Random, found: Found, *, damage: bool) -> list[str]:
    """One round; what its processes said that they wrote."""
    said, error = path.with_name("said"), path.with_name("error")
    with said.open("w") as out, error.open("w") as err:
        processes = []
        for role in chance.choices(("panel", "panel", "background"), k=chance.randint(2, 4)):
            command = [sys.executable, "-m", "tests.core.queue_storm", "--be", role]
            more = [str(path), str(chance.randrange(10**6)), str(chance.uniform(0.5, 2))]
            processes.append(subprocess.Popen([*command, *more], stdout=out, stderr=err))
        if damage or chance.random() < 0.8:  # else they are killed while they begin
            _wait_for(said, *(("added", 1) if damage else ("here", len(processes))))
            time.sleep(chance.uniform(0.1, 1))
        while alive := [one for one in processes if one.poll() is None]:
            if chance.random() < 0.7:
                chance.choice(alive).send_signal(signal.SIGKILL)
                found.count["killed"] += 1
            time.sleep(chance.random() * 0.4)
    if text := error.read_text():
        found.troubles.append(text[:2000])
    return [one for one in said.read_text().splitlines() if " " in one]


def _wait_for(said: Path, what: str, count: int) -> None:
    """Until the processes have said something so often, or it takes long."""
    end = time.monotonic() + 30
    while said.read_text().count(what) < count and time.monotonic() < end:
        time.sleep(0.05)


def _look(path: Path, added: set[str], done: set[str]) -> list[str]:
    """What is wrong with a queue in which some jobs were written down, and some as done."""
    troubles: list[str] = []
    if not path.exists():
        return troubles
    try:
        with contextlib.closing(sqlite3.connect(path)) as base:
            (sound,) = base.execute("PRAGMA integrity_check").fetchone()
            tables = base.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchall()
            states = dict(base.execute("SELECT id, state FROM jobs")) if tables else {}
    except sqlite3.Error as error:
        return [str(error)]
    if sound != "ok":
        troubles.append(str(sound))
    if lost := added - set(states):
        troubles.append(f"lost: {sorted(lost)}")
    if undone := {one for one in done if states.get(one) not in DONE}:
        troubles.append(f"done, and not so any more: {sorted(undone)}")
    return troubles


class Client:
    """A process at the queue, as the panel or the runner is one, with a worker that makes nothing.
    It says what it wrote down, after it did."""

    def __init__(self, role: str, path: Path, seed: int) -> None:
        self._role, self._seed, self._count = role, seed, 0
        self._chance = random.Random(seed)
        self._known: dict[str, Entry] = {}
        self._wanted = threading.Event()
        self._path = path
        self.keeper = Keeper(
            role, self._wanted.set, lambda: None, self._learn, self._complain, path
        )

    def run(self, seconds: float) -> None:
        threading.Thread(target=self._render, daemon=True).start()
        self.keeper.start()
        self.keeper.drain()
        _say(f"here {self._role}")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self._role == "panel":
                self._act()
            time.sleep(self._chance.random() * 0.03)
        self.keeper.close()

    def _act(self) -> None:
        chance, ids = self._chance, list(self._known)
        some = chance.sample(ids, min(len(ids), chance.randint(0, 3)))
        first = chance.choice(ids) if ids else None
        act = chance.choice(("add", "add", "pause", "resume", "stand", "go", "go", "move", "place"))
        if act == "add" and len(ids) < FEW:
            self.keeper.do(self._add)
        elif act == "pause":
            self.keeper.do(lambda queue: queue.pause(some))
        elif act == "resume":
            self.keeper.do(lambda queue: queue.resume(some))
        elif act in ("stand", "go"):
            self.keeper.do(lambda queue: queue.set_flags(paused=act == "stand"))
        elif act == "move":
            self.keeper.do(lambda queue: queue.move(some, first))
        elif act == "place" and some:
            self.keeper.do(lambda queue: queue.set_placed(some[0], True))

    def _add(self, queue: Both) -> None:
        self._count += 1
        new = [job(f"{self._seed}-{self._count}-{one}") for one in range(3)]
        queue.add([Asked(one) for one in new])
        for one in new:
            _say(f"added {one.id}")

    def _render(self) -> None:
        turns = Turns(self._path)
        while True:
            self._wanted.wait()
            self._wanted.clear()
            while (turn := turns.next()) is not None:
                try:
                    for frame in range(FRAMES):
                        turn.note("render", frame, FRAMES, "")
                        turn.beat(lambda: None, lambda: False)
                        time.sleep(0.001)
                    turn.finish(render(turn.job), "")
                    _say(f"done {turn.job.id}")
                except PutOff:
                    turn.put_off()
                except Lost:
                    turn.drop()
                except Cancelled as error:
                    turn.fail(error)

    def _learn(self, news: News) -> None:
        if news.anew:
            self._known.clear()
        self._known |= {one.id: one for one in news.entries}

    def _complain(self, error: OpticalsError) -> None:
        if error.what == keeping.DAMAGED:
            _say("mended it")
            return
        print(f"{self._role}: {error}", file=sys.stderr, flush=True)


def _say(words: str) -> None:
    """In one write, which no other process can come between."""
    os.write(1, f"{words}\n".encode())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--damage", action="store_true")
    parser.add_argument("--be", nargs=4, metavar=("ROLE", "PATH", "SEED", "SECONDS"))
    options = parser.parse_args()
    if options.be:
        role, path, seed, seconds = options.be
        logging.basicConfig(level=logging.ERROR)
        keeping.LOOK, keeping._BEAT, turning.BEAT = 0.01, 0.05, 0.02
        Client(role, Path(path), int(seed)).run(float(seconds))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = storm(Path(folder), options.rounds, options.seed, damage=options.damage)
    for one in found.troubles:
        print(one)
    print(f"{options.rounds} rounds; {dict(found.count)}; troubles: {len(found.troubles)}")
    return 1 if found.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
