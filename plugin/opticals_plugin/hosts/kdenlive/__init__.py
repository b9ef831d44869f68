"""Kdenlive as a host: a process of ours that works it over D-Bus and the clipboard."""
