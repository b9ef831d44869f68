"""`python -m opticals_plugin.hosts.resolve send|coloured|repeat|show|undo|redo|export|import`: the
entries of Resolve's menu from outside of it, which Resolve Studio alone allows."""

from __future__ import annotations

import sys

from opticals_plugin.hosts.resolve.inside.menu import outside

if __name__ == "__main__":
    sys.exit(outside(sys.argv[1:]))
