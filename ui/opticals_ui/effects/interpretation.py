"""How a medium is to be read where its file leaves that open, as settings for a form."""

from __future__ import annotations

from opticals.declaration import Setting, Value
from opticals.media.colour.views import common_names
from opticals.media.facts import AS_TAGGED, FIELD_CHOICES, MISSING_CHOICES, Media
from opticals_ui.look.words import tr


def reading_settings(media: Media | None) -> tuple[Setting, ...]:
    """The fields of an `Interpretation` that a medium leaves open, as settings for the form.

    The choices of `colour_space` are the common ones: every name of OpenColorIO's may be typed.
    """
    fields = Setting(
        "fields",
        str,
        AS_TAGGED.fields,
        tr("Fields"),
        tr("Of interlaced pictures: make whole frames, or render each field for itself."),
        choices=("", *FIELD_CHOICES),
    )
    missing = Setting(
        "missing",
        str,
        AS_TAGGED.missing,
        tr("Missing frames"),
        tr("What stands for the frames that have no file."),
        choices=MISSING_CHOICES,
    )
    colour_space = Setting(
        "colour_space",
        str,
        AS_TAGGED.colour_space,
        tr("Colour space"),
        tr(
            "What the picture is encoded in, where the file does not say or says it wrongly. "
            "Any name of OpenColorIO's can be typed."
        ),
        choices=("", *common_names()),
    )
    return (
        *([fields] if media is not None and media.interlaced else []),
        *([missing] if media is not None and media.missing else []),
        colour_space,
    )


def reading_labels() -> dict[str, dict[Value, str]]:
    """Words for the choices of `reading_settings`, by the setting."""
    return {
        "fields": {
            "": tr("Ask"),
            "deinterlace": tr("Deinterlace"),
            "keep": tr("Keep the fields apart"),
        },
        "missing": {
            "error": tr("Stop and say so"),
            "hold": tr("Hold the frame before"),
            "black": tr("Black"),
        },
        "colour_space": {"": tr("As tagged")},
    }
