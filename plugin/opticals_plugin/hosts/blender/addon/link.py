"""The add-on's one connection to the panel, and Blender's timer and events that keep it going."""

from __future__ import annotations

import atexit
import json
import os
import time
import uuid
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import bpy

from . import compat, steps
from .client import Client, HostError
from .doing import CAN, Doing

Json = dict[str, Any]

BUDGET = 0.015  # seconds of a tick
BUSY, JOINED, IDLE = 0.01, 0.03, 0.25  # seconds from tick to tick
LOOK = 0.5  # seconds between looks for changes that nobody told of
SAID = 8.0  # seconds that a notice stays in the status bar


class Link:
    """One project's connection.

    Attributes:
        notice: what stands to be said to the user, with its kind: {} when nothing does.
    """

    def __init__(self, launch: Json | str | None = None, panels: str | None = None) -> None:
        self.notice: Json = {}
        self.project_id = uuid.uuid4().hex  # as long as it is open
        self.doing = Doing(self.hear, self.stand, lambda: self.project_id)
        self._launch, self._panels = launch, panels
        self._reading: Generator[None, None, Json] | None = None
        self._then: Callable[[Json], None] | None = None
        self._wants: list[tuple[str, Json]] = []
        self._changed = False
        self._looked = 0.0
        self._told = 0
        self._said_at = 0.0
        self._shown: tuple[Any, ...] = ()
        self._status = self._started = False
        self.client = self._make()

    def _make(self) -> Client:
        return Client(
            "Blender",
            bpy.app.version_string,
            CAN,
            self.doing.handlers(),
            project=lambda: project(self.project_id),
            recall=steps.recall,
            launch=self._launch,
            panels=self._panels,
        )

    def start(self) -> None:
        """Join the panel that held this project, if there is one."""
        self._started = True
        self.client.start()

    # What the user does.

    def send(self, method: str) -> None:
        """Send the selection (`select`), or have it rendered as the last one (`repeat`): at once,
        or in slices where there are a great many strips."""
        self._forget_own()
        params = {"job": uuid.uuid4().hex} if method == "repeat" else {}
        self._wants.append((method, params))
        self._advance(time.monotonic() + BUDGET)

    def show(self) -> None:
        self._forget_own()
        self.client.send("show")

    # Blender's events.

    def changed(self) -> None:
        """Something may have changed."""
        self._changed = True
        self.doing.reader.changes += 1

    def leave(self, why: str) -> None:
        """Another project is going to be open, or none."""
        self._reading, self._wants = None, []
        self.client.close(why)

    def again(self) -> None:
        """Another project is open."""
        self.doing.forget()
        self.notice = {}
        self.project_id = uuid.uuid4().hex
        self.client = self._make()
        self.start()

    def tick(self) -> float:
        """Do what there is to do; seconds until the next time."""
        end = time.monotonic() + BUDGET
        if not self._started:  # while add-ons are enabled there is no project yet
            self.start()
        if self.client.state != "joined" and not self.notice.get("own"):
            self.notice = {}  # a panel said it that is not there any more
        more = self.client.pump(BUDGET)
        if time.monotonic() < end:
            self._look()
            more = self._advance(end) or more
        self._redraw()
        if more:
            return BUSY
        return IDLE if self.client.state == "no panel" else JOINED

    def _look(self) -> None:
        """Begin to look for changes, where some were told of, or none for a while."""
        now = time.monotonic()
        if self._reading is None and not self._wants and self.client.state == "joined":
            waited = now - self._looked
            due = waited > (LOOK / 4 if self._changed else LOOK * 4)
            if due and not compat.playing():
                self._looked, self._changed = now, False
                self._reading, self._then = self.doing.snapshot(), self._tell_change

    def _tell_change(self, edit: Json) -> None:
        if edit["revision"] != self._told:
            self._told = edit["revision"]
            self.client.tell("changed", {"revision": self._told})

    def _advance(self, end: float) -> bool:
        """Read on until this time; whether there is more."""
        if self._wants and self._then != self._send:
            self._reading, self._then = self.doing.snapshot(), self._send
        while self._reading is not None:
            try:
                next(self._reading)
            except StopIteration as done:
                then, self._reading, self._then = self._then, None, None
                if then is not None:
                    then(done.value)
            if time.monotonic() >= end:
                break
        return self._reading is not None

    def _send(self, edit: Json) -> None:
        self._told = edit["revision"]
        wants, self._wants = self._wants, []
        for method, params in wants:
            if method == "select":
                self.client.send(method, {"edit": edit})
            else:
                self.client.ask(method, {"edit": edit, **params}, self._repeated)

    def _repeated(self, answer: Json | None, error: HostError | None) -> None:
        if error is not None:
            text = " ".join(one for one in (error.what, error.remedy) if one)
            self.hear({"text": text, "kind": "error", "own": True})

    # What the user sees.

    def hear(self, notice: Json) -> None:
        """Something is said to the user."""
        text, own = notice.get("text"), notice.get("own") is True
        standing = self.client.stands
        over = not own and standing is not None and text not in [one["text"] for one in standing]
        if isinstance(text, str) and not over:
            self.notice = {"text": text, "kind": _kind(notice), "own": own}
            self._said_at = time.monotonic()

    def stand(self, params: Json) -> None:
        """What the panel shows has changed, and is shown here."""
        standing = self.client.stands or []
        if self.notice.get("text") not in [one["text"] for one in standing]:
            self.notice, self._said_at = {}, 0.0
            if standing:
                first = standing[0]
                self.notice = {"text": first["text"], "kind": _kind(first), "own": False}

    def _forget_own(self) -> None:
        """The next key is pressed: what became of the one before is over."""
        if self.notice.get("own"):
            self.notice = {}

    def words(self) -> str:
        """What is rendered, in a line: "" when nothing is."""
        running = list(self.client.progress.values())
        if not running:
            return ""
        one = running[0]
        text = str(one.get("text") or one.get("name") or "Rendering")
        done, total = one.get("done"), one.get("total")
        if isinstance(done, int) and isinstance(total, int) and total > 0:
            text += f"  {100 * done // total} %"
        return text + (f"  (+{len(running) - 1})" if len(running) > 1 else "")

    def share(self) -> float:
        """How much of what is rendered is done: 0 to 1."""
        for one in self.client.progress.values():
            done, total = one.get("done"), one.get("total")
            if isinstance(done, int) and isinstance(total, int) and total > 0:
                return min(1.0, max(0.0, done / total))
        return 0.0

    def _redraw(self) -> None:
        fresh = self.notice and time.monotonic() - self._said_at < SAID
        status = self.words() or (self.notice.get("text", "") if fresh else "")
        shown = (self.client.state, self.client.text, status, self.notice.get("text"))
        if shown == self._shown or bpy.app.background:
            return
        self._shown = shown
        for area in compat.areas():
            area.tag_redraw()
        if status or self._status:
            self._status = bool(status)
            for window in bpy.context.window_manager.windows:
                line = status.replace("\n", " ")  # Blender leaves breaks out, with no space
                text = f"Opticals: {line}" if line else None
                window.workspace.status_text_set(text)


