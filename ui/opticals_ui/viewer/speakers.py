"""The speakers of the machine, through QtMultimedia.

To load it and to find the speakers takes longer than the panel may stand still: what can be done
on another thread is done there, the rest bit by bit, before it is needed.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import QLoggingCategory, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice
    from PySide6.QtMultimedia import QAudioSink

RATE = 48_000
BUFFER = RATE // 5 * 4  # bytes: a fifth of a second
SOON = 2000  # milliseconds until they are looked for, if nothing is to be heard before
_LIBRARIES = ("*Qt6Multimedia*", "*Qt6Network*", "*av[cfu]*", "*sw[rs]*")
_PLUGINS = ("multimedia", "Qt/plugins/multimedia", "plugins/multimedia")


class Speakers(QObject):
    """Takes samples of 16 bits, left and right in turn. Without any speakers it takes none.

    Signals:
        ready: they were found, or there are none.
    """

    ready = Signal()
    _loaded = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sink: QAudioSink | None = None
        self._device: QIODevice | None = None
        self._steps: Iterator[None] | None = None
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._step)
        self._loaded.connect(self._turn.start, Qt.ConnectionType.QueuedConnection)
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self.prepare)
        self._soon.start()

    def prepare(self) -> None:
        """Look for them; `ready` comes later."""
        self._soon.stop()
        if self._steps is None:
            QLoggingCategory.setFilterRules("qt.multimedia.*=false")  # silent without speakers
            self._steps = self._find()
            threading.Thread(
                target=_load, args=(self._loaded.emit,), name="speakers", daemon=True
            ).start()

    def start(self) -> bool:
        """Begin anew; whether there is anything to be heard with, as far as is known yet."""
        self.stop()
        self.prepare()
        if self._sink is not None:
            self._device = self._sink.start()
        return self._device is not None

    def room(self) -> int:
        """How many samples can be written now."""
        return self._sink.bytesFree() // 4 if self._sink is not None and self._device else 0

    def write(self, samples: bytes) -> None:
        if self._device is not None:
            self._device.write(samples)

    def stop(self) -> None:
        """Fall silent at once."""
        self._device = None
        if self._sink is not None:
            self._sink.stop()

    def _step(self) -> None:
        """One step of the search in each turn of the event loop."""
        assert self._steps is not None
        try:
            next(self._steps)
        except StopIteration:
            self.ready.emit()
        else:
            self._turn.start()

    def _find(self) -> Iterator[None]:
        try:
            from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices
        except ImportError:
            return
        yield
        device = QMediaDevices.defaultAudioOutput()
        yield
        wanted = QAudioFormat()
        wanted.setSampleRate(RATE)
        wanted.setChannelCount(2)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        if device.isNull() or not device.isFormatSupported(wanted):
            return
        yield
        sink = QAudioSink(device, wanted, self)
        sink.setBufferSize(BUFFER)
        self._sink = sink


def _load(done: Callable[[], None]) -> None:
    """On a thread of its own: read from the disk all that Qt will load, and load what may be."""
    root = Path(PySide6.__file__).parent
    found = [one for name in _LIBRARIES for one in (*root.glob(name), *root.glob(f"Qt/lib/{name}"))]
    for folder in _PLUGINS:
        found += (root / folder).glob("*")
    with contextlib.suppress(OSError):
        for file in found:
            if file.is_file():
                file.read_bytes()
    with contextlib.suppress(ImportError):
        pass
    with contextlib.suppress(RuntimeError):  # the panel may be gone
        done()
