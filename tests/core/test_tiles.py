"""Tiles: the result is the whole picture's, whatever their size, and memory may run out."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from opticals.errors import Cancelled, DeviceError
from opticals.rendering.tiles import tiled


def network(reach: int, scale: int, stride: int = 1) -> nn.Module:
    """A real network of random weights that sees `reach` pixels far and enlarges `scale` times."""
    torch.manual_seed(3)
    layers: list[nn.Module] = []
    channels = 3
    if stride > 1:
        layers = [nn.Conv2d(3, 6, stride, stride), nn.ConvTranspose2d(6, 4, stride, stride)]
        channels = 4
    for _ in range(reach):
        layers += [nn.Conv2d(channels, 8, 3, padding=1), nn.PReLU(8)]
        channels = 8
    layers += [nn.Conv2d(channels, 3 * scale**2, 1), nn.PixelShuffle(scale)]
    return nn.Sequential(*layers).eval().requires_grad_(False)


@settings(max_examples=25, deadline=None)
@given(
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    tile=st.integers(8, 80),
    scale=st.sampled_from([1, 2, 4]),
)
def test_tiled_equals_whole(height: int, width: int, tile: int, scale: int) -> None:
    run = network(3, scale)
    picture = torch.rand(2, 3, height, width)
    made, _ = tiled(run, picture, tile=tile, overlap=3, scale=scale)
    assert made == pytest.approx(run(picture), abs=1e-5)


def test_too_little_overlap_shows() -> None:
    """So that the test above would see a wrong overlap."""
    run = network(6, 1)
    picture = torch.rand(1, 3, 64, 64)
    assert tiled(run, picture, tile=32, overlap=2)[0] != pytest.approx(run(picture), abs=1e-5)


@pytest.mark.parametrize(("height", "width"), [(33, 47), (5, 3), (64, 64)])
def test_sides_are_multiples(height: int, width: int) -> None:
    run = network(2, 2, stride=4)
    seen: set[int] = set()

    def noting(tile: Tensor) -> Tensor:
        seen.update(tile.shape[-2:])
        return run(tile)  # type: ignore[no-any-return]

    picture = torch.rand(1, 3, height, width)
    made, _ = tiled(noting, picture, tile=28, overlap=3, scale=2, multiple=4)
    padded = nn.functional.pad(picture, (0, -width % 4, 0, -height % 4), mode="replicate")
    assert all(side % 4 == 0 for side in seen)
    assert made == pytest.approx(run(padded)[..., : 2 * height, : 2 * width], abs=1e-5)


def limited(run: nn.Module, most: int, error: Exception) -> nn.Module:
    """`run` on a machine whose memory ends at tiles of `most` pixels."""

    class Limited(nn.Module):
        def forward(self, tile: Tensor) -> Tensor:
            if tile.shape[-1] * tile.shape[-2] > most:
                raise error
            return run(tile)  # type: ignore[no-any-return]

    return Limited()


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 8 GB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
        MemoryError(),
    ],
    ids=["cuda", "cpu", "mps", "python"],
)
def test_tiles_are_halved_when_memory_runs_out(error: Exception) -> None:
    run = network(3, 2)
    picture = torch.rand(1, 3, 100, 120)
    made, used = tiled(limited(run, 60 * 60, error), picture, tile=512, overlap=3, scale=2)
    assert made == pytest.approx(run(picture), abs=1e-5)
    assert used <= 60
    again, kept = tiled(limited(run, 60 * 60, error), picture, tile=used, overlap=3, scale=2)
    assert torch.equal(again, made)
    assert kept == used


def test_real_memory_runs_out() -> None:
    """torch's own error when an allocation fails, on the way to one that fits."""
    run = network(1, 1)

    def hungry(tile: Tensor) -> Tensor:
        torch.empty(2**60 if tile.shape[-1] > 40 else 1, dtype=torch.uint8)
        return run(tile)  # type: ignore[no-any-return]

    picture = torch.rand(1, 3, 64, 64)
    made, used = tiled(hungry, picture, tile=64, overlap=1)
    assert made == pytest.approx(run(picture), abs=1e-5)
    assert used <= 40


def test_no_memory_at_all() -> None:
    run = limited(network(1, 1), 10, MemoryError())
    with pytest.raises(DeviceError, match="too small") as caught:
        tiled(run, torch.rand(1, 3, 64, 64), tile=64, overlap=2)
    assert "--device cpu" in caught.value.remedy


def test_other_errors_are_not_swallowed() -> None:
    def broken(tile: Tensor) -> Tensor:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        tiled(broken, torch.rand(1, 3, 8, 8), tile=8, overlap=0)


def test_it_can_be_stopped_between_tiles() -> None:
    beats = iter(range(3))

    def beat() -> None:
        if next(beats, None) is None:
            raise Cancelled

    with pytest.raises(Cancelled):
        tiled(network(1, 1), torch.rand(1, 3, 64, 64), tile=20, overlap=1, on_tile=beat)
