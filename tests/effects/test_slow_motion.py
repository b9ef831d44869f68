"""What `slow_motion` promises beyond the contract: exact times, cuts, quality, blur, cadence."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pictures
import pytest
import torch
from pictures import Footage, psnr
from torch import Tensor

from opticals import nets
from opticals.effects.slow_motion import EFFECT
from opticals.errors import SettingError
from opticals.models import store
from opticals.vision import between

if TYPE_CHECKING:
    from collections.abc import Callable

NTSC = Fraction(30000, 1001)
FILM = Fraction(24000, 1001)


@pytest.fixture(scope="module", autouse=True)
def _installed(models: Callable[..., None]) -> None:
    models("rife")


def made(medium: Tensor, start: int = 0, stop: int | None = None, **more: Any) -> Tensor:
    """Outputs of the effect on a medium at 24 frames per second."""
    cuts, dtype = more.pop("cuts", ()), more.pop("dtype", "float32")
    settings = EFFECT.configure(more)
    using = pictures.context(dtype)
    return pictures.run(EFFECT, settings, medium, start, stop, cuts=cuts, using=using)


def middle(first: Tensor, second: Tensor, **more: Any) -> Tensor:
    return made(torch.stack((first, second)), 1, 2, **more)[0]


@pytest.mark.parametrize(
    ("values", "rate", "speed"),
    [
        ({}, 24, Fraction(1, 2)),
        ({"factor": 8}, 24, Fraction(1, 8)),
        ({"factor": 3}, FILM, Fraction(1, 3)),
        ({"speed": 40}, 24, Fraction(2, 5)),
        ({"speed": 33, "factor": 8}, 24, Fraction(33, 100)),
        ({"rate": "25"}, 24, Fraction(24, 25)),
        ({"rate": "59.94"}, FILM, Fraction(2, 5)),
        ({"rate": "23.976"}, NTSC, Fraction(5, 4)),
        ({"rate": "29.97"}, 25, Fraction(25) / NTSC),
        ({"rate": "60", "speed": 50}, 24, Fraction(1, 5)),
        ({"ramp": "0:50 10:50%"}, 24, Fraction(1, 2)),
        ({"ramp": "0:50", "rate": "48"}, 24, Fraction(1, 4)),
    ],
)
def test_speed_is_exact(values: dict[str, object], rate: Fraction | int, speed: Fraction) -> None:
    assert EFFECT.pace(EFFECT.configure(values), Fraction(rate)).speed == speed


@pytest.mark.parametrize(
    "ramp",
    ["100", "0:0", "0:1001", "0:100 0:50", "5:100 2:50", "-1:100", "0:1/0", "0:nan", "0:1e9", "a"],
)
def test_a_ramp_that_is_none_is_refused(ramp: str) -> None:
    with pytest.raises(SettingError, match="slow_motion"):
        EFFECT.configure({"ramp": ramp})


def test_a_time_between_two_shots_holds_the_nearer_frame(footage: Footage) -> None:
    medium = pictures.read(footage("bikes.mp4"), 27, 6)[..., 80:208, 200:328]
    quarters = made(medium, factor=4, cuts=[3])
    for output, held in ((9, 2), (10, 3), (11, 3)):
        assert torch.equal(quarters[output], medium[held])
    assert not torch.equal(quarters[6], medium[1])
    assert not torch.equal(quarters[14], medium[3])


def test_the_last_frame_is_held(footage: Footage) -> None:
    medium = pictures.read(footage("bikes.mp4"), 10, 2)[..., :64, :64]
    assert torch.equal(made(medium)[3], medium[1])


@pytest.mark.parametrize("first", [20, 50, 190])
def test_it_beats_blending_on_frames_left_out(first: int, footage: Footage) -> None:
    left, hidden, right = pictures.read(footage("bikes.mp4"), first, 3)
    assert psnr(middle(left, right), hidden) > psnr((left + right) / 2, hidden) + 3


@pytest.mark.parametrize("first", [132, 112, 88])
def test_it_is_never_worse_than_blending(first: int, footage: Footage) -> None:
    """Frames on which the network alone is, for noise or for motion that it fails at."""
    left, hidden, right = pictures.read(footage("bikes.mp4"), first, 3)
    assert psnr(middle(left, right), hidden) > psnr((left + right) / 2, hidden) - 0.2


def _gains(film: Tensor) -> list[float]:
    """dB above a blend, of every other frame left out of a film and made again."""
    again = made(film[::2])
    blends = (film[:-2:2] + film[2::2]) / 2
    return [
        psnr(again[2 * n + 1], film[2 * n + 1]) - psnr(blend, film[2 * n + 1])
        for n, blend in enumerate(blends)
    ]


def test_a_coarsely_coded_film_is_not_much_worse_than_blending(footage: Footage) -> None:
    """Its codec blended frames rather than move them; motion alone is 0.7 dB below."""
    gains = _gains(pictures.read(footage("carphone_distorted.mp4"), 0, 9))
    assert sum(gains) / len(gains) > -0.3


def test_a_slow_pan_stays_sharp(footage: Footage) -> None:
    """Motion explains every frame there: next to nothing is blended."""
    film = pictures.read(footage("bikes.mp4"), 219, 7)[..., 64:192, 128:320]
    shown, alone = made(film[::2])[1:6:2], [middle(*film[n : n + 3 : 2]) for n in (0, 2, 4)]
    for index, (one, other) in enumerate(zip(shown, alone, strict=True)):
        hidden = film[2 * index + 1]
        assert psnr(one, hidden) > psnr(other, hidden) - 0.1


def test_what_known_frames_say_of_motion(footage: Footage) -> None:
    first, middle, last = travelling(footage, [0.0, 1.0, 2.0])
    assert between.evidence(first, middle, last).trust > 0.95
    assert between.evidence(first, (first + last) / 2, last).trust < 0.05
    half = torch.lerp((first + last) / 2, middle, 0.5)
    assert between.evidence(first, half, last).trust == pytest.approx(0.5, abs=0.1)
    assert between.evidence(first, first, last).trust == 1  # a repeat
    assert between.evidence(first, first, first).trust == 1  # at rest


def test_what_would_show_twice_is_not_blended(footage: Footage) -> None:
    network, pair = nets.load("rife", store.path("rife")), travelling(footage, [0.0, 10.0])
    with torch.inference_mode():
        trusted, not_trusted = (
            between.picture(network, pair, pair, 0.5, trust=trust) for trust in (1, 0)
        )
    inside = (slice(None), slice(16, -16), slice(24, -24))
    assert torch.equal(trusted[inside], not_trusted[inside])


def test_noise_is_not_chosen_from_one_side(footage: Footage) -> None:
    """At rest the middle is the mean of both: half the noise's variance."""
    still = pictures.read(footage("bikes.mp4"), 132, 1)[0]
    noise = torch.randn((2, *still.shape), generator=torch.Generator().manual_seed(1)) * 0.02
    left = middle(*(still + noise)) - still
    assert float(left.std()) == pytest.approx(0.02 / 2**0.5, rel=0.1)


