"""What a film says about itself in words, as far as a render of it should say the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opticals.media.read.container import opened

if TYPE_CHECKING:
    from opticals.media.facts import Media

# libav's names of what is about the shot. The tape's name is not: a render has its own.
_CARRIED = (
    *("title", "description", "comment", "artist", "copyright", "creation_time", "date"),
    *("make", "model", "location", "project_name", "scene", "take", "camera_id"),
)
_PREFIXES = ("com.apple.quicktime.", "comment_")  # of MOV by phones, and of MXF


def carried(media: Media) -> dict[str, str]:
    """Title, camera, project and so on of a film, by libav's names.

    Raises:
        MediaError: the medium cannot be opened.
    """
    if media.is_sequence:
        return {}
    found: dict[str, str] = {}
    with opened(Path(media.path)) as container:
        for name, value in container.metadata.items():
            name = name.lower()
            for prefix in _PREFIXES:
                name = name.removeprefix(prefix)
            if name in _CARRIED and value:
                found.setdefault(name, value)
    return found
