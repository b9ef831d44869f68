"""What the viewer shows: a frame before and after, which one it is, and whether it still holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from opticals.errors import MediaError, OpticalsError
from opticals_ui.background import Background
from opticals_ui.effects.choice import Choice
from opticals_ui.queue.jobs import Jobs
from opticals_ui.timeline.selection import Selection

if TYPE_CHECKING:
    from opticals.rendering.job import Job
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Look:
    """What a preview is of: the record frame, and the track, effect, settings, and how media are
    read."""

    frame: int
    subject: object


class Viewing(QObject):
    """The preview of a selection and a choice.

    Signals:
        changed: `before`, `after` or `words` changed.
        failed: a preview could not be had; with the error.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self, selection: Selection, choice: Choice, jobs: Jobs, background: Background
    ) -> None:
        super().__init__()
        self.before = QImage()
        self.after = QImage()
        self.note = ""
        self._selection = selection
        self._choice = choice
        self._jobs = jobs
        self._background = background
        self._asked: Look | None = None
        self._seen: Look | None = None
        jobs.previewed.connect(self._load)
        jobs.preview_progress.connect(self._note)
        jobs.preview_failed.connect(self._fail)
        for signal in (choice.changed, selection.changed, selection.moved):
            signal.connect(self.changed)

    @property
    def words(self) -> str:
        """What goes on; else which frame is seen, and why it is not the one to be seen now."""
        seen, model = self._seen, self._selection.model
        if self.note or seen is None or model is None:
            return self.note
        playhead, wanted = self._selection.playhead, self._selection.range
        words = f"Preview of {model.timecode(seen.frame)}"
        if seen.subject != self.look().subject:
            return f"{words} · changed since · Ctrl+P"
        if seen.frame == playhead:
            return model.timecode(playhead)
        if wanted and seen.frame == min(max(playhead, wanted.start), wanted.end - 1):
            return f"{words} · playhead outside the selection"
        return f"{words} · Ctrl+P"

    def look(self) -> Look:
        """What a preview would be asked for now."""
        choice = self._choice
        subject = (self._selection.tracks, choice.effect.id, choice.values, choice.interpretations)
        return Look(self._selection.playhead, subject)

    def ask(self, jobs: tuple[Job, ...], look: Look) -> None:
        """Preview the frame of `look`, or the one nearest to it that the jobs' shots hold.

        Raises:
            WorkerError: the worker's process cannot be started.
        """
        # Of several that hold it, inside a compound, the topmost is seen: it is the last.
        job = min(reversed(jobs), key=lambda one: _distance(one.shot, look.frame))
        shot = job.shot
        frame = min(max(look.frame, shot.record), shot.record_end - 1)
        self._jobs.preview(job, shot.time.source(frame))
        self._asked = Look(frame, look.subject)
        self._note("Starting")

    def forget(self) -> None:
        """Show nothing: it was of another edit."""
        self._jobs.drop_preview()
        self.before, self.after, self.note = QImage(), QImage(), ""
        self._asked = self._seen = None
        self.changed.emit()

    def _note(self, note: str) -> None:
        self.note = f"{note}…"
        self.changed.emit()

    def _fail(self, error: OpticalsError) -> None:
        self.note = ""
        self.changed.emit()
        self.failed.emit(error)

    def _load(self, before: str, after: str) -> None:
        asked = self._asked

        def show(images: tuple[QImage, QImage]) -> None:
            if asked is not self._asked:
                return  # another was asked for since, or another edit opened
            self.before, self.after = images
            self._seen, self.note = asked, ""
            self.changed.emit()

        self._background.run(lambda: (_image(before), _image(after)), show, self._fail)


def _distance(shot: Shot, frame: int) -> int:
    return max(shot.record - frame, frame - (shot.record_end - 1), 0)


def _image(path: str) -> QImage:
    image = QImage(path)
    if image.isNull():
        raise MediaError(
            "The preview cannot be shown.",
            f"{path} is no picture that can be read.",
            "Ask for the preview again.",
        )
    return image
