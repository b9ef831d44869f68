"""The themes and the icons: readable, crisp, and changed without a restart."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

import opticals_resources
from opticals_ui.look import icons, palettes, theme
from opticals_ui.look.icons import icon
from opticals_ui.look.theme import dress


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    theme.use("dark")
    if not qapp.styleSheet():  # it takes its time where panels of other tests are still there
        dress(qapp)
    yield
    theme.use("dark")


def luminance(colour: str) -> float:
    """Relative, as WCAG 2.2 defines it."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", palettes.THEMES)
@pytest.mark.parametrize(("pairs", "least"), [(palettes.TEXTS, 4.5), (palettes.SIGNS, 3.0)])
def test_what_is_to_be_seen_stands_out(name: str, pairs: tuple, least: float) -> None:
    colours = palettes.THEMES[name]
    poor = [
        f"{role} on {back}: {found:.2f}"
        for role, backs in pairs
        for back in backs
        if (found := contrast(colours[role], colours[back])) < least
    ]
    assert not poor


def rules(theme_name: str) -> list[tuple[str, dict[str, str]]]:
    """The rules of the style sheet that hold for what can be used: selectors, and properties with
    the roles of their colours."""
    text = re.sub(r"/\*.*?\*/", "", opticals_resources.text("style/panel.qss"), flags=re.DOTALL)
    found = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        held = dict(re.findall(r"([\w-]+):\s*@(\w+)", body))
        if ":disabled" not in selectors:
            found.append((" ".join(selectors.split()), held))
    assert len(found) > 50
    return found


def grounds(role: str) -> set[str]:
    return {back for one, backs in palettes.TEXTS if one == role for back in backs}


@pytest.mark.parametrize("name", palettes.THEMES)
def test_words_of_the_style_sheet_stand_out_from_what_they_are_on(name: str) -> None:
    colours = palettes.THEMES[name]
    poor = []
    for selectors, held in rules(name):
        ground = held.get("background", held.get("background-color"))
        pairs = [(held.get("color"), ground)]
        pairs.append((held.get("selection-color"), held.get("selection-background-color")))
        poor += [
            f"{selectors}: {word} on {back}"
            for word, back in pairs
            if word and back and contrast(colours[word], colours[back]) < 4.5
        ]
    assert not poor


def test_every_role_that_words_have_is_proved_to_stand_out() -> None:
    words = {held["color"] for _, held in rules("dark") if "color" in held}
    painted = set()
    for file in Path(theme.__file__).parents[1].rglob("*.py"):
        painted |= set(re.findall(r'setPen\((?:colour|ink)\("(\w+)"\)\)', file.read_text()))
    lines = {"line", "focus", "wipe", "field", "mask_dark", "mask_line", "playhead"}
    proved = {role for role, _ in palettes.TEXTS}
    assert words <= proved
    assert painted - lines <= proved


def test_what_is_on_a_row_that_is_chosen_is_proved_too() -> None:
    for role in ("text", "dim", "accent", "error", "success", "warning"):
        assert {"panel", "raised", "hover"} <= grounds(role), role


def test_placeholders_are_words(qapp: QApplication) -> None:
    for name in palettes.THEMES:
        theme.use(name)
        shown = qapp.palette().placeholderText().color()
        assert contrast(shown.name(), palettes.THEMES[name]["field"]) >= 4.5


def test_both_themes_have_the_same_roles() -> None:
    assert palettes.DARK.keys() == palettes.LIGHT.keys()


@pytest.mark.parametrize("name", palettes.THEMES)
def test_greys_have_no_tint(name: str) -> None:
    for role in ("surround", "window", "panel", "field", "raised", "hover", "line", "text", "dim"):
        red, green, blue, _ = QColor(palettes.THEMES[name][role]).getRgb()
        assert red == green == blue, role


def test_pictures_have_the_same_surround_in_both_themes() -> None:
    assert palettes.DARK["surround"] == palettes.LIGHT["surround"]


def test_the_style_sheet_knows_every_role_and_picture() -> None:
    for name in palettes.THEMES:
        found = theme.sheet(name)
        assert "@" not in found
        for file in re.findall(r"url\((.+?)\)", found):
            assert Path(file).is_file(), file


