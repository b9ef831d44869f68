"""Finished renders cut into the edit that is shown."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals.errors import EditError, OpticalsError
from opticals_ui.host import Can, HostAway, HostSlow
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice
from opticals_ui.queue.view import JobView

if TYPE_CHECKING:
    from opticals.rendering.job import Render
    from opticals_ui.host import EditView
    from opticals_ui.session import Session


class Placing(QObject):
    """Places what is rendered for the edit that is shown as soon as it is done, and what the user
    asks for."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._under_way: set[str] = set()  # the renders that the host cuts in at the moment
        session.jobs.rendered.connect(self.place)

    def place(self, job_id: str) -> None:
        """Cut the render of a job in, where and how it was asked for."""
        session, view = self._session, self._session.jobs.find(job_id)
        render, delivery = view.render, view.delivery
        if render is None:
            return
        if not session.is_here(view):
            self._is_elsewhere(view, render)
            return
        shown = session.model is not None and render.name in session.model.shown
        if shown:
            session.jobs.set_placed(job_id, True)
        if shown or render.name in self._under_way:
            what = tr("{render} is in the edit already.", render=render.name)
            why = tr("The same was asked for twice, and rendered once.")
            session.board.notify(Notice(Kind.INFO, job_id, what, why))
            return

        def placed(what: tuple[tuple[str, ...], EditView | None]) -> None:
            self._under_way.discard(render.name)
            self._placed(render, job_id, what)

        def failed(error: OpticalsError) -> None:
            self._under_way.discard(render.name)
            if not isinstance(error, HostAway | HostSlow):
                session.jobs.settle(job_id)
            session.fail(error, job_id)

        self._under_way.add(render.name)
        place = partial(session.host.place, render, delivery.place, delivery.time)
        session.change(job_id, place, placed, failed)

    def place_render(self, render: Render) -> None:
        """Cut a render in that was proved now, as a version of the clip that shows its frames."""
        session, time = self._session, self._session.choice.delivery.time
        session.change(
            "versions",
            lambda: session.host.place(render, "version", time),
            partial(self._placed, render, "versions"),
        )

    def _placed(
        self, render: Render, topic: str, what: tuple[tuple[str, ...], EditView | None]
    ) -> None:
        messages, edit = what
        self._session.show_changed(edit)
        if messages:
            title = tr("{render} is in the edit.", render=render.name)
            self._session.board.notify(Notice(Kind.INFO, topic, title, "\n".join(messages)))

    def _is_elsewhere(self, view: JobView, render: Render) -> None:
        session, edit, path = self._session, view.origin.name, view.edit
        remedy = tr("Open {edit} and press Place.", edit=edit)
        if not path:
            remedy = tr(
                "{edit} had not been saved. The render is kept: {file}", edit=edit, file=render.path
            )
        error = EditError(
            tr("{render} was rendered for {edit}.", render=render.name, edit=edit),
            tr("Another edit is open, which stays as it is."),
            remedy,
        )
        there = Answer(tr("Open {edit}", edit=edit), partial(session.open, Path(path)))
        session.fail(
            error, view.job.id, *([there] if path and Can.OPEN in session.host.can else [])
        )
