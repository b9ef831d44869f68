"""The form is the declaration: every effect's settings can be seen, changed and put back."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from opticals import catalog, curve
from opticals.declaration import Effect, Kind, Setting, only, setting
from opticals_ui.effects.curves import text_of
from opticals_ui.effects.form import Form
from opticals_ui.effects.plot import Plot

NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Settings:
    scale: int = setting(2, "Scale", "How much larger.", choices=(2, 4))
    amount: int = setting(5, "Amount", "How much.", minimum=0, maximum=10, unit="frames")
    blend: float = setting(0.5, "Blend", "Share.", minimum=0, maximum=1)
    seed: int = setting(0, "Seed", "Any whole number.")
    grain: bool = setting(True, "Grain", "Give the grain back.")
    note: str = setting("", "Note", "Anything.")


EFFECT = Effect("test", "Test", "Test.", 1, Settings, lambda frames, settings, context: None)


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    form = Form()
    qtbot.addWidget(form)
    form.show_settings(EFFECT.fields(), {one.name: one.default for one in EFFECT.fields()})
    form.show()
    form.values = {}
    form.changed.connect(lambda name, value: form.values.update({name: value}))
    return form


def test_every_kind_changes_and_resets(qtbot: QtBot, form: Form) -> None:
    new = {"scale": 4, "amount": 7, "blend": 0.25, "seed": -3, "grain": False, "note": "x"}
    for name, value in new.items():
        form.rows[name].control.set_value(value)
    assert form.values == new
    assert {name: type(value) for name, value in form.values.items()} == {
        name: type(value) for name, value in new.items()
    }
    for row in form.rows.values():
        qtbot.mouseClick(row.findChildren(QToolButton)[-1], Qt.MouseButton.LeftButton)
    assert form.values == {one.name: one.default for one in EFFECT.fields()}


def test_slider_and_number_move_together_within_bounds(qtbot: QtBot, form: Form) -> None:
    row = form.rows["amount"]
    slider, spin = row.findChild(QSlider), row.findChild(QSpinBox)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert spin.value() == 10
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "3")
    qtbot.keyClick(spin, Qt.Key.Key_Return)
    assert slider.value() == 3
    row.control.set_value(99)
    assert row.control.value() == 10
    assert spin.suffix() == " frames"


@pytest.mark.parametrize("effect", list(catalog.all_effects()))
def test_every_slider_begins_where_its_value_is(qtbot: QtBot, form: Form, effect: str) -> None:
    fields = catalog.find(effect).fields()
    form.show_settings(fields, {one.name: one.default for one in fields})
    for one in fields:
        sliders = form.rows[one.name].findChildren(QSlider)
        if sliders and one.minimum is not None and one.maximum is not None:
            (slider,) = sliders
            share = (float(one.default) - one.minimum) / (one.maximum - one.minimum)
            assert slider.value() / slider.maximum() == pytest.approx(share, abs=0.001)


def test_help_and_names_are_there_for_eyes_and_readers(form: Form) -> None:
    for one in EFFECT.fields():
        for part in form.rows[one.name].control.parts():
            assert one.help in part.toolTip()
            assert part.accessibleName() == one.label
    labels = [label.text() for label in form.findChildren(QLabel)]
    assert {"Scale", "Amount", "Blend", "Seed", "Note"} <= set(labels)


def test_the_wheel_changes_only_what_has_the_focus(qtbot: QtBot, form: Form) -> None:
    box = form.rows["scale"].findChild(QComboBox)
    form.setFocus()

    def turn() -> None:
        event = QWheelEvent(
            QPointF(5, 5), QPointF(box.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
            False,
        )  # fmt: skip
        QApplication.sendEvent(box, event)

    turn()
    assert box.currentData() == 2
    qtbot.waitExposed(form)
    form.activateWindow()
    box.setFocus()
    turn()
    assert box.currentData() == 4


@pytest.mark.parametrize("effect", catalog.all_effects())
def test_every_effect_has_a_form(qtbot: QtBot, form: Form, effect: str) -> None:
    declared = catalog.find(effect)
    form.show_settings(declared.fields(), {one.name: one.default for one in declared.fields()})
    values = {name: row.control.value() for name, row in form.rows.items()}
    assert declared.configure(values) == declared.settings()


def any_value(setting: Setting) -> st.SearchStrategy:
    if setting.choices:
        return st.sampled_from(setting.choices)
    if setting.type is bool:
        return st.booleans()
    low = -1000 if setting.minimum is None else setting.minimum
    high = 1000 if setting.maximum is None else setting.maximum
    if setting.type is int:
        return st.integers(int(low), int(high))
    if setting.type is float:
        return st.floats(low, high)
    texts = {
        Kind.COLOUR: ["#12ab34", "#ffffff"],
        Kind.CURVE: ["0:100", "0:100 24:25 48:100", "0.5:33.3"],
        Kind.MASK: ["/shots/mask.json"],
        Kind.MEDIUM: ["/shots/a still.png"],
        Kind.MODEL: ["another"],
    }
    return st.sampled_from([setting.default, *texts.get(setting.kind, ["some words"])])


@pytest.mark.parametrize("effect", catalog.all_effects())
def test_values_go_into_the_form_and_come_out_the_same(qapp: QApplication, effect: str) -> None:
    """All that a recipe may hold: opening a form changes nothing of it."""
    fields = catalog.find(effect).fields()
    form = Form()
    form.show_settings(fields, {one.name: one.default for one in fields})

    @given(st.fixed_dictionaries({one.name: any_value(one) for one in fields}))
    @settings(max_examples=15, deadline=None)
    def check(values: dict[str, object]) -> None:
        heard: dict[str, object] = {}
        keep = form.changed.connect(lambda name, value: heard.update({name: value}))
        form.show_values(values)
        shown = {name: row.control.value() for name, row in form.rows.items()}
        form.changed.disconnect(keep)
        assert shown == values
        assert {name: type(one) for name, one in shown.items()} == {
            name: type(one) for name, one in values.items()
        }
        assert all(values[name] == value for name, value in heard.items())
        for name, row in form.rows.items():
            assert row._reset.isHidden() == (values[name] == row.setting.default)

    check()
    for row in form.rows.values():
        row.reset()
    assert {name: row.control.value() for name, row in form.rows.items()} == {
        one.name: one.default for one in fields
    }
    form.deleteLater()


def test_a_slider_goes_fine_with_shift_and_coarse_with_ctrl(qtbot: QtBot, form: Form) -> None:
    slider = form.rows["blend"].findChild(QSlider)
    slider.setFocus()
    for modifiers, expected in ((NONE, 0.51), (SHIFT, 0.511), (CTRL, 0.611)):
        qtbot.keyClick(slider, Qt.Key.Key_Right, modifiers)
        assert form.values["blend"] == pytest.approx(expected)
    qtbot.keyClick(slider, Qt.Key.Key_Backspace)
    assert form.values["blend"] == 0.5
    whole = form.rows["amount"].findChild(QSlider)
    for modifiers in (NONE, SHIFT):
        qtbot.keyClick(whole, Qt.Key.Key_Left, modifiers)
    assert form.values["amount"] == 3  # a whole number goes by ones at least


def test_a_slider_follows_the_mouse(qtbot: QtBot, form: Form) -> None:
    form.resize(400, 400)
    slider = form.rows["blend"].findChild(QSlider)
    left, right = QPoint(10, slider.height() // 2), QPoint(slider.width() - 8, 10)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=left)
    qtbot.mouseMove(slider, right)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=right)
    assert form.values["blend"] > 0.9
    middle = QPoint(slider.width() // 2, slider.height() // 2)
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=middle)
    assert form.values["blend"] == 0.5


@pytest.fixture
def kinds(qtbot: QtBot) -> Form:
    """A form with one setting of each other kind."""

    @dataclass(frozen=True)
    class Kinds:
        output: str = setting("alpha", "Output", "What.", choices=("alpha", "composite"))
        colour: str = setting(
            "", "Colour", "Behind.", kind=Kind.COLOUR, when=(only("output", "composite"),)
        )
        mask: str = setting("", "Mask", "Where.", kind=Kind.MASK)
        late: int = setting(1, "Late", "Less.", when=(only("ramp", ""),))
        ramp: str = setting(
            "", "Ramp", "Speeds.", kind=Kind.CURVE, minimum=1, maximum=1000, unit="%"
        )

    effect = Effect("kinds", "", "", 1, Kinds, lambda frames, settings, context: None)
    form = Form()
    qtbot.addWidget(form)
    form.show_settings(effect.fields(), {one.name: one.default for one in effect.fields()})
    form.show_length(100)
    form.resize(340, 400)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    form.values = {}
    form.changed.connect(lambda name, value: form.values.update({name: value}))
    return form


def test_what_does_not_matter_is_folded_or_dimmed(kinds: Form) -> None:
    rows = kinds.rows
    assert rows["colour"].isHidden()  # what decides stands above it
    rows["output"].control.set_value("composite")
    assert rows["colour"].isVisible()
    rows["ramp"].control.set_value("0:50")
    assert rows["late"].isVisible()  # what decides stands below: nothing moves under the mouse
    assert not rows["late"].isEnabled()


def test_a_colour_is_typed_and_nonsense_is_not_taken(qtbot: QtBot, kinds: Form) -> None:
    kinds.rows["output"].control.set_value("composite")
    line = kinds.rows["colour"].findChild(QLineEdit)
    for typed, value in (("#12AB34", "#12AB34"), ("00b140", "#00b140"), ("red wine", "#00b140")):
        line.setFocus()
        line.selectAll()
        qtbot.keyClicks(line, typed)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert kinds.values["colour"] == value
        assert line.text() == value
    kinds.rows["colour"].reset()
    assert kinds.values["colour"] == ""


def test_a_file_is_dropped_and_offered_again(qtbot: QtBot, kinds: Form, tmp_path: Path) -> None:
    control = kinds.rows["mask"].control
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "mask.json"))])
    for kind in (QDragEnterEvent, QDropEvent):
        where = QPoint(5, 5) if kind is QDragEnterEvent else QPointF(5, 5)
        event = kind(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
        QApplication.sendEvent(control, event)
        assert event.isAccepted()
    assert kinds.values["mask"] == str(tmp_path / "mask.json")
    control.set_value("")
    line = kinds.rows["mask"].findChild(QLineEdit)
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Down)
    popup = line.completer().popup()
    assert popup.isVisible()
    assert popup.model().index(0, 0).data() == str(tmp_path / "mask.json")
    popup.hide()


def test_a_curve_is_made_by_keys(qtbot: QtBot, kinds: Form) -> None:
    control = kinds.rows["ramp"].control
    plot = control.plot
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert kinds.values["ramp"] == "0:100 100:100"
    qtbot.keyClick(plot, Qt.Key.Key_Down, CTRL)
    qtbot.keyClick(plot, Qt.Key.Key_Down)
    qtbot.keyClick(plot, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(plot, Qt.Key.Key_Left, CTRL)
    assert kinds.values["ramp"] == "0:100 90:88.9"
    qtbot.keyClick(plot, Qt.Key.Key_PageUp)
    qtbot.keyClick(plot, Qt.Key.Key_Left)  # not before the first frame
    assert kinds.values["ramp"] == "0:100 90:88.9"
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert kinds.values["ramp"] == "0:100 45:94 90:88.9"
    qtbot.keyClick(plot, Qt.Key.Key_Delete)
    assert kinds.values["ramp"] == "0:100 90:88.9"
    control.place.setValue(60)
    control.amount.setValue(5000)  # beyond what there may be
    assert kinds.values["ramp"] == "0:100 60:1000"
    assert "Point 2 of 2" in plot.accessibleDescription()
    for _ in range(2):
        qtbot.keyClick(plot, Qt.Key.Key_Delete)
    assert kinds.values["ramp"] == ""


def test_a_curve_is_drawn_and_typed(qtbot: QtBot, kinds: Form) -> None:
    control = kinds.rows["ramp"].control
    control.set_value("0:100 50:100 100:100")
    plot = control.plot
    at = plot.spot(1).toPoint()
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(plot, at + QPoint(0, 20))
    qtbot.mouseMove(plot, at + QPoint(400, 30))  # not past the one beside it
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=at + QPoint(400, 30))
    points = curve.points(control.value())
    assert [int(place) for place, _ in points] == [0, 99, 100]
    assert 1 <= points[1][1] < 70
    line = control.line
    for typed, value in (
        ("0:100   24:25", "0:100 24:25"),
        ("24:25 0:100", "0:100 24:25"),  # falls: the last one stays
        ("0:5000", "0:100 24:25"),
        ("", ""),
    ):
        line.setFocus()
        line.selectAll()
        qtbot.keyClick(line, Qt.Key.Key_Backspace)
        qtbot.keyClicks(line, typed)
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert control.value() == value


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_points_stay_in_order_whatever_is_done(data: st.DataObject) -> None:
    assert QApplication.instance() is not None
    plot = Plot(Fraction(1), Fraction(1000))
    for _ in range(data.draw(st.integers(1, 12))):
        act = data.draw(st.sampled_from(["add", "put", "remove", "choose"]))
        number = Fraction(data.draw(st.integers(-50, 2000)))
        if act == "add":
            plot.add(abs(number), number) if data.draw(st.booleans()) else plot.add()
        elif act == "put":
            plot.put(number, Fraction(data.draw(st.integers(-10, 3000))))
        elif act == "remove":
            plot.remove()
        else:
            plot.choose(int(number) % 5)
        if plot.points:
            assert curve.points(text_of(plot.points)) == plot.points
            assert all(1 <= value <= 1000 for _, value in plot.points)
            assert 0 <= plot.at < len(plot.points)
    plot.deleteLater()
