"""The facts of a medium in words, of real media."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from opticals.media.colour.views import common_names, names
from opticals.media.facts import Audio, Hdr, Media, Tags
from opticals.media.read.probe import probe
from opticals.media.words import in_short

from .films import numbered

VIDEO = 1  # H.273's and ffmpeg's codes


@pytest.fixture
def media(tmp_path: Path) -> Media:
    film = numbered(tmp_path / "a.mov", 5, timecode="10:00:00:00", tags=(VIDEO, 1, 1, 1))
    return probe(film)


def test_a_usual_film_has_two_lines(media: Media) -> None:
    assert in_short(media) == (
        "H.264 · 128x96 · 25 fps · 8-bit 4:2:0 · video range · BT.709",
        "10:00:00:00 – 10:00:00:04, 5 frames",
    )


@pytest.mark.parametrize(
    ("codec", "pixel_format", "profile", "expected"),
    [
        ("prores_ks", "yuv422p10le", "0", "ProRes 422 Proxy"),
        ("prores_ks", "yuv422p10le", "1", "ProRes 422 LT"),
        ("prores_ks", "yuv422p10le", "2", "ProRes 422"),
        ("prores_ks", "yuv422p10le", "3", "ProRes 422 HQ"),
        ("prores_ks", "yuv444p10le", "4", "ProRes 4444"),
        ("prores_ks", "yuv444p10le", "5", "ProRes 4444 XQ"),
        ("dnxhd", "yuv422p", "dnxhr_lb", "DNxHR LB"),
        ("dnxhd", "yuv422p10le", "dnxhr_hqx", "DNxHR HQX"),
    ],
)
def test_the_flavour_of_a_codec_is_named(
    tmp_path: Path, codec: str, pixel_format: str, profile: str, expected: str
) -> None:
    film = numbered(
        tmp_path / "a.mov",
        2,
        width=256,
        height=128,
        codec=codec,
        pixel_format=pixel_format,
        options={"profile": profile},
    )
    assert in_short(probe(film))[0].split(" · ")[0] == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (Tags(VIDEO), "colour untagged"),
        (Tags(VIDEO, 9, 16, 9), "BT.2100 PQ"),
        (Tags(VIDEO, 9, 18, 9), "BT.2100 HLG"),
        (Tags(VIDEO, 1, 13, 0), "sRGB"),
        (Tags(VIDEO, 2, 2, 1), "matrix bt709"),
    ],
)
def test_colour_by_its_name(media: Media, tags: Tags, expected: str) -> None:
    assert in_short(replace(media, tags=tags))[0].split(" · ")[-1] == expected


def test_what_is_unusual_has_a_line_of_its_own(media: Media) -> None:
    hdr = Hdr(luminance=("1/200", "1000"), content=(1000, 400))
    stereo = Audio("pcm_s24le", 48000, 2)
    odd = replace(
        media,
        field_order="bottom",
        pixel_aspect=Fraction(64, 45),
        rotation=90,
        constant=False,
        hdr=hdr,
        alpha=True,
        premultiplied=True,
        audio=(stereo, stereo, replace(stereo, rate=44100, channels=1)),
    )
    assert in_short(odd)[1].endswith("2 × 2 ch 48 kHz · 1 ch 44.1 kHz")
    assert in_short(odd)[2:] == (
        "Interlaced, bottom field first",
        "Pixels 64:45 (seen as 1.896:1)",
        "Stored turned, upright after 90° clockwise",
        "Variable frame rate: read at the edit's rate",
        "HDR mastered at 0.005 to 1000 cd/m², MaxCLL 1000, MaxFALL 400",
        "Alpha premultiplied",
    )
    assert "Only quarter turns" in in_short(replace(media, rotation=30))[-1]


def test_colour_spaces_that_are_offered_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)
    assert set(common_names()) <= set(names())
    monkeypatch.setenv("OCIO", "/a/studio/of/its/own.ocio")
    assert "ARRI LogC4" not in common_names()
