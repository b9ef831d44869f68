"""The chain of effects: each gets its window, nothing is made twice, pieces equal the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from opticals.curve import Pace
from opticals.declaration import Effect, Frames, Makes, Masked
from opticals.media.colour.views import view_of
from opticals.media.facts import Tags
from opticals.rendering.context import RenderContext
from opticals.rendering.device import settle
from opticals.rendering.graph import Applied, PictureSource, build, source_range

COUNT = 40


@dataclass(frozen=True)
class Nothing:
    pass


def mean_of_window(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
    """A temporal effect: the mean of a frame, the one before and the two after."""
    wanted = [int(at) for at in frames.wanted]
    return torch.stack([sum(frames.at(n + d) for d in (-1, 0, 1, 2)) / 4 for n in wanted])


def blend(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
    """A retime: linear between neighbours."""
    return torch.stack(
        [torch.lerp(frames.at(int(t)), frames.at(int(t) + 1), float(t % 1)) for t in frames.wanted]
    )


SMOOTH = Effect("smooth", "", "", 1, Nothing, mean_of_window, window=lambda settings: (1, 2))
SLOW = Effect(
    "slow",
    "",
    "",
    1,
    Nothing,
    blend,
    makes=Makes.RETIME,
    window=lambda settings: (0, 1),
    pace=lambda settings, rate: Pace.constant(Fraction(1, 3)),
)
FAST = replace(
    SLOW,
    id="fast",
    pace=lambda settings, rate: Pace.ramp(
        ((Fraction(4), Fraction(1)), (Fraction(20), Fraction(9)))
    ),
)
CHAINS = (
    *([SMOOTH], [SLOW], [SMOOTH, SLOW], [SLOW, SMOOTH], [SMOOTH, SMOOTH], [SLOW, SLOW]),
    *([SMOOTH, FAST], [SLOW, FAST], [FAST, SMOOTH]),
)


def number(index: int) -> torch.Tensor:
    """A picture that is its frame's number, squared so that a blend of others is no match."""
    return torch.full((3, 2, 2), float(index**2))


def to_rgb(planes: list[torch.Tensor], out: torch.Tensor) -> None:
    out.copy_(planes[0])


CONTEXT = RenderContext(settle("cpu"), 0, lambda note: None)


class Chain:
    """A chain over a medium of COUNT frames whose reads are recorded."""

    def __init__(
        self, effects: list[Effect], first: int, start: int, stop: int, cuts: Sequence[int] = ()
    ) -> None:
        self.read: list[int] = []
        self._range = (0, COUNT)
        self.source = PictureSource(
            self._frames(), to_rgb, (3, 2, 2), torch.device("cpu"), first, COUNT, cuts
        )
        self.node, chain = build(self.source, [Applied(one, Nothing()) for one in effects], CONTEXT)
        low, high = source_range(chain, start, stop)
        self._range = (low + first, high + first)

    def _frames(self) -> Iterator[tuple[int, list[torch.Tensor]]]:
        for index in range(*self._range):
            self.read.append(index)
            yield index, [number(index)]


def rendered(
    effects: list[Effect],
    first: int,
    start: int,
    stop: int,
    piece: int,
    cuts: Sequence[int] = (),
) -> list[torch.Tensor]:
    chain = Chain(effects, first, start, stop, cuts)
    made: list[torch.Tensor] = []
    for at in range(start, stop, piece):
        made.extend(chain.node.get(at, min(at + piece, stop)).clone())
        chain.node.forget(min(at + piece, stop))
    assert chain.read == sorted(set(chain.read)), "a frame was decoded twice"
    return made


@given(st.sampled_from(CHAINS), st.integers(0, 30), st.data())
def test_pieces_of_any_size_equal_the_whole(
    effects: list[Effect], first: int, data: st.DataObject
) -> None:
    whole = Chain(effects, first, 0, 1)
    start = data.draw(st.integers(whole.node.start, whole.node.stop - 1))
    stop = data.draw(st.integers(start + 1, min(start + 30, whole.node.stop)))
    piece = data.draw(st.integers(1, 12))
    cuts = sorted(data.draw(st.sets(st.integers(1, COUNT - 1), max_size=4)))
    once = rendered(effects, first, start, stop, stop - start, cuts)
    pieces = rendered(effects, first, start, stop, piece, cuts)
    for one, other in zip(once, pieces, strict=True):
        assert torch.equal(one, other)


def test_an_effect_sees_its_own_frame_whatever_the_selection() -> None:
    for first in (0, 7):
        made = rendered([SLOW], first, 0, 9, 4)
        expected = torch.lerp(number(first + 1), number(first + 2), 1 / 3)
        assert torch.allclose(made[4], expected)


