"""Who is offered what: in order, within capacity, nobody twice in a row."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.conversation.interaction import Attempt, Channel, Interaction, State
from app.conversation.people import Agent, Capacity, Intent, Workload
from app.conversation.routing import TRIED_AGAIN_AFTER, Match, assign, in_order
from app.ids import new_id

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
QUEUES = ("cards", "loans")


def _asking(**fields: Any) -> Interaction:
    known: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": new_id(),
        "customer_id": new_id(),
        "state": State.QUEUED,
        "channel": Channel.TEXT,
        "queue": "cards",
        "reason": "",
        "priority": 5,
        "why_now": "",
        "enqueued_at": NOON,
    }
    return Interaction(**{**known, **fields})


def _free(*, calls: int = 0, texts: int = 0, reachable: bool = True, **fields: Any) -> Workload:
    known: dict[str, Any] = {
        "id": new_id(),
        "email": "ana@bank.example",
        "name": "Ana",
        "password_hash": "",
        "queues": ("cards",),
        "intent": Intent.AVAILABLE,
    }
    agent = Agent(**{**known, **fields})
    return Workload(agent=agent, reachable=reachable, calls=calls, texts=texts)


def _who(matches: list[Match]) -> dict[UUID, UUID]:
    return {match.interaction.id: match.agent_id for match in matches}


def test_nobody_there_or_nobody_waiting() -> None:
    assert assign([], [_free()], NOON) == []
    assert assign([_asking()], [], NOON) == []


def test_priority_comes_before_time() -> None:
    late, early = _asking(enqueued_at=NOON + SECOND), _asking()
    urgent = _asking(priority=9, enqueued_at=NOON + 2 * SECOND)
    assert in_order([late, early, urgent]) == [urgent, early, late]
    agent = _free(capacity=Capacity(texts=1))
    assert _who(assign([late, early, urgent], [agent], NOON)) == {urgent.id: agent.agent.id}


def test_the_least_loaded_agent_is_taken() -> None:
    busy, idle = _free(texts=2), _free(texts=1)
    asking = _asking()
    assert _who(assign([asking], [busy, idle], NOON)) == {asking.id: idle.agent.id}


def test_each_match_counts_for_the_next() -> None:
    agents = [_free(), _free()]
    matches = assign([_asking() for _ in range(4)], agents, NOON)
    assert Counter(match.agent_id for match in matches) == {one.agent.id: 2 for one in agents}


def test_one_call_does_not_become_two() -> None:
    agent = _free()
    voice = _asking(channel=Channel.VOICE)
    video = _asking(channel=Channel.VIDEO, enqueued_at=NOON + SECOND)
    assert _who(assign([voice, video], [agent], NOON)) == {voice.id: agent.agent.id}


def test_who_let_it_go_is_asked_last() -> None:
    idle, busy = _free(), _free(texts=3)
    asking = _asking(tried=(Attempt(agent_id=idle.agent.id, at=NOON - SECOND),))
    assert _who(assign([asking], [idle, busy], NOON)) == {asking.id: busy.agent.id}
    assert _who(assign([asking], [idle], NOON)) == {asking.id: idle.agent.id}


def test_of_those_who_let_it_go_the_one_longest_ago_is_asked() -> None:
    first, second = _free(), _free()
    asking = _asking(
        tried=(
            Attempt(agent_id=first.agent.id, at=NOON - 20 * SECOND),
            Attempt(agent_id=second.agent.id, at=NOON - SECOND),
        )
    )
    assert _who(assign([asking], [second, first], NOON)) == {asking.id: first.agent.id}


def test_after_a_minute_all_are_asked_alike() -> None:
    idle, busy = _free(), _free(texts=3)
    asking = _asking(tried=(Attempt(agent_id=idle.agent.id, at=NOON - TRIED_AGAIN_AFTER),))
    assert _who(assign([asking], [idle, busy], NOON)) == {asking.id: idle.agent.id}


small = st.integers(0, 3)
agents = st.lists(
    st.builds(
        _free,
        calls=small,
        texts=small,
        reachable=st.booleans(),
        intent=st.sampled_from([Intent.AVAILABLE, Intent.AVAILABLE, Intent.BREAK]),
        queues=st.sets(st.sampled_from(QUEUES)).map(tuple),
        capacity=st.builds(Capacity, calls=small, texts=small),
    ),
    max_size=5,
)
asked = st.lists(
    st.builds(
        _asking,
        channel=st.sampled_from(Channel),
        queue=st.sampled_from(QUEUES),
        priority=st.integers(0, 3),
        enqueued_at=st.integers(0, 3).map(lambda n: NOON + n * SECOND),
    ),
    max_size=12,
)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[list[Interaction], list[Workload]]:
    """Those who wait and those who could answer; some of these just let some of those go."""
    everybody = draw(agents)
    attempts: st.SearchStrategy[tuple[Attempt, ...]] = st.just(())
    if everybody:
        one = st.builds(
            Attempt,
            agent_id=st.sampled_from([load.agent.id for load in everybody]),
            at=st.integers(0, 90).map(lambda n: NOON - n * SECOND),
        )
        attempts = st.lists(one, max_size=3).map(tuple)
    waiting = [replace(each, tried=draw(attempts)) for each in draw(asked)]
    return waiting, everybody


def _is_call(interaction: Interaction) -> bool:
    return interaction.channel is not Channel.TEXT


def _able(interaction: Interaction, load: Workload) -> bool:
    return interaction.queue in load.agent.queues and load.can_take(interaction.channel)


@settings(deadline=None)
@given(rounds())
def test_nobody_is_ever_beyond_capacity(round: tuple[list[Interaction], list[Workload]]) -> None:
    waiting, loads = round
    matches = assign(waiting, loads, NOON)
    assert len(_who(matches)) == len(matches)
    known = {load.agent.id: load for load in loads}
    for agent_id in {match.agent_id for match in matches}:
        load = known[agent_id]
        taken = [match.interaction for match in matches if match.agent_id == agent_id]
        calls = sum(map(_is_call, taken))
        texts = len(taken) - calls
        assert load.agent.intent is Intent.AVAILABLE
        assert load.reachable
        assert all(each.queue in load.agent.queues for each in taken)
        assert calls == 0 or load.calls + calls <= load.agent.capacity.calls
        assert texts == 0 or load.texts + texts <= load.agent.capacity.texts


@settings(deadline=None)
@given(rounds())
def test_who_is_left_waits_behind_others_only(
    round: tuple[list[Interaction], list[Workload]],
) -> None:
    waiting, loads = round
    matches = assign(waiting, loads, NOON)
    assert [match.interaction for match in matches] == in_order(
        [match.interaction for match in matches]
    )
    left = [each for each in waiting if each.id not in _who(matches)]
    order = {each.id: place for place, each in enumerate(in_order(waiting))}
    for each in left:
        for load in (load for load in loads if _able(each, load)):
            taken = [
                match.interaction
                for match in matches
                if match.agent_id == load.agent.id and _is_call(match.interaction) == _is_call(each)
            ]
            held = load.calls if _is_call(each) else load.texts
            capacity = load.agent.capacity
            room = capacity.calls if _is_call(each) else capacity.texts
            assert held + len(taken) == room
            assert all(order[other.id] < order[each.id] for other in taken)


@settings(deadline=None)
@given(rounds())
def test_an_agent_who_let_it_go_is_taken_only_where_nobody_else_could_be(
    round: tuple[list[Interaction], list[Workload]],
) -> None:
    waiting, loads = round
    for each in waiting:
        able = {load.agent.id for load in loads if _able(each, load)}
        recent = {a.agent_id for a in each.tried if NOON - a.at < TRIED_AGAIN_AFTER}
        chosen = _who(assign([each], loads, NOON)).get(each.id)
        assert (chosen is None) == (not able)
        if chosen in recent:
            assert able <= recent


@settings(deadline=None)
@given(rounds(), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_changes_nothing(
    round: tuple[list[Interaction], list[Workload]], random: Any
) -> None:
    waiting, loads = round
    expected = assign(waiting, loads, NOON)
    random.shuffle(waiting)
    random.shuffle(loads)
    assert assign(waiting, loads, NOON) == expected
