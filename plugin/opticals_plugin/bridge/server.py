"""Listens for one host on this machine and carries messages, on a thread of its own."""

from __future__ import annotations

import contextlib
import hmac
import itertools
import logging
import os
import selectors
import socket
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import opticals
from opticals.errors import OpticalsError
from opticals_plugin.bridge import wire
from opticals_plugin.bridge.discovery import Discovery
from opticals_plugin.bridge.links import HELLO_S, Asked, Joined, Link, Pending, joined
from opticals_plugin.bridge.wire import Message, Params
from opticals_ui.host import HostAway, HostSlow

log = logging.getLogger(__name__)

ANSWER_S = 10.0  # until it is said that the host does not answer
HELLO = 1 << 16  # bytes that are read from who has not said it
STRANGERS = 16  # connections that have not said who they are, at a time
OUTGOING = 64 << 20  # bytes that a host may be behind
WAITING = 64  # requests of the host that the panel has not answered
GARBAGE = 20  # messages that are no messages, until a host is left
KEPT = 256  # answers that are kept by their keys


class Bridge:
    """Holds at most one host at a time.

    What hosts ask before anybody listens is kept.

    Args:
        folder: where panels say that they are there.
    """

    def __init__(self, folder: Path) -> None:
        self._listening: Callable[[Asked], None] | None = None
        self._unheard: list[Asked] = []
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(STRANGERS)
        self._listener.setblocking(False)
        self._discovery = Discovery(folder, self._listener.getsockname()[1])
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._links: dict[socket.socket, Link] = {}
        self._joined: Link | None = None
        self.last: Joined | None = None  # who was joined last, also when it is gone
        self._back = threading.Condition(self._lock)
        self._pending: dict[str, Pending] = {}
        self._numbers = itertools.count(1)
        self._to_send: deque[tuple[Link, bytes]] = deque()
        self._kept: OrderedDict[str, tuple[Any, OpticalsError | None]] = OrderedDict()
        self._under_way: dict[str, list[tuple[Link, str | int]]] = {}
        self._held: tuple[str | None, Mapping[str, Any] | None] = (None, None)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="bridge", daemon=True)

    @property
    def host(self) -> Joined | None:
        """Who is joined now."""
        link = self._joined
        return link.host if link else None

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Be there for hosts.

        Raises:
            OutputError: the file that tells them cannot be written.
        """
        self._discovery.write(None, None, joined=False)
        self._thread.start()

    def listen(self, hear: Callable[[Asked], None]) -> None:
        """Have what a host asks said to `hear`, on the bridge's thread; it must not block."""
        with self._lock:
            self._listening = hear
            unheard, self._unheard = self._unheard, []
        for one in unheard:
            hear(one)

    def _hear(self, asked: Asked) -> None:
        with self._lock:
            hear = self._listening
            if hear is None:
                self._unheard.append(asked)
        if hear is not None:
            hear(asked)

    def close(self) -> None:
        """Leave the host, which is told so by the connection's end."""
        with self._lock:
            self._closed = True
            self._back.notify_all()
        self._wake()
        self._thread.join(5)
        self._discovery.remove()

    def vanish(self, status: int) -> None:
        """End the process at once, and leave no file of it."""
        self._discovery.remove()
        os._exit(status)

    def ask(self, method: str, params: Params, seconds: float | None = None) -> Any:
        """What the host answers, waited for so long. Never on the GUI's thread.

        Raises:
            HostRefused: it cannot do it, and says why.
            HostAway: it is not there, or went before it answered.
            HostSlow: it has not answered; when it does, `late` is heard.
        """
        one = Pending(method, params)
        seconds = ANSWER_S if seconds is None else seconds
        with self._lock:
            link = self._joined
            if link is None or self._closed:
                raise self._away()
            number = f"p{next(self._numbers)}"
            self._pending[number] = one
            self._to_send.append((link, wire.request(number, method, params)))
            name = link.host.name if link.host else ""
        self._wake()
        if not one.there.wait(seconds):
            with self._lock:
                one.given_up = not one.there.is_set()
            if one.given_up:
                raise HostSlow(
                    f"{name} has not answered for {seconds:.0f} s; it may be rendering.",
                    remedy="What was asked for is done when it answers.",
                )
        if one.error is not None:
            raise one.error
        return one.answer

    def tell(self, method: str, params: Params) -> None:
        """Say something to the host, if there is one."""
        with self._lock:
            if self._joined is not None:
                self._to_send.append((self._joined, wire.told(method, params)))
        self._wake()

    def wait_for_host(self, seconds: float) -> Joined | None:
        """Who is joined, waited for a while."""
        with self._lock:
            self._back.wait_for(lambda: self._joined is not None or self._closed, seconds)
            return self._joined.host if self._joined else None

    def _away(self) -> HostAway:
        name = self._held[0]
        if name is None:
            return HostAway("No editing program is joined to the panel.")
        return HostAway(
            f"{name} is not there.",
            "It was closed, or has stopped.",
            f"Open the project in {name} again.",
        )

    # The thread.

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # where it is full, it is awake
            self._wake_out.send(b"x")

    def _run(self) -> None:
        try:
            while not self._closed:
                self._turn()
        except Exception:
            log.exception("the bridge stopped")
        finally:
            for link in list(self._links.values()):
                self._drop(link)
            self._selector.close()
            for one in (self._listener, self._wake_in, self._wake_out):
                one.close()

    def _turn(self) -> None:
        with self._lock:
            sending = list(self._to_send)
            self._to_send.clear()
        for link, line in sending:
            if link.socket in self._links:
                link.outgoing += line
        now = time.monotonic()
        for link in list(self._links.values()):
            late = link.host is None and now > link.until
            if late or len(link.outgoing) > OUTGOING or (link.leaving and not link.outgoing):
                self._drop(link)
            else:
                wanted = selectors.EVENT_READ if not link.leaving else 0
                wanted |= selectors.EVENT_WRITE if link.outgoing else 0
                self._selector.modify(link.socket, wanted or selectors.EVENT_READ, link)
        strangers = any(link.host is None for link in self._links.values())
        for key, mask in self._selector.select(0.25 if strangers else None):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._wake_in:
                self._drain()
            elif key.data.socket in self._links:
                self._carry(key.data, mask)

    def _drain(self) -> None:
        with contextlib.suppress(OSError):
            while self._wake_in.recv(4096):
                pass

    def _accept(self) -> None:
        try:
            found, _ = self._listener.accept()
        except OSError:
            return
        strangers = [link for link in self._links.values() if link.host is None]
        if len(strangers) >= STRANGERS:
            self._drop(strangers[0])
        found.setblocking(False)
        self._links[found] = link = Link(found)
        self._selector.register(found, selectors.EVENT_READ, link)

    def _carry(self, link: Link, mask: int) -> None:
        try:
            if mask & selectors.EVENT_WRITE:
                del link.outgoing[: link.socket.send(bytes(link.outgoing[: 1 << 18]))]
            if mask & selectors.EVENT_READ:
                data = link.socket.recv(1 << 18)
                if not data:
                    self._drop(link)
                    return
                if not link.leaving:
                    link.incoming += data
                    self._read(link)
        except BlockingIOError:
            return
        except OSError:
            self._drop(link)

    def _read(self, link: Link) -> None:
        while not link.leaving:
            end = link.incoming.find(b"\n")
            limit = HELLO if link.host is None else wire.LINE
            if (end if end >= 0 else len(link.incoming)) > limit:
                self._drop(link)
                return
            if end < 0:
                return
            line = bytes(link.incoming[:end])
            del link.incoming[: end + 1]
            if link.host is None:
                self._hello(link, line)
            elif line.strip():
                self._take(link, line)

    def _hello(self, link: Link, line: bytes) -> None:
        try:
            message = wire.parse(line)
        except wire.Bad:
            self._drop(link)
            return
        params = message.params or {}
        token = params.get("token")
        if (
            message.method != "hello"
            or not isinstance(token, str)
            or not hmac.compare_digest(token.encode("utf-8", "replace"), self._token)
        ):
            self._drop(link)
            return
        try:
            host = joined(params)
        except (KeyError, TypeError, ValueError) as error:
            self._part(link, wire.refusal(message.id, wire.PARAMS, f"hello: {error}"))
            return
        if self._joined is not None:
            name = self._joined.host.name if self._joined.host else ""
            self._part(link, wire.refusal(message.id, wire.FAILED, f"{name} is joined.", "busy"))
            return
        answer = {
            "panel": opticals.__version__,
            "pid": os.getpid(),
            "reply": self._discovery.reply,
        }
        link.host = host
        link.outgoing += wire.answer(message.id, answer)
        with self._lock:
            self._joined = link
            self.last = host
            self._held = (host.name, host.project)
            self._back.notify_all()
        self._say_held()
        self._hear(Asked("joined", params))

    @property
    def _token(self) -> bytes:
        return self._discovery.token.encode()

    def _part(self, link: Link, last: bytes) -> None:
        """Leave a connection after one more message."""
        link.outgoing += last
        link.leaving = True
        link.until = time.monotonic() + HELLO_S

    def _say_held(self) -> None:
        try:
            self._discovery.write(*self._held, joined=self._joined is not None)
        except OpticalsError as error:
            log.warning("%s", error)

    def _drop(self, link: Link) -> None:
        self._links.pop(link.socket, None)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(link.socket)
        link.socket.close()
        if link is not self._joined:
            return
        with self._lock:
            self._joined = None
            lost, self._pending = self._pending, {}
            away = self._away()
        for one in lost.values():
            one.error = away
            one.there.set()
        if not self._closed:
            self._say_held()
            self._hear(Asked("lost", {}))

    def _take(self, link: Link, line: bytes) -> None:
        """One message of the host that is joined."""
        try:
            message = wire.parse(line)
        except wire.Bad as bad:
            link.bad += 1
            link.outgoing += wire.refusal(bad.id, bad.code, str(bad))
            if link.bad > GARBAGE:
                self._drop(link)
            return
        if not message.method:
            self._answered(link, message)
        elif message.method == "bye":
            self._drop(link)
        elif message.method == "changed":
            self._note(message.params or {})
            self._hear(Asked("changed", message.params or {}))
        elif message.method in ("select", "repeat", "show") and message.id is not None:
            self._request(link, message)
        elif message.id is not None:
            text = f"The panel cannot do “{message.method[:80]}”."
            link.outgoing += wire.refusal(message.id, wire.UNKNOWN, text, "unsupported")

    def _answered(self, link: Link, message: Message) -> None:
        with self._lock:
            one = self._pending.pop(str(message.id), None)
            if one is not None:
                one.answer = message.result
                if message.error is not None:
                    one.error = wire.refused(message.error)
                one.there.set()
        if one is None:
            link.bad += 1
            if link.bad > GARBAGE:
                self._drop(link)
        elif one.given_up:
            self._hear(Asked("late", {"method": one.method, "params": one.params}))

    def _request(self, link: Link, message: Message) -> None:
        params, id = message.params or {}, message.id
        assert id is not None
        key = params.get("job")
        if message.method == "repeat" and (not isinstance(key, str) or not 0 < len(key) <= 200):
            link.outgoing += wire.refusal(id, wire.PARAMS, "“job” is missing.")
            return
        if message.method != "repeat":
            key = None
        if key is not None:
            with self._lock:
                kept, waiting = self._kept.get(key), self._under_way.get(key)
                if waiting is not None:
                    waiting.append((link, id))
            if kept is not None:
                self._send(link, id, *kept)
            if kept is not None or waiting is not None:
                return
        if link.unanswered >= WAITING:
            link.outgoing += wire.refusal(id, wire.FAILED, "The panel is busy.", "busy", "Wait.")
            return
        if key is not None:
            with self._lock:
                self._under_way[key] = []
        link.unanswered += 1
        self._note(params.get("edit"))
        said = threading.Lock()

        def answer(result: Any, error: OpticalsError | None = None) -> None:
            if not said.acquire(blocking=False):
                return
            link.unanswered -= 1
            others: list[tuple[Link, str | int]] = []
            if key is not None:
                with self._lock:
                    others = self._under_way.pop(key, [])
                    self._kept[key] = (result, error)
                    while len(self._kept) > KEPT:
                        self._kept.popitem(last=False)
            for one in ((link, id), *others):
                self._send(*one, result, error)

        self._hear(Asked(message.method, params, answer, lambda error: answer(None, error)))

    def _send(self, link: Link, id: str | int, result: Any, error: OpticalsError | None) -> None:
        if error is None:
            line = wire.answer(id, result)
        else:
            text = " ".join(part for part in (error.what, error.why) if part)
            kind = error.subject if isinstance(error, wire.HostRefused) else "failed"
            line = wire.refusal(id, wire.FAILED, text, kind, error.remedy)
        with self._lock:
            self._to_send.append((link, line))
        self._wake()

    def _note(self, edit: Any) -> None:
        """The project of an edit that comes: the file says it, for the host to find it again."""
        if isinstance(edit, Mapping) and isinstance(edit.get("name"), str):
            told = {key: edit.get(key) for key in ("path", "id")}
            known = {key: one if isinstance(one, str) else None for key, one in told.items()}
            project = {"name": edit["name"], **known}
            if project != self._held[1]:
                self._held = (self._held[0], project)
                self._say_held()
