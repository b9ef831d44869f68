"""Media named in every spelling that editing programs use, and nothing else found by them."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize
from urllib.parse import quote

import opentimelineio as otio
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from opentimelineio import schema

from opticals.timeline import urls
from opticals.timeline.edit import Edit

from .edits import span, timeline

FOLDER = Path("/cut/here")
_numbers = itertools.count()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def _fits(name: str) -> bool:
    """Whether a folder can hold it, its accents apart too."""
    forms = [normalize(form, name) for form in ("NFC", "NFD")]
    return name not in (".", "..") and all(len(one.encode()) < 200 for one in forms)


# Everything but surrogates, / and NUL; colons and backslashes have tests of their own. What URLs
# and patterns treat apart comes often.
letters = st.characters(exclude_categories=["Cs"], exclude_characters="/\0:\\")
names = st.one_of(
    st.text(letters, min_size=1, max_size=20),
    st.text(st.sampled_from(list("a %#?20dé~&+;=|映画é[]@%")), min_size=1, max_size=20),
).filter(_fits)


def _spelt(path: Path, folder: Path) -> Iterator[str]:
    """The URLs that programs write for a file, from their own home."""
    whole, relative = str(path), os.path.relpath(path, folder)
    yield from (whole, relative, f"./{relative}")
    small = re.sub("%..", lambda escape: escape[0].lower(), quote(whole))
    for text in (whole, quote(whole), small, quote(whole, safe="/()!$&',;=@ ")):
        yield from (f"file://{text}", f"file://localhost{text}", f"file:{text}", f"FILE://{text}")
    yield from (quote(relative), f"file:{quote(relative)}", f"file://./{quote(relative)}")
    for form in ("NFC", "NFD"):
        yield from (normalize(form, whole), f"file://{quote(normalize(form, whole))}")


@given(names, names, names, st.booleans())
@example("take", "a%20d", "b", False)
@example("100%", "50%25.mov", "50%", False)
@example("e\u0301", "e\u0301.mov", "x", True)
def test_a_file_is_found_by_every_spelling_and_no_other(
    home: Path, inner: str, name: str, other: str, composed: bool
) -> None:
    folder = home / str(next(_numbers))
    # A volume holds accents as letters of their own, or not.
    inner, name = (normalize("NFC" if composed else "NFD", one) for one in (inner, name))
    path = folder / inner / f"{name}.mov"
    path.parent.mkdir(parents=True)
    path.touch()
    edit = folder / "edits"
    edit.mkdir()
    try:
        for url in _spelt(path, edit):
            found = urls.media_path(url, edit)
            assert found is not None, url
            assert found.samefile(path), url
        path.unlink()
        (path.parent / f"{other}.mp4").touch()
        for url in _spelt(path, edit):
            found = urls.media_path(url, edit)
            assert found is None or not urls.exists(found), url
    finally:
        shutil.rmtree(folder)


@given(names, names)
def test_the_literal_file_is_meant_where_two_readings_are_there(
    home: Path, inner: str, name: str
) -> None:
    folder = home / str(next(_numbers))
    escaped = quote(name)
    assume(escaped != name and len(escaped) < 250)
    (folder / inner).mkdir(parents=True)
    for one in (name, escaped):
        (folder / inner / f"{one}.mov").touch()
    try:
        literal = folder / inner / f"{escaped}.mov"
        assert urls.media_path(f"{inner}/{escaped}.mov", folder) == literal
        assert urls.media_path(str(literal), folder) == literal
        decoded = folder / inner / f"{name}.mov"
        assert urls.media_path(f"file://{quote(str(decoded))}", folder) == decoded
    finally:
        shutil.rmtree(folder)


@given(names, st.booleans())
def test_relative_media_are_the_same_files_from_another_folder(
    home: Path, name: str, escaped: bool
) -> None:
    folder, new = home / str(next(_numbers)), home / "somewhere" / "else"
    folder.mkdir()
    new.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.mov"
    path.touch()
    try:
        for url in (quote(path.name), f"file:{quote(path.name)}") if escaped else (path.name,):
            moved = urls.rebased(url, folder, new)
            found = urls.media_path(moved, new)
            assert found is not None
            assert found.samefile(path)
            back = urls.media_path(urls.rebased(moved, new, folder), folder)
            assert back == path
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["take1:2.mov", "a:b.mov", "take 1:2.mov", "a\\b.mov", "C|.mov"])
def test_odd_letters_of_other_systems_are_letters_where_the_file_is_there(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    for url in (name, f"{tmp_path}/{name}", f"file://{quote(str(tmp_path / name))}"):
        assert urls.media_path(url, tmp_path) == tmp_path / name


def test_a_relative_windows_path_is_found(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a b.mov").touch()
    assert urls.media_path("media\\a b.mov", tmp_path) == tmp_path / "media" / "a b.mov"
    assert urls.media_path("..\\x\\a.mov", Path("/cut/here")) == Path("/cut/here/..\\x\\a.mov")


def test_a_path_of_another_system_is_no_path_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "C:" / "m").mkdir(parents=True)
    for name in ("C:/m/a.mov", "C:\\m\\a.mov"):
        (tmp_path / name).touch()
        found = urls.media_path(name, Path("/cut/here"))
        assert found is not None
        assert not urls.exists(found)


def test_names_of_volumes_are_those_of_macos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(urls, "_VOLUMES", str(tmp_path))
    medium = tmp_path / "Macintosh HD" / "Users" / "e" / "a#1.mov"
    medium.parent.mkdir(parents=True)
    medium.touch()
    for url in (
        "file:///Macintosh%20HD/Users/e/a%231.mov",
        "file://localhost/Macintosh HD/Users/e/a#1.mov",
    ):
        assert urls.media_path(url, FOLDER) == medium
    medium.unlink()
    assert urls.media_path("file:///Macintosh%20HD/Users/e/a%231.mov", FOLDER) == Path(
        "/Macintosh HD/Users/e/a#1.mov"
    )


# As they stand in edits by real programs, and the forms that these are known to write besides.
@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file://localhost/D%3a/media/sc01_sh010_anim.mov", "D:/media/sc01_sh010_anim.mov"),
        (
            "file://localhost/A160R0MN/A160R0MN/A160C005_171213_R0MN.mxf",
            "/A160R0MN/A160R0MN/A160C005_171213_R0MN.mxf",
        ),
        ("file:///Volumes/Media/otio/IMG_0858.MOV", "/Volumes/Media/otio/IMG_0858.MOV"),
        ("myClip.mp4", "/cut/here/myClip.mp4"),
        (
            "S:\\path\\to\\ZZ100_501.take_1.0001.exr",
            "S:/path/to/ZZ100_501.take_1.0001.exr",
        ),
        (
            "file:///Users/joshm/Desktop/DemoClips/tech.fux (loop)-HD.mp4",
            "/Users/joshm/Desktop/DemoClips/tech.fux (loop)-HD.mp4",
        ),
        (
            "file:///reverb/Users/joshm/Desktop/DemoClips/tech.fux%20(loop)-HD.mp4",
            "/reverb/Users/joshm/Desktop/DemoClips/tech.fux (loop)-HD.mp4",
        ),
        (
            "file://VSD/Tools_Media/Avid%20MediaFiles/MXF/reverb.1/out-b%20(loop)-HD59BAB2EB.2.mxf",
            "//VSD/Tools_Media/Avid MediaFiles/MXF/reverb.1/out-b (loop)-HD59BAB2EB.2.mxf",
        ),
        (
            "file:///Macintosh%20HD/Users/e/58982c7f-78b3.mov",
            "/Macintosh HD/Users/e/58982c7f-78b3.mov",
        ),
        ("file:///C|/m/a.mov", "C:/m/a.mov"),
        ("file:///c%3A/m/100%25.mov", "c:/m/100%.mov"),
        ("file://C:/m/a.mov", "C:/m/a.mov"),
        ("file://C%3A/m/a.mov", "C:/m/a.mov"),
        ("file://C|/m/a.mov", "C:/m/a.mov"),
        ("file:C:/m/a.mov", "C:/m/a.mov"),
        ("file:////server/share/a.mov", "//server/share/a.mov"),
        ("\\\\server\\share\\a b.mov", "//server/share/a b.mov"),
        ("//server/share/a.mov", "//server/share/a.mov"),
        ("file:///shots/a%20b.%04d.exr", "/shots/a b.%04d.exr"),
        ("file:///shots/a.%2504d.exr", "/shots/a.%04d.exr"),
        ("file:///m/take%20d.mov", "/m/take d.mov"),
        ("file:///m/%d0%bf%d1%83.mov", "/m/пу.mov"),
        ("file:///m/a%00b.mov", "/m/a%00b.mov"),
        ("urn:smpte:umid:060a2b34.01010105", None),
        ("https://example.org/a%20b.mov?x=1", None),
        ("smb://server/share/a.mov", None),
    ],
)
def test_urls_of_real_edits(url: str, path: str | None) -> None:
    assert urls.media_path(url, FOLDER) == (None if path is None else Path(path))


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a%20b.mov?x=1", "a b.mov"),
        ("S:\\path\\to\\a.0001.exr", "a.0001.exr"),
        ("file://localhost/D%3a/media/a%23.mov", "a#.mov"),
        ("file://server/share/a.mov", "a.mov"),
    ],
)
def test_every_url_has_a_name_to_look_for(url: str, name: str) -> None:
    assert urls.spellings(url)[0].rpartition("/")[2] == name


@given(names, st.integers(2, 8), st.booleans())
@example("a%20", 4, False)
@example("a%", 4, True)
def test_sequences_are_found_by_their_references(
    home: Path, prefix: str, digits: int, escaped: bool
) -> None:
    folder = home / str(next(_numbers))
    assume(not any(letter.isdecimal() for letter in prefix[-1:]))
    (folder / "shots").mkdir(parents=True)
    (folder / "shots" / f"{prefix}{1001:0{digits}}.exr").touch()
    base = folder / "shots"
    reference = schema.ImageSequenceReference(
        target_url_base=f"file://{quote(str(base))}" if escaped else str(base),
        name_prefix=quote(prefix) if escaped else prefix,
        name_suffix=".exr",
        frame_zero_padding=digits,
    )
    try:
        found = urls.media_path(urls.sequence_url(reference), folder)
        assert found == base / f"{prefix}%0{digits}d.exr"
        assert urls.exists(found)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("base", ["", "shots", "./shots/", "file:shots"])
def test_a_sequence_near_an_edit_is_found_when_that_is_saved_elsewhere(
    tmp_path: Path, base: str
) -> None:
    folder = tmp_path / "shots" if base else tmp_path
    folder.mkdir(exist_ok=True)
    for place in range(1001, 1011):
        (folder / f"a.{place}.exr").touch()
    reference = schema.ImageSequenceReference(
        target_url_base=base,
        name_prefix="a.",
        name_suffix=".exr",
        start_frame=1001,
        rate=25.0,
        available_range=span(1001, 10),
    )
    cut = timeline(("Video", [schema.Clip("a", reference, span(1001, 10))]))
    otio.adapters.write_to_file(cut, str(tmp_path / "cut.otio"))
    (tmp_path / "other").mkdir()
    saved = Edit.open(Edit.open(tmp_path / "cut.otio").save(tmp_path / "other" / "cut.otio"))
    ((item,),) = (track.items for track in saved.tracks())
    assert item.media == "online"
    assert item.path is not None
    assert item.path.parent.samefile(folder)
