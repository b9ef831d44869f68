"""Shapes drawn with keyframes, as data: what the panel draws and writes, and masks are made of.

    {"opticals_mask": 1, "shapes": [
      {"kind": "ellipse", "combine": "add", "feather": 8, "opacity": 1, "keys": [
        {"frame": 0, "centre": [0.4, 0.5], "size": [0.2, 0.3], "angle": 0},
        {"frame": 24, "centre": [0.6, 0.5], "size": [0.2, 0.3], "angle": 15, "ease": "smooth"}]}]}

Places are fractions of the picture, 0, 0 being the outer corner at its top left and 1, 1 that at
its bottom right; shapes may reach beyond. Frames are the medium's own, counted from its first.
Before its first key and after its last a shape holds still. Standard library alone.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from opticals.errors import MediaError

T = TypeVar("T", bound=StrEnum)

SUFFIX = ".json"
VERSION = 1

_LARGEST_FILE = 64 << 20  # bytes
_FURTHEST = 16.0  # widths or heights of the picture that a place may lie from its corner
_LARGEST_PIXELS = 10_000.0
_WIDEST = 8000.0  # pixels of a stroke: OpenCV's thickest line, drawn four times as large, is 32767


class Kind(StrEnum):
    """What a shape is, and so what its keys hold."""

    POLYGON = "polygon"  # points: three or more [x, y]
    CURVE = (
        "curve"  # points: two or more of a closed Bézier curve, [x, y, in x, in y, out x, out y]
    )
    RECTANGLE = "rectangle"  # centre [x, y], size [width, height], angle
    ELLIPSE = "ellipse"  # the same
    STROKE = "stroke"  # points: one or more [x, y], drawn along with a round brush

    @property
    def boxed(self) -> bool:
        return self in (Kind.RECTANGLE, Kind.ELLIPSE)


class Combine(StrEnum):
    """What a shape does to those before it."""

    ADD = "add"
    SUBTRACT = "subtract"


class Ease(StrEnum):
    """How a shape moves from a key to the next."""

    LINEAR = "linear"
    SMOOTH = "smooth"  # starts and ends slowly
    HOLD = "hold"  # stays until the next


_LEAST = {Kind.POLYGON: 3, Kind.CURVE: 2, Kind.STROKE: 1}


@dataclass(frozen=True)
class Key:
    """A shape at a frame.

    Attributes:
        points: the points; of a rectangle or ellipse its centre and its size.
        angle: degrees that a rectangle or ellipse is turned clockwise, on the screen.
        ease: the way to the next key.
    """

    frame: int
    points: tuple[tuple[float, ...], ...]
    angle: float = 0.0
    ease: Ease = Ease.LINEAR


@dataclass(frozen=True)
class Shape:
    """One shape.

    Attributes:
        feather: over how many pixels its edge is softened, half of them on each side.
        opacity: 0..1.
        width: of a stroke, in pixels.
        keys: in rising order of their frames, with the same number of points each.
    """

    kind: Kind
    keys: tuple[Key, ...]
    combine: Combine = Combine.ADD
    feather: float = 0.0
    opacity: float = 1.0
    width: float = 20.0

    def at(self, frame: int) -> Key:
        """The shape at a frame, between its keys and beyond them."""
        after = bisect_right([key.frame for key in self.keys], frame)
        before = self.keys[max(after - 1, 0)]
        if after in (0, len(self.keys)) or before.ease is Ease.HOLD:
            return Key(0, before.points, before.angle)
        to = self.keys[after]
        part = (frame - before.frame) / (to.frame - before.frame)
        if before.ease is Ease.SMOOTH:
            part = part * part * (3 - 2 * part)
        points = tuple(
            tuple(one + part * (other - one) for one, other in zip(*pair, strict=True))
            for pair in zip(before.points, to.points, strict=True)
        )
        return Key(0, points, before.angle + part * (to.angle - before.angle))


@dataclass(frozen=True)
class Shapes:
    """Shapes, each drawn onto those before it. None at all is an empty mask."""

    shapes: tuple[Shape, ...] = ()

    @staticmethod
    def read(path: str | Path) -> Shapes:
        """The shapes of a file.

        Raises:
            MediaError: it is not there, or is not as this module describes it.
        """
        path = Path(path)
        try:
            with path.open("rb") as file:
                text = file.read(_LARGEST_FILE + 1)
        except OSError as error:
            raise MediaError.wrap(
                f"The mask {path} cannot be read.", error, "Check the path, or draw it again."
            ) from error
        if len(text) > _LARGEST_FILE:
            raise _wrong(f"{path}: the file", f"is larger than {_LARGEST_FILE >> 20} MiB")
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise MediaError.wrap(
                f"The mask {path} is not written as drawn shapes are.",
                error,
                "Draw it again; a matte is named by its own file.",
            ) from error
        return Shapes.from_json(data, str(path))

    @staticmethod
    def from_json(data: object, name: str = "the mask") -> Shapes:
        """The shapes that `to_json` wrote; `name` is what errors call them.

        Raises:
            MediaError: what is wrong, naming the shape and the key.
        """
        if not isinstance(data, dict) or data.get("opticals_mask") != VERSION:
            raise _wrong(name, f"does not begin as drawn shapes do (“opticals_mask”: {VERSION})")
        known = _fields(data, name, required=("shapes",), optional=("opticals_mask",))
        shapes = _list(known["shapes"], f"{name}: “shapes”")
        return Shapes(tuple(_shape(one, f"{name}: shape {n}") for n, one in enumerate(shapes, 1)))

    def to_json(self) -> dict[str, Any]:
        """As plain data, for `json.dump`."""
        return {"opticals_mask": VERSION, "shapes": [_written(one) for one in self.shapes]}


def _shape(data: object, name: str) -> Shape:
    optional = ("combine", "feather", "opacity", "width")
    values = _fields(data, name, required=("kind", "keys"), optional=optional)
    kind = _choice(Kind, values["kind"], f"{name}: “kind”")
    name = f"{name} ({kind})"
    if "width" in values and kind is not Kind.STROKE:
        raise _wrong(f"{name}: “width”", "is of a stroke alone")
    keys = [
        _key(one, kind, f"{name}, key {n}")
        for n, one in enumerate(_list(values["keys"], f"{name}: “keys”"), 1)
    ]
    if not keys:
        raise _wrong(name, "has no keys")
    for number, (key, after) in enumerate(pairwise(keys), 2):
        if after.frame <= key.frame:
            raise _wrong(f"{name}, key {number}", f"is not after frame {key.frame}")
        if len(after.points) != len(key.points):
            raise _wrong(
                f"{name}, key {number}",
                f"has {len(after.points)} points, the one before it {len(key.points)}",
            )
    return Shape(
        kind,
        tuple(keys),
        _choice(Combine, values.get("combine", Combine.ADD), f"{name}: “combine”"),
        _number(values.get("feather", 0.0), 0, _LARGEST_PIXELS, f"{name}: “feather”"),
        _number(values.get("opacity", 1.0), 0, 1, f"{name}: “opacity”"),
        _number(values.get("width", 20.0), 0, _WIDEST, f"{name}: “width”"),
    )


def _key(data: object, kind: Kind, name: str) -> Key:
    places: tuple[str, ...] = ("centre", "size") if kind.boxed else ("points",)
    optional = ("angle", "ease") if kind.boxed else ("ease",)
    values = _fields(data, name, required=("frame", *places), optional=optional)
    frame = values["frame"]
    if type(frame) is not int or abs(frame) > 1 << 40:
        raise _wrong(f"{name}: “frame”", "is not a whole number")
    if kind.boxed:
        points = [_place(values[one], 2, f"{name}: “{one}”") for one in places]
    else:
        length = 6 if kind is Kind.CURVE else 2
        rows = _list(values["points"], f"{name}: “points”")
        points = [_place(one, length, f"{name}, point {n}") for n, one in enumerate(rows, 1)]
        if len(points) < _LEAST[kind]:
            raise _wrong(name, f"has {len(points)} points, needs {_LEAST[kind]} or more")
    return Key(
        frame,
        tuple(points),
        _number(values.get("angle", 0.0), -36_000, 36_000, f"{name}: “angle”"),
        _choice(Ease, values.get("ease", Ease.LINEAR), f"{name}: “ease”"),
    )


def _written(shape: Shape) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": str(shape.kind),
        "combine": str(shape.combine),
        "feather": shape.feather,
        "opacity": shape.opacity,
    }
    if shape.kind is Kind.STROKE:
        data["width"] = shape.width
    data["keys"] = []
    for key in shape.keys:
        points = [list(point) for point in key.points]
        boxed = {"centre": points[0], "size": points[-1], "angle": key.angle}
        where = boxed if shape.kind.boxed else {"points": points}
        data["keys"].append({"frame": key.frame, **where, "ease": str(key.ease)})
    return data


def _fields(
    data: object, name: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _wrong(name, "is not an object")
    for one in required:
        if one not in data:
            raise _wrong(name, f"has no “{one}”")
    for one in data:
        if one not in required + optional:
            raise _wrong(name, f"has “{one}”, which nothing is known of")
    return data


def _list(data: object, name: str) -> list[Any]:
    if not isinstance(data, list):
        raise _wrong(name, "is not a list")
    return data


def _choice(kind: type[T], value: object, name: str) -> T:
    if value not in list(kind):
        raise _wrong(name, f"is “{value}”, which is none of {', '.join(kind)}")
    return kind(str(value))


def _number(value: object, low: float, high: float, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name, "is not a number")
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        number = math.inf
    if not math.isfinite(number):
        raise _wrong(name, "is not a number")
    if not low <= number <= high:
        raise _wrong(name, f"is {number:g}, outside {low:g} to {high:g}")
    return number


def _place(value: object, length: int, name: str) -> tuple[float, ...]:
    numbers = _list(value, name)
    if len(numbers) != length:
        raise _wrong(name, f"has {len(numbers)} numbers, not {length}")
    return tuple(_number(one, -_FURTHEST, _FURTHEST, name) for one in numbers)


def _wrong(what: str, why: str) -> MediaError:
    what = what[0].upper() + what[1:]
    return MediaError(f"{what} {why}.", remedy="Draw it again, or correct the file.")
