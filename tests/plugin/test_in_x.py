"""The whole job in a real window, by real clicks and keys, looked at from outside: the screen's
pictures, window titles, files and the queue."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from opticals.jobs.entries import State
from opticals.timeline.edit import Edit
from opticals_ui.look.palettes import DARK

from . import in_x, x_window
from .in_x import (
    BACKING,
    OPEN,
    SAVE,
    checker,
    choose_file,
    green,
    jobs,
    panel,
    primary,
    quit_panel,
)
from .x_window import Screen, until

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="about X11"),
    pytest.mark.skipif(bool(x_window.missing()), reason=f"not here: {x_window.missing()}"),
]


@pytest.fixture
def edit(tmp_path: Path) -> Path:
    return in_x.small_edit(tmp_path / "film")


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    folder = tmp_path / "screen"
    folder.mkdir()
    with x_window.screen(folder) as screen:
        yield screen


def test_the_whole_job(screen: Screen, edit: Path, tmp_path: Path) -> None:
    original, saved = edit.read_bytes(), edit.with_name("cut_v2.otio")
    with panel(screen, tmp_path) as process:
        # Open, by the button of the first page.
        screen.wait_for("Opticals")
        until(lambda: primary(screen), "the button that opens")
        screen.click(primary(screen)[0].centre)
        choose_file(screen, OPEN, edit)
        screen.wait_for("cut.otio – Opticals")
        until(lambda: green(screen) > 30_000, "the film in the viewer")

        # Select the clip.
        frame = screen.amount(DARK["selected"], 2)
        screen.click(screen.find(DARK["video"], 2)[0].centre)
        until(lambda: screen.amount(DARK["selected"], 2) > frame + 1000, "a frame round the clip")

        # Choose an effect, by its name.
        screen.key("ctrl+3")
        screen.type("key")
        until(lambda: len(primary(screen)) == 2, "the button that uses it")
        screen.click(primary(screen)[0].centre)
        until(lambda: len(primary(screen)) == 1, "the stack in place of the browser")

        # Preview: half of the picture is as it was, of the other the backing is gone.
        (render,) = primary(screen)
        screen.click((render.left - render.width // 2, render.centre[1]))
        until(lambda: checker(screen) > 5000, "a preview without the backing")
        assert green(screen) > 5000

        # Render: it is proved, and cut in by itself.
        screen.click(render.centre)
        screen.wait_for("cut.otio* – Opticals", 180)
        assert jobs() == [State.PLACED]
        (made,) = edit.with_name("cut.opticals").glob("*.mov")
        assert made.with_suffix(".json").is_file()
        assert edit.read_bytes() == original

        # Compare: the line between before and after is drawn to and fro.
        until(lambda: checker(screen) > 5000 and green(screen) > 5000, "before beside after")
        wiped = checker(screen)
        view = screen.find(BACKING, 12)[0]
        right = view.left + view.width
        middle = view.top + view.height // 3
        screen.drag((right, middle), (view.left + 20, middle))
        until(lambda: checker(screen) > 1.6 * wiped, "more of after")
        screen.drag((view.left + 20, middle), (right + view.width - 20, middle))
        until(lambda: checker(screen) < wiped / 4, "more of before")

        # Undo and redo; save.
        screen.key("ctrl+z")
        screen.wait_for("cut.otio – Opticals")
        screen.key("ctrl+shift+z")
        screen.wait_for("cut.otio* – Opticals")
        screen.key("ctrl+shift+s")
        choose_file(screen, SAVE, saved)
        screen.wait_for("cut_v2.otio – Opticals")
        assert edit.read_bytes() == original
        (item,) = Edit.open(saved).tracks()[0].items
        assert item.version == made.stem
        assert (item.record, item.frames) == (90_000, 40)
        quit_panel(screen, process)

    # Reopen: it is as it was left.
    with panel(screen, tmp_path, saved) as process:
        screen.wait_for("cut_v2.otio – Opticals")
        until(lambda: checker(screen) > 10_000, "the render in the viewer")
        assert green(screen) < 5000
        quit_panel(screen, process)
    assert jobs() == [State.PLACED]


def test_the_whole_job_by_keys_alone(screen: Screen, edit: Path, tmp_path: Path) -> None:
    original, saved = edit.read_bytes(), edit.with_name("cut_v2.otio")
    times = in_x.whole_job_by_keys(screen, edit, saved, tmp_path)
    print(f"{times.total:.1f} s, of them {times.waited:.1f} s for the render")
    assert edit.read_bytes() == original
    (made,) = edit.with_name("cut.opticals").glob("*.mov")
    first, rest = Edit.open(saved).tracks()[0].items
    assert (first.version, first.record, first.frames) == (made.stem, 90_000, 26)
    assert (rest.version, rest.frames) == (None, 14)
