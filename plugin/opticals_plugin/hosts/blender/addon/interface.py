"""Opticals in Blender's sidebar, menus, key map and preferences."""

from typing import Any

import bpy

from . import link as linking
from . import operators, strips

# (operator, key, modifiers): none is in Blender's own key maps of the sequencer, 3.4 to 5.0.
KEYS = (
    ("opticals.send", "E", ("alt",)),
    ("opticals.repeat", "E", ("alt", "shift")),
    ("opticals.show", "E", ("ctrl", "alt")),
    ("opticals.next_version", "PAGE_UP", ("alt", "shift")),
    ("opticals.previous_version", "PAGE_DOWN", ("alt", "shift")),
    ("opticals.original", "HOME", ("alt", "shift")),
)
_ICONS = {"info": "INFO", "warning": "ERROR", "error": "CANCEL"}
_WIDTH = 7  # pixels of a character, about

_keys: "list[tuple[Any, Any]]" = []  # (key map, item) of ours


class OPTICALS_PT_sidebar(bpy.types.Panel):
    bl_idname = "OPTICALS_PT_sidebar"
    bl_label = "Opticals"
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Opticals"

    @classmethod
    def poll(cls, context):
        return context.space_data.view_type in {"SEQUENCER", "SEQUENCER_PREVIEW"}

    def draw(self, context):
        layout = self.layout
        now = linking.link
        if now is None:
            return
        column = layout.column(align=True)
        column.operator("opticals.send", icon="EXPORT")
        column.operator("opticals.repeat", icon="FILE_REFRESH")
        column.operator("opticals.show", icon="WINDOW")
        self._versions(layout, context)
        words = now.words()
        if words:
            box = layout.box()
            if hasattr(box, "progress"):
                box.progress(factor=now.share(), text=words)
            else:
                box.label(text=words, icon="RENDER_ANIMATION")
        room = max(18, int(context.region.width / context.preferences.system.ui_scale / _WIDTH) - 4)
        if now.notice:
            box = layout.box().column(align=True)
            icon = _ICONS[now.notice["kind"]]
            for line in wrapped(now.notice["text"], room):
                box.label(text=line, icon=icon)
                icon = "BLANK1"
        column = layout.column(align=True)
        column.active = False
        for line in wrapped(now.client.text, room):
            column.label(text=line)

    def _versions(self, layout, context):
        strip = operators._active(context)
        if strip is None:
            return
        what = strips.kept(strip)
        box = layout.box()
        box.label(text=operators.label(what["shown"]), icon="SEQUENCE")
        row = box.row(align=True)
        row.operator("opticals.previous_version", text="", icon="TRIA_LEFT")
        row.operator("opticals.original", text="Original")
        row.operator("opticals.next_version", text="", icon="TRIA_RIGHT")


class OPTICALS_MT_menu(bpy.types.Menu):
    bl_idname = "OPTICALS_MT_menu"
    bl_label = "Opticals"

    def draw(self, context):
        for number, (name, _, _) in enumerate(KEYS):
            if number == 3:
                self.layout.separator()
            self.layout.operator(name)


def _entry(self, context):
    self.layout.separator()
    self.layout.menu("OPTICALS_MT_menu")


_MENUS = ("SEQUENCER_MT_strip", "SEQUENCER_MT_context_menu")


class OPTICALS_AP_preferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    program: bpy.props.StringProperty(  # type: ignore[valid-type]
        name="Opticals",
        description="The program “opticals”; left empty, what “opticals host install” wrote",
        subtype="FILE_PATH",
        update=lambda self, context: _restart(),
    )

    def draw(self, context):
        layout = self.layout
        layout.prop(self, "program")
        argv = linking.written().get("argv")
        if not self.program:
            text = "Started as: %s" % " ".join(map(str, argv)) if argv else ""
            layout.label(text=text or "Run “opticals host install blender” in a terminal.")
        box = layout.box()
        box.label(text="Keys, when the pointer is over the sequencer")
        for name, _, _ in KEYS:
            self._key(box.row(), context, name)

    def _key(self, row, context, name):
        keys = context.window_manager.keyconfigs.user
        map_ = keys.keymaps.get("Sequencer")
        item = map_.keymap_items.get(name) if map_ is not None else None
        if item is None:
            return
        row.label(text=item.name)
        row.prop(item, "type", text="", full_event=True)
        row.prop(item, "active", text="")


def program():
    """Where the preferences say that Opticals is."""
    found = bpy.context.preferences.addons.get(__package__)
    return found.preferences.program if found is not None and found.preferences else ""


def _restart():
    linking.end()
    linking.begin(linking.launch_settings(program()))


def wrapped(text, room):
    """A text as lines of so many characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= room:
            lines.append("")
        lines[-1] = (lines[-1] + " " + word).strip()
    return lines


CLASSES = (*operators.CLASSES, OPTICALS_PT_sidebar, OPTICALS_MT_menu, OPTICALS_AP_preferences)


def register():
    for one in CLASSES:
        bpy.utils.register_class(one)
    for name in _MENUS:
        getattr(bpy.types, name).append(_entry)
    keys = bpy.context.window_manager.keyconfigs.addon
    if keys is None:  # without windows there are no keys
        return
    held = keys.keymaps.new(name="Sequencer", space_type="SEQUENCE_EDITOR")
    for name, key, modifiers in KEYS:
        item = held.keymap_items.new(name, key, "PRESS", **dict.fromkeys(modifiers, True))
        _keys.append((held, item))


def unregister():
    for held, item in _keys:
        held.keymap_items.remove(item)
    _keys.clear()
    for name in _MENUS:
        getattr(bpy.types, name).remove(_entry)
    for one in reversed(CLASSES):
        bpy.utils.unregister_class(one)
