"""Opticals beside the real Kdenlive: what its user does by clicks and keys, what melt renders."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from opticals.jobs.entries import State
from opticals_plugin.hosts.kdenlive import project
from tests.core.films import write_film
from tests.melt import melt
from tests.plugin import in_x, x_window
from tests.plugin.x_window import Screen, until

from . import kdenlive_program
from .kdenlive_driver import Agent, KdenliveDriver, Seen, clipboard, copy
from .kdenlive_program import Program, environment_of
from .kdenlive_project import DOCUMENT, Cut, Medium, write

missing = ", ".join(one for one in (x_window.missing(), kdenlive_program.missing()) if one)
pytestmark = pytest.mark.skipif(bool(missing), reason=f"not installed: {missing}")

Session = tuple[Screen, dict[str, str]]
BITS = 8
FRAMES = 200


@pytest.fixture(scope="module")
def kdenlive_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with (
        x_window.screen(tmp_path_factory.mktemp("screen")) as screen,
        kdenlive_program.session(screen) as environment,
    ):
        yield screen, environment


def numbered(number: int) -> list[torch.Tensor]:
    """A green picture that says its number in eight light or dark fields."""
    luma = torch.full((180, 320), 120, dtype=torch.uint8)
    for bit in range(BITS):
        luma[20:60, 40 * bit : 40 * bit + 40] = 200 if number >> bit & 1 else 40
    half = (90, 160)
    return [luma, *(torch.full(half, code, dtype=torch.uint8) for code in (80, 60))]


def number_of(picture: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> int | None:
    """What a picture of 320 x 180 says; None where it is black."""
    fields = [int(picture[40, 40 * bit + 20]) for bit in range(BITS)]
    if picture.max() < 30:
        return None
    return sum(1 << bit for bit, field in enumerate(fields) if field > 120)


def rendered(path: Path, start: int, frames: int) -> list[int | None]:
    """The numbers that melt renders from a project."""
    film = path.with_name(f"{path.stem}-{start}.avi")
    melt(path, f"in={start}", f"out={start + frames - 1}", "-consumer", f"avformat:{film}",
         "vcodec=mjpeg", "qscale=3", "an=1", "real_time=-1", out=film)  # fmt: skip
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(film), "-vf", "scale=320:180", "-pix_fmt", "gray",
         "-f", "rawvideo", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    film.unlink()
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, 180, 320)
    assert len(pictures) == frames
    return [number_of(one) for one in pictures]


def alone(path: Path, track: str) -> Path:
    """A copy of a project in which only one picture track is left."""
    text = path.read_text(encoding="utf-8")
    held = project.read(path)
    for number, one in enumerate(held.tracks):
        if not one.sound and one.name != track:
            text = _hidden(text, number)
    copied = path.with_name(f"{path.stem}-alone.kdenlive")
    copied.write_text(text, encoding="utf-8")
    return copied


def _hidden(text: str, track: int) -> str:
    """As Kdenlive writes a track that is hidden."""
    head, mark, tail = text.partition(f'<tractor id="tractor{track}"')
    inside, end, rest = tail.partition("</tractor>")
    return head + mark + inside.replace('hide="audio"', 'hide="both"') + end + rest


def items(path: Path, track: str) -> list[tuple[int, int, int]]:
    """The clips of a track: where they are, how long, and their first frames."""
    held = project.read(path)
    number = [one.name for one in held.tracks].index(track)
    return [(one.start, one.frames, one.first) for one in held.items if one.track == number]


@contextmanager
def film(session: Session, folder: Path, *tracks: Sequence[Cut]) -> Iterator[KdenliveDriver]:
    """Kdenlive with a numbered film cut into a project, its first clip in the middle of it."""
    screen, environment = session
    driver = KdenliveDriver(screen, environment, folder)
    path = write_film(
        folder / "film.mov", (numbered(n) for n in range(FRAMES)), options={"g": "1", "crf": "8"}
    )
    cuts = tracks or ([Cut(2, 0, 100, 10), Cut(2, 100, 50, 120)], [])
    saved = write(folder / "film.kdenlive", [Medium(2, str(path), FRAMES)], cuts, DOCUMENT)
    made = environment_of(environment, folder)
    made |= {name: os.environ[name] for name in ("OPTICALS_HOME", "OPTICALS_QUEUE")}
    driver.program = Program(screen, made, folder / "kdenlive.log")
    driver.agent = Agent(made, folder / "agent.log")
    driver.seen = {
        name: Seen(one.start, one.frames) for name, one in zip("ab", cuts[0], strict=False)
    }
    driver.program.start(saved)
    try:
        yield driver
    except AssertionError as error:
        error.add_note(f"{screen.windows()}\n{driver.agent.press('state')}")
        raise
    finally:
        screen.save(folder / "last.png")
        driver.end_panels(Path(os.environ["OPTICALS_HOME"]) / "panels")
        driver.close()


def panel_of(screen: Screen) -> str:
    found = [title for title in screen.windows() if title.endswith("Opticals")]
    return found[0] if found else ""


def test_from_the_key_to_what_melt_renders(kdenlive_session: Session, tmp_path: Path) -> None:
    screen, _ = kdenlive_session
    with film(kdenlive_session, tmp_path) as kdenlive:
        program, saved = kdenlive.program, tmp_path / "film.kdenlive"
        copy("the user's own", program.environment)
        copy("marked", program.environment, "primary")

        # One key: the panel is started, and shows the shot.
        kdenlive.select("a")
        kdenlive.press("select")
        until(lambda: "film" in panel_of(screen), f"the panel: {screen.windows()}", 120)
        screen.wait_for(panel_of(screen))
        until(lambda: in_x.green(screen) > 20_000, "the shot in the viewer")
        screen.save(tmp_path / "shown.png")

        # An effect, and render: it is placed by itself.
        screen.key("ctrl+3")
        screen.type("copy")
        until(lambda: len(in_x.primary(screen)) == 2, "the button that uses it")
        screen.key("Return")
        until(lambda: len(in_x.primary(screen)) == 1, "the stack in place of the browser")
        with program.changing():
            screen.key("ctrl+Return")
            until(lambda: in_x.jobs() == [State.PLACED], f"placed, not {in_x.jobs()}", 240)
        assert clipboard(program.environment) == b"the user's own"
        assert clipboard(program.environment, "primary") == b"marked"

        # The user takes it back and puts it there again, and saves.
        now = program.recovered()
        ((start, frames, first),) = items(now, "V2")
        assert (start, frames) == (0, 100)
        kdenlive.undo()
        assert items(program.recovered(), "V2") == []
        kdenlive.redo()
        assert items(program.recovered(), "V2") == [(start, frames, first)]
        kdenlive.save()
    assert items(saved, "V2") == [(start, frames, first)]
    assert items(saved, "V1") == [(0, 100, 10), (100, 50, 120)]
    wanted: list[int | None] = [*range(10, 110), *range(120, 123)]
    assert rendered(saved, 0, 103) == wanted
    assert rendered(alone(saved, "V2"), 0, 103) == [*range(10, 110), None, None, None]
