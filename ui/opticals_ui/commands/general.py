"""Commands on the edit as a whole and on the panel itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command
from opticals_ui.host import Can
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    session = panel.session

    def savable() -> bool:
        return session.edit is not None and Can.SAVE in session.host.can

    def relinkable() -> bool:
        return (
            session.edit is not None
            and Can.RELINK in session.host.can
            and not session.relinking.looking
        )

    edit, window = tr("Edit"), tr("Panel")
    return (
        Command(
            "open",
            tr("Open…"),
            ("Ctrl+O",),
            panel.ask_what_to_open,
            icon="open",
            group=edit,
            enabled=lambda: Can.OPEN in session.host.can,
        ),
        Command(
            "save",
            tr("Save as…"),
            ("Ctrl+Shift+S", "Ctrl+S"),
            panel.ask_where_to_save,
            icon="save",
            group=edit,
            enabled=savable,
        ),
        Command(
            "undo",
            tr("Undo"),
            ("Ctrl+Z",),
            session.undo,
            icon="undo",
            group=edit,
            enabled=lambda: session.undoable,
        ),
        Command(
            "redo",
            tr("Redo"),
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            session.redo,
            icon="redo",
            group=edit,
            enabled=lambda: session.redoable,
        ),
        Command(
            "relink",
            tr("Relink…"),
            ("Ctrl+Shift+R",),
            panel.ask_where_media_are,
            group=edit,
            enabled=relinkable,
        ),
        Command(
            "restore",
            tr("Back to the original"),
            ("Ctrl+Backspace",),
            session.restore,
            group=edit,
            enabled=lambda: session.selection.restorable and Can.RESTORE in session.host.can,
        ),
        Command(
            "palette",
            tr("Command palette"),
            ("Ctrl+K",),
            lambda: panel.keyboard.toggle("palette"),
            icon="search",
            group=window,
        ),
        Command(
            "cheat_sheet",
            tr("Keyboard shortcuts"),
            ("?",),
            lambda: panel.keyboard.toggle("cheat_sheet"),
            icon="keyboard",
            group=window,
        ),
        Command(
            "preferences",
            tr("Preferences"),
            ("Ctrl+,",),
            lambda: panel.keyboard.toggle("preferences"),
            icon="settings",
            group=window,
        ),
        Command(
            "shortcuts",
            tr("Change the keyboard shortcuts"),
            ("Ctrl+Alt+K",),
            lambda: panel.keyboard.preferences.show_section("keyboard"),
            group=window,
        ),
        Command("close", tr("Close the panel"), ("Ctrl+Q",), panel.close, group=window),
        Command("main_menu", tr("Menu"), ("F10",), panel.show_menu, icon="menu", group=window),
        Command(
            "next_area",
            tr("Next area"),
            ("F6",),
            lambda: panel.keyboard.areas.go(1),
            group=window,
        ),
        Command(
            "previous_area",
            tr("Previous area"),
            ("Shift+F6",),
            lambda: panel.keyboard.areas.go(-1),
            group=window,
        ),
        Command(
            "step_back",
            tr("Back to the timeline, step by step"),
            ("Esc",),
            lambda: panel.keyboard.areas.step_back(),
            group=window,
        ),
        Command(
            "dismiss",
            tr("Dismiss the newest notice"),
            ("Shift+Esc",),
            panel.dismiss_newest,
            group=window,
            enabled=lambda: bool(session.board.notices),
        ),
        Command(
            "focus_timeline",
            tr("Go to the timeline"),
            ("Ctrl+1",),
            panel.strip.setFocus,
            group=window,
        ),
        Command(
            "focus_viewer",
            tr("Go to the viewer"),
            ("Ctrl+2",),
            panel.preview.setFocus,
            group=window,
        ),
        Command(
            "focus_notices",
            tr("Go to the notices"),
            ("Ctrl+6",),
            panel.notices.take_focus,
            group=window,
            enabled=lambda: bool(session.board.notices),
        ),
    )
