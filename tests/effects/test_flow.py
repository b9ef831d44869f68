"""Motion between pictures: found where it is known, distrusted where it cannot be."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals.vision import flow as motion
from opticals.vision.flow import flow, inside, occlusion, warp


@pytest.fixture(scope="module")
def frame(footage: Footage) -> Tensor:
    return pictures.read(footage("bikes.mp4"), 10, 1)[0]


def moved(picture: Tensor) -> tuple[Tensor, Tensor]:
    """`picture` turned, enlarged and shifted by OpenCV, and the true flow to it."""
    height, width = picture.shape[-2:]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 1.5, 1.02)
    matrix[:, 2] += (6.4, -3.7)
    other = cv2.warpAffine(
        picture.permute(1, 2, 0).numpy(),
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    y, x = np.mgrid[:height, :width]
    led = np.einsum("ij,jyx->iyx", matrix, np.stack((x, y, np.ones_like(x))).astype(float))
    true = torch.from_numpy(led - np.stack((x, y))).float()
    return torch.from_numpy(other).permute(2, 0, 1), true


def test_a_known_motion_is_found(frame: Tensor) -> None:
    other, true = moved(frame)
    wrong = (flow(frame, other) - true).norm(dim=0)[inside(true)[0] > 0]
    assert wrong.median() < 0.15  # pixels, of a motion of up to 15
    assert wrong.quantile(0.9) < 0.4


def test_a_large_picture_is_looked_at_reduced(frame: Tensor) -> None:
    large = cv2.resize(frame.permute(1, 2, 0).numpy(), (2560, 1088), interpolation=cv2.INTER_CUBIC)
    one = torch.from_numpy(large).permute(2, 0, 1)
    other, true = moved(one)
    wrong = (flow(one, other) - true).norm(dim=0)[inside(true)[0] > 0]
    assert wrong.median() < 0.3


def test_neighbouring_frames_of_film(footage: Footage) -> None:
    """Moved along, a neighbour comes at least twice as near as it is."""
    for name, at in (("bikes.mp4", 10), ("bikes.mp4", 60), ("bigbuckbunny.mp4", 20)):
        one, other = pictures.read(footage(name), at, 2)
        apart = (other - one).abs().mean()
        assert (warp(other, flow(one, other)) - one).abs().mean() < 0.5 * apart


def test_the_number_of_threads_changes_no_bit(frame: Tensor) -> None:
    other, _ = moved(frame)
    before = cv2.getNumThreads()
    found = []
    try:
        for threads in (1, 2, 7):
            cv2.setNumThreads(threads)
            there = flow(frame, other)
            found.append((there, warp(other, there)))
    finally:
        cv2.setNumThreads(before)
    for there, picture in found[1:]:
        assert torch.equal(there, found[0][0])
        assert torch.equal(picture, found[0][1])


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (3, 17), (40, 1)])
def test_tiny_flat_and_broken_pictures(frame: Tensor, size: tuple[int, int]) -> None:
    small = frame[:, : size[0], : size[1]].clone()
    flat = torch.full_like(small, 0.5)
    broken = small.clone()
    broken[:, 0, 0] = math.nan
    for one, other in ((small, small), (flat, flat), (broken, small), (small, broken)):
        there = flow(one, other)
        assert there.shape == (2, *size)
        assert there.isfinite().all()
        assert occlusion(there, there).shape == inside(there).shape == (1, *size)
        assert warp(small, there).shape == small.shape
    assert flow(flat, flat).abs().max() < 0.01


def test_what_gets_hidden_is_not_trusted(frame: Tensor) -> None:
    """A square of another picture passes over a still one."""
    piece = frame[:, 150:230, 400:480]
    one, other = frame.clone(), frame.clone()
    one[:, 80:160, 200:280] = piece
    other[:, 80:160, 216:296] = piece
    weight = occlusion(flow(one, other), flow(other, one))[0]
    hidden, beside = weight[88:152, 283:293], weight[88:152, 320:380]
    assert hidden.mean() < 0.4
    assert beside.mean() > 0.9
    assert weight[88:152, 215:265].mean() > 0.9  # the square itself


def test_warps_keep_values(frame: Tensor) -> None:
    bright = frame * 6
    still = torch.zeros(2, *frame.shape[-2:])
    assert torch.equal(warp(bright, still), bright)
    shift = still.clone()
    shift[0], shift[1] = 5, -2
    assert torch.equal(warp(bright, shift)[:, 2:, :-5], bright[:, :-2, 5:])
    assert torch.equal(warp(bright, shift)[:, 1, -3], bright[:, 0, -1])  # the edge repeated
    assert torch.equal(inside(shift)[0, 2:, :-5], torch.ones(frame.shape[1] - 2, 635))
    assert inside(shift)[0, :2].sum() == inside(shift)[0, :, -5:].sum() == 0


def test_bicubic_is_that_of_torch(frame: Tensor) -> None:
    """The way other devices take gives the same picture."""
    _, true = moved(frame)
    height, width = frame.shape[-2:]
    for mode in ("bicubic", "bilinear"):
        x = (torch.arange(width) + true[0] + 0.5) * 2 / width - 1
        y = (torch.arange(height)[:, None] + true[1] + 0.5) * 2 / height - 1
        other = torch.nn.functional.grid_sample(
            frame[None],
            torch.stack((x, y), -1)[None],
            mode=mode,
            padding_mode="border",
            align_corners=False,
        )
        assert (warp(frame, true, mode) - other[0]).abs().max() < 1e-4


def test_composed_flows_add_up(frame: Tensor) -> None:
    other, true = moved(frame)
    back = flow(other, frame)
    home = motion.composed(true, back)[:, 40:-40, 40:-40]
    assert home.norm(dim=0).median() < 0.2
