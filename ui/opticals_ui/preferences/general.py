"""The look and the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from opticals_ui.look import theme
from opticals_ui.look.language import LANGUAGES
from opticals_ui.look.words import tr
from opticals_ui.preferences.rows import Page, chooser

if TYPE_CHECKING:
    from opticals_ui.memory import Memory

THEME, LANGUAGE = "theme", "language"  # under which the memory keeps them


class General(Page):
    """Changes what a memory keeps.

    Args:
        speak: makes the panel anew in the language that is kept.
    """

    def __init__(self, memory: Memory, speak: Callable[[], None]) -> None:
        super().__init__()
        self._memory = memory
        self.theme = chooser(
            (
                ("dark", tr("Dark")),
                ("light", tr("Light")),
                ("system", tr("As the system")),
            ),
            memory.get(THEME, "dark"),
        )
        self.theme.activated.connect(self._show_theme)
        self.add(tr("Theme"), self.theme)
        languages = [(id, name) for id, name in LANGUAGES.items() if id]
        chosen = memory.get(LANGUAGE, "")
        self.language = chooser((("", tr("As the system")), *languages), chosen)
        self.language.activated.connect(lambda: self._speak(speak))
        self.add(tr("Language"), self.language)

    def _show_theme(self) -> None:
        chosen = self.theme.currentData()
        self._memory.put(THEME, chosen)
        theme.turn(chosen)

    def _speak(self, speak: Callable[[], None]) -> None:
        chosen = self.language.currentData()
        if chosen != self._memory.get(LANGUAGE, ""):
            self._memory.put(LANGUAGE, chosen)
            speak()
