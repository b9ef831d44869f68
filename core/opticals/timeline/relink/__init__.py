"""Media that an edit lost, found again: by name or reel, proved by timecode and length."""

from opticals.timeline.relink.relinking import Link, Report, relink
from opticals.timeline.relink.search import By

__all__ = ["By", "Link", "Report", "relink"]