@pytest.mark.parametrize("first", [10, 100])
def test_bfloat16_does_not_show(first: int, footage: Footage) -> None:
    pair = pictures.read(footage("bikes.mp4"), first, 2)
    assert psnr(middle(*pair, dtype="bfloat16"), middle(*pair)) > 45


def test_the_time_asked_for_is_the_time_made(footage: Footage) -> None:
    """Of four hidden frames' places the first is nearest to what is made of the first quarter."""
    film = pictures.read(footage("bikes.mp4"), 48, 5)
    quarters = made(torch.stack((film[0], film[4])), 0, 4, factor=4)
    for quarter in (1, 3):
        shown = quarters[quarter]
        assert psnr(shown, film[quarter]) > psnr(shown, film[4 - quarter]) + 3


def test_over_white_moves_with_the_picture(footage: Footage) -> None:
    """What is above white changes nothing below it: motion is found in the clamped picture."""
    medium = pictures.read(footage("bikes.mp4"), 50, 2)
    medium = torch.where(medium > 0.97, medium + 2, medium)
    bright, clamped = middle(*medium), middle(*medium.clamp(0, 1))
    near_white = torch.nn.functional.max_pool2d(clamped, 5, 1, 2).amax(0) > 0.8
    assert torch.equal(bright[:, ~near_white], clamped[:, ~near_white])
    assert float(bright.max()) > 2.9


def travelling(footage: Footage, shifts: list[float], size: int = 128) -> Tensor:
    """A still moved sideways: each frame is the true picture at its shift, in pixels."""
    wide = pictures.read(footage("bikes.mp4"), 140, 1)[..., 80 : 80 + size, :]
    found = []
    for shift in shifts:
        whole, part = divmod(shift, 1)
        left = 100 + int(whole)
        near, far = (wide[0, :, :, at : at + size] for at in (left, left + 1))
        found.append(torch.lerp(near, far, part))
    return torch.stack(found)


def test_a_ramp_shows_the_times_of_its_curve(footage: Footage) -> None:
    """Pictures of a pan, made at changing speed, against the pan itself at those times."""
    medium = travelling(footage, [4.0 * n for n in range(10)])
    ramp = "0:100 4:25 8:100"
    pace = EFFECT.pace(EFFECT.configure({"ramp": ramp}), Fraction(24))
    times = [float(pace.source(n)) for n in range(pace.ceil(9))]
    assert max(b - a for a, b in pairwise(times)) <= 1
    truth = travelling(footage, [4 * time for time in times])
    for shown, wanted in zip(made(medium, 0, len(times), ramp=ramp), truth, strict=True):
        assert psnr(shown[:, 8:-8, 24:-24], wanted[:, 8:-8, 24:-24]) > 35


