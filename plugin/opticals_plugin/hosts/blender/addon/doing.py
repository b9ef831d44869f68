"""What the panel asks of Blender, done on Blender's main thread."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from . import compat, placing, steps, strips, versions
from .client import HostError
from .reading import Json, Reader
from .strips import Found

Asked = Generator[None, None, Json]

CAN = (
    "version", "partial", "overlay", "undo", "switch", "restore", "drop", "seek", "progress",
)  # fmt: skip


class Doing:
    """Carries out what the panel asks for.

    Args:
        hear: is given what the panel says to the user.
        stand: is called when what stands there changes.
        project_id: names the project that is open.
    """

    def __init__(
        self,
        hear: Callable[[Json], None],
        stand: Callable[[Json], None],
        project_id: Callable[[], str],
    ) -> None:
        self.reader = Reader(project_id)
        self.steps = steps.Steps()
        self._hear = hear
        self._stand = stand
        # How far in its medium a clip began, by its id and its first record frame, as told.
        self._heads: dict[tuple[str, int], float] = {}

    def forget(self) -> None:
        """Another project is open."""
        self.reader.forget()
        self.steps.forget()
        self._heads.clear()

    def handlers(self) -> dict[str, Callable[[Json], Any]]:
        names = "edit place switch restore drop undo redo seek notice".split()
        return {name: getattr(self, name) for name in names} | {"stands": self._stand}

    def snapshot(self) -> Asked:
        """The edit, in slices."""
        edit = yield from self.reader.steps()
        signature = self.reader.signature
        edit["undo"] = self.steps.undoable(signature)
        edit["redo"] = self.steps.redoable(signature)
        self._note_heads()
        return edit

    def _note_heads(self) -> None:
        editor = compat.scene().sequence_editor
        if editor is None:
            return
        for id, one in self.reader.number(editor).items():
            if one.strip.type in strips.PICTURES:
                self._heads[id, one.start] = one.start - versions.origin(one.strip)

    def edit(self, params: Json) -> Asked:
        return self.snapshot()

    def notice(self, params: Json) -> None:
        self._hear(params)

    def seek(self, params: Json) -> Json:
        frame = params.get("frame")
        if isinstance(frame, int) and not isinstance(frame, bool):
            compat.scene().frame_set(frame)
        return {}

    # Changes.

    def place(self, params: Json) -> Asked:
        render = placing.check(params)

        def act(editor: Any) -> Json:
            order = placing.Placing(self.reader, editor, params)
            id, record = order.place(self._heads)
            return {"clip": id, "record": record, "messages": order.messages}

        return self._change(params, f"place {render['name']}", act)

    def switch(self, params: Json) -> Asked:
        id, version = _text(params, "clip"), _text(params, "version")

        def act(editor: Any) -> Json:
            one = self._find(id)
            return self._show(one, id, version)

        return self._change(params, f"switch to {version}", act)

    def restore(self, params: Json) -> Asked:
        id = _text(params, "clip")

        def act(editor: Any) -> Json:
            one = self._find(id)
            what = strips.kept(one.strip)
            if what.get("of"):
                record = [one.start, one.end - one.start]
                compat.children(one.holder(editor)).remove(one.strip)
                return {"clip": what["of"], "record": record, "messages": []}
            if what:
                self._show(one, id, versions.ORIGINAL)
                strips.keep(one.strip, {})
            placing.join(editor, one)
            return self._answer(self._find(id), id)

        return self._change(params, "restore", act)

    def drop(self, params: Json) -> Asked:
        version = _text(params, "version")

        def act(editor: Any) -> Json:
            for one in self.reader.number(editor).values():
                what = strips.kept(one.strip)
                if what and versions.of(what, version) is not None:
                    if what["shown"] == version:
                        name = one.strip.name
                        raise HostError(f"{name} shows {version}.", "failed", "Switch it first.")
                    left = [each for each in what["versions"] if each["id"] != version]
                    alone = [each["id"] for each in left] == [versions.ORIGINAL]
                    strips.keep(one.strip, {} if alone else dict(what, versions=left))
            return {"messages": []}

        return self._change(params, f"drop {version}", act)

    def undo(self, params: Json) -> Json:
        return self._back(self.steps.undo)

    def redo(self, params: Json) -> Json:
        return self._back(self.steps.redo)

    def _back(self, go: Callable[[int], None]) -> Json:
        if why := compat.busy():
            raise HostError(why, "busy", "Try again when it is done.")
        self.reader.read()
        self.reader.changes += 1
        go(self.reader.signature)
        self.reader.read()
        return {"revision": self.reader.revision}

    def _change(self, params: Json, words: str, act: Callable[[Any], Json]) -> Asked:
        """One change as one step of undo, or none at all."""
        scene = compat.scene()
        if why := compat.busy():
            raise HostError(why, "busy", "Try again when it is done.")
        if scene.library is not None:
            raise HostError("The scene is linked from another file.", "read-only")
        if scene.sequence_editor is None:
            raise HostError("The strip is not in the timeline any more.", "gone")
        yield from self.reader.steps()
        before = self.reader.signature
        self.steps.begin()
        yield
        self.reader.changes += 1  # who reads meanwhile is not to touch what goes now
        try:
            answer = act(compat.scene().sequence_editor)
        except BaseException:
            self._take_back(before)
            raise
        number = self.steps.push(words, str(params.get("job", "")), answer, before)
        yield from self.reader.steps()
        self.steps.note_after(number, self.reader.signature)
        return {**answer, "revision": self.reader.revision}

    def _take_back(self, before: int) -> None:
        """After a change that failed: as it was before, if anything was changed."""
        self.reader.read()
        if self.reader.signature != before:
            self.reader.changes += 1
            self.steps.abandon()
            self.reader.read()

    def _find(self, id: str) -> Found:
        one = self.reader.find(id)
        if one is None:
            raise HostError("The strip is not in the timeline any more.", "gone")
        return one

    def _show(self, one: Found, id: str, version: str) -> Json:
        if one.locked:
            raise HostError(f"{one.strip.name} is locked.", "read-only", "Unlock it.")
        what = strips.kept(one.strip)
        now = versions.of(what, what["shown"]) if what else None
        then = versions.of(what, version) if what else None
        if now is None or then is None:
            raise HostError(f"{one.strip.name} has no version {version}.", "failed")
        if now["id"] != then["id"]:
            versions.show(one.strip, now, then)
            strips.keep(one.strip, dict(what, shown=version))
        answer = self._answer(one, id)
        if still := versions.stills(one.strip):
            answer["messages"].append(still)
        return answer

    def _answer(self, one: Found, id: str) -> Json:
        return {"clip": id, "record": [one.start, one.end - one.start], "messages": []}


def _text(params: Json, name: str) -> str:
    found = params.get(name)
    if not isinstance(found, str) or not found:
        raise HostError("The panel asked for something that Blender does not understand.")
    return found
