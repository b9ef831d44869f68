"""The stack of effects: it belongs to its clip, and nothing is applied to another by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from opticals import catalog
from opticals.declaration import Kind, Setting
from opticals.errors import PresetError, SettingError
from opticals.recipe import Recipe, step
from opticals_ui.effects.choice import Choice, Origin
from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.effects.stack_list import StackList
from opticals_ui.session import Session

from .fakes import HOUR, FakeHost, FakeWorker, track

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def stack(*effects: str) -> Stack:
    return Stack(tuple(Entry.of(one) for one in effects))


def names(choice: Choice) -> list[str]:
    return [one.effect for one in choice.stack.entries]


@pytest.fixture
def choice(opened: Session) -> Choice:
    """Of a session with the first clip, bikes, selected."""
    opened.selection.select("V1", HOUR)
    return opened.choice


def value_of(setting: Setting) -> st.SearchStrategy:
    """Any value that a setting may have."""
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.type is bool:
        return st.booleans()
    low, high = setting.minimum, setting.maximum
    if setting.type is int:
        return st.integers(int(low or 0), int(1000 if high is None else high))
    if setting.type is float:
        return st.floats(low, high, allow_nan=False)
    texts = {
        Kind.COLOUR: ["#12ab34", "#000000"],
        Kind.CURVE: ["0:100", "0:100 24:25 48:100"],
        Kind.MASK: ["/shots/mask.json"],
        Kind.MEDIUM: ["/shots/still.png"],
    }
    return st.sampled_from([setting.default, *texts.get(setting.kind, ["words"])])


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    effect = draw(st.sampled_from(list(catalog.all_effects().values())))
    values = {one.name: draw(value_of(one)) for one in effect.fields()}
    try:
        effect.configure(values)
    except SettingError:  # some do not go together
        values = {}
    return replace(Entry.of(effect.id, values), bypassed=draw(st.booleans()))


@given(st.lists(entries(), min_size=1, max_size=4), st.integers(0, 2**63 - 1))
@settings(max_examples=60, deadline=None)
def test_stack_recipe_and_preset_are_the_same(made: list[Entry], seed: int) -> None:
    one = Stack(tuple(made), seed)
    assert Stack.of_preset(one.preset("x")) == one
    active = tuple(entry for entry in made if not entry.bypassed)
    if not active:
        with pytest.raises(SettingError, match="bypassed"):
            one.recipe()
        return
    recipe = one.recipe()
    assert [step.effect for step in recipe.steps] == [entry.effect for entry in active]
    again = Stack.of_recipe(Recipe.from_json(recipe.to_json()).to_json())
    assert again == Stack(active, seed)


@given(st.lists(st.sampled_from(["copy", "key", "denoise"]), min_size=1, max_size=6), st.data())
def test_moving_loses_none(effects: list[str], data: st.DataObject) -> None:
    at, to = (data.draw(st.integers(0, len(effects) - 1)) for _ in range(2))
    moved = stack(*effects).moved(at, to)
    expected = effects[:at] + effects[at + 1 :]
    expected.insert(to, effects[at])
    assert [one.effect for one in moved.entries] == expected


def test_an_empty_stack_is_a_clear_error(choice: Choice) -> None:
    choice.clear()
    with pytest.raises(SettingError, match="no effect") as caught:
        choice.recipe()
    assert "list of effects" in caught.value.remedy


def test_an_offer_is_replaced_and_an_own_stack_grows(choice: Choice) -> None:
    assert choice.origin is Origin.CARRIED
    choice.add("upscale")
    assert names(choice) == ["upscale"]
    choice.add("denoise")
    assert names(choice) == ["upscale", "denoise"]
    choice.choose("key")
    assert names(choice) == ["upscale", "key"]


def test_each_clip_has_its_own(opened: Session, choice: Choice) -> None:
    choice.add("denoise")
    choice.set("luma", 2.0)
    choice.set("mask", "/shots/bikes.json")
    opened.selection.select("V1", HOUR + 150)
    assert (choice.origin, choice.carried_from) == (Origin.CARRIED, "bikes")
    assert choice.values["luma"] == 2.0
    assert choice.values["mask"] == ""  # it is of the other shot
    choice.set("luma", 3.0)
    assert choice.origin is Origin.OWN
    opened.selection.select("V1", HOUR)
    assert (choice.values["luma"], choice.values["mask"]) == (2.0, "/shots/bikes.json")
    opened.selection.select("V2", HOUR + 50)
    assert (choice.values["luma"], choice.carried_from) == (3.0, "bunny")


def test_clips_alike_are_told_apart_and_found_again_when_ids_move_on(
    qtbot: QtBot, opened: Session, host: FakeHost, edit
) -> None:
    host.tracks = (track("V1", *[("talk", 50)] * 4),)
    opened.open(edit)
    qtbot.waitUntil(lambda: opened.model.find("V1:4") is not None)
    for number in range(4):
        opened.selection.select("V1", HOUR + 50 * number)
        opened.choice.take(Stack((Entry.of("denoise", {"reach": number}),)))
    seen = []
    for number in range(4):
        opened.selection.select("V1", HOUR + 50 * number)
        seen.append(opened.choice.values["reach"])
    assert seen == [0, 1, 2, 3]
    same = host.tracks
    opened.open(edit)  # the same edit again
    qtbot.waitUntil(lambda: not opened.busy)
    opened.selection.select("V1", HOUR + 100)
    assert opened.choice.values["reach"] == 2
    assert same is host.tracks
    other = edit.with_name("other.otio")
    other.write_text("another edit")
    opened.open(other)
    qtbot.waitUntil(lambda: opened.edit.path == other)
    opened.selection.select("V1", HOUR + 100)
    assert opened.choice.origin is Origin.CARRIED  # of another edit nothing is a clip's own


def test_a_placed_render_shows_what_it_was_made_with(
    qtbot: QtBot, opened: Session, host: FakeHost, edit
) -> None:
    recipe = Recipe((step("denoise", luma=0.5), step("upscale", scale=4)), 7)
    lane = track("V1", ("bikes", 100), ("bunny", 75))
    rendered = replace(lane.items[1], version="v", versions=("v",), recipe=recipe.to_json())
    host.tracks = (replace(lane, items=(lane.items[0], rendered)),)
    opened.open(edit)
    qtbot.waitUntil(lambda: opened.model.find("V1:2") is not None and not opened.busy)
    opened.selection.select("V1", HOUR + 120)
    choice = opened.choice
    assert choice.origin is Origin.RENDERED
    assert choice.recipe() == recipe
    choice.set("luma", 0.7)
    assert choice.last_rendered.recipe() == recipe
    choice.revert()
    assert choice.recipe() == recipe


def test_a_recipe_that_cannot_be_used_here_is_no_stack() -> None:
    assert Stack.of_recipe({"seed": 0, "steps": [{"effect": "gone", "settings": {}}]}) is None
    assert Stack.of_recipe({}) is None
    assert Stack.of_recipe({"seed": "x", "steps": 5}) is None


def test_what_was_rendered_stays_with_its_clip(
    qtbot: QtBot, opened: Session, choice: Choice, host: FakeHost, workers: list[FakeWorker]
) -> None:
    choice.take(replace(stack("denoise", "key"), seed=3))
    choice.bypass(1, True)
    opened.render()
    qtbot.waitUntil(lambda: len(host.placed) == 1 and not opened.busy)
    assert workers[0].jobs[0].recipe == Recipe((step("denoise"),), 3)
    assert choice.stack.entries[1].bypassed  # what is bypassed is not lost with it
    choice.set("luma", 0.1)
    assert choice.last_rendered.entries[0].values["luma"] == 1.0
    opened.undo()
    qtbot.waitUntil(lambda: not opened.busy)
    assert choice.values["luma"] == 0.1  # undo is the edit's


def test_all_of_a_selection_gets_the_stack(
    qtbot: QtBot, opened: Session, choice: Choice, host: FakeHost, edit, workers
) -> None:
    host.tracks = (track("V1", ("a", 50), ("b", 50)),)
    opened.open(edit)
    qtbot.waitUntil(lambda: opened.model.find("V1:2") is not None and not opened.busy)
    opened.selection.mark("V1", HOUR + 40, HOUR + 69)
    choice.take(stack("key"))
    assert choice.shots == 2
    opened.render()
    qtbot.waitUntil(lambda: len(host.placed) == 2 and not opened.busy)
    assert {job.recipe.name for job in workers[0].jobs} == {"key"}
    opened.selection.clear_marks()
    opened.selection.select("V1", HOUR + 60)
    assert (names(choice), choice.origin) == (["key"], Origin.OWN)


def test_a_stack_is_copied_to_another_clip_without_its_masks(
    opened: Session, choice: Choice
) -> None:
    choice.take(Stack((Entry.of("denoise", {"luma": 2.0, "mask": "/a.json"}),)))
    text = choice.copied()
    opened.selection.select("V1", HOUR + 150)
    choice.clear()
    choice.paste(text)
    assert (choice.values["luma"], choice.values["mask"]) == (2.0, "")
    with pytest.raises(PresetError, match="clipboard"):
        choice.paste("words")
    assert names(choice) == ["denoise"]


def test_the_seed_is_another_and_one_for_all(choice: Choice) -> None:
    choice.take(stack("remove", "upscale"))
    assert choice.stack.chance
    seen = {choice.stack.seed}
    for _ in range(20):
        before = choice.stack.seed
        choice.reseed()
        assert choice.stack.seed != before
        seen.add(choice.stack.seed)
    assert choice.recipe().seed == choice.stack.seed
    choice.bypass(0, True)
    assert not choice.stack.chance


@pytest.fixture
def shown(qtbot: QtBot, choice: Choice) -> StackList:
    widget = StackList(choice)
    qtbot.addWidget(widget)
    widget.resize(300, 100)
    choice.take(stack("denoise", "key", "upscale"))
    widget.show()
    qtbot.waitExposed(widget)
    widget.activateWindow()
    widget.setFocus()
    return widget


def test_the_list_by_keys(qtbot: QtBot, choice: Choice, shown: StackList) -> None:
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    assert choice.current == 1
    qtbot.keyClick(shown, Qt.Key.Key_Up, ALT)
    assert names(choice) == ["key", "denoise", "upscale"]
    qtbot.keyClick(shown, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(shown, Qt.Key.Key_Down, ALT)
    qtbot.keyClick(shown, Qt.Key.Key_Down, ALT)  # no further
    assert names(choice) == ["denoise", "upscale", "key"]
    assert choice.effect.id == "key"
    qtbot.keyClick(shown, Qt.Key.Key_Space)
    assert choice.entry.bypassed
    qtbot.keyClick(shown, Qt.Key.Key_D, CTRL)
    assert names(choice) == ["denoise", "upscale", "key", "key"]
    qtbot.keyClick(shown, Qt.Key.Key_Delete)
    qtbot.keyClick(shown, Qt.Key.Key_Delete)
    assert names(choice) == ["denoise", "upscale"]
    heard: list[str] = []
    shown.copy_wanted.connect(lambda: heard.append("copy"))
    shown.paste_wanted.connect(lambda: heard.append("paste"))
    qtbot.keyClick(shown, Qt.Key.Key_C, CTRL)
    qtbot.keyClick(shown, Qt.Key.Key_V, CTRL)
    assert heard == ["copy", "paste"]
    for _ in range(3):
        qtbot.keyClick(shown, Qt.Key.Key_Delete)
    assert names(choice) == []
    assert shown.isHidden()


def test_the_list_by_mouse(qtbot: QtBot, choice: Choice, shown: StackList) -> None:
    def middle(row: int) -> QPoint:
        return shown.visualItemRect(shown.item(row)).center()

    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=middle(2))
    assert choice.effect.id == "upscale"
    box = shown.visualItemRect(shown.item(0))
    qtbot.mouseClick(
        shown.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(box.left() + 12, box.center().y())
    )
    assert choice.stack.entries[0].bypassed
    assert choice.stack.words() == "Key + Upscale"


@pytest.mark.parametrize(
    ("row", "where", "expected"),
    [
        (2, -12, ["upscale", "denoise", "key"]),
        (2, 12, ["denoise", "upscale", "key"]),
        (0, 40, ["key", "denoise", "upscale"]),
    ],
)
def test_a_drop_moves_an_effect(
    qtbot: QtBot, choice: Choice, shown: StackList, row: int, where: int, expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    shown.setCurrentRow(row)
    target = shown.visualItemRect(shown.item(0)).center() + QPoint(0, where)
    place = StackList.DropIndicatorPosition
    beneath = shown.indexAt(target).row()
    middle = shown.visualItemRect(shown.item(beneath)).center().y()
    at = place.BelowItem if target.y() > middle else place.AboveItem
    monkeypatch.setattr(shown, "dropIndicatorPosition", lambda: at)
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(
        QPointF(target), Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, none
    )
    shown.dropEvent(event)
    assert names(choice) == expected
    assert [shown.item(at).text() for at in range(3)] == [
        catalog.find(one).label for one in expected
    ]


def test_only_the_current_effect_is_edited(choice: Choice) -> None:
    choice.take(stack("denoise", "denoise"))
    choice.select(1)
    choice.set("luma", 0.2)
    assert [one.values["luma"] for one in choice.stack.entries] == [1.0, 0.2]
    choice.reset()
    assert choice.values["luma"] == 1.0


def test_an_effect_comes_as_it_was_last_set(choice: Choice) -> None:
    choice.take(stack("upscale"))
    choice.set("scale", 4)
    choice.add("denoise")
    choice.set("mask", "/m.json")
    choice.clear()
    choice.add("upscale")
    assert choice.values["scale"] == 4
    choice.add("denoise")
    assert choice.values["mask"] == ""


def test_pictures_of_a_bypassed_change_are_the_same(
    opened: Session, choice: Choice, qtbot: QtBot
) -> None:
    """What is seen holds as long as nothing that is rendered changed."""
    choice.take(stack("key", "upscale"))
    before = opened.viewing.look()
    choice.bypass(1, True)
    assert opened.viewing.look() != before
    changed = opened.viewing.look()
    choice.select(1)
    choice.set("scale", 4)
    assert opened.viewing.look() == changed
