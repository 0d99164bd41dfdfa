"""What holds for every round of offers, whoever waits and whoever is there."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from app.conversation.interaction import Attempt, Channel, Interaction
from app.conversation.matching import fits
from app.conversation.people import Capacity, Intent, Workload
from app.conversation.queues import Overflow, Queue
from app.conversation.routing import TRIED_AGAIN_AFTER, Match, assign, queue_of
from tests.unit.conversation.asking import NOON, SECOND, asking, free

NAMES = ("cards", "loans", "nobody described it")
LANGUAGES = ("de", "en")

small = st.integers(0, 3)
skills = st.dictionaries(st.sampled_from(["fraud", "loans"]), st.integers(1, 3), max_size=2)
languages = st.lists(st.sampled_from(LANGUAGES), unique=True, max_size=2).map(tuple)
agents = st.lists(
    st.builds(
        free,
        calls=small,
        texts=small,
        reachable=st.sampled_from([True, True, False]),
        intent=st.sampled_from([Intent.AVAILABLE, Intent.AVAILABLE, Intent.BREAK]),
        queues=st.sets(st.sampled_from(NAMES)).map(lambda names: tuple(sorted(names))),
        capacity=st.builds(Capacity, calls=small, texts=small),
        skills=skills,
        languages=languages,
    ),
    max_size=5,
)


@st.composite
def queues(draw: st.DrawFn, *, reserving: bool) -> dict[str, Queue]:
    def one(name: str) -> st.SearchStrategy[Queue]:
        other = st.builds(Overflow, queue=st.sampled_from(NAMES), after_s=st.integers(0, 3))
        return st.builds(
            Queue,
            name=st.just(name),
            languages=languages,
            skills=st.one_of(st.just({}), st.just({}), skills),
            priority=st.integers(0, 2),
            ageing=st.sampled_from([0.0, 0.5, 60.0]),
            overflow=st.one_of(st.none(), other),
            reserved=st.integers(0, 2) if reserving else st.just(0),
            reserved_share=st.sampled_from([0.0, 0.5]) if reserving else st.just(0.0),
            owner_s=st.sampled_from([0, 30]),
        )

    return {name: draw(one(name)) for name in NAMES[:2]}


class Round(Struct, frozen=True):
    waiting: list[Interaction]
    agents: list[Workload]
    queues: dict[str, Queue]

    def matches(self) -> list[Match]:
        return assign(self.waiting, self.agents, self.queues, NOON)

    def suits(self, one: Interaction, load: Workload) -> bool:
        return fits(load.agent, one, queue_of(self.queues, one.queue), NOON)


@st.composite
def rounds(draw: st.DrawFn, *, reserving: bool = True) -> Round:
    """Those who wait and those who could answer; some of these just let some of those go."""
    everybody = draw(agents)
    someone: st.SearchStrategy[UUID | None] = st.none()
    attempts: st.SearchStrategy[tuple[Attempt, ...]] = st.just(())
    if everybody:
        ids = st.sampled_from([load.agent.id for load in everybody])
        someone = st.one_of(st.none(), ids)
        at = st.integers(0, 90).map(lambda n: NOON - n * SECOND)
        attempts = st.lists(st.builds(Attempt, agent_id=ids, at=at), max_size=3).map(tuple)
    asked = st.builds(
        asking,
        channel=st.sampled_from(Channel),
        queue=st.sampled_from(NAMES),
        priority=small,
        enqueued_at=st.integers(0, 3).map(lambda n: NOON - n * SECOND),
        language=st.sampled_from(["", *LANGUAGES, "fr"]),
        skills=st.one_of(st.just({}), skills),
        crisis=st.booleans(),
        owner_id=someone,
        tried=attempts,
    )
    return Round(draw(st.lists(asked, max_size=12)), everybody, draw(queues(reserving=reserving)))


def _who(matches: list[Match]) -> dict[UUID, UUID]:
    return {match.interaction.id: match.agent_id for match in matches}


def _afterwards(round: Round, matches: list[Match]) -> dict[UUID, Workload]:
    loads = {load.agent.id: load for load in round.agents}
    for match in matches:
        loads[match.agent_id] = loads[match.agent_id].with_one_more(match.interaction.channel)
    return loads


def _recently(one: Interaction, agent_id: UUID, now: datetime = NOON) -> bool:
    return any(a.agent_id == agent_id and now - a.at < TRIED_AGAIN_AFTER for a in one.tried)


def _points(one: Interaction, queues: dict[str, Queue]) -> float:
    queue = queue_of(queues, one.queue)
    return one.priority + queue.priority + queue.ageing * (NOON - one.enqueued_at).seconds / 60


def _is_text(one: Interaction) -> bool:
    return one.channel is Channel.TEXT


@settings(deadline=None)
@given(rounds())
def test_nobody_is_ever_beyond_capacity(round: Round) -> None:
    matches = round.matches()
    known = {load.agent.id: load for load in round.agents}
    for (agent_id, text), count in Counter(
        (match.agent_id, _is_text(match.interaction)) for match in matches
    ).items():
        load = known[agent_id]
        held, room = (
            (load.texts, load.agent.capacity.texts)
            if text
            else (
                load.calls,
                load.agent.capacity.calls,
            )
        )
        assert held + count <= room
        assert load.agent.intent is Intent.AVAILABLE
        assert load.reachable


@settings(deadline=None)
@given(rounds())
def test_nobody_is_offered_twice_and_each_to_an_agent_who_suits(round: Round) -> None:
    matches = round.matches()
    known = {load.agent.id: load for load in round.agents}
    assert len(_who(matches)) == len(matches)
    assert all(round.suits(one.interaction, known[one.agent_id]) for one in matches)


@settings(deadline=None)
@given(rounds(reserving=False))
def test_no_free_agent_stays_beside_somebody_who_waits_for_them(round: Round) -> None:
    matches = round.matches()
    loads = _afterwards(round, matches)
    for one in (one for one in round.waiting if one.id not in _who(matches)):
        able = [load for load in loads.values() if round.suits(one, load)]
        assert not any(load.can_take(one.channel) for load in able)


@settings(deadline=None)
@given(rounds())
def test_with_reservations_none_stays_beside_a_crisis(round: Round) -> None:
    matches = round.matches()
    loads = _afterwards(round, matches)
    left = [one for one in round.waiting if one.crisis and one.id not in _who(matches)]
    for one in left:
        able = [load for load in loads.values() if round.suits(one, load)]
        assert not any(load.can_take(one.channel) for load in able)


@settings(deadline=None)
@given(rounds())
def test_a_crisis_is_never_behind_another_at_the_same_agent(round: Round) -> None:
    matches = round.matches()
    order = [match.interaction.crisis for match in matches]
    assert order == sorted(order, reverse=True)
    known = {load.agent.id: load for load in round.agents}
    waits = [one for one in round.waiting if one.crisis and one.id not in _who(matches)]
    for match in (match for match in matches if not match.interaction.crisis):
        rivals = [one for one in waits if _is_text(one) == _is_text(match.interaction)]
        assert not any(round.suits(one, known[match.agent_id]) for one in rivals)


@settings(deadline=None)
@given(rounds(reserving=False))
def test_whoever_is_passed_over_ranks_behind_or_was_just_let_go(round: Round) -> None:
    matches = round.matches()
    known = {load.agent.id: load for load in round.agents}
    left = [one for one in round.waiting if one.id not in _who(matches)]
    for one in left:
        for match in matches:
            other = match.interaction
            rivals = _is_text(one) == _is_text(other) and one.crisis == other.crisis
            if not rivals or not round.suits(one, known[match.agent_id]):
                continue
            mine, theirs = (
                (-_points(each, round.queues), each.enqueued_at, each.id) for each in (one, other)
            )
            assert theirs < mine or _recently(one, match.agent_id)


@settings(deadline=None)
@given(rounds())
def test_equals_are_served_in_the_order_of_asking(round: Round) -> None:
    """Nobody of the same queue, skills, language, channel and priority overtakes."""
    plain = [
        replace(one, tried=(), priority=5, crisis=False, channel=Channel.TEXT)
        for one in round.waiting
    ]
    matched = _who(assign(plain, round.agents, round.queues, NOON))
    for one in (one for one in plain if one.id not in matched):
        for other in (other for other in plain if other.id in matched):
            if (one.queue, one.skills, one.language) == (other.queue, other.skills, other.language):
                assert (other.enqueued_at, other.id) < (one.enqueued_at, one.id)


@settings(deadline=None)
@given(rounds(reserving=False))
def test_an_agent_who_let_it_go_is_taken_only_where_nobody_else_could_be(round: Round) -> None:
    for one in round.waiting:
        able = {
            load.agent.id
            for load in round.agents
            if round.suits(one, load) and load.can_take(one.channel)
        }
        chosen = _who(assign([one], round.agents, round.queues, NOON)).get(one.id)
        assert (chosen is None) == (not able)
        if chosen is not None and _recently(one, chosen):
            assert all(_recently(one, each) for each in able)


@settings(deadline=None)
@given(rounds(), st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_read_changes_nothing(round: Round, random: Any) -> None:
    expected = round.matches()
    waiting, loads = list(round.waiting), list(round.agents)
    random.shuffle(waiting)
    random.shuffle(loads)
    assert assign(waiting, loads, round.queues, NOON) == expected
