"""What a network trained on pictures for a display is shown of log, HDR and linear material.

A network knows pictures as screens show them. It is shown such a picture of the source, and what
it changed is put into the source in the source's own encoding: highlights that no screen shows
stay what they were, and so does every pixel that the network left alone.
"""

from __future__ import annotations

import difflib
import os
from abc import ABC, abstractmethod
from functools import cache
from typing import TYPE_CHECKING, Any

from opticals.errors import SettingError
from opticals.media.colour.planes import UNTAGGED

if TYPE_CHECKING:
    from collections.abc import Callable

    import PyOpenColorIO as ocio
    from torch import Tensor

    from opticals.media.facts import Tags

    Curve = Callable[[Tensor], Tensor]

REFERENCE_WHITE = 203.0  # cd/m2 of a white page on an HDR display (BT.2408-7, table 1)

# Colour spaces that are shown as they are, and those with a formula here: (primaries, transfer)
# by ITU-T H.273. Every other name is one of OpenColorIO's.
_SHOWN = ("sRGB", "Rec.709", "Rec.601")
_TAGGED = {
    "Rec.2100-PQ": (9, 16),
    "Rec.2100-HLG": (9, 18),
    "Linear Rec.709": (1, 8),
    "Linear Rec.2020": (9, 8),
}
# What cameras record, by the names of OpenColorIO's own config.
_CAMERAS = (
    "ARRI LogC3 (EI800)",
    "ARRI LogC4",
    "Apple Log",
    "BMDFilm WideGamut Gen5",
    "CanonLog2 CinemaGamut D55",
    "CanonLog3 CinemaGamut D55",
    "D-Log D-Gamut",
    "DaVinci Intermediate WideGamut",
    "Log3G10 REDWideGamutRGB",
    "S-Log3 S-Gamut3",
    "S-Log3 S-Gamut3.Cine",
    "V-Log V-Gamut",
    "ACEScct",
    "ACEScg",
    "ACES2065-1",
)
_SHORT = {
    "srgb": "sRGB",
    "rec709": "Rec.709",
    "rec601": "Rec.601",
    "pq": "Rec.2100-PQ",
    "hlg": "Rec.2100-HLG",
    "linear": "Linear Rec.709",
}
# Where an OpenColorIO config keeps pictures encoded for an sRGB display: names and aliases in
# the ACES configs, in older ones, and in Blender's.
_OCIO_SRGB = (
    "srgb_encoded_rec709_srgb",
    "srgb_rec709_scene",
    "srgb_texture",
    "srgb_tx",
    "Utility - sRGB - Texture",
    "sRGB",
)
_OCIO_BUILTIN = "ocio://studio-config-latest"


class View(ABC):
    """The picture for a display that stands for a source, and the way back.

    Tensors are float32 RGB `[..., 3, H, W]` on any device: the source's in its own encoding,
    nominal 0..1 and unclamped; the display's sRGB codes with BT.709 primaries (IEC 61966-2-1).
    """

    @property
    @abstractmethod
    def key(self) -> str:
        """What tells it from every other: part of what names the pictures made with it."""

    def to_display(self, rgb: Tensor) -> Tensor:
        """What a display shows of the source, 0..1: what it cannot show is cut off."""
        return self._shown(rgb).nan_to_num_(0, 1, 0).clamp_(0, 1)

    @abstractmethod
    def from_display(self, rgb: Tensor) -> Tensor:
        """Pictures for a display in the source's encoding."""

    @abstractmethod
    def _shown(self, rgb: Tensor) -> Tensor:
        """`to_display` before anything is cut off, in memory of its own."""

    def hidden(self, source: Tensor, shown: Tensor) -> Tensor:
        """What of the source `shown` does not show, in the source's encoding.

        Where an effect changes size or time, it goes the same way as the picture.
        """
        return source - self.from_display(shown)

    def carry(self, source: Tensor, shown: Tensor, changed: Tensor) -> Tensor:
        """The source with the change from `shown`, which `to_display` gave, to `changed`.

        Pixels without a change keep the source's values to the last bit, infinite ones too.
        """
        import torch

        same = (changed == shown).all(-3, keepdim=True)
        return torch.where(same, source, self.from_display(changed) + self.hidden(source, shown))


