"""The effect contract: a declaration beside a function.

An effect is one file under `opticals/effects/` (or another package's module, named in the entry
point group `opticals.effects`) that ends in `EFFECT = Effect(...)`. The panel's form, the command
line's options, the documentation and the tests are made from that declaration. The file imports
torch and networks inside functions only: it is read by the panel too.
"""

from __future__ import annotations

import dataclasses
import inspect
import itertools
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from opticals import curve
from opticals.curve import NORMAL, Pace
from opticals.errors import SettingError
from opticals.spelling import guess

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Value = bool | int | float | str
T = TypeVar("T")


class Makes(StrEnum):
    """What comes of an effect."""

    REPLACE = "replace"  # a picture for every frame
    RETIME = "retime"  # pictures at other times than the source's
    MARKERS = "markers"  # places in the edit, and no picture: cuts, which the engine finds itself


class Kind(StrEnum):
    """What a text stands for, so that forms can offer more than a line to type in."""

    TEXT = "text"
    MASK = "mask"  # a file of drawn shapes, or a matte: any medium; see `opticals.masks`
    MEDIUM = "medium"  # a file: a still or a clip
    COLOUR = "colour"  # #rrggbb; the setting's help says in what encoding
    CURVE = "curve"  # points place:value, separated by spaces
    MODEL = "model"  # one of the choices, or the id of any other model

    @property
    def is_file(self) -> bool:
        return self in (Kind.MASK, Kind.MEDIUM)


_WORDS = {
    Kind.MASK: "a file: drawn shapes or a matte",
    Kind.MEDIUM: "a file: a still or a clip",
    Kind.COLOUR: "a colour as #rrggbb",
    Kind.CURVE: "points as place:value, separated by spaces",
    Kind.MODEL: "the id of a model",
}
PIXELS = "px"
# The catalogue's model that finds the cuts which no window may reach across.
CUTS_MODEL = "transnetv2"


@dataclass(frozen=True)
class When:
    """What another setting must be for one to matter. Made by `only` and `unless`.

    Attributes:
        setting: the other one's name.
        values: what it must be one of; with `but`, what it must be none of.
    """

    setting: str
    values: tuple[Value, ...]
    but: bool = False

    def holds(self, values: Mapping[str, Value]) -> bool:
        return (values[self.setting] in self.values) is not self.but


def only(setting: str, *values: Value) -> When:
    """A setting that matters only where another one is one of these values."""
    return When(setting, values)


def unless(setting: str, *values: Value) -> When:
    """A setting that matters unless another one is one of these values."""
    return When(setting, values, but=True)


