"""Names for clips that last: Kdenlive's own numbers end when a project is closed, and its files
have none. A clip is known again by its number, or by its medium and the frames that it shows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import uuid4

from opticals_plugin.hosts.kdenlive.scene import Item

_KEPT = 256  # answers to what was asked for
_SEEN = 32  # places that a clip is known to have had


@dataclass
class Known:
    """A clip that has a name.

    Attributes:
        places: where it was, the latest last: its track, start, length and first frame.
        session: the Kdenlive that `number` is of.
    """

    id: str
    media: str
    speed: Fraction
    places: list[tuple[int, int, int, int]]
    number: str = ""
    session: str = ""

    def saw(self, item: Item, session: str) -> None:
        place = _place(item)
        if place in self.places:
            self.places.remove(place)
        self.places = [*self.places, place][-_SEEN:]
        self.media, self.speed = item.media, item.speed
        if item.number:
            self.number, self.session = item.number, session

    def first_at(self, record: int, later: int) -> int:
        """The first frame that the clip showed when what was `later` frames after its start lay
        at this record frame."""
        fitting = (one[3] for one in reversed(self.places) if one[1] + later == record)
        return next(fitting, self.places[-1][3])


@dataclass
class Ids:
    """The names of one project's clips, and the answers given about it; kept in a file.

    Attributes:
        session: the Kdenlive that numbers are of now.
        project: where the project's file was last.
        renders: the files that were placed, and the renders' names.
    """

    file: Path | None
    session: str
    clips: list[Known] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    project: str = ""
    renders: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, document: str, session: str) -> Ids:
        """What is known of a project; nothing where nothing can be read."""
        ids = cls(folder / f"{document}.json" if document.isalnum() else None, session)
        if ids.file is None:
            return ids
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(ids.file.read_text(encoding="utf-8"))
            ids.clips = [
                Known(
                    str(one["id"]),
                    str(one["media"]),
                    Fraction(one["speed"]),
                    [(int(a), int(b), int(c), int(d)) for a, b, c, d in one["places"]],
                    str(one["number"]),
                    str(one["session"]),
                )
                for one in said["clips"]
            ]
            ids.answers, ids.project = dict(said["answers"]), str(said["project"])
            ids.renders = {str(path): str(name) for path, name in said["renders"].items()}
        return ids

    def save(self) -> None:
        """Keep it; that it cannot be kept does no harm before the next start."""
        if self.file is None:
            return
        said = {
            "clips": [
                {
                    "id": one.id,
                    "media": one.media,
                    "speed": str(one.speed),
                    "places": one.places,
                    "number": one.number,
                    "session": one.session,
                }
                for one in self.clips
            ],
            "answers": dict(list(self.answers.items())[-_KEPT:]),
            "project": self.project,
            "renders": self.renders,
        }
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            new = self.file.with_name(f"{self.file.name}.{os.getpid()}")
            new.write_text(json.dumps(said), encoding="utf-8")
            new.replace(self.file)

    def known(self, id: str) -> Known | None:
        return next((one for one in self.clips if one.id == id), None)

    def name(self, items: Iterable[Item], learn: bool = True) -> dict[Item, str]:
        """The id of each clip of a whole timeline; clips that nobody has seen get one. With
        `learn`, where they are now is remembered."""
        left = list(items)
        free = list(self.clips)
        named: dict[Item, str] = {}
        for fits in (self._same_number, _same_place, _same_frames, _same_piece):
            for item in list(left):
                found = fits(item, free)
                if found is not None:
                    named[item] = found.id
                    left.remove(item)
                    free.remove(found)
        for item in left:
            new = Known(uuid4().hex[:16], item.media, item.speed, [_place(item)])
            self.clips.append(new)
            named[item] = new.id
        if learn:
            by_id = {one.id: one for one in self.clips}
            for item, id in named.items():
                by_id[id].saw(item, self.session)
        return named

    def find(self, id: str, items: Iterable[Item]) -> Item | None:
        """Where a clip is now among all of the timeline; None when it is gone."""
        named = self.name(items, learn=False)
        return next((item for item, one in named.items() if one == id), None)

    def _same_number(self, item: Item, free: Iterable[Known]) -> Known | None:
        """Kdenlive's number, where the medium is the same too: a project that was opened anew
        has other numbers."""
        if not item.number:
            return None
        return next(
            (
                one
                for one in free
                if (one.number, one.session) == (item.number, self.session)
                and one.media == item.media
                and _common(one.places[-1], item) > 0
            ),
            None,
        )


def _place(item: Item) -> tuple[int, int, int, int]:
    return (item.track, item.start, item.frames, item.first)


def _alike(item: Item, free: Iterable[Known]) -> Iterator[Known]:
    return (one for one in free if one.media == item.media and one.speed == item.speed)


def _same_place(item: Item, free: Iterable[Known]) -> Known | None:
    return next((one for one in _alike(item, free) if one.places[-1] == _place(item)), None)


def _same_frames(item: Item, free: Iterable[Known]) -> Known | None:
    """It was moved: the nearest that shows the same frames."""
    found = [one for one in _alike(item, free) if one.places[-1][2:] == (item.frames, item.first)]
    return min(found, key=lambda one: _distance(one, item), default=None)


def _same_piece(item: Item, free: Iterable[Known]) -> Known | None:
    """It was trimmed: one that shows some of the same frames at the same record frames."""
    found = [
        one
        for one in _alike(item, free)
        if one.places[-1][0] == item.track
        and one.places[-1][1] - one.places[-1][3] == item.start - item.first
        and _common(one.places[-1], item) > 0
    ]
    return max(found, key=lambda one: _common(one.places[-1], item), default=None)


def _distance(known: Known, item: Item) -> tuple[bool, int]:
    track, start, _, _ = known.places[-1]
    return (track != item.track, abs(start - item.start))


def _common(place: tuple[int, int, int, int], item: Item) -> int:
    """Frames of the medium that both show."""
    _, _, frames, first = place
    return min(first + frames, item.last) - max(first, item.first)
