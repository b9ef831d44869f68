"""Code values to RGB and back, against the standards' formulas in float64 and bit for bit."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from itertools import product
from pathlib import Path

import av
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from opticals.errors import MediaError
from opticals.media.colour.converter import Converter
from opticals.media.colour.planes import _PLANAR, SITINGS, Coding, Siting, layout, planes

from .films import noise, to_frame

# Luma weights of red and blue in BT.709-6, FCC title 47, BT.601-7, SMPTE ST 240, BT.2020-2.
WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
YCGCO = 8
MATRICES = [*WEIGHTS, YCGCO]
CHROMA = ["420", "422", "440", "444", "411", "410"]
PLACES = (0, 0.25, 0.5, 0.75, 1)
# In fields and in rotated pictures of odd sizes chroma lies at other places than those named.
SITED = [Siting(x, y) for x, y in product(PLACES, PLACES)] + [Siting(-0.5, 0), Siting(0.5, -0.5)]
SIZES = ((70, 50), (71, 49), (1030, 260))
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
    "gray16le",
    "yuv411p",
    "yuv410p",
    "yuv440p",
    "yuv440p12le",
    "yuv420p14le",
]
FLOATS = ["gbrpf16le", "gbrpf32le", "gbrapf16le", "gbrapf32le", "grayf16le", "grayf32le"]


def coding(
    name: str, width: int = 70, height: int = 50, full: bool = False, matrix: int = 1
) -> Coding:
    kind = layout(name)
    rgb = kind.family == "rgb"
    return Coding(kind, width, height, full or rgb, 0 if rgb else matrix)


def exists(name: str) -> bool:
    return name in av.video.format.names


def signed(tensors: list[Tensor]) -> list[Tensor]:
    return [tensor.to(torch.int32) for tensor in tensors]


def mixed(of: Coding) -> Tensor:
    """RGB to Y and two colour differences, 3x3 in float64."""
    if of.matrix == YCGCO:  # H.273 8.3
        rows = ((0.25, 0.5, 0.25), (-0.25, 0.5, -0.25), (0.5, 0, -0.5))
    else:
        kr, kb = WEIGHTS[of.matrix]
        kg = 1 - kr - kb
        cb, cr = 2 * (1 - kb), 2 * (1 - kr)
        rows = (
            (kr, kg, kb),
            (-kr / cb, -kg / cb, (1 - kb) / cb),
            ((1 - kr) / cr, -kg / cr, -kb / cr),
        )
    return torch.tensor(rows, dtype=torch.float64)


def reference_rgb(codes: list[Tensor], of: Coding) -> Tensor:
    """RGB by the formulas of H.273, BT.709-6, BT.601-7, BT.2020-2 and BT.2100-2 in float64,
    subsampled chroma interpolated linearly between its places."""
    bits = of.layout.bits
    unit = 2.0 ** (bits - 8)
    y, cb, cr = (plane.double() for plane in codes[:3])
    if of.full:
        top = 2.0**bits - 1
        y, cb, cr = y / top, (cb - 2 ** (bits - 1)) / top, (cr - 2 ** (bits - 1)) / top
    else:
        y = (y / unit - 16) / 219
        wide = 219 if of.matrix == YCGCO else 224
        cb, cr = (cb / unit - 128) / wide, (cr / unit - 128) / wide
    cb, cr = (interpolated(plane, of) for plane in (cb, cr))
    return torch.einsum("ij,jhw->ihw", torch.linalg.inv(mixed(of)), torch.stack((y, cb, cr)))


def directions(of: Coding) -> tuple[tuple[int, int, int, float], ...]:
    """(axis, luma samples, luma samples to a chroma sample, place of the first one)."""
    kind = of.layout
    return (
        (0, of.height, 1 << kind.shift_y, of.siting.y if kind.shift_y else 0),
        (1, of.width, 1 << kind.shift_x, of.siting.x if kind.shift_x else 0),
    )


def interpolated(plane: Tensor, of: Coding) -> Tensor:
    """Chroma at every luma sample."""
    for axis, count, step, first in directions(of):
        size = plane.shape[axis]
        places = ((torch.arange(count).double() - first) / step).clamp(0, size - 1)
        low = places.floor().long()
        share = (places - low).view((-1, 1) if axis == 0 else (1, -1))
        high = (low + 1).clamp(max=size - 1)
        plane = plane.index_select(axis, low) * (1 - share) + plane.index_select(axis, high) * share
    return plane


def averaged(plane: Tensor, of: Coding) -> Tensor:
    """Chroma as the mean over the area around each of its samples, a luma sample being a square
    with its place in the middle, and the picture's edge going on beyond it."""
    for axis, count, step, first in directions(of):
        size = -(-count // step)
        low = (first + torch.arange(size).double() * step - step / 2)[:, None]
        place = torch.arange(-2 * step, count + 2 * step).double()
        inside = (place + 0.5).minimum(low + step) - (place - 0.5).maximum(low)
        weights = torch.zeros(size, count, dtype=torch.float64)
        weights.index_add_(1, place.long().clamp(0, count - 1), inside.clamp(min=0) / step)
        plane = weights @ plane if axis == 0 else plane @ weights.T
    return plane


def reference_codes(rgb: Tensor, of: Coding) -> list[Tensor]:
    """Codes, not rounded, in float64."""
    y, cb, cr = torch.einsum("ij,jhw->ihw", mixed(of), rgb)
    cb, cr = averaged(cb, of), averaged(cr, of)
    bits = of.layout.bits
    if of.full:
        top, middle = 2**bits - 1, 2 ** (bits - 1)
        return [y * top, cb * top + middle, cr * top + middle]
    unit = 2 ** (bits - 8)
    wide = 219 if of.matrix == YCGCO else 224  # it is made of scaled RGB
    return [(219 * y + 16) * unit, *((wide * c + 128) * unit for c in (cb, cr))]


def cases(chroma: str) -> list[tuple[Siting, tuple[int, int]]]:
    """Every siting at odd sizes, and the usual ones at sizes of more than one stripe."""
    if chroma == "444":
        return [(SITINGS["left"], size) for size in SIZES]
    usual = [(SITINGS[name], size) for name in ("left", "center") for size in SIZES]
    return usual + [(siting, (71, 49)) for siting in SITED]


@pytest.mark.parametrize("chroma", CHROMA)
@pytest.mark.parametrize("bits", ["", "10le", "12le", "16le"])
@pytest.mark.parametrize("full", [False, True])
def test_rgb_is_the_standards(chroma: str, bits: str, full: bool) -> None:
    matrices = MATRICES if chroma == "444" else MATRICES[:1]
    if not exists(f"yuv{chroma}p{bits}"):
        pytest.skip("no such format")
    for matrix, (siting, (width, height)) in product(matrices, cases(chroma)):
        of = coding(f"yuv{chroma}p{bits}", width, height, full, matrix)
        of = replace(of, siting=siting)
        (codes,) = noise(1, width, height, of.layout.name)
        found = Converter(of, of).to_rgb(codes)
        error = (found.double() - reference_rgb(codes, of)).abs().max()
        assert error * 4095 < 0.02


@pytest.mark.parametrize("chroma", CHROMA)
@pytest.mark.parametrize("bits", ["", "10le", "12le", "16le"])
@pytest.mark.parametrize("full", [False, True])
def test_codes_are_the_standards(chroma: str, bits: str, full: bool) -> None:
    matrices = MATRICES if chroma == "444" else MATRICES[:1]
    if not exists(f"yuv{chroma}p{bits}"):
        pytest.skip("no such format")
    generator = torch.Generator().manual_seed(2)
    for matrix, (siting, (width, height)) in product(matrices, cases(chroma)):
        if width > 100 and siting != SITINGS["left"]:
            continue
        of = replace(coding(f"yuv{chroma}p{bits}", width, height, full, matrix), siting=siting)
        rgb = torch.rand(3, height, width, generator=generator, dtype=torch.float64) * 1.2 - 0.1
        top = 2**of.layout.bits - 1
        found = Converter(of, of, same_geometry=False).from_rgb(rgb.float())
        for plane, exact in zip(found, reference_codes(rgb, of), strict=True):
            error = (plane.double() - exact.clamp(0, top)).abs().max()
            assert error < 0.5 + 0.02 * max(2.0 ** (of.layout.bits - 12), 0.1)


@pytest.mark.parametrize("bits", ["", "10le", "12le", "16le"])
@pytest.mark.parametrize("full", [False, True])
def test_a_change_is_the_standards(bits: str, full: bool) -> None:
    """The source's codes and the change of RGB in float64: what is rounded to codes."""
    generator = torch.Generator().manual_seed(3)
    for chroma, siting in product(("420", "422", "444"), SITED[::5]):
        of = replace(coding(f"yuv{chroma}p{bits}", 71, 49, full), siting=siting)
        (codes,) = noise(1, 71, 49, of.layout.name)
        converter = Converter(of, of)
        before = converter.to_rgb(codes)
        after = before + torch.rand(before.shape, generator=generator) * 0.2 - 0.1
        found = converter.from_rgb(after, before, codes)
        change = reference_codes((after.double() - before.double()), of)
        zero = reference_codes(torch.zeros(3, 49, 71, dtype=torch.float64), of)
        top = 2**of.layout.bits - 1
        for plane, source, one, other in zip(found, codes, change, zero, strict=True):
            exact = (source.double() + one - other).clamp(0, top)
            error = (plane.double() - exact).abs().max()
            assert error < 0.5 + 0.02 * max(2.0 ** (of.layout.bits - 12), 0.1)


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


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(PLANAR),
    full=st.booleans(),
    matrix=st.sampled_from(MATRICES),
    siting=st.sampled_from(SITED),
    width=st.integers(4, 90),
    height=st.integers(4, 40),
    seed=st.integers(0, 1 << 30),
)
def test_pixels_outside_of_any_change_keep_their_codes(
    name: str, full: bool, matrix: int, siting: Siting, width: int, height: int, seed: int
) -> None:
    """A rectangle is changed at random; all whose footprint does not meet it stays."""
    of = replace(coding(name, width, height, full, matrix), siting=siting)
    (codes,) = noise(1, width, height, name, seed)
    converter = Converter(of, of)
    rgb = converter.to_rgb(codes)
    generator = torch.Generator().manual_seed(seed)
    top, bottom = sorted(torch.randint(0, height + 1, (2,), generator=generator).tolist())
    left, right = sorted(torch.randint(0, width + 1, (2,), generator=generator).tolist())
    changed = rgb.clone()
    changed[:3, top:bottom, left:right] += 0.25
    touched = torch.zeros(height, width, dtype=torch.float64)
    touched[top:bottom, left:right] = 1
    found = converter.from_rgb(changed, rgb, codes)
    for index, (plane, source) in enumerate(zip(found, codes, strict=True)):
        chroma = of.layout.family == "yuv" and index in (1, 2)
        outside = (averaged(touched, of) if chroma else touched) == 0
        assert torch.equal(plane.int()[outside], source.int()[outside])


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


