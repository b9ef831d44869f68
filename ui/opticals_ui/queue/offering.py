"""Places renders that a panel asked for which ended, and offers those to be placed that were made
for an edit while it was not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals.jobs.entries import State
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice, listing
from opticals_ui.queue.view import JobView

if TYPE_CHECKING:
    from opticals_ui.session import Session

TOPIC = "offer"


class Offering(QObject):
    """Once for each edit that is opened, when the queue is known, and for what is rendered for it
    from elsewhere while it is open.

    A program that holds the edit may have it open as it was when another panel, which is gone,
    asked for a render: that is placed as it was to be. Of an edit that was closed meanwhile nobody
    expects to be changed by itself, nor of a render that was placed and undone: those are offered.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._offered: set[str] = set()
        self._elsewhere: set[str] = set()  # done for this edit, and not seen by it
        self._open: frozenset[str] = frozenset()  # the jobs that are offered at the moment
        self._fresh = True
        session.replaced.connect(self._forget)
        session.edit_changed.connect(self._look)
        session.jobs.changed.connect(self._look)

    def _forget(self) -> None:
        self._offered.clear()
        self._elsewhere.clear()
        self._open = frozenset()
        self._fresh = True
        self._session.board.dismiss(TOPIC)

    def _look(self) -> None:
        session = self._session
        model = session.model
        if model is None or not session.jobs.known:
            return
        if self._fresh:  # what stands in the edit may have been read after the edit
            self._fresh = False
            session.follow_saved()
            for view in session.jobs_here:
                if view.render is not None and not view.active:
                    session.jobs.set_placed(view.job.id, view.render.name in model.renders)
                    if not session.is_of_now(view):  # it was done while another edit was open
                        self._elsewhere.add(view.job.id)
        self._take_back()
        new = [
            view
            for view in session.jobs.views
            if view.state is State.RENDERED
            and (view.origin.generation < 0 or view.job.id in self._elsewhere)
            and view.job.id not in self._offered
        ]
        if new:
            here = {view.job.id for view in session.jobs_here}
            self._offered |= {view.job.id for view in new}
            new = [view for view in new if view.job.id in here]
        asked = [view for view in new if session.is_of_sitting(view) and not view.settled]
        new = [view for view in new if view not in asked]
        if new:
            self._offer([view.job.id for view in new], [view.title for view in new])
        self._place(asked)

    def _take_back(self) -> None:
        """What was placed meanwhile, or taken out of the list, is offered no more."""
        if self._open and not any(view.job.id in self._open for view in self._to_place()):
            self._open = frozenset()
            self._session.board.dismiss(TOPIC)

    def _to_place(self) -> list[JobView]:
        return [view for view in self._session.jobs_here if view.state is State.RENDERED]

    def _place(self, views: list[JobView]) -> None:
        """The last first, since a render may move what is later."""
        for view in sorted(views, key=lambda one: -one.job.shot.record):
            self._session.placing.place(view.job.id)

    def _offer(self, ids: list[str], titles: list[str]) -> None:
        session = self._session
        self._open = frozenset(ids)

        def place() -> None:
            self._place([view for view in self._to_place() if view.job.id in ids])

        what = tr("%n render(s) for this edit (is|are) ready to be placed.", count=len(ids))
        answer = Answer(tr("Place"), place)
        session.board.notify(
            Notice(Kind.INFO, TOPIC, what, listing(titles), answers=(answer,), lasting=True)
        )
