"""Edits and the shots selected in them: time, structure, placement. Never opens media."""
