"""What can be done with Opticals in Blender: by keys, in menus, in the sidebar."""

import bpy

from . import strips, versions
from .client import HostError
from .link import joined


def _active(context):
    """The active strip, when it has versions."""
    scene = getattr(context, "sequencer_scene", None) or context.scene
    editor = scene.sequence_editor if scene is not None else None
    strip = editor.active_strip if editor is not None else None
    return strip if strip is not None and strips.kept(strip) else None


class _Editing:
    @classmethod
    def poll(cls, context):
        scene = getattr(context, "sequencer_scene", None) or context.scene
        return scene is not None and scene.sequence_editor is not None


class OPTICALS_OT_send(_Editing, bpy.types.Operator):
    """Show the selected strips in the Opticals panel, and choose an effect there"""

    bl_idname = "opticals.send"
    bl_label = "Send Selection"

    def execute(self, context):
        joined().send("select")
        return {"FINISHED"}


class OPTICALS_OT_repeat(_Editing, bpy.types.Operator):
    """Render the selected strips with the last effect and its settings"""

    bl_idname = "opticals.repeat"
    bl_label = "Repeat Last Effect"

    def execute(self, context):
        joined().send("repeat")
        return {"FINISHED"}


class OPTICALS_OT_show(bpy.types.Operator):
    """Bring the Opticals panel to the front"""

    bl_idname = "opticals.show"
    bl_label = "Show Panel"

    def execute(self, context):
        joined().show()
        return {"FINISHED"}


class _Version:
    bl_options = {"REGISTER", "UNDO"}  # noqa: RUF012 - as Blender wants it

    @classmethod
    def poll(cls, context):
        return _active(context) is not None

    def change(self, context, wanted):
        """Show the version that `wanted` chooses among (ids, the number of the one shown)."""
        strip = _active(context)
        what = strips.kept(strip)
        ids = [one["id"] for one in what["versions"]]
        id = wanted(ids, ids.index(what["shown"]))
        if id == what["shown"]:
            return {"CANCELLED"}
        try:
            versions.show(strip, versions.of(what, what["shown"]), versions.of(what, id))
        except HostError as error:
            self.report({"ERROR"}, error.what)
            return {"FINISHED"}
        strips.keep(strip, dict(what, shown=id))
        self.report({"INFO"}, "%s: %s" % (strip.name, label(id)))
        if still := versions.stills(strip):
            self.report({"WARNING"}, still)
        joined().changed()
        return {"FINISHED"}


class OPTICALS_OT_next_version(_Version, bpy.types.Operator):
    """Show the next version of the active strip"""

    bl_idname = "opticals.next_version"
    bl_label = "Next Version"

    def execute(self, context):
        return self.change(context, lambda ids, now: ids[(now + 1) % len(ids)])


class OPTICALS_OT_previous_version(_Version, bpy.types.Operator):
    """Show the previous version of the active strip"""

    bl_idname = "opticals.previous_version"
    bl_label = "Previous Version"

    def execute(self, context):
        return self.change(context, lambda ids, now: ids[(now - 1) % len(ids)])


class OPTICALS_OT_original(_Version, bpy.types.Operator):
    """Show the active strip as it was before any render"""

    bl_idname = "opticals.original"
    bl_label = "Back to Original"

    def execute(self, context):
        return self.change(context, lambda ids, now: ids[0])


def label(id):
    """A version as people call it."""
    return "Original" if id == versions.ORIGINAL else id


CLASSES = (
    OPTICALS_OT_send,
    OPTICALS_OT_repeat,
    OPTICALS_OT_show,
    OPTICALS_OT_next_version,
    OPTICALS_OT_previous_version,
    OPTICALS_OT_original,
)