@dataclass(frozen=True)
class Setting:
    """How one field of a settings class is shown and bounded. An empty text is always allowed
    where it is the default.

    A number whose unit is `PIXELS` is a length in the effect's input; drafts, whose pictures are
    half as wide, hand it to the effect halved. The bounds of a `CURVE` are those of its values.

    `when`: all of it must hold for the setting to change anything. Forms show by it what can be
    left alone; a value that does not matter is no error.
    """

    name: str
    type: type
    default: Value
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: tuple[Value, ...] = ()
    kind: Kind = Kind.TEXT
    when: tuple[When, ...] = ()

    def matters(self, values: Mapping[str, Value]) -> bool:
        """Whether it changes anything under these values of all settings."""
        return all(one.holds(values) for one in self.when)

    def check(self, effect: str, value: object) -> Value:
        """`value` (a string from the command line, or JSON) as this setting's own type.

        Raises:
            SettingError: the value is of another kind, out of bounds, or no choice.
        """
        parsed = self._parse(value)
        if parsed is None or (isinstance(parsed, float) and not math.isfinite(parsed)):
            raise SettingError(
                f"{effect}: “{value}” is no value for {self.name}.", f"{self.name}: {self.allowed}."
            )
        if self.kind is Kind.COLOUR and parsed != self.default and not _is_colour(str(parsed)):
            raise SettingError(
                f"{effect}: {self.name} cannot be “{value}”.", remedy="Write it as #rrggbb."
            )
        if self.kind is Kind.CURVE and parsed != self.default:
            try:
                curve.points(str(parsed))
            except ValueError as error:
                raise SettingError(
                    f"{effect}: {self.name} cannot be “{value}”.",
                    f"{error}.",
                    "Write points as place:value, separated by spaces.",
                ) from error
        if self.choices and self.kind is not Kind.MODEL and parsed not in self.choices:
            raise SettingError(
                f"{effect}: {self.name} cannot be “{value}”.",
                remedy=f"Choose {self.allowed}.",
            )
        if not isinstance(parsed, str) and (
            (self.minimum is not None and parsed < self.minimum)
            or (self.maximum is not None and parsed > self.maximum)
        ):
            raise SettingError(
                f"{effect}: {self.name}={value} is out of bounds.",
                remedy=f"Choose {self.allowed}.",
            )
        return parsed

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        if self.choices:
            also = ", or another model's id" if self.kind is Kind.MODEL else ""
            return "one of " + ", ".join(str(choice) for choice in self.choices) + also
        if self.type is bool:
            return "on or off"
        if self.kind in _WORDS:
            return _WORDS[self.kind]
        kind = {int: "a whole number", float: "a number", str: "text"}[self.type]
        low = "" if self.minimum is None else f" from {self.minimum:g}"
        high = "" if self.maximum is None else f" to {self.maximum:g}"
        return f"{kind}{low}{high}{self.unit and ' ' + self.unit}"

    def _parse(self, value: object) -> Value | None:
        try:
            if self.type is bool:
                if isinstance(value, bool):
                    return value
                words = {"on": True, "true": True, "yes": True, "1": True}
                words |= {"off": False, "false": False, "no": False, "0": False}
                return words.get(str(value).lower())
            if isinstance(value, bool):
                return None
            if self.type is int:
                number = float(str(value))
                return int(number) if number == int(number) else None
            if self.type is float:
                return float(str(value))
            if self.kind.is_file and value:
                return str(Path(str(value)).expanduser().absolute())
            return str(value)
        except (ValueError, OverflowError):
            return None


def setting(
    default: Value,
    label: str,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    unit: str = "",
    choices: Sequence[Value] = (),
    kind: Kind = Kind.TEXT,
    when: Sequence[When] = (),
) -> Any:
    """A field of a settings class: `scale: int = setting(2, "Scale", "...", choices=(2, 4))`."""
    meta = {
        "label": label,
        "help": help,
        "minimum": minimum,
        "maximum": maximum,
        "unit": unit,
        "choices": tuple(choices),
        "kind": kind,
        "when": tuple(when),
    }
    return field(default=default, metadata=meta)


@dataclass(frozen=True)
class Masked:
    """Settings of an effect that works inside a mask; their class derives from this one.

    The effect finds the masks in `Frames.masks`. Where it makes a picture of the same size, the
    engine blends it in by the mask afterwards: outside nothing changes, bit for bit.
    """

    mask: str = setting("", "Mask", "Where it works: drawn shapes, or a matte.", kind=Kind.MASK)
    grow: float = setting(
        0.0,
        "Grow",
        "Widens the mask; below 0 it shrinks.",
        minimum=-100,
        maximum=100,
        unit="px",
        when=(unless("mask", ""),),
    )
    feather: float = setting(
        0.0,
        "Feather",
        "Softens the mask's edge, by half on each side.",
        minimum=0,
        maximum=200,
        unit="px",
        when=(unless("mask", ""),),
    )
    invert: bool = setting(
        False, "Invert", "Works outside the mask instead.", when=(unless("mask", ""),)
    )


class Memory(dict[tuple[str, int], Any]):
    """What an effect remembers of frames, by a name and the frame's index."""

    def forget(self, before: int) -> None:
        """Drop what is of earlier frames."""
        for key in [key for key in self if key[1] < before]:
            del self[key]


