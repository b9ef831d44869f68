"""What is said of a medium, and which ones are refused, naming file and remedy."""

from __future__ import annotations

import json
import os
import subprocess
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import pytest

from opticals.errors import MediaError
from opticals.media.colour.planes import SITINGS
from opticals.media.facts import Audio, Media, Tags, require_readable
from opticals.media.read import probe as probing
from opticals.media.read import timing
from opticals.media.read.probe import identity, probe
from opticals.media.words import described

from .commands import opticals_command
from .films import by_ffmpeg, ffmpeg, noise, numbered, pan, write_film

if TYPE_CHECKING:
    from pathlib import Path

MXF = bytes.fromhex("060e2b34020501010d01020101020400")  # the key of a header partition


def test_a_camera_file(tmp_path: Path) -> None:
    path = numbered(
        tmp_path / "a.mov",
        50,
        codec="prores",
        pixel_format="yuv422p10le",
        rate=Fraction(30000, 1001),
        timecode="10:00:00;02",
        reel="A001C003",
        pixel_aspect=Fraction(4, 3),
        tags=(1, 1, 1, 1),
    )
    media = probe(path)
    assert media == Media(
        path=str(path),
        codec="prores",
        width=128,
        height=96,
        pixel_aspect=Fraction(4, 3),
        rate=Fraction(30000, 1001),
        frames=50,
        pixel_format="yuv422p10le",
        bits=10,
        alpha=False,
        tags=Tags(1, 1, 1, 1),
        field_order="progressive",
        rotation=0,
        start=36000 * 30 - 18 * 60 + 2,
        drop_frame=True,
        reel="A001C003",
        audio=(),
        first_pts=0,
        time_base=media.time_base,
        container="mov,mp4,m4a,3gp,3g2,mj2",
        profile="Standard",
    )
    assert Media.from_json(json.loads(json.dumps(media.to_json()))) == media


@pytest.mark.parametrize(
    "rate",
    [Fraction(n) for n in (24, 25, 30, 50, 60, 120)]
    + [Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)],
    ids=str,
)
@pytest.mark.parametrize("suffix", [".mov", ".mp4", ".mkv"])
def test_rates_are_exact(rate: Fraction, suffix: str, tmp_path: Path) -> None:
    assert probe(numbered(tmp_path / f"a{suffix}", 13, rate=rate)).rate == rate


@pytest.mark.parametrize("suffix", [".mov", ".mp4", ".mkv", ".mxf"])
@pytest.mark.parametrize("timecode", ["01:00:00:00", "10:00:00;00"])
def test_start_timecode(timecode: str, suffix: str, tmp_path: Path) -> None:
    path = numbered(
        tmp_path / f"a{suffix}",
        5,
        rate=Fraction(30000, 1001),
        timecode=timecode,
        codec="mpeg2video" if suffix == ".mxf" else "libx264",
    )
    media = probe(path)
    drop = ";" in timecode
    assert media.drop_frame == drop
    assert media.start == (36000 * 30 - 18 * 60 if drop else 3600 * 30)


def test_one_frame(tmp_path: Path) -> None:
    media = probe(numbered(tmp_path / "a.mov", 1, rate=Fraction(24)))
    assert (media.frames, media.rate) == (1, 24)


def test_alpha_depth_and_sound(tmp_path: Path) -> None:
    path = write_film(
        tmp_path / "a.mov",
        noise(2, 64, 48, "yuva444p10le"),
        codec="prores",
        pixel_format="yuva444p10le",
        options={"profile": "4"},
    )
    media = probe(path)
    assert media.alpha
    assert media.bits == 12  # as libav decodes 4444


def test_untagged_is_guessed_by_height_and_stays_untagged(tmp_path: Path) -> None:
    small = probe(numbered(tmp_path / "a.mp4", 2, height=576, width=720))
    large = probe(numbered(tmp_path / "b.mp4", 2, height=720, width=1280))
    assert small.tags == large.tags == Tags()
    assert (small.coding.matrix, large.coding.matrix) == (6, 1)
    assert not small.coding.full
    phone = probe(numbered(tmp_path / "c.mp4", 2, tags=(2, 1, 1, 1)))
    assert phone.coding.full
    jpeg = numbered(tmp_path / "d.mov", 2, codec="mjpeg", pixel_format="yuvj420p")
    assert probe(jpeg).coding.full
    assert probe(jpeg).coding.siting == SITINGS["center"]


