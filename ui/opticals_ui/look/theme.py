"""The look: colours by their role in the theme of the moment, fonts, and the style sheet."""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QPalette,
    QStyleHints,
)
from PySide6.QtWidgets import QApplication

import opticals_resources
from opticals_ui.look.icons import drawings, icon
from opticals_ui.look.palettes import THEMES

__all__ = [
    "BESIDE",
    "CHOICES",
    "WIDE",
    "colour",
    "current",
    "dress",
    "icon",
    "news",
    "timecode_font",
    "use",
]

BESIDE = QSize(20, 16)  # of an icon beside words: it is drawn in the middle, and not too near them
WIDE = 860  # pixels of width from which the form stands beside the viewer
CHOICES = ("dark", "light", "system")


class _News(QObject):
    """`changed`: the theme is another. Widgets that paint by role need not listen: they are
    painted anew."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._hints: QStyleHints | None = None

    def follow(self, hints: QStyleHints) -> None:
        """Hear of the system's changes, once."""
        if self._hints is not hints:
            self._hints = hints
            hints.colorSchemeChanged.connect(_follow)


LETTERS = 13  # pixels, as the style sheet says too

_shown = "dark"
_wanted = "dark"
_news: _News | None = None


def current() -> str:
    """The theme that is shown: `dark` or `light`."""
    return _shown


def colour(role: str, alpha: int = 255) -> QColor:
    """The colour of a role in the theme that is shown: asked for whenever something is painted."""
    return QColor(_colour(_shown, role, alpha))


def news() -> _News:
    """Says when the theme changes."""
    global _news
    if _news is None:
        _news = _News()
    return _news


def use(theme: str) -> None:
    """Show the theme `dark`, `light`, or `system` for the one that the system has, now and
    whenever it changes there."""
    global _shown, _wanted
    _wanted = theme if theme in CHOICES else "dark"
    before, _shown = _shown, _systems() if _wanted == "system" else _wanted
    app = QApplication.instance()
    if before != _shown and isinstance(app, QApplication):
        _clothe(app)
        news().changed.emit()


def timecode_font(like: QFont) -> QFont:
    """A font of fixed width in the size of `like`, so that counting digits stand still."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(QFontInfo(like).pixelSize())
    return font


def prepare(app: QApplication) -> None:
    """Give the application what widgets are made with: icons, style, palette, size of letters."""
    drawings()
    app.setStyle("Fusion")
    font = app.font()
    font.setPixelSize(LETTERS)
    app.setFont(font)
    news().follow(app.styleHints())
    app.setPalette(_palette())


def dress(app: QApplication) -> None:
    """Give the application all of our look.

    The style sheet comes last: every widget that is put into another under a style sheet has the
    style of all that is in it worked out again.
    """
    prepare(app)
    app.setStyleSheet(sheet(_shown))


def sheet(theme: str) -> str:
    """The style sheet of a theme."""
    found = opticals_resources.text("style/panel.qss")
    found = found.replace("@icons", opticals_resources.path(f"style/{theme}").as_posix())
    return re.sub(r"@(\w+)", lambda match: THEMES[theme][match[1]], found)


def _follow() -> None:
    if _wanted == "system":
        use("system")


def _systems() -> str:
    scheme = QGuiApplication.styleHints().colorScheme()
    return "light" if scheme is Qt.ColorScheme.Light else "dark"


def _clothe(app: QApplication) -> None:
    dressed = bool(app.styleSheet())
    if dressed:
        app.setStyleSheet("")  # one in the place of another costs Qt five times as much
    app.setPalette(_palette())
    if dressed:
        app.setStyleSheet(sheet(_shown))


@lru_cache(maxsize=512)
def _colour(theme: str, role: str, alpha: int) -> QColor:
    found = QColor(THEMES[theme][role])
    found.setAlpha(alpha)
    return found


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
        role.PlaceholderText: "dim",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "focus",
        role.Light: "hover",
        role.Mid: "line",
        role.Dark: "line",
    }.items():
        palette.setColor(which, colour(name))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, colour("faint"))
    return palette
