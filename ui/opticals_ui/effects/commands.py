"""Commands on the effects of a shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""

    def go() -> None:
        panel.side.show_page("effects")
        panel.inspector.effects.setFocus()

    return (Command("focus_effects", tr("Go to the effects"), ("Ctrl+3",), go, group=tr("Panel")),)
