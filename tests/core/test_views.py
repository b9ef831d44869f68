"""What networks see of log, HDR and linear material, and how their change comes back."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from opticals.errors import SettingError
from opticals.media.colour.converter import Converter
from opticals.media.colour.planes import Coding, layout
from opticals.media.colour.views import View, names, view_of
from opticals.media.facts import Tags

from .films import noise

if TYPE_CHECKING:
    from pathlib import Path

LOGC3, SLOG3 = "ARRI LogC3 (EI800)", "S-Log3 S-Gamut3.Cine"
SPACES = [
    "Rec.2100-PQ",
    "Rec.2100-HLG",
    "Linear Rec.709",
    "Linear Rec.2020",
    "ACEScg",
    LOGC3,
    SLOG3,
    "ARRI LogC4",
    "V-Log V-Gamut",
    "CanonLog3 CinemaGamut D55",
    "Log3G10 REDWideGamutRGB",
]
PQ, HLG, LINEAR, LOG100, LOG316 = 16, 18, 8, 9, 10


def view(space: str) -> View:
    found = view_of(Tags(), space)
    assert found is not None
    return found


def tagged(transfer: int, primaries: int = 1) -> View:
    found = view_of(Tags(primaries=primaries, transfer=transfer))
    assert found is not None
    return found


def grey(*values: float) -> Tensor:
    """`[3, 1, W]`."""
    return torch.tensor(values).expand(3, 1, -1).clone()


def srgb(light: Tensor) -> Tensor:
    """IEC 61966-2-1 in float64, of linear light from 0 on."""
    light = light.double()
    return torch.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def light(codes: Tensor) -> Tensor:
    codes = codes.double()
    return torch.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def pq(nits: Tensor) -> Tensor:
    """SMPTE ST 2084, equation 5.2, as it is printed, in float64."""
    power = (nits.double() / 10000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def nits(codes: Tensor) -> Tensor:
    power = codes.double() ** (1 / 78.84375)
    top = (power - 0.8359375).clamp(min=0)
    return 10000 * (top / (18.8515625 - 18.6875 * power)) ** (1 / 0.1593017578125)


def logc3(light: Tensor) -> Tensor:
    """ARRI LogC3 at EI 800, of linear scene light."""
    upper = 0.247190 * torch.log10(5.555556 * light.double() + 0.052272) + 0.385537
    return torch.where(light > 0.010591, upper, 5.367655 * light.double() + 0.092809)


def slog3(light: Tensor) -> Tensor:
    """Sony S-Log3, of linear scene light."""
    upper = (420 + torch.log10((light.double() + 0.01) / 0.19) * 261.5) / 1023
    lower = (light.double() * (171.2102946929 - 95) / 0.01125 + 95) / 1023
    return torch.where(light >= 0.01125, upper, lower)


def test_display_pictures_are_shown_as_they_are() -> None:
    for transfer in (1, 2, 4, 5, 6, 7, 11, 13, 14, 15):
        assert view_of(Tags(transfer=transfer, primaries=9)) is None
    for name in ("sRGB", "Rec.709", "Rec.601"):
        assert view_of(Tags(transfer=PQ), name) is None
    for transfer in (PQ, HLG, LINEAR, LOG100, LOG316):
        assert view_of(Tags(transfer=transfer)) is not None


def test_pq_is_shown_by_the_standard() -> None:
    """203 cd/m2 is white (BT.2408); below it light is shown as light."""
    values = torch.tensor([0.0, 0.5, 10, 50, 100, 202, 203, 1000, 4000])
    shown = tagged(PQ).to_display(pq(values).float().expand(3, 1, -1))
    expected = srgb((values / 203).clamp(max=1))
    assert (shown - expected).abs().max() < 1e-5
    back = nits(tagged(PQ).from_display(shown))
    assert (back[0, 0] - values.clamp(max=203).double()).abs().max() < 0.01


def test_hlg_is_shown_by_the_standard() -> None:
    """BT.2100: 75 % is the reference white of 203 cd/m2 on a display of 1000 (BT.2408)."""
    shown = tagged(HLG).to_display(grey(0, 0.5, 0.75, 1))[0, 0]
    assert shown[0] == 0
    assert abs(float(light(shown[2:3])) - 1) < 0.005
    # E' = 1/2 is 1/12 of the scene's peak; by the OOTF 1000 * (1/12) ** 1.2 cd/m2.
    assert abs(float(light(shown[1:2])) - 1000 / 203 * (1 / 12) ** 1.2) < 1e-5
    assert shown[3] == 1


@pytest.mark.parametrize(("transfer", "decades"), [(LOG100, 2), (LOG316, 2.5)])
def test_logarithmic_is_shown_by_the_standard(transfer: int, decades: float) -> None:
    values = torch.tensor([0.01, 0.1, 0.18, 0.5, 1.0])
    codes = (1 + values.log10() / decades).expand(3, 1, -1)
    shown = tagged(transfer).to_display(codes)
    assert (shown - srgb(values)).abs().max() < 1e-6
    assert (tagged(transfer).from_display(shown) - codes).abs().max() < 1e-6


def test_wide_primaries_become_those_of_the_display() -> None:
    """The matrix of BT.2087-0 from BT.709 to BT.2020, as printed."""
    printed = torch.tensor(
        [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
    )
    found = tagged(LINEAR, 9).from_display(torch.eye(3)[:, None])
    assert (found[:, 0] - printed).abs().max() < 1e-4
    for primaries in (4, 5, 8, 10, 11, 12, 22):  # white is white
        shown = tagged(LINEAR, primaries).to_display(grey(0.18, 0.9))
        assert (shown - srgb(torch.tensor([0.18, 0.9]))).abs().max() < 2e-4


@pytest.mark.parametrize(("space", "curve"), [(LOGC3, logc3), (SLOG3, slog3)])
def test_camera_logs_are_the_makers(space: str, curve: object) -> None:
    """Grey by OpenColorIO's processors against the formulas that ARRI and Sony publish."""
    values = torch.tensor([0.001, 0.01, 0.0125, 0.05, 0.18, 0.5, 0.9, 1.0])
    codes = curve(values).float().expand(3, 1, -1)  # type: ignore[operator]
    shown = view(space).to_display(codes)
    assert (shown - srgb(values)).abs().max() < 5e-4
    assert (view(space).from_display(shown) - codes).abs().max() < 1e-4


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    "name", ["yuv422p10le", "yuv444p12le", "gbrp16le", "gbrpf16le", "gbrpf32le"]
)
def test_unchanged_codes_stay(space: str, name: str) -> None:
    kind = layout(name)
    of = Coding(kind, 64, 32, kind.family == "rgb", 0 if kind.family == "rgb" else 9)
    if kind.float:
        generator = torch.Generator().manual_seed(6)
        codes = [(torch.randn(32, 64, generator=generator) * 9).to(kind.dtype) for _ in range(3)]
        codes[0][0, :3] = torch.tensor([float("inf"), float("nan"), -float("inf")])
    else:
        (codes,) = noise(1, 64, 32, name)
    converter = Converter(of, of)
    source = converter.to_rgb(codes)
    with torch.inference_mode():
        shown = view(space).to_display(source)
        assert shown.min() >= 0
        assert shown.max() <= 1
        carried = view(space).carry(source, shown, shown.clone())
        for plane, before in zip(converter.from_rgb(carried, source, codes), codes, strict=True):
            assert torch.equal(plane.float().nan_to_num(7), before.float().nan_to_num(7))
        # Where an effect takes another way than carry's, a rounding remains, and no more.
        if not kind.float:
            hidden = view(space).hidden(source, shown)
            apart = view(space).from_display(shown) + hidden
            assert ((apart - source).abs() * kind.top).max() < 0.05


