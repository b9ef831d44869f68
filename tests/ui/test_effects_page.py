"""The page of effects: found by typing, fetched, starred; the form beside the stack; by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import opticals_resources
from opticals import catalog
from opticals.models import catalogue
from opticals.settings import models_folder
from opticals_ui.effects.model_states import SETTLE
from opticals_ui.effects.page import EffectsPage
from opticals_ui.effects.stack import Entry, Stack
from opticals_ui.look.theme import dress
from opticals_ui.session import Session

from .fakes import HOUR, FakeForeseer, FakeHost, FakeProjector, FakeWorker

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
EFFECTS = [one.id for one in catalog.all_effects().values() if one.makes != "markers"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without models, favourites and what was used lately."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def page(qtbot: QtBot, qapp: object, home: Path, opened: Session) -> EffectsPage:
    dress(qapp)
    opened.selection.select("V1", HOUR)
    page = EffectsPage(opened)
    qtbot.addWidget(page)
    page.resize(340, 460)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    qtbot.waitUntil(lambda: bool(opened.presets.presets) and opened.models.known)
    return page


def names(page: EffectsPage) -> list[str]:
    return [one.effect for one in page._choice.stack.entries]


def labels(page: EffectsPage) -> list[str]:
    shown = page.browser.list
    return [shown.item(at).text() for at in range(shown.count())]


def button(where: QWidget, text: str) -> QPushButton:
    return next(
        one for one in where.findChildren(QPushButton) if one.text() == text and one.isVisible()
    )


def plain(text: str) -> str:
    """A text without what keeps words on one line."""
    return text.replace("\u2011", "-").replace("\u00a0", " ")


def look_for(qtbot: QtBot, page: EffectsPage, words: str) -> None:
    page.browse()
    page.search.clear()
    qtbot.keyClicks(page.search, words)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("ups", "Upscale"),
        ("slow", "Slow motion"),
        ("rife", "Slow motion"),  # by its model
        ("green", "Green screen"),
        ("shake", "Stabilize"),  # by what it does
        ("night", "Clean night footage"),  # a preset
        ("blue green", "Blue or green screen"),
    ],
)
def test_typing_finds_by_name_work_and_model(
    qtbot: QtBot, page: EffectsPage, words: str, first: str
) -> None:
    look_for(qtbot, page, words)
    assert labels(page)[0] == first
    assert page.browser.offer.label == first


def test_what_is_used_by_the_mouse_leaves_the_focus_at_the_stack(
    qtbot: QtBot, page: EffectsPage
) -> None:
    qtbot.mouseClick(page.search, LEFT)
    qtbot.keyClicks(page.search, "upscale")
    qtbot.mouseClick(button(page, "Use"), LEFT)
    assert names(page) == ["upscale"]
    assert not page.browsing
    assert page.inspector.stack.list.hasFocus()


def test_all_of_it_by_keys(qtbot: QtBot, page: EffectsPage) -> None:
    look_for(qtbot, page, "de")
    found = labels(page)
    assert len(found) > 2
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    qtbot.keyClick(page.search, Qt.Key.Key_Down)
    qtbot.keyClick(page.search, Qt.Key.Key_Up)
    assert page.browser.offer.label == found[1]
    look_for(qtbot, page, "upscale")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert names(page) == ["upscale"]  # in place of what was only offered
    assert not page.browsing
    assert page.inspector.stack.list.hasFocus()
    look_for(qtbot, page, "denoise")
    assert button(page, "Add to the stack").isVisible()
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert names(page) == ["upscale", "denoise"]
    look_for(qtbot, page, "stabilize")
    assert button(page, "Replace Denoise").isVisible()
    qtbot.keyClick(page.search, Qt.Key.Key_Return, SHIFT)
    assert names(page) == ["upscale", "stabilize"]
    page.browse()
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert not page.browsing
    assert names(page) == ["upscale", "stabilize"]


def test_nothing_found_is_said(qtbot: QtBot, page: EffectsPage) -> None:
    look_for(qtbot, page, "zzz")
    assert labels(page) == []
    assert page.browser._nothing.isVisible()
    before = names(page)
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert names(page) == before


def test_favourites_stand_first_and_are_kept(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    page.browse()
    assert labels(page)[0] == "Effects"
    shown = page.browser.list
    row = labels(page).index("Upscale")
    shown.scrollToItem(shown.item(row))
    from opticals_ui.effects.offer_list import star_box

    at = star_box(shown.visualItemRect(shown.item(row))).center()
    qtbot.mouseClick(shown.viewport(), LEFT, pos=at)
    assert labels(page)[:2] == ["Favourites", "Upscale"]
    assert opened.memory.get("effects/stars", []) == ["effect upscale"]
    assert page.browsing  # a star chooses nothing
    look_for(qtbot, page, "stylize")
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    page.browse()
    assert labels(page)[:5] == ["Favourites", "Upscale", "Used lately", "Stylize", "Effects"]
    assert len(labels(page)) == len(set(labels(page)))


def test_a_model_that_is_missing_is_fetched_here(
    qtbot: QtBot, page: EffectsPage, opened: Session, workers: list[FakeWorker],
    home: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    opened.choice.take(Stack((Entry.of("slow_motion"),)))
    lines = page.inspector.models
    assert set(lines.missing) == {"rife", "transnetv2"}
    words = [plain(one.text()) for one in lines.findChildren(QLabel)]
    assert "RIFE · MIT" in words
    assert "Get 35 MB" in [one.text() for one in lines.parts()]
    asked: list[str] = []

    def pull(model: str) -> None:
        asked.append(model)
        file = home / "models" / catalogue.find(model).file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"a model")
        message = {"job": f"model {model}", "model": model}
        workers[0]._on_message({"is": "pulled", **message})

    monkeypatch.setattr(workers[0], "pull", pull)
    qtbot.mouseClick(button(lines, "Get 35 MB"), LEFT)
    assert asked == ["rife"]
    qtbot.waitUntil(lambda: lines.missing == ("transnetv2",))
    page.get_models()
    qtbot.waitUntil(lambda: lines.isHidden())


def test_what_may_not_be_used_commercially_is_left_out(
    qtbot: QtBot, page: EffectsPage, opened: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.choice.take(Stack((Entry.of("green_screen"),)))

    def offered() -> list[str]:
        box = page.inspector.form.rows["model"].findChild(QComboBox)
        return [box.itemText(at) for at in range(box.count())]

    assert offered() == ["fast", "quality"]
    monkeypatch.setenv("OPTICALS_COMMERCIAL_ONLY", "1")
    opened.models.look()
    qtbot.waitUntil(lambda: opened.models.found.commercial_only)
    assert offered() == ["fast"]
    opened.choice.set("model", "quality")
    words = [plain(one.text()) for one in page.inspector.models.findChildren(QLabel)]
    assert any("IS-Net" in one and "not allowed" in one for one in words)
    assert "isnet" not in page.inspector.models.missing


def test_a_model_that_others_fetch_is_seen(
    qtbot: QtBot, qapp: QApplication, host: FakeHost, edit: Path, tmp_path: Path,
    foreseer: FakeForeseer, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """By the command line, or by another panel; and one that is deleted is asked for again. The
    folder is made with the first."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    session = Session(
        host,
        lambda heard: FakeWorker(tmp_path, heard),
        lambda heard: FakeProjector(tmp_path, heard),
        foreseer,
    )
    page = EffectsPage(session)
    qtbot.addWidget(page)
    session.open(edit)
    qtbot.waitUntil(lambda: session.models.known and not session.busy)
    session.selection.go_to("V1:1")
    session.choice.take(Stack((Entry.of("upscale"),)))
    (model,) = page.inspector.models.missing
    qtbot.waitUntil(lambda: not session.preflight.stale)
    asked = len(foreseer.asked)
    file = models_folder() / catalogue.find(model).file
    file.parent.mkdir(parents=True)
    qtbot.wait(SETTLE + 200)
    assert page.inspector.models.missing == (model,)
    part = file.with_suffix(".part")
    part.write_bytes(b"a model")
    part.rename(file)
    qtbot.waitUntil(lambda: not page.inspector.models.missing)
    qtbot.waitUntil(lambda: len(foreseer.asked) > asked)
    file.unlink()
    qtbot.waitUntil(lambda: page.inspector.models.missing == (model,))
    session.close()


