"""The panel's state and what it can do, without widgets: the whole job can be driven from here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from opticals.errors import (
    AnswerNeeded,
    Cancelled,
    DiskFull,
    FieldsOpen,
    ModelMissing,
    OpticalsError,
    ShotError,
)
from opticals.rendering.job import Job, Output
from opticals.timeline.chosen import Choice as Chosen
from opticals.timeline.chosen import Wanted
from opticals.viewer.client import Viewer
from opticals_ui.background import Background
from opticals_ui.desk import Desk
from opticals_ui.effects.choice import Choice, Delivery
from opticals_ui.effects.fetching import Fetching
from opticals_ui.effects.model_states import ModelStates
from opticals_ui.effects.preset_shelf import PresetShelf
from opticals_ui.effects.source import Source
from opticals_ui.host import Can
from opticals_ui.look.words import tr
from opticals_ui.masks.masking import Masking
from opticals_ui.memory import Memory
from opticals_ui.notices import reports
from opticals_ui.notices.board import Answer, Kind, Notice
from opticals_ui.placing import Placing
from opticals_ui.preflight.foreseer import Foreseeing, Foreseer
from opticals_ui.preflight.preflight import TOPIC as BEFORE
from opticals_ui.preflight.preflight import Preflight
from opticals_ui.queue.jobs import Origin, StartWorker
from opticals_ui.queue.offering import Offering
from opticals_ui.reloading import Reloading
from opticals_ui.timeline.film import Film
from opticals_ui.versions.versions import Versions
from opticals_ui.viewer.showing import Showing
from opticals_ui.viewer.sights import Sights, StartProjector
from opticals_ui.viewer.viewing import Viewing
from opticals_ui.welcome.beginning import Beginning

if TYPE_CHECKING:
    from opticals_ui.host import Host
    from opticals_ui.timeline.picking import Range

PLAYING = "viewer"  # why renders stand still


class Session(Desk):
    """One edit in a host, the selection in it, the choice of effect, and the jobs.

    `storage_wanted`: room is to be made on the disk.
    """

    storage_wanted = Signal()

    def __init__(
        self,
        host: Host,
        start_worker: StartWorker,
        start_viewer: StartProjector = Viewer,
        foreseer: Foreseeing | None = None,
    ) -> None:
        super().__init__(host, start_worker)
        self.sights = Sights(start_viewer, self)
        # What is seen of an edit in a file is read between its changes; of one that a program
        # holds at any time, and nothing that looks into media is waited for.
        own = Can.OPEN in host.can
        self._reading = self._background if own else Background(self)
        self.film = Film(host, self._reading, start_viewer, self)
        self.memory = Memory(self)
        self.memory.unkept.connect(self._note_unkept)
        self.errands = Background(self)  # of the panel itself: they do not make the host busy
        self.source = Source(self.selection, self)
        self.choice = Choice(self.selection, self)
        self.models = ModelStates(self.jobs, self.errands, self)
        self.presets = PresetShelf(self.board, self.errands, self)
        self.beginning = Beginning(self, self._background)
        self.viewing = Viewing(self.selection, self.choice, self.jobs, self._background)
        self.showing = Showing(
            host,
            self.selection,
            self.viewing,
            self.choice,
            self.memory,
            self._reading,
            self.sights,
            parent=self,
        )
        self.edit_changed.connect(self.showing.take_edit)
        self.masking = Masking(self)
        self.placing = Placing(self)
        self.fetching = Fetching(self)
        self.reloading = Reloading(self)
        self.versions = Versions(self)
        self.versions.compare_wanted.connect(self.showing.compare)
        self.preflight = Preflight(self, foreseer or Foreseer(self))
        self.replaced.connect(self.viewing.forget)
        self.replaced.connect(self.choice.forget)
        self.viewing.wanted.connect(self._preview_quietly)
        self.viewing.failed.connect(lambda error: self.fail(error, "preview"))
        self.jobs.failed.connect(self._job_failed)
        self.jobs.troubled.connect(lambda error: self.fail(error, "queue"))
        self.jobs.died.connect(self._note_death)
        self.offering = Offering(self)
        self.showing.player.changed.connect(self._make_way)

    @property
    def held_here_alone(self) -> bool:
        return super().held_here_alone or self.reloading.lost

    @property
    def undoable(self) -> bool:
        """Whether there is something to undo: of the mask while one is drawn, else of the edit."""
        if self.masking.document is not None:
            return self.masking.document.undoable
        return self.edit is not None and bool(self.edit.undo)

    @property
    def redoable(self) -> bool:
        if self.masking.document is not None:
            return self.masking.document.redoable
        return self.edit is not None and bool(self.edit.redo)

    def undo(self) -> None:
        if self.masking.document is not None:
            self.masking.document.undo()
        else:
            super().undo()

    def redo(self) -> None:
        if self.masking.document is not None:
            self.masking.document.redo()
        else:
            super().redo()

    def preview(self, count: int = 1) -> None:
        """Render the frame under the playhead, which goes to the selection's nearest one where it
        stands outside; or several, which then play round and round."""
        wanted, playhead = self.selection.range, self.selection.playhead
        if wanted is not None and not wanted.start <= playhead < wanted.end:
            self.selection.move_to(min(max(playhead, wanted.start), wanted.end - 1))
        look = self.viewing.look(count)
        self._with_jobs("preview", self._looked_at, lambda jobs, _: self.viewing.ask(jobs, look))

    def render(self) -> None:
        """Render every shot of the selection; each is placed when it is done."""
        self._with_jobs("render", self._selected, self._begin())

    def render_for(
        self, asked: Callable[[int], None], refused: Callable[[OpticalsError], None]
    ) -> None:
        """The same for who is to know how many jobs that makes, or why none."""
        begin = self._begin()

        def go_on(jobs: tuple[Job, ...], choice: Chosen) -> None:
            begin(jobs, choice)
            asked(len(jobs))

        self._with_jobs("render", self._selected, go_on, refused=refused)

    def render_draft(self) -> None:
        """The same at half the size, to be replaced by the final."""
        draft = replace(self.choice.delivery, draft=True)
        self._with_jobs("render", self._selected, self._begin(draft), draft)

    def ask_for(self, job: Job, delivery: Delivery) -> None:
        """Render a job that was made elsewhere, for the edit that is shown."""
        try:
            self.jobs.render(self._as_read(job), delivery, self._origin)
        except OpticalsError as error:
            self.fail(error, job.id)

    def render_marked(self) -> None:
        """Render what the edit's markers ask for; each is placed when it is done."""
        self._with_jobs("render", lambda: self.host.marked, self._begin())

    def retry(self, job_id: str) -> None:
        """Render a job again that failed or was stopped, its medium read as is chosen now."""
        view = self.jobs.find(job_id)
        self.board.dismiss(job_id)
        try:
            self.jobs.render(self._as_read(view.job), view.delivery, view.origin)
        except OpticalsError as error:
            self.fail(error, job_id)

    def choose_fields(self, medium: str, fields: str, topic: str) -> None:
        """Settle what becomes of an interlaced medium's fields, and ask again for what stopped
        for it: the preview, or every job."""
        self.choice.interpret(medium, fields=fields)
        if topic == "preview":
            self.preview()
        else:
            for job_id in self.stopped_by(FieldsOpen, medium):
                self.retry(job_id)

    def cancel(self) -> None:
        """Stop every job, the preview, and the search for media."""
        self.jobs.cancel_all()
        self.relinking.stop()

    def close(self) -> None:
        """End the worker and the work under way; jobs stay in the queue."""
        self.relinking.stop()
        self.jobs.close()
        self.source.close()
        self.versions.close()
        self.preflight.close()
        self.models.close()
        self.showing.close()
        self.sights.close()
        self.film.close()
        self.reloading.close()
        self.beginning.close()
        self._following.close()
        self._reading.close()
        if self._reading is not self._background:
            self._background.close()
        self.errands.close()

    def remedies(self, error: OpticalsError, topic: str) -> Iterator[Answer]:
        yield from super().remedies(error, topic)
        if isinstance(error, ModelMissing) and error.subject:
            yield Answer(tr("Get the model"), partial(self.fetching.get, error.subject))
        if isinstance(error, DiskFull):
            yield Answer(tr("Make room…"), self.storage_wanted.emit)
            # a job that was asked for keeps its folder
            if topic == BEFORE and Can.SAVE in self.host.can:
                elsewhere = partial(self.saving.wanted.emit, None)
                yield Answer(tr("Save elsewhere…"), elsewhere)
        if isinstance(error, FieldsOpen) and error.subject:
            for words, fields in (
                (tr("Deinterlace"), "deinterlace"),
                (tr("Keep fields"), "keep"),
            ):
                act = partial(self.choose_fields, error.subject, fields, topic)
                yield Answer(words, act)

    def _selected(self) -> Callable[[], Chosen]:
        """Takes the shots of the selection as it is now, with the recipe as it is now."""
        taking = self._taking(self.selection.ranges)
        self.choice.keep()
        return taking

    def _looked_at(self) -> Callable[[], Chosen]:
        """As `_selected`, of several clips the one selected last alone."""
        return self._taking((self.selection.range,) if self.selection.range else ())

    def _taking(self, wanted: tuple[Range, ...]) -> Callable[[], Chosen]:
        if not wanted:
            raise ShotError(
                tr("Nothing is selected."), remedy=tr("Click a clip, or mark a range with I and O.")
            )
        recipe = self.choice.recipe()

        def take() -> Chosen:
            shots = [
                shot for one in wanted for shot in self.host.shots(one.tracks, one.start, one.end)
            ]
            return Chosen(tuple(Wanted(one, recipe) for one in shots), ())

        return take

    def _note_unkept(self, file: str) -> None:
        self.board.notify(reports.unkept(file))

    def set_live(self, live: bool) -> None:
        """Whether previews follow the settings by themselves; kept from run to run."""
        self.memory.put("live", live)
        self.viewing.set_live(live)

    def _preview_quietly(self) -> None:
        """A live preview: nobody asked for it, so that nothing is said on the board."""
        look = self.viewing.look()

        def ask(jobs: tuple[Job, ...], _: Chosen) -> None:
            self.viewing.ask(jobs, look, quiet=True)

        self._with_jobs("", self._looked_at, ask)

    @property
    def _origin(self) -> Origin:
        """Of jobs for the edit that is shown."""
        edit = self.edit
        return Origin(
            self._editions.shown, edit.name if edit else "", sitting=edit.sitting if edit else ""
        )

    def _begin(self, delivery: Delivery | None = None) -> Callable[[tuple[Job, ...], Chosen], None]:
        """Starts jobs, delivered as is chosen now if nothing else is said."""
        forecast = None if delivery or self.preflight.stale else self.preflight.forecast
        estimates = tuple(one.seconds.likely for one in forecast.items) if forecast else ()
        delivery = delivery or self.choice.delivery
        origin = self._origin

        def begin(jobs: tuple[Job, ...], choice: Chosen) -> None:
            notes = [note for job in jobs for note in job.shot.notes]
            if notice := reports.started(notes, choice.skipped, choice.wrong):
                self.board.notify(notice)
            known = estimates if len(estimates) == len(jobs) else (0.0,) * len(jobs)
            for job, seconds in zip(jobs, known, strict=True):
                self.board.dismiss(job.id)  # what went wrong with it the last time
                self.jobs.render(job, delivery, origin, seconds)

        return begin

    def _with_jobs(
        self,
        topic: str,
        chosen: Callable[[], Callable[[], Chosen]],
        go_on: Callable[[tuple[Job, ...], Chosen], None],
        delivery: Delivery | None = None,
        refused: Callable[[OpticalsError], None] = lambda error: None,
    ) -> None:
        """Make jobs of what is chosen, delivered as is chosen now if nothing else is said.

        Args:
            topic: of what goes wrong; "" where nobody asked, and nothing is said.
            refused: who else is told what goes wrong.
        """
        delivery = delivery or self.choice.delivery
        try:
            choose = chosen()
        except OpticalsError as error:
            refused(error)
            self.fail(error, topic)
            return

        def made(what: tuple[tuple[Job, ...], Chosen]) -> None:
            try:
                go_on(tuple(map(self._as_read, what[0])), what[1])
            except OpticalsError as error:
                refused(error)
                self.fail(error, topic)

        def failed(error: OpticalsError) -> None:
            refused(error)
            path = self.edit.path if self.edit else None
            if isinstance(error, AnswerNeeded) and path is not None:
                self._ask(error, path, self._answers)
            else:
                self.fail(error, topic)

        self._run(topic, self._editions.on_shown(self._making(choose, delivery)), made, failed)

    def jobs_now(
        self,
        done: Callable[[tuple[Job, ...]], None],
        failed: Callable[[OpticalsError], None],
    ) -> None:
        """What `render` would ask for now, without asking for it."""
        try:
            make = self._making(self._taking(self.selection.ranges), self.choice.delivery)
        except OpticalsError as error:
            failed(error)
            return
        self.glance(make, lambda made: done(tuple(map(self._as_read, made[0]))), failed)

    def _making(
        self, choose: Callable[[], Chosen], delivery: Delivery
    ) -> Callable[[], tuple[tuple[Job, ...], Chosen]]:
        """Makes jobs of what is chosen, where the host works."""

        def make() -> tuple[tuple[Job, ...], Chosen]:
            output = Output(
                self.host.renders_folder(),
                delivery.format,
                delivery.handles,
                delivery.draft,
                container=delivery.container,
                target=delivery.target,
                bake=delivery.bake or Can.RETIME not in self.host.can,
            )
            choice = choose()
            return tuple(Job(one.shot, one.recipe, output) for one in choice.wanted), choice

        return make

    def stopped_by(self, kind: type[OpticalsError], subject: str) -> list[str]:
        """The jobs that failed for one reason, by their ids."""
        return [
            view.job.id
            for view in self.jobs.views
            if view.failed and isinstance(view.error, kind) and view.error.subject == subject
        ]

    def _as_read(self, job: Job) -> Job:
        return replace(job, interpretation=self.choice.interpretation(job.shot.media))

    def _make_way(self) -> None:
        """Renders stand still while the viewer plays, which needs the machine."""
        if self.showing.player.playing:
            self.jobs.hold(PLAYING)
        else:
            self.jobs.release(PLAYING)

    def _job_failed(self, job_id: str, error: OpticalsError) -> None:
        asks = isinstance(error, (Cancelled, FieldsOpen, ModelMissing))  # these help by themselves
        again = Answer(tr("Render again"), partial(self.retry, job_id))
        self.fail(error, job_id, *(() if asks else (again,)))

    def _note_death(self, error: OpticalsError) -> None:
        if self.jobs.at_work is not None:
            again = tr("The render goes on by itself from what is finished of it.")
            self.board.notify(Notice(Kind.INFO, "worker", error.what, error.why, again))
