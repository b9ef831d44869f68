"""A host and a worker that keep their contracts without a file, a process or a GPU."""

from __future__ import annotations

import itertools
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QImage

from opticals.errors import (
    Cancelled,
    EditError,
    FieldsOpen,
    MediaError,
    ModelMissing,
    OpticalsError,
    ShotError,
    WorkerError,
)
from opticals.jobs import living
from opticals.jobs.entries import Progress, Wish
from opticals.jobs.keeper import Both
from opticals.rendering.estimate import Estimate, Span, refused
from opticals.rendering.forecast import Disk, Forecast, Need
from opticals.rendering.job import Job, Render
from opticals.timeline.carrying import Carried
from opticals.timeline.chosen import Choice, Skipped, Wanted
from opticals.timeline.footage import ClipFootage, Footage
from opticals.timeline.layout import Kind
from opticals.timeline.listing import ItemView, TrackView, VersionView
from opticals.timeline.reading import Media
from opticals.timeline.relink import Report
from opticals.timeline.shot import Shot
from opticals.timeline.timemap import TimeMap
from opticals.viewer.sight import Drawn, Failed, Message, Picture, Shown, Sight, Sound, Thumb
from opticals_ui.host import Answers, Can, EditView
from tests.core.edits import plain_shot

RATE = Fraction(25)
HOUR = 25 * 3600
MEDIUM = "/media.mov"  # of clips whose file is never opened


def item(kind: str, record: int, frames: int, **more: Any) -> ItemView:
    values: dict[str, Any] = {"id": None, "name": "", "media": Media.ONLINE, **more}
    return ItemView(kind=Kind(kind), record=record, frames=frames, **values)


def track(name: str, *spans: tuple[str, int], start: int = HOUR) -> TrackView:
    """A track of (name, frames) clips; "" is a gap."""
    items, record, count = [], start, 0
    for label, frames in spans:
        count += bool(label)
        where = f"{name}:{count}" if label else None
        kind = "clip" if label else "gap"
        items.append(item(kind, record, frames, id=where, name=label))
        record += frames
    return TrackView(name, "", "Audio" if name.startswith("A") else "Video", True, tuple(items))


