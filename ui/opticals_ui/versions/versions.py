"""The versions of the selected clip, and what can be done with them. Without widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from opticals.errors import EditError, OpticalsError, SettingError
from opticals.rendering.shelf import Shelf
from opticals.timeline.placed import ORIGINAL
from opticals_ui.effects.stack import Stack
from opticals_ui.host import Can
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Kind, Notice
from opticals_ui.versions.comparison import Comparison
from opticals_ui.versions.deleting import Deleting
from opticals_ui.versions.rows import Row, folders_of, rows_of
from opticals_ui.versions.verifying import Proof, Verifier

if TYPE_CHECKING:
    from pathlib import Path

    from opticals.timeline.footage import Footage
    from opticals.timeline.listing import ItemView, VersionView
    from opticals.timeline.shot import Shot
    from opticals_ui.session import Session

SETTLE = 120  # milliseconds that a selection stands before its versions are looked for

Held = tuple["tuple[VersionView, ...]", "Shot | None", "Path"]


class Versions(QObject):
    """Follows the selection while it is looked at.

    Signals:
        changed: `rows`, `row`, `a` or `b` changed.
        compare_wanted: two are to be seen beside each other, with a `Comparison`; None: no longer.
        recipe_wanted: a recipe was loaded into the stack of effects.

    Attributes:
        item: the clip whose versions they are; None if there is none.
        rows: the newest first, the original last; at: which of them is the current one.
        a, b: the names of those that are picked to be compared.
    """

    changed = Signal()
    compare_wanted = Signal(object)
    recipe_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._shelf = Shelf()
        self._seers: set[object] = set()
        self._comparing = False
        self._shot: Shot | None = None  # what the clip shows of its medium
        self.item: ItemView | None = None
        self.rows: tuple[Row, ...] = ()
        self.at = 0
        self.a = self.b = ""
        self.verifier = Verifier(self)
        self.deleting = Deleting(session, self.look)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._look)
        session.selection.changed.connect(self._follow)
        session.edit_changed.connect(self.look)
        session.jobs.rendered.connect(lambda job: self.look())

    @property
    def row(self) -> Row | None:
        """The current one."""
        return self.rows[self.at] if self.at < len(self.rows) else None

    @property
    def steppable(self) -> bool:
        """Whether the selected clip has versions to go through."""
        item, can = self._selected(), self._session.host.can
        return item is not None and bool(item.versions) and not item.overlay and Can.SWITCH in can

    def middle(self, row: Row) -> int:
        """The frame of a version's medium that stands for it: the middle of the shot."""
        if row.render is not None:
            return row.render.head + row.render.selected // 2
        return self._shot.first + self._shot.frames // 2 if self._shot is not None else 0

    def set_seen(self, seen: bool, by: object) -> None:
        """Whether somebody looks: only while anybody does, the disk is looked at."""
        if seen:
            self._seers.add(by)
            self.look()
        else:
            self._seers.discard(by)

    def look(self) -> None:
        """Look for versions anew, soon."""
        if self._seers:
            self._settle.start()

    def choose(self, at: int) -> None:
        """Make a row the current one."""
        if at != self.at and 0 <= at < len(self.rows):
            self.at = at
            self.changed.emit()

    def step(self, way: int) -> None:
        """Show the next newer version of the selected clip (1), or the one before (-1); behind
        the newest comes the original again."""
        item = self._selected()
        if item is None or not self.steppable:
            return
        names = (ORIGINAL, *item.versions)
        at = names.index(item.version or ORIGINAL)
        self._switch(str(item.id), names[(at + way) % len(names)])

    def switch(self) -> None:
        """Show the current row in the edit. What does not stand in it is verified first."""
        row, item = self.row, self.item
        if row is None or item is None or row.active:
            return
        if row.placed:
            self._switch(str(item.id), row.name)
        elif row.render is not None:
            self._place(row)

    def back_to_original(self) -> None:
        """Show the original; the renders stay in the edit, to be switched to again."""
        item = self._selected()
        if item is not None and item.version:
            self._switch(str(item.id), ORIGINAL)

    def pick(self, side: str) -> None:
        """Take the current row as `a` or `b`; when there are both, they are compared."""
        row = self.row
        if row is None or not row.whole:
            return
        other = {"a": "b", "b": "a"}[side]
        setattr(self, side, "" if getattr(self, side) == row.name else row.name)
        if getattr(self, other) == row.name:
            setattr(self, other, "")
        self.changed.emit()
        if self.a and self.b:
            self.compare(self.a, self.b)
        else:
            self._end_comparison()

    def compare_with_active(self) -> None:
        """Compare the current row with what the edit shows."""
        active = next((one.name for one in self.rows if one.active), "")
        if self.row is not None and active and self.row.name != active:
            self.a, self.b = active, self.row.name
            self.changed.emit()
            self.compare(self.a, self.b)

    def compare(self, a: str, b: str) -> None:
        """Have two versions of the clip compared, by their names."""
        item, rows = self.item, {one.name: one for one in self.rows}
        if item is None or a not in rows or b not in rows:
            return
        clip, host = str(item.id), self._session.host

        def footage(row: Row) -> Footage:
            loose = row.render if not row.placed else None
            return host.version_footage(clip, loose or row.name)

        def find() -> Comparison:
            return Comparison(clip, footage(rows[a]), footage(rows[b]), a, b)

        def found(what: Comparison) -> None:
            if self.item is not None and self.item.id == clip:
                self._comparing = True
                self.compare_wanted.emit(what)

        self._session.read_from_host("versions", find, found)

    def load_recipe(self) -> None:
        """Take the recipe of the current row into the stack of effects, to render with changes."""
        stack = self._stack()
        if stack is not None:
            self._session.choice.take(stack)
            self.recipe_wanted.emit()

    def recipe_text(self) -> str:
        """The recipe of the current row for the clipboard; "" where there is none to be had."""
        stack = self._stack()
        return stack.preset(stack.words()).to_text() if stack is not None else ""

    def verify(self) -> None:
        """Decode the current row again, and tell whether it is what it should be."""
        row, board = self.row, self._session.board
        if row is None or row.original or row.path is None:
            return
        topic, name = f"verify {row.name}", row.name
        board.notify(Notice(Kind.INFO, topic, tr("Verifying {render}…", render=name), lasting=True))

        def done(proof: Proof) -> None:
            if proof.ok:
                what = tr("{render} is what it should be.", render=name)
                why = tr("%n point(s) (was|were) proved by decoding every frame.", proof.kept)
                board.notify(Notice(Kind.INFO, topic, what, why))
            else:
                board.fail(_broken(name, proof), topic)

        self.verifier.verify(row.path, done, lambda error: board.fail(error, topic))

    def delete(self) -> None:
        """Ask whether the current row is to be deleted."""
        if self.row is not None:
            self.deleting.ask(self.row)

    def close(self) -> None:
        """End what is under way."""
        self._settle.stop()
        self.verifier.close()

    def _end_comparison(self) -> None:
        if self._comparing:
            self._comparing = False
            self.compare_wanted.emit(None)

    def _selected(self) -> ItemView | None:
        selection = self._session.selection
        model = selection.model
        item = model.find(selection.clip) if model and selection.clip else None
        lane = selection.lane
        return item if lane is not None and lane.kind == "Video" else None

    def _follow(self) -> None:
        item = self._selected()
        before = self.item
        if (item and item.id) != (before and before.id):
            self.item, self.rows, self.at, self.a, self.b = item, (), 0, "", ""
            self._end_comparison()
            self.changed.emit()
        self.look()

    def _look(self) -> None:
        item, session = self._selected(), self._session
        if item is None or item.id is None:
            self._show(None, ())
            return
        clip, host, model = item.id, session.host, session.model
        track, start, end = clip.rpartition(":")[0], item.record, item.record + item.frames

        def held() -> Held:
            try:
                shots = host.shots((track,), start, end)
            except OpticalsError:
                shots = ()  # it can be looked at all the same
            shot = next((one for one in shots if one.id == clip), None)
            return host.versions(clip), shot, host.renders_folder()

        def found(what: Held) -> None:
            versions, shot, folder = what

            def rows() -> tuple[Row, ...]:
                folders = sorted({folder, *folders_of(model)})
                stored = [one for each in folders for one in self._shelf.renders(each)]
                return rows_of(versions, stored, clip, item.original, shot)

            session.errands.run(
                rows, lambda rows: self._show(item, rows, shot), self._fail, quiet=True
            )

        session.glance(held, found, lambda error: self._show(item, ()))

    def _show(self, item: ItemView | None, rows: tuple[Row, ...], shot: Shot | None = None) -> None:
        selected = self._selected()
        if (item and item.id) != (selected and selected.id):
            return  # the selection moved on
        current = self.row.name if self.row and self.item and rows else ""
        same = item is not None and self.item is not None and item.id == self.item.id
        names = [one.name for one in rows]
        if not (same and current in names):
            current = next((one.name for one in rows if one.active), "")
        self.item, self.rows, self._shot = item, rows, shot
        self.at = names.index(current) if current in names else 0
        self.a, self.b = (one if one in names else "" for one in (self.a, self.b))
        self.changed.emit()

    def _switch(self, clip: str, version: str) -> None:
        self._session.switch(clip, version)

    def _place(self, row: Row) -> None:
        """Put a render into the edit that lies on disk: never one that was not proved."""
        render, board = row.render, self._session.board
        assert render is not None
        topic = f"verify {row.name}"
        note = tr("It is placed when every frame was decoded.")
        board.notify(
            Notice(Kind.INFO, topic, tr("Verifying {render}…", render=row.name), note, lasting=True)
        )

        def done(proof: Proof) -> None:
            board.dismiss(topic)
            if proof.ok:
                self._session.placing.place_render(render)
            else:
                board.fail(_broken(row.name, proof), topic)

        self.verifier.verify(render.path, done, lambda error: board.fail(error, topic))

    def _stack(self) -> Stack | None:
        """The current row's recipe as a stack; says so where it cannot be had here."""
        row = self.row
        if row is None or row.original:
            return None
        stack = Stack.of_recipe(row.render.recipe.to_json()) if row.render is not None else None
        if stack is None or not stack.entries:
            self._fail(
                SettingError(
                    tr("{render} has no recipe that can be used here.", render=row.name),
                    row.trouble or tr("It was made elsewhere, or with effects that are not here."),
                )
            )
            return None
        return stack

    def _fail(self, error: OpticalsError) -> None:
        self._session.board.fail(error, "versions")


def _broken(name: str, proof: Proof) -> EditError:
    return EditError(
        tr("{render} is not what it should be.", render=name),
        "\n".join(proof.broken),
        tr("Render the shot again, or switch to another version."),
    )
