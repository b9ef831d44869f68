"""Files from addresses and hubs: fetched piece by piece, and gone on with after an interruption."""

from __future__ import annotations

import http.client
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from opticals.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BLOCK = 1 << 18
_TIMEOUT = 15.0  # seconds without a byte
_ATTEMPTS = 3  # in a row that bring nothing
_PAUSE = 0.5  # seconds before the next one
_NETWORK = (
    urllib.error.URLError,
    TimeoutError,
    ConnectionError,
    ssl.SSLError,
    http.client.HTTPException,
)


@dataclass(frozen=True)
class Progress:
    """How far a fetch is.

    Attributes:
        what: what is fetched from where, as shown to people.
        done, total: bytes of what the source hands out, an archive maybe; `total` is 0 where
            the source does not say.
    """

    what: str
    done: int = 0
    total: int = 0

    def __str__(self) -> str:
        if not self.total:
            return self.what
        return f"{self.what}: {self.done / 1e6:.1f} of {self.total / 1e6:.1f} MB"


# Called for every piece with bytes done and in all; what it raises (`Cancelled`) ends the fetch.
Count = Callable[[int, int], None]
Report = Callable[[Progress], None]


def uncounted(done: int, total: int) -> None:
    """A `Count` for those who do not want to know."""


def from_address(
    url: str, part: Path, count: Count, headers: Mapping[str, str] | None = None
) -> None:
    """Fill `part` with what is at `url`, going on from what an earlier call left in it.

    What is there is gone on with only if the server says that the file is still the same
    (RFC 9110, If-Range); beside `part` stands a note of which it was.

    Args:
        headers: for the address itself, not for one that it sends on to.

    Raises:
        ModelError: no https, no network, or no such file. `part` is kept.
        OSError: `part` cannot be written.
    """
    failures = 0
    while True:
        before = _size(part)
        try:
            _go_on(url, part, count, headers or {})
        except urllib.error.HTTPError as error:
            error.close()
            if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not before:
                raise _refused(url, error) from error
            forget(part)  # it was whole, and not taken
        except _NETWORK as error:
            failures = 1 if _size(part) > before else failures + 1
            if failures == _ATTEMPTS:
                raise unreachable(url, error) from error
            count(_size(part), 0)
            time.sleep(_PAUSE)
        else:
            _note(part).unlink(missing_ok=True)
            return


def from_hub(repository: str, revision: str, file: str, part: Path, count: Count) -> None:
    """Fill `part` with a file of a hub's repository, out of the hub's own cache if it is there.

    The token of the hub's own login is sent, which models need whose licence has to be accepted.

    Raises:
        ModelError, OSError: as `from_address`.
    """
    from huggingface_hub import get_token, hf_hub_url, try_to_load_from_cache

    kept = try_to_load_from_cache(repository, file, revision=revision)
    if isinstance(kept, str):
        shutil.copyfile(kept, part)
        return
    token = get_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    from_address(hf_hub_url(repository, file, revision=revision), part, count, headers)


def forget(part: Path) -> None:
    """Delete what an interrupted fetch left."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def unreachable(name: str, error: Exception) -> ModelError:
    """What to tell people when there is no way to a source."""
    return ModelError.wrap(
        f"{name} could not be fetched.", error, "Connect to the network and try again."
    )


def _go_on(url: str, part: Path, count: Count, headers: Mapping[str, str]) -> None:
    _require_https(url)
    request = urllib.request.Request(url)  # noqa: S310 - https, see above
    for name, value in headers.items():
        request.add_unredirected_header(name, value)
    done = _size(part)
    if done and (version := _read_note(part)):
        request.add_header("Range", f"bytes={done}-")
        request.add_header("If-Range", version)
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
        _require_https(answer.url)
        if answer.status != HTTPStatus.PARTIAL_CONTENT:
            done = 0
            forget(part)
            _note(part).write_text(_version(answer.headers), encoding="utf-8")
        total = done + int(answer.headers.get("Content-Length") or 0)
        with part.open("ab") as file:
            while block := answer.read(_BLOCK):
                file.write(block)
                done += len(block)
                count(done, total)
    if done < total:
        raise ConnectionError(f"it broke off after {done} of {total} bytes")


def _require_https(url: str) -> None:
    if not url.startswith("https://"):
        raise ModelError(f"{url} is not fetched.", "Only https addresses are.")


def _version(headers: Mapping[str, str]) -> str:
    """What tells this version of the file from any other, byte by byte; empty: nothing does."""
    tag = headers.get("ETag") or ""
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified") or ""


def _refused(url: str, error: urllib.error.HTTPError) -> ModelError:
    closed = error.code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    return ModelError.wrap(
        f"{url} could not be fetched.",
        error,
        "Accept its licence on its page and log in with: hf auth login" if closed else "",
    )


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.version")


def _read_note(part: Path) -> str:
    try:
        return _note(part).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0
