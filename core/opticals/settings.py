"""Where Opticals keeps its own files, and the user's settings for all projects.

`OPTICALS_HOME` moves every folder under one. The settings are a TOML file that may be edited by
hand; `OPTICALS_<NAME>` in the environment stands above it.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from types import MappingProxyType

import platformdirs

from opticals.errors import SettingError

# Each setting with what it is about. All are switches, off unless said otherwise, or whole
# numbers, 0 unless said otherwise, within the bounds of `NUMBERS`.
SETTINGS = MappingProxyType(
    {
        "commercial_only": "Hide and refuse models whose licence does not allow commercial use.",
        "keep_gpu_free": "Percent of the GPU's memory that are left to the editing program.",
    }
)
NUMBERS = MappingProxyType({"keep_gpu_free": (0, 90)})
_WORDS = {
    **dict.fromkeys(("1", "true", "on", "yes"), True),
    **dict.fromkeys(("0", "false", "off", "no"), False),
}


def models_folder() -> Path:
    """Model weights, shared by all projects."""
    return _home("models", platformdirs.user_data_path("opticals"))


def cache_folder() -> Path:
    """Finished segments and previews; may be deleted at any time."""
    return _home("cache", platformdirs.user_cache_path("opticals"))


def queue_file() -> Path:
    """The database of the queue; `OPTICALS_QUEUE` names another one."""
    other = os.environ.get("OPTICALS_QUEUE")
    if other:
        return Path(other).expanduser()
    return _home("queue.db", platformdirs.user_data_path("opticals"))


def panels_folder() -> Path:
    """Where panels that listen to editing programs say so; `OPTICALS_PANELS` names another one."""
    other = os.environ.get("OPTICALS_PANELS")
    if other:
        return Path(other).expanduser()
    return _home("panels", platformdirs.user_data_path("opticals"))


def presets_folder() -> Path:
    """The user's own presets; it need not be there."""
    return _home("presets", platformdirs.user_config_path("opticals"))


def settings_file() -> Path:
    """The file that keeps the settings; it need not be there."""
    return _home("settings.toml", platformdirs.user_config_path("opticals"))


def get(name: str) -> bool:
    """What a switch is: by the environment, else by the file, else off.

    Raises:
        SettingError: there is no such setting, or what is written cannot be read: a restriction
            that somebody asked for is never dropped for a slip of the pen.
    """
    return bool(value(name))


def value(name: str) -> bool | int:
    """What a setting is, switch or number. Raises as `get`."""
    _known(name)
    environment = os.environ.get(variable(name))
    if environment:
        return _parsed(name, environment, f"The environment's {variable(name)}")
    return _written().get(name, 0 if name in NUMBERS else False)


def variable(name: str) -> str:
    """The environment's variable that stands above a setting in the file."""
    return f"OPTICALS_{name.upper()}"


def put(name: str, value: str) -> bool | int:
    """Write a setting, "on" or "off" or a number, to the file; what it then is there.

    Raises:
        SettingError: there is no such setting, no such value, or the file cannot be written.
    """
    _known(name)
    new = {**_written(), name: _parsed(name, value, name)}
    text = "".join(f"{key} = {str(one).lower()}\n" for key, one in sorted(new.items()))
    file = settings_file()
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise SettingError.wrap(
            f"{file} cannot be written.", error, f"Set {variable(name)} in the environment instead."
        ) from error
    return new[name]


def _written() -> dict[str, bool | int]:
    file = settings_file()
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:  # not UTF-8 and not TOML are ValueErrors
        what = f"{file} cannot be read."
        raise SettingError.wrap(what, error, "Correct or delete it.") from error
    for name, value in found.items():
        if name not in SETTINGS:
            raise SettingError(
                f"{file} has the unknown “{name}”.", remedy=f"There are: {', '.join(SETTINGS)}."
            )
        fits = type(value) is int if name in NUMBERS else isinstance(value, bool)
        if not fits or (name in NUMBERS and not _within(name, value)):
            raise SettingError(
                f"{file}: {name} cannot be “{value}”.", remedy=_possible(name, "true or false")
            )
    return found


def _known(name: str) -> None:
    if name not in SETTINGS:
        raise SettingError(
            f"There is no setting “{name}”.", remedy=f"There are: {', '.join(SETTINGS)}."
        )


def _parsed(name: str, value: str, where: str) -> bool | int:
    if name in NUMBERS:
        if value.isdecimal() and _within(name, int(value)):
            return int(value)
    elif value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise SettingError(f"{where} cannot be “{value}”.", remedy=_possible(name, "on or off"))


def _within(name: str, value: int) -> bool:
    low, high = NUMBERS[name]
    return low <= value <= high


def _possible(name: str, words: str) -> str:
    low, high = NUMBERS.get(name, (0, 0))
    return f"Write {low} to {high}." if name in NUMBERS else f"Write {words}."


def _home(name: str, default: Path) -> Path:
    home = os.environ.get("OPTICALS_HOME")
    return (Path(home).expanduser() if home else default) / name
