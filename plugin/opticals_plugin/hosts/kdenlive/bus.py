"""Kdenlive on the session bus: which ones run, what they say of themselves, and their actions.

Every call has a limit. While one waits, the clipboard is served, since Kdenlive reads it from us.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

from opticals_plugin.hosts.client import HostError

SERVICE = "org.kde.kdenlive"
WINDOW = "/kdenlive/MainWindow_1"
LIMIT_S = 3.0  # for one call
SLOW_S = 20.0  # for a call that makes Kdenlive work


@dataclass(frozen=True)
class Kdenlive:
    """One Kdenlive that runs.

    Attributes:
        service: its name on the bus, `org.kde.kdenlive-1234`.
        pid: of its process.
    """

    service: str
    pid: int

    def runs(self) -> bool:
        """Whether it was not closed; a bus that is slow to answer says nothing about that."""
        if not Path(f"/proc/{self.pid}").exists():
            return False
        interface = QDBusConnection.sessionBus().interface()
        answer = interface.isServiceRegistered(self.service) if interface is not None else None
        return answer is None or not answer.isValid() or bool(answer.value())

    def act(self, action: str, limit_s: float = LIMIT_S) -> None:
        """Trigger one of its actions and wait until it is done.

        Raises:
            HostError: it does not answer, or was closed.
        """
        self._call(WINDOW, "org.kde.KMainWindow", "activateAction", action, limit_s=limit_s)

    def begin(self, action: str, then: Callable[[], None]) -> QDBusPendingCallWatcher:
        """Trigger an action that answers only when its dialog is closed. Keep what it returns."""
        message = self._message(WINDOW, "org.kde.KMainWindow", "activateAction", action)
        watcher = QDBusPendingCallWatcher(
            QDBusConnection.sessionBus().asyncCall(message, round(SLOW_S * 1000))
        )
        watcher.finished.connect(lambda _: then())
        return watcher

    def enabled(self, action: str) -> bool:
        """Whether an action can be triggered: `edit_copy` with nothing selected cannot."""
        return bool(self._property(f"{WINDOW}/actions/{action}", "QAction", "enabled"))

    def title(self) -> str:
        """`film [*]/ HD 1080p 25 fps`."""
        return str(self._property(WINDOW, "QWidget", "windowTitle"))

    def modified(self) -> bool:
        return bool(self._property(WINDOW, "QWidget", "windowModified"))

    def active(self) -> bool:
        """Whether its window is the one that keys go to."""
        return bool(self._property(WINDOW, "QWidget", "isActiveWindow"))

    def version(self) -> str:
        return str(self._property("/MainApplication", "QCoreApplication", "applicationVersion"))

    def platform(self) -> str:
        """`xcb` or `wayland`."""
        return str(self._property("/MainApplication", "QGuiApplication", "platformName"))

    def window(self) -> int:
        """The X window that is its main window."""
        return int(self._call(WINDOW, "org.kde.KMainWindow", "winId")[0])

    def _property(self, path: str, kind: str, name: str) -> Any:
        interface = "org.qtproject.Qt." + kind
        answer = self._call(path, "org.freedesktop.DBus.Properties", "Get", interface, name)
        return answer[0].variant()

    def _message(self, path: str, interface: str, method: str, *given: Any) -> QDBusMessage:
        message = QDBusMessage.createMethodCall(self.service, path, interface, method)
        message.setArguments(list(given))
        return message

    def _call(
        self, path: str, interface: str, method: str, *given: Any, limit_s: float = LIMIT_S
    ) -> list[Any]:
        message = self._message(path, interface, method, *given)
        answer = QDBusConnection.sessionBus().call(
            message, QDBus.CallMode.BlockWithGui, round(limit_s * 1000)
        )
        if answer.type() == QDBusMessage.MessageType.ErrorMessage:
            raise self._trouble(answer, limit_s)
        return list(answer.arguments())

    def _trouble(self, answer: QDBusMessage, limit_s: float) -> HostError:
        if answer.errorName().endswith(("NoReply", "Timeout")):
            what = f"Kdenlive has not answered for {limit_s:.0f} s."
            return HostError(what, "busy", "Close its dialogs or let it finish, then try again.")
        if answer.errorName().endswith(("ServiceUnknown", "NameHasNoOwner", "Disconnected")):
            return HostError("Kdenlive was closed.", "failed", "Open the project again.")
        return HostError(f"Kdenlive refused: {answer.errorMessage()}", "unsupported")


def running() -> list[Kdenlive]:
    """The Kdenlives on this session's bus, the one with the keyboard first, then the newest."""
    interface = QDBusConnection.sessionBus().interface()
    if interface is None:
        raise HostError(
            "There is no session bus, which Kdenlive is worked over.",
            "unsupported",
            "Log in to a desktop, or start both from dbus-run-session.",
        )
    names = [one for one in interface.registeredServiceNames().value() if _is_one(one)]
    found = [Kdenlive(one, int(interface.servicePid(one).value())) for one in names]
    found.sort(key=lambda one: _started(one.pid), reverse=True)
    if len(found) > 1:
        found.sort(key=lambda one: not _holds_keyboard(one))
    return found


def _is_one(service: str) -> bool:
    name, _, number = service.rpartition("-")
    return service == SERVICE or (name == SERVICE and number.isdigit())


def _holds_keyboard(kdenlive: Kdenlive) -> bool:
    with suppress(HostError):
        return kdenlive.active()
    return False


def _started(pid: int) -> int:
    """When a process began, in ticks since the machine did; 0 where that cannot be told."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return 0


def rest(seconds: float) -> None:
    """Let time pass while events, and so the clipboard, are served."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
