"""The colours of the themes, by their roles. Greys are neutral: a tint beside a picture changes how
its colours are seen."""

from __future__ import annotations

_PICTURE = {
    "surround": "#161616",  # round pictures, the same in both themes
    "on_surround": "#dcdcdc",
    "on_surround_dim": "#9c9c9c",
    "wipe": "#f5f5f5",
    "mask": "#f0b764",
    "mask_line": "#ffffff",  # on any picture, with a dark line under it
    "mask_dark": "#000000",
    "checker": "#5c5c5c",
    "checker_other": "#7c7c7c",
}

_MARKERS = {  # as editing programs show them, in both themes
    "marker_red": "#e0524d",
    "marker_pink": "#ee86b7",
    "marker_orange": "#e8923a",
    "marker_yellow": "#e3c93f",
    "marker_green": "#58b35c",
    "marker_cyan": "#43bccb",
    "marker_blue": "#4f8fe0",
    "marker_purple": "#9a70d8",
    "marker_magenta": "#d455c0",
}

DARK = {
    **_PICTURE,
    **_MARKERS,
    "window": "#1b1b1b",
    "panel": "#232323",
    "field": "#171717",
    "raised": "#2f2f2f",
    "hover": "#3a3a3a",
    "line": "#424242",
    "border": "#7a7a7a",  # of what is ticked or typed in, where nothing else marks it
    "text": "#dedede",
    "dim": "#a8a8a8",
    "faint": "#7f7f7f",  # what cannot be used now
    "accent": "#e3a64b",
    "accent_hover": "#f0b764",
    "on_accent": "#1a1408",
    "focus": "#6cb0ff",
    "success": "#7cc28a",
    "warning": "#e3c04b",
    "error": "#f28a86",
    "error_back": "#332321",
    "info": "#6fb2dc",
    "info_back": "#222a2f",
    "question": "#e3a64b",
    "question_back": "#302a1f",
    "lane": "#262626",
    "video": "#3e566d",
    "audio": "#3a5f52",
    "compound": "#564d75",
    "generator": "#55534a",
    "offline": "#6d3836",
    "on_clip": "#eeeeee",
    "waveform": "#a9cfc0",
    "transition": "#929292",
    "selected": "#f5f5f5",
    "range": "#5b88b5",
    "playhead": "#ff6a55",
}

LIGHT = {
    **_PICTURE,
    **_MARKERS,
    "window": "#dcdcdc",
    "panel": "#ebebeb",
    "field": "#fbfbfb",
    "raised": "#f6f6f6",
    "hover": "#cfcfcf",
    "line": "#bdbdbd",
    "border": "#7a7a7a",
    "text": "#1c1c1c",
    "dim": "#4f4f4f",
    "faint": "#757575",
    "accent": "#7f4a06",
    "accent_hover": "#6a3d04",
    "on_accent": "#ffffff",
    "focus": "#0b63c4",
    "success": "#186230",
    "warning": "#6f5200",
    "error": "#a8211a",
    "error_back": "#f7e1df",
    "info": "#0f5880",
    "info_back": "#dfeaf1",
    "question": "#7f4a06",
    "question_back": "#f5e9d6",
    "lane": "#e4e4e4",
    "video": "#a9c3dc",
    "audio": "#a9d3c2",
    "compound": "#c5bce2",
    "generator": "#d2cfc0",
    "offline": "#eab3ae",
    "on_clip": "#161616",
    "waveform": "#2f6b56",
    "transition": "#686868",
    "selected": "#111111",
    "range": "#2f6fae",
    "playhead": "#d02c14",
}

THEMES = {"dark": DARK, "light": LIGHT}

TEXTS = (  # role of words, roles that they stand on
    ("text", ("window", "panel", "field", "raised", "hover", "lane")),
    ("dim", ("window", "panel", "field", "raised", "hover", "lane")),
    ("text", ("error_back", "info_back", "question_back")),
    ("dim", ("error_back", "info_back", "question_back")),
    ("on_accent", ("accent", "accent_hover")),
    ("on_clip", ("video", "audio", "compound", "generator", "offline")),
    ("on_surround", ("surround",)),
    ("on_surround_dim", ("surround",)),
    ("accent", ("window", "panel", "field", "raised", "hover")),
    ("question", ("panel", "field", "raised", "hover", "question_back")),
    ("error", ("window", "panel", "field", "raised", "hover", "lane", "error_back")),
    ("success", ("window", "panel", "field", "raised", "hover", "lane")),
    ("warning", ("window", "panel", "field", "raised", "hover", "lane")),
)
"""Words need 4.5:1 (WCAG 2.2, 1.4.3)."""

SIGNS = (
    ("accent", ("lane",)),
    ("focus", ("window", "panel", "field", "raised", "surround", "lane")),
    ("border", ("window", "panel", "field", "raised")),
    ("faint", ("window", "panel", "field")),
    ("info", ("info_back", "panel")),
    ("question", ("question_back", "panel")),
    ("selected", ("video", "audio", "compound", "generator", "offline", "lane")),
    ("playhead", ("window", "field", "lane")),
    ("range", ("window",)),
    ("wipe", ("surround",)),
)
"""Signs need 3:1 (WCAG 2.2, 1.4.11)."""
