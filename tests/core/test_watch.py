"""Watched folders: what counts as an export, when it is written, and that each is done once."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opticals.errors import EditError, OutputError, ShotError
from opticals.jobs import living
from opticals.watching import answer, exports, ledger
from opticals.watching.events import Kind, Teller
from opticals.watching.exports import Settling, Stamp, look
from opticals.watching.ledger import Entry, State
from opticals.watching.watch import DOUBT, Done, Watch, Work

XML = b'<?xml version="1.0"?>\n<!DOCTYPE xmeml>\n<xmeml version="4">%s</xmeml>\n'
_TIMES = itertools.count(1_700_000_000)


def write(path: Path, text: str = "a") -> Path:
    """A file that is another one, whatever the clock's grain."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(XML % text.encode())
    at = next(_TIMES)
    os.utime(path, (at, at))
    return path


class Bench:
    """A watch on a folder with a clock of its own, looked at step by step."""

    def __init__(self, folder: Path, do: Callable[[Work], Done] | None = None) -> None:
        self.folder = folder
        self.now = 0.0
        self.done: list[tuple[str, str]] = []
        self.events: list[dict[str, Any]] = []
        self.do = do or self.render
        self.restart()

    def restart(self, **options: Any) -> None:
        tell = Teller(self.folder, lambda line: self.events.append(json.loads(line)), True)
        self.watch = Watch(
            self.folder,
            lambda work: self.do(work),
            tell,
            settling=Settling(2.0, lambda: self.now),
            sleep=self._sleep,
            **options,
        )

    def render(self, work: Work) -> Done:
        """Write a new edit, as doing one does."""
        text = work.export.read_bytes().decode()
        for number in itertools.count(1):
            new = work.export.with_name(f"{work.export.stem}_opticals_v{number:03}.xml")
            if not new.exists():
                break
        work.about_to_write(new)
        new.write_text(text)
        self.done.append((work.export.name, text))
        return Done(State.DONE, new.name)

    def pass_(self, seconds: float = 5.0) -> None:
        """Look every second for so long."""
        self._until = self.now + seconds
        with contextlib.suppress(_Enough):
            self.watch.run()

    def _sleep(self, seconds: float) -> None:
        if self.now >= self._until:
            raise _Enough
        self.now += seconds

    def said(self, kind: Kind) -> list[str]:
        return [one["text"] for one in self.events if one["event"] == kind]


class _Enough(Exception):
    pass


def names(folder: Path, **options: bool) -> set[str]:
    return {one.relative_to(folder).as_posix() for one in look(folder, **options).exports}


def test_what_is_an_export_and_what_is_ours(tmp_path: Path) -> None:
    for name in (
        "cut.xml", "CUT.EDL", "a.otio", "b.otioz", "c.fcpxml", "d.aaf", "deep/x.otio",
        "deep/.opticals.watch/x.otio.json", ".cut.1234.xml", "cut_opticals_v001.xml",
        "cut.xml.master.otio", "cut_opticals_v001.xml.master.otio", "cut.xml.bak", "film.mov",
        "cut.opticals/V1-1_upscale_v001.otio", "cut.xml.opticals.txt", "notes.txt",
        "bundle.otiod/content.otio", "b.otioz.media/media/z.otio", "deep/er/y.edl",
        ".hidden/z.otio",
    ):  # fmt: skip
        write(tmp_path / name)
    (tmp_path / "folder.xml").mkdir()
    (tmp_path / "deep" / "round").symlink_to(tmp_path, target_is_directory=True)
    here = {"cut.xml", "CUT.EDL", "a.otio", "b.otioz", "c.fcpxml", "d.aaf", "bundle.otiod"}
    assert names(tmp_path) == here
    assert names(tmp_path, deep=True) == here | {"deep/x.otio", "deep/er/y.edl"}


