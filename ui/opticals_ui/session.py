"""The panel's state and what it can do, without widgets: the whole job can be driven from here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from opticals.errors import Cancelled, MediaError, OpticalsError, ShotError
from opticals.rendering.job import Job, Output
from opticals_ui.background import Background
from opticals_ui.choice import Choice
from opticals_ui.jobs import Jobs, StartWorker
from opticals_ui.notices import Answer, Kind, Notice
from opticals_ui.selection import Range, Selection
from opticals_ui.timeline_model import TimelineModel

if TYPE_CHECKING:
    from opticals.timeline.shot import Shot
    from opticals_ui.host import EditView, Host

NOTICES = 3


class Session(QObject):
    """One edit in a host, the selection in it, the choice of effect, and the jobs.

    Signals:
        edit_changed: the edit, or anything of it, changed.
        preview_changed: `before`, `after` or `preview_note` changed.
        notices_changed: `notices` changed.
        busy_changed: the host started or ended work.
        save_wanted: a question was answered with “save first”.
    """

    edit_changed = Signal()
    preview_changed = Signal()
    notices_changed = Signal()
    busy_changed = Signal()
    save_wanted = Signal()

    def __init__(self, host: Host, start_worker: StartWorker) -> None:
        super().__init__()
        self.host = host
        self.selection = Selection(self)
        self.choice = Choice(self)
        self.jobs = Jobs(start_worker, self)
        self.notices: tuple[Notice, ...] = ()
        self.before = QImage()
        self.after = QImage()
        self.preview_note = ""
        self._previewed: object = None
        self._background = Background(self)
        self._background.idle_changed.connect(self.busy_changed)
        self.jobs.rendered.connect(self.place)
        self.jobs.failed.connect(self._job_failed)
        self.jobs.previewed.connect(self._load_preview)
        self.jobs.preview_progress.connect(self._note_preview)
        self.jobs.preview_failed.connect(self._preview_failed)
        self.choice.changed.connect(self.preview_changed)
        self.selection.changed.connect(self.preview_changed)

    @property
    def model(self) -> TimelineModel | None:
        return self.selection.model

    @property
    def edit(self) -> EditView | None:
        return self.model.view if self.model else None

    @property
    def busy(self) -> bool:
        """Whether the host is at work: opening, placing, undoing or saving."""
        return not self._background.idle

    @property
    def preview_stale(self) -> bool:
        """Whether the selection or the settings have changed since the preview was asked for."""
        return self._previewed != self._subject()

    @property
    def modified(self) -> bool:
        return self.edit is not None and self.edit.modified

    def refresh(self) -> None:
        """Show what the host holds now, as a new edit."""
        self._background.run(self.host.view, self._show_new, self._failure("open"))

    def open(self, path: Path) -> None:
        """Open an edit; asks first when the one that is open has unsaved changes."""
        if self.modified:
            self.ask_to_save(f"before “{path.name}” is opened", lambda: self._open(path))
        else:
            self._open(path)

    def save(self, path: Path) -> None:
        """Write the edit to a new file."""

        def saved(what: tuple[Path, EditView | None]) -> None:
            self._show_changed(what[1])
            self.notify(Notice(Kind.INFO, "save", f"Saved as {what[0]}."))

        self._run("save", lambda: (self.host.save(path), self.host.view()), saved)

    def undo(self) -> None:
        self._change("undo", self.host.undo)

    def redo(self) -> None:
        self._change("undo", self.host.redo)

    def preview(self) -> None:
        """Render the frame under the playhead, or the selection's nearest one."""

        def ask(shots: tuple[Shot, ...]) -> None:
            frame = self.selection.playhead
            shot = min(shots, key=lambda one: _distance(one, frame))
            frame = min(max(frame, shot.record), shot.record + shot.frames - 1)
            job = self._job(shot)
            self.jobs.preview(job, shot.first + frame - shot.record)
            self._previewed = self._subject()
            self._note_preview("Starting")

        self._with_shots("preview", ask)

    def render(self) -> None:
        """Render every shot of the selection; each is placed when it is done."""

        def start(shots: tuple[Shot, ...]) -> None:
            notes = [note for shot in shots for note in shot.notes]
            if notes:
                self.notify(Notice(Kind.INFO, "render", "The selection grew.", "\n".join(notes)))
            for shot in shots:
                self.jobs.render(self._job(shot), self.choice.delivery)

        self._with_shots("render", start)

    def place(self, job_id: str) -> None:
        """Cut a finished render into the edit."""
        view = self.jobs.find(job_id)
        render, delivery = view.render, view.delivery
        if render is None:
            return

        def placed(what: tuple[tuple[str, ...], EditView | None]) -> None:
            messages, edit = what
            self.jobs.placed(job_id)
            self._show_changed(edit)
            if messages:
                title = f"{render.name} is in the edit."
                self.notify(Notice(Kind.INFO, job_id, title, "\n".join(messages)))

        self._run(
            job_id,
            lambda: (
                self.host.place(render, delivery.place, delivery.time),
                self.host.view(),
            ),
            placed,
        )

    def cancel(self) -> None:
        """Stop every job and the preview."""
        self.jobs.cancel_all()

    def notify(self, notice: Notice) -> None:
        """Show a notice, the newest first; an earlier one of its topic goes."""
        others = tuple(one for one in self.notices if one.topic != notice.topic)
        self.notices = (notice, *others)[:NOTICES]
        self.notices_changed.emit()

    def fail(self, error: OpticalsError, topic: str) -> None:
        if not isinstance(error, Cancelled):
            self.notify(Notice.of(error, topic))

    def dismiss(self, topic: str) -> None:
        kept = tuple(one for one in self.notices if one.topic != topic)
        if kept != self.notices:
            self.notices = kept
            self.notices_changed.emit()

    def ask_to_save(self, when: str, go_on: Callable[[], None]) -> None:
        """Ask what to do with unsaved changes; `go_on` when they are to be given up."""
        name = self.edit.name if self.edit else ""
        self.ask(
            f"“{name}” has changes that are not saved.",
            f"They would be lost {when}.",
            Answer("Save as…", self.save_wanted.emit),
            Answer("Discard changes", go_on),
        )

    def ask(self, what: str, why: str, *answers: Answer) -> None:
        """Ask a question; it goes away with the answer."""

        def closing(answer: Answer) -> Answer:
            def act() -> None:
                self.dismiss("question")
                answer.act()

            return Answer(answer.label, act)

        closed = tuple(closing(answer) for answer in answers)
        self.notify(Notice(Kind.QUESTION, "question", what, why, answers=closed))

    def close(self) -> None:
        """End the worker and the work under way."""
        self.jobs.close()
        self._background.close()

    def _open(self, path: Path) -> None:
        def read() -> EditView | None:
            self.host.open(path)
            return self.host.view()

        self._run("open", read, self._show_new)

    def _show_new(self, view: EditView | None) -> None:
        self.before, self.after, self.preview_note = QImage(), QImage(), ""
        self.preview_changed.emit()
        self.selection.show(TimelineModel.of(view) if view else None, keep=False)
        self.edit_changed.emit()

    def _show_changed(self, view: EditView | None) -> None:
        self.selection.show(TimelineModel.of(view) if view else None, keep=True)
        self.edit_changed.emit()

    def _change(self, topic: str, change: Callable[[], None]) -> None:
        def work() -> EditView | None:
            change()
            return self.host.view()

        self._run(topic, work, self._show_changed)

    def _with_shots(self, topic: str, go_on: Callable[[tuple[Shot, ...]], None]) -> None:
        wanted = self.selection.range
        if wanted is None:
            error = ShotError(
                "Nothing is selected.", remedy="Click a clip, or mark a range with I and O."
            )
            self.fail(error, topic)
            return

        def found(shots: tuple[Shot, ...]) -> None:
            try:
                go_on(shots)
            except OpticalsError as error:
                self.fail(error, topic)

        self._run(topic, lambda: self._shots(wanted), found)

    def _shots(self, wanted: Range) -> tuple[Shot, ...]:
        return self.host.shots(wanted.track, wanted.start, wanted.end)

    def _job(self, shot: Shot) -> Job:
        delivery = self.choice.delivery
        output = Output(
            self.host.renders_folder(), delivery.format, delivery.handles, delivery.draft
        )
        return Job(shot, self.choice.recipe(), output)

    def _run(self, topic: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.dismiss(topic)
        self._background.run(work, done, self._failure(topic))

    def _failure(self, topic: str) -> Callable[[OpticalsError], None]:
        return lambda error: self.fail(error, topic)

    def _job_failed(self, job_id: str, error: OpticalsError) -> None:
        self.fail(error, job_id)

    def _note_preview(self, note: str) -> None:
        self.preview_note = f"{note}…"
        self.preview_changed.emit()

    def _preview_failed(self, error: OpticalsError) -> None:
        self.preview_note = ""
        self.preview_changed.emit()
        self.fail(error, "preview")

    def _load_preview(self, before: str, after: str) -> None:
        def show(images: tuple[QImage, QImage]) -> None:
            self.before, self.after = images
            self.preview_note = ""
            self.preview_changed.emit()

        self._background.run(lambda: (_image(before), _image(after)), show, self._preview_failed)

    def _subject(self) -> object:
        """What a preview shows, apart from the frame."""
        return (self.selection.range, self.choice.effect.id, self.choice.values)


def _distance(shot: Shot, frame: int) -> int:
    return max(shot.record - frame, frame - (shot.record + shot.frames - 1), 0)


def _image(path: str) -> QImage:
    image = QImage(path)
    if image.isNull():
        raise MediaError(
            "The preview cannot be shown.",
            f"{path} is no picture that can be read.",
            "Ask for the preview again.",
        )
    return image
