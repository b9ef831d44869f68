"""How the contract drives Kdenlive: by clicks, keys and its own dialogs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep

from tests.plugin.x_window import Screen, until

from .driving import Driver, Json
from .kdenlive_program import WINDOW, Program, environment_of
from .kdenlive_project import DOCUMENT, Cut, Medium, write

PRESS = Path(__file__).parents[3] / "plugin/opticals_plugin/hosts/kdenlive/press.py"
LEFT, SCALE, TOP, ROW = 171, 0.944, 640, 74  # where frame 0 of V1 is on the screen, in pixels
FIELDS = {"position": 22, "head": 49, "duration": 76}  # of Kdenlive's dialog, from its top


@dataclass
class Agent:
    """The process of ours beside Kdenlive, and the keys that reach it."""

    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "opticals_plugin.hosts.kdenlive", "agent"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        # A key that is pressed before it is there would start another one.
        until(lambda: self._asked("press._connect() is not None", "") == "True", "the agent")
        assert self.press("state") == "{}"

    def press(self, key: str) -> str:
        """Press a key; what is said of it."""
        return self._asked("press.press(sys.argv[1])", key)

    def _asked(self, call: str, key: str) -> str:
        code = f"import press, sys; print({call})"
        done = subprocess.run(
            [sys.executable, "-S", "-c", code, key],
            env={**self.environment, "PYTHONPATH": str(PRESS.parent)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout.strip()

    def command(self, key: str) -> list[str]:
        """What a key of the desktop starts."""
        return [sys.executable, "-P", "-m", "opticals_plugin.hosts.kdenlive", key]

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


@dataclass
class Seen:
    """A clip of V1, where the test knows it to be."""

    start: int
    frames: int


@dataclass
class KdenliveDriver(Driver):
    """Kdenlive with the film of the contract, in a session of its own."""

    screen: Screen
    session: dict[str, str]
    folder: Path
    name: str = "Kdenlive"
    can: frozenset[str] = frozenset({"overlay", "partial", "undo"})
    seen: dict[str, Seen] = field(default_factory=dict)

    def open(self, project: Json, panels: Path, launch: Json | None = None) -> None:
        cuts = project["tracks"][0]["clips"]
        media = [
            Medium(number, one["media"]["path"], one["media"]["count"], sound=True)
            for number, one in enumerate(cuts, 2)
        ]
        track = [
            Cut(number, one["record"][0], one["record"][1], one["source"][0])
            for number, one in enumerate(cuts, 2)
        ]
        self.seen = {one["id"]: Seen(*one["record"]) for one in cuts}
        path = Path(project["path"] or self.folder / "source.json").with_suffix(".kdenlive")
        write(path, media, [track, []], DOCUMENT)
        self.begin(path if project["path"] else None, panels)
        if project["path"]:
            self.select("a")
        else:
            self._paste(media, track)

    def begin(self, project: Path | None, panels: Path) -> None:
        """Start Kdenlive with a project that `seen` tells of, and the agent."""
        environment = environment_of(self.session, self.folder)
        environment["OPTICALS_PANELS"] = str(panels)
        self.program = Program(self.screen, environment, self.folder / "kdenlive.log")
        self.agent = Agent(environment, self.folder / "agent.log")
        self.program.start(project)
        self.agent.start()

    def _paste(self, media: list[Medium], track: list[Cut]) -> None:
        """The film into a project that was never saved."""
        clips = "".join(
            f'<clip audioStream="-1" id="{n}" state="1" position="{cut.start}" speed="1"'
            f' binid="{cut.medium}" track="2" playlist="0" in="{cut.first}"'
            f' out="{cut.first + cut.frames - 1}"><effects parentIn="0"/></clip>'
            for n, cut in enumerate(track)
        )
        producers = "".join(
            f'<producer type="0" id="p" in="0" out="{one.frames - 1}">'
            f'<property name="length">{one.frames}</property>'
            f'<property name="resource">{one.path}</property>'
            '<property name="mlt_service">avformat-novalidate</property>'
            '<property name="kdenlive:clip_type">0</property>'
            f'<property name="kdenlive:id">{one.id}</property></producer>'
            for one in media
        )
        scene = (
            '<kdenlive-scene fps="25" offset="0" duration="0" videoTracks="2" masterTrack="2"'
            f' documentid="1" audioTracks="2">{clips}<bin>{producers}</bin></kdenlive-scene>'
        )
        copy(scene, self.program.environment)
        with self.program.changing():
            self.program.act("edit_paste")
        self.program.act("seek_start")
        self.program.act("zoom_fit")
        self.program.act("select_all_tracks")

    def press(self, key: str, job: str = "") -> None:
        said = self.agent.press("send" if key == "select" else key)
        assert not said, said

    def at(self, clip: str) -> tuple[int, int]:
        """Where a clip of V1 is on the screen."""
        one = self.seen[clip]
        return round(LEFT + SCALE * (one.start + one.frames / 2)), TOP

    def select(self, *clips: str, range: tuple[int, int] | None = None) -> None:
        self.program.focus()
        self.program.act("unselect_all_tracks")
        for number, one in enumerate(clips):
            if number:
                self.screen.do("keydown", "shift")
            self.screen.click(self.at(one))
            if number:
                self.screen.do("keyup", "shift")
        enabled = f"{WINDOW}/actions/edit_copy"
        until(lambda: self.program.property(enabled, "QAction", "enabled") == "true", "a selection")
        sleep(0.2)

    def move(self, clip: str, frames: int) -> None:
        one = self.seen[clip]
        self._type(clip, position=one.start + frames)
        one.start += frames

    def trim(self, clip: str, head: int = 0, tail: int = 0) -> None:
        one = self.seen[clip]
        self._type(clip, duration=one.frames - head - tail)
        one.frames -= head + tail
        assert not head

    def _type(self, clip: str, **values: int) -> None:
        """Type into the dialog that tells where a clip is and how long."""
        self.select(clip)
        with self.program.changing():
            self.program.send("edit_item_duration")
            self.screen.wait_for("Duration — Kdenlive")
            where = self.screen.do("getwindowgeometry", "--shell", self._dialog())
            said = dict(line.split("=") for line in where.splitlines())
            left, top = int(said["X"]), int(said["Y"])
            for name, frames in values.items():
                self.screen.click((left + 170, top + FIELDS[name]))
                self.screen.key("ctrl+a")
                self.screen.type(f"00:00:{frames // 25:02}:{frames % 25:02}")
                self.screen.key("Tab")
            self.screen.click((left + 103, top + 133))
            self.screen.wait_until_gone("Duration — Kdenlive")
            self.program.focus()

    def _dialog(self) -> str:
        return self.screen.windows()["Duration — Kdenlive"]

    def delete(self, clip: str) -> None:
        self.select(clip)
        with self.program.changing():
            self.screen.key("Delete")

    def undo(self) -> None:
        self._key("ctrl+z")

    def redo(self) -> None:
        self._key("ctrl+shift+z")

    def _key(self, key: str) -> None:
        self.program.focus()
        with self.program.changing():
            self.screen.key(key)

    def save(self) -> None:
        self.program.save()

    def playhead(self) -> int:
        raise NotImplementedError

    def state(self) -> Json:
        told = json.loads(self.agent.press("state"))
        found = told[self.program.service]
        assert isinstance(found, dict)
        return found

    @staticmethod
    def end_panels(folder: Path) -> None:
        """End the panels that were started beside it."""
        for one in folder.glob("*.json"):
            with suppress(OSError, ValueError, KeyError):
                os.kill(json.loads(one.read_text())["pid"], signal.SIGTERM)

    def kill(self) -> None:
        self.program.kill()

    def close(self) -> None:
        self.agent.stop()
        self.program.kill()
        shutil.rmtree(self.folder / "home", ignore_errors=True)


def clipboard(
    environment: dict[str, str], selection: str = "clipboard", kind: str = "UTF8_STRING"
) -> bytes:
    """What a selection of X holds, as another program reads it."""
    return subprocess.run(
        ["xclip", "-selection", selection, "-o", "-t", kind],
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=20,
    ).stdout


def copy(
    held: str | bytes,
    environment: dict[str, str],
    selection: str = "clipboard",
    kind: str = "UTF8_STRING",
) -> None:
    """Put something on a selection of X, as another program would."""
    subprocess.run(
        ["xclip", "-selection", selection, "-i", "-t", kind],
        input=held.encode() if isinstance(held, str) else held,
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
