"""Bad edits: mutated, hostile, absurd. Each is refused in words, within seconds."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from opticals.errors import EditError
from opticals.timeline import formats
from opticals.timeline.formats import bundle, process
from opticals.timeline.relink import index
from tests import edit_fuzz

from .test_formats import Maker

EACH = 8  # `make fuzz-edits` tries 300 of every format
BOMB = 300 << 20


def test_mutated_edits_are_read_or_refused_in_words(tmp_path: Path) -> None:
    outcomes = edit_fuzz.fuzz(EACH, 0, tmp_path)
    wrong = [f"{one.name}: {one.kind}\n{one.told}" for one in outcomes if not one.ok]
    assert not wrong, "\n\n".join(wrong)
    kinds = Counter(one.kind for one in outcomes)
    assert kinds["read"] >= len(outcomes) // 10  # not all that is changed is damage
    assert kinds["refused"] >= len(outcomes) // 4


def test_good_edits_are_read(tmp_path: Path) -> None:
    """Else every refusal above could be one of the good edit."""
    for paths in edit_fuzz.edits(tmp_path).values():
        for path in paths:
            if path.parent == tmp_path:
                assert edit_fuzz.answer(path)["kind"] == "read", edit_fuzz.answer(path)


def bundle_of(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.otio", Maker().timeline.to_json_string())
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return path


@pytest.mark.parametrize(
    "name", ["../out.mov", "/out.mov", "media/../../out.mov", "..\\out.mov", "C:/out.mov"]
)
def test_paths_that_escape_a_bundle(name: str, tmp_path: Path) -> None:
    path = bundle_of(tmp_path / "cut.otioz", **{name: "x"})
    for reading in (lambda: formats.read(path), lambda: bundle.unpack(path)):
        with pytest.raises(EditError, match="not a path inside"):
            reading()
    assert [one.name for one in tmp_path.iterdir()] == ["cut.otioz"]


def test_a_link_in_a_bundle(tmp_path: Path) -> None:
    path = bundle_of(tmp_path / "cut.otioz")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("media/out.mov")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(EditError, match="not a path inside"):
        formats.read(path)


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "cut.otioz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("content.otio", "w", force_zip64=True) as file,
    ):
        for _ in range(BOMB >> 24):
            file.write(b" " * (1 << 24))
    assert path.stat().st_size < BOMB / 500
    started = time.monotonic()
    with pytest.raises(EditError, match="too large"):
        formats.read(path)
    assert time.monotonic() - started < 10


def test_media_of_a_bundle_are_unpacked_beside_it(tmp_path: Path) -> None:
    path = bundle_of(tmp_path / "cut.otioz", media__a="first", media__b="second")
    made = bundle.unpack(path)
    assert [one.read_text() for one in made] == ["first", "second"]
    assert {one.parent for one in made} == {tmp_path / "cut.otioz.media" / "media"}
    assert bundle.unpack(path) == ()  # what is there stays
    # Media are looked for there, as they are not among renders.
    assert not bundle.unpacked_folder(path).name.endswith(index.RENDERS)


def test_a_bundle_that_was_made_again(tmp_path: Path) -> None:
    """Its media are unpacked anew where they are others, even of the same size."""
    path = bundle_of(tmp_path / "cut.otioz", media__a="first", media__b="other")
    first, other = bundle.unpack(path)
    path.unlink()
    bundle_of(path, media__a="FIRST", media__b="other")
    assert bundle.unpack(path) == (first,)
    assert (first.read_text(), other.read_text()) == ("FIRST", "other")
    assert bundle.unpack(path) == ()


def test_damage_inside_of_a_bundle(tmp_path: Path) -> None:
    """Deflated data that is none: the zip itself is whole."""
    for member in ("content.otio", "media/a"):
        path = bundle_of(tmp_path / f"{Path(member).name}.otioz", media__a="text " * 1000)
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(member)
            start = info.header_offset + 30 + len(info.filename)
        data = bytearray(path.read_bytes())
        data[start : start + 8] = b"\xff" * 8
        path.write_bytes(data)
        with pytest.raises(EditError, match="is damaged"):
            (formats.read if member == "content.otio" else bundle.unpack)(path)
        assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml", ".kdenlive", ".mlt", ".xges"])
@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x.dtd"> %a;]>',
    ],
)
def test_entities_in_xml(declared: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"cut{suffix}"
    path.write_text(f'<?xml version="1.0"?>{declared}<xmeml><name>&a;</name></xmeml>')
    with pytest.raises(EditError, match="entities"):
        formats.read(path)


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml", ".kdenlive", ".mlt", ".xges"])
def test_absurdly_deep_xml(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"cut{suffix}"
    path.write_text("<a>" * 100_000 + "</a>" * 100_000)
    started = time.monotonic()
    with pytest.raises(EditError):
        formats.read(path)
    assert time.monotonic() - started < 10


def test_a_sequence_within_itself(tmp_path: Path) -> None:
    rate = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
    item = (
        "<clipitem><name>x</name><start>0</start><end>9</end><in>0</in><out>9</out>"
        '<sequence id="s"/></clipitem>'
    )
    path = tmp_path / "cut.xml"
    path.write_text(
        f'<xmeml version="4"><sequence id="s"><name>s</name>{rate}<media><video><track>{item}'
        "</track></video></media></sequence></xmeml>"
    )
    with pytest.raises(EditError):
        formats.read(path)


@pytest.mark.parametrize("levels", [200, 30_000])
def test_deep_compounds_are_refused(levels: int, tmp_path: Path) -> None:
    """At 200 OTIO would still read it; at 30,000 it would end the process."""
    stack = '{"OTIO_SCHEMA": "Stack.1", "children": [{"OTIO_SCHEMA": "Track.1", "children": ['
    inner = Maker().first[0].to_json_string(indent=0)
    text = stack * levels + inner + '], "kind": "Video"}]}' * levels
    path = tmp_path / "cut.otio"
    path.write_text(f'{{"OTIO_SCHEMA": "Timeline.1", "tracks": {text}}}')
    assert edit_fuzz.answer(path)["kind"] == "refused"


@pytest.mark.parametrize("value", ["0", "-5", "1e9", "NaN", "1e400"])
@pytest.mark.parametrize(
    ("suffix", "was"),
    [(".xml", "<timebase>25</timebase>"), (".mlt", 'frame_rate_num="25"'), (".xges", ")25/1")],
)
def test_absurd_rates(suffix: str, was: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / f"cut{suffix}"
    formats.write(Maker().timeline, path)
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, was.replace("25", value)))
    assert edit_fuzz.answer(path)["kind"] in ("read", "refused")


def test_an_adapter_that_hangs_or_dies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The real runner with another program in the adapter's place."""
    path = tmp_path / "cut.edl"
    formats.write(Maker().timeline, path)
    monkeypatch.setattr(process, "_SECONDS", 0.01)
    with pytest.raises(EditError, match=r"cut\.edl cannot be read") as caught:
        formats.read(path)
    assert "not done" in caught.value.why
    monkeypatch.setattr(process, "_SECONDS", 20.0)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    if Path("/bin/false").exists():
        with pytest.raises(EditError, match=r"cut\.edl cannot be read") as caught:
            formats.read(path)
        assert "crashed" in caught.value.why


def test_adapters_are_not_heard(tmp_path: Path) -> None:
    """The Kdenlive adapter prints a banner, AAF's library warns: none of it reaches the user."""
    for suffix in (".kdenlive", ".aaf"):
        path = tmp_path / f"cut{suffix}"
        formats.write(Maker().timeline, path)
        told = f"from opticals.timeline import formats, Path; formats.read(Path({str(path)!r}))"
        told = told.replace(", Path;", "; from pathlib import Path;")
        done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
