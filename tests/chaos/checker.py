"""Was a message lost, doubled or moved? Judged from the database and from what every page saw.

A text names its sender and its number, so a message that is stored twice under two ids is found,
too.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, structs

from tests.chaos.view import Line


class Conversation(Struct, frozen=True, kw_only=True):
    """Everything that is known of one conversation in the end."""

    head: int
    rows: Sequence[Line]
    """As stored, in the order of seq."""
    views: Mapping[str, Sequence[Line]]
    """Per page, in the order in which it took them."""
    sent: Mapping[str, str]
    """The text of each cmid that any page began to send."""
    acks: Sequence[tuple[str, int]]
    """(cmid, seq) of each ack that came, repeats included."""


class Verdict(Struct, kw_only=True):
    """Everything here is to be 0."""

    lost: int = 0
    """Acknowledged, and not in the database; or shown on a page, and not in the database."""
    unsettled: int = 0
    """Sent, and never acknowledged."""
    doubled: int = 0
    """Rows, or events taken by a page, beyond the first of the same message."""
    out_of_order: int = 0
    """Messages behind a later one of the same sender, in the database or on a page."""
    foreign: int = 0
    """Rows that nobody sent, or with another text than was sent."""
    holes: int = 0
    """Places in 1..head that hold no event, or more than one."""
    wrong_acks: int = 0
    """Acks that name another place than the one where the message is."""
    differing_views: int = 0
    """Pages that do not show exactly what is stored."""

    def __add__(self, other: "Verdict") -> "Verdict":
        mine, others = structs.asdict(self), structs.asdict(other)
        return Verdict(**{name: value + others[name] for name, value in mine.items()})


def judge(conversations: Iterable[Conversation]) -> Verdict:
    return sum(map(_judged, conversations), Verdict())


def _judged(one: Conversation) -> Verdict:
    places = {line.cmid: line.seq for line in one.rows}
    acked = {cmid for cmid, _ in one.acks}
    told = [one.rows, *one.views.values()]
    return Verdict(
        lost=len(acked - places.keys()) + _vanished(one),
        unsettled=len(one.sent.keys() - acked),
        doubled=sum(_doubled(lines) for lines in told),
        out_of_order=sum(_inversions(lines) for lines in told),
        foreign=sum(one.sent.get(line.cmid or "") != line.text for line in one.rows),
        holes=_holes(one),
        wrong_acks=sum(places.get(cmid, seq) != seq for cmid, seq in one.acks),
        differing_views=sum(list(view) != list(one.rows) for view in one.views.values()),
    )


def _vanished(one: Conversation) -> int:
    """Messages that some page showed and the database does not have."""
    stored = {line.text for line in one.rows}
    return len({line.text for view in one.views.values() for line in view} - stored)


def _doubled(lines: Sequence[Line]) -> int:
    return sum(times - 1 for times in Counter(line.text for line in lines).values())


def _inversions(lines: Sequence[Line]) -> int:
    return sum(later < earlier for sender in _numbers(lines) for earlier, later in pairwise(sender))


def _numbers(lines: Sequence[Line]) -> Iterator[list[int]]:
    """The numbers of each sender's messages, in the order of the lines."""
    by_sender: dict[str, list[int]] = {}
    for line in lines:
        sender, _, number = line.text.rpartition(" ")
        if number.isdigit():
            by_sender.setdefault(sender, []).append(int(number))
    yield from by_sender.values()


def _holes(one: Conversation) -> int:
    wanted = Counter(range(1, one.head + 1))
    found = Counter(line.seq for line in one.rows)
    return (wanted - found).total() + (found - wanted).total()
