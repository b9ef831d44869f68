"""Tells people something in the system's own way, without a panel."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys


def tell(title: str, text: str) -> bool:
    """Show a notification; whether somebody took it. That nobody does is no error."""
    for command in _commands(title, text):
        if shutil.which(command[0]):
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=5,
                    check=True,
                )
                return True
    return False


def _commands(title: str, text: str) -> list[list[str]]:
    if sys.platform == "darwin":
        script = "on run what\ndisplay notification (item 2 of what) with title (item 1 of what)\n"
        return [["osascript", "-e", script + "end run", title, text]]
    return [["notify-send", "--app-name=Opticals", "--", title, text]]