def view_of(tags: Tags, colour_space: str = "") -> View | None:
    """The view of material with these tags, or in a colour space whose name says more.

    None: the codes are for a display already (BT.601, BT.709, sRGB, any gamma, and BT.2020 of
    standard dynamic range), and networks see them as they are. So are untagged ones.

    Raises:
        SettingError: no such colour space, or the OpenColorIO config cannot be used.
    """
    encoding = encoding_of(tags, colour_space)
    if isinstance(encoding, str):
        return _of_config(encoding, os.environ.get("OCIO", ""))
    return encoding and _Formula(*encoding)


def encoding_of(tags: Tags, colour_space: str = "") -> tuple[int, int] | str | None:
    """What the codes of such material stand for: primaries and transfer by H.273, the name of a
    colour space of OpenColorIO's, or None where they are for a display; see `view_of`."""
    colour_space = _SHORT.get(colour_space.lower(), colour_space)
    if colour_space in _SHOWN:
        return None
    if colour_space and colour_space not in _TAGGED:
        return colour_space
    primaries, transfer = _TAGGED.get(colour_space, (tags.primaries, tags.transfer))
    return (primaries, transfer) if transfer in _CURVES else None


def names() -> list[str]:
    """The colour spaces that `view_of` knows: ours, then OpenColorIO's ($OCIO, else its own)."""
    config = _config(os.environ.get("OCIO", ""))
    spaces = [one.getName() for one in config.getColorSpaces() if not one.isData()]
    ours = [*_SHOWN, *_TAGGED]
    return ours + [name for name in spaces if name not in ours]


def common_names() -> tuple[str, ...]:
    """Those of `names` that are asked for most, without loading OpenColorIO."""
    ours = (*_SHOWN, *_TAGGED)
    return ours if os.environ.get("OCIO") else (*ours, *_CAMERAS)


class _Formula(View):
    """PQ, HLG, linear and logarithmic material by the standards' formulas."""

    def __init__(self, primaries: int, transfer: int) -> None:
        self._decode, self._encode = _CURVES[transfer]
        self._primaries = primaries
        self._transfer = transfer

    @property
    def key(self) -> str:
        return f"primaries {self._primaries}, transfer {self._transfer}"

    def _shown(self, rgb: Tensor) -> Tensor:
        return _srgb(_mixed(self._decode(rgb), to_bt709(self._primaries)))

    def from_display(self, rgb: Tensor) -> Tensor:
        return self._encode(_mixed(_linear(rgb), _from_bt709(self._primaries)))


class _Ocio(View):
    """Material in a colour space of an OpenColorIO config, by its processors on the CPU."""

    def __init__(self, there: ocio.Processor, back: ocio.Processor) -> None:
        import PyOpenColorIO as ocio

        # Its default trades accuracy for speed.
        exact = ocio.OPTIMIZATION_LOSSLESS
        self._there, self._back = (one.getOptimizedCPUProcessor(exact) for one in (there, back))
        self._key = f"{there.getCacheID()} {back.getCacheID()}"

    @property
    def key(self) -> str:
        return self._key

    def _shown(self, rgb: Tensor) -> Tensor:
        return _applied(self._there, rgb)

    def from_display(self, rgb: Tensor) -> Tensor:
        return _applied(self._back, rgb)


def _applied(processor: ocio.CPUProcessor, rgb: Tensor) -> Tensor:
    import torch

    # OpenColorIO works in place on pixels whose channels lie side by side.
    pixels = rgb.detach().movedim(-3, -1).to("cpu", torch.float32, copy=True).contiguous()
    processor.applyRGB(pixels.numpy().reshape(-1, 3))
    return pixels.movedim(-1, -3).contiguous().to(rgb.device)


