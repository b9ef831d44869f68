"""How tests drive an editing program, whichever it is; and the fake one."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from opticals_plugin.bridge.links import Asked
from opticals_plugin.bridge.server import Bridge

FAKE = Path(__file__).with_name("fake_host.py")

Json = dict[str, Any]


class Driver(ABC):
    """One program with a small project. Clips are named by `a`, `b`: see `film`.

    Attributes:
        name: as the program says it in `hello`.
        can: what it says that it can.
    """

    name: str
    can: frozenset[str]

    @abstractmethod
    def open(self, project: Json, panels: Path, launch: Json | None = None) -> None:
        """Start the program with a project (as `film` gives it), joined to the panel that says in
        `panels` that it is there, or looking for one."""

    @abstractmethod
    def press(self, key: str, job: str = "") -> None:
        """Press the key for `select`, `repeat` or `show`."""

    @abstractmethod
    def select(self, *clips: str, range: tuple[int, int] | None = None) -> None:
        """Select clips by name, and mark a range of record frames."""

    @abstractmethod
    def move(self, clip: str, frames: int) -> None: ...

    @abstractmethod
    def trim(self, clip: str, head: int = 0, tail: int = 0) -> None:
        """Take frames off a clip's head and tail, as the program's user would."""

    @abstractmethod
    def delete(self, clip: str) -> None: ...

    @abstractmethod
    def undo(self) -> None:
        """As the user, in the program."""

    @abstractmethod
    def redo(self) -> None: ...

    @abstractmethod
    def save(self) -> None: ...

    @abstractmethod
    def playhead(self) -> int: ...

    @abstractmethod
    def state(self) -> Json:
        """`state` and `text` of the client, `longest` seconds that a tick of ours took."""

    @abstractmethod
    def kill(self) -> None:
        """End it at once, as a crash would."""

    @abstractmethod
    def close(self) -> None:
        """End it as its user would; fine when it was killed."""


class Ear:
    """The panel's end without a panel: it hears what the host asks, and asks it."""

    def __init__(self, folder: Path) -> None:
        self.heard: deque[Asked] = deque()
        self.all: list[str] = []
        self._there = threading.Condition()
        self.bridge_folder = folder
        self.bridge = Bridge(folder)
        self.bridge.listen(self._hear)
        self.bridge.start()

    def _hear(self, asked: Asked) -> None:
        with self._there:
            self.heard.append(asked)
            self.all.append(asked.method)
            self._there.notify_all()

    def wait(self, method: str, seconds: float = 30) -> Asked:
        """The next of this kind that is heard; those before it are passed over."""
        end = time.monotonic() + seconds
        with self._there:
            while True:
                while self.heard:
                    one = self.heard.popleft()
                    if one.method == method:
                        return one
                if not self._there.wait(end - time.monotonic()):
                    raise AssertionError(f"no {method} within {seconds} s, but {self.all}")

    def ask(self, method: str, params: Mapping[str, Any] | None = None, seconds: float = 60) -> Any:
        return self.bridge.ask(method, params or {}, seconds)

    def edit(self) -> Json:
        found = self.ask("edit")
        assert isinstance(found, dict)
        return found

    def close(self) -> None:
        self.bridge.close()


def until(true: Callable[[], object], seconds: float = 30, why: str = "") -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, why or "it did not come to be"
        time.sleep(0.01)


def clip(id: str, path: Path, record: int, frames: int, first: int = 0, count: int = 200) -> Json:
    """A clip of a film at 25 frames per second."""
    return {
        "id": id,
        "name": id,
        "kind": "movie",
        "why": "",
        "record": [record, frames],
        "enabled": True,
        "media": {"path": str(path), "first": None, "count": count},
        "media_rate": [25, 1],
        "source": [first, frames],
        "speed": [1, 1],
        "linked": [],
        "shown": "original",
        "versions": [],
        "note": "",
    }


def track(id: str, *clips: Json, kind: str = "video") -> Json:
    return {
        "id": id,
        "name": id.upper(),
        "kind": kind,
        "locked": False,
        "enabled": True,
        "clips": list(clips),
    }


def film(media: Sequence[Path], path: Path | None, start: int = 0) -> Json:
    """The project of the contract, at 25 frames per second: on the lowest track `a`, 100 frames
    of the first medium from its frame 10, and after it `b`, 50 of the second from its first."""
    a = clip("a", media[0], start, 100, first=10)
    b = clip("b", media[1], start + 100, 50)
    return {
        "name": path.stem if path else "Untitled",
        "path": str(path) if path else None,
        "start": start,
        "rate": [25, 1],
        "tracks": [track("v1", a, b)],
    }


class ProcessDriver(Driver):
    """A driver whose program is a child of the test, and ends when its stdin does."""

    process: subprocess.Popen[str] | None = None

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._end()

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process.wait(20)
        if self.process is not None:
            self._end()

    def _end(self) -> None:
        assert self.process is not None
        self.process.wait(20)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process = None


class FakeDriver(ProcessDriver):
    """The fake program, in a process of its own."""

    name = "Fake"
    can = frozenset(
        ["version", "partial", "overlay", "undo", "switch", "restore", "drop", "seek", "progress"]
    )

    def __init__(self, python: str = sys.executable) -> None:
        self.python = python

    def open(self, project: Json, panels: Path, launch: Json | None = None) -> None:
        settings = {
            **project,
            "host": self.name,
            "can": sorted(self.can),
            "panels": str(panels),
            "launch": launch or {},
        }
        self.process = subprocess.Popen(
            [self.python, str(FAKE), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.do("start")

    def do(self, command: str, **more: Any) -> Any:
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": command, **more}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert not (isinstance(answer, dict) and "wrong" in answer), answer
        return answer

    def press(self, key: str, job: str = "") -> None:
        self.number = self.do("press", key=key, job=job)["number"]

    def answer(self, seconds: float = 30) -> Json:
        """What the panel answered to the last key that was pressed."""
        until(lambda: self.do("answer", number=self.number), seconds)
        found = self.do("answer", number=self.number)
        assert isinstance(found, dict)
        return found

    def select(self, *clips: str, range: tuple[int, int] | None = None) -> None:
        current = clips[-1] if clips else None
        selection = {"clips": list(clips), "range": range, "current": current}
        self.do("select", selection=selection)

    def move(self, clip: str, frames: int) -> None:
        self.do("move", clip=clip, frames=frames)

    def trim(self, clip: str, head: int = 0, tail: int = 0) -> None:
        self.do("trim", clip=clip, head=head, tail=tail)

    def delete(self, clip: str) -> None:
        self.do("delete", clip=clip)

    def undo(self) -> None:
        self.do("undo")

    def redo(self) -> None:
        self.do("redo")

    def save(self) -> None:
        self.do("save")

    def playhead(self) -> int:
        return int(self.do("snapshot")["selection"]["playhead"])

    def state(self) -> Json:
        found = self.do("state")
        assert isinstance(found, dict)
        return found
