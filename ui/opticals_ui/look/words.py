"""The panel's words in the user's language, through Qt's translations.

Every text that people see is written in English in the code, as `tr("…")`, and looked up here.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "opticals"


def tr(text: str, count: int | None = None, **values: object) -> str:
    """`text` in the user's language, with `{name}` replaced by `values`.

    Args:
        text: as it is in the code: a literal, so that it is found when translations are made.
        count: for texts with `%n`, which have forms of their own for one and for many.
    """
    if count is None:
        found = QCoreApplication.translate(CONTEXT, text)
    else:
        found = QCoreApplication.translate(CONTEXT, text, None, count)
    return found.format(**values) if values else found
