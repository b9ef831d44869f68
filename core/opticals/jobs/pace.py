"""How quick a job goes, from what its worker reports."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """From when, and from how many units done, the rate of a stage is counted. The first piece
    pays for loading and warming up: the count begins when it is done."""

    stage: str = ""
    since: float = 0.0
    done: int = 0
    warm: bool = False

    def after(self, stage: str, done: int) -> Pace:
        """The pace once `done` units of a stage are done."""
        if stage != self.stage:
            return Pace(stage, time.monotonic(), done)
        if not self.warm and done > self.done:
            return Pace(stage, time.monotonic(), done, warm=True)
        return self

    def rate(self, done: int) -> float:
        """Units per second; 0 when unknown yet."""
        seconds = time.monotonic() - self.since
        return (done - self.done) / seconds if self.warm and seconds > 0.5 else 0.0

    def later(self, seconds: float) -> Pace:
        """The pace where these seconds were spent standing still."""
        return Pace(self.stage, self.since + seconds, self.done, self.warm)
