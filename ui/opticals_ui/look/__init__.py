"""Colours, icons, fonts, and small widgets."""
