"""The row below the picture: timecode, transport, and how the picture is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from opticals_ui.commands.focus import HandOn
from opticals_ui.look.theme import icon
from opticals_ui.look.words import tr
from opticals_ui.viewer.display import Display
from opticals_ui.viewer.modes import Compare, Ground
from opticals_ui.viewer.picture_view import PictureView
from opticals_ui.viewer.player import Player
from opticals_ui.viewer.timecode_field import TimecodeField

TRANSPORT = ("play_marked", "back", "play", "forward", "loop")
COMPARE = ("result", "source", "wipe", "sides", "difference")
GROUND = ("below", "checker", "black", "matte")
SCOPE = ("waveform", "parade", "vectorscope", "histogram")
COMPARE_ICONS = {
    Compare.RESULT: "eye",
    Compare.SOURCE: "film",
    Compare.WIPE: "wipe",
    Compare.SIDES: "side_by_side",
    Compare.DIFFERENCE: "difference",
}
GROUND_ICONS = {
    Ground.BELOW: "over_below",
    Ground.CHECKER: "checkerboard",
    Ground.BLACK: "over_black",
    Ground.MATTE: "alpha",
}
# What goes first where there is no room for all; every command has its key and is in the menu.
SPARED = ("play_marked", "viewer_full", "loop", "mute", "lut", "ground", "back", "forward")


class Controls(QWidget):
    """Buttons of the viewer's commands, by the actions that the panel made of them."""

    def __init__(
        self,
        actions: Mapping[str, QAction],
        field: TimecodeField,
        view: PictureView,
        player: Player,
        display: Display,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("viewer_controls")
        self._actions, self._view, self._player, self._display = actions, view, player, display
        self._buttons: dict[str, QToolButton] = {}  # from left to right
        self._field = field
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 2, 6, 2)
        row.setSpacing(0)
        row.addWidget(field)
        row.addStretch(1)
        for name in TRANSPORT:
            row.addWidget(self._button(name))
        row.addStretch(1)
        compare = [f"compare_{one}" for one in COMPARE]
        ground = [f"ground_{one}" for one in GROUND]
        scopes = [f"scope_{one}" for one in SCOPE]
        self._compare = self._menu("compare", tr("Compare"), (*compare, "", "gain_up", "gain_down"))
        self._ground = self._menu("ground", tr("Transparency"), ground)
        zooms = [f"zoom_picture_{one}" for one in ("fit", "pixels", "in", "out")]
        self._zoom = self._menu("zoom", tr("Zoom"), zooms)
        self._zoom.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        wide = max(map(self._zoom.fontMetrics().horizontalAdvance, ("1600 %", tr("Fit"))))
        self._zoom.setFixedWidth(wide + 26)
        self._scopes = self._menu("scopes", tr("Scopes"), ("scopes", "", *scopes))
        self._lut = self._menu("lut", tr("Viewing LUT"), ("lut", "choose_lut"))
        for button in (self._compare, self._ground, self._zoom, self._scopes, self._lut):
            row.addWidget(button)
        for name in ("mute", "viewer_full"):
            row.addWidget(self._button(name))
        for name in (*compare, *ground, *scopes, "scopes", "lut", "loop", "mute", "compare_hold"):
            actions[name].setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        display.changed.connect(self.refresh)
        player.changed.connect(self.refresh)
        view.zoomed.connect(self._show_zoom)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def parts(self) -> Sequence[QWidget]:
        """Its widgets from left to right, for the tab order."""
        return [self._field, *self._buttons.values()]

    def refresh(self) -> None:
        """Show what is chosen."""
        display, actions = self._display, self._actions
        for one in COMPARE:
            actions[f"compare_{one}"].setChecked(one == display.chosen)
        for one in GROUND:
            actions[f"ground_{one}"].setChecked(one == display.ground)
        for one in SCOPE:
            actions[f"scope_{one}"].setChecked(one == display.scope and display.scopes_open)
        for name, on in (
            ("scopes", display.scopes_open),
            ("lut", display.lut_on),
            ("loop", display.looping),
            ("mute", display.muted),
            ("compare_hold", display.peek),
        ):
            actions[name].setChecked(on)
        self._compare.setIcon(icon(COMPARE_ICONS[display.compare]))
        self._ground.setIcon(icon(GROUND_ICONS[display.ground]))
        self._scopes.setIcon(icon("parade" if display.scope == "parade" else "waveform"))
        for button, on in ((self._scopes, display.scopes_open), (self._lut, display.lut_on)):
            button.setProperty("on", on)
            button.style().unpolish(button)
            button.style().polish(button)
        actions["play"].setIcon(icon("pause" if self._player.playing else "play"))
        actions["mute"].setIcon(icon("sound_off" if display.muted else "sound_on"))
        self._show_zoom()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._spare()

    def _spare(self) -> None:
        """Leave out what there is no room for."""
        shown = dict.fromkeys(self._buttons, True)
        need = sum(part.sizeHint().width() for part in self.parts()) + 12
        for name in SPARED:
            if need <= self.width():
                break
            need -= self._buttons[name].sizeHint().width()
            shown[name] = False
        for name, button in self._buttons.items():
            button.setVisible(shown[name])

    def _show_zoom(self) -> None:
        fits = self._view.placing.zoom is None
        self._zoom.setText(tr("Fit") if fits else f"{self._view.zoom * 100:.0f} %")
        self._zoom.setToolTip(tr("Zoom: {zoom} %", zoom=f"{self._view.zoom * 100:.0f}"))

    def _button(self, name: str) -> QToolButton:
        action = self._actions[name]
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._dress(name, button, action.text())
        HandOn(button, self._view)
        return button

    def _menu(self, name: str, label: str, entries: Sequence[str]) -> QToolButton:
        button = QToolButton()
        menu = QMenu(button)
        for entry in entries:
            if entry:
                menu.addAction(self._actions[entry])
            else:
                menu.addSeparator()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIcon(icon("lut"))
        button.setToolTip(label)
        self._dress(name, button, label)
        return button

    def _dress(self, name: str, button: QToolButton, label: str) -> None:
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(label.rstrip("…"))
        self._buttons[name] = button
