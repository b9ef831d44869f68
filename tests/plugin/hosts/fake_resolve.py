"""DaVinci Resolve's scripting without DaVinci Resolve: written from its documented API, and from
what its users found out. What it does silently, this does silently.

- record frames are counted from midnight, whatever the timeline starts at
- `endFrame` is not included from 19 on, and is included before
- nothing is ever overwritten: where something stands, `AppendToTimeline` gives an empty list
- an empty track gives None; what cannot be done gives None or False, and no reason
- methods that a version does not have are None
- when another take is shown, the clip's id changes, and objects held from before answer None
- a take keeps the clip's first record frame; it may become shorter, and never covers what follows
- the take that is shown cannot be deleted
- markers of a clip count in frames of its medium, one to a frame
"""

import copy
import itertools
import subprocess
from pathlib import Path

_numbers = itertools.count(1)


def _uid():
    return f"uid-{next(_numbers)}"


class Remote:
    """What fusionscript hands out: a name it does not know is None."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None


def probe(path):
    """(frames, rate, timecode) of a film, by ffprobe; None where it is none."""
    entries = "stream=nb_read_packets,r_frame_rate:stream_tags=timecode:format_tags=timecode"
    done = subprocess.run(  # noqa: UP022 - 3.6
        ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v:0", "-show_entries",
         entries, "-of", "default=nw=1", path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,  # noqa: UP021 - 3.6
    )  # fmt: skip
    said = dict(line.partition("=")[::2] for line in done.stdout.splitlines())
    if "nb_read_packets" not in said:
        return None
    num, den = said["r_frame_rate"].split("/")
    rate = f"{round(float(num) / float(den), 3):g}"
    return int(said["nb_read_packets"]), rate, said.get("TAG:timecode", "00:00:00:00")


class World:
    """All that is behind the objects. `edit` is what undo in the window takes back."""

    def __init__(self, version="19.1.3"):
        self.version = version
        self.major = int(version.split(".")[0])
        self.newer = tuple(int(one) for one in version.split(".")[:2]) >= (19, 1)
        self.name = "Untitled Project"
        self.edit = {"name": "film", "start": 0, "rate": "25", "drop": False, "tracks": []}
        self.edit["markers"] = {}
        self.edit["uid"] = _uid()
        self.index = {}
        self.playhead = 0
        self.marks = {}
        self.pool = {"root": [], "Opticals": None}
        self.timelines = ["film"]
        self.open = True
        self.refuse = set()  # names of methods that fail, as they do for no reason
        self.off_by = 0  # frames that AppendToTimeline and AddTake are wrong by
        self.done = []
        self.undone = []
        self.last = ""

    def floats(self, value):
        return float(value) if self.major >= 20 else value

    def track(self, kind, index):
        found = [one for one in self.edit["tracks"] if one["kind"] == kind]
        return found[index - 1] if isinstance(index, int) and 0 < index <= len(found) else None

    def items(self):
        return [(track, item) for track in self.edit["tracks"] for item in track["items"]]

    def by_uid(self, uid):
        track, item = self.index.get(uid, (None, None))
        if item is None or item["uid"] != uid or not any(one is item for one in track["items"]):
            self.index = {i["uid"]: (t, i) for t, i in self.items()}
        elif any(one is track for one in self.edit["tracks"]):
            return track, item
        return self.index.get(uid, (None, None))

    def step(self, by):
        self.done.append((by, copy.deepcopy(self.edit)))
        self.undone = []

    def add_track(self, kind, name="", items=(), locked=False, enabled=True):
        made = {"kind": kind, "name": name, "items": list(items), "locked": locked}
        made["enabled"] = enabled
        self.edit["tracks"].append(made)
        return made

    def add_item(self, track, pool_item, start, length, left=0, name=""):
        made = {
            "uid": _uid(), "name": name or (pool_item.name if pool_item else "Title"),
            "pool": pool_item, "start": start, "length": length, "left": left, "takes": [],
            "take": 0, "markers": {}, "colour": "", "enabled": True, "speed": 1.0, "fusion": 0,
        }  # fmt: skip
        track["items"].append(made)
        track["items"].sort(key=lambda one: one["start"])
        return made


class Resolve(Remote):
    def __init__(self, world):
        self._world = world
        if (
            world.major >= 19
            or world.version.startswith("18.5")
            or world.version.startswith("18.6")
        ):
            self.EXPORT_OTIO = 14
            self.EXPORT_NONE = 0

    def GetVersionString(self):
        return self._world.version if self._world.open else None

    def GetProjectManager(self):
        return ProjectManager(self._world) if self._world.open else None


class ProjectManager(Remote):
    def __init__(self, world):
        self._world = world

    def GetCurrentProject(self):
        return Project(self._world)


class Project(Remote):
    def __init__(self, world):
        self._world = world

    def GetName(self):
        return self._world.name

    def GetCurrentTimeline(self):
        return Timeline(self._world) if self._world.edit is not None else None

    def GetMediaPool(self):
        return MediaPool(self._world)

    def GetTimelineCount(self):
        return len(self._world.timelines)

    def GetTimelineByIndex(self, index):
        one = Timeline(self._world)
        one.GetName = lambda: self._world.timelines[index - 1]
        return one


class Timeline(Remote):
    def __init__(self, world):
        self._world = world
        if world.newer:
            self.GetMarkInOut = self._marks

    @property
    def _edit(self):
        return self._world.edit

    def GetName(self):
        return self._edit["name"]

    def GetUniqueId(self):
        return self._edit["uid"]

    def GetSetting(self, name):
        known = {"timelineFrameRate": self._edit["rate"]}
        known["timelineDropFrameTimecode"] = "1" if self._edit["drop"] else "0"
        return known.get(name, "")

    def GetStartFrame(self):
        return self._edit["start"]

    def GetTrackCount(self, kind):
        return len([one for one in self._edit["tracks"] if one["kind"] == kind])

    def GetItemListInTrack(self, kind, index):
        track = self._world.track(kind, index)
        if track is None or not track["items"]:
            return None
        return [TimelineItem(self._world, one["uid"]) for one in track["items"]]

    def GetTrackName(self, kind, index):
        track = self._world.track(kind, index)
        return None if track is None else track["name"] or f"{kind.title()} {index}"

    def SetTrackName(self, kind, index, name):
        track = self._world.track(kind, index)
        if track is None:
            return False
        track["name"] = name
        return True

    def GetIsTrackLocked(self, kind, index):
        return self._world.track(kind, index)["locked"]

    def GetIsTrackEnabled(self, kind, index):
        return self._world.track(kind, index)["enabled"]

    def AddTrack(self, kind, more=None):
        if "AddTrack" in self._world.refuse:
            return False
        self._world.add_track(kind)
        return True

    def DeleteTrack(self, kind, index):
        track = self._world.track(kind, index)
        if track is None:
            return False
        self._edit["tracks"] = [one for one in self._edit["tracks"] if one is not track]
        return True

    def DeleteClips(self, items, ripple=False):
        assert not ripple
        found = [self._world.by_uid(one._uid) for one in items]
        if any(track is None or track["locked"] for track, _ in found):
            return False
        for track, item in found:
            track["items"].remove(item)
        return True

    def GetCurrentVideoItem(self):
        at = self._world.playhead
        for track in reversed(self._edit["tracks"]):
            if track["kind"] != "video" or not track["enabled"]:
                continue
            for one in track["items"]:
                if one["start"] <= at < one["start"] + one["length"]:
                    return TimelineItem(self._world, one["uid"])
        return None

    def _marks(self):
        return {"video": dict(self._world.marks)} if self._world.marks else {}

    def GetMarkers(self):
        return copy.deepcopy(self._edit["markers"])

    def GetCurrentTimecode(self):
        rate = round(float(self._edit["rate"]))
        seconds, frame = divmod(self._world.playhead, rate)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frame:02}"

    def SetCurrentTimecode(self, timecode):
        rate = round(float(self._edit["rate"]))
        try:
            hours, minutes, seconds, frame = map(int, timecode.replace(";", ":").split(":"))
        except ValueError:
            return False
        if frame >= rate:
            return False
        self._world.playhead = ((hours * 60 + minutes) * 60 + seconds) * rate + frame
        return True

    def Export(self, path, kind, sub=None):
        if kind != 14 or not Path(path).parent.is_dir():
            return False
        Path(path).write_text('{"OTIO_SCHEMA": "Timeline.1"}')
        return True


class PoolItem(Remote):
    """A medium. `said` is what `GetClipProperty` gives."""

    def __init__(self, name, **said):
        self.name = name
        self._said = said

    def GetName(self):
        return self.name

    def GetClipProperty(self, name=None):
        return dict(self._said) if name is None else self._said.get(name, "")


def film(path, frames, rate="25", timecode="00:00:00:00", **more):
    """A film in the media pool."""
    said = {"File Path": path, "FPS": rate, "Frames": str(frames), "Type": "Video + Audio"}
    said.update({"Start TC": timecode, "Proxy": "None"})
    said.update(more)
    return PoolItem(Path(path).name, **said)


class Folder(Remote):
    def __init__(self, world, name):
        self._world, self._name = world, name

    def GetName(self):
        return self._name

    def GetClipList(self):
        return list(self._world.pool[self._name] or [])

    def GetSubFolderList(self):
        there = self._name == "root" and self._world.pool["Opticals"] is not None
        return [Folder(self._world, "Opticals")] if there else []


class MediaPool(Remote):
    def __init__(self, world):
        self._world = world

    def GetRootFolder(self):
        return Folder(self._world, "root")

    def AddSubFolder(self, folder, name):
        assert name == "Opticals"
        self._world.pool[name] = []
        return Folder(self._world, name)

    def GetCurrentFolder(self):
        return Folder(self._world, "root")

    def SetCurrentFolder(self, folder):
        self._current = folder
        return True

    def ImportMedia(self, paths):
        if "ImportMedia" in self._world.refuse:
            return []
        found = []
        for path in paths:
            known = probe(path) if isinstance(path, str) and Path(path).exists() else None
            if known is not None:
                frames, rate, timecode = known
                found.append(film(path, frames, rate, timecode))
        self._world.pool["Opticals"] += found
        return found

    def AppendToTimeline(self, infos):
        world, (info,) = self._world, infos
        track = world.track("video", info.get("trackIndex"))
        if track is None or track["locked"] or info.get("mediaType") != 1:
            return []
        if "AppendToTimeline" in world.refuse:
            return [None]
        pool_item, first = info["mediaPoolItem"], info["startFrame"]
        span = info["endFrame"] - first + (0 if world.major >= 19 else 1) + world.off_by
        span = min(span, int(pool_item._said["Frames"]) - first)
        length = int(span * float(world.edit["rate"]) / float(pool_item._said["FPS"]))
        start = info["recordFrame"]
        for one in track["items"]:
            if one["start"] < start + length and start < one["start"] + one["length"]:
                return []  # never overwrites
        if length <= 0:
            return []
        item = world.add_item(track, pool_item, start, length, first)
        return [TimelineItem(world, item["uid"])]

    def ImportTimelineFromFile(self, path, options):
        world, name = self._world, options["timelineName"]
        unsaved = world.name.startswith("Untitled")
        if unsaved or name in world.timelines or not Path(path).exists():
            return None
        if "ImportTimelineFromFile" in world.refuse:
            return None
        world.timelines.append(name)
        return Timeline(world)


class TimelineItem(Remote):
    """A clip, as it was when it was handed out: later it may be stale, and then says None."""

    def __init__(self, world, uid):
        self._world, self._uid = world, uid
        if world.major >= 19:
            self.GetSourceStartFrame, self.GetSourceEndFrame = self._source_start, self._source_end
            self.GetLinkedItems = lambda: []

    @property
    def _item(self):
        return self._world.by_uid(self._uid)[1]

    def _say(self, key):
        item = self._item
        return None if item is None else item[key]

    def GetUniqueId(self):
        return self._say("uid")

    def GetName(self):
        return self._say("name")

    def GetStart(self):
        item = self._item
        return None if item is None else self._world.floats(item["start"])

    def GetEnd(self):
        item = self._item
        return None if item is None else self._world.floats(item["start"] + item["length"])

    def GetDuration(self):
        item = self._item
        return None if item is None else self._world.floats(item["length"])

    def GetLeftOffset(self):
        item = self._item
        if item is None:
            return None
        rate = float(item["pool"]._said["FPS"]) if item["pool"] else float(self._world.edit["rate"])
        return self._world.floats(int(item["left"] * float(self._world.edit["rate"]) / rate))

    def _source_start(self):
        item = self._item
        if item is None or item["pool"] is None:
            return None
        start = 0
        if self._world.major >= 20:  # counts from the medium's timecode
            hours, minutes, seconds, frame = map(int, item["pool"]._said["Start TC"].split(":"))
            rate = round(float(item["pool"]._said["FPS"]))
            start = ((hours * 60 + minutes) * 60 + seconds) * rate + frame
        return item["left"] + start

    def _source_end(self):
        item = self._item
        if item is None or item["pool"] is None:
            return None
        rate = float(item["pool"]._said["FPS"]) / float(self._world.edit["rate"])
        span = round(item["length"] * rate * item["speed"])
        return self._source_start() + span - (1 if self._world.major >= 20 else 0)

    def GetMediaPoolItem(self):
        return self._say("pool")

    def GetClipColor(self):
        return self._say("colour")

    def GetClipEnabled(self):
        return self._say("enabled")

    def GetFusionCompCount(self):
        return self._say("fusion")

    def GetMarkers(self):
        return copy.deepcopy(self._say("markers"))

    def AddMarker(self, frame, colour, name, note, duration, data=""):
        item = self._item
        if item is None or "AddMarker" in self._world.refuse or frame in item["markers"]:
            return False
        mark = {"color": colour, "name": name, "note": note, "duration": duration}
        item["markers"][frame] = dict(mark, customData=data)
        return True

    def DeleteMarkerByCustomData(self, data):
        item = self._item
        found = [] if item is None else [
            frame for frame, mark in item["markers"].items() if mark["customData"] == data
        ]  # fmt: skip
        for frame in found:
            del item["markers"][frame]
        return bool(found)

    # Takes.

    def AddTake(self, pool_item, first=0, end=0):
        track, item = self._world.by_uid(self._uid)
        if (
            item is None
            or item["pool"] is None
            or track["locked"]
            or "AddTake" in self._world.refuse
        ):
            return False
        if not item["takes"]:
            item["takes"].append(
                {"pool": item["pool"], "first": item["left"], "length": item["length"]}
            )
            item["take"] = 1
        length = end - first + (0 if self._world.major >= 19 else 1) + self._world.off_by
        length = min(length, int(pool_item._said["Frames"]) - first)
        item["takes"].append({"pool": pool_item, "first": first, "length": length})
        return True

    def GetTakesCount(self):
        item = self._item
        return None if item is None else len(item["takes"])

    def GetSelectedTakeIndex(self):
        return self._say("take")

    def GetTakeByIndex(self, index):
        item = self._item
        if item is None or not 1 <= index <= len(item["takes"]):
            return None
        take = item["takes"][index - 1]
        end = take["first"] + take["length"]
        return {"startFrame": take["first"], "endFrame": end, "mediaPoolItem": take["pool"]}

    def SelectTakeByIndex(self, index):
        track, item = self._world.by_uid(self._uid)
        refused = "SelectTakeByIndex" in self._world.refuse
        if item is None or track["locked"] or refused or not 1 <= index <= len(item["takes"]):
            return False
        take = item["takes"][index - 1]
        after = [one["start"] for one in track["items"] if one["start"] > item["start"]]
        room = min(after) - item["start"] if after else 1 << 30
        item["take"], item["pool"], item["left"] = index, take["pool"], take["first"]
        item["length"] = min(take["length"], room)
        item["uid"] = _uid()  # as it may
        return True

    def DeleteTakeByIndex(self, index):
        item = self._item
        if item is None or not 1 <= index <= len(item["takes"]) or index == item["take"]:
            return False
        del item["takes"][index - 1]
        if item["take"] > index:
            item["take"] -= 1
        return True

    def FinalizeTake(self):
        item = self._item
        if item is None or not item["takes"]:
            return False
        item["takes"], item["take"] = [], 0
        return True
