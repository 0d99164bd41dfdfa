"""What came of everybody: how long they waited, and how busy the agents were."""

from collections import defaultdict
from uuid import UUID

from msgspec import Struct

from app.conversation.interaction import Interaction
from app.conversation.people import Workload
from app.conversation.waiting import Wait


class Outcomes(Struct):
    """Those of one queue."""

    asked: int = 0
    turned_away: int = 0
    left: int = 0
    waits_s: list[float] = []
    shown: list[tuple[int, float]] = []
    """The p90 shown on asking, and the wait; of those answered who were shown one."""


class Log:
    def __init__(self) -> None:
        self.queues: dict[str, Outcomes] = defaultdict(Outcomes)
        self.staffed_s = 0.0
        self.busy_s = 0.0
        self._shown: dict[UUID, Wait] = {}
        self._since: dict[UUID, tuple[float, Workload]] = {}

    def asked(self, one: Interaction, wait: Wait | None) -> None:
        self.queues[one.queue].asked += 1
        if wait is not None:
            self._shown[one.id] = wait

    def turned_away(self, one: Interaction) -> None:
        self.queues[one.queue].turned_away += 1

    def left(self, one: Interaction) -> None:
        self.queues[one.queue].left += 1
        self._shown.pop(one.id, None)

    def answered(self, one: Interaction, waited_s: float) -> None:
        outcomes = self.queues[one.queue]
        outcomes.waits_s.append(waited_s)
        shown = self._shown.pop(one.id, None)
        if shown is not None:
            outcomes.shown.append((shown.p90_s, waited_s))

    def agent(self, id: UUID, second: float, load: Workload) -> None:
        """From this second on the agent has this in hand."""
        since, before = self._since.get(id, (second, load))
        busy = before.calls + before.texts > 0
        if busy or before.is_there:
            self.staffed_s += second - since
        if busy:
            self.busy_s += second - since
        self._since[id] = (second, load)

    def ended(self, second: float) -> None:
        for id, (_, load) in list(self._since.items()):
            self.agent(id, second, load)
