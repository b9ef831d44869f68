"""Kdenlive's timeline through its own actions: what is selected, all of it, and pasting."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

from opticals_plugin.hosts.client import HostError
from opticals_plugin.hosts.kdenlive import clipboard, dialogs, scene
from opticals_plugin.hosts.kdenlive.bus import SLOW_S, Kdenlive, rest
from opticals_plugin.hosts.kdenlive.scene import Item, Paste, Scene
from opticals_plugin.hosts.kdenlive.xserver import display

_NOTHING = "Opticals asks Kdenlive what is selected."
_COPY_S = 0.3  # until what was copied is on the clipboard
_TRIES = 3
_DIALOG_S = 5.0
_BETWEEN_S = 0.15
_EMPTY = Scene("", 0, 0, ())


@dataclass
class Timeline:
    """Works the timeline. All of it needs the clipboard, which the caller has lent.

    Attributes:
        rate: of the project.
    """

    kdenlive: Kdenlive
    rate: Fraction | None = None

    def selected(self) -> Scene | None:
        """The clips that are selected; None when none is."""
        if not self.kdenlive.enabled("edit_copy"):
            return None
        clipboard.put(_NOTHING)
        for _ in range(_TRIES):
            x = display()
            if x is not None:
                x.touch(self.kdenlive.window())
            self.kdenlive.act("edit_copy")
            end = monotonic() + _COPY_S
            while monotonic() < end:
                text = clipboard.text()
                if text and text != _NOTHING:
                    return scene.read(text, self.rate)
                rest(0.004)
        return None

    def whole(self) -> Scene:
        """All clips of the timeline. Nothing is selected afterwards."""
        before = self.selected()
        found = self._all()
        in_bin = False
        if found is None or (before is not None and numbers(before) == numbers(found)):
            # It may be that the project bin has the keyboard, and all of that is selected now.
            self.kdenlive.act("raise_project_monitor")
            more = self._all()
            in_bin = more is not None and (found is None or numbers(more) != numbers(found))
            found = more
        self.kdenlive.act("unselect_all_tracks")
        if in_bin:
            self.kdenlive.act("raise_project_bin")
        return found or _EMPTY

    def _all(self) -> Scene | None:
        self.kdenlive.act("select_all_tracks", SLOW_S)
        return self.selected()

    def ready(self) -> None:
        """Refuse to work behind a dialog.

        Raises:
            HostError: one is open, or Kdenlive does not answer.
        """
        dialog = self._dialog()
        if dialog is not None:
            raise HostError(
                f"Kdenlive waits for an answer: “{dialog.title}” is open.",
                "busy",
                "Close it, then place the render again.",
            )

    def paste(self, paste: Paste, document: str, before: Scene, wait_s: float) -> Item | None:
        """Paste one clip; where it came to lie, None when Kdenlive refused it.

        Args:
            before: all of the timeline as it was.
            wait_s: until a medium that is new in the bin must have been read.
        """
        clipboard.put(scene.write(paste, document, self.rate or Fraction(25)))
        self.kdenlive.act("edit_paste", SLOW_S)
        known = numbers(before)
        end = monotonic() + wait_s
        while True:
            new = [one for one in self.whole().items if one.number not in known]
            if new:
                return new[0]
            if monotonic() > end:
                return None
            rest(0.15)

    def undo(self) -> None:
        self.kdenlive.act("edit_undo", SLOW_S)

    def redo(self) -> None:
        self.kdenlive.act("edit_redo", SLOW_S)

    def activate(self, track: int, scene_: Scene) -> bool:
        """Make a picture track the active one; False where Kdenlive has no action for it."""
        number = track - scene_.sound_tracks + 1
        if not 1 <= number <= 8:
            return False
        self.kdenlive.act(f"activate_video_{number}")
        return True

    def add_track(self, top: int, active: int, scene_: Scene) -> bool:
        """Add a picture track above the topmost; whether there is one more. Kdenlive asks in a
        dialog what to add, and what it offers is what is wanted."""
        if display() is None or not self.activate(top, scene_):
            return False
        answered: list[bool] = []
        call = self.kdenlive.begin("insert_track", lambda: answered.append(True))
        try:
            with dialogs.focus_kept():
                end = monotonic() + _DIALOG_S
                while not answered and monotonic() < end:
                    rest(_BETWEEN_S)
                    self._confirm()
        finally:
            if not answered and (dialog := self._dialog()) is not None:
                dialogs.cancel(dialog)
            call.deleteLater()
            self.activate(active, scene_)
        return self.whole().video_tracks == scene_.video_tracks + 1

    def _confirm(self) -> None:
        """Once more each time: keys that come before the dialog listens are lost."""
        dialog = self._dialog()
        if dialog is not None:
            dialogs.confirm(dialog)

    def _dialog(self) -> dialogs.Dialog | None:
        return dialogs.modal(self.kdenlive.window(), self.kdenlive.pid)

    def select(self, items: tuple[Item, ...], playhead: int, active: int, scene_: Scene) -> bool:
        """Select clips again; whether they are. Kdenlive can select by keys only what lies under
        the playhead."""
        pictures = [one for one in items if one.shows != "sound"]
        if not pictures or any(not one.start <= playhead < one.end for one in pictures):
            return False
        action = "select_timeline_clip"
        for one in pictures:
            if not self.activate(one.track, scene_):
                return False
            self.kdenlive.act(action)
            action = "select_add_timeline_clip"
        self.activate(active, scene_)
        found = self.selected()
        if found is not None and numbers(found) == {one.number for one in items}:
            return True
        self.kdenlive.act("unselect_all_tracks")
        return False


def numbers(scene_: Scene) -> set[str]:
    return {one.number for one in scene_.items}
