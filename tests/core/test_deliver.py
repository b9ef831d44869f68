"""Names, versions and the cache: nothing is replaced, nothing half-written counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from opticals.recipe import Recipe, step
from opticals.rendering import deliver
from opticals.rendering.cache import SegmentCache
from opticals.rendering.job import Render
from opticals.rendering.partial import partial, sweep
from tests.core.edits import plain_shot

SHOT = plain_shot("V1:3", "a", "/a.mov", Fraction(25), False, 0, 100, 0, 50, 0, 0, 50)


def render(path: Path) -> Render:
    recipe = Recipe((step("copy"),))
    rate = Fraction(30000, 1001)
    return Render(path, SHOT, recipe, 74, 12, 50, rate, 64, 48, 90000, True, "ffv1")


def test_the_next_version_counts_films_and_sidecars_of_its_name_alone(tmp_path: Path) -> None:
    base = deliver.base_name("V1:3", "upscale")
    assert deliver.next_path(tmp_path, base, ".mov").name == "V1-3_upscale_v001.mov"
    for name in ("V1-3_upscale_v001.json", "V1-3_upscale_v004.mp4", "V1-3_upscale2_v009.mov"):
        (tmp_path / name).touch()
    assert deliver.next_path(tmp_path, base, ".mov").name == "V1-3_upscale_v005.mov"
    (tmp_path / "V1-3_upscale_v005.rejected.mov").touch()
    held = ("V1-3_upscale_v007", "V1-3_upscales_v009")
    assert deliver.next_path(tmp_path, base, ".mov", held).name == "V1-3_upscale_v008.mov"


def test_a_published_render_is_found_again_even_after_its_folder_moved(tmp_path: Path) -> None:
    folder = tmp_path / "a.opticals"
    folder.mkdir()
    (folder / ".part.mov").write_bytes(b"film")
    made = render(folder / "V1-3_copy_v001.mov")
    deliver.publish(folder / ".part.mov", made)
    assert sorted(path.name for path in folder.iterdir()) == [
        "V1-3_copy_v001.json",
        "V1-3_copy_v001.mov",
    ]
    folder.rename(tmp_path / "b.opticals")
    found = list(deliver.renders_in(tmp_path / "b.opticals"))
    assert [one.path for one in found] == [tmp_path / "b.opticals" / "V1-3_copy_v001.mov"]
    assert found[0].shot == SHOT
    assert found[0].rate == Fraction(30000, 1001)


@pytest.mark.parametrize("taken", ["V1-3_copy_v001.mov", "V1-3_copy_v001.json"])
def test_publishing_replaces_nothing(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_bytes(b"somebody's")
    (tmp_path / ".part.mov").write_bytes(b"film")
    with pytest.raises(FileExistsError):
        deliver.publish(tmp_path / ".part.mov", render(tmp_path / "V1-3_copy_v001.mov"))
    assert (tmp_path / taken).read_bytes() == b"somebody's"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([taken, ".part.mov"])


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"path": 3}', "\x00"])
def test_other_peoples_json_is_passed_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes_v001.json").write_text(text)
    assert list(deliver.renders_in(tmp_path)) == []


def test_a_segment_counts_once_it_is_finished_and_whole(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path)
    partial = cache.begin("ab12", ".mov")
    partial.write_bytes(b"frames")
    assert cache.find("ab12", ".mov") is None
    cache.finish(partial, ("00ff",), {"tile": 512})
    found = cache.find("ab12", ".mov")
    assert found is not None
    assert found.prints == ("00ff",)
    found.path.write_bytes(b"fram")  # a disk that filled up, a crash
    assert cache.find("ab12", ".mov") is None
    found.path.with_suffix(".json").write_text("{")
    assert cache.find("ab12", ".mov") is None


def test_pruning_lets_go_of_what_was_used_longest_ago(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path)
    for age, name in enumerate(("aa", "bb", "cc")):
        partial = cache.begin(name, ".mov")
        partial.write_bytes(bytes(1000))
        stored = cache.finish(partial, (), {})
        for path in (stored.path, stored.path.with_suffix(".json")):
            os.utime(path, ns=(age, age))
    cache.find("aa", ".mov")  # just used
    cache.prune(limit=2500)
    assert cache.find("bb", ".mov") is None
    assert cache.find("cc", ".mov") is not None
    assert cache.find("aa", ".mov") is not None


def test_a_sidecar_is_json_that_people_can_read(tmp_path: Path) -> None:
    (tmp_path / ".part.mov").write_bytes(b"film")
    made = render(tmp_path / "V1-3_copy_v001.mov")
    deliver.publish(tmp_path / ".part.mov", made)
    data = json.loads(made.sidecar.read_text())
    assert data["path"] == "V1-3_copy_v001.mov"
    assert data["recipe"]["steps"][0]["effect"] == "copy"
    assert data["rate"] == "30000/1001"


def test_half_written_files_go_when_their_writer_is_gone_and_no_sooner(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    mine = partial(tmp_path / "a.mov")
    host = mine.name.split(".")[2].rpartition("-")[0]
    dead = tmp_path / f".b.{host}-{ended.pid}.partial.mov"
    elsewhere = tmp_path / f".c.another_machine-{ended.pid}.partial.mov"
    old = tmp_path / f".d.another_machine-{ended.pid}.partial.mov"
    other = tmp_path / "e.partial.mov"
    for path in (mine, dead, elsewhere, old, other):
        path.touch()
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, elsewhere, other])
