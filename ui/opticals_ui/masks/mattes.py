"""Mattes that were rendered for the selected clip, to be used as a mask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from opticals.errors import ShotError
from opticals.rendering.shelf import Shelf
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice
from opticals_ui.versions.rows import folders_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opticals.rendering.job import Render
    from opticals.timeline.shot import Shot
    from opticals_ui.session import Session

TOPIC = "matte"
MOST = 4  # that are offered at once, the newest


class Mattes:
    """Finds them beside the edit, and sets the mask of the current effect to one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shelf = Shelf()

    def use(self, setting: str) -> None:
        """Set this setting to the matte of what is selected; asks where there are several."""
        session, found = self._session, self._session.selection.range
        if not setting or found is None:
            why = tr("Select a clip first.") if setting else tr("This effect takes no mask.")
            session.board.fail(ShotError(tr("There is nothing to mask."), why), TOPIC)
            return
        session.board.dismiss(TOPIC)
        entry, host, model = session.choice.current, session.host, session.model

        def find() -> tuple[Render, ...]:
            shots = host.shots(found.tracks, found.start, found.end)
            folders = sorted({host.renders_folder(), *folders_of(model)})
            stored = [one for folder in folders for one in self._shelf.renders(folder)]
            whole = (one.render for one in reversed(stored) if one.render and not one.trouble)
            return mattes_of(shots[-1], whole)

        def take(render: Render) -> None:
            session.choice.set_at(entry, setting, str(render.path))
            title = tr("{render} is the mask.", render=render.name)
            session.board.notify(Notice(Kind.INFO, TOPIC, title))

        def offer(renders: tuple[Render, ...]) -> None:
            if not renders:
                title = tr("There is no matte of what is selected.")
                why = tr("Render it with Green screen or Key, and there with Output set to matte.")
                session.board.notify(Notice(Kind.INFO, TOPIC, title, why))
            elif len(renders) == 1:
                take(renders[0])
            else:
                answers = [Answer(one.name, partial(take, one)) for one in renders[:MOST]]
                session.board.ask(tr("Which matte is to be the mask?"), "", *answers)

        session.read_from_host(TOPIC, find, offer)


def mattes_of(shot: Shot, renders: Iterable[Render]) -> tuple[Render, ...]:
    """Those that are mattes of the medium of a shot and hold every frame of it."""
    return tuple(
        one
        for one in renders
        if one.shot.media == shot.media and _is_matte(one) and _covers(one, shot)
    )


def _is_matte(render: Render) -> bool:
    return render.recipe.steps[-1].settings.get("output") == "matte" and not render.baked


def _covers(render: Render, shot: Shot) -> bool:
    """Mattes have a frame for each frame of the medium, handles included."""
    first = render.shot.first - render.head
    return first <= shot.first and shot.first + shot.frames <= first + render.frames
