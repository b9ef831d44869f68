"""What stands in place of pictures while no edit is open: how to get one, and the first steps."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals_ui.commands.keymap import Keymap
from opticals_ui.commands.keys import native
from opticals_ui.look.elided import ElidedLabel
from opticals_ui.look.flow import FlowRow
from opticals_ui.look.theme import BESIDE, icon
from opticals_ui.look.words import percent, tr
from opticals_ui.welcome.marks import Dots, StepMark
from opticals_ui.welcome.recent import Recent, RecentEdit
from opticals_ui.welcome.sample import Sample
from opticals_ui.welcome.steps import FirstSteps, Step

SHOWN = 5  # recent edits on the page; the menu of the button that opens has all
INWARD = 7  # pixels: what stands in one line with the words of buttons without a frame
WIDTH = 440  # pixels: lines longer than that are hard to read


def step_words(step: Step) -> tuple[str, str]:
    """What is to be done, and a word of help."""
    return {
        Step.OPEN: (tr("Open an edit"), tr("Or drop it here. Its file stays as it is.")),
        Step.CHOOSE: (
            tr("Choose a clip and an effect"),
            tr("Click a clip, or mark a range with I and O."),
        ),
        Step.RENDER: (
            tr("Press Render"),
            tr("The result is cut in when it is done; undo takes it out again."),
        ),
    }[step]


class Welcome(QScrollArea):
    """Signals:
    open_wanted: the user is to say which edit.
    chosen: this one.
    """

    open_wanted = Signal()
    chosen = Signal(Path)

    def __init__(self, steps: FirstSteps, recent: Recent, sample: Sample) -> None:
        super().__init__()
        self._steps, self._recent, self._sample = steps, recent, sample
        self.setObjectName("welcome")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._title = _label("", "welcome")
        self.open = QPushButton(icon("open", "on_accent"), tr("Open…"))
        self.open.setProperty("role", "primary")
        self.open.clicked.connect(self.open_wanted)
        self.try_sample = QPushButton(icon("film"), tr("Try the sample edit"))
        for button in (self.open, self.try_sample):
            button.setIconSize(BESIDE)
        self.try_sample.setToolTip(tr("Fetches two short films and cuts an edit of them."))
        self.try_sample.clicked.connect(self._fetch_or_stop)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._progress.setAccessibleName(tr("Fetching the sample edit"))
        self.dismiss = QPushButton(tr("Do not show these steps again"))
        self.dismiss.setProperty("role", "quiet")
        self.dismiss.clicked.connect(steps.dismiss)
        self._rows: dict[Step, QWidget] = {}
        self._marks: dict[Step, StepMark] = {}
        column = QVBoxLayout()
        column.setSpacing(10)
        column.setContentsMargins(4, 11, 11, 11)
        framed = QVBoxLayout()
        framed.setContentsMargins(INWARD, 0, 0, 0)
        framed.setSpacing(10)
        column.addLayout(framed)
        framed.addWidget(self._title)
        buttons = FlowRow(8)
        buttons.add(self.open)
        buttons.add(self.try_sample)
        framed.addWidget(self._row(Step.OPEN))
        framed.addWidget(buttons)
        framed.addWidget(self._progress)
        framed.addWidget(self._row(Step.CHOOSE))
        framed.addWidget(self._row(Step.RENDER))
        self._recent_box = QVBoxLayout()
        self._recent_box.setSpacing(1)
        self._recent_rows: list[QWidget] = []
        column.addLayout(self._recent_box)
        column.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignLeft)
        held = QWidget()
        held.setMaximumWidth(WIDTH)
        held.setLayout(column)
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(20, 16, 20, 16)
        outer.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(held, 100)
        middle.addStretch(1)
        outer.addLayout(middle)
        outer.addStretch(1)
        self.setWidget(content)
        self._content = content
        steps.changed.connect(self._show_steps)
        recent.changed.connect(self._show_recent)
        sample.changed.connect(self._show_sample)
        self._show_steps()
        self._show_recent()
        self._show_sample()

    def sizeHint(self) -> QSize:
        return QSize(480, self._content.sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 120)

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, from top to bottom."""
        return (self.open, self.try_sample, *self.recent_buttons(), self.dismiss)

    def recent_buttons(self) -> list[QPushButton]:
        """One for each recent edit, and the one that forgets them."""
        return [one for one in self._recent_rows if isinstance(one, QPushButton)]

    def _row(self, step: Step) -> QWidget:
        what, help = step_words(step)
        mark = self._marks[step] = StepMark(step)
        row = self._rows[step] = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(_label(what, "step"))
        words.addWidget(_label(help, "dim"))
        layout.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        return row

    def _show_steps(self) -> None:
        steps = self._steps
        first = not steps.over
        self._title.setText(
            tr("Three steps to the first render") if first else tr("No edit is open")
        )
        for step, row in self._rows.items():
            row.setVisible(first)
            state = "done" if step in steps.done else "next" if step is steps.next else "later"
            self._marks[step].show_state(state)
            done = tr("done") if state == "done" else ""
            row.setAccessibleName(" · ".join(filter(None, (step_words(step)[0], done))))
        self.dismiss.setVisible(first)

    def _show_recent(self) -> None:
        for widget in self._recent_rows:
            self._recent_box.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._recent_rows = []
        shown = self._recent.edits[:SHOWN]
        if not shown:
            return
        heading = _label(tr("Recent edits"), "heading")
        heading.setContentsMargins(INWARD, 10, 0, 2)
        self._recent_box.addWidget(heading)
        buttons = [self._recent_button(edit) for edit in shown]
        for button in buttons:
            self._recent_box.addWidget(button)
        clear = QPushButton(tr("Clear the list"))
        clear.setProperty("role", "quiet")
        clear.clicked.connect(self._recent.clear)
        self._recent_box.addWidget(clear, 0, Qt.AlignmentFlag.AlignLeft)
        self._recent_rows = [heading, *buttons, clear]

    def _recent_button(self, edit: RecentEdit) -> QPushButton:
        words = recent_words(edit, self._recent.edits).replace("&", "&&")
        button = QPushButton(icon("film"), words)
        button.setProperty("role", "recent")
        button.setToolTip(str(edit.path))
        button.setEnabled(edit.there)
        # A name without spaces must not hold the panel wide open.
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(partial(self.chosen.emit, edit.path))
        return button

    def _fetch_or_stop(self) -> None:
        if self._sample.fetching:
            self._sample.close()
        else:
            self._sample.fetch()

    def _show_sample(self) -> None:
        fetching, share = self._sample.fetching, self._sample.share
        self.try_sample.setText(tr("Stop") if fetching else tr("Try the sample edit"))
        self.try_sample.setIcon(icon("stop" if fetching else "film"))
        self._progress.setVisible(fetching)
        self._progress.setRange(0, 0 if share is None else 1000)
        self._progress.setValue(round(1000 * (share or 0)))
        self._progress.setAccessibleDescription(percent(share or 0))