def test_an_xml_that_is_no_edit_is_told_by_its_beginning(tmp_path: Path) -> None:
    camera = tmp_path / "M01.XML"
    camera.write_text('<?xml version="1.0" encoding="UTF-8"?><NonRealTimeMeta/>')
    assert exports.is_no_edit(camera)
    assert not exports.is_no_edit(write(tmp_path / "cut.xml"))
    wide = tmp_path / "wide.xml"
    wide.write_text('<?xml version="1.0"?><xmeml version="4"/>', encoding="utf-16")
    assert not exports.is_no_edit(wide)


def test_a_file_is_settled_when_it_was_left_alone(tmp_path: Path) -> None:
    now = 0.0
    settling = Settling(2.0, lambda: now)
    path = tmp_path / "cut.xml"
    for now, mark, expected in (
        (0.0, Stamp(10, 1), False),
        (1.0, Stamp(20, 2), False),
        (2.9, Stamp(20, 2), False),
        (3.0, Stamp(20, 2), True),
        (3.5, Stamp(20, 3), False),  # the same size, written again
        (5.5, Stamp(20, 3), True),
    ):
        assert settling.settled({path: mark}) == ([path] if expected else []), now
    settling.settled({})
    assert settling.settled({path: Stamp(20, 3)}) == []  # another file of that name
    now = 100.0
    assert settling.settled({path: Stamp(0, 3)}) == []
    now = 200.0
    assert settling.settled({path: Stamp(0, 3)}) == []  # begun, and nothing in it yet


def test_a_folder_edit_is_settled_when_all_its_files_are(tmp_path: Path) -> None:
    bundle = tmp_path / "b.otiod"
    write(bundle / "content.otio")
    first = exports.stamp(bundle)
    write(bundle / "media" / "a.mov")
    assert exports.stamp(bundle) != first
    assert ledger.content(bundle) != ledger.content(write(tmp_path / "c.otiod" / "content.otio"))


