"""Composites whose mattes are known: things cut out of real films, with hair, over others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from opticals.vision import filters
from opticals.vision.flow import warp
from opticals.vision.matting import spread
from tests.effects import pictures

if TYPE_CHECKING:
    from tests.quality.table import Footage

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


# Outlines drawn by hand on the parts of the frames that are read below, x y in pixels.
_BUNNY = """62 115  75 102  100 104  120 102  133 118  210 122  250 112  292 112  298 82  270 84
    215 82  203 75  220 66  260 65  293 62  298 42  320 31  350 38  372 55  395 88  418 78  425 62
    445 52  462 56  480 80  475 92  460 90  459 140  475 180  495 230  510 300  516 370  510 440
    495 500  478 540  440 562  438 580  400 585  375 545  350 520  315 550  280 545  245 520
    238 480  240 440  228 390  230 330  250 290  252 240  200 200  140 165  90 160  65 150"""
_CYCLIST = """79 28  80 15  90 9  102 11  110 22  108 36  108 56  122 54  132 66  138 80  142 100
    148 125  146 148  155 160  154 175  135 178  118 172  112 186  102 194  104 215  96 250  94 268
    80 268  82 230  84 195  78 180  82 150  65 130  58 112  25 118  18 112  50 104  62 95  52 80
    58 62  72 55  82 52  80 38"""


def bunny(footage: Footage, height: int, width: int) -> Cutout:
    """The rabbit of Big Buck Bunny, an arm stretched out, a little below the middle."""
    picture = pictures.read(footage("bigbuckbunny.mp4"), 74, 1)[0][:, 40:640, 100:700]
    return _cut(picture, _BUNNY, height, width, share=0.85)


def cyclist(footage: Footage, height: int, width: int) -> Cutout:
    """The cyclist of Bikes, dark and thin, from head to foot."""
    picture = pictures.read(footage("bikes.mp4"), 118, 1)[0][:, :, 330:510]
    return _cut(picture, _CYCLIST, height, width, share=0.95)


def backgrounds(footage: Footage, height: int, width: int, count: int) -> list[list[Tensor]]:
    """Real moving pictures: traffic, and a hand-held look around a meadow."""
    traffic = pictures.read(footage("bikes.mp4"), 52, count)
    meadow = pictures.read(footage("bigbuckbunny.mp4"), 5, 1)[0][:, :, 480:]
    pans = []
    for time in range(count):
        left, top = round(40 + 35 * math.sin(time / 6)), round(30 + 25 * math.cos(time / 4))
        pans.append(meadow[:, top : top + 600, left : left + 700])
    return [[_sized(one, height, width) for one in film] for film in (traffic, pans)]


def _cut(picture: Tensor, outline: str, height: int, width: int, share: float) -> Cutout:
    """What is within an outline, hairs added, in a frame of which it takes that share in height."""
    points = np.array(outline.split(), np.int32).reshape(-1, 1, 2)
    pixels = np.ascontiguousarray((picture * 255).byte().permute(1, 2, 0).numpy())
    solid = cv2.fillPoly(np.zeros(pixels.shape[:2], np.uint8), [points], 1)
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
    # Hairs have a lustre of their own: their colour is not quite that of the skin beside them.
    lustre = filters.blur(torch.rand(alpha.shape, generator=torch.Generator().manual_seed(2)), 1.0)
    return Cutout(
        (colour * torch.lerp(torch.ones(()), 0.6 + 0.8 * lustre, 1 - known)).clamp(0, 1), alpha
    )


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
