"""What a key starts: tells the agent, and starts it where there is none. The standard library
alone, so that it begins within some hundredths of a second: `python -S press.py send`."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEYS = ("send", "repeat", "show")
START_S = 15.0
ANSWER_S = 30.0


def socket_path() -> str:
    """Where the agent of this desktop session listens."""
    session = "\n".join(
        os.environ.get(one, "") for one in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "OPTICALS_HOME")
    )
    name = "kdenlive-" + hashlib.sha256(session.encode()).hexdigest()[:12]
    given = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(given or f"{tempfile.gettempdir()}/opticals-{os.getuid()}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(folder / f"opticals-{name}")


def press(key: str) -> str:
    """Have the agent do what a key is for; what went wrong, or nothing. To “state” it answers how
    it stands."""
    link = _connect()
    if link is None:
        _start()
        end = time.monotonic() + START_S
        while link is None and time.monotonic() < end:
            time.sleep(0.02)
            link = _connect()
    if link is None:
        return "Opticals could not be started beside Kdenlive."
    with link:
        link.settimeout(ANSWER_S)
        try:
            link.sendall(key.encode() + b"\n")
            said = b""
            while not said.endswith(b"\n"):
                more = link.recv(65536)
                if not more:
                    return "Opticals was ended while it asked Kdenlive."
                said += more
        except OSError as error:
            return f"Opticals did not answer: {error}."
    return said.decode("utf-8", "replace").strip()


def _connect() -> socket.socket | None:
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.connect(socket_path())
    except OSError:
        link.close()
        return None
    return link


def _start() -> None:
    environment = dict(os.environ)
    environment.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    if environment.get("DISPLAY"):
        environment["QT_QPA_PLATFORM"] = "xcb"  # the clipboard of other programs is X's
    subprocess.Popen(
        [sys.executable, "-m", "opticals_plugin.hosts.kdenlive", "agent"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )


def main(argv: list[str]) -> int:
    if len(argv) != 1 or argv[0] not in KEYS:
        sys.stderr.write(f"One of {', '.join(KEYS)} is wanted.\n")
        return 2
    wrong = press(argv[0])
    if wrong:
        sys.stderr.write(wrong + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
