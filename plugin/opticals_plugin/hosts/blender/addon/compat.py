"""What Blender calls differently from one version to another: strips, handles, scenes, sizes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from fractions import Fraction
from typing import Any

import bpy

VERSION: tuple[int, int, int] = tuple(bpy.app.version)
ROUNDS = VERSION >= (4, 0, 0)  # to the nearest frame of a medium; before, to the one that began

# A scene's rate in Blender is a whole number over a base with four decimals.
_NTSC = Fraction(1001, 1000)


def scene(window: Any = None) -> Any:
    """The scene whose sequences are edited: of this window, or of the first there is."""
    if window is None:
        windows = bpy.context.window_manager.windows
        window = bpy.context.window or (windows[0] if len(windows) else None)
    if window is None:
        return bpy.context.scene
    # From 5.0 on the sequencer has a scene of its own, which need not be the window's.
    return getattr(window.workspace, "sequencer_scene", None) or window.scene


def children(holder: Any) -> Any:
    """The strips that an editor or a meta strip holds itself."""
    return holder.strips if hasattr(holder, "strips") else holder.sequences


def every(editor: Any) -> Any:
    """The strips of an editor and of all its metas."""
    return editor.strips_all if hasattr(editor, "strips_all") else editor.sequences_all


def _either(new: str, old: str) -> str:
    """6.0 takes away what 5.2 has new names for."""
    return new if new in bpy.types.MovieStrip.bl_rna.properties else old


if hasattr(bpy.types, "MovieStrip"):
    _LEFT = _either("left_handle", "frame_final_start")
    _RIGHT = _either("right_handle", "frame_final_end")
    _CONTENT = _either("content_start", "frame_start")
    _HEAD = _either("left_handle_offset", "frame_offset_start")
    _TAIL = _either("right_handle_offset", "frame_offset_end")
    _FRAMES = _either("content_duration", "frame_duration")
else:
    _LEFT, _RIGHT, _CONTENT = "frame_final_start", "frame_final_end", "frame_start"
    _HEAD, _TAIL, _FRAMES = "frame_offset_start", "frame_offset_end", "frame_duration"


def left(strip: Any) -> int:
    """Its first record frame."""
    return int(getattr(strip, _LEFT))


def right(strip: Any) -> int:
    """The record frame after its last."""
    return int(getattr(strip, _RIGHT))


def set_range(strip: Any, start: int, end: int) -> None:
    """Move the handles alone, so that there is something between them all the time."""
    if start >= right(strip):
        setattr(strip, _RIGHT, end)
    setattr(strip, _LEFT, start)
    setattr(strip, _RIGHT, end)


def content(strip: Any) -> float:
    """The record frame where its medium begins, seen or not."""
    return float(getattr(strip, _CONTENT))


def set_content(strip: Any, frame: float) -> None:
    setattr(strip, _CONTENT, frame)


def content_length(strip: Any) -> int:
    """Record frames that its whole medium takes up."""
    head, tail = float(getattr(strip, _HEAD)), float(getattr(strip, _TAIL))
    return round(head + (right(strip) - left(strip)) + tail)


def told_length(strip: Any) -> int:
    """The length that Blender tells of a medium: frames of it up to 4.2, record frames in 4.5."""
    return int(getattr(strip, _FRAMES))


def rate(scene: Any) -> Fraction:
    """Record frames per second, exact."""
    render = scene.render
    base = Fraction(render.fps_base).limit_denominator(100_000)
    if abs(base - _NTSC) < Fraction(1, 100_000):
        base = _NTSC
    return Fraction(int(render.fps)) / base


def media_rate(fps: float) -> Fraction:
    """The rate that Blender's single-precision figure stands for: 29.97003 is 30000/1001."""
    near = round(fps)
    if near and abs(fps - near) < 1e-4:
        return Fraction(near)
    ntsc = Fraction(round(fps * 1.001) * 1000, 1001)
    if ntsc and abs(fps - float(ntsc)) < 2e-3:
        return ntsc
    return Fraction(fps).limit_denominator(1001)


def channels(holder: Any) -> dict[int, Any]:
    """The channels of an editor or a meta by their numbers."""
    return dict(enumerate(getattr(holder, "channels", ())))


def last_channel() -> int:
    """The highest channel that a strip can be in."""
    kind = bpy.types.Strip if hasattr(bpy.types, "Strip") else bpy.types.Sequence
    return int(kind.bl_rna.properties["channel"].hard_max)


def split(strip: Any, frame: int) -> Any:
    """Cut a strip in two; the right piece."""
    if VERSION >= (4, 4, 0):
        return strip.split(frame=frame, split_method="SOFT", ignore_connections=True)
    return strip.split(frame=frame, split_method="SOFT")


def windowed() -> AbstractContextManager[Any]:
    """A context with a window, which timers lack and undo wants."""
    windows = bpy.context.window_manager.windows
    if bpy.context.window is None and len(windows):
        manager: AbstractContextManager[Any] = bpy.context.temp_override(window=windows[0])
        return manager
    return nullcontext()


def absolute(path: str) -> str:
    """A path of Blender's as one of the system: `//film.mov` is beside the project."""
    return os.path.abspath(bpy.path.abspath(path)) if path else ""


def as_kept(path: str, *, relative: bool | None = None) -> str:
    """An absolute path as Blender is to keep it: relative to the project, absolute, or, where
    nothing is said, as Blender would keep one that is added now. Only a saved project has paths
    that are relative to it."""
    if relative is None:
        relative = bool(bpy.context.preferences.filepaths.use_relative_paths)
    if relative and bpy.data.filepath:
        with suppress(ValueError):  # on another drive
            return str(bpy.path.relpath(path))
    return path


def curves(scene: Any) -> Iterator[str]:
    """The data paths that are animated in a scene."""
    data = scene.animation_data
    action = data.action if data else None
    if action is None:
        return
    found: list[Any] = list(getattr(action, "fcurves", ()))
    for layer in getattr(action, "layers", ()):
        for piece in layer.strips:
            for bag in getattr(piece, "channelbags", ()):
                found += list(bag.fcurves)
    for curve in found:
        yield str(curve.data_path)


def areas(kind: str = "SEQUENCE_EDITOR") -> Iterator[Any]:
    """The areas of this kind in all windows."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == kind:
                yield area


def playing() -> bool:
    """Whether the film plays: Blender has no time for anything else then."""
    windows = bpy.context.window_manager.windows
    return any(window.screen.is_animation_playing for window in windows)


def busy() -> str:
    """Why nothing can be changed at the moment; "" when it can."""
    running: Callable[[str], bool] | None = getattr(bpy.app, "is_job_running", None)
    if running is not None and running("RENDER"):
        return "Blender is rendering."
    for window in bpy.context.window_manager.windows:
        for one in getattr(window, "modal_operators", ()):
            if one.bl_idname in _HOLDS:
                return "Strips are being moved in Blender."
    return ""


_HOLDS = (
    "TRANSFORM_OT_seq_slide",
    "TRANSFORM_OT_transform",
    "TRANSFORM_OT_translate",
    "SEQUENCER_OT_slip",
)
