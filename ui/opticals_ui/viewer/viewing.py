"""What an effect makes of the frames at the playhead: the first steps of the preview ladder.

One frame follows the settings as they change, if the preview is live; twelve frames, on request,
play round and round. The steps above them, half size and final, are renders.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from opticals.errors import MediaError, OpticalsError
from opticals_ui.background import Background
from opticals_ui.effects.choice import Choice
from opticals_ui.look.words import tr
from opticals_ui.queue.jobs import Jobs
from opticals_ui.timeline.selection import Selection

if TYPE_CHECKING:
    from opticals.rendering.job import Job
    from opticals.timeline.shot import Shot

FRAMES = 12  # that play round and round
SETTLE = 25  # milliseconds that settings and playhead stand still before a live preview
SLOW = 1.5  # seconds for a frame from which a live preview waits longer
SETTLE_SLOW = 400


@dataclass(frozen=True)
class Look:
    """What a preview is of: the record frame, and the tracks, effects, settings, and how media
    are read; and how many frames of it."""

    frame: int
    subject: object
    count: int = 1


@dataclass(frozen=True)
class Seeing:
    """A picture of a preview, and the file that it was read from."""

    image: QImage = field(default_factory=QImage)
    path: str = ""


@dataclass(frozen=True)
class Pair:
    """One frame before and after; its place among those that were asked for."""

    index: int
    before: Seeing
    after: Seeing


class Viewing(QObject):
    """The preview of a selection and a choice.

    Signals:
        changed: what is `seen`, or `words`, changed.
        failed: a preview that was asked for could not be had; with the error.
        wanted: a live preview is due: whoever makes jobs is to ask for one.
    """

    changed = Signal()
    failed = Signal(object)
    wanted = Signal()

    def __init__(
        self, selection: Selection, choice: Choice, jobs: Jobs, background: Background
    ) -> None:
        super().__init__()
        self.seen = Pair(0, Seeing(), Seeing())
        self.note = ""
        self.seconds = 0.0  # that the last frame took
        self._live = False
        self._selection = selection
        self._choice = choice
        self._jobs = jobs
        self._background = background
        self._asked: Look | None = None
        self._quiet = False  # whether that was a live preview
        self._seen: Look | None = None
        self._pairs: tuple[Pair, ...] = ()
        self._turn = QTimer(self)
        self._turn.timeout.connect(self._next)
        self._settle = QTimer(self, singleShot=True)
        self._settle.timeout.connect(self._due)
        jobs.previewed.connect(self._load)
        jobs.preview_progress.connect(self._note)
        jobs.preview_failed.connect(self._fail)
        for signal in (choice.changed, selection.changed, selection.moved):
            signal.connect(self._follow)

    @property
    def before(self) -> QImage:
        """The picture without the effects; null while there is none."""
        return self.seen.before.image

    @property
    def after(self) -> QImage:
        """The picture with them."""
        return self.seen.after.image

    @property
    def live(self) -> bool:
        """Whether the frame at the playhead is previewed whenever what it shows changes."""
        return self._live

    def set_live(self, live: bool) -> None:
        self._live = live
        if live:
            self._due()
        else:
            self._settle.stop()
        self.changed.emit()

    @property
    def turning(self) -> bool:
        """Whether several frames play round and round."""
        return self._turn.isActive()

    @property
    def frame(self) -> int | None:
        """The record frame that the first of the pictures is of; None when there is none."""
        return None if self._seen is None else self._seen.frame

    @property
    def current(self) -> bool:
        """Whether the pictures are of what is selected and chosen now, at the playhead."""
        return self._seen is not None and replace(self._seen, count=1) == self.look()

    @property
    def words(self) -> str:
        """What goes on; else which frame is shown, and whether something changed since."""
        seen, model = self._seen, self._selection.model
        if self.note or seen is None or model is None:
            return self.note
        timecode = model.timecode(seen.frame)
        if seen.subject != self.look().subject:
            return tr("{timecode} · changed since", timecode=timecode)
        if self.turning:
            count = len(self._pairs)
            return tr("{timecode} and on · %n frames", count=count, timecode=timecode)
        return timecode

    def look(self, count: int = 1) -> Look:
        """What a preview would be asked for now."""
        subject = (self._selection.tracks, self._choice.subject)
        return Look(self._selection.playhead, subject, count)

    def ask(self, jobs: tuple[Job, ...], look: Look, *, quiet: bool = False) -> None:
        """Preview the frames from that of `look` on, or from the nearest one that the jobs' shots
        hold.

        Args:
            quiet: what goes wrong is said in the viewer alone.
        """
        # Of several that hold it, inside a compound, the topmost is seen: it is the last.
        job = min(reversed(jobs), key=lambda one: _distance(one.shot, look.frame))
        shot = job.shot
        frame = min(max(look.frame, shot.record), shot.record_end - 1)
        self._asked, self._quiet = replace(look, frame=frame), quiet
        self._jobs.preview(job, shot.time.source(frame), look.count)
        if not quiet:
            self._note(tr("Starting"))

    def invalidate(self) -> None:
        """What is seen is of settings that say something else now: a file that they name."""
        if self._seen is not None:
            self._seen = replace(self._seen, subject=None)
        self._follow()

    def stop(self) -> None:
        """Stand still on the frame that is seen."""
        self._turn.stop()
        self.changed.emit()

    def forget(self) -> None:
        """Show nothing: it was of another edit."""
        self._jobs.drop_preview()
        self._turn.stop()
        self.seen, self.note = Pair(0, Seeing(), Seeing()), ""
        self._asked = self._seen = None
        self._pairs = ()
        self.changed.emit()

    def _follow(self) -> None:
        if self._live and not self._selection.playing:
            self._settle.start(SETTLE_SLOW if self.seconds > SLOW else SETTLE)
        self.changed.emit()

    def _due(self) -> None:
        wanted, playhead = self._selection.range, self._selection.playhead
        if wanted is None or not wanted.start <= playhead < wanted.end:
            return  # what is seen there is no business of the effect
        if self._live and not self.current:
            self.wanted.emit()

    def _note(self, note: str) -> None:
        if not self._quiet or self.after.isNull():
            self.note = f"{note}…"
            self.changed.emit()

    def _fail(self, error: OpticalsError) -> None:
        if self._quiet:
            self.note = error.what
        else:
            self.note = ""
            self.failed.emit(error)
        self.changed.emit()

    def _load(self, message: dict[str, Any]) -> None:
        asked = self._asked
        index = int(message["index"])

        def read() -> Pair:
            return Pair(index, _seeing(message["before"]), _seeing(message["after"]))

        def show(pair: Pair) -> None:
            if asked is not self._asked:
                return  # another was asked for since, or another edit opened
            self.seconds = float(message["seconds"]) / (index + 1)
            self._show(pair, message)

        self._background.run(read, show, self._fail)

    def _show(self, pair: Pair, message: dict[str, Any]) -> None:
        if pair.index == 0:
            self._turn.stop()
            self._pairs = ()
            self._seen, self.note = self._asked, ""
        self._pairs = (*self._pairs, pair)
        self.seen = pair
        if message["last"] and len(self._pairs) > 1 and self._selection.model is not None:
            rate = self._selection.model.view.rate
            self._turn.start(max(round(1000 / rate), 1))
        elif not message["last"]:
            self.note = tr("{done} of {total} frames…", done=pair.index + 1, total=message["count"])
        if message["last"]:
            self.note = ""
        self.changed.emit()

    def _next(self) -> None:
        self.seen = self._pairs[(self.seen.index + 1) % len(self._pairs)]
        self.changed.emit()


def _distance(shot: Shot, frame: int) -> int:
    return max(shot.record - frame, frame - (shot.record_end - 1), 0)


def _seeing(picture: dict[str, Any]) -> Seeing:
    return Seeing(_image(picture), str(picture["path"]))


def _image(picture: dict[str, Any]) -> QImage:
    """A picture as the worker wrote it: rows of BGRA, alpha premultiplied."""
    path, width, height = Path(picture["path"]), int(picture["width"]), int(picture["height"])
    try:
        data = path.read_bytes()
        if len(data) != 4 * width * height or not data:
            raise OSError("it is not complete")
    except OSError as error:
        raise MediaError.wrap(
            tr("The preview cannot be shown."), error, tr("Ask for the preview again.")
        ) from error
    format = (
        QImage.Format.Format_ARGB32_Premultiplied
        if picture["alpha"]
        else QImage.Format.Format_RGB32
    )
    return QImage(data, width, height, 4 * width, format).copy()
