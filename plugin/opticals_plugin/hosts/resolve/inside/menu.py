"""What an entry of Workspace > Scripts does, and the same from a terminal."""

import os
import sys
import time
import traceback

from . import mailbox
from .agent import KEYS, TICK_S, Agent
from .api import connect
from .bridge import HostError, client

ALONE = ("undo", "redo", "export", "import")  # for which no panel is needed


def run(key, given):
    """An entry was chosen.

    Args:
        given: the names that Resolve defines for scripts of its menu: `resolve`, `fusion`, `bmd`.
    """
    resolve = given.get("resolve")
    if resolve is None and given.get("bmd") is not None:
        resolve = given["bmd"].scriptapp("Resolve")
    wrong = begin(key, lambda: resolve if resolve is not None else connect(), show)
    if wrong:
        show(wrong)


def outside(argv):
    """The same from a terminal; the exit status."""
    if len(argv) != 1 or argv[0] not in KEYS:
        sys.stderr.write("One of %s is wanted.\n" % ", ".join(KEYS))
        return 2
    wrong = begin(argv[0], connect, show)
    if wrong:
        sys.stderr.write(wrong + "\n")
    return 1 if wrong else 0


def begin(key, resolve, say, panels=None, launch=None):
    """Have the agent do what a key is for; where none runs, be it until it is not needed.

    Args:
        resolve: a function that gives Resolve.

    Returns:
        What went wrong, or "".
    """
    path = mailbox.path_of(panels)
    said = mailbox.hand_over(key, path)
    if said is not None:
        return said
    try:
        agent = Agent(resolve(), say, launch, panels)
    except HostError as error:
        return told(error)
    wrong = pressed(agent, key)
    if agent.client.state == "no panel" and (wrong or key in ALONE):
        agent.close("")
        return wrong
    if wrong:
        say(wrong)
    live(agent, mailbox.Mailbox(path))
    return ""


def live(agent, box):
    """Be the agent."""
    why = "The panel was closed."
    try:
        while agent.tick():
            asked = box.take()
            if asked is not None:
                key, reply = asked
                reply(pressed(agent, key))
            time.sleep(TICK_S)
    except KeyboardInterrupt:
        why = "Opticals was stopped."
    finally:
        box.close()
        agent.close(why)


def pressed(agent, key):
    """Do what a key is for; what went wrong, or ""."""
    try:
        agent.press(key)
    except HostError as error:
        return told(error)
    except Exception as error:
        traceback.print_exc()
        return "Opticals could not do it: %s: %s" % (type(error).__name__, error)
    return ""


def told(error):
    return " ".join(one for one in (error.what, error.remedy) if one)


def show(text):
    """Where scripts of Resolve can say something: the console (Workspace > Console), and a file
    that stays."""
    sys.stdout.write("Opticals: %s\n" % text)
    sys.stdout.flush()
    try:
        folder = client.panels_folder()
        if os.path.isdir(folder):
            with open(os.path.join(folder, "resolve.log"), "a", encoding="utf-8") as file:
                file.write("%s %s\n" % (time.strftime("%Y-%m-%d %H:%M:%S"), text))
    except OSError:
        pass