@dataclass(frozen=True)
class Frames:
    """A run of consecutive frames of one shot, handed to an effect.

    Attributes:
        pixels: `[T, C, H, W]`, RGB float32, nominal 0..1 in the source's own transfer, never
            clamped (super-whites live above 1), on the context's device. All are numbers: what a
            renderer left as NaN is 0 here, infinity 65504.
        first: index of `pixels[0]` in the effect's input.
        wanted: the times to make, in input frames (whole numbers unless the effect retimes).
            The run covers them and as much of the declared window as the shot has: it never
            reaches across a cut, nor beyond the medium.
        masks: `[T, 1, H, W]` 0..1 beside `pixels`; None where no mask is set.
        found: what the effect's first pass returned.
        place: the medium's own time, in its frames from its first, that an input time shows.
        lasts: input frames from each wanted time to that of the output after it.
        known: of each of `masks`, whether it is its frame's own: beyond the ends of a matte the
            nearest it has is held. Empty: they all are.
    """

    pixels: Tensor
    first: int
    wanted: tuple[Fraction, ...]
    masks: Tensor | None = None
    found: Any = None
    place: Callable[[Fraction | int], Fraction] = Fraction
    memory: Memory = field(default_factory=Memory)
    lasts: tuple[Fraction, ...] = ()
    known: tuple[bool, ...] = ()

    @property
    def last(self) -> int:
        """Index of the last frame of the run."""
        return self.first + self.pixels.shape[0] - 1

    def at(self, index: int) -> Tensor:
        """Input frame `index`, `[C, H, W]`; the nearest one there is at the shot's ends."""
        return self.pixels[self._nearest(index)]

    def mask_at(self, index: int) -> Tensor | None:
        """The mask of frame `index`, `[1, H, W]`."""
        return None if self.masks is None else self.masks[self._nearest(index)]

    def mask_known(self, index: int) -> bool:
        """Whether the mask of frame `index` is its own, and not held from another."""
        return not self.known or self.known[self._nearest(index)]

    def asked(self) -> Tensor:
        """The wanted frames themselves, `[N, C, H, W]`: what `copy` returns."""
        start = int(self.wanted[0]) - self.first
        return self.pixels[start : start + len(self.wanted)]

    def once(self, name: str, index: int, make: Callable[[], T]) -> T:
        """What `make` returned for this name and frame, made once and remembered for as long as
        the frame may be in a window.

        It may depend on the settings and on frames near this one alone, never on which frames
        are wanted: pieces of a shot must come out as the whole does. Inside of an object of its
        own it must not hold views of `pixels`, whose memory is used again.
        """
        if (name, index) not in self.memory:
            self.memory[name, index] = _owned(make(), self.pixels)
        return cast("T", self.memory[name, index])

    def _nearest(self, index: int) -> int:
        return min(max(index, self.first), self.last) - self.first


@dataclass(frozen=True)
class Survey:
    """A whole shot for an effect's first pass.

    Attributes:
        start, stop: the frames of the effect's input that the render may need, `stop` not
            included.
        cuts: those of them that are the first after a cut.
        read: gives every one of them in order, with its index: `[3, H, W]` RGB as in `Frames`,
            as displays show it where the effect is declared `display`. It may be read more than
            once.
    """

    start: int
    stop: int
    cuts: tuple[int, ...]
    read: Callable[[], Iterator[tuple[int, Tensor]]]

    def shots(self) -> Iterator[tuple[int, int, Iterator[tuple[int, Tensor]]]]:
        """Each shot between the cuts: its first frame, the one after its last, and what `read`
        gives of it. One reading serves all, so that each is to be read before the next."""
        edges = (self.start, *self.cuts, self.stop)
        runs = itertools.groupby(self.read(), key=lambda one: bisect_right(self.cuts, one[0]))
        for shot, run in runs:
            yield edges[shot], edges[shot + 1], run


