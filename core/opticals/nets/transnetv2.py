"""TransNetV2: finds the cuts, dissolves and fades of a film.

Architecture: Souček and Lokoč, "TransNet V2: An Effective Deep Network Architecture for Fast
Shot Transition Detection", 2020, https://arxiv.org/abs/2008.04838.

Its (2+1)D convolutions are plain two-dimensional ones here: over each picture, then over time
with all pixels of a picture side by side. Batch normalisation is folded into their weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

if TYPE_CHECKING:
    from opticals.nets.pth import State

_DILATIONS = (1, 2, 4, 8)
_REACH = 50  # frames before and after each that it is compared with
_COMPARED = 128  # values that describe how a frame compares with those around it
_LEVELS = 8  # steps of each colour in the histograms
_EPSILON = 1e-3  # of the batch normalisation


class _Cell(nn.Module):
    """Sees space, then time at four distances at once: `[N, T, H, W, C]` to `4 * features`."""

    def __init__(self, inputs: int, features: int) -> None:
        super().__init__()
        self.space = nn.ModuleList(
            nn.Conv2d(inputs, 2 * features, 3, padding=1, bias=False) for _ in _DILATIONS
        )
        self.time = nn.ModuleList(
            nn.Conv2d(2 * features, features, (3, 1), padding=(step, 0), dilation=(step, 1))
            for step in _DILATIONS
        )

    def forward(self, frames: Tensor) -> Tensor:
        count, times, height, width, _ = frames.shape
        pictures = frames.flatten(0, 1).permute(0, 3, 1, 2)
        seen = []
        for space, time in zip(self.space, self.time, strict=True):
            flat = space(pictures).permute(0, 2, 3, 1).reshape(count, times, height * width, -1)
            seen.append(time(flat.permute(0, 3, 1, 2)).permute(0, 2, 3, 1))
        return torch.cat(seen, -1).view(count, times, height, width, -1)


class _Stage(nn.Module):
    """Two cells with a shortcut, at half the size afterwards."""

    def __init__(self, inputs: int, features: int) -> None:
        super().__init__()
        self.first = _Cell(inputs, features)
        self.second = _Cell(4 * features, features)

    def forward(self, frames: Tensor) -> Tensor:
        first = F.relu(self.first(frames))
        frames = F.relu(self.second(first)) + first
        pictures = frames.flatten(0, 1).permute(0, 3, 1, 2)
        small = F.avg_pool2d(pictures, 2).permute(0, 2, 3, 1)
        return small.view(*frames.shape[:2], *small.shape[1:])


class _Comparison(nn.Module):
    """How like the frames around it each one is: `[N, T, C]` to `[N, T, 128]`."""

    def __init__(self) -> None:
        super().__init__()
        self.weigh = nn.Linear(2 * _REACH + 1, _COMPARED)

    def forward(self, described: Tensor) -> Tensor:
        unit = F.normalize(described, dim=2)
        alike = F.pad(unit @ unit.transpose(1, 2), (_REACH, _REACH))
        # Row t of `alike` begins _REACH frames early, so its part about t begins at t.
        around = alike.unfold(2, 2 * _REACH + 1, 1).diagonal(dim1=1, dim2=2).transpose(1, 2)
        return F.relu(self.weigh(around.to(self.weigh.weight.dtype)))


class TransNetV2(nn.Module):
    """Frames `[N, T, 27, 48, 3]`, uint8, to two logits for each, `[N, T]` float32.

    The first says that a transition has its middle between this frame and the next; the second
    that the frame is within a transition. A frame is judged by the 50 on both sides: the authors
    give it 100 at a time and take the middle 50, the ends repeated at the ends of the film.
    """

    window = 100
    kept = 50
    size = (27, 48)

    def __init__(self, features: int = 16) -> None:
        super().__init__()
        counts = [features << index for index in range(3)]
        inputs = [3, *(4 * count for count in counts[:-1])]
        self.stages = nn.ModuleList(map(_Stage, inputs, counts))
        described = 4 * counts[-1] * (self.size[0] // 8) * (self.size[1] // 8)
        self.project = nn.Linear(4 * sum(counts), _COMPARED)
        self.features = _Comparison()
        self.colours = _Comparison()
        self.join = nn.Linear(2 * _COMPARED + described, 1024)
        self.middle = nn.Linear(1024, 1)
        self.within = nn.Linear(1024, 1)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        dtype = self.join.weight.dtype
        values, means = (frames.float() / 255).to(dtype), []
        for stage in self.stages:
            values = stage(values)
            means.append(values.float().mean((2, 3)))
        projected = self.project(torch.cat(means, 2).to(dtype)).float()
        parts = (self.colours(_histograms(frames)), self.features(projected), values.flatten(2))
        joined = F.relu(self.join(torch.cat([part.to(dtype) for part in parts], 2)))
        return self.middle(joined)[..., 0].float(), self.within(joined)[..., 0].float()


def _histograms(frames: Tensor) -> Tensor:
    """How often each of 512 colours is in each frame, `[N, T, 512]` float32."""
    levels = frames.long() * _LEVELS // 256
    colours = (levels[..., 0] * _LEVELS + levels[..., 1]) * _LEVELS + levels[..., 2]
    colours = colours.flatten(2)
    counts = torch.zeros(*colours.shape[:2], _LEVELS**3, device=frames.device)
    return counts.scatter_add_(2, colours, torch.ones_like(colours, dtype=counts.dtype))


def rename(state: State) -> State:
    """The published weights' keys as ours, each normalisation folded into what it follows."""
    made: State = {}
    for stage in range(3):
        for cell, name in enumerate(("first", "second")):
            theirs, ours = f"SDDCNN.{stage}.DDCNN.{cell}", f"stages.{stage}.{name}"
            gain = state[f"{theirs}.bn.weight"] / torch.sqrt(
                state[f"{theirs}.bn.running_var"] + _EPSILON
            )
            shift = state[f"{theirs}.bn.bias"] - gain * state[f"{theirs}.bn.running_mean"]
            parts = zip(_DILATIONS, gain.chunk(4), shift.chunk(4), strict=True)
            for index, (step, times, plus) in enumerate(parts):
                layers = f"{theirs}.Conv3D_{step}.layers"
                made[f"{ours}.space.{index}.weight"] = state[f"{layers}.0.weight"][:, :, 0]
                time = state[f"{layers}.1.weight"][..., 0] * times[:, None, None, None]
                made[f"{ours}.time.{index}.weight"] = time
                made[f"{ours}.time.{index}.bias"] = plus
    for theirs, ours in (
        ("frame_sim_layer.projection", "project"),
        ("frame_sim_layer.fc", "features.weigh"),
        ("color_hist_layer.fc", "colours.weigh"),
        ("fc1", "join"),
        ("cls_layer1", "middle"),
        ("cls_layer2", "within"),
    ):
        for part in ("weight", "bias"):
            made[f"{ours}.{part}"] = state[f"{theirs}.{part}"]
    return made
