"""The facts of a medium in the user's language: what the engine says in English, piece by piece."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opticals.media.words import in_short
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.media.facts import Media

_FRAMES = re.compile(r"(.+), (\d+) frames?")
_RATE = re.compile(r"about (\S+) fps")
_REEL = re.compile(r"reel (.+)")


def in_words(media: Media) -> tuple[str, ...]:
    """`in_short`, a line each; names, numbers and what is rarely met stay as they are."""
    return tuple(" · ".join(map(_piece, line.split(" · "))) for line in in_short(media))


def _piece(text: str) -> str:
    if found := _FRAMES.fullmatch(text):
        span = tr("no timecode") if found[1] == "no timecode" else found[1]
        return tr("{span}, %n frame(s)", count=int(found[2]), span=span)
    if found := _RATE.fullmatch(text):
        return tr("about {rate} fps", rate=found[1])
    if found := _REEL.fullmatch(text):
        return tr("reel {name}", name=found[1])
    return _known().get(text, text)


def _known() -> dict[str, str]:
    return {
        "video range": tr("video range"),
        "full range": tr("full range"),
        "video range (not said)": tr("video range (not said)"),
        "full range (not said)": tr("full range (not said)"),
        "colour untagged": tr("colour untagged"),
        "Interlaced, top field first": tr("Interlaced, top field first"),
        "Interlaced, bottom field first": tr("Interlaced, bottom field first"),
        "Variable frame rate: read at the edit's rate": tr(
            "Variable frame rate: read at the edit's rate"
        ),
        "Alpha straight": tr("Alpha straight"),
        "Alpha premultiplied": tr("Alpha premultiplied"),
        "Stored mirrored": tr("Stored mirrored"),
    }
