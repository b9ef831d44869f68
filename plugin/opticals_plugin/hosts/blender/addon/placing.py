"""Puts renders into the timeline: in a strip's place, in a part of it, or above it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import compat, media, strips, timing, versions
from .client import HostError
from .reading import Reader, effects_on, not_in_place, speed_effects
from .strips import Found

Json = dict[str, Any]

PART = "opticals_part"  # on the pieces of a strip that we cut
_FILES = (("path", "path"), ("first", "first_number"), ("count", "frames"))


def check(order: Json) -> Json:
    """What is asked for, when it is whole.

    Raises:
        HostError: it is not.
    """
    render, offset = order.get("render"), order.get("offset")
    fine = (
        isinstance(order.get("clip"), str)
        and isinstance(render, dict)
        and all(isinstance(render.get(key), str) for key in ("name", "path"))
        and all(_whole(render.get(key)) for key in ("frames", "first", "width", "height"))
        and _pair(render.get("rate"))
        and render["rate"][1] > 0
        and all(_pair(order.get(key)) for key in ("record", "offset"))
        and offset is not None
        and offset[1] > 0
        and order.get("how") in ("version", "overlay")
        and (render.get("first_number") is None or _whole(render["first_number"]))
    )
    if not fine:
        raise HostError("The panel asked for something that Blender does not understand.")
    assert isinstance(render, dict)
    path = Path(render["path"])
    number = render.get("first_number")
    if not (media.picture(str(path), number) if number is not None else path).is_file():
        raise HostError(f"{path.name} is not there any more.", "failed", "Render it again.")
    return render


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_whole(one) for one in value)


class Placing:
    """One render's way into the timeline.

    Attributes:
        messages: what the user should know of it.
    """

    def __init__(self, reader: Reader, editor: Any, order: Json) -> None:
        self.render = check(order)
        self.messages: list[str] = []
        self._reader = reader
        self._editor = editor
        self._order = order
        self._ids = reader.number(editor)
        self._found = list(self._ids.values())

    def place(self, heads: dict[tuple[str, int], float]) -> tuple[str, list[int]]:
        """Place it; the id of the strip that shows it, and its record frames as start, count.

        Args:
            heads: how far in its medium a strip began that was seen with this id at this frame.

        Raises:
            HostError: it cannot be placed.
        """
        id = self._order["clip"]
        one = self._ids.get(id)
        if one is None:
            what = "The strip is not in the timeline any more."
            raise HostError(what, "gone", "Undo what took it away, or place the render by hand.")
        one, start, end = self._where(one, heads)
        if one.locked or _locked_channel(one, self._editor):
            raise HostError(f"{one.strip.name} is locked.", "read-only", "Unlock it.")
        self._tell_moved(one, start)
        time = self._reader.timing(one)
        if why := time.why:
            raise HostError(f"{one.strip.name}: {why}", "unsupported")
        self._check_rate(one, time)
        effect = speed_effects(self._found).get(one.strip.name)
        whole = (start, end) == (compat.left(one.strip), compat.right(one.strip))
        if self._order["how"] == "version":
            why = self._not_in_place(one, effect, time, whole)
            if not why:
                return self._put_in(one, id, start, end), [start, end - start]
            self.messages.append(f"It lies above {one.strip.name}: {why}")
        return self._lay(one, effect, start, end), [start, end - start]

    def _where(self, one: Found, heads: dict[tuple[str, int], float]) -> tuple[Found, int, int]:
        """The strip, and the record frames that the render is for, as they are now."""
        first, length = self._order["offset"]
        was = self._order["record"][0] - first
        head = heads.get((self._order["clip"], was))
        begin = one.start if head is None else versions.origin(one.strip) + head
        start = round(begin) + first
        end = start + length
        if one.start <= start and end <= one.end:
            return one, start, end
        for other in self._found:  # it may have been cut
            same = (
                other.strip.type == one.strip.type
                and head is not None
                and other.metas == one.metas
                and versions.origin(other.strip) == versions.origin(one.strip)
                and _original(other.strip) == _original(one.strip)
            )
            if same and other.start <= start and end <= other.end:
                return other, start, end
        raise HostError(
            f"{one.strip.name} was trimmed: it does not show all of the range now.",
            "trimmed",
            "Make it longer again, or render what it shows now.",
        )

    def _tell_moved(self, one: Found, start: int) -> None:
        moved = start - self._order["record"][0]
        if moved:
            self.messages.append(
                f"{one.strip.name} was moved by {moved:+d} frames; it is placed there."
            )

    def _check_rate(self, one: Found, time: timing.Timing) -> None:
        """A render of a strip that does not show frame after frame has a frame for each record
        frame, at the scene's rate."""
        what = strips.kept(one.strip)
        straight = versions.straight(what["versions"][0]) if what else time.straight
        if not straight and Fraction(*self.render["rate"]) != compat.rate(compat.scene()):
            raise HostError(
                f"{one.strip.name} plays at another speed or rate than its medium, and the render "
                "has not one frame for each frame of the timeline.",
                "unsupported",
                "Render it again with the retime in it.",
            )

    def _not_in_place(self, one: Found, effect: Any, time: timing.Timing, whole: bool) -> str:
        """Why it cannot take the place of the strip's own medium; "" when it can."""
        if why := not_in_place(one.strip, effect, time):
            return why
        if self.render.get("first_number") is not None:
            return "a film cannot become a strip of pictures."
        if not whole and effects_on(self._found, one.strip):
            return "effects hang on it, so it cannot be cut."
        return ""

    # A version in the strip's place.

    def _put_in(self, one: Found, id: str, start: int, end: int) -> str:
        strip = self._piece(one, id, start, end)
        one = Found(strip, one.metas)
        what = versions.versions(strip, self._reader.timing(one), self._reader.rate(one))
        now = versions.of(what, what["shown"])
        assert now is not None
        at = start - self.render["first"] - versions.origin(strip)
        version = self._version(at, versions.rendered(strip, self.render))
        versions.show(strip, now, version)
        held = [each for each in what["versions"] if each["id"] != version["id"]]
        strips.keep(strip, dict(what, shown=version["id"], versions=[*held, version]))
        self._prove(one, start, end)
        return id

    def _version(self, at: float, look: Json) -> Json:
        render = self.render
        place = -Fraction(at)
        return {
            "id": render["name"],
            "media": {key: render.get(name) for key, name in _FILES},
            "rate": render["rate"],
            "at": at,
            "line": [place.numerator, place.denominator, 1, 1],
            "size": [render["width"], render["height"]],
            "look": look,
            "first": render["first"],
        }

    def _prove(self, one: Found, start: int, end: int) -> None:
        """Look at it again: each record frame has to show its frame of the render."""
        time = self._reader.timing(one)
        first = self.render["first"]
        for record in (start, end - 1):
            there = "nothing that is known" if time.why else time.frame(record)
            if there != first + record - start:
                raise HostError(
                    f"Blender shows frame {there} of {self.render['name']} at frame {record} "
                    f"instead of {first + record - start}.",
                    "unsupported",
                    "Nothing was changed. Place it above, or by hand.",
                )

    def _piece(self, one: Found, id: str, start: int, end: int) -> Any:
        """The range as a strip of its own, which keeps the id; the rest of it gets new ones."""
        strip = one.strip
        cuts = []
        part = strips.new()
        if end < compat.right(strip):
            cuts.append(compat.split(strip, end))
        if start > compat.left(strip):
            cuts.append(strip)
            strip = compat.split(strip, start)
        if strip is None or None in cuts:
            raise HostError(f"Blender cannot cut {one.strip.name}.", "failed")
        for rest in cuts:
            strips.give(rest, strips.new())
        if cuts:
            for each in (*cuts, strip):
                each[PART] = part
        strips.give(strip, id)
        return strip

    # Above it.

    def _lay(self, one: Found, effect: Any, start: int, end: int) -> str:
        render = self.render
        holder = one.holder(self._editor)
        beside = list(compat.children(holder))
        begin = start - render["first"]
        over = max(one.strip.channel, effect.channel if effect is not None else 0)
        channel = _free(holder, beside, over, start, end)
        # Blender lays it down at its whole length, and shifts what does not fit.
        wide = _free(holder, beside, over, begin, begin + render["frames"])
        made = self._make(holder, wide, begin)
        versions.settle(made, start, end, channel)
        _dress(made, one.strip, render)
        look = versions.look(made) if made.type == "MOVIE" else {}
        version = self._version(0.0, look)
        what = {"shown": render["name"], "versions": [version], "of": self._order["clip"]}
        strips.keep(made, what)
        self._prove(Found(made, one.metas), start, end)
        id = strips.new()
        strips.give(made, id)
        hidden = [
            other.name for other in beside
            if over < other.channel < channel and other.type != "SOUND" and not other.mute
            and compat.left(other) < end and start < compat.right(other)
        ]  # fmt: skip
        if hidden:
            self.messages.append(f"It lies above {', '.join(hidden)} too.")
        if len(one.strip.modifiers):
            self.messages.append(f"The modifiers of {one.strip.name} are not on it.")
        return id

    def _make(self, holder: Any, channel: int, begin: int) -> Any:
        render, into = self.render, compat.children(holder)
        number = render.get("first_number")
        given = {"name": render["name"], "channel": channel, "frame_start": begin}
        if number is None:
            return into.new_movie(filepath=compat.as_kept(render["path"]), **given)
        files = [media.picture(render["path"], number + n) for n in range(render["frames"])]
        made = into.new_image(filepath=compat.as_kept(str(files[0])), **given)
        for file in files[1:]:
            made.elements.append(file.name)
        return made