class Clip(Protocol):
    """Another medium that a setting names: a picture to put behind, a shot to match.

    Attributes:
        frames: how many it has; 1 of a still.
        rate: frames per second.
    """

    frames: int
    rate: Fraction

    def at(self, index: int) -> Tensor:
        """Frame `index`, `[3 or 4, H, W]` RGB and straight alpha as in `Frames`; the nearest one
        at its ends."""

    def shown(self, index: int) -> Tensor:
        """Its colours alone as a display shows them, `[3, H, W]`, whatever it is encoded in.

        Where it does not say so itself, it is taken to be in the colour space that was given for
        the rendered medium.
        """


class Context(Protocol):
    """What the engine gives an effect while it runs."""

    @property
    def device(self) -> torch.device: ...

    @property
    def dtype(self) -> torch.dtype:
        """For the inside of networks; frames themselves are float32."""

    @property
    def seed(self) -> int: ...

    def shown(self, pixels: Tensor) -> Tensor:
        """`pixels` as a display shows them, to find something in; those of standard dynamic
        range as they are."""

    @property
    def first(self) -> int:
        """The frame of the medium that the selection begins with."""

    def clip(self, path: str) -> Clip:
        """The medium that a setting of kind `MEDIUM` names, open."""

    def network(self, model: str) -> torch.nn.Module:
        """The network of a model in the catalogue: loaded, in `dtype`, in eval mode, kept."""

    def tiled(
        self,
        run: Callable[[Tensor], Tensor],
        pixels: Tensor,
        *,
        overlap: int,
        scale: int = 1,
        multiple: int = 1,
    ) -> Tensor:
        """`run` on overlapping tiles of `pixels` `[N, C, H, W]`, put together again.

        Tiles are halved when the device runs out of memory. `scale` is the growth of the
        picture in `run`; tile sides are multiples of `multiple` (edges are repeated).
        """

    def progress(self, note: str = "") -> None:
        """Say that work goes on; raises `Cancelled` when the job was stopped."""


Render = Callable[[Frames, Any, Context], "Tensor"]
FirstPass = Callable[[Survey, Any, Context], Any]


