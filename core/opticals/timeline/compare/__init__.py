"""Two edits compared: what they show, in an editor's words, or all of them, letter for letter."""

from opticals.timeline.compare.aspects import Aspect
from opticals.timeline.compare.raw import compare, compare_data
from opticals.timeline.compare.words import check_written, differences, unseen

__all__ = ["Aspect", "check_written", "compare", "compare_data", "differences", "unseen"]