@pytest.mark.parametrize("name", FLOATS)
def test_floating_point_is_handed_through(name: str) -> None:
    """Every half there is, and floats far outside of 0..1, infinite ones and NaN."""
    kind = layout(name)
    assert kind.float
    assert str(kind.bits) in name
    of = coding(name, 256, 256)
    halves = torch.arange(1 << 16).to(torch.uint16).view(torch.float16).view(256, 256)
    picture = halves if kind.bits == 16 else halves.float() * 1.0000001
    codes = [picture.roll(index, 1) for index in range(kind.colours + kind.alpha)]
    converter = Converter(of, of)
    assert not converter.needs_source
    rgb = converter.to_rgb(codes)
    assert rgb.dtype == torch.float32
    assert rgb.shape[0] == 3 + kind.alpha
    green = codes[0].float()
    assert torch.equal(rgb[1].nan_to_num(7), green.nan_to_num(7))
    for plane, source in zip(converter.from_rgb(rgb), codes, strict=True):
        assert plane.dtype == kind.dtype
        bits = torch.int16 if kind.bits == 16 else torch.int32
        number = ~source.isnan()
        assert torch.equal(plane.view(bits)[number], source.view(bits)[number])
        assert torch.equal(plane.isnan(), source.isnan())


def test_floating_point_in_integers() -> None:
    of, to = coding("gbrpf32le", 4, 4), coding("yuv444p10le", 4, 4)
    values = torch.tensor([0, 1, float("inf"), float("nan")])
    codes = [values.expand(4, 4).contiguous()] * 3
    found = Converter(of, to).from_rgb(Converter(of, to).to_rgb(codes))
    assert found[0][0].tolist() == [64, 940, 1023, 64]
    assert found[1][0].tolist() == [512] * 4


