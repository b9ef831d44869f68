"""The speakers of the machine, through QtMultimedia.

To load it, to find the speakers and to open them takes longer than the panel may stand still, and
as long as it likes where the system's sound hangs: a thread of its own has all of it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QLoggingCategory, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice

log = logging.getLogger(__name__)

RATE = 48_000
BUFFER = RATE // 5 * 4  # bytes: a fifth of a second
SOON = 2000  # milliseconds until they are looked for, if nothing is to be heard before
LOOK = 0.01  # seconds between two looks at what the device can take
END = 1.0  # seconds that are waited for a device that does not answer


class Sink(Protocol):
    """Of `QAudioSink` what is used."""

    def start(self) -> QIODevice: ...
    def bytesFree(self) -> int: ...
    def stop(self) -> None: ...


Find = Callable[[], Sink | None]


class Speakers(QObject):
    """Takes samples of 16 bits, left and right in turn. Without any speakers it takes none, and
    while the device is being opened neither.

    Signals:
        ready: they were found, or there are none.
    """

    ready = Signal()
    _told = Signal()

    def __init__(self, parent: QObject | None = None, find: Find | None = None) -> None:
        super().__init__(parent)
        self._line: _Line | None = None
        self._find = find or default_sink
        self._told.connect(self.ready, Qt.ConnectionType.QueuedConnection)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.prepare)
        self._soon.start()

    def prepare(self) -> None:
        """Look for them; `ready` comes later."""
        self._soon.stop()
        if self._line is None:
            self._line = _Line(self._find, self._told.emit)

    def start(self) -> bool:
        """Begin anew; whether there is anything to be heard with, as far as is known yet."""
        self.prepare()
        assert self._line is not None
        return self._line.start()

    def room(self) -> int:
        """How many samples can be written now."""
        return self._line.room() // 4 if self._line is not None else 0

    def write(self, samples: bytes) -> None:
        if self._line is not None:
            self._line.write(samples)

    def stop(self) -> None:
        """Fall silent at once."""
        if self._line is not None:
            self._line.stop()

    def close(self) -> None:
        """Fall silent for good."""
        self._soon.stop()
        if self._line is not None:
            self._line.close()


class _Line:
    """A device, and the thread that has it to itself."""

    def __init__(self, find: Find, told: Callable[[], None]) -> None:
        self._find, self._told = find, told
        self._news = threading.Condition()
        self._there = self._over = False
        self._wanted = 0  # which time it is to sound, counted; 0: it is not
        self._times = 0
        self._open = 0  # which time the device was opened for
        self._samples = bytearray()
        self._free = 0  # bytes that the device can take
        self._thread = threading.Thread(target=self._run, name="speakers", daemon=True)
        self._thread.start()

    def start(self) -> bool:
        with self._news:
            if self._there:
                self._times += 1
                self._want(self._times)
            return self._there

    def stop(self) -> None:
        with self._news:
            self._want(0)

    def close(self) -> None:
        with self._news:
            self._over = True
            self._want(0)
        self._thread.join(END)

    def room(self) -> int:
        with self._news:
            opened = self._wanted and self._open == self._wanted
            return max(0, self._free - len(self._samples)) if opened else 0

    def write(self, samples: bytes) -> None:
        with self._news:
            if self._wanted:
                self._samples += samples
                self._news.notify()

    def _want(self, time: int) -> None:
        self._wanted = time
        self._samples.clear()
        self._news.notify()

    def _run(self) -> None:
        try:
            sink = self._find()
        except Exception:
            log.exception("speakers were not found")
            sink = None
        with self._news:
            self._there = sink is not None
        with contextlib.suppress(RuntimeError):  # the panel may be gone
            self._told()
        if sink is not None:
            self._play(sink)

    def _play(self, sink: Sink) -> None:
        device = None
        while True:
            with self._news:
                if not self._over and self._wanted == self._open:
                    self._news.wait(LOOK if self._open else None)
                wanted, over = self._wanted, self._over
            if wanted != self._open:
                if device is not None:
                    sink.stop()
                device = sink.start() if wanted else None
            elif over:
                return
            free = sink.bytesFree() if device is not None else 0
            with self._news:
                self._open = wanted
                still = self._wanted == wanted
                data = bytes(self._samples[:free]) if still else b""
                del self._samples[: len(data)]
                self._free = free - len(data)
            if device is not None and data:
                device.write(data)


def default_sink() -> Sink | None:
    """The speakers that the system has for everything, not opened yet; None without any."""
    QLoggingCategory.setFilterRules("qt.multimedia.*=false")  # silent without speakers
    try:
        from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices
    except ImportError:
        return None
    device = QMediaDevices.defaultAudioOutput()
    wanted = QAudioFormat()
    wanted.setSampleRate(RATE)
    wanted.setChannelCount(2)
    wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
    if device.isNull() or not device.isFormatSupported(wanted):
        return None
    sink = QAudioSink(device, wanted)
    sink.setBufferSize(BUFFER)
    return sink
