"""Masks: drawn shapes against geometry, and mattes whose frames are numbered."""

from __future__ import annotations

import copy
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from opticals import masks
from opticals.declaration import Masked
from opticals.errors import MediaError
from opticals.masks.shapes import Shapes
from opticals.media.facts import Media
from opticals.media.read.probe import identity, probe

from .films import number, numbered, write_film

WIDTH, HEIGHT, FRAMES = 128, 96, 40


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    path = tmp_path_factory.mktemp("medium") / "medium.mov"
    return probe(numbered(path, FRAMES, width=WIDTH, height=HEIGHT, timecode="01:00:00:00"))


def shape(kind: str, combine: str = "add", **values: Any) -> dict[str, Any]:
    """A shape with one key, or with those of `keys`."""
    common = {name: values.pop(name) for name in ("feather", "opacity", "width") if name in values}
    keys = values.pop("keys", None) or [{"frame": 0, **values}]
    return {"kind": kind, "combine": combine, **common, "keys": keys}


@pytest.fixture
def drawn(tmp_path: Path, media: Media) -> Any:
    """`drawn(shape, ..., frame=0, grow=2)`: the mask of those shapes, `[H, W]`."""

    def draw(*shapes: dict[str, Any], frame: int = 0, **settings: Any) -> Tensor:
        path = tmp_path / "mask.json"
        path.write_text(json.dumps({"opticals_mask": 1, "shapes": shapes}))
        mask = masks.load(Masked(mask=str(path), **settings), media, 0, FRAMES).at(frame)
        assert mask.shape == (1, HEIGHT, WIDTH)
        assert mask.dtype == torch.float32
        assert mask.min() >= 0
        assert mask.max() <= 1
        return mask[0]

    return draw


def test_a_rectangle_covers_its_pixels_and_parts_of_those_at_its_edge(drawn: Any) -> None:
    mask = drawn(shape("rectangle", centre=[0.5, 0.5], size=[64.5 / WIDTH, 32 / HEIGHT]))
    expected = torch.zeros(HEIGHT, WIDTH)
    expected[32:64, 32:96] = 1
    expected[32:64, [31, 96]] = 0.25
    # The raster has a quarter of a pixel, and draws what touches it.
    assert (mask - expected).abs().max() <= 0.26
    assert mask[34:62, 34:94].min() == 1
    assert mask[:30].max() == mask[66:].max() == mask[:, :30].max() == mask[:, 98:].max() == 0


@pytest.mark.parametrize("kind", ["ellipse", "curve", "stroke", "polygon"])
def test_a_circle_however_it_is_drawn(drawn: Any, kind: str) -> None:
    x, y, radius = 60.3, 48.6, 30.0
    across, down = radius / WIDTH, radius / HEIGHT
    middle = [x / WIDTH, y / HEIGHT]
    if kind == "ellipse":
        one = shape(kind, centre=middle, size=[2 * across, 2 * down], angle=33)
    elif kind == "stroke":
        one = shape(kind, points=[middle], width=2 * radius)
    elif kind == "polygon":
        turns = [2 * math.pi * step / 200 for step in range(200)]
        points = [
            [x / WIDTH + math.cos(t) * across, y / HEIGHT + math.sin(t) * down] for t in turns
        ]
        one = shape(kind, points=points)
    else:
        k = 4 / 3 * (math.sqrt(2) - 1)  # the usual approximation of a circle, right to 0.03 %
        points = []
        for cos, sin in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            spokes = ((cos, sin), (cos + k * sin, sin - k * cos), (cos - k * sin, sin + k * cos))
            points.append(
                [
                    *np.concatenate(
                        [(x / WIDTH + c * across, y / HEIGHT + s * down) for c, s in spokes]
                    )
                ]
            )
        one = shape(kind, points=points)
    columns, rows = torch.arange(WIDTH) + 0.5, torch.arange(HEIGHT)[:, None] + 0.5
    apart = ((columns - x) ** 2 + (rows - y) ** 2).sqrt()
    expected = (radius - apart + 0.5).clamp(0, 1)
    mask = drawn(one)
    assert (mask - expected).abs().max() < 0.35
    assert float(mask.sum()) == pytest.approx(math.pi * radius**2, rel=0.015)


