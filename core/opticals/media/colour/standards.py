"""What the standards say about the code values of luma, colour differences and RGB."""

from __future__ import annotations

from dataclasses import dataclass

from opticals.errors import MediaError
from opticals.media.colour.planes import Coding

RED, GREEN, BLUE = 0, 1, 2
YCGCO = 8


class Scale:
    """Where the nominal 0..1 of luma and RGB, and -0.5..0.5 of chroma, lie in code values.

    Video range (BT.709-6 section 4, BT.2100-2 table 9): luma 16..235, chroma 128 +- 112, times
    2^(bits-8). Full range (BT.2100-2 table 9): luma 0..2^bits-1, chroma as wide around
    2^(bits-1). RGB and alpha are full range. Floating point codes are the nominal values.
    YCgCo is made of RGB that is scaled already, so its chroma goes as far as its luma
    (ITU-T H.273 8.3).
    """

    def __init__(self, coding: Coding) -> None:
        kind = coding.layout
        full = coding.full or kind.float
        unit = 1 if kind.float else 1 << (kind.bits - 8)
        self.luma_gain = kind.top if full else 219 * unit
        self.luma_zero = 0 if full else 16 * unit
        narrow = not full and coding.matrix != YCGCO
        self.chroma_gain = 224 * unit if narrow else self.luma_gain
        self.chroma_zero = 128 * unit


@dataclass(frozen=True)
class Matrix:
    """How luma and two colour differences are made of R, G and B.

    Attributes:
        weights: of R, G and B in luma.
        differences: for each a channel, what is taken from it (a channel, or None for luma),
            and a gain that makes it -0.5..0.5.
    """

    weights: tuple[float, float, float]
    differences: tuple[tuple[int, int | None, float], tuple[int, int | None, float]]

    @staticmethod
    def of_luma(red: float, blue: float) -> Matrix:
        """Y, Cb and Cr by the luma weights of red and blue (ITU-T H.273 8.3)."""
        cb, cr = (BLUE, None, 0.5 / (1 - blue)), (RED, None, 0.5 / (1 - red))
        return Matrix((red, 1 - red - blue, blue), (cb, cr))

    def decoding(self) -> list[list[float]]:
        """The gains of both differences in R, G and B; that of luma is 1 everywhere."""
        import torch

        rows = [torch.tensor(self.weights, dtype=torch.float64)]
        for channel, other, gain in self.differences:
            row = torch.zeros(3, dtype=torch.float64) if other is not None else -rows[0]
            row[channel] += 1
            if other is not None:
                row[other] -= 1
            rows.append(row * gain)
        inverse = torch.linalg.inv(torch.stack(rows))
        found: list[list[float]] = inverse.where(inverse.abs() > 1e-12, 0).tolist()
        return [row[1:] for row in found]


# By the codes of ITU-T H.273 table 4.
MATRICES = {
    1: Matrix.of_luma(0.2126, 0.0722),  # BT.709-6
    4: Matrix.of_luma(0.30, 0.11),  # FCC title 47
    5: Matrix.of_luma(0.299, 0.114),  # BT.601-7, 625 lines
    6: Matrix.of_luma(0.299, 0.114),  # BT.601-7, 525 lines
    7: Matrix.of_luma(0.212, 0.087),  # SMPTE ST 240
    YCGCO: Matrix((0.25, 0.5, 0.25), ((GREEN, None, 1), (RED, BLUE, 0.5))),
    9: Matrix.of_luma(0.2627, 0.0593),  # BT.2020-2, non-constant luminance
}


def matrix_of(coding: Coding) -> Matrix:
    """The matrix of a coding. Grey and RGB have none: of colour grey is made by BT.709's.

    Raises:
        MediaError: it is not one of these.
    """
    if coding.layout.family != "yuv":
        return MATRICES[1]
    if coding.matrix not in MATRICES:
        raise MediaError(
            f"Pictures with the colour matrix {coding.matrix} are not handled.",
            "It is the code of ITU-T H.273; those of BT.601, BT.709, BT.2020 with non-constant "
            "luminance, SMPTE 240M, FCC and YCgCo are.",
            "Convert the medium to one of these, or to RGB, and relink the edit to it.",
        )
    return MATRICES[coding.matrix]
