"""The queue in its file: order, claims, and what it survives."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from opticals.errors import Cancelled, MediaError, OutputError, QueueError, WorkerError
from opticals.jobs import database, living
from opticals.jobs.entries import ACTIVE, Entry, Process, Progress, State
from opticals.jobs.queue import Asked

from .queues import Both, elsewhere, job, locked, render

ONE, TWO = elsewhere(1), elsewhere(2)
DEATH = WorkerError("The worker process died.")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def queue(path: Path) -> Any:
    with Both(path) as queue:
        yield queue


def states(queue: Both) -> dict[str, str]:
    return {one.id: str(one.state) for one in queue.entries()}


def add(queue: Both, *ids: str) -> None:
    queue.add([Asked(job(id), {"for": id}) for id in ids])


def claimed(queue: Both, me: Process = ONE) -> Entry:
    found = queue.claim(me)
    assert found is not None
    return found


def test_jobs_come_back_as_they_were_asked(queue: Both, path: Path) -> None:
    queue.add([Asked(job("a"), {"edit": "cut.otio"}, 12.5)])
    with Both(path) as other:
        (found,) = other.entries()
    assert found.job == job("a")
    assert (found.asked, found.estimate, found.state) == ({"edit": "cut.otio"}, 12.5, "waiting")


def test_one_at_a_time_and_in_order(queue: Both) -> None:
    add(queue, "a", "b", "c")
    assert claimed(queue).id == "a"
    assert queue.claim(TWO) is None
    assert queue.finish("a", ONE, render(job("a")), "a.png")
    queue.move(["c"], "b")
    assert claimed(queue, TWO).id == "c"
    assert queue.fail("c", TWO, MediaError("It is offline."))
    assert claimed(queue).id == "b"
    assert queue.fail("b", ONE, Cancelled())
    assert queue.claim(ONE) is None
    assert states(queue) == {"a": "rendered", "c": "failed", "b": "stopped"}
    done = {one.id: one for one in queue.entries()}
    assert done["a"].render == render(job("a"))
    assert done["a"].picture == "a.png"
    assert isinstance(done["c"].error, MediaError)


def test_moves_never_run_out_of_room(queue: Both) -> None:
    names = [f"{n}" for n in range(12)]
    add(queue, *names)
    chance = random.Random(3)
    for _ in range(400):
        moved = chance.sample(names, chance.randint(1, 3))
        rest = [one for one in names if one not in moved]
        before = chance.choice([*rest, None])
        at = rest.index(before) if before else len(rest)
        names = [*rest[:at], *moved, *rest[at:]]
        queue.move(moved, before)
        assert [one.id for one in queue.entries()] == names


def test_what_is_finished_is_whole_whatever_the_last_beat_said(queue: Both) -> None:
    add(queue, "a", "b")
    claimed(queue)
    queue.beat("a", ONE, Progress("verify", 96, 100, "a note", 3.0))
    assert queue.finish("a", ONE, render(job("a")))
    claimed(queue)
    assert queue.finish("b", ONE, render(job("b")))  # one that was there already: no beat at all
    for found in queue.entries():
        assert found.progress == Progress("verify", 100, 100)


def test_a_dead_workers_job_goes_on_and_a_deadly_job_fails(queue: Both) -> None:
    add(queue, "a", "b")
    claimed(queue)
    queue.beat("a", ONE, Progress("render", 24, 96))
    assert queue.bury(ONE, DEATH) == ["a"]
    assert states(queue)["a"] == "waiting"
    assert not queue.beat("a", ONE).mine
    assert not queue.finish("a", ONE, render(job("a")))
    assert claimed(queue, TWO).id == "a"
    queue.bury(TWO, DEATH)
    assert states(queue) == {"a": "failed", "b": "waiting"}
    assert claimed(queue).id == "b"
    queue.retry(["a"])
    assert states(queue)["a"] == "waiting"


@pytest.mark.parametrize(
    ("wish", "becomes"), [("pause", "paused"), ("stop", "stopped"), ("remove", "stopped")]
)
def test_a_wish_is_heard_and_outlives_the_worker(queue: Both, wish: str, becomes: str) -> None:
    add(queue, "a")
    claimed(queue)
    getattr(queue, wish)(["a"])
    assert queue.beat("a", ONE).wish == wish.replace("remove", "stop")
    queue.bury(ONE, DEATH)
    assert queue.changes()[1][0].state == becomes


def test_pausing_what_is_at_work_and_what_waits(queue: Both) -> None:
    add(queue, "a", "b", "c")
    claimed(queue)
    queue.pause(["a", "b"])
    assert states(queue) == {"a": "paused", "b": "paused", "c": "waiting"}
    told = queue.beat("a", ONE)
    assert told.wait
    assert told.others  # c can be rendered instead
    assert queue.release("a", ONE)
    assert claimed(queue).id == "c"
    queue.resume(["a", "b"])
    assert states(queue) == {"a": "waiting", "b": "waiting", "c": "running"}
    queue.pause(["c"])
    queue.resume(["c"])
    assert not queue.beat("c", ONE).wait


def test_a_paused_queue_begins_nothing(queue: Both) -> None:
    add(queue, "a", "b")
    claimed(queue)
    queue.set_flags(paused=True)
    told = queue.beat("a", ONE)
    assert told.wait
    assert not told.others
    queue.release("a", ONE)
    assert not queue.due()
    assert queue.claim(ONE) is None
    queue.set_flags(paused=False)
    assert claimed(queue).id == "a"


def test_a_later_start_is_waited_for(queue: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    add(queue, "a")
    now = time.time()
    queue.set_flags(start_at=int(now) + 3600)
    assert queue.claim(ONE) is None
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert queue.due()
    assert claimed(queue).id == "a"


def test_holds_of_the_living_count_and_those_of_the_dead_do_not(queue: Both) -> None:
    add(queue, "a")
    claimed(queue)
    panel = queue.join(living.me("panel"))
    queue.still_here(panel, drains=True, holds="The viewer plays.")
    assert queue.beat("a", ONE).wait == "The viewer plays."
    queue.still_here(panel, drains=True, holds="")
    assert not queue.beat("a", ONE).wait
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = queue.join(Process(living.HOST, ended.pid, "panel"))
    queue.still_here(dead, drains=True, holds="It plays for ever.")
    assert not queue.beat("a", ONE).wait
    queue.forget_dead(living.is_gone)
    assert queue.drainers() == [Process(living.HOST, os.getpid(), "panel", panel.number, 2)]


def test_changes_tell_each_change_once(queue: Both) -> None:
    add(queue, "a", "b")
    at, found = queue.changes()
    assert [one.id for one in found] == ["a", "b"]
    assert queue.changes(at) == (at, [])
    queue.remove(["a"])
    at, found = queue.changes(at)
    assert [(one.id, one.gone) for one in found] == [("a", True)]
    queue.bring_back(["a"])
    assert [one.state for one in queue.changes(at)[1]] == ["stopped"]


def test_clearing_takes_only_what_is_over(queue: Both) -> None:
    add(queue, "a", "b", "c")
    claimed(queue)
    queue.finish("a", ONE, render(job("a")))
    claimed(queue)
    queue.fail("b", ONE, Cancelled())
    assert sorted(queue.clear()) == ["a", "b"]
    assert states(queue) == {"c": "waiting"}
    queue.bring_back(["a"])
    queue.sweep()
    assert {one.id for one in queue.changes()[1]} == {"a", "c"}


def test_short_ids(queue: Both) -> None:
    add(queue, "abc", "abd")
    assert queue.named(["abd"]) == ["abd"]
    for unclear in ("ab", "x"):
        with pytest.raises(QueueError, match=unclear):
            queue.named([unclear])


def test_placed_and_not_placed(queue: Both) -> None:
    add(queue, "a")
    queue.set_placed("a", True)
    assert states(queue)["a"] == "waiting"  # there is nothing to place
    claimed(queue)
    queue.finish("a", ONE, render(job("a")))
    queue.set_placed("a", True)
    assert states(queue)["a"] == "placed"
    queue.set_placed("a", False)
    assert states(queue)["a"] == "rendered"


def test_a_job_of_another_version_fails_and_the_next_one_is_taken(queue: Both) -> None:
    add(queue, "a", "b")
    with queue.writing():
        queue.run("UPDATE jobs SET job = '{\"id\": \"a\"}' WHERE id = 'a'")
    assert claimed(queue).id == "b"


def test_a_locked_queue_says_so_and_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY", 0.05)
    with Both(path) as queue:
        add(queue, "a")
        with locked(path), pytest.raises(QueueError, match="cannot be reached"):
            queue.stop(["a"])
        assert states(queue) == {"a": "waiting"}
        queue.stop(["a"])
        assert states(queue) == {"a": "stopped"}


def test_a_full_disk_says_so_and_changes_nothing(queue: Both) -> None:
    add(queue, "a")
    queue.rows("PRAGMA max_page_count = 1")
    with pytest.raises(QueueError, match="cannot be written") as caught:
        add(queue, *(f"long name {n}" * 50 for n in range(100)))
    assert "disk space" in caught.value.remedy
    assert states(queue) == {"a": "waiting"}
    queue.rows("PRAGMA max_page_count = 100000")
    add(queue, "b")
    assert list(states(queue)) == ["a", "b"]


def test_a_newer_file_is_left_alone(path: Path) -> None:
    Both(path).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {database.SCHEMA + 1}")
    other.close()
    before = path.read_bytes()
    with pytest.raises(QueueError, match="newer"):
        Both(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["text", "head", "middle", "empty table"])
def test_a_damaged_file_is_moved_aside_and_the_queue_goes_on(path: Path, damage: str) -> None:
    with Both(path) as queue:
        add(queue, *(f"{n:03}" for n in range(60)))
        queue.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    if damage == "text":
        data[:] = b"this is no database" * 100
    elif damage == "head":
        data[:100] = os.urandom(100)
    elif damage == "middle":
        data[-9000:-3000] = os.urandom(6000)
    else:
        with sqlite3.connect(path) as other:
            other.execute("DROP TABLE jobs")
        other.close()
        data[:] = path.read_bytes()
    path.write_bytes(data)
    with Both(path) as queue:
        try:
            found = states(queue)
            add(queue, "new")
        except sqlite3.DatabaseError:  # it is noticed when it is read, as here
            queue.mend()
            found = states(queue)
            add(queue, "new")
        if damage != "middle" or queue.aside:
            assert queue.aside is not None
            assert queue.aside.read_bytes() == bytes(data)
        assert "new" in states(queue)
        if damage == "middle":
            assert len(found) > 5  # what came before the damage


def test_a_queue_that_was_moved_aside_by_another_is_opened_anew(queue: Both, path: Path) -> None:
    add(queue, "a")
    assert not queue.require_file()
    path.rename(path.with_name("elsewhere.db"))
    assert queue.require_file()
    assert states(queue) == {}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(QueueError, match="cannot be"):
        Both(tmp_path / "file" / "queue.db")


def test_nobody_dies_of_a_clock_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, clock = living.Watch(), [1000.0]
    monkeypatch.setattr(living.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(living.time, "time", lambda: 0.0)
    watch.look()

    def look(beat: int, seconds: float) -> bool:
        clock[0] += seconds
        watch.look()
        return watch.is_dead(Process("another machine", 7, beat=beat))

    assert not look(1, 0)
    for _ in range(40):
        dead = look(1, 0.5)
    assert dead
    assert not look(2, 0.5)
    assert not look(2, 3600)  # the machine slept: this process as well as the other
    assert not look(2, 0.5)


def test_a_process_that_ended_is_gone_at_once() -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    there = Process(living.HOST, other.pid)
    assert not living.is_gone(there)
    other.kill()
    if sys.platform == "linux":
        deadline = time.monotonic() + 5
        while not living.is_gone(there) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert living.is_gone(there)  # though nobody asked for its status yet
    other.communicate()
    assert living.is_gone(there)


IDS = st.sampled_from("abcdefgh")
WORKERS = st.integers(1, 3)


class Life(RuleBasedStateMachine):
    """What a queue goes through, with workers that are killed at any point."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "queue.db"
        self.queue = Both(self.path)
        self.order: list[str] = []
        self.at_work: dict[int, str] = {}  # what each worker believes that it renders
        self.finished: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "queue"):
            self.queue.close()
            self.folder.cleanup()

    def entry(self, id: str) -> Entry | None:
        return next((one for one in self.queue.changes()[1] if one.id == id), None)

    @rule(id=IDS)
    def add(self, id: str) -> None:
        there = self.entry(id)
        add(self.queue, id)
        if there is None:
            self.order.append(id)
        elif there.worker is None:
            self.finished.discard(id)

    @rule(id=IDS, act=st.sampled_from(["pause", "resume", "stop", "retry", "remove", "bring_back"]))
    def act(self, id: str, act: str) -> None:
        getattr(self.queue, act)([id])

    @rule(id=IDS, before=IDS)
    def move(self, id: str, before: str) -> None:
        if id in self.order and before in self.order and id != before:
            self.queue.move([id], before)
            self.order.remove(id)
            self.order.insert(self.order.index(before), id)

    @rule(paused=st.booleans())
    def flag(self, paused: bool) -> None:
        self.queue.set_flags(paused=paused)

    @rule(worker=WORKERS)
    def claim(self, worker: int) -> None:
        if worker in self.at_work:
            return
        before = {one.id: one for one in self.queue.changes()[1]}
        found = self.queue.claim(elsewhere(worker))
        may = [
            id
            for id in self.order
            if id in before and before[id].state is State.WAITING and not before[id].gone
        ]
        free = all(one.worker is None for one in before.values())
        expected = may[0] if may and free and not self.queue.flags().paused else None
        assert (found.id if found else None) == expected
        if found is not None:
            assert found.id not in self.finished
            self.at_work[worker] = found.id

    @rule(worker=WORKERS)
    def work(self, worker: int) -> None:
        if worker in self.at_work:
            told = self.queue.beat(self.at_work[worker], elsewhere(worker), Progress("render", 1))
            assert told.mine

    @rule(worker=WORKERS, how=st.sampled_from(["finish", "fail", "release", "stop"]))
    def end(self, worker: int, how: str) -> None:
        if worker not in self.at_work:
            return
        id, me = self.at_work.pop(worker), elsewhere(worker)
        if how == "finish":
            assert self.queue.finish(id, me, render(job(id)))
            self.finished.add(id)
        elif how == "release":
            assert self.queue.release(id, me)
        else:
            error = OutputError("It is full.") if how == "fail" else Cancelled()
            assert self.queue.fail(id, me, error)

    @rule(worker=WORKERS)
    def kill(self, worker: int) -> None:
        """And what the dead one may still send comes to nothing."""
        id, me = self.at_work.pop(worker, None), elsewhere(worker)
        assert self.queue.bury(me, DEATH) == ([id] if id else [])
        if id:
            assert not self.queue.finish(id, me, render(job(id)))
            assert not self.queue.beat(id, me).mine

    @rule()
    def reopen(self) -> None:
        self.queue.close()
        self.queue = Both(self.path)

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "queue"):
            return
        found = self.queue.changes()[1]
        assert [one.id for one in found] == self.order  # none lost, order kept
        working = {one.worker.pid: one.id for one in found if one.worker}
        assert working == self.at_work  # and so at most one, by no two
        assert len(working) <= 1
        for one in found:
            assert (one.render is not None) == (one.state is State.RENDERED)
            if one.worker is not None:
                assert one.state in ACTIVE


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
