"""Edits written by other programs: each opens, takes a render on its clips and comes back right, or
says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from opticals.errors import EditError, OpticalsError
from opticals.timeline.account import account
from opticals.timeline.compare import differences
from opticals.timeline.edit import Edit
from tests import corpus

pytestmark = pytest.mark.skipif(
    not corpus.CORPUS.is_dir(), reason=f"no corpus of edits at {corpus.CORPUS}"
)
NEWER = "otio__premiere_example.otio"
# What their own formats cannot hold of them.
REFUSED = {
    "aaf__2997fps-DFTC.aaf": "media run at another rate",
    "aaf__misc_speed_effects.aaf": "retimed clips",
    "fcpx-xml__fcpx_event.fcpxml": "compounds",
    "xges__xges_example.xges": "between two frames",
}
EDITS = [one for one in corpus.files() if one.name != NEWER]


@pytest.mark.parametrize("path", EDITS, ids=lambda path: path.name)
def test_every_edit_takes_renders_and_comes_back_right(path: Path, tmp_path: Path) -> None:
    row = corpus.examine(path, tmp_path, every=4)
    assert not row.wrong
    assert row.tried > 0
    assert row.otio == row.tried
    assert row.taken + sum(1 for why in row.why if "as ." not in why) >= row.clips
    if path.name in REFUSED:
        assert row.own == 0
        assert any(REFUSED[path.name] in why for why in row.why)
    else:
        assert row.own == row.tried


@pytest.mark.parametrize("path", EDITS, ids=lambda path: path.name)
def test_every_edit_saves_equal(path: Path, tmp_path: Path) -> None:
    edit = Edit.open(path, **corpus.ANSWERS.get(path.name, {}))
    meant = account(edit)
    saved = Edit.open(edit.save(tmp_path / "saved.otio"))
    assert differences(meant, account(saved)) == ()
    assert saved.program == edit.program


def test_a_newer_premiere_edit_is_refused_by_the_name_of_its_schema() -> None:
    with pytest.raises(EditError, match=r"Marker\.3") as caught:
        Edit.open(corpus.CORPUS / NEWER)
    assert "up to version 2" in caught.value.why


def test_drop_frame_of_premieres_aaf_starts_at_five_hours() -> None:
    edit = Edit.open(corpus.CORPUS / "aaf__2997fps-DFTC.aaf")
    assert (edit.start, edit.timecode(edit.start)) == (539460, "05:00:00;00")


@pytest.mark.parametrize("name", sorted(corpus.ANSWERS))
def test_what_an_edit_leaves_open_is_asked_for(name: str) -> None:
    option = next(iter(corpus.ANSWERS[name])).replace("_", "-")
    with pytest.raises(OpticalsError, match=f"--{option}"):  # noqa: PT012 - either may ask
        edit = Edit.open(corpus.CORPUS / name)
        for _lane, slot in reversed(edit.clips()):
            edit.shot(str(slot.id))
