"""Which frames a Blender shows, by what it renders itself: as our reading says, and as placed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import pytest
import torch

from opticals_plugin.bridge.building import build
from opticals_plugin.bridge.snapshot import read

from ...core.films import number, number_picture, numbered
from . import blenders
from .driving import Json
from .driving_blender import BlenderDriver

pytestmark = pytest.mark.skipif(not blenders.here(), reason="no Blender is here")

FIRST, LAST = 5, 45  # the record frames that are rendered
HANDLES = 12

_NEW = """
import bpy
bpy.ops.wm.read_factory_settings(use_empty=False)
s = scene()
s.render.fps, s.render.fps_base = 25, 1
s.render.resolution_x, s.render.resolution_y = 128, 96
s.view_settings.view_transform = "Standard"
s.frame_start, s.frame_end = 1, 100
into = strips(s.sequence_editor_create())
def movie(name, channel=1, start=10, first=20, end=60):
    made = into.new_movie(name=name, filepath=FILMS + name + ".mov", channel=channel,
                          frame_start=start)
    made.frame_final_start, made.frame_final_end = first, end
    made.select = True
    return made
def trim(made, first=20, end=60):
    made.frame_final_start, made.frame_final_end = first, end
def sequencer():
    window = bpy.context.window_manager.windows[0]
    if hasattr(window.workspace, "sequencer_scene"):
        window.workspace.sequencer_scene = s
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    region = next(one for one in area.regions if one.type == "WINDOW")
    return bpy.context.temp_override(window=window, area=area, region=region)
def added(name):
    with sequencer():
        bpy.ops.sequencer.movie_strip_add(
            filepath=FILMS + name + ".mov", directory=FILMS, files=[{"name": name + ".mov"}],
            frame_start=10, channel=1, use_framerate=False, sound=False)
    return next(one for one in into)
def grouped():
    with sequencer():
        bpy.ops.sequencer.meta_make()
    return next(one for one in into if one.type == "META")
def speed(under, kind, **more):
    given = dict(name="speed", type="SPEED", channel=2, frame_start=under.frame_final_start)
    if bpy.app.version >= (5, 0):
        made = into.new_effect(length=under.frame_final_duration, input1=under, **given)
    elif bpy.app.version >= (4, 5):
        made = into.new_effect(frame_end=under.frame_final_end, input1=under, **given)
    else:
        made = into.new_effect(frame_end=under.frame_final_end, seq1=under, **given)
    made.speed_control = kind
    for name, value in more.items():
        setattr(made, name, value)
def pictures(count=30, **more):
    made = into.new_image(name="shot", filepath=FILMS + "shot.0100.png", channel=1, frame_start=10)
    for n in range(1, count):
        made.elements.append("shot.%04d.png" % (100 + n))
    return made
"""

CASES = {
    "plain": "movie('m25')",
    "another rate, frame for frame": "movie('m24')",
    "trimmed inside": "m = movie('m25'); m.animation_offset_start = 7; trim(m)",
    "reversed": "movie('m25').use_reverse_frames = True",
    "reversed and trimmed inside": (
        "m = movie('m25'); m.animation_offset_start = 7; m.animation_offset_end = 5;"
        "m.use_reverse_frames = True; trim(m)"
    ),
    "at its own rate": "trim(added('m24'))",
    "twice the rate": "trim(added('m50'))",
    "29.97": "trim(added('m2997'))",
    "at its own rate, trimmed inside": ("m = added('m24'); m.animation_offset_start = 7; trim(m)"),
    "at its own rate, reversed": "m = added('m24'); m.use_reverse_frames = True; trim(m)",
    "speed effect, faster": "speed(movie('m25'), 'MULTIPLY', speed_factor=2)",
    "speed effect, slower, another rate": "speed(movie('m24'), 'MULTIPLY', speed_factor=0.5)",
    "speed effect, at its own rate": (
        "m = added('m24'); trim(m); speed(m, 'MULTIPLY', speed_factor=2)"
    ),
    "speed effect, stretched": "speed(movie('m25'), 'STRETCH')",
    "speed effect, a length": "speed(movie('m25'), 'LENGTH', speed_length=50)",
    "speed effect, a frame": "speed(movie('m25'), 'FRAME_NUMBER', speed_frame_number=13)",
    "pictures": "m = pictures(); m.frame_final_start, m.frame_final_end = 15, 35",
    "pictures reversed": (
        "m = pictures(); m.use_reverse_frames = True;"
        "m.frame_final_start, m.frame_final_end = 15, 35"
    ),
    "one picture": "m = pictures(1); m.frame_final_end = 40",
    "in a meta": ("movie('m25'); t = grouped(); t.frame_final_start, t.frame_final_end = 25, 40"),
}
ONLY_OLD = {
    "speed factor": "m = movie('m25'); m.speed_factor = 2; trim(m, 20, 50)",
    "speed factor, odd": (
        "m = added('m24'); m.speed_factor = 1.5; m.animation_offset_start = 7; trim(m, 20, 50)"
    ),
}
ONLY_NEW = {
    "retimed to half": "m = movie('m25', first=10, end=130); retime(m, 50); trim(m)",
    "retimed to 80 %": "m = movie('m25', first=10, end=130); retime(m, 80); trim(m)",
}
_RETIME = """
def retime(made, percent):
    for one in into:
        one.select = one == made
    s.sequence_editor.active_strip = made
    with sequencer():
        bpy.ops.sequencer.retiming_segment_speed_set(speed=percent)
