"""The X server, as far as Qt does not say it: properties of others' windows, keys given to them,
and the time."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from functools import lru_cache
from typing import Any

_ANY, _LONG, _TEXT, _APPEND = 0, 1 << 16, 31, 2
_RETURN = 36  # the key, as every X server that reads the kernel's keyboards numbers it
_PRESSED, _RELEASED, _MESSAGE = 2, 3, 33
_PRESS_MASK = 1
_TO_PARENT = 2  # where the focus goes when the window that has it is gone
_VIEWABLE = 2
_ASKED = (
    "intern_atom",
    "get_property",
    "get_window_attributes",
    "query_tree",
    "get_input_focus",
)


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Screens(ctypes.Structure):
    _fields_ = (("data", ctypes.c_void_p), ("rest", ctypes.c_int), ("index", ctypes.c_int))


class Display:
    """A connection to the X server, by the library that Qt uses too."""

    def __init__(self) -> None:
        name = find_library("xcb") or "libxcb.so.1"
        self._xcb = xcb = ctypes.CDLL(name)
        xcb.xcb_connect.restype = ctypes.c_void_p
        xcb.xcb_setup_roots_iterator.restype = _Screens
        xcb.xcb_get_setup.restype = ctypes.c_void_p
        for one in _ASKED:
            getattr(xcb, f"xcb_{one}").restype = _Cookie
            getattr(xcb, f"xcb_{one}_reply").restype = ctypes.c_void_p
        xcb.xcb_get_property_value.restype = ctypes.c_void_p
        xcb.xcb_query_tree_children.restype = ctypes.c_void_p
        self._connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
        if xcb.xcb_connection_has_error(self._connection):
            self.close()
            raise OSError("There is no X server.")
        setup = ctypes.c_void_p(xcb.xcb_get_setup(self._connection))
        screens = xcb.xcb_setup_roots_iterator(setup)
        self.root = int(ctypes.cast(screens.data, ctypes.POINTER(ctypes.c_uint32))[0])

    def close(self) -> None:
        self._xcb.xcb_disconnect(self._connection)

    @lru_cache(32)  # noqa: B019 - it lives as long as the process
    def atom(self, name: str) -> int:
        asked = self._xcb.xcb_intern_atom(self._connection, 0, len(name), name.encode())
        with self._reply("intern_atom", asked) as reply:
            return struct.unpack_from("=I", reply, 8)[0] if reply else 0

    def values(self, window: int, name: str) -> tuple[int, ...]:
        """A property of whole numbers; () where the window has none."""
        found = self._property(window, name)
        return struct.unpack(f"={len(found) // 4}I", found[: len(found) // 4 * 4])

    def text(self, window: int, name: str) -> str:
        return self._property(window, name).decode("utf-8", "replace")

    def _property(self, window: int, name: str) -> bytes:
        asked = self._xcb.xcb_get_property(
            self._connection, 0, window, self.atom(name), _ANY, 0, _LONG
        )
        with self._reply("get_property", asked) as reply:
            if not reply:
                return b""
            width, length = (
                struct.unpack_from("=B", reply, 1)[0],
                struct.unpack_from("=I", reply, 16)[0],
            )
            pointer = self._xcb.xcb_get_property_value(ctypes.cast(reply, ctypes.c_void_p))
            return ctypes.string_at(pointer, length * width // 8) if width and length else b""

    def children(self, window: int) -> tuple[int, ...]:
        asked = self._xcb.xcb_query_tree(self._connection, window)
        with self._reply("query_tree", asked) as reply:
            if not reply:
                return ()
            count = struct.unpack_from("=H", reply, 16)[0]
            pointer = self._xcb.xcb_query_tree_children(ctypes.cast(reply, ctypes.c_void_p))
            return struct.unpack(f"={count}I", ctypes.string_at(pointer, count * 4))

    def seen(self, window: int) -> bool:
        """Whether a window is on the screen; closed ones may be kept for the next time."""
        asked = self._xcb.xcb_get_window_attributes(self._connection, window)
        with self._reply("get_window_attributes", asked) as reply:
            return bool(reply) and struct.unpack_from("=B", reply, 26)[0] == _VIEWABLE

    def focus(self) -> int:
        """The window that keys go to."""
        asked = self._xcb.xcb_get_input_focus(self._connection)
        with self._reply("get_input_focus", asked) as reply:
            return struct.unpack_from("=I", reply, 8)[0] if reply else 0

    def set_focus(self, window: int) -> None:
        self._xcb.xcb_set_input_focus(self._connection, _TO_PARENT, window, 0)
        self._xcb.xcb_flush(self._connection)

    def touch(self, window: int) -> None:
        """Have whoever made a window hear what time it is. A claim to the clipboard that is made
        with an old time is passed over, and Qt knows the time of its last event."""
        name = self.atom("_OPTICALS_TIME")
        self._xcb.xcb_change_property(
            self._connection, _APPEND, window, name, _TEXT, 8, 0, ctypes.c_char_p(b"")
        )
        self._xcb.xcb_flush(self._connection)

    def press_return(self, window: int) -> None:
        for kind in (_PRESSED, _RELEASED):
            event = struct.pack(
                "=BBHIIIIhhhhHBx", kind, _RETURN, 0, 0, self.root, window, 0, 1, 1, 1, 1, 0, 1
            )
            self._xcb.xcb_send_event(self._connection, 1, window, _PRESS_MASK, event)
        self._xcb.xcb_flush(self._connection)

    def close_window(self, window: int) -> None:
        """Ask a window to close, as its frame's button does."""
        protocols, delete = self.atom("WM_PROTOCOLS"), self.atom("WM_DELETE_WINDOW")
        event = struct.pack("=BBHIIIIIII", _MESSAGE, 32, 0, window, protocols, delete, 0, 0, 0, 0)
        self._xcb.xcb_send_event(self._connection, 0, window, 0, event)
        self._xcb.xcb_flush(self._connection)

    @contextmanager
    def _reply(self, name: str, asked: Any) -> Iterator[Any]:
        error = ctypes.c_void_p()
        found = getattr(self._xcb, f"xcb_{name}_reply")(
            self._connection, asked, ctypes.byref(error)
        )
        libc = ctypes.CDLL(None)
        try:
            yield ctypes.cast(found, ctypes.POINTER(ctypes.c_char * 32)).contents if found else None
        finally:
            for one in (found, error.value):
                if one:
                    libc.free(ctypes.c_void_p(one))


@lru_cache(1)
def display() -> Display | None:
    """The X server; None where there is none, or it cannot be asked."""
    try:
        return Display()
    except (OSError, AttributeError):
        return None
