"""All states of the panel, from each file of them."""

from __future__ import annotations

from . import trouble_states, work_states
from .states import STATES, State

SPREAD = {  # what CI looks at at every push, and in which language: a few of every kind
    "welcome": "it",
    "selected": "en",
    "notices": "it",
    "queue_paused_elsewhere": "it",
    "mask_shapes": "it",
    "errors_media": "en",
    "timeline_everything": "en",
    "versions_several": "it",
    "shortcut_taken": "it",
    "preflight_short": "en",
}

__all__ = ["SPREAD", "STATES", "State", "trouble_states", "work_states"]
