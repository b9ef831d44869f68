"""What is selected: a clip, several, or an in/out range; and where the playhead stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opticals_ui.look.words import tr
from opticals_ui.timeline import picking
from opticals_ui.timeline.model import Lane, TimelineModel, shown_order, unusual
from opticals_ui.timeline.picking import Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opticals.timeline.listing import ItemView

__all__ = ["Range", "Selection", "shown_order"]


class Selection(QObject):
    """The selection of the edit that is shown. Marks are record frames, both included.

    One mark alone runs to the end, or from the start, of the selected clip. Selecting a clip
    that the marks do not touch clears them: what will be rendered is always what is seen.
    From the active track, the selection can reach over others above or below it. Several clips,
    wherever they stand, are selected whole: there are no marks then.

    Attributes:
        clip: the one selected last, of which a preview is.
        also: the others that are selected with it.
        playing: whether the playhead moves by itself; whoever moves it so says it here.
    """

    changed = Signal()
    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model: TimelineModel | None = None
        self.playhead = 0
        self.track = ""
        self.reach = ""  # the other end of the tracks that are selected
        self.clip: str | None = None
        self.also: frozenset[str] = frozenset()
        self.mark_in: int | None = None
        self.mark_out: int | None = None
        self.playing = False
        self._anchor: str | None = None  # the clip that a run of clips was begun at

    @property
    def model(self) -> TimelineModel | None:
        return self._model

    def show(self, model: TimelineModel | None, *, keep: bool) -> None:
        """Take another snapshot; `keep` when it is the same edit after a change.

        Ids are given anew when a clip is split or joined: the clip that is selected then is the
        one where the selection began.
        """
        held = self.range
        stood = [(item.id or "", item.record) for item in self.items] if self.also else []
        self._model, self._anchor, self.also = model, None, frozenset()
        if not keep:
            self.clip = self.mark_in = self.mark_out = None
            self.track = ""
            self.playhead = model.start if model else 0
        if model is not None:
            if model.lane(self.track) is None:
                self.track = model.lanes[0].id if model.lanes else ""
            if not keep or model.lane(self.reach) is None:
                self.reach = self.track
            lane = model.lane(self.track)
            item = lane.at(held.start) if keep and held and lane else None
            self.clip = item.id if item else None
            if keep and self.clip:
                again = {picking.standing(model, id, record) for id, record in stood}
                self.also = frozenset(id for id in again if id and id != self.clip)
            self.playhead = min(max(self.playhead, model.start), model.end - 1)
        self.changed.emit()
        self.moved.emit()

    @property
    def lane(self) -> Lane | None:
        """The active track."""
        return self._model.lane(self.track) if self._model else None

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks that are selected, the lowest first: video if there are several."""
        video = (
            [lane.id for lane in self._model.lanes if lane.kind == "Video"] if self._model else []
        )
        if self.reach not in video or self.track not in video:
            return (self.track,)
        ends = sorted((video.index(self.track), video.index(self.reach)))
        return tuple(video[ends[0] : ends[1] + 1])

    @property
    def several(self) -> bool:
        """Whether more than one clip is selected."""
        return bool(self.also)

    @property
    def clips(self) -> frozenset[str]:
        """The ids of all clips that are selected."""
        return self.also | {self.clip} if self.clip else self.also

    @property
    def items(self) -> tuple[ItemView, ...]:
        """All clips that are selected, track after track from the lowest, each in its order."""
        return picking.items(self._model, self.clips) if self._model else ()

    @property
    def ranges(self) -> tuple[Range, ...]:
        """What would be rendered: one range, or those that the selected clips take up."""
        if self.also:
            return picking.ranges(self.items)
        return (self.range,) if self.range else ()

    @property
    def range(self) -> Range | None:
        """The range that is selected; of several clips, that of the one selected last. None when
        nothing is."""
        if self._model is None:
            return None
        item = self._model.find(self.clip) if self.clip else None
        start, end = self.mark_in, None if self.mark_out is None else self.mark_out + 1
        if item is None and (start is None or end is None):
            return None
        if item is not None and (start is None or end is None):
            start = item.record if start is None else max(start, item.record)
            after = item.record + item.frames
            end = after if end is None else min(end, after)
        assert start is not None
        assert end is not None
        return Range(self.tracks, start, end) if start < end else None

    @property
    def restorable(self) -> bool:
        """Whether renders were placed in the selected clip."""
        item = self._model.find(self.clip) if self._model and self.clip else None
        return item is not None and bool(item.versions)

    @property
    def shots(self) -> tuple[ItemView, ...]:
        """The clips that the selection shows, each of which becomes a shot; those inside
        compounds too."""
        model = self._model
        return picking.shots(model, self.ranges) if model is not None else ()

    def describe(self) -> str:
        """The selection in words, for the status line and for screen readers."""
        if self._model is None:
            return ""
        found = self.range
        if found is None:
            return tr("Select a clip, or mark a range with I and O")
        if self.also:
            return picking.summary(self._model, self.items)
        item, shots = self._model.find(self.clip) if self.clip else None, self.shots
        alone = len(found.tracks) == 1
        one = alone and item is not None and found.end <= item.record + item.frames
        tracks = found.tracks[0] if alone else f"{found.tracks[0]}–{found.tracks[-1]}"
        where = f"{item.id} {item.name}" if item and one else tracks
        frames = found.end - found.start
        parts = (
            where,
            tr("%n shot(s)", count=len(shots)) if len(shots) > 1 else "",
            unusual(item) if item and one else "",
            f"{self._model.timecode(found.start)} – {self._model.timecode(found.end - 1)}",
            tr("%n frame(s)", count=frames),
        )
        return " · ".join(filter(None, parts))

    def go_to(self, clip: str) -> None:
        """Select a clip by its id, and move the playhead to its start."""
        item = self._model.find(clip) if self._model else None
        if item is not None:
            self.select(clip.partition(":")[0], item.record)
            self.move_to(item.record)

    def move_to(self, frame: int) -> None:
        if self._model is None:
            return
        self.playhead = min(max(frame, self._model.start), self._model.end - 1)
        self.moved.emit()

    def toggle(self, track: str, frame: int) -> None:
        """Select the clip there as well; or no longer, if it was."""
        item = self._at(track, frame)
        if item is None or item.id is None:
            return
        if item.id in self.clips:
            left = self.clips - {item.id}
            self._pick(left, self.clip if self.clip in left else None)
        else:
            self._pick(self.clips | {item.id}, item.id)
        self._anchor = item.id

    def reach_to(self, track: str, frame: int) -> None:
        """Select all clips from the one where the selection began to the one there."""
        model, item = self._model, self._at(track, frame)
        begun = model.find(self._anchor or self.clip or "") if model else None
        if model is None or item is None or item.id is None:
            return
        if begun is None or begun.id is None:
            self.select(track, frame)
            return
        self._pick(picking.between(model, begun, item), item.id)
        self._anchor = begun.id

    def extend_to_cut(self, direction: int) -> None:
        """The next clip (1) or the one before (-1) on the active track too, or one fewer; the
        playhead goes with it."""
        lane, item = self.lane, self._model.find(self.clip) if self._model and self.clip else None
        if lane is None:
            return
        if item is None or item.id is None:
            self.select_at_playhead()
            return
        beside = lane.beside(item, direction)
        if beside is not None:
            self.reach_to(lane.id, beside.record)
            self.move_to(beside.record)

    def pick(self, clips: Iterable[str], *, add: bool = False) -> None:
        """Select these clips; `add` them to those that are. Sound is left out where there are
        pictures: it is not rendered."""
        if self._model is None:
            return
        wanted = picking.pictures(self._model, frozenset(clips) | (self.clips if add else set()))
        self._pick(wanted, self.clip if self.clip in wanted else None)

    def select_all(self) -> None:
        """Every clip of pictures."""
        if self._model is not None:
            self.pick(item.id for lane in self._model.lanes for item in lane.items if item.id)

    def select_same_source(self) -> None:
        """Every clip of the medium of the selected one."""
        item = self._model.find(self.clip) if self._model and self.clip else None
        if self._model is not None and item is not None:
            self.pick(picking.of_source(self._model, item))

    def select_none(self) -> None:
        """No clip, and no range."""
        self.mark_in = self.mark_out = None
        self._pick(frozenset(), None)

    def step(self, frames: int) -> None:
        self.move_to(self.playhead + frames)

    def go_home(self) -> None:
        if self._model is not None:
            self.move_to(self._model.start)

    def go_to_end(self) -> None:
        if self._model is not None:
            self.move_to(self._model.end - 1)

    def go_to_cut(self, direction: int) -> None:
        """The playhead to the next (1) or the previous (-1) cut of the active track, and the
        clip there selected."""
        cuts = self.lane.cuts if self.lane else []
        index = (
            bisect_right(cuts, self.playhead)
            if direction > 0
            else bisect_left(cuts, self.playhead) - 1
        )
        if 0 <= index < len(cuts):
            self.move_to(cuts[index])
            self.select_at_playhead()

    def activate(self, direction: int) -> None:
        """Make the track above (1) or below (-1) the active one, as they are shown."""
        if self._model is None:
            return
        names = [lane.id for lane in shown_order(self._model)]
        index = names.index(self.track) - direction
        if 0 <= index < len(names):
            self._choose(names[index], None)

    def extend(self, direction: int) -> None:
        """Let the selection reach over one more track above (1) or below (-1), or one fewer."""
        if self._model is None:
            return
        video = [lane.id for lane in self._model.lanes if lane.kind == "Video"]
        if self.reach in video:
            index = video.index(self.reach) + direction
            self.reach = video[min(max(index, 0), len(video) - 1)]
            self.changed.emit()

    def select(self, track: str, frame: int) -> None:
        """Select the clip of a track at a record frame, or none where there is a gap."""
        if self._model is None:
            return
        lane = self._model.lane(track)
        item = lane.at(frame) if lane else None
        self._choose(track, item.id if item else None)

    def toggle_at_playhead(self) -> None:
        self.toggle(self.track, self.playhead)

    def select_at_playhead(self) -> None:
        self.select(self.track, self.playhead)

    def mark(self, track: str, first: int, last: int, reach: str = "") -> None:
        """Mark a range on a track, and on those up or down to `reach`; the clip under its first
        frame is selected with it."""
        if self._model is None:
            return
        self.mark_in, self.mark_out = sorted(
            min(max(frame, self._model.start), self._model.end - 1) for frame in (first, last)
        )
        lane = self._model.lane(track)
        item = lane.at(self.mark_in) if lane else None
        self._choose(track, item.id if item else None, reach)

    def set_in(self) -> None:
        self.mark_in = self.playhead
        if self.mark_out is not None and self.mark_out < self.mark_in:
            self.mark_out = None
        self._after_mark()

    def set_out(self) -> None:
        self.mark_out = self.playhead
        if self.mark_in is not None and self.mark_in > self.mark_out:
            self.mark_in = None
        self._after_mark()

    def mark_clip(self) -> None:
        """Both marks round the clip at the playhead."""
        item = self.lane.at(self.playhead) if self.lane else None
        if item is not None:
            self.mark(self.track, item.record, item.record + item.frames - 1)

    def clear_marks(self) -> None:
        self.mark_in = self.mark_out = None
        self.changed.emit()

    def _after_mark(self) -> None:
        item = self.lane.at(self.playhead) if self.lane else None
        if item is not None and item.id is not None:
            self.clip = item.id
        self._alone()
        self.changed.emit()

    def _alone(self) -> None:
        self.also, self._anchor = frozenset(), self.clip

    def _at(self, track: str, frame: int) -> ItemView | None:
        lane = self._model.lane(track) if self._model else None
        return lane.at(frame) if lane else None

    def _pick(self, clips: frozenset[str], last: str | None) -> None:
        """Select several clips, or one, or none; `last` the one selected last, else the first."""
        assert self._model is not None
        found = picking.items(self._model, clips)
        clip = last if last in clips else next((item.id for item in found), None)
        track = (clip or self.track).partition(":")[0]
        self.also = clips - {clip} if clip else frozenset()
        if self.also:
            self.mark_in = self.mark_out = None
            self.clip, self.track, self.reach = clip, track, track
            self.changed.emit()
        else:
            self._choose(track, clip)

    def _choose(self, track: str, clip: str | None, reach: str = "") -> None:
        self.track, self.clip, self.reach = track, clip, reach or track
        self._alone()
        item = self._model.find(clip) if self._model and clip else None
        if item is not None:
            first = self.mark_in if self.mark_in is not None else item.record
            last = self.mark_out if self.mark_out is not None else item.record + item.frames - 1
            alone = self.mark_in is None or self.mark_out is None
            inside = item.record <= first and last < item.record + item.frames
            touches = first < item.record + item.frames and last >= item.record
            if first > last or not (inside if alone else touches):
                self.mark_in = self.mark_out = None
        self.changed.emit()
