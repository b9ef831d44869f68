"""The networks, written here as torch modules, and how a model's file becomes one of them."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from opticals.errors import ModelError
from opticals.models import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    import torch

GROUP = "opticals.networks"


def load(model: str, path: Path) -> torch.nn.Module:
    """The network of a model with the weights in `path`: float32, on the CPU, in eval mode.

    Raises:
        ModelError: there is no such model or network, the file holds another network's weights,
            or the package that brings the network is broken.
    """
    return read(catalogue.find(model).network, path)


def read(name: str, path: Path) -> torch.nn.Module:
    """The network of this name, ours or a package's, with the weights in `path`, as `load`.

    Raises:
        ModelError: as `load`.
    """
    from opticals.nets.loaders import LOADERS

    network = LOADERS[name](path) if name in LOADERS else _brought(name, path)
    return network.eval().requires_grad_(False)


def place(network: torch.nn.Module, device: torch.device, dtype: torch.dtype) -> torch.nn.Module:
    """`network` moved to `device`, its convolutions in `dtype`.

    What goes in and comes out stays float32: each network casts for itself where it is safe. One
    that names its `dtypes` is computed in float32 where `dtype` is none of them.
    """
    import torch

    if dtype not in getattr(network, "dtypes", (dtype,)):
        dtype = torch.float32
    return network.to(device, dtype).to(memory_format=torch.channels_last)


def _brought(name: str, path: Path) -> torch.nn.Module:
    """The network that a package brings as the entry point `name`: path to module."""
    import torch

    found = entry_points(group=GROUP, name=name)
    if not found:
        raise ModelError(
            f"There is no network “{name}”.", "Neither Opticals nor an installed package has it."
        )
    entry = next(iter(found))
    package = entry.dist.name if entry.dist else entry.value
    try:
        network = entry.load()(path)
    except ModelError:
        raise
    except Exception as error:  # anything can go wrong in a package's code
        raise ModelError.wrap(
            f"The network “{name}” of the package {package} cannot be loaded from {path}.",
            error,
            f"Update or remove the package {package}.",
        ) from error
    if not isinstance(network, torch.nn.Module):
        raise ModelError(
            f"The network “{name}” of the package {package} is not one.",
            f"Its loader gave {type(network).__name__} in place of a torch module.",
            f"Update or remove the package {package}.",
        )
    return network
