"""Options that several commands take, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from opticals.media.facts import Interpretation
from opticals.media.write.formats import CHOICES, TARGETS
from opticals.timeline.choosing import Selection
from opticals.timeline.timecode import snap_rate


def frame_rate(text: str) -> Fraction:
    """For options: 25, 23.976 or 24000/1001."""
    try:
        rate = snap_rate(Fraction(text))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise typer.BadParameter(f"“{text}” is no frame rate: write 25 or 24000/1001.")
    return rate


class Place(StrEnum):
    version = "version"
    overlay = "overlay"


class Time(StrEnum):
    fit = "fit"
    ripple = "ripple"


OneShot = Annotated[
    str, typer.Option("--shot", metavar="V1:3", help="A clip's id, or V1@TIMECODE.")
]
Shots = Annotated[
    list[str] | None,
    typer.Option("--shot", metavar="V1:3", help="A clip's id, or V1@TIMECODE; repeatable."),
]
Tracks = Annotated[
    list[str] | None,
    typer.Option(
        "--track",
        metavar="V1",
        help="Every clip of a track, those inside compounds too; with --in and --out of that "
        "range; repeatable.",
    ),
]
SameSource = Annotated[
    list[str] | None,
    typer.Option(
        "--same-source", metavar="V1:3", help="Every clip of the same medium as this one."
    ),
]
MarkerNames = Annotated[
    list[str] | None,
    typer.Option(
        "--marker",
        metavar="NAME",
        help="Every clip with a marker of this name (* and ? stand for anything); of a marker "
        "longer than a frame its range.",
    ),
]
Colours = Annotated[
    list[str] | None,
    typer.Option("--colour", metavar="RED", help="Every clip with a marker of this colour."),
]
MarkIn = Annotated[str | None, typer.Option("--in", metavar="TC", help="First record frame.")]
MarkOut = Annotated[
    str | None, typer.Option("--out", metavar="TC", help="Last record frame, included.")
]
Markers = Annotated[
    bool,
    typer.Option(
        "--markers",
        help="What the markers ask for that say “opticals: EFFECT setting=value” in their name "
        "or comment, instead of --effect.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be rendered, and change nothing.")
]
Later = Annotated[
    bool,
    typer.Option(
        "--later",
        help="Add to the queue instead of rendering now; no new edit is written. The panel places "
        "what was rendered when the edit is open there.",
    ),
]
KeepGoing = Annotated[
    bool,
    typer.Option(
        "--keep-going", help="Write the new edit without the shots that fail, and say which."
    ),
]
To = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="NEW",
        help="The new edit, of any format that can be written. Left out: EDIT_opticals_v001 "
        "beside EDIT, in its format if that can be written, counting up.",
    ),
]
Rate = Annotated[
    Fraction | None,
    typer.Option(
        "--rate",
        parser=frame_rate,
        metavar="FPS",
        help="Of an edit whose format does not say (EDL): 25 or 24000/1001.",
    ),
]
Which = Annotated[
    str | None,
    typer.Option("--sequence", metavar="NAME", help="One of several in a file, or its number."),
]
WrittenBy = Annotated[
    str | None,
    typer.Option(
        "--written-by",
        metavar="PROGRAM",
        help="The program that wrote the edit, where the file does not say and programs differ.",
    ),
]
Overwrite = Annotated[
    bool,
    typer.Option("--overwrite", help="Replace the output if it exists; a backup of it is kept."),
]
Renders = Annotated[
    Path | None,
    typer.Option("--renders", metavar="FOLDER", help="Where renders go. Left out: EDIT.opticals/"),
]
Placing = Annotated[
    Place,
    typer.Option("--place", help="As a new version of the clip, or on a new track above it."),
]
Timing = Annotated[
    Time,
    typer.Option("--time", help="When time changes: keep the record duration, or ripple the edit."),
]
Handles = Annotated[
    int, typer.Option("--handles", min=0, help="Source frames on each side of the range.")
]
Bake = Annotated[
    bool,
    typer.Option(
        "--bake",
        help="One frame for each record frame, at the edit's rate: for programs that do not "
        "understand retimes or mixed rates.",
    ),
]
FormatOption = Annotated[
    str, typer.Option("--format", metavar="|".join(CHOICES), help="What the render is written as.")
]
Device = Annotated[
    str, typer.Option("--device", metavar="auto|cpu|cuda[:N]|mps", help="Where effects run.")
]


class Fields(StrEnum):
    ask = "ask"
    deinterlace = "deinterlace"
    keep = "keep"


class Missing(StrEnum):
    error = "error"
    hold = "hold"
    black = "black"


Container = Annotated[
    str, typer.Option("--container", metavar="mov|mp4|mkv|mxf", help="Left out: the usual one.")
]
Target = Annotated[
    str,
    typer.Option(
        "--for",
        metavar="|".join(TARGETS),
        help="The program that will read the new edit and the renders. Left out: the one that "
        "the edit came from.",
    ),
]
FieldsOption = Annotated[
    Fields, typer.Option("--fields", help="Of interlaced media: one picture of both, or keep them.")
]
ColourSpace = Annotated[
    str,
    typer.Option(
        "--colour-space",
        metavar="NAME",
        help="What the medium is encoded in (pq, hlg, linear, a camera's log or any OCIO space). "
        "Left out: as tagged.",
    ),
]
MissingFrames = Annotated[
    Missing, typer.Option("--missing", help="What stands for frames an image sequence lacks.")
]


def interpretation(fields: Fields, colour_space: str, missing: Missing) -> Interpretation:
    """How the media of a job are to be read."""
    return Interpretation("" if fields is Fields.ask else fields.value, colour_space, missing.value)


def selection(
    shots: Sequence[str] | None,
    tracks: Sequence[str] | None,
    same_source: Sequence[str] | None,
    markers: Sequence[str] | None,
    colours: Sequence[str] | None,
    mark_in: str | None,
    mark_out: str | None,
) -> Selection:
    """What the options that choose clips name."""
    return Selection(
        shots=shots or (),
        tracks=tracks or (),
        mark_in=mark_in or "",
        mark_out=mark_out or "",
        same_source=same_source or (),
        markers=markers or (),
        colours=colours or (),
    )
