"""Interlaced film as whole frames: one for each pair of fields."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from opticals.media.colour.planes import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av
    from av.filter import Graph

_PARITY = {"top": "tff", "bottom": "bff"}
_TICK = Fraction(1)  # of times in the filter: frames are numbers there


def deinterlaced(
    frames: Iterator[tuple[int, av.VideoFrame]], field_order: str
) -> Iterator[tuple[int, av.VideoFrame]]:
    """Every frame with the lines of its second field made anew, by ffmpeg's bwdif.

    A frame is made from itself and the ones beside it: where the film goes on, the first of
    `frames` and the one after the last must be passed as well.

    Args:
        frames: numbers and pictures, in order.
        field_order: "top" or "bottom": the field that was taken first, and is kept.
    """
    graph: Graph | None = None
    waiting: list[int] = []
    for number, frame in frames:
        # A reordering; libavfilter's own conversion to a format it takes might change codes.
        planar = layout(frame.format.name).name
        if frame.format.name != planar:
            frame = frame.reformat(format=planar)
        if graph is None:
            graph = _graph(frame, field_order)
        frame.pts, frame.time_base = number, _TICK
        graph.vpush(frame)
        waiting.append(number)
        yield from _ready(graph, waiting)
    if graph is not None:
        graph.vpush(None)
        yield from _ready(graph, waiting)


def _graph(like: av.VideoFrame, field_order: str) -> Graph:
    from av.filter import Graph

    graph = Graph()
    source = graph.add_buffer(
        width=like.width, height=like.height, format=like.format, time_base=_TICK
    )
    filtered = graph.add("bwdif", mode="send_frame", parity=_PARITY[field_order], deint="all")
    graph.link_nodes(source, filtered, graph.add("buffersink"))
    graph.configure()
    return graph


def _ready(graph: Graph, waiting: list[int]) -> Iterator[tuple[int, av.VideoFrame]]:
    """What the filter has finished, one for each frame that it was given, in order."""
    import av

    while waiting:
        try:
            made = graph.vpull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield waiting.pop(0), made
