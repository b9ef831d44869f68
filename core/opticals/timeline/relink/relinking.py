"""Clips whose media are offline, or proxies, led to their files in folders that the user names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import OpticalsError
from opticals.timeline import piece, placed, reading
from opticals.timeline.change import Change
from opticals.timeline.layout import Kind, inside
from opticals.timeline.reading import Media
from opticals.timeline.relink import proof, references
from opticals.timeline.relink.index import Index
from opticals.timeline.relink.proof import Footage
from opticals.timeline.relink.search import By, Found, Search, choose
from opticals.timeline.relink.sought import Sought, sought, url_of

if TYPE_CHECKING:
    from opentimelineio.schema import Clip

    from opticals.timeline.edit import Edit
    from opticals.timeline.layout import Lane, Slot


@dataclass(frozen=True)
class Link:
    """What became of one clip, or of one render in it.

    Attributes:
        id: of the clip, `V1:3`.
        name: the clip's, or the render's.
        was: the path or the name that the edit gave.
        path: the medium that was found; None where none was.
        how: "name + timecode"; "" where none was found.
        why: why none was found, or none was taken.
        missing: whether it is still offline.
        notes: what the user should know of it.
    """

    id: str
    name: str
    was: str
    path: Path | None = None
    how: str = ""
    why: str = ""
    missing: bool = False
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        path = None if self.path is None else str(self.path)
        return {**vars(self), "path": path, "notes": list(self.notes)}


@dataclass(frozen=True)
class Report:
    """What was found and what was not, in the order of the edit.

    Attributes:
        links: one for each medium that was looked for.
        online: how many clips have theirs, and were left alone.
        notes: what could not be looked into.
    """

    links: tuple[Link, ...]
    online: int
    notes: tuple[str, ...]
    _change: Change = field(repr=False)

    @property
    def found(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.path is not None)

    @property
    def missing(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links if link.missing)

    def undo(self) -> None:
        """Make the edit what it was.

        Raises:
            EditError: it was changed at one of these clips since; it is left as it was.
        """
        self._change.undo()

    def redo(self) -> None:
        """Relink again after `undo`.

        Raises:
            EditError: as `undo`.
        """
        self._change.redo()


def relink(
    edit: Edit,
    folders: Sequence[Path],
    *,
    replace: bool = False,
    by: Sequence[By] = tuple(By),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Lead the clips of an edit to their media under `folders`, and to the renders cut in.

    A file of the right name or reel is taken where its own timecode and length hold the frames
    that the clip shows. Where several do, and they are not the same bytes, none is. Renders of
    ours are never taken for originals.

    Args:
        replace: look for clips that have their medium too, and take the largest picture: a cut
            of proxies gets the camera originals. The proxy stays as another media reference.
        progress: told of media looked for, and of how many there are.

    Raises:
        MediaError: a folder is not there, or holds far too much.
    """
    from opticals.rendering.job import renders_folder

    index = Index(folders, None if edit.path is None else renders_folder(edit.path))
    search = Search(index, tuple(by), piece.names(edit.timeline), largest=replace)
    notes: list[str] = []
    sources, renders, online = _tasks(edit, search, replace, notes)
    change, links = Change(), []
    total = len(sources) + len(renders)
    groups: dict[object, list[_Source]] = defaultdict(list)
    for done, task in enumerate(sources):
        progress(done, total)
        task.found = search.find(task.sought, task.now) if task.sought else None
        groups[task.group].append(task)
    common = {group: _common(tasks) for group, tasks in groups.items()}
    for task in sources:
        links.append(_relink_source(task, common[task.group], replace, change))
    for done, one in enumerate(renders, len(sources)):
        progress(done, total)
        links.append(_relink_render(one, search, change))
    progress(total, total)
    return Report(tuple(links), online, (*index.notes, *notes), change)


@dataclass
class _Source:
    """A clip whose medium is looked for; `holder` is the clip without renders.

    Attributes:
        path: what the edit names, if it is a local path.
        now: the medium that it has.
    """

    lane: Lane
    slot: Slot
    holder: Clip
    path: Path | None
    sought: Sought | None
    now: Footage | None = None
    found: Found | None = None

    @property
    def group(self) -> object:
        """What clips of one medium have in common."""
        one = self.sought
        return one and (one.files or one.names, one.reels, one.folders, one.sound)


