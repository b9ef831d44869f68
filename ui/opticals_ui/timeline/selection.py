"""What is selected: a clip or an in/out range on a track, and where the playhead stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from opticals_ui.look.words import tr
from opticals_ui.timeline.model import Lane, TimelineModel, unusual

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView


@dataclass(frozen=True)
class Range:
    """Record frames `start` to `end` (not included) of tracks, the lowest first."""

    tracks: tuple[str, ...]
    start: int
    end: int


class Selection(QObject):
    """The selection of the edit that is shown. Marks are record frames, both included.

    One mark alone runs to the end, or from the start, of the selected clip. Selecting a clip
    that the marks do not touch clears them: what will be rendered is always what is seen.
    From the active track, the selection can reach over others above or below it.
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
        self.mark_in: int | None = None
        self.mark_out: int | None = None

    @property
    def model(self) -> TimelineModel | None:
        return self._model

    def show(self, model: TimelineModel | None, *, keep: bool) -> None:
        """Take another snapshot; `keep` when it is the same edit after a change.

        Ids are given anew when a clip is split or joined: the clip that is selected then is the
        one where the selection began.
        """
        held = self.range
        self._model = model
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
    def range(self) -> Range | None:
        """What would be rendered; None when nothing is selected."""
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
        found, model = self.range, self._model
        if found is None or model is None:
            return ()
        lanes = [lane for lane in map(model.lane, found.tracks) if lane is not None]
        return tuple(one for lane in lanes for one in lane.shots(found.start, found.end))

    def describe(self) -> str:
        """The selection in words, for the status line and for screen readers."""
        if self._model is None:
            return ""
        found = self.range
        if found is None:
            return tr("Select a clip, or mark a range with I and O")
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
        self.changed.emit()

    def _choose(self, track: str, clip: str | None, reach: str = "") -> None:
        self.track, self.clip, self.reach = track, clip, reach or track
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


def shown_order(model: TimelineModel) -> list[Lane]:
    """Lanes from top to bottom as editors see them: V2, V1, A1, A2."""
    video = [lane for lane in model.lanes if lane.kind == "Video"]
    return [*reversed(video), *(lane for lane in model.lanes if lane.kind != "Video")]
