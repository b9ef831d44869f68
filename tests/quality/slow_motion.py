"""`slow_motion`: every other frame dropped and made again, cuts, noise, cadence, shutter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import torch
from torch import Tensor

from opticals.effects.slow_motion import EFFECT
from tests.effects import pictures
from tests.effects.pictures import psnr
from tests.quality.table import Footage, Row, Sheet

CUTS = (30, 76, 137, 187, 242)  # of bikes.mp4, as its editor set them
_SAME = 45.0  # dB; a frame of the film that shows its neighbour again has no time of its own


@dataclass(frozen=True)
class Part:
    """Frames of one shot of a film.

    Attributes:
        crop: (top, left, side) in pixels.
        truth: the film that what is made is compared with, where it is another.
    """

    name: str
    film: str
    first: int
    frames: int
    crop: tuple[int, int, int] | None = None
    truth: str = ""

    def read(self, footage: Footage, film_name: str = "") -> Tensor:
        film = pictures.read(footage(film_name or self.film), self.first, self.frames)
        if self.crop is None:
            return film
        top, left, side = self.crop
        return film[..., top : top + side, left : left + side]


_SHOTS = (
    Part("opening", "bikes.mp4", 0, 29),
    Part("driver", "bikes.mp4", 30, 45),
    Part("cyclist, fast background", "bikes.mp4", 76, 61),
    Part("crowd at rest", "bikes.mp4", 137, 49),
    Part("passer-by", "bikes.mp4", 187, 55),
    Part("animation", "bigbuckbunny.mp4", 0, 41),
    Part("head, handheld", "carphone_pristine.mp4", 0, 61),
    # Its codec made many frames as plain blends of their neighbours: as a truth they are none.
    Part("head, coarsely coded", "carphone_distorted.mp4", 0, 61),
    Part(
        "the same against what was filmed",
        "carphone_distorted.mp4",
        0,
        61,
        truth="carphone_pristine.mp4",
    ),
)
_SHORT = (
    Part("driver, detail", "bikes.mp4", 44, 9, (60, 200, 192)),
    Part("crowd at rest, detail", "bikes.mp4", 140, 9, (60, 200, 192)),
)


def made(medium: Tensor, values: dict[str, object], cuts: tuple[int, ...] = ()) -> Tensor:
    return pictures.run(EFFECT, EFFECT.configure(values), medium, cuts=cuts)


def _gains(film: Tensor, shown: Tensor) -> list[float]:
    """dB above frame blending, of every frame that was left out of `shown` and made again."""
    again = made(shown[::2], {"factor": 2})
    gains = []
    for index in range(1, len(film) - 1, 2):
        if max(psnr(film[index], film[index + side]) for side in (-1, 1)) > _SAME:
            continue
        blend = (shown[index - 1] + shown[index + 1]) / 2
        gains.append(psnr(again[index], film[index]) - psnr(blend, film[index]))
    return gains


def measure(footage: Footage, *, short: bool) -> Iterator[Row]:
    means, worst = [], []
    for part in _SHORT if short else _SHOTS:
        film = part.read(footage)
        gains = _gains(part.read(footage, part.truth), film)
        means.append(sum(gains) / len(gains))
        worst.append(min(gains))
        yield Row(
            f"every other frame made again, above frame blending: {part.name}",
            f"{means[-1]:+.2f} dB (of {len(gains)} frames the worst {worst[-1]:+.2f})",
            "above -0.3 dB",
            means[-1] > -0.3,
        )
    average = sum(means) / len(means)
    yield Row("the same, average of the clips", f"{average:+.2f} dB", "3 dB", average >= 3)
    yield Row("the same, worst single frame", f"{min(worst):+.2f} dB")
    yield _noisy(footage, short)
    yield _cuts(footage, short)
    yield _cadence(footage, short)
    yield _shutter(footage)


def _noisy(footage: Footage, short: bool) -> Row:
    """The picture that is compared with has no noise: what is made may lessen it."""
    film = (_SHORT[0] if short else Part("", "bikes.mp4", 44, 17)).read(footage)
    noise = torch.randn(film.shape, generator=torch.Generator().manual_seed(0)) * 0.03
    gains = _gains(film, film + noise)
    mean = sum(gains) / len(gains)
    return Row("the same with noise (sigma 0.03)", f"{mean:+.2f} dB", "above -0.3 dB", mean > -0.3)


def _cuts(footage: Footage, short: bool) -> Row:
    """Of four pictures from each cut's last frame to its first, those that no frame is."""
    mixed = count = 0
    for cut in CUTS[: 1 if short else None]:
        film = Part("", "bikes.mp4", cut - 2, 4, (60, 200, 128)).read(footage)
        for output in made(film, {"factor": 4}, cuts=(2,))[4:9]:
            count += 1
            mixed += not any(torch.equal(output, film[side]) for side in (1, 2))
    return Row("pictures made of two shots", f"{mixed} of {count}", "0", mixed == 0)


