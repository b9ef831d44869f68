"""Finding an entry among many by a few letters of its words, fast enough for every keystroke."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

SHOWN = 60  # entries of an answer
WEIGHED = 120  # of those that contain what is sought, how many are put in order
LOOSE = 200  # of those that have its letters apart, likewise


def _nothing() -> None:
    """What an entry does that is only listed."""


class Entry(NamedTuple):
    """What can be found, and run.

    Attributes:
        id: the same from run to run, for what was used last.
        label: as it is shown.
        group: of what kind it is, as it is shown.
        words: others to find it by.
        keys: that do the same, as they are shown.
        enabled: whether it can be run now.
        why: it cannot, where that is known.
    """

    id: str
    label: str
    run: Callable[[], object] = _nothing
    group: str = ""
    words: str = ""
    keys: str = ""
    enabled: bool = True
    why: str = ""


class Slow(NamedTuple):
    """Entries of which there may be many: they are prepared a few at a time, and kept for as long
    as `key` is the same object."""

    key: object
    entries: Iterator[Entry]


class Prepared(NamedTuple):
    """Entries with what is searched in for each."""

    entries: list[Entry]
    labels: list[str]
    texts: list[str]


def prepare(entries: Iterable[Entry]) -> Prepared:
    """Make entries ready for a `Finder`."""
    kept = list(entries)
    labels = [fold(one.label.rstrip("…")) for one in kept]
    texts = [
        f" {label} {fold(f'{one.group} {one.words}')}"
        for one, label in zip(kept, labels, strict=True)
    ]
    return Prepared(kept, labels, texts)


class Finder:
    """Entries, prepared for searching. The order in which they come is that of their rank."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries, self._labels, self._all = prepare(entries)
        self._lines = ""  # all labels, a line each; made when it is needed
        self._starts: list[int] = []
        self._last: tuple[str, Sequence[int]] = ("", range(len(self.entries)))

    def extend(self, more: Prepared) -> None:
        """Have more entries, behind those that there are."""
        self.entries += more.entries
        self._labels += more.labels
        self._all += more.texts
        self._lines = ""
        self._last = ("", range(len(self.entries)))

    def find(self, sought: str, recent: Mapping[str, int] | None = None) -> list[Entry]:
        """The entries that fit best, the best first: those whose words begin with what is
        sought, then those that contain it, then those that have its letters in this order.

        Args:
            recent: how long ago entries were used, by their id: 0 is the last one.
        """
        recent = recent or {}
        words = fold(sought).split()
        if not words:
            return []
        hits = self._containing(words)
        begins = " " + words[0]
        first = islice((index for index in hits if begins in self._all[index]), WEIGHED)
        weighed = list(dict.fromkeys((*first, *hits[:WEIGHED])))
        weighed.sort(key=lambda index: self._weight(index, words, recent))
        if len(weighed) < SHOWN:
            weighed += self._loosely("".join(words), set(weighed), recent)
        return [self.entries[index] for index in weighed[:SHOWN]]

    def _containing(self, words: Sequence[str]) -> Sequence[int]:
        """The places of the entries that contain every word."""
        key = " ".join(words)
        before, pool = self._last
        if not key.startswith(before):
            pool = range(len(self.entries))
        for word in words:
            pool = [index for index in pool if word in self._all[index]]
        self._last = (key, pool)
        return pool

    def _weight(
        self, index: int, words: Sequence[str], recent: Mapping[str, int]
    ) -> tuple[int, bool, int, int]:
        """The less, the better; what cannot be run now stands behind its like."""
        label, whole = self._labels[index], " ".join(words)
        if label == whole:
            rank = 0
        elif label.startswith(whole):
            rank = 1
        elif f" {whole}" in f" {label}":
            rank = 2
        elif all(f" {word}" in f" {label}" for word in words):
            rank = 3
        elif all(word in label for word in words):
            rank = 4
        else:
            rank = 5
        entry = self.entries[index]
        return rank, not entry.enabled, recent.get(entry.id, 1000), index

    def _loosely(self, letters: str, without: set[int], recent: Mapping[str, int]) -> list[int]:
        """The places of entries whose label has some letters in their order, however far apart;
        those where they begin words come first."""
        if len(letters) < 2:
            return []
        if not self._lines:
            self._lines = "\n".join(self._labels)
            self._starts = [0, *accumulate(len(label) + 1 for label in self._labels)]
        # One pass over all labels that never goes back: what is between two letters is not the
        # second of them.
        apart = "".join(f"[^{re.escape(one)}\n]*+{re.escape(one)}" for one in letters)
        found = []
        for match in re.compile(f"^{apart}", re.MULTILINE).finditer(self._lines):
            index = bisect_right(self._starts, match.start()) - 1
            if index not in without:
                found.append(index)
                if len(found) == LOOSE:
                    break

        def weight(index: int) -> tuple[bool, int, int]:
            initials = "".join(word[0] for word in self._labels[index].split())
            return not _in_order(letters, initials), recent.get(self.entries[index].id, 1000), index

        return sorted(found, key=weight)


def fold(text: str) -> str:
    """Text as it is compared: small letters without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
