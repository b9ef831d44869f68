"""The viewer process seen from the one that asks. Nothing here waits: not for disk or a process."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.viewer.memory import Shared
from opticals.viewer.sight import (
    SCOPE_CHROMA,
    SCOPE_LEVELS,
    SCOPES,
    Drawn,
    Failed,
    Message,
    Peaks,
    Picture,
    Shown,
    Sight,
    Sound,
    Thumb,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "PEAKS",
    "SCOPES",
    "SCOPE_CHROMA",
    "SCOPE_LEVELS",
    "SOUND",
    "THUMBNAILS",
    "Drawn",
    "Failed",
    "Message",
    "Peaks",
    "Picture",
    "Shown",
    "Sight",
    "Sound",
    "Thumb",
    "Viewer",
]

Line = dict[str, Any]
_DROPPED = "Another picture was asked for."
# What `Viewer.drop` also knows beside the channels of pictures.
THUMBNAILS, PEAKS, SOUND = "thumbnails", "peaks", "sound"


class Viewer:
    """Starts the viewer process at first use, and again after it died.

    Requests may come from any thread and return at once with their id. Each gets one answer, or
    a `Failed`; peaks get several. When the process dies, every open request gets a `Failed` with a
    WorkerError; a medium that no longer can be read costs this process at most.

    Args:
        on_message: called with the answers, on a reader thread.
    """

    def __init__(self, on_message: Callable[[Message], None]) -> None:
        self._on_message = on_message
        self._ids = itertools.count(1)
        self._requests: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._process: _Process | None = None
        self._sender: threading.Thread | None = None
        self._open: dict[int, _Process | None] = {}
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process that runs; None if there is none."""
        with self._lock:
            return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process before it is asked for anything."""
        self._post({"do": "hello"})

    def picture(self, sight: Sight, *, channel: str, scope: str = "") -> int:
        """Ask for a picture; it is answered with `Shown`.

        A newer request of the same channel replaces those that wait, which get `Failed` with
        `Cancelled`. With a scope (one of `SCOPES`) the answer carries that as a picture too.
        """
        return self._ask(
            {"do": "picture", "sight": sight.to_json(), "channel": channel, "scope": scope}
        )

    def scope(self, path: str, size: tuple[int, int], scope: str, *, channel: str) -> int:
        """Ask for a scope (one of `SCOPES`) of a picture in a file: rows of BGRA of 8 bits, alpha
        premultiplied, as previews are; it is answered with `Drawn`. Newer requests replace those
        that wait, as in `picture`."""
        request = {"do": "scope", "path": path, "size": list(size), "scope": scope}
        return self._ask({**request, "channel": channel})

    def thumbnail(self, sight: Sight) -> int:
        """Ask for a thumbnail in the cache; it is answered with `Thumb`. They come in order."""
        return self._ask({"do": "thumbnail", "sight": sight.to_json(), "channel": THUMBNAILS})

    def peaks(self, path: str) -> int:
        """Ask for the peaks of a medium's sound; it is answered with `Peaks`, the last final."""
        return self._ask({"do": "peaks", "path": path, "channel": PEAKS})

    def sound(self, path: str, start: Fraction, samples: int) -> int:
        """Ask for so many samples of a medium's sound from `start` on, in seconds from its frame 0;
        it is answered with `Sound`. Silence where the medium has none.

        Asking for one stretch after the other costs no search in the file.
        """
        request = {"do": "sound", "path": path, "start": str(start), "samples": samples}
        return self._ask({**request, "channel": SOUND})

    def drop(self, channel: str) -> None:
        """Forget what waits in a channel (also `THUMBNAILS`, `PEAKS` and `SOUND`): it is answered
        with `Failed` and `Cancelled`."""
        if self._sender is not None:
            self._post({"do": "drop", "channel": channel})

    def cancel(self, request: int) -> None:
        """Forget one request that waits; peaks stop."""
        self._post({"do": "cancel", "id": request})

    def close(self, timeout: float = 5) -> None:
        """End the process; what it was asked for is not answered any more."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
            self._open.clear()
        if self._sender is not None:
            self._requests.put(None)
            self._sender.join(timeout)
        if process is not None:
            process.close(timeout)

    def _ask(self, request: Line) -> int:
        number = next(self._ids)
        with self._lock:
            if not self._closed:
                self._open[number] = None
        self._post({**request, "id": number})
        return number

    def _post(self, request: Line) -> None:
        with self._lock:
            if self._closed:
                return
            if self._sender is None:
                self._sender = threading.Thread(target=self._send, name="viewer", daemon=True)
                self._sender.start()
        self._requests.put(request)

    def _send(self) -> None:
        while (request := self._requests.get()) is not None:
            number = request.get("id")
            try:
                process = self._running()
            except OpticalsError as error:
                if number is not None and self._answered(number):
                    self._on_message(Failed(number, error))
                continue
            if process is None:
                return
            with self._lock:
                if number in self._open and request["do"] != "cancel":
                    self._open[number] = process
            process.send(request)
            if process.ended:  # it may have died before it was told who owns the request
                self._orphans(process)

    def _running(self) -> _Process | None:
        with self._lock:
            if self._closed:
                return None
            if self._process is None or not self._process.alive:
                self._process = _Process(self._heard, self._orphans)
            return self._process

    def _answered(self, number: int) -> bool:
        """Whether a request was open; it is not any more."""
        with self._lock:
            return self._open.pop(number, self) is not self

    def _heard(self, message: Message) -> None:
        final = not isinstance(message, Peaks) or message.final
        with self._lock:
            known = message.id in self._open
            if known and final:
                del self._open[message.id]
        if known:
            self._on_message(message)

    def _orphans(self, process: _Process) -> None:
        with self._lock:
            orphans = [number for number, owner in self._open.items() if owner is process]
            for number in orphans:
                del self._open[number]
        for number in orphans:
            self._on_message(Failed(number, process.death))


class _Process:
    """One run of the viewer process."""

    def __init__(
        self, heard: Callable[[Message], None], orphaned: Callable[[_Process], None]
    ) -> None:
        self.ended = False
        self.death = WorkerError("The viewer process ended.")
        self._heard, self._orphaned = heard, orphaned
        self._lock = threading.Lock()
        self._memory = Shared()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        try:
            self._process = subprocess.Popen(
                # -P: what lies in the current folder is never imported
                [sys.executable, "-P", "-m", "opticals.viewer.process", self._memory.handle],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                text=True,
                encoding="utf-8",
                pass_fds=self._memory.files,
                start_new_session=True,  # a Ctrl-C in the terminal must not reach it
            )
        except OSError as error:
            self._memory.close()
            self._log.close()
            raise WorkerError.wrap(
                "The viewer process cannot be started.",
                error,
                "Look at what the system says; “opticals doctor” shows what is missing.",
            ) from error
        self._reader = threading.Thread(target=self._read, name="viewer answers", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self.ended and self._process.poll() is None

    def send(self, request: Line) -> None:
        assert self._process.stdin is not None
        with self._lock, contextlib.suppress(OSError, ValueError):  # the reader answers for it
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def close(self, timeout: float) -> None:
        """End it: at end of input it stops, and if it does not, by force."""
        assert self._process.stdin is not None
        with self._lock, contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not threading.current_thread():
            self._reader.join(timeout)

    def _read(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                data: Line = json.loads(line)
            except ValueError:
                break  # it died in the middle of a line
            if data["is"] == "ready":
                self._memory.handed_on()
            else:
                self._heard(self._message(data))
        status = self._process.wait()
        self.death = _death(status, _tail(self._log))
        self.ended = True
        self._log.close()
        self._process.stdout.close()
        with self._lock, contextlib.suppress(OSError):  # it may hold a request that nobody took
            self._process.stdin.close()
        self._memory.close()
        self._orphaned(self)

    def _message(self, data: Line) -> Message:
        number, kind = int(data["id"]), data["is"]
        if kind == "shown":
            scope = data["scope"]
            return Shown(number, self._picture(data["picture"]), scope and self._picture(scope))
        if kind == "drawn":
            return Drawn(number, self._picture(data["scope"]))
        if kind == "thumb":
            return Thumb(number, data["path"])
        if kind == "peaks":
            return Peaks(number, data["path"], int(data["per_second"]), bool(data["final"]))
        if kind == "sound":
            return Sound(number, self._taken(data["at"], data["size"]))
        if kind == "dropped":
            return Failed(number, Cancelled(_DROPPED, remedy="Ask again for the one before."))
        return Failed(number, OpticalsError.from_json(data["error"]))

    def _picture(self, data: Line) -> Picture:
        return Picture(
            width=data["width"],
            height=data["height"],
            stride=data["stride"],
            data=self._taken(data["at"], data["stride"] * data["height"]),
            alpha=data["alpha"],
            source=(data["source"][0], data["source"][1]),
            frame=data["frame"],
            frames=data["frames"],
            pixel_aspect=Fraction(data["pixel_aspect"]),
            lacks=data["lacks"],
        )

    def _taken(self, at: int, size: int) -> bytes:
        """A copy of what lies there; its place is free again."""
        if not size:
            return b""
        data = bytes(self._memory.view[at : at + size])
        self.send({"do": "free", "at": at})
        return data


def _tail(log: IO[bytes], size: int = 2000) -> str:
    end = log.seek(0, os.SEEK_END)
    log.seek(max(0, end - size))
    return log.read().decode(errors="replace").strip()


def _death(status: int, tail: str) -> WorkerError:
    why = f"It ended with status {status}."
    if status == -9:
        why = "The system killed it, most likely because memory ran out."
    return WorkerError(
        "The viewer process died.",
        f"{why}\n{tail}".strip(),
        "Ask again: it starts anew. If it dies at the same medium again, that is damaged: copy it "
        "again from its source.",
    )