def test_a_theme_is_changed_at_once(qtbot: object, qapp: QApplication) -> None:
    button = QToolButton()
    button.setIcon(icon("play"))
    qtbot.addWidget(button)
    button.show()
    before = button.grab().toImage()
    with qtbot.waitSignal(theme.news().changed):
        theme.use("light")
    assert theme.current() == "light"
    assert qapp.palette().window().color() == QColor(palettes.LIGHT["window"])
    assert theme.colour("text") == QColor(palettes.LIGHT["text"])
    after = button.grab().toImage()
    assert middle(after) != middle(before)
    theme.use("dark")
    assert button.grab().toImage() == before


def test_a_theme_is_changed_in_slices(qtbot: QtBot, qapp: QApplication) -> None:
    """Meanwhile nothing is painted; of two that are asked for the last is shown, whole."""
    theme.dress(qapp)
    button = QToolButton()
    button.setIcon(icon("play"))
    qtbot.addWidget(button)
    button.show()
    qtbot.waitExposed(button)
    before, sheets = button.grab().toImage(), []
    theme.turn("light")
    assert theme.current() == "light"
    assert not button.updatesEnabled()
    for again in ("", "dark", "light"):
        if again:
            theme.turn(again)
        qapp.processEvents()
        sheets.append(qapp.styleSheet())
    assert "" in sheets
    qtbot.waitUntil(lambda: not theme.turns())
    assert button.updatesEnabled()
    assert qapp.styleSheet() == theme.sheet("light")
    assert qapp.palette().window().color() == QColor(palettes.LIGHT["window"])
    assert middle(button.grab().toImage()) != middle(before)
    gone = QToolButton()
    gone.show()
    qtbot.waitExposed(gone)
    theme.turn("dark")
    shiboken6.delete(gone)  # a window that closes meanwhile
    qtbot.waitUntil(lambda: not theme.turns())
    assert qapp.styleSheet() == theme.sheet("dark")
    assert middle(button.grab().toImage()) == middle(before)


def test_the_system_s_theme_is_followed(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints, has = qapp.styleHints(), ["dark"]
    monkeypatch.setattr(theme, "_systems", lambda: has[0])
    theme.use("system")
    for scheme in ("light", "dark"):
        has[0] = scheme
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert theme.current() == scheme
    theme.use("dark")
    has[0] = "light"
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
    assert theme.current() == "dark"


@pytest.mark.parametrize("name", icons.names())
def test_every_icon_is_drawn_in_the_theme_s_colours(name: str) -> None:
    text = opticals_resources.text(f"icons/{name}.svg")
    if name != "opticals":  # the programme's own sign
        assert "#" not in text
        assert 'stroke-width="1.4"' in text
    drawn = icon(name).pixmap(QSize(16, 16), 1.0).toImage()
    assert any(
        drawn.pixelColor(x, y).alpha() > 128
        for x in range(drawn.width())
        for y in range(drawn.height())
    )


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0, 3.0])
def test_icons_are_drawn_for_the_screen_they_are_on(ratio: float) -> None:
    pixmap = icon("settings").pixmap(QSize(16, 16), ratio)
    assert pixmap.devicePixelRatio() == ratio
    assert pixmap.width() == round(16 * ratio)


def test_a_disabled_icon_is_faint() -> None:
    usual = icon("play").pixmap(QSize(16, 16), 1.0, QIcon.Mode.Normal).toImage()
    off = icon("play").pixmap(QSize(16, 16), 1.0, QIcon.Mode.Disabled).toImage()
    assert usual.pixelColor(7, 8) == QColor(palettes.DARK["text"])
    assert off.pixelColor(7, 8) == QColor(palettes.DARK["faint"])


def test_an_icon_has_the_colour_of_what_it_is_on() -> None:
    drawn = icon("render", "on_accent").pixmap(QSize(16, 16), 1.0).toImage()
    assert drawn.pixelColor(7, 8) == QColor(palettes.DARK["on_accent"])


def test_icons_outlive_their_makers() -> None:
    kept = [QIcon(icon(name)) for name in icons.names() for _ in range(20)]
    gc.collect()
    for one in kept:
        assert not one.pixmap(QSize(16, 16)).isNull()


def test_the_style_sheet_s_signs_are_the_icons() -> None:
    for name, colours in palettes.THEMES.items():
        for sign, role in (("up", "dim"), ("down", "dim"), ("check", "on_accent")):
            drawing = opticals_resources.text(f"icons/{sign}.svg")
            shipped = opticals_resources.text(f"style/{name}/{sign}.svg")
            assert shipped == drawing.replace("currentColor", colours[role])


def middle(image: object) -> QColor:
    return image.pixelColor(image.width() // 2, image.height() // 2)
