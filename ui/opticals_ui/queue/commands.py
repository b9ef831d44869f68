"""Commands that have something rendered, and those of the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from opticals_ui.commands.command import Command, Scope
from opticals_ui.look.words import tr
from opticals_ui.viewer.viewing import FRAMES

Run = Callable[[], object]
Can = Callable[[], bool]

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    return (*_rendering(panel), *_queue(panel))


def _rendering(panel: Panel) -> tuple[Command, ...]:
    session, group = panel.session, tr("Render")

    def has_edit() -> bool:
        return session.edit is not None

    def at_work() -> bool:
        return session.jobs.previewing or session.jobs.active or session.relinking.looking

    return (
        Command(
            "preview",
            tr("Preview"),
            ("Ctrl+P",),
            session.preview,
            icon="preview",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "preview_frames",
            tr("Preview 12 frames"),
            ("Ctrl+Shift+P",),
            lambda: session.preview(FRAMES),
            icon="preview",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "live",
            tr("Preview as settings change"),
            ("Ctrl+Shift+L",),
            lambda: session.set_live(not session.viewing.live),
            group=group,
        ),
        Command(
            "render_draft",
            tr("Render at half size"),
            ("Ctrl+Alt+Return",),
            session.render_draft,
            icon="render",
            group=group,
            enabled=has_edit,
        ),
        Command(
            "render",
            tr("Render"),
            ("Ctrl+Return",),
            session.render,
            icon="render",
            group=group,
            enabled=lambda: has_edit() and session.preflight.possible,
            why=session.preflight.why,
        ),
        Command(
            "render_marked",
            tr("Render what markers ask for"),
            ("Ctrl+Shift+Return",),
            session.render_marked,
            group=group,
            enabled=has_edit,
        ),
        Command(
            "stop",
            tr("Stop all"),
            ("Ctrl+.",),
            session.cancel,
            icon="stop",
            group=group,
            enabled=at_work,
        ),
    )


def _queue(panel: Panel) -> tuple[Command, ...]:
    jobs, page = panel.session.jobs, panel.job_list
    acts, group = page.acts, tr("Queue")

    def go() -> None:
        panel.side.show_page("queue")
        page.list.setFocus()

    def here(id: str, label: str, key: str, run: Run, can: Can, sign: str = "") -> Command:
        return Command(id, label, (key,), run, Scope.QUEUE, sign, group, can)

    return (
        Command("focus_queue", tr("Go to the queue"), ("Ctrl+5",), go, icon="queue", group=group),
        Command(
            "queue_pause_all",
            tr("Pause the queue, or go on"),
            ("Ctrl+Shift+.",),
            acts.pause_all,
            icon="pause_queue",
            group=group,
            enabled=lambda: jobs.active or jobs.flags.paused,
        ),
        here("queue_place", tr("Place"), "Return", acts.place, acts.can_place, "check"),
        here("queue_retry", tr("Render again"), "R", acts.retry, acts.can_retry, "retry"),
        here("queue_pause", tr("Pause or go on"), "P", acts.pause, acts.can_pause, "pause"),
        here(
            "queue_remove",
            tr("Stop, or take out of the list"),
            "Delete",
            acts.remove,
            lambda: bool(acts.chosen),
            "trash",
        ),
        here(
            "queue_earlier",
            tr("Earlier"),
            "Alt+Up",
            lambda: acts.move(-1),
            acts.can_move,
            "move_up",
        ),
        here(
            "queue_later",
            tr("Later"),
            "Alt+Down",
            lambda: acts.move(1),
            acts.can_move,
            "move_down",
        ),
        here("queue_reveal", tr("Show the file"), "S", acts.reveal, acts.can_reveal, "reveal"),
        here("queue_copy_path", tr("Copy path"), "Ctrl+C", acts.copy_path, acts.can_reveal, "copy"),
        here(
            "queue_copy_details",
            tr("Copy details"),
            "D",
            acts.copy_details,
            lambda: bool(acts.chosen),
        ),
        here("queue_clear", tr("Clear what is done"), "Shift+Delete", acts.clear, acts.can_clear),
    )
