"""The host contract: what the panel needs from whatever holds the edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from opticals.errors import OpticalsError

if TYPE_CHECKING:
    from opticals.rendering.job import Render
    from opticals.timeline.carrying import Carried
    from opticals.timeline.chosen import Choice, Skipped, Wanted
    from opticals.timeline.footage import ClipFootage, Footage
    from opticals.timeline.listing import TrackView, VersionView
    from opticals.timeline.marks import MarkerView
    from opticals.timeline.relink import Report
    from opticals.timeline.shot import Shot


class HostAway(OpticalsError):
    """The program that holds the edit is not there: closed, or not joined yet."""


class HostSlow(OpticalsError):
    """The program that holds the edit has not answered; it may still do what was asked."""


class Can(StrEnum):
    """What a host may be able to do beyond holding an edit."""

    OPEN = "open"  # the panel chooses which edit is held
    SAVE = "save"  # the panel asks for the edit to be written
    RELINK = "relink"  # lost media can be looked for
    VERSION = "version"  # a render becomes a version of its clip
    PARTIAL = "partial"  # of a part of a clip, too
    OVERLAY = "overlay"  # a render is laid over the cut
    RIPPLE = "ripple"  # a render that is longer moves what is later
    RETIME = "retime"  # a render goes on at the speed of its clip; else it is baked
    SWITCH = "switch"  # a clip shows another of its versions
    RESTORE = "restore"  # a clip becomes what it was
    DROP = "drop"  # a version is taken out
    SEEK = "seek"  # its playhead follows the panel's


@dataclass(frozen=True)
class EditView:
    """What the panel shows of an edit: a snapshot, made anew after every change.

    Attributes:
        name: as shown to people.
        path: the edit's file; None when the host keeps it elsewhere.
        rate, drop_frame: how record timecode counts.
        start: record timecode of the edit's first frame, as a frame number.
        tracks: V1.. from the lowest video track, then A1...
        modified: whether there is something to save.
        undo, redo: what would be undone or redone, in words; empty when there is nothing.
        notes: what its reader says of it, one sentence each.
        markers: of the edit, its tracks and its clips.
        sitting: names the edit as long as the program that holds it has it open, saved or not; ""
            of files, and where the program cannot tell.
    """

    name: str
    path: Path | None
    rate: Fraction
    drop_frame: bool
    start: int
    tracks: tuple[TrackView, ...]
    modified: bool = False
    undo: str = ""
    redo: str = ""
    notes: tuple[str, ...] = ()
    markers: tuple[MarkerView, ...] = ()
    sitting: str = ""


@dataclass(frozen=True)
class HostSelection:
    """What is selected in a program that holds the edit: clips by the edit's ids, a range of record
    frames with its end not included, the playhead, and the clip that is meant first."""

    clips: tuple[str, ...] = ()
    range: tuple[int, int] | None = None
    playhead: int = 0
    current: str | None = None


Answers = Mapping[str, str]
"""What an edit leaves open (`AnswerNeeded.argument`) and how the user settled it."""


class Host(Protocol):
    """Whatever holds the edit. All methods may take their time: they run off the GUI's thread,
    one at a time, and raise `OpticalsError`s that leave the edit as it was."""

    @property
    def name(self) -> str:
        """As shown to people: `File`, `Blender`."""

    @property
    def can(self) -> frozenset[Can]: ...

    def view(self) -> EditView | None:
        """The edit as it is now; None when there is none."""

    def open(self, path: Path, answers: Answers) -> None:
        """Hold the edit in this file instead.

        Raises:
            AnswerNeeded: it leaves something open that `answers` does not settle.
        """

    def shots(self, tracks: Sequence[str], start: int, end: int) -> tuple[Shot, ...]:
        """The shots that the record frames `start` to `end` (not included) of tracks hold."""

    def footage(self, clips: Sequence[str]) -> Mapping[str, ClipFootage]:
        """Which frames of which media these clips show, by their ids."""

    def marked(self) -> Choice:
        """The shots that the edit's markers ask for, each with its recipe."""

    def carried(self) -> tuple[Carried, ...]:
        """The renders that stand in the edit, to be carried over to another."""

    def again(
        self, renders: Sequence[Carried]
    ) -> tuple[tuple[tuple[Wanted, Carried], ...], tuple[Skipped, ...]]:
        """The shots that show the frames of these renders; and those that none shows."""

    def renders_folder(self) -> Path:
        """The folder that renders of this edit go to."""

    def place(self, render: Render, how: str, time: str) -> tuple[str, ...]:
        """Cut a render in, as one step of undo; what the user should know of it.

        `how` is version or overlay, `time` fit or ripple.
        """

    def restore(self, clip: str) -> tuple[str, ...]:
        """Make a clip what it was before renders were placed in it, as one step of undo; what
        the user should know of it."""

    def versions(self, clip: str) -> tuple[VersionView, ...]:
        """The versions of a clip that stand in the edit, the original first."""

    def switch(self, clip: str, version: str) -> tuple[str, ...]:
        """Show another version of a clip (`original` too), as one step of undo; what the user
        should know of it."""

    def drop(self, version: str) -> tuple[str, ...]:
        """Take a render out of every clip that holds it beside the version that it shows, as one
        step of undo; what the user should know of it. Refused where a clip shows it."""

    def version_footage(self, clip: str, version: str | Render) -> Footage:
        """What a clip would show with another of its versions, or with a render that does not
        stand in the edit yet. The edit stays as it is."""

    def undo(self) -> None: ...

    def redo(self) -> None: ...

    def relink(self, folder: Path, progress: Callable[[int, int], None]) -> Report:
        """Lead clips to lost media in this folder, as one step of undo; what was found and what
        was not. `progress` is told of media done and of how many there are; what it raises ends
        the search."""

    def losses(self, path: Path) -> tuple[str, ...]:
        """What a file of this name would lose of the edit; refuses what `save` would refuse."""

    def save(self, path: Path) -> tuple[str, ...]:
        """Write the edit to a new file; what the user should know of it."""
