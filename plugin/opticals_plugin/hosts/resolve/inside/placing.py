"""Renders into the timeline: as a take of a whole clip, or on a track above for a range of it.

Nothing of what was there is overwritten, and what was done is read back; where it is not what was
meant, it is taken away again and said.
"""

from . import items, media, notes, pool, takes
from .api import ask, must
from .bridge import HostError

TRACK = "Opticals"
PICTURES = 1  # the media type of AppendToTimeline that brings no sound


def place(sight, params, then):
    """Do a `place`; its answer without the revision, and how it is undone.

    Args:
        then: what was told of the clip when the shot was made: (record, length, first frame of the
            medium); None where that is not known any more.
    """
    render, (first, length) = params["render"], params["offset"]
    name, path = str(render["name"]), str(render["path"])
    one = items.find(sight.timeline, str(params["clip"]))
    if one.kind != "video":
        raise HostError("“%s” is sound." % one.name, "unsupported", "Choose a clip with pictures.")
    items.require_unlocked(sight.timeline, one)
    first = _where_now(one, sight, first, length, then)
    messages = []
    moved = one.start + first - int(params["record"][0])
    if moved:
        messages.append(
            "“%s” was moved by %+d frames meanwhile: the render stands where it is now."
            % (one.name, moved)
        )
    render_first = int(render["first"])
    item = pool.imported(sight.project, path)
    whole = first == 0 and length == one.length
    if params.get("how") == "version" and whole:
        before = _shown(one)
        add_take(sight, one, item, name, render_first, str(params["job"]))
        done = {"kind": "take", "clip": one.id, "before": before}
        placed, record = one.id, [one.start, one.length]
    else:
        if params.get("how") == "version":
            messages.append(
                "A part of a clip is laid on a track above: DaVinci Resolve lets no script cut."
            )
        placed = lay(sight, one, item, name, render_first, first, length, str(params["job"]))
        done = {"kind": "laid", "clip": placed}
        record = [one.start + first, length]
    words = "Opticals: place %s" % name
    done.update(version=name, words=words, params=dict(params), then=then)
    return {"clip": placed, "record": record, "messages": messages}, done


def add_take(sight, one, pool_item, name, first, job):
    """Add a take and show it.

    Raises:
        HostError: Resolve refuses, or shows other frames; the clip is then as it was.
    """
    old = takes.of(one)
    same = next((take for take in old if take.version == name), None)
    if same is not None:
        show_take(sight, one, same.index, first)
        _note(sight, one, one.note.get("takes") or [], job)
        return
    before = takes.selected(one)
    for end in _ends(sight, first, one.length)[:2]:
        if not ask(_now(sight, one).item, "AddTake", pool_item, first, end):
            raise HostError(
                "DaVinci Resolve added no take to “%s”." % one.name,
                "failed",
                "It says no reason. It adds none to titles, generators, compound and multicam "
                "clips, nor in a locked timeline: place it as an overlay instead.",
            )
        index = int(ask(_now(sight, one).item, "GetTakesCount", default=0) or 0)
        if _shows(sight, one, index, first):
            break
        _take_away(sight, one, index, before)
    else:
        raise HostError(
            "DaVinci Resolve showed other frames than those of the render on “%s”." % one.name,
            "failed",
            "The clip is as it was. Place it as an overlay, or render it again with one frame "
            "for each record frame.",
        )
    try:
        _note(sight, one, (one.note.get("takes") or []) + [name], job)
    except HostError:
        _take_away(sight, one, index, before)
        if one.note:
            _note(sight, one, one.note.get("takes") or [])
        raise


def show_take(sight, one, index, first=None):
    """Show a take.

    Raises:
        HostError: Resolve refuses, or shows other frames.
    """
    before = takes.selected(one)
    if not _shows(sight, one, index, first):
        _select(sight, one, before)
        raise HostError(
            "DaVinci Resolve did not show the take %d of “%s” as it was." % (index, one.name),
            "failed",
            "Choose it in its take selector (right-click, Take Selector).",
        )


def _shows(sight, one, index, first):
    """Select a take, and whether the clip then stands and shows what it should."""
    if not _select(sight, one, index):
        return False
    now = items.at(sight.timeline, one.kind, one.track, one.start)
    if now is None or now.length != one.length:
        return False
    medium = media.Medium(ask(now.item, "GetMediaPoolItem"))
    return first is None or media.first_shown(now.item, medium, now.length, sight.rate) == first


def _select(sight, one, index):
    if not index or not ask(_now(sight, one).item, "SelectTakeByIndex", index):
        return False
    items.remember(_now(sight, one), one.id)
    return True


