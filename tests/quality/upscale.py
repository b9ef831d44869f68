"""`upscale`: colour, seams, steadiness, and noise taken away before enlarging."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from opticals.effects.upscale import EFFECT, Settings, resize
from tests.effects import pictures
from tests.quality.table import Footage, Row, Sheet

CODE = 1 / 255
NOISE = 8 / 255


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    shots = [("cyclist", "bikes.mp4", 125), ("driver", "bikes.mp4", 40)]
    for name, film, first in shots[:1] if short else shots:
        plate = pictures.read(footage(film), first, 2 if short else 4)[..., :128, 320:480]
        made = _made(plate, Settings())
        shift = (F.avg_pool2d(made, 128) - F.avg_pool2d(plate, 64)).abs().max() / CODE
        yield Row(
            f"{name}: colour shift of any part of 64x64, in 8-bit codes",
            f"{shift:.2f}",
            "0.5",
            bool(shift <= 0.5),
        )
        tiled = _made(plate[:1], Settings(), tile=96)
        seam = pictures.psnr(tiled, made[:1])
        yield Row(f"{name}: tiles against the whole", f"{seam:.0f} dB", "60 dB", seam >= 60)
        calm = _change(made) / _change(resize(plate, 2))
        yield Row(f"{name}: change from frame to frame over a plain enlargement's", f"{calm:.2f}")
        noisy = plate + NOISE * torch.randn(plate.shape, generator=torch.manual_seed(1))
        clean = _made(plate, Settings(grain=0))
        left = [
            pictures.psnr(_made(noisy, Settings(grain=0, denoise=strength)), clean)
            for strength in (0.0, 1.0)
        ]
        gain = left[1] - left[0]
        yield Row(
            f"{name}: noise of 8 codes, denoise=1 over denoise=0, against the clean plate's",
            f"{gain:+.1f} dB",
            "+3 dB",
            gain >= 3,
        )


def sheets(footage: Footage) -> Iterator[Sheet]:
    plate = pictures.read(footage("bikes.mp4"), 125, 3)[..., :128, 350:510]
    yield Sheet(
        "upscale cyclist",
        [
            ("plain enlargement", list(resize(plate, 2))),
            ("upscale", list(_made(plate, Settings()))),
        ],
    )


def _made(plate: Tensor, settings: Settings, tile: int = 384) -> Tensor:
    return pictures.run(EFFECT, settings, plate, using=pictures.context(tile=tile))


def _change(film: Tensor) -> float:
    return float((film[1:] - film[:-1]).abs().mean())
