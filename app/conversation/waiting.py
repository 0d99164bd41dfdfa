"""How long somebody will wait: an honest range from how long others waited."""

from collections.abc import Sequence
from math import ceil

from msgspec import Struct

UNKNOWN_HANDLE_S = 180
"""Length of an interaction assumed until there is history: three minutes."""

ANSWER_S = 15
"""An agent who is free takes an offer within this time (Mayday's promise)."""


class Wait(Struct, frozen=True, kw_only=True):
    """Half of all people wait less than p50, nine in ten less than p90 (seconds)."""

    p50_s: int
    p90_s: int


def estimate(*, ahead: int, free: int, staffed: int, handled_s: Sequence[float]) -> Wait | None:
    """The wait behind `ahead` people with `staffed` agents of whom `free` can answer now.

    None when nobody is there at all: no honest number exists then.
    """
    if staffed == 0:
        return None
    if free > ahead:
        return Wait(p50_s=ANSWER_S // 3, p90_s=ANSWER_S)
    handle = sorted(handled_s) or [float(UNKNOWN_HANDLE_S)]
    turns = ceil((ahead - free + 1) / staffed)
    p50 = turns * _quantile(handle, 0.5) / 2  # those now talking are half-way through, on average
    p90 = turns * _quantile(handle, 0.9)
    return Wait(p50_s=ceil(p50), p90_s=max(ceil(p90), ANSWER_S))


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
