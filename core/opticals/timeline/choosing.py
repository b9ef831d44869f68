"""Which shots a command means: clips by id, track, medium or marker; and what is left out, why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import AnswerNeeded, NothingAsked, OpticalsError, SettingError, ShotError
from opticals.media.sequence import numbering
from opticals.timeline import piece, placed
from opticals.timeline.chosen import Choice, Skipped, Wanted
from opticals.timeline.marker_recipes import FORM, label, nearly, recipe_of
from opticals.timeline.marks import marks, places
from opticals.timeline.reading import media_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opticals.recipe import Recipe
    from opticals.rendering.job import Render
    from opticals.timeline.edit import Edit
    from opticals.timeline.marks import Mark, Place
    from opticals.timeline.shot import Shot


@dataclass(frozen=True)
class Selection:
    """What is named; all of it together is chosen.

    Attributes:
        shots: ids, `V1:3` or `V1@TIMECODE`.
        tracks: ids of tracks, all of whose clips are meant.
        mark_in, mark_out: record timecodes, both included, that narrow the tracks or the one shot.
        same_source: ids of clips; all clips of the same medium are meant.
        markers, colours: of markers: names (exact or with * and ?) and colours. A marker has to
            have one of either, where either is given.
    """

    shots: Sequence[str] = ()
    tracks: Sequence[str] = ()
    mark_in: str = ""
    mark_out: str = ""
    same_source: Sequence[str] = ()
    markers: Sequence[str] = ()
    colours: Sequence[str] = ()


def choose(edit: Edit, selection: Selection, recipe: Recipe) -> Choice:
    """The shots that `selection` means, each once; ranges of a clip that overlap as one.

    What is named by its id or lies in a marked range has to be there. Of whole tracks, of a
    medium and of markers, what cannot be rendered from is left out.

    Raises:
        ShotError: what is named is not there, or nothing is left.
        MediaError: the medium of what is named is offline.
    """
    chosen = _Choosing(edit)
    marked = bool(selection.mark_in or selection.mark_out)
    beside = selection.same_source or selection.markers or selection.colours
    if not (selection.shots or selection.tracks or beside):
        raise ShotError(
            "No shot is named.",
            remedy="Give --shot V1:3 (see “opticals shots EDIT”), --track V1, --same-source V1:3, "
            "--marker NAME, --colour RED or --markers.",
        )
    if marked and (
        beside or bool(selection.tracks) == bool(selection.shots) or len(selection.shots) > 1
    ):
        raise ShotError(
            "In and out marks narrow one shot, or tracks.",
            remedy="Give a single --shot, or --track: --track V1 --in 01:00:04:00 "
            "--out 01:00:06:12.",
        )
    for id in selection.shots:
        shot = edit.shot(id)
        chosen.add(narrowed(shot, selection.mark_in, selection.mark_out), recipe)
    if selection.tracks and marked:
        for shot in edit.shots(selection.tracks, selection.mark_in, selection.mark_out):
            chosen.add(shot, recipe)
    elif selection.tracks:
        _add_tracks(edit, chosen, selection.tracks, recipe)
    if selection.same_source:
        _add_same_source(edit, chosen, selection.same_source, recipe)
    if selection.markers or selection.colours:
        _add_marked(edit, chosen, selection, recipe)
    return chosen.choice()


def choose_by_recipes(edit: Edit, seed: int = 0) -> Choice:
    """What the markers that carry a recipe ask for. One that asks for an effect or a setting that
    there is not, and those that ask for different things of the same frames, are named in the
    choice's `wrong`, and the others chosen.

    Raises:
        NothingAsked: no marker carries a recipe.
        OpticalsError: none asks for anything that can be done.
    """
    chosen = _Choosing(edit)
    known = marks(edit)
    asking = []
    for mark in known:
        try:
            recipe = recipe_of(edit, mark, seed)
        except SettingError as error:
            chosen.wrong.append(error)
            continue
        if recipe is not None:
            asking.append((mark, recipe))
        elif nearly(mark):
            chosen.skip(label(edit, mark), f"It says no recipe: write “{FORM}”.")
    chosen.add_marks(asking)
    if not (asking or chosen.wrong or chosen.skipped):
        raise NothingAsked(
            "No marker of the edit carries a recipe.",
            f"It has {len(known)} markers." if known else "It has no markers.",
            f"Write the recipe into the name or the comment of a marker: “{FORM}”.",
        )
    return chosen.choice()


def together(wrong: Sequence[OpticalsError]) -> OpticalsError:
    """What is wrong in markers as one error; one alone as it is."""
    if len(wrong) == 1:
        return wrong[0]
    return SettingError(
        f"{len(wrong)} markers ask for what cannot be done.",
        "\n".join(" ".join(filter(None, (one.what, one.why, one.remedy))) for one in wrong),
        "Mend these markers.",
    )


def narrowed(shot: Shot, mark_in: str, mark_out: str) -> Shot:
    """A shot between record timecodes, both included; "" for its own end.

    Raises:
        ShotError: see `Shot.range`.
    """
    if not (mark_in or mark_out):
        return shot
    last = shot.record_end - 1
    return shot.range(mark_in or shot.timecode(shot.record), mark_out or shot.timecode(last))


def standing(edit: Edit, renders: Sequence[Render], time: str) -> tuple[str, ...]:
    """For each render that is asked for: the name of the version that shows in the edit already and
    is the same, placed alike; "" where there is none, or its file is gone."""
    items = {one.id: one.slot.item for one in places(edit)}
    over = [
        (slot.start, piece.overlaid(slot.item))
        for lane in edit.lanes(lambda track: piece.KEY in track.metadata)
        for slot in lane.slots
        if piece.is_overlay(slot.item)
    ]

    def there(render: Render) -> Iterator[placed.Version]:
        shot = render.shot
        track = shot.id.rpartition(":")[0]
        for start, version in over:
            if start == shot.record and version.shot.id.rpartition(":")[0] == track:
                yield version
        if shot.placed and (active := piece.active(items[shot.id])) is not None:
            yield active

    return tuple(
        next((one.name for one in there(render) if _alike(one, render, time)), "")
        for render in renders
    )


def _alike(version: placed.Version, render: Render, time: str) -> bool:
    old, new = version.shot, render.shot
    return (
        version.render.get("details", {}).get("key") == render.details["key"]
        and (old.record_frames, old.first, old.frames) == (new.record_frames, new.first, new.frames)
        and version.frames == placed.version_of(render, time).frames
        and numbering.exists(version.path)
    )


@dataclass(frozen=True)
class _Ask:
    """Record frames of a clip that something asks for; the end not included."""

    start: int
    end: int
    recipe: Recipe
    by: str


class _Choosing:
    """Collects what is asked for, clip by clip."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._take = edit.taker()
        self._shots: dict[str, Shot | None] = {}
        self._asks: dict[str, list[_Ask]] = {}
        self._named: set[str] = set()
        self.skipped: dict[tuple[str, str], Skipped] = {}
        self.wrong: list[OpticalsError] = []

    def skip(self, what: str, why: str) -> None:
        self.skipped.setdefault((what, why), Skipped(what, why))

    def add(self, shot: Shot, recipe: Recipe) -> None:
        """Choose a shot as it is."""
        self._named.add(shot.id)
        self._shots[shot.id] = self._shots.get(shot.id) or shot
        self._ask(shot.id, _Ask(shot.record, shot.record_end, recipe, ""))

    def add_place(
        self,
        place: Place,
        recipe: Recipe,
        frames: tuple[int, int] | None = None,
        by: str = "",
    ) -> None:
        """Choose a clip, or frames of it, if it can be rendered from."""
        if place.id not in self._shots:
            self._shots[place.id] = self._taken(place)
        shot = self._shots[place.id]
        if shot is None:
            return
        start, end = frames or (shot.clip_record, shot.clip_end)
        start, end = max(start, shot.clip_record), min(end, shot.clip_end)
        self._ask(place.id, _Ask(start, end, recipe, by))

    def add_marks(self, asking: Sequence[tuple[Mark, Recipe]]) -> None:
        """Choose what markers mark."""
        seen = {(mark.name, mark.texts) for mark, _ in asking if mark.record is not None}
        for mark, recipe in asking:
            by = label(self._edit, mark)
            if mark.record is not None and not mark.spans:
                self.skip(by, "There is no clip below it.")
            # Programs set the markers of a medium on each clip of it: one of them shows it.
            if mark.record is None and (mark.name, mark.texts) not in seen:
                self.skip(by, "It lies outside what the edit shows.")
            for span in mark.spans:
                self.add_place(span.place, recipe, span.frames, by)

    def choice(self) -> Choice:
        """What was chosen.

        Raises:
            OpticalsError: nothing.
        """
        wanted = [one for id, asks in self._asks.items() for one in self._settled(id, asks)]
        if not wanted and self.wrong and not self.skipped:
            raise together(self.wrong)
        if not wanted:
            lines = [f"{one.what} {one.why} {one.remedy}" for one in self.wrong]
            lines += [f"{one.what}: {one.why}" for one in self.skipped.values()]
            why = "\n".join(lines[:20])
            raise ShotError(
                "Nothing of what is chosen can be rendered.",
                why,
                "Choose other clips (“opticals shots” lists them with the state of their media).",
            )
        return Choice(tuple(wanted), tuple(self.skipped.values()), tuple(self.wrong))

    def _ask(self, id: str, ask: _Ask) -> None:
        self._asks.setdefault(id, []).append(ask)

    def _taken(self, place: Place) -> Shot | None:
        name = place.slot.label
        if piece.is_overlay(place.slot.item):
            self.skip(name, "It is a render, laid over the cut.")
            return None
        if not place.shown:
            self.skip(name, "It is disabled, or lies in something that is.")
            return None
        try:
            if place.broken is not None:
                raise place.broken
            return self._take(place.lane, place.slot)
        except AnswerNeeded:
            raise  # the user can say, and means it to be rendered
        except OpticalsError as error:
            self.skip(name, " ".join(part for part in (error.what, error.why) if part))
            return None

    def _settled(self, id: str, asks: list[_Ask]) -> Iterator[Wanted]:
        clip = self._shots[id]
        assert clip is not None
        for shot, by in _merged(clip, asks):
            recipe = by[0].recipe
            if any(one.recipe != recipe for one in by):
                self.wrong.append(_contradiction(clip, by))
                continue
            try:
                # A piece that was cut out for a range is chosen as a whole for the same range.
                one = shot if not clip.placed else clip if shot.whole else _part(clip, shot)
            except ShotError as error:
                if id in self._named:
                    raise
                self.skip(f"{id} “{clip.name}”", f"{error.what} {error.why}")
                continue
            yield Wanted(one, recipe)


