"""A small picture of a render, for lists."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from opticals.settings import cache_folder

if TYPE_CHECKING:
    from torch import Tensor

    from opticals.rendering.job import Render

log = logging.getLogger(__name__)

_SIDE = 160  # pixels: the longer one
_KEPT = 2000  # pictures; those of the oldest renders go


def poster(id: str, render: Render) -> str:
    """The file of a picture of the middle of a render; "" when none can be had, which is no
    reason to lose the render."""
    try:
        return _poster(id, render)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the render is verified
        log.warning("no picture of %s: %s", render.path, error)
        return ""


def _poster(id: str, render: Render) -> str:
    import cv2
    import torch
    from torch.nn.functional import interpolate

    from opticals.media.colour import views
    from opticals.media.colour.converter import Converter
    from opticals.media.colour.planes import UNTAGGED
    from opticals.media.read import probe
    from opticals.media.read.decode import reading

    media = probe.probe(render.path, render.rate)
    middle = min(render.head + render.selected // 2, media.frames - 1)
    with reading(media) as reader:
        (planes,) = reader.read(middle, middle + 1)
    pixels = Converter(media.coding, media.coding, torch.device("cpu")).to_rgb(planes)
    width = media.width * float(media.pixel_aspect)
    scale = _SIDE / max(width, media.height)
    size = max(1, round(media.height * scale)), max(1, round(width * scale))
    pixels = interpolate(pixels[None], size=size, mode="area")[0]
    colours = pixels[:3]
    if media.tags.transfer != UNTAGGED and (view := views.view_of(media.tags)) is not None:
        colours = view.to_display(colours)
    if len(pixels) == 4:
        colours = _over_checkerboard(colours, pixels[3:])
    codes = (colours.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    done, data = cv2.imencode(".png", cv2.cvtColor(codes, cv2.COLOR_RGB2BGR))
    if not done:
        return ""
    folder = cache_folder() / "posters"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{id}.png"
    path.write_bytes(data.tobytes())
    pictures = sorted(folder.glob("*.png"), key=lambda one: one.stat().st_mtime_ns)
    for old in pictures[:-_KEPT]:
        with contextlib.suppress(OSError):
            old.unlink()
    return str(path)


def _over_checkerboard(colours: Tensor, alpha: Tensor) -> Tensor:
    import torch

    rows, columns = (torch.arange(side) // 8 for side in colours.shape[-2:])
    board = 0.4 + 0.2 * ((rows[:, None] + columns) % 2)
    return torch.lerp(board.expand(3, -1, -1), colours, alpha.clamp(0, 1))
