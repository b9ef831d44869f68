"""Makes the translations: `python -m tests.translations`.

Takes every text that people see out of the code, keeps what is translated already in the `.ts`
files that translators work on (Qt Linguist opens them), and compiles these to the `.qm` files that
Qt reads. Qt's own lupdate takes neither a function's texts without a class as context nor texts
that are declared, as those of effects are.
"""

from __future__ import annotations

import ast
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import opticals_resources
from opticals import catalog, presets
from opticals.declaration import Setting
from opticals.media.write.formats import CHOICES, CONTAINERS, TARGETS
from opticals_ui.look.words import CONTEXT

ROOT = Path(__file__).parents[1]
SOURCES = ("ui", "plugin")
FOLDER = opticals_resources.path("translations")
LANGUAGES = {"it": "it_IT"}
FORMS = {"it": 2}  # of a plural


@dataclass(frozen=True, order=True)
class Text:
    """A text to be translated; `plural` when it has a form for one and for many."""

    source: str
    plural: bool = False


def texts() -> list[Text]:
    """All that there are, each once, in a steady order."""
    found = {
        *in_code(),
        *(Text(one) for one in declared() if any(map(str.isalpha, one)) or one == "%"),
    }
    plain = {one.source for one in found if not one.plural}
    doubled = sorted(one.source for one in found if one.plural and one.source in plain)
    if doubled:
        raise SystemExit(f"With a count in one place and without in another: {doubled}")
    return sorted(found)


def in_code() -> Iterator[Text]:
    """What `tr` is given in the sources."""
    for root in SOURCES:
        for file in sorted((ROOT / root).rglob("*.py")):
            yield from in_file(file)


def in_file(file: Path) -> Iterator[Text]:
    """What `tr` is given in a file; ends the run when that is no literal."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id != "tr":
            continue
        text = node.args[0] if node.args else None
        if isinstance(text, ast.Name | ast.Attribute):
            continue  # declared elsewhere
        if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
            raise SystemExit(f"{file}:{node.lineno}: tr takes a literal; tr_text takes others")
        counted = len(node.args) > 1 or any(one.arg == "count" for one in node.keywords)
        yield Text(text.value, counted and "%n" in text.value)


def declared() -> Iterator[str]:
    """What effects, forms, presets and formats declare, shown through `tr_text`."""
    for effect in catalog.all_effects().values():
        yield effect.label
        yield effect.summary
        for setting in effect.fields():
            yield from _of(setting)
    for preset in presets.shipped():
        yield preset.name
        yield preset.description
    for names in (CHOICES.values(), (one.label for one in CONTAINERS.values())):
        yield from names
    yield from (one.label for one in TARGETS.values())


def _of(setting: Setting) -> Iterator[str]:
    yield setting.label
    yield setting.help
    yield setting.unit
    if setting.kind is not setting.kind.MODEL:
        yield from (one for one in setting.choices if isinstance(one, str))


def fields(text: str) -> list[str]:
    """The places of a text that values go to, in a steady order."""
    found = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    return sorted(found) + ["%n"] * text.count("%n")


def read(language: str) -> dict[Text, tuple[str, ...]]:
    """What is translated, by its source: one form, or as many as a plural has."""
    file = FOLDER / f"opticals_{language}.ts"
    if not file.is_file():
        return {}
    tree = ElementTree.parse(file)
    found: dict[Text, tuple[str, ...]] = {}
    for message in tree.iter("message"):
        source, translation = message.findtext("source") or "", message.find("translation")
        assert translation is not None
        plural = message.get("numerus") == "yes"
        forms = (
            tuple(one.text or "" for one in translation.iter("numerusform"))
            if plural
            else (translation.text or "",)
        )
        found[Text(source, plural)] = forms
    return found


def write(language: str, wanted: list[Text], known: dict[Text, tuple[str, ...]]) -> None:
    """The `.ts` file with these texts, of which some may be known."""
    root = ElementTree.Element("TS", version="2.1", language=LANGUAGES[language])
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for text in wanted:
        forms = known.get(text, ("",) * (FORMS[language] if text.plural else 1))
        message = ElementTree.SubElement(context, "message")
        if text.plural:
            message.set("numerus", "yes")
        ElementTree.SubElement(message, "source").text = text.source
        translation = ElementTree.SubElement(message, "translation")
        if not all(forms):
            translation.set("type", "unfinished")
        if text.plural:
            for form in forms:
                ElementTree.SubElement(translation, "numerusform").text = form
        else:
            translation.text = forms[0]
    ElementTree.indent(root, "    ")
    body = ElementTree.tostring(root, encoding="unicode")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    (FOLDER / f"opticals_{language}.ts").write_text(f"{head}{body}\n", encoding="utf-8")


def compile_to(language: str, target: Path) -> None:
    """The `.qm` file of a `.ts` file."""
    lrelease = Path(sys.executable).with_name("pyside6-lrelease")
    source = FOLDER / f"opticals_{language}.ts"
    command = [lrelease, "-silent", "-nounfinished", source, "-qm", target]
    subprocess.run(command, check=True)


def main() -> None:
    """Bring every language up to date; says what is left to be translated."""
    FOLDER.mkdir(exist_ok=True)
    wanted = texts()
    for language in LANGUAGES:
        known = read(language)
        write(language, wanted, known)
        compile_to(language, FOLDER / f"opticals_{language}.qm")
        missing = [one.source for one in wanted if not all(known.get(one, ("",)))]
        gone = len(known.keys() - set(wanted))
        print(f"{language}: {len(wanted)} texts, {len(missing)} to be translated, {gone} dropped")
        for source in missing:
            print(f"  {source!r}")


if __name__ == "__main__":
    main()
