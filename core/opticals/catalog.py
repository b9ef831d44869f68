"""Finds effects: ours under `opticals/effects/`, others' through the group `opticals.effects`."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from functools import cache

from opticals import effects as ours
from opticals.declaration import Effect
from opticals.errors import SettingError

log = logging.getLogger(__name__)


@cache
def all_effects() -> dict[str, Effect]:
    """Every effect by its id, in alphabetical order. A broken plug-in is logged and left out."""
    from importlib.metadata import entry_points  # 20 ms that `import opticals` need not pay

    found: dict[str, Effect] = {}
    for module in pkgutil.iter_modules(ours.__path__):
        effect: Effect = importlib.import_module(f"{ours.__name__}.{module.name}").EFFECT
        found[effect.id] = effect
    for entry in entry_points(group="opticals.effects"):
        try:
            effect = entry.load()
            if not isinstance(effect, Effect):
                raise TypeError(f"{entry.value} is not an Effect")
            if effect.id in found:
                raise ValueError(f"the id “{effect.id}” is taken")
        except Exception:  # somebody else's code: whatever it raises, ours goes on
            log.exception("effect plug-in %s was left out", entry.name)
            continue
        found[effect.id] = effect
    return dict(sorted(found.items()))


def find(effect: str) -> Effect:
    """The effect of this id.

    Raises:
        SettingError: there is none.
    """
    effects = all_effects()
    if effect not in effects:
        raise SettingError(
            f"There is no effect “{effect}”.", remedy=f"There are: {', '.join(effects)}."
        )
    return effects[effect]
