"""The viewer process as a panel has it: answers, dropping, dying, and what is left over."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from opticals.errors import Cancelled, MediaError, SettingError, WorkerError
from opticals.settings import cache_folder
from opticals.viewer import client, memory
from opticals.viewer.client import Failed, Message, Peaks, Picture, Shown, Sight, Thumb, Viewer
from opticals.viewer.memory import Ring, Shared

from .films import number, numbered, pan, write_film

RATE = Fraction(25)
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")


class Panel:
    """A viewer that is asked and waited for."""

    def __init__(self) -> None:
        self.messages: queue.Queue[Message] = queue.Queue()
        self.viewer = Viewer(self.messages.put)
        self._early: list[Message] = []

    def answer(self, request: int, timeout: float = 60) -> Message:
        for message in self._early:
            if message.id == request:
                self._early.remove(message)
                return message
        while True:
            message = self.messages.get(timeout=timeout)
            if message.id == request:
                return message
            self._early.append(message)

    def picture(self, path: Path, frame: int, **settings: Any) -> Picture:
        channel, scope = settings.pop("channel", "viewer"), settings.pop("scope", "")
        sight = Sight(str(path), frame, RATE, **settings)
        shown = self.answer(self.viewer.picture(sight, channel=channel, scope=scope))
        assert isinstance(shown, Shown), shown
        return shown.picture


@pytest.fixture
def panel() -> Iterator[Panel]:
    made = Panel()
    yield made
    made.viewer.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered(tmp_path_factory.mktemp("films") / "a.mov", 60, options={"g": "12", "bf": "2"})


def pixels(picture: Picture) -> np.ndarray[Any, Any]:
    rows = np.frombuffer(picture.data, np.uint8).reshape(picture.height, picture.stride)
    return rows[:, : picture.width * 4].reshape(picture.height, picture.width, 4)


def shown_number(picture: Picture) -> int:
    return number(torch.from_numpy(pixels(picture)[..., :3].copy()).permute(2, 0, 1))


def eventually(true: Any, seconds: float = 10) -> bool:
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        if true():
            return True
        time.sleep(0.02)
    return False


# --- answers


def test_a_picture(panel: Panel, film: Path) -> None:
    picture = panel.picture(film, 33)
    assert (picture.width, picture.height, picture.stride) == (128, 96, 512)
    assert (picture.source, picture.frame, picture.frames) == ((128, 96), 33, 60)
    assert (picture.alpha, picture.pixel_aspect) == (False, 1)
    assert len(picture.data) == 96 * 512
    assert shown_number(picture) == 33
    small = panel.picture(film, 12, box=(50, 50))
    assert (small.width, small.height, shown_number(small)) == (50, 38, 12)


def test_a_scope_comes_with_its_picture(panel: Panel, film: Path) -> None:
    sight = Sight(str(film), 5, RATE)
    for scope in client.SCOPES:
        shown = panel.answer(panel.viewer.picture(sight, channel="a", scope=scope))
        assert isinstance(shown, Shown)
        assert shown.scope is not None
        assert shown_number(shown.picture) == 5
        assert pixels(shown.scope)[..., :3].max() > 50
        assert not shown.scope.alpha


def test_alpha_is_said(panel: Panel, tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "a.mkv",
        pan(2, 64, 48, "yuva420p"),
        codec="ffv1",
        pixel_format="yuva420p",
        tags=(1, 1, 1, 1),
    )
    picture = panel.picture(path, 0)
    assert picture.alpha
    assert (pixels(picture)[..., :3] <= pixels(picture)[..., 3:]).all()


def test_many_pictures_one_over_the_other_are_all_whole(panel: Panel, film: Path) -> None:
    """None is overwritten while it is read."""
    asked = {
        panel.viewer.picture(Sight(str(film), n % 60, RATE), channel=str(n)): n % 60
        for n in range(300)
    }
    for request, frame in asked.items():
        shown = panel.answer(request)
        assert isinstance(shown, Shown)
        assert shown_number(shown.picture) == frame


def test_a_newer_request_of_a_channel_drops_those_that_wait(panel: Panel, film: Path) -> None:
    panel.picture(film, 0)
    asked = [
        panel.viewer.picture(Sight(str(film), n, RATE), channel="scrub") for n in range(0, 60, 2)
    ]
    other = panel.viewer.picture(Sight(str(film), 7, RATE), channel="wipe")
    answers = [panel.answer(one) for one in asked]
    shown = [one for one in answers if isinstance(one, Shown)]
    dropped = [one for one in answers if isinstance(one, Failed)]
    assert shown_number(shown[-1].picture) == 58
    assert isinstance(answers[-1], Shown)
    assert dropped
    assert all(isinstance(one.error, Cancelled) for one in dropped)
    assert isinstance(panel.answer(other), Shown)


def test_what_is_dropped_is_answered(panel: Panel, film: Path) -> None:
    panel.picture(film, 0)
    thumbs = [
        panel.viewer.thumbnail(Sight(str(film), n, RATE, box=(40, 40 + n))) for n in range(60)
    ]
    panel.viewer.cancel(thumbs[-1])
    panel.viewer.drop(client.THUMBNAILS)
    answers = [panel.answer(one) for one in thumbs]
    failed = [one.error for one in answers if isinstance(one, Failed)]
    assert len(failed) > 30
    assert all(isinstance(one, Cancelled) for one in failed)


def test_a_thumbnail_is_made_once(panel: Panel, film: Path, tmp_path: Path) -> None:
    import cv2

    own = tmp_path / "a.mov"
    own.write_bytes(film.read_bytes())

    def thumb(frame: int) -> Path:
        found = panel.answer(panel.viewer.thumbnail(Sight(str(own), frame, RATE, box=(64, 64))))
        assert isinstance(found, Thumb)
        return Path(found.path)

    first = thumb(20)
    assert first.is_relative_to(cache_folder())
    picture = cv2.imread(str(first))
    assert picture.shape == (48, 64, 3)
    assert number(torch.from_numpy(picture).permute(2, 0, 1)) == 20
    written = first.stat().st_mtime_ns
    assert (thumb(20), first.stat().st_mtime_ns) == (first, written)
    assert thumb(21) != first
    numbered(own, 30, first=200)
    again = thumb(20)
    assert again != first
    assert number(torch.from_numpy(cv2.imread(str(again))).permute(2, 0, 1)) == 220
    assert not list(first.parent.glob(".*"))


def test_nothing_that_it_imports_is_torch(film: Path) -> None:
    """Not even with everything that it can do."""
    code = """
