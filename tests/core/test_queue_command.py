"""`opticals queue` and `opticals render --later`, as a script uses them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opticals.jobs.queue import Queue

from .commands import opticals_command


def later(folder: Path, tmp_path: Path, *more: str) -> list[str]:
    """Add the shots of a track to the queue; their ids."""
    command = ("render", folder / "cut.otio", "--track", "V1", "--effect", "copy", "--later")
    answer = opticals_command(*command, "--renders", tmp_path / "renders", *more)
    assert not (tmp_path / "renders").exists()
    return list(answer["queued"])


def test_from_later_to_done(folder: Path, tmp_path: Path) -> None:
    before = {one.name for one in folder.iterdir()}
    ids = later(folder, tmp_path, "--time", "ripple")
    assert {one.name for one in folder.iterdir()} == before  # no new edit
    listed = opticals_command("queue")["jobs"]
    assert [one["id"] for one in listed] == ids
    assert {one["state"] for one in listed} == {"waiting"}
    assert {one["edit"] for one in listed} == {str(folder / "cut.otio")}
    opticals_command("queue", "cancel", ids[0][:6])
    answer = opticals_command("queue", "run")
    assert [one["state"] for one in answer] == ["rendered"] * (len(ids) - 1)
    for one in answer:
        assert one["done"] == one["total"] == one["render"]["frames"]
    listed = {one["id"]: one for one in opticals_command("queue", "list")["jobs"]}
    assert listed[ids[0]]["state"] == "stopped"
    assert Path(listed[ids[1]]["render"]["path"]).is_file()
    opticals_command("queue", "retry")
    assert len(opticals_command("queue", "run")) == 1
    with Queue() as queue:
        (one, *_) = queue.entries()
    assert one.asked["delivery"] == {"place": "version", "time": "ripple"}
    assert opticals_command("queue", "clear")["jobs"] == []


def test_a_job_that_fails_is_in_the_exit_status(folder: Path, tmp_path: Path) -> None:
    later(folder, tmp_path, "--format", "dnxhr_hqx")  # the films are too small for it
    answer, status = opticals_command("queue", "run", check=False)
    assert status == 1
    assert {one["error"]["error"] for one in answer} == {"FormatError"}


def test_paused_and_for_tonight(folder: Path, tmp_path: Path) -> None:
    ids = later(folder, tmp_path)
    assert opticals_command("queue", "pause")["paused"]
    assert not opticals_command("queue", "resume")["paused"]
    listed = opticals_command("queue", "pause", ids[1])["jobs"]
    assert [one["state"] for one in listed][1] == "paused"
    at = opticals_command("queue", "start-at", "22:00")["start_at"]
    assert 0 < at - time.time() <= 86_400
    assert opticals_command("queue", "start-at", "now") == {"start_at": 0}
    for wrong in (("start-at", "25:00"), ("pause", "zzz")):
        answer, status = opticals_command("queue", *wrong, check=False)
        assert (answer["error"], status) == ("QueueError", 1)


def test_what_waits_does_not_count_as_rendered(folder: Path, tmp_path: Path) -> None:
    ids = later(folder, tmp_path)
    opticals_command("queue", "pause")
    run = subprocess.run(
        [sys.executable, "-m", "opticals", "queue", "run"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert f"0 rendered, 0 failed, {len(ids)} still to be rendered." in run.stdout
    assert "is paused" in run.stderr


@pytest.mark.skipif(os.name != "posix", reason="a signal")
def test_ctrl_c_leaves_the_rest_in_the_queue(folder: Path, tmp_path: Path) -> None:
    ids = later(folder, tmp_path)
    run = subprocess.Popen(
        [sys.executable, "-m", "opticals", "queue", "run"],
        stderr=subprocess.PIPE, start_new_session=True, text=True,
    )  # fmt: skip
    with Queue() as queue:
        end = time.monotonic() + 30
        while not any(one.worker for one in queue.entries()) and time.monotonic() < end:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=30)
        assert run.returncode == 130
        assert "stays in the queue" in said
        found = queue.entries()
    assert sorted(one.id for one in found) == sorted(ids)
    assert not any(one.worker for one in found)
    assert {str(one.state) for one in found} <= {"waiting", "rendered"}
