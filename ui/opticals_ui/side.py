"""The side of the panel: pages behind tabs, and a foot that stays below all of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from opticals_ui.look.words import tr

LEAST = 230  # pixels of height that a page keeps, of which the rest scrolls


class _Pages(QStackedWidget):
    """Is as tall as it may be, whatever is in it, which scrolls."""

    def hasHeightForWidth(self) -> bool:
        return False


class _Foot(QWidget):
    """As tall as its words need at the width there is. Where there is no room it gives what it can
    spare: to Qt, what wraps asks for all that it wants at least."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = QVBoxLayout(self)

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return self._tall(super().sizeHint(), self.lines.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        least = self.lines.minimumHeightForWidth(self.width())
        return self._tall(super().minimumSizeHint(), least)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def _tall(self, hint: QSize, tall: int) -> QSize:
        return QSize(hint.width(), tall if self.lines.hasHeightForWidth() else hint.height())


class Side(QWidget):
    """Pages by id. `turned` carries the id of the page that is shown now."""

    turned = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self._ids: list[str] = []
        self.tabs = QTabBar()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setExpanding(True)
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName(tr("Pages"))
        self._pages = _Pages()
        # What comes and goes in the foot takes its room from the page, and moves nothing else.
        self._pages.setMinimumHeight(LEAST)
        self.tabs.currentChanged.connect(self._turn)
        foot = _Foot()
        self.foot = foot.lines
        self.foot.setContentsMargins(12, 8, 12, 10)
        self.foot.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self._pages, 1)
        layout.addWidget(foot)

    @property
    def page(self) -> str:
        """The id of the page that is shown."""
        return self._ids[self.tabs.currentIndex()]

    def add_page(self, id: str, label: str, page: QWidget) -> None:
        self._ids.append(id)
        self._pages.addWidget(page)
        self.tabs.addTab(label)

    def show_page(self, id: str) -> None:
        """Show a page; an id that is none changes nothing."""
        if id in self._ids:
            self.tabs.setCurrentIndex(self._ids.index(id))

    def name_page(self, id: str, label: str) -> None:
        """Other words on a tab: with a count, for example."""
        self.tabs.setTabText(self._ids.index(id), label)

    def _turn(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        self.turned.emit(self._ids[place])