import json, sys, threading
from opticals.viewer import process
from opticals.viewer.memory import SIZE
lines = [json.loads(line) for line in open(sys.argv[1])]
import io
answers = io.StringIO()
server = process.Server(io.StringIO(""), answers, memoryview(bytearray(SIZE >> 4)))
for line in lines:
    server._lanes[line["do"]].put(line)
import time
while any(lane.busy for lane in server._lanes.values()):
    time.sleep(0.01)
assert answers.getvalue().count('"is"') >= len(lines), answers.getvalue()
assert "failed" not in answers.getvalue(), answers.getvalue()
heavy = {"torch", "diffusers", "transformers", "PySide6", "scipy"} & set(sys.modules)
assert not heavy, heavy
"""
    sight = Sight(str(film), 3, RATE).to_json()
    pq = {**sight, "interpretation": {**sight["interpretation"], "colour_space": "pq"}}
    log = {**sight, "interpretation": {**sight["interpretation"], "colour_space": "ARRI LogC4"}}
    asked: list[dict[str, Any]] = [
        {"do": "picture", "sight": one, "scope": scope, "channel": str(n)}
        for n, (one, scope) in enumerate(
            [(sight, ""), (pq, ""), (log, ""), *((sight, kind) for kind in client.SCOPES)]
        )
    ]
    asked.append({"do": "thumbnail", "sight": sight, "channel": "t"})
    asked.append({"do": "peaks", "path": str(film), "channel": "p"})
    asked.append({"do": "sound", "path": str(film), "start": "1/3", "samples": 9, "channel": "s"})
    lines = film.with_name("asked.json")
    lines.write_text("\n".join(json.dumps({**one, "id": n}) for n, one in enumerate(asked)))
    subprocess.run([sys.executable, "-c", code, str(lines)], check=True, timeout=120)


def test_the_client_imports_nothing_heavy() -> None:
    code = (
        "import sys, opticals.viewer.client\n"
        "heavy = {'torch', 'av', 'cv2', 'numpy', 'PyOpenColorIO'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- bad input


def test_media_that_cannot_be_shown(panel: Panel, film: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mov"
    empty.touch()
    torn = tmp_path / "torn.mov"
    torn.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(os.urandom(100_000))
    raw = tmp_path / "clip.r3d"
    raw.write_bytes(b"\0\0\0\0RED2" + bytes(1000))
    for path in (tmp_path / "gone.mov", empty, torn, noise, raw, tmp_path, tmp_path / "a.%d.exr"):
        sight = Sight(str(path), 0, RATE)
        asked = [panel.viewer.picture(sight, channel="a"), panel.viewer.thumbnail(sight)]
        if path.suffix != ".exr" and path != tmp_path:
            asked.append(panel.viewer.sound(str(path), Fraction(0), 10))
            asked.append(panel.viewer.peaks(str(path)))
        for request in asked[:2] if path is torn or path is raw else asked:
            failed = panel.answer(request)
            assert isinstance(failed, Failed), (path, failed)
            assert isinstance(failed.error, MediaError), failed.error
            assert failed.error.what
            assert failed.error.remedy
    assert shown_number(panel.picture(film, 4)) == 4


def test_a_damaged_frame_is_said_and_the_others_are_shown(panel: Panel, tmp_path: Path) -> None:
    path = numbered(tmp_path / "a.mov", 20, codec="prores", pixel_format="yuv422p10le")
    data = bytearray(path.read_bytes())
    place = -1
    for _ in range(11):
        place = data.index(b"icpf", place + 1)
    data[place : place + 400] = bytes(400)
    path.write_bytes(data)
    assert shown_number(panel.picture(path, 9)) == 9
    failed = panel.answer(panel.viewer.picture(Sight(str(path), 10, RATE), channel="a"))
    assert isinstance(failed, Failed)
    assert "frame 10 cannot be decoded" in failed.error.what
    assert shown_number(panel.picture(path, 15)) == 15


def test_what_the_user_chose_wrongly(panel: Panel, film: Path, tmp_path: Path) -> None:
    sight = Sight(str(film), 0, RATE, lut=str(tmp_path / "none.cube"))
    failed = panel.answer(panel.viewer.picture(sight, channel="a"))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, SettingError)


def test_damaged_media_are_refused_in_words_and_never_hang(
    panel: Panel, film: Path, tmp_path: Path
) -> None:
    whole = film.read_bytes()
    rng = np.random.default_rng(5)
    for round_ in range(25):
        data = bytearray(whole)
        for place in rng.integers(0, len(data), 40):
            data[place] = rng.integers(0, 256)
        path = tmp_path / f"{round_}.mov"
        path.write_bytes(data)
        for frame in (0, 30, 59):
            answer = panel.answer(
                panel.viewer.picture(Sight(str(path), frame, RATE), channel="a"), 30
            )
            assert isinstance(answer, Shown | Failed)
            if isinstance(answer, Failed):
                assert answer.error.what


# --- dying


def test_it_starts_again_after_it_was_killed(panel: Panel, film: Path) -> None:
    panel.picture(film, 0)
    before = panel.viewer.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)
    asked = [panel.viewer.picture(Sight(str(film), n, RATE), channel=str(n)) for n in range(4)]
    asked.append(panel.viewer.thumbnail(Sight(str(film), 9, RATE)))
    asked.append(panel.viewer.peaks(str(film)))
    time.sleep(0.1)
    os.kill(before, signal.SIGKILL)
    for request in asked:
        failed = panel.answer(request)
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, WorkerError)
        assert failed.error.remedy
    assert shown_number(panel.picture(film, 21)) == 21
    assert panel.viewer.pid not in (None, before)


def test_killed_over_and_over_every_request_is_answered(panel: Panel, film: Path) -> None:
    for round_ in range(4):
        asked = [panel.viewer.picture(Sight(str(film), n, RATE), channel=str(n)) for n in range(30)]
        time.sleep(0.02 * round_)
        if panel.viewer.pid is not None:
            os.kill(panel.viewer.pid, signal.SIGKILL)
        for request in asked:
            assert isinstance(panel.answer(request), Shown | Failed)
    assert shown_number(panel.picture(film, 3)) == 3


@needs_proc
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_the_panel_and_leaves_nothing(kill: int, film: Path) -> None:
    code = """