@pytest.mark.parametrize(
    ("space", "encode"),
    [
        ("Rec.2100-PQ", lambda light: pq(light * 203)),
        ("Linear Rec.709", lambda light: light.double()),
        (LOGC3, logc3),
        (SLOG3, slog3),
    ],
)
def test_a_change_of_midtones_arrives(space: str, encode: object) -> None:
    """A tenth more light in what the network is shown is a tenth more in the source."""
    values = torch.tensor([0.02, 0.09, 0.18, 0.4, 0.8])
    source = encode(values).float().expand(3, 1, -1)  # type: ignore[operator]
    shown = view(space).to_display(source)
    changed = srgb(light(shown) * 1.1).float()
    expected = encode(values * 1.1)  # type: ignore[operator]
    assert (view(space).carry(source, shown, changed) - expected).abs().max() < 2e-4


def test_a_highlight_survives() -> None:
    """4000 cd/m2 beside what an effect changes, under a change of its own, and resampled."""
    source = pq(torch.tensor([100.0, 4000.0, 4000.0, 1000.0])).float().expand(3, 1, -1)
    shown = tagged(PQ, 9).to_display(source)
    changed = shown.clone()
    changed[..., 0] *= 1.05
    changed[..., 2] -= 0.02
    carried = tagged(PQ, 9).carry(source, shown, changed)
    assert torch.equal(carried[..., 1], source[..., 1])
    assert torch.equal(carried[..., 3], source[..., 3])
    assert 110 < float(nits(carried[0, 0, 0])) < 115
    assert 3500 < float(nits(carried[0, 0, 2])) < 4000
    twice = [one.repeat_interleave(2, -1) for one in (shown, tagged(PQ, 9).hidden(source, shown))]
    grown = nits(tagged(PQ, 9).from_display(twice[0]) + twice[1])
    assert abs(float(grown[0, 0, 3]) - 4000) < 1


