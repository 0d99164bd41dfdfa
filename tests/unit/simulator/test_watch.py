"""The watch sees a dispatcher that breaks its word: otherwise an empty list proves nothing."""

from datetime import timedelta

from app.conversation.interaction import Attempt, Event, Interaction
from app.conversation.people import Capacity, Workload
from app.conversation.queues import Queue
from app.conversation.routing import Match
from app.simulator.watch import Watch
from tests.unit.conversation.asking import MINUTE, NOON, SECOND, asking, free

TTL = timedelta(seconds=20)


def _offered(
    watch: Watch, match: Match | None, queued: list[Interaction], load: Workload, after_s: int = 0
) -> None:
    waiting = {one.id: one for one in queued}
    loads = {load.agent.id: load}
    watch.offered([match] if match else [], waiting, loads, NOON + after_s * SECOND)


def test_a_crisis_that_had_to_wait_for_its_offer() -> None:
    watch, agent, crisis = Watch({}), free(), asking(crisis=True)
    watch.changed({crisis.id: crisis}, {agent.agent.id: agent}, NOON)
    _offered(watch, Match(crisis, agent.agent.id, TTL), [], agent, after_s=2)
    assert watch.late_crises == [f"{crisis.id} after 2.0 s"]
    assert watch.crisis_s == 2


def test_a_crisis_whose_agent_another_got_begins_anew() -> None:
    watch, agent, crisis = Watch({}), free(), asking(crisis=True)
    full = free(texts=4, id=agent.agent.id)
    watch.changed({crisis.id: crisis}, {agent.agent.id: agent}, NOON)
    _offered(watch, None, [crisis], full)
    watch.changed({crisis.id: crisis}, {agent.agent.id: agent}, NOON + MINUTE)
    _offered(watch, Match(crisis, agent.agent.id, TTL), [], agent, after_s=60)
    assert watch.late_crises == []


def test_an_equal_who_was_overtaken() -> None:
    agent = free(texts=4)
    first, second = asking(), asking(enqueued_at=NOON + SECOND)
    watch = Watch({})
    _offered(watch, Match(second, agent.agent.id, TTL), [first], agent)
    assert watch.overtaken == [f"{first.id} by {second.id}"]
    tried = asking(tried=(Attempt(agent_id=agent.agent.id, at=NOON),))
    fair = Watch({})
    _offered(fair, Match(second, agent.agent.id, TTL), [tried], agent)
    _offered(fair, Match(second, agent.agent.id, TTL), [asking(priority=1)], agent)
    assert fair.overtaken == []


def test_somebody_beside_a_free_agent() -> None:
    watch, one = Watch({}), asking()
    _offered(watch, None, [one], free())
    assert watch.stuck == [f"{one.id} beside a free agent at 12:00:00"]
    keeping = Watch({"cards": Queue(name="cards", reserved=1)})
    _offered(keeping, None, [asking()], free())
    assert keeping.stuck == []
    _offered(keeping, None, [asking(crisis=True)], free())
    assert len(keeping.stuck) == 1


def test_an_agent_with_too_much() -> None:
    watch, agent = Watch({}), free(texts=2, capacity=Capacity(texts=1))
    _offered(watch, Match(asking(), agent.agent.id, TTL), [], agent)
    assert watch.over_capacity == ["Ana has 2"]


def test_somebody_whom_nobody_ever_comes_back_to() -> None:
    watch = Watch({})
    watch.ended([asking().after(Event.OFFER)])
    assert watch.stuck[0].endswith("is offered for ever")
