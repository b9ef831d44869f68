"""Contact sheets are drawn with every frame and label in its place."""

from __future__ import annotations

from pathlib import Path

import cv2
import torch

from tests.quality import sheet
from tests.quality.table import Sheet


def test_a_sheet_shows_each_frame_of_each_row(tmp_path: Path) -> None:
    colours = torch.eye(3)[:, :, None, None].expand(3, 3, 20, 30)
    drawn = sheet.draw(Sheet("a sheet", [("rgb", list(colours)), ("red", [colours[0]])]), tmp_path)
    picture = cv2.cvtColor(cv2.imread(str(drawn)), cv2.COLOR_BGR2RGB)
    step = picture.shape[1] // 3
    top = picture.shape[0] // 4 + 11
    seen = [tuple(int(one) for one in picture[top, 15 + place * step]) for place in range(3)]
    assert seen == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert tuple(int(one) for one in picture[-10, 15]) == (255, 0, 0)
