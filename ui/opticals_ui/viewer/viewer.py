"""The viewer: the picture, the scope beside it, and the row of controls below."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QVBoxLayout, QWidget

from opticals_ui.effects.medium_words import in_words
from opticals_ui.host import Can
from opticals_ui.look.words import tr
from opticals_ui.masks.bar import MaskBar
from opticals_ui.viewer.controls import Controls
from opticals_ui.viewer.picture_view import PictureView
from opticals_ui.viewer.pipette import Pipette
from opticals_ui.viewer.scope_view import ScopeView
from opticals_ui.viewer.timecode_field import TimecodeField

if TYPE_CHECKING:
    from opticals_ui.session import Session

BESIDE = 640  # pixels of width from which the scope stands beside the picture
SCOPE_WIDTH = 260
SCOPE_HEIGHT = 130
# Keys that are held: they are not asked for again and again while they are.
ONCE = ("play", "play_forward", "play_backward", "play_stop", "compare_hold", "loop", "mute")


class Viewer(QWidget):
    """Shows what the session's screen has.

    Attributes:
        view: the picture, which has the focus.
        field: the timecode.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._showing = session.showing
        self.view = PictureView(self._showing.display)
        self.field = TimecodeField(session.selection)
        self.scope = ScopeView()
        self.controls: Controls | None = None  # made when there are actions
        self._before_play: tuple[Fraction, int] | None = None
        self._actions: Mapping[str, QAction] = {}
        self.mask_bar = MaskBar(session.masking)
        self._pictures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pictures.setSpacing(1)
        self._pictures.addWidget(self.view, 1)
        self._pictures.addWidget(self.scope)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.mask_bar)
        page.addLayout(self._pictures, 1)
        self.view.boxed.connect(self._showing.screen.set_box)
        self.view.typed.connect(self.field.begin)
        self.view.grabbed.connect(self._take_back_play)
        self.field.left.connect(self.view.setFocus)
        self._showing.screen.changed.connect(self.refresh)
        self._showing.display.changed.connect(self._arrange)
        session.viewing.changed.connect(self.refresh)
        session.edit_changed.connect(self.refresh)
        session.busy_changed.connect(self.refresh)
        session.source.changed.connect(self._tell_facts)
        session.masking.changed.connect(self._draw_mask)
        session.masking.touched.connect(self.view.update)
        self._draw_mask()
        self._arrange()
        self.refresh()

    def bind(self, actions: Mapping[str, QAction], window: QWidget) -> None:
        """Take the actions of the commands, and hear in `window` when their keys are let go."""
        self._actions = actions
        self.mask_bar.offer(actions)
        for name in ONCE:
            actions[name].setAutoRepeat(False)
        showing = self._showing
        self.controls = Controls(actions, self.field, self.view, showing.player, showing.display)
        page = self.layout()
        assert page is not None
        page.addWidget(self.controls)
        window.installEventFilter(self)

    def parts(self) -> Sequence[QWidget]:
        """What has the focus in turn."""
        return (self.view, *(self.controls.parts() if self.controls else ()))

    def sizeHint(self) -> QSize:
        """A picture takes what there is; one that a mask is drawn on asks for its width's worth."""
        usual = super().sizeHint()
        if self.mask_bar.isHidden() or self.controls is None:
            return QSize(usual.width(), self.minimumSizeHint().height())
        around = self.mask_bar.heightForWidth(self.width()) + self.controls.height()
        return QSize(usual.width(), around + self.width() * 9 // 16)

    def pick_colour(self, take: Callable[[str], None]) -> None:
        """Let a colour be picked from the picture; `take` gets it."""

        def done(colour: str | None) -> None:
            self._draw_mask()  # which lay over it before, or nothing
            self.view.unsetCursor()
            if colour is not None:
                take(colour)

        self.view.set_overlay(Pipette(lambda: self._showing.screen.seen, done))
        self.view.setCursor(Qt.CursorShape.CrossCursor)
        self.view.setFocus()

    def _draw_mask(self) -> None:
        """Let a mask be drawn over the picture, while one is."""
        self.view.set_overlay(self._session.masking.drawing)

    def toggle_play(self) -> None:
        """Play, or stop."""
        player = self._showing.player
        self._before_play = player.speed, self._session.selection.playhead
        player.toggle()

    def enter_timecode(self) -> None:
        self.field.begin()

    def choose_lut(self) -> None:
        """A file dialog for a `.cube` file; the panel stays alive behind it."""
        known = self._showing.display.lut
        folder = str(Path(known).parent if known else Path.home())
        dialog = QFileDialog(self, tr("Choose a viewing LUT"), folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(f"{tr('LUTs')} (*.cube)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._showing.display.choose_lut(Path(name)))
        dialog.open()

    def refresh(self) -> None:
        """Show what is to be seen now, or say why there is nothing."""
        session, screen = self._session, self._showing.screen
        viewing = session.viewing
        seen = screen.seen if session.edit is not None else None
        words, note = "", viewing.note
        if session.edit is None:
            words = tr("Opening…") if session.busy else self._how_to_begin()
        self.view.show_seen(seen, words, note)
        if self._showing.display.scopes_open and seen is not None:
            looked = seen.source if self._showing.display.compare == "source" else seen.result
            self.scope.show_scope(self._showing.display.scope, (looked or seen.result).scope)
        self._tell_facts()

    def _how_to_begin(self) -> str:
        if Can.OPEN in self._session.host.can:
            return tr("Drop an edit here, or open one.")
        return tr("Select a clip in the editing program, and send it here.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowDeactivate:
            self._let_go_all()
        elif (
            event.type() == QEvent.Type.KeyRelease
            and isinstance(event, QKeyEvent)
            and not event.isAutoRepeat()
        ):
            self._let_go(QKeySequence(event.key()))
        return False

    def _let_go(self, key: QKeySequence) -> None:
        player = self._showing.player
        held = [name for name in ONCE if key in self._actions[name].shortcuts()]
        if "play_stop" in held:
            player.release(hold=True)
        if "play_forward" in held or "play_backward" in held:
            player.release(hold=False)
        if "compare_hold" in held:
            self._showing.display.set_peek(False)

    def _let_go_all(self) -> None:
        self._showing.player.release(hold=True)
        self._showing.display.set_peek(False)

    def _take_back_play(self) -> None:
        """The space bar that began to play was held to move the picture."""
        before, self._before_play = self._before_play, None
        if before is None:
            return
        speed, playhead = before
        self._showing.player.stop()
        if speed:
            self._showing.player.play(speed)
        else:
            self._session.selection.move_to(playhead)

    def _arrange(self) -> None:
        """The scope beside the picture where there is width, else below."""
        open_ = self._showing.display.scopes_open
        self.scope.setVisible(open_)
        beside = self.width() >= BESIDE
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._pictures.setDirection(way)
        if beside:
            self.scope.setFixedWidth(min(SCOPE_WIDTH, self.width() // 3))
            self.scope.setMaximumHeight(16777215)
            self.scope.setMinimumHeight(0)
        else:
            self.scope.setMinimumWidth(0)
            self.scope.setMaximumWidth(16777215)
            self.scope.setFixedHeight(min(SCOPE_HEIGHT, max(60, self.height() // 2)))
        if open_:
            self.scope.show_scope(self._showing.display.scope, None)

    def _tell_facts(self) -> None:
        source, seen = self._session.source, self._showing.screen.seen
        facts = source.facts
        shown = seen is not None and str(source.medium) == seen.result.path
        self.view.facts = "\n".join(in_words(facts)) if facts is not None and shown else ""