def test_models_of_ones_own_are_offered(
    qtbot: QtBot, page: EffectsPage, opened: Session, home: Path
) -> None:
    """Beside the choices; and any other id may be written."""
    (home / "models" / "own").mkdir(parents=True)
    (home / "models" / "own" / "film 4x.safetensors").write_bytes(b"never read here")
    opened.choice.take(Stack((Entry.of("upscale"),)))
    opened.models.look()
    qtbot.waitUntil(lambda: "film-4x" in opened.models.found.models)
    box = page.inspector.form.rows["model"].findChild(QComboBox)
    assert [box.itemText(at) for at in range(box.count())] == [
        "auto",
        "compact",
        "large",
        "film-4x",
    ]
    box.setCurrentIndex(3)
    assert opened.choice.values["model"] == "film-4x"
    box.setEditText("another")
    assert opened.choice.values["model"] == "another"


@pytest.mark.parametrize("width", [340, 420])
@pytest.mark.parametrize("effect", EFFECTS)
def test_nothing_of_a_form_is_cut(
    qtbot: QtBot, page: EffectsPage, opened: Session, effect: str, width: int
) -> None:
    values = {"slow_motion": {"ramp": "0:100 24:25"}, "denoise": {"mask": "/m.json"}}
    opened.choice.take(Stack((Entry.of(effect, values.get(effect)),)))
    page.resize(width, 460)
    for section in (page.inspector.reading_section, page.inspector.delivery_section):
        section.fold(False)
    for _ in range(4):
        QApplication.processEvents()
    content = page.inspector.widget()
    assert content.width() <= page.inspector.viewport().width()
    for row in page.inspector.form.rows.values():
        if row.isHidden():
            continue
        assert row.height() >= row.minimumSizeHint().height()
        for part in row.control.parts():
            if part.isVisible():
                place = QRect(part.mapTo(content, QPoint()), part.size())
                assert content.rect().contains(place), (row.setting.name, part)
                assert part.height() >= part.minimumSizeHint().height(), row.setting.name
                assert part.accessibleName(), row.setting.name
        words = row.label
        box = QRect(0, 0, words.width(), 1000)
        needed = words.fontMetrics().boundingRect(box, Qt.TextFlag.TextWordWrap, words.text())
        assert needed.width() <= words.width(), words.text()
        assert needed.height() <= words.height(), words.text()


