"""What can be chosen for a clip: effects and presets, those that people like first; searched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opticals import catalog
from opticals.declaration import Effect, Kind
from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.presets import Preset
    from opticals_ui.effects.choice import Choice
    from opticals_ui.effects.model_states import ModelStates
    from opticals_ui.effects.preset_shelf import PresetShelf
    from opticals_ui.memory import Memory

RECENT = 3  # of those that are listed as used lately
KEPT = 12


@dataclass(frozen=True)
class Offer:
    """One effect or preset.

    Attributes:
        key: `effect upscale`, `preset Comic`: never the same for two.
        label, words: as shown: its name, and what it does with a picture.
        group: under which heading it is listed.
        star: whether it is a favourite.
        effects: the ids of what it applies.
        preset: where it is one.
    """

    key: str
    label: str
    words: str
    group: str
    star: bool
    effects: tuple[str, ...]
    preset: Preset | None = None

    @property
    def picture(self) -> str:
        """The name of its sign."""
        return self.effects[0] if len(self.effects) == 1 else "preset"


class Offers(QObject):
    """All that is offered, for a choice. `changed`: others are, or other stars."""

    changed = Signal()

    def __init__(
        self,
        choice: Choice,
        models: ModelStates,
        shelf: PresetShelf,
        memory: Memory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._choice, self._models, self._shelf, self._memory = choice, models, shelf, memory
        models.changed.connect(self.changed)
        shelf.changed.connect(self.changed)

    def find(self, query: str) -> tuple[Offer, ...]:
        """What a search finds, the best first; all of it by groups for an empty one."""
        words = query.casefold().split()
        if not words:
            return tuple(self._listed())
        ranked = [
            (rank, one) for one in self._all() if (rank := self._rank(one, words)) is not None
        ]
        return tuple(one for _, one in sorted(ranked, key=lambda both: both[0]))

    def use(self, offer: Offer) -> None:
        """What Enter does: see `Choice.add`; a preset takes the place of the stack."""
        if offer.preset is not None:
            self._choice.take(_stack(offer.preset))
        else:
            self._choice.add(offer.effects[0])
        self._note(offer)

    def use_otherwise(self, offer: Offer) -> None:
        """What Shift+Enter does: an effect in the current one's place; a preset's effects behind
        it."""
        if offer.preset is None:
            self._choice.choose(offer.effects[0])
        else:
            self._choice.extend(_stack(offer.preset))
        self._note(offer)

    def turn_star(self, offer: Offer) -> None:
        """Make it a favourite, or one no longer."""
        stars = self._kept("stars")
        kept = [one for one in stars if one != offer.key]
        self._memory.put("effects/stars", kept if offer.key in stars else [*stars, offer.key])
        self.changed.emit()

    def needed(self, offer: Offer) -> tuple[str, ...]:
        """The models that it needs, each once."""
        entries: Iterable[Entry] = map(Entry.of, offer.effects)
        if offer.preset is not None:
            entries = (Entry(one.step.effect, one.step.settings) for one in offer.preset.parts)
        found = [model for one in entries for model in self._models.needed(one)]
        return tuple(dict.fromkeys(found))

    def state(self, offer: Offer) -> str:
        """What of its models there is to know at a glance; "" where all of them are here."""
        needed = self.needed(offer)
        if any(map(self._models.blocked, needed)):
            return tr("not allowed")
        missing = [one for one in needed if self._models.known and not self._models.installed(one)]
        if not missing:
            return ""
        known = self._models.found.models
        size = sum(known[one].size for one in missing if one in known)
        return tr("{size} MB to fetch", size=f"{max(size / 1e6, 1):.0f}")

    def _all(self) -> Iterator[Offer]:
        stars = self._kept("stars")
        for effect in self._choice.effects:
            if not self._refused(effect):
                key = f"effect {effect.id}"
                label, words = tr(effect.label), tr(effect.summary)
                group = tr("Effects")
                yield Offer(key, label, words, group, key in stars, (effect.id,))
        for preset in self._shelf.presets:
            effects = tuple(one.step.effect for one in preset.parts)
            key = f"preset {preset.name}" if preset.shipped else f"own {preset.name}"
            name = tr(preset.name) if preset.shipped else preset.name
            words = tr(preset.description) if preset.description else _names(effects)
            group = tr("Presets") if preset.shipped else tr("Your presets")
            yield Offer(key, name, words, group, key in stars, effects, preset)

    def _listed(self) -> Iterator[Offer]:
        """Favourites, what was used lately, and the rest in its groups."""
        found = {one.key: one for one in self._all()}
        for group, keys in (
            (tr("Favourites"), [key for key in found if found[key].star]),
            (tr("Used lately"), [key for key in self._kept("recent") if key in found][:RECENT]),
        ):
            for key in keys:
                if key in found:
                    one = found.pop(key)
                    yield Offer(**{**vars(one), "group": group})
        yield from found.values()

    def _rank(self, offer: Offer, words: list[str]) -> tuple[int, str] | None:
        """How well it fits what was typed, less is better; None where it does not."""
        name = offer.label.casefold()
        models = " ".join(
            f"{model} {self._models.describe(model)}"
            for effect in offer.effects
            for model in catalog.find(effect).every_model()
        )
        rest = f"{offer.words} {' '.join(offer.effects)} {models}".casefold()
        worst = 0
        for word in words:
            if name.startswith(word):
                rank = 0
            elif any(one.startswith(word) for one in name.split()):
                rank = 1
            elif word in name:
                rank = 2
            elif word in rest:
                rank = 4
            else:
                return None
            worst = max(worst, rank)
        return worst * 4 + (not offer.star) * 2 + (offer.preset is not None), name

    def _refused(self, effect: Effect) -> bool:
        """Whether the settings refuse every model that could do it."""
        models = self._models
        if not any(map(models.blocked, models.needed(Entry.of(effect.id)))):
            return False
        return not any(
            set(models.offered(effect, one, ""))
            for one in effect.fields()
            if one.kind is Kind.MODEL
        )

    def _note(self, offer: Offer) -> None:
        kept = [offer.key, *(one for one in self._kept("recent") if one != offer.key)][:KEPT]
        self._memory.put("effects/recent", kept)
        self.changed.emit()

    def _kept(self, name: str) -> list[str]:
        found = self._memory.get(f"effects/{name}", [])
        return [one for one in found if isinstance(one, str)]


def _stack(preset: Preset) -> Stack:
    return Stack.of_preset(preset)


def _names(effects: tuple[str, ...]) -> str:
    return " + ".join(tr(catalog.find(one).label) for one in effects)
