"""A host whose code is loaded when it is first asked for something: off the GUI's thread, and
after the panel's first paint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from opticals_ui.host import Can

if TYPE_CHECKING:
    from opticals_ui.host import Host


class _Deferred:
    def __init__(self, name: str, can: frozenset[Can], make: Callable[[], Host]) -> None:
        self.name = name
        self.can = can
        self._make = make
        self._host: Host | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*given: Any, **more: Any) -> Any:
            if self._host is None:  # all that is asked of a host is asked one after the other
                self._host = self._make()
            return getattr(self._host, name)(*given, **more)

        return ask


def file_host() -> Host:
    """`FileHost`, deferred."""

    def make() -> Host:
        from opticals_plugin.file_host import FileHost

        return FileHost()

    return cast("Host", _Deferred("File", frozenset(Can) - {Can.SEEK}, make))
