"""Renders an edit through GES, for `test_ges`: run by the system's Python, which has GES.

`python3 ges_render.py EDIT OUT WIDTH HEIGHT RATE`: EDIT is what GES itself can load, `.xges`, or
`.otio` where OpenTimelineIO is on PYTHONPATH.
"""

import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GES", "1.0")
gi.require_version("GstPbutils", "1.0")
from gi.repository import GES, GLib, Gst, GstPbutils  # noqa: E402


def main(edit: str, out: str, width: str, height: str, rate: str) -> None:
    Gst.init(None)
    GES.init()
    loop = GLib.MainLoop()
    problems = []

    def stop(problem: str = "") -> None:
        if problem:
            problems.append(problem)
        loop.quit()

    GLib.timeout_add_seconds(60, lambda: stop("not done after 60 s"))
    project = GES.Project.new(Path(edit).absolute().as_uri())
    project.connect("loaded", lambda *_: stop())
    project.connect("error-loading", lambda *a: stop(f"cannot be loaded: {a[-1]}"))
    timeline = project.extract()
    loop.run()
    caps = f"video/x-raw,width={width},height={height},framerate={rate}"
    for track in timeline.get_tracks():
        if track.props.track_type == GES.TrackType.VIDEO:
            track.set_restriction_caps(Gst.Caps.from_string(caps))
        else:
            timeline.remove_track(track)
    timeline.commit_sync() if not problems else None
    pipeline = GES.Pipeline()
    pipeline.set_timeline(timeline)
    container = GstPbutils.EncodingContainerProfile.new(
        "mkv", None, Gst.Caps.from_string("video/x-matroska"), None
    )
    video = GstPbutils.EncodingVideoProfile.new(
        Gst.Caps.from_string("video/x-ffv,ffvversion=1"), None, Gst.Caps.from_string(caps), 0
    )
    container.add_profile(video)
    pipeline.set_render_settings(Path(out).absolute().as_uri(), container)
    pipeline.set_mode(GES.PipelineFlags.RENDER)
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::eos", lambda *_: stop())
    bus.connect("message::error", lambda _, message: stop(str(message.parse_error())))
    pipeline.set_state(Gst.State.PLAYING)
    if not problems:
        loop.run()
    pipeline.set_state(Gst.State.NULL)
    if problems:
        sys.exit(f"GES: {problems}")


if __name__ == "__main__":
    main(*sys.argv[1:])
