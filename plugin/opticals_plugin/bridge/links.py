"""Who is at the other end of a connection, and what they ask."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from opticals.errors import OpticalsError
from opticals_plugin.bridge import wire
from opticals_plugin.bridge.wire import Params

HELLO_S = 2.0  # that a connection may take to say who it is


@dataclass(frozen=True)
class Joined:
    """The host at the other end.

    Attributes:
        again: whether it was joined to another panel before, which it lost.
    """

    name: str
    version: str
    pid: int
    can: frozenset[str]
    project: Mapping[str, Any]
    again: bool = False


@dataclass(frozen=True)
class Asked:
    """What a host asks or tells: `select`, `repeat`, `show`, `changed`; and what happened to it:
    `joined`, `lost`, `late` (an answer that came after it was given up).

    `answer` and `refuse` may be called on any thread, once; of what is told they do nothing.
    """

    method: str
    params: Params
    answer: Callable[[Any], None] = field(default=lambda result: None, compare=False)
    refuse: Callable[[OpticalsError], None] = field(default=lambda error: None, compare=False)


class Pending:
    """A question that the host has not answered."""

    def __init__(self, method: str, params: Params) -> None:
        self.method, self.params = method, params
        self.there = threading.Event()
        self.answer: Any = None
        self.error: OpticalsError | None = None
        self.given_up = False


class Link:
    """A connection. `host` is None until it said who it is."""

    def __init__(self, socket: socket.socket) -> None:
        self.socket = socket
        self.incoming, self.outgoing = bytearray(), bytearray()
        self.host: Joined | None = None
        self.until = time.monotonic() + HELLO_S
        self.bad = 0
        self.unanswered = 0
        self.leaving = False  # closed when all is sent


def joined(params: Params) -> Joined:
    """Who a host says it is.

    Raises:
        KeyError, TypeError, ValueError: something of it is missing or of a wrong kind.
    """
    if params["protocol"] != wire.PROTOCOL:
        raise ValueError(f"the panel speaks protocol {wire.PROTOCOL}; update the other side")
    name, version, pid, can = (params[key] for key in ("host", "version", "pid", "can"))
    project = params.get("project") or {}
    fine = (
        isinstance(name, str)
        and isinstance(version, str)
        and isinstance(pid, int)
        and isinstance(can, list)
        and all(isinstance(one, str) for one in can)
        and isinstance(project, dict)
        and isinstance(project.get("name", ""), str)
        and isinstance(project.get("path"), str | None)
        and isinstance(project.get("id"), str | None)
    )
    if not fine or not 0 < len(name) <= 80 or len(version) > 80 or len(can) > 40:
        raise TypeError("something of it is of a wrong kind")
    held = {"name": project.get("name", ""), "path": project.get("path"), "id": project.get("id")}
    return Joined(name, version, pid, frozenset(can), held, params.get("again") is True)
