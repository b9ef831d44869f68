"""The fake Resolve with our agent beside it, as a menu script is: `python resolve_program.py
SETTINGS`, a command of JSON on a line of stdin, its answer on a line of stdout. Runs in Pythons
from 3.6 on.
"""

import copy
import json
import queue
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import fake_resolve

TICK_S = 0.005


def installed(folder):
    """Our package as the installer puts it: alone in a folder of its own."""
    sys.path.insert(0, folder)
    from opticals_resolve import agent

    return agent


class Program:
    def __init__(self, settings):
        self.world = fake_resolve.World(settings.get("version", "19.1.3"))
        self._open(settings)
        agent = installed(settings["package"])
        self.error = sys.modules["opticals_resolve.bridge"].HostError
        self.notices = []
        self.agent = agent.Agent(
            fake_resolve.Resolve(self.world),
            self.notices.append,
            settings.get("launch") or {},
            settings["panels"],
        )
        self.answers = []
        self.agent._answered = self._answered
        self.longest = 0.0
        self.running = True

    def _open(self, settings):
        world, path = self.world, settings.get("path")
        if path:
            world.name = settings["name"]
        world.edit["start"] = world.playhead = settings.get("start", 0)
        world.edit["name"] = settings["name"]
        pool = {}
        for track in settings["tracks"]:
            made = world.add_track(track["kind"])
            for one in track["clips"]:
                file = one["media"]["path"]
                pool.setdefault(file, fake_resolve.film(file, one["media"]["count"]))
                start, length = one["record"]
                world.add_item(made, pool[file], start, length, one["source"][0], one["name"])

    def run(self):
        commands = queue.Queue()
        reader = threading.Thread(target=self._read, args=(commands,))
        reader.daemon = True
        reader.start()
        while self.running:
            begun = time.monotonic()
            self.agent.tick()
            self.longest = max(self.longest, time.monotonic() - begun)
            try:
                command = commands.get(timeout=TICK_S)
            except queue.Empty:
                continue
            try:
                answer = getattr(self, "do_" + command["do"])(command)
            except self.error as error:
                answer = {"refused": error.what, "kind": error.kind, "remedy": error.remedy}
            except Exception as error:
                answer = {"wrong": f"{type(error).__name__}: {error}"}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()

    @staticmethod
    def _read(commands):
        for line in sys.stdin:
            commands.put(json.loads(line))
        commands.put({"do": "quit"})

    def item(self, name):
        return next(one for _, one in self.world.items() if one["name"] == name)

    def do_start(self, command):
        self.agent.client.start()

    def do_press(self, command):
        key = {"select": "send"}.get(command["key"], command["key"])
        before = len(self.answers)
        self.agent.press(key, command.get("job", ""))
        return {"number": before}

    def do_answer(self, command):
        return self.answers[command["number"]] if command["number"] < len(self.answers) else None

    def _answered(self, answer, error):
        what = None if error is None else {"what": error.what, "remedy": error.remedy}
        self.answers.append({"answer": answer, "error": what})

    def do_playhead_on(self, command):
        self.world.playhead = self.item(command["clip"])["start"]
        marks = command.get("marks")  # the last frame is included
        start = self.world.edit["start"]
        self.world.marks = {"in": marks[0] - start, "out": marks[1] - 1 - start} if marks else {}

    def do_be(self, command):
        """How the program is: `refuse` names methods that fail, `off_by` makes it count wrong."""
        self.world.refuse = set(command.get("refuse", ()))
        self.world.off_by = command.get("off_by", 0)
        if "marks" in command:
            self.world.marks = command["marks"]

    def do_colour(self, command):
        for name in command["clips"]:
            self.item(name)["colour"] = command["colour"]

    def do_lock(self, command):
        self.world.track("video", command["track"])["locked"] = command["locked"]

    def do_move(self, command):
        self.world.step("user")
        self.item(command["clip"])["start"] += command["frames"]

    def do_trim(self, command):
        self.world.step("user")
        item, head = self.item(command["clip"]), command.get("head", 0)
        item["start"] += head
        item["left"] += head
        item["length"] -= head + command.get("tail", 0)

    def do_delete(self, command):
        self.world.step("user")
        for track, item in self.world.items():
            if item["name"] == command["clip"]:
                track["items"].remove(item)
                return

    def do_undo(self, command):
        """As the user does: Ctrl-Z for what was done in the window, our menu for what we did."""
        if self.world.done and not self.ours():
            self.world.undone.append(self.world.edit)
            self.world.edit = self.world.done.pop()[1]
        else:
            self.agent.press("undo")

    def ours(self):
        """Whether the last change is one of ours."""
        sight = sys.modules["opticals_resolve.reading"].Sight(self.agent.resolve)
        return self.agent._ours == sight.state()

    def do_redo(self, command):
        self.agent.press("redo")

    def do_state(self, command):
        client = self.agent.client
        return {
            "state": client.state,
            "text": client.text,
            "longest": self.longest,
            "notices": self.notices,
            "playhead": self.world.playhead,
            "calls": {},
        }

    def do_snapshot(self, command):
        return self.agent.snapshot()

    def do_edit(self, command):
        edit = copy.deepcopy(self.world.edit)
        for track in edit["tracks"]:
            for one in track["items"]:
                one["pool"] = one["pool"] and one["pool"].name
                for take in one["takes"]:
                    take["pool"] = take["pool"].name
        return edit

    def do_quit(self, command):
        self.running = False
        self.agent.close("closing")


if __name__ == "__main__":
    Program(json.loads(sys.argv[1])).run()
