"""Numbered picture files as media, read and written."""
