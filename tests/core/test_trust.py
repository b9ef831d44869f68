"""What stands between a finished render and a wrong one: caches, sources and prints are checked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import torch

from opticals.errors import MediaError
from opticals.media.colour.planes import layout
from opticals.media.contract import fingerprint
from opticals.media.facts import Tags
from opticals.media.read.probe import probe
from opticals.media.write.encoding import choose
from opticals.recipe import Recipe, step
from opticals.rendering import engine
from opticals.rendering.job import Job, Output, Render
from opticals.settings import cache_folder
from opticals.timeline.timecode import day, frame_of
from tests.core.edits import plain_shot

from .films import noise, numbered, numbers

FRAMES = 40
RATE = Fraction(25)


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return numbered(tmp_path / "a.mov", FRAMES, timecode="23:59:59:00")


def job(film: Path, folder: Path, media_start: int = 0) -> Job:
    shot = plain_shot(
        "V1:1", "a", str(film), RATE, False, media_start, FRAMES, 0, FRAMES, 0, 0, FRAMES
    )
    return Job(shot, Recipe((step("copy"),)), Output(folder, "ffv1"), "cpu")


def rendered(job: Job) -> Render:
    return engine.render(job, lambda *progress: None, lambda: None)


def test_a_damaged_segment_is_rendered_again(film: Path, tmp_path: Path) -> None:
    rendered(job(film, tmp_path / "one"))
    segments = sorted((cache_folder() / "segments").glob("*/*.mp4"))
    data = bytearray(segments[0].read_bytes())
    data[len(data) // 2] ^= 1
    segments[0].write_bytes(data)
    segments[1].with_suffix(".json").write_text("[]")
    again = rendered(job(film, tmp_path / "two"))
    assert numbers(again.path) == list(range(FRAMES))
    assert 0 < again.details["rendered"] < FRAMES


def test_a_source_that_changes_meanwhile_is_refused_and_not_kept(
    film: Path, tmp_path: Path
) -> None:
    other = numbered(tmp_path / "b.mov", FRAMES, first=500)
    saved = shutil.copy2(film, tmp_path / "saved.mov")
    done = 0

    def change(*progress: object) -> None:
        nonlocal done
        done += 1
        if done == 3:
            shutil.copyfile(other, film)

    with pytest.raises(MediaError, match="changed while"):
        engine.render(job(film, tmp_path / "one"), change, lambda: None)
    assert not list((tmp_path / "one").glob("*.m*"))
    shutil.copy2(saved, film)
    assert numbers(rendered(job(film, tmp_path / "one")).path) == list(range(FRAMES))


def test_another_start_is_another_render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    film = numbered(tmp_path / "a.mov", FRAMES)
    folder = tmp_path / "renders"
    starts = [probe(rendered(job(film, folder, start)).path).start for start in (0, 90_000)]
    assert starts == [0, 90_000]


def test_timecode_begins_again_at_midnight(film: Path, tmp_path: Path) -> None:
    whole = job(film, tmp_path / "renders")
    late = replace(whole, shot=whole.shot.record_range(30, 40))
    late = replace(late, output=replace(late.output, handles=0))
    assert probe(rendered(late).path).start == 5
    drop = Fraction(30000, 1001)
    assert day(drop, drop=True) == frame_of("23:59:59;29", drop) + 1


def test_a_sidecar_that_is_none_is_passed_over(film: Path, tmp_path: Path) -> None:
    wanted = job(film, tmp_path / "renders")
    first = rendered(wanted)
    text = first.sidecar.read_text(encoding="utf-8")
    for broken in ("{}", "null", text.replace('"rate": "25"', '"rate": "1/0"', 1)):
        first.sidecar.write_text(broken, encoding="utf-8")
        assert rendered(wanted).name != first.name


def test_a_print_tells_mirrored_chroma_and_every_code() -> None:
    kind = layout("yuv420p")
    (picture,) = noise(1, 64, 64, "yuv420p")
    picture[1][:, :16] = 40
    mirrored = [picture[0], picture[1].flip(1), picture[2]]
    assert fingerprint(picture, kind, exact=True) != fingerprint(mirrored, kind, exact=True)
    one = [plane.clone() for plane in picture]
    one[2][5, 5] ^= 1
    assert fingerprint(one, kind, exact=True) != fingerprint(picture, kind, exact=True)
    assert fingerprint([plane.clone() for plane in picture], kind, exact=True) == fingerprint(
        picture, kind, exact=True
    )


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (Tags(1, 5, 1, 5), Tags(1, 5, 1, 6)),
        (Tags(1, 6, 6, 6), Tags(1, 6, 1, 6)),
        (Tags(1, 1, 13, 1), Tags(1, 1, 2, 1)),
        (Tags(1, 9, 16, 9), Tags(1, 9, 16, 9)),
    ],
)
def test_prores_says_what_its_header_has_codes_for(tags: Tags, said: Tags, film: Path) -> None:
    media = replace(probe(film), tags=tags)
    encoding = choose("prores_hq", media, width=media.width, height=media.height)
    assert encoding.tags == said
    assert any("unsaid" in loss for loss in encoding.losses) == (said.transfer == 2)


def test_a_print_does_not_see_how_planes_lie_in_memory() -> None:
    kind = layout("yuv444p")
    (picture,) = noise(1, 32, 32, "yuv444p")
    wide = [torch.cat((plane, plane), 1)[:, :32] for plane in picture]
    assert fingerprint(wide, kind, exact=True) == fingerprint(picture, kind, exact=True)
