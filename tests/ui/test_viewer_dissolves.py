"""Dissolves at the playhead through the real process: the mix of both films at every frame, and the
scope of what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from opentimelineio import schema
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from opticals.timeline.edit import Edit
from opticals.viewer.client import Viewer
from opticals_plugin.file_host import FileHost
from opticals_ui.look.theme import dress
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from opticals_ui.viewer.modes import Compare
from opticals_ui.viewer.seen import Side
from tests.core.edits import clip, dissolve, gap, render_of, span, timeline
from tests.core.films import write_film

from .fakes import FakeWorker
from .watchdog import LATE, Watchdog

START = 90_000


def level(path: str, frame: int) -> float:
    """The grey that a film of `greys` shows, 0 to 255."""
    return (40 + 2 * (frame % 40) + 90 * ("b" in Path(path).stem) - 16) / 219 * 255


def greys(path: Path, frames: int, size: tuple[int, int] = (64, 36)) -> Path:
    """A film of flat frames, each of another grey than its neighbours; see `level`."""
    width, height = size
    grey = torch.full((height // 2, width // 2), 128, dtype=torch.uint8)

    def picture(frame: int) -> list[torch.Tensor]:
        luma = 40 + 2 * (frame % 40) + 90 * ("b" in path.stem)
        return [torch.full((height, width), luma, dtype=torch.uint8), grey, grey]

    options = {"crf": "0", "preset": "ultrafast"}
    return write_film(
        path, (picture(one) for one in range(frames)), options=options, tags=(1, 1, 1, 1),
        timecode="01:00:00:00",
    )  # fmt: skip


def piece(film: Path, first: int, frames: int, length: int, speed: float = 1) -> schema.Clip:
    made = clip(film.stem, film, first, frames)
    made.media_reference.available_range = span(90_000, length)
    if speed != 1:
        made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
    return made


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From 0: a 10..30, into b 20..50 (by 4 and 6 frames), which is rendered, into itself 60..80
    backwards (3 and 3), into a 0..20, which has no handle before (4 and 4); faded out (5)."""
    folder = tmp_path_factory.mktemp("films")
    a, b = greys(folder / "a.mov", 60), greys(folder / "b.mov", 120)
    made = timeline(
        (
            "Video",
            [
                piece(a, 10, 20, 60),
                dissolve(4, 6),
                piece(b, 20, 30, 120),
                dissolve(3, 3),
                piece(b, 60, 20, 120, -1),
                dissolve(4, 4),
                piece(a, 0, 20, 60),
                dissolve(5, 0),
                gap(10),
            ],
        )
    )
    edit = Edit(made, folder / "cut.otio")
    render = render_of(edit.shot("V1:2"), name="V1-2_x_v001")
    assert render.shot.first - render.head >= 0
    greys(folder / "b_longer.mov", 1)  # another film in the folder changes nothing
    write = [one - 90_000 for one in (render.start, render.start + render.frames)]
    greys_of(render.path, range(*write))
    edit.place(render)
    otio.adapters.write_to_file(edit.timeline, str(folder / "cut.otio"))
    return folder / "cut.otio"


def greys_of(path: Path, frames: range) -> None:
    """A render of b, which it shows 20 codes darker."""
    grey = torch.full((18, 32), 128, dtype=torch.uint8)
    pictures = (
        [torch.full((36, 64), 40 + 2 * (one % 40) + 70, dtype=torch.uint8), grey, grey]
        for one in frames
    )
    options = {"crf": "0", "preset": "ultrafast"}
    write_film(path, pictures, options=options, tags=(1, 1, 1, 1))


RENDERED = 20 / 219 * 255


