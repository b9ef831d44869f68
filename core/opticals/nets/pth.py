"""Reads the weights of torch's files. Nothing in such a file is executed."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, TypeAlias

import torch
from torch import Tensor, nn

from opticals.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

State: TypeAlias = dict[str, Tensor]


def read_into(
    network: nn.Module, path: Path, rename: Callable[[State], State] | None = None
) -> None:
    """Fill `network` with the file's tensors, under the names that `rename` gives them.

    Raises:
        ModelError: the file holds another network's weights, or more than weights.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        network.load_state_dict(rename(state) if rename else state)
    except (
        RuntimeError,
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
        EOFError,
        pickle.UnpicklingError,
    ) as error:
        raise ModelError.wrap(
            f"{path} is not the file of this network.", error, "Remove the model and pull it again."
        ) from error