def test_grey_stays_grey() -> None:
    of, to = coding("gray10le"), coding("gray16le", full=True)
    (codes,) = noise(1, 70, 50, "gray10le")
    converter = Converter(replace(of, full=True), to)
    rgb = converter.to_rgb(codes)
    (found,) = converter.from_rgb(rgb, rgb, codes)
    exact = codes[0].double() * 65535 / 1023
    assert (found.double() - exact).abs().max() <= 0.51


@pytest.mark.parametrize("name", ["yuva444p12le", "gbrap16le", "yuva420p", "gbrapf32le"])
def test_premultiplied_and_straight(name: str) -> None:
    straight = coding(name)
    premultiplied = replace(straight, premultiplied=True)
    generator = torch.Generator().manual_seed(4)
    rgb = torch.rand(4, 50, 70, generator=generator)
    rgb[3, :10] = 0
    rgb[3, 10:20] = 1
    # Codes of a picture whose chroma is flat, so that subsampling it takes nothing away.
    if straight.layout.family == "yuv":
        rgb[:3] = rgb[1]
        rgb[3] = rgb[3].round()
    make = Converter(straight, premultiplied, same_geometry=False)
    codes = make.from_rgb(rgb)
    found = Converter(premultiplied, premultiplied).to_rgb(codes)
    step = 2 / layout(name).top if not layout(name).float else 1e-6
    assert (found[:3] - rgb[:3] * rgb[3]).abs().max() < max(step, 1e-6) * 2
    assert (found[3] - rgb[3]).abs().max() <= step
    back = Converter(premultiplied, straight)
    assert not back.needs_source
    there = Converter(straight, straight).to_rgb(back.from_rgb(found, None, codes))
    assert there.isfinite().all()
    solid = rgb[3] > 0.5
    assert (there[:3] - rgb[:3])[:, solid].abs().max() < max(step, 1e-6) * 4
    again = Converter(premultiplied, premultiplied)
    if again.needs_source:
        assert all(map(torch.equal, again.from_rgb(found, found, codes), codes))