def _original(strip: Any) -> str:
    what = strips.kept(strip)
    return str(what["versions"][0]["media"]["path"]) if what else media.of(strip).path


def _locked_channel(one: Found, editor: Any) -> bool:
    channel = compat.channels(one.holder(editor)).get(one.strip.channel)
    return channel is not None and bool(channel.lock)


def _free(holder: Any, beside: Iterable[Any], over: int, start: int, end: int) -> int:
    """The first channel above `over` in which nothing lies over these record frames."""
    taken = {
        other.channel
        for other in beside
        if compat.left(other) < end and start < compat.right(other)
    }
    named = compat.channels(holder)
    for number in range(over + 1, compat.last_channel() + 1):
        channel = named.get(number)
        closed = channel is not None and (channel.lock or channel.mute)
        if number not in taken and not closed:
            return number
    raise HostError(
        "No channel above is free there.", "failed", "Take a strip away, or place a version."
    )


def _dress(made: Any, model: Any, render: Json) -> None:
    """Let a render that lies above look as what it was made from."""
    made.colorspace_settings.name = model.colorspace_settings.name
    made.blend_type = model.blend_type
    made.blend_alpha = model.blend_alpha
    if render.get("alpha"):
        made.alpha_mode = "STRAIGHT"
        if model.blend_type == "REPLACE":
            made.blend_type = "ALPHA_OVER"
    made.use_flip_x, made.use_flip_y = model.use_flip_x, model.use_flip_y
    for name in ("offset_x", "offset_y", "scale_x", "scale_y", "rotation", "origin"):
        setattr(made.transform, name, getattr(model.transform, name))
    for name in ("min_x", "max_x", "min_y", "max_y"):
        setattr(made.crop, name, getattr(model.crop, name))
    versions.fit(made, list(media.size(model)), [render["width"], render["height"]])


def join(editor: Any, one: Found) -> None:
    """Put the pieces that we cut together again round a strip that shows its original."""
    strip = one.strip
    part = strip.get(PART)
    if not part:
        return
    into = compat.children(one.holder(editor))
    start, end, channel = compat.left(strip), compat.right(strip), strip.channel
    for other in list(into):
        near = compat.right(other) == start or compat.left(other) == end
        same = (
            other.get(PART) == part
            and near
            and not strips.kept(other)
            and other.channel == channel
            and other.type == strip.type
            and compat.content(other) == compat.content(strip)
            and media.of(other) == media.of(strip)
        )
        if same:
            start, end = min(start, compat.left(other)), max(end, compat.right(other))
            into.remove(other)
    del strip[PART]
    versions.settle(strip, start, end, channel)
