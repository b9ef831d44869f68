"""The states of the panel that are pictured and checked: add new ones here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from opticals import catalog
from opticals.declaration import Makes
from opticals.errors import ModelMissing
from opticals_ui.notices.board import Kind, Notice
from opticals_ui.welcome.recent import RecentEdit

from .bench import Bench, demo

State = Callable[[Bench], None]
STATES: dict[str, State] = {}


def state(build: State) -> State:
    """What sets a panel up, fresh each time, under the function's name."""
    STATES[build.__name__] = build
    return build


@state
def welcome(bench: Bench) -> None:
    bench.session.memory.put("first steps done", False)
    bench.session.beginning.steps.over = False
    bench.session.beginning.steps.changed.emit()


@state
def empty(bench: Bench) -> None:
    """Later: recent edits, one of them gone."""
    recent = [Path(f"/Volumes/Cut/{name}") for name in ("Trailer_v7_locked.otio", "Spot 30.xml")]
    bench.session.beginning.recent.edits = (
        RecentEdit(demo() / "demo_opticals.otio"),
        RecentEdit(recent[0]),
        RecentEdit(recent[1], there=False),
    )
    bench.session.beginning.recent.changed.emit()


@state
def opened(bench: Bench) -> None:
    bench.open()


@state
def selected(bench: Bench) -> None:
    bench.open()
    bench.select("V1:3")


@state
def first_steps(bench: Bench) -> None:
    bench.session.beginning.steps.over = False
    bench.open()
    bench.session.beginning.steps.changed.emit()


@state
def range_marked(bench: Bench) -> None:
    bench.open()
    selection = bench.session.selection
    bench.select("V1:3")
    selection.set_in()
    selection.step(30)
    selection.set_out()


@state
def previewed(bench: Bench) -> None:
    bench.open()
    bench.select("V1:3")
    bench.session.choice.choose("upscale")
    bench.session.preview()
    bench.wait(lambda: not bench.session.viewing.after.isNull())


@state
def notices(bench: Bench) -> None:
    """An error that can be mended, one that cannot, and news."""
    previewed(bench)
    board = bench.session.board
    bench.session.fail(
        ModelMissing(
            "The model rife is not installed.",
            "Slow motion draws the pictures between with it: 22 MB, MIT licence.",
            "Fetch it; it is kept for all edits.",
            subject="rife",
        ),
        "preview",
    )
    board.notify(Notice(Kind.INFO, "x", "V1-3_upscale_v002 is in the edit.", "", lasting=True))


@state
def question(bench: Bench) -> None:
    bench.open()
    bench.select("V1:2")
    bench.session.restore()
    bench.wait(lambda: bench.session.modified and not bench.session.busy)
    bench.panel.close()
    bench.settle(200)


@state
def offline(bench: Bench) -> None:
    """An edit whose media are elsewhere."""
    copy = bench.folder / "moved.otio"
    copy.write_text((demo() / "demo.otio").read_text().replace("media/", "gone/"))
    bench.session.open(copy)
    bench.wait(lambda: bench.session.edit is not None and not bench.session.busy)
    bench.select("V1:2")
    bench.session.preview()
    bench.settle(400)


@state
def queue(bench: Bench) -> None:
    """One render under way, two waiting."""
    bench.open("demo.otio")
    bench.session.choice.choose("upscale")
    bench.page("queue")
    for clip in ("V1:2", "V1:4", "V1:5"):
        bench.select(clip)
        bench.session.render()
        bench.settle(200)
        for worker in bench.workers:
            worker.go_on.clear()
    bench.settle(600)


@state
def queue_paused(bench: Bench) -> None:
    queue(bench)
    bench.run("queue_pause_all")
    bench.settle(300)


@state
def queue_empty(bench: Bench) -> None:
    bench.open()
    bench.page("queue")


@state
def several(bench: Bench) -> None:
    bench.open()
    bench.session.selection.select_all()
    bench.settle(400)


@state
def versions(bench: Bench) -> None:
    bench.open()
    bench.select("V1:2")
    bench.page("versions")
    bench.settle(600)


@state
def browser(bench: Bench) -> None:
    bench.open()
    bench.select("V1:2")
    bench.run("focus_effects")
    bench.settle(300)


@state
def palette_search(bench: Bench) -> None:
    bench.open()
    bench.select("V1:4")
    bench.run("palette")
    bench.panel.keyboard.palette.type("re")
    bench.settle(200)


def _section(id: str) -> State:
    def build(bench: Bench) -> None:
        bench.open()
        bench.run("preferences")
        bench.panel.keyboard.preferences.show_section(id)
        bench.settle(300)

    return build


for one in ("general", "rendering", "storage", "about"):
    STATES[f"preferences_{one}"] = _section(one)


def _effect(id: str) -> State:
    def build(bench: Bench) -> None:
        bench.open()
        bench.select("V1:3")
        bench.session.choice.choose(id)
        bench.page("effects")

    return build


for one in catalog.all_effects().values():
    if one.makes is not Makes.MARKERS:
        STATES[f"effect_{one.id}"] = _effect(one.id)


def _command(page: str, *commands: str) -> State:
    """A selected clip, and what commands bring up over it."""

    def build(bench: Bench) -> None:
        bench.open()
        bench.select("V1:2")
        if page:
            bench.page(page)
        for command in commands:
            bench.run(command)
        bench.settle(200)

    return build


COMMANDS = {  # a page of the side, and commands run in order
    "palette": ("", "palette"),
    "cheat_sheet": ("", "cheat_sheet"),
    "shortcuts": ("", "shortcuts"),
    "scopes": ("", "scopes"),
    "preflight": ("", "preflight"),
    "side_hidden": ("", "side"),
    "viewer_full": ("", "viewer_full"),
}
for name, (page, *commands) in COMMANDS.items():
    STATES[name] = _command(page, *commands)


def _compared(mode: str) -> State:
    def build(bench: Bench) -> None:
        previewed(bench)
        bench.run(f"compare_{mode}")
        bench.settle(200)

    return build


for mode in ("sides", "difference"):
    STATES[f"compare_{mode}"] = _compared(mode)
