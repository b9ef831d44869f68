"""Presets: shipped ones render, one's own are kept, and what comes from others is checked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentimelineio import schema

from opticals import catalog, presets
from opticals.cli.app import app
from opticals.declaration import Kind
from opticals.errors import PresetError
from opticals.presets import Part, Preset
from opticals.recipe import step

from .edits import span, timeline
from .films import numbered


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def preset(name: str = "Mine", **more: Any) -> Preset:
    parts = (Part(step("denoise", luma=2, mask="/shots/a.json")), Part(step("upscale"), True))
    return Preset(name, parts, "For tests.", 7, **more)


def test_the_shipped_ones_can_be_rendered() -> None:
    found = presets.shipped()
    assert len(found) >= 12
    assert len({one.name for one in found}) == len(found)
    for one in found:
        assert one.shipped
        assert one.description.endswith(".")
        assert one.recipe.steps
        assert not one.recipe.files()  # no file is on every machine
    used = {part.step.effect for one in found for part in one.parts}
    ours = {one.id for one in catalog.all_effects().values() if one.every_model()}
    assert used >= ours - {"find_cuts", "match_colour"}  # which needs a reference of the shot


def test_one_is_kept_without_its_mask_and_found_again() -> None:
    kept = presets.save(preset())
    (again,) = presets.own().presets
    assert again == kept
    assert again.parts[0].step.settings["luma"] == 2
    assert again.parts[0].step.settings["mask"] == ""  # of one shot alone
    assert again.parts[1].bypassed
    assert again.recipe.name == "denoise"
    assert again.recipe.seed == 7


def test_a_name_is_taken_once_whatever_its_case() -> None:
    presets.save(preset("Night"))
    with pytest.raises(PresetError, match="“night” already") as caught:
        presets.save(preset("night"))
    assert caught.value.subject == "night"
    presets.save(preset("night"), replacing=True)
    presets.save(preset("Night!"))  # whose plain file name is the same
    assert [one.name for one in presets.own().presets] == ["night", "Night!"]


def test_renaming_moves_the_file() -> None:
    first, other = presets.save(preset("A")), presets.save(preset("B"))
    with pytest.raises(PresetError, match="already"):
        presets.rename(first, "b")
    new = presets.rename(first, "a")  # the same to a file system, another to people
    assert [one.name for one in presets.own().presets] == ["a", "B"]
    new = presets.rename(new, "C")
    assert [one.name for one in presets.own().presets] == ["B", "C"]
    presets.delete(new)
    assert presets.own().presets == (other,)


def test_the_shipped_ones_stay() -> None:
    one = presets.shipped()[0]
    for change in (lambda: presets.delete(one), lambda: presets.rename(one, "Other")):
        with pytest.raises(PresetError, match="not one of your own"):
            change()
    assert one.file is not None
    assert one.file.is_file()


def test_a_shared_one_says_nothing_of_this_machine(tmp_path: Path) -> None:
    style = tmp_path / "private folder" / "style.png"
    mine = Preset("Painted", (Part(step("stylize", picture=str(style), mask="/a.json")),))
    file = tmp_path / "painted.json"
    presets.share(mine, file)
    assert "private" not in file.read_text()
    assert str(presets.save(mine).parts[0].step.settings["picture"]) == str(style)  # one's own
    taken = presets.take(file)
    assert (taken.name, taken.recipe.files()) == ("Painted 2", ())


def test_a_broken_file_hides_no_other(home: Path) -> None:
    presets.save(preset())
    (home / "presets" / "bad.json").write_text("{")
    shelf = presets.own()
    assert [one.name for one in shelf.presets] == ["Mine"]
    assert "bad.json" in shelf.broken[0].what


GOOD = preset().to_json()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"opticals_preset": 2}, "another version"),
        ({"opticals_preset": "1"}, "another version"),
        ({"name": ""}, "no name"),
        ({"name": "a\nb"}, "no name"),
        ({"name": "x" * 81}, "no name"),
        ({"name": 5}, "no name"),
        ({"code": "import os"}, "unknown “code”"),
        ({"steps": []}, "1 to 64"),
        ({"steps": [{"effect": "upscale"}] * 65}, "1 to 64"),
        ({"steps": "upscale"}, "1 to 64"),
        ({"steps": [{"effect": "upscale", "run": "x"}]}, "step of it is none"),
        ({"steps": [{"effect": "sparkle"}]}, "needs the effect “sparkle”"),
        ({"steps": [{"effect": "upscale", "settings": {"scale": 3}}]}, "scale cannot be"),
        ({"steps": [{"effect": "upscale", "settings": {"size": 3}}]}, "no setting “size”"),
        ({"steps": [{"effect": "upscale", "settings": {"effect": 3}}]}, "cannot be used"),
        ({"steps": [{"effect": "upscale", "settings": {"detail": [1]}}]}, "neither number"),
        ({"steps": [{"effect": "denoise", "settings": {"luma": 1e308}}]}, "out of bounds"),
        ({"seed": -1}, "seed"),
        ({"seed": True}, "seed"),
        ({"description": 3}, "description"),
    ],
)
def test_what_is_wrong_with_one_is_said(tmp_path: Path, change: dict, said: str) -> None:
    file = tmp_path / "given.json"
    file.write_text(json.dumps({**GOOD, **change}))
    with pytest.raises(PresetError) as caught:
        presets.take(file)
    assert said in str(caught.value)
    assert not presets.own().presets


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "NaN", '{"opticals_preset": NaN}', "[" * 100_000, "{}", "\x00"]
)
def test_what_is_no_preset_is_refused(text: str) -> None:
    with pytest.raises(PresetError):
        presets.parse(text, "x")


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "huge.json").write_bytes(b" " * (1 << 21))
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.json").mkdir()
    for name in ("huge.json", "bytes.json", "folder.json", "none.json"):
        with pytest.raises(PresetError):
            presets.read(tmp_path / name)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from([*GOOD, "more"]), values, max_size=3),
    st.dictionaries(st.sampled_from(["effect", "settings", "bypassed", "more"]), values),
)
@settings(max_examples=150, suppress_health_check=list(HealthCheck))
def test_nothing_but_an_error_of_ours_comes_of_any_json(change: dict, part: dict) -> None:
    steps = [{**GOOD["steps"][0], **part}]
    try:
        found = presets.parse(json.dumps({**GOOD, "steps": steps, **change}), "x")
    except PresetError:
        return
    assert presets.parse(found.to_text(), "x") == found


def test_masks_and_media_are_told_apart() -> None:
    both = Preset("x", (Part(step("stylize", picture="/p.png", mask="/m.json")),))
    assert both.without(Kind.MASK).recipe.files() == ("/p.png",)
    assert replace(both, name="y").without(Kind.MASK, Kind.MEDIUM).recipe.files() == ()


def test_presets_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Listed, shown, handed on and back, and rendered with."""

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            app(list(words))
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        return said.out

    name = presets.shipped()[0].name
    assert name in run("presets")
    listed = json.loads(run("presets", "list", "--json"))
    assert [one["name"] for one in listed] == [one.name for one in presets.shipped()]
    file = tmp_path / "one.json"
    run("presets", "export", name.upper(), str(file))
    run("presets", "import", str(file))
    assert [one.name for one in presets.own().presets] == [name]
    assert json.loads(run("presets", "show", name)) == presets.own().presets[0].to_json()
    edit = tmp_path / "cut.otio"
    reference = schema.ExternalReference(str(numbered(tmp_path / "film.mov", 20)), span(0, 20))
    otio.adapters.write_to_file(
        timeline(("Video", [schema.Clip("one", reference, span(4, 8))])), str(edit)
    )
    words = ("render", str(edit), "--shot", "V1:1", "--preset", name, "--dry-run", "--json")
    effects = [part.step.effect for part in presets.shipped()[0].parts]
    for more, wanted in (((), effects), (("--effect", "copy"), [*effects, "copy"])):
        (shot,) = json.loads(run(*words, *more))["shots"]
        assert [one["effect"] for one in shot["recipe"]["steps"]] == wanted
    with pytest.raises(presets.PresetError, match="no preset"):
        presets.find("no such thing")
