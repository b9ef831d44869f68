"""Finds effects: ours under `opticals/effects/`, others' through the group `opticals.effects`."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from dataclasses import dataclass
from functools import cache

from opticals import effects as ours
from opticals.declaration import Effect
from opticals.errors import SettingError
from opticals.spelling import guess

GROUP = "opticals.effects"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Broken:
    """A package's effect that was left out.

    Attributes:
        entry: the entry point's name.
        package: what to update or remove.
        error: what went wrong, in one line.
    """

    entry: str
    package: str
    error: str


def all_effects() -> dict[str, Effect]:
    """Every effect by its id, in alphabetical order. Broken ones of packages are left out."""
    return _search()[0]


def broken() -> tuple[Broken, ...]:
    """The effects of packages that `all_effects` left out, and why."""
    return _search()[1]


def find(effect: str) -> Effect:
    """The effect of this id.

    Raises:
        SettingError: there is none.
    """
    effects = all_effects()
    if effect not in effects:
        left_out = "".join(
            f"\n{one.entry} of the package {one.package} was left out: {one.error}"
            for one in broken()
        )
        raise SettingError(
            f"There is no effect “{effect}”.",
            left_out.strip(),
            f"{guess(effect, effects)}There are: {', '.join(effects)}.",
        )
    return effects[effect]


@cache
def _search() -> tuple[dict[str, Effect], tuple[Broken, ...]]:
    from importlib.metadata import entry_points  # 20 ms that `import opticals` need not pay

    found: dict[str, Effect] = {}
    failed: list[Broken] = []
    for module in pkgutil.iter_modules(ours.__path__):
        effect: Effect = importlib.import_module(f"{ours.__name__}.{module.name}").EFFECT
        found[effect.id] = effect
    for entry in entry_points(group=GROUP):
        try:
            effect = entry.load()
            if not isinstance(effect, Effect):
                raise TypeError(f"{entry.value} is not an Effect")
            if effect.id in found:
                raise ValueError(f"the id “{effect.id}” is taken")
        except (Exception, SystemExit) as error:
            package = entry.dist.name if entry.dist else entry.value
            why = f"{type(error).__name__}: {error}"
            log.warning("The effect %s of %s is left out: %s", entry.name, package, why)
            log.debug("where it broke", exc_info=True)
            failed.append(Broken(entry.name, package, why))
            continue
        found[effect.id] = effect
    return dict(sorted(found.items())), tuple(failed)
