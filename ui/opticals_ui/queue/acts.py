"""What can be done with jobs of the queue that are chosen in a list, without widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from opticals.errors import OutputError
from opticals.jobs.entries import State
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice
from opticals_ui.queue import showing
from opticals_ui.queue.view import JobView, duration, why_waiting

if TYPE_CHECKING:
    from opticals_ui.session import Session

TOPIC = "queue"


class QueueActs(QObject):
    """The jobs that are chosen, and what becomes of them. `choice_changed`: others are chosen;
    `changed`: that, or the queue is another."""

    changed = Signal()
    choice_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = session.jobs
        self._ids: tuple[str, ...] = ()
        self._counted: tuple[tuple[JobView, ...] | None, dict[str, int]] = (None, {})
        self._jobs.changed.connect(self.changed)

    @property
    def chosen(self) -> tuple[JobView, ...]:
        """The jobs that are chosen, in the order of the list."""
        found = map(self._jobs.get, self._ids)
        return tuple(view for view in found if view is not None)

    @property
    def current(self) -> JobView | None:
        """The only one that is chosen."""
        found = self.chosen
        return found[0] if len(found) == 1 else None

    def choose(self, ids: Sequence[str]) -> None:
        self._ids = tuple(ids)
        self.choice_changed.emit()
        self.changed.emit()

    def status(self, view: JobView) -> str:
        """Its state in words; of one that waits, what for."""
        jobs = self._jobs
        if view.state is State.WAITING:
            count = self._ahead.get(view.job.id, 0)
            return why_waiting(view, count, jobs.flags, time(), self.foreign)
        if view.state is State.RUNNING and jobs.flags.paused:
            return tr("Paused at {done} of {total}", done=view.done, total=view.total)
        if view.state is State.RUNNING and jobs.held:
            return tr("Stands still: {why}", why=_reason(jobs.held))
        if view.state is State.FAILED and view.error is not None:
            return view.error.what
        return view.status

    @property
    def _ahead(self) -> dict[str, int]:
        """How many are rendered before each job: counted once for all, as long as none changed."""
        views = self._jobs.views
        if self._counted[0] is not views:
            to_do = [one for one in views if one.active and one.state is not State.PAUSED]
            self._counted = views, {one.job.id: number for number, one in enumerate(to_do)}
        return self._counted[1]

    def sign(self, view: JobView) -> State:
        """The state that its icon tells: of one at work in a paused queue, that it stands."""
        stands = view.state is State.RUNNING and self._jobs.flags.paused
        return State.PAUSED if stands else view.state

    @property
    def foreign(self) -> str:
        """Who renders instead of this panel, in words; "" when this one does."""
        return {
            "panel": tr("another panel"),
            "background": tr("the background"),
            "command": tr("the command line"),
        }.get(self._jobs.foreign, "")

    @property
    def summary(self) -> str:
        """The queue in one line."""
        active = [view for view in self._jobs.views if view.active]
        if not active:
            done = sum(view.state is State.RENDERED for view in self._jobs.views)
            return tr("%n render(s) to place", count=done) if done else tr("Nothing to render")
        parts = [tr("%n to render", count=len(active))]
        if self._jobs.left >= 1:
            parts.append(tr("{time} left", time=duration(self._jobs.left)))
        return " · ".join(parts)

    @property
    def tab(self) -> str:
        """The page's name, with how many are still to be rendered."""
        count = sum(view.active for view in self._jobs.views)
        return f"{tr('Queue')} {count}" if count else tr("Queue")

    @property
    def stands(self) -> str:
        """That somebody paused the queue though there is something to render; "" when it goes
        on, or will by itself."""
        waiting = sum(view.active for view in self._jobs.views)
        if not waiting or not self._jobs.flags.paused:
            return ""
        return tr("Queue paused · %n to render", count=waiting)

    @property
    def remark(self) -> str:
        """What keeps the queue, or who renders it; "" when there is nothing to say."""
        jobs = self._jobs
        if not jobs.active:
            return ""
        if jobs.flags.paused:
            return tr("The queue is paused.")
        if jobs.flags.start_at > time():
            return tr("Starts at {time}.", time=clock(jobs.flags.start_at))
        if jobs.held:
            return tr("Stands still: {why}", why=_reason(jobs.held))
        return tr("Rendered by {who}.", who=self.foreign) if self.foreign else ""

    def can_pause(self) -> bool:
        return any(view.active for view in self.chosen)

    def can_place(self) -> bool:
        return any(view.state is State.RENDERED for view in self.chosen)

    def can_retry(self) -> bool:
        return any(view.failed for view in self.chosen)

    def can_reveal(self) -> bool:
        return any(view.files for view in self.chosen)

    def can_move(self) -> bool:
        return any(view.active for view in self.chosen)

    def pause(self) -> None:
        """Pause the chosen jobs, or go on with them when all of them stand."""
        active = [view for view in self.chosen if view.active]
        ids = [view.job.id for view in active if view.state is not State.PAUSED]
        if ids:
            self._jobs.pause(ids)
        else:
            self._jobs.resume([view.job.id for view in active])

    def pause_all(self) -> None:
        """Pause the queue, or go on with it."""
        self._jobs.set_flags(paused=not self._jobs.flags.paused)

    def place(self) -> None:
        """Cut the chosen renders into the edit; from the last to the first, so that none moves
        what is still to be placed."""
        found = [view for view in self.chosen if view.state is State.RENDERED]
        for view in sorted(found, key=lambda one: -one.job.shot.record):
            self._session.placing.place(view.job.id)

    def retry(self) -> None:
        """Render again what failed or was stopped."""
        for view in self.chosen:
            if view.failed:
                self._session.retry(view.job.id)

    def remove(self) -> None:
        """Stop what is to be rendered; take the rest out of the list. Both can be taken back."""
        chosen = self.chosen
        active = [view.job.id for view in chosen if view.active]
        over = [view.job.id for view in chosen if not view.active]
        jobs = self._jobs
        if active:
            jobs.cancel(*active)
            words = tr("%n render(s) stopped.", count=len(active))
            why = tr("What is finished of them is kept.")
            self._note(words, why, partial(self._again, active), tr("Go on"))
        if over:
            jobs.remove(over)
            words = tr("%n render(s) taken out of the list.", count=len(over))
            self._note(words, tr("Files stay."), partial(jobs.bring_back, over), tr("Undo"))

    def clear(self) -> None:
        """Take all out of the list that is done, failed or stopped; what is still to be placed
        stays."""
        ids = [
            view.job.id
            for view in self._jobs.views
            if not view.active and view.state is not State.RENDERED
        ]
        if ids:
            self._jobs.remove(ids)
            words = tr("%n render(s) taken out of the list.", count=len(ids))
            back = partial(self._jobs.bring_back, ids)
            self._note(words, tr("Files stay."), back, tr("Undo"))

    def can_clear(self) -> bool:
        return any(not one.active and one.state is not State.RENDERED for one in self._jobs.views)

    def move(self, steps: int) -> None:
        """Render the chosen ones earlier (-1) or later (1)."""
        order = [view.job.id for view in self._jobs.views if view.active]
        ids = [id for id in order if id in self._ids]
        if not ids:
            return
        rest = [id for id in order if id not in ids]
        before = sum(1 for id in order[: order.index(ids[0])] if id in rest)
        at = max(0, before + steps)
        self._jobs.move(ids, rest[at] if at < len(rest) else None)

    def put(self, ids: Sequence[str], before: str | None) -> None:
        """Render jobs before another one; None: at the end."""
        order = [view.job.id for view in self._jobs.views if view.active and view.job.id in ids]
        self._jobs.move(order, before)

    def reveal(self) -> None:
        """Show the chosen renders in the system's file manager."""
        files = [file for view in self.chosen for file in view.files]
        for file in files[:5]:  # windows
            if not showing.reveal(file):
                error = OutputError(
                    tr("{file} cannot be shown.", file=str(file)),
                    tr("It is not there any more, or there is no file manager."),
                    tr("Copy its path, or render it again."),
                )
                self._session.board.fail(error, TOPIC)
                return

    def copy_path(self) -> None:
        self._copy("\n".join(str(file) for view in self.chosen for file in view.files))

    def copy_details(self) -> None:
        self._copy("\n\n".join(view.details for view in self.chosen))

    def start_at(self, when: datetime | None) -> None:
        """Begin at a time of day, the next one there is; None: at once."""
        if when is not None and when <= datetime.now().astimezone():
            when += timedelta(days=1)
        self._jobs.set_flags(start_at=0 if when is None else int(when.timestamp()))
        self._jobs.go_on()

    def help(self, view: JobView) -> tuple[Answer, ...]:
        """What can be done about a job as it is, the most likely first."""
        id = view.job.id
        if view.state is State.RENDERED:
            return (Answer(tr("Place"), partial(self._session.placing.place, id)),)
        if not view.failed:
            return ()
        again = Answer(tr("Retry"), partial(self._session.retry, id))
        if view.error is None:
            return (again,)
        return (*self._session.remedies(view.error, id), again)

    def _again(self, ids: Sequence[str]) -> None:
        self._jobs.retry(ids)

    def _note(self, what: str, why: str, back: Callable[[], object], label: str) -> None:
        answer = Answer(label, lambda: (back(), None)[1])
        self._session.board.notify(Notice(Kind.INFO, TOPIC, what, why, answers=(answer,)))

    def _copy(self, text: str) -> None:
        if text:
            QGuiApplication.clipboard().setText(text)


def clock(seconds: int) -> str:
    """A time as people read it on their clock."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%H:%M")


def _reason(held: str) -> str:
    """Why renders stand still; of other programs in their own words."""
    return tr("the viewer plays") if held == "viewer" else held
