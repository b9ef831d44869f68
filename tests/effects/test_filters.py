"""Filters against what they are defined to be."""

from __future__ import annotations

import math
import time

import cv2
import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor
from torch.nn import functional as F

from opticals.vision import filters


@pytest.fixture(scope="module")
def frame(footage: Footage) -> Tensor:
    return pictures.read(footage("bikes.mp4"), 10, 1)[0][:, 60:200, 200:400].contiguous()


@pytest.mark.parametrize("sigma", [0.7, 3.0, 12.0])
def test_blur_is_a_gaussian(sigma: float) -> None:
    point = torch.zeros(1, 101, 101)
    point[0, 50, 50] = 6.0
    seen = filters.blur(point, sigma)[0]
    offsets = torch.arange(101) - 50.0
    spread = float((seen.sum(0) * offsets.square()).sum() / seen.sum())
    assert float(seen.sum()) == pytest.approx(6.0, rel=1e-4)
    assert spread**0.5 == pytest.approx(sigma, rel=0.02)
    assert torch.allclose(seen, seen.T, atol=1e-6)


def test_edges_are_repeated_and_nothing_is_clamped() -> None:
    flat = torch.full((2, 3, 17, 3), 6.0)
    for made in (filters.blur(flat, 9.0), filters.box(flat, 30), filters.grow(flat, 4.5)):
        assert made.shape == flat.shape
        assert torch.allclose(made, flat)


def test_box_is_a_mean(frame: Tensor) -> None:
    padded = F.pad(frame[None], (4,) * 4, mode="replicate")
    assert torch.allclose(filters.box(frame, 4), F.avg_pool2d(padded, 9, 1)[0], atol=1e-5)


def test_other_devices_take_another_way_to_the_same(frame: Tensor) -> None:
    kernel = cv2.getGaussianKernel(13, 2.0)[:, 0].astype("float32")
    usual = filters._separable(frame, kernel)
    assert torch.allclose(filters._shifted(frame, kernel), usual, atol=1e-6)


def test_guided_by_itself_flattens_what_is_flat(frame: Tensor) -> None:
    """He, Sun, Tang 2010, equation 5: variance / (variance + epsilon) of detail stays."""
    grey = frame.mean(0, keepdim=True)
    made = filters.guided(grey, grey, 4, 1e-2)
    mean = filters.box(grey, 4)
    slope = (filters.box(grey**2, 4) - mean**2).clamp(min=0)
    slope = slope / (slope + 1e-2)
    expected = filters.box(slope, 4) * grey + filters.box(mean - slope * mean, 4)
    assert torch.allclose(made, expected, atol=1e-4)


@pytest.mark.parametrize("reduce", [1, 4])
def test_a_matte_takes_the_edge_of_the_guide(reduce: int) -> None:
    """A disc in colour, and a matte of it that is soft and two pixels off."""
    y, x = torch.meshgrid(torch.arange(120.0), torch.arange(160.0), indexing="ij")
    true = ((x - 80) ** 2 + (y - 60) ** 2 < 40**2).float()[None]
    colours = torch.tensor([[0.6, 0.3, 0.4], [0.3, 0.5, 0.4]])  # as bright as each other
    guide = true * colours[0][:, None, None] + (1 - true) * colours[1][:, None, None]
    rough = filters.blur(true.roll(2, -1), 3)
    made = filters.guided(rough, guide, 12, 1e-4, reduce)
    assert ((rough > 0.5) != (true > 0.5)).sum() > 100
    assert ((made > 0.5) != (true > 0.5)).sum() == 0
    steps = [one.diff().abs().amax() for one in (rough, made)]
    assert steps[1] > 3 * steps[0]


def test_grow_and_shrink_by_a_disc() -> None:
    y, x = torch.meshgrid(torch.arange(101.0), torch.arange(101.0), indexing="ij")
    disc = ((x - 50) ** 2 + (y - 50) ** 2 <= 20**2).float()[None]
    for pixels in (-12, -4, 3, 10, 25):
        radius = (float(filters.grow(disc, pixels).sum()) / math.pi) ** 0.5
        assert radius == pytest.approx(20 + pixels, abs=0.6)
    areas = [float(filters.grow(disc, step / 4).sum()) for step in range(-8, 9)]
    assert areas == sorted(set(areas))  # every quarter of a pixel counts
    assert torch.equal(filters.grow(disc, 0), disc)


