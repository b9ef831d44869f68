"""The effects of the catalogue on real pictures, through worker processes and the command line:
stopped anywhere, in pieces, trimmed, and with files that change."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import opentimelineio as otio
import pytest
import torch
from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact

from opticals.jobs.client import Session, Worker
from opticals.media.colour.planes import planes as frame_planes
from opticals.media.read.decode import reading
from opticals.media.read.probe import probe
from opticals.models import own
from opticals.recipe import Recipe, parse_step
from opticals.rendering.job import Job, Output, Render
from opticals.settings import cache_folder

from .commands import RATE, START, at, opticals_command, span
from .edits import plain_shot
from .films import write_film

FRAMES = 36
HEIGHT, WIDTH = 64, 96


@pytest.fixture(scope="module")
def film(footage: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cyclists, with a cut at frame 17."""

    def planes() -> Iterator[list[torch.Tensor]]:
        with av.open(str(footage("bikes.mp4"))) as bikes:
            for index, frame in enumerate(bikes.decode(video=0)):
                if index >= 120 + FRAMES:
                    return
                if index >= 120:
                    luma, *chroma = (plane.clone() for plane in frame_planes(frame))
                    half = (
                        plane[30 : 30 + HEIGHT // 2, 150 : 150 + WIDTH // 2] for plane in chroma
                    )
                    yield [luma[60 : 60 + HEIGHT, 300 : 300 + WIDTH], *half]

    path = tmp_path_factory.mktemp("film") / "bikes.mov"
    return write_film(path, planes(), timecode="01:00:00:00")


def job_of(film: Path, folder: Path, *effects: str, first: int = 0, frames: int = FRAMES) -> Job:
    shot = plain_shot(
        "V1:1", "a", str(film), Fraction(RATE), False, START, FRAMES, 0, FRAMES, 0, first, frames
    )
    recipe = Recipe(tuple(parse_step(one) for one in effects))
    return Job(shot, recipe, Output(folder, "ffv1", handles=0), "cpu")


def codes(path: Path) -> list[list[torch.Tensor]]:
    media = probe(path)
    with reading(media) as reader:
        return [[plane.clone() for plane in frame] for frame in reader.read(0, media.frames)]


def alike(one: list[list[torch.Tensor]], other: list[list[torch.Tensor]]) -> bool:
    return all(
        all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
        for first, second in zip(one, other, strict=True)
    )


@pytest.fixture
def alone(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """`alone("a")`: OPTICALS_HOME is a new folder with an empty cache and the machine's models."""

    def move(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "models").symlink_to(home / "models", target_is_directory=True)
        monkeypatch.setenv("OPTICALS_HOME", str(folder))
        return folder

    return move


# --- killed while it looks


def test_killed_while_it_looks_at_the_shot(
    film: Path, tmp_path: Path, alone: Callable[[str], Path], models: Any
) -> None:
    """In the search for cuts, then in a first pass: what is delivered in the end has the bytes of
    a render that nobody disturbed."""
    models("transnetv2")
    alone("home")
    job = job_of(film, tmp_path / "a", "stabilize:frame=fill")
    messages: queue.Queue[dict[str, Any]] = queue.Queue()
    stages = set()
    worker = Worker(messages.put)

    def answered(job: Job, timeout: float = 120) -> dict[str, Any] | None:
        """The worker's last word on a job; None when it takes longer."""
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                message = messages.get(timeout=left)
                stages.add(message.get("stage"))
                if message["is"] in ("done", "failed") and message["job"] == job.id:
                    return message
        return None

    def known(kind: str) -> list[Path]:
        return list((cache_folder() / kind).rglob("*.json"))

    def killed(job: Job, where: Callable[[], bool]) -> None:
        worker.render(job)
        while not where():
            answer = answered(job, 0.002)
            assert answer is None, answer
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        answer = answered(job)
        assert answer is not None
        assert answer["error"]["error"] == "WorkerError"

    def finished(job: Job) -> Render:
        worker.render(job)
        answer = answered(job)
        assert answer is not None
        return Render.from_json(answer["render"])

    try:
        killed(job, lambda: "analyse" in stages)
        assert not known("cuts")
        # The first pass begins as soon as the cuts are known.
        killed(replace(job, id="again"), lambda: bool(known("cuts")))
        assert not known("found")
        after = finished(replace(job, id="third"))
        assert known("found")
        shutil.rmtree(cache_folder())
        undisturbed = finished(replace(job_of(film, tmp_path / "b"), recipe=job.recipe))
    finally:
        worker.close()
    assert after.path.name == undisturbed.path.name
    assert after.path.read_bytes() == undisturbed.path.read_bytes()
    assert not alike(codes(after.path), codes(film))
    assert not list(tmp_path.rglob("*.partial*"))


# --- through the command line


def edit_of(film: Path, folder: Path, frames: int, first: int = 0) -> Path:
    """An edit of one clip: `frames` of the film from its frame `first` on."""
    track = otio.schema.Track("V1", kind="Video")
    reference = otio.schema.ExternalReference(str(film), span(START, FRAMES))
    track.append(otio.schema.Clip("c", reference, span(START + first, frames)))
    edit = otio.schema.Timeline("small", global_start_time=at(0))
    edit.tracks.append(track)
    otio.adapters.write_to_file(edit, str(folder / "small.otio"))
    return folder / "small.otio"


def rendered(edit: Path, folder: Path, *effects: str, **options: str) -> dict[str, Any]:
    """What the command says of the render that it made."""
    folder.mkdir()
    more = [word for name, value in options.items() for word in (f"--{name}", value)]
    chosen = [word for effect in effects for word in ("--effect", effect)]
    command: tuple[str | Path, ...] = (
        "render",
        edit,
        "--shot",
        "V1:1",
        *chosen,
        "--handles",
        "0",
        "--device",
        "cpu",
    )
    where = ("-o", folder / "new.otio", "--renders", folder / "r")
    [found] = opticals_command(*command, *where, *more)["renders"]
    assert isinstance(found, dict)
    return found


def test_pieces_through_the_command_equal_the_whole(
    film: Path, tmp_path: Path, alone: Callable[[str], Path], models: Any
) -> None:
    models("transnetv2", "ffdnet", "u2netp")
    effects = ("denoise", "green_screen:output=composite,colour=#203040")
    edit = edit_of(film, tmp_path, 8, first=13)  # over the cut at 17
    alone("one")
    whole = rendered(edit, tmp_path / "whole", *effects, format="ffv1")
    alone("other")
    marks = (("00:00:00:00", "00:00:00:02"), ("00:00:00:03", "00:00:00:07"))
    pieces = []
    for first, last in marks:
        made = rendered(
            edit, tmp_path / first[-2:], *effects, format="ffv1", **{"in": first, "out": last}
        )
        pieces += codes(Path(made["path"]))
    assert len(pieces) == 8
    assert alike(codes(Path(whole["path"])), pieces)


def test_a_matte_is_enlarged_with_its_picture(film: Path, tmp_path: Path, models: Any) -> None:
    models("transnetv2", "u2netp", "realesr-animevideov3")
    edit = edit_of(film, tmp_path, 2)
    made = rendered(edit, tmp_path / "one", "green_screen", "upscale")
    media = probe(made["path"])
    assert (media.width, media.height, media.frames, media.alpha) == (
        2 * WIDTH,
        2 * HEIGHT,
        2,
        True,
    )
    with av.open(made["path"]) as container:
        for frame in container.decode(video=0):
            alpha = frame.to_ndarray(format="rgba")[..., 3]
            assert alpha.shape == (2 * HEIGHT, 2 * WIDTH)
            assert alpha.std() > 5


def network(folder: Path, seed: int) -> Path:
    """A network of one's own that enlarges twice; another one for each seed."""
    torch.manual_seed(seed)
    net = SRVGGNetCompact(num_in_ch=3, num_out_ch=3, num_feat=8, num_conv=2, upscale=2)
    torch.save(net.state_dict(), folder / "net.pth")
    return folder / "net.pth"


def test_a_model_of_ones_own_that_changes(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replaced by another of the same id it makes other pictures; broken, it is refused."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    own.add(network(tmp_path, 1))
    installed = tmp_path / "home" / "models" / "own" / "net.pth"
    edit = edit_of(film, tmp_path, 2)
    effect = "upscale:model=net"
    before = rendered(edit, tmp_path / "before", effect, format="ffv1")
    network(installed.parent, 2)
    after = rendered(edit, tmp_path / "after", effect, format="ffv1")
    assert after["details"]["rendered"] == 2
    assert not alike(codes(Path(before["path"])), codes(Path(after["path"])))
    installed.write_bytes(installed.read_bytes()[:900])
    answer, status = opticals_command(
        *("render", edit, "--shot", "V1:1", "--effect", effect, "-o", tmp_path / "no.otio"),
        *("--renders", tmp_path / "no", "--device", "cpu"),
        check=False,
    )
    assert status == 1
    [failed] = answer.get("failed", [answer])
    assert failed["error"] == "ModelError"
    assert "net" in failed["what"]
    assert not (tmp_path / "no.otio").exists()


# --- one worker, many jobs: what it remembers of files must not outlive them


@pytest.fixture(scope="module")
def own_home(home: Path, models: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the machine's models, where others may be put."""
    models("transnetv2", "ffdnet", "magenta-predict", "magenta-transform")
    folder = tmp_path_factory.mktemp("own home")
    (folder / "models" / "own").mkdir(parents=True)
    for file in (home / "models").iterdir():
        if file.is_file():
            (folder / "models" / file.name).symlink_to(file)
    return folder


@pytest.fixture(scope="module")
def session(own_home: Path) -> Iterator[Session]:
    with Session() as session:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPTICALS_HOME", str(own_home))
            session._worker.start()
        yield session


def still(path: Path, shade: float) -> Path:
    """A grey wedge with a tint."""
    wedge = np.linspace(30, 220, WIDTH)[None, :, None] * np.array([1, 1 - shade, shade])
    cv2.imwrite(str(path), np.broadcast_to(wedge, (HEIGHT, WIDTH, 3)).astype(np.uint8))
    return path


def drawing(path: Path, shift: float) -> Path:
    centre = [0.4 + shift, 0.5]
    keys = [{"frame": 0, "centre": centre, "size": [0.3, 0.5], "angle": 0}]
    shapes = [{"kind": "ellipse", "keys": keys}]
    path.write_text(json.dumps({"opticals_mask": 1, "shapes": shapes}))
    return path


def matte(path: Path, shade: float) -> Path:
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    picture[:, : round(WIDTH * shade)] = 255
    cv2.imwrite(str(path), picture)
    return path


def other_network(path: Path, shade: float) -> Path:
    return network(path.parent, round(10 * shade))


REPLACED: dict[str, tuple[str, str, Callable[[Path, float], Path]]] = {
    "reference": ("match_colour:reference={}", "still.png", still),
    "background": ("key:backing=#b07060,output=composite,background={}", "still.png", still),
    "style": ("stylize:steadiness=0,detail=256,picture={}", "still.png", still),
    "drawn mask": ("key:backing=#b07060,output=matte,mask={}", "shapes.json", drawing),
    "matte": ("key:backing=#b07060,output=matte,mask={}", "matte.png", matte),
    "model": ("upscale:model=net", "net.pth", other_network),
}


@pytest.mark.parametrize(("effect", "name", "write"), REPLACED.values(), ids=REPLACED)
def test_a_file_that_is_replaced_is_rendered_anew(
    effect: str,
    name: str,
    write: Callable[[Path, float], Path],
    session: Session,
    own_home: Path,
    film: Path,
    tmp_path: Path,
) -> None:
    path = (own_home / "models" / "own" if name == "net.pth" else tmp_path) / name
    write(path, 0.2)

    def made() -> Render:
        return session.render(job_of(film, tmp_path / "r", effect.format(path), frames=3))

    first = made()
    assert made().details["rendered"] == 0
    write(path, 0.6)
    other = made()
    assert other.details["rendered"] == 3
    assert not alike(codes(first.path), codes(other.path))
    write(path, 0.2)
    assert alike(codes(made().path), codes(first.path))


@pytest.mark.parametrize(("first", "frames"), [(0, 24), (12, 24)], ids=["before", "after"])
def test_trimming_renders_only_what_is_new_inside_a_mask(
    first: int, frames: int, session: Session, film: Path, tmp_path: Path
) -> None:
    effect = f"denoise:mask={drawing(tmp_path / 'shapes.json', 0.1)}"
    short = session.render(job_of(film, tmp_path / "a", effect, first=12, frames=12))
    assert short.details["rendered"] == 12
    longer = session.render(job_of(film, tmp_path / "b", effect, first=first, frames=frames))
    assert longer.details["rendered"] == 12
    offset = 12 - first
    assert alike(codes(longer.path)[offset : offset + 12], codes(short.path))
