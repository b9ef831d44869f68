"""Dissolves in the viewer process: the mix is that of both pictures, by the exact share."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from opticals.errors import Cancelled
from opticals.viewer.client import Drawn, Failed, Shown, Viewer
from opticals.viewer.kept import Kept
from opticals.viewer.making import Made, picture
from opticals.viewer.media import Shelf
from opticals.viewer.sight import HANDLES, MEDIUM, Message, Mix, Sight

from .films import numbered, write_film

RATE = Fraction(25)
SHARES = [Fraction(one, 12) for one in range(13)]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    opened = Shelf(4, Kept(32 << 20), lambda: None)
    yield opened
    opened.close()


@pytest.fixture
def heard() -> Iterator[tuple[Viewer, queue.Queue[Message]]]:
    answers: queue.Queue[Message] = queue.Queue()
    viewer = Viewer(answers.put)
    yield viewer, answers
    viewer.close()


def seen(shelf: Shelf, sight: Sight, scope: str = "") -> Made:
    medium = shelf.medium(sight)
    other = None
    if sight.mix is not None and sight.mix.path:
        alone = replace(sight, path=sight.mix.path, frame=sight.mix.frame, mix=None)
        other = shelf.beside(alone, medium)
    made = picture(medium, sight, scope, other)
    return replace(made, bgra=made.bgra.copy())


def flat(path: Path, luma: int, cb: int, cr: int, size: tuple[int, int], frames: int = 8) -> Path:
    """A film of one colour, coded without loss."""
    width, height = size
    planes = [
        torch.full(shape, code, dtype=torch.uint8)
        for shape, code in (((height, width), luma), ((height // 2, width // 2), cb),
                            ((height // 2, width // 2), cr))
    ]  # fmt: skip
    options = {"crf": "0", "preset": "ultrafast"}
    return write_film(path, [planes] * frames, options=options, tags=(1, 1, 1, 1))


def colour(luma: int, cb: int, cr: int) -> Any:
    """B, G and R of a code by ITU-R BT.709, counted out: not rounded."""
    y, b, r = (luma - 16) / 219, (cb - 128) / 224, (cr - 128) / 224
    rgb = (y + 1.5748 * r, y - 0.187324 * b - 0.468124 * r, y + 1.8556 * b)
    return np.clip(np.array(rgb[::-1]), 0, 1) * 255


@pytest.mark.parametrize("share", SHARES, ids=str)
def test_flat_colours_are_mixed_by_their_share(tmp_path: Path, shelf: Shelf, share: Any) -> None:
    one, other = (120, 90, 170), (60, 160, 110)
    first = flat(tmp_path / "a.mov", *one, (64, 48))
    second = flat(tmp_path / "b.mov", *other, (64, 48))
    made = seen(shelf, Sight(str(first), 3, RATE, mix=Mix(share, str(second), 5)))
    wanted = colour(*one) * float(1 - share) + colour(*other) * float(share)
    assert made.lacks == ""
    assert not made.alpha
    # Each of the two is rounded before, and the mix of them.
    assert abs(made.bgra[..., :3] - wanted).max() <= 1.01
    assert (made.bgra[..., 3] == 255).all()


@pytest.mark.parametrize("box", [(0, 0), (100, 50)], ids=["whole", "fitted"])
def test_each_pixel_of_two_frames(tmp_path: Path, shelf: Shelf, box: tuple[int, int]) -> None:
    """Of the frames that were asked for, a medium and itself elsewhere too: no pixel is farther
    from the mix of both than its rounding."""
    paths = [numbered(tmp_path / f"{name}.mov", 60, first=n * 100) for n, name in enumerate("ab")]
    for path in paths:
        for index, share in enumerate(SHARES):
            sight = Sight(str(paths[0]), 20 + index, RATE, box=box)
            alone = [
                seen(shelf, replace(sight, path=str(one), frame=frame)).bgra.astype(float)
                for one, frame in ((paths[0], 20 + index), (path, 2 + index))
            ]
            made = seen(shelf, replace(sight, mix=Mix(share, str(path), 2 + index)))
            wanted = alone[0] * float(1 - share) + alone[1] * float(share)
            assert abs(made.bgra - wanted).max() <= 0.5 + 1e-3, (path.name, share)


def test_what_dissolves_into_itself_is_read_at_both_places(tmp_path: Path, shelf: Shelf) -> None:
    """One reader would search in the file for each of them."""
    path = str(numbered(tmp_path / "a.mov", 200, options={"g": "100"}))
    begun = []
    for index in range(30):
        sight = Sight(path, 20 + index, RATE, mix=Mix(Fraction(index, 30), path, 150 + index))
        seen(shelf, sight)
        begun.append([id(one[1]._flow) for there in shelf._open.values() for one in there])
    assert len(begun[-1]) == 2
    assert begun[1:] == begun[1:2] * 29
    later = shelf.medium(Sight(path, 181, RATE))
    assert later.near(181)  # beyond the dissolve it goes on with the one that is there


def test_another_shape_is_fitted_into_the_frame(tmp_path: Path, shelf: Shelf) -> None:
    """4:3 in 16:9 has black at both sides; a smaller one is enlarged."""
    wide = flat(tmp_path / "wide.mov", 235, 128, 128, (160, 90))
    narrow = flat(tmp_path / "narrow.mov", 235, 128, 128, (80, 60))
    half = Fraction(1, 2)
    made = seen(shelf, Sight(str(wide), 0, RATE, mix=Mix(half, str(narrow), 0)), "waveform")
    assert made.bgra.shape == (90, 160, 4)
    edges = [int(one) for one in made.bgra[45, (0, 19, 20, 139, 140, 159), 0]]
    assert edges == [128, 128, 255, 255, 128, 128]
    made = seen(shelf, Sight(str(narrow), 0, RATE, mix=Mix(half, str(wide), 0)))
    assert [int(one) for one in made.bgra[(0, 6, 8, 51, 53, 59), 40, 0]] == [
        128,
        128,
        255,
        255,
        128,
        128,
    ]


def test_a_fade_goes_to_black_or_to_what_lies_below(tmp_path: Path, shelf: Shelf) -> None:
    film = str(flat(tmp_path / "a.mov", 235, 128, 128, (64, 48)))
    quarter = Fraction(1, 4)
    made = seen(shelf, Sight(film, 0, RATE, mix=Mix(quarter)))
    assert (made.alpha, made.bgra[5, 5].tolist()) == (False, [191, 191, 191, 255])
    made = seen(shelf, Sight(film, 0, RATE, mix=Mix(quarter, clear=True)))
    assert (made.alpha, made.bgra[5, 5].tolist()) == (True, [191, 191, 191, 191])


def test_handles_that_end_and_media_that_are_gone(
    tmp_path: Path, heard: tuple[Viewer, queue.Queue[Message]]
) -> None:
    """The picture is shown as if there were a cut, and says why."""
    viewer, answers = heard
    first = numbered(tmp_path / "a.mov", 20)
    second = numbered(tmp_path / "b.mov", 20, first=100)
    half = Fraction(1, 2)
    sight = Sight(str(first), 3, RATE)

    def shown(wanted: Sight) -> Shown:
        viewer.picture(wanted, channel="a")
        found = answers.get(timeout=60)
        assert isinstance(found, Shown), found
        return found

    alone = shown(sight).picture
    assert alone.lacks == ""
    for frame, lacks in ((-1, HANDLES), (0, ""), (19, ""), (20, HANDLES)):
        found = shown(replace(sight, mix=Mix(half, str(second), frame))).picture
        assert (found.lacks, found.data == alone.data) == (lacks, bool(lacks))
    for gone in (tmp_path / "gone.mov", Path(__file__)):
        found = shown(replace(sight, mix=Mix(half, str(gone), 3))).picture
        assert (found.lacks, found.data) == (MEDIUM, alone.data)
    assert shown(replace(sight, mix=Mix(Fraction(0), str(second), 5))).picture.data == alone.data
    whole = shown(replace(sight, mix=Mix(Fraction(1), str(second), 5))).picture
    assert whole.data == shown(replace(sight, path=str(second), frame=5)).picture.data


# --- scopes


def light_rows(scope: Any) -> set[int]:
    """The rows of a waveform that are lit."""
    return set(np.flatnonzero(scope[..., :3].max((1, 2)) > 0).tolist())


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 4), Fraction(1)], ids=str)
def test_the_scope_of_a_dissolve(tmp_path: Path, shelf: Shelf, share: Any) -> None:
    """Black and white: a level of 25 % at a quarter."""
    black = flat(tmp_path / "a.mov", 16, 128, 128, (64, 48))
    white = flat(tmp_path / "b.mov", 235, 128, 128, (64, 48))
    made = seen(shelf, Sight(str(black), 0, RATE, mix=Mix(share, str(white), 1)), "waveform")
    place = 300 - int((float(share) + 0.1) / 1.2 * 300 + 1e-3) - 1
    assert light_rows(made.scope) == {place}


def test_the_scope_of_a_previews_picture(
    tmp_path: Path, heard: tuple[Viewer, queue.Queue[Message]]
) -> None:
    """A ramp of ten greys: each column of the waveform shows the level that is there."""
    viewer, answers = heard
    codes = np.repeat(np.arange(10) * 25, 12).astype(np.uint8)
    bgra = np.full((40, 120, 4), 255, np.uint8)
    bgra[..., :3] = codes[None, :, None]
    path = tmp_path / "picture.bgra"
    path.write_bytes(bgra.tobytes())
    viewer.scope(str(path), (120, 40), "waveform", channel="scope")
    found = answers.get(timeout=60)
    assert isinstance(found, Drawn), found
    drawn = np.frombuffer(found.scope.data, np.uint8).reshape(300, found.scope.stride // 4, 4)
    width = drawn.shape[1]
    for grey in range(10):
        column = drawn[:, round((grey + 0.5) * width / 10), 1]
        (level,) = np.flatnonzero(column > 0)
        assert abs((300 - level - 0.5) / 300 * 1.2 - 0.1 - grey * 25 / 255) < 1.2 / 300
    for kind in ("parade", "vectorscope", "histogram"):
        viewer.scope(str(path), (120, 40), kind, channel="scope")
        assert isinstance(answers.get(timeout=60), Drawn)
    for size in ((120, 41), (0, 0)):
        viewer.scope(str(path), size, "waveform", channel="scope")
        failed = answers.get(timeout=60)
        assert isinstance(failed, Failed)
        assert not isinstance(failed.error, Cancelled)


def test_numbers_survive_their_way_as_json() -> None:
    sight = Sight("a.mov", 3, Fraction(30000, 1001), mix=Mix(Fraction(3, 7), "b.mov", -2))
    assert Sight.from_json(sight.to_json()) == sight
    assert "mix" not in replace(sight, mix=None).to_json()
