"""The timecode of the playhead, in which another can be typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from opticals.errors import OpticalsError
from opticals_ui.look.theme import timecode_font
from opticals_ui.look.words import tr
from opticals_ui.timeline.selection import Selection
from opticals_ui.viewer.entry import going_to


class TimecodeField(QLineEdit):
    """Shows where the playhead stands; Return goes to what is typed, Esc leaves it as it was.

    `left`: it was typed, or given up: the focus goes back to the picture.
    """

    left = Signal()

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timecode")
        self._selection = selection
        self._pressed = QTimer(self, singleShot=True, interval=0)
        self._pressed.timeout.connect(self.selectAll)
        self.setFont(timecode_font(self.font()))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("00:00:00:000") + 22)
        self.setAccessibleName(tr("Timecode"))
        self.returnPressed.connect(self._go)
        self.textEdited.connect(self._mend)
        selection.moved.connect(self.refresh)
        self.refresh()

    def begin(self, text: str = "") -> None:
        """Take the focus, with the beginning of what is typed."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self.setText(text)
            self.setModified(True)
        else:
            self.selectAll()

    def refresh(self) -> None:
        """Show where the playhead stands, unless something is typed."""
        model = self._selection.model
        self.setEnabled(model is not None)
        if not (self.hasFocus() and self.isModified()):
            self.setText(model.timecode(self._selection.playhead) if model else "--:--:--:--")

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # it leaves the field before it does anything else
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self._pressed.start()  # the click itself sets a cursor

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setModified(False)
        self._mend()
        self.refresh()

    def _go(self) -> None:
        model = self._selection.model
        if model is None:
            return
        try:
            view = model.view
            frame = going_to(self.text(), self._selection.playhead, view.rate, view.drop_frame)
        except OpticalsError as error:
            self._refuse(error)
            return
        self._selection.move_to(frame)
        self._leave()

    def _leave(self) -> None:
        self.setModified(False)
        self.refresh()
        self.left.emit()

    def _refuse(self, error: OpticalsError) -> None:
        self._mark(wrong=True)
        words = "\n".join(filter(None, (error.what, error.why, error.remedy)))
        self.setAccessibleDescription(words)
        QToolTip.showText(self.mapToGlobal(self.rect().topLeft()), words, self)
        self.selectAll()

    def _mend(self) -> None:
        self._mark(wrong=False)
        self.setAccessibleDescription("")

    def _mark(self, *, wrong: bool) -> None:
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)
