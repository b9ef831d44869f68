"""Models that are missing, fetched when the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals.errors import ModelMissing, OpticalsError
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice

if TYPE_CHECKING:
    from opticals_ui.session import Session


class Fetching(QObject):
    """Says how far a model is, and when it is here what waited for it."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        session.jobs.pulling.connect(self._note)
        session.jobs.pulled.connect(self._pulled)
        session.jobs.pull_failed.connect(self._failed)

    def get(self, model: str) -> None:
        """Fetch a model."""
        self._session.jobs.pull(model)
        self._note(model, "")

    def _note(self, model: str, note: str) -> None:
        what = tr("Getting the model {model}…", model=model)
        notice = Notice(Kind.INFO, _topic(model), what, note, lasting=True)
        self._session.board.notify(notice)

    def _pulled(self, model: str) -> None:
        session = self._session
        waiting = session.stopped_by(ModelMissing, model)

        def render() -> None:
            for job_id in waiting:
                session.retry(job_id)

        again = (
            Answer(tr("Render again"), render)
            if waiting
            else Answer(tr("Preview again"), session.preview)
        )
        what = tr("The model {model} is here.", model=model)
        session.board.notify(Notice(Kind.INFO, _topic(model), what, answers=(again,), lasting=True))

    def _failed(self, model: str, error: OpticalsError) -> None:
        self._session.fail(error, _topic(model))


def _topic(model: str) -> str:
    return f"model {model}"
