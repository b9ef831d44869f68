"""Messages between the panel and a host: JSON-RPC 2.0, one a line, and what is wrong with them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from opticals.errors import OpticalsError

log = logging.getLogger(__name__)

PROTOCOL = 1
LINE = 8 << 20  # bytes of one message

PARSE, INVALID, UNKNOWN, PARAMS, FAILED = -32700, -32600, -32601, -32602, -32000

Params = Mapping[str, Any]


class HostRefused(OpticalsError):
    """The host could not do what was asked, and says why; `subject` is gone, trimmed, read-only,
    busy, not-ours, unsupported or failed."""


@dataclass(frozen=True)
class Message:
    """One message that is well formed.

    Attributes:
        id: of a request or an answer; None of what is only told.
        method: "" of an answer.
        error: of an answer that is one.
    """

    id: str | int | None
    method: str = ""
    params: Params | None = None
    result: Any = None
    error: Mapping[str, Any] | None = None


class Bad(Exception):
    """What came is no message.

    Args:
        code: of JSON-RPC.
        id: of the request it may have been.
    """

    def __init__(self, code: int, why: str, id: str | int | None = None) -> None:
        super().__init__(why)
        self.code = code
        self.id = id


def parse(line: bytes) -> Message:
    """The message in a line.

    Raises:
        Bad: it is none.
    """
    try:
        data = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Bad(PARSE, "It is no JSON.") from error
    if not isinstance(data, dict):
        raise Bad(INVALID, "It is no request.")
    id = data.get("id")
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise Bad(INVALID, "Its id is no text or number.")
    method = data.get("method")
    if method is None:
        wrong = data.get("error")
        if wrong is not None and not isinstance(wrong, dict):
            raise Bad(INVALID, "Its error is none.", id)
        if wrong is None and "result" not in data:
            raise Bad(INVALID, "It is neither request nor answer.", id)
        return Message(id, result=data.get("result"), error=wrong)
    params = data.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict):
        raise Bad(INVALID, "Its method or params are of a wrong kind.", id)
    return Message(id, method, params)


def request(id: str | int, method: str, params: Params) -> bytes:
    return _line({"jsonrpc": "2.0", "id": id, "method": method, "params": params})


def told(method: str, params: Params) -> bytes:
    return _line({"jsonrpc": "2.0", "method": method, "params": params})


def answer(id: str | int | None, result: Any) -> bytes:
    return _line({"jsonrpc": "2.0", "id": id, "result": result})


def refusal(
    id: str | int | None, code: int, text: str, kind: str = "failed", remedy: str = ""
) -> bytes:
    error = {"code": code, "message": text, "data": {"kind": kind, "remedy": remedy}}
    return _line({"jsonrpc": "2.0", "id": id, "error": error})


def refused(error: Mapping[str, Any]) -> HostRefused:
    """The error in an answer, as one of ours."""
    data = error.get("data")
    data = data if isinstance(data, Mapping) else {}
    details = str(data.get("details") or "")
    if details:
        log.warning("the host said: %s", details[:20000])
    return HostRefused(
        str(error.get("message") or "The host could not do it.")[:2000],
        remedy=str(data.get("remedy") or "")[:2000],
        subject=str(data.get("kind") or "failed"),
    )


def _line(message: Mapping[str, Any]) -> bytes:
    text = json.dumps(message, separators=(",", ":"), allow_nan=False, default=str)
    return text.encode("utf-8") + b"\n"
