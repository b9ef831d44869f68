"""What rendering the selection would take now: always current, without anybody asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from opticals.errors import FieldsOpen, MediaError, ModelMissing, OpticalsError
from opticals.rendering.forecast import Forecast
from opticals_ui.naming import proposed

if TYPE_CHECKING:
    from opticals.rendering.job import Job
    from opticals_ui.host import EditView
    from opticals_ui.preflight.foreseer import Foreseeing
    from opticals_ui.session import Session

AGAIN = 2000  # milliseconds until media that are not there are looked for again
SETTLE = 250  # milliseconds that nothing changes before it is looked at
TOPIC = "preflight"  # of what is in the way
_NOTHING = Forecast(())
PLAIN = ".otio"  # the suffix of edits that lose nothing


class Preflight(QObject):
    """Follows the selection, the stack of effects and the delivery.

    Signals:
        changed: any of the attributes.

    Attributes:
        forecast: what it will take; None while that is not known.
        problem: why no shot can be taken from the selection.
        stale: whether something changed since, and the answer is not there yet.
        lost: what the program that the edit is saved for will lose of it.
    """

    changed = Signal()

    def __init__(self, session: Session, foreseer: Foreseeing) -> None:
        super().__init__(session)
        self._session = session
        self._foreseer = foreseer
        self._count = 0
        self._told: EditView | None = None  # the edit that `lost` is of
        self.forecast: Forecast | None = None
        self.problem: OpticalsError | None = None
        self.stale = False
        self.lost: tuple[str, ...] = ()
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._look)
        self._again = QTimer(self, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self._look)
        session.selection.changed.connect(self.look)
        session.choice.changed.connect(self.look)
        session.edit_changed.connect(self.look)
        session.jobs.rendered.connect(lambda job: self.look())
        session.jobs.pulled.connect(lambda model: self.look())
        self._here: frozenset[str] | None = None  # models that are installed; None: not known yet
        session.models.changed.connect(self._see_models)

    @property
    def selected(self) -> bool:
        """Whether there is anything to render."""
        return bool(self._session.selection.ranges)

    @property
    def possible(self) -> bool:
        """Whether it can be rendered, as far as is known. What is asked when Render is pressed,
        and what can be fetched then, is no hindrance."""
        if self.stale:
            return True
        if self.problem is not None:
            return not self.selected or isinstance(self.problem, (FieldsOpen, ModelMissing))
        if self.forecast is None or not self.forecast.items:
            return True
        asks = (isinstance(one.error, (FieldsOpen, ModelMissing)) for one in self.forecast.items)
        return self.forecast.possible or any(asks)

    def why(self) -> str:
        """Why it cannot be rendered; "" where it can."""
        if self.possible:
            return ""
        return next((one.what for one in self._errors()), "")

    def look(self) -> None:
        """Look anew, soon."""
        if not self.stale:
            self.stale = True
            self.changed.emit()
        self._settle.start()

    def get_models(self) -> None:
        """Fetch every model that is missing and may be used."""
        for need in self.forecast.needs if self.forecast else ():
            if need.allowed:
                self._session.fetching.get(need.id)

    def close(self) -> None:
        self._settle.stop()
        self._again.stop()
        self._foreseer.close()

    def _errors(self) -> list[OpticalsError]:
        """All that stands in the way, or is to be asked first."""
        found = [self.problem, *(one.error for one in (self.forecast or _NOTHING).items)]
        return [one for one in found if one is not None]

    def _see_models(self) -> None:
        """Others fetch models too, or delete them."""
        models = self._session.models
        before, self._here = self._here, models.found.here if models.known else None
        if before is not None and self._here != before:
            self.look()

    def _look(self) -> None:
        self._again.stop()
        self._count += 1
        count, time = self._count, self._session.choice.delivery.time

        def show(forecast: Forecast | None, problem: OpticalsError | None) -> None:
            if count == self._count:
                self.forecast, self.problem, self.stale = forecast, problem, False
                if any(isinstance(one, MediaError) for one in self._errors()):
                    self._again.start()  # a drive may come back
                self.changed.emit()

        def failed(error: OpticalsError) -> None:
            show(None, error)

        def made(jobs: tuple[Job, ...]) -> None:
            if count == self._count:
                self._foreseer.ask(jobs, time, lambda forecast: show(forecast, None), failed)

        if not self.selected:
            show(None, None)
            return
        self._session.jobs_now(made, failed)
        self._tell_losses()

    def _tell_losses(self) -> None:
        """What the edit's own format and program do not hold; once for each state of the edit."""
        session, edit = self._session, self._session.edit
        if edit is None or edit is self._told:
            return
        self._told, self.lost = edit, ()
        path = edit.path
        if path is None or path.suffix.lower() == PLAIN:
            return

        def told(lost: tuple[str, ...]) -> None:
            if self._told is edit:
                self.lost = lost
                self.changed.emit()

        session.glance(lambda: session.host.losses(proposed(path)), told, lambda error: None)