def test_other_sitings_hold_the_same_picture() -> None:
    """A straight ramp read at other places is the same ramp: exact where no edge is near."""
    y, x = torch.meshgrid(torch.arange(64), torch.arange(96), indexing="ij")
    ramp = 0.2 + x / 400 + y / 500
    rgb = torch.stack((ramp, 0.9 - ramp, ramp / 2))
    for one, other in product(SITED[:25:4], SITED[2:25:5]):
        of = replace(coding("yuv420p16le", 96, 64), siting=one)
        to = replace(coding("yuv420p16le", 96, 64), siting=other)
        codes = Converter(of, of, same_geometry=False).from_rgb(rgb)
        converter = Converter(of, to)
        before = converter.to_rgb(codes)
        assert (before - rgb)[:, 4:-4, 4:-4].abs().max() < 2 / 65535
        found = converter.from_rgb(before, before, codes)
        after = Converter(to, to).to_rgb(found)
        assert (after - rgb)[:, 4:-4, 4:-4].abs().max() < 3 / 65535
        assert one == other or not torch.equal(found[1].int(), codes[1].int())


def test_full_range_is_scaled_exactly() -> None:
    """Every luma code of 8 bits full range, as 10 bits of video range, by exact fractions."""
    of, to = coding("yuvj420p", 16, 16, full=True), coding("yuv422p10le", 16, 16)
    luma = torch.arange(256, dtype=torch.uint8).view(16, 16)
    codes = [luma, *[torch.full((8, 8), 128, dtype=torch.uint8)] * 2]
    converter = Converter(of, to)
    rgb = converter.to_rgb(codes)
    found = converter.from_rgb(rgb, rgb, codes)[0].flatten().tolist()
    assert found == [round(64 + code * 876 / 255) for code in range(256)]
    assert (found[0], found[-1]) == (64, 940)


def test_given_memory_is_used() -> None:
    of = coding("yuv422p10le")
    (codes,) = noise(1, 70, 50, "yuv422p10le")
    converter = Converter(of, of)
    memory = torch.empty(3, 50, 70)
    assert converter.to_rgb(codes, memory).data_ptr() == memory.data_ptr()
    frame = av.VideoFrame(70, 50, "yuv422p10le")
    found = converter.from_rgb(memory, memory, codes, planes(frame))
    assert found[0].data_ptr() == frame.planes[0].buffer_ptr
    assert all(map(torch.equal, planes(frame), codes))


