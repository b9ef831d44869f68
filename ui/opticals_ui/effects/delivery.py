"""How a render is written and how it goes back into the edit, as settings for a form."""

from __future__ import annotations

from dataclasses import dataclass

from opticals.declaration import Setting, Value
from opticals.media.write.formats import CHOICES, CONTAINERS, DEFAULT_FORMAT, FORMATS, TARGETS
from opticals.rendering.job import HANDLES
from opticals_ui.look.words import tr


@dataclass(frozen=True)
class Delivery:
    """How a render is written and goes back. The ids are those of the command line."""

    place: str = "version"
    time: str = "fit"
    format: str = DEFAULT_FORMAT
    container: str = ""
    target: str = "generic"
    handles: int = HANDLES
    draft: bool = False
    bake: bool = False

    @property
    def containers(self) -> tuple[str, ...]:
        """The containers to choose from: "" is the format's usual one."""
        chosen = FORMATS.get(self.format)
        return ("", *chosen.containers[1:]) if chosen else ("",)


def delivery_settings(delivery: Delivery) -> tuple[Setting, ...]:
    """The fields of a `Delivery` as settings, for the form."""
    return (
        Setting(
            "place",
            str,
            Delivery.place,
            tr("Place as"),
            tr(
                "A new version of the clip, which can be switched back, or a clip on a track above."
            ),
            choices=("version", "overlay"),
        ),
        Setting(
            "time",
            str,
            Delivery.time,
            tr("When time changes"),
            tr("Keep the record duration and drop what does not fit, or move everything later."),
            choices=("fit", "ripple"),
        ),
        Setting(
            "format",
            str,
            Delivery.format,
            tr("Format"),
            tr("How the render is encoded."),
            choices=tuple(CHOICES),
        ),
        Setting(
            "container",
            str,
            "",
            tr("Container"),
            tr("The file that the format goes in."),
            choices=delivery.containers,
        ),
        Setting(
            "target",
            str,
            Delivery.target,
            tr("Made for"),
            tr(
                "The program that will read the render: it decides how alpha is written, and "
                "which formats the automatic choice is from."
            ),
            choices=tuple(TARGETS),
        ),
        Setting(
            "handles",
            int,
            Delivery.handles,
            tr("Handles"),
            tr("Source frames rendered before and after the selection, for trimming later."),
            minimum=0,
            maximum=250,
            unit=tr("frames"),
        ),
        Setting(
            "draft",
            bool,
            Delivery.draft,
            tr("Draft"),
            tr("Half size with TEMP burned in; the final takes its place."),
        ),
        Setting(
            "bake",
            bool,
            Delivery.bake,
            tr("Bake the speed"),
            tr(
                "One frame for each record frame, at the edit's rate: for programs that do not "
                "understand retimes or mixed rates."
            ),
        ),
    )


def delivery_labels(delivery: Delivery) -> dict[str, dict[Value, str]]:
    """Words for the choices of `delivery_settings`, by the setting."""
    containers: dict[Value, str] = {one.id: one.label for one in CONTAINERS.values()}
    if delivery.format in FORMATS:
        usual = CONTAINERS[FORMATS[delivery.format].containers[0]]
        containers[""] = tr("{container} (usual)", container=usual.label)
    return {
        "place": {
            "version": tr("Version of the clip"),
            "overlay": tr("Overlay on a new track"),
        },
        "time": {"fit": tr("Keep the duration"), "ripple": tr("Ripple later clips")},
        "format": {id: tr(words) for id, words in CHOICES.items()},
        "container": containers,
        "target": {one.id: one.label for one in TARGETS.values()},
    }
