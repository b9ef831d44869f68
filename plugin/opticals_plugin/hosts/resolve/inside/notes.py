"""What we note on a clip: the custom data of a marker on it, which Resolve keeps in the project.

    {"opticals": 1, "id": ours, "uid": Resolve's when it was written, "job": key,
     "takes": [names of renders], "laid": name of the render that it is}

Resolve's own id of a clip is not for life: it may change when a take is chosen.
"""

import json

from .api import ask, frames
from .bridge import HostError

COLOUR, NAME = "Cream", "Opticals"
_TRIES = 12  # places for the marker, where others stand


def read(item):
    """The note on a clip; {} where there is none."""
    found = ask(item, "GetMarkers", default={})
    for mark in found.values() if isinstance(found, dict) else ():
        text = mark.get("customData") if isinstance(mark, dict) else ""
        if not text or "opticals" not in str(text):
            continue
        try:
            note = json.loads(text)
        except ValueError:
            continue
        if isinstance(note, dict) and note.get("opticals") == 1:
            return note
    return {}


def write(item, note):
    """Put a note on a clip, in place of the one that is there.

    Raises:
        HostError: Resolve takes no marker there.
    """
    remove(item)
    note = dict(note, opticals=1, uid=str(ask(item, "GetUniqueId", default="")))
    text = json.dumps(note, sort_keys=True)
    words = ", ".join([note["laid"]] if note.get("laid") else note.get("takes") or [])
    first = max(0, frames(item, "GetLeftOffset"))
    for at in range(first, first + _TRIES):
        if ask(item, "AddMarker", at, COLOUR, NAME, words, 1, text):
            return
    raise HostError(
        "DaVinci Resolve takes no marker on “%s”, on which Opticals notes its versions."
        % ask(item, "GetName", default=""),
        "failed",
        "Remove markers at the clip's head, or unlock its track.",
    )


def remove(item):
    """Take the note off a clip."""
    found = ask(item, "GetMarkers", default={})
    for mark in list(found.values()) if isinstance(found, dict) else ():
        text = mark.get("customData") if isinstance(mark, dict) else ""
        if text and '"opticals"' in str(text):
            ask(item, "DeleteMarkerByCustomData", text)
