"""The queue with real workers: killed, paused, held, and drained by several at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from opticals.jobs import living, runner
from opticals.jobs.entries import Entry, Process, State
from opticals.jobs.queue import Asked
from opticals.jobs.runner import Runner
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.recipe import Recipe, parse_step
from opticals.rendering.cache import SegmentCache
from opticals.rendering.job import Job, Output
from tests.core.edits import plain_shot

from .films import number, numbered
from .queues import Both
from .slowly import SLOW_FROM, Brake, slowly

FRAMES = 240  # a segment, and a batch that an effect is handed, has 12 of them
RATE = Fraction(25)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("film") / "film.mov", FRAMES)


@pytest.fixture
def brake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brake]:
    """Has `slowly` take longer than any test waits, until it is let go."""
    with slowly(tmp_path_factory.mktemp("site")) as it:
        yield it


@pytest.fixture
def make(film: Path, tmp_path: Path, brake: Brake) -> Callable[..., Job]:
    """A job: `copy`, or `slowly`, which is under way as long as the brake is held."""

    def make(id: str, effect: str = "copy", first: int = 0, frames: int = FRAMES) -> Job:
        shot = plain_shot(
            "V1:1", "a", str(film), RATE, False, 0, FRAMES, 0, FRAMES, 0, first, frames
        )
        # A seed of its own, so that no other test's segments are found.
        seed = abs(hash((str(tmp_path), id))) % 2**31
        recipe = Recipe((parse_step(effect),), seed)
        return Job(shot, recipe, Output(tmp_path / "renders", "ffv1", 0), "cpu", id=id)

    return make


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    monkeypatch.setenv("OPTICALS_QUEUE", str(tmp_path / "queue.db"))
    monkeypatch.setattr(runner.telling, "tell", lambda *words: False)
    with Both() as queue:
        yield queue


@pytest.fixture
def run(queue: Both) -> Iterator[Callable[[], Runner]]:
    """Starts what has the queue rendered, in this process."""
    running: list[Runner] = []

    def run() -> Runner:
        running.append(Runner("command"))
        running[-1].start()
        return running[-1]

    yield run
    for one in running:
        one.close()


def entry(queue: Both, id: str) -> Entry:
    return next(one for one in queue.changes()[1] if one.id == id)


def until(queue: Both, id: str, what: Callable[[Entry], bool], seconds: float = 60) -> Entry:
    end = time.monotonic() + seconds
    while not what(found := entry(queue, id)):
        assert time.monotonic() < end, found
        assert found.error is None, found.error
        time.sleep(0.05)
    return found


def at(frames: int) -> Callable[[Entry], bool]:
    assert frames < SLOW_FROM
    return lambda one: one.progress.stage == "render" and one.progress.done >= frames


def rendered(one: Entry) -> bool:
    return one.state is State.RENDERED


def numbers(path: Path) -> list[int]:
    media = probe(path)
    with reading(media) as reader:
        return [number(frame) for frame in reader.read(0, media.frames)]


def segments() -> dict[Path, int]:
    """The finished pieces, and when each was written."""
    found = SegmentCache().folder.glob("*/[!.]*")
    return {one: one.stat().st_ino for one in found if one.suffix != ".json"}


def test_a_killed_workers_job_goes_on_and_renders_nothing_twice(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], brake: Brake
) -> None:
    queue.add([Asked(make("a", "slowly")), Asked(make("b"))])
    run()
    found = until(queue, "a", at(26))
    assert found.worker is not None
    kept = segments()
    assert len(kept) >= 2
    os.kill(found.worker.pid, signal.SIGKILL)
    again = until(queue, "a", lambda one: one.deaths == 1)
    assert again.state in (State.WAITING, State.RUNNING)
    brake.let_go()
    done = until(queue, "a", rendered)
    assert done.render is not None
    assert done.render.details["rendered"] <= FRAMES - 24
    assert {path: segments()[path] for path in kept} == kept
    assert done.picture
    assert Path(done.picture).read_bytes().startswith(b"\x89PNG")
    b = until(queue, "b", rendered)
    assert b.render is not None
    assert numbers(b.render.path) == list(range(FRAMES))


def test_what_kills_its_worker_twice_fails_and_the_others_go_on(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job]
) -> None:
    queue.add([Asked(make("a", "slowly")), Asked(make("b"))])
    run()
    for deaths in (1, 2):
        found = until(queue, "a", lambda one: at(1)(one) and one.worker is not None)
        os.kill(found.worker.pid, signal.SIGKILL)  # type: ignore[union-attr]
        end = time.monotonic() + 30
        while entry(queue, "a").deaths < deaths and time.monotonic() < end:
            time.sleep(0.05)
    failed = entry(queue, "a")
    assert failed.state is State.FAILED
    assert "died" in str(failed.error)
    until(queue, "b", rendered)


def test_paused_alone_it_stands_in_its_place(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], brake: Brake
) -> None:
    queue.add([Asked(make("a", "slowly"))])
    run()
    until(queue, "a", at(20))
    queue.pause(["a"])
    time.sleep(1.2)
    there = entry(queue, "a")
    assert there.state is State.PAUSED
    time.sleep(1)
    assert entry(queue, "a").progress.done == there.progress.done
    brake.let_go()
    queue.resume(["a"])
    done = until(queue, "a", rendered)
    assert done.render is not None
    assert done.render.details["rendered"] == FRAMES  # at one go: nothing was lost


def test_paused_it_makes_room_and_goes_on_from_what_is_finished(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], brake: Brake
) -> None:
    queue.add([Asked(make("a", "slowly")), Asked(make("b"))])
    run()
    until(queue, "a", at(26))
    kept = segments()
    assert len(kept) >= 2
    queue.pause(["a"])
    until(queue, "b", rendered)
    assert entry(queue, "a").state is State.PAUSED
    assert entry(queue, "a").worker is None
    brake.let_go()
    queue.resume(["a"])
    done = until(queue, "a", rendered)
    assert done.render is not None
    assert done.render.details["rendered"] <= FRAMES - 24
    assert {path: segments()[path] for path in kept} == kept


def test_stopped_from_elsewhere_and_tried_again(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], brake: Brake
) -> None:
    queue.add([Asked(make("a", "slowly"))])
    run()
    until(queue, "a", at(26))
    queue.stop(["a"])
    end = time.monotonic() + 5
    while entry(queue, "a").state is not State.STOPPED and time.monotonic() < end:
        time.sleep(0.02)
    assert entry(queue, "a").state is State.STOPPED
    assert not list((make("a").output.folder).iterdir())
    brake.let_go()
    queue.retry(["a"])
    done = until(queue, "a", rendered)
    assert done.render is not None
    assert done.render.details["rendered"] <= FRAMES - 24


def test_held_it_stands_and_goes_on_when_who_held_it_is_gone(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], brake: Brake
) -> None:
    queue.add([Asked(make("a", "slowly"))])
    run()
    until(queue, "a", at(10))
    player = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    held = queue.join(Process(living.HOST, player.pid, "panel"))
    queue.still_here(held, drains=False, holds="The viewer plays.")
    time.sleep(1.2)
    there = entry(queue, "a").progress.done
    time.sleep(1)
    assert entry(queue, "a").progress.done == there
    brake.let_go()
    player.kill()
    player.communicate()
    until(queue, "a", rendered)


def test_several_at_one_queue_render_each_job_once(
    queue: Both, make: Callable[..., Job], tmp_path: Path
) -> None:
    names = [f"{n}" for n in range(5)]
    queue.add([Asked(make(one, first=n * 12, frames=12)) for n, one in enumerate(names)])
    command = [sys.executable, "-m", "opticals.jobs.runner"]
    running = [subprocess.Popen(command) for _ in range(3)]
    for one in running:
        assert one.wait(120) == 0
    found = queue.entries()
    assert [one.state for one in found] == [State.RENDERED] * 5
    files = {one.render.path for one in found if one.render}
    assert len(files) == 5
    made = [one for one in (tmp_path / "renders").iterdir() if one.suffix != ".json"]
    assert set(made) == files
    assert all(one.render.details["rendered"] == 12 for one in found if one.render)
    assert queue.drainers() == []


def test_when_all_of_a_program_is_killed_another_goes_on(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], brake: Brake
) -> None:
    queue.add([Asked(make("a", "slowly"))])
    first = subprocess.Popen([sys.executable, "-m", "opticals.jobs.runner"])
    found = until(queue, "a", at(20))
    assert found.worker is not None
    first.kill()
    os.kill(found.worker.pid, signal.SIGKILL)
    first.wait()
    brake.let_go()
    run()
    done = until(queue, "a", rendered)
    assert done.render is not None
    assert done.render.details["rendered"] <= FRAMES - 12


def test_a_worker_whose_program_was_killed_gives_its_job_back(
    queue: Both, make: Callable[..., Job]
) -> None:
    queue.add([Asked(make("a", "slowly"))])
    first = subprocess.Popen([sys.executable, "-m", "opticals.jobs.runner"])
    until(queue, "a", at(10))
    first.kill()
    first.wait()
    back = until(queue, "a", lambda one: one.worker is None, 20)
    assert (back.state, back.deaths) == (State.WAITING, 0)


def test_in_the_background_it_ends_by_itself(queue: Both, make: Callable[..., Job]) -> None:
    queue.add([Asked(make("a"))])
    runner.start()
    until(queue, "a", rendered)
    end = time.monotonic() + 10
    while queue.drainers() and time.monotonic() < end:
        time.sleep(0.1)
    assert queue.drainers() == []


def test_one_bad_job_does_not_stop_the_others(
    queue: Both, run: Callable[[], Runner], make: Callable[..., Job], tmp_path: Path
) -> None:
    bad, good = make("a"), make("b")
    gone = replace(bad, shot=replace(bad.shot, media=str(tmp_path / "gone.mov")))
    queue.add([Asked(gone), Asked(good)])
    run()
    until(queue, "b", rendered)
    failed = entry(queue, "a")
    assert failed.state is State.FAILED
    assert "gone.mov" in str(failed.error)
