"""Open media in the viewer process: any frame of them, quickly where it is near the last one."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opticals.errors import MediaError
from opticals.media.colour.planes import layout
from opticals.media.read.decode import Film
from opticals.media.read.probe import probe
from opticals.media.read.upright import sideways
from opticals.media.sequence.numbering import TYPES
from opticals.media.sequence.reading import Sequence
from opticals.viewer.colours import Sized, of_frame, of_planes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import av
    from numpy.typing import NDArray

    from opticals.media.colour.planes import Coding
    from opticals.media.facts import Interpretation, Media
    from opticals.viewer.kept import Kept
    from opticals.viewer.sight import Sight

    # As stored: a film's, and a sequence's.
    Found = av.VideoFrame | list[NDArray[Any]]

_STEP_OVER = 16  # frames: decoding on is cheaper than a seek
_AHEAD = 4  # frames made ready beyond the last that was asked for, while it is read forwards
_BEFORE = 12  # likewise, while it is read backwards
# Codecs whose frames are each made from themselves alone: none is passed on the way to another.
_SINGLE = ("prores", "dnxhd", "cfhd", "mjpeg", "png", "qtrle", "rawvideo", "v210", "dvvideo")
# Those of them that are decoded by several threads a frame.
_SLICED = ("prores", "dnxhd", "cfhd", "dvvideo")

_probing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Medium:
    """An open medium. Belongs to one thread.

    Args:
        kept: where its decoded frames are kept; None: nowhere.
        beat: called before every frame that is decoded; it may raise to stop.
    """

    def __init__(
        self,
        media: Media,
        interpretation: Interpretation,
        kept: Kept | None,
        beat: Callable[[], None],
    ) -> None:
        self.media = media
        self._kept = kept
        self._beat = beat
        threads = "SLICE" if media.codec in _SLICED else "AUTO"
        self._film = None if media.is_sequence else Film(media, interpretation, threads)
        self._sequence = Sequence(media, interpretation) if media.is_sequence else None
        self._flow: Iterator[tuple[int, Found]] = iter(())
        self._next = self._stop = -1  # the stored frames that the flow still gives
        self._last = -1
        self._forwards = False
        self._heading = -1  # the frame that is made ready while others are shown
        usual = "center" if media.codec in ("mjpeg", "mpeg1video") else "left"
        self._siting = "" if media.siting else usual
        single = media.is_sequence or media.codec in _SINGLE
        self._over = 0 if single else _STEP_OVER

    def close(self) -> None:
        """Gives its files back, and the memory of its frames."""
        self._flow = iter(())
        if self._kept is not None:
            self._kept.forget(id(self))
        if self._film is not None:
            self._film.close()
        if self._sequence is not None:
            self._sequence.close()

    def clamped(self, frame: int) -> int:
        """The nearest frame that there is."""
        return min(max(frame, 0), self.media.frames - 1)

    def near(self, frame: int) -> bool:
        """Whether a frame lies near the one that was read last."""
        return self._last >= 0 and -_BEFORE <= self.clamped(frame) - self._last <= _STEP_OVER

    def read(self, frame: int) -> Found:
        """What is stored for a frame of the medium.

        Raises:
            MediaError: it is missing or damaged.
        """
        stored = self._film.stored(frame) if self._film is not None else frame
        found = self._kept.get(self._key(stored)) if self._kept is not None else None
        if found is None:
            found = self._decoded(stored)
        self._forwards = self._last < stored <= self._last + _STEP_OVER
        self._last = stored
        if not self._next <= self._heading < self._stop:
            self._heading = -1
        return found

    def ahead(self) -> bool:
        """Makes a frame ready that is likely to come next; False if there is none to make.

        Going back, that is the group of pictures before, bit by bit.
        """
        if self._kept is None or self._last < 0:
            return False
        with suppress(MediaError):  # what is wrong is said when it is asked for
            if self._forwards:
                near = self._last < self._next <= self._last + _AHEAD
                return near and self._next < self._stop and bool(self._step())
            before = range(self._last - 1, max(self._last - _BEFORE, 0) - 1, -1)
            wanted = next((one for one in before if self._kept.get(self._key(one)) is None), -1)
            if wanted < 0:
                return False
            if not (wanted == self._heading and self._next <= wanted < self._stop):
                if self._heading >= 0:  # it was there, but there is no room for so many
                    return False
                self._heading = wanted
                self._begin(wanted)
            return bool(self._step())
        self._forwards = True
        return False

    def sized(self, found: Found, size: tuple[int, int]) -> Sized:
        """What `read` gave at this upright size; it is still to be brought upright.

        Raises:
            MediaError: its colours are by a matrix that is not handled.
        """
        if sideways(self.media.rotation):
            size = size[1], size[0]
        coding = self.coding(found)
        if isinstance(found, list):
            return of_planes(found, coding, size)
        return of_frame(found, coding, size, self._siting)

    def coding(self, found: Found) -> Coding:
        """What the codes of what `read` gave mean; sizes and siting are the upright picture's."""
        name = self.media.pixel_format if isinstance(found, list) else found.format.name
        return replace(self.media.coding, layout=layout(name))

    def _key(self, stored: int) -> tuple[int, ...]:
        """What a frame is kept under: files of a sequence may be written again."""
        if self._sequence is None:
            return id(self), stored
        file = self._sequence.file(stored)
        with suppress(OSError):
            status = file.stat()
            return id(self), stored, status.st_mtime_ns, status.st_size
        return id(self), stored, 0, 0

    def _decoded(self, stored: int) -> Found:
        if not (self._next <= stored <= self._next + self._over and stored < self._stop):
            self._begin(stored)
        while True:
            number, found = self._step()
            if number == stored:
                return found

    def _begin(self, stored: int) -> None:
        if self._film is not None:
            self._flow = self._film.frames(stored, passing=True)
            self._stop = len(self.media.times) - 1 if self.media.times else self.media.frames
        else:
            assert self._sequence is not None
            # Files are read ahead where frames are asked for one after the other.
            self._stop = self.media.frames if stored == self._last + 1 else stored + 1
            self._flow = enumerate(self._sequence.arrays(stored, self._stop), stored)
        self._next = stored

    def _step(self) -> tuple[int, Found]:
        """The number and the picture that the flow gives next."""
        self._beat()
        stop, self._stop = self._stop, -1  # after an error, nothing goes on from here
        got = next(self._flow, None)
        if got is None:
            raise MediaError(
                f"{self.media.path} ends before its last frame.",
                "The file was changed.",
                "Ask again.",
            )
        number, found = got
        self._next, self._stop = number + 1, stop
        if self._kept is not None:
            self._kept.keep(self._key(number), found, _bytes(found))
        return number, found


