"""A job as it is shown: its state in words, how far it is, how long it will take."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from opticals import catalog
from opticals.errors import OpticalsError
from opticals.jobs.entries import Entry, Flags, State
from opticals.rendering.job import Job, Render
from opticals_ui.effects.delivery import Delivery
from opticals_ui.look.words import number, tr, tr_text


@dataclass(frozen=True)
class Origin:
    """The edit that a job was asked for in: which one of those opened so far, and its name.
    `generation` is -1 where another panel, or none, asked; `path` is where it was saved since,
    or ""; `sitting` as of its `EditView`."""

    generation: int
    name: str
    path: str = ""
    sitting: str = ""


@dataclass(frozen=True)
class JobView:
    """A job as it is shown.

    Attributes:
        origin: the edit it is for.
        delivery: how it is to go back, as it was chosen when it was asked for.
        stage, done, total, note: where it is, in the worker's words.
        rate: units done per second in this stage; 0 when unknown yet.
        render: what came of it.
        position: its place in the order of what is to be rendered.
        claimed: whether somebody renders it now.
        deaths: how often its worker died.
        picture: the file of a small picture of the render; "" when there is none.
        estimate: seconds that all of it will take, as guessed before; 0 when nobody guessed.
        settled: whether it was placed once, or could not be and the user was told why: from then on
            it is the user's to say what becomes of it.
    """

    job: Job
    delivery: Delivery
    origin: Origin
    state: State = State.WAITING
    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    rate: float = 0.0
    render: Render | None = None
    error: OpticalsError | None = None
    position: int = 0
    claimed: bool = False
    deaths: int = 0
    picture: str = ""
    estimate: float = 0.0
    settled: bool = False

    @property
    def active(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING, State.PAUSED)

    @property
    def failed(self) -> bool:
        return self.state in (State.FAILED, State.STOPPED)

    @property
    def edit(self) -> str:
        """The path of the edit that it is for; "" when that has none."""
        return self.origin.path or self.job.shot.edit

    @property
    def title(self) -> str:
        return f"{self.job.shot.id} {self.job.shot.name} · {self.effects}"

    @property
    def effects(self) -> str:
        """What its effects are called; an id where this installation lacks the effect."""
        known = catalog.all_effects()
        ids = (one.effect for one in self.job.recipe.steps)
        return " + ".join(tr_text(known[id].label) if id in known else id for id in ids)

    @property
    def share(self) -> float:
        """How much of it is rendered, from 0 to 1."""
        if self.stage in ("join", "verify"):
            return 1.0
        return self.done / self.total if self.stage == "render" and self.total else 0.0

    @property
    def left(self) -> float:
        """Seconds until it is done; 0 when nobody knows."""
        if self.stage == "render" and self.rate:
            return (self.total - self.done) / self.rate
        return self.estimate * (1 - self.share)

    @property
    def status(self) -> str:
        """The state in words, with frames, rate and time left while it runs."""
        if self.state is State.RUNNING:
            return self.progress
        if self.state is State.PAUSED and self.done:
            at = tr("{done} of {total}", done=self.done, total=self.total)
            return f"{words(self.state)} · {at}"
        return words(self.state)

    @property
    def progress(self) -> str:
        """How far it is while it runs."""
        parts = [stage(self.stage)] if self.stage else [tr("Starting")]
        if self.total and self.stage in ("render", "verify"):
            parts.append(f"{self.done} / {self.total}")
        if self.stage == "render" and self.rate:
            parts += [pace(self.rate), tr("{time} left", time=duration(self.left))]
        return " · ".join(part for part in (*parts, self.note) if part)

    @property
    def files(self) -> tuple[Path, ...]:
        """What programs are handed: the render's file; of a sequence its folder."""
        if self.render is None:
            return ()
        path = self.render.path
        return (path.parent if self.render.first_number is not None else path,)

    @property
    def details(self) -> str:
        """All there is to know, for the clipboard."""
        lines = [self.title, f"{words(self.state)} · {self.origin.name}", self.job.shot.media]
        if self.render is not None:
            seconds = self.render.details.get("seconds", 0)
            lines += [
                str(self.render.path),
                f"{self.render.width}x{self.render.height} {self.render.rate} fps "
                f"{self.render.frames} frames {self.render.format}, {seconds:.1f} s",
            ]
        if self.error is not None:
            lines.append(str(self.error))
        return "\n".join(lines)


