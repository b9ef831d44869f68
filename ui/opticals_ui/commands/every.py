"""Every command of the panel: its words, its keys, and where they work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


class Scope(StrEnum):
    PANEL = "panel"
    TIMELINE = "timeline"  # only while the timeline has the focus: bare letters and arrows


@dataclass(frozen=True)
class Command:
    """What can be done. `keys` are in Qt's portable spelling, the first one shown to people."""

    id: str
    label: str
    keys: tuple[str, ...]
    run: Callable[[], object]
    scope: Scope = Scope.PANEL
    icon: str = ""


def all_commands(panel: Panel) -> tuple[Command, ...]:
    """What a panel offers."""
    session, selection, strip = panel.session, panel.session.selection, panel.strip
    timeline = Scope.TIMELINE
    return (
        Command("open", "Open…", ("Ctrl+O",), panel.ask_what_to_open, icon="open"),
        Command(
            "save", "Save as…", ("Ctrl+Shift+S", "Ctrl+S"), panel.ask_where_to_save, icon="save"
        ),
        Command("undo", "Undo", ("Ctrl+Z",), session.undo, icon="undo"),
        Command("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), session.redo, icon="redo"),
        Command("preview", "Preview", ("Ctrl+P",), session.preview, icon="preview"),
        Command("render", "Render", ("Ctrl+Return",), session.render, icon="render"),
        Command(
            "render_marked",
            "Render what markers ask for",
            ("Ctrl+Shift+Return",),
            session.render_marked,
        ),
        Command("relink", "Relink…", ("Ctrl+Shift+R",), panel.ask_where_media_are),
        Command("restore", "Back to the original", ("Ctrl+Backspace",), session.restore),
        Command("stop", "Stop all", ("Ctrl+.",), session.cancel, icon="stop"),
        Command("dismiss", "Dismiss the newest notice", ("Esc",), panel.dismiss_newest),
        Command("focus_timeline", "Go to the timeline", ("Ctrl+1",), panel.strip.setFocus),
        Command("focus_viewer", "Go to the viewer", ("Ctrl+2",), panel.preview.setFocus),
        Command(
            "focus_effects", "Go to the effects", ("Ctrl+3",), panel.inspector.effects.setFocus
        ),
        Command("focus_notices", "Go to the notices", ("Ctrl+4",), panel.notices.take_focus),
        Command("mark_in", "Mark in", ("I",), selection.set_in, timeline),
        Command("mark_out", "Mark out", ("O",), selection.set_out, timeline),
        Command("mark_clip", "Mark the clip", ("X",), selection.mark_clip, timeline),
        Command("clear_marks", "Clear the marks", ("Alt+X",), selection.clear_marks, timeline),
        Command(
            "select",
            "Select the clip at the playhead",
            ("D", "Return"),
            selection.select_at_playhead,
            timeline,
        ),
        Command("back", "One frame back", ("Left",), lambda: selection.step(-1), timeline),
        Command("forward", "One frame on", ("Right",), lambda: selection.step(1), timeline),
        Command(
            "second_back",
            "One second back",
            ("Shift+Left",),
            lambda: panel.step_seconds(-1),
            timeline,
        ),
        Command(
            "second_forward",
            "One second on",
            ("Shift+Right",),
            lambda: panel.step_seconds(1),
            timeline,
        ),
        Command("head", "To the start", ("Home",), selection.go_home, timeline),
        Command("tail", "To the end", ("End",), selection.go_to_end, timeline),
        Command(
            "previous_cut", "Previous clip", ("Up",), lambda: selection.go_to_cut(-1), timeline
        ),
        Command("next_cut", "Next clip", ("Down",), lambda: selection.go_to_cut(1), timeline),
        Command("track_up", "Track above", ("Ctrl+Up",), lambda: selection.activate(1), timeline),
        Command(
            "track_down",
            "Track below",
            ("Ctrl+Down",),
            lambda: selection.activate(-1),
            timeline,
        ),
        Command(
            "extend_up",
            "The track above too",
            ("Ctrl+Shift+Up",),
            lambda: selection.extend(1),
            timeline,
        ),
        Command(
            "extend_down",
            "The track below too",
            ("Ctrl+Shift+Down",),
            lambda: selection.extend(-1),
            timeline,
        ),
        Command("zoom_in", "Zoom in", ("+", "="), lambda: strip.zoom(0.5), timeline),
        Command("zoom_out", "Zoom out", ("-",), lambda: strip.zoom(2.0), timeline),
        Command("zoom_fit", "Show the whole edit", ("Shift+Z", "\\"), strip.fit, timeline),
    )
