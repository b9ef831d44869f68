"""What is read of Kdenlive's projects and clipboard, and how clips are known again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opticals_plugin.bridge import snapshot as told
from opticals_plugin.hosts.kdenlive import press, project, scene, where
from opticals_plugin.hosts.kdenlive.edit import State, shown, snapshot
from opticals_plugin.hosts.kdenlive.ids import Ids
from opticals_plugin.hosts.kdenlive.scene import Item, Media, Paste

from .kdenlive_project import DOCUMENT, Cut, Medium, write

RATE = Fraction(25)
FILM = Media("2", type="0", service="avformat-novalidate", path="/f.mov", frames=200, rate=RATE)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A project with a film, one with a proxy, a colour and a title; V2 is locked."""
    media = [
        Medium(2, str(tmp_path / "film.mov"), 200, sound=True),
        Medium(3, "big.mov", 100, proxy="proxy/small.mkv"),
        Medium(4, "0x00ff00ff", 125, "colour"),
        Medium(5, "", 125, "title"),
    ]
    low = [Cut(2, 0, 100, 10), Cut(3, 110, 20), Cut(4, 130, 25), Cut(5, 160, 25)]
    high = [Cut(2, 5, 20, 10, speed=2.0), Cut(2, 40, 50, 10, speed=-1.0)]
    path = tmp_path / "film.kdenlive"
    return write(path, media, [low, high], DOCUMENT, locked=[1], playhead=17, guides=[(8, "Here")])


def view(path: Path) -> told.Snapshot:
    held = project.read(path)
    state = State("film", path, False, held.rate, held)
    return told.read(snapshot(state, Ids(None, "k-1"), 3))


def test_a_project_is_read(saved: Path) -> None:
    held = project.read(saved)
    assert (held.document, held.rate, held.playhead, held.zone) == (DOCUMENT, RATE, 17, None)
    assert [one.name for one in held.tracks] == ["A2", "A1", "V1", "V2"]
    assert [one.locked for one in held.tracks] == [False, False, False, True]
    assert where._document(saved) == DOCUMENT


def test_the_panel_is_told_what_stands_in_it(saved: Path) -> None:
    seen = view(saved)
    low, high, *sound = seen.tracks
    assert [one.name for one in (low, high, *sound)] == ["V1", "V2", "A1", "A2"]
    film, proxy, colour, title = low.clips
    assert (film.kind, film.record, film.length) == ("movie", 0, 100)
    assert (film.look.source, film.look.frames, film.look.count) == (10, 100, 200)
    assert proxy.look.path == saved.parent / "big.mov"
    assert "proxy" in proxy.note
    for one in (colour, title):
        assert one.kind == "other"
        assert one.why
    fast, back = high.clips
    assert (fast.look.speed, fast.look.source, fast.look.frames) == (2, 20, 40)
    # Seen with melt: the frame that is shown first is 189.
    assert (back.look.speed, back.look.source, back.look.frames) == (-1, 140, 50)
    assert high.locked
    assert seen.nearest
    assert [(one.frame, one.name) for one in seen.markers] == [(8, "Here")]


def test_the_zone_counts_where_edits_are_made_with_it(saved: Path) -> None:
    assert view(saved).selection.range is None
    text = saved.read_text()
    saved.write_text(text.replace('enableTimelineZone">0', 'enableTimelineZone">1'))
    assert view(saved).selection.range == (0, 75)


@pytest.mark.parametrize("text", ["", "no project", "<mlt/>", "<mlt><profile/></mlt>", "<a>" * 90])
def test_what_is_no_project_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "film.kdenlive"
    path.write_text(text)
    with pytest.raises(ValueError, match="no project of Kdenlive"):
        project.read(path)


def test_a_bomb_is_no_project(tmp_path: Path) -> None:
    path = tmp_path / "film.kdenlive"
    inner = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(f'<!DOCTYPE mlt [<!ENTITY e0 "ha">{inner}]><mlt>&e11;</mlt>')
    with pytest.raises(ValueError):
        project.read(path)


def test_cut_off_projects_are_refused_or_read(saved: Path) -> None:
    """As they are while Kdenlive writes them."""
    text = saved.read_text()
    for length in range(0, len(text) - 1, 97):
        saved.write_text(text[:length])
        with pytest.raises(ValueError):
            project.read(saved)


