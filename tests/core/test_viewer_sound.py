"""Sound and peaks of the viewer process, against what was written."""

from __future__ import annotations

import os
import random
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from opticals.errors import Cancelled
from opticals.media.read.probe import probe
from opticals.viewer.peaks import PER_SECOND, peaks
from opticals.viewer.sounds import RATE, Listening, heard
from opticals.viewer.store import Store

from .sounds import film_with_sound, sung

NTSC = Fraction(30000, 1001)


def listened(listening: Listening, path: Path, start: Fraction, samples: int) -> Any:
    pcm = listening.pcm(str(path), start, samples)
    assert len(pcm) == samples * 4
    return np.frombuffer(pcm, "<i2").reshape(-1, 2)


def counted(first: int, count: int, end: int) -> Any:
    """What `film_with_sound` writes as 16-bit PCM, with silence outside."""
    places = np.arange(first, first + count)
    inside = (places >= 0) & (places < end)
    left, right = places & 0x7FFF, -places & 0x7FFF
    return np.where(inside[:, None], np.stack((left, right), -1), 0)


@pytest.mark.parametrize(("suffix", "rate"), [(".mov", Fraction(25)), (".mov", NTSC)])
def test_every_sample_from_any_place(suffix: str, rate: Fraction, tmp_path: Path) -> None:
    path = film_with_sound(tmp_path / f"a{suffix}", 200, rate, sound=("pcm_s16le",), picture_at=7)
    end = round(200 * RATE / rate)
    listening = Listening(lambda: None)
    rng = random.Random(1)
    places = [0, -5000, 1, end - 1000, end + 5, *(rng.randrange(end) for _ in range(12))]
    for place in places:
        found = listened(listening, path, Fraction(place, RATE), 2000)
        assert (found == counted(place, 2000, end)).all(), place
        following = listened(listening, path, Fraction(place + 2000, RATE), 777)
        assert (following == counted(place + 2000, 777, end)).all(), place
    # A frame begins where the renderer lets it begin.
    frame = Fraction(101) / rate
    place = round(101 * RATE / rate)
    assert (listened(listening, path, frame, 50) == counted(place, 50, end)).all()


def test_listening_on_does_not_open_the_file_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film_with_sound(tmp_path / "a.mov", 100, Fraction(25), sound=("pcm_s16le",))
    listening = Listening(lambda: None)
    listened(listening, path, Fraction(0), 480)
    monkeypatch.setattr(av, "open", None)
    for place in range(480, 150_000, 4800):
        found = listened(listening, path, Fraction(place, RATE), 4800)
        assert (found == counted(place, 4800, 192_000)).all()


@pytest.mark.parametrize(
    ("name", "codec", "sample_rate", "layout"),
    [
        ("a.mp4", "aac", 48000, "stereo"),
        ("a.mkv", "aac", 44100, "stereo"),
        ("a.mov", "aac", 48000, "5.1"),
        ("a.mp4", "aac", 32000, "mono"),
    ],
)
def test_other_codecs_rates_and_layouts_are_in_time(
    name: str, codec: str, sample_rate: int, layout: str, tmp_path: Path
) -> None:
    path = film_with_sound(
        tmp_path / name, 150, Fraction(25), sample_rate, sound=(codec,), layout=layout
    )
    listening = Listening(lambda: None)
    wanted = sung(0, 6 * RATE, 6, RATE)
    if layout == "5.1":  # left is front left, and less loud the centre and back left (BS.775)
        wanted = wanted[:, 0] + (wanted[:, 2] + wanted[:, 4]) * 0.5**0.5
    else:
        wanted = wanted[:, 0]
    for start in (Fraction(1, 2), Fraction(3), Fraction(7, 3)):
        place = round(start * RATE)
        found = listened(listening, path, start, 9600)[:, 0] / 32768
        middle = _normal(found[2000:-2000])
        off = [
            float(np.abs(middle - _normal(wanted[place + shift + 2000 :][:5600])).mean())
            for shift in range(-60, 61)
        ]
        # Containers with a coarse clock are off by half a millisecond.
        assert abs(int(np.argmin(off)) - 60) <= (48 if name.endswith("mkv") else 2)
        assert min(off) < 0.25


def _normal(samples: Any) -> Any:
    return samples / np.abs(samples).max()


def test_two_streams_of_one_channel_are_left_and_right(tmp_path: Path) -> None:
    path = film_with_sound(
        tmp_path / "a.mov", 50, Fraction(25), sound=("pcm_s16le",) * 4, layout="mono"
    )
    assert len(heard(str(path)).streams) == 2
    found = listened(Listening(lambda: None), path, Fraction(1), 100)
    assert (found[:, 0] == counted(RATE, 100, 96_000)[:, 0]).all()
    assert (found[:, 0] == found[:, 1]).all()


def test_sound_alone(tmp_path: Path) -> None:
    path = wave(tmp_path / "a.wav", np.full((2, 44100), 0.25, np.float32), 44100)
    listening = Listening(lambda: None)
    found = listened(listening, path, Fraction(1, 4), 4800) / 32768
    assert np.abs(found[100:] - 0.25).max() < 0.01
    assert (listened(listening, path, Fraction(2), 100) == 0).all()


