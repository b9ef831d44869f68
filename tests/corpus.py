"""`make corpus`: every edit of a corpus opened, a render placed on each of its clips, written, and
read back; the table of `docs/corpus.md`.

The corpus' media are offline, so that the renders placed are descriptions of films: what is
proved here is the edit.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from opticals.errors import OpticalsError
from opticals.rendering.job import Render
from opticals.timeline import dialects, formats, reading
from opticals.timeline.edit import Edit
from opticals.timeline.shot import Shot
from tests.core.edits import render_of

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("OPTICALS_CORPUS") or ROOT.parent / "shared" / "corpus")
# What a user would be asked for, and says.
ANSWERS: dict[str, dict[str, Any]] = {
    "cmx3600__avid_example.edl": {"rate": Fraction(24)},
    "cmx3600__cdl.edl": {"rate": Fraction(24)},
    "cmx3600__dissolve_test_2.edl": {"rate": Fraction(24)},
    "fcpx-xml__fcpx_event.fcpxml": {"sequence": "1"},
    "otio__nested_example.otio": {"written_by": "generic"},
}


@dataclass
class Row:
    """What became of one edit."""

    file: str
    asked: str = ""
    program: str = ""
    rate: str = ""
    start: str = ""
    clips: int = 0
    taken: int = 0
    tried: int = 0
    otio: int = 0
    own: int = 0
    writes: bool = False
    wrong: list[str] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)

    def cells(self) -> tuple[str, ...]:
        return (
            self.file,
            self.program,
            self.rate,
            self.start,
            f"{self.taken} of {self.clips}",
            f"{self.otio} of {self.tried}",
            f"{self.own} of {self.tried}" if self.writes else "-",
            "; ".join(
                [
                    *([f"asked for {self.asked}"] if self.asked else []),
                    *(f"{text}" + (f" (x{n})" if n > 1 else "") for text, n in self.why.items()),
                ]
            ),
        )


def files() -> list[Path]:
    return sorted(one for one in CORPUS.glob("*.*") if one.suffix != ".md")


def examine(path: Path, folder: Path, every: int = 1) -> Row:
    """Open one edit, and place on every `every`th of its clips."""
    row = Row(path.name, _asked(path))
    row.writes = formats.of(path).writes
    try:
        edit = Edit.open(path, **ANSWERS.get(path.name, {}))
    except OpticalsError as error:
        row.why[_said(error)] += 1
        return row
    row.program, row.rate, row.start = (
        edit.program,
        f"{float(edit.rate):g}",
        edit.timecode(edit.start),
    )
    _name_media(edit)
    clips = edit.clips()
    assert len(edit.tracks()) == len(edit.lanes())
    row.clips = len(clips)
    for number, (lane, slot) in enumerate(clips):
        try:
            shot = reading.take(lane, slot, edit.counting, offline=True)
        except OpticalsError as error:
            row.why[f"{slot.id}: {_said(error)}"] += 1
            continue
        row.taken += 1
        if number % every:
            continue
        row.tried += 1
        _place(edit, shot, path, folder / str(number), row)
    return row


def _place(edit: Edit, shot: Shot, path: Path, folder: Path, row: Row) -> None:
    folder.mkdir(parents=True)
    before = stands(edit)
    try:
        placement = edit.place(_render(shot))
    except OpticalsError as error:
        row.why[f"{shot.id}: {_said(error)}"] += 1
        return
    try:
        if stands(edit) != before:
            row.wrong.append(f"{shot.id}: the placement moved clips")
        for suffix in dict.fromkeys((".otio", path.suffix)):
            own = suffix != ".otio"
            if own and not row.writes:
                continue
            target = folder / f"{'own' if own else 'cut'}{suffix}"
            try:
                edit.save(target)
                back = Edit.open(target, rate=edit.rate)
            except OpticalsError as error:
                row.why[f"as {suffix}: {_said(error)}"] += 1
                continue
            if (found := stands(back)) != before:
                row.wrong.append(f"{shot.id} in {suffix}: {set(before) ^ set(found)}")
            if not any("_x_v001" in url for url in media(back)):
                row.wrong.append(f"{shot.id} in {suffix}: the render is not there")
            if own:
                row.own += 1
            else:
                row.otio += 1
        if path.suffix == ".otio":
            row.own = row.otio
    finally:
        placement.undo()


def _render(shot: Shot) -> Render:
    """As the engine would make it, with handles as far as the medium goes."""
    known = shot.media_frames
    head, tail = shot.handles(12, shot.first + shot.frames + 12 if known is None else known)
    frames = {"frames": head + shot.frames + tail, "head": head}
    return render_of(shot, start=shot.media_start + shot.first - head, **frames)


def stands(edit: Edit) -> list[tuple[str, int, int]]:
    """Every video clip: the track it is on, and the record frames that show it."""
    return [(lane.id, *lane.record(slot)) for lane, slot in edit.clips()]


def media(edit: Edit) -> Iterator[str]:
    for _lane, slot in edit.clips():
        yield str(getattr(slot.item.media_reference, "target_url", ""))


def _name_media(edit: Edit) -> None:
    """Clips without a medium get one by their name, as relinking would give them."""
    for _lane, slot in edit.clips():
        clip = slot.item
        if reading.media_of(clip, None)[0] is reading.Media.MISSING:
            name = "".join(one if one.isalnum() else "_" for one in clip.name) or "clip"
            start = clip.source_range.start_time
            begin = RationalTime(max(0, start.value - 1000), start.rate)
            known = TimeRange(begin, RationalTime(100_000, start.rate))
            clip.media_reference = schema.ExternalReference(f"/media/{name}.mov", known)


def _asked(path: Path) -> str:
    given = ANSWERS.get(path.name, {})
    return ", ".join(f"--{key.replace('_', '-')} {value}" for key, value in given.items())


def _said(error: OpticalsError) -> str:
    return " ".join(" ".join((error.what, error.why)).split()).replace("|", "/")


def page(rows: list[Row]) -> str:
    head = (
        "edit",
        "written by",
        "rate",
        "start",
        "shots",
        "placed, in .otio",
        "placed, in its own format",
        "why not, and notes",
    )
    lines = [
        "# Edits by real editors",
        "",
        "Made by `make corpus`. Each edit is opened and a render is placed on each of its clips in",
        "turn; the edit is then written as `.otio` and, where that can be written, in its own",
        "format, read back, and compared: every clip on the same record frames, the render in its",
        "place.",
        "",
        *_table(head, [row.cells() for row in rows]),
        "",
        "## What each program keeps",
        "",
        "`--for PROGRAM` writes what it reads, says before what it loses or may lose, and refuses",
        "what it would show wrongly. From the table in `opticals.timeline.dialects`.",
        "",
        *_table(("program", "opens", "loses of an .otio", "not known", "told by"), _programs()),
        "",
    ]
    return "\n".join(lines)


def _programs() -> Iterator[tuple[str, ...]]:
    for one in dialects.DIALECTS.values():
        opens = " ".join(formats.by_id(id).suffixes[0] for id in one.reads)
        lost = [what for what in formats.Holds if what not in one.holds]
        yield (
            f"`{one.id}` {one.label}",
            opens,
            ", ".join(what.words for what in lost) if "otio" in one.reads else "-",
            ", ".join(what.words for what in formats.Holds if what in one.doubtful) or "-",
            one.told_by,
        )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="place on every Nth clip")
    given = parser.parse_args()
    if not CORPUS.is_dir():
        sys.stderr.write(f"There is no corpus at {CORPUS}: set OPTICALS_CORPUS.\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        rows = [examine(one, Path(folder) / one.name, given.every) for one in files()]
    (ROOT / "docs" / "corpus.md").write_text(page(rows), encoding="utf-8")
    wrong = [f"{row.file}: {text}" for row in rows for text in row.wrong]
    sys.stdout.write("\n".join(wrong) + f"\n{len(rows)} edits, {len(wrong)} wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
