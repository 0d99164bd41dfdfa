"""What did the matrix find? Counted, and told line by line."""

from collections import Counter
from typing import Any

from tests.security.people import Knocking
from tests.security.planted import Planted


class Findings:
    """Nothing in `uncovered`, `leaks` and `wrong` is how it should be."""

    def __init__(self, planted: Planted) -> None:
        self._planted = planted
        self._seen: set[str] = set()
        self.uncovered: set[str] = set()
        self.leaks: set[str] = set()
        self.wrong: list[str] = []
        self.asked: Counter[str] = Counter()

    def read(self, operation: str, who: Knocking, answer: str, *, may_see: bool = False) -> None:
        """Look for what was planted: strangers must find nothing of it, the own people all."""
        self.asked[operation] += 1
        found = self._planted.found_in(answer)
        if who.own:
            self._seen.update(found)
        elif not may_see:
            leaked = set(found) - who.knows
            self.leaks.update(f"{operation}, {who.name}: {place}" for place in leaked)

    def expect(self, operation: str, who: Knocking, real: Any, wanted: Any) -> None:
        if real != wanted:
            self.wrong.append(f"{operation}, {who.name}: {real!r} instead of {wanted!r}")

    @property
    def unseen(self) -> list[str]:
        """What not even the own people were shown: looking for it in vain proves nothing."""
        return sorted(self._planted.texts.keys() - self._seen)

    def lines(self) -> list[str]:
        return [
            *(f"uncovered: {one}" for one in sorted(self.uncovered)),
            *(f"leak: {one}" for one in sorted(self.leaks)),
            *(f"wrong: {one}" for one in self.wrong),
            *(f"planted in vain: {one}" for one in self.unseen),
        ]
