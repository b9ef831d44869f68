"""Where the parts of the panel stand: beside one another where there is width, else below; and the
places that the user gave them, from one run to the next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from opticals_ui.look.theme import WIDE
from opticals_ui.memory import Memory

SIDE = 340  # pixels: the usual width of the side, and the least
LEAST = 120  # pixels of height that every part keeps
SHORT = 800  # pixels of height below which not every part of a narrow panel has all it asks for
STEP = 24  # pixels by which keys move what divides two parts
MOST = 16777215  # Qt's own: no bound
TIMELINE_SHARE = 0.4  # of the height that the timeline takes by itself at most
STAGE_SHARE = 0.3  # of the height of a narrow panel that pictures take
STAGE_MOST = 0.42  # and that the stage takes for what is to be read there


class Layout(QWidget):
    """Pictures on the `stage`, the `timeline` below, and the `side` with its pages.

    `turned`: it is wide now, or narrow.
    """

    turned = Signal(bool)

    def __init__(
        self,
        stage: QWidget,
        timeline: QWidget,
        side: QWidget,
        memory: Memory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._stage, self._timeline, self._side, self._memory = stage, timeline, side, memory
        self._wide = True
        self._alone = False
        self._lined = True  # whether there is a timeline to show
        self._rows = _splitter(Qt.Orientation.Vertical)
        self._columns = _splitter(Qt.Orientation.Horizontal)
        timeline.setMinimumHeight(min(LEAST, timeline.minimumSizeHint().height()))
        self._columns.addWidget(stage)
        self._columns.addWidget(side)
        self._columns.setStretchFactor(0, 1)
        self._rows.addWidget(self._columns)
        self._rows.addWidget(timeline)
        self._rows.setStretchFactor(0, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._rows)
        for splitter in (self._rows, self._columns):
            splitter.splitterMoved.connect(self.keep)
        side.setVisible(memory.get("side shown", True))
        self._place()

    @property
    def wide(self) -> bool:
        """Whether the side stands beside the pictures."""
        return self._wide

    @property
    def side_shown(self) -> bool:
        return not self._side.isHidden()

    def show_side(self, shown: bool) -> None:
        """Show or hide the side; what it divided the room with takes it."""
        self._side.setVisible(shown)
        self._memory.put("side shown", shown)
        self._set_sizes()

    def show_timeline(self, shown: bool) -> None:
        """Show the timeline, or give its room to the rest: while there is no edit."""
        if shown != self._lined:
            self._lined = shown
            self._timeline.setVisible(shown and not self._alone)
            self._set_sizes()

    @property
    def alone(self) -> bool:
        """Whether the pictures have all of the room for a while."""
        return self._alone

    def show_alone(self, alone: bool) -> None:
        """Give the pictures all of the room, or put everything back."""
        self._alone = alone
        self._timeline.setVisible(self._lined and not alone)
        self._side.setVisible(not alone and self._memory.get("side shown", True))
        self._set_sizes()

    def widen_side(self, steps: int) -> None:
        """Give the side more of the room, or less, by steps of `STEP` pixels."""
        self._give(self._columns, 1 if self._wide else 2, steps)

    def heighten_timeline(self, steps: int) -> None:
        """Give the timeline more of the room, or less, by steps of `STEP` pixels."""
        self._give(self.lines, 1, steps)

    def reset(self) -> None:
        """Every part to its usual place."""
        for name in ("rows", "columns"):
            self._memory.put(self._key(name), None)
        self.show_side(True)

    def keep(self) -> None:
        """Keep the places as they are now."""
        if self._lined:
            self._memory.put(self._key("rows"), self.lines.sizes())
        if self._wide and self.side_shown:
            self._memory.put(self._key("columns"), self._columns.sizes())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (wide := event.size().width() >= WIDE) != self._wide:
            self._wide = wide
            focus = self.focusWidget()  # of the timeline, which is put elsewhere
            held = focus is not None and focus.hasFocus() and self._timeline.isAncestorOf(focus)
            if held:
                focus.clearFocus()  # or the next widget in the tab order would get it
            self._place()
            if held:
                focus.setFocus()
            self.turned.emit(wide)
        self._set_sizes()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._set_sizes()  # an edit with more tracks, for example
        return super().event(event)

    def _place(self) -> None:
        """The side where it belongs at this width. It stays in its splitter: under a style sheet
        a widget that is put into another has the style of all that is in it worked out again, and
        there is a hundred times as much in the side as in the timeline."""
        if self._wide:
            self._columns.setOrientation(Qt.Orientation.Horizontal)
            self._rows.addWidget(self._timeline)
        else:
            self._columns.insertWidget(1, self._timeline)
            self._columns.setOrientation(Qt.Orientation.Vertical)
            self._columns.setStretchFactor(2, 1)
        self._side.setMinimumWidth(SIDE if self._wide else 0)

    @property
    def lines(self) -> QSplitter:
        """What divides the timeline from what is above it."""
        return self._rows if self._wide else self._columns

    def _set_sizes(self) -> None:
        """The places that were kept, or the usual ones."""
        wide, high = self.width(), self.height()
        # In a short panel the side is pressed rather than the pictures.
        self._side.setMinimumHeight(LEAST if not self._wide and high < SHORT else 0)
        rows = self._kept("rows", 2 if self._wide else 3)
        if rows is None:
            if self._wide:
                timeline = min(self._timeline.sizeHint().height(), round(high * TIMELINE_SHARE))
                rows = [high - timeline, timeline]
            else:
                stage = min(round(high * STAGE_SHARE), round(wide * 9 / 16))
                stage = max(stage, min(self._stage.sizeHint().height(), round(high * STAGE_MOST)))
                timeline = min(self._timeline.sizeHint().height(), round(high * 0.26))
                # where the stage asks for more, the timeline gives it rather than the side
                rest = high - stage - self._side_least(wide)
                timeline = min(timeline, max(rest, LEAST))
                rows = [stage, timeline, high - stage - timeline]
        if not self._lined:
            half = rows[1] // 2 if len(rows) == 3 else 0  # the side has its part of the room
            rows = [rows[0] + rows[1] - half, 0, *(one + half for one in rows[2:])]
        self.lines.setSizes(rows)
        if self._wide:
            side = SIDE if wide < 1600 else 400
            columns = self._kept("columns", 2)
            # the side keeps its width when the window gets another
            side = columns[1] if columns else side
            self._columns.setSizes([wide - side, side])

    def _side_least(self, width: int) -> int:
        """The height that the side needs; words in it wrap at this width."""
        layout, least = self._side.layout(), self._side.minimumSizeHint().height()
        return least if layout is None else max(least, layout.minimumHeightForWidth(width))

    def _kept(self, name: str, parts: int) -> list[int] | None:
        found = self._memory.get(self._key(name), [])
        fits = len(found) == parts and all(isinstance(one, int) and one >= 0 for one in found)
        return found if fits and sum(found) else None

    def _key(self, name: str) -> str:
        return f"{name} {'wide' if self._wide else 'narrow'}"

    def _give(self, splitter: QSplitter, part: int, steps: int) -> None:
        sizes = splitter.sizes()
        if part >= len(sizes) or not sizes[part]:
            return
        # above it, except of the first, is what gives
        giver = 0 if part == 1 else 1
        step = max(-sizes[part], min(steps * STEP, sizes[giver]))
        sizes[part] += step
        sizes[giver] -= step
        splitter.setSizes(sizes)
        self.keep()


def restore_window(window: QWidget, memory: Memory, usual: QSize) -> None:
    """Put a window where it was, or where it can be seen if its screen is gone."""
    if not window.restoreGeometry(memory.state("window")):
        screen = QGuiApplication.primaryScreen().availableGeometry()
        window.resize(usual.boundedTo(screen.size()))
        return
    frame = window.frameGeometry()
    areas = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    if not any(_seen(frame, area) for area in areas):
        home = QGuiApplication.primaryScreen().availableGeometry()
        window.resize(window.size().boundedTo(home.size()))
        window.move(home.topLeft())


def keep_window(window: QWidget, memory: Memory) -> None:
    memory.put_state("window", window.saveGeometry())


def _seen(frame: QRect, area: QRect) -> bool:
    """Whether enough of a window is on a screen for it to be taken hold of."""
    seen = frame.intersected(area)
    return seen.width() >= 120 and seen.height() >= 60 and frame.top() >= area.top() - 8


def _splitter(orientation: Qt.Orientation) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(5)
    return splitter
