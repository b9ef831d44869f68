"""A mask that is drawn: its shapes with their keys, what is selected, and the states before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, QSizeF, Signal

from opticals.masks.shapes import Combine, Ease, Key, Kind, Shape, Shapes
from opticals_ui.masks import geometry

MOST = 200  # states that can be gone back to
_LEAST = {Kind.POLYGON: 3, Kind.CURVE: 2}


@dataclass(frozen=True)
class State:
    shapes: tuple[Shape, ...] = ()
    shape: int | None = None  # the selected one
    points: frozenset[int] = frozenset()  # and those of its points


class Document(QObject):
    """Shapes over the frames of a medium. What is changed at a frame where a shape has no key
    gets one there.

    Attributes:
        frame: of the medium, that is looked at.
        size: of the picture, in pixels.

    Signals:
        changed: anything of it, the selection and the frame too.
        edited: the shapes are others.
    """

    changed = Signal()
    edited = Signal()

    def __init__(self, shapes: Shapes | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = State((shapes or Shapes()).shapes)
        self._before: list[State] = []
        self._after: list[State] = []
        self._held: State | None = None  # that a drag began with
        self.frame = 0
        self.size = QSizeF(1920, 1080)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return self._state.shapes

    @property
    def selected(self) -> int | None:
        """The place of the selected shape among them."""
        return self._state.shape

    @property
    def points(self) -> frozenset[int]:
        """The selected points of the selected shape."""
        return self._state.points

    @property
    def shape(self) -> Shape | None:
        """The selected one."""
        place = self._state.shape
        return None if place is None else self._state.shapes[place]

    @property
    def undoable(self) -> bool:
        return bool(self._before)

    @property
    def redoable(self) -> bool:
        return bool(self._after)

    def key(self, place: int) -> Key:
        """How a shape is at the frame that is looked at."""
        return self.shapes[place].at(self.frame)

    @property
    def keyed(self) -> bool:
        """Whether the selected shape has a key at the frame that is looked at."""
        return self.shape is not None and any(one.frame == self.frame for one in self.shape.keys)

    @property
    def ease(self) -> Ease:
        """How the selected shape goes on from the key at or before this frame."""
        shape = self.shape
        if shape is None:
            return Ease.LINEAR
        place = max(bisect_right([one.frame for one in shape.keys], self.frame) - 1, 0)
        return shape.keys[place].ease

    def look_at(self, frame: int, size: QSizeF) -> None:
        if (frame, size) != (self.frame, self.size):
            self.frame, self.size = frame, size
            self.changed.emit()

    def select(self, place: int | None, points: frozenset[int] = frozenset()) -> None:
        """Select a shape, and points of it; None: nothing."""
        new = replace(self._state, shape=place, points=points)
        if new != self._state:
            self._state = new
            self.changed.emit()

    def next_shape(self, step: int) -> None:
        """Select the shape after or before the selected one."""
        if self.shapes:
            now = self.selected
            first = 0 if step > 0 else len(self.shapes) - 1
            self.select(first if now is None else (now + step) % len(self.shapes))

    def add(self, shape: Shape) -> None:
        """Draw a shape onto those there are; it is the selected one then."""
        self._do(State((*self.shapes, shape), len(self.shapes)))

    def delete(self) -> None:
        """Take out the selected points, else the selected shape."""
        shape = self.shape
        if shape is None:
            return
        least = _LEAST.get(shape.kind, 1)
        if self.points and len(shape.keys[0].points) - len(self.points) >= least:
            keys = tuple(geometry.without_points(one, self.points) for one in shape.keys)
            self._put(replace(shape, keys=keys))
        else:
            self.delete_shape()

    def delete_shape(self) -> None:
        """Take out the selected shape."""
        place = self.selected
        if place is not None:
            left = self.shapes[:place] + self.shapes[place + 1 :]
            self._do(State(left, min(place, len(left) - 1) if left else None))

    def duplicate(self) -> None:
        shape = self.shape
        if shape is not None:
            self.add(shape)

    def move_in_order(self, step: int) -> None:
        """Draw the selected shape later (1) or earlier (-1) than it is."""
        place = self.selected
        if place is None or not 0 <= place + step < len(self.shapes):
            return
        shapes = list(self.shapes)
        shapes.insert(place + step, shapes.pop(place))
        self._do(State(tuple(shapes), place + step))

    def set(
        self,
        *,
        combine: Combine | None = None,
        feather: float | None = None,
        opacity: float | None = None,
        width: float | None = None,
    ) -> None:
        """Change what belongs to the whole of the selected shape."""
        shape = self.shape
        if shape is None:
            return
        given = {"combine": combine, "feather": feather, "opacity": opacity, "width": width}
        new = replace(shape, **{name: one for name, one in given.items() if one is not None})  # type: ignore[arg-type]
        if new != shape:
            self._put(new)

    def insert_point(self, index: int, along: float) -> None:
        """One more point on a side of the selected shape, in all of its keys."""
        shape = self.shape
        if shape is not None:
            keys = tuple(geometry.inserted(shape, one, index, along) for one in shape.keys)
            self._put(replace(shape, keys=keys), frozenset((index + 1,)))

    def change(self, make: Callable[[Shape, Key], Key]) -> None:
        """Change the selected shape at the frame that is looked at; part of a drag, if one has
        begun."""
        shape, place = self.shape, self.selected
        if shape is None or place is None:
            return
        now = self.key(place)
        new = _with_key(shape, self.frame, make(shape, now))
        if new != shape:
            self._put(new, self.points)

    def nudge(self, x: float, y: float) -> None:
        """Move the selected points, else the selected shape, by so many pixels."""
        by, points = QPointF(x, y), self.points
        if points:
            self.change(lambda shape, key: geometry.moved(key, by, self.size, points))
        else:
            self.change(lambda shape, key: geometry.shifted(shape, key, by, self.size))

    def begin_drag(self) -> None:
        """What changes until `end_drag` is one step back."""
        self._held = self._state

    def end_drag(self) -> None:
        held, self._held = self._held, None
        if held is not None and held.shapes != self.shapes:
            self._note(held)
            self.changed.emit()

    def drop_drag(self) -> None:
        """As if it had not begun."""
        held, self._held = self._held, None
        if held is not None and held != self._state:
            self._state = held
            self.edited.emit()
            self.changed.emit()

    def set_key(self) -> None:
        """A key at this frame, as the shape is there."""
        if not self.keyed:
            self.change(lambda shape, key: key)

    def delete_key(self) -> None:
        """Take out the key at this frame; the last one stays."""
        shape = self.shape
        if shape is not None and self.keyed and len(shape.keys) > 1:
            keys = tuple(one for one in shape.keys if one.frame != self.frame)
            self._put(replace(shape, keys=keys))

    def set_ease(self, ease: Ease) -> None:
        """How the selected shape goes on from the key at or before this frame."""
        shape = self.shape
        if shape is None:
            return
        place = max(bisect_right([one.frame for one in shape.keys], self.frame) - 1, 0)
        keys = (
            *shape.keys[:place],
            replace(shape.keys[place], ease=ease),
            *shape.keys[place + 1 :],
        )
        if keys != shape.keys:
            self._put(replace(shape, keys=keys), self.points)

    def next_key(self, step: int) -> int | None:
        """The frame of the nearest key after (1) or before (-1) this frame: of the selected
        shape, else of any."""
        shapes = (self.shape,) if self.shape is not None else self.shapes
        frames = sorted({key.frame for shape in shapes for key in shape.keys})
        place = (
            bisect_right(frames, self.frame) if step > 0 else bisect_left(frames, self.frame) - 1
        )
        return frames[place] if 0 <= place < len(frames) else None

    def undo(self) -> None:
        if self._before:
            self._after.append(self._state)
            self._show(self._before.pop())

    def redo(self) -> None:
        if self._after:
            self._before.append(self._state)
            self._show(self._after.pop())

    def written(self) -> Shapes:
        return Shapes(self.shapes)

    def _put(self, shape: Shape, points: frozenset[int] = frozenset()) -> None:
        place = self.selected
        assert place is not None
        shapes = (*self.shapes[:place], shape, *self.shapes[place + 1 :])
        self._do(State(shapes, place, points))

    def _do(self, new: State) -> None:
        if self._held is None:
            self._note(self._state)
        self._show(new)

    def _note(self, old: State) -> None:
        self._before = [*self._before, old][-MOST:]
        self._after = []

    def _show(self, state: State) -> None:
        self._state = state
        self.edited.emit()
        self.changed.emit()


def _with_key(shape: Shape, frame: int, key: Key) -> Shape:
    """With a key at a frame; what led on from the one before leads on from it too."""
    frames = [one.frame for one in shape.keys]
    place = bisect_left(frames, frame)
    there = place < len(frames) and frames[place] == frame
    ease = shape.keys[place if there else max(place - 1, 0)].ease
    new = Key(frame, key.points, key.angle, ease)
    return replace(shape, keys=(*shape.keys[:place], new, *shape.keys[place + there :]))
