"""`denoise` on real films with noise put on them, against the same network on frames alone."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from opticals.effects.denoise import EFFECT, Settings
from opticals.rendering.context import RenderContext
from tests.effects import pictures
from tests.effects.pictures import psnr
from tests.quality.table import Footage, Row, Sheet

# film, first frame: a driver, a cyclist from a moving car, a street, passers-by, an animation.
_SHOTS = {
    "driver": ("bikes.mp4", 40),
    "cyclist": ("bikes.mp4", 90),
    "street": ("bikes.mp4", 150),
    "passers-by": ("bikes.mp4", 200),
    "bunny": ("bigbuckbunny.mp4", 40),
}
_SHORT = ("street", "bunny")
_FRAMES, _MIDDLE = 7, 3
# Variance per unit of signal, and at black: a deviation of 0.02 at black and 0.1 at white, a
# camera in the dark; a quarter of that; and sigma 25 of 255 everywhere.
_SENSOR, _FINER, _GAUSSIAN = (0.01, 0.0004), (0.0025, 0.0001), (0.0, (25 / 255) ** 2)


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    using = pictures.context()
    films = {name: _film(footage, name, short) for name in (_SHORT if short else tuple(_SHOTS))}
    for label, noise, target in (
        ("sensor noise (0.02 at black, 0.1 at white)", _SENSOR, 1.5),
        ("sensor noise of half that", _FINER, None),
    ):
        if short and target is None:
            continue
        gains = []
        for name, film in films.items():
            shot = _noisy(film, *noise)
            before = psnr(shot[_MIDDLE], film[_MIDDLE])
            alone, helped = (
                psnr(_made(shot, Settings(reach=reach), using), film[_MIDDLE])
                for reach in (0, Settings().reach)
            )
            gains.append(helped - alone)
            yield Row(
                f"{label}: {name}: noisy, each frame alone, effect", _decibel(before, alone, helped)
            )
        mean = sum(gains) / len(gains)
        yield Row(
            f"{label}: over the network on each frame alone",
            f"{mean:+.2f} dB",
            "" if target is None else f"{target:+} dB",
            None if target is None else mean >= target,
        )
    gains = []
    for film in films.values():
        shot = _noisy(film, *_GAUSSIAN)
        made = _made(shot, Settings(), using)
        gains.append(psnr(made, film[_MIDDLE]) - psnr(shot[_MIDDLE], film[_MIDDLE]))
    yield Row(
        "sigma 25 Gaussian: gain, least of the shots",
        f"{min(gains):+.1f} dB",
        "+9 dB",
        min(gains) >= 9,
    )
    clean = min(psnr(_made(film, Settings(), using), film[_MIDDLE]) for film in films.values())
    yield Row("clean footage: least of the shots", f"{clean:.1f} dB", "45 dB", clean > 45)


def sheets(footage: Footage) -> Iterator[Sheet]:
    using = pictures.context()
    for name in _SHOTS:
        film = _film(footage, name, True)
        shot = _noisy(film, *_SENSOR)
        shown = range(2, 5)
        rows = [("with noise", [shot[index].clamp(0, 1) for index in shown])]
        for label, reach in (("each frame alone", 0), ("effect", Settings().reach)):
            made = pictures.run(EFFECT, Settings(reach=reach), shot, 2, 5, using=using)
            rows.append((label, list(made.clamp(0, 1))))
        rows.append(("true", [film[index] for index in shown]))
        yield Sheet(f"denoise {name}", rows)


def _film(footage: Footage, name: str, small: bool) -> Tensor:
    """`[7, 3, H, W]`, the middle of the picture."""
    film, first = _SHOTS[name]
    frames = pictures.read(footage(film), first, _FRAMES)
    height, width = (160, 240) if small else (270, 512)
    top, left = (
        (side - part) // 2 for side, part in zip(frames.shape[-2:], (height, width), strict=True)
    )
    return frames[..., top : top + height, left : left + width]


def _noisy(film: Tensor, gain: float, floor: float) -> Tensor:
    """Independent in all pixels, channels and frames, and not clipped."""
    noise = torch.randn(film.shape, generator=torch.Generator().manual_seed(0))
    return film + (gain * film + floor).sqrt() * noise


def _made(shot: Tensor, settings: Settings, using: RenderContext) -> Tensor:
    return pictures.run(EFFECT, settings, shot, _MIDDLE, _MIDDLE + 1, using=using)[0]


def _decibel(*values: float) -> str:
    return ", ".join(f"{value:.1f}" for value in values) + " dB"
