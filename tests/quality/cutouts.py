"""Composites whose mattes are known: things cut out of real films, given hair, moved over others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pictures
import torch
from torch import Tensor
from torch.nn import functional as F

from opticals.vision import filters
from opticals.vision.flow import warp
from opticals.vision.matting import spread

if TYPE_CHECKING:
    from quality.table import Footage

_HAIRS = 500


@dataclass(frozen=True)
class Cutout:
    """A thing alone: `colour` `[3, H, W]`, known wherever there may be some of it, and `alpha`
    `[1, H, W]`."""

    colour: Tensor
    alpha: Tensor

    def over(self, background: Tensor) -> Tensor:
        """The composite, `[3, H, W]`."""
        return self.alpha * self.colour + (1 - self.alpha) * background

    def moved(self, time: float) -> Cutout:
        """The thing at a frame: it drifts, turns, and bends like a limb that is raised."""
        height, width = self.alpha.shape[-2:]
        y, x = torch.meshgrid(
            torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"
        )
        turn = 0.06 * math.sin(time / 7) + 0.10 * (1 - y) / 2 * math.sin(time / 5)
        shift = (0.10 * math.sin(time / 9), 0.04 * math.sin(time / 6))
        ratio = width / height
        back_x = (x * ratio * torch.cos(turn) + y * torch.sin(turn)) / ratio + shift[0]
        back_y = y * torch.cos(turn) - x * ratio * torch.sin(turn) + shift[1]
        flow = torch.stack(((back_x - x) * width / 2, (back_y - y) * height / 2))
        return Cutout(
            warp(self.colour, flow, "bicubic").clamp(0, 1), warp(self.alpha, flow, "bilinear")
        )


def bunny(footage: Footage, height: int, width: int) -> Cutout:
    """The rabbit of Big Buck Bunny with outstretched arm, standing in the middle."""
    picture = pictures.read(footage("bigbuckbunny.mp4"), 74, 1)[0][:, 40:640, 100:700]
    return _cut(picture, (190, 60, 330, 540), height, width, share=0.9)


def cyclist(footage: Footage, height: int, width: int) -> Cutout:
    """The cyclist of Bikes, standing."""
    picture = pictures.read(footage("bikes.mp4"), 118, 1)[0][:, :, 330:510]
    return _cut(picture, (25, 2, 110, 265), height, width, share=0.95)


def backgrounds(footage: Footage, height: int, width: int, count: int) -> list[list[Tensor]]:
    """Real moving pictures: traffic, and a hand-held look around a meadow."""
    traffic = pictures.read(footage("bikes.mp4"), 52, count)
    meadow = pictures.read(footage("bigbuckbunny.mp4"), 5, 1)[0][:, :, 480:]
    pans = []
    for time in range(count):
        left, top = round(40 + 35 * math.sin(time / 6)), round(30 + 25 * math.cos(time / 4))
        pans.append(meadow[:, top : top + 600, left : left + 700])
    return [[_sized(one, height, width) for one in film] for film in (traffic, pans)]


def _cut(
    picture: Tensor, box: tuple[int, int, int, int], height: int, width: int, share: float
) -> Cutout:
    """What stands in a box (left, top, width, height) of a picture, by GrabCut (Rother et al.,
    2004), smoothed, hairs added, set in the middle of a frame and as high as a share of it."""
    pixels = (picture * 255).byte().permute(1, 2, 0).numpy()
    labels = np.zeros(pixels.shape[:2], np.uint8)
    cv2.setRNGSeed(1)
    background, inside = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(
        np.ascontiguousarray(pixels), labels, box, background, inside, 8, cv2.GC_INIT_WITH_RECT
    )
    solid = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(solid)
    solid = (parts == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))).astype(np.uint8)
    solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    rows, columns = np.nonzero(solid.any(1))[0], np.nonzero(solid.any(0))[0]
    factor = share * height / (rows[-1] - rows[0] + 1)
    size = (round(solid.shape[1] * factor), round(solid.shape[0] * factor))
    grown = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    shape = torch.from_numpy(cv2.resize(solid.astype(np.float32), size))[None]
    shape = ((filters.blur(shape, 2.0) - 0.5) * 2.5 + 0.5).clamp(0, 1)
    colour = torch.from_numpy(grown).permute(2, 0, 1).float() / 255
    top = round(rows[-1] * factor) - height + 2
    middle = round((columns[0] + columns[-1]) / 2 * factor) - width // 2
    colour, shape = (_window(one, top, middle, height, width) for one in (colour, shape))
    known = filters.grow((shape > 0.99).float(), -2)
    colour = torch.where(known > 0, colour, spread(colour, known))
    hair = _hairs(shape[0], height)
    alpha = torch.maximum(shape, hair)
    # Hairs have a lustre of their own, so that their colour is not all that of the skin.
    lustre = filters.blur(torch.rand(alpha.shape, generator=torch.Generator().manual_seed(2)), 1.0)
    return Cutout((colour * (0.6 + 0.8 * lustre)).clamp(0, 1), alpha)


def _hairs(shape: Tensor, height: int) -> Tensor:
    """Fine curved strands that grow out of a shape's edge, `[1, H, W]`, about a pixel wide."""
    solid = (shape > 0.5).byte().numpy()
    contour = max(cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
    points = contour[:, 0].astype(np.float64)
    chance = np.random.default_rng(3)
    canvas = np.zeros((4 * solid.shape[0], 4 * solid.shape[1]), np.uint8)
    middle = points.mean(0)
    for _ in range(_HAIRS):
        at = points[chance.integers(len(points))]
        angle = math.atan2(*(at - middle)[::-1]) + chance.normal(0, 0.5)
        bend, length = chance.normal(0, 0.06), height * chance.uniform(0.02, 0.06)
        strand = [at]
        for _ in range(12):
            angle += bend
            strand.append(strand[-1] + length / 12 * np.array((math.cos(angle), math.sin(angle))))
        line = (np.array(strand) * 4 * 8).astype(np.int32)
        cv2.polylines(canvas, [line], False, 255, max(round(height / 120), 2), cv2.LINE_AA, 3)
    fine = torch.from_numpy(canvas).float()[None, None] / 255
    return F.avg_pool2d(fine, 4)[0] * 0.9


def _window(picture: Tensor, top: int, left: int, height: int, width: int) -> Tensor:
    """A part of a picture that may reach beyond it, zeros there."""
    whole = F.pad(picture, (width, width, height, height))
    return whole[:, top + height : top + 2 * height, left + width : left + 2 * width]


def _sized(picture: Tensor, height: int, width: int) -> Tensor:
    """Scaled to cover the frame."""
    factor = max(height / picture.shape[-2], width / picture.shape[-1])
    size = [math.ceil(side * factor) for side in picture.shape[-2:]]
    scaled = F.interpolate(picture[None], size, mode="bicubic", antialias=True)[0].clamp(0, 1)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    return scaled[:, top : top + height, left : left + width]
