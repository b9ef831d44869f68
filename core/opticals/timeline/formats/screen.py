"""XML that is safe to hand on: no entities of its own, nothing fetched from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError

from opticals.errors import EditError

if TYPE_CHECKING:
    from pathlib import Path

_DEPTH = 300  # elements within one another: some thirty compounds
_REMEDY = "Export the edit again from the program that wrote it."


def parse(path: Path) -> Element:
    """The root element of an XML file. `<!DOCTYPE xmeml>` may stand there; what it could define
    may not.

    Raises:
        EditError: not XML, entities or references to other files in it, or nested absurdly deep.
    """
    import defusedxml
    from defusedxml.ElementTree import parse as defused

    try:
        root: Element = defused(path).getroot()
    except (ParseError, UnicodeError, ValueError, LookupError) as error:
        if isinstance(error, defusedxml.DefusedXmlException):
            raise EditError(
                f"{path.name} defines entities or refers to other files.",
                "No editing program writes that; it could read what is not meant for it.",
                _REMEDY,
            ) from error
        raise EditError.wrap(f"{path.name} is not XML.", error, _REMEDY) from error
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEPTH:
            raise EditError(
                f"{path.name} is nested too deeply.",
                f"There are more than {_DEPTH} elements inside one another.",
                _REMEDY,
            )
        level = [child for element in level for child in element]
    return root
