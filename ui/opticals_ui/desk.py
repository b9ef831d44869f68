"""The edit that is open, and what can be done with it as a whole: opened, left, changed, undone.

Without widgets, as all of the panel's state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from opticals.errors import (
    AnswerNeeded,
    MediaOffline,
    OpticalsError,
    ShotError,
)
from opticals_ui.background import Background
from opticals_ui.editions import Editions
from opticals_ui.host import Can, HostAway, HostSlow
from opticals_ui.look.words import tr
from opticals_ui.notices import reports
from opticals_ui.notices.board import Answer, Board, Kind, Notice
from opticals_ui.queue.jobs import Jobs, JobView, StartWorker
from opticals_ui.relinking import Relinking
from opticals_ui.saving import Saving
from opticals_ui.timeline.model import TimelineModel
from opticals_ui.timeline.selection import Selection

if TYPE_CHECKING:
    from opticals_ui.host import Answers, EditView, Host

T = TypeVar("T")

# Seconds in which the panel shows that an edit opens, before its reading begins: at the same time
# both would but wait for Python's lock.
PAINT = 0.03


class Desk(QObject):
    """One edit in a host, and the selection in it.

    Signals:
        replaced: another edit is shown from now on.
        edit_changed: the edit, or anything of it, changed.
        busy_changed: the host started or ended work.
        unanswered: a host did not answer to what was asked under a topic; with the error.
    """

    replaced = Signal()
    edit_changed = Signal()
    busy_changed = Signal()
    unanswered = Signal(str, object)

    def __init__(self, host: Host, start_worker: StartWorker) -> None:
        super().__init__()
        self.host = host
        self.selection = Selection(self)
        self.jobs = Jobs(start_worker, self)
        self.board = Board(self)
        self._editions = Editions()
        self._answers: Answers = {}  # with which the edit was opened
        self.relinking = Relinking(self)
        self.saving = Saving(self)
        self._following = Background(self)  # what the host tells by itself
        self._background = Background(self)
        self._background.idle_changed.connect(self.busy_changed)

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

    @property
    def held_here_alone(self) -> bool:
        """Whether leaving the edit would lose something of it."""
        return self.modified

    @property
    def jobs_here(self) -> tuple[JobView, ...]:
        """The jobs for the edit that is shown."""
        path = self._path_here
        return tuple(view for view in self.jobs.views if self._is_of(path, view))

    def refresh(self) -> None:
        """Show what the host holds now, as a new edit."""
        self._take_new(lambda: None)

    def follow_host(
        self,
        read: Callable[[], bool],
        done: Callable[[], None],
        failed: Callable[[OpticalsError], None],
    ) -> None:
        """Show what a host holds that changes its edit by itself: as the same edit, where `read`
        says that it is, with its jobs; else as another. Nothing that is under way is waited for."""

        def work() -> tuple[int | None, EditView | None]:
            same = read()
            return (None if same else self._editions.next()), self.host.view()

        def show(what: tuple[int | None, EditView | None]) -> None:
            number, view = what
            if number is not None:
                self._show_new(number, view)
            else:
                before, here = self.edit, [one.job.id for one in self.jobs_here]
                self.show_changed(view)
                if view and view.path and before and view.path != before.path:
                    self.jobs.follow(here, view.name, str(view.path.absolute()))
            done()

        self._following.run(work, show, failed)

    def open(self, path: Path, answers: Answers | None = None) -> None:
        """Open an edit; asks first when that costs something of the one that is open.

        Args:
            answers: to what the file leaves open.
        """
        self.leave(
            lambda: self._open(path, answers or {}),
            tr("They would be lost when “{name}” is opened.", name=path.name),
            tr("It goes on, and can be placed when its edit is open again."),
            tr("Open anyway"),
            going=any(view.active and view.edit != str(path.absolute()) for view in self.jobs_here),
        )

    def reopen(self, path: Path, then: Callable[[], None] = lambda: None) -> None:
        """Read an edit again that changed on disk, with the answers given before, and keep the
        selection; the one that is open is left without a question, which was asked.

        Args:
            then: what goes on when it is there.
        """
        selection, old = self.selection, self.model
        item = old.find(selection.clip) if old and selection.clip else None
        playhead, marks = selection.playhead, (selection.mark_in, selection.mark_out)

        def again() -> None:
            moved = 0
            same = self.model.like(item) if self.model and item else None
            if same is not None and same.id and item is not None:
                selection.go_to(same.id)
                moved = same.record - item.record
            if None not in marks:
                first, last = (one + moved for one in marks if one is not None)
                selection.mark(selection.track, first, last)
            selection.move_to(playhead + moved)
            then()

        self._open(path, self._answers, again)

    def read_from_host(
        self,
        topic: str,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[OpticalsError], None] | None = None,
    ) -> None:
        """Have something read from the edit that is shown; `done` with it, or `failed`."""
        self._run(topic, self._editions.on_shown(work), done, failed)

    def leave(
        self, go_on: Callable[[], None], lost: str, running: str, anyway: str, *, going: bool
    ) -> None:
        """Leave the edit: at once, or when the user has said what is to become of its changes.

        Args:
            lost: what becomes of changes that are not saved.
            running: what becomes of a render under way.
            anyway: the answer to go on where there are no changes to lose.
            going: whether a render under way is touched by it.
        """
        what, why, answers = [], [], [Answer(anyway, go_on)]
        if self.held_here_alone and self.edit:
            name = self.edit.name
            unsaved = tr("“{name}” has changes that are not saved.", name=name)
            gone = tr("“{name}” is not there any more.", name=name)
            what.append(unsaved if self.modified else gone)
            why.append(lost if self.modified else tr("It is held here alone."))
            save = Answer(tr("Save as…"), lambda: self.saving.wanted.emit(go_on))
            answers = [save, Answer(tr("Discard changes"), go_on)]
        if going:
            what.append(tr("A render is under way."))
            why.append(running)
        if what:
            self.board.ask(" ".join(what), " ".join(why), *answers)
        else:
            go_on()

    def undo(self) -> None:
        self.change("undo", self.host.undo, self._changed)

    def redo(self) -> None:
        self.change("undo", self.host.redo, self._changed)

    def restore(self) -> None:
        """Make the selected clip what it was before renders were placed in it."""
        clip = self.selection.clip
        if clip is None:
            self.board.fail(
                ShotError(tr("No clip is selected."), remedy=tr("Click a clip.")), "restore"
            )
            return

        def restored(what: tuple[tuple[str, ...], EditView | None]) -> None:
            self.show_changed(what[1])
            if what[0]:
                title = tr("{clip} is the original again.", clip=clip)
                self.board.notify(Notice(Kind.INFO, "restore", title, "\n".join(what[0])))

        self.change("restore", lambda: self.host.restore(clip), restored)

    def switch(self, clip: str, version: str) -> None:
        """Show another version of a clip; `original` too."""

        def switched(what: tuple[tuple[str, ...], EditView | None]) -> None:
            self.show_changed(what[1])
            if what[0]:
                title = tr("{clip} shows {version}.", clip=clip, version=version)
                self.board.notify(Notice(Kind.INFO, "versions", title, "\n".join(what[0])))

        self.change("versions", lambda: self.host.switch(clip, version), switched)

    def drop_version(self, version: str, then: Callable[[], None]) -> None:
        """Take a render out of all clips that hold it without showing it; then `then`."""

        def dropped(what: tuple[tuple[str, ...], EditView | None]) -> None:
            self.show_changed(what[1])
            then()

        self.change("delete", lambda: self.host.drop(version), dropped)

    def glance(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[OpticalsError], None],
    ) -> None:
        """Have something short read from the edit that is shown, which nobody waits for."""
        self._background.run(self._editions.on_shown(work), done, failed, quiet=True)

    def remedies(self, error: OpticalsError, topic: str) -> Iterator[Answer]:
        """What can be done at once about an error of `topic`."""
        if isinstance(error, MediaOffline):
            yield from self.relink_answers()

    def _open(self, path: Path, answers: Answers, then: Callable[[], None] = lambda: None) -> None:
        left, again = self.edit, self.edit is not None and path == self.edit.path
        clip = self.selection.clip if again else None

        def opened() -> None:
            self._answers = answers
            if clip is not None:
                self.selection.go_to(clip)
            notice = self.model and reports.opened(self.model, *self.relink_answers())
            if notice:
                self.board.notify(notice)
            then()

        def failed(error: OpticalsError) -> None:
            if isinstance(error, AnswerNeeded):
                self._ask(error, path, answers, left)
            else:
                self.fail(error, "open")

        self._take_new(lambda: self.host.open(path, answers), opened, failed)

    def _ask(
        self, error: AnswerNeeded, path: Path, answers: Answers, left: EditView | None = None
    ) -> None:
        """Ask what an edit leaves open, and open it with the answer.

        Args:
            left: the edit that the user agreed to leave, as it was then.
        """

        def settle(value: str) -> None:
            settled = {**answers, error.argument: value}
            if self.edit is left:
                self._open(path, settled)
            else:
                self.open(path, settled)

        self.board.ask(error.what, error.why, *reports.choices(error, settle))

    def _take_new(
        self,
        change: Callable[[], None],
        done: Callable[[], None] = lambda: None,
        failed: Callable[[OpticalsError], None] | None = None,
    ) -> None:
        """Show what the host holds after `change`, as another edit than the one before."""

        def read() -> tuple[int, EditView | None]:
            time.sleep(PAINT)
            change()
            return self._editions.next(), self.host.view()

        def show(what: tuple[int, EditView | None]) -> None:
            self._show_new(*what)
            done()

        self._run("open", read, show, failed)

    def _show_new(self, number: int, view: EditView | None) -> None:
        self._editions.shown = number
        self._answers = {}
        self.board.dismiss("question")  # it was about the one before
        self.replaced.emit()
        self._show(view, keep=False)

    def show_changed(self, view: EditView | None) -> None:
        """Show the edit after a change of it."""
        self._show(view, keep=True)

    def show_saved(self, view: EditView | None) -> None:
        """Show the edit as it was saved, under its new name; the jobs for it go with it."""
        self._answers = {}  # the new file leaves nothing open
        here = [one.job.id for one in self.jobs_here]
        self.show_changed(view)
        if self.edit and self.edit.path:
            self.jobs.follow(here, self.edit.name, str(self.edit.path.absolute()))

    def _changed(self, what: tuple[object, EditView | None]) -> None:
        self.show_changed(what[1])

    def _show(self, view: EditView | None, *, keep: bool) -> None:
        self.selection.show(TimelineModel.of(view) if view else None, keep=keep)
        renders = self.model.renders if self.model else frozenset()
        for job in self.jobs.views:
            if job.render is not None and self.is_here(job):
                self.jobs.set_placed(job.job.id, job.render.name in renders)
        self.edit_changed.emit()

    def is_of_now(self, view: JobView) -> bool:
        """Whether a job was asked for since the edit that is shown was opened."""
        return view.origin.generation == self._editions.shown

    def is_of_sitting(self, view: JobView) -> bool:
        """Whether a job was asked for since the program that holds the edit opened it, by a panel
        that may be gone."""
        sitting = self.edit.sitting if self.edit else ""
        return bool(sitting) and view.origin.sitting == sitting

    def follow_saved(self) -> None:
        """Have jobs belong to the file that their edit was saved as while no panel was there."""
        path = self._path_here
        if self.edit is not None and path:
            stray = [
                one.job.id for one in self.jobs.views
                if self.is_of_sitting(one) and one.edit != path
            ]  # fmt: skip
            self.jobs.follow(stray, self.edit.name, path)

    def is_here(self, view: JobView) -> bool:
        """Whether a job is for the edit that is shown, though that was closed and opened again."""
        return self._is_of(self._path_here, view)

    @property
    def _path_here(self) -> str:
        """Of the edit that is shown; "" when it has none."""
        path = self.edit.path if self.edit else None
        return str(path.absolute()) if path is not None else ""

    def _is_of(self, path: str, view: JobView) -> bool:
        again = bool(path) and view.edit == path
        return again or self.is_of_now(view) or self.is_of_sitting(view)

    def change(
        self,
        topic: str,
        change: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[OpticalsError], None] | None = None,
    ) -> None:
        """Have the host change the edit; `done` with the result and the edit after it."""
        work = self._editions.on_shown(lambda: (change(), self.host.view()))
        self._run(topic, work, done, failed)

    def _run(
        self,
        topic: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[OpticalsError], None] | None = None,
    ) -> None:
        self.board.dismiss(topic)
        self._background.run(work, done, failed or (lambda error: self.fail(error, topic)))

    def fail(self, error: OpticalsError, topic: str, *answers: Answer) -> None:
        """Say what went wrong; nothing where nobody asked for it, which has no topic."""
        if not topic:
            return
        if isinstance(error, HostAway | HostSlow):
            self.board.notify(Notice(Kind.INFO, topic, error.what, error.why, error.remedy))
            self.unanswered.emit(topic, error)
            return
        self.board.fail(error, topic, *self.remedies(error, topic), *answers)

    def relink_answers(self) -> Iterator[Answer]:
        """To look for lost media, where the host lets clips be led to others."""
        if Can.RELINK in self.host.can:
            yield Answer(tr("Relink…"), self.relinking.wanted.emit)
