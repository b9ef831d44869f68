"""The process that stands between Kdenlive and the panel, from the first key that is pressed
until Kdenlive and what it lent of the clipboard are gone."""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from opticals_plugin.hosts.client import HostError
from opticals_plugin.hosts.kdenlive import clipboard
from opticals_plugin.hosts.kdenlive.bus import running
from opticals_plugin.hosts.kdenlive.host import Host
from opticals_plugin.hosts.kdenlive.press import KEYS, socket_path

TICK_MS = 20
LOOK_S = 1.0
LINGER_S = 30.0  # after the last Kdenlive
ENDS_S = 5.0  # that an agent which is not heard any more may still be there


class Agent:
    """Serves the keys of all Kdenlives of a session."""

    def __init__(self, launch: Any = None) -> None:
        self._launch = launch
        self._hosts: dict[str, Host] = {}
        self._working = False
        self._longest = 0.0
        self._pressed: list[tuple[str, QLocalSocket]] = []
        self._looked = self._needed = monotonic()
        self._server = QLocalServer()
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        self._alone: IO[str] | None = None
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)

    def listen(self) -> bool:
        """Whether this is the session's agent now; False when there is one.

        Raises:
            HostError: nothing can be heard here.
        """
        path = socket_path()
        if not self._is_first(path):
            return False
        QLocalServer.removeServer(path)  # of one that crashed
        if not self._server.listen(path):
            raise HostError(f"{path}: {self._server.errorString()}")
        self._timer.start(TICK_MS)
        return True

    def _is_first(self, path: str) -> bool:
        """Whether no other lives. Qt tells nothing of that: a second server that only the user may
        reach takes the path away from the first, which then waits for keys that never come."""
        self._alone = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held while it lives
        end = monotonic() + ENDS_S
        while True:
            try:
                fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                probe = QLocalSocket()
                probe.connectToServer(path)
                if probe.waitForConnected(500) or monotonic() > end:
                    return False
                sleep(0.05)  # it ends, or begins
            else:
                return True

    def _accept(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._hear)
            socket.disconnected.connect(socket.deleteLater)
            self._hear_from(socket)

    def _hear(self) -> None:
        for socket in self._server.findChildren(QLocalSocket):
            self._hear_from(socket)

    def _hear_from(self, socket: QLocalSocket) -> None:
        if socket.canReadLine():
            key = bytes(socket.readLine().data()).decode("utf-8", "replace").strip()
            self._pressed.append((key, socket))

    def _tick(self) -> None:
        """What waits, one at a time: calls to Kdenlive let other events come between."""
        if self._working:
            return
        self._working = True
        try:
            while self._pressed:
                key, socket = self._pressed.pop(0)
                self._answer(socket, self._state() if key == "state" else self._press(key))
            for one in list(self._hosts.values()):
                begun = monotonic()
                one.client.pump()
                self._longest = max(self._longest, monotonic() - begun)
            if monotonic() - self._looked > LOOK_S:
                self._look()
                self._looked = monotonic()
        finally:
            self._working = False

    def _press(self, key: str) -> str:
        """Do what a key is for; what went wrong, or nothing."""
        self._needed = monotonic()
        if key not in KEYS:
            return f"There is no key “{key}”, only {', '.join(KEYS)}."
        try:
            host, several = self._host()
            if key == "send":
                host.send(several)
            elif key == "repeat":
                host.repeat(several)
            else:
                host.show()
        except HostError as error:
            told = " ".join(one for one in (error.what, error.remedy) if one)
            say(told)
            return told
        return ""

    def _state(self) -> str:
        """How it stands with each Kdenlive, as JSON; for who looks for a fault."""
        return json.dumps(
            {
                service: {
                    "state": host.client.state,
                    "text": host.client.text,
                    "longest": self._longest,
                }
                for service, host in self._hosts.items()
            }
        )

    def _host(self) -> tuple[Host, str]:
        """The Kdenlive that is meant, and what to say where there are more."""
        found = running()
        if not found:
            raise HostError(
                "Kdenlive is not running, or not on this session's bus.",
                "failed",
                "Start Kdenlive, select a clip, and press the key again.",
            )
        one = found[0]
        if one.service not in self._hosts:
            self._hosts[one.service] = Host(one, say, self._launch)
        several = ""
        if len(found) > 1:
            several = f"{len(found)} Kdenlives are open: this is the one with the keyboard."
            if not one.active():
                several = f"{len(found)} Kdenlives are open: this is the newest."
        return self._hosts[one.service], several

    @staticmethod
    def _answer(socket: QLocalSocket, text: str) -> None:
        with suppress(RuntimeError):  # it has gone
            socket.write((text + "\n").encode())
            socket.flush()

    def _look(self) -> None:
        for service, host in list(self._hosts.items()):
            if not host.kdenlive.runs():
                host.client.close("Kdenlive was closed.")
                del self._hosts[service]
            elif host.client.state == "joined":
                with suppress(HostError):  # it is busy, and asked again
                    host.look()
        if self._hosts:
            self._needed = monotonic()
        elif monotonic() - self._needed > LINGER_S and not clipboard.is_ours():
            QGuiApplication.quit()

    def close(self) -> None:
        self._timer.stop()
        self._server.close()
        if self._alone is not None:
            self._alone.close()
        for one in self._hosts.values():
            one.client.close("Opticals was ended.")


def say(text: str) -> None:
    """Tell the user by the desktop's notifications, by whatever means there are."""
    sys.stderr.write(text + "\n")
    for argv in (
        ["notify-send", "--app-name=Opticals", "--icon=opticals", "Opticals", text],
        ["kdialog", "--title", "Opticals", "--passivepopup", text, "8"],
    ):
        if shutil.which(argv[0]):
            with suppress(OSError):
                subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return


def run(launch: Any = None) -> int:
    """Be the agent until it is not needed."""
    app = QGuiApplication(["opticals-kdenlive"])
    app.setQuitOnLastWindowClosed(False)
    app.setDesktopFileName("opticals")
    agent = Agent(launch)
    try:
        if not agent.listen():
            return 0
    except HostError as error:
        sys.stderr.write(error.what + "\n")
        return 1
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: app.quit())
    code = app.exec()
    agent.close()
    return code
