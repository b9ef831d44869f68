"""All states of the panel, from each file of them."""

from __future__ import annotations

from . import trouble_states, work_states
from .states import SHORT, STATES, State

__all__ = ["SHORT", "STATES", "State", "trouble_states", "work_states"]
