"""Reads the weights of ncnn's .bin files into torch modules. Nothing in such a file is executed.

The file is a bare row of arrays in the order of the graph: a convolution's weights after a
4-byte flag that names their type, its bias as float32, a PReLU's slopes as float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from opticals.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

_FLOAT16 = 0x01306B47
_FLOAT32 = 0


def read_into(network: nn.Module, path: Path) -> None:
    """Fill the convolutions and PReLUs of `network`, in the order they were declared.

    Raises:
        ModelError: the file holds another network's weights.
    """
    reader = _Reader(path)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            assert module.bias is not None
            reader.weights(module.weight)
            reader.floats(module.bias)
        elif isinstance(module, nn.PReLU):
            reader.floats(module.weight)
    reader.finish()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = path.read_bytes()
        self._at = 0

    def weights(self, target: Tensor) -> None:
        flag = int.from_bytes(self._take(4), "little")
        if flag == _FLOAT32:
            self.floats(target)
        elif flag == _FLOAT16:
            size = 2 * target.numel()
            self._fill(target, np.frombuffer(self._take(size), "<f2"))
            self._take(-size % 4)
        else:
            raise self._error(f"the weights at byte {self._at} are of the unknown type {flag:#x}")

    def floats(self, target: Tensor) -> None:
        self._fill(target, np.frombuffer(self._take(4 * target.numel()), "<f4"))

    def finish(self) -> None:
        if self._at != len(self._data):
            raise self._error(f"{len(self._data) - self._at} bytes are left over")

    def _fill(self, target: Tensor, values: np.ndarray[tuple[int], np.dtype[np.floating]]) -> None:
        array = torch.from_numpy(values.astype(np.float32))
        with torch.no_grad():
            target.copy_(array.reshape(target.shape))

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise self._error("it ends too early")
        self._at += size
        return taken

    def _error(self, why: str) -> ModelError:
        return ModelError(
            f"{self._path} is not the file of this network.",
            f"Read as ncnn weights, {why}.",
            "Remove the model and pull it again.",
        )