def _take_away(sight, one, index, before):
    """Take a take out again, and show the one that was shown."""
    _select(sight, one, before or 1)
    now = _now(sight, one)
    ask(now.item, "DeleteTakeByIndex", index)
    if int(ask(_now(sight, one).item, "GetTakesCount", default=0) or 0) <= 1:
        ask(_now(sight, one).item, "FinalizeTake")


def _now(sight, one):
    """The clip as Resolve knows it now: what it gave before may be stale."""
    found = items.at(sight.timeline, one.kind, one.track, one.start)
    if found is None:
        what = "“%s” went away while it was changed." % one.name
        raise HostError(what, "gone", "Look at the timeline, and try again.")
    return found


def _note(sight, one, names, job=""):
    now = _now(sight, one)
    if not names:
        notes.remove(now.item)
        return
    notes.write(now.item, {"id": one.id, "takes": names, "job": job or one.note.get("job", "")})


def lay(sight, below, pool_item, name, render_first, first, length, job):
    """Lay a range of a render on a track above a clip; the id of what was laid.

    Raises:
        HostError: Resolve refuses, or it came out other than it was meant; nothing is then there.
    """
    start = below.start + first
    track, made = _free_track(sight, below, start, length)
    try:
        laid = _append(sight, pool_item, track, start, render_first, length)
        id = laid.uid
        notes.write(laid.item, {"id": id, "laid": name, "over": below.id, "job": job})
    except HostError:
        laid = items.at(sight.timeline, "video", track, start)
        if laid is not None:
            ask(sight.timeline, "DeleteClips", [laid.item], False)
        if made:
            ask(sight.timeline, "DeleteTrack", "video", track)
        raise
    return id


def _append(sight, pool_item, track, start, first, length):
    media_pool = must(
        sight.project, "GetMediaPool", what="DaVinci Resolve gives no media pool.", kind="busy",
        remedy="Look at DaVinci Resolve.",
    )  # fmt: skip
    there, last, shown = None, None, None
    for end in _ends(sight, first, length):
        got = ask(
            media_pool,
            "AppendToTimeline",
            [
                {
                    "mediaPoolItem": pool_item,
                    "startFrame": first,
                    "endFrame": end,
                    "mediaType": PICTURES,
                    "trackIndex": track,
                    "recordFrame": start,  # counted from midnight, not from the timeline's start
                }
            ],
            default=[],
        )
        there = items.at(sight.timeline, "video", track, start)
        if there is None:  # with a frame too many it may not fit before what follows
            continue
        medium = media.Medium(pool_item)
        shown = media.first_shown(there.item, medium, there.length, sight.rate)
        if there.length == length and shown == first:
            return there
        ask(sight.timeline, "DeleteClips", [there.item], False)
        last = there
    if last is None:
        raise HostError(
            "DaVinci Resolve did not lay the render on track V%d (it said %r)." % (track, got),
            "failed",
            "It says no reason: something may stand there, the track be locked, or another "
            "timeline be open in the viewer. Look, and place it again.",
        )
    raise HostError(
        "DaVinci Resolve laid %d frames of the render, from its frame %s, instead of %d from %d."
        % (last.length, shown, length, first),
        "failed",
        "Nothing was left of it. If its rate is not the timeline's, render it with one frame for "
        "each record frame.",
    )


def _ends(sight, first, length):
    """Ends of a range as a version of Resolve may count them, the likely one first: not included
    since 19, included before."""
    version = str(ask(sight.resolve, "GetVersionString", default=""))
    older = version.partition(".")[0].isdigit() and int(version.partition(".")[0]) < 19
    found = [first + length, first + length - 1, first + length + 1]
    return [found[1], found[0], found[2]] if older else found


def _free_track(sight, below, start, length):
    """A track of ours that is above all clips there and free; a new one on top if there is none.

    Returns:
        Its number, and whether it was made.
    """
    timeline = sight.timeline
    count = int(ask(timeline, "GetTrackCount", "video", default=0))
    over = [
        one.track
        for one in items.all_of(timeline)
        if one.kind == "video" and one.start < start + length and one.end > start
    ]
    for track in range(max([*over, below.track]) + 1, count + 1):
        ours = items.track_name(timeline, "video", track) == TRACK
        if ours and not items.locked(timeline, "video", track):
            return track, False
    must(
        timeline,
        "AddTrack",
        "video",
        what="DaVinci Resolve added no video track.",
        remedy="Add one on top yourself, call it “%s”, and place it again." % TRACK,
    )
    track = int(ask(timeline, "GetTrackCount", "video", default=0))
    if track != count + 1:
        raise HostError("DaVinci Resolve added no video track.", "failed", "Add one on top.")
    ask(timeline, "SetTrackName", "video", track, TRACK)
    return track, True


