"""One Kdenlive and its panel: what the user's keys send, and what the panel asks for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from fractions import Fraction
from os import environ
from pathlib import Path
from time import time
from typing import Any
from uuid import uuid4

from opticals_plugin.hosts.client import Client, HostError, panels_folder
from opticals_plugin.hosts.kdenlive import clipboard, placing, project, where
from opticals_plugin.hosts.kdenlive.bus import Kdenlive
from opticals_plugin.hosts.kdenlive.edit import State, snapshot
from opticals_plugin.hosts.kdenlive.ids import Ids
from opticals_plugin.hosts.kdenlive.scene import Scene
from opticals_plugin.hosts.kdenlive.timeline import Timeline

CAN = ("overlay", "partial", "undo")
TRIED = "22.12"  # the version that all of this was proved with


class Host:
    """A Kdenlive as the panel's host.

    Args:
        launch: how a panel is started, as `client.Client` takes it; left out, in this Python.
        say: tells the user something, away from the panel.
    """

    def __init__(self, kdenlive: Kdenlive, say: Any, launch: Any = None) -> None:
        self.kdenlive = kdenlive
        self._say = say
        self._version = kdenlive.version()
        launch = launch or {
            "argv": [sys.executable, "-m", "opticals_plugin", "--host"],
            "home": environ.get("OPTICALS_HOME"),
        }
        self._folder = Path(panels_folder(None, launch)).parent / "kdenlive"
        self._ids = Ids(None, self._session)
        self._document = self._last = ""
        self._opened = 0  # projects, one after the other
        self._name = ""
        self._path: Path | None = None
        self._read: tuple[tuple[Path, int, int], project.Project] | None = None
        self._whole: tuple[float, Scene] | None = None
        self._selected: Scene | None = None
        self._placed: placing.Placed | None = None
        self._undone = False
        self._revision = 0
        self._seen: object = None
        self._several = ""
        handlers = {
            "edit": self._edit,
            "place": self._place,
            "undo": self._undo,
            "redo": self._redo,
            "notice": self._notice,
        }
        self.client = Client(
            "Kdenlive",
            self._version,
            CAN,
            handlers,
            project=self._project,
            recall=lambda job: self._ids.answers.get(job),
            keep=self._keep,
            launch=launch,
        )
        self.client.start()

    @property
    def _session(self) -> str:
        return f"{self.kdenlive.service}"

    # What the user's keys do.

    def send(self, several: str = "") -> None:
        """Show the panel with what is selected.

        Args:
            several: what to say where more than one Kdenlive runs.
        """
        self.client.send("select", {"edit": self._press(several)})

    def repeat(self, several: str = "") -> None:
        """Render what is selected with the last recipe, and place it."""
        self.client.send("repeat", {"edit": self._press(several), "job": uuid4().hex})

    def show(self) -> None:
        self.client.send("show")

    def _press(self, several: str) -> dict[str, Any]:
        if self.kdenlive.platform() == "wayland":
            raise HostError(
                "Kdenlive runs on Wayland, where no program may read another's clipboard.",
                "unsupported",
                "Start it with “QT_QPA_PLATFORM=xcb kdenlive”.",
            )
        self._several = several
        with clipboard.lent():
            self._selected = Timeline(self.kdenlive).selected()
        if self._selected is not None:
            self._document_is(self._selected.document)
        return self._snapshot(self.state())

    # What the panel asks for.

    def _edit(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return self._snapshot(self.state())

    def _place(self, params: Mapping[str, Any]) -> dict[str, Any]:
        state = self.state()
        with clipboard.lent():
            placed = placing.place(Timeline(self.kdenlive, state.rate), state, self._ids, params)
        self._placed, self._undone = placed, False
        render = params["render"]
        self._ids.renders[str(render["path"])] = str(render["name"])
        self._saw(placed.after)
        id = self._ids.name(self.state().items())[placed.item]
        self._ids.save()
        return {
            "clip": id,
            "record": [placed.item.start, placed.item.frames],
            "messages": list(placed.messages),
            "revision": self._revision,
        }

    def _undo(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return self._step(back=True)

    def _redo(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return self._step(back=False)

    def _step(self, back: bool) -> dict[str, Any]:
        """Undo what was placed last, or place it again, if that is Kdenlive's last step."""
        placed = self._placed
        if placed is None or self._undone == back:
            raise _not_ours()
        one, other = (placed.after, placed.before) if back else (placed.before, placed.after)
        with clipboard.lent():
            timeline = Timeline(self.kdenlive, self.state().rate)
            timeline.ready()
            if _places(timeline.whole()) != _places(one):
                raise _not_ours()
            there, and_back = (
                (timeline.undo, timeline.redo)
                if back
                else (
                    timeline.redo,
                    timeline.undo,
                )
            )
            if not self.kdenlive.enabled("edit_undo" if back else "edit_redo"):
                raise _not_ours()
            there()
            now = timeline.whole()
            if _places(now) != _places(other):
                and_back()
                raise _not_ours()
        self._undone = back
        self._saw(now)
        return {"revision": self._revision}

    def _notice(self, said: Mapping[str, Any]) -> None:
        if said.get("kind") in ("warning", "error"):
            self._say(str(said.get("text", "")))

    def _keep(self, job: str, answer: Any) -> None:
        self._ids.answers[job] = answer
        self._ids.save()

    # What is known of the project.

    def _project(self) -> dict[str, Any]:
        state = self.state()
        path = str(state.path) if state.path else None
        return {"name": state.name, "path": path, "id": self._id}

    @property
    def _id(self) -> str | None:
        """What names the project that is open in this Kdenlive, saved or not, if that is known."""
        return f"{self._session} {self._document} {self._opened}" if self._document else None

    def look(self) -> None:
        """Tell the panel when the project was changed; called now and then."""
        state = self.state()
        seen = (state.name, state.path, state.modified, self._read and self._read[0])
        if self._seen is not None and seen != self._seen:
            self._revision += 1
            self.client.tell("changed", {"revision": self._revision})
        self._seen = seen

    def state(self) -> State:
        """All that is known now, without touching what the user works with."""
        name = where.name_of(self.kdenlive.title())
        modified = self.kdenlive.modified()
        if name != self._name:
            self._name, self._path, self._document = name, None, ""
            self._selected, self._whole, self._placed = None, None, None
        known = self._path or (Path(self._ids.project) if self._ids.project else None)
        pid = self.kdenlive.pid
        self._path = where.project_file(pid, name, self._document, known)
        recovery = where.recovery_file(pid) if modified else None
        found = self._file(recovery) or self._file(self._path)
        written = self._read[0][1] / 1e9 if found is not None and self._read else 0.0
        if found is not None and not self._document:
            self._document_is(found.document)
        if found is not None and found.document != self._document:
            found = None
        self._ids.project = str(self._path or "")
        whole = self._whole
        selected = self._selected
        return State(
            name,
            self._path,
            modified,
            found.rate if found is not None else rate_of(selected, whole and whole[1]),
            found,
            selected,
            whole[1] if whole is not None and whole[0] >= written else None,
            self._notes(found is not None, recovery is not None, modified),
        )

    def _notes(self, known: bool, recovered: bool, modified: bool) -> tuple[str, ...]:
        notes = [self._several] if self._several else []
        if self._path is None:
            notes.append("The project was never saved.")
        if not known:
            notes.append(
                "Only what is selected is known: save the project in Kdenlive to see all of it."
            )
        elif modified and not recovered:
            notes.append("Changes since the project was saved are not shown until it is saved.")
        if not self._version.startswith(TRIED):
            notes.append(f"Opticals was not tried with Kdenlive {self._version}.")
        return tuple(notes)

    def _file(self, path: Path | None) -> project.Project | None:
        """The project in a file, read again only where it changed; None where it cannot be."""
        if path is None:
            return None
        try:
            found = path.stat()
            key = (path, found.st_mtime_ns, found.st_size)
            if self._read is None or self._read[0] != key:
                self._read = (key, project.read(path))
            return self._read[1]
        except (OSError, ValueError, ArithmeticError):
            # Kdenlive is just writing it: it is as it was a moment ago.
            return self._read[1] if self._read is not None and self._read[0][0] == path else None

    def _document_is(self, document: str) -> None:
        if document != self._last:
            self._last = document
            self._opened += 1
        if document != self._document:
            self._document = document
            self._ids = Ids.load(self._folder, document, self._session)
            self._whole = self._placed = None

    def _saw(self, whole: Scene) -> None:
        """All of the timeline, as it is now."""
        self._whole, self._selected = (time(), whole), None
        self._revision += 1
        self.client.tell("changed", {"revision": self._revision})

    def _snapshot(self, state: State) -> dict[str, Any]:
        words = "Opticals: place " + self._placed.name if self._placed else ""
        told = snapshot(
            state,
            self._ids,
            self._revision,
            words if self._placed and not self._undone else "",
            words if self._placed and self._undone else "",
        )
        self._ids.save()
        return {**told, "id": self._id}


def rate_of(*scenes: Scene | None) -> Fraction:
    """The project's rate by what was copied."""
    return next((one.rate for one in scenes if one is not None), Fraction(25))


def _places(scene: Scene) -> set[tuple[str, int, int, int]]:
    return {(one.number, one.track, one.start, one.frames) for one in scene.items}


def _not_ours() -> HostError:
    return HostError(
        "The last step in Kdenlive is not one of Opticals.", "not-ours", "Undo it in Kdenlive."
    )
