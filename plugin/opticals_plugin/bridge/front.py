"""The host over a bridge as the panel's window has it: light, there before what it needs is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from opticals_plugin.bridge.links import Asked
from opticals_plugin.bridge.server import Bridge
from opticals_ui.host import Can
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_plugin.bridge.live_host import LiveHost

_KNOWN = frozenset(one.value for one in Can) - {"open", "save", "relink"}


class LiveFront:
    """A `Host` and a `HostLink`. `LiveHost` does the work: its code, and OpenTimelineIO's, is
    loaded when it is first asked for something, off the GUI's thread."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._host: LiveHost | None = None
        self._making = threading.Lock()

    @property
    def name(self) -> str:
        host = self._bridge.last
        return host.name if host else tr("Editing program")

    @property
    def can(self) -> frozenset[Can]:
        host = self._bridge.last
        return frozenset(Can(one) for one in host.can if one in _KNOWN) if host else frozenset()

    def load(self) -> None:
        with self._making:
            if self._host is None:
                from opticals_plugin.bridge.live_host import LiveHost

                self._host = LiveHost(self._bridge)

    def listen(self, hear: Callable[[Asked], None]) -> None:
        def heard(asked: Asked) -> None:
            if asked.method == "late" and self._host is not None:
                self._host.forget(asked.params["params"].get("job"))
            hear(asked)

        self._bridge.listen(heard)

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        self._bridge.tell(method, params)

    def host_frame(self, record: int) -> int:
        return self._host.host_frame(record) if self._host else record

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*given: Any, **more: Any) -> Any:
            self.load()
            return getattr(self._host, name)(*given, **more)

        return ask