def test_a_turned_rectangle_turns_clockwise_on_the_screen_and_keeps_its_shape(drawn: Any) -> None:
    mask = drawn(shape("rectangle", centre=[0.5, 0.5], size=[60 / WIDTH, 10 / HEIGHT], angle=45))
    rows, columns = (mask > 0.5).nonzero().float().T
    assert float(torch.corrcoef(torch.stack((rows, columns)))[0, 1]) > 0.9
    assert float(mask.sum()) == pytest.approx(600, rel=0.03)


def test_between_keys_shapes_move_and_beyond_them_they_stay(drawn: Any) -> None:
    def left(frame: int, ease: str) -> float:
        keys = [
            {"frame": 10, "centre": [0.25, 0.5], "size": [0.1, 0.2], "ease": ease},
            {"frame": 20, "centre": [0.75, 0.5], "size": [0.1, 0.2]},
        ]
        mask = drawn(shape("rectangle", keys=keys), frame=frame)
        return float((mask.sum(0) * (torch.arange(WIDTH) + 0.5)).sum() / mask.sum()) / WIDTH

    for ease in ("linear", "smooth", "hold"):
        assert left(0, ease) == left(10, ease) == pytest.approx(0.25, abs=0.003)
        assert left(39, ease) == left(20, ease) == pytest.approx(0.75, abs=0.003)
    assert left(13, "linear") == pytest.approx(0.40, abs=0.003)
    assert left(13, "smooth") == pytest.approx(0.25 + 0.5 * 0.216, abs=0.003)
    assert left(19, "hold") == pytest.approx(0.25, abs=0.003)


