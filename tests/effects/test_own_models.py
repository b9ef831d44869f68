"""The user's own model files: computed as spandrel computes them, refused where they are no use."""

from __future__ import annotations

import gc
import json
import pickle
import weakref
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pictures
import pytest
import torch
from pictures import Footage, psnr
from safetensors.torch import save_file
from spandrel import ModelLoader
from spandrel.architectures.Compact.__arch.SRVGG import SRVGGNetCompact
from spandrel.architectures.LaMa import LaMa
from spandrel.architectures.SwinIR import SwinIR
from torch import Tensor, nn

from opticals import nets
from opticals.effects.upscale import EFFECT, Settings, resize
from opticals.errors import ModelError, SettingError
from opticals.models import catalogue, own, store

State = dict[str, Tensor]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models folder's place for own files, that is not there yet."""
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "models" / "own"


@pytest.fixture(scope="module")
def plate(footage: Footage) -> Tensor:
    """A man's face, arms and clothes, `[1, 3, 60, 84]`."""
    return pictures.read(footage("bikes.mp4"), 125, 1)[..., 20:80, 380:464]


def compact(scale: int = 4, channels: int = 3) -> nn.Module:
    torch.manual_seed(scale)
    return SRVGGNetCompact(
        num_in_ch=channels, num_out_ch=channels, num_feat=8, num_conv=2, upscale=scale
    )


def still(scale: int) -> nn.Module:
    """A network that enlarges by repeating pixels: what it makes is known."""
    network = compact(scale)
    for weight in network.parameters():
        nn.init.zeros_(weight)
    return network


def swin() -> nn.Module:
    """A network with windows: it takes sizes of whole ones alone."""
    torch.manual_seed(1)
    return SwinIR(
        **{"embed_dim": 12, "depths": [2], "num_heads": [2], "window_size": 8, "upscale": 2},
        upsampler="pixelshuffledirect",
    )


def spandrels_own(state: State, picture: Tensor) -> Tensor:
    made: Tensor = ModelLoader().load_from_state_dict(dict(state))(picture)
    return made


