"""How do all stand who wait? Their places and what is expected of their waits, from one read."""

from collections.abc import Sequence

from msgspec import Struct

from app.conversation.interaction import Channel, Interaction, State
from app.conversation.line import Line, lines_of
from app.conversation.routing import places_of
from app.conversation.waiting import ANSWER_S, REMEMBERED, Outcome, Wait, estimate, expected_s
from app.queue import HANDLED
from app.store.work import Work


class Standing(Struct, frozen=True, kw_only=True):
    interaction: Interaction
    place: int  # as app.queue.place_of says
    line: Line | None  # None: offered to somebody already

    @property
    def nobody_there(self) -> bool:
        return self.line is not None and self.line.room == 0


class Prospects:
    """What waits are expected to be, as of one moment; raises nothing for those who just left."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._history: dict[tuple[str, bool], tuple[Sequence[float], Sequence[Outcome]]] = {}

    async def expected_s(self, standing: Standing) -> float | None:
        """In seconds; None while nobody is there."""
        if standing.line is None:
            return ANSWER_S
        if standing.nobody_there:
            return None
        return expected_s(standing.line, *await self._history_of(standing.interaction))

    async def wait(self, standing: Standing) -> Wait | None:
        expected = await self.expected_s(standing)
        if expected is None:
            return None
        _, outcomes = await self._history_of(standing.interaction)
        return estimate(expected, outcomes)

    async def _history_of(self, one: Interaction) -> tuple[Sequence[float], Sequence[Outcome]]:
        text = one.channel is Channel.TEXT
        key = (one.queue, text)
        if key not in self._history:
            interactions = self._work.interactions
            self._history[key] = (
                await interactions.handled_s(one.queue, text=text, limit=HANDLED),
                await interactions.outcomes(one.queue, text=text, limit=REMEMBERED),
            )
        return self._history[key]


async def standings(work: Work) -> list[Standing]:
    """Of everybody who waits."""
    waiting = await work.interactions.waiting()
    if not waiting:
        return []
    now, queues = await work.now(), await work.queues.all()
    queued = [one for one in waiting if one.state is State.QUEUED]
    lines = lines_of(queued, await work.agents.workloads(now), queues, now)
    places = places_of(waiting, queues, now)
    return [
        Standing(interaction=one, place=places[one.id], line=lines.get(one.id)) for one in waiting
    ]
