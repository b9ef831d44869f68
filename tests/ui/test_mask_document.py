"""Masks as they are drawn: shapes, keys, points, and every step back."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QSizeF

from opticals.masks.drawn import Drawn
from opticals.masks.shapes import Combine, Ease, Key, Kind, Shape, Shapes
from opticals_ui.masks import geometry
from opticals_ui.masks.document import Document
from opticals_ui.masks.tools import Box, Pen, Stroke, grab

SIZE = QSizeF(200, 100)
PLAIN = Shape(Kind.POLYGON, ())
places = st.floats(-0.5, 1.5, allow_nan=False).map(lambda one: round(one, 4))


def box(kind: Kind = Kind.RECTANGLE, frame: int = 0, angle: float = 0.0) -> Shape:
    return Shape(kind, (Key(frame, ((0.5, 0.5), (0.4, 0.6)), angle),))


def triangle(frame: int = 0) -> Shape:
    return Shape(Kind.POLYGON, (Key(frame, ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))),))


def curve() -> Shape:
    pen = Pen()
    for x, y in ((20, 20), (180, 20), (100, 90)):
        pen.press(QPointF(x, y))
        pen.pull(QPointF(x + 15, y + 5))
    found = pen.shape(0, SIZE, PLAIN)
    assert found is not None
    return found


def document(*shapes: Shape) -> Document:
    made = Document(Shapes(shapes))
    made.look_at(0, SIZE)
    return made


@st.composite
def acts(draw: st.DrawFn) -> list[tuple]:
    return draw(
        st.lists(
            st.one_of(
                st.tuples(st.just("add"), st.sampled_from((box(), triangle(), curve()))),
                st.tuples(st.just("select"), st.integers(0, 5)),
                st.tuples(st.just("look"), st.integers(0, 20)),
                st.tuples(st.just("nudge"), places, places),
                st.tuples(st.just("key")),
                st.tuples(st.just("unkey")),
                st.tuples(st.just("ease"), st.sampled_from(list(Ease))),
                st.tuples(st.just("delete")),
                st.tuples(st.just("order"), st.sampled_from((-1, 1))),
                st.tuples(st.just("look of"), st.floats(0, 50), st.floats(0, 1)),
            ),
            max_size=25,
        )
    )


def do(made: Document, act: tuple) -> None:
    name, *more = act
    if name == "add":
        made.add(more[0])
    elif name == "select":
        made.select(more[0] if more[0] < len(made.shapes) else None)
    elif name == "look":
        made.look_at(more[0], SIZE)
    elif name == "nudge":
        made.nudge(*more)
    elif name == "key":
        made.set_key()
    elif name == "unkey":
        made.delete_key()
    elif name == "ease":
        made.set_ease(more[0])
    elif name == "delete":
        made.delete()
    elif name == "order":
        made.move_in_order(more[0])
    else:
        made.set(feather=more[0], opacity=more[1])


@given(acts())
def test_what_is_drawn_can_always_be_written_and_read(what: list[tuple]) -> None:
    made = document()
    for act in what:
        do(made, act)
        text = json.dumps(made.written().to_json())
        assert Shapes.from_json(json.loads(text)) == made.written()
        assert made.selected is None or made.selected < len(made.shapes)


@given(acts())
def test_every_step_can_be_gone_back_and_on_again(what: list[tuple]) -> None:
    made = document()
    for act in what:
        do(made, act)
    last, states = made.shapes, []
    while made.undoable:
        states.append(made.shapes)
        made.undo()
    assert made.shapes == ()
    while made.redoable:
        made.redo()
        assert made.shapes == states.pop()
    assert made.shapes == last


def test_a_change_where_there_is_no_key_makes_one() -> None:
    made = document(triangle())
    made.select(0)
    made.look_at(10, SIZE)
    assert not made.keyed
    made.nudge(20, 10)
    assert [key.frame for key in made.shapes[0].keys] == [0, 10]
    assert made.shapes[0].keys[0].points == triangle().keys[0].points
    assert made.shapes[0].keys[1].points[0] == pytest.approx((0.2, 0.2))
    made.look_at(5, SIZE)
    assert made.key(0).points[0] == pytest.approx((0.15, 0.15))


def test_a_drag_is_one_step_back() -> None:
    made = document(triangle())
    made.select(0)
    made.begin_drag()
    for _ in range(10):
        made.nudge(1, 0)
    made.end_drag()
    made.undo()
    assert made.shapes == (triangle(),)
    assert not made.undoable


def test_a_drag_that_is_dropped_leaves_nothing() -> None:
    made = document(triangle())
    made.select(0)
    made.begin_drag()
    made.nudge(5, 5)
    made.drop_drag()
    assert made.shapes == (triangle(),)
    assert not made.undoable


def test_the_last_key_and_the_least_points_stay() -> None:
    made = document(triangle())
    made.select(0)
    made.delete_key()
    assert len(made.shapes[0].keys) == 1
    made.select(0, frozenset((1,)))
    made.delete()
    assert made.shapes == ()  # a triangle without a corner is none


def test_keys_are_gone_to_in_order() -> None:
    made = document(triangle())
    made.select(0)
    for frame in (12, 30):
        made.look_at(frame, SIZE)
        made.set_key()
    made.look_at(20, SIZE)
    assert (made.next_key(-1), made.next_key(1)) == (12, 30)
    made.look_at(30, SIZE)
    assert made.next_key(1) is None


@settings(max_examples=20)
@given(st.floats(0.05, 0.95), st.integers(0, 2))
def test_a_point_set_on_a_side_leaves_the_outline(along: float, side: int) -> None:
    for shape in (triangle(), curve()):
        key = shape.keys[0]
        more = geometry.inserted(shape, key, side, along)
        before = geometry.outline(shape, key, SIZE)
        after = geometry.outline(shape, more, SIZE)
        for step in range(0, 101, 7):
            at = before.pointAtPercent(step / 100)
            found = geometry.nearest_side(shape, more, at, SIZE)
            assert found[2] < 2.5  # a side of 160 pixels is looked at in 40 places
        assert after.boundingRect().width() == pytest.approx(
            before.boundingRect().width(), abs=0.01
        )


@given(st.floats(-170, 170), st.sampled_from(sorted(geometry.BOX)), st.floats(-30, 30), places)
def test_the_opposite_side_of_a_box_stays(angle: float, name: str, x: float, y: float) -> None:
    shape = box(angle=angle)
    key = shape.keys[0]
    handles = {one.name: one for one in geometry.handles(shape, key, SIZE, frozenset())}
    opposite = {"n": "s", "s": "n", "e": "w", "w": "e"}
    other = "".join(opposite[letter] for letter in name)
    to = handles[name].at + QPointF(x * 0.2, y)
    new = geometry.dragged(shape, key, handles[name], to, SIZE, even=False, apart=False)
    after = {one.name: one for one in geometry.handles(shape, new, SIZE, frozenset())}
    still = after[other].at - handles[other].at
    if new.points[1][0] * 200 > 1 and new.points[1][1] * 100 > 1:  # else it was turned inside out
        assert math.hypot(still.x(), still.y()) < 1e-6 or len(name) == 1


def test_what_is_drawn_is_what_is_rendered() -> None:
    """The outline on the screen and the engine's mask agree, to a pixel at the edge."""
    size = QSizeF(160, 90)
    stroke = Stroke([QPointF(20, 20)], 12.0, erases=False)
    for x in range(21, 120):
        stroke.go_to(QPointF(x, 20 + x / 3))
    for shape in (
        box(angle=30),
        box(Kind.ELLIPSE, angle=-20),
        triangle(),
        curve(),
        stroke.shape(0, size, PLAIN),
    ):
        mask = Drawn(Shapes((shape,)), 90, 160).at(0)[0]
        path = geometry.outline(shape, shape.keys[0], size)
        for row in range(0, 90, 3):
            for column in range(0, 160, 3):
                inside = path.contains(QPointF(column + 0.5, row + 0.5))
                cover = float(mask[row, column])
                if cover in (0.0, 1.0):
                    assert inside == bool(cover), (shape.kind, row, column)


