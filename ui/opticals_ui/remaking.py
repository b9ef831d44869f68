"""The panel made anew, in slices: what it takes at once is longer than the panel may stand still.

Without a style sheet a panel is made in a quarter of the time: every widget that is put into
another under one has the style of all that is in it worked out again. So the sheet goes for that
while. The old panel hears keys and stays as it was painted until the new one is there.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from opticals_ui.look import language, theme
from opticals_ui.look.turning import Turning, polish
from opticals_ui.panel import Panel
from opticals_ui.session import Session

PARTS = 4  # in which a new panel gets its style


class Remaking(QObject):
    """Puts another panel over the same session in the place of one.

    Signals:
        made: with the new panel, which is shown in the place of the old one, if that was.
    """

    made = Signal(object)

    def __init__(self, session: Session, old: Callable[[], Panel]) -> None:
        super().__init__()
        self._session, self._find_old = session, old
        self._spoken = ""
        self._turning = Turning()
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self.begin)
        self._panel: Panel | None = None
        self._bare: list[QWidget] = []

    def begin(self) -> None:
        """Make it, beside what else goes on; anew if another language is chosen meanwhile."""
        if self._turning.under_way:
            return
        self._spoken = self._wanted
        language.use(self._spoken)
        panel = self._panel = Panel(self._session, whole=False)
        dressing = [lambda part=part: self._polish(part) for part in range(PARTS)]
        steps = (theme.undress, *panel.steps(), self._clothe, *dressing, self._show)
        self._turning.begin((*steps, self._retire))

    @property
    def _wanted(self) -> str:
        return str(self._session.memory.get("language", ""))

    def _clothe(self) -> None:
        """The old panel is left as it is: it goes before it is painted again."""
        old = self._find_old()
        self._bare = [one for one in theme.clothe() if one.window() is not old]

    def _polish(self, part: int) -> None:
        polish(self._bare[part::PARTS])

    def _show(self) -> None:
        old, panel = self._find_old(), self._panel
        assert panel is not None
        panel.side.show_page(old.side.page)
        panel.setGeometry(old.geometry())
        panel.setWindowState(old.windowState())
        if old.isVisible():
            panel.show()
            panel.strip.setFocus()
        self._bare = []

    def _retire(self) -> None:
        old, panel = self._find_old(), self._panel
        assert panel is not None
        self._panel = None
        self.made.emit(panel)
        old.retire()
        if self._spoken != self._wanted:
            self._again.start()