def test_a_cover_picture_is_no_film(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.m4a")
    with pytest.raises(MediaError, match="has no picture"):
        probe(path)


def test_sound_streams_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    film = numbered(tmp_path / "p.mov", 10)
    with av.open(str(path), "w") as output, av.open(str(film)) as source:
        picture = output.add_stream_from_template(source.streams.video[0])
        tone = output.add_stream("pcm_s16le", rate=48000, layout="stereo")
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = picture
                output.mux(packet)
        output.mux(tone.encode(silence()))
    assert probe(path).audio == (Audio("pcm_s16le", 48000, 2, 1, "stereo", 16),)


@pytest.mark.parametrize(
    ("codec", "suffix", "bits"),
    [
        ("pcm_s24le", "mov", "24"),
        ("pcm_f32le", "mkv", "32"),
        ("pcm_s16be", "mxf", None),
        ("flac", "mkv", "24"),
        ("alac", "mov", "24"),
        ("aac", "mp4", None),
    ],
)
def test_sound_as_ffprobe_says_it(
    codec: str, suffix: str, bits: str | None, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{suffix}"
    picture = "mpeg2video" if suffix == "mxf" else "mpeg4"
    tone = ["-f", "lavfi", "-i", "sine=r=48000:d=0.4", "-ac", "2"]
    tone += ["-sample_fmt", "s32p" if codec == "alac" else "s32"] if bits == "24" else []
    language = ["-metadata:s:a:0", "language=deu"]
    if codec == "pcm_s16be":
        codec = "pcm_s16le"  # MXF has no other
    by_ffmpeg(
        path,
        pan(10, 64, 48, "yuv420p"),
        "yuv420p",
        *(*tone, "-c:v", picture, "-c:a", codec, *language),
    )
    (found,) = probe(path).audio
    said = ffprobe(path, "a:0")
    assert found.codec == said["codec_name"]
    assert found.index == said["index"]
    assert (found.rate, found.channels) == (int(said["sample_rate"]), said["channels"])
    assert found.layout == said.get("channel_layout", "").replace("unknown", "")
    assert found.language == said.get("tags", {}).get("language", "")
    if bits is not None:
        said_bits = int(said["bits_per_sample"]) or int(said["bits_per_raw_sample"])
        assert found.bits == int(bits) == said_bits
    if codec == "aac":
        assert found.bits == 0


def ffprobe(path: Path, stream: str = "v:0") -> dict[str, Any]:
    """What ffprobe says of a stream, and of its first frame's side data."""
    show = ["-show_streams", "-show_frames", "-read_intervals", "%+#1", "-of", "json"]
    command = [ffmpeg("ffprobe"), "-v", "error", "-select_streams", stream, *show, str(path)]
    done = subprocess.run(command, capture_output=True, check=True)
    found = json.loads(done.stdout)
    return {**found["streams"][0], "first_frame": (*found["frames"], {})[0]}


LOCATIONS = range(6)  # H.273's numbers of them


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_siting_is_what_ffprobe_says(codec: str, location: int, tmp_path: Path) -> None:
    key = codec.removeprefix("lib") + "-params"
    path = by_ffmpeg(
        tmp_path / "a.mp4",
        pan(2, 64, 48, "yuv420p"),
        "yuv420p",
        *("-c:v", codec, f"-{key}", f"chromaloc={location}:log-level=0"),
    )
    media = probe(path)
    assert media.siting.replace("_", "") == ffprobe(path)["chroma_location"]
    assert media.coding.siting == list(SITINGS.values())[location]


@pytest.mark.parametrize(
    ("codec", "pixel_format", "suffix"),
    [
        ("mpeg2video", "yuv420p", "mpg"),
        ("mpeg1video", "yuv420p", "mpg"),
        ("mjpeg", "yuvj420p", "avi"),
        ("prores", "yuv422p10le", "mov"),
        ("ffv1", "yuv420p", "mkv"),
    ],
)
def test_siting_of_other_codecs(codec: str, pixel_format: str, suffix: str, tmp_path: Path) -> None:
    path = by_ffmpeg(
        tmp_path / f"a.{suffix}", pan(2, 64, 48, pixel_format), pixel_format, "-c:v", codec
    )
    said = ffprobe(path).get("chroma_location", "unspecified")
    assert (probe(path).siting or "unspecified") == said


def test_hdr_is_what_ffprobe_says(tmp_path: Path) -> None:
    display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,500)"
    path = by_ffmpeg(
        tmp_path / "a.mp4",
        pan(2, 64, 48, "yuv420p10le"),
        "yuv420p10le",
        *("-c:v", "libx265", "-color_primaries", "bt2020", "-color_trc", "smpte2084"),
        *("-colorspace", "bt2020nc", "-x265-params"),
        f"log-level=0:max-cll=1000,400:chromaloc=2:master-display={display}",
    )
    media = probe(path)
    assert media.hdr is not None
    assert media.siting == "top_left"
    said = {one["side_data_type"]: one for one in ffprobe(path)["first_frame"]["side_data_list"]}
    mastering = said["Mastering display metadata"]
    places = [f"{c}_{xy}" for c in ("red", "green", "blue", "white_point") for xy in "xy"]
    assert media.hdr.primaries == tuple(str(Fraction(mastering[place])) for place in places)
    luminance = (mastering["min_luminance"], mastering["max_luminance"])
    assert media.hdr.luminance == tuple(str(Fraction(one)) for one in luminance)
    light = said["Content light level metadata"]
    assert media.hdr.content == (light["max_content"], light["max_average"])
    assert Media.from_json(json.loads(json.dumps(media.to_json()))) == media
    rows = dict(described(media))
    names = ffprobe(path)
    for name in ("color_primaries", "color_transfer", "color_space"):
        assert names[name] in rows["colour"]
    assert "MaxCLL 1000" in rows["HDR"]


INTERLACED = ("-flags", "+ildct+ilme")


@pytest.mark.parametrize(
    ("arguments", "suffix", "order"),
    [
        (("-vf", "setfield=tff", *INTERLACED, "-c:v", "libx264"), "mp4", "top"),
        (("-vf", "setfield=bff", *INTERLACED, "-c:v", "libx264"), "ts", "bottom"),
        (("-vf", "setfield=tff", *INTERLACED, "-c:v", "mpeg2video"), "mxf", "top"),
        (("-vf", "setfield=bff", *INTERLACED, "-c:v", "mpeg2video"), "mpg", "bottom"),
        (("-vf", "setfield=tff", *INTERLACED, "-c:v", "prores_ks"), "mov", "top"),
        (("-vf", "setfield=bff", *INTERLACED, "-c:v", "ffv1"), "mkv", "bottom"),
        (("-pix_fmt", "yuv420p", "-s", "720x576", "-c:v", "dvvideo"), "avi", "bottom"),
        # No flag in the frames: the atom `fiel` alone says it.
        (("-field_order", "tt", "-pix_fmt", "yuv422p10", "-c:v", "v210"), "mov", "top"),
        (("-field_order", "bb", "-pix_fmt", "yuv422p10", "-c:v", "v210"), "mov", "bottom"),
        # Progressive pictures in a stream that is coded as if it were interlaced.
        (("-x264-params", "fake-interlaced=1", "-c:v", "libx264"), "mp4", "progressive"),
        (("-c:v", "prores_ks"), "mov", "progressive"),
        (("-c:v", "libx265", "-x265-params", "log-level=0"), "mp4", "progressive"),
    ],
)
def test_field_order(arguments: tuple[str, ...], suffix: str, order: str, tmp_path: Path) -> None:
    kind = "yuv422p10le" if "prores_ks" in arguments else "yuv420p"
    path = by_ffmpeg(tmp_path / f"a.{suffix}", pan(10, 64, 48, kind), kind, *arguments)
    media = probe(path)
    assert media.field_order == order
    assert media.interlaced == (order != "progressive")
    if media.interlaced:
        assert "--fields deinterlace" in dict(described(media))["to render"]


def test_a_film_that_becomes_interlaced_is_interlaced(tmp_path: Path) -> None:
    pictures = pan(120, 64, 48, "yuv420p")
    parts = []
    for name, some, how in (("prog", pictures[:60], ()), ("tff", pictures[60:], INTERLACED)):
        arguments = ("-vf", f"setfield={name}", *how, "-c:v", "libx264", "-g", "12")
        parts.append(by_ffmpeg(tmp_path / f"{name}.ts", some, "yuv420p", *arguments))
    path = tmp_path / "both.ts"
    joined = ["-i", f"concat:{parts[0]}|{parts[1]}", "-c", "copy", str(path)]
    subprocess.run([ffmpeg(), "-v", "error", *joined], check=True)
    assert [probe(one).field_order for one in parts] == ["progressive", "top"]
    assert probe(path).field_order == "top"


def test_a_variable_rate_is_a_fact(tmp_path: Path) -> None:
    times = [0, 1, 2, 3, 5, 6, 9, 10, 11, 12]
    media = probe(numbered(tmp_path / "a.mov", 10, times=times))
    assert (media.constant, media.frames, media.rate) == (False, 10, 25)
    shown = [(time - media.first_pts) * media.time_base * 25 for time in media.times]
    assert shown == [*times, 13]
    assert Media.from_json(json.loads(json.dumps(media.to_json()))) == media
    assert media.conformed(Fraction(25)).frames == 13
    assert dict(described(media))["rate"].startswith("variable")
    constant = probe(numbered(tmp_path / "b.mov", 10))
    assert constant.conformed(Fraction(24)) == constant


def test_known_media_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTICALS_HOME", str(tmp_path / "home"))
    path = numbered(tmp_path / "a.ts", 40, options={"g": "12"})
    media = probe(path)
    assert media == probing.examine(path)
    read = []
    demux = timing.demux
    monkeypatch.setattr(timing, "demux", lambda *given: read.append(1) or demux(*given))
    assert probe(path) == media
    probing._known.clear()  # as another process would find it
    assert probe(path) == media
    assert read == []
    (note,) = (tmp_path / "home" / "cache" / "media").iterdir()
    for damage in ("", "{", "[]", "{}", '{"path": 1}', "null"):
        note.write_text(damage)
        probing._known.clear()
        assert probe(path) == media
    assert len(read) == 6
    numbered(path, 41, options={"g": "12"})
    assert probe(path).frames == 41
    probing._known.clear()
    monkeypatch.setenv("OPTICALS_HOME", "/dev/null")  # a cache that cannot be written is none
    assert probe(path).frames == 41


def test_the_table_and_the_document(tmp_path: Path) -> None:
    path = numbered(
        tmp_path / "a.mov",
        50,
        codec="prores",
        pixel_format="yuv422p10le",
        rate=Fraction(30000, 1001),
        timecode="10:00:00;02",
        reel="A001C003",
        pixel_aspect=Fraction(4, 3),
        tags=(1, 9, 18, 9),
    )
    table = dict(described(probe(path)))
    assert "10-bit 4:2:2, video range" in table["samples"]
    assert table["start"] == "10:00:00;02, last 10:00:01;21, drop-frame"
    assert table["length"] == "50 frames, 00:00:01;20"
    assert table["rate"] == "29.97 (30000/1001)"
    assert table["picture"].startswith("128x96, pixels 4:3")
    assert table["colour"] == "primaries bt2020, transfer arib-std-b67, matrix bt2020nc"
    assert "to render" not in table
    assert opticals_command("probe", path) == json.loads(json.dumps(probe(path).to_json()))


def silence() -> av.AudioFrame:
    frame = av.AudioFrame("s16", "stereo", 4800)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate, frame.pts = 48000, 0
    return frame


def sound(path: Path) -> Path:
    with av.open(str(path), "w") as output:
        tone = output.add_stream("pcm_s16le" if path.suffix == ".wav" else "aac", rate=48000)
        frame = av.AudioFrame("s16" if path.suffix == ".wav" else "fltp", "stereo", 1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 48000, 0
        output.mux(tone.encode(frame))
        output.mux(tone.encode(None))
    return path


def bad(kind: str, tmp_path: Path) -> Path:
    path = tmp_path / "bad.mov"
    good = tmp_path / "good.mov"
    if kind == "missing":
        return path
    if kind == "offline":
        return tmp_path / "Volumes" / "bad.mov"
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    elif kind == "text":
        path.write_text("this is no film\n" * 100)
    elif kind == "random":
        path.write_bytes(bytes(range(256)) * 400)
    elif kind == "sound":
        return sound(tmp_path / "bad.wav")
    elif kind == "raw":
        path = tmp_path / "bad.R3D"
        path.write_bytes(b"RED2")
    elif kind in ("truncated", "truncated_header_first"):
        options = {"movflags": "+faststart"} if kind != "truncated" else {}
        write_film(good, pan(30, 128, 96, "yuv420p"), options={"bf": "2"})
        with av.open(str(good)) as source, av.open(str(path), "w", options=options) as output:
            stream = output.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    output.mux(packet)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])
    elif kind == "timecode":
        path = tmp_path / "bad.mkv"
        numbered(path, 2, timecode="01:00:00:29")
    return path


