"""Steps of undo: each of our changes is one of Blender's, and only ours are taken back by us."""

from __future__ import annotations

import json
from typing import Any

import bpy

from . import compat
from .client import KEPT, HostError
from .reading import STEP

Json = dict[str, Any]

JOBS = "opticals_jobs"


class Steps:
    """Which steps are ours. The scene holds their count, so that Blender's undo changes it too.

    A step is ours to undo when nothing changed since: the edit looks as it did after it.
    """

    def __init__(self) -> None:
        self._words: dict[int, str] = {}
        self._before: dict[int, int] = {}
        self._after: dict[int, int] = {}

    def forget(self) -> None:
        """Another project is open."""
        self._words.clear()
        self._before.clear()
        self._after.clear()

    @property
    def count(self) -> int:
        return int(compat.scene().get(STEP, 0))

    def begin(self) -> None:
        """What follows is to be a step: see that there is something to go back to."""
        if bpy.app.background and not bpy.ops.ed.undo.poll():
            with compat.windowed():
                bpy.ops.ed.undo_push(message="Opticals")

    def push(self, words: str, job: str, answer: Json, before: int) -> int:
        """Make a step of what was changed, and note the job's answer in the project; its number.

        Args:
            before: signature of the edit.
        """
        scene = compat.scene()
        number = self.count + 1
        scene[STEP] = number
        note(scene, job, answer)
        for old in [one for one in self._words if one >= number]:
            del self._words[old], self._before[old]
            self._after.pop(old, None)
        self._words[number], self._before[number] = words, before
        with compat.windowed():
            bpy.ops.ed.undo_push(message=f"Opticals: {words}")
        return number

    def note_after(self, number: int, signature: int) -> None:
        """What the edit looks like after a step."""
        if self.count == number:
            self._after[number] = signature

    def abandon(self) -> None:
        """Go back to before a change that failed half way."""
        with compat.windowed():
            bpy.ops.ed.undo_push(message="Opticals: failed")
            bpy.ops.ed.undo()

    def undoable(self, signature: int) -> str:
        """What would be undone, in words, when it is ours; else ""."""
        number = self.count
        return self._words.get(number, "") if self._after.get(number) == signature else ""

    def redoable(self, signature: int) -> str:
        """The same of what would be redone."""
        number = self.count + 1
        return self._words.get(number, "") if self._before.get(number) == signature else ""

    def undo(self, signature: int) -> None:
        """Take our last step back.

        Raises:
            HostError: Blender's last step is not ours.
        """
        if not self.undoable(signature):
            raise _not_ours()
        number = self.count
        with compat.windowed():
            bpy.ops.ed.undo()
        if self.count != number - 1:
            with compat.windowed():
                bpy.ops.ed.redo()
            raise _not_ours()

    def redo(self, signature: int) -> None:
        """The same the other way."""
        if not self.redoable(signature):
            raise _not_ours()
        number = self.count
        with compat.windowed():
            bpy.ops.ed.redo()
        if self.count != number + 1:
            if self.count != number:
                with compat.windowed():
                    bpy.ops.ed.undo()
            raise _not_ours()


def _not_ours() -> HostError:
    what = "The last step in Blender is not one of Opticals."
    return HostError(what, "not-ours", "Undo it in Blender.")


def note(scene: Any, job: str, answer: Json) -> None:
    """Keep a job's answer in the project."""
    answers = _answers(scene)
    answers.pop(job, None)
    answers[job] = answer
    while len(answers) > KEPT:
        del answers[next(iter(answers))]
    scene[JOBS] = json.dumps(answers, separators=(",", ":"))


def recall(job: str) -> Json | None:
    """The answer that the project keeps of a job."""
    return _answers(compat.scene()).get(job)


def _answers(scene: Any) -> dict[str, Json]:
    try:
        found = json.loads(scene.get(JOBS, "{}"))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
