"""Which keys each command has: ours, over them a chosen set's, over those the user's own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from opticals.errors import SettingError
from opticals_ui.commands import sets
from opticals_ui.commands.command import Command
from opticals_ui.commands.keys import Bindings, spelled
from opticals_ui.memory import Memory

SET, OWN = "keys.set", "keys.own"  # under which the memory keeps them


class Keymap(QObject):
    """The keys of some commands, as the user has them now.

    A key that a higher layer gives to a command is taken from the others that could be meant by
    it, so that no key ever stands for two. `changed` says that any key may be another.
    """

    changed = Signal()

    def __init__(
        self, commands: Sequence[Command], memory: Memory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.commands = tuple(commands)
        self._by_id = {command.id: command for command in self.commands}
        self._memory = memory
        chosen = memory.get(SET, sets.OURS)
        self.set = chosen if chosen in sets.SHIPPED else sets.OURS
        self._own = self._remembered()
        self._keys = self._settle()

    def keys(self, id: str) -> tuple[str, ...]:
        """The keys of a command, portably spelled; the first is the one to show."""
        return self._keys[id]

    @property
    def bindings(self) -> Bindings:
        """The keys of all commands."""
        return self._keys

    @property
    def own(self) -> Bindings:
        """What the user changed."""
        return self._own

    def command(self, key: str, *scopes: str) -> Command | None:
        """The command that a key stands for in one of some scopes; in any if none is named."""
        for command in self.commands:
            if key in self._keys[command.id] and (not scopes or command.scope in scopes):
                return command
        return None

    def usual(self, id: str) -> tuple[str, ...]:
        """The keys of a command without the user's changes of it, in the chosen set."""
        return tuple(self._layer(id, {})[1])

    def holders(self, key: str, id: str) -> tuple[Command, ...]:
        """The other commands that have a key which would be in conflict with `id` having it."""
        scope = self._by_id[id].scope
        return tuple(
            one
            for one in self.commands
            if one.id != id and key in self._keys[one.id] and one.scope.meets(scope)
        )

    def give(self, id: str, keys: Sequence[str]) -> None:
        """Give a command these keys and no others; they are taken from those that hold them.

        Raises:
            SettingError: one of them is no key.
        """
        wanted = tuple(dict.fromkeys(map(spelled, keys)))
        own = dict(self._own)
        for key in wanted:
            for other in self.holders(key, id):
                left = own.get(other.id, self._keys[other.id])
                own[other.id] = tuple(one for one in left if one != key)
        own[id] = wanted
        self._take(self.set, own)

    def reset(self, id: str) -> None:
        """Give a command its usual keys again; they are taken from those that hold them now."""
        usual = self.usual(id)
        self.give(id, usual)
        self._take(self.set, {one: keys for one, keys in self._own.items() if one != id})

    def reset_all(self) -> None:
        """Forget every change of the user's."""
        self._take(self.set, {})

    def choose(self, set_id: str) -> None:
        """Take another set; the user's own changes stay above it."""
        self._take(set_id, dict(self._own))

    def written(self) -> str:
        """All of it as the text of a file."""
        return sets.written(self.set, self._own)

    def read(self, text: str) -> None:
        """Take all of it from the text of a file.

        Raises:
            SettingError: it is no such file; everything stays as it is.
        """
        self._take(*sets.read(text, self.commands))

    def _remembered(self) -> dict[str, tuple[str, ...]]:
        try:
            return sets.checked(self._memory.get(OWN, {}), self.commands)
        except SettingError:
            return {}

    def _take(self, set_id: str, own: dict[str, tuple[str, ...]]) -> None:
        self.set = set_id
        self._own = {id: keys for id, keys in own.items() if keys != self.usual(id)}
        self._memory.put(SET, set_id)
        self._memory.put(OWN, {id: list(keys) for id, keys in self._own.items()})
        self._keys = self._settle()
        self.changed.emit()

    def _layer(self, id: str, own: Bindings) -> tuple[int, Sequence[str]]:
        """How high the layer is that says a command's keys, and those."""
        of_set = sets.shipped(self.set).keys
        if id in own:
            return 2, own[id]
        return (1, of_set[id]) if id in of_set else (0, self._by_id[id].keys)

    def _settle(self) -> dict[str, tuple[str, ...]]:
        """Every command's keys, each key with the highest layer that gives it."""
        layers = {command.id: self._layer(command.id, self._own) for command in self.commands}
        taken: dict[str, list[Command]] = {}
        settled = {}
        for command in sorted(self.commands, key=lambda one: -layers[one.id][0]):
            keys = []
            for key in map(spelled, layers[command.id][1]):
                if not any(one.scope.meets(command.scope) for one in taken.get(key, ())):
                    keys.append(key)
                    taken.setdefault(key, []).append(command)
            settled[command.id] = tuple(keys)
        return settled
