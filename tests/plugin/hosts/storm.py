"""What goes wrong between two programs, made on purpose: cuts, garbage, floods, impostors."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opticals_plugin.bridge.server import Bridge

Json = dict[str, Any]

HELLO: Json = {
    "protocol": 1,
    "host": "Storm",
    "version": "1",
    "pid": os.getpid(),
    "can": ["version"],
    "project": {"name": "storm", "path": None},
}


def line(method: str, params: Json, id: object = None) -> bytes:
    message: Json = {"jsonrpc": "2.0", "method": method, "params": params}
    if id is not None:
        message["id"] = id
    return json.dumps(message).encode() + b"\n"


def discovered(panels: Path) -> Json:
    """What the only panel says of itself."""
    (file,) = panels.glob("*.json")
    found = json.loads(file.read_text())
    assert isinstance(found, dict)
    return found


def nonsense(chance: random.Random) -> bytes:
    """A line, or several, or none, that is no message or one that is wrong."""
    kinds: list[Callable[[], bytes]] = [
        lambda: chance.randbytes(chance.randrange(1, 400)).replace(b"\n", b" ") + b"\n",
        lambda: b"{" * chance.randrange(1, 100_000) + b"\n",
        lambda: b"[" + b"1," * chance.randrange(0, 1000) + b"1]\n",
        lambda: b'{"jsonrpc":"2.0","id":true,"method":"place","params":{}}\n',
        lambda: line("place", {"job": chance.choice([None, 3, "", "x" * 300])}, chance.random()),
        lambda: line(chance.choice(["explode", "", "__init__", "undo", "edit"]), {}, "n1"),
        lambda: (
            json.dumps({"id": chance.choice([1, "p1", None, [], {}]), "result": {}}).encode()
            + b"\n"
        ),
        lambda: (
            json.dumps({"id": "p1", "error": chance.choice([3, "no", [], None])}).encode() + b"\n"
        ),
        lambda: line("select", {"edit": chance.choice([None, 3, [], {"rate": [0, 0]}])}, "n2"),
        lambda: line("changed", {"revision": chance.choice([None, 1e99, "x"])}),
        lambda: b"\n\n\n \n",
        lambda: '{"method":"\ud800"}\n'.encode("utf-8", "surrogatepass"),
        lambda: b'{"id":1,"method":"edit","params":' + b"9" * 5000 + b"}\n",
    ]
    return chance.choice(kinds)()


def strangers(port: int, token: str, messages: int, seed: int) -> None:
    """Connections that do not belong there: wrong tokens, garbage, half lines, floods, silence."""
    chance = random.Random(seed)
    silent: list[socket.socket] = []
    for _ in range(messages):
        link = socket.create_connection(("127.0.0.1", port), 5)
        what = chance.randrange(7)
        try:
            if what == 0:
                link.sendall(line("hello", {**HELLO, "token": secrets.token_hex(32)}, 0))
            elif what == 1:
                link.sendall(
                    line("hello", {**HELLO, "token": chance.choice([3, None, "é", ""])}, 0)
                )
            elif what == 2:
                link.sendall(nonsense(chance))
            elif what == 3:
                hello = line("hello", {**HELLO, "token": token}, 0)
                link.sendall(hello[: chance.randrange(1, len(hello) - 1)])  # cut
            elif what == 4:
                link.sendall(b"x" * 200_000)  # no line at all
            elif what == 5:
                silent.append(link)
                continue
            else:
                hurt = {**HELLO, "token": token, chance.choice(list(HELLO)): {"a": [1]}}
                link.sendall(line("hello", hurt, 0))
        except OSError:
            pass  # it was closed on us, as it should be
        link.close()
    for link in silent:
        link.close()


class Cutter:
    """Stands between the panel and hosts, and cuts connections after a few thousand bytes."""

    def __init__(self, bridge: Bridge, seed: int, most: int = 4000) -> None:
        self._chance = random.Random(seed)
        self._most = most
        self.cuts = 0
        self.on = True
        self._port = bridge.port
        self._listener = socket.create_server(("127.0.0.1", 0))
        discovery = bridge._discovery  # hosts are to come here instead
        discovery._said["port"] = self._listener.getsockname()[1]
        discovery.write(None, None, joined=False)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port), 5)
            except OSError:
                return
            left = [self._chance.randrange(600, self._most)]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other, left), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, left: list[int]) -> None:
        try:
            while data := one.recv(self._chance.randrange(1, 4096)):
                if self.on:
                    left[0] -= len(data)
                if self.on and b'"result":{"clip"' in data and self._chance.random() < 0.4:
                    left[0] = -1  # it is done, and nobody hears of it
                    data = data[:60]
                if left[0] < 0:
                    other.sendall(data[: len(data) // 2])  # a message that is not all of one
                    self.cuts += 1
                    break
                other.sendall(data)
        except OSError:
            pass
        for link in (one, other):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def close(self) -> None:
        self._listener.close()


class Impostor:
    """Something that says that it is a panel."""

    def __init__(self, panels: Path, *, knows: bool = True, mode: int = 0o600) -> None:
        panels.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.token, self.reply = secrets.token_hex(32), secrets.token_hex(32)
        self.knows = knows
        self.hellos = 0
        said = {
            "protocol": 1,
            "port": self.listener.getsockname()[1],
            "token": self.token,
            "reply": self.reply,
            "pid": os.getpid(),
            "started": "1",
            "host": None,
            "project": None,
            "joined": False,
        }
        self.file = panels / f"{os.getpid()}.json"
        self.file.touch(mode=mode)
        self.file.chmod(mode)
        self.file.write_text(json.dumps(said))

    def accept(self, seconds: float = 10) -> socket.socket:
        """The next that says hello, and what it is answered."""
        self.listener.settimeout(seconds)
        link, _ = self.listener.accept()
        link.settimeout(seconds)
        data = b""
        while b"\n" not in data:
            data += link.recv(65536)
        asked = json.loads(data)
        assert asked["params"]["token"] == self.token
        self.hellos += 1
        reply = self.reply if self.knows else "a" * 64
        answer = {"panel": "0", "pid": os.getpid(), "reply": reply}
        link.sendall(json.dumps({"id": asked["id"], "result": answer}).encode() + b"\n")
        return link

    @property
    def untouched(self) -> bool:
        """Whether nobody came at all."""
        self.listener.settimeout(0.2)
        try:
            self.listener.accept()[0].close()
        except TimeoutError:
            return self.hellos == 0
        return False

    def close(self) -> None:
        self.listener.close()
        self.file.unlink(missing_ok=True)
