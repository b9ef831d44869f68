"""The timeline that is open, as the panel is told of it."""

import os
import re
import sys

from . import items, media, takes, timing
from .api import ask, has, number, project_of, timeline_of
from .bridge import HostError

SELECTED_COLOUR = "Orange"
UNTITLED = "Untitled Project"
NO_SELECTION = (
    "DaVinci Resolve tells scripts of no selection: what is meant is the clip at the playhead, "
    "the in and out marks, or all clips of the colour %s." % SELECTED_COLOUR
)
IN_DATABASE = "A project of DaVinci Resolve is kept in a database: renders go to %s."


class Sight(object):
    """A look at the open timeline.

    Attributes:
        rate, drop: of the timeline; start its first record frame.
        all: its clips, the lowest track first.
    """

    def __init__(self, resolve):
        self.resolve = resolve
        self.project = project_of(resolve)
        self.timeline = timeline_of(self.project)
        said = ask(self.timeline, "GetSetting", "timelineFrameRate", default="")
        rate = timing.rate_of(said)
        if rate is None:
            raise HostError(
                "DaVinci Resolve says no frame rate of the timeline (%r)." % (said,),
                "failed",
                "Look at the timeline's settings.",
            )
        self.rate = rate
        drop = str(ask(self.timeline, "GetSetting", "timelineDropFrameTimecode", default="0"))
        self.drop = drop in ("1", "True") or "DF" in str(said)
        self.start = number(ask(self.timeline, "GetStartFrame"), "GetStartFrame")
        self._all = None

    @property
    def all(self):
        """Read when it is first asked for: each call to Resolve takes its time."""
        if self._all is None:
            self._all = items.all_of(self.timeline)
        return self._all

    def state(self):
        """What changes when anything is cut, moved or switched."""
        seen = [str(ask(self.timeline, "GetUniqueId", default=""))]
        for one in self.all:
            left = ask(one.item, "GetLeftOffset", default=0)
            take = takes.selected(one) if one.kind == "video" else 0
            seen.append((one.kind, one.track, one.start, one.length, left, one.name, take))
        return tuple(seen)

    def playhead(self):
        """The record frame; the first where no timecode is told, as on the Media page."""
        said = ask(self.timeline, "GetCurrentTimecode", default="")
        try:
            return timing.frame_of(said, self.rate, ";" in str(said))
        except HostError:
            return self.start

    def current(self):
        """The clip at the playhead; None over a gap."""
        item = ask(self.timeline, "GetCurrentVideoItem")
        if item is None:
            return None
        uid = str(ask(item, "GetUniqueId", default=""))
        return next((one for one in self.all if one.uid == uid), None)

    def marked(self):
        """[first, end) of the in and out marks; None where one is missing, or before 19.1."""
        said = ask(self.timeline, "GetMarkInOut", default={})
        marks = said.get("video") or said.get("all") if isinstance(said, dict) else None
        if not isinstance(marks, dict) or marks.get("in") is None or marks.get("out") is None:
            return None
        first, last = number(marks["in"], "in"), number(marks["out"], "out")
        return [self.start + first, self.start + last + 1]  # relative, and the last is included

    def coloured(self, colour=SELECTED_COLOUR):
        return [
            one
            for one in self.all
            if one.kind == "video" and ask(one.item, "GetClipColor", default="") == colour
        ]


def snapshot(sight, coloured=False, revision=0, undo="", redo=""):
    """The edit, with what is selected in it.

    Args:
        coloured: whether the clips of our colour are meant, not the one at the playhead.

    Raises:
        HostError: no clip has the colour.
    """
    current = sight.current()
    chosen = [current] if current is not None else []
    if coloured:
        chosen = sight.coloured()
        if not chosen:
            raise HostError(
                "No clip has the colour %s." % SELECTED_COLOUR,
                "failed",
                "Select clips, right-click, Clip Color > %s; then try again." % SELECTED_COLOUR,
            )
    path = project_path(sight)
    notes = [NO_SELECTION]
    if path:
        notes.append(IN_DATABASE % os.path.dirname(path))
    return {
        "name": str(ask(sight.timeline, "GetName", default="Timeline")),
        "path": path,
        "rate": sight.rate,
        "drop_frame": sight.drop,
        "start": sight.start,
        "revision": revision,
        "modified": False,
        "read_only": None,
        "notes": notes,
        "undo": undo,
        "redo": redo,
        "tracks": _tracks(sight),
        "selection": {
            "clips": [one.id for one in chosen],
            "range": None if coloured else sight.marked(),
            "playhead": sight.playhead(),
            "current": chosen[0].id if chosen else None,
        },
        "markers": _markers(sight),
    }


