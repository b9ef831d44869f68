"""Every command of the panel, from each of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.commands import general
from opticals_ui.effects import commands as effects
from opticals_ui.look import commands as look
from opticals_ui.masks import commands as masks
from opticals_ui.preflight import commands as preflight
from opticals_ui.queue import commands as queue
from opticals_ui.timeline import commands as timeline
from opticals_ui.versions import commands as versions
from opticals_ui.viewer import commands as viewer
from opticals_ui.welcome import commands as welcome

if TYPE_CHECKING:
    from opticals_ui.commands.command import Command
    from opticals_ui.panel import Panel


def all_commands(panel: Panel) -> tuple[Command, ...]:
    """What a panel offers."""
    parts = (general, effects, queue, timeline, look, welcome, viewer, versions, preflight, masks)
    return tuple(command for part in parts for command in part.commands(panel))
