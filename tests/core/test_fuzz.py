"""Bad media: mutated, unreadable, gone while rendered; and disks that fill at any moment."""

from __future__ import annotations

import os
import queue
import resource
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from opticals.errors import MediaError, OpticalsError, OutputError
from opticals.jobs.client import Worker
from opticals.media.read.probe import examine, identity
from opticals.recipe import Recipe, parse_step
from opticals.rendering.engine import render
from opticals.rendering.job import Job, Output
from opticals.settings import cache_folder
from tests import fuzz
from tests.core.edits import plain_shot

from .films import numbered, numbers
from .sounds import film_with_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNT = 72  # `make fuzz` tries a thousand
NOBODY = 65534


def test_mutated_media_are_read_or_refused_in_words(tmp_path: Path) -> None:
    outcomes = fuzz.fuzz(COUNT, 0, tmp_path)
    wrong = [f"{one.name}: {one.kind}\n{one.told}" for one in outcomes if not one.ok]
    assert not wrong, "\n\n".join(wrong)
    kinds = Counter(one.kind for one in outcomes)
    assert kinds["read"] >= COUNT // 10  # not all that is changed is damage
    assert kinds["refused"] >= COUNT // 4
    assert kinds["died"] <= COUNT // 20


def test_good_media_are_read(tmp_path: Path) -> None:
    """Else every refusal above could be one of the good file."""
    for file in fuzz.films(tmp_path):
        assert fuzz._answer(file) == {"kind": "read"}, file


def job_of(film: Path, folder: Path, frames: int = 50, seed: int = 0, **output: Any) -> Job:
    rate = Fraction(25)
    shot = plain_shot("V1:1", "a", str(film), rate, False, 0, frames, 0, frames, 0, 0, frames)
    output = {"format": "prores_proxy", "handles": 0, **output}
    return Job(shot, Recipe((parse_step("copy"),), seed), Output(folder, **output), "cpu")


def test_a_source_that_disappears_while_it_is_rendered(tmp_path: Path) -> None:
    """Through the worker, which says so and works on."""
    film = numbered(
        tmp_path / "a.mov", 400, width=320, height=240, codec="prores", pixel_format="yuv422p10le"
    )
    job = job_of(film, tmp_path / "r", 400, seed=1)
    messages: queue.Queue[dict[str, Any]] = queue.Queue()
    worker = Worker(messages.put)
    try:
        worker.render(job)
        answer: dict[str, Any] = {}
        cut = False
        while answer.get("is") not in ("failed", "done"):
            answer = messages.get(timeout=60)
            if not cut and answer.get("stage") == "render" and answer["done"] >= 20:
                cut = True
                with film.open("r+b") as file:
                    file.truncate(film.stat().st_size // 10)
                film.unlink()
        assert answer["is"] == "failed"
        error = OpticalsError.from_json(answer["error"])
        assert isinstance(error, MediaError)
        # Whoever comes first to it: the decoder, or the look at the medium after each segment.
        assert "a.mov: frame" in error.what or "a.mov went away while" in error.what
        assert error.remedy
        assert not list((tmp_path / "r").iterdir())
        assert not list(cache_folder().rglob("*.partial*"))

        other = numbered(tmp_path / "b.mov", 10)
        worker.render(job_of(other, tmp_path / "r", 10))
        while answer.get("is") != "done":
            answer = messages.get(timeout=60)
            assert answer["is"] != "failed", answer
    finally:
        worker.close()


@contextmanager
def a_disk_that_holds(size: int) -> Iterator[None]:
    """No file can grow beyond `size` bytes, which reads as a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("container", ["mov", "mxf"])
def test_a_disk_that_fills_at_any_moment(container: str, tmp_path: Path) -> None:
    """While segments are encoded, while they are joined, while the sidecar is written."""
    film = film_with_sound(tmp_path / "a.mov", 50, Fraction(25))
    folder = tmp_path / "r"
    job = job_of(film, folder, seed=2 + len(container) + ord(container[1]), container=container)
    whole = render(replace(job, output=replace(job.output, folder=tmp_path / "good")), *QUIET)
    size = whole.path.stat().st_size
    segments = sorted(path.stat().st_size for path in cache_folder().rglob("*.mov"))
    moments = [size * part // 8 for part in range(8)] + [size - 1, size - 4000]
    for seed, room in enumerate([0, 100, segments[0] // 2, *moments]):
        # Segments of its own for the smallest, those of before for the others.
        recipe = replace(job.recipe, seed=1000 + seed) if room < segments[0] else job.recipe
        with a_disk_that_holds(room), pytest.raises(OutputError) as caught:
            render(replace(job, recipe=recipe), *QUIET)
        assert caught.value.why, room
        assert caught.value.remedy, room
        assert not folder.exists() or not list(folder.iterdir()), room
        assert not list(cache_folder().rglob("*.partial*")), room
    made = render(job, *QUIET)
    assert numbers(made.path) == list(range(50))


QUIET = (lambda *_: None, lambda: None)


@contextmanager
def nobody() -> Iterator[None]:
    """As a user who owns nothing; root may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_may_not_be_read(tmp_path: Path) -> None:
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        if os.geteuid() == 0 and folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o011)
    film = numbered(tmp_path / "film.mov", 5)
    closed = tmp_path / "closed"
    closed.mkdir()
    hidden = numbered(closed / "hidden.mov", 5)
    picture = tmp_path / "a.0001.png"
    picture.write_bytes(b"x")
    film.chmod(0)
    picture.chmod(0)
    closed.chmod(0)
    try:
        for path in (film, hidden, picture, closed):
            for read in (examine, identity):
                with nobody(), pytest.raises(MediaError, match=path.name) as caught:
                    read(path)
                assert "ermission" in str(caught.value), (path, read)
                assert caught.value.remedy
    finally:
        closed.chmod(0o700)


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = numbered(tmp_path / "a.mov", 5)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OutputError, match="file"):
        render(job_of(film, file / "r", 5), *QUIET)
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        if os.geteuid() == 0:
            folder.chmod(folder.stat().st_mode | 0o055)
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o777)
    monkeypatch.setenv("OPTICALS_HOME", str(home))
    with nobody(), pytest.raises(OutputError, match="closed") as caught:
        render(job_of(film, closed, 5, seed=3), *QUIET)
    assert caught.value.remedy
    assert not list(closed.iterdir())
