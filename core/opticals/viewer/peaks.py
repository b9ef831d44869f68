"""How loud the sound of media is, for drawing it: made once for each, and growing as it is made."""

from __future__ import annotations

import contextlib
import math
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from opticals.rendering.partial import partial
from opticals.viewer.sounds import Pull, heard
from opticals.viewer.store import Store, identity_of, unwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from opticals.viewer.sounds import Heard

    Array = NDArray[Any]

PER_SECOND = 200  # pairs
_SUFFIX = ".peaks"
_STRETCH = 10  # seconds of sound looked at at a time
_REPORT = 0.25  # seconds between messages


def peaks(
    path: str, store: Store, tell: Callable[[Path, bool], None], beat: Callable[[], None]
) -> None:
    """Finds or makes the peaks of a medium; `tell` gets the file, and whether it is whole.

    What is loud on any channel is loud: nothing cancels out.

    Raises:
        MediaError: the medium is missing, or its sound is damaged.
        OutputError: the file cannot be written.
    """
    key = store.key(identity_of(path), PER_SECOND)
    known = store.find(key, _SUFFIX)
    if known is not None:
        tell(known, True)
        return
    found = heard(path)
    growing = partial(store.place(f"{key}-growing", _SUFFIX))
    told = time.monotonic()
    try:
        with growing.open("wb") as out:
            for pairs in _found(found):
                out.write(pairs.tobytes())
                beat()
                if time.monotonic() - told >= _REPORT:
                    out.flush()
                    tell(growing, False)
                    told = time.monotonic()
        # Whoever reads the growing file may still have it open.
        tell(store.write(key, _SUFFIX, growing.read_bytes()), True)
    except OSError as error:
        raise unwritable(growing, error) from error
    finally:
        with contextlib.suppress(OSError):
            growing.unlink()


def _found(sound: Heard) -> Iterator[Array]:
    """Pairs `[n, 2]` of int8 of one stretch after the other."""
    pulls = [(Pull(sound.samples(stream, 0)), stream[1]) for stream in sound.streams]
    count = math.ceil(sound.duration * PER_SECOND) if pulls else 0
    try:
        for first in range(0, count, _STRETCH * PER_SECOND):
            last = min(first + _STRETCH * PER_SECOND, count)
            parts = [_pairs(pull, rate, first, last) for pull, rate in pulls]
            low = np.minimum.reduce([part[0] for part in parts])
            high = np.maximum.reduce([part[1] for part in parts])
            codes = np.rint(np.clip(np.stack((low, high), -1), -1, 1) * 127)
            yield codes.astype(np.int8)
    finally:
        for pull, _ in pulls:
            pull.close()


def _pairs(pull: Pull, rate: int, first: int, last: int) -> tuple[Array, Array]:
    """The least and the greatest sample of any channel in each of some pairs' time."""
    edges = [math.floor(Fraction(place * rate, PER_SECOND)) for place in range(first, last + 1)]
    samples = np.nan_to_num(pull.take(edges[-1] - edges[0]), posinf=1, neginf=-1)
    low, high = samples.min(1), samples.max(1)
    at = np.minimum(np.array(edges[:-1]) - edges[0], len(samples) - 1)
    return np.minimum.reduceat(low, at), np.maximum.reduceat(high, at)
