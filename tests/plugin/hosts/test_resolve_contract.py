"""The contract over Resolve's agent and a fake of its scripting, in the Pythons and the versions of
Resolve that there are. It has not been run in a real Resolve.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opticals_plugin.hosts import resolve as package

from .contract import Contract
from .driving import Json, ProcessDriver

PROGRAM = Path(__file__).with_name("resolve_program.py")
CAN = frozenset(
    ["version", "partial", "overlay", "undo", "switch", "restore", "drop", "seek", "progress"]
)


class ResolveDriver(ProcessDriver):
    name = "DaVinci Resolve"
    can = CAN

    def __init__(self, folder: Path, version: str = "19.1.3", python: str = sys.executable) -> None:
        self.folder, self.version, self.python = folder, version, python

    def open(self, project: Json, panels: Path, launch: Json | None = None) -> None:
        for path, data in package.files(self.folder, launch or {"argv": [], "home": None}).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        settings = {
            **project,
            "version": self.version,
            "package": str(self.folder / package.SUPPORT),
            "panels": str(panels),
            "launch": launch,
        }
        self.process = subprocess.Popen(
            [self.python, str(PROGRAM), json.dumps(settings)],
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
        self.number = self.do("press", key=key, job=job).get("number", -1)

    def answer(self) -> Json:
        """What the panel answered to the last entry that was chosen."""
        found = self.do("answer", number=self.number)
        assert isinstance(found, dict)
        return found

    def select(self, *clips: str, range: tuple[int, int] | None = None) -> None:
        self.do("playhead_on", clip=clips[-1], marks=range)

    def move(self, clip: str, frames: int) -> None:
        self.do("move", clip=clip, frames=frames)

    def trim(self, clip: str, head: int = 0, tail: int = 0) -> None:
        self.do("trim", clip=clip, head=head, tail=tail)

    def delete(self, clip: str) -> None:
        self.do("delete", clip=clip)

    def undo(self) -> None:
        assert self.do("undo") is None

    def redo(self) -> None:
        assert self.do("redo") is None

    def save(self) -> None:
        pass  # a project is saved by itself

    def playhead(self) -> int:
        return int(self.do("state")["playhead"])

    def state(self) -> Json:
        found = self.do("state")
        assert isinstance(found, dict)
        return found


def pythons() -> list[str]:
    """Ours, and the oldest that is here of those that Resolve may use."""
    for version in ("3.6", "3.7"):
        kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        for program in (*map(str, reversed(kept)), shutil.which(f"python{version}")):
            if program and subprocess.run([program, "-V"], capture_output=True).returncode == 0:
                return [sys.executable, program]
    return [sys.executable]


WAYS = [("19.1.3", one) for one in pythons()] + [
    ("18.6.6", sys.executable),
    ("20.0", sys.executable),
]


@pytest.fixture(
    params=WAYS, ids=lambda way: f"{way[0]}-{'ours' if way[1] == sys.executable else 'old'}"
)
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    version, python = request.param
    return version, python


class TestResolve(Contract):
    START = 90000  # an hour: record frames are counted from midnight
    KNOWN = False  # a project of its has no file, and always a place in a database

    @pytest.fixture
    def driver(
        self, way: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[ResolveDriver]:
        monkeypatch.setenv("OPTICALS_RESOLVE_FOLDER", str(tmp_path / "films"))
        driver = ResolveDriver(tmp_path / "Fusion", *way)
        yield driver
        driver.close()
