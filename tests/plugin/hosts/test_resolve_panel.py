"""The panel itself beside Resolve's agent: shots are taken, renders placed, and read back. Once
with the panel's and the worker's own processes, started by an entry of the menu.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from .contract import named, shown
from .driving import Json, film, until
from .test_live_panel import Beside, beside, rendered  # noqa: F401 - a fixture
from .test_real_panel import ARGV, pictures, place, project  # noqa: F401 - fixtures
from .test_resolve_contract import ResolveDriver

HOUR = 90000


@pytest.fixture
def host(
    beside: Beside,  # noqa: F811
    media: tuple[Path, Path],
    panels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ResolveDriver]:
    monkeypatch.setenv("OPTICALS_RESOLVE_FOLDER", str(tmp_path / "films"))
    driver = ResolveDriver(tmp_path / "Fusion")
    driver.open(film(media, tmp_path / "film.json", HOUR), panels)
    yield driver
    driver.close()


def edit(beside: Beside) -> Json:  # noqa: F811
    found = beside.bridge.ask("edit", {}, 30)
    assert isinstance(found, dict)
    return found


def test_a_whole_clip_becomes_a_take_and_a_range_lies_above(
    beside: Beside,  # noqa: F811
    host: ResolveDriver,
) -> None:
    host.select("a")
    host.press("select")
    beside.until(lambda: host.do("answer", number=host.number))
    assert host.answer()["error"] is None
    view = beside.session.edit
    assert view is not None
    assert view.start == HOUR
    before = shown(edit(beside))
    beside.render()
    beside.until(lambda: [str(one) for one in beside.states] == ["placed"])
    assert not beside.session.board.notices, beside.said
    path = str(rendered(beside).path)
    whole = before | {HOUR + n: (path, 12 + n) for n in range(100)}
    assert shown(edit(beside)) == whole
    assert named(edit(beside), "a")["shown"] == Path(path).stem
    assert host.do("edit")["tracks"][0]["items"][0]["take"] == 2
    beside.session.undo()
    beside.until(lambda: shown(edit(beside)) == before)
    beside.session.redo()
    beside.until(lambda: shown(edit(beside)) == whole)
    # A range, by the marks of Resolve.
    host.select("b", range=(HOUR + 110, HOUR + 130))
    host.press("select")
    beside.until(lambda: host.do("answer", number=host.number))
    beside.render()
    beside.until(lambda: [str(one) for one in beside.states] == ["placed"] * 2)
    second = str(rendered(beside).path)
    seen = shown(edit(beside))
    over = set(range(HOUR + 110, HOUR + 130))
    assert {frame for frame in seen if seen[frame][0] == second} == over
    assert {frame: one for frame, one in seen.items() if one[0] != second} == {
        frame: one for frame, one in whole.items() if frame not in over
    }
    assert [one["name"] for one in host.do("edit")["tracks"]] == ["", "Opticals"]


@pytest.fixture
def alone(
    place: Path,  # noqa: F811
    project: Json,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[ResolveDriver]:
    """Resolve without a panel, which an entry of its menu starts."""
    monkeypatch.setenv("OPTICALS_RESOLVE_FOLDER", str(tmp_path / "films"))
    driver = ResolveDriver(tmp_path / "Fusion", "20.0")
    driver.open(project, place / "panels", {"argv": ARGV, "home": str(place)})
    yield driver
    panels = list((place / "panels").glob("*.json"))
    driver.close()
    for one in panels:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(one.stem), signal.SIGTERM)


def test_an_entry_starts_the_panel_which_renders_and_places(
    alone: ResolveDriver, tmp_path: Path
) -> None:
    before = alone.do("snapshot")
    alone.select("b")
    alone.press("repeat", "key-1")
    until(lambda: alone.do("answer", number=alone.number), 90)
    assert alone.answer()["answer"] == {"jobs": 1}, alone.answer()
    until(lambda: named(alone.do("snapshot"), "b")["shown"] != "original", 120)
    after = alone.do("snapshot")
    seen = shown(after)
    made = {Path(seen[21 + n][0]) for n in range(16)}
    assert {one.parent for one in made} == {tmp_path / "films" / "film" / "film.opticals"}
    assert pictures(after) == pictures(before)
    alone.undo()
    assert shown(alone.do("snapshot")) == shown(before)
