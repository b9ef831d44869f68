"""Sound of what plays: the audible clips of the audio tracks, mixed and led to the speakers."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from opticals.viewer.sight import Message, Sound
from opticals_ui.viewer.speakers import Speakers

if TYPE_CHECKING:
    from opticals.timeline.footage import Footage
    from opticals_ui.viewer.display import Display
    from opticals_ui.viewer.player import Player
    from opticals_ui.viewer.reel import Layer, Reel
    from opticals_ui.viewer.sights import Sights

RATE = 48_000  # samples a second, of two channels with 16 bits each
CHUNK = 4_800  # samples that are asked for at a time
AHEAD = 6  # chunks that are kept before what is heard
PUMP = 30  # milliseconds between looks at what the speakers can take
LATE = 1_440  # samples by which sound may lag behind before some of it is left out
FASTEST = 2  # of the normal speed: above it sound tells nothing


class Outlet(Protocol):
    """Where samples go: 16 bits, left and right in turn."""

    def start(self) -> bool: ...
    def room(self) -> int: ...
    def write(self, samples: bytes) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Piece:
    """Samples of a medium that sound in a chunk.

    Attributes:
        path, start: of the medium, and the seconds from its frame 0 where they begin.
        samples: how many are read; they become `length` from `at` on, the other way round if
            they run backwards.
    """

    path: str
    start: Fraction
    samples: int
    at: int
    length: int
    backwards: bool


@dataclass
class _Chunk:
    first: int
    wait: int = 0
    parts: list[tuple[Piece, bytes]] = field(default_factory=list)


class Sounding(QObject):
    """Follows a player. A machine without speakers plays on in silence."""

    def __init__(
        self,
        player: Player,
        reel: Reel,
        sights: Sights,
        display: Display,
        outlet: Outlet | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._player, self._reel, self._sights, self._display = player, reel, sights, display
        self._speakers: Speakers | None = None
        if outlet is None:
            outlet = self._speakers = Speakers(self)
            outlet.ready.connect(self._restart)
        self._outlet = outlet
        self._chunks: list[_Chunk] = []
        self._next = 0  # the first sample that was not asked for
        self._written = 0  # the first that was not written
        self._run = 0
        self._timer = QTimer(self, interval=PUMP)
        self._timer.timeout.connect(self._pump)
        player.changed.connect(self._restart)
        player.jumped.connect(self._restart)
        display.changed.connect(self._mute)

    def close(self) -> None:
        """Let go of the speakers."""
        if self._speakers is not None:
            self._speakers.close()

    @property
    def audible(self) -> bool:
        speed = abs(self._player.speed)
        return 1 <= speed <= FASTEST and not self._display.muted

    def _mute(self) -> None:
        if self.audible != self._timer.isActive():
            self._restart()

    def _restart(self) -> None:
        self._run += 1
        self._chunks = []
        self._sights.drop("sound")
        if not self.audible:
            self._timer.stop()
            self._outlet.stop()
            return
        if not self._outlet.start():
            self._timer.stop()
            return
        self._next = self._written = self._due
        self._timer.start()
        self._pump()

    @property
    def _due(self) -> int:
        """The sample, from where the player's clock started, whose time has come."""
        return self._player.elapsed * RATE // 1_000_000_000

    def _pump(self) -> None:
        due = self._due
        if self._written < due - LATE:
            self._written = due
        self._chunks = [one for one in self._chunks if one.first + CHUNK > self._written]
        self._next = max(self._next, self._written)
        while self._next < self._written + AHEAD * CHUNK:
            self._fetch(self._next)
            self._next += CHUNK
        room = self._outlet.room()
        for chunk in self._chunks:
            if chunk.wait or not chunk.first <= self._written < chunk.first + CHUNK:
                break
            skip = self._written - chunk.first
            data = mixed(chunk.parts)[4 * skip : 4 * (skip + room)]
            if not data:
                break
            self._outlet.write(data)
            self._written += len(data) // 4
            room -= len(data) // 4

    def _fetch(self, first: int) -> None:
        chunk, run = _Chunk(first), self._run
        self._chunks.append(chunk)
        pieces = list(self._pieces(first))
        chunk.wait = len(pieces)
        for piece in pieces:

            def take(message: Message, piece: Piece = piece) -> None:
                if run == self._run:
                    chunk.wait -= 1
                    if isinstance(message, Sound):
                        chunk.parts.append((piece, message.pcm))

            self._sights.sound(piece.path, piece.start, piece.samples, take)

    def _pieces(self, first: int) -> Iterator[Piece]:
        """What sounds in the chunk from sample `first` on."""
        rate, speed, origin = self._player.rate, self._player.speed, self._player.origin
        per_sample = speed * rate / RATE  # record frames
        start, end = self._player.bounds
        at = first
        while at < first + CHUNK:
            place = origin + at * per_sample
            frame = place.__floor__() if speed > 0 else place.__ceil__() - 1
            edge = frame + 1 if speed > 0 else frame
            stop = min(first + CHUNK, max(at + 1, -((place - edge) // per_sample) + at))
            if start <= frame < end:
                for layer in self._audible(frame):
                    piece = self._piece(layer, frame, (place, origin + stop * per_sample))
                    if piece is not None:
                        yield _placed(piece, at - first, stop - at)
            at = stop

    def _audible(self, frame: int) -> tuple[Layer, ...]:
        """The clips that are heard at a record frame: the medium's own sound where the edit has
        no audio tracks."""
        if self._reel.has_sound_tracks:
            return self._reel.sounds(frame)
        # Handles of a fade are seen beyond the clip, but its sound begins and ends with the cut.
        found = self._reel.layers(frame)
        return tuple(
            one for one in found if one.item.record <= frame < one.item.record + one.item.frames
        )[:1]

    def _piece(
        self, layer: Layer, frame: int, places: tuple[Fraction, Fraction]
    ) -> tuple[Footage, Fraction, Fraction] | None:
        footage = layer.footage.shown if layer.footage else None
        if footage is None or footage.time is None or footage.error is not None:
            return None
        speed = footage.time.speed / footage.rate
        if speed == 0:
            return None  # a freeze frame is silent
        here = footage.seconds(frame)
        starts, ends = ((here + (place - frame) * speed) for place in places)
        return footage, starts, ends


def _placed(found: tuple[Footage, Fraction, Fraction], at: int, length: int) -> Piece:
    footage, starts, ends = found
    low, high = sorted((starts, ends))
    first = round(low * RATE)
    samples = max(1, round(high * RATE) - first)
    return Piece(str(footage.path), Fraction(first, RATE), samples, at, length, ends < starts)


def mixed(parts: list[tuple[Piece, bytes]]) -> bytes:
    """A chunk of sound of all that sounds in it. Louder than full scale is cut off."""
    layers: list[bytearray] = []
    free: list[int] = []  # the first sample of each layer that nothing was laid on
    for piece, pcm in sorted(parts, key=lambda part: part[0].at):
        layer = next((one for one, end in enumerate(free) if end <= piece.at), len(free))
        if layer == len(free):
            layers.append(bytearray(4 * CHUNK))
            free.append(0)
        free[layer] = piece.at + piece.length
        laid = fitted(pcm, piece.length, piece.backwards)
        layers[layer][4 * piece.at : 4 * free[layer]] = laid
    if len(layers) < 2:
        return bytes(layers[0]) if layers else bytes(4 * CHUNK)
    sums = map(sum, zip(*(memoryview(layer).cast("h") for layer in layers), strict=True))
    return array("h", [max(-32768, min(32767, one)) for one in sums]).tobytes()


def fitted(pcm: bytes, length: int, backwards: bool) -> bytes:
    """Samples made as many as `length`, by leaving out or repeating some."""
    pairs = array("i")
    pairs.frombytes(pcm[: len(pcm) // 4 * 4])
    if backwards:
        pairs = pairs[::-1]
    count = len(pairs)
    if not count:
        return bytes(4 * length)
    if count == length:
        return pairs.tobytes()
    if count == 2 * length:
        return pairs[::2].tobytes()
    return array("i", [pairs[one * count // length] for one in range(length)]).tobytes()
