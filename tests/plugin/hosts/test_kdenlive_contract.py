"""The contract of hosts over the real Kdenlive. Minutes: `make hosts`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin import x_window

from . import kdenlive_program
from .contract import Contract
from .driving import Driver
from .kdenlive_driver import KdenliveDriver

Session = tuple[x_window.Screen, dict[str, str]]

missing = ", ".join(one for one in (x_window.missing(), kdenlive_program.missing()) if one)
pytestmark = [
    pytest.mark.hosts_long,
    pytest.mark.skipif(bool(missing), reason=f"not installed: {missing}"),
]


@pytest.fixture(scope="module")
def kdenlive_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with (
        x_window.screen(tmp_path_factory.mktemp("screen")) as screen,
        kdenlive_program.session(screen) as environment,
    ):
        yield screen, environment


class TestKdenlive(Contract):
    @pytest.fixture
    def driver(self, kdenlive_session: Session, tmp_path: Path) -> Iterator[Driver]:
        driver = KdenliveDriver(*kdenlive_session, tmp_path)
        yield driver
        driver.close()

    def project_path(self, folder: Path) -> Path:
        return folder / "film.kdenlive"
