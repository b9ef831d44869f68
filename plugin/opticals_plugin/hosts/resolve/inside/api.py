"""Resolve's scripting: each silent None and False becomes an error that says why and what to do."""

import os
import sys

from .bridge import HostError

PLACES = {
    "darwin": (
        "/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting",
        "/Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/"
        "fusionscript.so",
    ),
    "win32": (
        "%PROGRAMDATA%\\Blackmagic Design\\DaVinci Resolve\\Support\\Developer\\Scripting",
        "C:\\Program Files\\Blackmagic Design\\DaVinci Resolve\\fusionscript.dll",
    ),
    "linux": ("/opt/resolve/Developer/Scripting", "/opt/resolve/libs/Fusion/fusionscript.so"),
}
ITEM_GONE = (
    "DaVinci Resolve does not answer about the clip any more.",
    "It was removed, or replaced by another, while Opticals looked at it. Try again.",
)


def connect():
    """Resolve from outside.

    Raises:
        HostError: it is not there, does not run, or lets no scripts in.
    """
    scripting, library = PLACES.get(sys.platform, PLACES["linux"])
    scripting = os.environ.get("RESOLVE_SCRIPT_API") or os.path.expandvars(scripting)
    os.environ.setdefault("RESOLVE_SCRIPT_API", scripting)
    os.environ.setdefault("RESOLVE_SCRIPT_LIB", os.path.expandvars(library))
    modules = os.path.join(scripting, "Modules")
    if modules not in sys.path:
        sys.path.append(modules)
    try:
        import DaVinciResolveScript  # type: ignore[import-not-found]
    except Exception as error:
        raise HostError(
            "DaVinci Resolve's scripting is not found: %s." % error,
            "failed",
            "Install DaVinci Resolve, or set RESOLVE_SCRIPT_API and RESOLVE_SCRIPT_LIB.",
        ) from error
    resolve = DaVinciResolveScript.scriptapp("Resolve")
    if resolve is None:
        raise HostError(
            "DaVinci Resolve does not answer.",
            "failed",
            "Start it; in Preferences > System > General set External scripting to Local, which "
            "only Resolve Studio has. In the free one use Workspace > Scripts > Opticals.",
        )
    return resolve


def has(thing, name):
    """Whether this version has a method: Resolve answers None for those that it does not know."""
    return callable(getattr(thing, name, None))


def ask(thing, name, *given, **other):
    """What a method says; `default` where this version has no such method or it says None."""
    default = other.get("default")
    method = getattr(thing, name, None)
    if not callable(method):
        return default
    try:
        found = method(*given)
    except TypeError:  # an older version, with other arguments
        return default
    return default if found is None else found


def must(thing, name, *given, **other):
    """What a method says, which must be something.

    Args:
        what, remedy: what is said where it is None or False.
    """
    found = ask(thing, name, *given)
    if found is None or found is False or found == []:
        raise HostError(
            "%s (DaVinci Resolve said %r to %s.)" % (other["what"], found, name),
            other.get("kind", "failed"),
            other.get("remedy", ""),
        )
    return found


def project_of(resolve):
    """The project that is open."""
    manager = must(
        resolve,
        "GetProjectManager",
        what="DaVinci Resolve does not answer: it may be closing, or a window of it waits for you.",
        remedy="Look at DaVinci Resolve, then try again.",
        kind="busy",
    )
    return must(
        manager,
        "GetCurrentProject",
        what="No project is open in DaVinci Resolve.",
        remedy="Open a project and its timeline.",
    )


def timeline_of(project):
    """The timeline that is open."""
    return must(
        project,
        "GetCurrentTimeline",
        what="No timeline is open in DaVinci Resolve.",
        remedy="Double-click a timeline in the media pool, then try again.",
    )


def number(value, what):
    """A count of frames that Resolve said, which newer versions say as floats."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise HostError(ITEM_GONE[0] + " (%s: %r.)" % (what, value), "busy", ITEM_GONE[1])
    return round(value)


def frames(item, name):
    """A count of frames of a clip.

    Raises:
        HostError: Resolve says nothing: the clip is gone.
    """
    return number(ask(item, name), name)
