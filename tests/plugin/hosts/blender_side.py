"""Runs inside Blender, with windows or without, and does what tests say: a command as a line of
JSON on stdin, its answer on stdout behind a mark.

    blender -b --factory-startup --python blender_side.py -- SETTINGS
    python blender_side.py -- SETTINGS         # with the module `bpy`

SETTINGS are {"addons": the folder that the add-on was packed into, "launch", "panels", "film"}.
"""

import importlib
import json
import os
import queue
import sys
import threading
import time
from pathlib import Path

import bpy

MARK = "@@ "
TICK_S = 0.005


def scene():
    window = bpy.context.window_manager.windows
    workspace = window[0].workspace if len(window) else None
    return getattr(workspace, "sequencer_scene", None) or (
        window[0].scene if len(window) else bpy.context.scene
    )


def strips(holder):
    return holder.strips if hasattr(holder, "strips") else holder.sequences


def find(name):
    every = strips_all(scene().sequence_editor)
    return next(one for one in every if one.name == name)


def strips_all(editor):
    return editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all


def pushed(words):
    """As after an operator of Blender's."""
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
        bpy.ops.ed.undo_push(message=words)
    told()


def told():
    """What Blender's events tell the add-on, where there are windows."""
    module = sys.modules.get("opticals_blender.link")
    if module is not None and module.link is not None:
        module.link.changed()


class Side:
    """Blender's side of the tests."""

    def __init__(self, settings):
        self.settings = settings
        self.longest = self.longest_cpu = 0.0
        self.running = True
        sys.path.insert(0, settings["addons"])
        self.addon = importlib.import_module("opticals_blender")
        self.linking = importlib.import_module("opticals_blender.link")
        self.answers = []

    # The project.

    def do_make(self, command):
        """A project as `driving.film` gives it: the tracks' clips as movie strips."""
        film = command["film"]
        bpy.ops.wm.read_factory_settings(use_empty=False)
        it = scene()
        it.render.fps, it.render.fps_base = film["rate"][0], film["rate"][1]
        it.render.resolution_x, it.render.resolution_y = 320, 180
        it.frame_start, it.frame_end = film["start"], film["start"] + 200
        it.frame_current = film["start"]
        it.view_settings.view_transform = "Standard"
        into = strips(it.sequence_editor_create())
        for channel, track in enumerate(film["tracks"], 1):
            for number, clip in enumerate(track["clips"]):
                first, frames = clip["source"]
                start = clip["record"][0]
                strip = into.new_movie(
                    name=clip["name"],
                    filepath=clip["media"]["path"],
                    channel=50 + number,  # at its whole length it lies over its neighbours
                    frame_start=start - first,
                )
                strip.frame_final_start = start
                strip.frame_final_end = start + frames
                strip.channel = channel
        if film["path"]:
            path = str(Path(film["path"]).with_suffix(".blend"))
            bpy.ops.wm.save_as_mainfile(filepath=path)
        pushed("made")

    def do_start(self, command):
        self.linking.begin(self.settings["launch"], self.settings["panels"])
        self.linking.link.start()

    def do_python(self, command):
        """Run any lines; what they leave in `answer`."""
        names = {"bpy": bpy, "scene": scene, "strips": strips, "find": find, "pushed": pushed}
        names.update(link=self.linking.link, side=self, answer=None)
        exec(command["lines"], names)
        return names["answer"]

    # What a user does.

    def do_press(self, command):
        link = self.linking.link
        if command["key"] == "show":
            link.show()
        else:
            link.send(command["key"])

    def do_select(self, command):
        for one in strips_all(scene().sequence_editor):
            one.select = one.name in command["clips"]
        names = command["clips"]
        scene().sequence_editor.active_strip = find(names[-1]) if names else None
        marked = command.get("range")
        scene().use_preview_range = bool(marked)
        if marked:
            scene().frame_preview_start, scene().frame_preview_end = marked[0], marked[1] - 1

    def do_move(self, command):
        find(command["clip"]).frame_start += command["frames"]
        pushed("Move")

    def do_trim(self, command):
        strip = find(command["clip"])
        strip.frame_final_start += command.get("head", 0)
        strip.frame_final_end -= command.get("tail", 0)
        pushed("Trim")

    def do_delete(self, command):
        strips(scene().sequence_editor).remove(find(command["clip"]))
        pushed("Delete")

    def do_undo(self, command):
        with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
            bpy.ops.ed.undo()

    def do_redo(self, command):
        with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):
            bpy.ops.ed.redo()

    def do_save(self, command):
        path = command.get("path") or bpy.data.filepath
        bpy.ops.wm.save_as_mainfile(filepath=path)

    def do_open(self, command):
        bpy.ops.wm.open_mainfile(filepath=command["path"])

    def do_playhead(self, command):
        return scene().frame_current

    # What tests look at.

    def do_state(self, command):
        client = self.linking.link.client
        return {
            "state": client.state,
            "text": client.text,
            "progress": client.progress,
            "notice": self.linking.link.notice,
            "longest": self.longest,
            "longest_cpu": self.longest_cpu,
            "pid": os.getpid(),
        }

    def do_snapshot(self, command):
        reading = self.linking.link.doing.snapshot()
        while True:
            try:
                next(reading)
            except StopIteration as end:
                return end.value

    def do_render(self, command):
        """Record frames as pictures in a folder."""
        it = scene()
        it.frame_start, it.frame_end = command["frames"]
        it.render.image_settings.file_format = "PNG"
        it.render.filepath = command["folder"] + "/"
        it.render.resolution_percentage = 100
        bpy.ops.render.render(animation=True)

    def do_quit(self, command):
        self.running = False
        self.linking.end()

    # The loop.

    def run(self):
        commands = queue.Queue()
        reader = threading.Thread(target=self._read, args=(commands,))
        reader.daemon = True
        reader.start()
        while self.running:
            if self.linking.link is not None:
                begun, cpu = time.monotonic(), time.thread_time()
                self.linking.link.tick()
                self.longest = max(self.longest, time.monotonic() - begun)
                self.longest_cpu = max(self.longest_cpu, time.thread_time() - cpu)
            try:
                command = commands.get(timeout=TICK_S)
            except queue.Empty:
                continue
            self.answer(command)

    def _read(self, commands):
        for line in sys.stdin:
            commands.put(json.loads(line))
        commands.put({"do": "quit"})

    def answer(self, command):
        try:
            answer = getattr(self, "do_" + command["do"])(command)
        except Exception as error:
            import traceback

            traceback.print_exc()
            answer = {"wrong": f"{type(error).__name__}: {error}"}
        sys.stdout.write(MARK + json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    Side(json.loads(sys.argv[sys.argv.index("--") + 1])).run()
