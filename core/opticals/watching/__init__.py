"""Watched folders: edits that a program exports into one, and what was done with them."""