def switch(sight, clip, version):
    """Show another version of a clip; which one was shown."""
    one = items.find(sight.timeline, clip)
    items.require_unlocked(sight.timeline, one)
    known = takes.of(one)
    take = next((take for take in known if take.version and take.version == version), None)
    if take is None:
        names = ", ".join(one.version for one in known if one.version) or "none"
        raise HostError(
            "“%s” has no version “%s”." % (one.name, version), "failed", "It has: %s." % names
        )
    before = _shown(one)
    show_take(sight, one, take.index)
    _note(sight, one, one.note.get("takes") or [])
    return one, before


def restore(sight, clip):
    """Make a clip what it was before renders were placed in it, or take a laid one away."""
    one = items.find(sight.timeline, clip)
    items.require_unlocked(sight.timeline, one)
    if one.note.get("laid"):
        remove(sight, one)
        return one
    known = takes.of(one)
    original = next((take for take in known if take.version == "original"), None)
    if original is None or not one.note.get("takes"):
        raise HostError("“%s” holds no render." % one.name, "failed", "Choose another clip.")
    show_take(sight, one, original.index)
    for take in reversed(known):
        if take.version and take.version != "original":
            _delete_take(sight, one, take)
    if len([take for take in known if not take.version]) == 0:
        ask(_now(sight, one).item, "FinalizeTake")
    notes.remove(_now(sight, one).item)
    return one


def drop(sight, version):
    """Take a version out of every clip; its file stays.

    Raises:
        HostError: a clip shows it.
    """
    holders = [one for one in sight.all if version in (one.note.get("takes") or [])]
    for one in sight.all:
        if one.note.get("laid") == version or (one in holders and _shown(one) == version):
            raise HostError("“%s” shows %s." % (one.name, version), "failed", "Switch it first.")
    for one in holders:
        items.require_unlocked(sight.timeline, one)
        take = next(take for take in takes.of(one) if take.version == version)
        _delete_take(sight, one, take)
        left = [name for name in one.note["takes"] if name != version]
        _note(sight, one, left)
        if not left and int(ask(_now(sight, one).item, "GetTakesCount", default=0) or 0) <= 1:
            ask(_now(sight, one).item, "FinalizeTake")


def undo(sight, done):
    """Take back what `place` did."""
    one = items.find(sight.timeline, done["clip"])
    if done["kind"] == "laid":
        remove(sight, one)
        return
    take = next((take for take in takes.of(one) if take.version == done["version"]), None)
    before = next((take for take in takes.of(one) if take.version == done["before"]), None)
    if take is None or before is None:
        raise HostError("“%s” has not the takes any more that it had." % one.name, "not-ours")
    show_take(sight, one, before.index)
    _delete_take(sight, one, take)
    left = [name for name in one.note.get("takes") or [] if name != done["version"]]
    if not left and int(ask(_now(sight, one).item, "GetTakesCount", default=0) or 0) <= 1:
        ask(_now(sight, one).item, "FinalizeTake")
    _note(sight, one, left)


def remove(sight, laid):
    """Take a laid render away, and its track if that is ours and nothing else stands on it."""
    must(
        sight.timeline,
        "DeleteClips",
        [laid.item],
        False,
        what="DaVinci Resolve did not delete “%s”." % laid.name,
        remedy="Delete it yourself; on a locked track Resolve deletes nothing.",
    )
    ours = items.track_name(sight.timeline, "video", laid.track) == TRACK
    if ours and not items.on_track(sight.timeline, "video", laid.track):
        ask(sight.timeline, "DeleteTrack", "video", laid.track)


def _delete_take(sight, one, take):
    must(
        _now(sight, one).item,
        "DeleteTakeByIndex",
        take.index,
        what="DaVinci Resolve did not delete the take “%s” of “%s”." % (take.name, one.name),
        remedy="Delete it in the clip's take selector.",
    )


def _shown(one):
    """The version that a clip shows."""
    index = takes.selected(one)
    found = next((take.version for take in takes.of(one) if take.index == index), "")
    return found or "original"


def _where_now(one, sight, first, length, then):
    """Where a range of a clip begins in it now; it may have been trimmed at its head since.

    Raises:
        HostError: it is not all inside any more.
    """
    if then is not None:
        medium = media.Medium(ask(one.item, "GetMediaPoolItem"))
        shown = media.first_shown(one.item, medium, one.length, sight.rate)
        if shown is not None and not one.note.get("takes"):
            first -= shown - then
    if length <= 0 or first < 0 or first + length > one.length:
        raise HostError(
            "“%s” was trimmed: it does not show all of the range any more." % one.name,
            "trimmed",
            "Make it longer again, or send it again and render what is new.",
        )
    return first
