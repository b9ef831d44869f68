"""What a session keeps for its beginning: recent edits, the first steps, and the sample edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals_ui.welcome.recent import Recent
from opticals_ui.welcome.sample import Sample
from opticals_ui.welcome.steps import FirstSteps

if TYPE_CHECKING:
    from pathlib import Path

    from opticals_ui.background import Background
    from opticals_ui.session import Session


class Beginning(QObject):
    """The sample edit is opened when it is there."""

    def __init__(self, session: Session, background: Background) -> None:
        super().__init__(session)
        self._session = session
        self.recent = Recent(session, background, self)
        self.steps = FirstSteps(session, self)
        self.sample = Sample(self)
        self.sample.ready.connect(self.open)
        self.sample.failed.connect(lambda error: session.board.fail(error, "sample"))

    def open(self, path: Path) -> None:
        """Open an edit; what was said of the sample is past."""
        self._session.board.dismiss("sample")
        self._session.open(path)

    def close(self) -> None:
        """End the work under way."""
        self.sample.close()