def oracle(record: int, original: bool = False) -> tuple[float, str]:
    """The grey of a record frame, counted out, and what is said of it."""
    lower = 0.0 if original else RENDERED

    def a(frame: int) -> float:
        return level("a", frame)

    def b(frame: int) -> float:
        return level("b", frame)

    first, second = a(10 + record), b(record) - lower
    back, last = b(79 - (record - 50)), a(record - 70)
    if 16 <= record < 26:
        part = Fraction(record - 16, 10)
        words = f"dissolve, frame {record - 15} of 10"
        return first * float(1 - part) + second * float(part), words
    if 47 <= record < 53:
        part = Fraction(record - 47, 6)
        words = f"dissolve, frame {record - 46} of 6"
        return second * float(1 - part) + back * float(part), words
    if 66 <= record < 74:
        if record < 70 and record > 66:  # b before the cut: a has nothing before its first frame
            return back, "transition, shown as a cut: a medium ends within it"
        part = Fraction(record - 66, 8)
        words = f"dissolve, frame {record - 65} of 8"
        return (back if record == 66 else back * float(1 - part) + last * float(part)), words
    if 85 <= record < 90:
        part = Fraction(record - 85, 5)
        return last * float(1 - part), f"dissolve, frame {record - 84} of 5"
    for end, grey in ((20, first), (50, second), (70, back), (90, last)):
        if record < end:
            return grey, ""
    return 0.0, ""


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From 0: a 30..50, then a compound of what shows from its frame 5 on, 40 frames: a 0..20, into
    b 20..50 (by 4 and 6 frames). From 60 on the same once more, twice as fast, 20 frames."""
    folder = tmp_path_factory.mktemp("nested")
    a, b = greys(folder / "a.mov", 60), greys(folder / "b.mov", 120)

    def compound(first: int, frames: int, speed: int) -> schema.Stack:
        inner = schema.Track("inner", kind="Video")
        inner.extend([piece(a, 0, 20, 60), dissolve(4, 6), piece(b, 20, 30, 120)])
        made = schema.Stack("compound", [inner], span(first, frames))
        if speed != 1:
            made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
        return made

    made = timeline(("Video", [piece(a, 30, 20, 60), compound(5, 40, 1), compound(5, 20, 2)]))
    otio.adapters.write_to_file(made, str(folder / "nested.otio"))
    return folder / "nested.otio"


def nested_oracle(record: int) -> tuple[float, str]:
    """As `oracle`."""
    if record < 20:
        return level("a", 30 + record), ""
    inside = record - 15 if record < 60 else 5 + 2 * (record - 60)
    a, b = level("a", inside), level("b", inside)
    if 16 <= inside < 26 and record < 60:
        part = Fraction(inside - 16, 10)
        mixed = a * float(1 - part) + b * float(part)
        return mixed, f"dissolve, frame {inside - 15} of 10"
    cut = "transition, shown as a cut" if 16 <= inside < 26 else ""
    return (a if inside < 20 else b), cut


@pytest.fixture
def shown(
    qtbot: QtBot, qapp: object, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Panel]:
    cut: Path = request.getfixturevalue(getattr(request, "param", "cut"))
    dress(qapp)
    session = Session(FileHost(), lambda answer: FakeWorker(tmp_path, answer), Viewer)
    panel = Panel(session)
    qtbot.addWidget(panel)
    panel.resize(1280, 800)
    panel.show()
    qtbot.waitExposed(panel)
    session.open(cut)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    panel.preview.setFocus()
    wait_for(qtbot, panel, 0)
    yield panel
    session.close()


def wait_for(qtbot: QtBot, panel: Panel, record: int, *, both: bool = False) -> None:
    screen = panel.session.showing.screen

    def there() -> bool:
        seen = screen.seen
        found = seen is not None and seen.record == START + record
        return found and (not both or seen.source is not None)

    qtbot.waitUntil(there, timeout=20_000)


def grey_of(image: QImage) -> float:
    colour = image.pixelColor(image.width() // 2, image.height() // 2)
    return (colour.red() + colour.green() + colour.blue()) / 3


@pytest.mark.parametrize("backwards", [False, True])
def test_every_frame_is_the_mix_that_the_edit_shows(
    qtbot: QtBot, shown: Panel, backwards: bool
) -> None:
    session, screen = shown.session, shown.session.showing.screen
    for record in sorted(range(100), reverse=backwards):
        session.selection.move_to(START + record)
        wait_for(qtbot, shown, record)
        wanted, words = oracle(record)
        assert screen.seen.words == words, record
        images = screen.seen.result.images
        # Each of both is rounded, and their mix.
        assert abs((grey_of(images[0]) if images else 0) - wanted) <= 1.01, record


@pytest.mark.parametrize("shown", ["nested"], indirect=True)
def test_inside_a_compound_too(qtbot: QtBot, shown: Panel) -> None:
    """In a retimed one it is a cut, and said so."""
    session, screen = shown.session, shown.session.showing.screen
    for record in range(80):
        session.selection.move_to(START + record)
        wait_for(qtbot, shown, record)
        wanted, words = nested_oracle(record)
        assert screen.seen.words == words, record
        assert abs(grey_of(screen.seen.result.images[0]) - wanted) <= 1.01, record


def test_source_and_result_dissolve_each_on_its_own(qtbot: QtBot, shown: Panel) -> None:
    session, screen = shown.session, shown.session.showing.screen
    session.showing.display.choose_compare(Compare.WIPE)
    for record in (16, 18, 20, 25, 30, 47, 49, 52):  # before the cut the render is the other one
        session.selection.move_to(START + record)
        wait_for(qtbot, shown, record, both=True)
        for side, original in ((screen.seen.result, False), (screen.seen.source, True)):
            assert abs(grey_of(side.images[0]) - oracle(record, original)[0]) <= 1.01, record


@pytest.mark.alone
def test_playing_shows_true_mixes(qtbot: QtBot, shown: Panel) -> None:
    session, screen = shown.session, shown.session.showing.screen
    seen: list[tuple[int, float]] = []

    def look() -> None:
        images = screen.seen.result.images
        seen.append((screen.seen.record - START, grey_of(images[0]) if images else 0))

    screen.changed.connect(look)
    QTest.keyClick(shown.preview, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: session.selection.playhead >= START + 85, timeout=10_000)
    QTest.keyClick(shown.preview, Qt.Key.Key_Space)
    for record, grey in seen:
        assert abs(grey - oracle(record)[0]) <= 1.01, record
    mixed = {record for record, _ in seen if oracle(record)[1]}
    assert len(mixed) > 10, sorted(mixed)
    qtbot.waitUntil(lambda: screen.at_rest)


def test_the_scope_shows_the_mix(qtbot: QtBot, shown: Panel) -> None:
    session, screen = shown.session, shown.session.showing.screen
    session.showing.display.choose_scope("waveform")
    for record in (10, 16, 20, 25):
        session.selection.move_to(START + record)
        wait_for(qtbot, shown, record)
        qtbot.waitUntil(lambda: screen.seen.result.scope is not None, timeout=20_000)
        drawn = screen.seen.result.scope
        lit = [y for y in range(drawn.height()) if drawn.pixelColor(drawn.width() // 2, y).green()]
        wanted = (0.1 + oracle(record)[0] / 255) / 1.2 * drawn.height()
        assert len(lit) == 1
        assert abs(drawn.height() - lit[0] - 0.5 - wanted) <= 1, record


@pytest.mark.alone
@pytest.mark.parametrize("count", [1, 12])
def test_the_scope_of_a_preview_is_of_its_picture(qtbot: QtBot, shown: Panel, count: int) -> None:
    """The flat orange of the fake worker, each of twelve frames of it brighter than the last."""
    session, screen = shown.session, shown.session.showing.screen
    session.showing.display.choose_scope("parade")
    session.selection.select("V1", START)
    session.selection.move_to(START + 2)
    found: dict[int, Side] = {}

    def look() -> None:
        side = screen.seen.result
        if screen.seen.preview and side.scope is not None:
            found[side.images[0].cacheKey()] = side

    screen.changed.connect(look)
    with Watchdog() as watchdog:
        session.preview(count)
        qtbot.waitUntil(lambda: len(found) == count, timeout=20_000)
    session.viewing.stop()
    levels = [levels_of(side) for side in found.values()]
    for one in levels:
        assert all(abs(lit - wanted) <= 1 for lit, wanted in one), one
    assert len({one[0][0] for one in levels}) > count // 2
    # The fake worker makes its pictures in this process: what the GUI waits for it is no stall of
    # the panel's, what its thread runs is.
    assert max((one.ran for one in watchdog.stalls), default=0) < LATE


def levels_of(side: Side) -> list[tuple[int, int]]:
    """The row that is lit in each part of a parade, from below, and the one that the colour of the
    picture lies at."""
    colour, drawn = side.images[0].pixelColor(5, 5), side.scope
    assert drawn is not None
    found = []
    for part, code in enumerate((colour.red(), colour.green(), colour.blue())):
        column = round((part + 0.5) * drawn.width() / 3)
        (lit,) = (y for y in range(drawn.height()) if drawn.pixelColor(column, y).value())
        wanted = (0.1 + code / 255) / 1.2 * drawn.height()
        found.append((drawn.height() - 1 - lit, round(wanted - 0.5)))
    return found
