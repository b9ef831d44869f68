"""Runs inside a Blender with windows: tells tests what is to be seen there, and never does
anything. `blender FILM --addons opticals_blender --python blender_gui_side.py -- FOLDER`: what it
tells is in FOLDER/seen.json, anew several times a second.
"""

import json
import sys
import time
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
EVERY_S = 0.02


class Watch:
    """What was measured since the start."""

    def __init__(self):
        self.last = time.monotonic()
        self.gap = 0.0  # the longest between two of Blender's own ticks
        self.gaps = (FOLDER / "gaps").open("w", buffering=1)  # when each was, and how late
        self.written = 0.0
        self.ticks = 0
        self.ours = self.ours_cpu = 0.0  # the longest that a tick of the add-on took
        self.answered, self.answer_s = 0, 0.0

    def tick(self):
        now = time.monotonic()
        self.gaps.write(f"{now} {max(0, now - self.last - EVERY_S)}\n")
        self.gap, self.last = max(self.gap, now - self.last), now
        self.ticks += 1
        if now - self.written > 0.1:
            self.written = now
            self.write()
        return EVERY_S

    def write(self):
        fresh = FOLDER / "seen.new"
        fresh.write_text(json.dumps(self.seen()))
        fresh.replace(FOLDER / "seen.json")

    def seen(self):
        window = bpy.context.window_manager.windows[0]
        scene = window.scene
        editor = scene.sequence_editor
        area = max(
            (one for one in window.screen.areas if one.type == "SEQUENCE_EDITOR"),
            key=lambda one: (one.spaces.active.view_type == "SEQUENCER", one.width * one.height),
        )
        region = next(one for one in area.regions if one.type == "WINDOW")
        side = next(one for one in area.regions if one.type == "UI")
        strips = {}
        for one in editor.sequences_all if editor else ():
            middle = (one.frame_final_start + one.frame_final_end) / 2
            x, y = region.view2d.view_to_region(middle, one.channel + 0.3, clip=False)
            strips[one.name] = {
                "at": [region.x + x, window.height - region.y - y],
                "range": [one.frame_final_start, one.frame_final_end],
                "channel": one.channel,
                "file": Path(getattr(one, "filepath", "")).name,
                "select": one.select,
                "content": one.frame_start,
            }
        module = sys.modules.get("opticals_blender.link")
        link = module.link if module else None
        return {
            "strips": strips,
            "state": link.client.state if link else "off",
            "text": link.client.text if link else "",
            "notice": link.notice if link else {},
            "progress": link.words() if link else "",
            "gap": self.gap,
            "ours": self.ours,
            "ours_cpu": self.ours_cpu,
            "ticks": self.ticks,
            "answered": self.answered,
            "answer_s": self.answer_s,
            "saved": not bpy.data.is_dirty,
            "side": [side.x, window.height - side.y - side.height, side.width, side.height],
            "playhead": scene.frame_current,
            "step": scene.get("opticals_step", 0),
        }

    def time(self, module):
        """Measure the ticks of the add-on."""
        act = module.Link.tick

        def timed(link):
            begun, cpu = time.monotonic(), time.thread_time()
            result = act(link)
            self.ours = max(self.ours, time.monotonic() - begun)
            self.ours_cpu = max(self.ours_cpu, time.thread_time() - cpu)
            return result

        module.Link.tick = timed
        put = module.Client._answered

        def answered(client, id, message):
            asked = client._asked.get(id)
            if asked is not None and asked[0] == "select":
                self.answered, self.answer_s = self.answered + 1, time.monotonic() - asked[3]
            return put(client, id, message)

        module.Client._answered = answered


watch = Watch()
if "opticals_blender.link" in sys.modules:
    watch.time(sys.modules["opticals_blender.link"])
bpy.app.timers.register(watch.tick, first_interval=0.1, persistent=True)
