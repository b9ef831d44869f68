"""Which frames of which medium a clip shows, as far as Resolve tells a script."""

import os
import re

from . import timing
from .api import ask, frames, has

_RANGE = re.compile(r"^(.*?)\[(\d+)-(\d+)\](\.[^.\\/]+)$")
_WHOLE = {
    "Timeline": "A nested timeline",
    "Compound": "A compound clip",
    "Compound Clip": "A compound clip",
    "Fusion": "A Fusion clip",
    "Fusion Clip": "A Fusion clip",
    "Multicam": "A multicam clip",
    "Multicam Clip": "A multicam clip",
    "Generator": "A generator",
    "Fusion Title": "A title",
    "Fusion Generator": "A generator",
    "Stereo": "A stereo clip",
    "VFX Connect": "A VFX Connect clip",
}
RENDER_IN_PLACE = "right-click it, Render in Place, and send that"


class Medium(object):
    """What a media pool item is.

    Attributes:
        path: absolute; of a sequence with `#` for each digit. None where it is no file.
        first: number of a sequence's first picture, else None.
        count: frames, 0 where it does not say.
        start: timecode of its first frame as a frame number.
    """

    def __init__(self, pool_item):
        said = ask(pool_item, "GetClipProperty", default={})
        self.said = said if isinstance(said, dict) else {}
        self.name = str(ask(pool_item, "GetName", default=""))
        self.type = str(self.said.get("Type", ""))
        self.rate = timing.rate_of(self.said.get("FPS", ""))
        self.count = _int(self.said.get("Frames"))
        self.path, self.first = _named(str(self.said.get("File Path", "") or ""))
        drop = ";" in str(self.said.get("Start TC", ""))
        try:
            self.start = timing.frame_of(self.said.get("Start TC"), self.rate or [25, 1], drop)
        except Exception:
            self.start = 0

    @property
    def still(self):
        return self.type == "Still" or (self.count == 1 and self.first is None)

    @property
    def proxy(self):
        return str(self.said.get("Proxy", "") or "None") not in ("None", "")

    def is_file(self, path):
        return self.path is not None and os.path.normcase(self.path) == os.path.normcase(path)


def look(medium, first, length, rate):
    """What a clip at normal speed shows from frame `first` of a medium on."""
    media_rate = medium.rate or rate
    span = max(1, length * media_rate[0] * rate[1] // (media_rate[1] * rate[0]))
    return {
        "media": {"path": medium.path, "first": medium.first, "count": medium.count or None},
        "media_rate": medium.rate,
        "source": [0, 1] if medium.still else [first, span],
        "speed": [0, 1] if medium.still else [1, 1],
    }


def why_not(pool_item, medium):
    """Why a clip cannot be rendered; "" where it can."""
    if pool_item is None:
        return "A title, generator or adjustment clip: %s." % RENDER_IN_PLACE
    if medium.type in _WHOLE:
        return "%s: %s, or send the clips inside it." % (_WHOLE[medium.type], RENDER_IN_PLACE)
    if medium.path is None:
        return "Its medium is offline, or no file: relink it in the media pool."
    return ""


def first_shown(item, medium, length, rate):
    """The first frame of the medium that a clip shows, from the medium's frame 0; None where the
    clip is retimed, of which Resolve tells a script nothing.

    `GetLeftOffset` counts in frames of the timeline. `GetSourceStartFrame` counts in the medium's,
    from its frame 0 or from its timecode, depending on the version.
    """
    media_rate = medium.rate or rate
    same = media_rate[0] * rate[1] == rate[0] * media_rate[1]
    left = frames(item, "GetLeftOffset")
    first = _from_zero(item, "GetSourceStartFrame", medium)
    end = _from_zero(item, "GetSourceEndFrame", medium)
    if first is None:
        return left if same else None
    if end is not None:
        wanted = length * media_rate[0] * rate[1] / float(media_rate[1] * rate[0])
        # Whether the end is included depends on the version too.
        if not -1.5 <= (end - first) - wanted <= 1.5 or end < first:
            return None
    if same and left != first:
        return None
    return first


def _from_zero(item, name, medium):
    if not has(item, name):
        return None
    found = ask(item, name)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    found = round(found)
    return found - medium.start if medium.start and found >= medium.start else found


def _named(path):
    match = _RANGE.match(path)
    if not path:
        return None, None
    if not match:
        return os.path.abspath(path), None
    head, first, _, suffix = match.groups()
    return os.path.abspath(head + "#" * len(first) + suffix), int(first)


def _int(value):
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return 0