def test_a_file_that_was_written_again_is_middleanew(tmp_path: Path) -> None:
    path = wave(tmp_path / "a.wav", np.full((2, 48000), 0.25, np.float32), 48000)
    listening = Listening(lambda: None)
    assert listened(listening, path, Fraction(0), 10).max() == 8192
    wave(path, np.full((2, 48000), 0.5, np.float32), 48000)
    assert listened(listening, path, Fraction(10, RATE), 10).max() == 16384


# --- peaks


def test_peaks_are_the_least_and_greatest_samples(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    samples = rng.uniform(-1, 1, (2, 44100 * 12 + 77)).astype(np.float32)
    samples *= np.linspace(0, 1, samples.shape[1], dtype=np.float32)
    samples[1] = 0
    samples[1, 100_000] = 0.99
    path = wave(tmp_path / "a.wav", samples, 44100)
    pairs, told = made(path, tmp_path / "store")
    assert told[-1][1]
    assert len(pairs) == np.ceil(Fraction(samples.shape[1], 44100) * PER_SECOND)
    for place in (0, 1, 777, 2222, len(pairs) - 2):
        part = samples[:, place * 44100 // PER_SECOND : (place + 1) * 44100 // PER_SECOND]
        wanted = [np.rint(part.min() * 127), np.rint(part.max() * 127)]
        assert np.abs(pairs[place] - wanted).max() <= 1, place
    assert pairs[100_000 * PER_SECOND // 44100, 1] == 126


def test_peaks_are_counted_from_frame_0(tmp_path: Path) -> None:
    path = film_with_sound(
        tmp_path / "a.mov", 100, NTSC, sound=("aac",), begin=50_000, picture_at=12
    )
    pairs, _ = made(path, tmp_path / "store")
    media = probe(path)
    assert len(pairs) == -(-100 * PER_SECOND * 1001 // 30000)
    loud = np.flatnonzero(np.abs(pairs).max(1) > 20)
    assert abs(int(loud[0]) - 50_000 * PER_SECOND // RATE) <= 6  # AAC hears a little before
    assert media.frames == 100


def test_peaks_are_made_once_and_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from opticals.viewer import peaks as module

    monkeypatch.setattr(module, "_REPORT", 0)
    path = wave(tmp_path / "a.wav", np.full((1, 48000 * 35), 0.5, np.float32), 48000)
    sizes: list[int] = []
    store = Store("peaks", 1 << 30)
    store.folder = tmp_path / "store"
    told: list[tuple[Path, bool]] = []

    def tell(file: Path, final: bool) -> None:
        sizes.append(len(file.read_bytes()))
        told.append((file, final))

    peaks(str(path), store, tell, lambda: None)
    assert sizes == [4000, 8000, 12000, 14000, 14000]
    assert [final for _, final in told] == [False] * 4 + [True]
    assert [one.name for one in told[-1][0].parent.iterdir()] == [told[-1][0].name]
    began = time.monotonic()
    peaks(str(path), store, tell, lambda: None)
    assert told[-1] == told[-2]
    assert time.monotonic() - began < 0.1

    def stop() -> None:
        raise Cancelled

    other = wave(tmp_path / "b.wav", np.full((1, 48000 * 35), 0.25, np.float32), 48000)
    with pytest.raises(Cancelled):
        peaks(str(other), store, tell, stop)
    assert sum(1 for one in store.folder.rglob("*") if one.is_file()) == 1


def test_the_store_keeps_within_its_limit(tmp_path: Path) -> None:
    store = Store("thumbnails", 2500)
    store.folder = tmp_path
    for number in range(5):
        file = store.write(store.key(number), ".jpg", bytes(1000))
        os.utime(file, (number, number))
    left = file.with_name(".a.no_host-1.partial.jpg")
    left.touch()
    os.utime(left, (0, 0))
    store.sweep()
    kept = [number for number in range(5) if store.find(store.key(number), ".jpg")]
    assert kept == [3, 4]
    assert not left.exists()


def made(path: Path, folder: Path) -> tuple[Any, list[tuple[Path, bool]]]:
    store = Store("peaks", 1 << 30)
    store.folder = folder
    told: list[tuple[Path, bool]] = []
    peaks(str(path), store, lambda file, final: told.append((file, final)), lambda: None)
    return np.frombuffer(told[-1][0].read_bytes(), np.int8).reshape(-1, 2), told


def wave(path: Path, samples: Any, rate: int) -> Path:
    layout = "mono" if len(samples) == 1 else "stereo"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("pcm_f32le", rate=rate)
        stream.layout = layout
        for first in range(0, samples.shape[1], 4096):
            block = np.ascontiguousarray(samples[:, first : first + 4096].T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, "flt", layout)
            frame.sample_rate, frame.pts = rate, first
            frame.time_base = Fraction(1, rate)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path
