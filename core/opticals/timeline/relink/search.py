"""One medium looked for: candidates by name or reel, those that are proved, the one to take."""

from __future__ import annotations

import filecmp
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.media.sequence import numbering
from opticals.timeline.relink import proof
from opticals.timeline.relink.index import Index, key, same_reel
from opticals.timeline.relink.proof import Footage, Grade, Proof
from opticals.timeline.timecode import nominal

if TYPE_CHECKING:
    from collections.abc import Container

    from opticals.timeline.placed import Version
    from opticals.timeline.relink.sought import Sought


class By(StrEnum):
    """What files are looked for by, in this order."""

    NAME = "name"
    STEM = "name without suffix"
    REEL = "reel"


@dataclass(frozen=True)
class Found:
    """The files that hold what one clip shows.

    Attributes:
        proofs: by path.
        by: what each was found by.
        reasons: why others were left out, one phrase each.
    """

    proofs: dict[Path, Proof]
    by: dict[Path, By]
    reasons: tuple[str, ...] = ()


class Search:
    """Looks into each file once, however many clips it may be for.

    Args:
        renders: names of the renders that the edit holds.
        largest: whether the largest picture is wanted, whatever its suffix.
    """

    def __init__(
        self, index: Index, by: Sequence[By], renders: Container[str], *, largest: bool
    ) -> None:
        self._index = index
        self._by = by
        self._largest = largest
        self._renders = renders
        self._is_render: dict[Path, bool] = {}
        self._looked: dict[tuple[Path, object, bool], Footage | str] = {}

    def look(self, path: Path, sought: Sought) -> Footage | str:
        """What a file is, or why it cannot be read."""
        asked = (path, sought.counted_at, sought.sound)
        if asked not in self._looked:
            self._looked[asked] = proof.read(path, sought)
        return self._looked[asked]

    def find(self, sought: Sought, now: Footage | None) -> Found:
        """What holds the frames wanted; `now` is the medium that the clip has."""
        reasons: dict[str, None] = {}
        proofs: dict[Path, Proof] = {}
        kinds: dict[Path, By] = {}
        for by in self._by:
            for path in self._candidates(by, sought):
                if path in proofs:
                    continue
                answer = self._prove(path, by, sought, now)
                if isinstance(answer, Proof):
                    proofs[path], kinds[path] = answer, by
                elif answer:
                    reasons[f"{path}: {answer}"] = None
            if proofs and not (self._largest and by is By.NAME):
                break
        return Found(proofs, kinds, tuple(reasons))

    def render(self, version: Version) -> tuple[Path | None, str]:
        """The file of a render that the edit holds; else None and why there is none."""
        made, found, why = version.render, [], "no file of this name"
        for path in self._index.renders(version.path.name):
            film = proof.look_at(path, version.rate)
            if isinstance(film, str):
                why = film
            elif (film.rate, film.start, film.frames) != (
                version.rate,
                made["start"],
                made["frames"],
            ):
                why = f"{path}: it has {film.described}, and is another film of this name"
            elif not proof.is_sidecar_of(path, version):
                why = f"{path}: its sidecar says that it is another render of this name"
            else:
                found.append(film)
        if not all(_identical(found[0], one) for one in found[1:]):
            names = "; ".join(str(one.path) for one in found)
            return None, f"{len(found)} renders fit equally: {names}"
        return (found[0].path, "name + timecode") if found else (None, why)

    def _candidates(self, by: By, sought: Sought) -> list[Path]:
        if by is By.NAME:
            return self._index.named(sought.names)
        if by is By.STEM:
            return self._index.stemmed(sought.stems)
        begun = self._index.begun(sought.reels)
        if not sought.reels:
            return begun
        taped = (path for path, tape in self._tapes if same_reel(sought.reels, tape))
        return list(dict.fromkeys((*begun, *taped)))

    @cached_property
    def _tapes(self) -> list[tuple[Path, str]]:
        """All films that say which tape they come from: their headers are read, once."""
        found = ((path, proof.tape_of(path)) for path in self._index.taped())
        return [(path, key(tape)) for path, tape in found if tape]

    def _prove(self, path: Path, by: By, sought: Sought, now: Footage | None) -> Proof | str:
        if now is not None and _same(path, now.path):
            return ""
        if path not in self._is_render:
            self._is_render[path] = proof.is_render(path, self._renders)
        if self._is_render[path]:
            return "it is a render"
        found = self.look(path, sought)
        if isinstance(found, str):
            return found
        if found.reel is not None and proof.is_render_name(found.reel, self._renders):
            return "it is a render"
        answer = proof.prove(sought, found)
        if isinstance(answer, str):
            return answer
        if by is By.REEL and answer.grade < Grade.TIMECODE:
            return "the reel is right, but no timecode proves it"
        unproved = by is By.STEM and answer.grade is Grade.NAME
        if unproved and not sought.is_file(numbering.name_of(path)):
            return "it is called like the clip, but nothing proves it"
        return answer if now is None else _against(answer, now)


