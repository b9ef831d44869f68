"""A job settled before any work is done: what it is made from, of what frames, and how written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import av

from opticals import masks
from opticals.declaration import CUTS_MODEL, Kind, Masked
from opticals.errors import MediaError, ShotError
from opticals.media import contract
from opticals.media.colour import views
from opticals.media.facts import require_readable
from opticals.media.read import probe
from opticals.media.sequence import reading as sequences
from opticals.media.sound import tracks as sound
from opticals.media.write.encoding import Encoding
from opticals.media.write.formats import AUTO
from opticals.models import store
from opticals.rendering import deliver, device, draft, shots
from opticals.rendering.context import RenderContext
from opticals.rendering.graph import Applied
from opticals.rendering.job import Job
from opticals.rendering.outline import outline
from opticals.rendering.pipeline import Pass
from opticals.rendering.plan import digest
from opticals.timeline.timecode import can_drop, counted_at, day

if TYPE_CHECKING:
    from opticals.media.facts import Media
    from opticals.recipe import Step
    from opticals.rendering.bake import Baked
    from opticals.rendering.plan import Plan, Segment
    from opticals.timeline.shot import Shot

# Raised when the engine itself changes what frames look like; part of every segment's hash.
ENGINE = 3


@dataclass(frozen=True)
class Prepared:
    """A job settled: everything decided that the pictures depend on."""

    job: Job
    media: Media
    view: views.View | None
    settled: device.Settled
    plan: Plan
    baked: Baked | None  # the order in which a baked render shows what is planned
    encoding: Encoding  # of the segments
    delivered: Encoding  # of the file they are joined to
    sound: sound.Sound | None
    steps: tuple[Applied, ...]  # first passes not done yet
    size: tuple[int, int]
    facts: dict[str, Any]  # what all segments' names are made from
    losses: tuple[str, ...]  # what the source has and the render has not, in words
    segments: tuple[Segment, ...]  # those of the plan that hold a frame of the file
    order: Sequence[int]  # the output of the plan that each frame of the file shows

    @property
    def head(self) -> int:
        """Frames of the file before the selection."""
        return self.plan.head if self.baked is None else self.baked.head

    @property
    def selected(self) -> int:
        """Frames of the file that stand for the selection."""
        return self.plan.selected if self.baked is None else self.baked.selected

    @property
    def start(self) -> int:
        """Timecode of the file's first frame: of the whole source frame that it shows, or the
        one before it; at another rate counted from the selection's first frame; of a baked
        render that of the record track."""
        if self.baked is not None:
            start = self.baked.record
        else:
            start = source_start(self.media, self.job.shot)
            if self.delivered.rate == self.media.rate:
                start += math.floor(self.plan.source(-self.plan.head))
            else:
                start = counted_at(
                    start + self.plan.first,
                    self.media.rate,
                    self._source_drops,
                    self.delivered.rate,
                )
                start -= self.plan.head
        if self.delivered.pictures is not None and not self.delivered.pictures.timecode:
            return start  # the number of a file
        return start % day(self.delivered.rate, self.drop_frame)

    @property
    def contract(self) -> contract.Contract:
        """What the finished file must prove; the fingerprints are added when they are known."""
        return contract.Contract(
            frames=len(self.order),
            rate=self.delivered.rate,
            width=self.size[0],
            height=self.size[1],
            pixel_aspect=self.media.pixel_aspect,
            start=self.start,
            drop_frame=self.drop_frame,
            tags=self.encoding.stated,
            field_order=self.encoding.field_order,
            siting=self.encoding.stated_siting,
            hdr=self.encoding.hdr,
            bits=self.encoding.coding.layout.bits,
            alpha=self.encoding.coding.layout.alpha,
            pictures=self.delivered.pictures,
        )

    @property
    def key(self) -> str:
        """The identity of the finished render, which serves again if all that its file says
        beside its pictures is alike too."""
        facts = {
            **self.facts,
            "start": self.start,
            "drop_frame": self.drop_frame,
            "sound": self.sound.to_json() if self.sound else None,
            "container": self.delivered.container,
            "first": str(self.plan.source(self.order[0])),
            "frames": len(self.order),
        }
        if self.baked is not None:
            facts |= {"rate": str(self.delivered.rate), "order": self.baked.order}
        return digest(facts)

    @property
    def drop_frame(self) -> bool:
        """Timecode counts as the medium's own does, or the edit's where it has none and in a
        baked render."""
        own = self.job.shot.drop_frame if self.baked is not None else self._source_drops
        return own and can_drop(self.delivered.rate)

    @property
    def _source_drops(self) -> bool:
        """Whether the medium's timecode is counted drop-frame."""
        if self.media.start is not None:
            return self.media.drop_frame
        return self.job.shot.drop_frame and can_drop(self.media.rate)

    @property
    def suffix(self) -> str:
        return self.delivered.suffix

    @property
    def name(self) -> str:
        """What the render is called, without its version: `V1-3_upscale`."""
        output = self.job.output
        what = (output.name or self.job.recipe.name) + ("_draft" if output.draft else "")
        if self.baked is not None and output.bake:
            what += "_baked"
        if self.encoding.alpha:
            what += f"_{self.encoding.alpha}"
        return deliver.base_name(self.job.shot.id, what)

    def require_same(self) -> None:
        """Raises a MediaError if a file that the render is made of is not what it was when the job
        began."""
        began = {self.job.shot.media: self.facts["source"], **self.facts.get("files", {})}
        for path, identity in began.items():
            try:
                found = probe.identity(path)
            except MediaError as gone:
                raise MediaError(
                    f"{path} went away while it was rendered.",
                    gone.what,
                    "Bring it back and ask again; what was rendered of it, counts.",
                ) from gone
            if found != identity:
                raise MediaError(
                    f"{path} was changed while it was rendered.",
                    "Frames of the one and of the other would be mixed.",
                    "Ask again when nobody writes to it; what was rendered of it as it is now, "
                    "counts.",
                )

    @contextmanager
    def working(self, beat: Callable[[str], None]) -> Iterator[RenderContext]:
        """What effects of this job are handed; in the end all files are given back."""
        shot, seed = self.job.shot, self.job.recipe.seed
        with ExitStack() as opened:
            for one in self.steps:
                if one.mask is not None:
                    opened.callback(one.mask.close)
            # What was said of the shot's colours goes for what is put beside it and says nothing.
            untagged = self.view if self.job.interpretation.colour_space else None
            context = RenderContext(self.settled, seed, beat, self.view, shot.first, untagged)
            opened.callback(context.close)
            yield context

    def work(self) -> Pass:
        return Pass(
            self.media,
            self.job.interpretation,
            self.plan,
            self.steps,
            self.encoding,
            self.job.output.draft,
            self.job.recipe.scale,
        )


