"""What holds for every render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox

from opticals import settings
from opticals_ui.look.drop_down import DropDown
from opticals_ui.look.words import percent, tr
from opticals_ui.preferences.rows import Page

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals_ui.session import Session

TOPIC = "setting"
COMMERCIAL = "commercial_only"
FREE = "keep_gpu_free"
SHARES = range(0, 70, 10)  # percent


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
        self.free = DropDown()
        self.free.setEnabled(False)
        self.free.activated.connect(self._put_free)
        help = tr("For the editing program beside it; renders make do with the rest.")
        self.add(tr("Leave of the GPU's memory"), self.free, help)
        self.later(session.errands, lambda: settings.get(COMMERCIAL), self._show, self._failed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read_free()  # the queue's menu changes it too

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

    def _read_free(self) -> None:
        self.later(
            self._session.errands, lambda: int(settings.value(FREE)), self._show_free, self._failed
        )

    def _show_free(self, share: int) -> None:
        """The usual shares, and the one that somebody else has set."""
        self.free.clear()
        for one in sorted({*SHARES, share}):
            self.free.addItem(percent(one / 100) if one else tr("Nothing"), one)
        self.free.setCurrentIndex(self.free.findData(share))
        self.free.setEnabled(True)

    def _put_free(self) -> None:
        share = str(self.free.currentData())
        self.free.setEnabled(False)

        def put() -> int:
            settings.put(FREE, share)
            return int(settings.value(FREE))  # the environment may stand above it

        def refused(error: OpticalsError) -> None:
            self._failed(error)
            self._read_free()

        self.later(self._session.errands, put, self._show_free, refused)

    def _failed(self, error: OpticalsError) -> None:
        self._session.board.fail(error, TOPIC)