"""


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Films and pictures whose frame i shows i; `r25`'s shows 500 + i, `big`'s 700 + i."""
    folder = tmp_path_factory.mktemp("numbered")
    options = {"qp": "8", "g": "12"}
    for name, rate, frames in (
        ("m24", Fraction(24), 120),
        ("m25", Fraction(25), 120),
        ("m50", Fraction(50), 240),
        ("m2997", Fraction(30000, 1001), 120),
    ):
        numbered(folder / f"{name}.mov", frames, rate=rate, options=options)
    numbered(folder / "r25.mov", 100, first=500, rate=Fraction(25), options=options)
    numbered(folder / "big.mov", 100, first=700, width=256, height=192, options=options)
    for index in range(100, 130):
        grey = number_picture(index, 128, 96, "yuv420p")[0].numpy()
        cv2.imwrite(str(folder / f"shot.{index:04d}.png"), grey)
    return folder


@pytest.fixture(scope="module", params=blenders.tried("blender", "bpy-4.5", "bpy-5.0"))
def blender(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlenderDriver]:
    """One Blender for all cases."""
    folder = tmp_path_factory.mktemp("blender")
    driver = BlenderDriver(request.param, folder)
    driver.begin(folder / "panels")
    yield driver
    driver.close()


def make(blender: BlenderDriver, films: Path, lines: str) -> None:
    blender.python(f"FILMS = {str(films) + '/'!r}\n{_NEW}{_RETIME}\n{lines}\npushed('made')")


def rendered(blender: BlenderDriver, folder: Path) -> dict[int, int]:
    """The numbers that Blender's own render shows, by record frame; none where it is black."""
    blender.do("render", folder=str(folder), frames=[FIRST, LAST])
    found = {}
    for path in sorted(folder.glob("*.png")):
        pixels = torch.from_numpy(cv2.imread(str(path))).permute(2, 0, 1)
        if pixels.float().std() > 5:
            found[int(path.stem)] = number(pixels)
    return found


def said(edit: Json) -> dict[int, int]:
    """The frames that the snapshot says are shown, with the numbers of the test's media."""
    found = {}
    for track in edit["tracks"]:
        for one in track["clips"]:
            if one["kind"] not in ("movie", "image"):
                continue
            start, length = one["record"]
            pace = Fraction(*one["speed"]) * Fraction(*one["media_rate"]) / Fraction(*edit["rate"])
            place = Fraction(*one.get("position", (one["source"][0], 1)))
            if pace < 0:  # it says the lowest place, which is shown last
                place -= (length - 1) * pace
            base = {"r25": 500, "big": 700}.get(Path(one["media"]["path"]).stem, 0)
            if one["kind"] == "image":
                base = one["media"]["first"] or 100
            for n in range(length):
                if FIRST <= start + n <= LAST:
                    found[start + n] = base + math.floor(place + n * pace)
    return found


def followed(edit: Json) -> dict[int, int]:
    """The same as our own timeline follows it from the snapshot: what is rendered."""
    built = build(read(edit), lambda _: None, lambda _: None)
    found = {}
    for id, clip in built.clips.items():
        if clip.kind not in ("movie", "image"):
            continue
        record = clip.record + built.shift
        (shot,) = built.edit.shots(
            [id.partition(":")[0]],
            built.edit.timecode(record),
            built.edit.timecode(record + clip.length - 1),
        )
        base = (clip.look.first or 100) if clip.kind == "image" else 0
        for n in range(clip.length):
            if FIRST <= clip.record + n <= LAST:
                found[clip.record + n] = base + shot.time.source(record + n)
    return found


def cached(edit: Json) -> dict[int, int]:
    """As 5.0 renders a retimed strip: it keeps pictures by the frame that began last, and so
    shows the first of them again where it would show the nearest."""
    (clip,) = edit["tracks"][0]["clips"]
    start, length = clip["record"]
    place = Fraction(*clip["position"]) - Fraction(1, 2)
    kept: dict[int, int] = {}
    found = {}
    for n in range(length):
        now = place + n * Fraction(*clip["speed"])
        found[start + n] = kept.setdefault(math.floor(now), math.floor(now + Fraction(1, 2)))
    return {record: frame for record, frame in found.items() if record <= LAST}


CASES_ALL = {**CASES, **ONLY_OLD, **ONLY_NEW}


@pytest.fixture
def case(request: pytest.FixtureRequest, blender: BlenderDriver) -> str:
    name = str(request.param)
    old = blender.blender.name == "blender"  # Debian's 3.4
    if (name in ONLY_OLD and not old) or (name in ONLY_NEW and old):
        pytest.skip("not in this version")
    lines = CASES_ALL[name]
    if "added(" in lines and blender.blender.name == "bpy-5.0":
        pytest.skip("without a window its operator ends Blender")
    return name


@pytest.mark.parametrize("case", [*CASES_ALL], indirect=True)
def test_what_is_read_is_what_blender_renders(
    blender: BlenderDriver, films: Path, tmp_path: Path, case: str
) -> None:
    make(blender, films, CASES_ALL[case])
    blender.python("import opticals_blender.link as l\nside.linking.begin({}, '/nonexistent')")
    try:
        edit = blender.do("snapshot")
    finally:
        blender.python("side.linking.end()")
    wanted = said(edit)
    assert followed(edit) == wanted
    if "retime(" in CASES_ALL[case] and blender.blender.name == "bpy-5.0":
        wanted = cached(edit)
    assert wanted == rendered(blender, tmp_path / "frames")
