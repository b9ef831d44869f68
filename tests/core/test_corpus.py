"""Edits written by other programs: each opens, or says clearly why not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from opentimelineio import schema

from opticals.errors import EditError, OpticalsError
from opticals.timeline import schemas
from opticals.timeline.compare import compare
from opticals.timeline.edit import Edit

CORPUS = Path(
    os.environ.get("OPTICALS_CORPUS") or Path(__file__).parents[2].parent / "shared" / "corpus"
)
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus of edits at {CORPUS}")
NEWER = "otio__premiere_example.otio"
EDITS = sorted(set(CORPUS.glob("*.otio")) - {CORPUS / NEWER})


@pytest.mark.parametrize("path", EDITS, ids=lambda path: path.stem)
def test_every_edit_opens_lists_and_saves_equal(path: Path, tmp_path: Path) -> None:
    edit = Edit.open(path)
    listed = edit.tracks()
    assert sum(len(track.items) for track in listed) == sum(
        len(track) if isinstance(track, schema.Track) else 1 for track in edit.timeline.tracks
    )
    for track in listed:
        for item in track.items:
            if item.id:
                with pytest.raises(OpticalsError) as caught:  # all their media is offline
                    edit.shot(item.id)
                assert item.id in caught.value.what or track.id in caught.value.what
    saved = Edit.open(edit.save(tmp_path / "saved.otio"))
    if "target_url" not in path.read_text() or _absolute(edit):
        assert compare(edit.timeline, saved.timeline) == ()


def _absolute(edit: Edit) -> bool:
    urls = [
        one.get("target_url", "")
        for one in schemas.objects(json.loads(schemas.write(edit.timeline)))
        if str(one["OTIO_SCHEMA"]).startswith("ExternalReference")
    ]
    return all(url.startswith(("/", "file:")) for url in urls)


def test_a_newer_premiere_edit_is_refused_by_the_name_of_its_schema() -> None:
    with pytest.raises(EditError, match=r"Marker\.3") as caught:
        Edit.open(CORPUS / NEWER)
    assert "up to version 2" in caught.value.why


@pytest.mark.parametrize(
    "path", sorted(set(CORPUS.glob("*.*")) - set(CORPUS.glob("*.otio"))), ids=lambda path: path.name
)
def test_other_formats_are_refused_by_name(path: Path) -> None:
    with pytest.raises(EditError, match=r"\.otio"):
        Edit.open(path)
