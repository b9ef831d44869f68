"""All states of the panel, from each file of them."""

from __future__ import annotations

from . import work_states
from .states import SHORT, STATES, State

__all__ = ["SHORT", "STATES", "State", "work_states"]
