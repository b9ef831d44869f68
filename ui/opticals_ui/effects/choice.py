"""What to do with the selection: the stack of effects of its clip, how the render is written and
goes back, and how media are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from opticals import catalog
from opticals.declaration import Effect, Makes, Value
from opticals.errors import PresetError
from opticals.media.facts import AS_TAGGED, Interpretation
from opticals.presets import parse
from opticals.recipe import Recipe
from opticals_ui.effects.delivery import Delivery
from opticals_ui.effects.places import Place, place_of, places_of
from opticals_ui.effects.stack import Entry, Stack, defaults
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.timeline.selection import Selection

__all__ = ["Choice", "Delivery", "Origin"]


class Origin(StrEnum):
    """Where the stack that is shown comes from."""

    OWN = "own"  # made or rendered here, on this clip
    RENDERED = "rendered"  # the recipe of the render that the clip shows
    CARRIED = "carried"  # used last on another clip: an offer


class Choice(QObject):
    """The stack of the selected clip, and what goes for all clips.

    A stack belongs to its clip. A clip shows the stack that was made or used on it here; else the
    recipe of the render that it shows; else, as an offer, what was used last elsewhere, without
    masks, which are of one shot. An offer is the clip's own as soon as it is changed or rendered,
    and it never changes the clip that it came from. Choosing an effect replaces an offer, and is
    added to a stack of the clip's own.

    Signals:
        effect_changed: another effect, or another entry, is the current one.
        changed: anything is.
    """

    effect_changed = Signal()
    changed = Signal()

    def __init__(self, selection: Selection | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # What only copies stands last: people come for what networks do.
        pictures = [one for one in catalog.all_effects().values() if one.makes != Makes.MARKERS]
        self.effects = tuple(sorted(pictures, key=lambda one: not one.every_model()))
        self.delivery = Delivery()
        self.interpretations: Mapping[str, Interpretation] = {}  # by the medium's path
        self.stack = Stack((Entry.of(self.effects[0].id),))
        self.current = 0
        self.origin = Origin.CARRIED
        self._used = self.stack, ""  # last, and the name of the clip that it was used on
        self._settings: dict[str, Mapping[str, Value]] = {}  # of each effect, as last set
        self._own: dict[Place, Stack] = {}
        self._rendered: dict[Place, Stack] = {}
        self._place: Place | None = None
        self._edit: Path | None = None
        self._other_edit = False
        self._selection = selection
        if selection is not None:
            selection.changed.connect(self._follow)

    @property
    def entry(self) -> Entry | None:
        """The one that is edited; None in an empty stack."""
        return self.stack.entries[self.current] if self.stack.entries else None

    @property
    def effect(self) -> Effect:
        """That of the current entry; of an empty stack the first there is."""
        entry = self.entry
        return entry.declaration if entry else self.effects[0]

    @property
    def values(self) -> dict[str, Value]:
        """The current entry's settings by name."""
        entry = self.entry
        return dict(entry.values) if entry else defaults(self.effect)

    @property
    def retimes(self) -> bool:
        """Whether an effect that is on changes time."""
        return any(one.declaration.makes is Makes.RETIME for one in self.stack.active)

    @property
    def subject(self) -> object:
        """All that the pictures of a render depend on, to compare."""
        entries = tuple((one.effect, dict(one.values)) for one in self.stack.active)
        return entries, self.stack.seed, self.interpretations

    @property
    def carried_from(self) -> str:
        """The name of the clip that an offer comes from; "" for other stacks."""
        return self._used[1] if self.origin is Origin.CARRIED else ""

    @property
    def shots(self) -> int:
        """How many shots of the selection the stack will be applied to."""
        return len(self._selection.shots) if self._selection is not None else 0

    @property
    def last_rendered(self) -> Stack | None:
        """What the clip was last rendered with, here or as the render that it shows says."""
        place = self._place
        if place is None:
            return None
        return self._rendered.get(place) or (
            Stack.of_recipe(place.recipe) if place.recipe else None
        )

    def choose(self, effect: str) -> None:
        """Have this effect in the current entry's place; in place of all of an offer."""
        new = self._fresh(effect)
        if self.origin is Origin.CARRIED or self.entry is None:
            offered = (one for one in self.stack.entries if one.effect == effect)
            self.take(Stack((next(offered, new),), self.stack.seed))
        elif self.entry.effect != effect:
            at = self.current
            self._change(
                self.stack.changed(at, lambda one: replace(new, bypassed=one.bypassed)), at
            )

    def add(self, effect: str) -> None:
        """An effect more, behind the current entry; an offer goes for it."""
        if self.origin is Origin.CARRIED:
            self.take(Stack((self._fresh(effect),), self.stack.seed))
            return
        at = self.current + 1 if self.stack.entries else 0
        self._change(self.stack.added(at, self._fresh(effect)), at)

    def extend(self, stack: Stack) -> None:
        """The effects of another stack more, behind the current entry; an offer goes for them."""
        if self.origin is Origin.CARRIED or not self.stack.entries:
            self.take(stack)
        else:
            at = self.current + 1
            self._change(self.stack.added(at, *stack.entries), at)

    def take(self, stack: Stack) -> None:
        """Have this stack: a preset's, or one that was copied."""
        self._change(stack, 0)

    def select(self, at: int) -> None:
        """Edit the entry at a place."""
        if at != self.current and 0 <= at < len(self.stack.entries):
            self.current = at
            self.effect_changed.emit()
            self.changed.emit()

    def remove(self) -> None:
        """Take the current entry out."""
        if self.entry is not None:
            self._change(self.stack.without(self.current), self.current)

    def clear(self) -> None:
        if self.stack.entries:
            self._change(Stack((), self.stack.seed), 0)

    def duplicate(self) -> None:
        if self.entry is not None:
            self._change(self.stack.added(self.current + 1, self.entry), self.current + 1)

    def move(self, at: int, to: int) -> None:
        """Bring the entry at a place to another, and make it the current one."""
        count = len(self.stack.entries)
        if at != to and 0 <= at < count and 0 <= to < count:
            self._change(self.stack.moved(at, to), to)

    def bypass(self, at: int, bypassed: bool) -> None:
        """Leave an entry out of what is rendered, or not."""
        if self.stack.entries[at].bypassed != bypassed:
            new = self.stack.changed(at, lambda one: replace(one, bypassed=bypassed))
            self._change(new, self.current)

    def set(self, name: str, value: Value) -> None:
        """Change a setting of the current entry."""
        entry = self.entry
        if entry is not None and entry.values[name] != value:
            self._settings[entry.effect] = {**entry.values, name: value}
            self._change(
                self.stack.changed(self.current, lambda one: one.with_value(name, value)),
                self.current,
            )

    def set_at(self, at: int, name: str, value: Value) -> None:
        """Change a setting of any entry; where there is none that has it, nothing."""
        entries = self.stack.entries
        if at < len(entries) and entries[at].values.get(name, value) != value:
            new = self.stack.changed(at, lambda one: one.with_value(name, value))
            self._change(new, self.current)

    def reset(self) -> None:
        """Every setting of the current entry to its default."""
        if self.entry is not None:
            fresh = Entry.of(self.entry.effect)
            self._settings.pop(fresh.effect, None)
            self._change(
                self.stack.changed(self.current, lambda one: replace(one, values=fresh.values)),
                self.current,
            )

    def reseed(self) -> None:
        """Let chance fall another way."""
        self._change(self.stack.reseeded(), self.current)

    def revert(self) -> None:
        """Back to what the clip was last rendered with."""
        if (last := self.last_rendered) is not None:
            self._change(last, self.current)

    def paste(self, text: str) -> None:
        """Have the stack that was copied as text.

        Raises:
            PresetError: the text is none.
        """
        try:
            preset = parse(text, tr("The clipboard"))
        except PresetError as error:
            what = tr("There is no stack of effects in the clipboard.")
            raise PresetError(what, error.why, tr("Copy one first.")) from error
        self.take(Stack.of_preset(preset).maskless())

    @property
    def last(self) -> str:
        """The stack that was used last, as text; "" before there was one."""
        stack, name = self._used
        return stack.preset(stack.words() or tr("Stack")).to_text() if name else ""

    def take_last(self, kept: str) -> None:
        """Have the stack that was used last, whatever the clip has.

        Args:
            kept: the text of `last` of an earlier run, for when none was used in this one.

        Raises:
            PresetError: none was used ever.
        """
        if self._used[1]:
            self.take(self._used[0])
        elif kept:
            self.paste(kept)
        else:
            what = tr("There is no last effect to repeat.")
            raise PresetError(what, remedy=tr("Choose one in the panel and render with it first."))

    def copied(self) -> str:
        """The stack as text, for the clipboard.

        Raises:
            SettingError: a value is out of its bounds.
        """
        return self.stack.preset(self.stack.words() or tr("Stack")).to_text()

    def keep(self) -> None:
        """Note that the stack is rendered with: it is then every selected clip's own."""
        for place in places_of(self._selection) if self._selection is not None else ():
            self._own[place] = self._rendered[place] = self.stack
        if self.origin is not Origin.OWN:
            self.origin = Origin.OWN
            self.changed.emit()
        self._use()

    def deliver(self, **changes: Any) -> None:
        """Change fields of `delivery`; a container that the format cannot be in is dropped."""
        delivery = replace(self.delivery, **changes)
        if delivery.container not in delivery.containers:
            delivery = replace(delivery, container="")
        if delivery != self.delivery:
            self.delivery = delivery
            self.changed.emit()

    def interpretation(self, medium: str | Path) -> Interpretation:
        """How a medium is to be read."""
        return self.interpretations.get(str(medium), AS_TAGGED)

    def interpret(self, medium: str | Path, **changes: Any) -> None:
        """Change how a medium is to be read, in every clip of it."""
        new = replace(self.interpretation(medium), **changes)
        if new != self.interpretation(medium):
            self.interpretations = {**self.interpretations, str(medium): new}
            self.changed.emit()

    def recipe(self) -> Recipe:
        """The recipe of the stack.

        Raises:
            SettingError: the stack is empty or bypassed, or a value is out of its bounds.
        """
        return self.stack.recipe()

    def forget(self) -> None:
        """Another edit is about to be shown; the same one again keeps its stacks."""
        self._other_edit = True

    def _fresh(self, effect: str) -> Entry:
        """An effect as it was last set, without its mask."""
        entry = Entry.of(effect, self._settings.get(effect))
        return Stack((entry,)).maskless().entries[0]

    def _change(self, stack: Stack, current: int) -> None:
        """Show a stack that the user made of the one before: it is the clip's own from now on."""
        self.origin = Origin.OWN
        if self._place is not None:
            self._own[self._place] = stack
        self._show(stack, current)
        self._use()
        self.changed.emit()

    def _show(self, stack: Stack, current: int) -> None:
        before = self.entry, self.current
        self.stack = stack
        self.current = min(max(current, 0), max(len(stack.entries) - 1, 0))
        after = self.entry, self.current
        if _identity(*before) != _identity(*after):
            self.effect_changed.emit()

    def _use(self) -> None:
        """Offer the stack to clips that have none."""
        self._used = self.stack.maskless(), self._place.name if self._place else ""

    def _follow(self) -> None:
        """Show the stack of the clip that is selected now."""
        selection = self._selection
        assert selection is not None
        model = selection.model
        edit = model.view.path if model else None
        if self._other_edit and model is not None:
            self._other_edit = False
            if edit != self._edit:
                self._own, self._rendered, self._place = {}, {}, None
        self._edit = edit or self._edit
        before, place = self._place, place_of(selection)
        self._place = place
        if before is not None and place is not None and (place == before or place.follows(before)):
            self._go_on(before, place)
        elif place == before:
            return
        stack, origin = self._of(place)
        if (stack, origin) != (self.stack, self.origin):
            self.origin = origin
            self._show(stack, self.current if origin is self.origin else 0)
            self.changed.emit()

    def _go_on(self, before: Place, place: Place) -> None:
        """The same clip after a change of the edit: what was made on it stays its own, unless all
        of that was rendered and the clip shows another render now."""
        own, rendered = self._own.get(before), self._rendered.get(before)
        shown = Stack.of_recipe(place.recipe) if place.recipe else None
        if own is not None and own == rendered and shown is not None and shown.active != own.active:
            for held in (self._own, self._rendered):
                held.pop(before)
                held.pop(place, None)
        elif before != place:
            for held in (self._own, self._rendered):
                if before in held:
                    held.setdefault(place, held[before])

    def _of(self, place: Place | None) -> tuple[Stack, Origin]:
        if place is not None and place in self._own:
            return self._own[place], Origin.OWN
        rendered = Stack.of_recipe(place.recipe) if place is not None and place.recipe else None
        if rendered is not None:
            return rendered, Origin.RENDERED
        if place is None:
            return self.stack, self.origin
        return self._used[0], Origin.CARRIED


def _identity(entry: Entry | None, at: int) -> tuple[object, ...]:
    return (entry.effect if entry else None, at)