@dataclass(frozen=True)
class Asked:
    """What a panel keeps with a job, so that it is found again when the panel is."""

    delivery: Delivery = field(default_factory=Delivery)
    name: str = ""
    generation: int = -1
    panel: str = ""
    path: str = ""
    sitting: str = ""
    settled: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "delivery": dict(vars(self.delivery))}

    @staticmethod
    def from_json(data: Mapping[str, Any], panel: str) -> Asked:
        """What was kept; of other panels, or other versions, as much as can be used.

        Args:
            panel: the one that asks: which edits were opened in another says nothing here.
        """
        known = {one.name for one in fields(Delivery)}
        kept = data.get("delivery")
        kept = kept if isinstance(kept, dict) else {}
        delivery = Delivery(**{name: value for name, value in kept.items() if name in known})
        mine = data.get("panel") == panel
        generation = data.get("generation", -1) if mine else -1
        name, path, sitting = (str(data.get(key, "")) for key in ("name", "path", "sitting"))
        settled = data.get("settled") is True
        return Asked(delivery, name, generation, panel if mine else "", path, sitting, settled)


def view_of(entry: Entry, panel: str) -> JobView:
    """An entry of the queue as it is shown in this panel."""
    asked, far = Asked.from_json(entry.asked, panel), entry.progress
    return JobView(
        entry.job,
        asked.delivery,
        Origin(asked.generation, asked.name, asked.path, asked.sitting),
        entry.state,
        far.stage,
        far.done,
        far.total,
        far.note,
        far.rate,
        entry.render,
        entry.error,
        entry.position,
        entry.worker is not None,
        entry.deaths,
        entry.picture,
        entry.estimate,
        asked.settled,
    )


def further(old: JobView | None, new: JobView) -> JobView:
    """The new view, but not behind what the worker said itself meanwhile."""
    if (
        old is not None
        and (old.state, old.stage) == (State.RUNNING, new.stage)
        and new.state is State.RUNNING
        and old.done > new.done
    ):
        return replace(new, done=old.done, note=old.note, rate=old.rate)
    return new


def words(state: State) -> str:
    """A state in the user's language."""
    return {
        State.WAITING: tr("Waiting"),
        State.RUNNING: tr("Rendering"),
        State.PAUSED: tr("Paused"),
        State.RENDERED: tr("Rendered, not placed"),
        State.PLACED: tr("Placed"),
        State.FAILED: tr("Failed"),
        State.STOPPED: tr("Stopped"),
    }[state]


def stage(name: str) -> str:
    """A stage of a job in the user's language."""
    known = {
        "models": tr("Fetching models"),
        "look": tr("Looking"),
        "render": tr("Rendering"),
        "join": tr("Joining"),
        "verify": tr("Verifying"),
    }
    return known.get(name, name)


def pace(rate: float) -> str:
    """Frames per second, or seconds per frame where it takes long."""
    if rate >= 0.1:
        return tr("{number} fps", number=number(rate, 1))
    return tr("{number} s per frame", number=number(1 / rate))


def duration(seconds: float) -> str:
    """`0:42`, `12:05` or `3:04:09`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def why_waiting(view: JobView, ahead: int, flags: Flags, now: float, foreign: str) -> str:
    """What a job that waits is waiting for.

    Args:
        ahead: jobs that come before it.
        now: seconds since 1970.
        foreign: who renders instead of this panel, in words; "" when this one does.
    """
    if flags.paused:
        return tr("Waiting: the queue is paused")
    if flags.start_at > now:
        at = time.strftime("%H:%M", time.localtime(flags.start_at))
        return tr("Waits until {time}", time=at)
    if view.deaths:
        return tr("Goes on where it was: its worker died")
    if ahead:
        return tr("After %n other(s)", count=ahead)
    return tr("Next, rendered by {who}", who=foreign) if foreign else tr("Next")
