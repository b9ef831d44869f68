"""Reads the weights of ONNX files. The graph is only looked at; nothing in it is executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from opticals.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from onnx import GraphProto
    from torch import Tensor

Array = np.ndarray[tuple[int, ...], np.dtype[np.generic]]


def read_graph(path: Path) -> tuple[GraphProto, dict[str, Array]]:
    """The graph of the file, and its arrays by name; what is kept in 8 bits comes as float32 too.

    Weights that are said to be in another file are refused.

    Raises:
        ModelError: it is no ONNX file.
    """
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from onnx.numpy_helper import to_array

    try:
        graph = onnx.load(path, load_external_data=False).graph
        outside = [one.name for one in graph.initializer if one.external_data]
        if outside:
            raise wrong(path, f"the weights {outside[0]} are said to be in another file")
        arrays = {one.name: to_array(one) for one in graph.initializer}
        for node in graph.node:
            if node.op_type == "DequantizeLinear" and set(node.input) <= set(arrays):
                arrays[node.output[0]] = _in_full(*(arrays[name] for name in node.input))
        return graph, arrays
    except (DecodeError, ValueError, TypeError) as error:
        raise wrong(path, f"it cannot be read ({error})") from error


def read_into(network: nn.Module, path: Path, beyond: int = 0) -> None:
    """Fill all convolutions of `network`, declared in the order in which the graph runs them.

    Args:
        beyond: so many convolutions at the graph's end are left out, of outputs we do not need.

    Raises:
        ModelError: the file holds another network's weights.
    """
    convolutions = (one for one in network.modules() if isinstance(one, nn.Conv2d))
    read_convolutions(convolutions, path, beyond)


def read_convolutions(convolutions: Iterable[nn.Conv2d], path: Path, beyond: int = 0) -> None:
    """Fill `convolutions`, given in the order in which the graph runs them; see `read_into`.

    Batch normalisation is folded into convolutions when such a file is made. Weights of any
    precision become float32.
    """
    graph, arrays = read_graph(path)
    theirs = [node.input for node in graph.node if node.op_type == "Conv"]
    ours = list(convolutions)
    if len(theirs) != len(ours) + beyond:
        raise wrong(path, f"it has {len(theirs)} convolutions, not {len(ours) + beyond}")
    for conv, (_, *names) in zip(ours, theirs, strict=False):
        parameters = [conv.weight] if conv.bias is None else [conv.weight, conv.bias]
        if len(names) != len(parameters):
            raise wrong(path, f"“{names[0]}” is with a bias here and without one there")
        for parameter, name in zip(parameters, names, strict=True):
            _fill(parameter, arrays, name, path)


def read_named(network: nn.Module, path: Path, names: Mapping[str, str]) -> None:
    """Fill the parameters of `network` from the arrays of these names: theirs to ours.

    Raises:
        ModelError: the file holds another network's weights.
    """
    _, arrays = read_graph(path)
    parameters = dict(network.named_parameters())
    for theirs, ours in names.items():
        _fill(parameters[ours], arrays, theirs, path)


def _fill(parameter: Tensor, arrays: Mapping[str, Array], name: str, path: Path) -> None:
    if name not in arrays:
        raise wrong(path, f"it has no array “{name}”")
    array = arrays[name]
    if array.shape != parameter.shape:
        raise wrong(path, f"“{name}” is {array.shape}, not {tuple(parameter.shape)}")
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(array.astype(np.float32)))


def _in_full(values: Array, scale: Array, zero: Array) -> Array:
    """What 8-bit values stand for; scale and zero are one for all, or one for each output."""
    shape = (-1, *(1 for _ in values.shape[1:])) if scale.ndim else ()
    whole = values.astype(np.int64) - zero.astype(np.int64).reshape(shape)
    return (whole * scale.astype(np.float64).reshape(shape)).astype(np.float32)


def wrong(path: Path, why: str) -> ModelError:
    """What to tell people about a file that is not what it should be."""
    return ModelError(
        f"{path} is not the file of this network.",
        f"Read as ONNX, {why}.",
        "Remove the model and pull it again.",
    )
