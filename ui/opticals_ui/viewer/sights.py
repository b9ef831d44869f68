"""The viewer process as the panel's widgets ask it: answers come on the thread of the widgets."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from opticals.viewer.sight import Message, Peaks, Sight


class Projector(Protocol):
    """What `opticals.viewer.client.Viewer` offers."""

    def picture(self, sight: Sight, *, channel: str, scope: str = "") -> int: ...
    def scope(self, path: str, size: tuple[int, int], scope: str, *, channel: str) -> int: ...
    def thumbnail(self, sight: Sight) -> int: ...
    def peaks(self, path: str) -> int: ...
    def sound(self, path: str, start: Fraction, samples: int) -> int: ...
    def drop(self, channel: str) -> None: ...
    def start(self) -> None: ...
    def close(self) -> None: ...


StartProjector = Callable[[Callable[[Message], None]], Projector]
Answered = Callable[[Message], None]


class Sights(QObject):
    """Asks for pictures, thumbnails and sound; each request with what is to be done with its
    answers. The process starts with the first request."""

    _heard = Signal(object)

    def __init__(self, start: StartProjector, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self._projector: Projector | None = None
        self._waiting: dict[int, Answered] = {}
        self._closed = False
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def picture(self, sight: Sight, channel: str, answered: Answered, scope: str = "") -> None:
        """Ask for a picture. A newer one of the same channel drops those that wait: they are
        answered with `Failed` and `Cancelled`."""
        self._ask(lambda it: it.picture(sight, channel=channel, scope=scope), answered)

    def scope(
        self, path: str, size: tuple[int, int], kind: str, channel: str, answered: Answered
    ) -> None:
        """Ask for a scope of a picture in a file, as previews are; channels are as in `picture`."""
        self._ask(lambda it: it.scope(path, size, kind, channel=channel), answered)

    def thumbnail(self, sight: Sight, answered: Answered) -> None:
        self._ask(lambda it: it.thumbnail(sight), answered)

    def peaks(self, path: str, answered: Answered) -> None:
        """Ask for the peaks of a medium's sound: answered more than once, until one is final."""
        self._ask(lambda it: it.peaks(path), answered)

    def sound(self, path: str, start: Fraction, samples: int, answered: Answered) -> None:
        self._ask(lambda it: it.sound(path, start, samples), answered)

    def drop(self, channel: str) -> None:
        """Forget what waits in a channel."""
        if self._projector is not None:
            self._projector.drop(channel)

    def start(self) -> None:
        """Start the process, before it is asked for anything."""
        self._running().start()

    def close(self) -> None:
        """End the process; what it was asked for is not answered."""
        self._closed = True
        self._waiting.clear()
        if self._projector is not None:
            self._projector.close()

    def _running(self) -> Projector:
        if self._projector is None:
            self._projector = self._start(self._heard.emit)
        return self._projector

    def _ask(self, ask: Callable[[Projector], int], answered: Answered) -> None:
        if self._closed:
            return
        self._waiting[ask(self._running())] = answered

    def _hear(self, message: Message) -> None:
        """Queued: the id of a request is known by the time that its answer is taken."""
        last = not isinstance(message, Peaks) or message.final
        answered = self._waiting.pop(message.id, None) if last else self._waiting.get(message.id)
        if answered is not None:
            answered(message)