import sys, time
from fractions import Fraction
from opticals.viewer.client import *
def heard(message):
    print(viewer.pid, flush=True)
viewer = Viewer(heard)
for n in range(100):
    viewer.picture(Sight(sys.argv[1], n % 60, Fraction(25)), channel=str(n))
time.sleep(100)
"""
    before = _segments()
    panel = subprocess.Popen(
        [sys.executable, "-c", code, str(film)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert panel.stdout is not None
    assert panel.stderr is not None
    pid = int(panel.stdout.readline())
    panel.send_signal(kill)
    panel.wait()
    assert eventually(lambda: not _runs(pid))
    assert _segments() == before
    assert panel.stderr.read() == ""
    panel.stdout.close()
    panel.stderr.close()


def test_closing_ends_it(film: Path) -> None:
    panel = Panel()
    panel.picture(film, 0)
    pid = panel.viewer.pid
    assert pid is not None
    for n in range(50):
        panel.viewer.picture(Sight(str(film), n, RATE), channel=str(n))
    started = time.monotonic()
    panel.viewer.close()
    assert time.monotonic() - started < 3
    assert not _runs(pid)
    assert panel.viewer.picture(Sight(str(film), 0, RATE), channel="late") > 0
    panel.viewer.drop("late")
    panel.viewer.close()


@pytest.mark.alone
def test_asking_never_waits(film: Path) -> None:
    """Not for the process to start, nor for one that does not listen."""
    panel = Panel()
    worst = 0.0
    for n in range(2000):
        started = time.perf_counter()
        panel.viewer.picture(Sight(str(film), 0, RATE), channel="a")
        worst = max(worst, time.perf_counter() - started)
        if n == 100:
            assert eventually(lambda: panel.viewer.pid is not None)
            os.kill(panel.viewer.pid or 0, signal.SIGSTOP)
    os.kill(panel.viewer.pid or 0, signal.SIGKILL)
    assert worst < 0.05
    panel.viewer.close()


def test_a_process_that_cannot_be_started(
    panel: Panel, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.sys, "executable", "/nowhere/python")
    failed = panel.answer(panel.viewer.picture(Sight(str(film), 0, RATE), channel="a"))
    assert isinstance(failed, Failed)
    assert "cannot be started" in failed.error.what
    monkeypatch.undo()
    assert shown_number(panel.picture(film, 2)) == 2


def test_a_medium_that_a_library_hangs_at_is_given_up(film: Path) -> None:
    code = """
