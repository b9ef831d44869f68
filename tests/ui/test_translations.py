"""Every text is there in Italian, in the files that are shipped, with its values and plurals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QObject, QTranslator, Signal
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from opticals_ui.app import Window
from opticals_ui.look import language
from opticals_ui.look.words import CONTEXT, number, percent, tr, tr_text
from opticals_ui.panel import Panel
from opticals_ui.session import Session
from tests import translations
from tests.translations import FOLDER, LANGUAGES, Text, fields


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    language.use("en")
    yield
    language.use("en")


@pytest.fixture(scope="module")
def wanted() -> list[Text]:
    return translations.texts()


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_text_is_translated(name: str, wanted: list[Text]) -> None:
    known = translations.read(name)
    assert not [one.source for one in wanted if not all(known.get(one, ("",)))]
    assert not [one.source for one in known.keys() - set(wanted)], "make translations"


@pytest.mark.parametrize("name", LANGUAGES)
def test_values_and_counts_are_in_the_translation(name: str) -> None:
    wrong = [
        (text.source, form)
        for text, forms in translations.read(name).items()
        for form in forms
        if sorted(set(fields(form))) != sorted(set(fields(text.source)))
    ]
    assert not wrong


@pytest.mark.parametrize("name", LANGUAGES)
def test_dots_and_spaces_at_the_end_are_kept(name: str) -> None:
    ends = ("…", ":", " ", "\n")
    wrong = [
        (text.source, form)
        for text, forms in translations.read(name).items()
        for form in forms
        for end in ends
        if form and text.source.endswith(end) != form.endswith(end)
    ]
    assert not wrong


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_is_shipped_is_what_was_translated(name: str, qapp: QApplication) -> None:
    translator = QTranslator()
    assert translator.load(f"opticals_{name}", str(FOLDER))
    for text, forms in translations.read(name).items():
        if text.plural:
            found = [translator.translate(CONTEXT, text.source, None, n) for n in (1, 2)]
            assert found == list(forms), "make translations"
        else:
            assert translator.translate(CONTEXT, text.source) == forms[0], "make translations"


def test_texts_that_no_translation_could_find_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text('label(tr(f"{count} clips"))')
    with pytest.raises(SystemExit, match="literal"):
        list(translations.in_file(file))
    file.write_text('label(tr("%n clip(s)", count=2), tr("one " "and two"), tr(declared.label))')
    assert list(translations.in_file(file)) == [Text("%n clip(s)", True), Text("one and two")]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 clips have"), (1, "1 clip has"), (2, "2 clips have")]
)
def test_english_has_its_plurals(count: int, words: str) -> None:
    assert tr("%n clip(s) (has|have)", count=count) == words


def test_italian_is_spoken_and_left_again(qapp: QApplication) -> None:
    assert tr("Undo") == "Undo"
    language.use("it")
    assert tr("Undo") == "Annulla"
    assert tr("%n frame(s)", count=1) == "1 fotogramma"
    assert tr("%n frame(s)", count=12) == "12 fotogrammi"
    assert tr("Undo {what}", what="{x}") == "Annulla: {x}"
    assert tr_text("Slow motion") == "Rallentatore"
    assert tr_text("V1-2_upscale_v001") == "V1-2_upscale_v001"
    assert number(1.5, 1) == "1,5"
    assert percent(0.5) == "50 %"
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert "Annulla" in buttons.button(QDialogButtonBox.StandardButton.Cancel).text()
    language.use("en")
    assert tr("Undo") == "Undo"
    assert number(1.5, 1) == "1.5"


def test_the_system_s_language_is_the_one_when_none_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for system, spoken in (("it_CH", "it"), ("en_GB", "en"), ("ja_JP", "en")):
        monkeypatch.setattr(QLocale, "system", staticmethod(lambda name=system: QLocale(name)))
        assert language.settled("") == spoken
        assert language.settled("rubbish") == spoken
        assert language.settled("it") == "it"


def draw_a_mask(qtbot: QtBot, session: Session, edit: Path) -> None:
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    session.selection.go_to("V1:1")
    session.choice.choose("remove")
    session.masking.begin("mask")
    qtbot.waitUntil(lambda: session.masking.active)


def test_what_is_looked_at_goes_on_in_another_language(
    qtbot: QtBot, session: Session, edit: Path
) -> None:
    """Versions are looked for, and a mask is drawn, in the panel that is made anew. A language that
    is chosen meanwhile counts."""
    session.memory.put("language", "en")
    window = Window(session)
    window.panel.show()
    draw_a_mask(qtbot, session, edit)
    window.panel.side.show_page("versions")
    qtbot.waitUntil(lambda: bool(session.versions.rows))
    first = window.panel
    first.actions_by_id["language_it"].trigger()
    qtbot.wait(10)
    assert window.panel is first
    session.selection.go_to("V1:2")
    session.selection.go_to("V1:1")
    first.actions_by_id["language_en"].trigger()
    qtbot.wait(10)
    first.actions_by_id["language_it"].trigger()
    qtbot.waitUntil(lambda: not isValid(first))
    qtbot.wait(400)
    panel = window.panel
    assert panel.actions_by_id["undo"].text() == "Annulla"
    assert panel.viewer.view.overlay is session.masking.drawing
    session.selection.go_to("V2:1")
    qtbot.waitUntil(lambda: session.versions.item.id == "V2:1" and bool(session.versions.rows))
    assert window.panel is panel
    panel.actions_by_id["language_en"].trigger()
    qtbot.wait(10)
    panel.actions_by_id["language_it"].trigger()  # of what is half made already
    qtbot.waitUntil(lambda: window.panel is not panel)
    qtbot.waitUntil(lambda: window.panel.actions_by_id["undo"].text() == "Annulla")
    qtbot.wait(100)
    qtbot.addWidget(window.panel)


def test_whatever_changes_meanwhile_a_half_made_panel_hears_it(
    qtbot: QtBot, session: Session, edit: Path
) -> None:
    """After every slice, every signal of the session and what it holds that says no more than that
    something changed; an exception in what hears it fails the test."""
    draw_a_mask(qtbot, session, edit)
    told = set()
    panel = Panel(session, whole=False)
    qtbot.addWidget(panel)
    for step in panel.steps():
        step()
        for one in (session, *session.findChildren(QObject)):
            if not type(one).__module__.startswith("opticals_ui"):
                continue
            for kind in type(one).__mro__:
                for name, signal in vars(kind).items():
                    if isinstance(signal, Signal) and str(signal) == f"{name}()" and name[0] != "_":
                        getattr(one, name).emit()
                        told.add(f"{type(one).__name__}.{name}")
        QApplication.processEvents()
    assert {"Masking.changed", "Masking.touched", "Jobs.changed", "Versions.changed"} <= told


def test_another_language_is_spoken_at_once(qtbot: QtBot, session: Session, edit: Path) -> None:
    session.memory.put("language", "en")
    window = Window(session)
    window.panel.resize(1280, 800)
    window.show()
    session.open(edit)
    qtbot.waitUntil(lambda: session.edit is not None and not session.busy)
    window.panel.side.show_page("queue")
    old = window.panel
    assert old.actions_by_id["undo"].text() == "Undo"
    width = old.width()
    old.actions_by_id["language_it"].trigger()
    qtbot.waitUntil(lambda: not isValid(old))
    panel = window.panel
    qtbot.addWidget(panel)
    assert panel.isVisible()
    assert panel.width() == width
    assert panel.actions_by_id["undo"].text() == "Annulla"
    assert panel.side.page == "queue"
    assert panel.findChild(QPushButton, "preview_button").text() == "Anteprima"
    assert session.edit is not None
    session.selection.go_to_cut(1)  # what listened to the old one must not be asked any more
    session.choice.choose("upscale")
    session.undo()
    qtbot.waitUntil(lambda: not session.busy)
    panel.grab()