class FakeHost:
    """An edit of two clips, a gap and a clip above; placing renames the clip's version."""

    name = "Fake"
    can = frozenset(Can) - {Can.RELINK, Can.SEEK}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tracks: tuple[TrackView, ...] = (
            track("V1", ("bikes", 100), ("", 25), ("bunny", 75)),
            track("V2", ("", 40), ("title", 30)),
            track("A1", ("mix", 200)),
        )
        self.states: list[tuple[TrackView, ...]] = []
        self.at = -1
        self.path: Path | None = None
        self.saved = 0
        self.placed: list[tuple[Render, str, str]] = []

    def view(self) -> EditView | None:
        if self.at < 0:
            return None
        assert self.path is not None
        return EditView(
            self.path.name, self.path, RATE, False, HOUR, self.states[self.at],
            modified=self.at != self.saved,
            undo="placing" if self.at else "",
            redo="placing" if self.at + 1 < len(self.states) else "",
        )  # fmt: skip

    def open(self, path: Path, answers: Answers) -> None:
        if not path.is_file():
            raise EditError(f"{path} does not exist.", "There is no such file.", "Open another.")
        self.states, self.at, self.saved, self.path = [self.tracks], 0, 0, path

    def shots(self, tracks: Sequence[str], start: int, end: int) -> tuple[Shot, ...]:
        (track,) = tracks
        lane = next(one for one in self.states[self.at] if one.id == track)
        hit = [one for one in lane.items if one.record < end and one.record + one.frames > start]
        if not hit or any(one.kind != "clip" for one in hit):
            raise ShotError("The range holds a gap.", f"{track} is empty there.", "Move the marks.")
        whole = [
            plain_shot(
                one.id, one.name, str(one.original or MEDIUM), RATE, False, 0, 500, 0, one.frames,
                one.record, 0, one.frames, edit=str(self.path),
            )
            for one in hit
        ]  # fmt: skip
        return tuple(
            shot.record_range(max(start, shot.record), min(end, shot.record + shot.frames))
            for shot in whole
        )

    def carried(self) -> tuple[Carried, ...]:
        return ()

    def again(
        self, renders: Sequence[Carried]
    ) -> tuple[tuple[tuple[Wanted, Carried], ...], tuple[Skipped, ...]]:
        return (), ()

    def renders_folder(self) -> Path:
        return self.folder

    def place(self, render: Render, how: str, time: str) -> tuple[str, ...]:
        def mark(one: ItemView) -> ItemView:
            if one.id != render.shot.id:
                return one
            held = tuple(dict.fromkeys((*one.versions, render.name)))
            return replace(one, version=render.name, versions=held)

        tracks = tuple(
            replace(lane, items=tuple(mark(one) for one in lane.items))
            for lane in self.states[self.at]
        )
        self.placed.append((render, how, time))
        self.states = [*self.states[: self.at + 1], tracks]
        self.at += 1
        return ("source frames 01:00:04:12 to 01:00:04:23 drop out",) if time == "fit" else ()

    def restore(self, clip: str) -> tuple[str, ...]:
        return self._change(
            lambda one: replace(one, version=None, versions=()) if one.id == clip else one
        )

    def versions(self, clip: str) -> tuple[VersionView, ...]:
        one = next(one for lane in self.states[self.at] for one in lane.items if one.id == clip)
        renders = {render.name: render for render, _, _ in self.placed}
        held = tuple(
            VersionView(
                name, name == one.version, renders[name].path, render=renders[name].to_json()
            )
            for name in one.versions
        )
        return (VersionView("original", one.version is None, Path(MEDIUM)), *held)

    def switch(self, clip: str, version: str) -> tuple[str, ...]:
        shown = None if version == "original" else version
        return self._change(lambda one: replace(one, version=shown) if one.id == clip else one)

    def drop(self, version: str) -> tuple[str, ...]:
        if any(one.version == version for lane in self.states[self.at] for one in lane.items):
            raise EditError(f"A clip shows {version}.", "It is seen.", "Switch it first.")
        return self._change(
            lambda one: replace(one, versions=tuple(v for v in one.versions if v != version))
        )

    def version_footage(self, clip: str, version: str | Render) -> Footage:
        one = next(one for lane in self.states[self.at] for one in lane.items if one.id == clip)
        name = version if isinstance(version, str) else version.name
        path = Path(MEDIUM) if name == "original" else self.folder / f"{name}.mov"
        return Footage(path, RATE, 0, False, TimeMap.plain(one.record, 0, one.frames))

    def _change(self, of: Callable[[ItemView], ItemView]) -> tuple[str, ...]:
        """One step of undo: every clip as `of` makes it."""
        tracks = tuple(
            replace(lane, items=tuple(map(of, lane.items))) for lane in self.states[self.at]
        )
        self.states = [*self.states[: self.at + 1], tracks]
        self.at += 1
        return ()

    def undo(self) -> None:
        self.at -= 1

    def redo(self) -> None:
        self.at += 1

    def footage(self, clips: Sequence[str]) -> dict[str, ClipFootage]:
        items = {one.id: one for lane in self.states[self.at] for one in lane.items if one.id}
        found = {}
        for id in clips:
            if one := items.get(id):
                time = TimeMap.plain(one.record, 0, one.frames)
                below = Footage(Path(one.original or MEDIUM), RATE, 0, False, time)
                render = Footage(self.folder / f"{one.version}.mov", RATE, 0, False, time)
                found[id] = (
                    ClipFootage(render, below, one.version) if one.version else ClipFootage(below)
                )
        return found

    def marked(self) -> Choice:
        raise ShotError("No marker of the edit carries a recipe.")

    def relink(self, folder: Path, progress: Callable[[int, int], None]) -> Report:
        raise MediaError(f"There is no folder {folder}.")

    def losses(self, path: Path) -> tuple[str, ...]:
        return ()

    def save(self, path: Path) -> tuple[str, ...]:
        if path.exists():
            raise EditError(f"{path} exists.", "It would be written over.", "Choose another name.")
        path.write_text("saved")
        self.saved, self.path = self.at, path
        return ()


