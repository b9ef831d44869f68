"""The stack of the selected clip: its list, what it is applied to, and what is done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from opticals_ui.effects.choice import Choice, Origin
from opticals_ui.effects.naming_line import NamingLine
from opticals_ui.effects.sections import heading
from opticals_ui.effects.stack_list import StackList
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr


class StackView(QWidget):
    """Shows the stack of a `Choice`.

    Signals:
        add_wanted: another effect is wanted.
    """

    add_wanted = Signal()

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self._choice = choice
        self.list = StackList(choice)
        self.add = _tool("add", tr("Add an effect"))
        self.add.clicked.connect(self.add_wanted)
        self.more = _tool("more", tr("Stack and presets"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._note = QLabel()
        self._note.setProperty("role", "dim")
        self._note.setWordWrap(True)
        self.naming = NamingLine()
        self.naming.setVisible(False)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(heading(tr("Effects"), self.list), 1)
        top.addWidget(self.add)
        top.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.list)
        layout.addWidget(self._note)
        layout.addWidget(self.naming)
        choice.changed.connect(self.refresh)
        self.refresh()

    @property
    def note(self) -> str:
        """What has to be known of the stack."""
        return self._note.text()

    def refresh(self) -> None:
        """Say what the stack is applied to, and where it comes from."""
        choice, lines = self._choice, []
        if choice.shots > 1:
            lines.append(tr("%n shots selected: renders use this stack.", count=choice.shots))
        if not choice.stack.entries:
            lines.append(tr("No effect: find one above."))
        elif not choice.stack.active:
            lines.append(tr("All of it is bypassed."))
        elif choice.origin is Origin.CARRIED and choice.carried_from:
            lines.append(tr("As last used on “{clip}”.", clip=choice.carried_from))
        elif choice.origin is Origin.RENDERED:
            lines.append(tr("As this clip was rendered."))
        self._note.setText("\n".join(lines))
        self._note.setVisible(bool(lines))

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        return (self.add, self.more, self.list, *self.naming.parts())


def _tool(name: str, words: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setProperty("role", "small")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
