"""The contract over the fake program: what the real ones are measured by is itself sound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .contract import Contract
from .driving import FakeDriver


class TestFake(Contract):
    @pytest.fixture
    def driver(self) -> Iterator[FakeDriver]:
        driver = FakeDriver()
        yield driver
        driver.close()
