"""How many agents must keep room for a crisis, and may this one still be given away?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil

from app.conversation.interaction import Channel
from app.conversation.people import Workload
from app.conversation.queues import Queue

Place = tuple[str, bool]
"""A queue, and whether it is about texts: calls and texts have room of their own."""


def kept(queue: Queue, there: int) -> int:
    """How many of those who are there keep room. Never all: somebody must serve the others."""
    wanted = max(queue.reserved, ceil(queue.reserved_share * there))
    return max(0, min(wanted, there - 1))


class Reservation:
    """Counts, during one round of offers, who still has room in the queues that keep some."""

    def __init__(self, agents: Sequence[Workload], queues: Mapping[str, Queue]) -> None:
        self._room = Counter[Place]()
        self._kept: dict[Place, int] = {}
        there = Counter[Place]()
        keeping = {q.name for q in queues.values() if q.reserved or q.reserved_share}
        if not keeping:
            return
        for load in (load for load in agents if load.is_there):
            for name in keeping.intersection(load.agent.queues):
                for channel in (Channel.TEXT, Channel.VOICE):
                    place = (name, channel is Channel.TEXT)
                    there[place] += load.capacity(channel) > 0
                    self._room[place] += load.can_take(channel)
        self._kept = {place: kept(queues[place[0]], count) for place, count in there.items()}

    def allows(self, load: Workload, channel: Channel) -> bool:
        """Whether somebody who is not in a crisis may have this room."""
        if not self._kept or load.with_one_more(channel).can_take(channel):
            return True
        places = self._places(load, channel)
        return all(self._room[place] > self._kept[place] for place in places)

    def took(self, load: Workload, channel: Channel) -> None:
        """This room was given away."""
        if self._kept and not load.with_one_more(channel).can_take(channel):
            self._room.subtract(self._places(load, channel))

    def _places(self, load: Workload, channel: Channel) -> list[Place]:
        places = ((name, channel is Channel.TEXT) for name in load.agent.queues)
        return [place for place in places if place in self._kept]