@dataclass(frozen=True)
class Effect:
    """The declaration of an effect.

    Attributes:
        id: as typed in commands, `slow_motion`.
        label: as shown to people.
        summary: one sentence on what it does to a picture.
        version: raised whenever its pictures change; part of every segment's hash.
        settings: a frozen dataclass whose fields are made by `setting`.
        render: `(frames, settings, context) -> [N, C, H', W']`, one picture per wanted time.
        makes: what comes of it.
        window: input frames needed (before, after) each wanted time under these settings.
            Engine and tests hold the effect to it.
        alpha: whether it makes an alpha of its own under these settings: `render` then returns
            `[N, 4, H', W']`, colours not multiplied by it.
        first_pass: `(survey, settings, context) -> JSON value`, run once over the whole shot
            before `render`, which finds the value in `Frames.found`.
        looks_first: whether it needs its first pass under these settings.
        scale: growth of the picture's sides under these settings.
        pace: which times of an input with so many frames per second it shows under these
            settings: `Pace.constant(Fraction(1, 2))` is slow motion x2.
        rate: frames per second of what it makes of such an input.
        display: whether it knows pictures as displays show them alone, as a network does that
            was trained on such. Of log, HDR and linear material it is handed that picture, and
            its change is carried into the material's own encoding.
        models: ids of the catalogue's models that it needs with these settings on a device
            type ("cpu", "cuda", "mps").
        moves: whether it moves pixels about, whatever they stand for: of material with alpha it
            is handed that as a fourth channel, which goes along.
        required: names of settings that must not be left at their defaults to render: a mask
            where there is nothing to do without one.
        blended: whether the source shows outside the mask; if not, what the mask means is the
            effect's own: a garbage matte, say.
        chance: whether pictures depend on the recipe's seed.
    """

    id: str
    label: str
    summary: str
    version: int
    settings: type
    render: Render
    makes: Makes = Makes.REPLACE
    window: Callable[[Any], tuple[int, int]] = lambda settings: (0, 0)
    alpha: Callable[[Any], bool] = lambda settings: False
    first_pass: FirstPass | None = None
    looks_first: Callable[[Any], bool] = lambda settings: True
    scale: Callable[[Any], int] = lambda settings: 1
    pace: Callable[[Any, Fraction], Pace] = lambda settings, rate: NORMAL
    rate: Callable[[Any, Fraction], Fraction] = lambda settings, rate: rate
    display: bool = False
    models: Callable[[Any, str], tuple[str, ...]] = lambda settings, device: ()
    moves: bool = False
    required: tuple[str, ...] = ()
    blended: bool = True
    chance: bool = False

    def __post_init__(self) -> None:
        if not (dataclasses.is_dataclass(self.settings) and _frozen(self.settings)):
            raise TypeError(f"{self.id}: settings must be a frozen dataclass")
        if len(inspect.signature(self.render).parameters) != 3:
            raise TypeError(f"{self.id}: render takes (frames, settings, context)")
        names = {one.name for one in self.fields()}
        for one in self.fields():
            one.check(self.id, one.default)
            if unknown := {when.setting for when in one.when} - names:
                raise TypeError(f"{self.id}: {one.name} hangs on the unknown {min(unknown)}")

    @property
    def masked(self) -> bool:
        """Whether it can work inside a mask."""
        return issubclass(self.settings, Masked)

    def temporal(self, settings: Any) -> bool:
        """Whether it looks at other frames than the one it makes, so that cuts matter to it."""
        return self.window(settings) != (0, 0) or self.surveys(settings)

    def surveys(self, settings: Any) -> bool:
        """Whether all of the shot must be seen before any of it can be rendered."""
        return self.first_pass is not None and self.looks_first(settings)

    def fields(self) -> tuple[Setting, ...]:
        """The settings, in the order they are shown: those of the mask come last."""
        common = {one.name for one in dataclasses.fields(Masked)} if self.masked else set()
        found = [
            Setting(
                name=one.name,
                type=type(one.default),
                default=cast("Value", one.default),
                **one.metadata,
            )
            for one in dataclasses.fields(self.settings)
        ]

        def of_mask(one: Setting) -> bool:
            return one.name in common or any(when.setting in common for when in one.when)

        return tuple(sorted(found, key=of_mask))

    def every_model(self) -> tuple[str, ...]:
        """The models it needs under any choices on any device, each once."""
        names = [one.name for one in self.fields() if one.choices]
        found: dict[str, None] = {}
        for chosen in itertools.product(*(one.choices for one in self.fields() if one.choices)):
            settings = self.settings(**dict(zip(names, chosen, strict=True)))
            for device in ("cpu", "cuda", "mps"):
                found |= dict.fromkeys(self.models(settings, device))
            if self.temporal(settings):
                found[CUTS_MODEL] = None
        return tuple(found)

    def configure(self, values: Mapping[str, object]) -> Any:
        """An instance of `settings` from strings or JSON values.

        Raises:
            SettingError: an unknown setting, or a value out of its bounds.
        """
        fields = {one.name: one for one in self.fields()}
        for name in values:
            if name not in fields:
                raise SettingError(
                    f"{self.id} has no setting “{name}”.",
                    remedy=f"{guess(name, fields)}It has: {', '.join(fields) or 'none'}.",
                )
        return self.settings(
            **{name: fields[name].check(self.id, value) for name, value in values.items()}
        )


def _owned(value: Any, pixels: Tensor) -> Any:
    """`value`, copied as far as it lies in the memory of `pixels`, which is used again."""
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_owned(one, pixels) for one in value)
    if isinstance(value, type(pixels)):
        memory = value.untyped_storage().data_ptr()
        return value.clone() if memory == pixels.untyped_storage().data_ptr() else value
    return value


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def _frozen(cls: type) -> bool:
    return bool(getattr(cls, "__dataclass_params__").frozen)  # noqa: B009 - not in the stubs
