"""Everything that scripting does not reach: the timeline out as OTIO, and in again as a new one."""

import glob
import os
import re
import subprocess

from . import reading
from .api import ask
from .bridge import HostError, client


def export(resolve, launch):
    """Write the timeline as OTIO where its renders go, and open it in a panel; the file."""
    sight = reading.Sight(resolve)
    kind, plain = (getattr(resolve, one, None) for one in ("EXPORT_OTIO", "EXPORT_NONE"))
    if kind is None:
        raise HostError(
            "This DaVinci Resolve exports no OTIO.",
            "unsupported",
            "18.5 and later do; before, export an XML and open it in the panel.",
        )
    path = _free(_path(sight))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not ask(sight.timeline, "Export", path, kind, plain) or not os.path.exists(path):
        raise HostError(
            "DaVinci Resolve did not export the timeline to %s." % path,
            "failed",
            "It says no reason: look whether the folder can be written, and whether the Edit page "
            "is open.",
        )
    argv = [one for one in launch.get("argv") or [] if one != "--host"]
    if argv:
        more = {"start_new_session": True} if os.name != "nt" else {"creationflags": 0x8 | 0x200}
        environment = client.scrubbed(os.environ)
        if launch.get("home"):
            environment["OPTICALS_HOME"] = launch["home"]
        subprocess.Popen(
            [*argv, path],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment, close_fds=True, **more
        )  # fmt: skip
    return path


def import_newest(resolve):
    """Bring the newest edit that Opticals wrote of this timeline in, as a new timeline; its name.

    Raises:
        HostError: there is none, or Resolve says None, with all that may be the cause.
    """
    sight = reading.Sight(resolve)
    base = os.path.splitext(_path(sight))[0]
    stem = re.sub(r"_opticals_v\d{3,}$", "", base)
    found = [
        one for one in glob.glob(glob.escape(stem) + "*_opticals_v*.otio") if ".master." not in one
    ]
    if not found:
        raise HostError(
            "There is no edit by Opticals beside %s.otio." % stem,
            "failed",
            "Open the timeline as OTIO, render, and save the edit in the panel first.",
        )
    path = max(found, key=lambda one: (os.path.getmtime(one), one))
    name = _unused(sight.project, os.path.splitext(os.path.basename(path))[0])
    pool = ask(sight.project, "GetMediaPool")
    options = {"timelineName": name, "importSourceClips": True}
    made = ask(pool, "ImportTimelineFromFile", path, options)
    if made is None or made is False:
        raise HostError(
            "DaVinci Resolve did not import %s." % path,
            "failed",
            "It says no reason. It does so where the project was never saved, a medium is missing, "
            "a timeline of this name exists (%s did not), or timecodes of media are not those of "
            "their files." % name,
        )
    return name


def _path(sight):
    path = reading.project_path(sight)
    if path is None:
        raise HostError(
            "The project has no name yet.", "failed", "Save it in DaVinci Resolve, and try again."
        )
    return os.path.splitext(path)[0] + ".otio"


def _free(path):
    """A name that is not taken: an export never replaces one that is being worked on."""
    base, suffix = os.path.splitext(path)
    number = 1
    while os.path.exists(path):
        number += 1
        path = "%s %d%s" % (base, number, suffix)
    return path


def _unused(project, name):
    taken = set()
    for index in range(1, int(ask(project, "GetTimelineCount", default=0) or 0) + 1):
        taken.add(ask(ask(project, "GetTimelineByIndex", index), "GetName"))
    found, number = name, 1
    while found in taken:
        number += 1
        found = "%s %d" % (name, number)
    return found