def choose(
    sought: Sought, found: Found, common: Container[Path], *, largest: bool
) -> tuple[Proof | None, str]:
    """The file to take, and how it was found; else None and why none is taken.

    Args:
        common: the files that hold what all clips of this medium show.
        largest: whether the largest picture is wanted.
    """
    best = list(found.proofs.values())
    if not best:
        return None, _none(sought, found)
    # A longer original holds the frames of its proxy by timecode as well as one of its length.
    most = Grade.TIMECODE if largest else Grade.WHOLE
    best = _most(best, [min(one.grade, most) for one in best])
    if largest:
        best = _most(best, [one.footage.area for one in best])
    best = [one for one in best if one.footage.path in common] or best
    nearest = best
    if len(best) > 1:
        alike = [_alike(sought.folders, one.footage.path) for one in best]
        nearest = _most(best, alike) if max(alike) else best
    how = ["folder"] if len(nearest) < len(best) else []
    best = nearest
    if len(best) > 1 and not all(_identical(best[0].footage, one.footage) for one in best[1:]):
        names = "; ".join(f"{one.footage.path} ({_kind(one.footage)})" for one in best[:5])
        more = f"; and {len(best) - 5} more" if len(best) > 5 else ""
        return None, f"{len(best)} files fit equally, and are not the same bytes: {names}{more}"
    words = (found.by[best[0].footage.path].value, best[0].by, *how)
    return best[0], " + ".join(word for word in words if word)


def _none(sought: Sought, found: Found) -> str:
    if found.reasons:
        more = f"; and {len(found.reasons) - 3} more" if len(found.reasons) > 3 else ""
        return "; ".join(found.reasons[:3]) + more
    if not sought.names and not sought.reels:
        return "the edit gives neither a name nor a reel"
    return "no file of this name or reel"


def _most(proofs: list[Proof], ranks: Sequence[int]) -> list[Proof]:
    return [one for one, rank in zip(proofs, ranks, strict=True) if rank == max(ranks)]


def _against(answer: Proof, now: Footage) -> Proof | str:
    """A file that is to stand for one that the clip has must agree with it too."""
    found = answer.footage
    if nominal(found.rate) != nominal(now.rate):
        return (
            f"it runs at {float(found.rate):.6g}, the medium of the clip at {float(now.rate):.6g}"
        )
    if answer.grade is Grade.NAME:
        return "neither timecode nor length prove that it shows the same"
    starts = (found.start, now.start)
    if answer.grade < Grade.TIMECODE and None not in starts and starts[0] != starts[1]:
        return f"it has {found.described}, the medium of the clip {now.described}"
    return answer if found.area > now.area else "its picture is no larger"


def _alike(folders: Sequence[str], path: Path) -> int:
    """How many folders, from the innermost outwards, are called as they were."""
    count = 0
    for old, new in zip(folders, (one.name for one in path.parents), strict=False):
        if not old or key(old) != key(new):
            break
        count += 1
    return count


def _kind(footage: Footage) -> str:
    return f"{footage.width}x{footage.height}" if footage.area else f"{footage.frames} frames"


def _identical(one: Footage, other: Footage) -> bool:
    """Whether two media are the same bytes."""
    files = [_files(footage.path) for footage in (one, other)]
    if len(files[0]) != len(files[1]):
        return False
    try:
        return all(filecmp.cmp(a, b, shallow=False) for a, b in zip(*files, strict=True))
    except OSError:
        return False


def _files(path: Path) -> list[Path]:
    found = numbering.numbered(path) if numbering.is_pattern(path) else None
    return [path] if found is None else found.files()


def _same(one: Path, other: Path) -> bool:
    return one == other or (one.is_file() and other.is_file() and one.samefile(other))
