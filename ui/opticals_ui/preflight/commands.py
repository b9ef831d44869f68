"""Commands on what a render will take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    preflight, group = panel.session.preflight, tr("Render")

    def show() -> None:
        panel.preflight.toggle.toggle()
        if panel.preflight.toggle.isChecked():
            panel.preflight.toggle.setFocus()

    def missing() -> bool:
        found = preflight.forecast
        return found is not None and any(one.allowed for one in found.needs)

    return (
        Command("preflight", tr("What the render takes"), ("Ctrl+I",), show, group=group),
        Command(
            "preflight_models",
            tr("Get the missing models"),
            ("Ctrl+Alt+G",),
            preflight.get_models,
            icon="download",
            group=group,
            enabled=missing,
            why=lambda: tr("All that is needed is here."),
        ),
    )