@dataclass(frozen=True)
class _Render:
    """A render cut into a clip whose file is gone."""

    lane: Lane
    slot: Slot
    version: placed.Version
    was: str


def _tasks(
    edit: Edit, search: Search, replace: bool, notes: list[str]
) -> tuple[list[_Source], list[_Render], int]:
    """What is to be looked for, and how many clips have what they need."""
    sources: list[_Source] = []
    renders: list[_Render] = []
    online = 0
    folder, locate = edit.counting.folder, cache(reading.locate)
    for lane, slot in _clips(edit, edit.lanes(), notes):
        clip = slot.item
        try:
            held = piece.versions(clip) if piece.is_ours(clip) else {}
        except OpticalsError as error:
            notes.append(error.what)
            continue
        for name, version in held.items():
            reference = clip.media_references().get(name)
            url = "" if reference is None else url_of(reference)
            if reference is not None and locate(url, folder)[0] is Media.OFFLINE:
                renders.append(_Render(lane, slot, version, url))
        if piece.is_overlay(clip):
            continue
        holder = piece.original(clip) if piece.is_placed(clip) else clip
        state, path = reading.media_of(holder, folder, locate)
        if state in (Media.OFFLINE, Media.MISSING):
            one = sought(holder, sound=lane.kind == "A")
            sources.append(_Source(lane, slot, holder, path, one))
        elif state in (Media.ONLINE, Media.GAPS):
            task = _replaceable(lane, slot, holder, path, search) if replace else None
            if task is None:
                online += 1
            else:
                sources.append(task)
    return sources, renders, online


def _replaceable(
    lane: Lane, slot: Slot, holder: Clip, path: Path | None, search: Search
) -> _Source | None:
    """A clip of pictures that has its medium, as that medium describes it."""
    one = sought(holder, sound=False)
    if lane.kind != "V" or one is None or path is None:
        return None
    now = search.look(path, one)
    if isinstance(now, str):
        return None
    own = proof.prove(one, now)
    if not isinstance(own, str):
        one = one.said_by(own.available)
    return _Source(lane, slot, holder, path, one, now)


def _clips(edit: Edit, lanes: Sequence[Lane], notes: list[str]) -> Iterator[tuple[Lane, Slot]]:
    """All clips on some tracks and in the compounds on them."""
    for lane in lanes:
        for slot in lane.slots:
            if slot.kind is Kind.CLIP:
                yield lane, slot
            elif slot.kind is Kind.COMPOUND:
                try:
                    within = inside(lane, slot, edit.rate)
                except OpticalsError as error:
                    notes.append(f"The media inside {slot.label} were not looked for: {error.what}")
                else:
                    yield from _clips(edit, within, notes)


def _common(tasks: list[_Source]) -> set[Path]:
    """The files that hold what every clip of a medium shows, of those that any file holds."""
    held = [set(task.found.proofs) for task in tasks if task.found and task.found.proofs]
    return set.intersection(*held) if held else set()


def _relink_source(task: _Source, common: set[Path], replace: bool, change: Change) -> Link:
    name, was = task.holder.name, url_of(task.holder.media_reference)
    id, gone = str(task.slot.id), task.now is None
    if task.sought is None or task.found is None:
        why = "the edit does not say which frames it shows"
        return Link(id, name, was or name, why=why, missing=gone)
    was = was or next(iter((*task.sought.names, *task.sought.reels)), name)
    taken, text = choose(task.sought, task.found, common, largest=replace)
    if taken is None:
        return Link(id, name, was, why=text, missing=gone)
    made = references.relinked(task.slot.item, taken, task.path, keep=not gone)
    change.splice(task.lane.track, task.slot.index, 1, [made])
    return Link(id, name, was, taken.footage.path, text, notes=taken.notes)


def _relink_render(task: _Render, search: Search, change: Change) -> Link:
    id, name = str(task.slot.id), task.version.name
    path, text = search.render(task.version)
    if path is None:
        return Link(id, name, task.was, why=text, missing=True)
    track, place = task.lane.track, task.slot.index
    change.splice(track, place, 1, [references.with_render(track[place], name, path)])
    return Link(id, name, task.was, path, text)
