"""When do people come, and how long do they take? Everything drawn comes from one seed."""

from collections.abc import Iterator, Sequence
from math import log
from random import Random

from app.conversation.queues import MINUTES_A_DAY
from app.simulator.scenario import Spread

_P90_OF_NORMAL = 1.2815515655446004


def length(chance: Random, spread: Spread) -> float:
    """Seconds, lognormal."""
    sigma = log(spread.p90 / spread.p50) / _P90_OF_NORMAL
    return chance.lognormvariate(log(spread.p50), sigma)


def arrivals(chance: Random, rates: Sequence[tuple[int, float]]) -> Iterator[float]:
    """Seconds since midnight of a Poisson process whose rate is constant in each period."""
    ends = [begin for begin, _ in rates[1:]] + [MINUTES_A_DAY]
    for (begin, per_hour), end in zip(rates, ends, strict=True):
        if per_hour == 0:
            continue
        at = begin * 60 + chance.expovariate(per_hour / 3600)
        while at < end * 60:
            yield at
            at += chance.expovariate(per_hour / 3600)


def happens(chance: Random, share: float) -> bool:
    return chance.random() < share


def one_of(chance: Random, shares: dict[str, float]) -> str:
    """A word by its share; empty where there are none."""
    if not shares:
        return ""
    return chance.choices(list(shares), weights=list(shares.values()))[0]
