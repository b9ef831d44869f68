"""Dialogs of Kdenlive, as the X server knows them: over D-Bus it does not say that one is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opticals_plugin.hosts.kdenlive.xserver import display


@dataclass(frozen=True)
class Dialog:
    """A window that Kdenlive waits for."""

    window: int
    title: str


def modal(main_window: int, pid: int) -> Dialog | None:
    """A dialog that Kdenlive waits for before anything else; None when none is open."""
    x = display()
    if x is None:
        return None
    state = x.atom("_NET_WM_STATE_MODAL")
    # Without a window manager nobody lists the windows that it has.
    for one in x.values(x.root, "_NET_CLIENT_LIST") or x.children(x.root):
        if one == main_window or pid not in x.values(one, "_NET_WM_PID"):
            continue
        if state in x.values(one, "_NET_WM_STATE") and x.seen(one):
            return Dialog(one, x.text(one, "_NET_WM_NAME").partition(" — ")[0])
    return None


@contextmanager
def focus_kept() -> Iterator[None]:
    """Afterwards the window that has the keyboard has it again."""
    x = display()
    before = x.focus() if x is not None else 0
    try:
        yield
    finally:
        if x is not None and before > 1 and x.focus() != before:
            x.set_focus(before)


def confirm(dialog: Dialog) -> None:
    """Press Return in a dialog. It needs the keyboard: Qt gives keys to the window that has it."""
    x = display()
    if x is not None:
        x.set_focus(dialog.window)
        x.press_return(dialog.window)


def cancel(dialog: Dialog) -> None:
    """Close a dialog unanswered."""
    x = display()
    if x is not None:
        x.close_window(dialog.window)
