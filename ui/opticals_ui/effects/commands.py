"""Commands on the effects of a shot."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.effects.page import EffectsPage
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    page, choice = panel.effects, panel.session.choice

    def shown(act: Callable[[], object]) -> Callable[[], None]:
        """What is done is seen."""

        def do() -> None:
            panel.side.show_page("effects")
            act()

        return do

    def some() -> bool:
        return bool(choice.stack.entries)

    def step(way: int) -> Callable[[], None]:
        return lambda: choice.select(choice.current + way)

    def move(way: int) -> Callable[[], None]:
        return lambda: choice.move(choice.current, choice.current + way)

    def bypass() -> None:
        entry = choice.entry
        if entry is not None:
            choice.bypass(choice.current, not entry.bypassed)

    def revertible() -> bool:
        last = choice.last_rendered
        return last is not None and last != choice.stack

    def chance() -> bool:
        return choice.stack.chance

    make: list[tuple[str, str, str, str, Callable[[], object], Callable[[], bool]]] = [
        ("focus_effects", tr("Find an effect"), "Ctrl+3", "search", page.browse, always),
        ("focus_stack", tr("Go to the stack"), "Ctrl+Shift+E", "effects", page.focus_stack, always),
        ("stack_next", tr("Next effect of the stack"), "Ctrl+PgDown", "", step(1), some),
        ("stack_previous", tr("Previous effect of the stack"), "Ctrl+PgUp", "", step(-1), some),
        ("stack_down", tr("Effect further down"), "Ctrl+Shift+PgDown", "move_down", move(1), some),
        ("stack_up", tr("Effect further up"), "Ctrl+Shift+PgUp", "move_up", move(-1), some),
        ("stack_bypass", tr("Bypass the effect"), "Ctrl+Shift+B", "bypass", bypass, some),
        ("stack_duplicate", tr("Duplicate"), "Ctrl+D", "duplicate", choice.duplicate, some),
        ("stack_remove", tr("Remove the effect"), "Alt+Del", "remove", choice.remove, some),
        ("stack_clear", tr("Remove all effects"), "Alt+Shift+Del", "trash", choice.clear, some),
        ("stack_copy", tr("Copy the stack"), "Ctrl+Shift+C", "copy", page.copy, some),
        ("stack_paste", tr("Paste a stack"), "Ctrl+Shift+V", "", page.paste, always),
        (
            "stack_revert",
            tr("Back to what was last rendered"),
            "Ctrl+Alt+Z",
            "",
            choice.revert,
            revertible,
        ),
        ("settings_reset", tr("Reset every setting"), "Ctrl+Shift+0", "reset", choice.reset, some),
        ("new_seed", tr("New seed"), "Ctrl+Shift+N", "dice", choice.reseed, chance),
        ("get_models", tr("Get the models"), "Ctrl+Alt+M", "download", page.get_models, always),
    ]
    group = tr("Effects")
    effects = tuple(
        Command(id, label, (keys,), shown(act), icon=icon, group=group, enabled=enabled)
        for id, label, keys, icon, act, enabled in make
    )
    return (*effects, *_presets(page, shown, some))


def _presets(
    page: EffectsPage,
    shown: Callable[[Callable[[], object]], Callable[[], None]],
    some: Callable[[], bool],
) -> tuple[Command, ...]:
    group, browser = tr("Presets"), page.browser

    def chosen() -> bool:
        return page.browsing and browser.offer is not None

    def own() -> bool:
        return page.browsing and browser.own_preset is not None

    make: list[tuple[str, str, str, str, Callable[[], object], Callable[[], bool]]] = [
        ("preset_save", tr("Save as a preset…"), "Ctrl+Alt+S", "preset", page.save_preset, some),
        (
            "preset_import",
            tr("Import a preset…"),
            "Ctrl+Alt+I",
            "import",
            page.import_preset,
            always,
        ),
        (
            "preset_export",
            tr("Export as a file…"),
            "Ctrl+Alt+X",
            "export",
            page.export_preset,
            some,
        ),
        ("preset_rename", tr("Rename the preset…"), "Ctrl+F2", "pen", browser.rename, own),
        ("preset_delete", tr("Delete the preset"), "Ctrl+Shift+Del", "trash", browser.delete, own),
        ("favourite", tr("Favourite"), "Ctrl+Shift+F", "star", browser.turn_star, chosen),
    ]
    return tuple(
        Command(id, label, (keys,), shown(act), icon=icon, group=group, enabled=enabled)
        for id, label, keys, icon, act, enabled in make
    )


def always() -> bool:
    return True
