"""The panel: the session's widgets put together, its commands, and the width it is given."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals.timeline.timecode import nominal
from opticals_ui.commands.actions import Actions
from opticals_ui.commands.command import Scope
from opticals_ui.commands.every import all_commands
from opticals_ui.commands.focus import HandOn
from opticals_ui.commands.keyboard import Keyboard
from opticals_ui.commands.keymap import Keymap
from opticals_ui.commands.menu import MainMenu
from opticals_ui.commands.tip import Tip
from opticals_ui.effects.page import EffectsPage
from opticals_ui.host import Can
from opticals_ui.layout import Layout
from opticals_ui.look.elided import ElidedLabel
from opticals_ui.look.theme import BESIDE, icon, timecode_font
from opticals_ui.look.words import tr
from opticals_ui.naming import chosen_edit, filter_of, only_edit, opened, proposed, written
from opticals_ui.notices.bar import NoticeStack
from opticals_ui.preflight.line import PreflightLine
from opticals_ui.queue.foot import QueueFoot
from opticals_ui.queue.leaving import leave
from opticals_ui.queue.page import QueuePage
from opticals_ui.queue.telling import Telling
from opticals_ui.session import Session
from opticals_ui.side import Side
from opticals_ui.timeline.strip import TimelineStrip
from opticals_ui.versions.badge_menu import BadgeMenu
from opticals_ui.versions.page import VersionsPage
from opticals_ui.viewer.viewer import Viewer
from opticals_ui.welcome.stage import Stage


class Panel(QWidget):
    """The whole panel over a `Session`.

    `rebuild_wanted`: the user chose another language, which only a new panel speaks.

    Args:
        whole: at once; else `steps` make it, one after the other.
    """

    rebuild_wanted = Signal()
    side: Side

    def __init__(self, session: Session, *, whole: bool = True) -> None:
        super().__init__()
        self.session = session
        self._closing = False
        self.setObjectName("panel")
        self.setWindowTitle("Opticals")
        self.setWindowIcon(icon("opticals"))
        self.setAcceptDrops(True)
        self.setMinimumSize(360, 560)
        self._turned = QTimer(self, singleShot=True, interval=0)
        self._turned.timeout.connect(self._focus_timeline)
        if whole:
            for step in self.steps():
                step()

    def steps(self) -> tuple[Callable[[], None], ...]:
        """What makes a panel that is not `whole`, in this order: nothing of it works before."""
        return (
            self._make_stage,
            self._make_effects,
            self._make_pages,
            self._make_actions,
            self._lay_out,
            self._listen,
        )

    def _make_stage(self) -> None:
        session = self.session
        self.viewer = Viewer(session)
        self.preview = self.viewer.view  # what has the focus
        self.stage = Stage(session, self.viewer)
        self.stage.welcome.open_wanted.connect(self.ask_what_to_open)
        self.strip = TimelineStrip(session)

    def _make_effects(self) -> None:
        self.effects = EffectsPage(self.session)
        self.inspector = self.effects.inspector

    def _make_pages(self) -> None:
        session = self.session
        self.versions = VersionsPage(session)
        self.preflight = PreflightLine(session)
        self.job_list = QueuePage(session)
        self._queue_foot = QueueFoot(session.jobs, self.job_list.acts)
        self.notices = NoticeStack(session.board, self.stage, self)
        self.notices.spared = self._transport_height

    def _make_actions(self) -> None:
        session = self.session
        self.commands = all_commands(self)
        self.keymap = Keymap(self.commands, session.memory, self)
        places = {
            Scope.PANEL: self,
            Scope.PICTURE: self,
            Scope.TIMELINE: self.strip,
            Scope.VIEWER: self.stage,
            Scope.QUEUE: self.job_list,
        }
        self.command_actions = Actions(self.keymap, places, self)
        self.actions_by_id = self.command_actions.by_id
        self.viewer.bind(self.actions_by_id, self)
        self.stage.bar.offer(self.keymap)
        self.versions.offer(self.actions_by_id)
        self._badge = BadgeMenu(session, self.actions_by_id["focus_versions"], self.strip)
        self.strip.versions_wanted.connect(self._badge.open_for)
        self.job_list.offer(self.actions_by_id)
        self.effects.offer(self.actions_by_id)

    def _listen(self) -> None:
        session = self.session
        self._telling = Telling(session.jobs, self)
        self.keyboard = Keyboard(self)
        self.keyboard.areas.add_step(self._leave_full_viewer)
        session.replaced.connect(self._turn_to_timeline)
        session.masking.changed.connect(self.command_actions.refresh)
        session.masking.touched.connect(self.command_actions.refresh)
        self.inspector.draw_wanted.connect(self._draw_mask)
        self.inspector.matte_wanted.connect(session.masking.mattes.use)
        self.inspector.pick_wanted.connect(self._pick_colour)
        session.edit_changed.connect(self._refresh)
        session.busy_changed.connect(self._refresh)
        session.selection.changed.connect(self._refresh)
        session.selection.moved.connect(self._show_playhead)
        session.jobs.changed.connect(self._refresh)
        self.job_list.acts.changed.connect(self.command_actions.refresh)
        session.board.changed.connect(self.command_actions.refresh)
        session.showing.display.changed.connect(self.command_actions.refresh)
        session.choice.changed.connect(self.command_actions.refresh)
        self.effects.parts_changed.connect(self.command_actions.refresh)
        session.versions.changed.connect(self.command_actions.refresh)
        session.preflight.changed.connect(self.command_actions.refresh)
        session.versions.recipe_wanted.connect(self._show_recipe)
        session.saving.wanted.connect(self.ask_where_to_save)
        session.storage_wanted.connect(self._show_storage)
        session.relinking.wanted.connect(self.ask_where_media_are)
        self._refresh()
        self._show_playhead()

    def sizeHint(self) -> QSize:
        return QSize(1280, 800)

    def ask_what_to_open(self) -> None:
        """A file dialog; the panel stays alive behind it."""
        dialog = QFileDialog(self, tr("Open an edit"), str(self._folder()), opened())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.session.open(chosen_edit(Path(name))))
        dialog.open()

    def ask_where_to_save(self, then: Callable[[], None] | None = None) -> None:
        """A file dialog for a new file; the host refuses to write over one that is there.
        `then` is what goes on when it is saved."""
        edit = self.session.edit
        if edit is None:
            return
        wanted = proposed(edit.path or self._folder() / f"{edit.name}.otio")
        dialog = QFileDialog(self, tr("Save the edit as a new file"), str(self._folder()))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters(list(written()))
        dialog.selectNameFilter(filter_of(wanted))
        dialog.setDefaultSuffix(wanted.suffix)
        dialog.selectFile(wanted.name)

        def other_kind(filter: str) -> None:
            suffix, typed = written()[filter][0], dialog.selectedFiles()
            dialog.setDefaultSuffix(suffix)
            if typed:
                dialog.selectFile(Path(typed[0]).with_suffix(suffix).name)

        dialog.filterSelected.connect(other_kind)
        dialog.fileSelected.connect(lambda name: self.session.saving.save(Path(name), then))
        dialog.open()

    def ask_where_media_are(self) -> None:
        """A folder dialog; lost media are looked for in what is chosen."""
        if self.session.edit is None:
            return
        dialog = QFileDialog(self, tr("Look for lost media in"), str(self._folder()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.session.relinking.start(Path(name)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if Can.OPEN in self.session.host.can and only_edit(_local_files(event)) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        edit = only_edit(_local_files(event))
        if edit is not None:
            event.acceptProposedAction()
            self.session.open(edit)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing:
            leave(self.session, self._close_now)
        event.setAccepted(self._closing)

    def dismiss_newest(self) -> bool:
        """Take the newest notice away, and say whether there was one."""
        board = self.session.board
        had = bool(board.notices)
        if had:
            board.dismiss(board.notices[0].topic)
        return had

    def show_menu(self) -> None:
        """Open the main menu."""
        self._more.showMenu()

    def show_recent(self) -> None:
        """Open the menu of recent edits."""
        self._buttons["open"].showMenu()

    def toggle_full_viewer(self) -> None:
        """The viewer alone on the whole screen, or everything as it was."""
        alone = not self.places.alone
        self.places.show_alone(alone)
        self._bar.setVisible(not alone)
        window = self.window()
        if alone:
            window.showFullScreen()
        else:
            window.showNormal()
        self.preview.setFocus()

    def _transport_height(self) -> int:
        """Of the row below the picture, while there is one."""
        controls = self.viewer.controls
        return controls.height() if controls is not None and controls.isVisible() else 0

    def _leave_full_viewer(self) -> bool:
        if self.places.alone:
            self.toggle_full_viewer()
            return True
        return False

    def step_seconds(self, seconds: int) -> None:
        edit = self.session.edit
        if edit is not None:
            self.session.showing.player.step(seconds * nominal(edit.rate))

    def retire(self) -> None:
        """Go for good without a question: another panel over the same session is there."""
        self._closing = True
        self.close()
        self.deleteLater()

    def _turn_to_timeline(self) -> None:
        """Of another edit the timeline has the keys, unless somebody is at something else: on a
        button that was pressed to open it, the space bar would press it again."""
        if self._at_nothing_else():
            self._turned.start()  # when it is known what it holds

    def _focus_timeline(self) -> None:
        # a key that was pressed meanwhile may have led elsewhere
        if self.session.edit is not None and self._at_nothing_else():
            self.strip.setFocus()

    def _at_nothing_else(self) -> bool:
        focus = self.focusWidget()
        if focus is None or focus is self.side.tabs:  # where Qt leads from what is hidden
            return True
        return self._bar.isAncestorOf(focus) or self.stage.isAncestorOf(focus)

    def _show_recipe(self) -> None:
        """The stack of effects, into which a recipe was just loaded."""
        self.actions_by_id["focus_stack"].trigger()

    def _show_storage(self) -> None:
        self.keyboard.preferences.show_section("storage")

    def _draw_mask(self, setting: str) -> None:
        self.session.masking.begin(setting)
        self.preview.setFocus()

    def _pick_colour(self, setting: str) -> None:
        self.viewer.pick_colour(lambda colour: self.session.choice.set(setting, colour))

    def _close_now(self) -> None:
        self._closing = True
        self.close()

    def _lay_out(self) -> None:
        self._name = ElidedLabel()
        self._name.setProperty("role", "title")
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 6, 8, 6)
        bar.setSpacing(2)
        self._buttons = {name: self._tool(name) for name in ("open", "save", "undo", "redo")}
        self._recent = QMenu(self)
        self._recent.setToolTipsVisible(True)
        self._recent.aboutToShow.connect(lambda: self.stage.fill_menu(self._recent))
        self._buttons["open"].setMenu(self._recent)
        self._buttons["open"].setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        bar.addWidget(self._buttons["open"])
        bar.addWidget(self._name, 1)
        for name in ("undo", "redo", "save"):
            bar.addWidget(self._buttons[name])
        self._more = self._make_more()
        bar.addWidget(self._more)
        self._playhead = QLabel()
        self._playhead.setFont(timecode_font(self.font()))
        self._playhead.setAccessibleName(tr("Playhead"))
        self._restore = self._tool("restore")
        self._summary = ElidedLabel()
        self._summary.setProperty("role", "dim")
        status = QHBoxLayout()
        status.setContentsMargins(10, 1, 4, 1)
        status.addStrut(self._restore.sizeHint().height())  # it comes and goes
        status.setSpacing(12)
        status.addWidget(self._playhead)
        status.addWidget(self._summary, 1)
        status.addWidget(self._restore)
        self._timeline = QWidget()
        timeline = QVBoxLayout(self._timeline)
        timeline.setContentsMargins(0, 0, 0, 0)
        timeline.setSpacing(0)
        timeline.addLayout(status)
        timeline.addWidget(self.strip, 1)
        self.side = self._make_side()
        self.places = Layout(self.stage, self._timeline, self.side, self.session.memory)
        self.places.turned.connect(self._size_words)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        self._bar = QWidget()
        self._bar.setLayout(bar)
        page.addWidget(self._bar)
        page.addWidget(self.places, 1)
        self._size_words(wide=True)
        memory = self.session.memory
        self.side.show_page(memory.get("page", self.side.page))
        self.side.turned.connect(lambda page: memory.put("page", page))
        self.notices.tab_after = self._more
        self.effects.parts_changed.connect(self._chain)
        self.job_list.parts_changed.connect(self._chain)
        self._chain()

    def _chain(self) -> None:
        """The tab order; rows that are new stand last in it until it is made again."""
        order = (
            *(self._buttons[name] for name in ("open", "undo", "redo", "save")),
            self._more,
            *self.notices.buttons(),
            *self.stage.parts(),
            *self.viewer.parts(),
            self.strip,
            self.side.tabs,
            *self.effects.parts(),
            *self.versions.parts(),
            *self.job_list.parts(),
            self._queue_foot,
            *self.preflight.parts(),
            *self._side_buttons,
        )
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _make_side(self) -> Side:
        side = Side()
        side.add_page("effects", tr("Effects"), self.effects)
        side.add_page("versions", tr("Versions"), self.versions)
        side.add_page("queue", tr("Queue"), self.job_list)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self._side_buttons: list[QPushButton] = []
        for name in ("preview", "render"):
            action = self.actions_by_id[name]
            shown = icon(name, "on_accent") if name == "render" else action.icon()
            button = QPushButton(shown, action.text())
            button.setObjectName(f"{name}_button")
            button.setIconSize(BESIDE)
            Tip(button, action)
            button.clicked.connect(action.trigger)
            HandOn(button, self.strip)
            action.enabledChanged.connect(button.setEnabled)
            buttons.addWidget(button, 1)
            self._side_buttons.append(button)
        side.foot.addWidget(self._queue_foot)
        self._queue_foot.clicked.connect(self.actions_by_id["focus_queue"].trigger)
        self._queue_foot.offer(self.actions_by_id["queue_pause_all"])
        side.turned.connect(self._queue_foot.turn)
        side.foot.addWidget(self.preflight.details)
        side.foot.addWidget(self.preflight)
        side.foot.addLayout(buttons)
        return side

    def _tool(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self.actions_by_id[name])
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(self.actions_by_id[name].text())
        HandOn(button, self.strip)
        return button

    def _make_more(self) -> QToolButton:
        """Every command by its group."""
        button = QToolButton()
        button.setIcon(icon("more"))
        button.setMenu(MainMenu(self.keymap, self.actions_by_id, self))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        action = self.actions_by_id["main_menu"]
        Tip(button, action)
        button.setAccessibleName(action.text())
        return button

    def _size_words(self, wide: bool) -> None:
        """Buttons say what they do where there is width."""
        style = (
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if wide
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        for button in self._buttons.values():
            button.setToolButtonStyle(style)
            button.setIconSize(BESIDE)

    def _refresh(self) -> None:
        session, edit = self.session, self.session.edit
        self.command_actions.refresh()
        self.side.name_page("queue", self.job_list.acts.tab)
        can = session.host.can
        self._restore.setVisible(session.selection.restorable)
        for name in ("open", "save"):
            self._buttons[name].setVisible(Can(name) in can)
        for name, what in (
            ("undo", tr("Undo {what}", what=edit.undo) if edit and edit.undo else tr("Undo")),
            ("redo", tr("Redo {what}", what=edit.redo) if edit and edit.redo else tr("Redo")),
        ):
            self.command_actions.describe(name, what)
        star = " •" if session.modified else ""
        self.places.show_timeline(edit is not None or session.busy)
        self._name.setText(f"{edit.name}{star}" if edit else "")
        self._name.setToolTip(str(edit.path) if edit and edit.path else "")
        self.setWindowTitle(f"{edit.name}[*] – Opticals" if edit else "Opticals")
        self.setWindowModified(session.modified)
        self._summary.setText(session.selection.describe())

    def _show_playhead(self) -> None:
        model = self.session.model
        playhead = self.session.selection.playhead
        self._playhead.setText(model.timecode(playhead) if model else "--:--:--:--")

    def _folder(self) -> Path:
        """Where dialogs begin: where the edit is, or the last one was."""
        edit = self.session.edit
        if edit and edit.path:
            return edit.path.parent
        recent = (one.path.parent for one in self.session.beginning.recent.edits if one.there)
        return next(recent, Path.home())


def _local_files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
