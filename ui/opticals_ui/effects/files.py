"""The control of a file: typed, dropped, chosen, used before, drawn, or rendered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QStringListModel, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QLineEdit,
    QStyle,
    QStyleOptionFrame,
    QToolButton,
    QWidget,
)

from opticals.declaration import Kind, Setting, Value
from opticals_ui.effects.controls import Control
from opticals_ui.look.theme import colour, icon
from opticals_ui.look.words import tr
from opticals_ui.memory import Memory

KEPT = 8  # files used last


class Recent:
    """The files that settings of each kind were last set to."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory
        self._kept: dict[str, list[str]] = {}

    def files(self, kind: Kind) -> list[str]:
        if self._memory is not None:
            found = self._memory.get(f"effects/files/{kind}", [])
            return [one for one in found if isinstance(one, str)]
        return self._kept.get(kind, [])

    def note(self, kind: Kind, file: str) -> None:
        kept = [file, *(one for one in self.files(kind) if one != file)][:KEPT]
        self._kept[kind] = kept
        if self._memory is not None:
            self._memory.put(f"effects/files/{kind}", kept)


class _Line(QLineEdit):
    """Shows what was used before on Down; of a path that does not fit, the file's name, shortened
    in its middle, as long as nobody types."""

    @property
    def shown(self) -> str:
        """The words that are to be read in it."""
        text, room = self.text(), self._room().width()
        if self.hasFocus() or self.fontMetrics().horizontalAdvance(text) <= room:
            return text
        path, middle = Path(text), Qt.TextElideMode.ElideMiddle
        fits = self.fontMetrics().horizontalAdvance(path.name) <= room
        return self.fontMetrics().elidedText(path.name if fits else path.stem, middle, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        if (words := self.shown) == self.text():
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        painter.setPen(colour("text" if self.isEnabled() else "faint"))
        painter.drawText(self._room(), Qt.AlignmentFlag.AlignVCenter, words)

    def _room(self) -> QRect:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        contents = QStyle.SubElement.SE_LineEditContents
        return self.style().subElementRect(contents, option, self).adjusted(2, 0, -2, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completer = self.completer()
        if event.key() == Qt.Key.Key_Down and completer is not None:
            completer.setCompletionPrefix("")
            completer.complete()
            return
        super().keyPressEvent(event)


class File(Control):
    """The path of a file."""

    def __init__(self, setting: Setting, recent: Recent) -> None:
        super().__init__()
        self._label, self._kind, self._recent = tr(setting.label), setting.kind, recent
        self._told: Value = ""
        self._line = _Line()
        self._line.setPlaceholderText(tr("None") if not setting.default else str(setting.default))
        self._line.setAcceptDrops(False)  # of it as a whole: a line would take the address
        self._line.editingFinished.connect(self._typed)
        self._used = QStringListModel(recent.files(setting.kind))
        completer = QCompleter(self._used, self._line)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated.connect(self.set_value)
        self._line.setCompleter(completer)
        self.setAcceptDrops(True)
        self._browse = _tool("folder", tr("Choose a file"))
        self._browse.clicked.connect(self._choose)
        self.draw = _tool("pen", tr("Draw a mask"))
        self.draw.clicked.connect(self.draw_wanted)
        self.matte = _tool("mask", tr("Use a rendered matte"))
        self.matte.clicked.connect(self.matte_wanted)
        for tool in (self.draw, self.matte):
            tool.setVisible(False)
        self._lay_out(self._line, self.draw, self.matte, self._browse)

    def value(self) -> Value:
        return self._line.text().strip()

    def set_value(self, value: Value) -> None:
        if str(value) != self._line.text():
            self._line.setText(str(value))
        self._typed()

    def parts(self) -> tuple[QWidget, ...]:
        return (self._line, self.draw, self.matte, self._browse)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.set_value(files[0])

    def _typed(self) -> None:
        value = str(self.value())
        self._line.setToolTip(value)
        if value == self._told:
            return
        self._told = value
        if value:
            self._recent.note(self._kind, value)
            self._used.setStringList(self._recent.files(self._kind))
        self.changed.emit()

    def _choose(self) -> None:
        """A file dialog; the panel stays alive behind it."""
        recent = self._recent.files(self._kind)
        near = str(self.value()) or (recent[0] if recent else "")
        dialog = QFileDialog(self, self._label, str(Path(near).parent) if near else "")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.set_value)
        dialog.open()


def _tool(name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setProperty("role", "small")
    return button
