"""Commands on the versions of the selected clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from opticals_ui.commands.command import Command
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    versions, group = panel.session.versions, tr("Versions")

    def go() -> None:
        panel.side.show_page("versions")
        panel.versions.list.setFocus()

    def current() -> bool:
        return versions.row is not None

    def render() -> bool:
        return versions.row is not None and not versions.row.original

    def whole() -> bool:
        return versions.row is not None and versions.row.whole

    def other() -> bool:
        return whole() and versions.row is not None and not versions.row.active

    def recipe() -> bool:
        return render() and versions.row is not None and versions.row.render is not None

    def original() -> bool:
        item = versions.item
        return item is not None and item.version is not None and versions.steppable

    def copy() -> None:
        if text := versions.recipe_text():
            QGuiApplication.clipboard().setText(text)

    def reveal() -> None:
        row = versions.row
        if row is not None and (shown := row.sidecar or row.path) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown.parent)))

    why = tr("Select a clip, and a version of it.")
    return (
        Command("focus_versions", tr("Go to the versions"), ("Ctrl+4",), go, group=tr("Panel")),
        Command(
            "version_next",
            tr("Next version"),
            ("Ctrl+N",),
            lambda: versions.step(1),
            group=group,
            enabled=lambda: versions.steppable,
        ),
        Command(
            "version_previous",
            tr("Previous version"),
            ("Ctrl+B",),
            lambda: versions.step(-1),
            group=group,
            enabled=lambda: versions.steppable,
        ),
        Command(
            "version_original",
            tr("Show the original"),
            ("Ctrl+Alt+Backspace",),
            versions.back_to_original,
            group=group,
            enabled=original,
        ),
        Command(
            "version_switch",
            tr("Show this version"),
            ("Ctrl+Alt+N",),
            versions.switch,
            icon="versions",
            group=group,
            enabled=other,
            why=lambda: why,
        ),
        Command(
            "version_compare",
            tr("Compare with what is shown"),
            ("Ctrl+Alt+C",),
            versions.compare_with_active,
            icon="wipe",
            group=group,
            enabled=other,
            why=lambda: why,
        ),
        Command(
            "version_pick_a",
            tr("Compare: take as A"),
            ("Ctrl+Alt+1",),
            lambda: versions.pick("a"),
            group=group,
            enabled=whole,
            why=lambda: why,
        ),
        Command(
            "version_pick_b",
            tr("Compare: take as B"),
            ("Ctrl+Alt+2",),
            lambda: versions.pick("b"),
            group=group,
            enabled=whole,
            why=lambda: why,
        ),
        Command(
            "version_recipe",
            tr("Render again with other settings"),
            ("Ctrl+Alt+E",),
            versions.load_recipe,
            icon="effects",
            group=group,
            enabled=recipe,
            why=lambda: why,
        ),
        Command(
            "version_copy",
            tr("Copy the recipe"),
            ("Ctrl+Alt+R",),
            copy,
            icon="copy",
            group=group,
            enabled=recipe,
            why=lambda: why,
        ),
        Command(
            "version_reveal",
            tr("Show in its folder"),
            ("Ctrl+Alt+F",),
            reveal,
            icon="reveal",
            group=group,
            enabled=current,
            why=lambda: why,
        ),
        Command(
            "version_verify",
            tr("Verify again"),
            ("Ctrl+Alt+V",),
            versions.verify,
            icon="tick_list",
            group=group,
            enabled=render,
            why=lambda: why,
        ),
        Command(
            "version_delete",
            tr("Delete…"),
            ("Ctrl+Delete",),
            versions.delete,
            icon="trash",
            group=group,
            enabled=render,
            why=lambda: why,
        ),
    )
