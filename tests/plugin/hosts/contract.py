"""What every editing program must do for the panel: one suite, run over each of them.

    class TestBlender(Contract):
        @pytest.fixture
        def driver(self): ...  # a Driver, see driving.py

A program that cannot do something (it is not in its `can`) is not asked for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from opticals_plugin.bridge.wire import HostRefused

from .driving import Driver, Ear, Json, film, until

Shown = dict[int, tuple[str, int]]
HANDLES = 12

_keys = itertools.count(1)


def shown(edit: Mapping[str, Any]) -> Shown:
    """Which frame of which file is seen at each record frame: of the uppermost clip there."""
    seen: Shown = {}
    for track in edit["tracks"]:
        if track["kind"] != "video" or not track["enabled"]:
            continue
        for one in track["clips"]:
            if not one["enabled"] or one["kind"] not in ("movie", "image"):
                continue
            begin, length = one["record"]
            first, frames = one["source"]
            num, den = one["speed"]
            for n in range(length):
                moved = n * num // den if num >= 0 else frames - 1 + n * num // den
                seen[begin + n] = (one["media"]["path"], first + moved)
    return seen


def clips(edit: Mapping[str, Any]) -> Iterator[Json]:
    for track in edit["tracks"]:
        yield from track["clips"]


def named(edit: Mapping[str, Any], name: str) -> Json:
    """The clip with this name, which the program may spell in full (`a.mp4`)."""
    found = [
        one for one in clips(edit) if one["kind"] in ("movie", "image")
        and Path(one["name"]).stem == name
    ]  # fmt: skip
    assert found, f"no {name} among {[one['name'] for one in clips(edit)]}"
    return found[0]


def by_id(edit: Mapping[str, Any], id: str) -> Json:
    return next(one for one in clips(edit) if one["id"] == id)


class Contract:
    """The suite. `START` is the first record frame of the program's timelines; `KNOWN` whether it
    can tell a project from others as long as it is open."""

    START = 0
    KNOWN = True

    @pytest.fixture
    def driver(self) -> Iterator[Driver]:
        raise NotImplementedError

    @pytest.fixture
    def host(
        self, driver: Driver, ear: Ear, media: tuple[Path, Path], tmp_path: Path
    ) -> Iterator[Driver]:
        """The program with the film open, joined after its user pressed the key."""
        self.begin(driver, ear, media, tmp_path)
        yield driver
        driver.close()

    def begin(
        self, driver: Driver, ear: Ear, media: tuple[Path, Path], tmp_path: Path, saved: bool = True
    ) -> None:
        path = self.project_path(tmp_path) if saved else None
        driver.open(film(media, path, self.START), ear.bridge_folder)
        driver.press("select")
        ear.wait("select").answer({})

    def project_path(self, folder: Path) -> Path:
        return folder / "film.json"

    def need(self, host: Driver, *can: str) -> None:
        missing = set(can) - host.can
        if missing:
            pytest.skip(f"{host.name} cannot {', '.join(sorted(missing))}")

    def how(self, host: Driver) -> str:
        """How renders that replace what is seen are placed."""
        return "version" if "version" in host.can else "overlay"

    def order(
        self,
        ear: Ear,
        render: Path,
        clip: Json,
        offset: tuple[int, int] | None = None,
        how: str = "version",
        job: str = "",
    ) -> Json:
        """What the panel says to have a render placed over a range of a clip."""
        first, length = offset or (0, clip["record"][1])
        return {
            "job": job or f"job-{next(_keys)}",
            "clip": clip["id"],
            "render": {
                "name": render.stem,
                "path": str(render),
                "frames": length + 2 * HANDLES,
                "rate": [25, 1],
                "first": HANDLES,
                "width": 320,
                "height": 180,
                "alpha": False,
                "timecode": "00:00:00:00",
            },
            "record": [clip["record"][0] + first, length],
            "offset": [first, length],
            "how": how,
            "sound": "keep",
        }

    def with_render(self, before: Shown, render: Path, start: int, length: int) -> Shown:
        """What is seen with a render over these frames, all else as it was."""
        return before | {start + n: (str(render), HANDLES + n) for n in range(length)}

    # What it says of itself.

    def test_hello_says_who_it_is(self, host: Driver, ear: Ear) -> None:
        joined = ear.bridge.host
        assert joined is not None
        assert joined.name == host.name
        assert joined.can == host.can
        assert joined.version
        assert host.state()["state"] == "joined"

    def test_the_edit_is_what_stands_in_the_timeline(
        self, host: Driver, ear: Ear, media: tuple[Path, Path]
    ) -> None:
        edit = ear.edit()
        start = named(edit, "a")["record"][0]
        wanted = {start + n: (str(media[0]), 10 + n) for n in range(100)}
        wanted |= {start + 100 + n: (str(media[1]), n) for n in range(50)}
        assert shown(edit) == wanted
        assert edit["rate"] == [25, 1]
        assert edit["path"] is not None

    def test_ids_stay(self, host: Driver, ear: Ear) -> None:
        before = {one["id"]: one["name"] for one in clips(ear.edit())}
        assert len(before) == len(list(clips(ear.edit())))
        host.move("b", 37)
        host.save()
        host.undo()
        assert {one["id"]: one["name"] for one in clips(ear.edit())} == before

    def test_the_selection_is_sent(self, host: Driver, ear: Ear) -> None:
        host.select("b")
        host.press("select")
        asked = ear.wait("select")
        asked.answer({})
        edit = asked.params["edit"]
        chosen = named(edit, "b")
        pictures = [
            one for one in edit["selection"]["clips"] if by_id(edit, one)["kind"] != "sound"
        ]
        assert pictures == [chosen["id"]]

    # Placing.

    def test_a_version_is_placed_in_one_step(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        self.need(host, "version")
        render, edit = make_render("V1-1_copy_v001", 124), ear.edit()
        before, clip = shown(edit), named(edit, "a")
        answer = ear.ask("place", self.order(ear, render, clip))
        after = ear.edit()
        start, length = clip["record"]
        assert shown(after) == self.with_render(before, render, start, length)
        placed = by_id(after, answer["clip"])
        assert (placed["shown"], answer["record"]) == (render.stem, [start, length])
        assert {one["id"] for one in placed["versions"]} == {"original", render.stem}
        assert answer["revision"] == after["revision"]
        host.undo()
        assert shown(ear.edit()) == before
        host.redo()
        assert shown(ear.edit()) == shown(after)

    def test_a_part_of_a_clip_is_placed(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        self.need(host, "partial")
        render, edit = make_render("V1-1_part_v001", 64), ear.edit()
        before, clip = shown(edit), named(edit, "a")
        start = clip["record"][0]
        ear.ask("place", self.order(ear, render, clip, (30, 40), self.how(host)))
        assert shown(ear.edit()) == self.with_render(before, render, start + 30, 40)
        host.undo()
        assert shown(ear.edit()) == before

    def test_an_overlay_is_laid_above(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        self.need(host, "overlay")
        render, edit = make_render("V1-2_key_v001", 74), ear.edit()
        before, clip = shown(edit), named(edit, "b")
        start, length = clip["record"]
        ear.ask("place", self.order(ear, render, clip, how="overlay"))
        after = ear.edit()
        assert shown(after) == self.with_render(before, render, start, length)
        assert by_id(after, clip["id"])["shown"] == "original"
        host.undo()
        assert shown(ear.edit()) == before

    def test_the_panel_undoes_and_redoes_what_is_ours(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        self.need(host, "undo")
        render, edit = make_render("V1-1_copy_v001", 124), ear.edit()
        ear.ask("place", self.order(ear, render, named(edit, "a"), how=self.how(host)))
        placed = ear.edit()
        assert placed["undo"]
        ear.ask("undo", {"job": "u1"})
        assert shown(ear.edit()) == shown(edit)
        assert ear.edit()["redo"]
        ear.ask("redo", {"job": "r1"})
        assert shown(ear.edit()) == shown(placed)
        host.move("b", 5)
        with pytest.raises(HostRefused) as refused:
            ear.ask("undo", {"job": "u2"})
        assert refused.value.subject == "not-ours"

    def test_versions_are_switched_and_restored(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        self.need(host, "version", "switch")
        one, two = make_render("V1-1_copy_v001", 124), make_render("V1-1_copy_v002", 124)
        edit = ear.edit()
        before, clip = shown(edit), named(edit, "a")
        start, length = clip["record"]
        placed = ear.ask("place", self.order(ear, one, clip))["clip"]
        placed = ear.ask("place", self.order(ear, two, by_id(ear.edit(), placed)))["clip"]
        assert shown(ear.edit()) == self.with_render(before, two, start, length)
        for version, seen in (
            (one.stem, self.with_render(before, one, start, length)),
            ("original", before),
            (two.stem, self.with_render(before, two, start, length)),
        ):
            job = f"s-{version}"
            placed = ear.ask("switch", {"job": job, "clip": placed, "version": version})["clip"]
            assert shown(ear.edit()) == seen
            assert by_id(ear.edit(), placed)["shown"] == version
        if "restore" in host.can:
            ear.ask("restore", {"job": "back", "clip": placed})
            after = ear.edit()
            assert shown(after) == before
            assert all(not one["versions"] for one in clips(after))

    # What may come between.

    def test_a_clip_that_moved_meanwhile_gets_it_where_it_is(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        render, edit = make_render("V1-2_copy_v001", 74), ear.edit()
        clip = named(edit, "b")
        order = self.order(ear, render, clip, how=self.how(host))
        host.move("b", 37)
        before = shown(ear.edit())
        answer = ear.ask("place", order)
        start, length = clip["record"]
        assert answer["record"] == [start + 37, length]
        assert any("37" in one for one in answer["messages"])
        assert shown(ear.edit()) == self.with_render(before, render, start + 37, length)

    def test_a_clip_that_was_trimmed_meanwhile_is_reported(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        render, edit = make_render("V1-2_copy_v001", 74), ear.edit()
        order = self.order(ear, render, named(edit, "b"), how=self.how(host))
        host.trim("b", tail=10)
        before = shown(ear.edit())
        with pytest.raises(HostRefused) as refused:
            ear.ask("place", order)
        assert refused.value.subject == "trimmed"
        assert refused.value.what
        assert shown(ear.edit()) == before

    def test_a_clip_that_is_gone_is_reported(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        render, edit = make_render("V1-2_copy_v001", 74), ear.edit()
        order = self.order(ear, render, named(edit, "b"), how=self.how(host))
        host.delete("b")
        before = shown(ear.edit())
        with pytest.raises(HostRefused) as refused:
            ear.ask("place", order)
        assert refused.value.subject == "gone"
        assert shown(ear.edit()) == before

    def test_an_action_that_is_asked_for_twice_is_done_once(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path]
    ) -> None:
        render, edit = make_render("V1-1_copy_v001", 124), ear.edit()
        order = self.order(ear, render, named(edit, "a"), how=self.how(host))
        first = ear.ask("place", order)
        assert ear.ask("place", order) == first
        assert ear.ask("done", {"job": order["job"]}) == {"known": True, "answer": first}
        assert ear.ask("done", {"job": "never"})["known"] is False
        host.undo()
        assert shown(ear.edit()) == shown(edit)

    def test_a_render_that_is_not_there_is_refused(
        self, host: Driver, ear: Ear, make_render: Callable[[str, int], Path], tmp_path: Path
    ) -> None:
        edit = ear.edit()
        order = self.order(ear, tmp_path / "gone.mov", named(edit, "a"), how=self.how(host))
        with pytest.raises(HostRefused):
            ear.ask("place", order)
        assert shown(ear.edit()) == shown(edit)

    def test_nonsense_is_refused_and_changes_nothing(self, host: Driver, ear: Ear) -> None:
        before = shown(ear.edit())
        clip = named(ear.edit(), "a")["id"]
        for method, params in (
            ("place", {"job": "x1"}),
            ("place", {"clip": clip}),
            ("place", {"job": "x2", "clip": clip, "render": 3, "offset": "all"}),
            ("switch", {"job": "x3", "clip": clip, "version": 7}),
            ("switch", {"job": "x4", "clip": None, "version": None}),
            ("explode", {"job": "x5"}),
        ):
            with pytest.raises(HostRefused):
                ear.ask(method, params)
        assert shown(ear.edit()) == before

    # The program's own ways.

    def test_an_unsaved_project_is_one_too(
        self,
        driver: Driver,
        ear: Ear,
        media: tuple[Path, Path],
        tmp_path: Path,
        make_render: Callable[[str, int], Path],
    ) -> None:
        self.begin(driver, ear, media, tmp_path, saved=False)
        try:
            edit = ear.edit()
            assert edit["path"] is None
            assert edit["name"]
            render, clip = make_render("V1-1_copy_v001", 124), named(edit, "a")
            ear.ask("place", self.order(ear, render, clip, how=self.how(driver)))
            wanted = self.with_render(shown(edit), render, *clip["record"])
            assert shown(ear.edit()) == wanted
            # It has no file to be known by, and stays the same one after a change and an undo.
            project = ear.bridge.last.project if ear.bridge.last else {}
            assert ear.edit().get("id") == edit.get("id") == project.get("id")
            driver.undo()
            assert ear.edit().get("id") == edit.get("id")
            assert edit.get("id") or not self.KNOWN
        finally:
            driver.close()

    def test_changes_are_told(self, host: Driver, ear: Ear) -> None:
        before = ear.edit()["revision"]
        host.move("b", 10)
        ear.wait("changed")
        assert ear.edit()["revision"] != before

    def test_the_playhead_follows(self, host: Driver, ear: Ear) -> None:
        self.need(host, "seek")
        start = ear.edit()["start"]
        ear.bridge.tell("seek", {"frame": start + 41})
        until(lambda: host.playhead() == start + 41)

    @pytest.mark.alone
    def test_the_host_is_never_stalled(self, host: Driver, ear: Ear) -> None:
        """By what the bridge does; the actions themselves take what the program needs."""
        for n in range(300):
            ear.bridge.tell("progress", {"job": "p", "name": "x", "done": n, "total": 300})
        ear.edit()
        assert host.state()["longest"] < 0.05

    def test_the_panel_may_go_and_come_back(
        self, host: Driver, ear: Ear, media: tuple[Path, Path]
    ) -> None:
        ear.close()
        until(lambda: host.state()["state"] == "no panel")
        again = Ear(ear.bridge_folder)
        try:
            again.wait("joined")
            assert shown(again.edit())
        finally:
            again.close()
