"""All that shows the edit, without widgets: what is seen, what plays, what is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals_ui.viewer.display import Display
from opticals_ui.viewer.player import Player
from opticals_ui.viewer.reel import Reel
from opticals_ui.viewer.screen import Screen
from opticals_ui.viewer.sound import Outlet, Sounding

if TYPE_CHECKING:
    from opticals_ui.background import Background
    from opticals_ui.effects.choice import Choice
    from opticals_ui.host import Host
    from opticals_ui.memory import Memory
    from opticals_ui.timeline.selection import Selection
    from opticals_ui.viewer.sights import Sights
    from opticals_ui.viewer.viewing import Viewing


class Showing(QObject):
    """Puts the viewer's parts together.

    Attributes:
        display: how pictures are shown.
        reel: what the edit shows at a record frame.
        screen: what is seen.
        player: what moves the playhead.
    """

    def __init__(
        self,
        host: Host,
        selection: Selection,
        viewing: Viewing,
        choice: Choice,
        memory: Memory,
        background: Background,
        sights: Sights,
        outlet: Outlet | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.display = Display(memory, self)
        self.reel = Reel(host, background, self)
        self.screen = Screen(selection, self.reel, sights, viewing, choice, self.display, self)
        self.player = Player(selection, self)
        self.sounding = Sounding(self.player, self.reel, sights, self.display, outlet, self)
        self._viewing = viewing
        self.player.changed.connect(self._pace)
        self.player.jumped.connect(self.screen.refresh)
        self.display.changed.connect(self._loop)
        self._loop()

    def take_edit(self) -> None:
        """The edit that is shown changed."""
        self.screen.take_edit()

    def close(self) -> None:
        """Stop."""
        self.player.stop()

    def _pace(self) -> None:
        if self.player.playing:
            self._viewing.stop()
        self.screen.set_pace(self.player.speed)

    def _loop(self) -> None:
        self.player.looping = self.display.looping
