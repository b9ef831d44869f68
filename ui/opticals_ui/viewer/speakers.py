"""The speakers of the machine, through QtMultimedia, which is loaded when they are first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLoggingCategory, QObject

if TYPE_CHECKING:
    from PySide6.QtCore import QIODevice
    from PySide6.QtMultimedia import QAudioSink

RATE = 48_000
BUFFER = RATE // 5 * 4  # bytes: a fifth of a second


class Speakers(QObject):
    """Takes samples of 16 bits, left and right in turn. Without any speakers it takes none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sink: QAudioSink | None = None
        self._device: QIODevice | None = None

    def start(self) -> bool:
        """Begin anew; whether there is anything to be heard with."""
        self.stop()
        if self._sink is None:
            self._sink = self._made()
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

    def _made(self) -> QAudioSink | None:
        QLoggingCategory.setFilterRules("qt.multimedia.*=false")  # it is silent without speakers
        try:
            from PySide6.QtMultimedia import QAudioFormat, QAudioSink, QMediaDevices
        except ImportError:
            return None
        device = QMediaDevices.defaultAudioOutput()
        if device.isNull():
            return None
        wanted = QAudioFormat()
        wanted.setSampleRate(RATE)
        wanted.setChannelCount(2)
        wanted.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        if not device.isFormatSupported(wanted):
            return None
        sink = QAudioSink(device, wanted, self)
        sink.setBufferSize(BUFFER)
        return sink
