"""The commands that look and change nothing: shots, effects, verify, doctor; and panel, demo."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opticals import catalog
from opticals.cli import say
from opticals.cli.options import Rate, Which, WrittenBy, frame_rate
from opticals.declaration import Effect
from opticals.timeline.timecode import can_drop, timecode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opticals.timeline.edit import Edit
    from opticals.timeline.listing import ItemView, TrackView


@say.command
def shots(
    edit: say.EditFile,
    rate: Rate = None,
    sequence: Which = None,
    written_by: WrittenBy = None,
    as_json: say.Json = False,
) -> None:
    """The clips of an edit with their ids, timecodes and the state of their media.

    V1:3 is the third clip of the lowest video track; gaps and transitions are not counted. Below
    a compound stand the clips inside it: V1:3/V1:2 is the second on the lowest track of V1:3.

    \b
    Example:
      opticals shots cut.otio
    """
    from opticals.cli import opening

    opened = opening.opened(edit, rate, sequence, written_by)
    rows = [_shot(opened, item) for track in opened.tracks() for item in _items(track)]
    if as_json:
        say.document({"edit": str(edit), "rate": str(opened.rate), "shots": rows})
        return
    say.table(
        (
            *("shot", "name", "record in", "record out", "frames", "speed"),
            *("source in", "source out", "markers", "media"),
        ),
        [_cells(row) for row in rows],
        title=f"{edit.name} · {float(opened.rate):g} fps",
    )


def _items(track: TrackView) -> Iterator[ItemView]:
    """What a track holds, each compound followed by what is inside it."""
    for item in track.items:
        if item.id:
            yield item
        for inner in item.inside:
            yield from _items(inner)


def _shot(edit: Edit, item: ItemView) -> dict[str, Any]:
    """A clip for programs; `speed` and the rate are fractions, null where the speed varies."""
    last = item.frames - 1
    state = item.media.value if item.media is not None else item.kind.value
    if item.version:
        state = f"render {item.version}" + ("" if state == "online" else f", {state}")
    if item.damaged:
        state += ", its notes of renders are damaged"
    hidden, source, end = item.frames <= 0, item.source, None
    if source is not None and item.speed is not None:
        pace = abs(item.speed) * item.source_rate / edit.rate
        end = source + max(0, int(last * pace))
    drop = edit.drop_frame and can_drop(item.source_rate)

    def label(frame: int) -> str:
        return timecode(frame, item.source_rate, drop)

    return {
        "id": item.id,
        "name": item.name,
        "kind": item.kind.value,
        "record_in": "-" if hidden else edit.timecode(item.record),
        "record_out": "-" if hidden else edit.timecode(item.record + last),
        "frames": item.frames,
        "speed": None if item.speed is None else str(item.speed),
        "source_in": "-" if source is None else label(source),
        "source_out": "-" if end is None else label(end),
        "markers": [{"name": name, "colour": colour} for name, colour in item.markers],
        "media": state if item.enabled else f"{state}, disabled",
        "file": str(item.path) if item.path else None,
        "version": item.version,
        "versions": list(item.versions),
    }


def _cells(row: dict[str, Any]) -> list[str]:
    """A clip as the table shows it, those inside compounds indented."""
    markers = (
        one["name"] + (f" ({one['colour'].lower()})" if one["colour"] else "")
        for one in row["markers"]
    )
    shown = {
        **row,
        "id": "  " * row["id"].count("/") + row["id"],
        "speed": _speed(row["speed"]),
        "markers": ", ".join(one.strip() for one in markers),
    }
    first = ("id", "name", "record_in", "record_out", "frames", "speed")
    return [str(shown[key]) for key in (*first, "source_in", "source_out", "markers", "media")]


def _speed(speed: str | None) -> str:
    """In per cent; nothing at normal speed."""
    if speed is None:
        return "varies"
    number = Fraction(speed)
    if number == 0:
        return "freeze"
    return "" if number == 1 else f"{float(number * 100):.6g} %"


@say.command
def effects(
    effect: Annotated[str | None, typer.Argument(metavar="[ID]", help="One effect.")] = None,
    as_json: say.Json = False,
) -> None:
    """What effects there are, with settings, models and licences.

    \b
    Examples:
      opticals effects
      opticals effects slow_motion
    """
    chosen = [catalog.find(effect)] if effect else list(catalog.all_effects().values())
    facts = [_facts(one) for one in chosen]
    if as_json:
        say.document(facts[0] if effect else facts)
        return
    for one in facts:
        say.out(f"{one['id']}: {one['summary']}")
        for field in one["settings"]:
            say.out(f"    {field['name']}={field['default']}  {field['allowed']}. {field['help']}")
        for model in one["models"]:
            here = "installed" if model["installed"] else "not installed"
            say.out(f"    model {model['id']} · {model['licence']} · {here}")
    for left_out in () if effect else catalog.broken():
        say.out(f"{left_out.entry} of {left_out.package} is left out: {left_out.error}")


def _facts(effect: Effect) -> dict[str, Any]:
    from opticals.models import catalogue, store

    models = [catalogue.find(model) for model in effect.every_model()]
    return {
        "id": effect.id,
        "label": effect.label,
        "summary": effect.summary,
        "version": effect.version,
        "makes": effect.makes.value,
        "settings": [
            {
                "name": field.name,
                "label": field.label,
                "default": field.default,
                "allowed": field.allowed,
                "choices": list(field.choices),
                "minimum": field.minimum,
                "maximum": field.maximum,
                "unit": field.unit,
                "help": field.help,
            }
            for field in effect.fields()
        ],
        "models": [
            {
                "id": model.id,
                "licence": model.licence,
                "commercial": model.commercial,
                "installed": store.installed(model.id),
            }
            for model in models
        ],
    }


@say.command
def verify(
    file: Annotated[Path, typer.Argument(metavar="RENDER|EDIT", help="A render, or an edit.")],
    as_json: say.Json = False,
) -> None:
    """Decode renders again and prove the frame contract: one render, or all those of an edit.

    \b
    Examples:
      opticals verify cut.opticals/V1-3_upscale_v001.mov
      opticals verify cut_opticals_v001.otio
    """
    from opticals.rendering.reverify import reverify

    with say.progress(file.name) as update:
        reports = reverify(file, lambda done, total: update("verify", done, total, ""))
    if as_json:
        say.document([report.to_json() for report in reports])
    else:
        for report in reports:
            rows = [
                ("ok" if point.ok else "NOT KEPT", point.name, point.expected, point.found)
                for point in report.points
            ]
            say.table(("", "point", "expected", "found"), rows, title=str(report.path))
            if report.error is not None:
                say.failure(report.error)
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


@say.command
def doctor(as_json: say.Json = False) -> None:
    """What this machine has and lacks for Opticals, and how to get what is missing.

    \b
    Example:
      opticals doctor
    """
    from opticals.doctor import examine

    findings = examine()
    if as_json:
        say.document([finding.to_json() for finding in findings])
    else:
        say.table(
            ("", "what", "found", "to do"),
            [(one.state.value, one.name, one.found, one.remedy) for one in findings],
        )
    if any(one.state == "missing" for one in findings):
        raise typer.Exit(1)


@say.command
def panel(
    edit: Annotated[Path | None, typer.Argument(metavar="[EDIT]", help="An edit to open.")] = None,
    host: Annotated[
        bool, typer.Option("--host", help="Listen for an editing program, and show what it holds.")
    ] = False,
    as_json: say.Json = False,
) -> None:
    """Open the panel, with an edit if one is named.

    \b
    Examples:
      opticals
      opticals panel cut.otio
    """
    # A process of its own: the engine's side of the command line knows no Qt.
    command = [sys.executable, "-P", "-m", "opticals_plugin"]
    command += ["--host"] if host else [str(edit)] if edit is not None else []
    if os.name == "posix" and not as_json:
        sys.stdout.flush()
        os.execv(sys.executable, command)  # its own signals, its own process id
    status = subprocess.call(command)
    if as_json:
        say.document({"status": status})
    raise typer.Exit(status)


@say.command
def probe(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A film, or a sequence by one of its files.")
    ],
    rate: Annotated[
        Fraction | None,
        typer.Option(
            parser=frame_rate,
            metavar="FPS",
            help="Of a sequence, as its edit has it: 25 or 24000/1001.",
        ),
    ] = None,
    as_json: say.Json = False,
) -> None:
    """What a medium is: codec, size, depth, colour, rate, length, timecode, sound; and what has
    to be chosen before it is rendered from.

    \b
    Example:
      opticals probe A001_C003.mov
    """
    from opticals.media.read.probe import probe as look_into
    from opticals.media.words import described

    media = look_into(file, rate)
    if as_json:
        say.document(media.to_json())
        return
    say.table(("medium", media.path), described(media))


@say.command
def demo(
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the demonstration is written.")
    ] = Path("demo"),
    as_json: say.Json = False,
) -> None:
    """The main job on real footage: fetch two films, cut an edit, render, place, verify.

    \b
    Example:
      opticals demo
    """
    from opticals import demo as demonstration

    demonstration.run(folder, as_json=as_json)
