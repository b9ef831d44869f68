"""The language of the panel: which there are, with Qt’s translations of our texts and its own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

import opticals_resources

LANGUAGES = {"": "System", "en": "English", "it": "Italiano"}
"""The names of those to choose from, each in its own; `""` is the system's, where it is one."""
_FILES = ("qtbase", "opticals")  # what is installed last is asked first

_installed: list[QTranslator] = []


def settled(wanted: str) -> str:
    """The language for what the user wants: `en` or `it`. The system's when that is `""`."""
    if wanted not in LANGUAGES:
        wanted = ""
    system = QLocale.system().name().partition("_")[0]
    return wanted or (system if system in LANGUAGES else "en")


def use(wanted: str) -> str:
    """Speak a language from now on; widgets that are there keep their words. Numbers are written
    as the system's country does where it speaks that language, or none was wanted."""
    app = QCoreApplication.instance()
    assert app is not None
    while _installed:
        app.removeTranslator(_installed.pop())
    language = settled(wanted)
    system = QLocale.system()
    keeps = not wanted or system.name().startswith(language)
    QLocale.setDefault(system if keeps else QLocale(language))
    if language == "en":
        return language
    folders = (
        QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),
        str(opticals_resources.path("translations")),
    )
    for name, folder in zip(_FILES, folders, strict=True):
        translator = QTranslator()  # gone when another language is spoken
        if translator.load(f"{name}_{language}", folder):
            app.installTranslator(translator)
            _installed.append(translator)
    return language
