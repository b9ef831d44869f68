"""What a live host's edit is looked at for: its media, what became of a placement, one version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import OpticalsError
from opticals.media.sequence import numbering
from opticals.rendering.job import Render
from opticals.timeline.placed import version_of
from opticals_plugin.bridge.building import hashes, printf
from opticals_plugin.bridge.snapshot import ORIGINAL, Clip, Look, Snapshot, Track
from opticals_ui.effects.probing import look_into
from opticals_ui.host import HostSlow
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.timeline.chosen import Choice
    from opticals.timeline.shot import Shot

Unanswered = HostSlow


class Facts:
    """What media are; asked for again only where they may have changed."""

    def __init__(self) -> None:
        self._looked: dict[Path, tuple[int, Media | None]] = {}
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="media")
        self._expected: dict[tuple[Path, int], Future[Media | None]] = {}

    def known(self, path: Path) -> Media | None:
        """What is known already; nothing is opened."""
        found = self._looked.get(path)
        return found[1] if found else None

    def expect(self, paths: Iterable[Path], rate: Fraction) -> None:
        """Look into media that are likely to be asked for, without being waited for."""
        for path in dict.fromkeys(paths):
            stamp = _stamp(path)
            if stamp is not None and self._looked.get(path, (None, None))[0] != stamp:
                self._ask(path, stamp, rate)

    def look(self, paths: Iterable[Path], rate: Fraction) -> bool:
        """Look into media that are not known as they are now; whether there was one. A medium
        that cannot be read is found out by what needs it."""
        new = False
        for path in dict.fromkeys(paths):
            stamp = _stamp(path)
            if stamp is not None and self._looked.get(path, (None, None))[0] != stamp:
                self._looked[path] = stamp, self._ask(path, stamp, rate).result()
                new = True
        return new

    def _ask(self, path: Path, stamp: int, rate: Fraction) -> Future[Media | None]:
        asked = path, stamp
        if asked not in self._expected:
            self._expected[asked] = self._ahead.submit(_facts, printf(path), rate)
        return self._expected[asked]


def _stamp(path: Path) -> int | None:
    """When a medium was changed last; None where it is not there."""
    medium = printf(path)
    try:
        file = medium.parent if numbering.is_pattern(medium) else medium
        return file.stat().st_mtime_ns
    except OSError:
        return None


def _facts(medium: Path, rate: Fraction) -> Media | None:
    try:
        return look_into(medium, rate)
    except OpticalsError:
        return None


def chosen_media(snapshot: Snapshot) -> list[Path]:
    """The media of the clips that are selected in the host, a few of them."""
    wanted = set(snapshot.selection.clips[:4])
    clips = (clip for track in snapshot.tracks for clip in track.clips if clip.id in wanted)
    return [clip.original.path for clip in clips if clip.original.path and clip.kind != "other"]


def with_shots(choice: Choice, stamp: Callable[[Shot], Shot]) -> Choice:
    """A choice with each of its shots as `stamp` makes it."""
    wanted = tuple(replace(one, shot=stamp(one.shot)) for one in choice.wanted)
    return replace(choice, wanted=wanted)


def messages(answer: Any) -> tuple[str, ...]:
    """What a host says of what it did."""
    said = answer.get("messages") if isinstance(answer, dict) else None
    return tuple(str(one) for one in said) if isinstance(said, list) else ()


def same(before: Snapshot, after: Snapshot) -> bool:
    """Whether two edits are of one project: of one file, or still open as it was, or, where the
    host cannot tell that, or went and came again, of the same clips."""
    if before.path is not None and before.path == after.path:
        return True
    if before.id and after.id:
        if before.id == after.id:
            return True
    elif before.path is None and after.path is None and before.name == after.name:
        return True
    held, now = (
        {clip.id for track in one.tracks for clip in track.clips} for one in (before, after)
    )
    return bool(held) and len(held & now) * 2 > len(held)


def stands(snapshot: Snapshot, render: Render, start: int, frames: int) -> bool:
    """Whether a clip shows the render over these record frames of the host's."""
    return any(
        clip.shown == render.name and clip.record <= start and start + frames <= clip.end
        for track in snapshot.tracks
        for clip in track.clips
    )


def misplaced(snapshot: Snapshot, answer: Any, render: Render, first: int, frames: int) -> str:
    """Why the edit does not show the frames of a render where the host says that they are; ""
    where it does."""
    id = answer.get("clip") if isinstance(answer, dict) else None
    record = answer.get("record") if isinstance(answer, dict) else None
    found = snapshot.find(id) if isinstance(id, str) else None
    if found is None or not isinstance(record, list) or len(record) != 2:
        return tr("It does not say where the render is.")
    clip, start = found[1], record[0]
    look = clip.look
    if type(start) is not int or record[1] != frames or not clip.record <= start:
        return tr("It placed {there} frames instead of {wanted}.", there=record[1], wanted=frames)
    if look.path is None or not _same(printf(look.path), render.path):
        return tr("The clip shows {path}.", path=look.path)
    if clip.end < start + frames:
        there = clip.end - start
        return tr("It placed {there} frames instead of {wanted}.", there=there, wanted=frames)
    pace = look.speed * (look.rate or snapshot.rate) / snapshot.rate
    shown = look.source + (start - clip.record) * pace
    if pace != 1 or shown != first:
        return tr(
            "It begins with frame {there} of the render instead of {wanted}.",
            there=shown,
            wanted=first,
        )
    return ""


def _same(one: Path, other: Path) -> bool:
    if one == other:
        return True
    try:
        return one.resolve() == other.resolve()
    except OSError:
        return False


def alone(snapshot: Snapshot, clip: Clip, version: str | Render) -> Snapshot:
    """A clip by itself, showing one of its versions, or a render that it does not hold yet."""
    if isinstance(version, Render):
        first = version_of(version, "fit").frame(0)
        look = Look(
            hashes(version.path),
            version.first_number,
            version.frames,
            rate=version.rate,
            source=first,
            frames=clip.length,
        )
        name = version.name
    else:
        name = version
        look = clip.original if name == ORIGINAL else clip.versions.get(name, clip.look)
        if name != ORIGINAL and not look.frames:
            look = replace(look, rate=snapshot.rate, frames=clip.length)
    versions = {ORIGINAL: clip.original, name: look}
    shown = replace(clip, look=look, shown=ORIGINAL, versions={})
    if name != ORIGINAL and look.path is not None:
        shown = replace(clip, look=look, shown=name, versions=versions)
    track = Track("", "", "video", False, True, (replace(shown, enabled=True),))
    return replace(snapshot, tracks=(track,), markers=())
