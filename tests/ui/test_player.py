"""The player without widgets: an exact clock, the keys of a shuttle, loops, and sound."""

from __future__ import annotations

from array import array
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from opticals.timeline.timecode import timecode
from opticals_ui.session import Session
from opticals_ui.viewer.entry import going_to
from opticals_ui.viewer.player import SECOND, Player
from opticals_ui.viewer.sound import CHUNK, Piece, fitted, mixed

from .fakes import HOUR, FakeHost, track

NTSC = Fraction(30_000, 1001)


@pytest.fixture
def player(opened: Session) -> Player:
    return opened.showing.player


def test_frames_are_due_to_the_nanosecond(opened: Session, player: Player) -> None:
    opened.selection.move_to(HOUR + 10)
    player.play(Fraction(1))
    length = SECOND // 25
    assert player.frame_at(0) == HOUR + 10
    assert player.frame_at(length - 1) == HOUR + 10
    assert player.frame_at(length) == HOUR + 11
    # an hour later, still to the nanosecond
    assert player.frame_at(3600 * SECOND - 1) == HOUR + 10 + 90_000 - 1
    assert player.frame_at(3600 * SECOND) == HOUR + 10 + 90_000
    player.play(Fraction(-2))
    assert player.frame_at(length) == player.origin - 2
    assert player.frame_at(length - 1) == player.origin
    player.play(Fraction(1, 4))
    assert player.frame_at(4 * length - 1) == player.origin
    assert player.frame_at(4 * length) == player.origin + 1


def test_it_plays_in_real_time_and_stops_at_the_end(
    qtbot: QtBot, opened: Session, player: Player
) -> None:
    selection = opened.selection
    selection.move_to(HOUR + 180)
    seen: list[int] = []
    selection.moved.connect(lambda: seen.append(selection.playhead))
    player.toggle()
    assert selection.playing
    qtbot.waitUntil(lambda: not player.playing, timeout=5000)
    assert not selection.playing
    assert selection.playhead == HOUR + 199
    assert seen == sorted(seen)
    player.toggle()  # from the end it begins anew
    assert selection.playhead == HOUR
    player.stop()


def test_the_shuttle(opened: Session, player: Player) -> None:
    opened.selection.move_to(HOUR + 100)
    for speed in (1, 2, 4, 8, 8):
        player.forward()
        assert player.speed == speed
    for speed in (-1, -2, -4, -8, -8):
        player.backward()
        assert player.speed == speed
    player.hold()
    assert not player.playing
    at = opened.selection.playhead
    player.forward()  # K is held: one frame at once, and on slowly
    assert opened.selection.playhead == at + 1
    assert player.speed == Fraction(1, 4)
    player.release(hold=False)
    assert not player.playing
    player.backward()
    assert opened.selection.playhead == at
    player.release(hold=True)
    assert not player.playing
    player.forward()
    assert player.speed == 1
    player.step(1)
    assert not player.playing


def test_in_to_out_and_round_and_round(qtbot: QtBot, opened: Session, player: Player) -> None:
    selection = opened.selection
    selection.mark("V1", HOUR + 20, HOUR + 25)
    selection.move_to(HOUR + 150)
    seen: list[int] = []
    selection.moved.connect(lambda: seen.append(selection.playhead))
    player.play_marked()
    qtbot.waitUntil(lambda: not player.playing)
    assert selection.playhead == HOUR + 25
    assert min(seen) == HOUR + 20
    assert max(seen) == HOUR + 25
    opened.showing.display.toggle_loop()
    seen.clear()
    player.toggle()
    qtbot.waitUntil(lambda: seen.count(HOUR + 20) >= 2, timeout=5000)
    assert player.playing
    assert max(seen) <= HOUR + 25
    player.stop()


def test_who_moves_the_playhead_is_followed(qtbot: QtBot, opened: Session, player: Player) -> None:
    player.toggle()
    opened.selection.move_to(HOUR + 100)
    qtbot.waitUntil(lambda: opened.selection.playhead > HOUR + 102)
    assert player.playing
    assert opened.selection.playhead < HOUR + 150
    player.stop()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("01:00:04:12", "01:00:04:12"),
        ("412", "01:00:04:12"),
        ("12", "01:00:02:12"),
        ("3", "01:00:02:03"),
        ("1000412", "01:00:04:12"),
        ("02000000", "02:00:00:00"),
        ("4:12", "01:00:04:12"),
        ("4.", "01:00:04:00"),
        ("+12", "01:00:02:17"),
        ("-1.", "01:00:01:05"),
        ("-5", "01:00:02:00"),
        ("+1:00:00", "01:01:02:05"),
        (" + 100 ", "01:00:06:05"),
    ],
)
def test_typed_timecode(text: str, wanted: str) -> None:
    rate = Fraction(25)
    playhead = HOUR + 55
    assert timecode(going_to(text, playhead, rate, False), rate) == wanted


def test_typed_timecode_in_drop_frame() -> None:
    at = going_to("01:00:59;29", 0, NTSC, True)
    assert timecode(going_to("+1", at, NTSC, True), NTSC, True) == "01:01:00;02"
    # a label that is left out means the next one
    assert timecode(going_to("01010000", at, NTSC, True), NTSC, True) == "01:01:00;02"
    assert going_to("+10:00:00", at, NTSC, True) - at == 17_982


