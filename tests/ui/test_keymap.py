"""Keymaps: the layers of keys, conflicts between them, the sets we ship, and files of keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QKeyCombination, Qt

from opticals.errors import SettingError
from opticals_ui.commands import sets
from opticals_ui.commands.command import Command, Scope
from opticals_ui.commands.keymap import Keymap
from opticals_ui.commands.keys import conflicts, pressed, spelled
from opticals_ui.memory import Memory
from opticals_ui.panel import Panel


def command(id: str, *keys: str, scope: Scope = Scope.PANEL) -> Command:
    return Command(id, id.capitalize(), keys, lambda: None, scope)


COMMANDS = (
    command("open", "Ctrl+O"),
    command("mark", "I", scope=Scope.PICTURE),
    command("step", "Left", "A", scope=Scope.TIMELINE),
    command("wipe", "Left", scope=Scope.VIEWER),
    command("zoom", "+", "=", scope=Scope.TIMELINE),
)
KEYS = ("A", "B", "I", "Left", "Ctrl+O", "Ctrl+Shift+O", "+", "F5", "?")


@pytest.fixture
def memory(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Memory:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return Memory()


@pytest.fixture
def keymap(memory: Memory) -> Keymap:
    return Keymap(COMMANDS, memory)


def found(keymap: Keymap) -> list[tuple[str, str, str]]:
    clashes = conflicts(keymap.commands, keymap.bindings)
    return [(one.key, one.first.id, one.second.id) for one in clashes]


def test_scopes_that_cannot_both_have_the_focus_share_keys() -> None:
    keys = {one.id: one.keys for one in COMMANDS}
    assert not list(conflicts(COMMANDS, keys))
    assert Scope.TIMELINE.meets(Scope.PICTURE)
    assert Scope.VIEWER.meets(Scope.PANEL)
    assert not Scope.VIEWER.meets(Scope.TIMELINE)
    (clash,) = conflicts(COMMANDS, {**keys, "mark": ("Left",), "wipe": ()})
    assert (clash.key, clash.first.id, clash.second.id) == ("Left", "mark", "step")


def test_a_key_given_is_taken_from_who_has_it_and_kept_from_run_to_run(
    keymap: Keymap, memory: Memory
) -> None:
    changed: list[bool] = []
    keymap.changed.connect(lambda: changed.append(True))
    assert [one.id for one in keymap.holders("A", "open")] == ["step"]
    assert not keymap.holders("Left", "wipe")  # the other Left is of the timeline
    keymap.give("open", ("ctrl+o", "A"))
    assert keymap.keys("open") == ("Ctrl+O", "A")
    assert keymap.keys("step") == ("Left",)
    assert changed == [True]
    again = Keymap(COMMANDS, memory)
    assert again.bindings == keymap.bindings
    assert set(again.own) == {"open", "step"}


def test_reset_gives_the_usual_keys_back(keymap: Keymap) -> None:
    before = dict(keymap.bindings)
    keymap.give("mark", ("A", "B"))
    keymap.reset("step")
    assert keymap.keys("step") == ("Left", "A")
    assert keymap.keys("mark") == ("B",)
    keymap.reset_all()
    assert keymap.bindings == before
    assert not keymap.own


@given(
    st.lists(
        st.one_of(
            st.tuples(
                st.just("give"),
                st.sampled_from([one.id for one in COMMANDS]),
                st.lists(st.sampled_from(KEYS), max_size=3),
            ),
            st.tuples(st.just("reset"), st.sampled_from([one.id for one in COMMANDS])),
            st.tuples(st.just("choose"), st.sampled_from(sets.SHIPPED)),
            st.tuples(st.just("again")),
        ),
        max_size=8,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_changed_no_key_stands_for_two(memory: Memory, steps: list[tuple]) -> None:
    keymap = Keymap(COMMANDS, memory)
    keymap.read(sets.written(sets.OURS, {}))
    for name, *rest in steps:
        if name == "again":
            text = keymap.written()
            keymap = Keymap(COMMANDS, memory)
            assert keymap.written() == text
        else:
            getattr(keymap, name)(*rest)
        assert not found(keymap)
        if name == "give":
            assert keymap.keys(rest[0]) == tuple(dict.fromkeys(map(spelled, rest[1])))
        if name == "reset":
            assert keymap.keys(rest[0]) == keymap.usual(rest[0])


def test_what_a_memory_holds_that_is_no_keymap_is_nothing(memory: Memory) -> None:
    for wrong in ({"open": "A"}, {"open": ["nothing such"]}, {"open": ["Ctrl+K, Ctrl+C"]}):
        memory.put("keys.own", wrong)
        assert Keymap(COMMANDS, memory).keys("open") == ("Ctrl+O",)
    memory.put("keys.set", "of nobody")
    assert Keymap(COMMANDS, memory).set == sets.OURS


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("no json", "no file of shortcuts"),
        ("[]", "no file of shortcuts"),
        ('{"is": "else"}', "no file of shortcuts"),
        (json.dumps({"is": sets.FORMAT, "set": "x", "keys": {}}), "unknown set"),
        (json.dumps({"is": sets.FORMAT, "set": "avid", "keys": []}), "no list of keys"),
        (json.dumps({"is": sets.FORMAT, "set": "avid", "keys": {"open": 1}}), "cannot be read"),
        (json.dumps({"is": sets.FORMAT, "set": "avid", "keys": {"open": ["Q W"]}}), "not a key"),
        (json.dumps({"is": sets.FORMAT, "set": "avid", "keys": {"open": ["Tab"]}}), "focus"),
        (
            json.dumps({"is": sets.FORMAT, "set": "avid", "keys": {"open": ["B"], "step": ["B"]}}),
            "two commands",
        ),
    ],
)
def test_a_wrong_file_changes_nothing_and_says_what_is_wrong(
    keymap: Keymap, text: str, what: str
) -> None:
    keymap.give("open", ("F5",))
    before = dict(keymap.bindings)
    with pytest.raises(SettingError, match=what):
        keymap.read(text)
    assert keymap.bindings == before


def test_a_file_of_a_newer_version_is_read_as_far_as_it_is_known(keymap: Keymap) -> None:
    keys = {"open": ["F5"], "not yet there": ["F6"]}
    keymap.read(json.dumps({"is": sets.FORMAT, "set": "avid", "keys": keys}))
    assert (keymap.set, keymap.keys("open")) == ("avid", ("F5",))


def test_keys_as_they_are_pressed() -> None:
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    keypad = Qt.KeyboardModifier.KeypadModifier
    for modifiers, key, text in (
        (shift, Qt.Key.Key_Question, "?"),  # on some keyboards Shift is needed for it, on some not
        (shift | control, Qt.Key.Key_S, "Ctrl+Shift+S"),
        (keypad, Qt.Key.Key_Plus, "+"),
        (shift, Qt.Key.Key_Left, "Shift+Left"),
        (shift, Qt.Key.Key_Shift, ""),
        (control, Qt.Key.Key_Control, ""),
        (shift, Qt.Key.Key_Backtab, ""),
    ):
        assert pressed(QKeyCombination(modifiers, key)) == text


@pytest.mark.parametrize("set_id", sets.SHIPPED)
def test_a_shipped_set_fits_every_command(open_panel: Panel, set_id: str) -> None:
    commands, shipped = open_panel.commands, sets.shipped(set_id)
    assert shipped.id == set_id
    assert set(shipped.keys) <= {one.id for one in commands}
    assert not list(conflicts(commands, shipped.keys)), "within the set"
    keymap = Keymap(commands, Memory())
    keymap.choose(set_id)
    assert not found(keymap)
    assert not [one.id for one in commands if not keymap.keys(one.id)], "lost all of its keys"
    for id, keys in shipped.keys.items():
        assert keymap.keys(id) == keys
    keymap.choose(sets.OURS)


def test_our_own_keys_are_in_no_conflict(open_panel: Panel) -> None:
    keys = {one.id: tuple(map(spelled, one.keys)) for one in open_panel.commands}
    clashes = conflicts(open_panel.commands, keys)
    assert not [(one.key, one.first.id, one.second.id) for one in clashes]
    assert len({one.id for one in open_panel.commands}) == len(open_panel.commands)
    assert all(one.keys and one.label and one.group for one in open_panel.commands)
