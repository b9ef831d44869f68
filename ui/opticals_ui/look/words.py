"""The panel's words in the user's language, through Qt's translations.

Every text that people see is written in English in the code, as `tr("…")`, and looked up here.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QCoreApplication, QLocale

from opticals import amounts

CONTEXT = "opticals"

LONG = 24  # letters of a word from which it may wrap
_BREAKS = re.compile(r"(?<=\w)(?:[/\\_]|[.-](?=[A-Za-z%]))(?=[\w%])")
_AMOUNTS = re.compile(r"(?<=\d) (?=[^\W\d])")
_FORMS = re.compile(r"\((\w*)\|(\w*)\)|(?<=\w)\(s\)")


def tr(text: str, count: int | None = None, **values: object) -> str:
    """`text` in the user's language, with `{name}` replaced by `values`.

    Args:
        text: as it is in the code: a literal, so that it is found when translations are made.
        count: for texts with `%n`, which have forms of their own for one and for many. In
            English these are written `clip(s)`, and `(has|have)` where an s will not do.
    """
    if count is None or "%n" not in text:
        found = QCoreApplication.translate(CONTEXT, text)
    else:
        found = QCoreApplication.translate(CONTEXT, text, None, count)
        found = _FORMS.sub(lambda match: _form(match, count), found)
    if count is not None and "{count}" in text:
        values["count"] = count
    return found.format(**values) if values else found


def tr_text(text: str) -> str:
    """A text that is declared elsewhere, an effect's label for example, in the user's language.
    Whatever has no translation, names for example, stays as it is."""
    return QCoreApplication.translate(CONTEXT, text) if text else ""


def wrapping(text: str) -> str:
    """A text for a label, with the places marked where a long path or file name in it may wrap."""
    return " ".join(
        _BREAKS.sub("\\g<0>\u200b", one) if len(one) > LONG else one for one in text.split(" ")
    )


def amounts_whole(text: str) -> str:
    """A text for a label, in which a number is never on another line than its unit, and no line
    begins with a dot between facts."""
    return _AMOUNTS.sub("\u00a0", text).replace(" · ", "\u00a0· ")


def number(value: float, digits: int = 0) -> str:
    """A number as the user's country writes it, with so many digits after the mark."""
    return QLocale().toString(float(value), "f", digits)


def percent(share: float) -> str:
    """A share of 1 as the user's country writes percents, whole ones."""
    return tr("{number} %", number=number(100 * share))


def size_words(count: float) -> str:
    """Bytes as the user's country writes numbers: `1,2 GB`."""
    return amounts.size(count).replace(".", QLocale().decimalPoint())


def _form(match: re.Match[str], count: int) -> str:
    if match[1] is None:
        return "" if count == 1 else "s"
    return match[1] if count == 1 else match[2]
