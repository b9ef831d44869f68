"""The look: colours by their role in the theme of the moment, fonts, and the style sheet."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial

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
from PySide6.QtWidgets import QApplication, QWidget

import opticals_resources
from opticals_ui.look.icons import drawings, icon
from opticals_ui.look.palettes import THEMES
from opticals_ui.look.turning import Turning, polish, put_on

__all__ = [
    "BESIDE",
    "CHOICES",
    "WIDE",
    "clothe",
    "colour",
    "current",
    "dress",
    "icon",
    "news",
    "timecode_font",
    "turn",
    "turns",
    "undress",
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
_turning: Turning | None = None
_later: list[QWidget] = []  # widgets that have the style sheet, but whose style is still to come
_PARTS = 3  # in which they get it
_dressed = False  # whether there was a style sheet, while there is none


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
    if _choose(theme):
        for step in _STEPS:
            step()


def turn(theme: str) -> None:
    """Likewise, but beside what else goes on: see `Turning`."""
    global _turning
    if not _choose(theme):
        return
    if _turning is None:
        _turning = Turning()
    _turning.begin(_STEPS)


def turns() -> bool:
    """Whether another theme is on its way."""
    return _turning is not None and _turning.under_way


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
        turn("system")


def _choose(theme: str) -> bool:
    """Whether another theme than before is to be shown."""
    global _shown, _wanted
    _wanted = theme if theme in CHOICES else "dark"
    before, _shown = _shown, _systems() if _wanted == "system" else _wanted
    return before != _shown and isinstance(QApplication.instance(), QApplication)


def _systems() -> str:
    scheme = QGuiApplication.styleHints().colorScheme()
    return "light" if scheme is Qt.ColorScheme.Light else "dark"


def undress() -> None:
    """Take the style sheet off until `clothe`: one in the place of another costs Qt five times as
    much as none and another."""
    global _dressed
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    _dressed = _dressed or bool(app.styleSheet())
    _later.clear()
    app.setStyleSheet("")


def clothe() -> list[QWidget]:
    """Put the style sheet of the theme on again, if there was one. Returns the widgets
    that are left without: `polish` gives them their style."""
    global _dressed
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setPalette(_palette())
    left = put_on(app, sheet(_shown)) if _dressed else []
    _dressed = False
    return left


def _clothe() -> None:
    _later.extend(clothe())


def _polish(part: int) -> None:
    polish(_later[part::_PARTS])


def _tell() -> None:
    news().changed.emit()


_STEPS: tuple[Callable[[], None], ...] = (
    undress,
    _clothe,
    *(partial(_polish, part) for part in range(_PARTS)),
    _later.clear,
    _tell,
)


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