def saved(network: nn.Module, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".safetensors":
        save_file({k: v.contiguous() for k, v in network.state_dict().items()}, path)
    else:
        torch.save(network.state_dict(), path)
    return path


def enlarged(plate: Tensor, settings: Settings, **how: Any) -> Tensor:
    return pictures.run(EFFECT, settings, plate, using=pictures.context(**how))[0]


@pytest.mark.filterwarnings("ignore:torch.meshgrid")
@pytest.mark.parametrize("ending", [".pth", ".pt", ".safetensors"])
@pytest.mark.parametrize("make", [compact, swin])
def test_it_computes_what_spandrel_computes(
    make: Callable[[], nn.Module], ending: str, folder: Path, tmp_path: Path, plate: Tensor
) -> None:
    network = make()
    model = own.add(saved(network, tmp_path / f"a net{ending}"))
    assert model.id == "a-net"
    found = nets.load(model.id, store.path(model.id))
    with torch.inference_mode():
        assert torch.equal(found(plate), spandrels_own(network.state_dict(), plate))
    assert model.task == "upscale"
    assert catalogue.find("a-net") == model


@pytest.mark.parametrize("wrap", ["params_ema", "state_dict"])
def test_checkpoints_of_trainers(wrap: str, folder: Path, tmp_path: Path, plate: Tensor) -> None:
    state = compact().state_dict()
    torch.save({wrap: {f"module.{k}": v for k, v in state.items()}, "step": 7}, tmp_path / "n.pth")
    own.add(tmp_path / "n.pth")
    with torch.inference_mode():
        found = nets.load("n", store.path("n"))(plate)
        assert torch.equal(found, spandrels_own(state, plate))


@pytest.mark.parametrize("size", [(1, 1), (3, 17), (17, 3), (9, 8)])
def test_any_size(size: tuple[int, int], folder: Path, plate: Tensor) -> None:
    saved(swin(), folder / "swin.pth")
    made = enlarged(plate[..., : size[0], : size[1]], Settings(model="swin"))
    assert made.shape == (3, 2 * size[0], 2 * size[1])
    assert made.isfinite().all()


@pytest.mark.parametrize("asked", [2, 4])
@pytest.mark.parametrize("scale", [1, 2, 3, 4, 8])
def test_the_asked_size_is_reached_from_any(
    scale: int, asked: int, folder: Path, plate: Tensor
) -> None:
    """Of a network that repeats pixels the picture comes out where it was, seam or no seam."""
    saved(still(scale), folder / "still.safetensors")
    settings = Settings(scale=asked, model="still", grain=0.0)
    made = enlarged(plate, settings)
    assert made.shape[-2:] == (60 * asked, 84 * asked)
    # Repeating pixels is another enlargement, but no picture of another place or colour.
    plain = resize(plate, asked)[0]
    shifted = resize(plate.roll(1, -1), asked)[0]
    assert psnr(made, plain) > psnr(made, shifted) + 6
    assert made.mean((1, 2)) == pytest.approx(plain.mean((1, 2)), abs=0.1 / 255)
    reduced = torch.nn.functional.avg_pool2d(made, asked)
    assert psnr(reduced, plate[0]) > 35
    assert enlarged(plate, settings, tile=128) == pytest.approx(made, abs=1e-5)


def test_a_restorer_keeps_what_it_should(folder: Path, plate: Tensor) -> None:
    saved(still(1), folder / "still.pth")
    made = enlarged(plate, Settings(model="still", grain=0.0))
    assert psnr(made, resize(plate, 2)[0]) > 60


def test_precision_that_it_cannot_compute_in(folder: Path, plate: Tensor) -> None:
    """SwinIR overflows in half floats, says spandrel: float32 it is."""
    saved(swin(), folder / "swin.pth")
    using = pictures.context("float16")
    network = using.network("swin")
    assert {weight.dtype for weight in network.parameters()} == {torch.float32}
    assert torch.equal(
        enlarged(plate, Settings(model="swin"), dtype="float16"),
        enlarged(plate, Settings(model="swin")),
    )


def test_files_dropped_into_the_folder(folder: Path) -> None:
    saved(compact(), folder / "Film 4x.pth")
    saved(compact(2), folder / "Film 4x.safetensors")
    saved(compact(), folder / "rife.pth")
    saved(compact(), folder / ".hidden.pth")
    (folder / "readme.txt").write_text("nothing")
    (folder / "folder.pth").mkdir()
    models = own.all_own()
    assert list(models) == ["Film-4x", "Film-4x.safetensors", "rife.pth"]
    assert {one.licence for one in models.values()} == {"unknown"}
    assert not any(one.commercial for one in models.values())
    assert catalogue.find("rife").own is False
    for model in models:
        assert store.installed(model)
        assert nets.load(model, store.path(model)).scale in (2, 4)


def test_another_file_of_the_same_name_is_another_model(folder: Path, plate: Tensor) -> None:
    """In the recipe, and in what a worker has loaded already."""
    file = saved(compact(4), folder / "net.pth")
    first, using = store.digest("net"), pictures.context()
    assert using.network("net").scale == 4
    saved(compact(2), file)
    assert store.digest("net") != first
    assert using.network("net").scale == 2


def test_removed(folder: Path, tmp_path: Path) -> None:
    own.add(saved(compact(), tmp_path / "net.pth"), licence="MIT", commercial=True)
    store.digest("net")
    assert len(list(folder.iterdir())) == 3
    store.remove("net")
    assert list(folder.iterdir()) == []
    with pytest.raises(ModelError, match="no model “net”"):
        store.path("net")


def test_a_note_that_cannot_be_read_allows_nothing(folder: Path, tmp_path: Path) -> None:
    model = own.add(saved(compact(), tmp_path / "net.pth"), licence="MIT", commercial=True)
    assert (model.licence, model.commercial) == ("MIT", True)
    note = own.about(store.path("net"))
    for content in ("", "[]", '{"commercial": true}', json.dumps({"commercial": 1})):
        note.write_text(content)
        assert (catalogue.find("net").licence, catalogue.find("net").commercial) == (
            "unknown",
            False,
        )


@pytest.mark.parametrize("name", ["rife", "taken", "a=b", "a,b", "../a", ".a"])
def test_ids_that_cannot_be(name: str, folder: Path, tmp_path: Path) -> None:
    file = saved(compact(), tmp_path / "taken.pth")
    own.add(file)
    with pytest.raises(ModelError, match="model"):
        own.add(file, name)
    assert sorted(path.name for path in folder.iterdir()) == ["taken.pth", "taken.pth.about.json"]


# --- what is refused


class Bomb:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return (Path.touch, (self.mark,))


def bombs(folder: Path, mark: Path) -> list[Path]:
    """Files that make the file `mark` when they are unpickled, as torch and as pickle write."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {**compact().state_dict(), "more": Bomb(mark)}
    torch.save(state, folder / "zipped.pth")
    torch.save(state, folder / "old.pth", _use_new_zipfile_serialization=False)
    (folder / "bare.pt").write_bytes(pickle.dumps(state, protocol=2))
    return sorted(folder.iterdir())


def test_bombs_go_off_elsewhere(tmp_path: Path) -> None:
    """Or the next test would prove nothing."""
    for bomb in bombs(tmp_path / "bombs", tmp_path / "mark"):
        if bomb.suffix == ".pth":
            torch.load(bomb, weights_only=False)
        else:
            pickle.loads(bomb.read_bytes())
        assert (tmp_path / "mark").exists(), bomb
        (tmp_path / "mark").unlink()


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_code_is_never_run(folder: Path, tmp_path: Path, plate: Tensor) -> None:
    mark = tmp_path / "mark"
    for bomb in bombs(tmp_path / "bombs", mark):
        with pytest.raises(ModelError, match="more than weights") as caught:
            own.add(bomb)
        assert "run code" in caught.value.why
    assert not folder.exists()
    for bomb in bombs(folder, mark):
        with pytest.raises(ModelError, match="more than weights"):
            enlarged(plate, Settings(model=bomb.stem))
    assert not mark.exists()


def wrong_files(folder: Path) -> dict[str, str]:
    """Files that are no use, with what is said of them."""
    whole = saved(compact(), folder / "whole.pth").read_bytes()
    tensors = saved(compact(), folder / "whole.safetensors").read_bytes()
    (folder / "text.pth").write_text("not a model at all\n")
    (folder / "text.safetensors").write_text("not a model at all\n")
    (folder / "empty.pth").write_bytes(b"")
    (folder / "empty.safetensors").write_bytes(b"")
    (folder / "short.pth").write_bytes(whole[: len(whole) // 2])
    (folder / "short.safetensors").write_bytes(tensors[: len(tensors) // 2])
    (folder / "misnamed.safetensors").write_bytes(whole)
    with zipfile.ZipFile(folder / "zip.pth", "w") as archive:
        archive.writestr("holiday.jpg", b"\xff\xd8")
    torch.save([torch.zeros(3)], folder / "list.pth")
    torch.save({}, folder / "none.pth")
    torch.save({"epoch": 3}, folder / "numbers.pth")
    saved(nn.Linear(3, 3), folder / "linear.pth")
    saved(compact(channels=1), folder / "grey.pth")
    state = compact().state_dict()
    state.pop("body.2.weight")
    torch.save(state, folder / "damaged.pth")
    torch.jit.save(torch.jit.trace(compact(), torch.zeros(1, 3, 8, 8)), folder / "script.pt")
    said = dict.fromkeys(("text.pth", "empty.pth", "short.pth", "zip.pth", "script.pt"), "no file")
    said |= dict.fromkeys(("short.safetensors", "empty.safetensors"), "no safetensors")
    said |= {"text.safetensors": "no safetensors", "misnamed.safetensors": "no safetensors"}
    said |= {"list.pth": "no weights", "none.pth": "no weights", "numbers.pth": "no weights"}
    said |= {"linear.pth": "no architecture", "grey.pth": "1 colour channels", "damaged.pth": ""}
    return said


@pytest.mark.filterwarnings("ignore:.*torch.jit", "ignore:'torch.load' received a zip file")
def test_what_is_no_use(folder: Path, tmp_path: Path, plate: Tensor) -> None:
    files = tmp_path / "wrong"
    for name, said in wrong_files(files).items():
        with pytest.raises(ModelError, match=name) as caught:
            own.add(files / name)
        assert said in caught.value.why, name
        assert caught.value.remedy, name
    with pytest.raises(ModelError, match="not there"):
        own.add(files / "missing.pth")
    (files / "net.onnx").write_bytes(b"")
    with pytest.raises(ModelError, match=r"\.safetensors, \.pth, \.pt"):
        own.add(files / "net.onnx")
    assert not folder.exists()


def test_networks_for_something_else(
    folder: Path, plate: Tensor, models: Callable[..., None]
) -> None:
    with pytest.raises(ModelError, match="no model “nothing”"):
        enlarged(plate, Settings(model="nothing"))
    saved(LaMa(in_nc=4, out_nc=3), folder / "lama.safetensors")
    with pytest.raises(ModelError, match="lama cannot enlarge"):
        enlarged(plate, Settings(model="lama"))
    network = nets.load("lama", store.path("lama"))
    mask = torch.zeros(1, 1, *plate.shape[-2:])
    mask[..., 20:30, 20:30] = 1
    with torch.inference_mode():
        made = network(plate, mask)
    assert made.shape == plate.shape
    assert psnr(made * (1 - mask), plate * (1 - mask)) > 60


def test_choices_that_stay_closed() -> None:
    """Only the model may be another than those listed."""
    assert EFFECT.configure({"model": "anything"}).model == "anything"
    with pytest.raises(SettingError, match="scale"):
        EFFECT.configure({"scale": 3})


def test_a_replaced_network_is_let_go(folder: Path) -> None:
    using = pictures.context()
    saved(still(2), folder / "net.pth")
    old = weakref.ref(using.network("net"))
    assert using.network("net") is old()
    saved(compact(2), folder / "net.pth")
    new = using.network("net")
    gc.collect()
    assert old() is None
    assert using.network("net") is new
