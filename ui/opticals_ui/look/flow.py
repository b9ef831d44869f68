"""A row of widgets that wraps where the width ends, as words do."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class FlowRow(QWidget):
    """Lays widgets out from left to right, in as many rows as they need.

    A widget of its own and no `QLayout`: a layout's items are no QObjects, and what Python holds
    of them may be gone.
    """

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spacing = spacing
        self._widgets: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """One more widget, after those there are. It is shown and hidden as it likes."""
        widget.setParent(self)
        self._widgets.append(widget)
        widget.show()
        self.updateGeometry()

    def take(self, widget: QWidget) -> None:
        """One widget fewer; what becomes of it is the caller's affair."""
        self._widgets.remove(widget)
        self.updateGeometry()

    @property
    def empty(self) -> bool:
        return not self._widgets

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._rows(width, move=False)

    def sizeHint(self) -> QSize:
        shown = [one.sizeHint() for one in self._shown()]
        wide = sum(one.width() for one in shown) + self._spacing * max(len(shown) - 1, 0)
        return QSize(wide, max((one.height() for one in shown), default=0))

    def minimumSizeHint(self) -> QSize:
        size = QSize()
        for widget in self._shown():
            size = size.expandedTo(widget.minimumSizeHint())
        return QSize(size.width(), self.heightForWidth(max(self.width(), size.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._rows(self.width(), move=True)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a widget changed, or is shown or hidden
            self._rows(self.width(), move=True)
            self.updateGeometry()
        return super().event(event)

    def _shown(self) -> list[QWidget]:
        return [one for one in self._widgets if not one.isHidden()]

    def _rows(self, width: int, *, move: bool) -> int:
        """Lay the widgets out in a width; the height that they take."""
        rows: list[list[tuple[QWidget, QRect]]] = [[]]
        x = y = tall = 0
        for widget in self._shown():
            size = (
                widget.sizeHint().boundedTo(widget.maximumSize()).boundedTo(QSize(width, 1 << 24))
            )
            if x > 0 and x + size.width() > width:
                x, y, tall = 0, y + tall + self._spacing, 0
                rows.append([])
            rows[-1].append((widget, QRect(QPoint(x, y), size)))
            x += size.width() + self._spacing
            tall = max(tall, size.height())
        for row in rows if move else ():
            middle = max((box.height() for _, box in row), default=0) // 2
            for widget, box in row:
                widget.setGeometry(box.translated(0, middle - box.height() // 2))
        return y + tall
