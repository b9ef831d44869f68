"""What a program that holds the edit asks of the panel, and what the panel tells it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from opticals.errors import EditError, OpticalsError, PresetError
from opticals_ui.host import Can, HostSelection
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Kind, Notice
from opticals_ui.queue.offering import TOPIC as OFFER

if TYPE_CHECKING:
    from opticals_ui.session import Session
    from opticals_ui.timeline.model import TimelineModel

TOPIC = "host"
SETTLE = 120  # milliseconds without another change, until the edit is read again
FOLLOW = 50  # milliseconds between two places of the playhead that are told
TELL = 0.25  # seconds between two reports of how far a render is
_LAST = "last stack"  # in the memory: what is repeated


class Asked(Protocol):
    """What a host asks or tells."""

    @property
    def method(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def answer(self) -> Callable[[Any], None]: ...
    @property
    def refuse(self) -> Callable[[OpticalsError], None]: ...


class HostLink(Protocol):
    """A host that speaks by itself. All may be called while a method of `Host` is at work; `take`,
    `read_again` and `chosen` off the GUI's thread."""

    def load(self) -> None:
        """Have all that is needed ready before it is."""

    def listen(self, hear: Callable[[Asked], None]) -> None:
        """Be called with all that is asked, on any thread."""

    def tell(self, method: str, params: Mapping[str, Any]) -> None: ...

    def host_frame(self, record: int) -> int: ...

    def take(self, said: Any) -> bool:
        """Hold the edit that was sent; whether it is of the project that was held before."""

    def read_again(self) -> bool:
        """The same of the edit as it is in the host now."""

    def chosen(self) -> HostSelection: ...

    def renamed(self) -> Mapping[str, str]:
        """What the clips of the edit before are called in the one that was taken last."""


