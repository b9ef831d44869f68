"""Renders in the media pool, in a bin of their own."""

import os

from . import media
from .api import ask, must
from .bridge import HostError

BIN = "Opticals"


def imported(project, path):
    """The media pool item of a file, imported if it is not there yet.

    Raises:
        HostError: the file is not there, or Resolve does not take it.
    """
    sequence = _sequence(path)
    if sequence is None and not os.path.exists(path):
        raise HostError("%s is not there." % path, "failed", "Render it again.")
    pool = must(
        project, "GetMediaPool", what="DaVinci Resolve gives no media pool.", kind="busy",
        remedy="Look at DaVinci Resolve: a window of it may wait for you.",
    )  # fmt: skip
    folder = _bin(pool)
    found = _in(folder, path)
    if found is not None:
        return found
    before = ask(pool, "GetCurrentFolder")
    try:
        ask(pool, "SetCurrentFolder", folder)
        got = ask(pool, "ImportMedia", [sequence or path], default=[])
    finally:
        if before is not None:
            ask(pool, "SetCurrentFolder", before)
    found = next((one for one in got or [] if one is not None), None) or _in(folder, path)
    if found is None:
        raise HostError(
            "DaVinci Resolve did not take %s into the media pool." % os.path.basename(path),
            "failed",
            "It says no reason. It may not read the codec (the free one on Linux no H.264 and "
            "H.265; ProRes 4444 on some), or not see the folder: choose DNxHR or ProRes 422 HQ "
            "in the panel, and add the folder in Preferences > Media Storage.",
        )
    return found


def _bin(pool):
    root = must(
        pool, "GetRootFolder", what="DaVinci Resolve gives no media pool.", kind="busy",
        remedy="Look at DaVinci Resolve.",
    )  # fmt: skip
    for one in ask(root, "GetSubFolderList", default=[]) or []:
        if ask(one, "GetName") == BIN:
            return one
    return ask(pool, "AddSubFolder", root, BIN) or root


def _in(folder, path):
    for one in ask(folder, "GetClipList", default=[]) or []:
        if media.Medium(one).is_file(path):
            return one
    return None


def _sequence(path):
    """What Resolve imports of a sequence: its folder's first file does not do, its pattern does."""
    if "#" not in os.path.basename(path):
        return None
    folder, name = os.path.split(path)
    digits = name.count("#")
    head, _, tail = name.partition("#" * digits)
    numbers = sorted(
        one[len(head) : len(head) + digits]
        for one in (os.listdir(folder) if os.path.isdir(folder) else [])
        if one.startswith(head) and one.endswith(tail) and len(one) == len(name)
    )
    if not numbers:
        raise HostError("%s is not there." % path, "failed", "Render it again.")
    return {
        "FilePath": os.path.join(folder, "%s%%0%dd%s" % (head, digits, tail)),
        "StartIndex": int(numbers[0]),
        "EndIndex": int(numbers[-1]),
    }
