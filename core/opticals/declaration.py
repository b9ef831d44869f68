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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, cast

from opticals.errors import SettingError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Value = bool | int | float | str


class Makes(StrEnum):
    """What comes of an effect."""

    REPLACE = "replace"  # a picture for every frame
    RETIME = "retime"  # pictures at other times than the source's


@dataclass(frozen=True)
class Setting:
    """How one field of a settings class is shown and bounded."""

    name: str
    type: type
    default: Value
    label: str
    help: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    choices: tuple[Value, ...] = ()

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
        if self.choices and parsed not in self.choices:
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
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.type is bool:
            return "on or off"
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
) -> Any:
    """A field of a settings class: `scale: int = setting(2, "Scale", "...", choices=(2, 4))`."""
    meta = {
        "label": label,
        "help": help,
        "minimum": minimum,
        "maximum": maximum,
        "unit": unit,
        "choices": tuple(choices),
    }
    return field(default=default, metadata=meta)


@dataclass(frozen=True)
class Frames:
    """A run of consecutive frames handed to an effect.

    Attributes:
        pixels: `[T, C, H, W]`, RGB float32, nominal 0..1 in the source's own transfer, never
            clamped (super-whites live above 1), on the context's device.
        first: index of `pixels[0]` in the effect's input.
        wanted: the times to make, in input frames (whole numbers unless the effect retimes).
            The run covers them and as much of the declared window as the medium has.
    """

    pixels: Tensor
    first: int
    wanted: tuple[Fraction, ...]

    def at(self, index: int) -> Tensor:
        """Input frame `index`, `[C, H, W]`; the nearest one there is at the medium's ends."""
        last = self.first + self.pixels.shape[0] - 1
        return self.pixels[min(max(index, self.first), last) - self.first]

    def asked(self) -> Tensor:
        """The wanted frames themselves, `[N, C, H, W]`: what `copy` returns."""
        start = int(self.wanted[0]) - self.first
        return self.pixels[start : start + len(self.wanted)]


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
        window: input frames needed (before, after) each wanted time. Engine and tests hold
            the effect to it.
        scale: growth of the picture's sides under these settings.
        speed: input frames per output frame under these settings (1/2 is slow motion x2).
        display: whether it knows pictures as displays show them alone, as a network does that
            was trained on such. Of log, HDR and linear material it is handed that picture, and
            its change is carried into the material's own encoding.
        models: ids of the catalogue's models that it needs with these settings on a device
            type ("cpu", "cuda", "mps").
    """

    id: str
    label: str
    summary: str
    version: int
    settings: type
    render: Render
    makes: Makes = Makes.REPLACE
    window: tuple[int, int] = (0, 0)
    scale: Callable[[Any], int] = lambda settings: 1
    speed: Callable[[Any], Fraction] = lambda settings: Fraction(1)
    display: bool = False
    models: Callable[[Any, str], tuple[str, ...]] = lambda settings, device: ()

    def __post_init__(self) -> None:
        if not (dataclasses.is_dataclass(self.settings) and _frozen(self.settings)):
            raise TypeError(f"{self.id}: settings must be a frozen dataclass")
        if len(inspect.signature(self.render).parameters) != 3:
            raise TypeError(f"{self.id}: render takes (frames, settings, context)")
        for one in self.fields():
            one.check(self.id, one.default)

    def fields(self) -> tuple[Setting, ...]:
        """The settings, in the order they are shown."""
        return tuple(
            Setting(
                name=one.name,
                type=type(one.default),
                default=cast("Value", one.default),
                **one.metadata,
            )
            for one in dataclasses.fields(self.settings)
        )

    def every_model(self) -> tuple[str, ...]:
        """The models it needs under any choices on any device, each once."""
        names = [one.name for one in self.fields() if one.choices]
        found: dict[str, None] = {}
        for chosen in itertools.product(*(one.choices for one in self.fields() if one.choices)):
            settings = self.settings(**dict(zip(names, chosen, strict=True)))
            for device in ("cpu", "cuda", "mps"):
                found |= dict.fromkeys(self.models(settings, device))
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
                    remedy=f"It has: {', '.join(fields) or 'none'}.",
                )
        return self.settings(
            **{name: fields[name].check(self.id, value) for name, value in values.items()}
        )


def _frozen(cls: type) -> bool:
    return bool(getattr(cls, "__dataclass_params__").frozen)  # noqa: B009 - not in the stubs
