"""Code values to RGB and back, against the standards' formulas in float64 and bit for bit."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor

from opticals.errors import MediaError
from opticals.media.colour import Converter
from opticals.media.planes import _PLANAR, SITINGS, Coding, layout, planes

from .films import noise, to_frame

WEIGHTS = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
PLANAR = [
    f"{kind}{chroma}p{bits}"
    for kind in ("yuv", "yuva")
    for chroma in ("420", "422", "444")
    for bits in ("", "10le", "12le", "16le")
] + [
    "gbrp",
    "gbrp10le",
    "gbrp12le",
    "gbrap16le",
    "gray",
    "gray10le",
    "yuv411p",
    "yuv410p",
    "yuv440p",
]


def coding(
    name: str, width: int = 70, height: int = 50, full: bool = False, matrix: int = 1
) -> Coding:
    kind = layout(name)
    rgb = kind.family == "rgb"
    return Coding(kind, width, height, full or rgb, 0 if rgb else matrix)


def signed(tensors: list[Tensor]) -> list[Tensor]:
    return [tensor.to(torch.int32) for tensor in tensors]


def reference_rgb(codes: list[Tensor], of: Coding) -> Tensor:
    """RGB by the formulas of BT.709-6, BT.601-7, BT.2020-2 and BT.2100-2 in float64, chroma of
    4:2:0 and 4:2:2 interpolated linearly between its places."""
    bits = of.layout.bits
    unit = 2.0 ** (bits - 8)
    y, cb, cr = (plane.double() for plane in codes[:3])
    if of.full:
        top = 2.0**bits - 1
        y, cb, cr = y / top, (cb - 2 ** (bits - 1)) / top, (cr - 2 ** (bits - 1)) / top
    else:
        y = (y / unit - 16) / 219
        cb, cr = (cb / unit - 128) / 224, (cr / unit - 128) / 224
    cb, cr = (resample(plane, of) for plane in (cb, cr))
    kr, kb = WEIGHTS[of.matrix]
    red, blue = y + 2 * (1 - kr) * cr, y + 2 * (1 - kb) * cb
    return torch.stack((red, (y - kr * red - kb * blue) / (1 - kr - kb), blue))


def resample(plane: Tensor, of: Coding) -> Tensor:
    """Chroma at every luma sample, from where the samples lie: x = 2i, y = 2j + 1/2."""
    x = torch.arange(of.width).double()
    y = torch.arange(of.height).double()
    if of.layout.shift_x:
        x = x / 2 - (0.25 if of.siting.x == 0.5 else 0)
    if of.layout.shift_y:
        y = y / 2 - 0.25
    for axis, places in ((1, x), (0, y)):
        size = plane.shape[axis]
        places = places.clamp(0, size - 1)
        low = places.floor().long()
        high = (low + 1).clamp(max=size - 1)
        share = (places - low) if axis == 1 else (places - low)[:, None]
        plane = plane.index_select(axis, low) * (1 - share) + plane.index_select(axis, high) * share
    return plane


@pytest.mark.parametrize("chroma", ["420", "422", "444"])
@pytest.mark.parametrize("bits", ["", "10le", "12le"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", [1, 6, 9])
def test_rgb_is_the_standards(chroma: str, bits: str, full: bool, matrix: int) -> None:
    for siting, (width, height) in product(
        (SITINGS["left"], SITINGS["center"]), ((70, 50), (71, 49), (1030, 260))
    ):
        of = coding(f"yuv{chroma}p{bits}", width, height, full, matrix)
        of = replace(of, siting=siting)
        (codes,) = noise(1, width, height, of.layout.name)
        found = Converter(of, of).to_rgb(codes)
        error = (found.double() - reference_rgb(codes, of)).abs().max()
        assert error * 4095 < 0.02


@pytest.mark.parametrize("name", ["yuv444p", "yuv444p10le", "yuv444p12le"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", [1, 6, 9])
def test_codes_are_the_standards(name: str, full: bool, matrix: int) -> None:
    of = coding(name, full=full, matrix=matrix)
    generator = torch.Generator().manual_seed(2)
    rgb = torch.rand(3, 50, 70, generator=generator, dtype=torch.float64) * 1.2 - 0.1
    kr, kb = WEIGHTS[matrix]
    y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2]
    cb, cr = (rgb[2] - y) / (2 * (1 - kb)), (rgb[0] - y) / (2 * (1 - kr))
    bits = of.layout.bits
    if full:
        expected = [y * (2**bits - 1), *(c * (2**bits - 1) + 2 ** (bits - 1) for c in (cb, cr))]
    else:
        unit = 2 ** (bits - 8)
        expected = [(219 * y + 16) * unit, *((224 * c + 128) * unit for c in (cb, cr))]
    found = Converter(of, of, same_geometry=False).from_rgb(rgb.float())
    for plane, exact in zip(found, expected, strict=True):
        exact = exact.clamp(0, 2**bits - 1)
        assert (plane.double() - exact).abs().max() < 0.5 + 0.02


def test_known_codes() -> None:
    """75 % bars of BT.709 at 8 bit, as every vectorscope expects them; black and white."""
    of = coding("yuv444p")
    bars = {
        (0.75, 0.75, 0.0): (168, 44, 136),
        (0.0, 0.75, 0.75): (145, 147, 44),
        (0.75, 0.0, 0.0): (51, 109, 212),
        (0.0, 0.0, 0.75): (28, 212, 120),
        (0.0, 0.0, 0.0): (16, 128, 128),
        (1.0, 1.0, 1.0): (235, 128, 128),
    }
    for colour, codes in bars.items():
        rgb = torch.tensor(colour).view(3, 1, 1).expand(3, 50, 70)
        found = Converter(of, of, same_geometry=False).from_rgb(rgb)
        assert tuple(int(plane[0, 0]) for plane in found) == codes


@pytest.mark.parametrize("name", PLANAR)
def test_unchanged_is_bit_exact(name: str) -> None:
    for full, (width, height) in product((False, True), ((70, 50), (71, 49), (2050, 130))):
        of = coding(name, width, height, full)
        (codes,) = noise(1, width, height, name)
        converter = Converter(of, of)
        rgb = converter.to_rgb(codes)
        found = converter.from_rgb(rgb.clone(), rgb, codes)
        assert all(map(torch.equal, found, codes))


@pytest.mark.parametrize("name", ["yuv420p", "yuv422p10le", "yuv444p12le", "gbrp10le"])
def test_outside_of_a_change_codes_stay(name: str) -> None:
    of = coding(name, 128, 96)
    (codes,) = noise(1, 128, 96, name)
    converter = Converter(of, of)
    rgb = converter.to_rgb(codes)
    changed = rgb.clone()
    changed[:, 32:64, 32:64] += 0.1
    found = signed(converter.from_rgb(changed, rgb, codes))
    for index, (plane, source) in enumerate(zip(found, signed(codes), strict=True)):
        x, y = of.layout.shift_x, of.layout.shift_y
        if of.layout.family == "rgb" or index == 0:
            x = y = 0
        different = (plane != source).nonzero()
        assert len(different) or (index and of.layout.family == "yuv")
        for axis, shift in ((0, y), (1, x)):
            if len(different):
                assert different[:, axis].min() >= (32 >> shift) - 1
                assert different[:, axis].max() <= (64 >> shift)
    unit = 2 ** (of.layout.bits - 8)
    inside = found[0][40:60, 40:60] - signed(codes)[0][40:60, 40:60]
    room = signed(codes)[0][40:60, 40:60] < 200 * unit
    gain = (2**of.layout.bits - 1) if of.layout.family == "rgb" else 219 * unit
    assert (inside[room] - round(0.1 * gain)).abs().max() <= 1


@pytest.mark.parametrize(
    ("source", "target", "full_in", "full_out"),
    [
        ("yuv420p", "yuv422p10le", False, False),
        ("yuv420p", "yuv422p10le", True, False),
        ("yuvj420p", "yuv444p10le", True, False),
        ("yuv444p12le", "yuv422p10le", False, False),
        ("yuv422p10le", "yuv420p", False, False),
        ("gray", "gray10le", True, True),
    ],
)
def test_other_layouts_hold_the_same_picture(
    source: str, target: str, full_in: bool, full_out: bool
) -> None:
    """A smooth picture brought to another layout reads as the same RGB within its steps."""
    of, to = coding(source, full=full_in), coding(target, full=full_out)
    ramp = torch.linspace(0.2, 0.7, 70).expand(50, 70)
    tall = torch.linspace(0.3, 0.6, 50)[:, None].expand(50, 70)
    rgb = torch.stack((ramp, tall, 1 - ramp))
    if of.layout.family == "grey":
        rgb = ramp.expand(3, 50, 70)
    codes = Converter(of, of, same_geometry=False).from_rgb(rgb)
    first = Converter(of, of).to_rgb(codes)
    found = Converter(of, to).from_rgb(first.clone(), first, codes)
    second = Converter(to, to).to_rgb(found)
    step = 3 / (219 * 2 ** (min(of.layout.bits, to.layout.bits) - 8))
    assert (second - first)[:, 2:-2, 2:-2].abs().max() < step


def test_full_range_white_and_black_in_video_range() -> None:
    of, to = coding("yuv420p", full=True), coding("yuv422p10le")
    for luma, expected in ((0, 64), (255, 940)):
        codes = [torch.full((50, 70), luma, dtype=torch.uint8)]
        codes += [torch.full((25, 35), 128, dtype=torch.uint8)] * 2
        converter = Converter(of, to)
        rgb = converter.to_rgb(codes)
        found = converter.from_rgb(rgb, rgb, codes)
        assert set(found[0].flatten().tolist()) == {expected}
        assert set(found[1].flatten().tolist()) == {512}


def test_ten_bits_of_eight_are_shifted() -> None:
    """BT.709-6: the codes of 10 bit are four times those of 8 bit, super-white included."""
    of, to = coding("yuv422p"), coding("yuv422p10le")
    (codes,) = noise(1, 70, 50, "yuv422p")
    converter = Converter(of, to)
    rgb = converter.to_rgb(codes)
    for plane, source in zip(converter.from_rgb(rgb, rgb, codes), codes, strict=True):
        assert torch.equal(plane.int(), source.int() * 4)


def test_super_white_is_neither_clamped_nor_wrapped() -> None:
    of = coding("yuv444p10le")
    codes = [torch.full((50, 70), 1019).to(torch.uint16)]
    codes += [torch.full((50, 70), 512).to(torch.uint16)] * 2
    converter = Converter(of, of)
    rgb = converter.to_rgb(codes)
    assert rgb.min() > 1.08
    brighter = converter.from_rgb(rgb + 0.5, rgb, codes)
    assert brighter[0].int().max() == brighter[0].int().min() == 1023


def test_alpha_is_apart_and_kept() -> None:
    of, to = coding("yuva444p12le"), coding("yuva444p10le")
    (codes,) = noise(1, 70, 50, "yuva444p12le")
    converter = Converter(of, to)
    rgb = converter.to_rgb(codes)
    assert rgb.shape[0] == 4
    expected = (codes[3].double() * 1023 / 4095).round().int()
    colour_alone = converter.from_rgb(rgb[:3], rgb, codes)
    both = converter.from_rgb(rgb, rgb, codes)
    for found in (colour_alone, both):
        assert torch.equal(found[3].int(), expected)
    with pytest.raises(ValueError, match="alpha"):
        Converter(of, to, same_geometry=False).from_rgb(rgb[:3])
    opaque = Converter(coding("yuv444p10le"), to, same_geometry=False).from_rgb(rgb[:3])
    assert opaque[3].int().unique().tolist() == [1023]


def test_stripes_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    from opticals.media import colour

    of, to = coding("yuv420p", 64, 203), coding("yuv422p10le", 64, 203)
    (codes,) = noise(1, 64, 203, "yuv420p")
    results = []
    for pixels in (64 * 4, 64 * 60, 1 << 20):
        monkeypatch.setattr(colour, "_STRIPE_PIXELS", pixels)
        converter = Converter(of, to)
        rgb = converter.to_rgb(codes)
        results.append([rgb, *converter.from_rgb(rgb * 1.1, rgb, codes)])
    for other in results[1:]:
        assert all(map(torch.equal, results[0], other))


@pytest.mark.parametrize("name", sorted(_PLANAR))
def test_reordering_packed_formats_keeps_every_code(name: str) -> None:
    import av

    if name in ("pal8", "monow", "monob"):
        pytest.skip("not every picture can be packed into it")
    middle = _PLANAR[name]
    if name.startswith("ya"):
        middle = {"ya8": "yuva444p", "ya16le": "yuva444p16le", "ya16be": "yuva444p16le"}[name]
    (codes,) = noise(1, 64, 48, middle)
    if name.startswith("ya"):
        codes[1:3] = [torch.full_like(codes[1], 1 << layout(middle).bits - 1)] * 2
    frame = to_frame(codes, middle)
    try:
        packed = frame.reformat(format=name)
    except (ValueError, av.FFmpegError):
        pytest.skip("cannot be written")
    found = planes(packed)
    assert layout(name).name == _PLANAR[name]
    if name.startswith("ya"):
        assert torch.equal(found[3].int(), codes[3].int())
        assert torch.equal(found[0].int(), found[1].int())
        return
    assert all(map(torch.equal, found, codes))


def test_views_are_not_copies() -> None:
    (codes,) = noise(1, 70, 50, "yuv422p10le")
    frame = to_frame(codes, "yuv422p10le")
    views = planes(frame)
    assert views[0].data_ptr() == frame.planes[0].buffer_ptr
    assert all(map(torch.equal, views, codes))


@pytest.mark.parametrize("name", ["gbrpf32le", "bayer_rggb8", "vaapi", "xyz12le", "grayf32le"])
def test_formats_without_integer_planes_are_refused(name: str) -> None:
    with pytest.raises(MediaError, match=name):
        layout(name)
