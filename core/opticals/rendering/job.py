"""What is asked of the worker and what comes back. Plain data, JSON both ways."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from opticals.errors import OutputError
from opticals.media.facts import AS_TAGGED, Interpretation
from opticals.media.sequence import numbering
from opticals.media.write.formats import DEFAULT_FORMAT
from opticals.recipe import Recipe
from opticals.timeline.shot import Shot

HANDLES = 12


def renders_folder(edit: str | Path) -> Path:
    """Where the renders of an edit go: `<edit name>.opticals/` beside it.

    The edits that come of it by default (`<edit name>_opticals_v002.otio`) share its folder.

    Raises:
        OutputError: the edit was never saved, so there is no place beside it.
    """
    if not str(edit):
        raise OutputError(
            "The edit has no file yet, so there is no place beside it for renders.",
            remedy="Save the edit first, or name a folder.",
        )
    path = Path(edit).absolute()
    return path.with_name(f"{base_edit(path)}.opticals")


def base_edit(path: Path) -> str:
    """The name of the edit that an edit comes from: `cut` for `cut_opticals_v002.otio`, and for
    `cut.edl.master.otio`."""
    name = re.sub(r"(\.(otio[zd]|edl|xml|fcpxml|aaf|kdenlive|mlt|xges))?\.master$", "", path.stem)
    return re.sub(r"_opticals_v\d{3,}$", "", name)


@dataclass(frozen=True)
class Output:
    """Where and how a render is written.

    Attributes:
        folder: the folder for the render and its sidecar, made absolute.
        format: of `opticals.media.write.formats.CHOICES`.
        handles: source frames wanted on each side of the selection; record frames if baked.
        draft: half size with TEMP burned in, to be replaced by the final.
        name: what the file is called after instead of the recipe ("plate").
        container: the one to use of those that the format can be in; "" its usual one.
        target: the program that the render is for ("resolve", ...); it decides what the
            programs read differently, such as whether alpha is premultiplied.
        bake: whether the render has one frame for each record frame, its clip's retime done and
            at the edit's rate. Where that is how the medium lies anyway, it changes nothing.
    """

    folder: Path
    format: str = DEFAULT_FORMAT
    handles: int = HANDLES
    draft: bool = False
    name: str = ""
    container: str = ""
    target: str = "generic"
    bake: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", self.folder.absolute())

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "folder": str(self.folder)}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Output:
        return Output(**{**data, "folder": Path(data["folder"])})


@dataclass(frozen=True)
class Job:
    """One shot to render. `device` is auto, cpu, mps, cuda or cuda:N; `interpretation` says how
    to read its medium where that leaves it open."""

    shot: Shot
    recipe: Recipe
    output: Output
    device: str = "auto"
    interpretation: Interpretation = AS_TAGGED
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "shot": self.shot.to_json(),
            "recipe": self.recipe.to_json(),
            "output": self.output.to_json(),
            "device": self.device,
            "interpretation": self.interpretation.to_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Job:
        return Job(
            Shot.from_json(data["shot"]),
            Recipe.from_json(data["recipe"]),
            Output.from_json(data["output"]),
            data["device"],
            Interpretation.from_json(data["interpretation"]),
            data["id"],
        )


def sidecar_of(path: Path) -> Path:
    """Where the sidecar of a medium stands."""
    if numbering.is_pattern(path):
        return path.parent.with_name(f"{path.parent.name}.json")
    return path.with_suffix(".json")


@dataclass(frozen=True)
class Render:
    """A verified medium made from a shot and a recipe. Its sidecar holds this as JSON.

    Attributes:
        path: the medium; of a sequence its printf pattern, in a folder of its own. The sidecar
            stands beside the file or the folder, with the suffix `.json`.
        shot, recipe: what it was made from.
        frames: frames in the file, handles included: of the medium, as the recipe makes them,
            with which the clip's retime goes on; of a baked render those of the record track.
        head: frames before the one that shows the selection's first.
        selected: frames that stand for the selection (twice the shot's for slow motion x2).
        rate: frames per second: the medium's; the edit's of a baked render.
        width, height: of the picture in pixels.
        start: timecode of the file's first frame, as a frame number; drop_frame its counting.
        format: an id of `FORMATS`.
        draft: whether it waits to be replaced by a final.
        baked: whether it shows the frames of the record track, one by one.
        first_number: in the name of a sequence's first file.
        details: everything else worth keeping: models with hashes, library versions, source
            identity, device and precision, losses announced, the report of the verification.
    """

    path: Path
    shot: Shot
    recipe: Recipe
    frames: int
    head: int
    selected: int
    rate: Fraction
    width: int
    height: int
    start: int
    drop_frame: bool
    format: str
    draft: bool = False
    baked: bool = False
    first_number: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`V1-3_upscale_v001`: also its tape name, so that no conform takes it for a source."""
        return numbering.name_of(self.path)

    @property
    def sidecar(self) -> Path:
        return sidecar_of(self.path)

    def to_json(self) -> dict[str, Any]:
        return {
            **vars(self),
            "path": str(self.path),
            # What else the edit held then is of no use later, and grows with each render.
            "shot": replace(self.shot, taken=()).to_json(),
            "recipe": self.recipe.to_json(),
            "rate": str(self.rate),
            "details": dict(self.details),
        }

    def brief(self) -> dict[str, Any]:
        """`to_json` without what only the sidecar need hold: each frame's fingerprint."""
        details = {key: value for key, value in self.details.items() if key != "verified"}
        if "contract" in details:
            details["contract"] = {**details["contract"], "prints": []}
        return {**self.to_json(), "details": details}

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Render:
        return Render(
            **{
                **data,
                "path": Path(data["path"]),
                "shot": Shot.from_json(data["shot"]),
                "recipe": Recipe.from_json(data["recipe"]),
                "rate": Fraction(data["rate"]),
            }
        )
