"""The last steps of a render: a name, the joined file verified, the sidecar beside it.

Nothing stands under a final name that was not verified, and nothing that stands is replaced.
"""

from __future__ import annotations

import glob
import json
import logging
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from opticals.errors import OpticalsError, OutputError
from opticals.media.sequence import numbering
from opticals.rendering.job import Render
from opticals.rendering.partial import partial

log = logging.getLogger(__name__)

# What reading a sidecar raises that is not ours, or not whole any more.
UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    OpticalsError,
)

_UNSAFE = re.compile(r"[^\w.+-]+")


def base_name(shot_id: str, what: str) -> str:
    """`V1-3_upscale`, from the shot's place in the edit and the recipe's name.

    The clip's own name is left out: clips are often named after their medium, and a render
    must not look like one.
    """
    return _UNSAFE.sub("-", f"{shot_id}_{what}")


def next_path(folder: Path, base: str, suffix: str, taken: Collection[str] = ()) -> Path:
    """The first version of this name that is neither a file nor a sidecar yet.

    `taken` are names of renders elsewhere that it must not have either: an edit may hold
    renders of several folders, and no two of them may have one tape name. A sequence, whose
    `suffix` has a place for the number, gets a folder of that name.
    """
    version = re.compile(re.escape(base) + r"_v(\d{3,})(\.rejected)?(\.\w+)?")
    names = [*taken, *(path.name for path in folder.glob(f"{glob.escape(base)}_v*"))]
    matches = (version.fullmatch(name) for name in names)
    highest = max((int(match[1]) for match in matches if match), default=0)
    name = f"{base}_v{highest + 1:03}"
    return (folder / name if "%" in suffix else folder) / f"{name}{suffix}"


def make_folder(folder: Path) -> None:
    """Raises OutputError when the folder cannot be made or written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError.wrap(
            f"The folder {folder} cannot be made.", error, "Choose another folder for the renders."
        ) from error
    if not os.access(folder, os.W_OK):
        raise OutputError(
            f"The folder {folder} cannot be written.",
            remedy="Choose another folder for the renders, or change its permissions.",
        )


def publish(beside: Path, render: Render) -> None:
    """Give a verified file its final name, and write its sidecar.

    Raises:
        FileExistsError: the name was taken meanwhile.
        OutputError: the disk refuses.
    """
    sidecar = partial(render.sidecar)
    # They may move together.
    where = render.path.relative_to(render.sidecar.parent).as_posix()
    facts = {**render.to_json(), "path": where}
    try:
        text = json.dumps(facts, indent=1, ensure_ascii=False)
        sidecar.write_text(text + "\n", encoding="utf-8")
        _place(sidecar, render.sidecar)
        try:
            _place(numbering.beside(beside), numbering.beside(render.path))
        except OSError:
            render.sidecar.unlink(missing_ok=True)
            raise
    except FileExistsError:
        raise
    except OSError as error:
        raise OutputError.wrap(
            f"{render.path} cannot be written.", error, "Free some space, and ask again."
        ) from error
    finally:
        sidecar.unlink(missing_ok=True)


def _place(source: Path, target: Path) -> None:
    """Rename that fails when the target exists, where the file system knows hard links.

    Of a folder it does so wherever anything is in the one that exists.
    """
    try:
        if source.is_dir():
            if target.exists():
                raise FileExistsError(f"{target} exists")
            source.rename(target)
            return
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError(f"{target} exists") from None
        source.rename(target)
        return
    source.unlink()


def set_aside(beside: Path, path: Path) -> Path:
    """Keep a file that was not verified, under a name that says so."""
    final, written = numbering.beside(path), numbering.beside(beside)
    name = numbering.name_of(path)
    suffix = final.suffix if final == path else ""
    return written.replace(final.with_name(f"{name}.rejected{suffix}"))


def load(sidecar: Path) -> Render:
    """The render that a sidecar describes; its file is the one beside the sidecar.

    Raises:
        UNREADABLE: it cannot be read, or is not a sidecar of ours.
    """
    data = json.loads(sidecar.read_text(encoding="utf-8"))
    path = Path(data["path"])
    inside = path.parent.name if numbering.is_pattern(path) else ""
    return Render.from_json({**data, "path": sidecar.parent / inside / path.name})


def renders_in(folder: Path, base: str = "") -> Iterator[Render]:
    """Every render of a folder (of the name `base`, where given) whose sidecar can be read and
    whose file is there."""
    for sidecar in sorted(folder.glob(f"{glob.escape(base) or '*'}_v*.json")):
        try:
            render = load(sidecar)
        except UNREADABLE as error:
            log.info("%s is not used: %s", sidecar, error)
            continue
        if numbering.exists(render.path):
            yield render
