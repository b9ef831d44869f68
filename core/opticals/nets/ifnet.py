"""IFNet of RIFE: the motion between two pictures at any time between them.

Architecture: Huang et al., "Real-Time Intermediate Flow Estimation for Video Frame
Interpolation", ECCV 2022, in the four-block form with arbitrary timestep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

# Motion that the second block corrects by more than this many pixels, both ways, is beyond the
# first block's reach: the original starts again at half the size.
_FAR = 32.0


@dataclass(frozen=True)
class Motion:
    """Where the pictures at a time between two come from.

    Attributes:
        flow: `[1, 4, H, W]`, pixels (x, y) into the first picture, then into the second.
        weight: `[1, 1, H, W]`, 0..1, the first picture's share.
    """

    flow: Tensor
    weight: Tensor

    def moved(
        self, first: Tensor, second: Tensor, rows: slice = slice(None)
    ) -> tuple[Tensor, Tensor]:
        """Both pictures `[1, C, H, W]`, of any range, as they are at the time between: those
        rows of them."""
        flow, top = self.flow[..., rows, :], rows.start or 0
        return warp(first, flow[:, :2], top), warp(second, flow[:, 2:], top)

    def between(self, first: Tensor, second: Tensor) -> Tensor:
        """The picture in between, `[1, C, H, W]`: it is linear in the two."""
        before, after = self.moved(first, second)
        return after + (before - after) * self.weight


class _Block(nn.Module):
    """Refines flow and weight at one size of the picture."""

    def __init__(self, inputs: int, features: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(
            *_activated(inputs, features // 2, stride=2),
            *_activated(features // 2, features, stride=2),
        )
        self.body = nn.Sequential(*(layer for _ in range(8) for layer in _activated(features)))
        self.leave = nn.ConvTranspose2d(features, 5, 4, stride=2, padding=1)

    def forward(
        self, values: Tensor, flow: Tensor | None, shrink: float, beat: Callable[[], None]
    ) -> tuple[Tensor, Tensor]:
        """Changes of flow and of the weight's logit, at the size of `values`."""
        values = _resize(values, 1 / shrink)
        if flow is not None:
            values = torch.cat((values, _resize(flow, 1 / shrink) / shrink), 1)
        entered = self.enter(values.to(self.leave.weight.dtype))
        beat()
        body = self.body(entered)
        beat()
        left = self.leave(body + entered).float()
        beat()
        left = _resize(left, 2 * shrink)
        beat()
        return left[:, :4] * (2 * shrink), left[:, 4:]


class IFNet(nn.Module):
    """Two pictures `[1, 3, H, W]` in 0..1 and a time to the motion between them.

    Sides are multiples of `multiple(scale)`. `scale` below 1 estimates the motion on smaller
    pictures. Flow, warps and weight are float32, whatever the weights are in.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            _Block(inputs, features)
            for inputs, features in ((7, 192), (12, 128), (12, 96), (12, 64))
        )

    @staticmethod
    def multiple(scale: float) -> int:
        """What the sides of the pictures must be multiples of, in pixels."""
        return max(128, round(128 / scale))

    def forward(
        self,
        first: Tensor,
        second: Tensor,
        time: float,
        scale: float = 1.0,
        beat: Callable[[], None] = lambda: None,
    ) -> Motion:
        """`beat` is called again and again while it works; it may raise to stop it."""
        shrinks = [size / scale for size in (8.0, 4.0, 2.0, 1.0)]
        when = torch.full_like(first[:, :1], time)
        pair = torch.cat((first, second), 1)
        flow, logit = self.blocks[0](torch.cat((pair, when), 1), None, shrinks[0], beat)
        change = self._refine(1, first, second, when, flow, logit, shrinks, beat)
        if _far(change[0]):
            shrinks = [2 * shrink for shrink in shrinks]
            flow, logit = self.blocks[0](torch.cat((pair, when), 1), None, shrinks[0], beat)
            change = self._refine(1, first, second, when, flow, logit, shrinks, beat)
        flow, logit = flow + change[0], logit + change[1]
        for index in (2, 3):
            change = self._refine(index, first, second, when, flow, logit, shrinks, beat)
            flow, logit = flow + change[0], logit + change[1]
            beat()
        return Motion(flow, torch.sigmoid(logit))

    def _refine(
        self,
        index: int,
        first: Tensor,
        second: Tensor,
        when: Tensor,
        flow: Tensor,
        logit: Tensor,
        shrinks: list[float],
        beat: Callable[[], None],
    ) -> tuple[Tensor, Tensor]:
        beat()
        before = warp(first, flow[:, :2])
        beat()
        seen = torch.cat((before, warp(second, flow[:, 2:]), when, logit), 1)
        beat()
        change: tuple[Tensor, Tensor] = self.blocks[index](seen, flow, shrinks[index], beat)
        return change


def warp(picture: Tensor, flow: Tensor, top: int = 0) -> Tensor:
    """`picture` `[1, C, H, W]` fetched from where `flow` `[1, 2, h, W]` points, in pixels: its
    rows from `top`, as many as the flow has."""
    height, width = picture.shape[-2:]
    rows = torch.arange(top, top + flow.shape[-2], device=flow.device, dtype=flow.dtype)
    x = torch.arange(width, device=flow.device, dtype=flow.dtype) + flow[:, 0]
    y = rows[:, None] + flow[:, 1]
    grid = torch.stack((x * (2 / (width - 1)) - 1, y * (2 / (height - 1)) - 1), -1)
    # Clamped, then zeros beyond: the same as padding by the border, which not every device has.
    return F.grid_sample(
        picture, grid.clamp(-1, 1), mode="bilinear", padding_mode="zeros", align_corners=True
    )


def rename(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The published weights' keys as ours; the parts used in training alone are left out."""
    renamed = {}
    for key, value in state.items():
        parts = key.removeprefix("module.").split(".")
        if parts[0] not in {f"block{index}" for index in range(4)}:
            continue
        block = f"blocks.{parts[0].removeprefix('block')}"
        if parts[1] == "lastconv":
            renamed[f"{block}.leave.{parts[2]}"] = value
            continue
        row = {"conv0": "enter", "convblock": "body"}[parts[1]]
        layer = 2 * int(parts[2]) + int(parts[3])
        renamed[f"{block}.{row}.{layer}.{parts[4]}"] = value
    return renamed


def _activated(inputs: int, outputs: int | None = None, stride: int = 1) -> tuple[nn.Module, ...]:
    outputs = outputs or inputs
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.PReLU(outputs)


def _resize(values: Tensor, factor: float) -> Tensor:
    return F.interpolate(
        values,
        scale_factor=factor,
        mode="bilinear",
        align_corners=False,
        recompute_scale_factor=False,
    )


def _far(change: Tensor) -> bool:
    return bool(change[:, :2].abs().amax() > _FAR and change[:, 2:].abs().amax() > _FAR)