@pytest.mark.parametrize("effects", CHAINS, ids=lambda chain: "+".join(one.id for one in chain))
def test_no_window_reaches_across_a_cut(effects: list[Effect]) -> None:
    """Each shot comes out as it does as a medium of its own, whatever is beside it."""
    cut = 13
    both = Chain(effects, 0, 0, 1)
    stop = both.node.stop
    whole = rendered(effects, 0, 0, stop, 7, [cut])
    shown = [both.node.place(index) for index in range(stop)]
    highest_before, lowest_after = number(cut - 1).max(), number(cut).min()
    for time, picture in zip(shown, whole, strict=True):
        if time < cut - Fraction(1, 2):
            assert picture.max() <= highest_before
        else:
            assert picture.min() >= lowest_after


def test_what_is_remembered_of_a_frame_is_made_once_and_let_go() -> None:
    made: list[int] = []
    memories = []

    def squared(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
        def look(index: int) -> torch.Tensor:
            made.append(index)
            return frames.at(index) ** 2

        memories.append(frames.memory)
        wanted = [int(at) for at in frames.wanted]
        low, high = frames.first, frames.last
        return torch.stack(
            [
                sum(
                    frames.once("square", n, lambda n=n: look(n))
                    for n in range(max(at - 2, low), min(at + 2, high) + 1)
                )
                for at in wanted
            ]
        )

    effect = Effect("look", "", "", 1, Nothing, squared, window=lambda settings: (2, 2))
    rendered([effect], 0, 0, COUNT, 5)
    assert made == list(range(COUNT))
    assert all(index >= COUNT - 3 for _, index in memories[-1])


class Half:
    """A mask: the left half, by an amount that is the frame's number."""

    def at(self, frame: int) -> torch.Tensor:
        mask = torch.zeros(1, 2, 2)
        mask[..., 0] = frame / COUNT
        return mask

    def known(self, frame: int) -> bool:
        return True

    def close(self) -> None:
        pass


def test_outside_the_mask_nothing_changes() -> None:
    def white(frames: Frames, settings: Masked, context: Any) -> torch.Tensor:
        assert frames.masks is not None
        return torch.full_like(frames.asked(), torch.nan).where(frames.masks == 0, 1.0)

    effect = Effect("white", "", "", 1, Masked, white)
    source = PictureSource(
        ((n, [number(n)]) for n in range(5, 9)), to_rgb, (3, 2, 2), torch.device("cpu"), 5, COUNT
    )
    node, _ = build(source, [Applied(effect, Masked(), Half())], CONTEXT)
    for index, made in enumerate(node.get(0, 4)):
        frame = index + 5
        assert torch.equal(made[..., 1], number(frame)[..., 1])
        blended = torch.lerp(number(frame), torch.ones(3, 2, 2), frame / COUNT)
        assert torch.allclose(made[..., 0], blended[..., 0])


def test_what_is_no_number_is_kept_from_effects_and_stays_where_they_leave_it() -> None:
    """NaN and infinity of a renderer: an effect finds numbers, a copy keeps all of them."""
    picture = number(3)
    picture[:, 0, 0], picture[:, 0, 1] = torch.nan, torch.inf

    def run(effect: Effect) -> torch.Tensor:
        source = PictureSource(
            iter([(0, [picture])]), to_rgb, (3, 2, 2), torch.device("cpu"), 0, 1, finite=False
        )
        node, _ = build(source, [Applied(effect, Nothing())], CONTEXT)
        return node.get(0, 1)[0]

    copied = run(Effect("same", "", "", 1, Nothing, lambda f, s, c: f.asked()))
    assert torch.equal(copied.nan_to_num(), picture.nan_to_num())
    assert copied.isnan().equal(picture.isnan())
    spread = run(
        Effect("mean", "", "", 1, Nothing, lambda f, s, c: f.asked() * 0 + f.asked().mean())
    )
    assert spread.isfinite().all()


def test_an_alpha_goes_along_the_chain() -> None:
    """Blended in time with the pictures, multiplied where two effects make one."""

    def matte(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
        asked = frames.asked()
        return torch.cat((asked, (asked[:, :1] / COUNT**2)), 1)

    cut_out = Effect("matte", "", "", 1, Nothing, matte, alpha=lambda settings: True)
    chain = Chain([cut_out, SLOW, cut_out], 0, 0, 4)
    (_, _, _, third) = chain.node.get(0, 4)
    assert third.shape == (4, 2, 2)
    assert torch.allclose(third[3], (number(1)[0] / COUNT**2) ** 2)
    assert Chain([cut_out, SLOW], 0, 0, 2).node.get(0, 2)[1, 3].max() == pytest.approx(
        1 / 3 / COUNT**2
    )


def test_forgotten_frames_are_let_go() -> None:
    chain = Chain([SMOOTH], 0, 0, COUNT)
    for at in range(COUNT):
        chain.node.get(at, at + 1)
        chain.node.forget(at + 1)
        assert len(chain.source._planes) <= 4


def test_an_effect_that_breaks_its_declaration_is_caught() -> None:
    broken = Effect("broken", "", "", 1, Nothing, lambda f, s, c: f.asked()[:, :, 1:])
    chain = Chain([broken], 0, 0, 4)
    with pytest.raises(RuntimeError, match="broken made"):
        chain.node.get(0, 4)


def brighten(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
    assert frames.pixels.min() >= 0
    assert frames.pixels.max() <= 1, "more than a display shows"
    return (frames.asked() * 1.1).clamp(max=1)


def enlarge(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
    return frames.asked().repeat_interleave(2, -1).repeat_interleave(2, -2)


LINEAR = view_of(Tags(transfer=8))
HIGHLIGHT = 40.0


def seen_through(effect: Effect) -> torch.Tensor:
    """What comes of a linear picture with a highlight that no display shows."""
    picture = torch.full((3, 8, 8), 0.18)
    picture[:, 2:4, 2:4] = HIGHLIGHT
    source = PictureSource(
        iter([(0, [picture])]), to_rgb, (3, 8, 8), torch.device("cpu"), first=0, count=1
    )
    context = RenderContext(settle("cpu"), 0, lambda note: None, LINEAR)
    node, _ = build(source, [Applied(effect, Nothing())], context)
    return node.get(0, 1)[0]


def test_a_change_of_what_a_display_shows_arrives_in_the_material() -> None:
    made = seen_through(Effect("bright", "", "", 1, Nothing, brighten, display=True))
    assert made[:, 2:4, 2:4].eq(HIGHLIGHT).all()  # white on any display, before and after
    # The sRGB code of 0.18, 1.1 times, in linear light again (IEC 61966-2-1).
    code = 1.055 * 0.18 ** (1 / 2.4) - 0.055
    assert made[0, 0, 0] == pytest.approx(((code * 1.1 + 0.055) / 1.055) ** 2.4, rel=1e-5)


def test_what_no_display_shows_grows_with_the_picture() -> None:
    double = Effect("double", "", "", 1, Nothing, enlarge, scale=lambda s: 2, display=True)
    made = seen_through(double)
    assert made.shape == (3, 16, 16)
    assert made[:, 5:7, 5:7].min() > HIGHLIGHT * 0.8
    assert made[0, 0, 0] == pytest.approx(0.18, rel=1e-4)


def test_an_effect_that_needs_no_display_gets_the_material_itself() -> None:
    plain = Effect("plain", "", "", 1, Nothing, lambda f, s, c: f.asked() * 2)
    assert seen_through(plain)[:, 2:4, 2:4].eq(2 * HIGHLIGHT).all()


def test_a_smaller_mask_is_spread_smoothly_over_an_enlarged_picture() -> None:
    """As behind an upscale: no stairs, and no more or less than the mask itself."""

    class Edge(Half):
        def at(self, frame: int) -> torch.Tensor:
            return torch.tensor([[[1.0, 0.0], [1.0, 0.0]]])

    seen: list[torch.Tensor] = []

    def look(frames: Frames, settings: Masked, context: Any) -> torch.Tensor:
        assert frames.masks is not None
        seen.append(frames.masks[0, 0].clone())
        return frames.asked()

    larger = Effect("larger", "", "", 1, Nothing, quadruple, scale=lambda settings: 4)
    looker = Effect("look", "", "", 1, Masked, look)
    source = PictureSource(
        ((n, [number(n)]) for n in range(1)), to_rgb, (3, 2, 2), torch.device("cpu"), 0, COUNT
    )
    node, _ = build(
        source, [Applied(larger, Nothing()), Applied(looker, Masked(), Edge())], CONTEXT
    )
    node.get(0, 1)
    assert seen[0].shape == (8, 8)
    steps = seen[0][:, :-1] - seen[0][:, 1:]
    assert steps.min() >= 0
    assert steps.max() <= 0.25 + 1e-6
    assert seen[0].mean() == 0.5


def quadruple(frames: Frames, settings: Nothing, context: Any) -> torch.Tensor:
    return frames.asked().repeat_interleave(4, -1).repeat_interleave(4, -2)
