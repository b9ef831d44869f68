"""Small text files of the user's, read and written in the background."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import OpticalsError, OutputError, SettingError
from opticals_ui.look.words import tr
from opticals_ui.notices.board import Kind, Notice

if TYPE_CHECKING:
    from opticals_ui.session import Session


def read(
    session: Session, path: Path, topic: str, done: Callable[[str], None], *, largest: int
) -> None:
    """Read a file of at most `largest` bytes; then `done` with its text. What goes wrong is told
    on the board."""

    def work() -> str:
        what = tr("{file} cannot be read.", file=path.name)
        try:
            size = path.stat().st_size
            if size > largest:
                raise SettingError(what, tr("It is too large for such a file."))
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:  # not UTF-8 is a ValueError
            raise SettingError.wrap(what, error, tr("Choose another file.")) from error

    session.errands.run(work, done, _told(session, topic))


def write(session: Session, path: Path, topic: str, text: str, done: str) -> None:
    """Write a file, whole or not at all; then say `done` on the board, or what went wrong."""

    def work() -> None:
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            what = tr("{file} cannot be written.", file=path)
            raise OutputError.wrap(what, error, tr("Choose another folder.")) from error

    def say(_: None) -> None:
        session.board.notify(Notice(Kind.INFO, topic, done))

    session.errands.run(work, say, _told(session, topic))


def _told(session: Session, topic: str) -> Callable[[OpticalsError], None]:
    return lambda error: session.board.fail(error, topic)
