"""Contact sheets: rows of consecutive frames, each with its label."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.quality.table import Sheet

_MARGIN, _LINE = 4, 22


def draw(sheet: Sheet, folder: Path) -> Path:
    """Write a sheet as PNG; where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    strips = []
    for label, frames in sheet.rows:
        pictures = [
            (frame[:3].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()
            for frame in frames
        ]
        height = max(one.shape[0] for one in pictures)
        padded = [
            cv2.copyMakeBorder(
                one, 0, height - one.shape[0], 0, _MARGIN, cv2.BORDER_CONSTANT, value=(40, 40, 40)
            )
            for one in pictures
        ]
        strip = np.concatenate(padded, axis=1)
        words = np.full((_LINE, strip.shape[1], 3), 40, np.uint8)
        cv2.putText(
            words,
            label,
            (4, _LINE - 6),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.5,
            (230, 230, 230),
            1,
            cv2.LINE_AA,
        )
        strips.append(np.concatenate((words, strip), axis=0))
    width = max(one.shape[1] for one in strips)
    whole = np.concatenate(
        [
            cv2.copyMakeBorder(
                one, 0, 0, 0, width - one.shape[1], cv2.BORDER_CONSTANT, value=(40, 40, 40)
            )
            for one in strips
        ]
    )
    path = folder / f"{sheet.name}.png"
    cv2.imwrite(str(path), cv2.cvtColor(whole, cv2.COLOR_RGB2BGR))
    return path
