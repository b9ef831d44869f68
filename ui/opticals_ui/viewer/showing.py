"""All that shows the edit, without widgets: what is seen, what plays, what is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from opticals.timeline.footage import ClipFootage
from opticals_ui.viewer.display import Display
from opticals_ui.viewer.modes import Compare
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
    from opticals_ui.versions.comparison import Comparison
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
        self._compared = ""  # the clip of which two versions are seen
        self.player.changed.connect(self._pace)
        self.player.jumped.connect(self.screen.refresh)
        self.display.changed.connect(self._loop)
        self._loop()

    def take_edit(self) -> None:
        """The edit that is shown changed."""
        self.screen.take_edit()

    def compare(self, wanted: Comparison | None) -> None:
        """Show two versions of a clip as source and result; None: as the edit has it again."""
        before, self._compared = self._compared, wanted.clip if wanted else ""
        if before and before != self._compared:
            self.reel.stand_in(before, None)
        if wanted is None:
            return
        footage = ClipFootage(wanted.b, wanted.a, wanted.b_name, wanted.a_name)
        self.reel.stand_in(wanted.clip, footage)
        if self.display.chosen in (Compare.RESULT, Compare.SOURCE):
            self.display.choose_compare(Compare.WIPE)

    def close(self) -> None:
        """Stop."""
        self.player.stop()
        self.sounding.close()

    def _pace(self) -> None:
        if self.player.playing:
            self._viewing.stop()
        self.screen.set_pace(self.player.speed)

    def _loop(self) -> None:
        self.player.looping = self.display.looping