def project_path(sight):
    """Where the renders of this timeline lie beside: a name in the user's folder for films, since
    the project itself is no file. None while the project has no name."""
    name = str(ask(sight.project, "GetName", default=""))
    if not name or name.startswith(UNTITLED):
        return None
    timeline = str(ask(sight.timeline, "GetName", default="Timeline"))
    films = "Movies" if sys.platform == "darwin" else "Videos"
    folder = os.environ.get("OPTICALS_RESOLVE_FOLDER") or os.path.join(
        os.path.expanduser("~"), films, "Opticals"
    )
    return os.path.join(folder, _plain(name), _plain(timeline) + ".resolve")


def _plain(name):
    """As a file may be called on every system."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name).strip(" .") or "_"


def _tracks(sight):
    found = []
    for kind in ("video", "audio"):
        for track in range(1, int(ask(sight.timeline, "GetTrackCount", kind, default=0)) + 1):
            found.append(
                {
                    "id": "%s%d" % (kind, track),
                    "name": items.track_name(sight.timeline, kind, track),
                    "kind": kind,
                    "locked": items.locked(sight.timeline, kind, track),
                    "enabled": bool(
                        ask(sight.timeline, "GetIsTrackEnabled", kind, track, default=True)
                    ),
                    "clips": [
                        clip_of(one, sight)
                        for one in sight.all
                        if (one.kind, one.track) == (kind, track)
                    ],
                }
            )
    return found


def clip_of(one, sight):
    """A clip as the panel is told of it."""
    pool_item = ask(one.item, "GetMediaPoolItem")
    medium = media.Medium(pool_item) if pool_item is not None else None
    why = media.why_not(pool_item, medium)
    shown = {"media": {"path": None, "first": None, "count": None}, "media_rate": None}
    shown.update(source=[0, one.length], speed=[1, 1])
    if not why:
        first = media.first_shown(one.item, medium, one.length, sight.rate)
        if first is None and one.kind == "video" and not medium.still:
            why = (
                "It is retimed, and DaVinci Resolve tells scripts of no speeds: %s; or use "
                "Workspace > Scripts > Opticals > Open Timeline as OTIO." % media.RENDER_IN_PLACE
            )
        else:
            shown = media.look(medium, first or 0, one.length, sight.rate)
    kind = "sound" if one.kind == "audio" else "other" if why else "movie"
    if kind == "movie" and (medium.still or medium.first is not None):
        kind = "image"
    versions, name = _versions(one, shown, sight)
    notes = []
    if medium is not None and medium.proxy:
        notes.append("It plays from a proxy; the render is made from the original.")
    if ask(one.item, "GetFusionCompCount", default=0):
        notes.append("It carries a Fusion composition, which goes on working on the render.")
    return dict(
        shown,
        id=one.id,
        name=one.name,
        kind=kind,
        why=why if kind == "other" else "",
        record=[one.start, one.length],
        enabled=bool(ask(one.item, "GetClipEnabled", default=True)),
        linked=_linked(one, sight),
        shown=name,
        versions=versions,
        note=" ".join(notes),
    )


def _versions(one, shown, sight):
    """What it can show, and which of them it does."""
    if one.note.get("laid"):
        name = str(one.note["laid"])
        return [dict(shown, id=name)], name
    if not one.note.get("takes"):
        return [], "original"
    index, versions, name = takes.selected(one), [], "original"
    for take in takes.of(one):
        if not take.version:
            continue
        if take.index == index:
            name = take.version
            versions.append(dict(shown, id=name))
        else:
            look = media.look(take.medium, take.first, one.length, sight.rate)
            versions.append(dict(look, id=take.version))
    return versions, name


def _linked(one, sight):
    if one.kind != "video" or not has(one.item, "GetLinkedItems"):
        return []
    linked = ask(one.item, "GetLinkedItems", default=[])
    uids = {str(ask(item, "GetUniqueId", default="")) for item in linked}
    return [other.id for other in sight.all if other.kind == "audio" and other.uid in uids]


def _markers(sight):
    """Those of the timeline, which count from its first frame."""
    found = ask(sight.timeline, "GetMarkers", default={})
    return [
        {
            "frame": sight.start + number(frame, "marker"),
            "duration": max(1, number(mark.get("duration", 1), "marker")),
            "name": str(mark.get("name", "")),
            "colour": str(mark.get("color", "")),
            "comment": str(mark.get("note", "")),
        }
        for frame, mark in sorted((found or {}).items())
        if isinstance(mark, dict)
    ]
