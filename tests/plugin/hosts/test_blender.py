"""The contract over every Blender that is here: the program and the module `bpy`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from . import blenders
from .contract import Contract
from .driving_blender import BlenderDriver

pytestmark = pytest.mark.skipif(not blenders.here(), reason="no Blender is here")


@pytest.fixture(params=blenders.tried("blender", "bpy-4.5", "bpy-5.0"))
def blender(request: pytest.FixtureRequest) -> blenders.Blender:
    found = request.param
    assert isinstance(found, blenders.Blender)
    return found


class TestBlender(Contract):
    @pytest.fixture
    def driver(self, blender: blenders.Blender, tmp_path: Path) -> Iterator[BlenderDriver]:
        driver = BlenderDriver(blender, tmp_path)
        yield driver
        driver.close()
