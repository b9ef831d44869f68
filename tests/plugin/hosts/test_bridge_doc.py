"""docs/bridge.md tells all that the two sides say of themselves, and nothing else."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from pathlib import Path
from typing import Any

from opticals_plugin.bridge.server import Bridge
from opticals_plugin.hosts.client import Client, found_panels

from .driving import Json, until

DOC = Path(__file__).parents[3] / "docs" / "bridge.md"


def named(table: str) -> set[str]:
    """The fields in the first column of the table with this heading."""
    text = DOC.read_text(encoding="utf-8")
    rows = re.search(rf"\| {table} \| \|\n\|---\|---\|\n((?:\|.*\n)+)", text)
    assert rows is not None, table
    columns = (row.split("|")[1] for row in rows[1].splitlines())
    return {field for one in columns for field in re.findall(r"`(\w+)`", one)}


def program(panels: Path) -> Client:
    project = {"name": "film", "path": None, "id": "1"}
    return Client("Doc", "1", ["version"], {}, project, launch={}, panels=str(panels))


def test_the_file_and_the_answer(panels: Path) -> None:
    bridge = Bridge(panels)
    bridge.start()
    try:
        (said,) = found_panels(str(panels))
        said.pop("file")
        assert set(said) == named("in the file")
        hello: Json = {"protocol": 1, "token": said["token"], "host": "Doc", "version": "1"}
        hello |= {"pid": os.getpid(), "can": []}
        with socket.create_connection(("127.0.0.1", said["port"]), 5) as link:
            message = {"jsonrpc": "2.0", "id": 0, "method": "hello", "params": hello}
            link.sendall(json.dumps(message).encode() + b"\n")
            answer = json.loads(link.makefile().readline())
        assert set(answer["result"]) == named("answered by the panel")
    finally:
        bridge.close()


def test_what_the_program_says(panels: Path) -> None:
    heard: list[Any] = []
    listener = socket.create_server(("127.0.0.1", 0))
    panels.mkdir(mode=0o700)
    file = panels / f"{os.getpid()}.json"
    file.touch(0o600)
    said = {"protocol": 1, "port": listener.getsockname()[1], "token": "t" * 64, "reply": "r"}
    file.write_text(json.dumps(said | {"pid": os.getpid()}))

    def listen() -> None:
        link, _ = listener.accept()
        with link:
            heard.append(json.loads(link.makefile().readline()))

    thread = threading.Thread(target=listen)
    thread.start()
    client = program(panels)
    client.send("show")
    until(lambda: heard)
    client.close()
    thread.join(5)
    listener.close()
    assert heard[0]["method"] == "hello"
    assert set(heard[0]["params"]) == named("said by the program")
    assert set(heard[0]["params"]["project"]) == {"name", "path", "id"}
