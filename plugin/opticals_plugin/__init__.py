"""Hosts of the panel: what holds the edit, and how the panel is started from there."""
