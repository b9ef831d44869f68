"""What can go wrong, said so that an editor can act on it.

Every error carries what happened, why, and what to do. They travel as JSON between the
worker and whoever asked, and come out there as the same class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


class OpticalsError(Exception):
    """Base of every error that is meant for people.

    Args:
        what: one sentence: what happened, naming the file, clip or setting.
        why: the cause, when it is known.
        remedy: what the user can do now.
        subject: the id of what it is about, for programs that offer the remedy themselves.
    """

    def __init__(self, what: str, why: str = "", remedy: str = "", subject: str = "") -> None:
        super().__init__(what, why, remedy, subject)
        self.what = what
        self.why = why
        self.remedy = remedy
        self.subject = subject

    def __str__(self) -> str:
        return "\n".join(part for part in (self.what, self.why, self.remedy) if part)

    def to_json(self) -> dict[str, str]:
        return {
            "error": type(self).__name__,
            "what": self.what,
            "why": self.why,
            "remedy": self.remedy,
            "subject": self.subject,
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> OpticalsError:
        """The error that `to_json` wrote, as the class it was (the base when unknown)."""
        known = {cls.__name__: cls for cls in _descendants(OpticalsError)}
        cls = known.get(str(data.get("error")), OpticalsError)
        parts = ("what", "why", "remedy", "subject")
        return cls(*(str(data.get(part, "")) for part in parts))

    @classmethod
    def wrap(cls, what: str, cause: BaseException, remedy: str = "") -> Self:
        """An error of this class that gives `cause` as its why."""
        return cls(what, f"{type(cause).__name__}: {cause}", remedy)


class EditError(OpticalsError):
    """The edit cannot be read, written or changed as asked."""


class AnswerNeeded(EditError):
    """An edit leaves something open that changes what it shows, and the user has to say.

    `subject` holds the argument of `Edit.open` that answers, and the choices, a line each.
    """

    @classmethod
    def about(
        cls, what: str, why: str, remedy: str, argument: str, choices: Iterable[object]
    ) -> Self:
        return cls(what, why, remedy, "\n".join((argument, *map(str, choices))))

    @property
    def argument(self) -> str:
        """Of `Edit.open`: `rate`, `sequence` or `written_by`."""
        return self.subject.partition("\n")[0]

    @property
    def choices(self) -> tuple[str, ...]:
        """What it can be, the value before the first space; others may be possible too."""
        return tuple(self.subject.split("\n")[1:])


class ShotError(OpticalsError):
    """The selection does not name frames that can be rendered."""


class NothingAsked(ShotError):
    """No marker of an edit asks for anything."""


class MediaError(OpticalsError):
    """A medium is missing, offline, unreadable, or of a kind that cannot be handled."""


class MediaOffline(MediaError):
    """A medium that an edit names, or should name, is not there: relinking may find it."""


class FieldsOpen(MediaError):
    """An interlaced medium whose fields nobody chose what to make of; `subject` is its path."""


class SettingError(OpticalsError):
    """An unknown effect, an unknown setting, or a value out of its bounds."""


class PresetError(OpticalsError):
    """A preset cannot be read, is none, or cannot be kept."""


class ModelError(OpticalsError):
    """A model is missing, cannot be fetched, or is not the file it should be."""


class ModelMissing(ModelError):
    """A model in the catalogue is not installed; `subject` is its id."""


class ModelBlocked(ModelError):
    """A model whose licence does not allow commercial use, where only such may be used;
    `subject` is its id."""


class FormatError(OpticalsError):
    """The output format cannot hold what the render must carry."""


class OutputError(OpticalsError):
    """The output cannot be written: no space, no permission, or a path that is a source."""


class DiskFull(OutputError):
    """There is no space left where the output goes."""


class VerifyError(OpticalsError):
    """A file does not keep the frame contract."""


class DeviceError(OpticalsError):
    """The compute device is missing, or has too little memory."""


class WorkerError(OpticalsError):
    """The worker process died or answered something it should not."""


class QueueError(OpticalsError):
    """The queue of jobs cannot be read or written, or has no such job."""


class Cancelled(OpticalsError):
    """The work was stopped on request; finished segments are kept."""

    def __init__(
        self, what: str = "Stopped.", why: str = "", remedy: str = "", subject: str = ""
    ) -> None:
        remedy = remedy or "Ask for the same render again to go on from here."
        super().__init__(what, why, remedy, subject)


def _descendants(cls: type[OpticalsError]) -> set[type[OpticalsError]]:
    children = set(cls.__subclasses__())
    return children.union(*(_descendants(child) for child in children))
