"""An editing program that is none: a timeline in memory, in a process of its own, with the real
client. Tests drive it by lines of JSON: `python fake_host.py SETTINGS`, a command on stdin, its
answer on stdout. Runs in any Python that hosts have, and knows nothing of Opticals but `client.py`.
"""

import collections
import copy
import importlib.util
import json
import os
import queue
import sys
import threading
import time
import uuid
from pathlib import Path

TICK_S = 0.005


def _client():
    root = Path(__file__).resolve().parents[3]
    path = root / "plugin" / "opticals_plugin" / "hosts" / "client.py"
    spec = importlib.util.spec_from_file_location("opticals_client", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


client = _client()


class Project:
    """A timeline with undo. `state` is what undo takes back; the rest stays."""

    def __init__(self, settings):
        self.name = settings.get("name", "film")
        self.path = settings.get("path")
        self.id = uuid.uuid4().hex
        self.rate = settings.get("rate", [25, 1])
        self.start = settings.get("start", 0)
        self.read_only = settings.get("read_only")
        self.revision = 0
        self.modified = False
        self.state = {"tracks": settings.get("tracks", []), "markers": settings.get("markers", [])}
        self.selection = {"clips": [], "range": None, "playhead": self.start, "current": None}
        self.done = []  # (words, ours, state before)
        self.undone = []
        self.answers = {}
        self.seen = 0
        if self.path and Path(self.path).exists():
            saved = json.loads(Path(self.path).read_text())
            self.state, self.answers = saved["state"], saved["answers"]
            self.start, self.rate = saved["start"], saved["rate"]

    def save(self, path=None):
        self.path = path or self.path
        kept = {"state": self.state, "answers": self.answers, "start": self.start}
        Path(self.path).write_text(json.dumps(dict(kept, rate=self.rate)))
        self.modified = False
        self.revision += 1

    def tracks(self):
        return self.state["tracks"]

    def clips(self):
        return [(track, clip) for track in self.tracks() for clip in track["clips"]]

    def find(self, id):
        for track, clip in self.clips():
            if clip["id"] == id:
                return track, clip
        what = "The clip is not in the timeline any more."
        raise client.HostError(what, "gone", "Undo what took it away, or place the render by hand.")

    def step(self, words, ours):
        """What follows is one step of undo."""
        self.done.append((words, ours, copy.deepcopy(self.state)))
        self.undone = []
        self.modified = True
        self.revision += 1

    def undo(self):
        words, ours, before = self.done.pop()
        self.undone.append((words, ours, self.state))
        self.state = before
        self.modified = True
        self.revision += 1

    def redo(self):
        words, ours, after = self.undone.pop()
        self.done.append((words, ours, self.state))
        self.state = after
        self.modified = True
        self.revision += 1

    def snapshot(self):
        def ours(steps):
            return steps[-1][0] if steps and steps[-1][1] else ""

        return {
            "name": self.name,
            "path": self.path,
            "id": self.id,
            "rate": self.rate,
            "drop_frame": False,
            "start": self.start,
            "revision": self.revision,
            "modified": self.modified,
            "read_only": self.read_only,
            "notes": [],
            "undo": ours(self.done),
            "redo": ours(self.undone),
            "tracks": copy.deepcopy(self.tracks()),
            "selection": copy.deepcopy(self.selection),
            "markers": copy.deepcopy(self.state["markers"]),
        }

    def new_id(self):
        self.seen += 1
        return f"c{os.getpid()}-{self.seen}"


LOOK = ("media", "media_rate", "source", "speed")


def _shown(clip):
    return {key: copy.deepcopy(clip[key]) for key in LOOK}


class Doing:
    """What the panel asks for."""

    def __init__(self, fake):
        self.fake = fake

    @property
    def project(self):
        return self.fake.project

    def handlers(self):
        names = ["edit", "place", "switch", "restore", "drop", "undo", "redo", "seek"]
        return dict({name: getattr(self, name) for name in names}, notice=self.notice)

    def edit(self, params):
        return self.project.snapshot()

    def notice(self, params):
        self.fake.notices.append(params)

    def place(self, params):
        self.fake.calls["place"] += 1
        project, render = self.project, params["render"]
        self._writable()
        if not Path(render["path"]).exists():
            raise client.HostError(f"{render['path']} is not there.", "failed", "Render it again.")
        track, clip = project.find(params["clip"])
        if track["locked"]:
            raise client.HostError(f"{track['name']} is locked.", "read-only", "Unlock it.")
        first, length = params["offset"]
        begin, duration = clip["record"]
        if first < 0 or first + length > duration:
            what = f"{clip['name']} was trimmed: it does not show all of the range now."
            raise client.HostError(what, "trimmed", "Make it longer again, or render it anew.")
        start, messages = begin + first, []
        if start != params["record"][0]:
            moved = start - params["record"][0]
            messages.append(f"{clip['name']} was moved by {moved:+d} frames; it is placed there.")
        time.sleep(self.fake.sleeps)
        if self.fake.slow:
            for _ in range(3):
                yield
        project.step(f"Opticals: place {render['name']}", True)
        look = self._look(render, length)
        if params["how"] == "overlay":
            placed = self._lay(track, clip, render, start, length, look)
        else:
            placed = self._cut(track, clip, first, length)
            self._show(placed, render["name"], look)
        if self.fake.wrong:  # a program that does not do what it says
            placed["source"] = [placed["source"][0] + 1, placed["source"][1]]
        if self.fake.dies:  # it has done it, and tells nobody
            self.project.save()
            os._exit(9)
        return self._answer(placed, messages)

    def _look(self, render, length):
        media = {
            "path": render["path"],
            "first": render.get("first_number"),
            "count": render["frames"],
        }
        return {
            "media": media,
            "media_rate": render["rate"],
            "source": [render["first"], length],
            "speed": [1, 1],
        }

    def _cut(self, track, clip, first, length):
        """The piece of a clip that a range is, cut out of it; it keeps the clip's id."""
        duration = clip["record"][1]
        pieces = [(0, first), (first, length), (first + length, duration - first - length)]
        made = []
        for start, frames in pieces:
            if not frames:
                continue
            one = copy.deepcopy(clip)
            one["record"] = [clip["record"][0] + start, frames]
            for look in [one] + one["versions"]:
                num, den = look["speed"]
                moved = start * num // den
                look["source"] = [look["source"][0] + moved, max(1, frames * num // den)]
            if start != first:
                one["id"] = self.project.new_id()
            made.append(one)
        at = track["clips"].index(clip)
        track["clips"][at : at + 1] = made
        return next(one for one in made if one["id"] == clip["id"])

    def _show(self, clip, version, look):
        if not clip["versions"]:
            clip["versions"].append(dict(_shown(clip), id="original"))
        clip["versions"] = [one for one in clip["versions"] if one["id"] != version]
        clip["versions"].append(dict(copy.deepcopy(look), id=version))
        clip.update(copy.deepcopy(look), shown=version)

    def _lay(self, below, clip, render, start, length, look):
        tracks = self.project.tracks()

        def free(track):
            return all(
                one["record"][0] + one["record"][1] <= start or one["record"][0] >= start + length
                for one in track["clips"]
            )

        above = [one for one in tracks if one["kind"] == "video"]
        above = above[above.index(below) + 1 :]
        track = next((one for one in above if free(one)), None)
        if track is None:
            id = f"v{len(tracks) + 1}"
            track = {"id": id, "name": id.upper(), "kind": "video", "locked": False}
            track.update(enabled=True, clips=[])
            video = [n for n, one in enumerate(tracks) if one["kind"] == "video"]
            tracks.insert(video[-1] + 1, track)
        laid = dict(copy.deepcopy(clip), id=self.project.new_id(), name=render["name"], linked=[])
        laid.update(copy.deepcopy(look), record=[start, length], shown=render["name"])
        laid["versions"] = [dict(copy.deepcopy(look), id=render["name"])]
        laid["overlay"] = True
        track["clips"] = sorted(track["clips"] + [laid], key=lambda one: one["record"][0])
        return laid

    def switch(self, params):
        self._writable()
        _, clip = self.project.find(params["clip"])
        held = {one["id"]: one for one in clip["versions"]}
        if params["version"] not in held:
            what = f"{clip['name']} has no version {params['version']}."
            raise client.HostError(what, "failed")
        self.project.step(f"Opticals: switch {clip['name']}", True)
        clip = self.project.find(params["clip"])[1]
        look = {key: copy.deepcopy(held[params["version"]][key]) for key in LOOK}
        clip.update(look, shown=params["version"])
        return self._answer(clip)

    def restore(self, params):
        self._writable()
        track, clip = self.project.find(params["clip"])
        self.project.step(f"Opticals: restore {clip['name']}", True)
        if clip.get("overlay"):
            track["clips"].remove(clip)
            return self._answer(clip)
        original = next((one for one in clip["versions"] if one["id"] == "original"), None)
        if original is not None:
            clip.update({key: original[key] for key in LOOK}, shown="original", versions=[])
        return self._answer(clip)

    def drop(self, params):
        self._writable()
        version = params["version"]
        if any(clip["shown"] == version for _, clip in self.project.clips()):
            raise client.HostError(f"A clip shows {version}.", "failed", "Switch it first.")
        self.project.step(f"Opticals: drop {version}", True)
        for _, clip in self.project.clips():
            clip["versions"] = [one for one in clip["versions"] if one["id"] != version]
            if [one["id"] for one in clip["versions"]] == ["original"]:
                clip["versions"] = []
        return {"messages": [], "revision": self.project.revision}

    def undo(self, params):
        return self._back(self.project.done, self.project.undo)

    def redo(self, params):
        return self._back(self.project.undone, self.project.redo)

    def _back(self, steps, act):
        if not steps or not steps[-1][1]:
            what = f"The last step in {self.fake.settings['host']} is not one of Opticals."
            raise client.HostError(what, "not-ours", "Undo it there.")
        act()
        return {"revision": self.project.revision}

    def seek(self, params):
        self.project.selection["playhead"] = int(params["frame"])
        return {}

    def _writable(self):
        if self.project.read_only:
            raise client.HostError(self.project.read_only, "read-only", "Save it as a copy.")

    def _answer(self, clip, messages=()):
        return {
            "clip": clip["id"],
            "record": clip["record"],
            "messages": list(messages),
            "revision": self.project.revision,
        }


class Fake:
    """The program: its main loop, and what tests tell it."""

    def __init__(self, settings):
        self.settings = settings
        self.project = Project(settings)
        self.notices = []
        self.answers = []
        self.calls = collections.Counter()
        self.slow = self.wrong = self.deaf = self.dies = False
        self.sleeps = 0
        self.longest = 0.0
        self.running = True
        self.bridge = client.Client(
            settings["host"],
            settings.get("version", "1.0"),
            settings["can"],
            Doing(self).handlers(),
            project=self._is,
            recall=lambda job: self.project.answers.get(job),
            keep=lambda job, answer: self.project.answers.update({job: answer}),
            launch=settings.get("launch"),
            panels=settings.get("panels"),
        )

    def _is(self):
        project = self.project
        return {"name": project.name, "path": project.path, "id": project.id}

    def run(self):
        commands = queue.Queue()
        reader = threading.Thread(target=self._read, args=(commands,))
        reader.daemon = True
        reader.start()
        while self.running:
            if not self.deaf:
                begun = time.monotonic()
                self.bridge.pump(0.02)
                self.longest = max(self.longest, time.monotonic() - begun)
            try:
                command = commands.get(timeout=TICK_S)
            except queue.Empty:
                continue
            self._answer(command)

    def _read(self, commands):
        for line in sys.stdin:
            commands.put(json.loads(line))
        commands.put({"do": "quit"})

    def _answer(self, command):
        try:
            answer = getattr(self, "do_" + command["do"])(command)
        except Exception as error:
            answer = {"wrong": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    def do_start(self, command):
        self.bridge.start()

    def do_press(self, command):
        """A key of the program: `select`, `repeat` or `show`."""
        params = {}
        if command["key"] != "show":
            params["edit"] = self.project.snapshot()
        if command["key"] == "repeat":
            params["job"] = command["job"]
        number, begun = len(self.answers), time.monotonic()
        self.answers.append(None)

        def then(answer, error):
            what = None
            if error is not None:
                what = {"what": error.what, "kind": error.kind, "remedy": error.remedy}
            took = time.monotonic() - begun
            self.answers[number] = {"answer": answer, "error": what, "seconds": took}

        self.bridge.ask(command["key"], params, then)
        return {"number": number}

    def do_answer(self, command):
        return self.answers[command["number"]]

    def do_select(self, command):
        self.project.selection.update(command["selection"])

    def do_state(self, command):
        return {
            "state": self.bridge.state,
            "text": self.bridge.text,
            "progress": self.bridge.progress,
            "notices": self.notices,
            "stands": self.bridge.stands,
            "longest": self.longest,
            "pid": os.getpid(),
            "calls": dict(self.calls),
            "steps": [one[0] for one in self.project.done],
        }

    def do_snapshot(self, command):
        return self.project.snapshot()

    def do_move(self, command):
        self.project.step("move", False)
        clip = self.project.find(command["clip"])[1]
        clip["record"] = [clip["record"][0] + command["frames"], clip["record"][1]]
        self._changed()

    def do_trim(self, command):
        """Take frames off the head and the tail."""
        self.project.step("trim", False)
        clip = self.project.find(command["clip"])[1]
        head, tail = command.get("head", 0), command.get("tail", 0)
        begin, length = clip["record"]
        clip["record"] = [begin + head, length - head - tail]
        for look in [clip] + clip["versions"]:
            first, frames = look["source"]
            look["source"] = [first + head, frames - head - tail]
        self._changed()

    def do_delete(self, command):
        self.project.step("delete", False)
        track, clip = self.project.find(command["clip"])
        track["clips"].remove(clip)
        self._changed()

    def do_undo(self, command):
        self.project.undo()
        self._changed()

    def do_redo(self, command):
        self.project.redo()
        self._changed()

    def do_save(self, command):
        self.project.save(command.get("path"))
        self._changed()

    def do_open(self, command):
        self.project = Project(command["settings"])
        self._changed()

    def do_be(self, command):
        """`slow`: place takes several ticks; `sleeps`: so many seconds in one; `wrong`: it
        places other frames than it says; `deaf`: it is busy and answers nobody; `dies`: it crashes
        when it has placed and saved."""
        for name, value in command["how"].items():
            setattr(self, name, value)

    def do_quit(self, command):
        self.running = False
        if self.bridge.state == "joined" or command.get("say", True):
            self.bridge.close("closing")

    def _changed(self):
        self.bridge.tell("changed", {"revision": self.project.revision})


if __name__ == "__main__":
    Fake(json.loads(sys.argv[1])).run()