def test_boxes_and_pens_make_what_was_drawn() -> None:
    made = Box(Kind.ELLIPSE, QPointF(50, 20), QPointF(90, 80)).shape(7, SIZE, PLAIN)
    assert made is not None
    assert made.keys[0] == Key(7, ((0.35, 0.5), (0.2, 0.6)))
    centred = Box(Kind.ELLIPSE, QPointF(50, 20), QPointF(60, 25), centred=True, even=True)
    shape = centred.shape(0, SIZE, PLAIN)
    assert shape is not None
    assert shape.keys[0].points[0] == pytest.approx((0.25, 0.2))
    assert shape.keys[0].points[1] == pytest.approx((0.1, 0.2))
    assert Box(Kind.ELLIPSE, QPointF(5, 5), QPointF(5, 5)).shape(0, SIZE, PLAIN) is None
    pen = Pen()
    for x in (10, 50):
        pen.press(QPointF(x, 10))
    assert pen.shape(0, SIZE, PLAIN) is None
    pen.press(QPointF(30, 60))
    corners = pen.shape(0, SIZE, PLAIN)
    assert corners is not None
    assert corners.kind is Kind.POLYGON
    assert curve().kind is Kind.CURVE


def test_handles_are_taken_before_shapes_and_the_topmost_first() -> None:
    made = document(box(), triangle())
    found = grab(made, QPointF(100, 50), 4)
    assert found is not None
    assert found[0] == 1
    made.select(0)
    found = grab(made, QPointF(60, 20), 4)  # the box's upper left corner
    assert found is not None
    assert found[1] is not None
    assert found[1].name == "nw"
    assert grab(made, QPointF(2, 2), 4) is None


def test_an_eraser_takes_away() -> None:
    stroke = Stroke([QPointF(10, 10)], 8.0, erases=True).shape(0, SIZE, PLAIN)
    assert stroke.combine is Combine.SUBTRACT
    assert stroke.width == 8.0
