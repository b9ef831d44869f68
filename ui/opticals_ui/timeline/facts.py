"""What is said of a clip on the strip: on it, in its tooltip, and to screen readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opticals.jobs.entries import State
from opticals.timeline.timecode import can_drop, timecode
from opticals_ui.look.words import tr
from opticals_ui.timeline.model import pace, state, state_words, unusual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opticals.timeline.listing import ItemView
    from opticals.timeline.marks import MarkerView
    from opticals_ui.queue.jobs import JobView
    from opticals_ui.timeline.model import Lane, TimelineModel

_NUMBER = re.compile(r"_v0*(\d+)$")


def name(item: ItemView) -> str:
    """What a clip is called. Kdenlive and MLT name no clips: theirs are called by their medium."""
    return item.name or (item.path.name if item.path else "")


def version_number(version: str) -> str:
    """The number in a render's name, as `v3`; the name where it has none."""
    found = _NUMBER.search(version)
    return f"v{found[1]}" if found else version


def badge(item: ItemView) -> str:
    """The renders of a clip in a word or two; empty where it has none."""
    if not item.versions:
        return tr("damaged") if item.damaged else ""
    if item.version is None:
        return tr("original · %n render(s)", count=len(item.versions))
    words = version_number(item.version)
    if len(item.versions) > 1:
        place = item.versions.index(item.version) + 1
        words = tr("{version} · {place} of {all}", version=words, place=place,
                   all=len(item.versions))  # fmt: skip
    if item.draft:
        words = tr("{version} draft", version=words)
    return tr("overlay {version}", version=words) if item.overlay else words


def label(item: ItemView) -> str:
    """What is written on a clip: first what is unusual about it."""
    kind = tr("compound") if item.kind == "compound" else ""
    signs = (state_words(state(item)).upper(), pace(item), kind, name(item))
    return " · ".join(filter(None, signs))


def describe(model: TimelineModel, item: ItemView) -> str:
    """An item in words, for tooltips."""
    first, last = model.timecode(item.record), model.timecode(item.record + item.frames - 1)
    lines = [
        f"{item.id or ''} {name(item) or item.kind}".strip(),
        tr("{first} – {last} · %n frame(s)", count=item.frames, first=first, last=last),
    ]
    if item.source is not None and item.kind == "clip":
        drop = model.view.drop_frame and can_drop(item.source_rate)
        source = timecode(item.source, item.source_rate, drop)
        lines.append(tr("Source from {timecode}", timecode=source))
    if words := unusual(item):
        lines.append(words[0].upper() + words[1:])
    if item.version:
        lines.append(tr("Render: {name}", name=item.version))
    if item.versions:
        lines.append(tr("Renders: {words}", words=badge(item)))
    if item.damaged:
        lines.append(item.damaged)
    lines += [
        tr("Marker: {name}", name=name or colour.lower()) for name, colour in item.markers[:5]
    ]
    if item.path:
        lines.append(str(item.path))
    return "\n".join(lines)


def describe_jobs(jobs: Iterable[JobView]) -> str:
    """Renders of a clip that do not stand in the edit, a line each."""
    ready = tr("rendered, not placed: it waits in the queue")
    return "\n".join(
        f"{job.effects}: {ready if job.state is State.RENDERED else job.status}" for job in jobs
    )


def describe_marker(model: TimelineModel, marker: MarkerView) -> str:
    """A marker in words, for tooltips."""
    first, frames = model.timecode(marker.start), marker.end - marker.start
    when = first
    if frames > 1:
        last = model.timecode(marker.end - 1)
        when = tr("{first} – {last} · %n frame(s)", count=frames, first=first, last=last)
    return "\n".join(dict.fromkeys((*filter(None, (marker.name, *marker.texts)), when)))


def describe_track(lane: Lane) -> str:
    """A track in words, for tooltips."""
    parts = (
        f"{lane.id} {lane.name}".strip(),
        "" if lane.enabled else tr("disabled"),
        tr("locked") if lane.locked else "",
        tr("%n clip(s)", count=len(lane.places)),
    )
    return " · ".join(filter(None, parts))
