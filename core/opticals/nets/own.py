"""Networks of the user's own files: whatever architecture spandrel recognises by the weights.

Nothing in a file is executed: safetensors hold numbers alone, and torch unpickles tensors alone.
"""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from spandrel import (
    ImageModelDescriptor,
    MaskedImageModelDescriptor,
    ModelLoader,
    ModelTiling,
    UnsupportedModelError,
    canonicalize_state_dict,
)
from torch import Tensor, nn

from opticals.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

_TASKS = {"SR": "upscale", "Restoration": "restore", "Inpainting": "inpaint"}
_RGB = 3


class _Own(nn.Module):
    """What both kinds have.

    Attributes:
        task: "upscale", "restore" (upscale by 1) or "inpaint".
        architecture: spandrel's name for it.
        overlap: pixels that tiles should overlap. Nobody states how far these networks reach;
            convolutions fade with distance, as measured on RRDB, and those that look at the
            whole picture get a wider margin.
        multiple: sides of a tile should be multiples of this, for windows to lie as in the whole
            picture. Any other size works: it is padded and cut.
        dtypes: those that it can compute in; see `opticals.nets.place`.
    """

    def __init__(self, found: ImageModelDescriptor[Any] | MaskedImageModelDescriptor[Any]) -> None:
        super().__init__()
        self.network: nn.Module = found.model
        self._found = found
        self.task = _TASKS[found.purpose]
        self.architecture = found.architecture.name
        self.overlap = 48 if found.tiling is ModelTiling.SUPPORTED else 96
        self.multiple = found.size_requirements.multiple_of
        self.dtypes = (
            torch.float32,
            *((torch.float16,) if found.supports_half else ()),
            *((torch.bfloat16,) if found.supports_bfloat16 else ()),
        )

    @property
    def dtype(self) -> torch.dtype:
        return next(self.network.parameters()).dtype


class Enlarger(_Own):
    """`[N, 3, H, W]` in 0..1 to `[N, 3, scale * H, scale * W]`, both float32, any size."""

    def __init__(self, found: ImageModelDescriptor[Any]) -> None:
        super().__init__(found)
        self.scale = found.scale

    def forward(self, picture: Tensor) -> Tensor:
        given = picture.to(self.dtype)
        one_by_one = (given[at : at + 1] for at in range(len(given)))
        return torch.cat([self._found(one).float() for one in one_by_one])


class Inpainter(_Own):
    """`[1, 3, H, W]` in 0..1 and a mask `[1, 1, H, W]` (0 is kept, 1 is made up) to a picture of
    that size, both float32."""

    scale = 1

    def forward(self, picture: Tensor, mask: Tensor) -> Tensor:
        made: Tensor = self._found(picture.to(self.dtype), mask.round().to(self.dtype)).float()
        return made


def read(path: Path) -> Enlarger | Inpainter:
    """The network that the file's weights belong to.

    Raises:
        ModelError: it is no file of weights, has code in it, is of an architecture that spandrel
            does not know, or of a kind that no effect here can use.
    """
    state = _weights(path)
    try:
        found = ModelLoader().load_from_state_dict(state)
    except UnsupportedModelError as error:
        raise _useless(path, "its weights belong to no architecture that spandrel knows") from error
    except Exception as error:  # weights that look like an architecture and are not: anything
        raise ModelError.wrap(
            f"{path.name} cannot be used.", error, "The file is damaged, or of an unusual variant."
        ) from error
    if found.purpose not in _TASKS:
        raise _useless(path, f"{found.architecture.name} is made for faces alone")
    if (found.input_channels, found.output_channels) != (_RGB, _RGB):
        raise _useless(
            path,
            f"it takes {found.input_channels} colour channels and makes {found.output_channels}; "
            f"pictures have {_RGB}",
        )
    if isinstance(found, MaskedImageModelDescriptor):
        return Inpainter(found)
    return Enlarger(found)


def _weights(path: Path) -> dict[str, Any]:
    try:
        if path.suffix.lower() == ".safetensors":
            state: Any = load_file(path, device="cpu")
        else:
            state = torch.load(path, map_location="cpu", weights_only=True)
    except SafetensorError as error:
        raise _useless(path, f"it is no safetensors file: {error}") from error
    except pickle.UnpicklingError as error:
        # Torch's own words are not passed on: they say how to run the code all the same.
        if named := re.search(r"GLOBAL ([\w.]+)", str(error)):
            raise ModelError(
                f"{path.name} is refused: it has more than weights in it.",
                f"Loading it would run code that it names ({named[1]}), which is never done.",
                "Get it as .safetensors, or from somebody you trust and saved as weights alone.",
            ) from error
        raise _useless(path, "it is no file of weights that torch wrote") from error
    except (RuntimeError, EOFError, LookupError, OSError, ValueError, TypeError) as error:
        raise _useless(path, f"it is no file of weights that torch wrote: {error}") from error
    state = canonicalize_state_dict(state) if isinstance(state, dict) else {}
    if not state or not any(isinstance(one, Tensor) for one in state.values()):
        raise _useless(path, "there are no weights in it")
    return dict(state)


def _useless(path: Path, why: str) -> ModelError:
    return ModelError(
        f"{path.name} cannot be used.",
        f"{why[:1].upper()}{why[1:]}.",
        "Use a .pth or .safetensors file of a network for upscaling, restoring or inpainting.",
    )
