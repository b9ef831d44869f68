"""What this is, and what `opticals doctor` finds on this machine."""

from __future__ import annotations

import json
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QProcess, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)
from shiboken6 import isValid

from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr
from opticals_ui.preferences.rows import Page, words

ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole
SIGNS = {"ok": "check", "note": "info", "missing": "error"}
NARROW = 400  # pixels, up to which names wrap too
PADDING = 8  # pixels of a cell beside its words
Index = QModelIndex | QPersistentModelIndex


class _Wrapping(QStyledItemDelegate):
    """Rows as tall as their words need at the width of the column."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree
        tree.header().sectionResized.connect(tree.scheduleDelayedItemsLayout)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        if index.column() == 0 and self._tree.viewport().width() > NARROW:
            return super().sizeHint(option, index)  # names are short
        # Qt wraps for a size only where there is a height, too; the sheet's padding is not in it
        option.rect = QRect(0, 0, self._tree.columnWidth(index.column()) - PADDING, 1)
        return super().sizeHint(option, index)


class About(Page):
    """The version, and the doctor's findings: looked for in a process of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.details = ""
        title = QLabel(tr("Opticals {version}", version=_version()))
        title.setProperty("role", "what")
        self.add_wide(title)
        self.add_wide(words(tr("AI effects beside the editing timeline, on your own machine.")))
        self._process = QProcess(self)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(lambda _: self._say(tr("The check did not start.")))
        self.examine_button = QPushButton(tr("Check this machine"))
        self.examine_button.clicked.connect(self.examine)
        self.copy = QPushButton(tr("Copy details"))
        self.copy.setEnabled(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details))
        self._state = words("")
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.examine_button)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        self.add_wide(row)
        self.add_wide(self._state)
        self.findings = QTreeWidget()
        self.findings.setHeaderLabels([tr("What"), tr("Found")])
        self.findings.setRootIsDecorated(False)
        self.findings.setWordWrap(True)
        self.findings.setItemDelegate(_Wrapping(self.findings))
        self.findings.setAccessibleName(tr("What was found"))
        self.findings.setMinimumHeight(300)
        self.add_wide(self.findings)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.details:
            self.examine()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._process.state() is not QProcess.ProcessState.NotRunning:
            self._process.kill()  # nobody looks; it looks again when somebody does
            self._process.waitForFinished(200)

    def examine(self) -> None:
        """Look again."""
        if self._process.state() is QProcess.ProcessState.NotRunning:
            self._say(tr("Looking…"))
            self._process.start(sys.executable, ["-m", "opticals", "doctor", "--json"])

    def _ended(self) -> None:
        if not isValid(self._state):
            return
        text = bytes(self._process.readAllStandardOutput().data()).decode(errors="replace")
        try:
            self.show_findings(json.loads(text))
        except (ValueError, TypeError, KeyError):
            self._say(tr("The check ended without an answer."))

    def show_findings(self, found: Any) -> None:
        """List what the doctor says, as its JSON has it; what is missing stands first.

        Raises:
            TypeError, KeyError: it is not what a doctor says.
        """
        rows = [(one["state"], one["name"], one["found"], one["remedy"]) for one in found]
        rows.sort(key=lambda row: row[0] != "missing")
        self.details = "\n".join(
            f"{state}: {name}: {what}{f' → {remedy}' if remedy else ''}"
            for state, name, what, remedy in rows
        )
        self.copy.setEnabled(True)
        self.findings.clear()
        for state, *texts in rows:
            name, what, remedy = texts
            item = QTreeWidgetItem([name, f"{what}\n→ {remedy}" if remedy else what])
            item.setIcon(0, icon(SIGNS.get(state, "info")))
            spoken = f"{state}: {', '.join(filter(None, texts))}"
            item.setData(0, ACCESSIBLE, spoken)
            self.findings.addTopLevelItem(item)
        self.findings.resizeColumnToContents(0)
        lacking = sum(1 for state, *_ in rows if state == "missing")
        self._say(
            tr("%n thing(s) (is|are) missing.", lacking)
            if lacking
            else tr("All that is needed is here.")
        )

    def _say(self, text: str) -> None:
        if isValid(self._state):  # a process that goes with the page says so when it is gone
            self._state.setText(text)


def _version() -> str:
    try:
        return version("opticals")
    except PackageNotFoundError:
        return ""
