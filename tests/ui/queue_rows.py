"""The queue's list under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from opticals_ui.panel import Panel


def button(panel: Panel, name: str, job: int = 0) -> QPoint | None:
    """Where a button of a job's row is; None when it has none. Shows the page."""
    panel.side.show_page("queue")
    return panel.job_list.list.button_place(panel.session.jobs.views[job].job.id, name)


def press(qtbot: QtBot, panel: Panel, name: str, job: int = 0) -> None:
    """Press a button of a job's row, as a mouse does: `queue_place`, `queue_retry`, ..."""
    qtbot.waitUntil(lambda: button(panel, name, job) is not None)
    at = button(panel, name, job)
    assert at is not None
    qtbot.mouseClick(panel.job_list.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
