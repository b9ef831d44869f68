"""`opticals watch` as a process: real media, edits by real editors, real kills."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from opticals.jobs.entries import Entry
from opticals.jobs.queue import Queue
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.rendering.job import HANDLES
from opticals.rendering.plan import SEGMENT
from opticals.timeline.edit import Edit
from tests import corpus

from . import commands
from .commands import shown
from .films import number, numbered
from .slowly import slowly

needs_corpus = pytest.mark.skipif(
    not corpus.CORPUS.is_dir(), reason=f"no corpus of edits at {corpus.CORPUS}"
)


class Process:
    """The command at work; its events as they come."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.events: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "opticals", "watch", str(folder), "--json", "--every", "0.2",
             "--settle", "1", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        self._readers = [
            threading.Thread(target=one, daemon=True) for one in (self._read, self._drain)
        ]
        self.said = ""
        for one in self._readers:
            one.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    def _drain(self) -> None:
        assert self._process.stderr is not None
        self.said = self._process.stderr.read()

    def wait_for(self, kind: str, count: int = 1, timeout: float = 120) -> dict[str, Any]:
        """The event of this kind, when there are so many."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            found = [one for one in self.events if one["event"] == kind]
            if len(found) >= count:
                return found[count - 1]
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f"no {kind}: {self.events} {self.said}")

    def kinds(self) -> list[str]:
        return [one["event"] for one in self.events]

    def end(self, by: signal.Signals = signal.SIGINT) -> int:
        if self._process.poll() is None:
            self._process.send_signal(by)
        return self.wait()

    def wait(self, timeout: float = 120) -> int:
        status = self._process.wait(timeout)
        for one in self._readers:
            one.join(timeout)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        return status


@pytest.fixture
def watch() -> Iterator[Callable[..., Process]]:
    begun: list[Process] = []

    def start(folder: Path, *options: str) -> Process:
        begun.append(Process(folder, *options))
        return begun[-1]

    yield start
    for one in begun:
        one.end(signal.SIGKILL)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


def marked(
    folder: Path, path: Path, *, recipe: str = "copy", at: int = 35, frames: int = 10
) -> Path:
    """The shared edit with a marker on its second clip, `at` frames from its medium's first."""
    timeline = otio.adapters.read_from_file(str(folder / "cut.otio"))
    for one in timeline.find_clips():
        one.media_reference.target_url = str(folder / one.media_reference.target_url)
    timeline.tracks[0][1].markers.append(
        otio.schema.Marker(f"opticals: {recipe}", commands.span(commands.START + at, frames))
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    source = path.with_name(f".{path.stem}.source.otio")
    otio.adapters.write_to_file(timeline, str(source))
    if path.suffix == ".otio":
        source.replace(path)
        return path
    made = path.with_name(f".{path.name}")
    Edit.open(source).save(made.with_name(f"x{path.suffix}"), program="generic")
    made.with_name(f"x{path.suffix}").replace(path)
    for one in path.parent.glob("x*"):
        one.unlink()
    source.unlink()
    return path


def outputs(folder: Path) -> list[str]:
    found = (one.name for one in folder.glob("[!.]*_opticals_v*"))
    return sorted(one for one in found if "master" not in one)


def test_exports_come_back_with_their_renders(
    folder: Path, tmp_path: Path, watch: Callable[..., Process]
) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    running = watch(exports, "--deep")
    running.wait_for("watching")
    whole = marked(folder, tmp_path / "cut.xml").read_bytes()
    with (exports / "cut.xml").open("wb") as file:  # a program that takes its time
        for part in (whole[:2000], whole[2000:4000], whole[4000:]):
            file.write(part)
            file.flush()
            time.sleep(0.7)
    marked(folder, exports / "reel 2" / "Größe.otio")
    running.wait_for("written", 2)
    assert running.kinds().count("failed") == 0
    # XML keeps a dissolve only around the middle of the cut, which moves it by a frame.
    in_xml = [*range(20, 60), *range(130, 181), *range(211, 270)]
    for edit, numbers in (
        (exports / "cut_opticals_v001.xml", in_xml),
        (exports / "reel 2/Größe_opticals_v001.otio", commands.source_numbers()),
    ):
        master = edit if edit.suffix == ".otio" else edit.with_name(f"{edit.name}.master.otio")
        assert shown(master) == numbers
        (render,) = master.parent.glob("*.opticals/*.mov")
        assert len([one for one in Edit.open(edit).timeline.find_clips()
                    if render.name in str(one.media_reference.target_url)]) == 1  # fmt: skip
    # The same again, and one changed by an editor who trimmed the marker.
    (exports / "cut.xml").write_bytes(whole)
    running.wait_for("unchanged")
    marked(folder, exports / "cut.xml", frames=6)
    assert running.wait_for("written", 3)["edit"].endswith("cut_opticals_v002.xml")
    assert running.end() == 130
    assert running.kinds()[-1] == "stopped"
    before = {one: one.stat().st_mtime_ns for one in exports.rglob("*")}
    again = watch(exports, "--deep", "--once")
    assert again.wait() == 0
    assert again.kinds() == ["watching"]
    assert {one: one.stat().st_mtime_ns for one in exports.rglob("*")} == before


def test_what_is_rendered_is_not_rendered_again(
    folder: Path, tmp_path: Path, watch: Callable[..., Process]
) -> None:
    edit = marked(folder, tmp_path / "cut.otio")
    first = watch(tmp_path, "--once")
    assert first.wait() == 0
    (render,) = (tmp_path / "cut.opticals").glob("*.mov")
    made = render.stat().st_mtime_ns
    timeline = otio.adapters.read_from_file(str(edit))
    timeline.tracks[0][0].name = "renamed"  # another export, the same frames asked for
    otio.adapters.write_to_file(timeline, str(edit))
    second = watch(tmp_path, "--once")
    assert second.wait() == 0
    assert second.wait_for("rendered")["frames"] == 0
    assert outputs(tmp_path) == ["cut_opticals_v001.otio", "cut_opticals_v002.otio"]
    assert list((tmp_path / "cut.opticals").glob("*.mov")) == [render]
    assert render.stat().st_mtime_ns == made


def test_what_does_not_go_is_said_beside_the_export(
    folder: Path, tmp_path: Path, watch: Callable[..., Process]
) -> None:
    bad = marked(folder, tmp_path / "bad.otio", recipe="upscale scale=99")
    nothing = tmp_path / "nothing.otio"
    shutil.copy(folder / "cut.otio", nothing)
    half = tmp_path / "half.otio"
    half.write_bytes(bad.read_bytes()[:3000])
    (tmp_path / "M01.xml").write_text("<NonRealTimeMeta/>")
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    running = watch(tmp_path, "--once")
    assert running.wait() == 1
    texts = {one.name: one.read_text("utf-8-sig") for one in tmp_path.glob("*.txt")}
    assert set(texts) == {f"{one}.otio.opticals.txt" for one in ("bad", "half")}
    said = {Path(one["export"]).name: one["text"] for one in running.events if one["export"]}
    assert "opticals: EFFECT" in said["nothing.otio"]
    assert "no edit" in said["M01.xml"]
    assert "scale=99" in texts["bad.otio.opticals.txt"]
    assert outputs(tmp_path) == []
    assert {one: one.read_bytes() for one in before} == before
    marked(folder, bad)  # mended, and exported again
    assert watch(tmp_path, "--once").wait() == 1  # the half one is still there
    assert not (tmp_path / "bad.otio.opticals.txt").exists()
    assert outputs(tmp_path) == ["bad_opticals_v001.otio"]


def test_a_misspelt_marker_does_not_hold_up_the_others(
    folder: Path, tmp_path: Path, watch: Callable[..., Process]
) -> None:
    exports = tmp_path / "exports"
    edit = marked(folder, exports / "cut.otio")
    timeline = otio.adapters.read_from_file(str(edit))
    mark = timeline.tracks[0][1].markers[0]
    for text, at in (("opticals: denoize", 2), ("opticals: upscale scale=99", 20)):
        bad = mark.deepcopy()
        bad.name = "comment"
        bad.comment = text
        bad.marked_range = commands.span(commands.START + 30 + at, 1)
        timeline.tracks[0][1].markers.append(bad)
    otio.adapters.write_to_file(timeline, str(edit))
    running = watch(exports, "--once")
    assert running.wait() == 1
    assert outputs(exports) == ["cut_opticals_v001.otio"]
    assert shown(exports / "cut_opticals_v001.otio") == commands.source_numbers()
    (render,) = (exports / "cut.opticals").glob("*.mov")
    assert render.name.startswith("V1-2_copy")
    opened = Edit.open(edit)
    clip = opened.shot("V1:2")
    text = (exports / "cut.otio.opticals.txt").read_text("utf-8-sig")
    assert "rendered in part: cut_opticals_v001.otio" in text
    wrong = [one for one in running.events if one["event"] == "failed"]
    assert len(wrong) == 2
    for one, at in zip(wrong, (2, 20), strict=True):
        assert one["error"]["error"] == "SettingError"
        timecode = clip.timecode(clip.record + at)
        assert timecode in one["text"]
        assert timecode in text
    assert "Did you mean “denoise”?" in wrong[0]["text"]
    assert "Did you mean “denoise”?" in text
    assert "scale=99" in text
    # The same again from the command line, which renders nothing of a bad edit unless told to.
    before = {one: one.stat().st_mtime_ns for one in exports.rglob("*")}
    answer, status = commands.opticals_command("render", edit, "--markers", check=False)
    assert status == 1
    assert answer["what"] == "2 markers ask for what cannot be done."
    assert "--keep-going" in answer["remedy"]
    assert {one: one.stat().st_mtime_ns for one in exports.rglob("*")} == before
    answer, status = commands.opticals_command(
        "render", edit, "--markers", "--keep-going", check=False
    )
    assert status == 1
    assert answer["edit"].endswith("cut_opticals_v002.otio")
    assert [one["error"] for one in answer["wrong"]] == ["SettingError"] * 2
    # Mended, and exported again.
    marked(folder, edit)
    assert watch(exports, "--once").wait() == 0
    assert not (exports / "cut.otio.opticals.txt").exists()


def test_two_processes_share_the_work(
    folder: Path, tmp_path: Path, watch: Callable[..., Process]
) -> None:
    for at in range(3):
        marked(folder, tmp_path / f"cut{at}.otio", at=31 + at, frames=8)
    both = watch(tmp_path), watch(tmp_path)
    end = time.monotonic() + 120
    while len(outputs(tmp_path)) < 3 and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(2)
    for one in both:
        one.end()
    assert outputs(tmp_path) == [f"cut{at}_opticals_v001.otio" for at in range(3)]
    assert sum(one.kinds().count("written") for one in both) == 3
    assert not list(tmp_path.rglob("*.lock"))


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_killed_in_the_middle_it_goes_on(
    by: signal.Signals, tmp_path: Path, site: Path, watch: Callable[..., Process]
) -> None:
    film = numbered(tmp_path / "film.mov", 150, timecode="01:00:00:00")
    clip = otio.schema.Clip(
        "long",
        otio.schema.ExternalReference(str(film), commands.span(commands.START, 150)),
        commands.span(commands.START + 10, 120),
    )
    clip.markers.append(
        otio.schema.Marker("opticals: slowly", commands.span(commands.START + 10, 1))
    )
    exports = tmp_path / "exports"
    edit = commands.cut_of(exports, clip)
    options = ("--seed", str(int(by)))  # so that none finds what another one rendered
    cache = Path(os.environ["OPTICALS_HOME"]) / "cache"
    with slowly(site) as brake:
        count = _segments(cache)
        running = watch(exports, *options)
        running.wait_for("export")
        end = time.monotonic() + 120
        while _segments(cache) < count + 2:
            assert time.monotonic() < end, running.events
            time.sleep(0.02)
        (job,) = queued(exports)
        assert (job.state, job.asked["name"]) == ("running", "small.otio")
        status = running.end(by)
        if by is not signal.SIGKILL:
            assert queued(exports) == []  # nobody goes on with what nobody waits for
        assert status == (-signal.SIGKILL if by is signal.SIGKILL else 130)
        assert outputs(exports) == []
        brake.let_go()
        again = watch(exports, *options)
        rendered = again.wait_for("rendered")
        again.wait_for("written")
        again.end()
        (job,) = queued(exports)  # none is left of the one that was killed
    assert job.state == "placed"
    frames = 10 + 120 + HANDLES  # before the clip there are no more
    assert job.progress.done == job.progress.total == frames
    assert 0 < rendered["frames"] <= frames - 2 * SEGMENT  # the rest was there
    assert outputs(exports) == ["small_opticals_v001.otio"]
    assert shown(exports / "small_opticals_v001.otio") == shown(edit) == list(range(10, 130))
    assert not list(exports.rglob("*.lock"))


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_an_export_asks_for_stands_in_the_queue_and_is_steered_there(
    tmp_path: Path, site: Path, watch: Callable[..., Process]
) -> None:
    film = numbered(tmp_path / "film.mov", 300, timecode="01:00:00:00")
    clips = []
    for name, first in (("long", 10), ("short", 150)):
        clips.append(
            otio.schema.Clip(
                name,
                otio.schema.ExternalReference(str(film), commands.span(commands.START, 300)),
                commands.span(commands.START + first, 120),
            )
        )
        clips[-1].markers.append(
            otio.schema.Marker("opticals: slowly", commands.span(commands.START + first, 1))
        )
    exports = tmp_path / "exports"
    commands.cut_of(exports, *clips)
    with slowly(site) as brake:
        running = watch(exports, "--once", "--seed", "77")
        wait_until(lambda: [one.state for one in queued(exports)] == ["running", "waiting"])
        first, second = queued(exports)
        assert [one.job.shot.name for one in (first, second)] == ["long", "short"]
        with Queue() as queue:
            queue.pause([second.id])
            queue.stop([first.id])
        said = running.wait_for("note")["text"]
        assert "paused" in said
        assert second.id[:8] in said
        brake.let_go()
        with Queue() as queue:
            queue.resume([second.id])
        assert running.wait() == 1
        states = {one.job.shot.name: one.state for one in queued(exports)}
    assert states == {"long": "stopped", "short": "placed"}
    assert "stopped in the queue" in running.wait_for("failed")["text"]
    assert "stopped in the queue" in (exports / "small.otio.opticals.txt").read_text("utf-8-sig")
    new = Edit.open(exports / "small_opticals_v001.otio")
    assert [new.shot(id).placed for id in ("V1:1", "V1:2")] == [False, True]


def queued(exports: Path) -> list[Entry]:
    """What of a folder's exports stands in the queue."""
    with Queue() as queue:
        return [one for one in queue.entries() if Path(one.job.shot.edit).parent == exports]


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def _segments(cache: Path) -> int:
    return sum(1 for one in cache.rglob("*.mov") if not one.name.startswith("."))


@needs_corpus
def test_a_premiere_export_with_its_media(tmp_path: Path, watch: Callable[..., Process]) -> None:
    """A real sequence of Premiere: four tracks, nested sequences, transitions, other rates."""
    media = tmp_path / "media"
    media.mkdir()
    film = numbered(media / "sc01_sh020_anim.mov", 200, rate=Fraction(30), timecode="00:00:00:00")
    text = (corpus.CORPUS / "fcp__premiere_example.xml").read_text()
    windows = "file://localhost/D%3a/media/sc01_sh020_anim.mov"
    assert windows in text
    text = text.replace(windows, film.as_uri().replace("///", "//localhost/"))
    at = text.index("</clipitem>", text.index('<clipitem id="clipitem-3"'))
    mark = "<marker><comment>opticals: copy</comment><name></name><in>20</in><out>50</out></marker>"
    exports = tmp_path / "exports"
    exports.mkdir()
    export = exports / "sc01.xml"
    export.write_text(text[:at] + mark + text[at:])
    running = watch(exports, "--once")
    status = running.wait()
    assert status == 0, running.events
    new = Edit.open(exports / "sc01_opticals_v001.xml")
    (placed,) = [one for one in new.timeline.find_clips() if "_copy_v001" in str(
        getattr(one.media_reference, "target_url", "")
    )]  # fmt: skip
    lane, slot = next(
        (lane, slot) for lane in new.lanes() for slot in lane.slots if slot.item is placed
    )
    assert (lane.id, lane.record(slot)) == ("V2", (165 + 20, 165 + 50))
    shot = new.shot(str(slot.id))
    with reading(probe(Path(shot.media))) as reader:
        frames = [number(one) for one in reader.read(shot.first, shot.first + shot.frames)]
    assert frames == list(range(20, 50))
    said = [one["text"] for one in running.events if one["event"] == "note"]
    assert any("kept in sc01_opticals_v001.xml.master.otio" in one for one in said)


@needs_corpus
def test_edits_by_real_editors_get_an_answer_each_and_stay_as_they_are(
    tmp_path: Path, watch: Callable[..., Process]
) -> None:
    """Their media is offline: what asks for nothing or cannot be read is said, nothing breaks."""
    for one in corpus.files():
        shutil.copy(one, tmp_path)
    before = _hashes(tmp_path)
    running = watch(tmp_path, "--once", "--rate", "24")
    assert running.wait() == 1
    kinds = {Path(one["export"]).name: one["event"] for one in running.events if one["export"]}
    assert set(kinds) == set(before)
    assert set(kinds.values()) == {"nothing", "failed"}
    assert {name: one for name, one in _hashes(tmp_path).items() if name in before} == before
    answers = {one.name.removesuffix(".opticals.txt") for one in tmp_path.glob("*.opticals.txt")}
    assert answers == {name for name, kind in kinds.items() if kind == "failed"}
    assert outputs(tmp_path) == []


def _hashes(folder: Path) -> dict[str, str]:
    return {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest()
        for one in folder.iterdir()
        if one.is_file()
    }


@pytest.mark.parametrize(
    "option",
    [("--for", "nobody"), ("--written-by", "nobody"), ("--format", "none"), ("--container", "avi")],
)
def test_what_would_fail_every_export_is_said_at_once(
    option: tuple[str, str], folder: Path, tmp_path: Path, watch: Callable[..., Process]
) -> None:
    marked(folder, tmp_path / "cut.otio")
    running = watch(tmp_path, *option)
    assert running.wait() == 1
    assert running.kinds() == ["failed"]
    assert option[1] in running.events[0]["text"]
    assert not list(tmp_path.glob("*.txt"))


def test_a_folder_that_is_not_there(tmp_path: Path, watch: Callable[..., Process]) -> None:
    running = watch(tmp_path / "none")
    assert running.wait() == 1
    assert running.kinds() == ["failed"]
    assert running.events[-1]["error"]["error"] == "EditError"
