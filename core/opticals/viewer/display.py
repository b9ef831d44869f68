"""From the encoding of a source to what a screen shows of it, by OpenColorIO on the CPU."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import PyOpenColorIO as ocio

from opticals.errors import SettingError
from opticals.media.colour.views import (
    GAMMA,
    PEAK,
    REFERENCE_WHITE,
    encoding_of,
    processors,
    to_bt709,
)
from opticals.viewer.colours import WHITE, Signal, divided, multiplied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from opticals.media.facts import Tags

    Array = NDArray[Any]

_LINEAR = 8  # transfer by H.273
_BANDS = min(4, os.cpu_count() or 1)  # of a picture, worked on at once
_BAND_PIXELS = 1 << 16  # from which on that is worth it

_pool = ThreadPoolExecutor(_BANDS, "colours")


def look(tags: Tags, colour_space: str = "", lut: str = "") -> Look:
    """How material with these tags, or in this colour space, is shown: see `colour.views`; or
    through a LUT, which sees the material's own codes, of linear light those for a display.

    Raises:
        SettingError: no such colour space, or the LUT cannot be used.
    """
    stamp = (0, 0)
    if lut:
        try:
            status = Path(lut).stat()
        except OSError as error:
            raise _refused(lut, error) from error
        stamp = status.st_mtime_ns, status.st_size
    return _look(encoding_of(tags, colour_space), os.environ.get("OCIO", ""), lut, stamp)


class Look:
    """What a screen shows of a signal."""

    def __init__(self, processor: ocio.Processor | None, view: ocio.Processor | None) -> None:
        self._view = view
        self._depths: dict[type, Any] = {}
        if processor is not None:
            for kind, depth in (
                (np.uint16, ocio.BIT_DEPTH_UINT16),
                (np.float32, ocio.BIT_DEPTH_F32),
            ):
                self._depths[kind] = processor.getOptimizedCPUProcessor(
                    depth, ocio.BIT_DEPTH_UINT8, ocio.OPTIMIZATION_DEFAULT
                )

    @property
    def is_plain(self) -> bool:
        """Whether the signal's codes are for a display already."""
        return not self._depths

    @property
    def linear(self) -> bool:
        """Whether the signal is linear light."""
        return self._view is not None

    def light(self, rgb: Array) -> Array:
        """Linear light, `[h, w, 3]` of float32, as sRGB codes, without the LUT and unclipped."""
        assert self._view is not None
        codes = np.ascontiguousarray(rgb)
        self._view.getDefaultCPUProcessor().applyRGB(codes)
        return codes

    def bgra(self, signal: Signal) -> Array:
        """`[h, w, 4]` of uint8, premultiplied; opaque where the signal has no alpha."""
        rgb, alpha = signal.rgb, signal.alpha
        if alpha is not None and signal.premultiplied and self._depths:
            rgb = divided(rgb, alpha)
        shown = self.shown(rgb)
        if alpha is None:
            return np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2BGRA))
        thick = _bytes(alpha)
        if self._depths or not signal.premultiplied:
            shown = multiplied(shown, thick)
        red, green, blue = cv2.split(shown)
        # What is brighter than its alpha allows (light that is added) cannot be shown as such.
        return np.asarray(cv2.merge([*(cv2.min(one, thick) for one in (blue, green, red)), thick]))

    def shown(self, rgb: Array) -> Array:
        """RGB of a signal as sRGB codes, `[h, w, 3]` of uint8."""
        if not self._depths:
            return _bytes(rgb)
        height, width = rgb.shape[:2]
        rgb = np.ascontiguousarray(rgb)
        out = np.empty(rgb.shape, np.uint8)
        bands = min(_BANDS, max(1, height * width // _BAND_PIXELS))
        edges = [height * band // bands for band in range(bands + 1)]
        work = self._depths[rgb.dtype.type]
        jobs = [
            _pool.submit(work.apply, _described(rgb[first:last]), _described(out[first:last]))
            for first, last in pairwise(edges)
        ]
        for job in jobs:
            job.result()
        return out


def _bytes(values: Array) -> Array:
    if values.dtype == np.uint16:
        return np.asarray(cv2.convertScaleAbs(values, alpha=255 / WHITE))
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


def _described(pixels: Array) -> ocio.PackedImageDesc:
    height, width, channels = pixels.shape
    size = pixels.itemsize
    depth = {1: ocio.BIT_DEPTH_UINT8, 2: ocio.BIT_DEPTH_UINT16, 4: ocio.BIT_DEPTH_F32}[size]
    strides = size, size * channels, size * channels * width
    return ocio.PackedImageDesc(pixels, width, height, channels, depth, *strides)


@lru_cache(maxsize=16)
def _look(
    encoding: tuple[int, int] | str | None, config: str, lut: str, stamp: tuple[int, int]
) -> Look:
    raw = ocio.Config.CreateRaw()
    steps, view = ocio.GroupTransform(), None
    if isinstance(encoding, str):
        there, _ = processors(encoding, config)
        steps = there.createGroupTransform()
        view = there if _is_linear(there) else None
    elif encoding is not None:
        for step in _formula(*encoding):
            steps.appendTransform(step)
        view = raw.getProcessor(steps) if encoding[1] == _LINEAR else None
    elif not lut:
        return Look(None, None)
    if lut:
        ocio.ClearAllCaches()  # a file that changed is remembered as it was
        if view is None:
            steps = ocio.GroupTransform()
        steps.appendTransform(ocio.FileTransform(lut, interpolation=ocio.INTERP_TETRAHEDRAL))
    try:
        return Look(raw.getProcessor(steps), view)
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        if not lut:
            raise
        raise _refused(lut, error) from error


def _is_linear(processor: ocio.Processor) -> bool:
    """Whether what a way to sRGB begins with is linear light: twice the code is twice the light."""
    grey = np.array([[code] * 3 for code in (0.18, 0.36, 0.72)], np.float32)
    processor.getDefaultCPUProcessor().applyRGB(grey)
    light = ((grey.mean(1).clip(0.05) + 0.055) / 1.055) ** 2.4
    return bool(np.allclose(light[1:] / light[:-1], 2, rtol=0.02))


def _formula(primaries: int, transfer: int) -> list[ocio.Transform]:
    """The steps from a transfer and primaries, by their H.273 codes, to sRGB; the formulas are
    those of `colour.views`."""
    steps: list[ocio.Transform] = []
    if transfer in (9, 10):
        decades = 2 if transfer == 9 else 2.5
        steps.append(_scaled(decades, -decades))
        steps.append(ocio.LogTransform(base=10, direction=ocio.TRANSFORM_DIR_INVERSE))
    elif transfer == 16:
        steps.append(ocio.BuiltinTransform("CURVE - ST-2084_to_LINEAR"))  # 1 is 100 cd/m2
        steps.append(_scaled(100 / REFERENCE_WHITE))
    elif transfer == 18:
        steps.append(ocio.BuiltinTransform("CURVE - HLG-OETF-INVERSE"))  # up to 3
        steps.append(_scaled(1 / 3))
        surround = ocio.FIXED_FUNCTION_REC2100_SURROUND
        steps.append(ocio.FixedFunctionTransform(surround, params=[GAMMA]))
        steps.append(_scaled(PEAK))
    mixed = to_bt709(primaries)
    if mixed is not None:
        matrix = np.eye(4)
        matrix[:3, :3] = mixed
        steps.append(ocio.MatrixTransform(matrix=matrix.flatten().tolist()))
    srgb = ocio.ExponentWithLinearTransform(
        gamma=[2.4, 2.4, 2.4, 1],
        offset=[0.055, 0.055, 0.055, 0],
        negativeStyle=ocio.NEGATIVE_MIRROR,
        direction=ocio.TRANSFORM_DIR_INVERSE,
    )
    return [*steps, srgb]


def _scaled(gain: float, offset: float = 0.0) -> ocio.MatrixTransform:
    matrix = np.diag([gain, gain, gain, 1.0]).flatten().tolist()
    return ocio.MatrixTransform(matrix=matrix, offset=[offset, offset, offset, 0.0])


def _refused(lut: str, error: Exception) -> SettingError:
    return SettingError.wrap(
        f"{lut} cannot be used as a LUT.",
        error,
        "Choose a .cube file, or export this one again from the program that made it.",
    )
