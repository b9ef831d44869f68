"""The networks, written here as torch modules, and how a model's file becomes one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opticals.errors import ModelError
from opticals.models import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import torch


def load(model: str, path: Path) -> torch.nn.Module:
    """The network of a model with the weights in `path`: float32, on the CPU, in eval mode.

    Raises:
        ModelError: there is no such model, or the file holds another network's weights.
    """
    network = _LOADERS[catalogue.find(model).network](path)
    return network.eval().requires_grad_(False)


def place(network: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> torch.nn.Module:
    """`network` moved to `device`, its convolutions in `dtype`.

    What goes in and comes out stays float32: each network casts for itself where it is safe.
    """
    import torch

    return network.to(device, dtype).to(memory_format=torch.channels_last)


def _srvgg(path: Path) -> torch.nn.Module:
    from opticals.nets.ncnn import read_into
    from opticals.nets.srvgg import SRVGG

    network = SRVGG()
    read_into(network, path)
    return network


def _rrdb(path: Path) -> torch.nn.Module:
    from opticals.nets.ncnn import read_into
    from opticals.nets.rrdb import RRDB

    network = RRDB()
    read_into(network, path)
    return network


def _ifnet(path: Path) -> torch.nn.Module:
    import pickle

    import torch

    from opticals.nets.ifnet import IFNet, rename

    network = IFNet()
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        network.load_state_dict(rename(state))
    except (RuntimeError, KeyError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError.wrap(
            f"{path} is not the file of this network.", error, "Remove the model and pull it again."
        ) from error
    return network


_LOADERS: dict[str, Callable[[Path], torch.nn.Module]] = {
    "srvgg": _srvgg,
    "rrdb": _rrdb,
    "ifnet": _ifnet,
}
