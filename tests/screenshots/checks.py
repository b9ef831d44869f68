"""Whether everything in a panel can be seen whole: words, buttons, and where things stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QSplitterHandle,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

from opticals_ui.commands.overlay import Overlay
from opticals_ui.look.elided import ElidedLabel

COVERING = ("notices",)  # names of what lies over other things on purpose
SLACK = 1  # pixels


def problems(window: QWidget) -> list[str]:
    """What cannot be seen whole, a line each; empty when all can."""
    found = []
    for widget in [window, *window.findChildren(QWidget)]:
        if not widget.isVisible() or isinstance(widget, QSplitterHandle):
            continue
        # what an item view or a line for text makes of itself is Qt's own affair
        if any(isinstance(one, QAbstractItemView | QLineEdit) for one in _ancestors(widget)):
            continue
        found += [f"{_name(widget)}: {one}" for one in _problems(widget)]
    return found


def _problems(widget: QWidget) -> Iterator[str]:
    if outside := _outside(widget):
        yield outside
    yield from _overlaps(widget)
    if isinstance(widget, ElidedLabel):
        return
    if isinstance(widget, QLabel):
        yield from _label(widget)
    elif isinstance(widget, QTabBar):
        yield from _tabs(widget)
    elif isinstance(widget, QComboBox):
        yield from _combo(widget)
    elif isinstance(widget, QAbstractSpinBox):
        yield from _line(widget, widget.text(), widget.lineEdit())
    elif isinstance(widget, QLineEdit):
        if not isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox):
            yield from _line(widget, "" if widget.text() else widget.placeholderText(), widget)
    elif isinstance(widget, QAbstractButton):
        yield from _button(widget)


def _outside(widget: QWidget) -> str:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or isinstance(parent, QComboBox):
        return ""
    scrolled = isinstance(parent.parentWidget(), QAbstractScrollArea)
    if scrolled and parent.parentWidget().viewport() is parent:
        beyond = widget.width() - parent.width()
        horizontal = parent.parentWidget().horizontalScrollBarPolicy()
        never = horizontal is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        return f"{beyond} px wider than where it scrolls" if never and beyond > SLACK else ""
    allowed = parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK)
    if widget.size().isEmpty() or allowed.contains(widget.geometry()):
        return ""
    return f"{_box(widget.geometry())} is outside its parent of {_size(parent.size())}"


def _overlaps(widget: QWidget) -> Iterator[str]:
    children = [
        child
        for child in widget.children()
        if isinstance(child, QWidget)
        and child.isVisible()
        and not child.isWindow()
        and not child.size().isEmpty()
        and not _covers(child)
    ]
    if isinstance(widget, QAbstractScrollArea | QComboBox | QAbstractSpinBox | QTabBar | QLineEdit):
        return
    for one, other in combinations(children, 2):
        shared = one.geometry().intersected(other.geometry())
        if shared.width() > SLACK and shared.height() > SLACK:
            yield f"{_name(one)} and {_name(other)} overlap by {_size(shared.size())}"


def _covers(widget: QWidget) -> bool:
    return (
        isinstance(widget, Overlay)
        or widget.objectName() in COVERING
        or bool(widget.property("covers"))
        or widget.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    )


def _label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text or (
        label.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored
        and (not label.wordWrap())
    ):
        return
    box = label.contentsRect()
    if label.wordWrap():
        longest = max(re.split(r"[\s\u200b]+", text), key=label.fontMetrics().horizontalAdvance)
        if label.fontMetrics().horizontalAdvance(longest) > box.width() + SLACK:
            yield f"has no place to wrap: “{longest}”"
        needs = label.heightForWidth(label.width())
        if needs > label.height() + SLACK:
            yield f"needs {needs} px of height and has {label.height()}: “{text}”"
    elif (needs := label.sizeHint().width()) > label.width() + SLACK:
        yield f"needs {needs} px of width and has {label.width()}: “{text}”"
    elif label.fontMetrics().height() > box.height() + 2 * SLACK:
        yield f"is too low: “{text}”"


def _button(button: QAbstractButton) -> Iterator[str]:
    if button.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored:
        return  # its words are shortened on purpose, and its tooltip has all of them
    needs, has = button.sizeHint(), button.size()
    # a fixed size is somebody's choice where there are no words
    fixed = button.minimumSize() == button.maximumSize() and not button.text()
    if (needs.width() > has.width() + SLACK or needs.height() > has.height() + 2) and not fixed:
        yield f"needs {_size(needs)} and has {_size(has)}: “{button.text()}”"


def _tabs(bar: QTabBar) -> Iterator[str]:
    for index in range(bar.count()):
        text = bar.tabText(index)
        needs = bar.fontMetrics().horizontalAdvance(text) + 8
        if needs > bar.tabRect(index).width():
            yield f"the tab “{text}” needs {needs} px and has {bar.tabRect(index).width()}"


def _combo(combo: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    field = combo.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox,
        option,
        QStyle.SubControl.SC_ComboBoxEditField,
        combo,
    )
    needs = combo.fontMetrics().horizontalAdvance(combo.currentText())
    if needs > field.width() + 2:
        yield f"needs {needs} px and has {field.width()}: “{combo.currentText()}”"


def _line(widget: QWidget, text: str, line: QLineEdit) -> Iterator[str]:
    margins = line.textMargins()
    room = line.contentsRect().width() - margins.left() - margins.right() - 4
    needs = line.fontMetrics().horizontalAdvance(text)
    if needs > room + SLACK:
        yield f"needs {needs} px and has {room}: “{text}”"


def _ancestors(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _name(widget: QWidget) -> str:
    names = [one.objectName() for one in (widget, *_ancestors(widget)) if one.objectName()]
    own = widget.accessibleName() or (names[0] if names else "")
    return f"{type(widget).__name__} {own}".strip()


def _box(box: QRect) -> str:
    return f"{box.x()},{box.y()} {_size(box.size())}"


def _size(size: QSize) -> str:
    return f"{size.width()}x{size.height()}"