def test_many_pictures_at_once() -> None:
    generator = torch.Generator().manual_seed(7)
    source = torch.rand(2, 3, 8, 12, generator=generator)
    for space in ("Rec.2100-HLG", LOGC3):
        shown = view(space).to_display(source)
        assert torch.equal(shown[1], view(space).to_display(source[1]))
        changed = (shown + 0.05).clamp(0, 1)
        carried = view(space).carry(source, shown, changed)
        assert torch.equal(carried[1], view(space).carry(source[1], shown[1], changed[1]))


def test_unknown_names_are_told_with_near_ones() -> None:
    with pytest.raises(SettingError, match=r"S-Log3 S-Gamut3\.Cine") as caught:
        view_of(Tags(), "S-Log3")
    assert "“S-Log3”" in caught.value.what
    with pytest.raises(SettingError):
        view_of(Tags(), "Raw")
    assert {"sRGB", "Rec.2100-PQ", LOGC3, SLOG3} <= set(names())
    assert "Raw" not in names()
    for name in names():
        view_of(Tags(), name)


STUDIO = """ocio_profile_version: 2
roles: {{{roles}}}
file_rules:
  - !<Rule> {{name: Default, colorspace: ap0}}
displays: {{}}
colorspaces:
  - !<ColorSpace> {{name: ap0, encoding: scene-linear}}
  - !<ColorSpace>
    name: House Log
    encoding: log
    to_scene_reference: !<BuiltinTransform> {{style: ARRI_ALEXA-LOGC-EI800-AWG_to_ACES2065-1}}
"""


def test_a_studios_config_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It need not know an sRGB display, where it says which of its spaces is ACES2065-1."""
    builtin = view(LOGC3).to_display(grey(0.2, 0.391, 0.5))
    path = tmp_path / "config.ocio"
    path.write_text(STUDIO.format(roles="aces_interchange: ap0, default: ap0"))
    monkeypatch.setenv("OCIO", str(path))
    assert "House Log" in names()
    shown = view("House Log").to_display(grey(0.2, 0.391, 0.5))
    assert (shown - builtin).abs().max() < 1e-5
    assert (view(LOGC3).to_display(grey(0.2, 0.391, 0.5)) - builtin).abs().max() == 0


def test_a_config_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "broken.ocio"
    path.write_text("no config")
    monkeypatch.setenv("OCIO", str(path))
    with pytest.raises(SettingError, match=r"broken\.ocio"):
        view_of(Tags(), LOGC3)
    with pytest.raises(SettingError, match=r"broken\.ocio"):
        names()
    assert view_of(Tags(transfer=PQ)) is not None
    apart = tmp_path / "apart.ocio"
    apart.write_text(STUDIO.format(roles="default: ap0"))
    monkeypatch.setenv("OCIO", str(apart))
    with pytest.raises(SettingError, match="House Log"):
        view_of(Tags(), "House Log")


def test_names_are_known_without_torch() -> None:
    code = "import sys, opticals.media.colour.views as v; v.names(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