def test_the_usual_effects_need_no_scrolling(page: EffectsPage, opened: Session) -> None:
    for effect in ("upscale", "stabilize", "remove", "match_colour"):
        opened.choice.take(Stack((Entry.of(effect),)))
        QApplication.processEvents()
        content = page.inspector.widget()
        last = list(page.inspector.form.rows.values())
        bottom = max(
            row.mapTo(content, QPoint(0, row.height())).y() for row in last if row.isVisible()
        )
        assert bottom <= page.inspector.viewport().height(), effect


def test_help_follows_the_focus(qtbot: QtBot, page: EffectsPage, opened: Session) -> None:
    opened.choice.take(Stack((Entry.of("denoise"),)))
    assert page._help.text() == catalog.find("denoise").summary
    page.inspector.form.rows["reach"].control.parts()[-1].setFocus()
    assert "Frames on each side" in page._help.text()
    assert "0 to 4 frames" in page._help.text()


def test_sections_stay_as_they_were_folded(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    section = page.inspector.delivery_section
    assert section.is_folded
    qtbot.mouseClick(section.head, LEFT)
    assert page.inspector.delivery.isVisible()
    again = EffectsPage(opened)
    qtbot.addWidget(again)
    assert not again.inspector.delivery_section.is_folded


def test_the_tools_of_others_are_asked_for(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    heard: list[str] = []
    opened.choice.take(Stack((Entry.of("key"),)))
    page.inspector.pick_wanted.connect(heard.append)
    page.inspector.draw_wanted.connect(heard.append)
    opened.choice.add("key")
    rows = page.inspector.form.rows
    qtbot.mouseClick(rows["backing"].control.pipette, LEFT)
    qtbot.mouseClick(rows["mask"].control.draw, LEFT)
    assert heard == ["backing", "mask"]
    opened.choice.set("backing", "#00b140")
    assert rows["backing"].control.value() == "#00b140"


def test_the_stack_says_where_it_comes_from(page: EffectsPage, opened: Session) -> None:
    opened.choice.take(Stack((Entry.of("key"),)))
    assert page.inspector.stack.note == ""
    opened.selection.select("V1", HOUR + 150)
    assert page.inspector.stack.note == "As last used on “bikes”."
    opened.choice.clear()
    assert "find one" in page.inspector.stack.note
    assert page.inspector.form.isHidden()


def test_copied_with_one_stack_and_pasted_on_another_clip(
    qtbot: QtBot, page: EffectsPage, opened: Session
) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    opened.choice.take(Stack((Entry.of("key"), Entry.of("upscale", {"scale": 4}))))
    page.focus_stack()
    qtbot.keyClick(page.inspector.stack.list, Qt.Key.Key_C, ctrl)
    copied = opened.choice.stack
    opened.selection.select("V1", HOUR + 150)
    opened.choice.take(Stack((Entry.of("copy"),)))
    page.focus_stack()
    qtbot.keyClick(page.inspector.stack.list, Qt.Key.Key_V, ctrl)
    assert opened.choice.stack == copied
    QApplication.clipboard().setText("nothing of ours")
    qtbot.keyClick(page.inspector.stack.list, Qt.Key.Key_V, ctrl)
    assert opened.choice.stack == copied
    assert "clipboard" in opened.board.notices[0].what


def test_every_effect_has_a_sign_of_its_own() -> None:
    for effect in catalog.all_effects():
        assert opticals_resources.path(f"icons/effects/{effect}.svg").is_file(), effect


def test_every_button_has_a_name(page: EffectsPage) -> None:
    page.browse()
    buttons = page.findChildren(QAbstractButton)
    for one in (one for one in buttons if one.focusPolicy() != Qt.FocusPolicy.NoFocus):
        assert one.accessibleName() or one.text(), one.toolTip()


def test_the_browser_closes_when_one_goes_elsewhere(qtbot: QtBot, page: EffectsPage) -> None:
    page.browse()
    assert page.browsing
    page.inspector.stack.add.setFocus()
    page.browse()
    button(page.browser, "Use").setFocus()
    assert page.browsing
    page.hide()
    page.show()
    assert not page.browsing
