"""The viewer process: pictures, thumbnails, peaks and sound, asked for in JSON lines on stdin.

Answers go to what was stdout at the start, pictures and sound through shared memory; stdout then
points at stderr. At the end of input it ends. Torch is never imported here.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from opticals.errors import Cancelled, MediaError, OpticalsError, WorkerError
from opticals.viewer.kept import Kept
from opticals.viewer.lanes import Lane, Request
from opticals.viewer.memory import SIZE, Ring, attached
from opticals.viewer.sight import Sight

if TYPE_CHECKING:
    from opticals.viewer.media import Medium, Shelf
    from opticals.viewer.sounds import Listening

_BUDGET = 256 << 20  # bytes of decoded frames that are kept
_OPEN = 6  # media that pictures come from; thumbnails:
_OPEN_GENTLY = 3
_HANGS = 30.0  # seconds without a beat, after which a medium is given up
_THUMBNAILS, _PEAKS = 512 << 20, 128 << 20  # bytes of them in the cache


class Server:
    """Reads requests, and answers each on the thread of its kind."""

    def __init__(self, requests: TextIO, answers: TextIO, memory: memoryview) -> None:
        self._requests, self._answers, self._memory = requests, answers, memory
        self._lock = threading.Lock()
        self._room = threading.Condition()
        self._ring = Ring()
        self._ended = False
        self._shelf: Shelf | None = None
        self._gentle: Shelf | None = None
        self._listening: Listening | None = None
        self._last: list[Medium] = []  # what was read last, the second mixed with the first
        self._pictures = Lane("pictures", self._seen, self._dropped, self._ahead)
        self._thumbnails = Lane("thumbnails", self._thumbnail, self._dropped, gentle=True)
        self._peaks = Lane("peaks", self._peak, self._dropped, gentle=True)
        self._sound = Lane("sound", self._sounds, self._dropped)
        self._lanes = {
            "picture": self._pictures,
            "scope": self._pictures,
            "thumbnail": self._thumbnails,
            "peaks": self._peaks,
            "sound": self._sound,
        }

    def run(self) -> None:
        """Serve until the input ends."""
        self._say({"is": "ready", "pid": os.getpid()})
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        for line in self._requests:
            request = json.loads(line)
            do = request["do"]
            if do == "free":
                with self._room:
                    self._ring.give(request["at"])
                    self._room.notify_all()
            elif do == "drop":
                for lane in self._lanes.values():
                    lane.drop(request["channel"])
            elif do == "cancel":
                for lane in self._lanes.values():
                    lane.cancel(request["id"])
            elif do in self._lanes:
                self._lanes[do].put(request, newest=do in ("picture", "scope"))
        self._ended = True
        for lane in self._lanes.values():
            lane.end()
        waited = time.monotonic()
        while any(lane.busy for lane in self._lanes.values()) and time.monotonic() - waited < 1:
            time.sleep(0.01)

    def _seen(self, request: Request) -> None:
        if request["do"] == "scope":
            self._scope(request)
        else:
            self._picture(request)

    def _scope(self, request: Request) -> None:
        """Of a picture that another process wrote."""
        with self._answered(request):
            from opticals.viewer import making

            width, height = request["size"]
            with self._pictures.patience():
                data = Path(request["path"]).read_bytes()
            drawn = making.preview(data, (width, height), request["scope"])
            self._say({"is": "drawn", "id": request["id"], "scope": self._shared(drawn)})

    def _picture(self, request: Request) -> None:
        with self._answered(request):
            from opticals.viewer import making
            from opticals.viewer.media import Shelf

            if self._shelf is None:
                self._shelf = Shelf(_OPEN, Kept(_BUDGET), self._pictures.beat)
            sight = Sight.from_json(request["sight"])
            self._last = []
            with self._pictures.patience():
                medium = self._shelf.medium(sight)
                other = self._other(self._shelf, sight, medium)
            self._last = [one for one in (medium, other) if isinstance(one, type(medium))]
            made = making.picture(medium, sight, request["scope"], other)
            media = medium.media
            said = {
                **self._shared(made.bgra),
                "alpha": made.alpha,
                "source": [media.width, media.height],
                "frame": made.frame,
                "frames": media.frames,
                "pixel_aspect": str(made.pixel_aspect),
                "lacks": made.lacks,
            }
            try:
                drawn = None if made.scope is None else self._shared(made.scope)
            except BaseException:
                self._ring.give(said["at"])
                raise
            self._say({"is": "shown", "id": request["id"], "picture": said, "scope": drawn})

    @staticmethod
    def _other(shelf: Shelf, sight: Sight, medium: Medium) -> Medium | OpticalsError | None:
        """What a picture is mixed with, or why it cannot be opened: then it is shown alone."""
        mix = sight.mix
        if mix is None or not mix.path or not mix.share:
            return None
        other = replace(
            sight, path=mix.path, frame=mix.frame, interpretation=mix.interpretation, mix=None
        )
        try:
            return shelf.beside(other, medium)
        except Cancelled:
            raise
        except OpticalsError as error:
            return error

    def _ahead(self) -> bool:
        try:
            return any(one.ahead() for one in self._last)
        except Cancelled:
            return False
        except Exception:  # noqa: BLE001 - it is said when the frame is asked for
            traceback.print_exc()
            self._last = []
            return False

    def _thumbnail(self, request: Request) -> None:
        with self._answered(request):
            from opticals.viewer import making
            from opticals.viewer.media import Shelf
            from opticals.viewer.store import Store, identity_of

            store = Store("thumbnails", _THUMBNAILS)
            if self._gentle is None:
                store.sweep()
                self._gentle = Shelf(_OPEN_GENTLY, None, self._thumbnails.beat)
            sight = Sight.from_json(request["sight"])
            with self._thumbnails.patience():
                key = store.key(identity_of(sight.path), sight.to_json())
                found = store.find(key, ".jpg", ".png")
                medium = None if found else self._gentle.medium(sight)
            if medium is not None:
                found = making.thumbnail(medium, sight, store, key)
            self._say({"is": "thumb", "id": request["id"], "path": str(found)})

    def _peak(self, request: Request) -> None:
        with self._answered(request):
            from opticals.viewer.peaks import PER_SECOND, peaks
            from opticals.viewer.store import Store

            def tell(file: Path, final: bool) -> None:
                said = {"path": str(file), "per_second": PER_SECOND, "final": final}
                self._say({"is": "peaks", "id": request["id"], **said})

            store = Store("peaks", _PEAKS)
            with self._peaks.patience():
                peaks(request["path"], store, tell, self._peaks.beat)

    def _sounds(self, request: Request) -> None:
        with self._answered(request):
            from opticals.viewer.sounds import Listening

            if self._listening is None:
                self._listening = Listening(self._sound.beat)
            with self._sound.patience():
                pcm = self._listening.pcm(
                    request["path"], Fraction(request["start"]), int(request["samples"])
                )
            at = self._placed(memoryview(pcm))
            self._say({"is": "sound", "id": request["id"], "at": at, "size": len(pcm)})

    def _shared(self, pixels: Any) -> dict[str, Any]:
        """Puts a picture into shared memory; where it is and what it is."""
        import numpy as np

        height, width = pixels.shape[:2]
        return {
            "at": self._placed(np.ascontiguousarray(pixels).data.cast("B")),
            "width": width,
            "height": height,
            "stride": width * 4,
            "alpha": False,
            "source": [width, height],
            "frame": 0,
            "frames": 1,
            "pixel_aspect": "1",
            "lacks": "",
        }

    def _placed(self, data: memoryview) -> int:
        """Where in shared memory the data lies; waits for room."""
        size = len(data)
        if size > SIZE:
            raise MediaError(
                "The picture is too large to be shown at its full size.",
                f"It takes {size >> 20} MiB, and there is room for {SIZE >> 20}.",
                "Fit it into the viewer.",
            )
        with self._room:
            while (at := self._ring.take(size)) is None:
                if self._ended:
                    raise Cancelled
                self._room.wait(1)
        self._memory[at : at + size] = data
        return at

    @contextlib.contextmanager
    def _answered(self, request: Request) -> Any:
        """Whatever goes wrong is an answer."""
        number = request["id"]
        try:
            yield
        except Cancelled:
            self._dropped(request)
        except OpticalsError as error:
            self._fail(number, error)
        except Exception as error:  # noqa: BLE001 - the process outlives any one medium
            traceback.print_exc()
            self._fail(number, _unexpected(request, error))

    def _dropped(self, request: Request) -> None:
        self._say({"is": "dropped", "id": request["id"]})

    def _fail(self, number: int, error: OpticalsError) -> None:
        self._say({"is": "failed", "id": number, "error": error.to_json()})

    def _say(self, message: dict[str, Any]) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError, ValueError):
            self._answers.write(json.dumps(message) + "\n")
            self._answers.flush()

    def _watch(self) -> None:
        """Gives up a medium that a library hangs at; with it this process, which starts again."""
        while True:
            time.sleep(1)
            for lane in self._lanes.values():
                stuck = lane.stuck
                if stuck is None or stuck[1] < _HANGS:
                    continue
                faulthandler.dump_traceback(sys.stderr)
                self._fail(stuck[0]["id"], _hanging(_path(stuck[0])))
                os._exit(1)


def _path(request: Request) -> str:
    return str(request["sight"]["path"] if "sight" in request else request["path"])


def _hanging(path: str) -> MediaError:
    return MediaError(
        f"{path} cannot be shown.",
        f"Reading it did not go on for {_HANGS:.0f} seconds.",
        "Check the drive it is on; if that is well, the file is damaged: copy it again.",
    )


def _unexpected(request: Request, error: Exception) -> OpticalsError:
    if isinstance(error, OSError):
        return WorkerError.wrap("The system refused something.", error, "Check disk and memory.")
    if isinstance(error, MemoryError):
        return WorkerError.wrap(
            f"{_path(request)} cannot be shown.", error, "Close other programs."
        )
    return WorkerError.wrap(
        f"Something unexpected happened with {_path(request)}.",
        error,
        "Please report it with the text that “copy details” gives.",
    )


def main() -> None:
    import cv2

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the asking process's to handle
    faulthandler.enable()
    cv2.setNumThreads(1)  # the lanes are threads enough, and waiting for others costs more
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    memory, _named = attached(sys.argv[1])
    Server(sys.stdin, answers, memory).run()
    os._exit(0)  # threads may still be inside of libraries


if __name__ == "__main__":
    main()
