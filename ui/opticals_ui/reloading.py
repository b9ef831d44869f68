"""An edit that changed on disk: offers to read it again, with what was rendered carried over."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals.rendering.job import Job, Output
from opticals_ui.host import Can
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice, listing
from opticals_ui.watching import FileWatch

if TYPE_CHECKING:
    from opticals.timeline.carrying import Carried
    from opticals.timeline.chosen import Skipped, Wanted
    from opticals_ui.session import Session

TOPIC = "reload"


class Reloading(QObject):
    """Watches the file that the edit of a session was opened from, and the one that it was saved
    as. The renders that stand in it are asked for again in the next one, where it shows their
    frames; what is rendered already is found."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._opened: Path | None = None
        self._lost: Path | None = None
        self._watch = FileWatch(self)
        self._watch.changed.connect(self._changed)
        self._watch.gone.connect(self._gone)
        session.replaced.connect(self._forget)
        session.edit_changed.connect(self._follow)

    @property
    def lost(self) -> bool:
        """Whether the file of the edit is not there any more: it is held here alone."""
        edit = self._session.edit
        return edit is not None and edit.path is not None and edit.path == self._lost

    def close(self) -> None:
        self._watch.close()

    def reload(self, path: Path, *, carry: bool) -> None:
        """Read an edit again, and keep the selection.

        Args:
            carry: whether renders of the one that is open are asked for again in it.
        """
        session = self._session
        self._session.board.dismiss(TOPIC)
        if not carry:
            session.reopen(path)
            return
        session.read_from_host(
            TOPIC,
            session.host.carried,
            lambda renders: session.reopen(path, partial(self._ask_again, renders)),
        )

    def _forget(self) -> None:
        self._opened = self._lost = None

    def _follow(self) -> None:
        edit = self._session.edit
        own = Can.OPEN in self._session.host.can  # a program that holds it tells of changes itself
        path = edit.path if edit and own else None
        if self._opened is None:
            self._opened = path
        wanted = tuple(dict.fromkeys(one for one in (self._opened, path) if one is not None))
        if wanted != self._watch.paths:
            self._watch.watch(wanted)

    def _changed(self, path: Path) -> None:
        edit = self._session.edit
        if path == self._lost:
            self._lost = None
        if edit is None:
            return
        name, renders = path.name, len(self._session.model.renders if self._session.model else ())
        if path == edit.path:
            what = tr("“{name}” was changed by another program.", name=name)
        else:
            what = tr("“{name}”, which this edit was made from, has changed.", name=name)
        why = tr("What is shown here is the edit as it was read.")
        if edit.modified:
            why += " " + tr("What was not saved of it would be lost, but for the renders.")
        answers = [Answer(tr("Reload"), partial(self.reload, path, carry=False))]
        if renders:
            carry = tr("Reload and carry %n render(s) over", count=renders)
            answers.insert(0, Answer(carry, partial(self.reload, path, carry=True)))
        answers.append(Answer(tr("Not now"), lambda: None))
        self._session.board.notify(
            Notice(Kind.INFO, TOPIC, what, why, answers=tuple(answers), lasting=True)
        )

    def _gone(self, path: Path) -> None:
        edit = self._session.edit
        if edit is None or path != edit.path:
            return
        self._lost = path
        what = tr("“{name}” is not there any more.", name=path.name)
        why = tr("It was moved or deleted, or its drive is gone. All of it is still here.")
        save = Answer(tr("Save as…"), lambda: self._session.saving.wanted.emit(None))
        self._session.board.notify(
            Notice(Kind.INFO, TOPIC, what, why, answers=(save,), lasting=True)
        )

    def _ask_again(self, renders: tuple[Carried, ...]) -> None:
        session = self._session

        def found(
            what: tuple[tuple[tuple[Wanted, Carried], ...], tuple[Skipped, ...], Path],
        ) -> None:
            wanted, skipped, folder = what
            delivery = session.choice.delivery
            for one, render in wanted:
                how = replace(
                    delivery,
                    place=render.how,
                    time=render.time,
                    format=render.format or delivery.format,
                    container="",
                    draft=render.draft,
                    bake=render.baked,
                )
                output = Output(
                    folder, how.format, how.handles, how.draft, target=how.target, bake=how.bake
                )
                session.ask_for(Job(one.shot, one.recipe, output), how)
            if skipped:
                lines = [
                    tr("{name} is left out.", name=one.what) + f" {one.why}" for one in skipped
                ]
                title = tr("Not every render could be carried over.")
                session.board.notify(Notice(Kind.INFO, TOPIC, title, listing(lines), lasting=True))

        session.read_from_host(
            TOPIC, lambda: (*session.host.again(renders), session.host.renders_folder()), found
        )
