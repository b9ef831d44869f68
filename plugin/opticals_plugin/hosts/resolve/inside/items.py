"""The clips of the timeline, where they stand, and their ids for life."""

from . import notes
from .api import ask, frames
from .bridge import HostError

# Ids of clips whose own id in Resolve has changed since, in this run.
_known_as = {}  # type: dict[str, str]


class Placed(object):
    """A clip where it stands now.

    Attributes:
        item: Resolve's own; it is of no use once the clip was changed.
        kind, track: `video` or `audio`, and the number of its track, from 1.
    """

    def __init__(self, item, kind, track):
        self.item = item
        self.kind = kind
        self.track = track
        self.start = frames(item, "GetStart")
        self.length = frames(item, "GetDuration")
        self.name = str(ask(item, "GetName", default=""))
        place = "%s%d@%d" % (kind, track, self.start)
        self.uid = str(ask(item, "GetUniqueId", default="") or place)
        self.note = notes.read(item) if kind == "video" else {}
        self.id = _known_as.get(self.uid, self.uid)

    @property
    def end(self):
        return self.start + self.length


def all_of(timeline):
    """Every clip of the timeline, the lowest track first."""
    found = []
    for kind in ("video", "audio"):
        for track in range(1, int(ask(timeline, "GetTrackCount", kind, default=0)) + 1):
            found += on_track(timeline, kind, track)
    _name(found)
    return found


def on_track(timeline, kind, track):
    """The clips of one track in their order; none where Resolve says None."""
    items = ask(timeline, "GetItemListInTrack", kind, track, default=[])
    if isinstance(items, dict):  # as older versions gave them
        items = [items[key] for key in sorted(items)]
    return sorted((Placed(one, kind, track) for one in items), key=lambda one: one.start)


def _name(found):
    """Give clips the ids that are noted on them; of a copied clip only the original has it."""
    noted = [one for one in found if one.note.get("id")]
    taken = set()
    for own in (True, False):
        for one in noted:
            same = one.note.get("uid") == one.uid
            if same == own and one.note["id"] not in taken:
                taken.add(one.note["id"])
                one.id = one.note["id"]
    for one in noted:
        if one.id != one.note["id"]:
            one.note = {}


def remember(one, id):
    """A clip has another id in Resolve now: for us it stays what it was."""
    if one.uid != id:
        _known_as[one.uid] = id


def find(timeline, id):
    """A clip by its id.

    Raises:
        HostError: it is not in this timeline.
    """
    for one in all_of(timeline):
        if one.id == id:
            return one
    raise HostError(
        "The clip is not in the timeline “%s” any more." % ask(timeline, "GetName", default=""),
        "gone",
        "Open the timeline that it was in, or undo what took it away, and place the render again.",
    )


def at(timeline, kind, track, start):
    """The clip that begins at a frame; None. After a change Resolve's own object may be stale."""
    return next((one for one in on_track(timeline, kind, track) if one.start == start), None)


def locked(timeline, kind, track):
    return bool(ask(timeline, "GetIsTrackLocked", kind, track, default=False))


def track_name(timeline, kind, track):
    usual = "%s%d" % (kind[0].upper(), track)
    return str(ask(timeline, "GetTrackName", kind, track, default=usual) or usual)


def require_unlocked(timeline, one):
    if locked(timeline, one.kind, one.track):
        name = track_name(timeline, one.kind, one.track)
        raise HostError(
            "The track “%s” is locked." % name, "read-only", "Unlock it, and place it again."
        )
