"""What effects are handed while they run: device, networks, tiles, progress and cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from opticals import nets
from opticals.models import store
from opticals.rendering import tiles

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from opticals.media.colour.views import View
    from opticals.rendering.device import Settled


# Loaded once for the life of the worker: a preview and the render after it share them.
_networks: dict[tuple[str, str, str], torch.nn.Module] = {}


class RenderContext:
    """The engine's side of `opticals.declaration.Context`, one for each job.

    Args:
        settled: device, precision and tile size of the job.
        beat: called at every point where work may stop; it raises `Cancelled` to stop it.
        view: how a display shows the material; None: as it is.
    """

    def __init__(
        self,
        settled: Settled,
        seed: int,
        beat: Callable[[str], None],
        view: View | None = None,
    ) -> None:
        self.view = view
        self._settled = settled
        self._beat = beat
        self.seed = seed
        self.tile = settled.tile

    @property
    def device(self) -> torch.device:
        return self._settled.torch_device

    @property
    def dtype(self) -> torch.dtype:
        return self._settled.torch_dtype

    def shown(self, pixels: Tensor) -> Tensor:
        return pixels if self.view is None else self.view.to_display(pixels)

    def network(self, model: str) -> torch.nn.Module:
        key = (model, self._settled.device, self._settled.dtype)
        if key not in _networks:
            self._beat(f"loading {model}")
            network = nets.load(model, store.path(model))
            _networks[key] = nets.place(network, self.device, self.dtype)
        return _networks[key]

    def tiled(
        self,
        run: Callable[[Tensor], Tensor],
        pixels: Tensor,
        *,
        overlap: int,
        scale: int = 1,
        multiple: int = 1,
    ) -> Tensor:
        result, self.tile = tiles.tiled(
            run,
            pixels,
            tile=self.tile,
            overlap=overlap,
            scale=scale,
            multiple=multiple,
            on_tile=self.progress,
        )
        return result

    def progress(self, note: str = "") -> None:
        self._beat(note)
