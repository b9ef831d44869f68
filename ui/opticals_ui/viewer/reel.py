"""What the edit shows at a record frame: clips from the topmost down, with their footage."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from opticals.errors import OpticalsError
from opticals.timeline.footage import ClipFootage, Footage
from opticals_ui.timeline.crossing import Crossing, crossings

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView, TrackView
    from opticals_ui.background import Background
    from opticals_ui.host import Host
    from opticals_ui.timeline.model import TimelineModel

NEAR = 2  # clips to either side of the playhead whose footage is looked up before it is needed
MOST = 50  # clips of one compound for which that is done


@dataclass(frozen=True)
class Layer:
    """A clip that shows at a record frame.

    Attributes:
        footage: None while it is looked up.
        crossing: the transition that it is in; it is mixed with `other`, or fades where there is
            none, so much (`share`) of that. Without a share it is shown as if there were a cut.
    """

    item: ItemView
    footage: ClipFootage | None
    crossing: Crossing | None = None
    other: Layer | None = None
    share: Fraction | None = None

    @property
    def rendered(self) -> bool:
        """Whether a render is seen of it, or of what it is mixed with."""
        found = self.footage
        return bool(found and found.version) or bool(self.other and self.other.rendered)


class Reel(QObject):
    """Looks up footage as it is needed and keeps it until the edit changes.

    Signals:
        learnt: more footage is known.
    """

    learnt = Signal()

    def __init__(self, host: Host, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._background = background
        self._model: TimelineModel | None = None
        self._found: dict[str, ClipFootage] = {}
        self._asked: set[str] = set()

    def show(self, model: TimelineModel | None) -> None:
        """Take another snapshot of the edit. What was known of the one before is forgotten."""
        if model is not self._model:
            self._model = model
            self._found, self._asked = {}, set()

    def layers(self, frame: int) -> tuple[Layer, ...]:
        """The enabled clips of video tracks at a record frame, the topmost first; in a transition
        with the clip that they are mixed with."""
        return self._at(frame, "Video")

    def sounds(self, frame: int) -> tuple[Layer, ...]:
        """The enabled clips of audio tracks at a record frame."""
        return self._at(frame, "Audio")

    @property
    def has_sound_tracks(self) -> bool:
        """Whether the edit has an audio track with a clip on it."""
        tracks = self._model.view.tracks if self._model else ()
        return any(one.kind == "Audio" and any(it.id for it in one.items) for one in tracks)

    def prepare(self, frame: int) -> None:
        """Look up the footage of the clips near a record frame."""
        if self._model is None:
            return
        near: list[str] = []
        for lane in self._model.lanes:
            place = bisect_right(lane.starts, frame) - 1
            if lane.kind in ("Video", "Audio"):
                for item in lane.items[max(0, place - NEAR) : place + NEAR + 1]:
                    near += [one.id for one in islice(_clips(item, lane.kind), MOST) if one.id]
        self._look_up([id for id in near if id not in self._found])

    def stand_in(self, clip: str, footage: ClipFootage | None) -> None:
        """Show other footage than a clip's own, until the edit changes; None: its own again."""
        if footage is None:
            self._found.pop(clip, None)
            self._asked.discard(clip)
        else:
            self._found[clip] = footage
            self._asked.add(clip)
        self.learnt.emit()

    def forget_troubles(self) -> None:
        """What could not be looked up is looked up again when it is needed."""
        lost = [one for one, found in self._found.items() if found.shown.error is not None]
        for clip in lost:
            del self._found[clip]
            self._asked.discard(clip)

    def _at(self, frame: int, kind: str) -> tuple[Layer, ...]:
        if self._model is None:
            return ()
        found: list[Layer] = []
        for lane, track in zip(self._model.lanes, self._model.view.tracks, strict=True):
            if not track.enabled or track.kind != kind:
                continue
            item, crossing = lane.at(frame), lane.crossing(frame) if kind == "Video" else None
            found = [*_seen(item, crossing, frame, kind), *found]
        every = [*found, *(one.other for one in found if one.other is not None)]
        unknown = [id for one in every if (id := one.item.id) and id not in self._found]
        if unknown:
            self._look_up(unknown)
        return tuple(self._known(one) for one in found)

    def _known(self, layer: Layer) -> Layer:
        other = layer.other and self._known(layer.other)
        return replace(layer, footage=self._found.get(layer.item.id or ""), other=other)

    def _look_up(self, clips: Sequence[str]) -> None:
        wanted = [one for one in clips if one not in self._asked]
        if not wanted:
            return
        self._asked.update(wanted)
        model = self._model

        def learn(found: Mapping[str, ClipFootage]) -> None:
            if model is not self._model:
                return  # the edit changed meanwhile: its clips have other ids
            gone = {one: _LOST for one in wanted if one not in found}
            self._found.update({**found, **gone})
            self.learnt.emit()

        def failed(error: OpticalsError) -> None:
            if model is self._model:
                lost = ClipFootage(Footage(error=error))
                self._found.update(dict.fromkeys(wanted, lost))
                self.learnt.emit()

        work: Any = self._host.footage
        self._background.run(lambda: work(wanted), learn, failed, quiet=True, owner=self)


_LOST = ClipFootage(Footage(error=OpticalsError("The edit changed.")))


def _mixed(crossing: Crossing, item: ItemView | None, frame: int) -> Layer | None:
    """What a transition shows at a record frame that `item` is at; None where it is not mixed:
    compounds are not followed beyond their ends, nor are transitions in retimed ones."""
    before, after = crossing.before, crossing.after
    if not crossing.seam.exact:
        return None
    if any(one is not None and one.kind == "compound" for one in (before, after)):
        return None
    if item is not None and item is not before and item is not after:
        return None  # clips shorter than their transitions
    share = crossing.share(frame)
    first, second = (
        one if one is not None and one.enabled and one.id else None for one in (before, after)
    )
    if second is not None and (item is after or first is None):
        first, second, share = second, first, 1 - share
    if first is None:
        return None
    other = Layer(second, None) if second is not None else None
    return Layer(first, None, crossing, other, share)


def _seen(
    item: ItemView | None, crossing: Crossing | None, frame: int, kind: str
) -> Iterator[Layer]:
    """What an item shows at a record frame on tracks of a kind, the topmost first; in a transition
    mixed with its neighbour where that can be."""
    if crossing is not None and (mixed := _mixed(crossing, item, frame)) is not None:
        yield mixed
    elif item is not None and item.enabled and _at(item, frame):
        if item.kind == "compound":
            for track in reversed(item.inside):
                if track.enabled and track.kind == kind:
                    yield from _seen_inside(track, crossing, frame)
        elif item.id is not None:
            yield Layer(item, None, crossing)


def _seen_inside(track: TrackView, around: Crossing | None, frame: int) -> Iterator[Layer]:
    """The same of a track of a compound; `around`: the transition that the compound is in."""
    within = crossings(track.items) if track.kind == "Video" and around is None else ()
    crossing = around or next((one for one in within if one.holds(frame)), None)
    item = next((one for one in track.items if one.id is not None and _at(one, frame)), None)
    yield from _seen(item, crossing, frame, track.kind)


def _at(item: ItemView, frame: int) -> bool:
    return item.record <= frame < item.record + item.frames


def _clips(item: ItemView, kind: str) -> Iterator[ItemView]:
    """The clips of an item on tracks of a kind."""
    if item.kind == "compound":
        for track in item.inside:
            if track.kind == kind:
                for one in track.items:
                    yield from _clips(one, kind)
    elif item.id is not None:
        yield item
