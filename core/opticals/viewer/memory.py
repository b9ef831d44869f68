"""Memory that the viewer process and the one that asks it share, for pictures."""

from __future__ import annotations

import contextlib
import mmap
import os
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

SIZE = 256 << 20  # of addresses; memory is taken by what was ever written at once
_ALIGNED = 64
_NAMELESS = hasattr(os, "memfd_create")


class Shared:
    """A stretch of shared memory that is gone with the last process that has it.

    Where the system has memory without a name, it is that, handed on as an open file: nothing is
    left over however processes end, and no limit of /dev/shm applies.
    """

    def __init__(self, nameless: bool = _NAMELESS) -> None:
        self._file = -1
        self._named: SharedMemory | None = None
        if nameless:
            self._file = os.memfd_create("opticals-viewer")
            os.ftruncate(self._file, SIZE)
            self.view = memoryview(mmap.mmap(self._file, SIZE))
            self.handle = f"file:{self._file}"
        else:
            self._named = SharedMemory(create=True, size=SIZE)
            assert self._named.buf is not None
            self.view = self._named.buf
            self.handle = f"name:{self._named.name}"

    @property
    def files(self) -> tuple[int, ...]:
        """Open files that the other process must inherit."""
        return () if self._file < 0 else (self._file,)

    def handed_on(self) -> None:
        """The other process has it: its name is of no more use."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        elif self._named is not None:
            with contextlib.suppress(FileNotFoundError):
                self._named.unlink()

    def close(self) -> None:
        """Gives it back; whoever still has it may go on."""
        self.handed_on()
        if self._named is not None:
            self._named.close()
            self._named = None
        else:
            self.view.release()


def attached(handle: str) -> tuple[memoryview, SharedMemory | None]:
    """The memory behind a `Shared.handle`, and what must be kept as long as it is used."""
    kind, _, name = handle.partition(":")
    if kind == "file":
        try:
            return memoryview(mmap.mmap(int(name), SIZE)), None
        finally:
            os.close(int(name))
    memory = SharedMemory(name)
    if os.name == "posix":
        # Python below 3.13 believes that it owns what it attaches, and would remove it.
        resource_tracker.unregister(memory._name, "shared_memory")  # type: ignore[attr-defined]
    assert memory.buf is not None
    return memory.buf, memory


class Ring:
    """Places in a stretch of memory, given out and taken back in any order."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._taken: dict[int, int] = {}  # begin: end

    def take(self, size: int) -> int | None:
        """The lowest place where so many bytes are free; None if there is none now."""
        at = 0
        for begin in sorted(self._taken):
            if begin - at >= size:
                break
            at = self._taken[begin]
        if at + size > self._size:
            return None
        self._taken[at] = at + -(-size // _ALIGNED) * _ALIGNED
        return at

    def give(self, at: int) -> None:
        """Takes a place back."""
        self._taken.pop(at, None)
