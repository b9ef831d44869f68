"""What holds for every render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from opticals import settings
from opticals_ui.look.words import tr
from opticals_ui.preferences.rows import Page

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals_ui.session import Session

TOPIC = "setting"
COMMERCIAL = "commercial_only"


class Rendering(Page):
    """The switches of `opticals settings`, read and written in the background."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.commercial = QCheckBox(tr("Only models that may be used commercially"))
        self.commercial.setEnabled(False)  # until it is known what it is
        self.commercial.clicked.connect(self._put)
        help = tr("Models whose licence does not allow it are hidden and refused.")
        self.add(tr("Licences"), self.commercial, help)
        self.later(session.errands, lambda: settings.get(COMMERCIAL), self._show, self._failed)

    def _show(self, on: bool) -> None:
        self.commercial.setChecked(on)
        self.commercial.setEnabled(True)

    def _put(self, on: bool) -> None:
        self.commercial.setEnabled(False)
        word = "on" if on else "off"

        def put() -> bool:
            settings.put(COMMERCIAL, word)
            return settings.get(COMMERCIAL)  # the environment may stand above it

        def refused(error: OpticalsError) -> None:
            self._show(not on)
            self._failed(error)

        self.later(self._session.errands, put, self._show, refused)

    def _failed(self, error: OpticalsError) -> None:
        self._session.board.fail(error, TOPIC)
