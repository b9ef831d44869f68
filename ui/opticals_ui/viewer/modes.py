"""How the viewer shows two pictures, and what lies below a transparent one."""

from __future__ import annotations

from enum import StrEnum

from opticals_ui.look.words import tr

GAINS = (1, 2, 4, 8, 16, 32)  # what a difference is multiplied by
ZOOMS = (50, 100, 200, 400, 800)  # per cent: device pixels for each pixel of the picture
SCOPES = ("waveform", "parade", "vectorscope", "histogram")


class Compare(StrEnum):
    """How source and result are shown together."""

    RESULT = "result"
    SOURCE = "source"
    WIPE = "wipe"
    SIDES = "sides"
    DIFFERENCE = "difference"

    @property
    def needs_both(self) -> bool:
        return self in (Compare.WIPE, Compare.SIDES, Compare.DIFFERENCE)


class Ground(StrEnum):
    """What is seen through a transparent picture."""

    BELOW = "below"
    CHECKER = "checker"
    BLACK = "black"
    MATTE = "matte"


def compare_label(mode: Compare) -> str:
    return {
        Compare.RESULT: tr("Result"),
        Compare.SOURCE: tr("Source"),
        Compare.WIPE: tr("Wipe"),
        Compare.SIDES: tr("Side by side"),
        Compare.DIFFERENCE: tr("Difference"),
    }[mode]


def ground_label(ground: Ground) -> str:
    return {
        Ground.BELOW: tr("Over the layer below"),
        Ground.CHECKER: tr("Checkerboard"),
        Ground.BLACK: tr("Over black"),
        Ground.MATTE: tr("Matte"),
    }[ground]


def scope_label(scope: str) -> str:
    return {
        "waveform": tr("Waveform"),
        "parade": tr("RGB parade"),
        "vectorscope": tr("Vectorscope"),
        "histogram": tr("Histogram"),
    }[scope]