@cache
def _config(path: str) -> ocio.Config:
    """The config at a path, or OpenColorIO's own where that is empty."""
    import PyOpenColorIO as ocio

    try:
        return ocio.Config.CreateFromFile(path or _OCIO_BUILTIN)
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        raise SettingError.wrap(
            f"The OpenColorIO config {path} cannot be read.",
            error,
            "Correct the environment variable OCIO, or remove it to use OpenColorIO's own config.",
        ) from error


def _holds(config: ocio.Config, name: str) -> bool:
    space = config.getColorSpace(name)
    return space is not None and not space.isData()


@cache
def _of_config(name: str, path: str) -> View:
    return _Ocio(*processors(name, path))


@cache
def processors(name: str, path: str) -> tuple[ocio.Processor, ocio.Processor]:
    """From a colour space of the config at `path`, else of OpenColorIO's own, to sRGB and back.

    Raises:
        SettingError: there is no such space, or no way between the two.
    """
    import PyOpenColorIO as ocio

    own = _config("")
    config = next((one for one in (_config(path), own) if _holds(one, name)), None)
    if config is None:
        close = difflib.get_close_matches(name, names(), 5, 0.4)
        raise SettingError(
            f"There is no colour space “{name}”.",
            f"It is not in the OpenColorIO config {path}." if path else "",
            f"Did you mean: {', '.join(close)}?"
            if close
            else f"There are: {', '.join(_SHORT)}, and the spaces of your OpenColorIO config.",
        )
    srgb = next((one for one in _OCIO_SRGB if config.getColorSpace(one)), "")
    try:
        if srgb:
            return config.getProcessor(name, srgb), config.getProcessor(srgb, name)
        there = ocio.Config.GetProcessorFromConfigs(config, name, own, _OCIO_SRGB[0])
        back = ocio.Config.GetProcessorFromConfigs(own, _OCIO_SRGB[0], config, name)
        return there, back
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        raise SettingError.wrap(
            f"Material in the colour space “{name}” cannot be shown.",
            error,
            "Choose a colour space that can be converted to sRGB and back.",
        ) from error


# Linear light is 1.0 at the white of a page: of PQ and HLG at the reference white.


def _linear(codes: Tensor) -> Tensor:
    """sRGB codes to linear light (IEC 61966-2-1); below 0 as a mirror image."""
    import torch

    size = codes.abs()
    power = ((size + 0.055) / 1.055) ** 2.4
    return torch.where(size <= 0.04045, size / 12.92, power).copysign_(codes)


def _srgb(light: Tensor) -> Tensor:
    """Linear light to sRGB codes (IEC 61966-2-1); below 0 as a mirror image."""
    import torch

    size = light.abs()
    power = 1.055 * size ** (1 / 2.4) - 0.055
    return torch.where(size <= 0.0031308, size * 12.92, power).copysign_(light)


# SMPTE ST 2084:2014, section 5, with c1 written as 1 - (c2 - c3), so that float32 is enough: a
# power of 79 would show its rounding.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C2, _C3 = 2413 / 4096 * 32, 2392 / 4096 * 32


def _from_pq(codes: Tensor) -> Tensor:
    below = (codes.clamp(0, 1).log_() / _M2).expm1_()
    light = ((below + (_C2 - _C3)).clamp_(min=0) / (_C2 - _C3 - _C3 * below)) ** (1 / _M1)
    return light * (10000 / REFERENCE_WHITE)


def _to_pq(light: Tensor) -> Tensor:
    power = (light * (REFERENCE_WHITE / 10000)).clamp_(0, 1) ** _M1
    return (((_C2 - _C3) * (power - 1) / (1 + _C3 * power)).log1p_() * _M2).exp_()


# BT.2100-2 table 5: OETF, and the OOTF of a display with a peak of 1000 cd/m2
_A = 0.17883277
_B, _C = 1 - 4 * _A, 0.55991073
PEAK, GAMMA = 1000 / REFERENCE_WHITE, 1.2  # of HLG
_LUMA = (0.2627, 0.6780, 0.0593)


