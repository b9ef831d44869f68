"""The edit in a program that runs beside the panel: read over the bridge, and changed there."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from opticals.errors import EditError, OpticalsError, ShotError
from opticals.rendering.job import renders_folder
from opticals.timeline import carrying, marks, placement
from opticals.timeline.choosing import choose_by_recipes
from opticals.timeline.placed import version_of
from opticals_plugin.bridge import looking
from opticals_plugin.bridge.building import Built, Sidecars, build, hashes
from opticals_plugin.bridge.snapshot import Clip, read
from opticals_ui.host import Answers, EditView, HostAway, HostSelection
from opticals_ui.look.words import tr

if TYPE_CHECKING:
    from opticals.rendering.job import Render
    from opticals.timeline.carrying import Carried
    from opticals.timeline.chosen import Choice, Skipped, Wanted
    from opticals.timeline.footage import ClipFootage, Footage
    from opticals.timeline.listing import VersionView
    from opticals.timeline.relink import Report
    from opticals.timeline.shot import Shot
    from opticals_plugin.bridge.server import Bridge

_RETURN_S = 3.0  # that a connection which was cut may take to be there again


class LiveHost:
    """What `LiveFront` is a `Host` with. The edit is that of the last snapshot; each change is one
    of the program's own steps of undo, and what it made is read back and compared."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._built: Built | None = None
        self._sidecars = Sidecars()
        self._facts = looking.Facts()
        self._open: dict[tuple[str, ...], str] = {}  # keys of what was asked and not answered
        self._lock = threading.Lock()
        self._renamed: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        host = self._bridge.last
        return host.name if host else tr("Editing program")

    @property
    def _can(self) -> frozenset[str]:
        return self._bridge.last.can if self._bridge.last else frozenset()

    # What the program shows.

    def take(self, said: Any) -> bool:
        """Hold the edit that the host sent; whether it is of the same project as before.

        Raises:
            EditError: it cannot be read; the one before is held on.
        """
        snapshot = read(said)
        self._facts.expect(looking.chosen_media(snapshot), snapshot.rate)
        built = build(snapshot, self._facts.known, self._sidecars)
        with self._lock:
            before, self._built = self._built, built
            old = before.clips if before else {}
            self._renamed = {
                id: built.ids[one.id] for id, one in old.items() if one.id in built.ids
            }
        return before is not None and looking.same(before.snapshot, snapshot)

    def read_again(self) -> bool:
        """Ask the host for its edit as it is now; as `take`.

        Raises:
            HostAway, HostSlow: it does not answer.
        """
        return self.take(self._bridge.ask("edit", {}))

    def chosen(self) -> HostSelection:
        """What is selected in the host, in the names of the edit."""
        built = self._held()
        chosen, shift = built.snapshot.selection, built.shift
        ids = tuple(built.ids[one] for one in chosen.clips if one in built.ids)
        marked = chosen.range and (chosen.range[0] + shift, chosen.range[1] + shift)
        current = built.ids.get(chosen.current or "")
        return HostSelection(ids, marked, chosen.playhead + shift, current)

    def renamed(self) -> Mapping[str, str]:
        """What the clips of the edit before the last `take` are called now; without those that
        are gone."""
        return self._renamed

    def host_frame(self, record: int) -> int:
        """A record frame as the host counts it."""
        return record - (self._built.shift if self._built else 0)

    def view(self) -> EditView | None:
        built = self._built
        if built is None:
            return None
        edit, snapshot = built.edit, built.snapshot
        notes = [*edit.notes]
        if snapshot.read_only:
            notes.append(snapshot.read_only)
        if snapshot.path is None:
            folder = self.renders_folder()
            notes.append(tr("The project is not saved yet: renders go to {folder}.", folder=folder))
        notes += [f"{clip.name}: {clip.note}" for clip in built.clips.values() if clip.note]
        return EditView(
            name=snapshot.name or tr("Untitled"),
            path=snapshot.path,
            rate=edit.rate,
            drop_frame=edit.drop_frame,
            start=edit.start,
            tracks=edit.tracks(),
            modified=False,  # what is not saved is the program's own to ask about
            undo=snapshot.undo,
            redo=snapshot.redo,
            notes=tuple(dict.fromkeys(notes)),
            markers=marks.views(edit),
            sitting=snapshot.id,
        )

    def shots(self, tracks: Sequence[str], start: int, end: int) -> tuple[Shot, ...]:
        built = self._held()
        touched = [
            clip
            for id, clip in built.clips.items()
            if id.partition(":")[0] in tracks
            and clip.record + built.shift < end
            and clip.end + built.shift > start
        ]
        for clip in touched:
            if clip.kind == "other":
                raise ShotError(tr("“{name}” cannot be rendered.", name=clip.name), clip.why)
        built = self._knowing(clip.original.path for clip in touched)
        edit = built.edit
        found = edit.shots(tracks, edit.timecode(start), edit.timecode(end - 1))
        return tuple(built.stamped(one) for one in found)

    def footage(self, clips: Sequence[str]) -> Mapping[str, ClipFootage]:
        return self._held().edit.footage(clips)

    def marked(self) -> Choice:
        built = self._held()
        built = self._knowing(clip.original.path for clip in built.clips.values())
        choice = choose_by_recipes(built.edit)
        return looking.with_shots(choice, built.stamped)

    def carried(self) -> tuple[Carried, ...]:
        return carrying.carried(self._held().edit)

    def again(
        self, renders: Sequence[Carried]
    ) -> tuple[tuple[tuple[Wanted, Carried], ...], tuple[Skipped, ...]]:
        return carrying.again(self._held().edit, renders)

    def renders_folder(self) -> Path:
        path = self._held().snapshot.path
        if path is not None:
            return renders_folder(path)
        return platformdirs.user_videos_path() / "Opticals"

    def versions(self, clip: str) -> tuple[VersionView, ...]:
        return self._held().edit.versions(clip)

    def version_footage(self, clip: str, version: str | Render) -> Footage:
        built = self._held()
        found = looking.alone(built.snapshot, self._clip(built, clip), version)
        alone = build(found, self._facts.known, self._sidecars)
        return alone.edit.footage(["V1:1"])["V1:1"].shown

    # What is done in the program.

    def place(self, render: Render, how: str, time: str) -> tuple[str, ...]:
        """Have a render placed where its clip is now, and look whether it was.

        Raises:
            EditError: the clip is gone, or no longer shows the range; or the program placed other
                frames, and took that back.
            HostRefused: the program cannot, and says why.
            HostAway, HostSlow: it is not there, or has not answered.
        """
        self.read_again()
        self._knowing([Path(render.shot.media)])
        built = self._held()
        shot, clip = self._where(built, render.shot)
        first = version_of(render, "fit").frame(0)
        start = shot.record - built.shift
        if looking.stands(built.snapshot, render, start, shot.record_frames):
            return ()  # it was placed, though nobody heard that
        how, other = self._how(how, whole=(start, shot.record_frames) == (clip.record, clip.length))
        params = {
            "clip": clip.id,
            "render": {
                "name": render.name,
                "path": str(hashes(render.path)),
                "frames": render.frames,
                "rate": [render.rate.numerator, render.rate.denominator],
                "first": first,
                "first_number": render.first_number,
                "width": render.width,
                "height": render.height,
                "alpha": render.recipe.alpha,
                "timecode": render.start,
            },
            "record": [render.shot.record - built.shift, shot.record_frames],
            "offset": [start - clip.record, shot.record_frames],
            "how": how,
            "sound": "keep",
        }
        answer = self._change("place", params, (render.name, how))
        said = (*looking.messages(answer), *other)
        self.read_again()
        wrong = looking.misplaced(self._held().snapshot, answer, render, first, shot.record_frames)
        if wrong:
            self._take_back(wrong)
        return said

    def restore(self, clip: str) -> tuple[str, ...]:
        built = self._held()
        answer = self._change("restore", {"clip": self._clip(built, clip).id}, (clip,))
        return self._done(answer)

    def switch(self, clip: str, version: str) -> tuple[str, ...]:
        params = {"clip": self._clip(self._held(), clip).id, "version": version}
        return self._done(self._change("switch", params, (clip, version)))

    def drop(self, version: str) -> tuple[str, ...]:
        return self._done(self._change("drop", {"version": version}, (version,)))

    def undo(self) -> None:
        self._done(self._change("undo", {}, ()))

    def redo(self) -> None:
        self._done(self._change("redo", {}, ()))

    # What is the program's own.

    def open(self, path: Path, answers: Answers) -> None:
        raise self._own(tr("Open it in {host}.", host=self.name))

    def relink(self, folder: Path, progress: Callable[[int, int], None]) -> Report:
        raise self._own(tr("Relink its media in {host}.", host=self.name))

    def losses(self, path: Path) -> tuple[str, ...]:
        raise self._own(tr("Save it in {host}.", host=self.name))

    def save(self, path: Path) -> tuple[str, ...]:
        raise self._own(tr("Save it in {host}.", host=self.name))

    def _own(self, remedy: str) -> EditError:
        return EditError(tr("The edit is held by {host}.", host=self.name), remedy=remedy)

    def _held(self) -> Built:
        if self._built is None:
            raise EditError(
                tr("No edit is open."), remedy=tr("Select a clip in the editing program first.")
            )
        return self._built

    def _clip(self, built: Built, id: str) -> Clip:
        clip = built.clips.get(id)
        if clip is None:
            raise ShotError(tr("There is no clip {id}.", id=id))
        return clip

    def _knowing(self, media: Any) -> Built:
        """The edit with the true rates of these media, which the host may take to be others."""
        built = self._held()
        if self._facts.look([one for one in media if one is not None], built.snapshot.rate):
            known = build(built.snapshot, self._facts.known, self._sidecars)
            with self._lock:
                if self._built is built:  # the host sent no other meanwhile
                    self._built = known
            return known
        return built

    def _where(self, built: Built, shot: Shot) -> tuple[Shot, Clip]:
        """The shot as the program shows it now, and the clip that does: by the clip's own id, else
        by what is shown."""
        id = built.ids.get(shot.host_clip)
        now = placement.shown_by(built.edit, id, shot) if id is not None else None
        if now is None:
            try:
                now = placement.where(built.edit, shot)
            except OpticalsError as error:
                name = shot.name
                what = (
                    tr("“{name}” was trimmed meanwhile, or slipped.", name=name)
                    if id is not None
                    else tr("“{name}” is not in the timeline any more.", name=name)
                )
                why = tr("The render is kept; it stands in the queue.")
                raise EditError(what, why, tr("Undo that in {host}.", host=self.name)) from error
        return now, built.clips[now.id]

    def _how(self, how: str, *, whole: bool) -> tuple[str, tuple[str, ...]]:
        """How the program can take a render, nearest to what was asked; and why it is another."""
        can, host = self._can, self.name
        version = "version" in can and (whole or "partial" in can)
        if how == "version" and not version and "overlay" in can:
            part = tr(
                "{host} has no versions of a part of a clip: the render lies above.", host=host
            )
            return "overlay", (part,) if "version" in can else ()
        if how == "overlay" and "overlay" not in can and version:
            return "version", (tr("{host} has no overlays: it is a version.", host=host),)
        if not version and "overlay" not in can:
            raise EditError(tr("{host} takes no such renders.", host=host))
        return how, ()

    def _change(self, method: str, params: Mapping[str, Any], what: tuple[str, ...]) -> Any:
        """Ask for a change under a key of its own, so that it is done once however often it is
        asked for; the same key as before while nobody knows what became of it."""
        asked = (method, *what)
        with self._lock:
            key = self._open.setdefault(asked, uuid.uuid4().hex)
        host = self._bridge.host
        order = {**params, "job": key}
        try:
            answer = self._ask(method, order, host.pid if host else 0)
        except HostAway:
            self._settle(asked)  # what it did is seen when it is back
            raise
        except OpticalsError as error:
            if not isinstance(error, looking.Unanswered):
                self._settle(asked)
            raise
        self._settle(asked)
        return answer

    def forget(self, key: str | None) -> None:
        """What was asked for under this key is answered, late: asked for again it is done again,
        since it may have been undone meanwhile."""
        with self._lock:
            self._open = {asked: one for asked, one in self._open.items() if one != key}

    def _settle(self, asked: tuple[str, ...]) -> None:
        with self._lock:
            self._open.pop(asked, None)

    def _ask(self, method: str, order: Mapping[str, Any], pid: int) -> Any:
        """A connection that is cut is waited for: the same program knows what it has done."""
        try:
            return self._bridge.ask(method, order)
        except HostAway:
            back = self._bridge.wait_for_host(_RETURN_S)
            if back is None:
                raise
            done = self._bridge.ask("done", {"job": order["job"]})
            if isinstance(done, dict) and done.get("known") and done.get("answer") is not None:
                return done["answer"]
            if back.pid != pid:
                raise
            return self._bridge.ask(method, order)

    def _done(self, answer: Any) -> tuple[str, ...]:
        said = looking.messages(answer)
        self.read_again()
        return said

    def _take_back(self, wrong: str) -> None:
        """What was placed is not what should be: the program takes it back."""
        host, back = self.name, tr("Undo it in {host}.", host=self.name)
        if "undo" in self._can:
            self._change("undo", {}, ())
            self.read_again()
            back = tr("It was taken back. The render is kept, and stands in the queue.")
        raise EditError(tr("{host} placed other frames than the render's.", host=host), wrong, back)
