"""Opticals in Blender's Video Sequence Editor: effects on strips, cut back in where they are."""

bl_info = {
    "name": "Opticals",
    "author": "Opticals",
    "version": (0, 1, 0),
    "blender": (3, 4, 0),
    "location": "Video Sequencer > Sidebar > Opticals",
    "description": "AI effects on strips, rendered beside Blender and cut back in",
    "category": "Sequencer",
}


def register():
    from . import interface, link

    interface.register()
    link.begin(link.launch_settings(interface.program()))


def unregister():
    from . import interface, link

    link.end()
    interface.unregister()
