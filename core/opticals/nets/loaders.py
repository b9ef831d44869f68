"""Which network takes which kind of file: the `network` of a catalogue's entry to its loader."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from opticals.nets import ffdnet, ifnet, ncnn, onnx, pth, transnetv2
from opticals.nets.isnet import ISNet
from opticals.nets.magenta import Magenta26, MagentaPredict, MagentaTransform, names26
from opticals.nets.rrdb import RRDB
from opticals.nets.srvgg import SRVGG
from opticals.nets.u2net import U2NetP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn


def _filled(
    network: Callable[[], nn.Module], read_into: Callable[[nn.Module, Path], None], path: Path
) -> nn.Module:
    made = network()
    read_into(made, path)
    return made


def _own(path: Path) -> nn.Module:
    from opticals.nets import own  # spandrel knows many architectures: a second to import

    return own.read(path)


def _magenta_transform(path: Path) -> nn.Module:
    made = MagentaTransform()
    onnx.read_convolutions(made.convolutions(), path)
    return made


# Each: the file's path to the network with its weights, or a ModelError.
LOADERS: dict[str, Callable[[Path], nn.Module]] = {
    "srvgg": partial(_filled, SRVGG, ncnn.read_into),
    "rrdb": partial(_filled, RRDB, ncnn.read_into),
    "ifnet": partial(_filled, ifnet.IFNet, partial(pth.read_into, rename=ifnet.rename)),
    "ffdnet": partial(_filled, ffdnet.FFDNet, partial(pth.read_into, rename=ffdnet.rename)),
    "transnetv2": partial(
        _filled, transnetv2.TransNetV2, partial(pth.read_into, rename=transnetv2.rename)
    ),
    "u2netp": partial(_filled, U2NetP, onnx.read_into),
    "spandrel": _own,
    "isnet": partial(_filled, ISNet, partial(onnx.read_into, beyond=ISNet.beyond)),
    "magenta-predict": partial(_filled, MagentaPredict, onnx.read_into),
    "magenta-transform": _magenta_transform,
    "magenta-26": partial(_filled, Magenta26, partial(onnx.read_named, names=names26())),
}
