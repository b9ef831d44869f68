"""Previews are the frames that the render will have, made again without decoding again."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
import torch

from opticals.errors import Cancelled
from opticals.jobs.previews import bgra
from opticals.media.read import probe
from opticals.media.read.decode import reading
from opticals.media.read.kept import KeptFrames
from opticals.recipe import Recipe, step
from opticals.rendering import engine
from opticals.rendering.job import Job, Output
from opticals.rendering.previewing import previews
from opticals.timeline.edit import Edit

from .edits import clip, timeline
from .films import numbered


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return numbered(tmp_path / "film.mov", 48, width=160, height=96)


def job_of(tmp_path: Path, film: Path, **settings: object) -> Job:
    edit = Edit(timeline(("Video", [clip("a", film, 0, 48, start=0)])), tmp_path / "cut.otio")
    shot = edit.shot("V1:1").record_range(edit.start + 8, edit.start + 32)
    effect = str(settings.pop("effect", "denoise"))
    return Job(shot, Recipe((step(effect, **settings),)), Output(tmp_path / "renders", "ffv1"))


def test_a_preview_is_the_frame_of_the_render(tmp_path: Path, film: Path, models) -> None:
    models("transnetv2", "ffdnet")
    job = job_of(tmp_path, film)
    render = engine.render(job, lambda *words: None, lambda: None)
    with av.open(str(render.path)) as container:
        rendered = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    for pair in previews(job, job.shot.first + 5, 4, lambda: None):
        codes = (pair.after.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
        wanted = rendered[render.head + pair.output]
        # ffmpeg's way to RGB rounds in other places
        assert abs(codes.astype(int) - wanted.astype(int)).max() <= 3
    assert pair.output == 8


def test_frames_end_with_the_selection(tmp_path: Path, film: Path) -> None:
    job = job_of(tmp_path, film, effect="copy")
    found = [one.output for one in previews(job, job.shot.first + 20, 12, lambda: None)]
    assert found == [20, 21, 22, 23]


def test_a_cancel_is_heard(tmp_path: Path, film: Path, models) -> None:
    models("transnetv2", "ffdnet")

    def beat() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        list(previews(job_of(tmp_path, film), 10, 12, beat))


def test_kept_frames_are_those_of_the_medium(film: Path) -> None:
    media = probe.probe(str(film))
    size = media.width * media.height * 4
    kept = KeptFrames(budget=5 * size)
    with reading(media) as plain:
        wanted = [[plane.clone() for plane in frame] for frame in plain.read(0, media.frames)]
    for start, stop in ((10, 14), (12, 20), (3, 5), (47, 48), (0, 2), (40, 48)):
        with kept.reading(media) as reader:
            found = list(reader.read(start, stop))
        for index, frame in zip(range(start, stop), found, strict=True):
            for one, other in zip(frame, wanted[index], strict=True):
                assert torch.equal(one, other), index
    assert len(kept._frames) < media.frames
    kept.close()
    assert not kept._frames


def test_a_medium_that_changed_is_read_again(tmp_path: Path, film: Path) -> None:
    kept = KeptFrames()
    media = probe.probe(str(film))
    with kept.reading(media) as reader:
        before = [plane.clone() for plane in next(iter(reader.read(0, 1)))]
    numbered(film, 48, width=160, height=96, first=500)
    with kept.reading(probe.probe(str(film))) as reader:
        after = next(iter(reader.read(0, 1)))
    assert not all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_pictures_are_premultiplied_bgra() -> None:
    opaque = torch.tensor([1.0, 0.5, 0.0])[:, None, None].expand(3, 2, 3)
    assert bytes(bgra(opaque)) == bytes((0, 128, 255, 255)) * 6
    half = torch.cat((opaque, torch.full((1, 2, 3), 0.5)))
    assert bytes(bgra(half)) == bytes((0, 64, 128, 128)) * 6
    beyond = torch.tensor([2.0, -1.0, 1.0])[:, None, None].expand(3, 1, 1)
    assert bytes(bgra(beyond)) == bytes((255, 0, 255, 255))