def source_start(media: Media, shot: Shot) -> int:
    """Timecode of the medium's frame 0: its own, or the edit's count where it carries none."""
    return media.start if media.start is not None else shot.media_start


def prepare(job: Job) -> Prepared:
    """Settle a job: probe, device, models, plan, encoding. Writes nothing.

    Raises:
        OpticalsError: whatever stands in the way, before any work is done.
    """
    shot, recipe, output = job.shot, job.recipe, job.output
    recipe.require_settings()
    # Taken before anything is read of them, so that what changes meanwhile shows.
    source, files = probe.identity(shot.media), {one: probe.identity(one) for one in recipe.files()}
    media = probe.probe(shot.media, shot.rate).conformed(shot.rate)
    require_readable(media, job.interpretation)
    if output.format in ("exr", AUTO) and not output.draft:
        media = sequences.whole(media)
    if media.rate != shot.rate:
        raise ShotError(
            f"The medium of {shot.id} “{shot.name}” does not run at the rate that the edit "
            "gives for it.",
            f"{shot.media} has {float(media.rate):.3f} frames per second; "
            f"for the edit it has {float(shot.rate):.3f}.",
            "Relink the clip to the medium that the edit was made with, or conform this one to "
            "that rate.",
        )
    names = recipe.models(device.settle(job.device).type)
    models = {model: store.digest(model) for model in names}  # raises when one is not installed
    settled = device.settle(job.device, [one for one in names if one != CUTS_MODEL])
    planned = outline(job, media)
    steps = tuple(_applied(one, media, shot, output.draft) for one in recipe.steps)
    view = views.view_of(media.tags, job.interpretation.colour_space)
    encoding, the_plan = planned.encoding, planned.plan
    facts: dict[str, Any] = {
        "engine": ENGINE,
        "source": source,
        "interpretation": job.interpretation.to_json(),
        "view": view.key if view else "",
        "recipe": recipe.to_json(),
        "models": models,
        "device": settled.to_json(),
        "codecs": {name: list(number) for name, number in sorted(av.library_versions.items())},
        "pictures": version("OpenImageIO") if media.is_sequence or encoding.pictures else "",
        "encoding": encoding.bits(),
        "draft": output.draft,
    }
    if files:
        facts |= {
            "files": files,
            "masks": [one.mask.key for one in steps if isinstance(one.mask, masks.Mask)],
        }
    if recipe.files(Kind.MEDIUM):
        # Clips that lie beside the medium begin with the selection.
        facts["anchor"] = shot.first
    if recipe.temporal:
        facts["cuts"] = shots.VERSION
    if recipe.surveys:
        facts["surveyed"] = [str(the_plan.source(-the_plan.head)), the_plan.frames]
    ready = Prepared(
        job=job,
        media=media,
        view=view,
        settled=settled,
        plan=the_plan,
        baked=planned.baked,
        encoding=encoding,
        delivered=planned.delivered,
        sound=planned.sound,
        steps=steps,
        size=planned.size,
        facts=facts,
        losses=planned.losses,
        segments=tuple(planned.segments),
        order=planned.order,
    )
    segments = ready.segments
    first, last = (the_plan.source(one) for one in (segments[0].start, segments[-1].stop))
    sequences.require_files(media, job.interpretation, math.floor(first), math.ceil(last))
    return ready


def _applied(step: Step, media: Media, shot: Shot, drafted: bool) -> Applied:
    effect, settings = step.declaration, step.configured
    mask = None
    if isinstance(settings, Masked) and settings.mask:
        mask = masks.load(settings, media, shot.first, shot.frames)  # of the medium's size
    return Applied(effect, draft.halved(effect, settings) if drafted else settings, mask)
