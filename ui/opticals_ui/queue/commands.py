"""Commands that have something rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command
from opticals_ui.look.words import tr
from opticals_ui.viewer.viewing import FRAMES

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    session, group = panel.session, tr("Render")

    def has_edit() -> bool:
        return session.edit is not None

    def at_work() -> bool:
        return session.jobs.previewing or session.jobs.active or session.looking

    return (
        Command(
            "preview",
            tr("Preview"),
            ("Ctrl+P",),
            session.preview,
            icon="preview",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "preview_frames",
            tr("Preview 12 frames"),
            ("Ctrl+Shift+P",),
            lambda: session.preview(FRAMES),
            icon="preview",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "live",
            tr("Preview as settings change"),
            ("Ctrl+Shift+L",),
            lambda: session.set_live(not session.viewing.live),
            group=group,
        ),
        Command(
            "render_draft",
            tr("Render at half size"),
            ("Ctrl+Alt+Return",),
            session.render_draft,
            icon="render",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "render",
            tr("Render"),
            ("Ctrl+Return",),
            session.render,
            icon="render",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "render_marked",
            tr("Render what markers ask for"),
            ("Ctrl+Shift+Return",),
            session.render_marked,
            group=group,
            enabled=has_edit,
        ),
        Command(
            "stop",
            tr("Stop all"),
            ("Ctrl+.",),
            session.cancel,
            icon="stop",
            group=group,
            enabled=at_work,
        ),
    )
