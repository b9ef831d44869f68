"""Media references made to name another file, on a copy of their clip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from opentimelineio.schema import ExternalReference, ImageSequenceReference, MissingReference

from opticals.media.sequence import numbering
from opticals.timeline import piece
from opticals.timeline.urls import spellings, target_url

if TYPE_CHECKING:
    from opentimelineio.core import MediaReference
    from opentimelineio.schema import Clip

    from opticals.timeline.relink.proof import Proof

PROXY = "proxy"


def relinked(clip: Clip, proof: Proof, was: Path | None, *, keep: bool) -> Clip:
    """A copy of a clip whose medium is the one that was found, in all that it notes of itself.

    Args:
        was: the path of the medium until now.
        keep: whether the reference that was goes on as another one, under a key of its own.
    """
    made = clip.deepcopy()
    holders = [made]
    if piece.is_placed(made):
        holders += [piece.original(made)]
        if (whole := piece.whole(made)) is not None:
            holders += [whole]
    key = (holders[1] if len(holders) > 1 else made).active_media_reference_key
    for holder in holders:
        references = holder.media_references()
        old = references.get(key) or MissingReference()
        references[key] = _reference(old, proof)
        if keep:
            references[_free(references, PROXY)] = old.deepcopy()
        holder.set_media_references(references, holder.active_media_reference_key)
    for version in _versions(made):
        shot = version["render"]["shot"]
        if was is not None and shot["media"] == str(was):
            shot["media"] = str(proof.footage.path)  # a final goes on replacing its draft
    return made


def with_render(clip: Clip, name: str, path: Path) -> Clip:
    """A copy of a clip whose version `name` is found at `path`."""
    made = clip.deepcopy()
    references = made.media_references()
    _point(references[name], path)
    made.set_media_references(references, made.active_media_reference_key)
    for version in _versions(made):
        if numbering.name_of(Path(version["render"]["path"])) == name:
            version["render"]["path"] = str(path)
    return made


def _versions(clip: Clip) -> list[Any]:
    return list(clip.metadata[piece.KEY]["versions"].values()) if piece.is_ours(clip) else []


def _reference(old: MediaReference, proof: Proof) -> MediaReference:
    """`old`, its kind changed only where that cannot name the file."""
    found = proof.footage
    kind = ImageSequenceReference if found.numbers is not None else ExternalReference
    if isinstance(old, ExternalReference | kind):
        made = old.deepcopy()
    else:
        data, said = (json.loads(one.to_json_string()) for one in (kind(), old))
        data |= {name: said[name] for name in data.keys() & said.keys() - {"OTIO_SCHEMA"}}
        made = otio.core.deserialize_json_from_string(json.dumps(data))
    fresh = isinstance(made, ImageSequenceReference) and (
        not isinstance(old, ImageSequenceReference) or old.available_range is None
    )
    if fresh and found.numbers is not None:
        made.start_frame, made.frame_step = found.numbers[0], 1
        made.rate = float(found.rate)
    if proof.available is not None:
        made.available_range = proof.available
    _point(made, found.path)
    return made


def _point(reference: MediaReference, path: Path) -> None:
    """Let a reference name the file, or the files of a pattern."""
    pattern = numbering.pattern_of(path) if numbering.is_pattern(path) else None
    if isinstance(reference, ImageSequenceReference):
        assert pattern is not None
        reference.target_url_base = f"{target_url(pattern.folder)}/"
        reference.name_prefix, reference.name_suffix = pattern.prefix, pattern.suffix
        reference.frame_zero_padding = pattern.digits
        return
    if pattern is not None:
        path = _one_of(pattern, reference.target_url or "")
    reference.target_url = target_url(path)


def _one_of(pattern: numbering.Pattern, url: str) -> Path:
    """The sequence as the URL named it: by one of its files, or by its pattern."""
    for text in spellings(url):
        name = text.rpartition("/")[2]
        number = name[len(pattern.prefix) : -len(pattern.suffix)]
        if number.isdecimal() and (file := pattern.folder / name).is_file():
            return file
    return pattern.path


def _free(references: Any, name: str) -> str:
    number, key = 1, name
    while key in references:
        number += 1
        key = f"{name} {number}"
    return key
