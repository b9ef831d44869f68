"""The source's facts above the form: two quiet lines, and one for whatever is unusual."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from opticals_ui.effects.medium_words import in_words
from opticals_ui.effects.source import Source
from opticals_ui.look.words import tr
from opticals_ui.timeline.model import contents, pace

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView

SHORT = 20  # letters of what is kept in one line
USUAL = 2  # lines of `in_words` that every medium has
_BREAKS = re.compile(r"(?<=\w)(?:[/\\_]|\.(?=[A-Za-z%]))(?=[\w%])")  # where a name may wrap


class SourceFacts(QWidget):
    """Shows a `Source`; hidden when no clip with a medium is selected."""

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        heading = QLabel(tr("Source"))
        heading.setProperty("role", "heading")
        self.usual, self.unusual = _label("dim"), _label("fact")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 6)
        layout.setSpacing(3)
        layout.addWidget(heading)
        layout.addWidget(self.usual)
        layout.addWidget(self.unusual)
        source.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        source = self._source
        usual, unusual = self._lines()
        for label, lines in ((self.usual, usual), (self.unusual, unusual)):
            text = "\n".join(lines)
            label.setText("\n".join(map(_wrapping, lines)))
            label.setAccessibleName(text)
            label.setToolTip(str(source.medium))
            label.setVisible(bool(lines))
        self.setAccessibleName(tr("Source"))
        self.setAccessibleDescription("\n".join((*usual, *unusual)))
        self.setVisible(bool(usual or unusual))

    def _lines(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        source = self._source
        own = _of_clip(source.item)
        if source.medium is None:
            return (), own
        if source.facts is not None:
            lines = in_words(source.facts)
            return lines[:USUAL], (*lines[USUAL:], *own)
        if source.error is None:
            return (tr("Looking…"),), ()
        path, name = str(source.medium), source.medium.name
        return tuple(line.replace(path, name) for line in str(source.error).splitlines()), ()


def _of_clip(item: ItemView | None) -> tuple[str, ...]:
    """What is unusual about the clip itself, a sentence each."""
    if item is None:
        return ()
    words, speed = "", pace(item)
    if item.speed is None:
        words = tr("The speed of the clip varies")
    elif item.speed == 0:
        words = tr("The clip is a freeze frame")
    elif item.speed < 0:
        words = tr("The clip plays at {speed}, backwards", speed=speed)
    elif speed:
        words = tr("The clip plays at {speed}", speed=speed)
    inside = contents(item)
    return tuple(filter(None, (words, inside[:1].upper() + inside[1:])))


def _wrapping(line: str) -> str:
    """The line with the places marked where it may wrap: not within “2 ch 48 kHz”."""
    parts = line.split(" · ")
    held = [part.replace(" ", "\u00a0") if len(part) <= SHORT else part for part in parts]
    return _BREAKS.sub("\\g<0>\u200b", "\u00a0· ".join(held))


def _label(role: str) -> QLabel:
    """Words that wrap; the file names in them too, which have no spaces."""
    label = QLabel()
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    return label
