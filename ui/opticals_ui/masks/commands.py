"""Commands on the mask of the current effect, and on what is drawn of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from opticals.masks.shapes import Combine, Ease
from opticals_ui.commands.command import Command, Scope
from opticals_ui.look.words import tr
from opticals_ui.masks.tools import Tool

if TYPE_CHECKING:
    from opticals_ui.masks.document import Document
    from opticals_ui.masks.drawing import Drawing
    from opticals_ui.panel import Panel


def commands(panel: Panel) -> tuple[Command, ...]:
    """See `Command`."""
    masking, group = panel.session.masking, tr("Mask")

    def drawn(act: Callable[[Drawing], object]) -> Callable[[], object]:
        return lambda: act(masking.drawing) if masking.drawing is not None else None

    def on_shape(act: Callable[[Document], object]) -> Callable[[], object]:
        return lambda: act(masking.document) if masking.document is not None else None

    def active() -> bool:
        return masking.active

    def chosen() -> bool:
        return masking.document is not None and masking.document.shape is not None

    def drawable() -> bool:
        selection = panel.session.selection
        return masking.active or (bool(masking.setting) and selection.clip is not None)

    def toggle() -> None:
        masking.toggle()
        panel.preview.setFocus()

    def other_combine(drawing: Drawing) -> None:
        add = drawing.combine is Combine.SUBTRACT
        drawing.set_look(combine=Combine.ADD if add else Combine.SUBTRACT)

    def next_ease(document: Document) -> None:
        kinds = list(Ease)
        document.set_ease(kinds[(kinds.index(document.ease) + 1) % len(kinds)])

    tools = (
        (Tool.SELECT, tr("Mask: move and change"), "V", "pointer"),
        (Tool.PEN, tr("Mask: pen"), "P", "pen"),
        (Tool.RECTANGLE, tr("Mask: rectangle"), "M", "rectangle"),
        (Tool.ELLIPSE, tr("Mask: ellipse"), "C", "ellipse"),
        (Tool.BRUSH, tr("Mask: brush"), "D", "brush"),
        (Tool.ERASER, tr("Mask: eraser"), "Shift+D", "eraser"),
    )
    return (
        Command(
            "mask_draw", tr("Draw the mask"), ("Ctrl+M",), toggle, icon="pen", group=group,
            enabled=drawable,
        ),
        Command(
            "mask_matte", tr("Use a rendered matte as the mask"), ("Alt+Shift+M",),
            lambda: masking.mattes.use(masking.setting), icon="mask", group=group,
            enabled=lambda: bool(masking.setting) and panel.session.selection.range is not None,
        ),
        *(
            Command(
                f"mask_{tool}", label, (keys,), drawn(lambda one, tool=tool: one.use(tool)),  # type: ignore[misc]
                Scope.VIEWER, icon=sign, group=group, enabled=active,
            )
            for tool, label, keys, sign in tools
        ),
        Command(
            "mask_combine", tr("Mask: add or take away"), ("Q",), drawn(other_combine),
            Scope.VIEWER, group=group, enabled=active,
        ),
        Command(
            "mask_filled", tr("Mask: tint or outlines alone"), ("F",),
            drawn(lambda one: one.show_filled(not one.filled)), Scope.VIEWER, group=group,
            enabled=active,
        ),
        Command(
            "mask_key", tr("Mask: set a keyframe"), ("Alt+K",),
            on_shape(lambda one: one.set_key()), icon="keyframe", group=group, enabled=chosen,
        ),
        Command(
            "mask_delete_key", tr("Mask: delete the keyframe"), ("Alt+Shift+K",),
            on_shape(lambda one: one.delete_key()), group=group,
            enabled=lambda: chosen() and masking.document is not None and masking.document.keyed,
        ),
        Command(
            "mask_ease", tr("Mask: the way to the next keyframe"), ("Alt+E",),
            on_shape(next_ease), group=group, enabled=chosen,
        ),
        Command(
            "mask_next_key", tr("Mask: next keyframe"), ("Alt+.",),
            partial(masking.go_to_key, 1), group=group, enabled=active,
        ),
        Command(
            "mask_previous_key", tr("Mask: previous keyframe"), ("Alt+,",),
            partial(masking.go_to_key, -1), group=group, enabled=active,
        ),
        Command(
            "mask_next_shape", tr("Mask: next shape"), ("Alt+N",),
            on_shape(lambda one: one.next_shape(1)), group=group, enabled=active,
        ),
        Command(
            "mask_duplicate", tr("Mask: duplicate the shape"), ("Alt+D",),
            on_shape(lambda one: one.duplicate()), group=group, enabled=chosen,
        ),
        Command(
            "mask_raise", tr("Mask: shape one up"), ("Ctrl+]",),
            on_shape(lambda one: one.move_in_order(1)), Scope.VIEWER, group=group, enabled=chosen,
        ),
        Command(
            "mask_lower", tr("Mask: shape one down"), ("Ctrl+[",),
            on_shape(lambda one: one.move_in_order(-1)), Scope.VIEWER, group=group, enabled=chosen,
        ),
        Command(
            "mask_delete", tr("Mask: delete the shape"), ("Alt+Backspace",),
            on_shape(lambda one: one.delete_shape()), Scope.VIEWER, group=group,
            enabled=chosen,
        ),
    )  # fmt: skip
