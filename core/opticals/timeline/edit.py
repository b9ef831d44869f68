"""The edit: an OpenTimelineIO timeline, where it came from, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import EditError, OutputError, ShotError
from opticals.timeline import dialects, files, formats, listing, piece, placement, reading
from opticals.timeline.extent import Counting, Probe, Probed
from opticals.timeline.following import Follower
from opticals.timeline.layout import (
    Kind,
    Lane,
    Slot,
    counts_drop_frame,
    inside,
    item_range,
    lay_out,
    most_common_rate,
)
from opticals.timeline.timecode import frame_of
from opticals.timeline.timemap import first_frame
from opticals.timeline.times import rate_of, to_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opentimelineio.core import Composable
    from opentimelineio.schema import Timeline

    from opticals.rendering.job import Render
    from opticals.timeline.footage import ClipFootage
    from opticals.timeline.formats import Format
    from opticals.timeline.listing import TrackView, VersionView
    from opticals.timeline.placement import Placement
    from opticals.timeline.shot import Shot


# Formats that count the frames of all media at the edit's rate: their files tell.
_RATELESS = ("edl", "fcpxml", "kdenlive", "mlt", "xges")


class Edit:
    """An edit in memory.

    Attributes:
        path: the file it was read from or last saved as.
        timeline: OTIO's own object; what is changed on it directly is seen here.
        rate: frames per second: of the start timecode if there is one, else of most items.
        drop_frame: whether record timecode counts drop-frame. As the program that wrote the edit
            says; where it does not, yes at 29.97 and 59.94.
        start: record timecode of the first frame, as a frame number.
        notes: what its reader says of it, one sentence each.
    """

    def __init__(
        self, timeline: Timeline, path: Path | None = None, probe: Probe | None = None
    ) -> None:
        self.timeline = timeline
        self.path = path
        self.rate = most_common_rate(timeline)
        self.drop_frame = counts_drop_frame(timeline, self.rate)
        self.start = self._start()
        # Relative media paths go on counting from where the edit was read, wherever it is saved.
        folder = None if path is None else path.absolute().parent
        self.counting = Counting(self.rate, self.drop_frame, folder, probe)
        self.notes: tuple[str, ...] = ()
        self.lanes()  # a negative length or a time without a rate shows here, not later

    @staticmethod
    def open(
        path: str | Path,
        probe: Probe | None = None,
        *,
        rate: Fraction | None = None,
        sequence: str | None = None,
        written_by: str | None = None,
    ) -> Edit:
        """The edit in a file, of any format of `opticals.timeline.formats`.

        Args:
            probe: looks into a media file whose extent the edit does not say; left out,
                PyAV does, in this process, when it is first needed.
            rate: frames per second, where the format does not say (EDL).
            sequence: name or number of one of several in the file.
            written_by: the program that wrote it, of `opticals.timeline.dialects`, where the file
                does not tell and programs differ.

        Raises:
            EditError: there is no such file, it is not an edit, it uses a schema that the
                installed OpenTimelineIO does not know, or a choice above is needed.
        """
        path = Path(path)
        if written_by is not None:
            dialects.of(written_by)
        opened = formats.read(path, rate, sequence)
        timeline = opened.timeline
        known = dialects.settle(timeline, opened.format, opened.program, written_by)
        edit = Edit(timeline, path, probe or _probe_at(most_common_rate(timeline)))
        edit.notes = (*opened.notes, *_unpacked(path, opened.format))
        edit.counting = replace(
            edit.counting,
            folder=formats.media_folder(path, opened.format),
            knows_lengths=known,
            trusts_rates=dialects.origin_format(timeline) not in _RATELESS,
            nearest=dialects.origin_format(timeline) in ("mlt", "kdenlive"),
        )
        return edit

    @property
    def program(self) -> str:
        """The program that wrote the edit, of `opticals.timeline.dialects`: `generic` where it is
        not known or is none of them."""
        found = dialects.writer(self.timeline)
        return found if found in dialects.DIALECTS else "generic"

    def spelled(self, item: Composable | None = None) -> float:
        """The edit's rate as the edit writes it (23.976 for 24000/1001), `item` first."""
        timed = None if item is None else item_range(item)
        if timed is not None and rate_of(timed.duration) == self.rate:
            return float(timed.duration.rate)
        start = self.timeline.global_start_time
        return float(self.rate) if start is None else float(start.rate)

    def timecode(self, frame: int) -> str:
        """The label of a frame number in the edit's way of counting."""
        return self.counting.label(frame)

    def tracks(self) -> tuple[TrackView, ...]:
        """All tracks: video from the lowest up, then sound, then others."""
        lister = listing.Lister(self.rate, self.counting.folder)
        return tuple(lister.track(lane) for lane in self.lanes())

    def shot(self, id: str) -> Shot:
        """The whole clip that `V1:3` or `V1@01:00:04:00` names.

        The third item of the lowest video track, gaps and transitions not counted; or the one
        over that record timecode. On a placed render it is the piece of the original below.

        Raises:
            ShotError: there is no such clip, or its frames cannot be followed one by one.
            MediaError: its medium is offline.
        """
        return self.taker()(*self.find(id))

    def shots(
        self, tracks: str | Sequence[str], mark_in: str = "", mark_out: str = ""
    ) -> tuple[Shot, ...]:
        """One shot per clip that the range touches on these tracks, narrowed to it.

        Both marks are included; left out, the whole track is meant. Gaps hold no shots, a
        compound those of the clips inside it.

        Raises:
            ShotError: the range holds no clip, or one that cannot be taken.
        """
        tracks = (tracks,) if isinstance(tracks, str) else tuple(tracks)
        lanes = [self.lane(one) for one in tracks]
        start, end = self._range(lanes, mark_in, mark_out)
        found = [one for lane in lanes for one in self._within(lane, start, end)]
        shots, take = [], self.taker()
        for lane, slot in found:
            shot = take(lane, slot)
            first, last = lane.record(slot)
            if start > first or end < last:
                shot = shot.record_range(max(start, first), min(end, last))
            shots.append(shot)
        if not shots:
            where = " and ".join(tracks)
            raise ShotError(
                f"There is no clip on {where} from {self.timecode(start)} "
                f"to {self.timecode(end - 1)}.",
                "Gaps and sound hold no pictures.",
                "Choose marks over clips.",
            )
        return tuple(shots)

    def clips(self, track: str = "") -> tuple[tuple[Lane, Slot], ...]:
        """Every clip that the edit shows, on all video tracks or on one; those inside compounds
        too. Renders laid over the cut are left out."""
        lanes = [self.lane(track)] if track else [one for one in self.lanes() if one.kind == "V"]
        low, high = -(1 << 53), 1 << 53
        found = (one for lane in lanes for one in self._within(lane, low, high))
        return tuple(one for one in found if not piece.is_overlay(one[1].item))

    def place(self, render: Render, how: str = "version", time: str = "fit") -> Placement:
        """Cut a verified render in where its shot is now.

        Args:
            how: `version` makes it a media reference of the clip, the active one, and splits the
                clip where the range is a part of it; `overlay` lays it on a new top track.
            time: what becomes of a render longer than its shot. `fit` keeps the record duration;
                `ripple` makes the range longer and moves everything later on all tracks.

        A draft of the same shot and recipe is replaced where it stands, as it was placed.

        Raises:
            EditError: the edit changed since the shot was taken, the render does not fit, or the
                edit cannot be changed so. The edit is then as it was.
        """
        return placement.place(self, render, how, time)

    def restore(self, id: str) -> Placement:
        """Make a clip what it was before renders were placed in it: versions, cuts and ripple.

        What else was changed on the clip since is kept; it then stays cut, and the messages say
        so. For an overlay, by its own id (`V3:1`): the overlay and its empty track go.

        Raises:
            EditError: it holds no render, or its ripple cannot be closed without slipping.
        """
        return placement.restore(self, id)

    def switch(self, id: str, version: str) -> Placement:
        """Show another version of a clip (`original` too), its length and ripple with it.

        Raises:
            EditError: there is no such version, or the edit was changed so that it cannot be.
        """
        return placement.switch(self, id, version)

    def drop(self, id: str, version: str) -> Placement:
        """Take a version out of a clip that shows another one; its file stays.

        Raises:
            EditError: the clip has no such version, or shows it.
        """
        return placement.drop(self, id, version)

    def versions(self, id: str) -> tuple[VersionView, ...]:
        """The versions of a clip, the original first."""
        return listing.versions(self.find(id)[1], self.counting.folder)

    def footage(self, ids: Sequence[str]) -> dict[str, ClipFootage]:
        """Which frames of which media clips show, of pictures and of sound, by their ids; those
        that the edit does not hold are left out."""
        follower, lanes = Follower(self.counting), dict[str, Lane]()
        found = {}
        for id in ids:
            track = id.rpartition(":")[0]
            try:
                lane = lanes[track] if track in lanes else lanes.setdefault(track, self.lane(track))
            except ShotError:
                continue
            slot = next((one for one in lane.slots if one.id == id), None)
            if slot is not None:
                found[id] = follower.follow(lane, slot)
        return found

    def check_path(
        self, path: str | Path, *, program: str = "generic", overwrite: bool = False
    ) -> None:
        """Refuse a path that `save` would refuse, before any work is done for it.

        Raises:
            EditError: no such format or program, or the program opens no such files.
            OutputError: the path is taken, is a medium of the edit, or its folder cannot be
                written.
        """
        files.check_path(
            self.timeline, Path(path), self.counting.folder, program, overwrite=overwrite
        )

    def losses(self, path: str | Path, program: str = "generic") -> tuple[str, ...]:
        """What a program will lose of the edit as it stands, one sentence each.

        Raises:
            EditError: the format or the program would show another edit.
        """
        return files.losses(self.timeline, Path(path), program)

    def rehearse(self, path: str | Path, program: str = "generic") -> None:
        """Refuse what `save` would refuse of the edit as it stands, by writing it and reading it
        back under another name. Media need not be there.

        Raises:
            EditError: it would show other frames, or not read back as it is meant.
            OutputError: it cannot be written.
        """
        files.rehearse(self.timeline, Path(path), self.counting.folder, program)

    def save(
        self,
        path: str | Path,
        *,
        program: str = "generic",
        overwrite: bool = False,
        note: Callable[[str], None] = lambda text: None,
    ) -> Path:
        """Write the edit as a program reads it, read it back and compare; `path` is then its file.

        Beside every file but the plain `.otio` of `generic`, an `.otio` is written that keeps
        everything. A file that is there is kept unless `overwrite`, which keeps it as
        `<name>.bak`. Relative media paths are rewritten so that they name the same files from
        the new folder. `note` is told of all this.

        Raises:
            EditError: the format or the program would show another edit, or what was written
                reads back as another.
            OutputError: the path is taken, is a medium of the edit, or cannot be written.
        """
        path = Path(path)
        folder = self.counting.folder
        for message in files.write(self.timeline, path, folder, program, overwrite=overwrite):
            note(message)
        self.path = path
        return path

    def lanes(self, only: Callable[[Composable], bool] = lambda track: True) -> tuple[Lane, ...]:
        """The tracks laid out as they stand now."""
        return lay_out(self.timeline, self.rate, self.start, lambda id, track: only(track))

    def lane(self, id: str) -> Lane:
        """One track laid out: `V1`, or `V1:3/V2` inside the compound `V1:3`.

        Raises:
            ShotError: there is none of this id.
        """
        holder, slash, own = id.rpartition("/")
        if slash:
            lane, slot = self.find(holder)
            lanes = inside(lane, slot, self.rate) if slot.kind is Kind.COMPOUND else ()
            known = [one.id for one in lanes]
            found = [one for one in lanes if one.id == id]
        else:
            known = []

            def wanted(one: str, track: Composable) -> bool:
                known.append(one)
                return one == own

            found = list(lay_out(self.timeline, self.rate, self.start, wanted))
        if not found:
            raise ShotError(
                f"The edit has no track “{id}”.", remedy=f"It has: {', '.join(known) or 'none'}."
            )
        return found[0]

    def find(self, id: str) -> tuple[Lane, Slot]:
        """The item that `V1:3` or `V1@01:00:04:00` names, and its track; `V1:3/V1:2` is the second
        of the compound `V1:3`.

        Raises:
            ShotError: there is none.
        """
        holder, slash, own = id.rpartition("/")
        track, at, mark = own.partition("@")
        if at:
            lane = self.lane(f"{holder}{slash}{track}")
            return self._clip_at(lane, self._frame(mark))
        track, colon, number = own.partition(":")
        if not colon or not number.isdecimal():
            raise ShotError(
                f"“{id}” names no clip.",
                remedy="Write V1:3 for the third clip of track V1, or V1@01:00:04:00.",
            )
        lane = self.lane(f"{holder}{slash}{track}")
        wanted = f"{lane.id}:{int(number)}"
        slot = next((one for one in lane.slots if one.id == wanted), None)
        if slot is None:
            count = sum(1 for one in lane.slots if one.id)
            raise ShotError(f"There is no clip {id}.", f"{lane.id} has {count} clips.")
        return lane, slot

    def taker(self) -> Callable[[Lane, Slot], Shot]:
        """Takes whole clips as `shot` does, many of them quickly; until the edit is changed."""
        path = "" if self.path is None else str(self.path.absolute())
        taken = piece.names(self.timeline)

        def take(lane: Lane, slot: Slot) -> Shot:
            return replace(reading.take(lane, slot, self.counting), edit=path, taken=taken)

        return take

    def _clip_at(self, lane: Lane, frame: int) -> tuple[Lane, Slot]:
        """What shows at a record frame: inside a compound, its topmost clip there."""
        found = [
            one
            for one in self._within(lane, frame, frame + 1)
            if getattr(one[1].item, "enabled", True)
        ]
        if not found:
            raise ShotError(
                f"{self.timecode(frame)} lies on no clip of {lane.id}.",
                "It is on a gap, or outside the track.",
                "Choose marks over clips.",
            )
        return found[-1]

    def _within(self, lane: Lane, start: int, end: int) -> Iterator[tuple[Lane, Slot]]:
        """The clips of a lane, and of the compounds on it, that record frames `start` to `end`
        (not included) show."""
        for slot in lane.slots:
            if slot.kind in (Kind.GAP, Kind.TRANSITION):
                continue
            first, last = lane.record(slot)
            if first == last or last <= start or first >= end:
                continue
            if slot.kind is not Kind.COMPOUND:
                yield lane, slot
                continue
            for inner in inside(lane, slot, self.rate):
                if inner.kind == "V" and getattr(inner.track, "enabled", True):
                    yield from self._within(inner, start, end)

    def _range(self, lanes: Sequence[Lane], mark_in: str, mark_out: str) -> tuple[int, int]:
        start = self._frame(mark_in) if mark_in else self.start
        if mark_out:
            end = self._frame(mark_out) + 1
        else:
            end = max((first_frame(lane.end) for lane in lanes), default=start)
        if end <= start and not mark_out:
            where = " and ".join(lane.id for lane in lanes)
            raise ShotError(
                f"Nothing lies behind {self.timecode(start)} on {where}.",
                remedy="Set the in mark earlier.",
            )
        if end <= start:
            first = mark_in or self.timecode(start)
            raise ShotError(
                f"The out mark {mark_out} lies before the in mark {first}.",
                remedy="Set the out mark on or after the in mark; both frames are included.",
            )
        return start, end

    def _frame(self, mark: str) -> int:
        return frame_of(mark, self.rate, self.drop_frame)

    def _start(self) -> int:
        if self.timeline.global_start_time is None:
            return 0
        start = to_frames(self.timeline.global_start_time, self.rate)
        if int(start) != start:
            raise EditError("The edit's start timecode lies between two frames.")
        return int(start)


def _unpacked(path: Path, format: Format) -> tuple[str, ...]:
    """Media inside a file are unpacked beside it, for nothing reads them there; in words."""
    if format.id != "otioz":
        return ()
    try:
        made = formats.unpack(path)
    except OutputError as error:
        return (str(error),)
    return (f"{len(made)} media were unpacked to {made[0].parent}.",) if made else ()


def _probe_at(rate: Fraction) -> Probe:
    """Media as they play at the edit's rate: what says no rate of its own, or keeps none."""

    def look_into(medium: Path) -> Probed:
        from opticals.media.read.probe import probe

        return probe(medium, rate).conformed(rate)

    return look_into