RAW = {
    "R3D": b"\0\0\1\0RED2",
    "ARRIRAW": b"ARRI\x12\x34",
    "Canon RAW": b"\0\0\0\x18ftypcrx \0\0\0\1",
    "X-OCN": MXF + bytes.fromhex("060e2b34040101 0a 0e060d03020101 00"),
    "ARRIRAW in MXF": MXF + bytes(40) + "ARRI".encode("utf-16-be"),
    "BRAW": (
        b"\0\0\0\x10free" + bytes(8) + b"\0\0\0\x38moov\0\0\0\x30stsd\0\0\0\0\0\0\0\1"
        b"\0\0\0\x20brhq" + bytes(24)
    ),
}


@pytest.mark.parametrize("kind", RAW)
def test_camera_raw_is_named_whatever_the_file_is_called(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mov"
    path.write_bytes(RAW[kind] + bytes(4096))
    with pytest.raises(MediaError, match="is camera raw") as error:
        probe(path)
    assert error.value.what == f"{path} is camera raw ({kind.split(' in ')[0]})."
    assert "ProRes 4444" in error.value.remedy


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.R3D", "R3D"), ("a.braw", "BRAW"), ("a.ari", "ARRIRAW"), ("a.crm", "Canon RAW")],
)
def test_camera_raw_by_its_name(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"whatever")
    with pytest.raises(MediaError, match=rf"is camera raw \({kind}\)"):
        probe(path)


