"""Renders through the real worker process: exact, resumable, stoppable, and honest when it dies."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from zlib import crc32

import cv2
import numpy as np
import pytest
import torch

from opticals.errors import (
    Cancelled,
    FormatError,
    MediaError,
    ModelError,
    OpticalsError,
    ShotError,
    WorkerError,
)
from opticals.jobs.client import Session, Worker
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.recipe import Recipe, parse_step
from opticals.rendering.job import Job, Output, Render
from opticals.settings import cache_folder
from opticals.timeline.shot import Shot
from tests.core.edits import plain_shot

from .films import number, numbered, pan, write_film

FRAMES = 120
START = 3600 * 25


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "numbered.mov"
    return numbered(path, FRAMES, width=160, height=96, timecode="01:00:00:00")


def shot_of(film: Path, first: int, frames: int) -> Shot:
    rate = Fraction(25)
    return plain_shot(
        "V1:1", "a", str(film), rate, False, START, FRAMES, 0, FRAMES, 0, first, frames
    )


def job_of(
    film: Path,
    folder: Path,
    effect: str = "copy",
    first: int = 40,
    frames: int = 30,
    **output: Any,
) -> Job:
    settings: dict[str, Any] = {"format": "ffv1", **output}
    recipe = Recipe((parse_step(effect),))
    return Job(shot_of(film, first, frames), recipe, Output(folder, **settings), "cpu")


def run(job: Job, progress: Any = lambda message: None) -> Render:
    with Session() as session:
        return session.render(job, progress)


def numbers(path: Path) -> list[int]:
    media = probe(path)
    with reading(media) as reader:
        return [number(frame) for frame in reader.read(0, media.frames)]


def test_a_render_holds_just_the_shots_frames_with_handles(film: Path, tmp_path: Path) -> None:
    render = run(job_of(film, tmp_path, handles=7, format="prores_hq"))
    assert numbers(render.path) == list(range(33, 77))
    assert (render.head, render.selected, render.frames) == (7, 30, 44)
    assert render.start == START + 33
    assert probe(render.path).start == START + 33
    assert probe(render.path).reel == "V1-1_copy_v001"


def test_handles_end_where_the_medium_ends(film: Path, tmp_path: Path) -> None:
    render = run(job_of(film, tmp_path, first=5, frames=FRAMES - 8))
    assert numbers(render.path) == list(range(FRAMES))
    assert render.head == 5


def test_copy_keeps_the_sources_code_values(film: Path, tmp_path: Path) -> None:
    render = run(job_of(film, tmp_path, handles=0))
    with reading(probe(film)) as source, reading(probe(render.path)) as made:
        pairs = list(zip(source.read(40, 70), made.read(0, 30), strict=True))
        for one, other in pairs:
            assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_a_finished_render_is_found_again_and_a_damaged_one_is_not(
    film: Path, tmp_path: Path
) -> None:
    first = run(job_of(film, tmp_path))
    again = run(job_of(film, tmp_path))
    assert again.path == first.path
    data = bytearray(first.path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    first.path.write_bytes(data)
    anew = run(job_of(film, tmp_path))
    assert anew.path.stem == "V1-1_copy_v002"
    assert numbers(anew.path) == list(range(28, 82))


def test_trimming_renders_only_what_is_new(film: Path, tmp_path: Path) -> None:
    # A seed of its own, so that no other test's segments are found.
    short, longer = (
        replace(job, recipe=replace(job.recipe, seed=17))
        for job in (
            job_of(film, tmp_path, first=48, frames=24, handles=0),
            job_of(film, tmp_path, first=48, frames=36, handles=0),
        )
    )
    run(short)
    seen: list[dict[str, Any]] = []
    run(longer, seen.append)
    started = next(m for m in seen if m["stage"] == "render")
    assert (started["done"], started["total"]) == (24, 36)


class Conversation:
    """A worker whose messages are kept in order."""

    def __init__(self) -> None:
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.worker = Worker(self.messages.put)

    def until(self, kind: str, **wanted: Any) -> dict[str, Any]:
        while True:
            message = self.messages.get(timeout=60)
            if message["is"] == kind and wanted.items() <= message.items():
                return message

    def progress(self, done: int) -> dict[str, Any]:
        while True:
            message = self.until("progress", stage="render")
            if message["done"] >= done:
                return message


@pytest.fixture
def talk() -> Iterator[Conversation]:
    conversation = Conversation()
    yield conversation
    conversation.worker.close()


@pytest.fixture
def slow_job(film: Path, tmp_path: Path, models: Any, request: pytest.FixtureRequest) -> Job:
    """A job that takes long enough to be interrupted in its middle: three segments of 96."""
    models("rife")
    job = job_of(film, tmp_path, "slow_motion:factor=8", first=24, frames=36, handles=0)
    # A seed of its own, so that no other test's segments are found.
    return replace(job, recipe=replace(job.recipe, seed=crc32(request.node.name.encode())))


def test_a_killed_worker_is_reported_and_the_render_goes_on_where_it_was(
    talk: Conversation, slow_job: Job
) -> None:
    talk.worker.render(slow_job)
    # The second segment is at work; the first must survive.
    talk.progress(120)
    assert talk.worker.pid is not None
    os.kill(talk.worker.pid, signal.SIGKILL)
    failed = talk.until("failed", job=slow_job.id)
    assert isinstance(OpticalsError.from_json(failed["error"]), WorkerError)
    assert list(slow_job.output.folder.iterdir()) == []
    again = replace(slow_job, id="again")
    talk.worker.render(again)
    assert talk.progress(0)["done"] >= 96
    render = Render.from_json(talk.until("done", job="again")["render"])
    assert render.frames == 288
    assert render.details["verified"]


def test_cancelling_stops_at_once_and_keeps_what_is_finished(
    talk: Conversation, slow_job: Job
) -> None:
    talk.worker.render(slow_job)
    talk.progress(100)
    talk.worker.cancel(slow_job.id)
    failed = talk.until("failed", job=slow_job.id)
    assert isinstance(OpticalsError.from_json(failed["error"]), Cancelled)
    assert list(slow_job.output.folder.iterdir()) == []
    assert not list(cache_folder().rglob("*.partial*"))
    assert talk.worker.alive
    talk.worker.render(replace(slow_job, id="again"))
    assert talk.progress(0)["done"] >= 96
    talk.worker.cancel("again")


def test_a_preview_comes_while_a_render_runs(talk: Conversation, slow_job: Job) -> None:
    talk.worker.render(slow_job)
    talk.progress(10)
    look = replace(slow_job, id="look")
    talk.worker.preview(look, 33)
    shown = talk.until("preview", job="look")
    for name in ("before", "after"):
        picture = shown[name]
        size = picture["width"] * picture["height"] * 4
        assert len(Path(picture["path"]).read_bytes()) == size > 0
    later = talk.progress(0)
    assert later["job"] == slow_job.id
    talk.worker.cancel(slow_job.id)


def test_a_worker_ends_with_its_input(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "opticals.jobs.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    out, _ = process.communicate('nonsense\n{"do": "render", "job": {"id": "x"}}\n', timeout=60)
    answers = [json.loads(line) for line in out.splitlines()]
    assert [one["is"] for one in answers] == ["ready", "failed", "failed"]
    assert answers[2]["job"] == "x"
    assert process.returncode == 0


def test_what_is_wrong_is_said_and_nothing_is_written(film: Path, tmp_path: Path) -> None:
    folder = tmp_path / "renders"
    missing = tmp_path / "nowhere.mov"
    wide = replace(shot_of(film, 100, 40), record_frames=200)
    cases: list[tuple[type[OpticalsError], Job]] = [
        (MediaError, job_of(missing, folder)),
        (ShotError, replace(job_of(film, folder), shot=wide)),
        (FormatError, job_of(film, folder, format="dnxhr_hqx")),  # 160x96 is too small for it
        (FormatError, job_of(film, folder, format="vhs")),
    ]
    for expected, job in cases:
        with pytest.raises(expected) as caught:
            run(job)
        assert caught.value.what
        assert not folder.exists() or not list(folder.iterdir())


def test_alpha_needs_a_format_that_carries_it(tmp_path: Path) -> None:
    film = numbered(
        tmp_path / "a.mov", 20, width=64, height=64, pixel_format="yuva444p10le", codec="prores_ks"
    )
    shot = plain_shot("V1:1", "a", str(film), Fraction(25), False, 0, 20, 0, 20, 0, 0, 20)
    job = Job(shot, Recipe((parse_step("copy"),)), Output(tmp_path / "r", "prores_hq"), "cpu")
    with pytest.raises(FormatError, match="alpha"):
        run(job)
    made = run(replace(job, output=replace(job.output, format="prores_4444")))
    assert probe(made.path).alpha


def test_a_missing_model_and_a_wrong_one_are_refused(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("OPTICALS_HOME", str(home))
    job = job_of(film, tmp_path / "r", "slow_motion")
    with pytest.raises(ModelError, match="opticals models pull rife"):
        run(job)
    (home / "models").mkdir(parents=True)
    (home / "models" / "rife.pkl").write_bytes(b"not the model")
    with pytest.raises(ModelError, match="hash"):
        run(job)


def test_a_draft_is_half_the_size_and_marked(film: Path, tmp_path: Path) -> None:
    draft = run(job_of(film, tmp_path, draft=True, handles=0))
    assert draft.draft
    assert (draft.width, draft.height) == (80, 48)
    assert "draft" in draft.name
    final = run(job_of(film, tmp_path, handles=0))
    assert (final.width, final.height) == (160, 96)
    assert not final.draft


def test_two_processes_at_one_shot_each_deliver(film: Path, tmp_path: Path) -> None:
    jobs = [job_of(film, tmp_path, first=3, frames=50), job_of(film, tmp_path, first=3, frames=50)]
    with ThreadPoolExecutor(2) as pool:
        renders = list(pool.map(run, jobs))
    for render in renders:
        assert numbers(render.path) == list(range(65))
        assert render.sidecar.is_file()
    assert not list(tmp_path.glob(".*"))


def test_a_preview_that_was_overtaken_is_answered(film: Path, tmp_path: Path) -> None:
    conversation = Conversation()
    try:
        looks = [replace(job_of(film, tmp_path), id=f"look{n}") for n in range(5)]
        for look in looks:
            conversation.worker.preview(look, 50)
        open_ones, last = {look.id for look in looks}, ""
        while open_ones:
            message = conversation.messages.get(timeout=60)
            if message["is"] in ("preview", "failed"):
                open_ones.remove(message["job"])
                last = message["is"] if message["job"] == "look4" else last
        assert last == "preview"
    finally:
        conversation.worker.close()


class InterruptedQueue(queue.Queue[dict[str, Any]]):
    """Ctrl-C comes while the first answer is awaited."""

    pressed = False

    def get(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if not self.pressed:
            self.pressed = True
            raise KeyboardInterrupt
        return super().get(*args, **kwargs)


def test_ctrl_c_counts_even_when_the_answer_is_already_on_its_way(
    film: Path, tmp_path: Path
) -> None:
    with Session() as session:
        messages = InterruptedQueue()
        session._messages = messages
        session._worker._on_message = messages.put
        with pytest.raises(Cancelled):
            session.check(job_of(film, tmp_path))


def test_what_settings_name_must_stay_the_same_too(film: Path, tmp_path: Path) -> None:
    """A background that is replaced while the render goes on: never half of each."""
    behind = tmp_path / "behind.png"
    cv2.imwrite(str(behind), np.full((96, 160, 3), 200, np.uint8))
    effect = f"key:backing=#00ff00,output=composite,background={behind}"
    job = job_of(film, tmp_path / "r", effect, first=0, frames=FRAMES)

    def replaced(message: dict[str, Any]) -> None:
        if message["stage"] == "render":
            cv2.imwrite(str(behind), np.full((96, 160, 3), 50, np.uint8))

    with pytest.raises(MediaError, match=r"behind\.png was changed"):
        run(job, replaced)
    assert not list((tmp_path / "r").iterdir())
    assert run(job).frames == FRAMES


def test_pixels_of_a_draft_are_those_of_the_final(tmp_path: Path, models: Any) -> None:
    """A disc before green, its matte taken in by 15 pixels: of the same size in both."""
    models("transnetv2")
    rows, columns = torch.meshgrid(torch.arange(240), torch.arange(320), indexing="ij")
    disc = (rows - 120) ** 2 + (columns - 160) ** 2 < 80**2
    green, blue, red = (torch.where(disc, 150, one) for one in (200, 40, 40))
    picture = [(one * 1023 // 255).to(torch.uint16) for one in (green, blue, red)]
    path = write_film(
        tmp_path / "disc.mkv", [picture] * 3, codec="ffv1", pixel_format="gbrp10le",
        options={"level": "3"},
    )  # fmt: skip
    shot = plain_shot("V1:1", "a", str(path), Fraction(25), False, 0, 3, 0, 3, 0, 0, 3)
    recipe = Recipe((parse_step("key:backing=#28c828,output=matte,shrink=15,soften=10"),))
    radii = []
    for drafted in (False, True):
        output = Output(tmp_path / f"r{drafted}", "png", 0, draft=drafted)
        made = run(Job(shot, recipe, output, "cpu"))
        with reading(probe(made.path, Fraction(25))) as reader:
            (planes,) = reader.read(0, 1)
        matte = planes[0].float() / planes[0].float().max()
        middle = matte[matte.shape[0] // 2]
        edge = [float(middle[: len(middle) // 2].lt(level).sum()) for level in (0.2, 0.8)]
        radii.append([160 - one * (320 / len(middle)) for one in edge])
    assert radii[0] == pytest.approx([70, 60], abs=6)
    assert radii[1] == pytest.approx(radii[0], abs=2)


def test_a_first_pass_that_cannot_be_kept_is_used_all_the_same(
    tmp_path: Path, models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    models("transnetv2")
    home = tmp_path / "home"
    (home / "cache").mkdir(parents=True)
    (home / "models").symlink_to(Path(os.environ["OPTICALS_HOME"]) / "models")
    (home / "cache" / "found").write_text("a file where the folder should be")
    monkeypatch.setenv("OPTICALS_HOME", str(home))
    film = write_film(
        tmp_path / "pan.mp4", pan(12, 96, 64, "yuv420p"), pixel_format="yuv420p",
    )  # fmt: skip
    shot = plain_shot("V1:1", "a", str(film), Fraction(25), False, 0, 12, 0, 12, 0, 0, 12)
    recipe = Recipe((parse_step("stabilize"),))
    made = run(Job(shot, recipe, Output(tmp_path / "r", "ffv1", 0), "cpu"))
    assert made.frames == 12
