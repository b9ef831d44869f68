"""The queue's page: how it stands, the list of jobs, and what can be done with the chosen ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import Qt, QTime, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QTimeEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
    QWidgetAction,
)

from opticals import settings
from opticals.jobs.entries import State
from opticals_ui.look.elided import ElidedLabel
from opticals_ui.look.flow import FlowRow
from opticals_ui.look.theme import icon
from opticals_ui.look.words import percent, tr, wrapping
from opticals_ui.queue.acts import QueueActs, clock
from opticals_ui.queue.list_view import QueueList
from opticals_ui.queue.view import JobView, duration
from opticals_ui.session import Session

TIMES = ("20:00", "22:00", "00:00", "02:00")  # at which machines are free
SHORT = 260  # pixels of height below which the list has all the room there is
TINY = 170  # and that of what is chosen only the row is seen; keys and menus do the rest
FREE = "keep_gpu_free"  # the setting
SHARES = (0, 20, 40, 60)  # percent
MENU = (
    "queue_place", "queue_retry", "queue_pause", "queue_earlier", "queue_later", "queue_reveal",
    "queue_copy_path", "queue_copy_details", "queue_remove",
)  # fmt: skip
DETAIL = ("queue_reveal", "queue_copy_path", "queue_copy_details")


class QueuePage(QWidget):
    """See the module. `offer` gives it the actions of its commands.

    Signals:
        parts_changed: other widgets can have the focus.
    """

    parts_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._moved = QTimer(self, singleShot=True, interval=0)
        self._moved.timeout.connect(self._stay_in_sight)
        self._jobs = session.jobs
        self.acts = QueueActs(session, self)
        self.list = QueueList(session.jobs, self.acts)
        self._actions: Mapping[str, QAction] = {}
        self._shown: tuple[object, ...] = ()
        self._summary = ElidedLabel()
        self._summary.setProperty("role", "what")
        self._remark = ElidedLabel()
        self._remark.setProperty("role", "dim")
        self.pause = self._tool("pause_queue", tr("Pause the queue"))
        self.start = self._tool("clock", tr("When to start"))
        self.more = self._tool("more", tr("More about the queue"))
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._summary)
        texts.addWidget(self._remark)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 6, 6)
        head.setSpacing(2)
        head.addLayout(texts, 1)
        for tool in (self.pause, self.start, self.more):
            head.addWidget(tool)
        self._detail = self._make_detail()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._detail)
        self.acts.changed.connect(self._refresh)

    def offer(self, actions: Mapping[str, QAction]) -> None:
        """Have buttons and menus for these actions, by their ids."""
        self._actions = actions
        self.list.pressed_button.connect(lambda name: self._run(name))
        for name in MENU:
            self.list.addAction(actions[name])
        self.pause.clicked.connect(actions["queue_pause_all"].trigger)
        self.start.setMenu(self._start_menu())
        self.more.setMenu(self._more_menu())
        for tool in (self.start, self.more):
            tool.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where it is short the list comes first; what is not told is in the row's tool tip.
        self._words.setVisible(event.size().height() >= SHORT)
        self._show_detail()

    def parts(self) -> tuple[QWidget, ...]:
        """What can have the focus, in order."""
        return (self.pause, self.start, self.more, self.list, *self._buttons)

    def _run(self, name: str) -> None:
        action = self._actions[name]
        action.setEnabled(True)  # the row that was pressed is only now the chosen one
        action.trigger()

    def _tool(self, sign: str, words: str) -> QToolButton:
        tool = QToolButton()
        tool.setIcon(icon(sign))
        tool.setAutoRaise(True)
        tool.setToolTip(words)
        tool.setAccessibleName(words)
        tool.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return tool

    def _start_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._start_now = menu.addAction(tr("Start at once"))
        self._start_now.triggered.connect(lambda: self.acts.start_at(None))
        self._starts: dict[str, QAction] = {}
        for text in TIMES:
            action = menu.addAction(tr("Start at {time}", time=text))
            action.triggered.connect(lambda _=False, text=text: self._start_at(text))
            self._starts[text] = action
        for action in (self._start_now, *self._starts.values()):
            action.setCheckable(True)
            group.addAction(action)
        menu.addSeparator()
        other = QTimeEdit(QTime(23, 0))
        other.setDisplayFormat("HH:mm")
        other.lineEdit().setTextMargins(5, 0, 0, 0)  # where a style sheet's padding has no say
        other.setAccessibleName(tr("Start at another time"))
        button = QPushButton(tr("Start then"))
        button.clicked.connect(lambda: self._start_at(other.time().toString("HH:mm")))
        button.clicked.connect(menu.close)
        row = QWidget()
        inside = QHBoxLayout(row)
        inside.setContentsMargins(10, 4, 10, 4)
        inside.addWidget(other)
        inside.addWidget(button)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(row)
        menu.addAction(holder)
        menu.aboutToShow.connect(self._tick_menus)
        return menu

    def _start_at(self, text: str) -> None:
        hour, minute = map(int, text.split(":"))
        today = datetime.now().astimezone()
        self.acts.start_at(today.replace(hour=hour, minute=minute, second=0, microsecond=0))

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self._actions["queue_clear"])
        menu.addSeparator()
        self._awake = menu.addAction(tr("Keep this machine awake while it renders"))
        self._awake.triggered.connect(lambda on: self._jobs.set_flags(awake=on))
        self._notify = menu.addAction(tr("Say when all is done"))
        self._notify.triggered.connect(
            lambda on: self._jobs.set_flags(at_end="notify" if on else "nothing")
        )
        for action in (self._awake, self._notify):
            action.setCheckable(True)
        menu.addMenu(self._share_menu(menu))
        menu.aboutToShow.connect(self._tick_menus)
        return menu

    def _share_menu(self, parent: QMenu) -> QMenu:
        """How much of the GPU's memory is left to the editing program."""
        menu = QMenu(tr("Leave of the GPU's memory"), parent)
        group = QActionGroup(menu)
        self._shares = {share: menu.addAction(percent(share / 100)) for share in SHARES}
        for share, action in self._shares.items():
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _=False, share=share: self._leave(share))
        return menu

    def _leave(self, share: int) -> None:
        self._session.errands.run(
            lambda: settings.put(FREE, str(share)),
            lambda _: None,
            lambda error: self._session.board.fail(error, "setting"),
        )

    def _tick_share(self, found: bool | int) -> None:
        for share, action in self._shares.items():
            action.setChecked(share == found)

    def _tick_menus(self) -> None:
        flags = self._jobs.flags
        at = clock(flags.start_at) if flags.start_at > datetime.now().timestamp() else ""
        self._start_now.setChecked(not at)
        for text, action in self._starts.items():
            action.setChecked(text == at)
        self._awake.setChecked(flags.awake)
        self._notify.setChecked(flags.at_end == "notify")
        self._session.errands.run(
            lambda: settings.value(FREE), self._tick_share, lambda error: None, owner=self
        )

    def _make_detail(self) -> QWidget:
        """What there is to know of the one that is chosen, with buttons that do what helps."""
        box = QWidget()
        box.setObjectName("job_detail")
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = FlowRow(6)
        self._buttons: list[QPushButton] = []
        layout = QVBoxLayout(box)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self._words)
        layout.addWidget(self._row)
        return box

    def _refresh(self) -> None:
        if not self._actions:
            return
        self._summary.setText(self.acts.summary)
        self._remark.setText(self.acts.remark)
        self._remark.setVisible(bool(self.acts.remark))
        paused = self._jobs.flags.paused
        self.pause.setIcon(icon("play" if paused else "pause_queue"))
        words = tr("Go on with the queue") if paused else tr("Pause the queue")
        self.pause.setToolTip(words)
        self.pause.setAccessibleName(words)
        self._show_detail()

    def _show_detail(self) -> None:
        view = self.acts.current
        told = view is not None and not view.active  # of those the row says it all
        told = told and self.height() >= TINY
        if told == self._detail.isHidden():
            self._detail.setVisible(told)
            self._moved.start()
        if view is None or not told:
            self._shown = ()
            return
        self._words.setText(wrapping(detail(view, self.acts)))
        shown = (view.job.id, view.state, view.error is None)
        if shown == self._shown:
            return
        self._shown = shown
        for button in self._buttons:
            self._row.take(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for answer in self.acts.help(view):
            self._button(answer.label).clicked.connect(lambda _=False, act=answer.act: act())
        for name in DETAIL if view.files else ("queue_copy_details",):
            action = self._actions[name]
            self._button(action.text()).clicked.connect(action.trigger)
        self.parts_changed.emit()

    def _stay_in_sight(self) -> None:
        self.list.scrollTo(self.list.currentIndex())

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words)
        self._row.add(button)
        self._buttons.append(button)
        return button


def detail(view: JobView, acts: QueueActs) -> str:
    """What there is to know of a job, in a few lines."""
    if view.error is not None and view.state is State.FAILED:
        return str(view.error)
    lines = [acts.status(view)]
    if view.render is not None:
        render = view.render
        lines.append(str(view.files[0]))
        seconds = float(render.details.get("seconds", 0))
        took = tr("rendered in {time}", time=duration(seconds)) if seconds else ""
        facts = (f"{render.width}x{render.height}", render.format, took)
        lines.append(" · ".join(one for one in facts if one))
    if view.origin.name:
        lines.append(tr("For {edit}", edit=view.origin.name))
    return "\n".join(lines)