def test_shapes_are_drawn_onto_each_other(drawn: Any) -> None:
    whole = shape("rectangle", centre=[0.5, 0.5], size=[2, 2])
    hole = shape("rectangle", "subtract", centre=[0.5, 0.5], size=[0.5, 0.5], opacity=0.75)
    mask = drawn(whole, hole)
    assert mask[0, 0] == mask[-1, -1] == 1  # what reaches beyond the picture covers its edge
    assert mask[HEIGHT // 2, WIDTH // 2] == 0.25
    halves = [
        shape("rectangle", centre=[0.25, 0.5], size=[0.5, 2]),
        shape("rectangle", centre=[0.75, 0.5], size=[0.5, 2]),
    ]
    assert drawn(*halves).min() > 0.99
    assert drawn().max() == 0


def test_feather_grow_and_invert(drawn: Any) -> None:
    half = shape("rectangle", centre=[0.25, 0.5], size=[0.5, 3])
    for mask in (drawn(half, feather=16.0), drawn(half | {"feather": 16.0})):
        row = mask[HEIGHT // 2]
        assert float(row.sum()) == pytest.approx(64, abs=0.5)  # as much on either side
        assert row[:48].min() > 0.99
        assert row[80:].max() < 0.01
        assert 0.1 < row[60] < 0.9
    assert float(drawn(half, grow=10.5)[40].sum()) == pytest.approx(74.5, abs=0.3)
    assert float(drawn(half, grow=-10.5)[40].sum()) == pytest.approx(53.5, abs=0.3)
    assert torch.equal(drawn(half, invert=True), 1 - drawn(half))
    assert drawn(grow=20.0, feather=20.0).max() == 0


def test_the_widest_stroke_can_be_drawn(drawn: Any) -> None:
    assert drawn(shape("stroke", points=[[0.5, 0.5]], width=8000)).min() == 1
    with pytest.raises(MediaError, match="“width” is 8001, outside 0 to 8000"):
        drawn(shape("stroke", points=[[0.5, 0.5]], width=8001))


def test_shapes_are_written_as_they_are_read() -> None:
    curve = [[0.1, 0.2, 0.1, 0.1, 0.1, 0.3], [0.6, 0.2, 0.6, 0.3, 0.6, 0.1]]
    data = {
        "opticals_mask": 1,
        "shapes": [
            shape("curve", "subtract", points=curve, feather=3.5),
            shape("stroke", points=[[0, 0], [1, 1]], width=9),
            shape("ellipse", centre=[0, 1], size=[1, 2], angle=10, opacity=0.5),
        ],
    }
    shapes = Shapes.from_json(data)
    assert Shapes.from_json(json.loads(json.dumps(shapes.to_json()))) == shapes


GOOD = {
    "opticals_mask": 1,
    "shapes": [
        {
            "kind": "polygon",
            "keys": [
                {"frame": 3, "points": [[0, 0], [1, 0], [1, 1]]},
                {"frame": 8, "points": [[0, 0], [1, 0], [1, 1]]},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (["opticals_mask"], 2, "the mask does not begin"),
        (["shapes"], {}, "“shapes” is not a list"),
        (["more"], 1, "“more”"),
        (["shapes", 0], 5, "shape 1 is not an object"),
        (["shapes", 0, "kind"], "star", "shape 1: “kind” is “star”"),
        (["shapes", 0, "kind"], [], "shape 1: “kind”"),
        (["shapes", 0, "color"], "red", "shape 1 has “color”"),
        (["shapes", 0, "width"], 5, r"shape 1 \(polygon\): “width” is of a stroke alone"),
        (["shapes", 0, "feather"], -1, "“feather” is -1"),
        (["shapes", 0, "feather"], math.nan, "“feather” is not a number"),
        (["shapes", 0, "opacity"], True, "“opacity” is not a number"),
        (["shapes", 0, "feather"], 10**400, "“feather” is not a number"),
        (["shapes", 0, "combine"], "xor", "“combine” is “xor”"),
        (["shapes", 0, "keys"], [], "has no keys"),
        (["shapes", 0, "keys", 1, "frame"], 3, "key 2 is not after frame 3"),
        (["shapes", 0, "keys", 1, "frame"], 8.5, "key 2: “frame” is not a whole number"),
        (["shapes", 0, "keys", 1, "frame"], 10**400, "key 2: “frame”"),
        (["shapes", 0, "keys", 1, "points"], [[0, 0], [1, 1]], "has 2 points, needs 3"),
        (["shapes", 0, "keys", 1, "points"], [[0, 0]] * 4, "4 points, the one before it 3"),
        (["shapes", 0, "keys", 0, "points", 1], [1], "point 2 has 1 numbers"),
        (["shapes", 0, "keys", 0, "points", 1, 0], 1e9, "point 2 is 1e"),
        (["shapes", 0, "keys", 0, "angle"], 5, "key 1 has “angle”"),
        (["shapes", 0, "keys", 0, "ease"], "quick", "key 1: “ease” is “quick”"),
    ],
)
def test_what_is_wrong_with_shapes_is_said(where: list[Any], value: object, said: str) -> None:
    data = copy.deepcopy(GOOD)
    Shapes.from_json(data)
    place: Any = data
    for step in where[:-1]:
        place = place[step]
    place[where[-1]] = value
    with pytest.raises(MediaError) as error:
        Shapes.from_json(data)
    assert re.search(said, error.value.what, re.IGNORECASE)


@pytest.mark.parametrize("text", ["", "[" * 100_000, "not JSON", "\0", "[]", "null"])
def test_files_that_hold_no_shapes(text: str, tmp_path: Path, media: Media) -> None:
    path = tmp_path / "mask.json"
    path.write_text(text)
    with pytest.raises(MediaError, match=r"mask\.json"):
        masks.load(Masked(mask=str(path)), media, 0, 5)
    with pytest.raises(MediaError, match=r"none\.json"):
        masks.load(Masked(mask=str(tmp_path / "none.json")), media, 0, 5)


def test_a_changed_drawing_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "mask.json"
    path.write_text('{"opticals_mask": 1, "shapes": []}')
    before = identity(path)
    path.write_text('{"opticals_mask": 1, "shapes": [ ]}')
    assert identity(path) != before


@pytest.mark.parametrize(
    ("frames", "timecode", "expected"),
    [
        # by timecode
        (15, "01:00:00:05", [8, 10, 19, 19, 5]),
        # of its own timecode: as long as the selection of 10, the medium of 40
        (10, "00:00:00:00", [0, 0, 9, 9, 0]),
        (FRAMES, "00:00:00:00", [8, 10, 19, 25, 3]),
        (FRAMES, None, [8, 10, 19, 25, 3]),
        (1, None, [0, 0, 0, 0, 0]),
    ],
)
def test_which_frame_of_a_matte_belongs_to_which(
    tmp_path: Path, media: Media, frames: int, timecode: str | None, expected: list[int]
) -> None:
    """For a selection of frames 10 to 19; asked beyond it, and back."""
    first = 5 if frames == 15 else 0
    path = numbered(tmp_path / "matte.mov", frames, first=first, timecode=timecode)
    mask = masks.load(Masked(mask=str(path)), media, 10, 10)
    assert [number(mask.at(frame)[0]) for frame in (8, 10, 19, 25, 3)] == expected
    mask.close()
    assert number(mask.at(8)[0]) == expected[0]
    mask.close()


def test_a_matte_of_another_length(tmp_path: Path, media: Media) -> None:
    path = numbered(tmp_path / "matte.mov", 12, timecode="02:00:00:00")
    with pytest.raises(MediaError, match=r"(?s)12 frames.*40.*10 of them"):
        masks.load(Masked(mask=str(path)), media, 10, 10)


@pytest.mark.parametrize(("width", "height"), [(64, 48), (256, 192), (86, 64)])
def test_a_matte_of_another_size(tmp_path: Path, media: Media, width: int, height: int) -> None:
    path = numbered(tmp_path / "matte.mov", FRAMES, width=width, height=height)
    mask = masks.load(Masked(mask=str(path)), media, 0, FRAMES)
    assert mask.at(7).shape == (1, HEIGHT, WIDTH)
    assert number(mask.at(7)[0]) == 7


def test_a_matte_of_another_shape(tmp_path: Path, media: Media) -> None:
    path = numbered(tmp_path / "matte.mov", FRAMES, width=128, height=72)
    with pytest.raises(MediaError, match="128x72"):
        masks.load(Masked(mask=str(path)), media, 0, FRAMES)


@pytest.mark.parametrize("opaque", [False, True])
def test_the_alpha_of_a_matte_counts_where_it_says_anything(
    tmp_path: Path, media: Media, opaque: bool
) -> None:
    """Codes of `yuva444p12` as ProRes 4444 has them; the alpha is the left half, or all."""
    luma = torch.full((HEIGHT, WIDTH), 256, dtype=torch.int32)
    luma[:48] = 3760  # white above
    alpha = torch.full((HEIGHT, WIDTH), 4095 if opaque else 0, dtype=torch.int32)
    alpha[:, :64] = 4095
    chroma = torch.full((HEIGHT, WIDTH), 2048)
    planes = [one.to(torch.uint16) for one in (luma, chroma, chroma, alpha)]
    path = write_film(tmp_path / "matte.mkv", [planes], codec="ffv1", pixel_format="yuva444p12le")
    mask = masks.load(Masked(mask=str(path)), media, 0, FRAMES).at(0)[0]
    expected = torch.zeros(HEIGHT, WIDTH)
    expected[: 48 if opaque else None, : None if opaque else 64] = 1
    assert (mask - expected).abs().max() < 0.002


def test_a_matte_is_the_same_whatever_is_selected(tmp_path: Path, media: Media) -> None:
    """Its alpha has holes in the second half alone; how frames belong together has a name."""
    luma, chroma = torch.full((HEIGHT, WIDTH), 3760), torch.full((HEIGHT, WIDTH), 2048)
    full = torch.full((HEIGHT, WIDTH), 4095)
    frames = [
        [one.to(torch.uint16) for one in (luma, chroma, chroma, full * (number < FRAMES // 2))]
        for number in range(FRAMES)
    ]
    path = write_film(tmp_path / "matte.mkv", frames, codec="ffv1", pixel_format="yuva444p12le")
    found = [masks.load(Masked(mask=str(path)), media, 0, count) for count in (4, FRAMES)]
    assert found[0].key == found[1].key
    for frame in (0, FRAMES - 1):
        assert torch.equal(found[0].at(frame), found[1].at(frame))
    part = write_film(tmp_path / "part.mkv", frames[:4], codec="ffv1", pixel_format="yuva444p12le")
    early, late = (masks.load(Masked(mask=str(part)), media, first, 4) for first in (0, 8))
    assert early.key != late.key


def test_what_is_no_mask(tmp_path: Path, media: Media) -> None:
    path = tmp_path / "matte.mov"
    path.write_bytes(b"nothing")
    for one in (path, tmp_path / "none.mov"):
        with pytest.raises(MediaError, match=one.name):
            masks.load(Masked(mask=str(one)), media, 0, FRAMES)
