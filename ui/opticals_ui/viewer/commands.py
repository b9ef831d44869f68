"""Commands on what is seen and heard: transport, comparison, zoom, scopes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command, Scope
from opticals_ui.look.words import tr
from opticals_ui.viewer.modes import (
    SCOPES,
    Compare,
    Ground,
    compare_label,
    ground_label,
    scope_label,
)

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    return (*_transport(panel), *_comparing(panel), *_zooming(panel), *_tools(panel))


def _transport(panel: Panel) -> tuple[Command, ...]:
    showing, viewer = panel.session.showing, panel.viewer
    player, display = showing.player, showing.display
    picture, group = Scope.PICTURE, tr("Playback")
    return (
        Command("play", tr("Play or stop"), ("Space",), viewer.toggle_play, picture, "play", group),
        Command(
            "play_forward",
            tr("Play; again: faster"),
            ("L",),
            player.forward,
            picture,
            "play",
            group,
        ),
        Command(
            "play_backward",
            tr("Play backwards; again: faster"),
            ("J",),
            player.backward,
            picture,
            "play_back",
            group,
        ),
        Command(
            "play_stop",
            tr("Stop; held with J or L: slowly"),
            ("K",),
            player.hold,
            picture,
            "pause",
            group,
        ),
        Command(
            "play_marked",
            tr("Play from in to out"),
            ("Shift+Space",),
            player.play_marked,
            picture,
            "mark_in",
            group,
            lambda: player.marked is not None,
        ),
        Command("loop", tr("Loop"), ("Ctrl+L",), display.toggle_loop, picture, "loop", group),
        Command("mute", tr("Mute"), ("Alt+M",), display.toggle_mute, picture, "sound_off", group),
        Command(
            "timecode", tr("Type a timecode"), ("G",), viewer.enter_timecode, picture, "", group
        ),
    )


def _comparing(panel: Panel) -> tuple[Command, ...]:
    display, view = panel.session.showing.display, panel.preview
    picture, place, group = Scope.PICTURE, Scope.VIEWER, tr("Compare")

    def wipe(by: float) -> None:
        display.choose_compare(Compare.WIPE)
        view.set_wipe(view.wipe + by)

    def gain(by: int) -> None:
        display.choose_compare(Compare.DIFFERENCE)
        display.turn_gain(by)

    return (
        *(
            Command(
                f"compare_{mode}",
                compare_label(mode),
                (f"Alt+{number}",),
                partial(display.choose_compare, mode),
                picture,
                group=group,
            )
            for number, mode in enumerate(Compare, 1)
        ),
        Command(
            "compare_hold",
            tr("Show the source while it is held"),
            ("B",),
            lambda: display.set_peek(not display.peek),
            picture,
            "eye",
            group,
        ),
        *(
            Command(name, label, (keys,), act, place, "", group)
            for name, label, keys, act in (
                ("wipe_left", tr("Wipe to the left"), "Alt+Left", partial(wipe, -0.02)),
                ("wipe_right", tr("Wipe to the right"), "Alt+Right", partial(wipe, 0.02)),
                ("wipe_start", tr("Wipe to the left edge"), "Alt+Home", partial(wipe, -1)),
                ("wipe_end", tr("Wipe to the right edge"), "Alt+End", partial(wipe, 1)),
                ("gain_up", tr("Stronger difference"), "Alt+Up", partial(gain, 1)),
                ("gain_down", tr("Weaker difference"), "Alt+Down", partial(gain, -1)),
            )
        ),
        *(
            Command(
                f"ground_{ground}",
                ground_label(ground),
                (f"Alt+{number}",),
                partial(display.choose_ground, ground),
                picture,
                group=tr("Transparency"),
            )
            for number, ground in enumerate(Ground, 6)
        ),
    )


def _zooming(panel: Panel) -> tuple[Command, ...]:
    view = panel.preview
    place, group = Scope.VIEWER, tr("Viewer")
    step = 0.1
    return (
        Command(
            "zoom_picture_in",
            tr("Zoom into the picture"),
            ("+", "="),
            lambda: view.zoom_by(1, view.pointer()),
            place,
            "zoom_in",
            group,
        ),
        Command(
            "zoom_picture_out",
            tr("Zoom out of the picture"),
            ("-",),
            lambda: view.zoom_by(-1, view.pointer()),
            place,
            "zoom_out",
            group,
        ),
        Command(
            "zoom_picture_fit",
            tr("Show the whole picture"),
            ("Shift+Z",),
            lambda: view.zoom_to(None),
            place,
            "zoom_fit",
            group,
        ),
        Command(
            "zoom_picture_pixels",
            tr("Pixel by pixel (100 %)"),
            ("Z",),
            lambda: view.zoom_to(100, view.pointer()),
            place,
            "zoom_pixels",
            group,
        ),
        *(
            Command(f"pan_{name}", label, (keys,), partial(view.pan, x, y), place, "", group)
            for name, label, keys, x, y in (
                ("left", tr("Look farther left"), "Ctrl+Shift+Left", step, 0),
                ("right", tr("Look farther right"), "Ctrl+Shift+Right", -step, 0),
                ("up", tr("Look farther up"), "Ctrl+Shift+Up", 0, step),
                ("down", tr("Look farther down"), "Ctrl+Shift+Down", 0, -step),
            )
        ),
    )


def _tools(panel: Panel) -> tuple[Command, ...]:
    display, viewer = panel.session.showing.display, panel.viewer
    picture, group = Scope.PICTURE, tr("Viewer")
    keys = ("Alt+W", "Alt+P", "Alt+V", "Alt+H")
    return (
        Command("scopes", tr("Scopes"), ("Alt+S",), display.toggle_scopes, picture, group=group),
        *(
            Command(
                f"scope_{scope}",
                scope_label(scope),
                (key,),
                partial(display.choose_scope, scope),
                picture,
                group=group,
            )
            for scope, key in zip(SCOPES, keys, strict=True)
        ),
        Command(
            "lut",
            tr("Viewing LUT"),
            ("Alt+L",),
            display.toggle_lut,
            picture,
            "lut",
            group,
            lambda: bool(display.lut),
            lambda: tr("No LUT is chosen."),
        ),
        Command(
            "choose_lut",
            tr("Choose a viewing LUT…"),
            ("Alt+Shift+L",),
            viewer.choose_lut,
            picture,
            "lut",
            group,
        ),
        Command(
            "viewer_full",
            tr("Viewer on the whole screen"),
            ("Ctrl+F",),
            panel.toggle_full_viewer,
            picture,
            "fullscreen",
            group,
        ),
    )
