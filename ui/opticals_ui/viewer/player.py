"""Playing the edit: the playhead runs by an exact clock, as JKL keys and loops ask for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from opticals_ui.timeline.model import TimelineModel
    from opticals_ui.timeline.selection import Selection

FASTEST = 8
SLOW = Fraction(1, 4)  # of the normal speed: K held with J or L
SECOND = 1_000_000_000  # nanoseconds


class Player(QObject):
    """Moves the playhead of a selection. One truth: whatever else moves it, it plays on from there.

    Frames are counted by a clock in whole nanoseconds: record frame n is due at exactly n frame
    lengths, however late a timer comes; above normal speed whole frames are skipped.

    Signals:
        changed: it started, stopped, or plays at another speed.
        jumped: the playhead was put elsewhere while it plays.
    """

    changed = Signal()
    jumped = Signal()

    def __init__(self, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self.speed = Fraction(0)
        self.looping = False
        self.span: tuple[int, int] | None = None  # plays within these alone, the end not included
        self.holding = False  # K is held: J and L go slowly
        self._origin = 0
        self._at = 0  # where it put the playhead
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        selection.moved.connect(self._moved)

    @property
    def playing(self) -> bool:
        return self.speed != 0

    @property
    def elapsed(self) -> int:
        """Nanoseconds since the clock was started; 0 when it stands."""
        return self._clock.nsecsElapsed() if self.playing else 0

    @property
    def origin(self) -> int:
        """The record frame at which the clock was started."""
        return self._origin

    @property
    def rate(self) -> Fraction:
        """Frames of the edit per second."""
        model = self._selection.model
        return model.view.rate if model else Fraction(25)

    @property
    def bounds(self) -> tuple[int, int]:
        """The record frames that are played, the end not included."""
        model = self._selection.model
        if model is None:
            return 0, 1
        if self.span is not None:
            return self.span
        marked = self.marked if self.looping else None
        return marked or (model.start, model.end)

    @property
    def marked(self) -> tuple[int, int] | None:
        """The range from in to out, or of what is selected."""
        found = self._selection.range
        return (found.start, found.end) if found else None

    def toggle(self) -> None:
        """Play, or stop."""
        if self.playing:
            self.stop()
        else:
            self.play(Fraction(1))

    def play(self, speed: Fraction) -> None:
        """Play from the playhead on; backwards below 0."""
        model = self._selection.model
        if model is None or speed == 0:
            return
        start, end = self.bounds
        playhead = self._selection.playhead
        if not start <= playhead < end or playhead == (end - 1 if speed > 0 else start):
            at_rest = not self.playing
            if at_rest or self.looping:
                self._move(start if speed > 0 else end - 1)
        self.speed = speed
        self._selection.playing = True
        self._start_clock()
        self.changed.emit()

    def stop(self) -> None:
        self._timer.stop()
        self.span = None
        if self.playing:
            self.speed = Fraction(0)
            self._selection.playing = False
            self.changed.emit()
            self._selection.moved.emit()  # what waits for it to stand still

    def forward(self) -> None:
        """L: play; again: twice as fast, up to eight times. With K held: slowly."""
        self._shuttle(1)

    def backward(self) -> None:
        """J: as L, backwards."""
        self._shuttle(-1)

    def hold(self) -> None:
        """K: stop, and go slowly with J and L as long as it is held."""
        self.holding = True
        self.stop()

    def release(self, *, hold: bool) -> None:
        """J or L, or K itself (`hold`), was let go: what went slowly stops."""
        slow = self.playing and abs(self.speed) < 1
        if hold:
            self.holding = False
        if slow:
            self.stop()

    def play_marked(self) -> None:
        """Play from in to out once, or round and round when it loops."""
        found = self.marked
        if found is None or self._selection.model is None:
            return
        self.stop()
        self._move(found[0])
        self.span = found
        self.play(Fraction(1))

    def step(self, frames: int) -> None:
        """Stop, and go on by frames."""
        self.stop()
        self._selection.step(frames)

    def frame_at(self, elapsed: int) -> int:
        """The record frame that is due so many nanoseconds after the clock was started, as if
        there were no end."""
        model = self._selection.model
        assert model is not None
        whole = max(1, int(abs(self.speed)))
        paced = abs(self.speed) / whole * model.view.rate
        count = elapsed * paced.numerator // (SECOND * paced.denominator) * whole
        return self._origin + (count if self.speed > 0 else -count)

    def _shuttle(self, way: int) -> None:
        if self.holding:
            self._selection.step(way)
            self.play(SLOW * way)
        elif self.speed * way >= 1:
            self.play(min(abs(self.speed) * 2, Fraction(FASTEST)) * way)
        else:
            self.play(Fraction(way))

    def _tick(self) -> None:
        model = self._selection.model
        if model is None:
            self.stop()
            return
        start, end = self.bounds
        frame = self.frame_at(self._clock.nsecsElapsed())
        past = frame >= end if self.speed > 0 else frame < start
        if past and self.looping:
            self._move(start if self.speed > 0 else end - 1)
            self._start_clock()
            self.jumped.emit()
        elif past:
            self._move(end - 1 if self.speed > 0 else start)
            self.stop()
        else:
            if frame != self._selection.playhead:
                self._move(frame)
            self._wait(model)

    def _start_clock(self) -> None:
        model = self._selection.model
        assert model is not None
        self._origin = self._at = self._selection.playhead
        self._clock.restart()
        self._wait(model)

    def _wait(self, model: TimelineModel) -> None:
        """Until the next frame is due."""
        whole = max(1, int(abs(self.speed)))
        paced = abs(self.speed) / whole * model.view.rate
        elapsed = self._clock.nsecsElapsed()
        count = elapsed * paced.numerator // (SECOND * paced.denominator) + 1
        due = -(-count * SECOND * paced.denominator // paced.numerator)
        self._timer.start(max(0, -(-(due - elapsed) // 1_000_000)))

    def _move(self, frame: int) -> None:
        self._at = frame
        self._selection.move_to(frame)

    def _moved(self) -> None:
        if self.playing and self._selection.playhead != self._at:
            if self._selection.model is None:
                self.stop()
                return
            self._start_clock()
            self.jumped.emit()