@given(st.integers(0, 2_589_407), st.booleans(), st.sampled_from([Fraction(25), NTSC]))
def test_what_is_shown_leads_where_it_is_typed(frame: int, drop: bool, rate: Fraction) -> None:
    drop = drop and rate == NTSC
    label = timecode(frame, rate, drop)
    assert going_to(label, 0, rate, drop) == frame
    assert going_to(label.replace(":", "").replace(";", ""), 12_345, rate, drop) == frame


@pytest.mark.parametrize("text", ["", "abc", "1:2:3:4:5", "01:00:61:00", "+", "01:00:00:25"])
def test_what_is_no_timecode_is_refused(text: str) -> None:
    with pytest.raises(Exception, match=r"timecode|exist"):
        going_to(text, HOUR, Fraction(25), False)


class Tape:
    """Speakers that write down what they are given, in real time."""

    def __init__(self) -> None:
        self.data = array("h")
        self.starts = 0

    def start(self) -> bool:
        self.starts += 1
        return True

    def room(self) -> int:
        return 2_400

    def write(self, samples: bytes) -> None:
        self.data.frombytes(samples)

    def stop(self) -> None: ...


@pytest.fixture
def tape(opened: Session) -> Tape:
    made = Tape()
    opened.showing.sounding._outlet = made
    return made


def test_sound_runs_sample_by_sample(
    qtbot: QtBot, opened: Session, player: Player, tape: Tape
) -> None:
    opened.selection.move_to(HOUR + 50)
    player.toggle()
    qtbot.waitUntil(lambda: len(tape.data) > 2 * 20_000, timeout=5000)
    player.stop()
    left = tape.data[::2]
    start = 2 * 48_000  # frame 50 of the mix
    assert left == tape.data[1::2]
    assert 0 <= left[0] - start % 30_000 < 4_800
    # nothing doubled or left out, unless the machine was too slow to keep up
    jumps = sum((after - before) % 30_000 != 1 for before, after in pairwise(left))
    assert jumps <= 3


def test_twice_as_fast_backwards_and_mute(
    qtbot: QtBot, opened: Session, player: Player, tape: Tape
) -> None:
    opened.selection.move_to(HOUR + 150)
    player.play(Fraction(-2))
    qtbot.waitUntil(lambda: len(tape.data) > 2 * 5_000, timeout=5000)
    left = tape.data[::2]
    steps = [(after - before) % 30_000 for before, after in pairwise(left)]
    assert sum(step == 29_998 for step in steps) > len(steps) * 0.95
    opened.showing.display.toggle_mute()
    count = len(tape.data)
    qtbot.wait(100)
    assert len(tape.data) == count
    assert player.playing
    player.stop()


def test_without_speakers_it_plays_on(qtbot: QtBot, opened: Session, player: Player) -> None:
    class Deaf(Tape):
        def start(self) -> bool:
            return False

    opened.showing.sounding._outlet = Deaf()
    player.toggle()
    qtbot.waitUntil(lambda: opened.selection.playhead > HOUR + 3)
    assert opened.board.notices == ()
    player.stop()


def test_a_gap_is_silent(
    qtbot: QtBot, opened: Session, player: Player, tape: Tape, host: FakeHost
) -> None:
    host.tracks = (track("V1", ("bikes", 100)), track("A1", ("", 20), ("mix", 80)))
    opened.refresh()
    opened.open(host.path)
    qtbot.waitUntil(lambda: opened.model is not None and opened.model.end == HOUR + 100)
    opened.selection.move_to(HOUR + 15)
    player.toggle()
    qtbot.waitUntil(lambda: len(tape.data) > 2 * 15_000, timeout=5000)
    player.stop()
    sounding = next(place for place, one in enumerate(tape.data) if one)
    assert 0 <= sounding / 2 < 5 * 1_920 + 2
    assert tape.data[sounding] in (1, 0)


def pcm(*samples: int) -> bytes:
    return array("h", [one for sample in samples for one in (sample, -sample)]).tobytes()


def piece(at: int, length: int, backwards: bool = False) -> Piece:
    return Piece("", Fraction(0), length, at, length, backwards)


def test_mixing() -> None:
    assert mixed([]) == bytes(4 * CHUNK)
    one = mixed([(piece(2, 3), pcm(5, 6, 7))])
    assert array("h", one)[::2][:6].tolist() == [0, 0, 5, 6, 7, 0]
    both = mixed([(piece(0, 3), pcm(30_000, 10, 1)), (piece(0, 2), pcm(30_000, -4))])
    assert array("h", both)[::2][:4].tolist() == [32_767, 6, 1, 0]
    assert array("h", both)[1::2][:4].tolist() == [-32_768, -6, -1, 0]
    apart = mixed([(piece(2, 2), pcm(3, 4)), (piece(0, 2), pcm(1, 2))])
    assert array("h", apart)[::2][:5].tolist() == [1, 2, 3, 4, 0]


def test_fitting() -> None:
    assert fitted(pcm(1, 2, 3, 4), 4, True) == pcm(4, 3, 2, 1)
    assert fitted(pcm(1, 2, 3, 4), 2, False) == pcm(1, 3)
    assert fitted(pcm(1, 2), 4, False) == pcm(1, 1, 2, 2)
    assert fitted(b"", 2, False) == bytes(8)
