"""What is seen at the playhead: pictures of the result and of its source, and what they are."""

from __future__ import annotations

import itertools
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QImage

from opticals.errors import Cancelled, OpticalsError, WorkerError
from opticals.viewer.sight import Failed, Message, Picture, Shown, Sight
from opticals_ui.viewer.asking import Asked, part_of
from opticals_ui.viewer.modes import Compare
from opticals_ui.viewer.preview_scopes import PreviewScopes
from opticals_ui.viewer.seen import Part, Seen, Side, image_of, remark, side_of

if TYPE_CHECKING:
    from opticals_ui.effects.choice import Choice
    from opticals_ui.timeline.selection import Selection
    from opticals_ui.viewer.display import Display
    from opticals_ui.viewer.reel import Reel
    from opticals_ui.viewer.sights import Sights
    from opticals_ui.viewer.viewing import Seeing, Viewing

KEPT = 160 << 20  # bytes of pictures
AHEAD = 3  # pictures under way at a time while it plays
FARTHEST = 8  # steps before the playhead that are asked for
AGAIN = 2000  # milliseconds until a medium that could not be read is tried again
SETTLE = 80  # milliseconds that a size stands before pictures of that size are asked for

Key = tuple[Sight, str]
"""A picture and the scope that comes with it."""


@dataclass
class _Want:
    """The pictures of one record frame."""

    serial: int
    record: int
    sides: tuple[tuple[Part, ...], ...]  # of the result, and of the source where that is needed
    channel: str
    asked: int = field(default_factory=time.monotonic_ns)
    under_way: bool = True


