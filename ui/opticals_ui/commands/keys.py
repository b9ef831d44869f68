"""Keys as text: one spelling for each, and the conflicts between those of several commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from opticals.errors import SettingError
from opticals_ui.commands.command import Command
from opticals_ui.look.words import tr

Bindings = Mapping[str, Sequence[str]]  # the keys of commands, by the command's id
KEPT = frozenset({"Tab", "Shift+Tab", "Backtab", "Shift+Backtab"})  # they move the focus
MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_unknown,
    }
)


@dataclass(frozen=True)
class Conflict:
    """A key that two commands have where both could be meant."""

    key: str
    first: Command
    second: Command


def spelled(text: str) -> str:
    """A key in the one portable spelling that is kept and compared.

    Raises:
        SettingError: it is no key, several in a row, or one that moves the focus.
    """
    sequence = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1 or _first(sequence).key() in MODIFIERS:
        what = tr("“{key}” is not a key.", key=text)
        raise SettingError(what, remedy=tr("Write one as in “Ctrl+Shift+S”."))
    found = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    if found in KEPT:
        what = tr("{key} moves the focus.", key=text)
        raise SettingError(what, remedy=tr("Choose another key."))
    return found


def pressed(combination: QKeyCombination) -> str:
    """The key that is pressed; empty where it is none for a command."""
    if combination.key() in MODIFIERS:
        return ""
    modifiers = combination.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    shifted = modifiers & Qt.KeyboardModifier.ShiftModifier
    if shifted and _symbol(combination.key()):  # the symbol says already that Shift is down
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    sequence = QKeySequence(QKeyCombination(modifiers, combination.key()))
    found = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    return "" if found in KEPT else found


def native(key: str) -> str:
    """A key as this system's people read it: ⌘Z on a Mac, Ctrl+Z elsewhere."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def conflicts(commands: Iterable[Command], keys: Bindings) -> Iterator[Conflict]:
    """Every key that stands for two commands that can be meant at the same time."""
    held: dict[str, list[Command]] = {}
    for command in commands:
        for key in keys.get(command.id, ()):
            for other in held.get(key, ()):
                if other.scope.meets(command.scope):
                    yield Conflict(key, other, command)
            held.setdefault(key, []).append(command)


def _first(sequence: QKeySequence) -> QKeyCombination:
    first: QKeyCombination = sequence[0]  # type: ignore[index]  # missing in Qt's stubs
    return first


def _symbol(key: Qt.Key) -> bool:
    """Whether it stands for a printed sign that is no letter: those differ between keyboards in
    whether Shift is needed for them."""
    return 0x21 <= key < 0x7F and not chr(key).isalnum()