import time
from opticals.viewer import media, process
process._HANGS = 1
media.Medium.read = lambda *given: time.sleep(100)
process.main()
"""
    shared = Shared()
    process = subprocess.Popen(
        [sys.executable, "-c", code, shared.handle],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=shared.files,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    sight = Sight(str(film), 0, RATE).to_json()
    request = {"do": "picture", "id": 1, "sight": sight, "channel": "a", "scope": ""}
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    answers = [json.loads(line) for line in process.stdout]
    assert process.wait(10) == 1
    assert answers[-1]["is"] == "failed"
    assert str(film) in answers[-1]["error"]["what"]
    assert answers[-1]["error"]["remedy"]
    process.stdin.close()
    process.stdout.close()
    shared.close()


# --- shared memory


def test_memory_with_a_name_works_too(
    panel: Panel, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on systems that have none without."""
    monkeypatch.setattr(client, "Shared", lambda: Shared(nameless=False))
    before = _segments()
    assert [shown_number(panel.picture(film, n)) for n in (5, 6, 50)] == [5, 6, 50]
    assert _segments() == before  # gone as soon as both have it
    pid = panel.viewer.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    sight = Sight(str(film), 7, RATE)
    assert eventually(  # what is asked while it dies fails
        lambda: isinstance(panel.answer(panel.viewer.picture(sight, channel="a")), Shown)
    )
    panel.viewer.close()
    assert _segments() == before


def test_places_are_given_out_and_taken_back() -> None:
    ring = Ring(1000)
    first, second = ring.take(300), ring.take(300)
    assert (first, second, ring.take(500)) == (0, 320, None)
    assert first is not None
    ring.give(first)
    assert (ring.take(310), ring.take(300)) == (0, 640)
    assert ring.take(61) is None
    rng = np.random.default_rng(0)
    ring, taken = Ring(100_000), {}
    for _ in range(2000):
        if taken and rng.random() < 0.5:
            at = int(rng.choice(list(taken)))
            ring.give(at)
            del taken[at]
            continue
        size = int(rng.integers(1, 9000))
        at = ring.take(size)
        if at is not None:
            assert at + size <= 100_000
            assert all(at + size <= a or a + s <= at for a, s in taken.items())
            taken[at] = size


def test_a_picture_beyond_the_shared_memory(panel: Panel, tmp_path: Path) -> None:
    side = int((memory.SIZE // 4) ** 0.5) + 64
    path = tmp_path / "large.png"
    import cv2

    cv2.imwrite(str(path), np.zeros((side, side), np.uint8))
    failed = panel.answer(panel.viewer.picture(Sight(str(path), 0, RATE), channel="a"))
    assert isinstance(failed, Failed)
    assert "too large" in failed.error.what
    assert panel.picture(path, 0, box=(100, 100)).source == (side, side)


def test_requests_survive_the_way_there() -> None:
    from opticals.media.facts import Interpretation

    sight = Sight("/a b/ü.mov", 7, Fraction(24000, 1001), Interpretation("keep"), (3, 4), "/l.cube")
    assert Sight.from_json(sight.to_json()) == sight


def test_peaks_and_sound_of_a_silent_film(panel: Panel, film: Path) -> None:
    peaks = panel.answer(panel.viewer.peaks(str(film)))
    assert isinstance(peaks, Peaks)
    assert (Path(peaks.path).read_bytes(), peaks.final) == (b"", True)
    sound = panel.answer(panel.viewer.sound(str(film), Fraction(1, 3), 100))
    assert isinstance(sound, client.Sound)
    assert sound.pcm == bytes(400)


def _segments() -> set[str]:
    return {one.name for one in Path("/dev/shm").glob("psm_*")} if os.name == "posix" else set()


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rsplit(")", 1)[1].split()[0] not in ("Z", "X")