class Screen(QObject):
    """Follows the playhead: asks for what is to be seen there and shows it when it is all there.

    While it plays it asks ahead, as far as pictures come in time; those that do not are left out.

    Signals:
        changed: `seen` changed.
    """

    changed = Signal()

    def __init__(
        self,
        selection: Selection,
        reel: Reel,
        sights: Sights,
        viewing: Viewing,
        choice: Choice,
        display: Display,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.seen: Seen | None = None
        self.shown = 0  # pictures shown, for measuring
        self._selection, self._reel, self._sights = selection, reel, sights
        self._viewing, self._choice, self._display = viewing, choice, display
        self._box = (0, 0)
        self._pace = Fraction(0)
        self._serials = itertools.count(1)
        self._latest = 0  # the serial of what is seen
        self._wants: deque[_Want] = deque(maxlen=32)
        self._last_asked: int | None = None
        self._lag = 0  # nanoseconds from asking for a picture to its coming, on average
        self._pictures: OrderedDict[Key, tuple[Picture, QImage, QImage | None]] = OrderedDict()
        self._bytes = 0
        self._errors: dict[Key, OpticalsError] = {}
        self._under_way: set[Key] = set()
        self._transparent: set[str] = set()  # media that have alpha, by path
        self._scopes = PreviewScopes(sights, self)
        self._scopes.drawn.connect(self._show_newest)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self.refresh)
        self._again = QTimer(self, singleShot=True, interval=AGAIN)
        self._again.timeout.connect(self._try_again)
        selection.moved.connect(self._follow)
        reel.learnt.connect(self.refresh)
        viewing.changed.connect(self._look)
        choice.changed.connect(self._read_anew)
        display.changed.connect(self._look)
        self._interpretations = choice.interpretations

    @property
    def at_rest(self) -> bool:
        """Whether no picture is still to come."""
        return not self._under_way and self._scopes.at_rest and not self._settle.isActive()

    def take_edit(self) -> None:
        """The edit changed: nothing that was known of it holds."""
        self._reel.show(self._selection.model)
        self._pictures.clear()
        self._bytes = 0
        self._errors.clear()
        self._wants.clear()
        if self._selection.model is None:
            self.seen = None
            self.changed.emit()
        self.refresh()

    def set_box(self, box: QSize) -> None:
        """The device pixels that a picture is shown in; an empty size for all of its own."""
        wanted = (box.width(), box.height()) if not box.isEmpty() else (0, 0)
        if wanted != self._box:
            first, self._box = self._box == (0, 0) and self.seen is None, wanted
            if first:
                self.refresh()
            else:
                self._settle.start()

    def set_pace(self, pace: Fraction) -> None:
        """How the playhead runs: record frames for each frame's time, below 0 backwards; 0 when it
        stands or is moved by hand."""
        if pace != self._pace:
            self._pace = pace
            self._last_asked = None
            self._wants.clear()
            self.refresh()

    def refresh(self) -> None:
        """Ask again for what is to be seen, where it is not there."""
        self._last_asked = None
        self._follow()

    def _read_anew(self) -> None:
        if self._choice.interpretations is not self._interpretations:
            self._interpretations = self._choice.interpretations
            self._errors.clear()
            self.refresh()

    def _look(self) -> None:
        """Something about how it is seen changed."""
        self._display.set_preview(self._of_preview)
        self.refresh()

    @property
    def _of_preview(self) -> bool:
        """Whether the preview of an effect is of the frame that is to be seen."""
        viewing = self._viewing
        if self._pace or viewing.after.isNull():
            return False
        return viewing.frame == self._selection.playhead

    def _follow(self) -> None:
        if self._selection.model is None:
            return
        self._reel.show(self._selection.model)
        playhead = self._selection.playhead
        self._reel.prepare(playhead)
        for key, error in tuple(self._errors.items()):
            if isinstance(error, WorkerError):
                del self._errors[key]  # no fault of the medium: the next process may read it
        self._display.set_preview(self._of_preview)
        if self._pace:
            self._read_ahead()
        else:
            want = self._want(playhead, "look")
            self._wants.append(want)
            self._advance(want)
        self._show_newest()

    def _try_again(self) -> None:
        """A drive may be back that was gone."""
        if self._pace:
            self._again.start()
            return
        self._errors.clear()
        self._reel.forget_troubles()
        self.refresh()

    def _want(self, record: int, channel: str) -> _Want:
        layers = self._reel.layers(record)

        def parts(original: bool) -> tuple[Part, ...]:
            return tuple(part_of(layers[depth:], record, how, original) for depth in depths)

        model, depths = self._selection.model, range(len(layers))
        rate = model.view.rate if model else Fraction(25)
        how = Asked(rate, self._choice.interpretation, self._box, self._display.viewing_lut)
        result = parts(False)
        sides: tuple[tuple[Part, ...], ...] = (result,)
        top = layers[0] if layers else None
        compare = self._display.compare
        both = compare.needs_both or compare is Compare.SOURCE
        if both and top is not None and top.footage is not None and top.rendered:
            # Below a render that is laid over the cut lies the clip that it was made from.
            over = bool(top.footage.version) and top.footage.original is None
            sides = (result, parts(True)[over:])
        return _Want(next(self._serials), record, sides, channel)

    def _key(self, side: int, depth: int, sight: Sight) -> Key:
        """With the scope where it is one of the side that is looked at."""
        looked = 1 if self._display.compare is Compare.SOURCE else 0
        return sight, self._display.wanted_scope if (side, depth) == (looked, 0) else ""

    def _state(self, want: _Want) -> Seen | None:
        """What is seen of a record frame; None while something of it is not there."""
        sides = []
        for number, parts in enumerate(want.sides):
            side = self._side(number, parts)
            if side is None:
                return None
            sides.append(side)
        source = sides[1] if len(sides) > 1 else None
        return Seen(want.record, sides[0], source, words=self._remark(want))

    def _remark(self, want: _Want) -> str:
        """How far the topmost picture of the result is in a transition, and what it lacks."""
        top = next(iter(want.sides[0]), None)
        if top is None:
            return ""
        known = self._pictures.get(self._key(0, 0, top.sight)) if top.sight is not None else None
        return remark(top.crossing, want.record, top.sight, known[0].lacks if known else "")

    def _side(self, number: int, parts: tuple[Part, ...]) -> Side | None:
        seen: list[tuple[Part, Picture, QImage]] = []
        scope: QImage | None = None
        for depth, part in enumerate(parts):
            if part.footage is None:
                return None
            error = part.footage.error
            if part.sight is not None:
                key = self._key(number, depth, part.sight)
                error = self._errors.get(key)
                if error is None:
                    if key not in self._pictures:
                        return None
                    self._pictures.move_to_end(key)
                    picture, image, with_scope = self._pictures[key]
                    seen.append((part, picture, image))
                    scope = scope or with_scope
                    if not picture.alpha:
                        break
                    continue
            if not seen:
                return side_of(part, error=error)
            break  # what cannot be seen below a transparent picture is as if it were not there
        return side_of(*seen, scope=scope) if seen else Side()

    def _advance(self, want: _Want) -> None:
        """Ask for what is not there of a record frame."""
        waits = False
        for number, parts in enumerate(want.sides):
            for depth, part in enumerate(parts):
                if part.footage is None:
                    waits = True
                    break
                if part.sight is None:
                    break
                key = self._key(number, depth, part.sight)
                if key in self._errors:
                    break
                if key in self._pictures:
                    if not self._pictures[key][0].alpha:
                        break
                    continue
                waits = True
                self._ask(key, f"{want.channel}.{number}.{depth}")
                if not (part.sight.path in self._transparent or part.fades):
                    break  # whether something shows below is known when it is here
        if want.under_way and not waits:
            want.under_way = False
            took = time.monotonic_ns() - want.asked
            self._lag = (3 * self._lag + took) // 4 if self._lag else took

    def _ask(self, key: Key, channel: str) -> None:
        if key not in self._under_way:
            self._under_way.add(key)
            sight, scope = key
            self._sights.picture(
                sight, channel, lambda message: self._take(key, message), scope=scope
            )

    def _take(self, key: Key, message: Message) -> None:
        self._under_way.discard(key)
        if isinstance(message, Failed):
            if isinstance(message.error, Cancelled):
                return
            self._errors[key] = message.error
        elif isinstance(message, Shown):
            picture = message.picture
            scope = image_of(message.scope) if message.scope else None
            self._pictures[key] = picture, image_of(picture), scope
            self._bytes += len(picture.data)
            if picture.alpha and key[0].mix is None:
                self._transparent.add(key[0].path)
            while self._bytes > KEPT and len(self._pictures) > 2:
                self._bytes -= len(self._pictures.popitem(last=False)[1][0].data)
        for want in tuple(self._wants):
            if want.under_way:
                self._advance(want)
        if self._pace:
            self._read_ahead()
        self._show_newest()

    def _read_ahead(self) -> None:
        """While it plays: ask for the pictures that can be there when their time comes."""
        model, playhead = self._selection.model, self._selection.playhead
        if model is None:
            return
        step = int(self._pace) or (1 if self._pace > 0 else -1)
        way = 1 if step > 0 else -1
        while sum(1 for want in self._wants if want.under_way) < AHEAD:
            asked = self._last_asked
            record = playhead if asked is None else asked + step
            if (record - playhead) * way < 0:  # too late: what comes in time is farther ahead
                late = self._lag * abs(self._pace) * model.view.rate / 1_000_000_000
                record = playhead + step * (1 + int(late / abs(step)))
            if abs(record - playhead) > FARTHEST * abs(step):
                return
            if not model.start <= record < model.end:
                return
            self._last_asked = record
            want = self._want(record, f"play{record // step % AHEAD}")
            self._wants.append(want)
            self._advance(want)

    def _show_newest(self) -> None:
        """Show the newest of what was asked for that is there, and whose time has come."""
        if self._of_preview:
            self._show_preview()
            return
        way = (self._pace > 0) - (self._pace < 0)
        for want in reversed(self._wants):
            if want.serial <= self._latest:
                return
            if (want.record - self._selection.playhead) * way > 0:
                continue
            seen = self._state(want)
            if seen is not None:
                self._latest = want.serial
                self._put(seen)
                return

    def _show_preview(self) -> None:
        viewing = self._viewing
        frame = viewing.frame or 0
        words = viewing.words
        source = self._display.compare is Compare.SOURCE
        before = self._preview_side(viewing.seen.before, looked=source)
        after = self._preview_side(viewing.seen.after, looked=not source)
        self._latest = next(self._serials)
        self._put(Seen(frame, after, before, preview=True, words=words))

    def _preview_side(self, seeing: Seeing, *, looked: bool) -> Side:
        image, kind = seeing.image, self._display.wanted_scope if looked else ""
        scope = self._scopes.of(seeing, kind)
        return Side((image,), (image.width(), image.height()), scope=scope)

    def _put(self, seen: Seen) -> None:
        if seen != self.seen:
            self.seen = seen
            self.shown += 1
            if any(one and one.error for one in (seen.result, seen.source)):
                self._again.start()
            else:
                self._again.stop()
            self.changed.emit()
