"""What is said beside an export, in a text for whoever exported it: the one who edits sits at
another program, perhaps another machine.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

from opticals.errors import OpticalsError, OutputError

_BEGIN = "Opticals: "  # how each begins: nothing else is ever replaced or removed
_AGAIN = "When this is mended, export the edit again{also}. What is rendered is not rendered twice."
_RESTARTED = ", or start the watch again"


def answer_of(export: Path) -> Path:
    """Where it stands: `cut.xml.opticals.txt`."""
    return export.with_name(f"{export.name}.opticals.txt")


def say(export: Path, head: str, problems: Sequence[str], *, restarted: bool = True) -> Path:
    """Write what did not go; the file.

    Args:
        head: one sentence.
        restarted: whether a watch that is started again tries it again.

    Raises:
        OutputError: it cannot be written.
    """
    path = answer_of(export)
    now = time.strftime("%Y-%m-%d %H:%M")
    again = _AGAIN.format(also=_RESTARTED if restarted else "")
    text = "\n\n".join((f"{_BEGIN}{head} ({now})", *problems, again))
    try:
        if path.exists() and not _is_ours(path):
            raise OutputError(f"{path} is not one of ours.", remedy="Move it elsewhere.")
        path.write_text(text + "\n", encoding="utf-8-sig", newline="\r\n")  # any program shows it
    except OSError as error:
        raise OutputError.wrap(f"{path} cannot be written.", error, "Look at the log.") from error
    return path


def take_back(export: Path) -> None:
    """Remove what was said before, now that it holds no longer."""
    path = answer_of(export)
    with contextlib.suppress(OSError):
        if path.exists() and _is_ours(path):
            path.unlink()


def problem(error: OpticalsError, of: str = "") -> str:
    """An error as a paragraph."""
    first = f"{of}: {error.what}" if of and of not in error.what else error.what
    return "\n".join(part for part in (first, error.why, error.remedy) if part)


def _is_ours(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(len(_BEGIN)) == _BEGIN
