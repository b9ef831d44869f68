"""Pictures of the viewer process: which frame they are, and their colours as the renderer's."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio
import pytest
import torch

from opticals.errors import MediaError, SettingError
from opticals.media.colour.converter import Converter
from opticals.media.colour.planes import layout
from opticals.media.colour.views import view_of
from opticals.media.facts import AS_TAGGED, Interpretation, Media
from opticals.media.read.decode import reading
from opticals.media.read.probe import examine, probe
from opticals.viewer.kept import Kept
from opticals.viewer.making import Made, picture
from opticals.viewer.media import Medium, Shelf, fitted
from opticals.viewer.scopes import scope
from opticals.viewer.sight import SCOPES, Sight

from .films import number, numbered, oriented, pan, write_film
from .test_decode import FILMS

RATE = Fraction(25)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    opened = Shelf(3, Kept(32 << 20), lambda: None)
    yield opened
    opened.close()


def seen(shelf: Shelf, path: Path, frame: int = 0, scope: str = "", **sight: Any) -> Made:
    asked = Sight(str(path), frame, sight.pop("rate", RATE), **sight)
    made = picture(shelf.medium(asked), asked, scope)
    return Made(made.bgra.copy(), made.scope, made.frame, made.pixel_aspect)


def shown_number(made: Made) -> int:
    return number(torch.from_numpy(made.bgra[..., :3]).permute(2, 0, 1))


def rendered(media: Media, frame: int, interpretation: Interpretation = AS_TAGGED) -> Any:
    """What the renderer's own way makes of a frame for a display: `[h, w, 4]`, BGRA, premultiplied,
    in codes of 8 bits that are not rounded."""
    with reading(media, interpretation) as reader:
        (planes,) = reader.read(frame, frame + 1)
        rgb = Converter(media.coding, media.coding).to_rgb(planes)
    colours, alpha = rgb[:3], rgb[3:]
    view = view_of(media.tags, interpretation.colour_space)
    if media.alpha and media.premultiplied:
        colours = (colours / alpha).nan_to_num(0, 0, 0)
    shown = colours.clamp(0, 1) if view is None else view.to_display(colours)
    if media.alpha:
        shown = shown * alpha
    else:
        alpha = torch.ones_like(shown[:1])
    return (torch.cat((shown.flip(0), alpha)) * 255).permute(1, 2, 0).numpy()


# --- which frame


@pytest.mark.parametrize("name", FILMS)
def test_every_position_of_every_kind_of_film(name: str, tmp_path: Path, shelf: Shelf) -> None:
    file, settings = FILMS[name]
    path = numbered(tmp_path / file, 90, **settings)  # type: ignore[arg-type]
    rng = random.Random(name)
    back = range(60, 30, -1)
    places = [0, 89, 1, 2, 3, 88, *back, *(rng.randrange(90) for _ in range(20)), *range(40, 60)]
    for place in places:
        made = seen(shelf, path, place)
        assert (shown_number(made), made.frame) == (place, place)
        if rng.random() < 0.5:  # as the process does while nobody asks
            medium = shelf.medium(Sight(str(path), 0, RATE))
            while medium.ahead():
                pass


def test_frames_beyond_the_ends_are_the_first_and_the_last(tmp_path: Path, shelf: Shelf) -> None:
    path = numbered(tmp_path / "a.mov", 12)
    assert [seen(shelf, path, frame).frame for frame in (-5, 100)] == [0, 11]
    assert shown_number(seen(shelf, path, 100)) == 11


def test_a_film_of_no_constant_rate_plays_at_the_edits(tmp_path: Path, shelf: Shelf) -> None:
    rng = random.Random(3)
    times = [0]
    for _ in range(79):
        times.append(times[-1] + rng.choice((1, 1, 2, 3)))
    path = numbered(tmp_path / "a.mov", 80, times=times, rate=Fraction(60), options={"g": "12"})
    media = examine(path)
    assert not media.constant
    conformed = media.conformed(RATE)
    with reading(conformed) as reader:
        wanted = [number(frame) for frame in reader.read(0, conformed.frames)]
    for place in [*range(10), *rng.sample(range(conformed.frames), 20), *range(20, 5, -1)]:
        assert shown_number(seen(shelf, path, place)) == wanted[place]


def test_a_sequence_and_its_missing_frames(tmp_path: Path, shelf: Shelf) -> None:
    for index in range(100, 112):
        if index != 105:
            _write(tmp_path / f"a.{index:04}.png", np.full((20, 30, 3), index, np.uint8))
    path = tmp_path / "a.%04d.png"
    for place in (0, 1, 2, 11, 3, 2, 7, 99):
        made = seen(shelf, path, place)
        assert made.bgra[10, 10, 0] == 100 + min(place, 11)
    with pytest.raises(MediaError, match=r"0105\.png"):
        seen(shelf, path, 5)
    held = Interpretation(missing="hold")
    assert seen(shelf, path, 5, interpretation=held).bgra[0, 0, 0] == 104
    _write(tmp_path / "a.0103.png", np.full((20, 30, 3), 7, np.uint8))  # rendered again
    assert seen(shelf, path, 3).bgra[0, 0, 0] == 7


def test_a_still(tmp_path: Path, shelf: Shelf) -> None:
    codes = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    _write(tmp_path / "title.png", codes)
    made = seen(shelf, tmp_path / "title.png", 500)
    assert (made.frame, (made.bgra[..., 2::-1] == codes).all()) == (0, True)


def test_a_film_that_was_written_again(tmp_path: Path, shelf: Shelf) -> None:
    path = numbered(tmp_path / "a.mov", 10)
    assert shown_number(seen(shelf, path, 3)) == 3
    numbered(tmp_path / "b.mov", 20, first=100).replace(path)
    assert shown_number(seen(shelf, path, 15)) == 115
    path.unlink()
    with pytest.raises(MediaError, match="is missing"):
        seen(shelf, path, 3)


def test_more_frames_than_there_is_memory_for(tmp_path: Path) -> None:
    path = numbered(tmp_path / "a.mov", 60, options={"g": "30"})
    shelf = Shelf(1, Kept(3 * 128 * 96 * 2), lambda: None)
    for place in range(50, 20, -1):
        assert shown_number(seen(shelf, path, place)) == place
        medium = shelf.medium(Sight(str(path), 0, RATE))
        assert sum(1 for _ in iter(medium.ahead, False)) < 60
    shelf.close()


# --- colours

CODINGS = {
    # pixel format, and tags: range, primaries, transfer, matrix
    "4:2:0, BT.709": ("yuv420p", (1, 1, 1, 1)),
    "4:2:0, BT.601": ("yuv420p", (1, 6, 6, 6)),
    "4:2:0, full": ("yuv420p", (2, 1, 1, 1)),
    "4:2:0, untagged": ("yuv420p", (0, 2, 2, 2)),
    "4:2:2, 10 bits": ("yuv422p10le", (1, 1, 1, 1)),
    "4:2:2, 10 bits, full, BT.2020": ("yuv422p10le", (2, 9, 14, 9)),
    "4:4:4, full": ("yuv444p", (2, 1, 1, 1)),
    "4:4:4, 12 bits": ("yuv444p12le", (1, 9, 14, 9)),
    "4:2:0, PQ": ("yuv420p10le", (1, 9, 16, 9)),
    "4:2:2, HLG": ("yuv422p10le", (1, 9, 18, 9)),
    "4:4:4, YCgCo": ("yuv444p", (2, 1, 13, 8)),
    "JPEG, 4:2:0": ("yuvj420p", (2, 1, 1, 6)),
    "JPEG, 4:4:4": ("yuvj444p", (2, 1, 1, 6)),
    "RGB": ("gbrp", (2, 1, 13, 0)),
    "RGB, 10 bits": ("gbrp10le", (2, 1, 13, 0)),
    "RGB, linear": ("gbrp16le", (2, 1, 8, 0)),
    "grey": ("gray", (1, 1, 1, 1)),
    "grey, 10 bits": ("gray10le", (2, 1, 1, 1)),
    "4:4:4 with alpha": ("yuva444p10le", (1, 1, 1, 1)),
    "4:2:0 with alpha": ("yuva420p", (1, 1, 1, 1)),
    "RGB with alpha": ("gbrap10le", (2, 1, 13, 0)),
}


def soft(frames: int, width: int, height: int, pixel_format: str) -> list[list[torch.Tensor]]:
    """Every hue and brightness, without edges: how chroma is filtered makes no difference."""
    kind = layout(pixel_format)
    top = (1 << kind.bits) - 1
    pictures = []
    for index in range(frames):
        picture = []
        for plane, (rows, columns) in enumerate(kind.shapes(width, height)):
            y = (torch.arange(rows)[:, None] + 0.5) / rows
            x = (torch.arange(columns)[None] + 0.5) / columns
            wave = torch.sin(3 * x + 2 * plane + index) + torch.cos(4 * y - x + 3 * plane)
            # Far from the borders of RGB, where curves and what is cut off are steep.
            gain = 0.2 if kind.family == "yuv" and 0 < plane < 3 else 0.6
            codes = ((wave / 4 * gain + 0.5) * top).round()
            picture.append(codes.to(torch.int32).to(kind.dtype))
        pictures.append(picture)
    return pictures


def film(path: Path, name: str) -> Path:
    pixel_format, tags = CODINGS[name]
    pictures = soft(2, 192, 120, pixel_format)
    codec = {"gbrp": "utvideo", "yuvj420p": "mjpeg", "yuvj444p": "mjpeg"}.get(pixel_format, "ffv1")
    path = path.with_suffix(".avi") if codec == "utvideo" else path
    return write_film(path, pictures, codec=codec, pixel_format=pixel_format, tags=tags)


@pytest.mark.parametrize("name", CODINGS)
def test_colours_are_the_renderers(name: str, tmp_path: Path, shelf: Shelf) -> None:
    path = film(tmp_path / "a.mkv", name)
    media = probe(path)
    made = seen(shelf, path, 1)
    apart = np.abs(made.bgra - rendered(media, 1))
    assert apart.max() < 2.1
    assert apart.mean() < 0.6


@pytest.mark.parametrize("name", CODINGS)
@pytest.mark.parametrize("box", [(96, 96), (70, 33)])
def test_made_smaller_the_colours_stay(
    name: str, box: tuple[int, int], tmp_path: Path, shelf: Shelf
) -> None:
    path = film(tmp_path / "a.mkv", name)
    large, small = seen(shelf, path, 1).bgra, seen(shelf, path, 1, box=box).bgra
    assert small.shape[:2] == ((60, 96) if box == (96, 96) else (33, 53))
    # Scaled codes of a curve are not the curve of scaled codes, but nearly.
    assert np.abs(large.mean((0, 1)) - small.mean((0, 1))).max() < 4
    assert (small[..., :3] <= small[..., 3:]).all()


def test_codes_that_no_screen_shows_are_cut_off(tmp_path: Path, shelf: Shelf) -> None:
    """Not wrapped around: the corners of YUV are far outside of RGB."""
    corners = torch.tensor([0, 16, 128, 235, 255]).to(torch.uint8)
    grid = torch.cartesian_prod(corners, corners, corners)
    planes = [one.repeat_interleave(16).view(-1, 16).contiguous() for one in grid.unbind(1)]
    path = write_film(
        tmp_path / "a.mkv", [planes], codec="ffv1", pixel_format="yuv444p", tags=(1, 1, 1, 1)
    )
    apart = np.abs(seen(shelf, path).bgra - rendered(probe(path), 0))
    assert apart.max() < 1


@pytest.mark.parametrize(
    "space", ["ARRI LogC4", "S-Log3 S-Gamut3.Cine", "Rec.2100-PQ", "ACEScg", "linear", "srgb"]
)
def test_a_colour_space_that_the_user_names(space: str, tmp_path: Path, shelf: Shelf) -> None:
    path = film(tmp_path / "a.mkv", "RGB, 10 bits")
    named = Interpretation(colour_space=space)
    apart = np.abs(seen(shelf, path, interpretation=named).bgra - rendered(probe(path), 0, named))
    assert np.percentile(apart, 99.9) < 2  # in its highlights LogC4 is steep
    assert apart.max() < 4
    assert apart.mean() < 0.5


def test_linear_light_of_an_exr_with_highlights(tmp_path: Path, shelf: Shelf) -> None:
    y, x = np.mgrid[0:60, 0:90].astype(np.float32)
    codes = np.stack((x / 30, y / 60 - 0.1, np.full_like(x, 0.18)), -1)
    codes[0, 0] = np.nan, np.inf, -np.inf
    path = tmp_path / "a.0001.exr"
    spec = oiio.ImageSpec(90, 60, 3, "float")
    spec.attribute("colorInteropID", "lin_rec709_scene")
    _write(path, codes, spec)
    apart = np.abs(seen(shelf, path).bgra - rendered(probe(path), 0))
    assert apart[1:].max() < 1.1
    named = seen(shelf, path, scope="waveform")
    assert named.scope is not None
    assert named.scope[..., :3].max() > 60


def test_premultiplied_alpha_is_not_multiplied_again(tmp_path: Path, shelf: Shelf) -> None:
    y, x = np.mgrid[0:40, 0:64].astype(np.float32)
    alpha = x / 63
    colours = np.stack((0.5 + y / 90, 0.3 + x / 200, 0.9 - y / 80), -1)
    for name, premultiplied in (("a.exr", True), ("b.png", False)):
        rgb = colours * alpha[..., None] if premultiplied else colours
        codes = np.dstack((rgb, alpha))
        if not premultiplied:
            codes = (codes * 255).round().astype(np.uint8)
        _write(tmp_path / name, codes)
        media = probe(tmp_path / name)
        assert (media.alpha, media.premultiplied) == (True, premultiplied)
        made = seen(shelf, tmp_path / name).bgra
        apart = np.abs(made - rendered(media, 0))
        assert apart.max() < 2
        assert np.abs(made[..., 3] - alpha * 255).max() < 1


def test_clear_parts_do_not_bleed_when_made_smaller(tmp_path: Path, shelf: Shelf) -> None:
    codes = np.zeros((64, 64, 4), np.uint8)
    codes[..., :3] = 255, 0, 0  # red where it is clear
    codes[:, 31:] = 0, 0, 255, 255
    _write(tmp_path / "a.png", codes)
    small = seen(shelf, tmp_path / "a.png", box=(20, 20)).bgra
    assert small[..., 2].max() == 0  # no red
    assert (small[..., 0] == small[..., 3]).all()


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("turn", range(4))
def test_stored_turned(turn: int, mirrored: bool, tmp_path: Path, shelf: Shelf) -> None:
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turn]
    matrix = (-cosine if mirrored else cosine, -sine if mirrored else sine, -sine, cosine)
    plain = write_film(tmp_path / "a.mov", pan(2, 132, 90, "yuv420p"), codec="mpeg4")
    path = oriented(plain, tmp_path / "b.mov", matrix)
    media = probe(path)
    assert np.percentile(np.abs(seen(shelf, path, 1).bgra - rendered(media, 1)), 99) < 3
    small = seen(shelf, path, 1, box=(45, 45)).bgra
    assert small.shape[:2] == ((45, 31) if turn % 2 else (31, 45))
    assert seen(shelf, path, 1, scope="parade").scope is not None


def test_pixels_that_are_not_square(tmp_path: Path, shelf: Shelf) -> None:
    path = numbered(tmp_path / "a.mov", 2, width=720, height=576, pixel_aspect=Fraction(64, 45))
    whole, boxed = seen(shelf, path), seen(shelf, path, box=(4000, 4000))
    assert (whole.bgra.shape[:2], whole.pixel_aspect) == ((576, 720), Fraction(64, 45))
    assert (boxed.bgra.shape[:2], boxed.pixel_aspect) == ((576, 1024), 1)
    assert fitted(probe(path), (512, 400)) == ((512, 288), 1)


def test_interlaced_film_made_whole_is_the_renderers(tmp_path: Path, shelf: Shelf) -> None:
    path = write_film(
        tmp_path / "a.mov",
        soft(12, 128, 96, "yuv422p10le"),
        codec="prores",
        pixel_format="yuv422p10le",
        tags=(1, 1, 1, 1),
        interlaced=True,
    )
    media = probe(path)
    assert media.interlaced
    whole = Interpretation(fields="deinterlace")
    for frame in (0, 7, 6, 5, 11):
        made = seen(shelf, path, frame, interpretation=whole).bgra
        assert np.percentile(np.abs(made - rendered(media, frame, whole)), 99) < 2.1
    kept = seen(shelf, path, 11).bgra.astype(int)
    assert np.abs(kept - made).max() > 1  # its fields are of one moment, nearly


# --- LUTs


def _cube(path: Path, function: Any, size: int = 17) -> Path:
    lines = [f"LUT_3D_SIZE {size}"]
    places = np.linspace(0, 1, size)
    for blue in places:
        for green in places:
            for red in places:
                lines.append("{:.6f} {:.6f} {:.6f}".format(*function(red, green, blue)))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_lut_is_seen_through(tmp_path: Path, shelf: Shelf) -> None:
    path = film(tmp_path / "a.mkv", "RGB, 10 bits")
    plain = seen(shelf, path).bgra
    swap = _cube(tmp_path / "swap.cube", lambda r, g, b: (1 - b, g, r))
    through = seen(shelf, path, lut=str(swap)).bgra.astype(int)
    assert np.abs(through[..., 0] - plain[..., 2]).max() <= 1
    assert np.abs(through[..., 2] - (255 - plain[..., 0].astype(int))).max() <= 1
    # Another under the same name.
    _cube(swap, lambda r, g, b: (g, g, g), 5)
    again = seen(shelf, path, lut=str(swap)).bgra.astype(int)
    assert np.abs(again[..., 0] - plain[..., 1]).max() <= 1


def test_a_lut_sees_the_codes_of_log_and_the_display_codes_of_linear_light(
    tmp_path: Path, shelf: Shelf
) -> None:
    path = film(tmp_path / "a.mkv", "RGB, 10 bits")
    same = str(_cube(tmp_path / "same.cube", lambda r, g, b: (r, g, b)))
    plain = seen(shelf, path).bgra.astype(int)
    log = seen(shelf, path, lut=same, interpretation=Interpretation(colour_space="ARRI LogC4"))
    assert np.abs(log.bgra - plain).max() <= 1
    for space in ("linear", "ACEScg"):
        named = Interpretation(colour_space=space)
        without = seen(shelf, path, interpretation=named).bgra.astype(int)
        assert np.abs(without - plain).max() > 20
        through = seen(shelf, path, lut=same, interpretation=named).bgra
        assert np.abs(through - without).max() <= 1


@pytest.mark.parametrize("text", [None, "", "LUT_3D_SIZE 3\n0 0 0\n", "\x00\xff", "a picture"])
def test_a_lut_that_is_none(text: str | None, tmp_path: Path, shelf: Shelf) -> None:
    path = numbered(tmp_path / "a.mov", 2)
    lut = tmp_path / "bad.cube"
    if text is not None:
        lut.write_text(text)
    with pytest.raises(SettingError, match=r"bad\.cube cannot be used as a LUT") as error:
        seen(shelf, path, lut=str(lut))
    assert error.value.why
    assert error.value.remedy


# --- scopes


def flat(tmp_path: Path, luma: int, cb: int, cr: int) -> Path:
    planes = [torch.full((48, 64), code, dtype=torch.uint8) for code in (luma, cb, cr)]
    tags = (1, 1, 1, 1)
    return write_film(
        tmp_path / f"{luma}.mkv", [planes], codec="ffv1", pixel_format="yuv444p", tags=tags
    )


@pytest.mark.parametrize(("luma", "level"), [(16, 0.0), (235, 1.0), (126, 110 / 219), (252, 1.078)])
def test_where_levels_lie(luma: int, level: float, tmp_path: Path, shelf: Shelf) -> None:
    path = flat(tmp_path, luma, 128, 128)
    for kind in ("waveform", "parade"):
        drawn = seen(shelf, path, scope=kind).scope
        assert drawn is not None
        rows = np.flatnonzero(drawn[..., :3].any((1, 2)))
        assert len(rows) == 1
        assert drawn[rows[0], :, :3].any(1).all()  # the picture is as wide as the scope
        assert abs(rows[0] - (len(drawn) * (1.1 - level) / 1.2 - 0.5)) <= 1
    histogram = seen(shelf, path, scope="histogram").scope
    assert histogram is not None
    columns = np.flatnonzero(histogram[..., :3].any((0, 2)))
    assert abs(columns.mean() - (histogram.shape[1] * (level + 0.1) / 1.2 - 0.5)) <= 2


def test_where_colours_lie(tmp_path: Path, shelf: Shelf) -> None:
    drawn = seen(shelf, flat(tmp_path, 100, 128 + 56, 128 - 28), scope="vectorscope").scope
    assert drawn is not None
    ((row, column),) = np.argwhere(drawn[..., :3].any(-1))
    side = len(drawn)
    assert abs(column - (side * (0.25 + 0.6) / 1.2 - 0.5)) <= 1
    assert abs(row - (side * (0.6 + 0.125) / 1.2 - 0.5)) <= 1
    blue, _, red = drawn[row, column, :3]
    assert blue > red  # in the colour that it stands for


def test_scopes_measure_before_the_lut_and_whatever_the_size(tmp_path: Path, shelf: Shelf) -> None:
    path = film(tmp_path / "a.mkv", "4:2:2, 10 bits")
    lut = str(_cube(tmp_path / "black.cube", lambda r, g, b: (0, 0, 0), 3))
    for kind in SCOPES:
        plain = seen(shelf, path, scope=kind).scope
        other = seen(shelf, path, scope=kind, lut=lut, box=(40, 40)).scope
        assert plain is not None
        assert other is not None
        assert (plain == other).all()


def test_an_unknown_scope(tmp_path: Path, shelf: Shelf) -> None:
    path = numbered(tmp_path / "a.mov", 1)
    with pytest.raises(SettingError, match="no scope “radar”"):
        seen(shelf, path, scope="radar")
    medium: Medium = shelf.medium(Sight(str(path), 0, RATE))
    assert medium.media.frames == 1
    assert callable(scope)


def _write(path: Path, codes: Any, spec: Any = None) -> None:
    height, width, channels = codes.shape
    spec = spec or oiio.ImageSpec(width, height, channels, str(codes.dtype))
    if path.suffix == ".png":
        spec.attribute("oiio:UnassociatedAlpha", 1)
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), spec)
    assert out.write_image(codes)
    out.close()