@given(
    st.integers(-10_000, 10_000),
    st.integers(-8, 8),
    st.integers(0, 5000),
    st.integers(1, 5000),
    st.text(st.characters(exclude_categories=["C"]), max_size=20),
)
def test_what_is_pasted_can_be_read(
    later: int, above: int, first: int, frames: int, name: str
) -> None:
    paste = Paste(later, above, "9", first, frames, f"/films/{name}.mov", name, first + frames)
    read = scene.read(scene.write(paste, "123", RATE))
    assert read is not None
    assert read.document == "123"
    (item,) = read.items
    assert (item.start, item.frames, item.first) == (later, frames, first)
    assert item.track == scene.MASTER + above
    assert read.media["9"].path == f"/films/{name}.mov"


@pytest.mark.parametrize("text", ["", "words", "<kdenlive-scene", "<kdenlive-scene><clip></a>"])
def test_what_else_is_copied_is_no_scene(text: str) -> None:
    assert scene.read(text) is None


@pytest.mark.parametrize(
    ("text", "rate"), [("25", 25), ("23.976", "24000/1001"), ("29.97", "30000/1001"), ("60", 60)]
)
def test_rates_that_are_written_shortened(text: str, rate: int | str) -> None:
    assert scene.exact_rate(text) == Fraction(rate)


def test_frames_of_a_medium_with_another_rate() -> None:
    film = Media("2", frames=250, rate=Fraction(24))
    assert shown(Item(0, 0, 100, "2", 50), film, RATE)[0] == (48, 96)


FIRST = (Item(2, 0, 100, "2", 10, number="5"), Item(2, 100, 50, "3", 0, number="6"))


def test_a_clip_is_known_when_it_is_moved_trimmed_and_opened_anew(tmp_path: Path) -> None:
    ids = Ids.load(tmp_path, "123", "k-1")
    names = ids.name(FIRST)
    a, b = (names[one] for one in FIRST)
    moved = Item(3, 37, 100, "2", 10, number="5")
    assert ids.name([moved, FIRST[1]]) == {moved: a, FIRST[1]: b}
    trimmed = Item(3, 42, 90, "2", 15, number="5")
    assert ids.name([trimmed, FIRST[1]])[trimmed] == a
    ids.save()

    again = Ids.load(tmp_path, "123", "k-2")  # another run: other numbers
    opened = Item(3, 42, 90, "2", 15, number="77")
    other = Item(2, 100, 50, "3", 0, number="5")
    assert again.name([opened, other]) == {opened: a, other: b}
    assert again.find(a, [other]) is None


def test_the_same_frames_twice_are_two_clips() -> None:
    ids = Ids(None, "k-1")
    one, two = Item(2, 0, 10, "2", 0), Item(2, 50, 10, "2", 0)
    names = ids.name([one, two])
    assert len(set(names.values())) == 2
    later = [Item(2, 60, 10, "2", 0), Item(2, 10, 10, "2", 0)]
    assert ids.name(later) == {later[0]: names[two], later[1]: names[one]}


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 200), st.integers(1, 50), st.integers(0, 9)),
        unique_by=lambda one: one[:2],
        max_size=12,
    ),
    st.integers(-5, 5),
)
def test_names_are_never_shared(places: list[tuple[int, int, int, int]], shift: int) -> None:
    ids = Ids(None, "k-1")
    items = [Item(track, start, frames, "2", first) for track, start, frames, first in places]
    names = ids.name(items)
    assert len(set(names.values())) == len(items)
    moved = [Item(one.track, one.start + shift, one.frames, "2", one.first) for one in items]
    assert set(ids.name(moved).values()) == set(names.values())


def test_a_place_from_before_a_trim_is_counted_from_there() -> None:
    ids = Ids(None, "k-1")
    (id,) = ids.name([Item(2, 100, 50, "2", 10, number="5")]).values()
    ids.name([Item(2, 120, 30, "2", 30, number="5")])
    known = ids.known(id)
    assert known is not None
    assert known.first_at(105, 5) == 10
    assert known.first_at(125, 5) == 30


def test_a_project_is_found_where_kdenlive_was_started_with_it(saved: Path) -> None:
    known = where.project_file(2**22 + 1, "film", DOCUMENT, saved)
    assert known == saved
    assert where.project_file(2**22 + 1, "film", "another", saved) is None
    assert where.name_of("film [*]/ HD 1080p 25 fps") == "film"
    assert where.name_of("Untitled[*] / HD 1080p 25 fps") == "Untitled"


def test_a_key_without_a_meaning_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert press.main(["explode"]) == 2
    assert "send" in capsys.readouterr().err
