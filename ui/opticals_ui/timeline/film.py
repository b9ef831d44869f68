"""The pictures and the sound of clips for the strip: looked up, asked for and kept, off the GUI's
thread. Only what is wanted at the moment is asked for, the newest view first."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap

from opticals.errors import Cancelled
from opticals.viewer.sight import Failed, Message, Peaks, Sight, Thumb
from opticals_ui.off_thread import OffThread
from opticals_ui.timeline.waveform import Wave
from opticals_ui.viewer.sights import Sights

if TYPE_CHECKING:
    from fractions import Fraction

    from opticals.timeline.footage import ClipFootage, Footage
    from opticals.timeline.listing import ItemView
    from opticals_ui.background import Background
    from opticals_ui.host import Host
    from opticals_ui.viewer.sights import StartProjector

BOXES = ((192, 108), (384, 216))  # pixels that thumbnails are made to fit into
PICTURES_HELD = 24 << 20  # bytes: some screens full; others are on the disk
WAVES_HELD = 64 << 20
AT_ONCE = 4  # thumbnails under way: what is scrolled away is not waited for
CLIPS_AT_ONCE = 80  # clips looked up in one go


class ClipWant(NamedTuple):
    """Which media a clip shows."""

    clip: str


class ThumbWant(NamedTuple):
    """A frame of a medium, so many device pixels tall."""

    path: str
    frame: int
    tall: int


class WaveWant(NamedTuple):
    """The sound of a medium."""

    path: str


Want = ClipWant | ThumbWant | WaveWant


class Film(QObject):
    """What is known of clips' pictures and sound.

    Signals:
        arrived: these wants, a frozenset, can be had now, or never will.
    """

    arrived = Signal(object)
    _read = Signal(object, object)

    def __init__(
        self,
        host: Host,
        background: Background,
        start_viewer: StartProjector,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._host, self._background = host, background
        self._sights = Sights(start_viewer, self)  # a process of its own: scrubbing never waits
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._thread = OffThread("film")  # reads what the viewer process wrote
        self._rate: Fraction | None = None
        self._edition = 0
        self._clips: dict[str, tuple[ItemView, Footage]] = {}
        self._asked: dict[str, ItemView] = {}
        self._pictures: OrderedDict[ThumbWant, QPixmap] = OrderedDict()
        self._files: dict[tuple[str, int, tuple[int, int]], str] = {}
        self._waves: OrderedDict[str, Wave] = OrderedDict()
        self._held = 0
        self._lost: set[Want] = set()
        self._wanted: list[tuple[Want, ItemView | None]] = []
        self._under_way: set[Want] = set()  # asked for, or being read
        self._near: dict[str, list[tuple[int, ThumbWant]]] = {}  # by their frames, in order

    @property
    def idle(self) -> bool:
        """Whether nothing that was asked for is still to come."""
        known = (id in self._clips or ClipWant(id) in self._lost for id in self._asked)
        return not self._under_way and not self._wanted and all(known)

    def show(self, rate: Fraction | None) -> None:
        """Take another snapshot of the edit, that runs at `rate`: what could not be had before may
        be there now, and clips may show other media."""
        self._rate = rate
        self._edition += 1
        self._asked.clear()
        self._lost.clear()

    def footage(self, item: ItemView) -> Footage | None:
        """What a clip shows, if it is known."""
        found = self._clips.get(item.id or "")
        if found is None:
            return None
        if found[0] is item:
            return found[1]
        if found[0] != item:
            del self._clips[item.id or ""]
            return None
        self._clips[item.id or ""] = (item, found[1])
        return found[1]

    def picture(self, want: ThumbWant) -> QPixmap | None:
        found = self._pictures.get(want)
        if found is not None:
            self._pictures.move_to_end(want)
        return found

    def near(self, want: ThumbWant) -> QPixmap | None:
        """A picture of the same medium to stand in for one that is not there yet: the one of the
        nearest frame."""
        held = self._near.get(want.path)
        if not held:
            return None
        place = bisect_left(held, (want.frame,))
        beside = held[max(0, place - 1) : place + 1]
        return self._pictures.get(min(beside, key=lambda one: abs(one[0] - want.frame))[1])

    def wave(self, path: str) -> Wave | None:
        return self._waves.get(path)

    def is_lost(self, want: Want) -> bool:
        """Whether it cannot be had."""
        return want in self._lost

    def want(self, wanted: Iterable[tuple[Want, ItemView | None]]) -> None:
        """Ask for these and for nothing else that is not yet under way. `ClipWant`s come with
        their clip."""
        self._wanted = [one for one in dict.fromkeys(wanted) if one[0] not in self._lost]
        self._look_up()
        self._pump()

    def close(self) -> None:
        """End the viewer process."""
        self._wanted = []
        self._read.disconnect()
        self._sights.close()
        self._thread.close()

    def _look_up(self) -> None:
        """Ask the host which media clips show."""
        clips = {
            want.clip: item
            for want, item in self._wanted
            if isinstance(want, ClipWant) and item is not None and want.clip not in self._asked
        }
        clips = dict(list(clips.items())[:CLIPS_AT_ONCE])
        if not clips:
            return
        self._asked.update(clips)
        edition, ids, work = self._edition, list(clips), self._host.footage

        def known(found: Mapping[str, ClipFootage]) -> None:
            if edition != self._edition:
                return
            for id, item in clips.items():
                if id in found:
                    self._clips[id] = (item, found[id].shown)
                else:
                    self._lost.add(ClipWant(id))
            self.arrived.emit(frozenset(map(ClipWant, clips)))

        self._background.run(lambda: work(ids), known, lambda error: known({}), quiet=True)

    def _pump(self) -> None:
        """Ask for more while not too much is under way."""
        waiting = []
        for entry in self._wanted:
            want = entry[0]
            if isinstance(want, ClipWant) or self._is_here(want) or want in self._under_way:
                continue
            if not self._begin(want):
                waiting.append(entry)
        self._wanted = waiting

    def _is_here(self, want: Want) -> bool:
        if isinstance(want, WaveWant):
            return want.path in self._waves
        return want in self._pictures

    def _begin(self, want: ThumbWant | WaveWant) -> bool:
        """Begin to get it; False when too much is under way."""
        kind, most = (WaveWant, 1) if isinstance(want, WaveWant) else (ThumbWant, AT_ONCE)
        if sum(isinstance(one, kind) for one in self._under_way) >= most or self._rate is None:
            return False
        self._under_way.add(want)
        if isinstance(want, WaveWant):
            self._sights.peaks(want.path, lambda message: self._hear(want, message))
            return True
        box = next((one for one in BOXES if one[1] >= want.tall), BOXES[-1])
        key = (want.path, want.frame, box)
        if file := self._files.get(key):
            self._load(want, lambda: _picture(file, want.tall))
            return True

        def answered(message: Message) -> None:
            if isinstance(message, Thumb):
                self._files[key] = message.path
            self._hear(want, message)

        self._sights.thumbnail(Sight(want.path, want.frame, self._rate, box=box), answered)
        return True

    def _hear(self, want: Want, message: Message) -> None:
        """Read what the viewer process wrote."""
        if isinstance(message, Peaks):
            self._load(want, lambda: _wave(message))
        elif isinstance(message, Thumb) and isinstance(want, ThumbWant):
            tall = want.tall
            self._load(want, lambda: _picture(message.path, tall))
        elif isinstance(message, Failed):
            self._under_way.discard(want)
            if not isinstance(message.error, Cancelled):
                self._lose(want)
            self._pump()

    def _load(self, want: Want, read: Callable[[], object]) -> None:
        self._thread.do(lambda: self._read.emit(want, read()))

    def _lose(self, want: Want) -> None:
        self._lost.add(want)
        self.arrived.emit(frozenset((want,)))

    def _take(self, want: Want, found: object) -> None:
        """Keep what was read."""
        if not isinstance(found, Wave) or found.final:
            self._under_way.discard(want)
        if isinstance(want, ThumbWant) and isinstance(found, QImage) and not found.isNull():
            picture = QPixmap.fromImage(found)
            self._pictures[want] = picture
            insort(self._near.setdefault(want.path, []), (want.frame, want))
            self._held += _bytes(picture)
            while self._held > PICTURES_HELD and len(self._pictures) > 1:
                old, gone = self._pictures.popitem(last=False)
                self._held -= _bytes(gone)
                self._near[old.path].remove((old.frame, old))
            self.arrived.emit(frozenset((want,)))
        elif isinstance(want, WaveWant) and isinstance(found, Wave):
            self._waves[want.path] = found
            self._waves.move_to_end(want.path)
            while sum(one.size for one in self._waves.values()) > WAVES_HELD:
                self._waves.popitem(last=False)
            self.arrived.emit(frozenset((want,)))
        else:
            self._files = {key: path for key, path in self._files.items() if key[0] != want[0]}
            self._lose(want)
        self._pump()


def _picture(file: str, tall: int) -> QImage:
    """A thumbnail, so many pixels tall: larger than its file only by a little."""
    reader = QImageReader(file)
    size = reader.size()
    if size.isValid() and size.height() > 0:
        reader.setScaledSize(QSize(max(1, round(size.width() * tall / size.height())), tall))
    return reader.read()


def _wave(peaks: Peaks) -> Wave | None:
    try:
        data = Path(peaks.path).read_bytes() if peaks.path else b""
    except OSError:
        return None
    return Wave.of(data, peaks.per_second, peaks.final)


def _bytes(picture: QPixmap) -> int:
    return picture.width() * picture.height() * 4