def _luminance(rgb: Tensor) -> Tensor:
    weights = rgb.new_tensor(_LUMA)[:, None, None]
    return (rgb * weights).sum(-3, keepdim=True)


def _from_hlg(codes: Tensor) -> Tensor:
    import torch

    codes = codes.clamp(min=0)
    scene = torch.where(codes <= 0.5, codes**2 / 3, (((codes - _C) / _A).exp() + _B) / 12)
    return scene * _luminance(scene) ** (GAMMA - 1) * PEAK


def _to_hlg(light: Tensor) -> Tensor:
    import torch

    display = light.clamp(min=0) / PEAK
    # Where there is no light, there is none in the scene.
    luminance = _luminance(display).clamp_(min=1e-12)
    scene = display * luminance ** ((1 - GAMMA) / GAMMA)
    upper = _A * (12 * scene - _B).clamp(min=1e-12).log() + _C
    return torch.where(scene <= 1 / 12, (3 * scene).sqrt(), upper)


def _logarithmic(decades: float) -> tuple[Curve, Curve]:
    """ITU-T H.273 table 3, transfers 9 and 10: white at 1, so many powers of ten below it."""

    def decode(codes: Tensor) -> Tensor:
        return 10 ** ((codes - 1) * decades)

    def encode(light: Tensor) -> Tensor:
        return 1 + light.clamp(min=10**-decades).log10() / decades

    return decode, encode


def _same(light: Tensor) -> Tensor:
    return light


# By the codes of ITU-T H.273 table 3: codes to linear light, and back.
_CURVES: dict[int, tuple[Curve, Curve]] = {
    8: (_same, _same),
    9: _logarithmic(2),
    10: _logarithmic(2.5),
    16: (_from_pq, _to_pq),
    18: (_from_hlg, _to_hlg),
}

# Chromaticities x, y of red, green, blue and white, by the codes of ITU-T H.273 table 2.
_D65, _C_WHITE = (0.3127, 0.3290), (0.310, 0.316)
_PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65),
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _C_WHITE),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    8: ((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C_WHITE),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: ((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), (1 / 3, 1 / 3)),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: ((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
# Cone responses to XYZ by Bradford, for whites other than D65 (ICC.1:2022, annex E).
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))


def _mixed(rgb: Tensor, matrix: tuple[tuple[float, ...], ...] | None) -> Tensor:
    """Every channel a sum of all three; None leaves them as they are."""
    import torch

    if matrix is None:
        return rgb
    channels = rgb.unbind(-3)
    rows = (sum(gain * one for gain, one in zip(row, channels, strict=True)) for row in matrix)
    return torch.stack([*rows], -3)  # type: ignore[list-item]


@cache
def to_bt709(primaries: int) -> tuple[tuple[float, ...], ...] | None:
    """Linear light with these primaries as with BT.709's; those unknown are taken for them."""
    if primaries in (1, UNTAGGED) or primaries not in _PRIMARIES:
        return None
    import numpy as np

    there = np.linalg.inv(_to_xyz(1)) @ _to_xyz(primaries)
    return tuple(tuple(row) for row in there.tolist())


@cache
def _from_bt709(primaries: int) -> tuple[tuple[float, ...], ...] | None:
    import numpy as np

    there = to_bt709(primaries)
    return there and tuple(tuple(row) for row in np.linalg.inv(np.array(there)).tolist())


def _to_xyz(primaries: int) -> Any:
    """Linear RGB to CIE XYZ under D65 (SMPTE RP 177), 3x3 in float64."""
    import numpy as np

    places = np.array([(x, y, 1 - x - y) for x, y in _PRIMARIES[primaries]]).T
    white = places[:, 3] / places[1, 3]
    matrix = places[:, :3] * np.linalg.solve(places[:, :3], white)
    d65 = np.array((_D65[0], _D65[1], 1 - sum(_D65))) / _D65[1]
    cones = np.array(_BRADFORD)
    return np.linalg.inv(cones) @ np.diag(cones @ d65 / (cones @ white)) @ cones @ matrix
