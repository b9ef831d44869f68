"""Relinking in a process of its own: what it looks into are hundreds of files, any of them broken.

`relink` is the side of the panel; the module itself, run with -m, is the other one.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import MediaError, OpticalsError
from opticals.timeline import schemas
from opticals.timeline.change import Change
from opticals.timeline.edit import Edit
from opticals.timeline.relink import Link, Report
from opticals.timeline.relink import relink as find

if TYPE_CHECKING:
    from collections.abc import Sequence

BEAT = 0.25  # seconds between two words of how far it is


def relink(
    edit: Edit, folders: Sequence[Path], progress: Callable[[int, int], None] | None = None
) -> Report:
    """As `opticals.timeline.relink.relink`, with what it finds already in the edit.

    Args:
        progress: told of media looked for, and of how many there are, a few times a second; what
            it raises ends the search, and the edit stays as it was.

    Raises:
        MediaError: a folder is not there, or holds far too much, or the process ended.
    """
    folder, told = edit.counting.folder, progress or (lambda done, total: None)
    task = {
        "timeline": schemas.write(edit.timeline),
        "path": None if edit.path is None else str(edit.path.absolute()),
        "folder": None if folder is None else str(folder),
        "folders": [str(one) for one in folders],
    }
    answer = _asked(task, told)
    told(len(answer["links"]), len(answer["links"]))  # the last chance to leave all as it is
    change = Change()
    for id, text in answer["clips"].items():
        lane, slot = edit.find(id)
        change.splice(lane.track, slot.index, 1, [schemas.read(text)])
    links = tuple(_link(one) for one in answer["links"])
    return Report(links, answer["online"], tuple(answer["notes"]), change)


def _asked(task: dict[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "opticals_plugin.relinking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    answer: dict[str, Any] = {}
    try:
        with process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(task))
                process.stdin.close()
                for line in process.stdout:
                    answer = json.loads(line)
                    if "done" in answer:
                        progress(answer["done"], answer["total"])
            except BaseException:
                process.kill()
                raise
    except (OSError, ValueError):
        answer = {}
    if "error" in answer:
        raise OpticalsError.from_json(answer["error"])
    if "links" not in answer:
        raise MediaError(
            "The media could not be looked for.",
            f"The process that did ended with {process.returncode}.",
            "Try a folder nearer to the media.",
        )
    return answer


def _link(data: dict[str, Any]) -> Link:
    path = None if data["path"] is None else Path(data["path"])
    return Link(**{**data, "path": path, "notes": tuple(data["notes"])})


def _answer(task: dict[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
    edit = Edit(schemas.read(task["timeline"]), _path(task["path"]))
    edit.counting = dataclasses.replace(edit.counting, folder=_path(task["folder"]))
    try:
        report = find(edit, [Path(one) for one in task["folders"]], progress=progress)
    except OpticalsError as error:
        return {"error": error.to_json()}
    return {
        "links": [link.to_json() for link in report.links],
        "clips": {one.id: schemas.write(edit.find(one.id)[1].item) for one in report.found},
        "online": report.online,
        "notes": report.notes,
    }


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def main() -> None:
    """Answer the one task on the standard input; a line of how far it is now and then."""
    task = json.load(sys.stdin)
    far, over = [0, 0], threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            _say({"done": far[0], "total": far[1]})

    def note(done: int, total: int) -> None:
        far[:] = done, total

    beating = threading.Thread(target=beat, daemon=True)
    beating.start()
    answer = _answer(task, note)
    over.set()
    beating.join()
    _say(answer)


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
