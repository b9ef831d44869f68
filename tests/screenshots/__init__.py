"""Pictures of the panel in every state, theme and language, and whether all of it can be read."""
