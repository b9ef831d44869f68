"""Lists of OpenTimelineIO, gone through without leaving anything behind."""

from __future__ import annotations

import os
from pathlib import Path

import opentimelineio as otio
import pytest

import opticals.timeline.iterators  # noqa: F401 - mends them

TIMES = 100_000


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("name", ["effects", "markers", "metadata"])
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say")
def test_going_through_them_keeps_no_memory(name: str) -> None:
    clip = otio.schema.Clip("a")
    listed = getattr(clip, name)
    for _ in range(TIMES // 10):
        list(listed)
    before = resident()
    for _ in range(TIMES):
        list(listed)
    assert resident() - before < TIMES * 4  # bytes; OTIO's own iterators keep 32 each


def test_they_are_gone_through_as_lists_are() -> None:
    clip = otio.schema.Clip("a")
    for name in "bcd":
        clip.markers.append(otio.schema.Marker(name))
        clip.effects.append(otio.schema.LinearTimeWarp(name, 2.0))
    assert [one.name for one in clip.markers] == ["b", "c", "d"]
    assert [one.name for one in clip.effects] == ["b", "c", "d"]
    clip.metadata["a"] = {"b": {}}
    assert list(clip.metadata) == ["a"]
    assert list(clip.metadata["a"]["b"]) == []
    assert clip.markers[1] in clip.markers
    clip.markers[:] = [one for one in clip.markers if one.name != "c"]
    assert [one.name for one in clip.markers] == ["b", "d"]
    seen = []
    for one in clip.markers:  # what is added meanwhile is met, as in a list
        seen.append(one.name)
        if len(clip.markers) < 4:
            clip.markers.append(otio.schema.Marker("e"))
    assert seen == ["b", "d", "e", "e"]