class StepsBar(QWidget):
    """The next step, above the pictures, while there is one."""

    def __init__(self, steps: FirstSteps) -> None:
        super().__init__()
        self._steps = steps
        self.setObjectName("steps")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._dots = Dots(len(Step))
        self._words = QLabel()
        self._words.setProperty("role", "step")
        self._keys = ElidedLabel()
        self._keys.setProperty("role", "dim")
        self._keymap: Keymap | None = None
        self.dismiss = QToolButton()
        self.dismiss.setIcon(icon("close"))
        self.dismiss.setAutoRaise(True)
        self.dismiss.setToolTip(tr("Do not show these steps again"))
        self.dismiss.setAccessibleName(tr("Do not show these steps again"))
        self.dismiss.clicked.connect(steps.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 6, 4)
        layout.setSpacing(8)
        layout.addWidget(self._dots)
        layout.addWidget(self._words)
        layout.addWidget(self._keys, 1)
        layout.addWidget(self.dismiss)
        steps.changed.connect(self._show)
        self._show()

    def offer(self, keymap: Keymap) -> None:
        """Say with which keys a step is done, too."""
        self._keymap = keymap
        keymap.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        step = self._steps.next
        if step is not None:
            self._dots.show_done(len(self._steps.done))
            self._words.setText(step_words(step)[0])
            self._words.setToolTip(step_words(step)[1])
            self._keys.setText(self._with_keys(step))
            self.setAccessibleName(
                tr("Step {step} of {all}: {what}", step=int(step), all=3, what=step_words(step)[0])
            )

    def _with_keys(self, step: Step) -> str:
        def key(command: str) -> str:
            keys = self._keymap.keys(command) if self._keymap else ()
            return native(keys[0]) if keys else ""

        if step is Step.RENDER:
            return key("render")
        if step is Step.CHOOSE and key("select") and key("focus_effects"):
            return tr(
                "Click a clip, or press {select}; {find} finds an effect.",
                select=key("select"),
                find=key("focus_effects"),
            )
        return ""


def recent_words(edit: RecentEdit, among: Sequence[RecentEdit]) -> str:
    """An edit in a list: its name, its folder where several have that name, and when it is not
    there, that."""
    name = edit.path.name
    if sum(one.path.name == name for one in among) > 1:
        name = f"{name} · {edit.path.parent.name}"
    return name if edit.there else tr("{name} · not found", name=name)


def _label(words: str, role: str) -> QLabel:
    label = QLabel(words)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
