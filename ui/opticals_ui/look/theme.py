"""The look: colours by their role, icons, and the style sheet made from them."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QIcon, QPalette
from PySide6.QtWidgets import QApplication

import opticals_resources

WIDE = 860  # pixels of width from which the form stands beside the viewer

COLOURS = {
    "window": "#1a1b1d",
    "panel": "#222326",
    "field": "#17181a",
    "raised": "#2e3035",
    "hover": "#393c42",
    "line": "#3d4046",
    "text": "#dcdee1",
    "dim": "#a0a4ac",
    "faint": "#6c717a",
    "accent": "#e3a64b",
    "accent_hover": "#f0b764",
    "on_accent": "#1a1408",
    "focus": "#6cb0ff",
    "error": "#e8706b",
    "error_back": "#35211f",
    "info": "#6fb2dc",
    "info_back": "#1d2a33",
    "question": "#e3a64b",
    "question_back": "#332a1b",
    "video": "#3e566d",
    "audio": "#3a5f52",
    "compound": "#564d75",
    "generator": "#55534a",
    "offline": "#6d3836",
    "transition": "#8a93a0",
    "selected": "#f4f5f6",
    "range": "#5b88b5",
    "playhead": "#ff6a55",
}


@cache
def colour(role: str, alpha: int = 255) -> QColor:
    """The colour of a role."""
    found = QColor(COLOURS[role])
    found.setAlpha(alpha)
    return found


def icon(name: str) -> QIcon:
    """An icon of ours."""
    return QIcon(str(opticals_resources.path(f"icons/{name}.svg")))


def timecode_font(like: QFont) -> QFont:
    """A font of fixed width in the size of `like`, so that counting digits stand still."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(QFontInfo(like).pixelSize())
    return font


def dress(app: QApplication) -> None:
    """Give the application our palette and style sheet."""
    app.setStyle("Fusion")
    app.setPalette(_palette())
    sheet = opticals_resources.text("style/panel.qss")
    sheet = sheet.replace("@icons", opticals_resources.path("icons").as_posix())
    app.setStyleSheet(re.sub(r"@(\w+)", lambda match: COLOURS[match[1]], sheet))


def _palette() -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, name in {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "field",
        role.AlternateBase: "panel",
        role.Text: "text",
        role.Button: "raised",
        role.ButtonText: "text",
        role.ToolTipBase: "raised",
        role.ToolTipText: "text",
        role.PlaceholderText: "faint",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "focus",
    }.items():
        palette.setColor(which, colour(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, colour("faint"))
    return palette
