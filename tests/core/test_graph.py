"""The chain of effects: each gets its window, nothing is made twice, pieces equal the whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from opticals.declaration import Effect, Frames, Makes
from opticals.rendering.graph import PictureSource, build, source_range

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


SMOOTH = Effect("smooth", "", "", 1, Nothing, mean_of_window, window=(1, 2))
SLOW = Effect(
    "slow",
    "",
    "",
    1,
    Nothing,
    blend,
    makes=Makes.RETIME,
    window=(0, 1),
    speed=lambda settings: Fraction(1, 3),
)
CHAINS = ([SMOOTH], [SLOW], [SMOOTH, SLOW], [SLOW, SMOOTH], [SMOOTH, SMOOTH], [SLOW, SLOW])


def number(index: int) -> torch.Tensor:
    """A picture that is its frame's number, squared so that a blend of others is no match."""
    return torch.full((3, 2, 2), float(index**2))


def to_rgb(planes: list[torch.Tensor], out: torch.Tensor) -> None:
    out.copy_(planes[0])


class Chain:
    """A chain over a medium of COUNT frames whose reads are recorded."""

    def __init__(self, effects: list[Effect], first: int, start: int, stop: int) -> None:
        self.read: list[int] = []
        self._range = (0, COUNT)
        self.source = PictureSource(
            self._frames(), to_rgb, (3, 2, 2), torch.device("cpu"), first, COUNT
        )
        self.node, chain = build(self.source, [(one, Nothing()) for one in effects], None)  # type: ignore[arg-type]
        low, high = source_range(chain, start, stop)
        self._range = (low + first, high + first)

    def _frames(self) -> Iterator[tuple[int, list[torch.Tensor]]]:
        for index in range(*self._range):
            self.read.append(index)
            yield index, [number(index)]


def rendered(
    effects: list[Effect], first: int, start: int, stop: int, piece: int
) -> list[torch.Tensor]:
    chain = Chain(effects, first, start, stop)
    made: list[torch.Tensor] = []
    for at in range(start, stop, piece):
        made.extend(chain.node.get(at, min(at + piece, stop)))
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
    once = rendered(effects, first, start, stop, stop - start)
    pieces = rendered(effects, first, start, stop, piece)
    for one, other in zip(once, pieces, strict=True):
        assert torch.equal(one, other)


def test_an_effect_sees_its_own_frame_whatever_the_selection() -> None:
    for first in (0, 7):
        made = rendered([SLOW], first, 0, 9, 4)
        expected = torch.lerp(number(first + 1), number(first + 2), 1 / 3)
        assert torch.allclose(made[4], expected)


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
