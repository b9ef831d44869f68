"""The form is the declaration: every effect's settings can be seen, changed and put back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from opticals import catalog
from opticals.declaration import Effect, setting
from opticals_ui.effects.form import Form


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


def test_models_of_ones_own_are_offered(
    qtbot: QtBot, form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the choices; and any other id may be written."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path))
    (tmp_path / "models" / "own").mkdir(parents=True)
    (tmp_path / "models" / "own" / "film 4x.safetensors").write_bytes(b"never read here")
    fields = catalog.find("upscale").fields()
    form.show_settings(fields, {one.name: one.default for one in fields})
    box = form.rows["model"].findChild(QComboBox)
    assert [box.itemText(at) for at in range(box.count())] == [
        *("auto", "compact", "large", "film-4x")
    ]
    box.setCurrentIndex(3)
    assert form.values == {"model": "film-4x"}
    box.setEditText("another")
    assert form.values == {"model": "another"}
