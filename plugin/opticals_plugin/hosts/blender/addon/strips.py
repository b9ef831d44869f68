"""Strips: where they stand among metas, what is kept on them, and their ids, which stay."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import compat

ID, KEPT = "opticals_id", "opticals"
PICTURES = ("MOVIE", "IMAGE")


@dataclass(frozen=True)
class Found:
    """A strip and the metas that it is in, from the outermost.

    Attributes:
        start, end: the record frames at which it is seen, as its metas are trimmed; equal when
            it is not.
    """

    strip: Any
    metas: tuple[Any, ...] = ()

    @property
    def start(self) -> int:
        return max(compat.left(one) for one in (self.strip, *self.metas))

    @property
    def end(self) -> int:
        return max(self.start, min(compat.right(one) for one in (self.strip, *self.metas)))

    def holder(self, editor: Any) -> Any:
        """What holds the strip itself: the innermost meta, or the editor."""
        return self.metas[-1] if self.metas else editor

    @property
    def locked(self) -> bool:
        return any(one.lock for one in (self.strip, *self.metas))


def transparent(meta: Any) -> bool:
    """Whether a meta shows its strips at the record frames where they stand."""
    plain = getattr(meta, "speed_factor", 1.0) == 1.0 and not len(
        getattr(meta, "retiming_keys", ())
    )
    return plain and not meta.use_reverse_frames


def walk(editor: Any) -> Iterator[Found]:
    """Every strip that is reached: those of metas too, where the meta plays them straight."""
    yield from _walk(editor, ())


def _walk(holder: Any, metas: tuple[Any, ...]) -> Iterator[Found]:
    for strip in compat.children(holder):
        yield Found(strip, metas)
        if strip.type == "META" and transparent(strip):
            yield from _walk(strip, (*metas, strip))


def kept(strip: Any) -> dict[str, Any]:
    """What we keep of a strip's versions: {} when it has none."""
    try:
        found = json.loads(strip.get(KEPT, "{}"))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(strip: Any, what: dict[str, Any]) -> None:
    if what:
        strip[KEPT] = json.dumps(what, separators=(",", ":"))
    elif KEPT in strip:
        del strip[KEPT]


class Ids:
    """The strips' ids. They are on the strips, so that they are saved and copied with them; a copy
    gets one of its own. An id that an undo took off is put back: names tell whose it was, at
    that step of ours."""

    def __init__(self) -> None:
        self._names: dict[int, dict[tuple[str, str], str]] = {}

    def forget(self) -> None:
        """Another project is open."""
        self._names.clear()

    def number(self, found: list[Found], step: int) -> dict[str, Found]:
        """Every strip by its id; who has none, or another's, gets one. `step` counts ours."""
        names = self._names.setdefault(step, {})
        result: dict[str, Found] = {}
        without: list[Found] = []
        owners: dict[str, list[tuple[Found, str]]] = {}
        for one in found:
            id, _, owner = str(one.strip.get(ID, "")).partition(" ")
            if id:
                owners.setdefault(id, []).append((one, owner))
            else:
                without.append(one)
        for id, several in owners.items():
            # A copy bears the name that Blender gave it, and the id with the name of its model.
            mine = next((one for one, owner in several if one.strip.name == owner), several[0][0])
            result[id] = mine
            without += [one for one, _ in several if one is not mine]
        for one in without:
            id = names.get(_looks(one.strip), "")
            if not id or id in result:
                id = new()
            result[id] = one
        for id, one in result.items():
            give(one.strip, id)
            names[_looks(one.strip)] = id
        return result


def _looks(strip: Any) -> tuple[str, str]:
    """What tells a strip from others while it has no id."""
    return strip.name, getattr(strip, "filepath", strip.type)


def give(strip: Any, id: str) -> None:
    """Let a strip have this id."""
    mark = f"{id} {strip.name}"
    if strip.get(ID) != mark:
        strip[ID] = mark


def new() -> str:
    return uuid.uuid4().hex[:12]
