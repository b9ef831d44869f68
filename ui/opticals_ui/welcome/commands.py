"""Commands for the beginning: recent edits, the sample edit, the first steps."""

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
    beginning, group = session.beginning, tr("Edit")

    def opens() -> bool:
        return Can.OPEN in session.host.can

    return (
        Command(
            "open_recent",
            tr("Open a recent edit…"),
            ("Ctrl+Shift+O",),
            panel.show_recent,
            group=group,
            enabled=opens,
        ),
        Command(
            "sample",
            tr("Try the sample edit"),
            ("Shift+F1",),
            beginning.sample.fetch,
            group=group,
            enabled=opens,
        ),
        Command(
            "dismiss_steps",
            tr("Do not show the first steps again"),
            ("Ctrl+F1",),
            beginning.steps.dismiss,
            group=group,
            enabled=lambda: not beginning.steps.over,
        ),
    )