class Live(QObject):
    """Does in a session what its host asks for.

    Signals:
        raise_wanted: the user is to see the panel.
        shown: the edit that a host sent is seen.
        alone_changed: the host came or went.
    """

    raise_wanted = Signal()
    shown = Signal()
    alone_changed = Signal()
    _heard = Signal(object)

    def __init__(self, session: Session, link: HostLink) -> None:
        super().__init__(session)
        self._session, self._link = session, link
        self.alone = True  # no host is joined
        self._next: Asked | None = None  # what is to be shown when the host is idle
        self._showing = False
        self._to_place: dict[str, None] = {}  # renders that wait for the host
        self._told: dict[str, tuple[float, str]] = {}
        self._to_answer: list[tuple[Asked, int]] = []  # keys, until their jobs stand in the queue
        self._noticed: tuple[Notice, ...] = ()
        self._standing: list[dict[str, str]] = []  # as told
        self._reading = False
        self._last = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._read)
        self._follow = QTimer(self, singleShot=True, interval=FOLLOW)
        self._follow.timeout.connect(self._seek)
        self._sought = -1
        self._heard.connect(self._do, Qt.ConnectionType.QueuedConnection)
        session.unanswered.connect(self._keep_for_later)
        session.selection.moved.connect(self._note_move)
        session.jobs.changed.connect(self._tell_progress)
        session.jobs.changed.connect(self._answer_kept)
        session.board.changed.connect(self._tell_notices)
        session.choice.changed.connect(self._keep_last)
        link.listen(self._heard.emit)

    def _do(self, asked: Asked) -> None:
        acts = {
            "joined": self._join,
            "lost": self._lose,
            "select": self._show,
            "repeat": self._show,
            "show": self._raise,
            "changed": self._change,
            "late": self._change,
        }
        act = acts.get(asked.method)
        if act is not None:
            act(asked)

    # It comes and goes.

    def _join(self, asked: Asked) -> None:
        session, self.alone = self._session, False
        session.board.dismiss(TOPIC)
        self.alone_changed.emit()
        self._told.clear()  # it is another one, or has forgotten
        self._standing = []
        self._tell_notices()
        if asked.params.get("again") or self._holds(asked.params.get("project")):
            self._read()

    def _holds(self, project: object) -> bool:
        """Whether the edit that is shown is of this project of a host's."""
        edit, there = self._session.edit, project if isinstance(project, Mapping) else {}
        if edit is None:
            return False
        saved = edit.path is not None and there.get("path") == str(edit.path)
        return saved or (edit.sitting != "" and there.get("id") == edit.sitting)

    def _lose(self, asked: Asked) -> None:
        session, self.alone = self._session, True
        self.alone_changed.emit()
        if session.edit is None:
            return
        what = tr("{host} is not there any more.", host=session.host.name)
        why = tr("Renders go on; what is finished is placed when the project is open again.")
        session.board.notify(Notice(Kind.INFO, TOPIC, what, why, lasting=True))

    def _keep_for_later(self, topic: str, error: OpticalsError) -> None:
        """A render that could not be placed since the host did not answer."""
        view = self._session.jobs.get(topic)
        if view is not None and view.render is not None:
            self._to_place[topic] = None

    def _place_what_waits(self) -> None:
        session, waiting = self._session, list(self._to_place)
        self._to_place.clear()
        here = {view.job.id for view in session.jobs_here}
        placed = session.model.renders if session.model else frozenset()
        for id in waiting:
            view = session.jobs.get(id)
            if view is None or view.render is None or view.render.name in placed:
                session.board.dismiss(id)
            elif id in here:
                session.placing.place(id)
            else:
                self._to_place[id] = None

    # What it asks for.

    def _raise(self, asked: Asked) -> None:
        self.raise_wanted.emit()
        asked.answer({})

    def _show(self, asked: Asked) -> None:
        """Show the edit that it sent; of several at once the last."""
        if self._next is not None and asked.method == self._next.method == "select":
            self._next.answer({"superseded": True})
            self._next = None
        if self._next is not None:
            asked.refuse(EditError(tr("The panel is busy."), remedy=tr("Press the key again.")))
            return
        self._next = asked
        self._show_next()

    def _show_next(self) -> None:
        asked = self._next
        if asked is None or self._showing:
            return
        self._next, self._showing = None, True
        edit = asked.params.get("edit")

        def over() -> None:
            self._showing = False
            self._show_next()

        def failed(error: OpticalsError) -> None:
            asked.refuse(error)
            self._session.board.fail(error, TOPIC)
            over()

        chosen: list[HostSelection] = []

        def take() -> bool:
            same = self._link.take(edit)
            chosen.append(self._link.chosen())
            return same

        def done() -> None:
            try:
                self._see(asked, chosen[0])
            finally:
                over()

        if asked.method == "select":
            self.raise_wanted.emit()
        self._session.follow_host(take, done, failed)

    def _see(self, asked: Asked, chosen: HostSelection) -> None:
        """The edit is there: what is selected in the host is, here."""
        self._select(chosen)
        self._place_what_waits()
        if asked.method == "repeat":
            self._repeat(asked)
        else:
            asked.answer({"clips": len(self._session.selection.clips)})
        self.shown.emit()

    def _select(self, what: HostSelection) -> None:
        session, selection = self._session, self._session.selection
        model = session.model
        if model is None:
            return
        items = [item for id in what.clips if (item := model.find(id)) is not None]
        selection.select_none()
        if len(items) > 1:
            selection.pick(what.clips)
        elif items:
            item, marked = items[0], what.range
            selection.go_to(item.id or "")
            if marked and marked[0] < item.record + item.frames and marked[1] > item.record:
                start = max(marked[0], item.record)
                end = min(marked[1], item.record + item.frames)
                if (start, end) != (item.record, item.record + item.frames):
                    selection.mark(selection.track, start, end - 1)
        elif what.range:
            selection.mark(selection.track, what.range[0], what.range[1] - 1)
        found = selection.range
        if found is None or found.start <= what.playhead < found.end:
            selection.move_to(what.playhead)
        else:
            selection.move_to(found.start)
        self._sought = selection.playhead  # it comes from there

    def _repeat(self, asked: Asked) -> None:
        """Render what is selected with what was used last."""
        session = self._session
        if not session.selection.ranges:
            asked.refuse(EditError(tr("Nothing is selected."), remedy=tr("Select a clip.")))
            return
        try:
            session.choice.take_last(session.memory.get(_LAST, ""))
        except PresetError as error:
            asked.refuse(error)
            return

        def asked_for(count: int) -> None:
            self._to_answer.append((asked, count))
            self._answer_kept()

        session.render_for(asked_for, asked.refuse)

    def _answer_kept(self) -> None:
        """A key is answered when what it asked for cannot be lost any more."""
        if self._to_answer and self._session.jobs.kept:
            ready, self._to_answer = self._to_answer, []
            for asked, count in ready:
                asked.answer({"jobs": count})

    def _keep_last(self) -> None:
        """For the next run."""
        if (last := self._session.choice.last) and last != self._last:
            self._last = last
            self._session.memory.put(_LAST, last)

    # What changes there.

    def _change(self, asked: Asked) -> None:
        if self._session.edit is not None:
            self._settle.start()

    def _read(self) -> None:
        """Show the edit as it is now, without a word; a project that was opened there is shown
        as another edit."""
        session = self._session
        if self._reading or self._showing:
            self._settle.start()
            return
        self._reading = True
        selection, names = session.selection, dict[str, str]()
        held = (selection.clip, selection.also, selection.mark_in, selection.mark_out)
        model, playhead = session.model, selection.playhead

        def read() -> bool:
            same = self._link.read_again()
            names.update(self._link.renamed() if same else {})
            return same

        def done() -> None:
            self._reading = False
            self._select_again(names, model, held, playhead)
            self._place_what_waits()
            self.shown.emit()

        def failed(error: OpticalsError) -> None:
            self._reading = False  # it may be busy; it says so when it is not

        session.follow_host(read, done, failed)

    def _select_again(
        self,
        names: Mapping[str, str],
        before: TimelineModel | None,
        held: tuple[str | None, frozenset[str], int | None, int | None],
        playhead: int,
    ) -> None:
        """What was selected stays so, wherever it was moved in the host."""
        clip, also, first, last = held
        selection, model = self._session.selection, self._session.model
        new, old = names.get(clip or ""), before.find(clip) if before and clip else None
        item = model.find(new) if model and new else None
        if new is None or item is None or old is None:
            return
        moved = item.record - old.record
        if new == selection.clip and not moved:
            return
        if also:
            selection.pick([new, *(names[one] for one in also if one in names)])
        elif first is not None and last is not None:
            selection.mark(new.partition(":")[0], first + moved, last + moved)
        else:
            selection.select(new.partition(":")[0], item.record)
        inside = old.record <= playhead < old.record + old.frames
        self._sought = playhead + moved if inside else playhead
        selection.move_to(self._sought)

    # What it is told.

    def _note_move(self) -> None:
        if not (self.alone or self._follow.isActive()) and Can.SEEK in self._session.host.can:
            self._follow.start()

    def _seek(self) -> None:
        selection = self._session.selection
        if selection.playing or selection.playhead == self._sought or self._session.edit is None:
            return
        self._sought = selection.playhead
        self._link.tell("seek", {"frame": self._link.host_frame(selection.playhead)})

    def _tell_progress(self) -> None:
        if self.alone:
            return
        now = time.monotonic()
        known = {view.job.id: view for view in self._session.jobs_here if view.active}
        for id, view in known.items():
            told, words = self._told.get(id, (0.0, ""))
            if now - told < TELL or words == view.status:
                continue
            self._told[id] = now, view.status
            total = max(1, view.total if view.stage == "render" else 1)
            done = min(view.done if view.stage == "render" else 0, total - 1)
            self._say_progress(id, view.title, max(0, done), total, view.status)
        for id in [one for one in self._told if one not in known]:
            del self._told[id]
            self._say_progress(id, "", 1, 1, "")

    def _say_progress(self, id: str, name: str, done: int, total: int, text: str) -> None:
        said = {"job": id, "name": name, "done": done, "total": total, "text": text}
        self._link.tell("progress", said)

    def _tell_notices(self) -> None:
        """Who works in the host sees there what went wrong, and what waits for an answer here."""
        notices, noticed = self._session.board.notices, self._noticed
        self._noticed = notices
        if self.alone:
            return
        wanted = [one for one in notices if one.kind is Kind.ERROR or one.topic == OFFER]
        standing = [_said(one) for one in wanted]
        if standing != self._standing:
            self._standing = standing
            self._link.tell("stands", {"notices": standing})
        for one in wanted:
            if one not in noticed:
                self._link.tell("notice", _said(one))


def _said(notice: Notice) -> dict[str, str]:
    kind = "error" if notice.kind is Kind.ERROR else "info"
    return {"text": notice.details, "kind": kind}
