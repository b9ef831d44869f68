"""Drawing a mask for a setting of the stack: what is drawn, on which frame, and its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSizeF, QTimer, Signal

from opticals.declaration import Kind
from opticals.errors import OpticalsError, ShotError
from opticals.masks.shapes import SUFFIX, Shapes
from opticals_ui.look.words import tr
from opticals_ui.masks import files
from opticals_ui.masks.document import Document
from opticals_ui.masks.drawing import Drawing
from opticals_ui.masks.mattes import Mattes

if TYPE_CHECKING:
    from opticals.timeline.footage import Footage
    from opticals_ui.session import Session

SETTLE = 250  # milliseconds that shapes stand still before they are written
TOPIC = "mask"


class Masking(QObject):
    """At most one mask is drawn at a time, for the selected clip; it ends when another clip or
    edit is looked at. What is drawn is written as it is drawn, to a file of its own beside the
    renders: a mask that something was rendered with is never written over.

    Signals:
        changed: what is drawn began, ended or became another.
        touched: anything of it changed.
    """

    changed = Signal()
    touched = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.mattes = Mattes(session)
        self.drawing: Drawing | None = None
        self._setting = ""
        self._entry = 0
        self._clip = ""
        self._before: Path | None = None  # the file that it began with
        self._file: Path | None = None  # the one that is written
        self._beginning = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self._settle.timeout.connect(self._write)
        session.selection.moved.connect(self.follow)
        session.selection.changed.connect(self._leave)
        session.showing.screen.changed.connect(self.follow)
        session.replaced.connect(self.end)

    @property
    def active(self) -> bool:
        return self.drawing is not None

    @property
    def setting(self) -> str:
        """The mask setting of the current effect; "" where it takes no mask."""
        fields = self._session.choice.effect.fields()
        return next((one.name for one in fields if one.kind is Kind.MASK), "")

    @property
    def document(self) -> Document | None:
        return self.drawing.document if self.drawing else None

    def toggle(self) -> None:
        if self.active:
            self.end()
        else:
            self.begin(self.setting)

    def begin(self, setting: str) -> None:
        """Draw the mask of this setting of the current effect: the shapes that it has, if its
        mask is drawn; else from nothing."""
        session = self._session
        clip = session.selection.clip
        if not setting or clip is None or self._beginning:
            why = tr("Select a clip first.") if clip is None else tr("This effect takes no mask.")
            session.board.fail(ShotError(tr("There is nothing to draw on."), why), TOPIC)
            return
        self.end()
        session.board.dismiss(TOPIC)
        value = str(session.choice.values.get(setting, ""))
        path = Path(value) if value.lower().endswith(SUFFIX) else None
        entry = session.choice.current
        self._beginning = True

        def read() -> tuple[Shapes, Path]:
            shapes = files.read(path) if path is not None else Shapes()
            return shapes, files.next_file(session.host.renders_folder(), clip, path)

        def begun(what: tuple[Shapes, Path]) -> None:
            self._beginning = False
            if session.selection.clip != clip:
                return
            shapes, self._file = what
            self._setting, self._entry, self._clip, self._before = setting, entry, clip, path
            document = Document(shapes, self)
            document.edited.connect(self._settle.start)
            self.drawing = Drawing(document, self)
            document.changed.connect(self.touched)
            self.drawing.changed.connect(self.touched)
            self.follow()
            self.changed.emit()

        def failed(error: OpticalsError) -> None:
            self._beginning = False
            session.board.fail(error, TOPIC)

        session.read_from_host(TOPIC, read, begun, failed)

    def end(self) -> None:
        """Done: what is half drawn is finished, all of it written, and the picture is free."""
        drawing = self.drawing
        if drawing is None:
            return
        drawing.finish()
        if self._settle.isActive():
            self._settle.stop()
            self._write()
        self.drawing = None
        drawing.document.deleteLater()
        drawing.deleteLater()
        self.changed.emit()

    def go_to_key(self, step: int) -> None:
        """The playhead to the nearest key after (1) or before (-1) it."""
        document, footage = self.document, self._footage()
        frame = document.next_key(step) if document else None
        if frame is None or footage is None or footage.time is None:
            return
        first, end = footage.time.shown(frame, 1)
        if first < end:
            self._session.selection.move_to(first)

    def follow(self) -> None:
        """Look at the frame of the medium that the playhead shows."""
        document, footage = self.document, self._footage()
        if document is None or footage is None or footage.time is None:
            return
        seen = self._session.showing.screen.seen
        side = (seen.source or seen.result) if seen else None
        width, height = side.size if side is not None and side.images else (0, 0)
        size = QSizeF(width, height) if width and height else document.size
        document.look_at(footage.frame(self._session.selection.playhead), size)

    def _footage(self) -> Footage | None:
        """Of the clip that is drawn on, below any render."""
        playhead = self._session.selection.playhead
        for layer in self._session.showing.reel.layers(playhead):
            if layer.item.id == self._clip and layer.footage is not None:
                return layer.footage.original or layer.footage.shown
        return None

    def _leave(self) -> None:
        if self.active and self._session.selection.clip != self._clip:
            self.end()

    def _write(self) -> None:
        document, path, session = self.document, self._file, self._session
        if document is None or path is None:
            return
        shapes, setting, entry = document.written(), self._setting, self._entry

        def written(_: object) -> None:
            session.choice.set_at(entry, setting, str(path))
            session.viewing.invalidate()

        session.errands.run(
            lambda: files.write(path, shapes),
            written,
            lambda error: session.board.fail(error, TOPIC),
        )
