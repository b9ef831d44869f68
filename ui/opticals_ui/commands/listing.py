"""Commands by group with their keys, as the cheat sheet and the menus list them; and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from opticals_ui.commands.command import Command, Scope
from opticals_ui.commands.finding import fold
from opticals_ui.commands.keymap import Keymap
from opticals_ui.commands.keys import native
from opticals_ui.look.words import tr


@dataclass(frozen=True)
class Line:
    """A command and its keys, as they are shown."""

    command: Command
    keys: tuple[str, ...]

    @property
    def words(self) -> str:
        """To be searched in."""
        return fold(" ".join(("", self.command.name, self.command.group, *self.keys)))


@dataclass(frozen=True)
class Group:
    """Commands under one heading."""

    name: str
    lines: tuple[Line, ...]


def grouped(keymap: Keymap) -> tuple[Group, ...]:
    """All commands by their group, in the order in which the groups first come."""
    found: dict[str, list[Line]] = {}
    for command in keymap.commands:
        line = Line(command, tuple(map(native, keymap.keys(command.id))))
        found.setdefault(command.group or tr("Other"), []).append(line)
    return tuple(Group(name, tuple(lines)) for name, lines in found.items())


def nearest(groups: Sequence[Group], scope: Scope, page: str) -> tuple[Group, ...]:
    """Groups with those first that belong to where the focus is.

    Args:
        scope: that of the widget which has the focus.
        page: the name of the page at the side that has it; empty elsewhere.
    """

    def far(group: Group) -> int:
        if page:
            return group.name != page
        scopes = {line.command.scope for line in group.lines}
        if scope is Scope.PANEL or not scope.meets(Scope.PICTURE):
            return 0
        return 0 if scope in scopes else 1 if Scope.PICTURE in scopes else 2

    return tuple(sorted(groups, key=far))


def seek(groups: Sequence[Group], sought: str) -> tuple[Group, ...]:
    """The lines in which every word of what is sought begins one."""
    begins = [f" {word}" for word in fold(sought).split()]
    found = (
        Group(group.name, tuple(one for one in group.lines if all(w in one.words for w in begins)))
        for group in groups
    )
    return tuple(group for group in found if group.lines)


def page(groups: Sequence[Group], set_name: str) -> str:
    """All of it as a page for printing: HTML that needs nothing else."""
    title = tr("Opticals: keys ({set})", set=set_name)
    blocks = "\n".join(
        f"<section><h2>{escape(group.name)}</h2><table>"
        + "".join(
            f"<tr><td>{escape(line.command.name)}</td><td>"
            + " ".join(f"<kbd>{escape(key)}</kbd>" for key in line.keys)
            + "</td></tr>"
            for line in group.lines
        )
        + "</table></section>"
        for group in groups
    )
    return _PAGE.format(title=escape(title), blocks=blocks)


_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 10pt sans-serif; margin: 12mm; }}
h1 {{ font-size: 14pt; }}
h2 {{ font-size: 10pt; margin: 0 0 1mm; border-bottom: 1px solid #999; }}
main {{ columns: 3 70mm; column-gap: 8mm; }}
section {{ break-inside: avoid; margin-bottom: 5mm; }}
table {{ width: 100%; border-collapse: collapse; }}
td {{ padding: .4mm 0; vertical-align: top; }}
td + td {{ text-align: right; white-space: nowrap; padding-left: 3mm; }}
kbd {{ font: 9pt monospace; border: 1px solid #aaa; border-radius: 2px; padding: 0 1mm; }}
</style></head><body><h1>{title}</h1><main>
{blocks}
</main></body></html>
"""