def test_each_is_done_once_also_after_a_restart(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    write(tmp_path / "cut.xml")
    write(tmp_path / "other.xml")
    bench.pass_()
    assert [name for name, _ in bench.done] == ["cut.xml", "other.xml"]
    bench.restart()
    bench.pass_()
    write(tmp_path / "cut.xml")  # the same edit, exported again
    bench.pass_()
    assert len(bench.done) == 2
    assert bench.said(Kind.UNCHANGED) == [
        "The same edit as before. It is done: cut_opticals_v001.xml."
    ]
    write(tmp_path / "cut.xml", "b")
    bench.pass_()
    bench.restart()
    bench.pass_()
    assert [name for name, _ in bench.done] == ["cut.xml", "other.xml", "cut.xml"]
    assert (tmp_path / "cut_opticals_v002.xml").exists()


def test_an_edit_that_was_thrown_away_is_made_again_when_asked(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    write(tmp_path / "cut.xml")
    bench.pass_()
    (tmp_path / "cut_opticals_v001.xml").unlink()
    bench.pass_()
    assert len(bench.done) == 1
    write(tmp_path / "cut.xml")
    bench.pass_()
    assert len(bench.done) == 2


def test_a_process_killed_after_writing_did_it(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def killed(work: Work) -> Done:
        bench.render(work)
        raise Killed

    bench = Bench(tmp_path, killed)
    write(tmp_path / "cut.xml")
    with pytest.raises(Killed):
        bench.pass_()
    bench.do = bench.render
    bench.restart()
    bench.pass_()
    assert len(bench.done) == 1
    assert not (tmp_path / "cut_opticals_v002.xml").exists()


def test_a_process_killed_before_writing_did_not(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def killed(work: Work) -> Done:
        work.about_to_write(tmp_path / "cut_opticals_v001.xml")
        raise Killed

    bench = Bench(tmp_path, killed)
    write(tmp_path / "cut.xml")
    with pytest.raises(Killed):
        bench.pass_()
    bench.do = bench.render
    bench.restart()
    bench.pass_()
    assert len(bench.done) == 1


def test_what_failed_is_tried_again_when_it_is_exported_again(tmp_path: Path) -> None:
    calls = []

    def fail(work: Work) -> Done:
        calls.append(work.export.name)
        error = ShotError("No.", "Because.", "Do this.")
        return Done(State.FAILED, head="bad.", problems=("No.\nBecause.",), error=error)

    bench = Bench(tmp_path, fail)
    write(tmp_path / "cut.xml")
    bench.pass_(60)
    assert calls == ["cut.xml"]
    said = answer.answer_of(tmp_path / "cut.xml")
    assert said.name == "cut.xml.opticals.txt"
    text = said.read_text(encoding="utf-8-sig")
    assert text.startswith("Opticals: bad. (")
    assert "No.\nBecause.\n\n" in text
    assert "export the edit again, or start the watch again" in text
    assert bench.watch.failed
    bench.do = bench.render
    write(tmp_path / "cut.xml")
    bench.pass_()
    assert len(bench.done) == 1
    assert not said.exists()


def test_what_was_done_in_part_says_what_has_it_done_again(tmp_path: Path) -> None:
    calls = []

    def partly(work: Work) -> Done:
        calls.append(work.export.name)
        return Done(State.PARTLY, head="bad.", problems=("No.",))

    bench = Bench(tmp_path, partly)
    export = write(tmp_path / "cut.xml")
    bench.pass_()
    text = answer.answer_of(export).read_text(encoding="utf-8-sig")
    assert "export the edit again. " in text
    bench.restart()
    bench.pass_()
    assert len(calls) == 1  # it would be written anew each time, as far as it was
    write(export)
    bench.pass_()
    assert len(calls) == 2
    assert bench.watch.failed


def test_what_asks_for_nothing_is_answered_where_somebody_waits(tmp_path: Path) -> None:
    def nothing(work: Work) -> Done:
        return Done(State.NOTHING, head="nothing was rendered.", problems=("No marker.",))

    bench = Bench(tmp_path, nothing)
    old = write(tmp_path / "old.xml")
    bench.pass_()
    assert ledger.entry(old) is not None
    assert not answer.answer_of(old).exists()  # hundreds may lie there
    new = write(tmp_path / "new.xml")
    again = write(tmp_path / "old.xml", "b")
    bench.pass_()
    assert answer.answer_of(new).exists()
    assert answer.answer_of(again).exists()
    assert not bench.watch.failed


def test_a_text_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    export = write(tmp_path / "cut.xml")
    other = answer.answer_of(export)
    other.write_text("My own notes")
    with pytest.raises(OutputError):
        answer.say(export, "bad.", ("Why.",))
    answer.take_back(export)
    assert other.read_text() == "My own notes"


def test_an_export_written_anew_meanwhile_is_begun_again(tmp_path: Path) -> None:
    def overtaken(work: Work) -> Done:
        bench.do = bench.render
        write(work.export, "newer")
        work.about_to_write(tmp_path / "cut_opticals_v001.xml")
        raise AssertionError("an edit of yesterday would be written")

    bench = Bench(tmp_path, overtaken)
    write(tmp_path / "cut.xml", "older")
    bench.pass_(8)
    assert [text.count("newer") for _, text in bench.done] == [1]
    assert bench.said(Kind.CHANGED)


def test_a_file_that_cannot_be_read_is_doubted_first(tmp_path: Path) -> None:
    calls: list[float] = []

    def half(work: Work) -> Done:
        calls.append(bench.now)
        error = EditError("It ends in the middle.")
        return Done(State.FAILED, problems=("x",), error=error, unreadable=True)

    bench = Bench(tmp_path, half)
    write(tmp_path / "cut.xml", "half")
    bench.pass_(8)  # a program that pauses while it writes
    assert len(calls) == 1
    assert not bench.said(Kind.FAILED)
    bench.do = bench.render
    write(tmp_path / "cut.xml", "whole")
    bench.pass_()
    assert len(bench.done) == 1
    bench.do = half
    write(tmp_path / "bad.xml", "half")
    begun = bench.now
    bench.pass_(30)
    assert [one - begun for one in calls[1:]] == [2.0, DOUBT]
    assert len(bench.said(Kind.FAILED)) == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_files_and_folders_that_may_not_be_read(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    write(tmp_path / "closed" / "x.xml")
    (tmp_path / "closed").chmod(0)
    write(tmp_path / "cut.xml").chmod(0)
    bench.restart(deep=True)
    bench.pass_(30)
    (tmp_path / "closed").chmod(0o700)
    assert len(bench.said(Kind.CLOSED)) == len(bench.said(Kind.FAILED)) == 1


def test_a_file_that_the_system_does_not_let_us_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(ledger, "content", refused)
    bench = Bench(tmp_path)
    write(tmp_path / "cut.xml")
    bench.pass_(30)
    assert len(bench.said(Kind.FAILED)) == 1
    assert "Permission denied" in answer.answer_of(tmp_path / "cut.xml").read_text("utf-8-sig")


def test_a_folder_that_may_not_be_written_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    bench = Bench(tmp_path)
    write(tmp_path / "cut.xml")
    monkeypatch.setattr(Path, "mkdir", refused)
    monkeypatch.setattr(Path, "write_text", refused)
    bench.pass_(30)
    monkeypatch.undo()
    assert bench.done == []
    assert len(bench.said(Kind.FAILED)) == len(bench.said(Kind.NOTE)) == 1
    assert "new edits go beside the exports" in bench.said(Kind.FAILED)[0]


def test_files_that_vanish_and_a_drive_that_goes_and_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "drive"
    folder.mkdir()
    bench = Bench(folder)
    write(folder / "cut.xml")
    bench.pass_(0)
    (folder / "cut.xml").unlink()
    bench.pass_()
    assert bench.said(Kind.GONE)

    def vanish(work: Work) -> Done:
        work.export.unlink()
        raise FileNotFoundError(work.export)

    bench.do = vanish
    write(folder / "cut.xml", "c")
    bench.pass_()
    assert not list(folder.glob("*.txt"))
    bench.do = bench.render
    folder.rename(tmp_path / "unplugged")
    bench._until = bench.now + 5
    with contextlib.suppress(_Enough):
        bench.watch.folder.mkdir()
        folder.rmdir()
        bench.watch._look(once=False)
    assert len(bench.said(Kind.AWAY)) == 1
    (tmp_path / "unplugged").rename(folder)
    write(folder / "late.xml")
    bench.pass_()
    assert bench.said(Kind.BACK)
    assert [name for name, _ in bench.done] == ["late.xml"]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(EditError, match="no folder"):
        Bench(tmp_path / "none").pass_()
    with pytest.raises(EditError, match="is a file") as caught:
        Bench(write(tmp_path / "cut.xml")).pass_()
    assert "exported into" in caught.value.remedy


def test_two_watches_share_a_folder(tmp_path: Path) -> None:
    first, second = Bench(tmp_path), Bench(tmp_path)

    def while_working(work: Work) -> Done:
        second.pass_(3)  # another machine looks meanwhile
        return Bench.render(first, work)

    first.do = while_working
    write(tmp_path / "cut.xml")
    # Told apart by their process: here both are this one.
    holder = {"host": "elsewhere", "pid": 1, "kind": "watch", "number": 0, "beat": 0, "holds": ""}

    def held(work: Work) -> Done:
        (tmp_path / ledger.FOLDER / "cut.xml.lock").write_text(json.dumps(holder))
        return while_working(work)

    first.do = held
    first.pass_()
    second.pass_()
    assert len(first.done) == 1
    assert second.done == []
    assert len(second.said(Kind.ELSEWHERE)) == 1


def test_a_later_lock_is_not_taken_for_an_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process is dead when its beat stands still, not when it began another export."""
    now = 0.0
    monkeypatch.setattr(living.time, "monotonic", lambda: now)
    mine, theirs = ledger.Claims(), ledger.Claims()
    monkeypatch.setattr(ledger, "_is_mine", lambda holder: False)
    for number in range(3):
        export = write(tmp_path / f"cut{number}.xml")
        with mine.claimed(export) as other:
            assert other is None
            with theirs.claimed(export) as other:
                assert other is not None
        now += 60


def test_the_lock_of_a_process_that_is_gone_holds_nobody_up(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    write(tmp_path / "cut.xml")
    lock = tmp_path / ledger.FOLDER / "cut.xml.lock"
    lock.parent.mkdir()
    lock.write_text(json.dumps({**vars(living.me("watch")), "pid": ended.pid}))
    bench = Bench(tmp_path)
    bench.pass_()
    assert len(bench.done) == 1
    assert not lock.exists()


def test_damaged_notes_are_no_notes(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    export = write(tmp_path / "cut.xml")
    bench.pass_()
    note = tmp_path / ledger.FOLDER / "cut.xml.json"
    whole = note.read_text()
    for damaged in ("", "[]", "{}", whole[: len(whole) // 2], whole.replace("done", "what")):
        note.write_text(damaged)
        assert ledger.entry(export) is None
    ledger.keep(export, Entry(Stamp(1, 2), "x", State.NOTHING))
    assert ledger.entry(export) == Entry(Stamp(1, 2), "x", State.NOTHING)


FILES, TEXTS = ("a.xml", "b.xml", "in/c.xml"), ("1", "2", "3")
STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(FILES), st.sampled_from(TEXTS)),
    st.tuples(st.just("touch"), st.sampled_from(FILES), st.just("")),
    st.tuples(st.just("delete"), st.sampled_from(FILES), st.just("")),
    st.tuples(st.just("pass"), st.integers(0, 6).map(str), st.just("")),
    st.tuples(st.just("restart"), st.just(""), st.just("")),
    st.tuples(st.just("kill"), st.sampled_from(("before", "after")), st.just("")),
)


@given(st.lists(STEPS, max_size=30))
@settings(max_examples=150, deadline=None)
def test_whatever_happens_the_last_content_is_done_and_none_twice_in_a_row(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("watched")

    class Killed(BaseException):
        pass

    kill = ""

    def do(work: Work) -> Done:
        nonlocal kill
        now, kill = kill, ""
        if now == "before":
            raise Killed
        done = bench.render(work)
        if now == "after":
            raise Killed
        return done

    bench = Bench(folder, do)
    bench.restart(deep=True)

    def passing(seconds: float) -> None:
        try:
            bench.pass_(seconds)
        except Killed:
            bench.restart(deep=True)

    for step, name, text in steps:
        path = folder / name
        if step == "write":
            write(path, text)
        elif step == "touch" and path.exists():
            at = next(_TIMES)
            os.utime(path, (at, at))
        elif step == "delete":
            path.unlink(missing_ok=True)
        elif step == "pass":
            passing(float(name))
        elif step == "restart":
            bench.restart(deep=True)
        elif step == "kill":
            kill = name
    for _ in range(3):
        passing(10)
    by_file: dict[str, list[str]] = {}
    for name, text in bench.done:
        by_file.setdefault(name, []).append(text)
    for name in FILES:
        path, found = folder / name, by_file.get(Path(name).name, [])
        assert all(one != other for one, other in itertools.pairwise(found)), "done twice"
        if path.exists():
            assert found[-1] == path.read_text(), "not done"
    shutil.rmtree(folder)


def test_a_thousand_old_exports_cost_little(tmp_path: Path) -> None:
    for number in range(1000):
        path = write(tmp_path / f"{number % 10}" / f"cut{number}.xml")
        mark = exports.stamp(path)
        assert mark is not None
        ledger.keep(path, Entry(mark, "x", State.NOTHING))
    bench = Bench(tmp_path)
    bench.restart(deep=True)
    bench.pass_(3)
    assert bench.done == []
    begun = time.process_time()
    for _ in range(10):
        bench.pass_(0)
    assert (time.process_time() - begun) / 10 < 0.1  # measured: about 0.02 s