@pytest.mark.parametrize("radius", [1, 3, 8, 9, 17, 40, 100])
def test_growth_is_by_a_disc_and_ends_at_the_border(radius: int, frame: Tensor) -> None:
    """Small discs are OpenCV's own; of large ones no more than a pixel's breadth is missing."""
    steps = torch.arange(-radius, radius + 1)
    apart = (steps[:, None] ** 2 + steps**2).numpy()
    soft = filters.blur((frame[:1] > 0.5).float(), 2)
    if radius <= 8:
        kernel = (apart <= (radius + 0.5) ** 2).astype("uint8")
        exact = cv2.dilate(soft[0].numpy(), kernel, borderType=cv2.BORDER_REPLICATE)
        assert torch.equal(filters.grow(soft, radius)[0], torch.from_numpy(exact))
        return
    point = torch.zeros(1, 240, 240)
    point[0, 120, 120] = 1
    reached = filters.grow(point, radius)[0]
    reached = reached[120 - radius : 121 + radius, 120 - radius : 121 + radius].numpy() > 0
    assert (reached <= (apart <= (radius + 0.5) ** 2)).all()
    assert (reached >= (apart <= (radius - 0.5) ** 2)).all()
    bounded = F.pad(soft, (radius,) * 4)  # nothing comes in from outside
    assert torch.equal(
        filters.grow(bounded, radius)[..., radius:-radius, radius:-radius],
        filters.grow(soft, radius),
    )


def test_large_growth_takes_no_longer_than_it_must() -> None:
    mask = torch.zeros(1, 1080, 1920)
    mask[:, 300:800, 500:1500] = 1
    mask = filters.feather(mask, 40)
    begun = time.process_time()
    filters.grow(mask, 100)
    assert time.process_time() - begun < 1


def test_feather_keeps_the_edge_in_place() -> None:
    edge = torch.zeros(1, 20, 200)
    edge[..., 100:] = 1
    soft = filters.feather(edge, 16)[0, 10]
    assert float(soft[99] + soft[100]) == pytest.approx(1, abs=1e-4)
    assert soft[90] < 0.02
    assert soft[109] > 0.98


def test_pixels_that_are_no_number_are_filled_in(frame: Tensor) -> None:
    broken = frame.clone()
    broken[:, 50:53, 60:63] = math.nan
    broken[0, 10, 10] = math.inf
    assert (filters.blur(broken, 2) - filters.blur(frame, 2)).abs().max() < 0.2
    matte = broken[:1]
    for made in (
        filters.box(broken, 3),
        filters.guided(matte, broken, 8, 1e-3, 2),
        filters.grow(matte, 2),
        filters.feather(matte, 3),
    ):
        assert made.isfinite().all()


@pytest.mark.parametrize("size", [(1, 1), (17, 3)])
def test_tiny_pictures(frame: Tensor, size: tuple[int, int]) -> None:
    small = frame[:, : size[0], : size[1]]
    for made in (
        filters.blur(small, 5),
        filters.box(small, 9),
        filters.guided(small, small, 20, 1e-3, 4),
        filters.grow(small, 7.5),
        filters.grow(small, -3),
    ):
        assert made.shape == small.shape
        assert made.isfinite().all()


def test_the_number_of_threads_changes_no_bit(frame: Tensor) -> None:
    before = cv2.getNumThreads()
    found = []
    try:
        for threads in (1, 2, 7):
            cv2.setNumThreads(threads)
            found.append((filters.blur(frame, 4), filters.box(frame, 9), filters.grow(frame, 3)))
    finally:
        cv2.setNumThreads(before)
    for made in found[1:]:
        assert all(torch.equal(one, other) for one, other in zip(made, found[0], strict=True))
