"""Who is offered what: crisis first, in order, within capacity, nobody left beside a free agent."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from app.conversation.interaction import Attempt, Channel, How, Passing, Wanted
from app.conversation.matching import RETURNED_AFTER
from app.conversation.people import Capacity, Workload
from app.conversation.queues import Overflow, Queue
from app.conversation.routing import TRIED_AGAIN_AFTER, Match, assign, in_order
from tests.unit.conversation.asking import MINUTE, NOON, SECOND, asking, free


def _who(matches: list[Match]) -> dict[UUID, UUID]:
    return {match.interaction.id: match.agent_id for match in matches}


def test_nobody_there_or_nobody_waiting() -> None:
    assert assign([], [free()], {}, NOON) == []
    assert assign([asking()], [], {}, NOON) == []


def test_priority_comes_before_time() -> None:
    late, early = asking(enqueued_at=NOON + SECOND), asking()
    urgent = asking(priority=9, enqueued_at=NOON + 2 * SECOND)
    assert in_order([late, early, urgent], {}, NOON) == [urgent, early, late]
    agent = free(capacity=Capacity(texts=1))
    assert _who(assign([late, early, urgent], [agent], {}, NOON)) == {urgent.id: agent.agent.id}


def test_the_least_loaded_agent_is_taken() -> None:
    busy, idle = free(texts=2), free(texts=1)
    someone = asking()
    assert _who(assign([someone], [busy, idle], {}, NOON)) == {someone.id: idle.agent.id}


def test_each_match_counts_for_the_next() -> None:
    agents = [free(), free()]
    matches = assign([asking() for _ in range(4)], agents, {}, NOON)
    assert Counter(match.agent_id for match in matches) == {one.agent.id: 2 for one in agents}


def test_one_call_does_not_become_two() -> None:
    agent = free()
    voice = asking(channel=Channel.VOICE)
    video = asking(channel=Channel.VIDEO, enqueued_at=NOON + SECOND)
    assert _who(assign([voice, video], [agent], {}, NOON)) == {voice.id: agent.agent.id}


def test_who_let_it_go_is_asked_last() -> None:
    idle, busy = free(), free(texts=3)
    someone = asking(tried=(Attempt(agent_id=idle.agent.id, at=NOON - SECOND),))
    assert _who(assign([someone], [idle, busy], {}, NOON)) == {someone.id: busy.agent.id}
    assert _who(assign([someone], [idle], {}, NOON)) == {someone.id: idle.agent.id}


def test_of_those_who_let_it_go_the_one_longest_ago_is_asked() -> None:
    first, second = free(), free()
    someone = asking(
        tried=(
            Attempt(agent_id=first.agent.id, at=NOON - 20 * SECOND),
            Attempt(agent_id=second.agent.id, at=NOON - SECOND),
        )
    )
    assert _who(assign([someone], [second, first], {}, NOON)) == {someone.id: first.agent.id}


def test_after_a_minute_all_are_asked_alike() -> None:
    idle, busy = free(), free(texts=3)
    someone = asking(tried=(Attempt(agent_id=idle.agent.id, at=NOON - TRIED_AGAIN_AFTER),))
    assert _who(assign([someone], [idle, busy], {}, NOON)) == {someone.id: idle.agent.id}


def _queues(*queues: Queue) -> dict[str, Queue]:
    return {queue.name: queue for queue in queues}


def test_who_let_it_go_is_offered_the_next_one_meanwhile() -> None:
    agent = free(capacity=Capacity(texts=1))
    first = asking(tried=(Attempt(agent_id=agent.agent.id, at=NOON - SECOND),))
    second = asking(enqueued_at=NOON + SECOND)
    assert _who(assign([first, second], [agent], {}, NOON)) == {second.id: agent.agent.id}


def test_a_crisis_comes_first_whatever_the_priority() -> None:
    agent = free(capacity=Capacity(texts=1))
    crisis = asking(crisis=True, priority=0, enqueued_at=NOON + SECOND)
    urgent = asking(priority=9)
    assert _who(assign([urgent, crisis], [agent], {}, NOON)) == {crisis.id: agent.agent.id}


def test_a_crisis_goes_even_to_who_let_it_go_before_anybody_else_is_served() -> None:
    agent = free(capacity=Capacity(texts=1))
    crisis = asking(crisis=True, tried=(Attempt(agent_id=agent.agent.id, at=NOON),))
    assert _who(assign([asking(), crisis], [agent], {}, NOON)) == {crisis.id: agent.agent.id}


def test_waiting_makes_up_for_priority() -> None:
    queues = _queues(Queue(name="cards", ageing=1), Queue(name="loans", priority=3))
    old = asking(enqueued_at=NOON - 4 * MINUTE)
    new = asking(queue="loans")
    assert in_order([new, old], queues, NOON) == [old, new]
    assert in_order([new, old], queues, NOON - 2 * MINUTE) == [new, old]


def test_of_two_queues_the_one_with_more_priority_is_served_first() -> None:
    queues = _queues(Queue(name="loans", priority=1))
    cards, loans = asking(), asking(queue="loans", enqueued_at=NOON + SECOND)
    assert in_order([cards, loans], queues, NOON) == [loans, cards]


def test_skills_are_needed_at_their_level() -> None:
    queues = _queues(Queue(name="cards", skills={"fraud": 3}))
    junior, senior = free(skills={"fraud": 2}), free(skills={"fraud": 3})
    someone = asking()
    assert assign([someone], [junior, free()], queues, NOON) == []
    assert _who(assign([someone], [junior, senior], queues, NOON)) == {someone.id: senior.agent.id}
    harder = asking(skills={"fraud": 4, "loans": 1})
    assert assign([harder], [junior, senior], queues, NOON) == []
    both = free(skills={"fraud": 4, "loans": 1})
    assert _who(assign([harder], [both], queues, NOON)) == {harder.id: both.agent.id}


def test_of_those_equally_loaded_the_one_who_knows_most_is_taken() -> None:
    good, better = free(skills={"fraud": 3}), free(skills={"fraud": 5})
    someone = asking(skills={"fraud": 3})
    assert _who(assign([someone], [good, better], {}, NOON)) == {someone.id: better.agent.id}


def test_customers_are_served_in_their_language_where_the_queue_has_it() -> None:
    queues = _queues(Queue(name="cards", languages=("de", "en")))
    german, english = free(languages=("de",)), free(languages=("en",))
    someone = asking(language="en")
    assert _who(assign([someone], [german, english], queues, NOON)) == {
        someone.id: english.agent.id
    }
    assert assign([someone], [german], queues, NOON) == []
    french = asking(language="fr")
    assert _who(assign([french], [german, english], queues, NOON)) == {french.id: german.agent.id}
    anybody = free()
    assert _who(assign([someone], [anybody], queues, NOON)) == {someone.id: anybody.agent.id}


def test_after_a_while_the_other_queues_agents_help_out() -> None:
    queues = _queues(Queue(name="cards", overflow=Overflow(queue="loans", after_s=60)))
    helper = free(queues=("loans",))
    someone = asking()
    assert assign([someone], [helper], queues, NOON + 59 * SECOND) == []
    late = assign([someone], [helper], queues, NOON + 60 * SECOND)
    assert _who(late) == {someone.id: helper.agent.id}


def test_the_agent_who_knows_the_case_is_preferred_for_a_while() -> None:
    queues = _queues(Queue(name="cards", owner_s=30))
    owner, idle = free(texts=3), free()
    someone = asking(owner_id=owner.agent.id)
    assert _who(assign([someone], [owner, idle], queues, NOON)) == {someone.id: owner.agent.id}
    later = assign([someone], [owner, idle], queues, NOON + 30 * SECOND)
    assert _who(later) == {someone.id: idle.agent.id}
    full = free(texts=4)
    owned = asking(owner_id=full.agent.id)
    assert _who(assign([owned], [full, idle], queues, NOON)) == {owned.id: idle.agent.id}


def test_the_last_free_agents_are_kept_for_a_crisis() -> None:
    queues = _queues(Queue(name="cards", reserved=1))
    agents = [free(), free(calls=1), free(calls=1)]
    calm, crisis = asking(channel=Channel.VOICE), asking(channel=Channel.VOICE, crisis=True)
    assert assign([calm], agents, queues, NOON) == []
    assert _who(assign([calm, crisis], agents, queues, NOON)) == {crisis.id: agents[0].agent.id}
    text = asking()
    assert text.id in _who(assign([text], agents, queues, NOON)), "texts have room of their own"


def test_a_share_is_kept_and_never_all_of_them() -> None:
    some = _queues(Queue(name="cards", reserved_share=0.5))
    agents = [free() for _ in range(4)]
    calls = [asking(channel=Channel.VOICE) for _ in range(4)]
    assert len(assign(calls, agents, some, NOON)) == 2
    every = _queues(Queue(name="cards", reserved=9))
    assert len(assign(calls, agents, every, NOON)) == 1
    assert len(assign(calls, agents[:1], every, NOON)) == 1


def test_the_agents_kept_by_one_queue_are_not_taken_by_another() -> None:
    queues = _queues(Queue(name="cards", reserved=1))
    agents = [free(queues=("cards", "loans")), free(calls=1, queues=("cards", "loans"))]
    assert assign([asking(queue="loans", channel=Channel.VOICE)], agents, queues, NOON) == []


def test_an_offer_lasts_as_long_as_its_queue_says() -> None:
    queues = _queues(Queue(name="cards", offer_ttl_s=45))
    (patient,) = assign([asking()], [free()], queues, NOON)
    (usual,) = assign([asking()], [free()], {}, NOON)
    assert (patient.ttl, usual.ttl) == (45 * SECOND, 20 * SECOND)


def _passed_on_by(load: Workload, ago: timedelta = SECOND) -> Passing:
    return Passing(
        how=How.TRANSFERRED, agent_id=load.agent.id, by="", to="", reason="", at=NOON - ago
    )


def test_who_passed_it_on_gets_it_back_only_where_nobody_took_it_for_long() -> None:
    first, other = free(), free(texts=3)
    passed = asking(passed_on=_passed_on_by(first))
    assert _who(assign([passed], [first, other], {}, NOON)) == {passed.id: other.agent.id}
    assert assign([passed], [first], {}, NOON) == []
    waits_on = asking(passed_on=_passed_on_by(first, RETURNED_AFTER))
    assert _who(assign([waits_on], [first], {}, NOON)) == {waits_on.id: first.agent.id}


def test_one_that_was_handed_over_or_taken_over_may_go_to_whoever_had_it() -> None:
    first = free()
    for how in (How.HANDED_OVER, How.TAKEN_OVER):
        one = asking(passed_on=replace(_passed_on_by(first), how=how))
        assert _who(assign([one], [first], {}, NOON)) == {one.id: first.agent.id}


def test_a_wanted_person_is_asked_alone_for_a_time_whatever_their_queue() -> None:
    wanted, other = free(queues=("loans",)), free()
    one = asking(wanted=Wanted(agent_id=wanted.agent.id, until=NOON + SECOND))
    rest = asking(enqueued_at=NOON + SECOND)
    matches = _who(assign([one, rest], [wanted, other], {}, NOON))
    assert matches == {one.id: wanted.agent.id, rest.id: other.agent.id}
    full = replace(wanted, texts=4)
    assert assign([one], [full, other], {}, NOON) == []
    assert _who(assign([one], [full, other], {}, NOON + SECOND)) == {one.id: other.agent.id}
