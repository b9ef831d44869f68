"""Downloads: gone on with after an interruption, counted, stopped, and never mixed up."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from opticals.errors import Cancelled, ModelError
from opticals.models import catalogue, fetching, store
from opticals.models.catalogue import Model, Source
from opticals.models.fetching import Progress

from .servers import Served, make_certificate, serving

SIZE = 3_000_001
CONTENT = random.Random(5).randbytes(SIZE)
OTHER = random.Random(6).randbytes(SIZE)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    return make_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture
def server(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """`CONTENT` at an https address that this process and its children trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps certificates of before
    monkeypatch.setattr(fetching, "_PAUSE", 0.01)
    with serving(CONTENT, certificate) as served:
        yield served
    urllib.request._opener = None  # type: ignore[attr-defined]


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
        size=SIZE,
        memory=1,
        licence="MIT",
        commercial=True,
        sources=(source,),
        sha256="" if content is None else hashlib.sha256(content).hexdigest(),
    )
    monkeypatch.setattr(catalogue, "all_models", lambda: {"big": entry})
    return entry


@pytest.fixture
def model(server: Served, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    return known(monkeypatch, {"url": f"{server.address}/big.bin"}, CONTENT)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_bytes_are_counted(model: Model, server: Served, folder: Path) -> None:
    said: list[Progress] = []
    assert store.pull("big", said.append).read_bytes() == CONTENT
    done = [one.done for one in said]
    assert done == sorted(done)
    assert (said[-1].done, said[-1].total) == (SIZE, SIZE)
    assert str(said[-1]).endswith("3.0 of 3.0 MB")
    assert len(said) > 10
    assert server.sent == SIZE
    assert leftovers(folder) == ["big.bin", "big.bin.json"]


def test_a_connection_that_breaks_is_taken_up(model: Model, server: Served) -> None:
    server.break_after = 1 << 20
    assert store.pull("big").read_bytes() == CONTENT
    assert server.sent == SIZE
    assert server.ranges == [None, "bytes=1048576-", "bytes=2097152-"]


def test_a_later_pull_goes_on(model: Model, server: Served, folder: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done > SIZE // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.pull("big", stop)
    assert not store.installed("big")
    kept = sum(path.stat().st_size for path in folder.glob(".*.part"))
    assert SIZE // 2 < kept < SIZE
    said: list[Progress] = []
    assert store.pull("big", said.append).read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={kept}-"]
    assert next(one.done for one in said if one.done) > kept
    assert leftovers(folder) == ["big.bin", "big.bin.json"]


@pytest.mark.parametrize("expected", [OTHER, None], ids=["known hash", "no hash"])
def test_a_file_that_changed_meanwhile_is_fetched_whole(
    expected: bytes | None,
    model: Model,
    server: Served,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stop(progress: Progress) -> None:
        if progress.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.pull("big", stop)
    server.content = OTHER
    known(monkeypatch, model.sources[0], expected)
    assert store.pull("big").read_bytes() == OTHER


def test_what_was_whole_and_never_taken(model: Model, server: Served, folder: Path) -> None:
    """As after a crash between the last byte and the renaming."""
    part = folder / "whole.part"
    folder.mkdir(parents=True)
    part.write_bytes(CONTENT)
    tag = f'"{hashlib.sha256(CONTENT).hexdigest()[:8]}"'
    part.with_name(f"{part.name}.version").write_text(tag)
    fetching.from_address(f"{server.address}/big.bin", part, fetching.uncounted)
    assert part.read_bytes() == CONTENT


def test_a_removed_model_leaves_nothing(model: Model, folder: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.done:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.pull("big", stop)
    assert leftovers(folder) != []
    store.remove("big")
    assert leftovers(folder) == []


def test_a_wrong_file_is_not_gone_on_with(model: Model, server: Served, folder: Path) -> None:
    server.content = OTHER
    for _ in range(2):
        with pytest.raises(ModelError, match="wrong hash"):
            store.pull("big")
        assert leftovers(folder) == []
    assert server.ranges == [None, None]


def test_a_way_that_leaves_https_is_not_taken(
    model: Model, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(CONTENT) as plain:
        server.goal = f"{plain.address}/big.bin"
        known(monkeypatch, {"url": f"{server.address}/moved"}, CONTENT)
        with pytest.raises(ModelError, match="Only https"):
            store.pull("big")


def test_a_closed_door_is_named(model: Model, server: Served) -> None:
    server.status = 403
    with pytest.raises(ModelError, match="403") as caught:
        store.pull("big")
    assert "licence" in caught.value.remedy
    assert len(server.asked) == 1


PULL = """
    import sys
    from opticals.models import catalogue, store
    from opticals.models.catalogue import Model
    entry = {model!r}
    catalogue.all_models = lambda: {{"big": entry}}
    print("ready", flush=True)
    sys.stdin.readline()
    most = [0]
    def report(progress):
        if progress.done and not most[0]:
            print("began at", progress.done, flush=True)
        most[0] = progress.done
    store.pull("big", report)
    print("fetched", most[0], flush=True)
"""


def start(model: Model) -> subprocess.Popen[str]:
    code = textwrap.dedent(PULL.format(model=model))
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def test_a_process_that_dies_hands_over(model: Model, server: Served, folder: Path) -> None:
    """Two processes: one is killed in the middle, the other waited, and goes on from there."""
    server.pause = 0.02
    one, other = start(model), start(model)
    go(one)
    assert one.stdout is not None
    assert one.stdout.readline().startswith("began at")
    go(other)
    time.sleep(0.3)
    assert len(server.asked) == 1  # the other waits
    one.kill()
    one.communicate()
    server.pause = 0
    said = other.communicate(timeout=60)[0].split()
    assert other.returncode == 0
    assert int(said[2]) > 1 << 18  # not from the beginning
    assert said[3:] == ["fetched", str(SIZE)]
    assert server.ranges[0] is None
    assert server.ranges[1] is not None
    assert (folder / "big.bin").read_bytes() == CONTENT


WORKER = """
    from opticals.jobs import worker
    from opticals.models import catalogue
    from opticals.models.catalogue import Model
    entry = {model!r}
    catalogue.all_models = lambda: {{"big": entry}}
    worker.main()
"""


def test_the_worker_counts_and_stops(model: Model, server: Served) -> None:
    """As the panel asks it: bytes while it fetches, an end when asked, and on from there."""
    server.pause = 0.05
    code = textwrap.dedent(WORKER.format(model=model))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None

        def ask(**request: str) -> None:
            assert worker.stdin is not None
            worker.stdin.write(json.dumps({"job": "model big", **request}) + "\n")
            worker.stdin.flush()

        ask(do="pull", model="big")
        told = (json.loads(line) for line in worker.stdout)
        begun = next(one for one in told if one.get("done"))
        assert (begun["is"], begun["total"]) == ("progress", SIZE)
        assert " of 3.0 MB" in begun["note"]
        asked = time.monotonic()
        ask(do="cancel")
        failed = next(one for one in told if one["is"] == "failed")
        assert failed["error"]["error"] == "Cancelled"
        assert time.monotonic() - asked < 1
        server.pause = 0
        ask(do="pull", model="big")
        assert next(one for one in told if one["is"] == "pulled")["model"] == "big"
        worker.stdin.close()
    assert server.ranges[1] is not None
    assert store.path("big").read_bytes() == CONTENT


HUB = """
    from pathlib import Path
    from opticals.models import fetching
    fetching.from_hub("owner/name", "0123abc", "big.bin", Path({target!r}), fetching.uncounted)
"""


def test_a_hubs_token_stays_with_the_hub(server: Served, certificate: Path, tmp_path: Path) -> None:
    """A hub hands out files from another address: that must not learn the token."""
    target = tmp_path / "big.part"
    with serving(b"", certificate) as hub:
        hub.goal = f"{server.address}/big.bin"
        environment = {"HF_ENDPOINT": f"{hub.address}/moved", "HF_TOKEN": "hf_secret"}
        environment["HF_HOME"] = str(tmp_path)
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(HUB.format(target=str(target)))],
            env={**os.environ, **environment},
            check=True,
            timeout=60,
        )
    assert target.read_bytes() == CONTENT
    [(path, asked)] = hub.asked
    assert path == "/moved/owner/name/resolve/0123abc/big.bin"
    assert asked["Authorization"] == "Bearer hf_secret"
    [(_, asked)] = server.asked
    assert "Authorization" not in asked
