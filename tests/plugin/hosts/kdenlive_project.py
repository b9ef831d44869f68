"""Projects as Kdenlive 22.12 saves them, so that it opens and saves them without asking."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

RATE = 25
DOCUMENT = "1796060478001"


@dataclass(frozen=True)
class Medium:
    """A clip of the bin. `kind` is film, colour, or title."""

    id: int
    path: str
    frames: int
    kind: str = "film"
    proxy: str = ""
    sound: bool = False


@dataclass(frozen=True)
class Cut:
    """A clip of the timeline: frames `first` to `first + frames` of a medium played at `speed`."""

    medium: int
    start: int
    frames: int
    first: int = 0
    speed: float = 1.0


def write(
    path: Path,
    media: Sequence[Medium],
    tracks: Sequence[Sequence[Cut]],
    document: str = DOCUMENT,
    locked: Iterable[int] = (),
    playhead: int = 0,
    zone: tuple[int, int] = (0, 75),
    guides: Sequence[tuple[int, str]] = (),
) -> Path:
    """A project with picture tracks from the lowest, and a sound track under each."""
    maker = _Maker(path.parent, media)
    body = [maker.producer(one, f"producer{one.id}") for one in media]
    body.append(_bin(media, document, playhead, zone, guides))
    body.append(_BLACK)
    order = ["black_track"]
    for number in range(len(tracks)):
        body.append(maker.track(f"a{number}", [], sound=True, locked=False))
        order.append(f"a{number}")
    for number, cuts in enumerate(tracks):
        body.append(maker.track(f"v{number}", cuts, sound=False, locked=number in set(locked)))
        order.append(f"v{number}")
    listed = "".join(f'<track producer="{one}"/>' for one in order)
    mixes = "".join(
        _MIX.format(number=number, service="mix" if number <= len(tracks) else "qtblend")
        for number in range(1, len(order))
    )
    body.append(f'<tractor id="main" in="0" out="30000">{listed}{mixes}</tractor>')
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<mlt LC_NUMERIC="C" producer="main_bin" version="7.12.0" root="{path.parent}">'
        f"{_PROFILE}{''.join(body)}</mlt>",
        encoding="utf-8",
    )
    return path


class _Maker:
    def __init__(self, folder: Path, media: Sequence[Medium]) -> None:
        self.folder = folder
        self.media = {one.id: one for one in media}
        self.made = 0

    def producer(self, one: Medium, id: str, speed: float = 1.0, sound: str = "") -> str:
        frames = round(one.frames / abs(speed))
        said = {"length": frames, "eof": "pause", "kdenlive:id": one.id, "kdenlive:folderid": -1}
        said["kdenlive:clip_type"] = {"film": 2, "colour": 4, "title": 6}[one.kind]
        if one.kind == "film" and one.sound:
            said["kdenlive:clip_type"] = 0
        said["mlt_service"] = {
            "film": "avformat-novalidate",
            "colour": "color",
            "title": "kdenlivetitle",
        }[one.kind]
        said["resource"] = one.proxy or one.path
        if one.proxy:
            said |= {"kdenlive:proxy": one.proxy, "kdenlive:originalurl": one.path}
        if one.kind == "film":
            said |= {"meta.media.frame_rate_num": RATE, "meta.media.frame_rate_den": 1}
        if speed != 1.0:
            said |= {"mlt_service": "timewarp", "warp_speed": speed, "warp_resource": one.path}
            said["resource"] = f"{speed}:{one.path}"
        if one.kind == "title":
            said["xmldata"] = _TITLE
        if sound:
            said |= {"set.test_audio": 1, "set.test_image": 0}
        return f'<producer id="{id}" in="0" out="{frames - 1}">{_properties(said)}</producer>'

    def track(self, id: str, cuts: Sequence[Cut], sound: bool, locked: bool) -> str:
        made, entries, at = [], [], 0
        for cut in cuts:
            one = self.media[cut.medium]
            producer = f"producer{cut.medium}"
            if one.kind == "film":
                self.made += 1
                producer = f"cut{self.made}"
                made.append(self.producer(one, producer, cut.speed, sound="off"))
            if cut.start > at:
                entries.append(f'<blank length="{cut.start - at}"/>')
            last = cut.first + cut.frames - 1
            entries.append(
                f'<entry producer="{producer}" in="{cut.first}" out="{last}">'
                f'<property name="kdenlive:id">{cut.medium}</property></entry>'
            )
            at = cut.start + cut.frames
        audio = '<property name="kdenlive:audio_track">1</property>' if sound else ""
        lock = '<property name="kdenlive:locked_track">1</property>' if locked else ""
        hide = "video" if sound else "audio"
        return (
            f"{''.join(made)}"
            f'<playlist id="{id}-one">{audio}{"".join(entries)}</playlist>'
            f'<playlist id="{id}-two">{audio}</playlist>'
            f'<tractor id="{id}" in="0" out="{max(0, at - 1)}">{audio}{lock}'
            '<property name="kdenlive:trackheight">74</property>'
            '<property name="kdenlive:timeline_active">1</property>'
            f'<track hide="{hide}" producer="{id}-one"/><track hide="{hide}" producer="{id}-two"/>'
            "</tractor>"
        )


def _bin(
    media: Sequence[Medium],
    document: str,
    playhead: int,
    zone: tuple[int, int],
    guides: Sequence[tuple[int, str]],
) -> str:
    said = {
        "activeTrack": len(media) and 2,
        "audioChannels": 2,
        "compositing": 1,
        "documentid": document,
        "kdenliveversion": "22.12.3",
        "position": playhead,
        "profile": "atsc_1080p_25",
        "version": "1.04",
        "zonein": zone[0],
        "zoneout": zone[1],
        "zoom": 6,
        "enableTimelineZone": 0,
        "guides": json.dumps([{"pos": at, "comment": said, "type": 0} for at, said in guides]),
    }
    named = {f"kdenlive:docproperties.{name}": value for name, value in said.items()}
    entries = "".join(
        f'<entry producer="producer{one.id}" in="0" out="{one.frames - 1}"/>' for one in media
    )
    named["xml_retain"] = 1
    return f'<playlist id="main_bin">{_properties(named)}{entries}</playlist>'


def _properties(said: dict[str, object]) -> str:
    return "".join(
        f'<property name="{name}">{escape(str(value))}</property>' for name, value in said.items()
    )


_PROFILE = (
    '<profile frame_rate_num="25" frame_rate_den="1" sample_aspect_num="1" sample_aspect_den="1"'
    ' display_aspect_num="16" display_aspect_den="9" colorspace="709" progressive="1"'
    ' width="1920" height="1080" description="HD 1080p 25 fps"/>'
)
_BLACK = (
    '<producer id="black_track" in="0" out="30000">'
    '<property name="length">2147483647</property><property name="eof">continue</property>'
    '<property name="resource">black</property><property name="aspect_ratio">1</property>'
    '<property name="mlt_service">color</property><property name="mlt_image_format">rgba</property>'
    '<property name="set.test_audio">0</property></producer>'
)
_MIX = (
    '<transition id="mix{number}"><property name="a_track">0</property>'
    '<property name="b_track">{number}</property><property name="mlt_service">{service}</property>'
    '<property name="kdenlive_id">{service}</property>'
    '<property name="internal_added">237</property><property name="always_active">1</property>'
    '<property name="accepts_blanks">1</property><property name="sum">1</property></transition>'
)
_TITLE = (
    '<kdenlivetitle duration="125" LC_NUMERIC="C" width="1920" height="1080" out="124">'
    '<item type="QGraphicsTextItem" z-index="0"><position x="100" y="100"><transform>'
    "1,0,0,0,1,0,0,0,1</transform></position><content>Title</content></item>"
    '<startviewport rect="0,0,1920,1080"/><endviewport rect="0,0,1920,1080"/>'
    '<background color="0,0,0,0"/></kdenlivetitle>'
)
