"""Effects behind one another, through the engine's own graph."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pictures
import pytest
import torch
from pictures import Footage
from torch import Tensor

from opticals import catalog
from opticals.media.colour.views import View, view_of
from opticals.media.facts import Tags

PQ = Tags(primaries=9, transfer=16, matrix=9)
GREEN = (0.1, 0.55, 0.2)
CUT = 5
# From the medium's own speed to six times as fast: outputs that skip frames, between whole times.
RAMP = {"ramp": "0:100 4:100 8:600 24:600"}


@pytest.fixture(scope="module")
def medium(footage: Footage) -> Tensor:
    """People, moving along before a green backing: `[24, 3, 40, 64]`, in less light from
    frame 5 on."""
    people = pictures.read(footage("bikes.mp4"), 130, 24)[..., 100:124, 310:340]
    film = torch.tensor(GREEN)[:, None, None].repeat(24, 1, 40, 64)
    film[CUT:] *= 0.7
    for index, picture in enumerate(people):
        film[index, :, 8:32, 4 + index : 34 + index] = picture
    return film


@pytest.fixture(scope="module")
def pq() -> View:
    found = view_of(PQ)
    assert found is not None
    return found


@pytest.mark.parametrize("encoded", ["display", "PQ"])
def test_a_ramp_of_what_was_keyed(
    encoded: str, medium: Tensor, pq: View, models: Callable[..., None]
) -> None:
    """The second effect is handed what the first made, in pieces as in the whole; what is looked
    for first, is looked for in what a display shows."""
    models("rife")
    view = pq if encoded == "PQ" else None
    if view is not None:
        medium = view.from_display(medium)
    using = pictures.context(view=view)
    key, slow = (catalog.find(name) for name in ("key", "slow_motion"))
    keying, ramping = key.configure({}), slow.configure(RAMP)
    one = pictures.applied(key, keying, medium, cuts=[CUT], using=using)
    two = pictures.applied(slow, ramping, medium, cuts=[CUT], using=using)
    keyed = pictures.through([one], medium, cuts=[CUT], using=using)
    whole = pictures.through([one, two], medium, cuts=[CUT], using=using)

    pace = slow.pace(ramping, pictures.RATE)
    times = [pace.source(index) for index in range(len(whole))]
    assert len(whole) < len(medium)
    assert max(later - time for time, later in pairwise(times)) > 4
    assert any(time.denominator > 1 for time in times)
    alone = pictures.run(slow, ramping, keyed[:, :3].contiguous(), cuts=[CUT], using=using)
    assert torch.equal(whole[:, :3], alone)
    for picture, time in zip(whole, times, strict=True):
        if time.denominator == 1:
            assert torch.equal(picture, keyed[int(time)])
        # The backing is gone at the borders, and the people are not.
        assert picture[3, :6].max() < 0.01
        middle = 19 + round(float(min(time, 23)))
        assert picture[3, 18:22, middle - 4 : middle + 4].mean() > 0.8

    for size in (1, 2):
        pieces = [
            pictures.through(
                [one, two], medium, at, min(at + size, len(whole)), cuts=[CUT], using=using
            )
            for at in range(0, len(whole), size)
        ]
        assert torch.equal(torch.cat(pieces), whole)
        batches = pictures.through([one, two], medium, cuts=[CUT], using=using, batch=size)
        assert torch.equal(batches, whole)


@pytest.mark.parametrize("first", ["denoise", "upscale", "stabilize"])
def test_a_window_over_what_an_effect_made(
    first: str, medium: Tensor, models: Callable[..., None]
) -> None:
    """Of two that look at neighbours, or of which one enlarges, pieces equal the whole."""
    medium = medium[:12]
    effects = [catalog.find(first), catalog.find("denoise")]
    steps, film = [], medium
    for effect in effects:
        settings = effect.configure({"reach": 1} if effect.id == "denoise" else {})
        models(*effect.models(settings, "cpu"))
        steps.append(pictures.applied(effect, settings, film, cuts=[CUT]))
        film = pictures.through(steps[-1:], film, cuts=[CUT])
    whole = pictures.through(steps, medium, cuts=[CUT])
    assert torch.equal(whole, film)
    pieces = [pictures.through(steps, medium, at, at + 2, cuts=[CUT]) for at in range(0, 12, 2)]
    assert torch.equal(torch.cat(pieces), whole)
