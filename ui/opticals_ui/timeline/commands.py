"""Commands on the timeline: playhead, marks, selection, zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command, Scope
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    selection, strip = panel.session.selection, panel.strip
    player = panel.session.showing.player
    # What moves and marks the picture works in the viewer as well.
    timeline, picture, group = Scope.TIMELINE, Scope.PICTURE, tr("Timeline")
    return (
        Command("mark_in", tr("Mark in"), ("I",), selection.set_in, picture, group=group),
        Command("mark_out", tr("Mark out"), ("O",), selection.set_out, picture, group=group),
        Command(
            "mark_clip", tr("Mark the clip"), ("X",), selection.mark_clip, picture, group=group
        ),
        Command(
            "clear_marks",
            tr("Clear the marks"),
            ("Alt+X",),
            selection.clear_marks,
            picture,
            group=group,
        ),
        Command(
            "select",
            tr("Select the clip at the playhead"),
            ("D", "Return"),
            selection.select_at_playhead,
            timeline,
            group=group,
        ),
        Command(
            "back",
            tr("One frame back"),
            ("Left",),
            lambda: player.step(-1),
            picture,
            "step_back",
            group=group,
        ),
        Command(
            "forward",
            tr("One frame on"),
            ("Right",),
            lambda: player.step(1),
            picture,
            "step",
            group=group,
        ),
        Command(
            "second_back",
            tr("One second back"),
            ("Shift+Left",),
            lambda: panel.step_seconds(-1),
            picture,
            group=group,
        ),
        Command(
            "second_forward",
            tr("One second on"),
            ("Shift+Right",),
            lambda: panel.step_seconds(1),
            picture,
            group=group,
        ),
        Command("head", tr("To the start"), ("Home",), selection.go_home, picture, group=group),
        Command("tail", tr("To the end"), ("End",), selection.go_to_end, picture, group=group),
        Command(
            "previous_cut",
            tr("Previous clip"),
            ("Up",),
            lambda: selection.go_to_cut(-1),
            picture,
            group=group,
        ),
        Command(
            "next_cut",
            tr("Next clip"),
            ("Down",),
            lambda: selection.go_to_cut(1),
            picture,
            group=group,
        ),
        Command(
            "track_up",
            tr("Track above"),
            ("Ctrl+Up",),
            lambda: selection.activate(1),
            timeline,
            group=group,
        ),
        Command(
            "track_down",
            tr("Track below"),
            ("Ctrl+Down",),
            lambda: selection.activate(-1),
            timeline,
            group=group,
        ),
        Command(
            "extend_up",
            tr("The track above too"),
            ("Ctrl+Shift+Up",),
            lambda: selection.extend(1),
            timeline,
            group=group,
        ),
        Command(
            "extend_down",
            tr("The track below too"),
            ("Ctrl+Shift+Down",),
            lambda: selection.extend(-1),
            timeline,
            group=group,
        ),
        Command(
            "zoom_in", tr("Zoom in"), ("+", "="), lambda: strip.zoom(0.5), timeline, group=group
        ),
        Command("zoom_out", tr("Zoom out"), ("-",), lambda: strip.zoom(2.0), timeline, group=group),
        Command(
            "zoom_fit",
            tr("Show the whole edit"),
            ("Shift+Z", "\\"),
            strip.fit,
            timeline,
            group=group,
        ),
        Command(
            "zoom_selection",
            tr("Show the selection large"),
            ("Z",),
            strip.fit_selection,
            timeline,
            group=group,
        ),
        *_selecting(panel),
        *_looking(panel),
    )


def _selecting(panel: Panel) -> tuple[Command, ...]:
    """Several clips at once."""
    selection, timeline, group = panel.session.selection, Scope.TIMELINE, tr("Timeline")
    return (
        Command(
            "select_on",
            tr("The next clip too"),
            ("Shift+Down",),
            lambda: selection.extend_to_cut(1),
            timeline,
            group=group,
        ),
        Command(
            "select_back",
            tr("The clip before too"),
            ("Shift+Up",),
            lambda: selection.extend_to_cut(-1),
            timeline,
            group=group,
        ),
        Command(
            "select_toggle",
            tr("The clip at the playhead too, or no longer"),
            ("Shift+D",),
            selection.toggle_at_playhead,
            timeline,
            group=group,
        ),
        Command(
            "select_all",
            tr("Select all clips"),
            ("Ctrl+A",),
            selection.select_all,
            timeline,
            group=group,
        ),
        Command(
            "select_same_source",
            tr("Select all clips of this medium"),
            ("Alt+A",),
            selection.select_same_source,
            timeline,
            group=group,
        ),
        Command(
            "select_none",
            tr("Select nothing"),
            ("Ctrl+Shift+A",),
            selection.select_none,
            timeline,
            group=group,
        ),
    )


def _looking(panel: Panel) -> tuple[Command, ...]:
    """What is seen of the timeline."""
    strip, timeline, group = panel.strip, Scope.TIMELINE, tr("Timeline")
    return (
        Command(
            "page_on",
            tr("Scroll on"),
            ("PgDown",),
            lambda: strip.page(1),
            timeline,
            group=group,
        ),
        Command(
            "page_back",
            tr("Scroll back"),
            ("PgUp",),
            lambda: strip.page(-1),
            timeline,
            group=group,
        ),
        Command(
            "taller",
            tr("Taller tracks"),
            ("Alt+=",),
            lambda: strip.resize_tracks(1),
            timeline,
            group=group,
        ),
        Command(
            "lower",
            tr("Lower tracks"),
            ("Alt+-",),
            lambda: strip.resize_tracks(-1),
            timeline,
            group=group,
        ),
        Command("snap", tr("Snapping"), ("S",), strip.toggle_snapping, timeline, group=group),
        Command(
            "next_marker",
            tr("Next marker"),
            ("Shift+M",),
            lambda: strip.go_to_marker(1),
            timeline,
            group=group,
        ),
        Command(
            "previous_marker",
            tr("Marker before"),
            ("Ctrl+Shift+M",),
            lambda: strip.go_to_marker(-1),
            timeline,
            group=group,
        ),
    )