@pytest.mark.parametrize("shutter", [90, 180])
def test_the_shutter_blurs_as_far_as_things_move(shutter: int, footage: Footage) -> None:
    """Against the mean light of the pan at many moments of the exposure."""
    step = 12
    medium = travelling(footage, [float(step * n) for n in range(3)])
    shown = made(medium, 1, 2, rate="24", shutter=shutter)[0]
    half = step * shutter / 720
    moments = torch.linspace(-half, half, 49)
    exact = travelling(footage, [step + float(one) for one in moments])
    light = exact.pow(2.4).mean(0).pow(1 / 2.4)
    inside = (slice(None), slice(8, -8), slice(32, -32))
    assert psnr(shown[inside], light[inside]) > 36
    assert psnr(shown[inside], light[inside]) > psnr(medium[1][inside], light[inside]) + 3
    still = made(medium[:1].expand(3, -1, -1, -1), 1, 2, rate="24", shutter=shutter)[0]
    assert torch.equal(still, medium[0])


def test_the_shutter_sees_one_shot(footage: Footage) -> None:
    medium = travelling(footage, [0.0, 8.0, 16.0, 24.0])
    other = medium.clone()
    other[2:] = 1 - other[2:]
    one, two = (made(film, 0, 2, rate="24", shutter=360, cuts=[2]) for film in (medium, other))
    assert torch.equal(one, two)


def repeated(pattern: str, cycles: int) -> list[int]:
    """Which picture each frame shows: `aabcd` is 24 frames per second in 30."""
    per_cycle = len(set(pattern))
    return [ord(one) - ord("a") + per_cycle * n for n in range(cycles) for one in pattern]


@pytest.mark.parametrize("pattern", ["aabcd", "aabb", "aaabbb", "aabbb", "aabcdef"])
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_repeated_frames_are_found_and_the_motion_evened(
    pattern: str, noise: float, footage: Footage
) -> None:
    """Frames made half way between repeats show the pan as if nothing had been repeated."""
    cycles = 30 // len(pattern)
    shows = repeated(pattern, cycles)
    speed = 3.0 * len(set(pattern)) / len(pattern)  # pixels per frame, evened
    medium = travelling(footage, [3.0 * n for n in shows], 96)
    medium = medium + noise * torch.randn(medium.shape, generator=torch.Generator().manual_seed(2))
    settings = EFFECT.configure({"rate": "24", "duplicates": "remove"})
    ready = pictures.applied(EFFECT, settings, medium)
    ((start, stop, again),) = ready.found
    found = [shows[n] == shows[n - 1] for n in range(1, len(shows))]
    assert (start, stop) == (0, len(shows))
    assert again == [n for n, same in enumerate(found, 1) if same]
    low = len(shows) // 2 - 2
    shown = pictures.run(EFFECT, settings, medium, low, low + 5, ready=ready)
    shifts = [_shift(footage, one) for one in shown]
    steps = [b - a for a, b in pairwise(shifts)]
    assert steps == pytest.approx([speed] * 4, abs=0.45)


def _shift(footage: Footage, picture: Tensor) -> float:
    """Where the pan is in a picture, in pixels."""
    shifts = [0.25 * n for n in range(400)]
    inside = (..., slice(8, -8), slice(16, -16))
    exact = travelling(footage, shifts, 96)[inside]
    apart = (exact - picture[inside]).square().mean((1, 2, 3))
    return shifts[int(apart.argmin())]


def test_a_shot_at_rest_has_no_repeats(footage: Footage) -> None:
    still = pictures.read(footage("bikes.mp4"), 132, 1)[..., :96, :96].expand(20, -1, -1, -1)
    noise = torch.randn(still.shape, generator=torch.Generator().manual_seed(3)) * 0.01
    settings = EFFECT.configure({"duplicates": "remove"})
    for medium in (still, still + noise):
        ((_, _, again),) = pictures.applied(EFFECT, settings, medium).found
        assert again == []


def test_film_has_no_repeats(footage: Footage) -> None:
    film = pictures.read(footage("bikes.mp4"), 30, 60)
    settings = EFFECT.configure({"duplicates": "remove"})
    found = pictures.applied(EFFECT, settings, film, cuts=[46]).found
    assert found == [[0, 46, []], [46, 60, []]]


def test_the_network_is_asked_for_the_time_between_the_frames() -> None:
    """A step of brightness: no motion, so that the share of each frame shows."""
    network = nets.load("rife", store.path("rife"))
    pair = torch.stack((torch.full((3, 64, 64), 0.40), torch.full((3, 64, 64), 0.42)))
    with torch.inference_mode():
        quarter = between.picture(network, pair, pair, 0.25)
    assert float(quarter.mean()) == pytest.approx(0.405, abs=1e-4)
