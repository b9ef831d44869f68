"""Commands on how the panel looks: theme, language, and where its parts stand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command
from opticals_ui.look import theme
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    look, places = tr("Look"), tr("Layout")

    def show(name: str) -> None:
        panel.session.memory.put("theme", name)
        theme.turn(name)

    def speak(language: str) -> None:
        panel.session.memory.put("language", language)
        panel.rebuild_wanted.emit()

    def fill_screen() -> None:
        window = panel.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def widen(steps: int) -> None:
        panel.places.widen_side(steps)

    def heighten(steps: int) -> None:
        panel.places.heighten_timeline(steps)

    return (
        Command("theme_dark", tr("Dark"), ("Ctrl+F7",), partial(show, "dark"), group=look),
        Command("theme_light", tr("Light"), ("Ctrl+F8",), partial(show, "light"), group=look),
        Command(
            "theme_system",
            tr("Dark or light as the system is"),
            ("Ctrl+F9",),
            partial(show, "system"),
            group=look,
        ),
        Command(
            "language_system",
            tr("The system’s language"),
            ("Ctrl+Shift+F7",),
            partial(speak, ""),
            group=look,
        ),
        Command("language_en", "English", ("Ctrl+Shift+F8",), partial(speak, "en"), group=look),
        Command("language_it", "Italiano", ("Ctrl+Shift+F9",), partial(speak, "it"), group=look),
        Command(
            "side",
            tr("Show or hide the side"),
            ("Ctrl+\\",),
            lambda: panel.places.show_side(not panel.places.side_shown),
            icon="side",
            group=places,
        ),
        Command(
            "side_wider", tr("Larger side"), ("Alt+Shift+Left",), partial(widen, 1), group=places
        ),
        Command(
            "side_narrower",
            tr("Smaller side"),
            ("Alt+Shift+Right",),
            partial(widen, -1),
            group=places,
        ),
        Command(
            "timeline_higher",
            tr("Higher timeline"),
            ("Alt+Shift+Up",),
            partial(heighten, 1),
            group=places,
        ),
        Command(
            "timeline_lower",
            tr("Lower timeline"),
            ("Alt+Shift+Down",),
            partial(heighten, -1),
            group=places,
        ),
        Command(
            "layout_reset",
            tr("Usual layout"),
            ("Alt+Shift+Home",),
            lambda: panel.places.reset(),
            group=places,
        ),
        Command(
            "full_screen", tr("Full screen"), ("F11",), fill_screen, icon="fullscreen", group=places
        ),
    )
