"""Puts our scripts where editing programs look for them, and takes them away again."""
