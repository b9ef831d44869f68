"""Deleting renders: asked about first, then into the trash; never one that the edit shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import EditError, OutputError
from opticals.rendering import shelf
from opticals.timeline.placed import ORIGINAL
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Answer, Kind, Notice
from opticals_ui.timeline.model import all_clips
from opticals_ui.versions.trash import to_trash

if TYPE_CHECKING:
    from opticals.timeline.listing import ItemView
    from opticals_ui.session import Session
    from opticals_ui.versions.rows import Row

TOPIC = "delete"


class Deleting:
    """Args:
    gone: called when files went.
    """

    def __init__(self, session: Session, gone: Callable[[], None]) -> None:
        self._session = session
        self._gone = gone

    def ask(self, row: Row) -> None:
        """Ask before anything is done; says so where it may not be."""
        board = self._session.board
        board.dismiss(TOPIC)
        if row.original or row.sidecar is None:
            error = OutputError(
                tr("{name} is not deleted.", name=tr("The original") if row.original else row.name),
                tr("Only renders are, and no sidecar says that it is one."),
            )
            board.fail(error, TOPIC)
        elif showing := self._showing(row.name):
            board.fail(_shown(row.name, showing[0]), TOPIC, *self._switches(showing[0]))
        else:
            holding = [str(one.id) for one in self._clips() if row.name in one.versions]
            why = [tr("Its files go to the trash. Other edits that use it lose it.")]
            if holding:
                why.append(tr("It is taken out of {clips} first.", clips=", ".join(holding)))
            answer = Answer(tr("Move to the trash"), partial(self._begin, row))
            keep = Answer(tr("Keep it"), lambda: None)
            board.ask(tr("Delete {render}?", render=row.name), " ".join(why), answer, keep)

    def _begin(self, row: Row) -> None:
        """The edit may have changed since it was asked about."""
        if showing := self._showing(row.name):
            error = _shown(row.name, showing[0])
            self._session.board.fail(error, TOPIC, *self._switches(showing[0]))
        elif any(row.name in one.versions for one in self._clips()):
            self._session.drop_version(row.name, partial(self._trash, row))
        else:
            self._trash(row)

    def _trash(self, row: Row) -> None:
        assert row.sidecar is not None
        sidecar = row.sidecar
        self._session.errands.run(
            lambda: to_trash(shelf.files_of(sidecar)),
            partial(self._trashed, row),
            lambda error: self._session.board.fail(error, TOPIC),
        )

    def _trashed(self, row: Row, left: tuple[Path, ...]) -> None:
        board = self._session.board
        self._gone()
        if not left:
            what = tr("{render} is in the trash.", render=row.name)
            board.notify(Notice(Kind.INFO, TOPIC, what))
            return
        what = tr("There is no trash for {render}.", render=row.name)
        why = tr("The volume that it lies on has none. Deleted now, it cannot be had back.")
        answer = Answer(tr("Delete for good"), partial(self._delete, row, left))
        board.ask(what, why, answer, Answer(tr("Keep it"), lambda: None))

    def _delete(self, row: Row, left: tuple[Path, ...]) -> None:
        def done(nothing: None) -> None:
            self._gone()
            what = tr("{render} is deleted.", render=row.name)
            self._session.board.notify(Notice(Kind.INFO, TOPIC, what))

        self._session.errands.run(
            lambda: shelf.delete(left),
            done,
            lambda error: self._session.board.fail(error, TOPIC),
        )

    def _clips(self) -> list[ItemView]:
        model = self._session.model
        return (
            [] if model is None else [one for lane in model.lanes for one in all_clips(lane.items)]
        )

    def _showing(self, name: str) -> list[ItemView]:
        """The clips that show a render."""
        return [one for one in self._clips() if one.version == name]

    def _switches(self, item: ItemView) -> tuple[Answer, ...]:
        if item.overlay:
            return ()
        words = tr("Show the original of {clip}", clip=item.id)
        return (Answer(words, partial(self._session.switch, str(item.id), ORIGINAL)),)


def _shown(name: str, item: ItemView) -> EditError:
    return EditError(
        tr("{render} is not deleted.", render=name),
        tr("{clip} “{name}” shows it.", clip=item.id, name=item.name),
        tr("Switch to another version first, then delete it."),
    )
