"""The panel's state and what it can do, without widgets: the whole job can be driven from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from opticals.errors import EditError, FieldsOpen, ModelMissing, OpticalsError, ShotError
from opticals.rendering.job import Job, Output
from opticals_ui.background import Background
from opticals_ui.choice import Choice
from opticals_ui.jobs import Jobs, JobView, Origin, StartWorker
from opticals_ui.notices import Answer, Board, Kind, Notice
from opticals_ui.selection import Selection
from opticals_ui.source import Source
from opticals_ui.timeline_model import TimelineModel
from opticals_ui.viewing import Viewing

if TYPE_CHECKING:
    from opticals_ui.host import EditView, Host


class Session(QObject):
    """One edit in a host, the selection in it, the choice of effect, and the jobs.

    Signals:
        edit_changed: the edit, or anything of it, changed.
        busy_changed: the host started or ended work.
        save_wanted: a question was answered with “save first”; with what to do after that.
    """

    edit_changed = Signal()
    busy_changed = Signal()
    save_wanted = Signal(object)

    def __init__(self, host: Host, start_worker: StartWorker) -> None:
        super().__init__()
        self.host = host
        self.selection = Selection(self)
        self.source = Source(self.selection, self)
        self.choice = Choice(self)
        self.jobs = Jobs(start_worker, self)
        self.board = Board(self)
        self._shown = 0  # the edit that is shown, counted from the first one opened
        self._held = 0  # the one in the host, which is the next one while that is being read
        self._background = Background(self)
        self._background.idle_changed.connect(self.busy_changed)
        self.viewing = Viewing(self.selection, self.choice, self.jobs, self._background)
        self.viewing.failed.connect(lambda error: self._fail(error, "preview"))
        self.jobs.rendered.connect(self.place)
        self.jobs.failed.connect(lambda job_id, error: self._fail(error, job_id))
        self.jobs.pulling.connect(self._note_pull)
        self.jobs.pulled.connect(self._pulled)
        self.jobs.pull_failed.connect(lambda model, error: self._fail(error, f"model {model}"))

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
    def modified(self) -> bool:
        return self.edit is not None and self.edit.modified

    def refresh(self) -> None:
        """Show what the host holds now, as a new edit."""
        self._take_new(lambda: None)

    def open(self, path: Path) -> None:
        """Open an edit; asks first when that costs something of the one that is open."""
        self.leave(
            lambda: self._take_new(lambda: self.host.open(path)),
            f"before “{path.name}” is opened",
            "It goes on, and can be placed when its edit is open again.",
            "Open anyway",
        )

    def leave(self, go_on: Callable[[], None], when: str, running: str, anyway: str) -> None:
        """Leave the edit: at once, or when the user has said what is to become of its changes.

        Args:
            when: what ends it, as in “They would be lost …”.
            running: what becomes of a render under way.
            anyway: the answer to go on where there are no changes to lose.
        """
        what, why, answers = [], [], [Answer(anyway, go_on)]
        if self.modified and self.edit:
            what.append(f"“{self.edit.name}” has changes that are not saved.")
            why.append(f"They would be lost {when}.")
            save = Answer("Save as…", lambda: self.save_wanted.emit(go_on))
            answers = [save, Answer("Discard changes", go_on)]
        if self.jobs.active:
            what.append("A render is under way.")
            why.append(running)
        if what:
            self.board.ask(" ".join(what), " ".join(why), *answers)
        else:
            go_on()

    def save(self, path: Path, then: Callable[[], None] | None = None) -> None:
        """Write the edit to a new file; `then` what waited for it."""

        def saved(what: tuple[Path, EditView | None]) -> None:
            self._show_changed(what[1])
            self.board.notify(Notice(Kind.INFO, "save", f"Saved as {what[0]}."))
            if then is not None:
                then()

        self._change("save", lambda: self.host.save(path), saved)

    def undo(self) -> None:
        self._change("undo", self.host.undo, self._changed)

    def redo(self) -> None:
        self._change("undo", self.host.redo, self._changed)

    def restore(self) -> None:
        """Make the selected clip what it was before renders were placed in it."""
        clip = self.selection.clip
        if clip is None:
            self.board.fail(ShotError("No clip is selected.", remedy="Click a clip."), "restore")
            return

        def restored(what: tuple[tuple[str, ...], EditView | None]) -> None:
            self._show_changed(what[1])
            if what[0]:
                title = f"{clip} is the original again."
                self.board.notify(Notice(Kind.INFO, "restore", title, "\n".join(what[0])))

        self._change("restore", lambda: self.host.restore(clip), restored)

    def preview(self) -> None:
        """Render the frame under the playhead, or the selection's nearest one."""

        look = self.viewing.look()
        self._with_jobs("preview", lambda jobs: self.viewing.ask(jobs, look))

    def render(self) -> None:
        """Render every shot of the selection; each is placed when it is done."""
        delivery = self.choice.delivery
        origin = Origin(self._shown, self.edit.name if self.edit else "")

        def start(jobs: tuple[Job, ...]) -> None:
            notes = [note for job in jobs for note in job.shot.notes]
            if notes:
                what = "The selection grew."
                self.board.notify(Notice(Kind.INFO, "render", what, "\n".join(notes)))
            for job in jobs:
                self.jobs.render(job, delivery, origin)

        self._with_jobs("render", start)

    def retry(self, job_id: str) -> None:
        """Render a job again that failed or was stopped, its medium read as is chosen now."""
        view = self.jobs.find(job_id)
        self.board.dismiss(job_id)
        try:
            self.jobs.render(self._as_read(view.job), view.delivery, view.origin)
        except OpticalsError as error:
            self._fail(error, job_id)

    def get_model(self, model: str) -> None:
        """Fetch a model that is missing."""
        try:
            self.jobs.pull(model)
            self._note_pull(model, "")
        except OpticalsError as error:
            self._fail(error, f"model {model}")

    def choose_fields(self, medium: str, fields: str, topic: str) -> None:
        """Settle what becomes of an interlaced medium's fields, and ask again for what stopped
        for it: the preview, or every job."""
        self.choice.interpret(medium, fields=fields)
        if topic == "preview":
            self.preview()
        else:
            for job_id in self._stopped_by(FieldsOpen, medium):
                self.retry(job_id)

    def place(self, job_id: str) -> None:
        """Cut a finished render into the edit."""
        view = self.jobs.find(job_id)
        render, delivery = view.render, view.delivery
        if render is None:
            return
        if not self._is_here(view):
            edit = view.origin.name
            error = EditError(
                f"{render.name} was rendered for {edit}.",
                "Another edit is open, which stays as it is.",
                f"Open {edit} and press Place.",
            )
            self._fail(error, job_id)
            return

        def placed(what: tuple[tuple[str, ...], EditView | None]) -> None:
            messages, edit = what
            self._show_changed(edit)
            if messages:
                title = f"{render.name} is in the edit."
                self.board.notify(Notice(Kind.INFO, job_id, title, "\n".join(messages)))

        self._change(job_id, lambda: self.host.place(render, delivery.place, delivery.time), placed)

    def cancel(self) -> None:
        """Stop every job and the preview."""
        self.jobs.cancel_all()

    def close(self) -> None:
        """End the worker and the work under way."""
        self.jobs.close()
        self.source.close()
        self._background.close()

    def _take_new(self, change: Callable[[], None]) -> None:
        """Show what the host holds after `change`, as another edit than the one before."""

        def read() -> tuple[int, EditView | None]:
            change()
            self._held += 1
            return self._held, self.host.view()

        self._run("open", read, self._show_new)

    def _show_new(self, what: tuple[int, EditView | None]) -> None:
        self._shown, view = what
        self.viewing.forget()
        self._show(view, keep=False)

    def _show_changed(self, view: EditView | None) -> None:
        self._show(view, keep=True)

    def _changed(self, what: tuple[object, EditView | None]) -> None:
        self._show_changed(what[1])

    def _show(self, view: EditView | None, *, keep: bool) -> None:
        self.selection.show(TimelineModel.of(view) if view else None, keep=keep)
        renders = self.model.renders if self.model else frozenset()
        for job in self.jobs.views:
            if job.render is not None and self._is_here(job):
                self.jobs.set_placed(job.job.id, job.render.name in renders)
        self.edit_changed.emit()

    def _is_here(self, view: JobView) -> bool:
        """Whether a job is for the edit that is shown, though that was closed and opened again."""
        path = self.edit.path if self.edit else None
        again = path is not None and view.job.shot.edit == str(path.absolute())
        return view.origin.generation == self._shown or again

    def _with_jobs(self, topic: str, go_on: Callable[[tuple[Job, ...]], None]) -> None:
        """Make the selection's jobs, of the choice as it is now."""
        wanted = self.selection.range
        try:
            if wanted is None:
                raise ShotError(
                    "Nothing is selected.", remedy="Click a clip, or mark a range with I and O."
                )
            recipe, delivery = self.choice.recipe(), self.choice.delivery
        except OpticalsError as error:
            self._fail(error, topic)
            return

        def make() -> tuple[Job, ...]:
            output = Output(
                self.host.renders_folder(),
                delivery.format,
                delivery.handles,
                delivery.draft,
                container=delivery.container,
                target=delivery.target,
            )
            shots = self.host.shots(wanted.track, wanted.start, wanted.end)
            return tuple(Job(shot, recipe, output) for shot in shots)

        def made(jobs: tuple[Job, ...]) -> None:
            try:
                go_on(tuple(map(self._as_read, jobs)))
            except OpticalsError as error:
                self._fail(error, topic)

        self._run(topic, self._on_shown(make), made)

    def _change(self, topic: str, change: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Have the host change the edit; `done` with the result and the edit after it."""
        self._run(topic, self._on_shown(lambda: (change(), self.host.view())), done)

    def _on_shown(self, work: Callable[[], Any]) -> Callable[[], Any]:
        """`work` on the edit that is shown now, and on no other that is opened before its turn."""
        shown = self._shown

        def guarded() -> Any:
            if self._held != shown:
                raise EditError(
                    "Another edit was opened meanwhile.",
                    "What was asked was for the one before; neither was changed.",
                    "Ask again with the right one open.",
                )
            return work()

        return guarded

    def _run(self, topic: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.board.dismiss(topic)
        self._background.run(work, done, lambda error: self._fail(error, topic))

    def _fail(self, error: OpticalsError, topic: str) -> None:
        answers = []
        if isinstance(error, ModelMissing) and error.subject:
            answers.append(Answer("Get the model", lambda: self.get_model(error.subject)))
        if isinstance(error, FieldsOpen) and error.subject:
            answers += [
                Answer(words, partial(self.choose_fields, error.subject, fields, topic))
                for words, fields in (("Deinterlace", "deinterlace"), ("Keep fields", "keep"))
            ]
        self.board.fail(error, topic, *answers)

    def _stopped_by(self, kind: type[OpticalsError], subject: str) -> list[str]:
        """The jobs that failed for one reason, by their ids."""
        return [
            view.job.id
            for view in self.jobs.views
            if view.failed and isinstance(view.error, kind) and view.error.subject == subject
        ]

    def _as_read(self, job: Job) -> Job:
        return replace(job, interpretation=self.choice.interpretation(job.shot.media))

    def _note_pull(self, model: str, note: str) -> None:
        what = f"Getting the model {model}…"
        self.board.notify(Notice(Kind.INFO, f"model {model}", what, note, lasting=True))

    def _pulled(self, model: str) -> None:
        waiting = self._stopped_by(ModelMissing, model)

        def render() -> None:
            for job_id in waiting:
                self.retry(job_id)

        again = Answer("Render again", render) if waiting else Answer("Preview again", self.preview)
        what = f"The model {model} is here."
        self.board.notify(Notice(Kind.INFO, f"model {model}", what, answers=(again,), lasting=True))
