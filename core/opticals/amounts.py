"""Amounts in words that are short and the same in every language: sizes and durations."""

from __future__ import annotations

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def size(count: float) -> str:
    """Bytes: `1.2 GB`, `11 MB`."""
    unit = 0
    while count >= 999.5 and unit + 1 < len(_UNITS):
        count, unit = count / 1000, unit + 1
    digits = 1 if unit > 1 and count < 9.95 else 0
    return f"{count:.{digits}f} {_UNITS[unit]}"


def duration(seconds: float) -> str:
    """Seconds as exactly as one says them of work to come: `40 s`, `4 min`, `1 h 20 min`."""
    if seconds < 55:
        step = 1 if seconds < 10 else 5
        return f"{max(1, round(seconds / step) * step)} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(round(minutes / 10) * 10, 60)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{hours} h"
