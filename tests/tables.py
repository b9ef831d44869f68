"""Tables of measurements, kept section by section in a document."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

START, END = "<!-- measured -->", "<!-- end -->"


def machine() -> str:
    """What the measurements were made on."""
    import torch

    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if "model name" in line), model)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{model}, {os.cpu_count()} cores, {device}; Python {platform.python_version()}, "
        f"torch {torch.__version__}"
    )


def write(
    document: Path,
    section: str,
    order: Iterable[str],
    said: str,
    rows: Sequence[str],
    *,
    part: bool = False,
) -> None:
    """Put a section's table in a document, in place of the one it had.

    Args:
        order: of all sections there can be.
        said: what stands above the table.
        rows: of the table in Markdown, its head first.
        part: whether rows that were not measured now are kept.
    """
    text = document.read_text(encoding="utf-8")
    before, rest = text.split(START)
    body, after = rest.split(END)
    sections = {one.split("\n", 1)[0]: one for one in body.split("### ")[1:]}
    old = [one for one in sections.get(section, "").split("\n") if one.startswith("|")]
    new = {_subject(one): one for one in rows}
    if part:
        rows = [new.pop(_subject(one), one) for one in old] + list(new.values())
    sections[section] = f"{section}\n\n{said}\n\n" + "\n".join(rows) + "\n\n"
    body = "".join(f"### {sections[one]}" for one in order if one in sections)
    document.write_text(f"{before}{START}\n\n{body}{END}{after}", encoding="utf-8")


def _subject(row: str) -> str:
    """What a row is of: without figures, which change."""
    return "".join(one for one in row.split("|")[1] if not one.isdigit())