def _part(clip: Shot, shot: Shot) -> Shot:
    return clip.record_range(shot.record, shot.record_end)


def _merged(clip: Shot, asks: Sequence[_Ask]) -> Iterator[tuple[Shot, list[_Ask]]]:
    """The ranges that are asked for, those that overlap as one; grown by the transitions they cut.
    With all that asks for each."""
    free = replace(clip, placed=False)
    found: list[tuple[Shot, list[_Ask]]] = []
    for ask in sorted(asks, key=lambda one: (one.start, one.end)):
        shot, by = free.record_range(ask.start, ask.end), [ask]
        if found and shot.record < found[-1][0].record_end:
            by = [*found.pop()[1], ask]
            shot = free.record_range(by[0].start, max(one.end for one in by))
        found.append((shot, by))
    return iter(found)


def _contradiction(clip: Shot, asks: Sequence[_Ask]) -> ShotError:
    return ShotError(
        f"Different things are asked for of the same frames of {clip.id} “{clip.name}”.",
        f"By {' and by '.join(dict.fromkeys(one.by for one in asks))}.",
        "Shorten one of the markers, or write the effects into one: “opticals: A + B”.",
    )


def _add_tracks(edit: Edit, chosen: _Choosing, tracks: Sequence[str], recipe: Recipe) -> None:
    known = places(edit)
    for track in dict.fromkeys(tracks):
        id = edit.lane(track).id
        found = [one for one in known if one.id.startswith(f"{id}:")]
        if not found:
            chosen.skip(id, "There is no clip on it.")
        for place in found:
            chosen.add_place(place, recipe)


