"""What becomes of the queue when the panel is closed: one quiet question, where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from opticals.jobs.entries import State
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer

if TYPE_CHECKING:
    from opticals_ui.session import Session


def leave(session: Session, close: Callable[[], None]) -> None:
    """Close the panel; at once, or when the user has said what becomes of changes that are not
    saved and of renders that only this panel has made."""
    jobs = session.jobs

    def keep_rendering() -> None:
        jobs.leave_running()
        close()

    def stop() -> None:
        jobs.cancel_all()
        close()

    going = _ends_with_panel(session)
    if session.held_here_alone:
        session.leave(
            keep_rendering if going else close,
            tr("They would be lost when the panel is closed."),
            tr("The queue goes on in the background."),
            tr("Close"),
            going=jobs.active,
        )
    elif going:
        session.board.ask(
            tr("%n render(s) (is|are) not done.", count=going),
            tr("What is finished is kept, whatever you choose."),
            Answer(tr("Keep rendering"), keep_rendering),
            Answer(tr("Pause until next time"), close),
            Answer(tr("Stop rendering"), stop),
        )
    else:
        close()


def _ends_with_panel(session: Session) -> int:
    """How many jobs would not go on without this panel, though nobody paused them."""
    jobs = session.jobs
    if jobs.foreign or jobs.flags.paused:
        return 0
    return sum(view.active and view.state is not State.PAUSED for view in jobs.views)
