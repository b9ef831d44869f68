"""Kdenlive projects, through otio-kdenlive-adapter.

The adapter finds no medium behind a speed, forgets NTSC's way of counting times, and writes speeds
without sight of what Kdenlive shows. It sees whole rates and plain clips; speeds are put in here.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, Timeline

from opticals.errors import EditError
from opticals.timeline import retimes
from opticals.timeline.formats import mlt, screen
from opticals.timeline.formats.convert import Reading, otio_adapter
from opticals.timeline.formats.rewrite import at_rate
from opticals.timeline.formats.warp import Warp
from opticals.timeline.layout import item_range, most_common_rate
from opticals.timeline.timecode import nominal
from opticals.timeline.times import to_frames
from opticals.timeline.urls import media_path

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_WARPED = "/opticals-warped/"
_REMEDY = "Save the project again in Kdenlive, or export it as OpenTimelineIO (.otio)."


def read(path: Path, rate: Fraction | None, sequence: str | None) -> Reading:
    """The timeline of a project."""
    root = screen.parse(path)
    if root.tag != "mlt" or root.find("playlist[@id='main_bin']") is None:
        raise EditError(f"{path.name} is not a Kdenlive project.", "It has no bin.", _REMEDY)
    exact = mlt.profile_rate(root)
    warps = _unwarped(root, exact)
    timeline = otio_adapter("kdenlive").read_from_string(
        ElementTree.tostring(root, encoding="unicode")
    )
    assert isinstance(timeline, Timeline)
    timeline.name = root.get("title") or ""
    timeline.global_start_time = RationalTime(0, float(exact))
    notes: list[str] = []
    folder = Path(root.get("root") or path.absolute().parent)
    for clip in timeline.find_clips():
        reference = clip.media_reference
        url = getattr(reference, "target_url", "")
        if url.startswith(_WARPED):
            made, url = warps[int(url[len(_WARPED) :])]
            timed = clip.source_range
            first, frames = (
                int(to_frames(one, exact)) for one in (timed.start_time, timed.duration)
            )
            start, sure = made.start(first, frames)
            if not sure:
                notes.append(made.rounded(clip.name))
            clip.source_range = TimeRange(RationalTime(float(start), float(exact)), timed.duration)
            reference.available_range = TimeRange(
                RationalTime(0, float(exact)),
                RationalTime(round(made.length * abs(made.speed)), float(exact)),
            )
            retimes.set_speed(clip, made.speed)
            made.remember(clip, start, first)
        if url:
            there = media_path(url, None) is not None or "://" in url
            reference.target_url = url if there else (folder / url).as_posix()
    return Reading(timeline, "kdenlive", notes)


def _unwarped(root: Element, rate: Fraction) -> list[tuple[Warp, str]]:
    """Let producers at other speeds look like plain media to the adapter; what they are."""
    found: list[tuple[Warp, str]] = []
    for producer in root.iter():
        if (
            producer.tag in ("producer", "chain")
            and (warp := mlt.warp_of(producer, rate)) is not None
        ):
            mlt.set_property(producer, "mlt_service", "avformat")
            mlt.set_property(producer, "resource", f"{_WARPED}{len(found)}")
            for child in [one for one in producer if one.get("name") == "kdenlive:originalurl"]:
                producer.remove(child)
            found.append(warp)
    return found


def write(timeline: Timeline, path: Path) -> None:
    """Write a project."""
    rate = most_common_rate(timeline)
    speeds = []
    for track in timeline.tracks:
        speeds.append([(one, retimes.speed_of(one)) for one in track if isinstance(one, Clip)])
        for clip, _ in speeds[-1]:
            clip.effects.clear()
            if clip.source_range is None:
                clip.source_range = item_range(clip)
            reference = clip.media_reference
            found = media_path(reference.target_url, None)
            if found is not None:  # the adapter decodes once more, and cuts at # and ?
                reference.target_url = found.as_uri() if found.is_absolute() else str(found)
    plain = at_rate(timeline, nominal(rate))
    text = otio_adapter("kdenlive").write_to_string(plain)
    root = ElementTree.fromstring(text.encode())  # noqa: S314 - our own
    _count_frames(root, Fraction(nominal(rate)))
    profile = root.find("profile")
    assert profile is not None
    profile.attrib.update(mlt.profile(rate))
    for number, clips in enumerate(speeds):
        playlist = root.find(f"playlist[@id='playlist{2 * number}']")
        assert playlist is not None
        for entry, (clip, speed) in zip(playlist.findall("entry"), clips, strict=True):
            if speed != 1:
                _warp(root, entry, clip, speed, rate)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _count_frames(root: Element, rate: Fraction) -> None:
    """Times as frames: what seconds with three digits mean depends on who rounds them."""
    for element in root.iter():
        for key in ("in", "out", "length"):
            text = element.get(key)
            if text is not None and ":" in text:
                element.set(key, str(mlt.frames_of(text, rate)))


def _warp(root: Element, entry: Element, clip: Clip, speed: Fraction, rate: Fraction) -> None:
    """Let a timeline entry show its medium at another speed, as Kdenlive itself writes it."""
    plain = root.find(f"producer[@id='{entry.get('producer')}']")
    assert plain is not None
    resource = mlt.property_of(plain, "resource")
    total = int(to_frames(clip.media_reference.available_range.duration, rate))
    made, first = Warp.fitted(clip, speed, total, rate)
    id = f"{plain.get('id')}_{made.said}".replace(".", "_")
    if root.find(f"producer[@id='{id}']") is None:
        producer = ElementTree.Element(
            "producer", {"id": id, "in": "0", "out": str(made.length - 1)}
        )
        mlt.warp(producer, made, resource)
        mlt.set_property(producer, "length", str(made.length))
        mlt.set_property(producer, "warp_pitch", "0")
        for name in ("kdenlive:id", "kdenlive:clipname"):
            if value := mlt.property_of(plain, name):
                mlt.set_property(producer, name, value)
        root.insert(list(root).index(plain) + 1, producer)
    timed = item_range(clip)
    assert timed is not None
    frames = int(to_frames(timed.duration, rate))
    entry.attrib.update({"producer": id, "in": str(first), "out": str(first + frames - 1)})