class Shelf:
    """Media that are open, the last ones used; for one thread.

    Args:
        count: how many at most.
        kept, beat: see `Medium`.
    """

    def __init__(self, count: int, kept: Kept | None, beat: Callable[[], None]) -> None:
        self._count = count
        self._kept = kept
        self._beat = beat
        self._open: OrderedDict[tuple[object, ...], list[tuple[object, Medium]]] = OrderedDict()

    def medium(self, sight: Sight) -> Medium:
        """The medium that a sight is of, opened again where it changed; of two, the one that is
        read near its frame.

        Raises:
            MediaError: it is missing or cannot be read.
        """
        return self._medium(sight, None)

    def beside(self, sight: Sight, medium: Medium) -> Medium:
        """Likewise, but never `medium`, which is in use: what dissolves into another place of
        itself is read at both.

        Raises:
            MediaError: it is missing or cannot be read.
        """
        return self._medium(sight, medium)

    def _medium(self, sight: Sight, used: Medium | None) -> Medium:
        interpretation = sight.interpretation
        key = (sight.path, sight.rate, interpretation.fields, interpretation.missing)
        stamp = stamp_of(sight.path)
        there: list[tuple[object, Medium]] = []
        for before, one in self._open.pop(key, ()):
            if one is used or (stamp is not None and before == stamp):
                there.append((before, one))
            else:
                one.close()
        if there:
            self._open[key] = there
        free = [one for _, one in there if one is not used]
        if free:
            return next((one for one in free if one.near(sight.frame)), free[0])
        media = facts(sight.path, sight.rate).conformed(sight.rate)
        while sum(map(len, self._open.values())) >= self._count and self._let_go(used):
            pass
        medium = Medium(media, interpretation, self._kept, self._beat)
        self._open.setdefault(key, []).append((stamp, medium))
        return medium

    def _let_go(self, used: Medium | None) -> bool:
        """Close what was not used for longest; False where all is in use."""
        for key, there in self._open.items():
            for one in there:
                if one[1] is not used:
                    one[1].close()
                    there.remove(one)
                    if not there:
                        del self._open[key]
                    return True
        return False

    def close(self) -> None:
        """Close them all."""
        for there in self._open.values():
            for _, medium in there:
                medium.close()
        self._open.clear()


def facts(path: str, rate: Fraction | None = None) -> Media:
    """What a medium is, found out by one thread at a time.

    Raises:
        MediaError: as `probe`.
    """
    with _probing[path]:
        return probe(path, rate)


def stamp_of(path: str) -> tuple[int, ...] | None:
    """What is another when a medium was changed; of a sequence, files added or taken away. None
    if it is not there."""
    place, found = Path(path), []
    for one in (place.parent, place) if place.suffix.lower() in TYPES else (place,):
        with suppress(OSError):
            status = one.stat()
            found += [status.st_mtime_ns, status.st_size, status.st_ino]
    return tuple(found) or None


def fitted(media: Media, box: tuple[int, int]) -> tuple[tuple[int, int], Fraction]:
    """Width and height of an upright picture in a box, never larger than it is, and the aspect of
    its pixels: square ones in a box, its own where there is none."""
    width, height = Fraction(media.width), Fraction(media.height)
    if box[0] < 1 or box[1] < 1:
        return (media.width, media.height), media.pixel_aspect
    if media.pixel_aspect > 1:  # no line and no column is left out
        width *= media.pixel_aspect
    else:
        height /= media.pixel_aspect
    factor = min(box[0] / width, box[1] / height, Fraction(1))
    return (max(1, round(width * factor)), max(1, round(height * factor))), Fraction(1)


def _bytes(found: Found) -> int:
    if isinstance(found, list):
        return sum(plane.nbytes for plane in found)
    return sum(plane.buffer_size for plane in found.planes)
