"""Shows files in the system's file manager."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def reveal(file: Path) -> bool:
    """Show a file or a folder where it stands, marked if the system can; whether it could."""
    if not file.exists():
        return False
    for command in _marking(file):
        if shutil.which(command[0]) and QProcess.startDetached(command[0], command[1:])[0]:
            return True
    folder = file if file.is_dir() else file.parent
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _marking(file: Path) -> list[list[str]]:
    if sys.platform == "darwin":
        return [["open", "-R", str(file)]]
    if sys.platform == "win32":
        return [["explorer", f"/select,{file}"]]
    url = QUrl.fromLocalFile(str(file)).toString()
    bus = "--dest=org.freedesktop.FileManager1", "/org/freedesktop/FileManager1"
    show = "org.freedesktop.FileManager1.ShowItems", f"array:string:{url}", "string:"
    return [["dbus-send", "--session", "--print-reply", "--reply-timeout=3000", *bus, *show]]
