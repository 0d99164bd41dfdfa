"""How long is `20m`, and how is that written?"""

from __future__ import annotations

import re

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(text: object) -> int:
    """The seconds of `8s`, `20m`, `72h`, `14d`. Raises ValueError for anything else."""
    found = re.fullmatch("([1-9][0-9]{0,4})([smhd])", text) if isinstance(text, str) else None
    if not found:
        raise ValueError("a duration is written like 8s, 20m, 72h or 14d")
    return int(found[1]) * _UNITS[found[2]]


def written(duration: int) -> str:
    """Seconds as an author writes them: `30d`."""
    unit = next(unit for unit in reversed(_UNITS) if duration % _UNITS[unit] == 0)
    return f"{duration // _UNITS[unit]}{unit}"
