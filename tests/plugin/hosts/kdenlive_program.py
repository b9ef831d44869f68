"""The real Kdenlive on a screen and a bus of its own, clicked and typed into."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from tests.plugin.x_window import SIZE, Screen, until

TOOLS = ("kdenlive", "melt", "dbus-daemon", "dbus-send", "xclip")
WINDOW = "/kdenlive/MainWindow_1"
READY_S = 60
RECOVERED_S = 12  # until Kdenlive has written what was changed
LEAKED = ("QT_PLUGIN_PATH", "QT_QPA_PLATFORM_PLUGIN_PATH", "PYTHONPATH", "WAYLAND_DISPLAY")


def missing() -> str:
    return ", ".join(one for one in TOOLS if shutil.which(one) is None)


@contextmanager
def session(screen: Screen) -> Iterator[dict[str, str]]:
    """The environment of a desktop session with a bus of its own."""
    environment = {key: value for key, value in os.environ.items() if key not in LEAKED}
    environment |= {
        "DISPLAY": screen.display,
        "QT_QPA_PLATFORM": "xcb",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "LANGUAGE": "en",
    }
    for one in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        environment.pop(one, None)
    # A short path: a socket's may have 107 bytes, and Kdenlive starts without a word about it.
    run = tempfile.TemporaryDirectory(prefix="run-", dir="/tmp", ignore_cleanup_errors=True)
    with (
        run as environment["XDG_RUNTIME_DIR"],
        subprocess.Popen(
            ["dbus-daemon", "--session", "--print-address=1", "--nofork"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        ) as bus,
    ):
        assert bus.stdout is not None
        try:
            environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
            yield environment
        finally:
            bus.terminate()
            bus.wait(20)


def environment_of(session: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The session's environment, with a home of its own that knows no programs and no projects."""
    home, temporary = folder / "home", folder / "tmp"
    (home / ".config").mkdir(parents=True)
    temporary.mkdir()
    return {
        **session,
        "HOME": str(home),
        "OPTICALS_HOME": str(folder / "opticals"),
        "TMPDIR": str(temporary),
    }


class Program:
    """One Kdenlive."""

    def __init__(self, screen: Screen, environment: Mapping[str, str], log: Path) -> None:
        self.screen = screen
        self.environment = dict(environment)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.name = ""

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def service(self) -> str:
        return f"org.kde.kdenlive-{self.pid}"

    def start(self, project: Path | None) -> None:
        argv = ["kdenlive", *([str(project)] if project else [])]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                argv, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.name = name = project.stem if project else "Untitled"
        try:
            until(lambda: self.title().startswith(name), f"Kdenlive with {name}", READY_S)
            until(lambda: self._window() is not None, "Kdenlive's window", READY_S)
        except AssertionError as error:
            lines = self.log.read_text(errors="replace").splitlines()[-20:]
            error.add_note("\n".join([f"{self.title()!r} {self.screen.windows()}", *lines]))
            self.kill()
            raise
        self.focus()
        sleep(1.5)

    def _window(self) -> str | None:
        found = [
            id
            for title, id in self.screen.windows().items()
            if title.endswith("— Kdenlive") and title.startswith(self.name) and "/" in title
        ]
        return found[0] if found else None

    def focus(self) -> None:
        window = self._window()
        assert window is not None
        self.screen.do("windowmove", window, 0, 0)
        self.screen.do("windowsize", window, *SIZE)
        self.screen.do("windowraise", window)
        self.screen.do("windowfocus", window)

    def call(self, path: str, method: str, *given: str, seconds: float = 20) -> str:
        """Call it on the bus; what it answers as text, empty when it does not."""
        done = subprocess.run(
            ["dbus-send", "--session", "--print-reply", f"--reply-timeout={round(seconds * 1000)}",
             f"--dest={self.service}", path, method, *given],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout

    def act(self, action: str) -> None:
        answer = self.call(WINDOW, "org.kde.KMainWindow.activateAction", f"string:{action}")
        assert "true" in answer, f"Kdenlive did not {action}: {answer}"

    def send(self, action: str) -> None:
        """Trigger an action that opens a dialog, without waiting for its answer."""
        subprocess.run(
            ["dbus-send", "--session", f"--dest={self.service}", "--type=method_call", WINDOW,
             "org.kde.KMainWindow.activateAction", f"string:{action}"],
            env=self.environment, check=True,
        )  # fmt: skip

    def property(self, path: str, kind: str, name: str) -> str:
        answer = self.call(
            path,
            "org.freedesktop.DBus.Properties.Get",
            f"string:org.qtproject.Qt.{kind}",
            f"string:{name}",
        )
        found = re.search(r"variant\s+\S+ (.*)", answer)
        return found[1].strip('"') if found else ""

    def title(self) -> str:
        return self.property(WINDOW, "QWidget", "windowTitle")

    def modified(self) -> bool:
        return self.property(WINDOW, "QWidget", "windowModified") == "true"

    def save(self) -> None:
        self.act("file_save")
        enabled = f"{WINDOW}/actions/file_save"
        until(lambda: self.property(enabled, "QAction", "enabled") == "false", "it is saved")

    def recovery(self) -> tuple[str, int] | None:
        """What Kdenlive keeps of what is not saved: the file, and when it was written."""
        for one in Path(f"/proc/{self.pid}/fd").iterdir():
            try:
                path = one.readlink()
                if "stalefiles" not in str(path) or path.suffix == ".lock":
                    continue
                if path.read_bytes().rstrip().endswith(b"</mlt>"):  # it is written whole
                    return str(path), path.stat().st_mtime_ns
            except OSError:
                continue
        return None

    def recovered(self) -> Path:
        """The project as Kdenlive kept it last."""
        found = self.recovery()
        assert found is not None
        return Path(found[0])

    @contextmanager
    def changing(self) -> Iterator[None]:
        """What is done within is over when Kdenlive has written it to its recovery file."""
        before = self.recovery()
        yield
        until(
            lambda: self.recovery() not in (before, None), "Kdenlive keeps the change", RECOVERED_S
        )

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)
            self.process = None
