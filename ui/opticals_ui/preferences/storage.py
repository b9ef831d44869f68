"""What lies on the disk, and what of it may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton

from opticals import settings
from opticals_ui.look.words import tr
from opticals_ui.preferences import sizes
from opticals_ui.preferences.rows import Page

if TYPE_CHECKING:
    from opticals.errors import OpticalsError
    from opticals_ui.session import Session


class Storage(Page):
    """Sizes, counted in the background whenever the page is shown; and a button that empties
    the cache, which asks once more in its place."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.values: dict[str, QLabel] = {}
        for id, label, help in (
            ("cache", tr("Cache"), str(settings.cache_folder())),
            ("previews", tr("Previews"), str(settings.cache_folder() / sizes.PREVIEWS)),
            ("models", tr("Models"), str(settings.models_folder())),
            ("free", tr("Free on the disk"), ""),
        ):
            value = self.values[id] = QLabel("…")
            self.add(label, value, help)
        self.clear = QPushButton()
        self.clear.clicked.connect(self._clear)
        self._sure = False
        self._words()
        help = tr("Finished pieces and previews are made again when they are needed. Renders, "
                  "models and settings stay.")  # fmt: skip
        self.add(tr("Tidy up"), self.clear, help)
        session.jobs.changed.connect(self._words)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._sure = False
        self._words()
        self.later(self._session.errands, sizes.measure, self._show, self._failed)

    def _show(self, found: sizes.Sizes) -> None:
        locale, units = QLocale(), QLocale.DataSizeFormat.DataSizeSIFormat
        for id, label in self.values.items():
            size = getattr(found, id)
            label.setText(locale.formattedDataSize(size, 1, units))
            label.setAccessibleName(label.text())
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _words(self) -> None:
        active = self._session.jobs.active
        self.clear.setEnabled(not active)
        self.clear.setToolTip(tr("A render under way needs it.") if active else "")
        self.clear.setText(tr("Delete it all now") if self._sure else tr("Empty the cache"))

    def _clear(self) -> None:
        self._sure = not self._sure
        self._words()
        if not self._sure:
            self.later(self._session.errands, sizes.clear, self._show, self._failed)

    def _failed(self, error: OpticalsError) -> None:
        self._session.board.fail(error, "storage")
        self.later(self._session.errands, sizes.measure, self._show, lambda error: None)
