"""The queue as the panel knows it: a mirror of the file that many share, and what is asked of it.

Nothing here waits: what is asked is done on the queue's thread, and what changed, whoever changed
it, comes back as a message.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from opticals.errors import Cancelled, OpticalsError
from opticals.jobs import runner
from opticals.jobs.entries import Flags, Process, State
from opticals.jobs.keeper import Both, Keeper, News
from opticals.jobs.queue import Asked as Asking
from opticals.rendering.job import Job
from opticals_ui.effects.delivery import Delivery
from opticals_ui.queue.client import Message, StartWorker, WorkerClient
from opticals_ui.queue.errands import Errands
from opticals_ui.queue.view import Asked, JobView, Origin, further, stage, view_of

AGAIN = 5000  # milliseconds until a queue that could not be written is tried again

__all__ = ["JobView", "Jobs", "Origin", "StartWorker", "State", "WorkerClient"]


class Jobs(QObject):
    """The jobs of the queue, and the worker's other services.

    Signals:
        changed: the jobs, or what holds for the queue as a whole.
        rendered: a job that this panel asked for is done; with its id.
        over: a job is done or failed, whoever asked for it; with its id.
        failed: a job failed or was stopped; with its id and the error.
        troubled: something is wrong with the queue itself; with the error.
        died: the worker here died; with the error.
    """

    changed = Signal()
    rendered = Signal(str)
    over = Signal(str)
    failed = Signal(str, object)
    troubled = Signal(object)
    died = Signal(object)
    previewed = Signal(object)
    preview_progress = Signal(str)
    preview_failed = Signal(object)
    pulling = Signal(str, str)
    pulled = Signal(str)
    pull_failed = Signal(str, object)
    _message = Signal(object)
    _news = Signal(object)
    _trouble = Signal(object)

    def __init__(self, start: StartWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # other threads emit; the queued connections bring it to this one
        for signal, slot in (
            (self._message, self._receive),
            (self._news, self._learn),
            (self._trouble, self.troubled),
        ):
            signal.connect(slot, Qt.ConnectionType.QueuedConnection)
        self._panel = uuid.uuid4().hex
        self._worker = start(self._message.emit)
        self._errands = Errands(self._worker, self._message.emit)
        self._keeper = Keeper(
            "panel", self._worker.wake, self._worker.poke, self._news.emit, self._trouble.emit
        )
        self._views: dict[str, JobView] = {}
        self._ordered: tuple[JobView, ...] | None = None  # as long as nothing changed
        self._listed: tuple[tuple[JobView, ...] | None, tuple[JobView, ...]] = (None, ())
        self._known = self._closed = False
        self._last = 0  # position of all there are
        self._soon = QTimer(self, singleShot=True, interval=0)  # many are asked for at once
        self._soon.timeout.connect(self.changed)
        self._adding: list[Asking] = []
        self._refused = False  # what is to be put in was not, the last time
        self._later = QTimer(self)
        self._later.timeout.connect(self._try_again)
        self.troubled.connect(self._try_later)
        self._lock = threading.Lock()
        self._holds: dict[str, None] = {}
        self._preview: str | None = None
        self._pulls: dict[str, str] = {}  # the models that are being fetched, by their work's id
        self.flags = Flags()
        self.drainers: tuple[Process, ...] = ()
        self._keeper.start()

    @property
    def views(self) -> tuple[JobView, ...]:
        """Every job in the list, in the order they were asked for, or moved to."""
        if self._ordered is None:
            self._ordered = tuple(sorted(self._views.values(), key=lambda one: one.position))
        return self._ordered

    @property
    def listed(self) -> tuple[JobView, ...]:
        """The same as lists show it: what is at work, what comes next, then the newest first."""
        views = self.views
        if self._listed[0] is not views:
            active = [view for view in views if view.active]
            over = [view for view in reversed(views) if not view.active]
            found = (*sorted(active, key=lambda view: not view.claimed), *over)
            self._listed = views, found
        return self._listed[1]

    @property
    def known(self) -> bool:
        """Whether the queue was read at all yet."""
        return self._known

    @property
    def kept(self) -> bool:
        """Whether all that was asked for stands in the queue, and outlives this process."""
        with self._lock:
            return not self._adding

    @property
    def previewing(self) -> bool:
        return self._preview is not None

    @property
    def active(self) -> bool:
        """Whether a job waits or runs."""
        return any(view.active for view in self._views.values())

    @property
    def at_work(self) -> JobView | None:
        """The job that is rendered now, though it may stand still."""
        return next((view for view in self._views.values() if view.claimed), None)

    @property
    def foreign(self) -> str:
        """What kind of other process has the jobs rendered: "panel", "background", "command"; ""
        when this panel does."""
        first, me = next(iter(self.drainers), None), self._keeper.me
        if first is None or (first.host, first.pid) == (me.host, me.pid):
            return ""
        return first.kind

    @property
    def held(self) -> str:
        """Why the job at work stands still on this panel's account; "" when it does not."""
        return next(iter(self._holds), "")

    @property
    def left(self) -> float:
        """Seconds until all is done, as far as is known; 0 when nobody knows."""
        return sum(view.left for view in self._views.values() if view.active)

    def find(self, job_id: str) -> JobView:
        return self._views[job_id]

    def get(self, job_id: str) -> JobView | None:
        """A job, if it is in the list."""
        return self._views.get(job_id)

    def go_on(self) -> None:
        """Have what is in the queue from before rendered. Asking for a job does so, too."""
        self._keeper.drain()

    def render(self, job: Job, delivery: Delivery, origin: Origin, estimate: float = 0.0) -> None:
        """Queue a job; one of this id that failed or was stopped goes on from what it made.

        Args:
            estimate: seconds that it will take, if that is known.
        """
        asked = Asked(
            delivery, origin.name, origin.generation, self._panel, origin.path, origin.sitting
        )
        with self._lock:
            self._adding.append(Asking(job, asked.to_json(), estimate))
            first = len(self._adding) == 1 or self._refused
            self._refused = False
        if first:
            self._put_in()
        old = self._views.get(job.id)  # it is there at once; the rest comes with the news
        self._last += old is None
        place = old.position if old else self._last
        view = JobView(job, delivery, origin, position=place, estimate=estimate)
        self._views[job.id] = view
        self._ordered = None
        if not self._soon.isActive():
            self._soon.start()

    def pause(self, ids: Iterable[str]) -> None:
        self._do(Both.pause, ids)

    def resume(self, ids: Iterable[str]) -> None:
        self._do(Both.resume, ids)
        self._keeper.drain()

    def cancel(self, *ids: str) -> None:
        """Stop jobs, or the preview; what is finished of them is kept."""
        for id in ids:
            if id == self._preview or id in self._pulls:
                self._errands.cancel(id)
        self._do(Both.stop, [id for id in ids if id in self._views])

    def retry(self, ids: Iterable[str]) -> None:
        """Render again what failed or was stopped, from what is finished of it."""
        self._do(Both.retry, ids)
        self._keeper.drain()

    def remove(self, ids: Iterable[str]) -> None:
        """Take jobs out of the list; their files stay."""
        self._do(Both.remove, ids)

    def bring_back(self, ids: Iterable[str]) -> None:
        """Put jobs that were removed back into the list."""
        self._do(Both.bring_back, ids)

    def move(self, ids: Sequence[str], before: str | None) -> None:
        """Render jobs before another one; None: at the end."""
        wanted = list(ids)
        self._keeper.do(lambda queue: queue.move(wanted, before))

    def set_flags(self, **flags: bool | int | str) -> None:
        """Change what holds for the queue as a whole; see `opticals.jobs.entries.Flags`."""
        self._keeper.do(lambda queue: queue.set_flags(**flags))
        if flags.get("paused") is False:
            self._keeper.drain()

    def hold(self, reason: str) -> None:
        """Have the job at work stand still, until `release`: while something plays, say."""
        if reason not in self._holds:
            self._holds[reason] = None
            self._keeper.hold(self.held)
            self.changed.emit()

    def release(self, reason: str) -> None:
        """Let it go on, if nothing else holds it."""
        if reason in self._holds:
            del self._holds[reason]
            self._keeper.hold(self.held)
            self.changed.emit()

    def cancel_all(self) -> None:
        """Stop the preview and every job that is not finished."""
        if self._preview is not None:
            self._errands.cancel(self._preview)
        self._do(Both.stop, [view.job.id for view in self.views if view.active])

    def set_placed(self, job_id: str, placed: bool) -> None:
        """Whether a finished render stands in its edit."""
        state = State.PLACED if placed else State.RENDERED
        if self._views[job_id].state is not state:
            self._views[job_id] = replace(self._views[job_id], state=state)
            self._ordered = None
            self._keeper.do(lambda queue: queue.set_placed(job_id, placed))
            if placed:
                self.settle(job_id)
            self.changed.emit()

    def settle(self, job_id: str) -> None:
        """Nothing is to become of a render by itself any more; it may have left the list."""
        view = self._views.get(job_id)
        if view is not None and not view.settled:
            self._views[job_id] = replace(view, settled=True)
            self._ordered = None
            self._keeper.do(lambda queue: queue.note([job_id], settled=True))

    def follow(self, ids: Sequence[str], name: str, path: str) -> None:
        """Have jobs belong to the file that their edit was saved as."""
        wanted = list(ids)
        for id in wanted:
            view = self._views[id]
            origin = replace(view.origin, name=name, path=path)
            self._views[id] = replace(view, origin=origin)
        self._ordered = None
        if wanted:
            self._keeper.do(lambda queue: queue.note(wanted, name=name, path=path))

    def leave_running(self) -> None:
        """Have what is left rendered in the background, by a process that outlives this one."""
        self._keeper.drain(False)
        self._keeper.do(lambda queue: runner.start())

    def preview(self, job: Job, frame: int, count: int = 1) -> None:
        """Ask for frames from one of the medium on, before and after; an earlier request is
        dropped. `previewed` carries the message of each, see `opticals.jobs.previews`;
        `preview_failed` tells, too, that the worker's process cannot be started."""
        self.drop_preview()
        self._preview = job.id
        self._errands.preview(job, frame, count)

    def drop_preview(self) -> None:
        """Forget the preview under way."""
        if self._preview is not None:
            self._errands.cancel(self._preview)
            self._preview = None

    def pull(self, model: str) -> None:
        """Fetch a model; `pulled` or `pull_failed` tells when that is over."""
        self._pulls[f"model {model}"] = model
        self._errands.pull(f"model {model}", model)

    def close(self) -> None:
        """End the worker, which gives back what it has; what comes from it now is dropped."""
        if self._closed:
            return
        self._closed = True
        self._soon.stop()
        self._later.stop()
        for signal in (self._message, self._news, self._trouble):
            signal.disconnect()
        self._keeper.drain(False)
        self._errands.close()
        self._worker.close()
        self._keeper.close()
        self._worker.close()  # one that the keeper woke meanwhile

    def _do(self, act: Callable[[Both, list[str]], object], ids: Iterable[str]) -> None:
        wanted = list(ids)
        if wanted:
            self._keeper.do(lambda queue: act(queue, wanted))

    def _put_in(self) -> None:
        self._keeper.do(self._add)
        self._keeper.drain()

    def _try_later(self) -> None:
        """The queue is not to be written: what was asked for is put in when it is."""
        if self._refused and not self._later.isActive():
            self._later.start(AGAIN)

    def _try_again(self) -> None:
        if self._refused:
            self._put_in()
        else:
            self._later.stop()

    def _add(self, queue: Both) -> None:
        """On the queue's thread: all that was asked for since, at once."""
        with self._lock:
            asked = list(self._adding)
            self._refused = bool(asked)  # until it is done
        if not asked:
            return
        queue.add(asked)
        with self._lock:
            del self._adding[: len(asked)]
            self._refused = False
            if self._adding:
                self._keeper.do(self._add)

    def _learn(self, news: News) -> None:
        before = self._views
        known, self._known = self._known, True
        self._views = {} if news.anew else dict(before)
        self._ordered = None
        self.flags, self.drainers = news.flags, news.drainers
        ended: list[JobView] = []
        for entry in news.entries:
            if entry.gone:
                self._views.pop(entry.id, None)
                continue
            old, new = before.get(entry.id), view_of(entry, self._panel)
            self._views[entry.id] = further(old, new)
            self._last = max(self._last, new.position)
            asked_here = new.origin.generation >= 0
            was_active = old.active if old is not None else asked_here
            if was_active and not new.active and known:
                ended.append(new)
        self.changed.emit()
        for view in ended:
            self._end(view)

    def _end(self, view: JobView) -> None:
        id = view.job.id
        if view.failed:
            self.failed.emit(id, view.error or Cancelled())
        elif view.origin.generation >= 0:
            self.rendered.emit(id)
        if view.state is not State.STOPPED:
            self.over.emit(id)

    def _receive(self, message: Message) -> None:
        job_id, kind = message.get("job", ""), message.get("is")
        if job_id == self._preview:
            self._receive_preview(kind, message)
        elif job_id in self._pulls:
            self._receive_pull(job_id, kind, message)
        elif kind == "progress":
            self._progress(job_id, message)
        elif kind == "died":
            error = OpticalsError.from_json(message["error"])
            self._keeper.died(message["pid"], error)
            self.died.emit(error)
        elif kind in ("taken", "done", "failed", "released"):
            self._keeper.look()

    def _receive_preview(self, kind: str | None, message: Message) -> None:
        if kind == "progress":
            self.preview_progress.emit(stage(message["stage"]))
            return
        if kind != "preview" or message["last"]:
            self._preview = None
        if kind == "preview":
            self.previewed.emit(message)
        elif kind == "failed":
            self.preview_failed.emit(OpticalsError.from_json(message["error"]))

    def _receive_pull(self, work: str, kind: str | None, message: Message) -> None:
        model = self._pulls[work]
        if kind == "progress":
            self.pulling.emit(model, message.get("note", ""))
            return
        del self._pulls[work]
        if kind == "pulled":
            self.pulled.emit(model)
        elif kind == "failed":
            self.pull_failed.emit(model, OpticalsError.from_json(message["error"]))

    def _progress(self, job_id: str, message: Message) -> None:
        """What the worker here says, quicker than it comes by the queue."""
        view = self._views.get(job_id)
        if view is None or not view.active:
            return
        state = State.RUNNING if view.state is State.WAITING else view.state
        self._ordered = None
        self._views[job_id] = replace(
            view,
            state=state,
            claimed=True,
            stage=message["stage"],
            done=int(message["done"]),
            total=int(message["total"]),
            note=message.get("note", ""),
            rate=float(message.get("rate", 0.0)),
        )
        self.changed.emit()
