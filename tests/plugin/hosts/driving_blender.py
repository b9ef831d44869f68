"""How tests drive a Blender without windows."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from opticals_plugin.hosts.blender import pack

from .blenders import Blender
from .driving import Json, ProcessDriver

MARK = "@@ "


class BlenderDriver(ProcessDriver):
    """One Blender in a process of its own, whose loop is the test's: timers do not run there."""

    name = "Blender"
    can = frozenset(
        ["version", "partial", "overlay", "undo", "switch", "restore", "drop", "seek", "progress"]
    )

    def __init__(self, blender: Blender, folder: Path) -> None:
        self.blender = blender
        self.folder = folder

    def begin(self, panels: Path, launch: Json | None = None) -> None:
        """Start it, with nothing open."""
        addons = self.folder / "addons"
        pack(addons)
        settings = {"addons": str(addons), "panels": str(panels), "launch": launch or {}}
        self._told = tempfile.TemporaryFile("w+")  # noqa: SIM115 - until it is closed
        self.process = subprocess.Popen(
            [*self.blender.command, "--", json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._told,
            text=True,
            env=self.blender.environment,
        )

    def open(self, project: Json, panels: Path, launch: Json | None = None) -> None:
        self.begin(panels, launch)
        self.do("make", film=project)
        self.do("start")

    def do(self, command: str, **more: Any) -> Any:
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"do": command, **more}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith(MARK):
                answer = json.loads(line[len(MARK) :])
                wrong = isinstance(answer, dict) and "wrong" in answer
                assert not wrong, f"{answer}\n{self.told()}"
                return answer
        raise AssertionError(f"Blender ended: {self.told()}")

    def python(self, lines: str) -> Any:
        """Run lines in Blender; what they leave in `answer`."""
        return self.do("python", lines=lines)

    def told(self) -> str:
        self._told.seek(0)
        return self._told.read()[-4000:]

    def press(self, key: str, job: str = "") -> None:
        self.do("press", key=key)

    def select(self, *clips: str, range: tuple[int, int] | None = None) -> None:
        self.do("select", clips=list(clips), range=range)

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
        return int(self.do("playhead"))

    def state(self) -> Json:
        found = self.do("state")
        assert isinstance(found, dict)
        return found

    def _end(self) -> None:
        super()._end()
        self._told.close()
