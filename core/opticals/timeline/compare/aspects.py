"""What of an edit a comparison may leave out."""

from __future__ import annotations

from enum import StrEnum


class Aspect(StrEnum):
    """Something that a format may not hold, or hold otherwise.

    What stands where and shows which frames is no such thing: it is always compared.
    """

    NAMES = "names of clips"
    TRACK_NAMES = "names of tracks"
    EDIT_NAME = "name of the edit"
    START = "start timecode"
    DROP_FRAME = "drop-frame counting"
    SOUND = "sound tracks"
    EMPTY_TRACKS = "empty tracks"
    MEDIA = "names of media"
    RENDERS = "which media are placed renders"
    ENABLED = "whether clips are enabled"
    EFFECTS = "effects"
    TRANSITION_KINDS = "kinds of transitions"
    MARKERS = "markers"
    MARKER_COLOURS = "colours of markers"
    MARKER_LENGTHS = "lengths of markers"
