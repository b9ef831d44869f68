"""A large edit's text in pieces: what holds its clips, without them, and each clip by itself.

OpenTimelineIO reads a text in one call, in which no other thread has Python: of 10,000 clips for a
fifth of a second. Read piece by piece, all threads get their turn.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAST = 100_000  # characters below which one call is soon over
_DEEPEST = 8  # holders within each other that are cut; what lies deeper stays whole

_HOLDER = re.compile(
    r'\{\s*"OTIO_SCHEMA"\s*:\s*"(Timeline|Stack|Track|SerializableCollection)\.', re.ASCII
)
_SPACE = re.compile(r"[ \t\n\r]*")
# Objects that are named in one place and meant in another cannot be read one by one.
_SHARED = ('"SerializableObjectRef.', '"OTIO_REF_ID"')
_scan = json.JSONDecoder().raw_decode


@dataclass
class Holder:
    """An object that holds others.

    Attributes:
        frame: its text, with an empty list in the place of the children.
        children: theirs, or what they are cut into.
        tracks: of a timeline; its frame is part of the timeline's.
    """

    frame: str = ""
    children: list[str | Holder] = field(default_factory=list)
    tracks: Holder | None = None

    def texts(self) -> Iterator[str]:
        """All pieces."""
        yield self.frame
        for one in (*self.children, *(self.tracks.children if self.tracks else ())):
            if isinstance(one, Holder):
                yield from one.texts()
            else:
                yield one

    def read(self, one: Callable[[str], Any], child: Callable[[str], Any]) -> Any:
        """The object, put together again.

        Args:
            one: reads a frame.
            child: reads what stands in the place of a child.
        """
        thing = one(self.frame)
        within, children = thing, self.children
        if self.tracks is not None:
            within, children = thing.tracks, self.tracks.children
        for piece in children:
            within.append(child(piece) if isinstance(piece, str) else piece.read(one, child))
        return thing


def cut(text: str) -> Holder | None:
    """The pieces of an edit; None where it is small, is laid out in another way than OTIO's, is
    no JSON, or cannot be read in pieces."""
    if len(text) < LEAST or any(one in text for one in _SHARED):
        return None
    begin = _space(text, 0)
    if not _HOLDER.match(text, begin):
        return None
    try:
        holder, end = _holder(text, begin, 0)
    except (_Whole, ValueError, StopIteration, RecursionError):
        return None
    return holder if _space(text, end) == len(text) else None


class _Whole(Exception):
    """It has to be read whole."""


def _holder(text: str, at: int, depth: int) -> tuple[Holder, int]:
    """The object whose brace is at `at`, and where it ends."""
    made, frame, begin, keys = Holder(), list[str](), at, set[str]()
    kind = _HOLDER.match(text, at)
    timeline = kind is not None and kind[1] == "Timeline"
    while True:
        at = _space(text, at + 1)
        key, at = _scan(text, at)
        if not isinstance(key, str) or key in keys:
            raise _Whole
        keys.add(key)
        at = _space(text, at)
        if text[at : at + 1] != ":":
            raise _Whole
        at = _space(text, at + 1)
        if key == "children" and not timeline and text[at : at + 1] == "[":
            frame += (text[begin:at], "[]")
            made.children, at = _children(text, at, depth)
            begin = at
        elif key == "tracks" and timeline and _HOLDER.match(text, at):
            before = text[begin:at]
            made.tracks, at = _holder(text, at, depth + 1)
            frame += (before, made.tracks.frame)
            begin = at
        else:
            _, at = _scan(text, at)
        at = _space(text, at)
        if text[at : at + 1] == "}":
            made.frame = "".join((*frame, text[begin : at + 1]))
            return made, at + 1
        if text[at : at + 1] != ",":
            raise _Whole


def _children(text: str, at: int, depth: int) -> tuple[list[str | Holder], int]:
    """Those in the list whose bracket is at `at`, and where it ends."""
    found: list[str | Holder] = []
    at = _space(text, at + 1)
    if text[at : at + 1] == "]":
        return found, at + 1
    while True:
        if text[at : at + 1] != "{":
            raise _Whole
        begin = at
        if depth < _DEEPEST and _HOLDER.match(text, at):
            inner, at = _holder(text, at, depth + 1)
            found.append(inner)
        else:
            _, at = _scan(text, at)
            found.append(text[begin:at])
        at = _space(text, at)
        if text[at : at + 1] == "]":
            return found, at + 1
        if text[at : at + 1] != ",":
            raise _Whole
        at = _space(text, at + 1)


def _space(text: str, at: int) -> int:
    """Where what stands at `at` or behind white space there begins."""
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