def test_an_unknown_essence_has_no_decoder(tmp_path: Path) -> None:
    """A QuickTime film whose kind of samples is changed to one of a maker's own."""
    data = numbered(tmp_path / "a.mov", 5, codec="prores", pixel_format="yuv422p10le").read_bytes()
    path = tmp_path / "b.mov"
    for name, says in ((b"brst", r"camera raw \(BRAW\)"), (b"CRAW", r"\(Canon RAW\)")):
        path.write_bytes(data.replace(b"apch", name).replace(b"apcn", name))
        with pytest.raises(MediaError, match=says):
            probe(path)
    path.write_bytes(data.replace(b"apch", b"zzzz").replace(b"apcn", b"zzzz"))
    with pytest.raises(MediaError, match=r"b\.mov: there is no decoder"):
        probe(path)


def test_a_matrix_without_a_formula_is_not_rendered_from(tmp_path: Path) -> None:
    media = probe(numbered(tmp_path / "a.mov", 2, tags=(1, 9, 14, 10)))
    with pytest.raises(MediaError, match=r"a\.mov: its colour matrix \(H\.273 code 10\)"):
        require_readable(media)
    assert "BT.2020" in dict(described(media))["to render"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("missing", "is missing"),
        ("offline", "Volumes is not there"),
        ("folder", "is not a file"),
        ("empty", "is empty"),
        ("text", "cannot be opened as a film"),
        ("random", "cannot be opened as a film|is truncated|no frame"),
        ("sound", "has no picture"),
        ("raw", r"is camera raw \(R3D\)"),
        ("truncated", "cannot be opened as a film"),
        ("truncated_header_first", "is truncated"),
        ("timecode", "start timecode 01:00:00:29"),
    ],
)
def test_refused(kind: str, says: str, tmp_path: Path) -> None:
    path = bad(kind, tmp_path)
    with pytest.raises(MediaError, match=says) as error:
        probe(path)
    assert path.name in error.value.what
    assert error.value.remedy


def test_a_header_that_lies_about_its_count(tmp_path: Path) -> None:
    """MOV lists 30 frames; the list is made to say 90."""
    path = numbered(tmp_path / "a.mov", 30, codec="mjpeg", pixel_format="yuvj420p")
    data = path.read_bytes()
    place = data.index(b"stts") + 8
    assert data[place + 4 : place + 8] == (30).to_bytes(4, "big")
    sizes = data.index(b"stsz") + 12
    assert data[sizes : sizes + 4] == (30).to_bytes(4, "big")
    lying = bytearray(data)
    lying[place : place + 4] = (90).to_bytes(4, "big")
    lying[sizes : sizes + 4] = (90).to_bytes(4, "big")
    path.write_bytes(lying)
    with pytest.raises(MediaError):
        probe(path)


def test_identity_follows_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(5 << 20))
    os.utime(path, ns=(1, 1))
    first = identity(path)
    assert first == identity(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] = 1
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))
    second = identity(path)
    os.utime(path, ns=(2, 2))
    assert len({first, second, identity(path)}) == 3
    with pytest.raises(MediaError, match="missing"):
        identity(tmp_path / "b.bin")
