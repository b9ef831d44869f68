"""An edit that another program writes while it is open: offered, read again, renders carried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio import schema
from pytestqt.qtbot import QtBot

from opticals.jobs.client import Worker
from opticals_plugin.file_host import FileHost
from opticals_ui.notices.board import Kind
from opticals_ui.queue.jobs import State
from opticals_ui.session import Session

from ..core.edits import gap, span, timeline
from ..core.films import numbered, numbers

HOUR = 90_000


def shot(film: Path, name: str, first: int, frames: int) -> schema.Clip:
    return schema.Clip(name, schema.ExternalReference(str(film), span(0, 60)), span(first, frames))


def write(path: Path, *items: schema.Clip) -> None:
    """As programs do: a new file, renamed over the old one."""
    beside = path.with_suffix(".part.otio")
    otio.adapters.write_to_file(timeline(("Video", list(items))), str(beside))
    beside.replace(path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return numbered(tmp_path / "film.mov", 60)


@pytest.fixture
def session(qtbot: QtBot, qapp: object, film: Path, tmp_path: Path) -> Iterator[Session]:
    """An edit of two clips of a film; its second, frames 20 to 49, rendered and placed."""
    edit = tmp_path / "cut.otio"
    write(edit, shot(film, "one", 0, 15), shot(film, "two", 20, 30))
    session = Session(FileHost(), Worker)
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    yield session
    session.close()


def rendered(qtbot: QtBot, session: Session) -> None:
    session.choice.choose("copy")
    session.choice.deliver(format="ffv1", handles=2)
    session.selection.go_to("V1:2")
    session.render()
    qtbot.waitUntil(
        lambda: bool(session.jobs.views) and session.jobs.views[-1].state is State.PLACED,
        timeout=120_000,
    )


def press(qtbot: QtBot, session: Session, words: str) -> None:
    def answers() -> dict:
        return {one.label: one for notice in session.board.notices for one in notice.answers}

    qtbot.waitUntil(lambda: any(words in one for one in answers()), timeout=10_000)
    next(one for label, one in answers().items() if words in label).act()


def test_the_selection_is_kept_where_its_clip_went(
    qtbot: QtBot, session: Session, film: Path, tmp_path: Path
) -> None:
    session.selection.go_to("V1:2")
    session.selection.move_to(HOUR + 20)
    write(tmp_path / "cut.otio", gap(10), shot(film, "one", 0, 15), shot(film, "two", 20, 30))
    press(qtbot, session, "Reload")
    qtbot.waitUntil(lambda: not session.busy and len(session.edit.tracks[0].items) == 3)
    assert session.selection.clip == "V1:2"
    assert session.model.find("V1:2").name == "two"
    assert session.selection.playhead == HOUR + 30


def test_renders_are_carried_over_and_rendered_no_second_time(
    qtbot: QtBot, session: Session, film: Path, tmp_path: Path
) -> None:
    rendered(qtbot, session)
    before = session.jobs.views[-1].render
    write(tmp_path / "cut.otio", shot(film, "two", 20, 30), shot(film, "one", 0, 15))
    press(qtbot, session, "carry 1 render over")
    qtbot.waitUntil(
        lambda: len(session.jobs.views) == 2 and session.jobs.views[-1].state is State.PLACED,
        timeout=120_000,
    )
    after = session.jobs.views[-1].render
    assert after.details["rendered"] == 0
    assert after.selected == before.selected
    assert session.model.find("V1:1").version == after.name
    assert session.model.find("V1:2").version is None


def test_a_trimmed_clip_gets_a_render_of_what_it_shows_now(
    qtbot: QtBot, session: Session, film: Path, tmp_path: Path
) -> None:
    rendered(qtbot, session)
    write(tmp_path / "cut.otio", shot(film, "two", 24, 20))
    press(qtbot, session, "carry 1 render over")
    qtbot.waitUntil(
        lambda: len(session.jobs.views) == 2 and session.jobs.views[-1].state is State.PLACED,
        timeout=120_000,
    )
    render = session.jobs.views[-1].render
    assert numbers(render.path)[render.head : render.head + render.selected] == list(range(24, 44))
    assert render.details["rendered"] < render.frames  # but for the pieces at its new ends


def test_what_the_edit_shows_no_more_is_said(
    qtbot: QtBot, session: Session, film: Path, tmp_path: Path
) -> None:
    rendered(qtbot, session)
    write(tmp_path / "cut.otio", shot(film, "one", 0, 15))
    press(qtbot, session, "carry 1 render over")
    qtbot.waitUntil(
        lambda: any("could be carried" in one.what for one in session.board.notices), timeout=10_000
    )
    assert len(session.jobs.views) == 1


def test_the_edit_that_a_saved_one_was_made_from_is_watched_too(
    qtbot: QtBot, session: Session, film: Path, tmp_path: Path
) -> None:
    rendered(qtbot, session)
    session.saving.save(tmp_path / "cut_v2.otio")
    qtbot.waitUntil(lambda: not session.modified and not session.busy)
    qtbot.wait(700)
    assert not any(one.topic == "reload" for one in session.board.notices), "our own writing"
    write(tmp_path / "cut.otio", shot(film, "two", 20, 30))
    qtbot.waitUntil(
        lambda: any("made from" in one.what for one in session.board.notices), timeout=10_000
    )


def test_an_edit_that_is_deleted_is_still_here(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    (tmp_path / "cut.otio").unlink()
    qtbot.waitUntil(
        lambda: any("not there any more" in one.what for one in session.board.notices),
        timeout=10_000,
    )
    assert not session.modified
    session.open(tmp_path / "other.otio")
    (question,) = [one for one in session.board.notices if one.kind is Kind.QUESTION]
    assert "not there any more" in question.what
    session.saving.save(tmp_path / "again.otio")
    qtbot.waitUntil(lambda: (tmp_path / "again.otio").exists() and not session.busy)
    assert not session.held_here_alone
