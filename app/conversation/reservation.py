"""How many agents must keep room for a crisis, and may this one still be given away?"""

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
        self._agents = agents
        self._keeping = {q.name: q for q in queues.values() if q.reserved or q.reserved_share}
        self._spare: dict[Place, int] = {}

    def allows(self, load: Workload, channel: Channel) -> bool:
        """Whether somebody who is not in a crisis may have this room."""
        if not self._keeping or load.with_one_more(channel).can_take(channel):
            return True
        return all(self._spare[place] > 0 for place in self._places(load, channel))

    def took(self, load: Workload, channel: Channel) -> None:
        """This room was given away."""
        if self._keeping and not load.with_one_more(channel).can_take(channel):
            for place in self._places(load, channel):
                self._spare[place] -= 1

    def _places(self, load: Workload, channel: Channel) -> list[Place]:
        names = (name for name in load.agent.queues if name in self._keeping)
        places = [(name, channel is Channel.TEXT) for name in names]
        for place in places:
            if place not in self._spare:
                self._spare[place] = self._count(place[0], channel)
        return places

    def _count(self, name: str, channel: Channel) -> int:
        """How many with room there are beyond those who keep theirs."""
        there = [one for one in self._agents if name in one.agent.queues and one.is_there]
        able = sum(load.capacity(channel) > 0 for load in there)
        return sum(load.can_take(channel) for load in there) - kept(self._keeping[name], able)