def _repeated(film: Tensor) -> tuple[Tensor, list[int]]:
    """24 frames per second in 30: every fourth twice, with noise as a codec leaves it."""
    order = [n for n in range(len(film)) for _ in range(2 if n % 4 == 0 else 1)]
    noise = torch.randn((len(order), *film.shape[1:]), generator=torch.Generator().manual_seed(1))
    again = [n for n in range(1, len(order)) if order[n] == order[n - 1]]
    return film[order] + 0.008 * noise, again


def _cadence(footage: Footage, short: bool) -> Row:
    found = wanted = right = 0
    for part in _SHORT[:1] if short else _SHOTS[1:5]:
        film, again = _repeated(part.read(footage))
        settings = EFFECT.configure({"duplicates": "remove"})
        ((_, _, seen),) = pictures.applied(EFFECT, settings, film).found
        found, wanted = found + len(seen), wanted + len(again)
        right += len(set(seen) & set(again))
    score = 2 * right / max(found + wanted, 1)
    return Row(
        "repeated frames found, 24 frames per second in 30 with noise",
        f"F1 {score:.3f} ({right} of {wanted}, {found - right} too many)",
        "above 0.95",
        score > 0.95,
    )


def _pan(footage: Footage, shifts: Tensor) -> Tensor:
    """A still moved sideways by so many pixels: the truth at any time."""
    wide = pictures.read(footage("bikes.mp4"), 140, 1)[0, :, 60:188]
    frames = []
    for shift in shifts.tolist():
        left = 100 + int(shift)
        frames.append(
            torch.lerp(wide[..., left : left + 160], wide[..., left + 1 : left + 161], shift % 1)
        )
    return torch.stack(frames)


def _shutter(footage: Footage) -> Row:
    step = 16.0
    film = _pan(footage, step * torch.arange(3))
    shown = made(film, {"rate": "24", "shutter": 180})[1]
    exact = _pan(footage, step + torch.linspace(-step / 4, step / 4, 65))
    light = exact.pow(2.4).mean(0).pow(1 / 2.4)
    sharp, blurred = (psnr(one[..., 32:-32], light[..., 32:-32]) for one in (film[1], shown))
    return Row(
        "shutter of 180 degrees on a pan of 16 pixels a frame, against the light of 65 moments",
        f"{blurred:.1f} dB (the sharp frame {sharp:.1f})",
        "35 dB",
        blurred > 35,
    )


def sheets(footage: Footage) -> Iterator[Sheet]:
    for part in (*_SHOTS[1:5],):
        middle = part.first + part.frames // 2
        film = pictures.read(footage(part.film), middle, 5)
        again = made(film[::2], {"factor": 2})
        blend = (film[:-2:2] + film[2::2]) / 2
        blended = [film[0], blend[0], film[2], blend[1], film[4]]
        yield Sheet(
            f"slow_motion_{part.name.replace(' ', '_').replace(',', '')}",
            (("film", list(film)), ("made again", list(again[:5])), ("blended", blended)),
        )
    film = pictures.read(footage("bikes.mp4"), CUTS[1] - 2, 4)
    yield Sheet(
        "slow_motion_cut",
        (("four times slower across a cut", list(made(film, {"factor": 4}, cuts=(2,))[3:10])),),
    )
    yield _ramp_sheet(footage)
    film = pictures.read(footage("bikes.mp4"), 50, 4)
    rows: list[tuple[str, Any]] = [
        (f"shutter {angle}", list(made(film, {"rate": "24", "shutter": angle})))
        for angle in (0, 180, 360)
    ]
    yield Sheet("slow_motion_shutter", rows)


def _ramp_sheet(footage: Footage) -> Sheet:
    values: dict[str, object] = {"ramp": "0:100 3:25 6:100"}
    pace = EFFECT.pace(EFFECT.configure(values), Fraction(24))
    film = pictures.read(footage("bikes.mp4"), 50, 7)
    shown = made(film, values)
    label = ", ".join(f"{float(pace.source(n)):.2f}" for n in range(len(shown)))
    return Sheet("slow_motion_ramp", ((f"ramp, frames {label}", list(shown)),))
