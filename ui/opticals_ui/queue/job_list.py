"""The jobs of this session with their progress, and how to stop or place them."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from opticals_ui.look.elided import ElidedLabel
from opticals_ui.look.theme import icon
from opticals_ui.queue.jobs import JobView, State
from opticals_ui.session import Session

SHOWN = 3


class JobRow(QWidget):
    """One job: title, state, a bar while it runs, and its button."""

    def __init__(self, session: Session, view: JobView) -> None:
        super().__init__()
        self._title = ElidedLabel(view.title)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._status = QLabel()
        self._status.setProperty("role", "dim")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        self.stop = QToolButton()
        self.stop.setIcon(icon("stop"))
        self.stop.setAutoRaise(True)
        self.stop.setToolTip("Stop; finished pieces are kept")
        self.stop.setAccessibleName(f"Stop {view.title}")
        self.stop.clicked.connect(lambda: session.jobs.cancel(view.job.id))
        self.place = QPushButton("Place")
        self.place.setAccessibleName(f"Place {view.title}")
        self.place.clicked.connect(lambda: session.place(view.job.id))
        self.retry = QPushButton("Retry")
        self.retry.setAccessibleName(f"Retry {view.title}")
        self.retry.setToolTip("Render it again; finished pieces are kept")
        self.retry.clicked.connect(lambda: session.retry(view.job.id))
        self._doing = ElidedLabel()
        self._doing.setProperty("role", "dim")
        self._doing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._status)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        words.addWidget(self._doing)
        words.addWidget(self._bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.addLayout(words, 1)
        layout.addWidget(self.place)
        layout.addWidget(self.retry)
        layout.addWidget(self.stop)
        self.show_view(view)

    def show_view(self, view: JobView) -> None:
        self._title.setText(view.title)
        running = view.state is State.RUNNING
        self._status.setVisible(not running)
        self._doing.setVisible(running)
        self._status.setText(view.status)
        self._doing.setText(view.status)
        self._bar.setVisible(view.active)
        self._bar.setRange(0, view.total)
        self._bar.setValue(view.done)
        self._bar.setAccessibleName(f"Progress of {view.title}")
        self.stop.setVisible(view.active)
        self.place.setVisible(view.state is State.RENDERED)
        self.retry.setVisible(view.failed)
        self.setAccessibleName(f"{view.title}: {view.status}")


class JobList(QWidget):
    """The newest jobs, the running one included."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: dict[str, JobRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._waiting = QLabel()
        self._waiting.setProperty("role", "dim")
        self._layout.addWidget(self._waiting)
        session.jobs.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        views = self._session.jobs.views
        active = [view for view in views if view.active]
        over = [view for view in views if not view.active]
        shown = {view.job.id: view for view in (*active[:SHOWN], *reversed(over))}
        shown = dict(list(shown.items())[:SHOWN])
        for gone in self.rows.keys() - shown.keys():
            row = self.rows.pop(gone)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, (job_id, view) in enumerate(shown.items()):
            row = self.rows.get(job_id) or JobRow(self._session, view)
            self.rows[job_id] = row
            row.show_view(view)
            self._layout.insertWidget(place, row)
        waiting = len(active) - sum(1 for view in shown.values() if view.active)
        self._waiting.setText(f"{waiting} more waiting")
        self._waiting.setVisible(waiting > 0)
        self.setVisible(bool(shown))
