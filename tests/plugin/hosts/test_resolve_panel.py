"""The panel itself beside Resolve's agent: shots are taken, renders placed, and read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .contract import named, shown
from .driving import Json, film
from .test_live_panel import Beside, beside, rendered  # noqa: F401 - a fixture
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
