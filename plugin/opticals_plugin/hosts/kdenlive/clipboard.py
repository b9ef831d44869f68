"""The user's clipboard, lent for a moment and given back as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QClipboard, QGuiApplication, QWindow

from opticals_plugin.hosts.client import HostError
from opticals_plugin.hosts.kdenlive.bus import rest
from opticals_plugin.hosts.kdenlive.xserver import display

_TRIES = 5
_HEARD_S = 0.003  # until what the X server says has come

# What the X server's clients say of the clipboard itself; it is no content.
_PROTOCOL = {"TARGETS", "MULTIPLE", "TIMESTAMP", "SAVE_TARGETS", "DELETE"}
# What Qt offers beside an image, and would offer in twenty formats if it were put back.
_ANY_IMAGE = "application/x-qt-image"
# Asks clipboard managers not to keep what passes through here.
_PASSING = "x-kde-passwordManagerHint"


def kept() -> dict[str, bytes]:
    """All that the clipboard holds, by MIME type."""
    mime = _clipboard().mimeData()
    if mime is None:
        return {}
    formats = [one for one in mime.formats() if one not in _PROTOCOL]
    if any(one.startswith("image/") for one in formats):
        formats = [one for one in formats if one != _ANY_IMAGE]
    return {one: bytes(mime.data(one).data()) for one in formats}


def put_back(held: dict[str, bytes]) -> None:
    """Make the clipboard hold this, and nothing else."""
    if held:
        _claim(held)
    else:
        _clipboard().clear(QClipboard.Mode.Clipboard)


def text() -> str:
    return _clipboard().text(QClipboard.Mode.Clipboard)


def put(words: str) -> None:
    """Put text on the clipboard that is not for the user.

    Raises:
        HostError: it cannot be had.
    """
    if not _claim({"text/plain": words.encode(), _PASSING: b"secret"}):
        raise HostError("The clipboard is held by another program.", "busy", "Try again.")


def is_ours() -> bool:
    """Whether what the clipboard holds is lost when this process ends."""
    return _clipboard().ownsClipboard()


@contextmanager
def lent() -> Iterator[None]:
    """Within, the clipboard may be used; afterwards, whatever happened, it is what it was."""
    held = kept()
    try:
        yield
    finally:
        put_back(held)


def _claim(held: dict[str, bytes]) -> bool:
    """Whether the clipboard holds this now."""
    for _ in range(_TRIES):
        x = display()
        if x is not None:
            x.touch(_own_window())
            rest(_HEARD_S)
        mime = QMimeData()
        for one, data in held.items():
            mime.setData(one, data)
        _clipboard().setMimeData(mime, QClipboard.Mode.Clipboard)
        if _clipboard().ownsClipboard():
            return True
    return False


@lru_cache(1)
def _window() -> QWindow:
    window = QWindow()
    window.create()
    return window


def _own_window() -> int:
    return int(_window().winId())


def _clipboard() -> QClipboard:
    return QGuiApplication.clipboard()
