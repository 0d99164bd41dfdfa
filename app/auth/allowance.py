"""How often may somebody do it? So many times at once, then one every so often."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 100_000
"""Beyond that the one seen longest ago is forgotten: memory stays bounded whoever knocks."""


class TooOften(Exception):
    """Not again before `retry_after_s` seconds are over."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too often; again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Allowance:
    """Counted in this process alone: several servers allow so much each.

    For each key one number is kept, the time at which its allowance is whole again (the generic
    cell rate algorithm of ATM Forum TM 4.0).
    """

    def __init__(
        self, at_once: int, every_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most_s = at_once * every_s
        self._every_s = every_s
        self._clock = clock
        self._whole_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str) -> None:
        """Raises TooOften, which takes nothing."""
        now = self._clock()
        whole_at = max(self._whole_at.get(key, now), now) + self._every_s
        if whole_at - now > self._most_s:
            raise TooOften(math.ceil(whole_at - now - self._most_s))
        self._whole_at[key] = whole_at
        self._whole_at.move_to_end(key)
        if len(self._whole_at) > MOST_KEYS:
            self._whole_at.popitem(last=False)