def _add_same_source(edit: Edit, chosen: _Choosing, ids: Sequence[str], recipe: Recipe) -> None:
    media = {Path(edit.shot(id).media) for id in ids}
    for place in places(edit):
        item = place.slot.item
        if place.lane.kind != "V" or piece.is_overlay(item):
            continue
        if piece.is_placed(item):
            item = piece.original(item)
        if media_of(item, edit.counting.folder)[1] in media:
            chosen.add_place(place, recipe)


def _add_marked(edit: Edit, chosen: _Choosing, selection: Selection, recipe: Recipe) -> None:
    known = marks(edit)
    found = [one for one in known if _matches(one, selection)]
    if not found:
        names = dict.fromkeys(f"“{one.name}” ({one.colour.lower() or 'none'})" for one in known)
        raise ShotError(
            "No marker of the edit has that name or colour.",
            f"It has: {', '.join(names)}." if names else "It has no markers.",
            "Names are compared whole, * and ? stand for anything: --marker 'VFX*'.",
        )
    chosen.add_marks([(mark, recipe) for mark in found])


def _matches(mark: Mark, selection: Selection) -> bool:
    name, colour = mark.name.casefold(), mark.colour.casefold()
    names = [one.casefold() for one in selection.markers]
    colours = [one.casefold() for one in selection.colours]
    named = any(name == one or fnmatchcase(name, one) for one in names)
    return (named or not names) and (colour in colours or not colours)
