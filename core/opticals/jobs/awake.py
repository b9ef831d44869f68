"""Keeps the machine from falling asleep while it renders, where the system lets us."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys

_WHY = "Opticals is rendering"
# Each holds the machine awake as long as its last program runs, which ends with our end of its
# input: also when this process is killed.
_INHIBITORS = (
    ("systemd-inhibit", "--what=sleep:idle", "--who=Opticals", f"--why={_WHY}", "cat"),
    ("caffeinate", "-i", "cat"),
)
_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001  # ES_*, of Windows' winbase.h


class Awake:
    """Asked for and let go; asking twice is as once. That it cannot be had is no error."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        if sys.platform == "win32":
            _execution_state(_CONTINUOUS | _SYSTEM_REQUIRED)
            return
        if self._process is not None:
            return
        for command in _INHIBITORS:
            if shutil.which(command[0]):
                with contextlib.suppress(OSError):
                    self._process = subprocess.Popen(
                        command,
                        stdin=subprocess.PIPE,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
                return

    def let_go(self) -> None:
        if sys.platform == "win32":
            _execution_state(_CONTINUOUS)
            return
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _execution_state(flags: int) -> None:
    if sys.platform == "win32":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.windll.kernel32.SetThreadExecutionState(flags)
