"""Stands between Resolve and the panel: hears what menu entries ask, and does what the panel asks.

It lives from the first entry that is chosen until Resolve or the panel is gone.
"""

import time
import traceback

from . import otio, placing, reading, timing
from .api import ask, must, project_of
from .bridge import Client, HostError

HOST = "DaVinci Resolve"
CAN = ("version", "partial", "overlay", "undo", "switch", "restore", "drop", "seek", "progress")
KEYS = ("send", "coloured", "repeat", "show", "undo", "redo", "export", "import")
TICK_S = 0.02
LOOK_S = 1.0  # between looks for changes, or as long as 20 of them take
LINGER_S = 20.0  # after the panel was closed
NOT_OURS = (
    "The last change of the timeline is not one of Opticals.",
    "not-ours",
    "Undo it in DaVinci Resolve.",
)


class Agent(object):
    """One Resolve and its panel.

    Args:
        say: tells the user: a function of a text.
        launch: how a panel is started, or the file that says it.
    """

    def __init__(self, resolve, say, launch=None, panels=None):
        self.resolve = resolve
        self.say = say
        self.revision = 1
        self.done = []
        self.undone = []
        self._state = None
        self._ours = None  # the timeline's state right after our last change
        self._sent = {}  # by clip: the first frame of its medium that it showed
        self._coloured = False
        self._looked = self._needed = time.monotonic()
        self._took = 0.0
        names = ("edit", "place", "switch", "restore", "drop", "undo", "redo", "seek")
        handlers = {name: getattr(self, "on_" + name) for name in names}
        handlers["notice"] = self.on_notice
        version = str(ask(resolve, "GetVersionString", default="unknown"))
        self.client = Client(
            HOST, version, CAN, handlers, self.project, self.recall, None, launch, panels
        )

    # What the user asks for.

    def press(self, key, job=""):
        """Do what an entry of the menu is for.

        Raises:
            HostError: it cannot be done.
        """
        self._needed = time.monotonic()
        if key not in KEYS:
            raise HostError("There is no entry “%s”, only %s." % (key, ", ".join(KEYS)))
        if key in ("send", "coloured", "repeat"):
            self._coloured = key == "coloured"
            params = {"edit": self.snapshot()}
            if not params["edit"]["selection"]["clips"]:
                raise HostError(
                    "There is no clip at the playhead.",
                    "failed",
                    "Put the playhead on a clip of an unlocked, enabled track; or give clips the "
                    "colour %s and send those." % reading.SELECTED_COLOUR,
                )
            if key == "repeat":
                params["job"] = job or "repeat-%d" % int(time.time() * 1000)
            self.client.ask("repeat" if key == "repeat" else "select", params, self._answered)
        elif key == "show":
            self.client.ask("show", {}, self._answered)
        elif key in ("undo", "redo"):
            self._step(key == "undo")
            self.client.tell("changed", {"revision": self.revision})
        elif key == "export":
            self.say("Written: %s" % otio.export(self.resolve, self.client._settings()))
        else:
            self.say("Imported as a new timeline: %s" % otio.import_newest(self.resolve))

    def _answered(self, answer, error):
        if error is not None:
            self.say(" ".join(one for one in (error.what, error.remedy) if one))

    # What the panel asks for.

    def snapshot(self):
        sight = reading.Sight(self.resolve)
        self._look(sight.state())
        ours = self._ours == self._state
        undo = self.done[-1]["words"] if self.done and ours else ""
        redo = self.undone[-1]["words"] if self.undone and ours else ""
        found = reading.snapshot(sight, self._coloured, self.revision, undo, redo)
        for track in found["tracks"]:
            for one in track["clips"]:
                self._sent[one["id"]] = one["source"][0]
        return found

    def on_edit(self, params):
        try:
            return self.snapshot()
        except HostError:
            if not self._coloured:
                raise
            self._coloured = False  # nothing has the colour any more
            return self.snapshot()

    def on_place(self, params):
        _check(params, job=str, clip=str, render=dict, offset=list, record=list)
        _check(params["render"], name=str, path=str, first=int)
        then = self._sent.get(params["clip"])
        answer, done = placing.place(reading.Sight(self.resolve), params, then)
        self.done.append(done)
        self.undone = []
        return self._ended(answer)

    def on_switch(self, params):
        _check(params, clip=str, version=str)
        sight = reading.Sight(self.resolve)
        one, before = placing.switch(sight, params["clip"], params["version"])
        self.done.append(
            {
                "kind": "switch",
                "clip": one.id,
                "before": before,
                "version": params["version"],
                "words": "Opticals: switch %s" % one.name,
            }
        )
        self.undone = []
        return self._ended({"clip": one.id, "record": [one.start, one.length], "messages": []})

    def on_restore(self, params):
        _check(params, clip=str)
        one = placing.restore(reading.Sight(self.resolve), params["clip"])
        self._forget()
        return self._ended({"clip": one.id, "record": [one.start, one.length], "messages": []})

    def on_drop(self, params):
        _check(params, version=str)
        placing.drop(reading.Sight(self.resolve), params["version"])
        self._forget()
        return self._ended({"messages": []})

    def on_undo(self, params):
        return self._step(True)

    def on_redo(self, params):
        return self._step(False)

    def on_seek(self, params):
        _check(params, frame=int)
        sight = reading.Sight(self.resolve)
        timecode = timing.timecode_of(params["frame"], sight.rate, sight.drop)
        must(
            sight.timeline,
            "SetCurrentTimecode",
            timecode,
            what="DaVinci Resolve did not go to %s." % timecode,
            remedy="It does on the Cut, Edit, Color, Fairlight and Deliver pages.",
        )

    def on_notice(self, params):
        self.say(str(params.get("text", "")))

    def recall(self, job):
        """What came of a placement that is noted in the project."""
        for one in reading.Sight(self.resolve).all:
            if one.note.get("job") == job:
                record = [one.start, one.length]
                return {"clip": one.id, "record": record, "messages": [], "revision": self.revision}
        return None

    def project(self):
        """What is open."""
        sight = reading.Sight(self.resolve)
        name = str(ask(project_of(self.resolve), "GetName", default=""))
        return {"name": name, "path": reading.project_path(sight)}

    # Its own undo, since scripts have none in Resolve.

    def _step(self, back):
        steps, sight = self.done if back else self.undone, reading.Sight(self.resolve)
        if not steps or self._ours != sight.state():
            raise HostError(*NOT_OURS)
        step = steps[-1]
        if step["kind"] == "switch":
            placing.switch(sight, step["clip"], step["before" if back else "version"])
        elif back:
            placing.undo(sight, step)
        else:
            _, again = placing.place(sight, step["params"], step["then"])
            step = again
        steps.pop()
        (self.undone if back else self.done).append(step)
        return self._ended({})

    def _forget(self):
        self.done, self.undone = [], []

    def _ended(self, answer):
        """A change of ours is over: the answer with the revision that it made."""
        self._look(reading.Sight(self.resolve).state())
        self._ours = self._state
        return dict(answer, revision=self.revision)

    # Its life.

    def _look(self, state=None):
        """Count up where the timeline changed; whether it did."""
        state = state or reading.Sight(self.resolve).state()
        changed = self._state is not None and state != self._state
        self._state = state
        if changed:
            self.revision += 1
        return changed

    def tick(self):
        """What is to be done now; whether to go on living."""
        self.client.pump()
        now = time.monotonic()
        if self.client.state != "no panel":
            self._needed = now
        if now - self._looked < max(LOOK_S, 20 * self._took):
            return now - self._needed < LINGER_S
        begun = time.monotonic()
        alive = True
        if self.client.state == "joined":
            try:
                if self._look():
                    self.client.tell("changed", {"revision": self.revision})
            except HostError:
                alive = ask(self.resolve, "GetVersionString") is not None
            except Exception:
                traceback.print_exc()
                alive = False  # Resolve has gone in the middle of a call
        self._looked = time.monotonic()
        self._took = self._looked - begun
        return alive and now - self._needed < LINGER_S

    def close(self, why):
        self.client.close(why)


def _check(params, **kinds):
    """Raises HostError where what the panel sent is not what it should be."""
    for name, kind in kinds.items():
        value = params.get(name)
        fine = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
        if fine and kind is list:
            fine = len(value) == 2 and all(type(one) is int for one in value)
        if not fine:
            raise HostError("“%s” is not what it should be: %r." % (name, value), "unsupported")