class FakeWorker:
    """Answers as the real one, from a thread of its own. `go_on` keeps what it is at until set, or
    until its patience, in seconds, is over."""

    patience: float = 10

    def __init__(self, folder: Path, on_message: Callable[[dict[str, Any]], None]) -> None:
        self.folder = folder
        self._on_message = on_message
        self._threads: list[threading.Thread] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.cancelled: set[str] = set()
        self.die = False
        self.missing = ""  # a model that is asked for as long as it is not pulled
        self.interlaced = False  # whether media have fields, for which a choice is asked
        self.suffix = ".mov"
        self.jobs: list[Job] = []
        self.previews: list[tuple[Job, int]] = []
        self.counts: dict[str, int] = {}  # frames of each preview
        self.closed = False
        self._me = living.me("worker")
        self._lock = threading.Lock()
        self._wakes = 0
        self._draining = False

    def wake(self) -> None:
        """Take jobs from the queue, as the real one does, on a thread of its own."""
        with self._lock:
            self._wakes += 1
            if not self._draining:
                self._draining = True
                self._begin(self._drain)

    def poke(self) -> None:
        pass  # it looks all the time

    def preview(self, job: Job, frame: int, count: int = 1) -> None:
        self.previews.append((job, frame))
        self.counts[job.id] = count
        self._begin(self._preview, job)

    def pull(self, model: str) -> None:
        self.missing = ""
        for kind, more in (("progress", {"stage": "fetch", "note": "12 of 46 MB"}), ("pulled", {})):
            self._on_message({"is": kind, "job": f"model {model}", "model": model, **more})

    def cancel(self, job_id: str) -> None:
        self.cancelled.add(job_id)
        self.go_on.set()

    def close(self) -> None:
        self.closed = True
        self.go_on.set()
        for thread in self._threads:
            thread.join(5)

    def _begin(self, work: Callable[..., None], *given: Job) -> None:
        thread = threading.Thread(target=work, args=given)
        self._threads.append(thread)
        thread.start()

    def _say(self, kind: str, job: Job, **more: Any) -> None:
        if not self.closed:
            self._on_message({"is": kind, "job": job.id, **more})

    def _drain(self) -> None:
        with Both() as queue:
            while True:
                wakes = self._wakes
                while not self.closed and (entry := queue.claim(self._me)) is not None:
                    self.jobs.append(entry.job)
                    self._say("taken", entry.job)
                    self._render(queue, entry.job)
                with self._lock:
                    if self.closed or wakes == self._wakes:
                        self._draining = False
                        return

    def _render(self, queue: Both, job: Job) -> None:
        total = job.shot.frames
        self._say("progress", job, stage="models", done=0, total=1, note="")
        self._say("progress", job, stage="render", done=total // 2, total=total, note="")
        half = Progress("render", total // 2, total)
        until = time.monotonic() + self.patience
        while True:
            told = queue.beat(job.id, self._me, half)
            if told.wish is Wish.STOP:
                self.cancelled.add(job.id)
                self.go_on.set()
                self._fail(queue, job, Cancelled())
                return
            if self.closed or (told.wait and told.others):
                queue.release(job.id, self._me)
                self._say("released", job)
                return
            may = not told.wait and (self.go_on.wait(0.01) or time.monotonic() > until)
            if may and not self.closed:
                break
            time.sleep(0.005)
        if self.die:
            self._fail(queue, job, WorkerError("The worker process died.", "Killed.", "Ask again."))
        elif self.missing:
            self._fail(queue, job, self._missing())
        elif self._fields_open(job):
            self._fail(queue, job, _fields_open(job))
        else:
            self._say("progress", job, stage="verify", done=total, total=total, note="")
            queue.finish(job.id, self._me, self._made(job))
            self._say("done", job)

    def _fail(self, queue: Both, job: Job, error: OpticalsError) -> None:
        queue.fail(job.id, self._me, error)
        self._say("failed", job, error=error.to_json())

    def _missing(self) -> ModelMissing:
        return ModelMissing(f"The model {self.missing} is not installed.", subject=self.missing)

    def _fields_open(self, job: Job) -> bool:
        return self.interlaced and not job.interpretation.fields

    def _made(self, job: Job) -> Render:
        name = f"{job.shot.id.replace(':', '-')}_{job.recipe.name}_v001{self.suffix}"
        return Render(
            self.folder / name, job.shot, job.recipe, job.shot.frames + 24, 12, job.shot.frames,
            RATE, 64, 32, 0, False, job.output.format,
        )  # fmt: skip

    def _preview(self, job: Job) -> None:
        self._say("progress", job, stage="models", done=0, total=1, note="")
        self.go_on.wait(self.patience)
        if job.id in self.cancelled:
            self._say("failed", job, error=Cancelled().to_json())
            return
        if self.missing:
            self._say("failed", job, error=self._missing().to_json())
            return
        if self._fields_open(job):
            self._say("failed", job, error=_fields_open(job).to_json())
            return
        count = self.counts[job.id]
        for index in range(count):
            pictures = {}
            for which, shade in (("before", "#406080"), ("after", "#a07040")):
                path = self.folder / f"{job.id}-{index}-{which}.bgra"
                pictures[which] = picture_file(path, 320, 180, QColor(shade).lighter(100 + index))
            last = index == count - 1
            self._say(
                "preview", job, index=index, count=count, output=index, seconds=0.01, last=last,
                **pictures,
            )  # fmt: skip


def picture_file(path: Path, width: int, height: int, colour: QColor) -> dict[str, Any]:
    """A picture as the worker writes it, of one colour."""
    path.write_bytes(bytes((colour.blue(), colour.green(), colour.red(), 255)) * width * height)
    return {"path": str(path), "width": width, "height": height, "alpha": False}


def _plain(sight: Sight) -> Picture:
    width, height, alpha = 64, 36, "alpha" in sight.path
    shade = 128 if alpha else 255
    red = shade if "_v001" in sight.path else 0
    pixel = bytes((min(sight.frame % 256, shade), 40, red, shade))
    return Picture(
        width, height, 4 * width, pixel * width * height, alpha, (width, height), sight.frame, 500
    )


def _fields_open(job: Job) -> FieldsOpen:
    what, remedy = f"{job.shot.media} is interlaced.", "Deinterlace it, or keep its fields."
    return FieldsOpen(what, "A frame holds two fields.", remedy, job.shot.media)


class FakeProjector:
    """A viewer process that is none: thumbnails of one colour; pictures whose blue is the frame,
    whose red says whether it is a render, and which are half transparent of media called `alpha`;
    sound that counts. `hold` keeps pictures until they are released."""

    def __init__(self, folder: Path, on_message: Callable[[Message], None]) -> None:
        self.folder = folder
        self._on_message = on_message
        self._ids = itertools.count(1)
        self.thumbnails: list[Sight] = []
        self.pictures: list[Sight] = []
        self.sounds: list[tuple[str, Fraction, int]] = []
        self.hold = False
        self.lacks = ""  # of pictures that are to be mixed
        self.broken: set[str] = set()  # paths that cannot be read
        self.scopes: list[tuple[str, str]] = []  # of previews: path and kind
        self._held: dict[str, tuple[int, Sight, str]] = {}  # by the channel
        self.closed = False

    def thumbnail(self, sight: Sight) -> int:
        self.thumbnails.append(sight)
        id = next(self._ids)
        image = QImage(160, 90, QImage.Format.Format_RGB32)
        image.fill(QColor("#806040"))
        path = self.folder / f"thumbnail{id}.png"
        assert image.save(str(path))
        self._on_message(Thumb(id, str(path)))
        return id

    def picture(self, sight: Sight, *, channel: str, scope: str = "") -> int:
        self.pictures.append(sight)
        id = next(self._ids)
        if before := self._held.pop(channel, None):
            self._on_message(Failed(before[0], Cancelled()))
        self._held[channel] = id, sight, scope
        if not self.hold:
            self.release()
        return id

    def release(self) -> None:
        """Answer for the pictures that were asked for."""
        held, self._held = self._held, {}
        for id, sight, scope in held.values():
            if sight.path in self.broken:
                error = MediaError(f"{sight.path} is damaged.", "It ends early.", "Copy it again.")
                self._on_message(Failed(id, error))
            else:
                shown = replace(_plain(sight), lacks=self.lacks if sight.mix else "")
                self._on_message(Shown(id, shown, shown if scope else None))

    def scope(self, path: str, size: tuple[int, int], scope: str, *, channel: str) -> int:
        self.scopes.append((path, scope))
        id = next(self._ids)
        self._on_message(Drawn(id, _plain(Sight(path, 0, RATE))))
        return id

    def peaks(self, path: str) -> int:
        return self._fail()

    def sound(self, path: str, start: Fraction, samples: int) -> int:
        self.sounds.append((path, start, samples))
        id = next(self._ids)
        first = round(start * 48_000)
        pairs = array("h", [one % 30_000 for one in range(first, first + samples) for _ in "lr"])
        self._on_message(Sound(id, pairs.tobytes()))
        return id

    def drop(self, channel: str) -> None: ...

    def start(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def _fail(self) -> int:
        id = next(self._ids)
        self._on_message(Failed(id, Cancelled()))
        return id


class FakeForeseer:
    """Foresees a second and a megabyte for each frame. `error` is why nothing can be rendered,
    `missing` the models that are, `disks` what is written to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Job, ...]] = []
        self.error: OpticalsError | None = None
        self.missing: tuple[Need, ...] = ()
        self.disks: tuple[Disk, ...] = ()

    def ask(
        self,
        jobs: Sequence[Job],
        time: str,
        done: Callable[[Forecast], None],
        failed: Callable[[OpticalsError], None],
    ) -> None:
        self.asked.append(tuple(jobs))
        items = tuple(map(self._one, jobs))
        forecast = Forecast(items, self.missing, disks=self.disks, free=16 << 30)
        QTimer.singleShot(0, lambda: done(forecast))

    def close(self) -> None: ...

    def _one(self, job: Job) -> Estimate:
        if self.error is not None:
            return refused(job, self.error)
        frames = job.shot.frames
        return Estimate(
            job.shot.id, job.shot.name, frames, frames, frames, Span(frames, frames, frames),
            measured=True, memory=1 << 30, size=frames * 1_000_000, width=64, height=32,
            format="prores_hq",
        )  # fmt: skip
