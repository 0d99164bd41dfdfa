"""Was anybody offered twice, given to somebody without room, overtaken, or forgotten?

Judged from the stored timelines alone, in the order in which they were committed, and without a
line of the dispatcher: what is offered and to whom is read, never worked out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

TRIED_AGAIN_AFTER = timedelta(seconds=60)
"""So long an agent who let somebody go is asked about them only when nobody else can be."""

LATE = timedelta(seconds=1)
"""An acceptance is stored a moment after it was looked whether its offer still stands."""

LEAVES = timedelta(seconds=2)
"""Whoever is just leaving the queue is held by that, and passed over."""

OFFERED, LEFT, CLOSED = "interaction.offered", "interaction.cancelled", "interaction.wrapped_up"
GIVEN_BACK = frozenset({"interaction.declined", "interaction.expired"})


class Told(Struct, frozen=True, kw_only=True):
    """One event of a timeline."""

    committed_at: datetime
    seq: int
    at: datetime
    kind: str
    interaction: str
    agent: str = ""
    """To whom it was offered; else who did it, where an agent did."""
    offered_at: datetime | None = None
    expires_at: datetime | None = None


class Row(Struct, frozen=True, kw_only=True):
    """An interaction as it is stored in the end."""

    id: str
    state: str
    enqueued_at: datetime


class Verdict(Struct, kw_only=True):
    """Everything here is to be 0."""

    double_offers: int = 0
    """Offered or taken while it was with somebody, or taken by somebody to whom it was not."""
    over_capacity: int = 0
    """Offers to an agent who had no room left."""
    stuck: int = 0
    """Neither answered nor left in the end."""
    overtaken: int = 0
    """Offers past somebody who had asked earlier and could have been offered instead."""
    moved_back: int = 0
    """Those whose place is later than the time at which they asked."""
    late: int = 0
    """Taken after the offer was over."""
    differing: int = 0
    """Interactions whose row is in another state than their timeline tells."""


def judge(log: Iterable[Told], rows: Sequence[Row], capacity: Mapping[str, int]) -> Verdict:
    ordered = sorted(log, key=attrgetter("committed_at", "interaction", "seq"))
    lives = defaultdict(list)
    for told in sorted(ordered, key=attrgetter("seq")):
        lives[told.interaction].append(told)
    found = {row.id: _Life(lives[row.id]) for row in rows}
    return Verdict(
        double_offers=sum(life.doubled for life in found.values()),
        over_capacity=_over_capacity(ordered, capacity),
        stuck=sum(life.state in {"queued", "offered"} for life in found.values()),
        overtaken=_overtaken(ordered, {row.id: row.enqueued_at for row in rows}),
        moved_back=sum(row.enqueued_at > found[row.id].asked_at for row in rows),
        late=sum(life.late for life in found.values()),
        differing=sum(row.state != found[row.id].state for row in rows),
    )


def claims_ms(log: Iterable[Told]) -> list[float]:
    """How long each round took, from its first look at the clock until its offers were stored."""
    began: dict[datetime, datetime] = {}
    for told in log:
        if told.kind == OFFERED and told.offered_at is not None:
            began[told.committed_at] = min(
                told.offered_at, began.get(told.committed_at, told.offered_at)
            )
    return [(end - start).total_seconds() * 1000 for end, start in began.items()]


class _Life:
    """One interaction, from asking to closing; the order of its own timeline is certain."""

    def __init__(self, told: Sequence[Told]) -> None:
        self.state = "queued"
        self.doubled = 0
        self.late = 0
        self.asked_at = told[0].at
        self._with = ""
        self._until: datetime | None = None
        for one in told:
            self._take(one)

    def _take(self, one: Told) -> None:
        match one.kind:
            case "interaction.offered":
                self.doubled += self.state != "queued"
                self.state, self._with, self._until = "offered", one.agent, one.expires_at
            case "interaction.accepted":
                self.doubled += self.state != "offered" or self._with != one.agent
                self.late += self._until is not None and one.at > self._until + LATE
                self.state, self._with = "live", one.agent
            case "interaction.declined":
                self.doubled += self.state != "offered" or self._with != one.agent
                self.state = "queued"
            case "interaction.expired":
                self.doubled += self.state != "offered"
                self.state = "queued"
            case "interaction.ended":
                self.state = "wrap_up"
            case "interaction.cancelled" | "interaction.wrapped_up":
                self.state = "closed"


def _over_capacity(ordered: Sequence[Told], capacity: Mapping[str, int]) -> int:
    """What became true together is counted together, what was given back first."""
    held: Counter[str] = Counter()
    holder: dict[str, str] = {}
    beyond = 0
    for _, group in groupby(ordered, key=attrgetter("committed_at")):
        together = list(group)
        for one in together:
            if one.kind in {*GIVEN_BACK, LEFT, CLOSED} and one.interaction in holder:
                held[holder.pop(one.interaction)] -= 1
        for one in together:
            if one.kind == OFFERED:
                holder[one.interaction] = one.agent
                held[one.agent] += 1
                beyond += held[one.agent] > capacity[one.agent]
    return beyond


class _Line:
    """Those who wait, since when everybody could know it, and which agents let them go."""

    def __init__(self, ordered: Sequence[Told], asked: Mapping[str, datetime]) -> None:
        self._asked = asked
        self._leaving = {one.interaction: one.committed_at for one in ordered if one.kind == LEFT}
        self._waiting: dict[str, datetime] = {}
        self._with: dict[str, str] = {}
        self._let_go: dict[str, dict[str, datetime]] = defaultdict(dict)

    def take(self, one: Told) -> None:
        id = one.interaction
        if one.kind in {"help.asked", *GIVEN_BACK}:
            self._waiting[id] = one.committed_at
        else:
            self._waiting.pop(id, None)
        if one.kind in GIVEN_BACK and id in self._with:
            self._let_go[id][self._with.pop(id)] = one.at
        elif one.kind == OFFERED:
            self._with[id] = one.agent

    def is_overtaken_by(self, offer: Told) -> bool:
        """Whether this agent could as well have been offered somebody who asked earlier."""
        before = offer.offered_at or offer.committed_at
        asked = self._asked[offer.interaction]
        return any(
            self._asked[id] < asked and since < before and self._could_be(id, offer)
            for id, since in self._waiting.items()
        )

    def _could_be(self, id: str, offer: Told) -> bool:
        moment = offer.committed_at
        let_go = self._let_go[id].get(offer.agent)
        leaves = self._leaving.get(id)
        tried = let_go is not None and moment - let_go < TRIED_AGAIN_AFTER
        return not tried and not (leaves is not None and leaves - moment < LEAVES)


def _overtaken(ordered: Sequence[Told], asked: Mapping[str, datetime]) -> int:
    line, count = _Line(ordered, asked), 0
    for _, group in groupby(ordered, key=attrgetter("committed_at")):
        together = list(group)
        for one in together:
            line.take(one)
        count += sum(one.kind == OFFERED and line.is_overtaken_by(one) for one in together)
    return count