def _kind(notice: Json) -> str:
    kind = notice.get("kind")
    return kind if kind in ("info", "warning", "error") else "info"


link: Link | None = None


def joined() -> Link:
    """The add-on's connection.

    Raises:
        RuntimeError: the add-on is off.
    """
    if link is None:
        raise RuntimeError("The Opticals add-on is not enabled.")
    return link


def project(id: str) -> Json:
    """What the panel is told of the project that is open."""
    path = bpy.data.filepath
    return {"name": Path(path).name or "Untitled", "path": compat.absolute(path) or None, "id": id}


def launch_settings(program: str) -> Json | None:
    """How the panel is started: as the preferences say, else None for what the installer wrote."""
    if not program:
        return None
    return {"argv": [os.path.expanduser(program), "panel", "--host"], "home": None}


def written() -> Json:
    """What the installer wrote of how the panel is started."""
    try:
        text = Path(__file__).with_name("opticals_launch.json").read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


# Blender's own calls.


def _tick() -> float:
    return link.tick() if link is not None else IDLE


@bpy.app.handlers.persistent
def _load_pre(*_: object) -> None:
    if link is not None:
        link.leave("Another project is opened in Blender.")


@bpy.app.handlers.persistent
def _load_post(*_: object) -> None:
    if link is not None:
        link.again()


@bpy.app.handlers.persistent
def _changed(*_: object) -> None:
    if link is not None:
        link.changed()


def _closing() -> None:
    if link is not None:
        link.client.close("Blender is closed.")


_HANDLERS = {
    "load_pre": _load_pre,
    "load_post": _load_post,
    "save_post": _changed,
    "undo_post": _changed,
    "redo_post": _changed,
    "depsgraph_update_post": _changed,
}


def begin(launch: Json | str | None = None, panels: str | None = None) -> Link:
    """Connect, and let Blender's timer keep the connection going."""
    global link
    link = Link(launch, panels)
    for name, handler in _HANDLERS.items():
        getattr(bpy.app.handlers, name).append(handler)
    bpy.app.timers.register(_tick, first_interval=JOINED, persistent=True)
    atexit.register(_closing)
    return link


def end() -> None:
    """Disconnect, and leave nothing in Blender."""
    global link
    if link is not None:
        link.leave("The add-on was disabled.")
    link = None
    if bpy.app.timers.is_registered(_tick):
        bpy.app.timers.unregister(_tick)
    for name, handler in _HANDLERS.items():
        held = getattr(bpy.app.handlers, name)
        if handler in held:
            held.remove(handler)
    atexit.unregister(_closing)
