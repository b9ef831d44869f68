"""What effects are handed while they run: device, networks, tiles, progress and cancelling."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from opticals import nets
from opticals.models import store
from opticals.rendering import tiles
from opticals.rendering.clips import OpenClip

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from opticals.media.colour.views import View
    from opticals.rendering.device import Settled


# Loaded once for the life of the worker, with the hash of their file: a preview and the render
# after it share them.
_networks: dict[tuple[str, str, str], tuple[str, torch.nn.Module]] = {}
# A large picture takes a network seconds: it is asked between layers whether to go on.
_BEAT_EVERY = 0.25  # seconds


class RenderContext:
    """The engine's side of `opticals.declaration.Context`, one for each job.

    Args:
        settled: device, precision and tile size of the job.
        beat: called at every point where work may stop; it raises `Cancelled` to stop it.
        view: how a display shows the material; None: as it is.
        first: the medium's frame that the selection begins with.
        untagged: how a display shows other media that do not say so themselves; None: as they
            are.
    """

    _current: ClassVar[RenderContext | None] = None

    def __init__(
        self,
        settled: Settled,
        seed: int,
        beat: Callable[[str], None],
        view: View | None = None,
        first: int = 0,
        untagged: View | None = None,
    ) -> None:
        self.view = view
        self._untagged = untagged
        self.first = first
        self._clips: dict[str, OpenClip] = {}
        self._settled = settled
        self._beat = beat
        self.seed = seed
        self.tile = settled.tile
        self._beaten = 0.0

    @property
    def device(self) -> torch.device:
        return self._settled.torch_device

    @property
    def dtype(self) -> torch.dtype:
        return self._settled.torch_dtype

    def shown(self, pixels: Tensor) -> Tensor:
        return pixels if self.view is None else self.view.to_display(pixels)

    def clip(self, path: str) -> OpenClip:
        if path not in self._clips:
            self._clips[path] = OpenClip(path, self.device, self._untagged)
        return self._clips[path]

    def close(self) -> None:
        """Gives back the files that effects opened."""
        for clip in self._clips.values():
            clip.close()
        self._clips.clear()

    def network(self, model: str) -> torch.nn.Module:
        key = (model, self._settled.device, self._settled.dtype)
        digest = store.digest(model)
        if key not in _networks or _networks[key][0] != digest:
            _networks.pop(key, None)  # the user's own file became another one meanwhile
            self._beat(f"loading {model}")
            network = nets.place(nets.load(model, store.path(model)), self.device, self.dtype)
            for layer in network.modules():
                layer.register_forward_pre_hook(_between_layers)
            _networks[key] = digest, network
        RenderContext._current = self
        return _networks[key][1]

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
        self._beaten = time.monotonic()


def _between_layers(layer: torch.nn.Module, given: object) -> None:
    """Beats for the context that a network was last handed to."""
    context = RenderContext._current
    if context is not None and time.monotonic() - context._beaten > _BEAT_EVERY:
        context.progress()
        RenderContext._current = context  # a preview may have been served meanwhile