def test_fields_are_converted_where_they_lie() -> None:
    of = coding("yuv420p")
    (codes,) = noise(1, 70, 50, "yuv420p")
    codes = [codes[0][:48], codes[1][:24], codes[2][:24]]
    for field, y in ((0, 0.25), (1, 0.75)):
        one = replace(of, height=24, siting=Siting(0, y))
        views = [plane[field::2] for plane in codes]
        converter = Converter(one, one)
        rgb = converter.to_rgb(views)
        assert (rgb.double() - reference_rgb(views, one)).abs().max() * 4095 < 0.02
        woven = [torch.zeros_like(plane) for plane in codes]
        converter.from_rgb(rgb, rgb, views, [plane[field::2] for plane in woven])
        for plane, view in zip(woven, views, strict=True):
            assert torch.equal(plane[field::2], view)
            assert not plane[1 - field :: 2].any()


def test_in_and_out_of_inference_mode() -> None:
    of = coding("yuv420p")
    (codes,) = noise(1, 70, 50, "yuv420p")
    converter = Converter(of, of)
    with torch.inference_mode():
        first = converter.to_rgb(codes)
        converter.from_rgb(first, first, codes)
    second = converter.to_rgb(codes)
    assert torch.equal(first, second)
    assert all(map(torch.equal, converter.from_rgb(second, second, codes), codes))


@pytest.mark.parametrize("matrix", [2, 3, 10, 14])
def test_other_matrices_are_refused(matrix: int) -> None:
    with pytest.raises(MediaError, match=f"matrix {matrix} "):
        Converter(coding("yuv444p", matrix=matrix), coding("gbrp"))


ZSCALE = {1: "709", 6: "170m", 9: "2020_ncl", 4: "fcc", YCGCO: "ycgco"}
FFMPEG_SITINGS = {"left": "left", "center": "center", "top_left": "topleft"}


@pytest.mark.parametrize("chroma", ["420", "422", "444"])
@pytest.mark.parametrize("full", [False, True])
def test_zscale_makes_the_same_rgb(chroma: str, full: bool, tmp_path: Path) -> None:
    """Its linear interpolation, told the matrix and where chroma lies, in 10 bits to 16."""
    name = f"yuv{chroma}p10le"
    matrices = ZSCALE if chroma == "444" else {1: "709"}
    for (matrix, word), siting in product(matrices.items(), FFMPEG_SITINGS):
        of = replace(coding(name, 96, 64, full, matrix), siting=SITINGS[siting])
        # Colours that RGB of integers can hold: the others it cuts off.
        generator = torch.Generator().manual_seed(5)
        rgb = torch.rand(3, 64, 96, generator=generator) * 0.4 + 0.3
        codes = Converter(of, of, same_geometry=False).from_rgb(rgb)
        (tmp_path / "in.raw").write_bytes(b"".join(one.numpy().tobytes() for one in codes))
        range_ = "full" if full else "limited"
        subprocess.run(
            [
                *("ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", name),
                *("-s", "96x64", "-i", tmp_path / "in.raw", "-vf"),
                f"setparams=range={'pc' if full else 'tv'},zscale=filter=bilinear:min={word}:"
                f"rin={range_}:cin={FFMPEG_SITINGS[siting]}:m=gbr:r=full,format=gbrp16le",
                *("-f", "rawvideo", tmp_path / "out.raw"),
            ],
            check=True,
        )
        data = bytearray((tmp_path / "out.raw").read_bytes())
        green, blue, red = torch.frombuffer(data, dtype=torch.uint16).view(3, 64, 96).double()
        found = Converter(of, of).to_rgb(codes).double() * 65535
        difference = (found - torch.stack((red, green, blue))).abs().max()
        print(f"{name} matrix {matrix} {siting} full={full}: {difference:.3f} of 65535")
        assert difference < 2


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
    from opticals.media.colour import converter as colour

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


@pytest.mark.parametrize("name", ["bayer_rggb8", "vaapi", "xyz12le", "rgbf32le", "gbrpf32be"])
def test_formats_without_such_planes_are_refused(name: str) -> None:
    with pytest.raises(MediaError, match=name):
        layout(name)
