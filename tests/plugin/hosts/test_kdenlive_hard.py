"""What may come between Opticals and the real Kdenlive. Minutes: `make hosts`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread
from time import sleep

import cv2
import numpy as np
import pytest

from opticals.errors import OpticalsError
from opticals_plugin.bridge.wire import HostRefused
from opticals_plugin.hosts.kdenlive import project
from tests.plugin import x_window
from tests.plugin.x_window import Screen

from . import kdenlive_program
from .contract import Contract, clips, shown
from .driving import Ear, Json
from .kdenlive_driver import KdenliveDriver, Seen, clipboard, copy
from .kdenlive_program import Program
from .kdenlive_project import Cut, Medium, write

missing = ", ".join(one for one in (x_window.missing(), kdenlive_program.missing()) if one)
pytestmark = [
    pytest.mark.hosts_long,
    pytest.mark.skipif(bool(missing), reason=f"not installed: {missing}"),
]

Session = tuple[Screen, dict[str, str]]
Render = Callable[[str, int], Path]
Start = Callable[..., KdenliveDriver]
CUTS = (Cut(2, 0, 100, 10), Cut(2, 100, 50, 120))


@pytest.fixture(scope="module")
def kdenlive_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with (
        x_window.screen(tmp_path_factory.mktemp("screen")) as screen,
        kdenlive_program.session(screen) as environment,
    ):
        yield screen, environment


@pytest.fixture
def start(
    kdenlive_session: Session, panels: Path, tmp_path: Path, media: tuple[Path, Path]
) -> Iterator[Start]:
    """`start(tracks, more, locked=, playhead=)`: Kdenlive with a project; medium 2 is a film."""
    driver = KdenliveDriver(*kdenlive_session, tmp_path)

    def begin(
        tracks: Sequence[Sequence[Cut]] = (CUTS, ()), more: Sequence[Medium] = (), **said: object
    ) -> KdenliveDriver:
        held = [Medium(2, str(media[0]), 200), *more]
        path = write(tmp_path / "film.kdenlive", held, tracks, **said)  # type: ignore[arg-type]
        driver.seen = {
            name: Seen(one.start, one.frames) for name, one in zip("abcd", tracks[0], strict=False)
        }
        driver.begin(path, panels)
        return driver

    yield begin
    kdenlive_session[0].save(tmp_path / "last.png")
    driver.close()


def press(kdenlive: KdenliveDriver, ear: Ear) -> Json:
    """Press the key for what is selected; what the panel is sent."""
    kdenlive.press("select")
    asked = ear.wait("select")
    asked.answer({})
    edit = asked.params["edit"]
    assert isinstance(edit, dict)
    return edit


def current(edit: Json) -> Json:
    return next(one for one in clips(edit) if one["id"] == edit["selection"]["current"])


def order(ear: Ear, render: Path, clip: Json, start: int, length: int) -> Json:
    return Contract().order(ear, render, clip, (start, length), "overlay")


def place(ear: Ear, render: Path, clip: Json, start: int, length: int) -> Json:
    answer = ear.ask("place", order(ear, render, clip, start, length))
    assert isinstance(answer, dict)
    return answer


def told(program: Program, name: str) -> str:
    """A property of the project as Kdenlive kept it last."""
    text = program.recovered().read_text(encoding="utf-8")
    return text.partition(f'"kdenlive:docproperties.{name}">')[2].partition("<")[0]


def test_the_clipboard_is_as_it_was(start: Start, ear: Ear, make_render: Render) -> None:
    kdenlive = start()
    environment = kdenlive.program.environment
    done, encoded = cv2.imencode(".png", np.arange(9216, dtype=np.uint8).reshape(48, 64, 3))
    assert done
    held = {
        "image/png": bytes(encoded),
        "text/html": "<b>caffè</b>".encode(),
        "x-special/gnome-copied-files": b"copy\nfile:///tmp/a%20b",
        "UTF8_STRING": "caffè\n漢字".encode(),
    }
    copy("marked", environment, "primary")
    kdenlive.select("a")
    render = make_render("V1-1_copy_v001", 124)
    for kind, data in held.items():
        copy(data, environment, kind=kind)
        edit = press(kdenlive, ear)
        assert clipboard(environment, kind=kind) == data
    copy(held["image/png"], environment, kind="image/png")
    with kdenlive.program.changing():
        place(ear, render, current(edit), 0, 100)
    assert clipboard(environment, kind="image/png") == held["image/png"]
    with pytest.raises(HostRefused):  # it fails in the middle
        ear.ask("place", {**order(ear, render, current(edit), 0, 100), "clip": "none"})
    assert clipboard(environment, kind="image/png") == held["image/png"]
    assert clipboard(environment, "primary") == b"marked"


def test_playhead_track_and_selection_stay(start: Start, ear: Ear, make_render: Render) -> None:
    kdenlive = start(playhead=30)
    program = kdenlive.program
    kdenlive.select("a")
    edit = press(kdenlive, ear)
    render = make_render("V1-1_copy_v001", 124)
    with program.changing():
        place(ear, render, current(edit), 40, 20)
    assert told(program, "position") == "30"
    assert told(program, "activeTrack") == "2"
    again = press(kdenlive, ear)
    assert again["selection"]["clips"] == edit["selection"]["clips"]
    # An active sound track; the playhead elsewhere.
    program.act("activate_audio_1")
    program.act("seek_end")
    with program.changing():
        answer = place(ear, render, current(edit), 70, 20)
    assert answer["record"] == [70, 20]
    assert int(told(program, "position")) >= 149


def test_a_dialog_is_waited_for_by_the_user(start: Start, ear: Ear, make_render: Render) -> None:
    kdenlive = start()
    kdenlive.select("a")
    edit = press(kdenlive, ear)
    kdenlive.program.send("edit_item_duration")
    kdenlive.screen.wait_for("Duration — Kdenlive")
    before = shown(ear.edit())
    with pytest.raises(HostRefused, match="Duration") as refused:
        place(ear, make_render("V1-1_copy_v001", 124), current(edit), 0, 100)
    assert refused.value.subject == "busy"
    kdenlive.screen.key("Escape")
    kdenlive.screen.wait_until_gone("Duration — Kdenlive")
    assert shown(ear.edit()) == before
    place(ear, make_render("V1-1_copy_v001", 124), current(edit), 0, 100)


def test_of_two_the_one_with_the_keyboard_is_meant(
    start: Start, ear: Ear, tmp_path: Path, media: tuple[Path, Path]
) -> None:
    kdenlive = start()
    kdenlive.select("a")
    press(kdenlive, ear)
    path = write(tmp_path / "other.kdenlive", [Medium(2, str(media[1]), 200)], [[Cut(2, 0, 9)], []])
    other = Program(kdenlive.screen, kdenlive.program.environment, tmp_path / "other.log")
    other.start(path)
    second = Ear(ear.bridge_folder)
    try:
        kdenlive.press("select")
        asked = second.wait("select")
        asked.answer({})
        edit = asked.params["edit"]
        assert edit["name"] == "other"
        assert any("2 Kdenlives" in one for one in edit["notes"])
    finally:
        second.close()
        other.kill()


def test_it_is_closed_in_the_middle(start: Start, ear: Ear, make_render: Render) -> None:
    kdenlive = start()
    kdenlive.select("a")
    edit = press(kdenlive, ear)
    failed: list[OpticalsError] = []

    def ask() -> None:
        try:
            place(ear, make_render("V1-1_copy_v001", 124), current(edit), 0, 100)
        except OpticalsError as error:
            failed.append(error)

    copy("the user's own", kdenlive.program.environment)
    asking = Thread(target=ask)
    asking.start()
    sleep(0.3)
    kdenlive.kill()
    asking.join(60)
    ear.wait("lost", 60)
    assert failed
    assert clipboard(kdenlive.program.environment) == b"the user's own"
    assert "not running" in kdenlive.agent.press("send")


def test_clips_that_are_no_film(start: Start, ear: Ear, tmp_path: Path) -> None:
    more = [Medium(3, "0x00ff00ff", 125, "colour"), Medium(4, "", 125, "title")]
    kdenlive = start(([*CUTS, Cut(3, 150, 50), Cut(4, 200, 50)], []), more, locked=[1])
    edit = press(kdenlive, ear)
    assert edit["selection"]["clips"] == []
    assert [one["name"] for one in edit["tracks"] if one["locked"]] == ["V2"]
    for name, why in (("c", "colour"), ("d", "title")):
        kdenlive.select(name)
        clip = current(press(kdenlive, ear))
        assert clip["kind"] == "other"
        assert why in clip["why"]


def test_tracks_that_cannot_take_it_are_passed_over(
    start: Start, ear: Ear, make_render: Render
) -> None:
    """V2 is locked, V3 is full there: it lies on a new track; one step takes it away again."""
    kdenlive = start((CUTS, [], [Cut(2, 20, 30)]), locked=[1])
    program = kdenlive.program
    kdenlive.screen.click((kdenlive.at("a")[0], kdenlive.at("a")[1] + 74))
    edit = press(kdenlive, ear)
    clip = next(one for one in clips(edit) if one["record"] == [0, 100])
    with program.changing():
        answer = place(ear, make_render("V1-1_copy_v001", 124), clip, 10, 50)
    assert answer["record"] == [10, 50]
    held = project.read(program.recovered())
    assert [one.name for one in held.tracks if not one.sound] == ["V1", "V2", "V3", "V4"]
    over = [one for one in held.items if held.tracks[one.track].name == "V4"]
    assert [(one.start, one.frames) for one in over] == [(10, 50)]
    kdenlive.undo()
    held = project.read(program.recovered())
    assert not [one for one in held.items if held.tracks[one.track].name == "V4"]


def test_it_plays_meanwhile(start: Start, ear: Ear, make_render: Render) -> None:
    """It is placed at the right frame, or refused and nothing is left."""
    kdenlive = start()
    kdenlive.select("a")
    edit = press(kdenlive, ear)
    kdenlive.program.act("monitor_play")
    before = shown(ear.edit())
    render = make_render("V1-1_copy_v001", 124)
    refused = ""
    try:
        answer = place(ear, render, current(edit), 20, 30)
    except HostRefused as error:
        refused = error.subject
    kdenlive.program.act("monitor_pause")
    if refused:
        assert refused == "busy"
        sleep(5)
        assert shown(ear.edit()) == before
    else:
        assert answer["record"] == [20, 30]
        assert shown(ear.edit()) == Contract().with_render(before, render, 20, 30)


def test_with_the_keyboard_in_the_bin(start: Start, ear: Ear, make_render: Render) -> None:
    kdenlive = start()
    kdenlive.select("a")
    kdenlive.screen.click((60, 110))
    edit = press(kdenlive, ear)
    assert current(edit)["record"] == [0, 100]
    answer = place(ear, make_render("V1-1_copy_v001", 124), current(edit), 20, 30)
    assert answer["record"] == [20, 30]


def test_the_other_keys(start: Start, ear: Ear) -> None:
    kdenlive = start()
    kdenlive.select("b")
    kdenlive.press("repeat")
    asked = ear.wait("repeat")
    asked.answer({})
    assert asked.params["job"]
    assert current(asked.params["edit"])["record"] == [100, 50]
    kdenlive.press("show")
    ear.wait("show").answer({})
    assert "no key" in kdenlive.agent.press("explode")
