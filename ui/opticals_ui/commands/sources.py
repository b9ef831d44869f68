"""What the palette finds: commands, effects and presets, clips by name, edits open lately."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import opticals_resources
from opticals_ui.commands.finding import Entry, Slow
from opticals_ui.commands.keys import native
from opticals_ui.look.words import tr
from opticals_ui.timeline.model import all_clips

if TYPE_CHECKING:
    from opticals_ui.effects.offers import Offer
    from opticals_ui.panel import Panel
    from opticals_ui.timeline.model import TimelineModel

RECENT_EDITS = "recent"  # under which the memory keeps the edits that were open lately


@cache
def synonyms() -> dict[str, str]:
    """Other words for commands and effects, in English and Italian, by their id."""
    found = tomllib.loads(opticals_resources.text("shortcuts/synonyms.toml"))
    return {id: " ".join(words) for id, words in found.items()}


class Everything:
    """The palette's sources over a panel."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def commands(self) -> Sequence[Entry]:
        """Every command, with whether it can be done now."""
        keymap, actions = self._panel.keymap, self._panel.actions_by_id
        found = []
        for command in self._panel.commands:
            keys, enabled = keymap.keys(command.id), command.enabled()
            found.append(
                Entry(
                    command.id,
                    command.label,
                    actions[command.id].trigger,
                    command.group,
                    f"{synonyms().get(command.id, '')} {command.id.replace('_', ' ')}",
                    native(keys[0]) if keys else "",
                    enabled,
                    "" if enabled else command.why(),
                )
            )
        return found

    def effects(self) -> Sequence[Entry]:
        """Every effect, to choose it for what is selected."""
        choice, panel = self._panel.session.choice, self._panel

        def choose(effect: str) -> None:
            choice.choose(effect)
            panel.side.show_page("effects")

        return [
            Entry(
                f"effect {one.id}",
                tr(one.label),
                partial(choose, one.id),
                tr("Effect"),
                f"{one.id} {one.label} {tr(one.summary)} {synonyms().get(one.id, '')}",
            )
            for one in choice.effects
        ]

    def presets(self) -> Sequence[Entry]:
        """Every preset, to have its effects on what is selected."""
        offers, panel = self._panel.effects.offers, self._panel

        def use(offer: Offer) -> None:
            offers.use(offer)
            panel.side.show_page("effects")

        return [
            Entry(one.key, one.label, partial(use, one), tr("Preset"),
                  f"{one.words} {' '.join(one.effects)}")
            for one in offers.find("")
            if one.preset is not None
        ]  # fmt: skip

    def clips(self) -> Slow:
        """Every clip of the edit, to go there."""
        model = self._panel.session.model
        return Slow(model, self._each(model) if model is not None else iter(()))

    def recent_edits(self) -> Sequence[Entry]:
        """The edits that were open lately, to open them again."""
        session = self._panel.session
        paths = [Path(one) for one in session.memory.get(RECENT_EDITS, []) if isinstance(one, str)]
        return [
            Entry(
                f"open {path}",
                tr("Open {edit}", edit=path.name),
                partial(session.open, path),
                str(path.parent),
            )
            for path in paths
            if session.edit is None or path != session.edit.path
        ]

    def _each(self, model: TimelineModel) -> Iterator[Entry]:
        words, kind = tr("Go to {clip}"), tr("Clip")
        for lane in model.lanes:
            for item in all_clips(lane.items):
                if item.id is not None:
                    label = words.replace("{clip}", f"{item.id} {item.name}")
                    yield Entry(f"clip {item.id}", label, partial(self._go, item.id), kind)

    def _go(self, clip: str) -> None:
        self._panel.session.selection.go_to(clip)
        self._panel.strip.setFocus()
