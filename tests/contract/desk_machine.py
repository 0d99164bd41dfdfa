"""Customers and agents do whatever comes to their minds, while servers are killed.

Everything goes through the real verbs, each in a transaction of its own under an Idempotency-Key,
as the API does it; whoever got no answer sends the same again. A model says what is allowed and
what comes of it; after each step the store must agree with it, and the reconciler find nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.calls import Calls
from app.conversation import consult, desk, pausing, transfer
from app.conversation.errors import ConversationError
from app.conversation.interaction import Channel, Interaction, State
from app.conversation.messages import Saying, say
from app.conversation.participant import Participant, Role
from app.conversation.people import SUPERVISOR, Agent, Capacity, Customer, Intent
from app.conversation.setup import DEFAULT_DISPOSITIONS
from app.conversation.target import Target, ToAgent, ToQueue
from app.conversation.telling import actor_of
from app.conversation.timeline import Viewer
from app.ids import new_id
from app.jobs.reconciler import Reconciler
from app.kept import Once
from app.queue import offer_round
from app.store.work import Store, Work
from rtc.memory import MemoryEngine
from tests.contract.crashing import Crash, CrashingStore, Fate
from tests.contract.desk_model import ROOM, Beside, Life, Model, Person
from tests.contract.people import NOON, agent, asking, customer, no_flows

NAMES = ("Ana", "Lou", "Sam")
CUSTOMERS = st.integers(0, 1)
AGENTS = st.integers(0, 2)
FATES = st.sampled_from([Fate.DONE, Fate.DONE, Fate.DONE, Fate.ABORTED, Fate.ANSWER_LOST])
ACTING = st.sampled_from([None, None, None, 0, 1, 2])
"""Who tries it; None: the agent whose business it is."""

QUEUES = st.sampled_from(["cards", "cards", "loans"])
MOSTLY = st.sampled_from([True, True, True, False])
SELDOM = st.sampled_from([False, False, False, True])
ROLES = st.sampled_from([role.value for role in Role])
TARGETS = st.one_of(st.sampled_from(["cards", "loans", "nowhere"]), AGENTS)
FAR = timedelta(days=1)


class Clock:
    """The time of the memory store: no two transactions have the same."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class Desk(RuleBasedStateMachine):
    """`opened` gives an empty store, and the clock that it goes by where that can be moved."""

    def __init__(self, opened: Callable[[], tuple[Store, Clock | None]]) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        store, self.clock = self.run(_in_loop(opened))
        self.store = CrashingStore(store)
        self.reconciler = Reconciler(store, Calls(store, MemoryEngine()), no_flows())
        self.model = Model(
            team=[
                Person(queues=("cards",)),
                Person(queues=("cards", "loans")),
                Person(queues=("loans",), supervises=True),
            ]
        )
        self.woken = False
        self.devices = [new_id() for _ in self.model.team]

    def run(self, one: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await one

        return self.loop.run(awaited())

    def teardown(self) -> None:
        self.run(self.store.close())
        self.loop.close()

    @initialize()
    def people(self) -> None:
        self.customers: list[Customer] = [
            self.run(customer(self.store, name)) for name in ("maya", "jonas")
        ]
        self.agents: list[Agent] = [
            self.run(
                agent(
                    self.store,
                    name,
                    id=UUID(int=number),  # of two who are alike the lesser id is asked
                    queues=person.queues,
                    capacity=Capacity(texts=ROOM),
                    roles=("agent", SUPERVISOR) if person.supervises else ("agent",),
                )
            )
            for number, (name, person) in enumerate(zip(NAMES, self.model.team, strict=True))
        ]
        for a in range(len(self.agents)):
            self.intend(a, available=True)
            self.reconnect(a, connected=True)
        for c in range(len(self.customers)):
            self.ask(c, Fate.DONE, "cards", again=False)
        self.offers(Fate.DONE)
        self.accept(0, None, Fate.DONE)

    def do(
        self,
        fate: Fate,
        who: Agent | Customer,
        act: Callable[[Work], Awaitable[Any]],
        *,
        allowed: bool,
    ) -> bool:
        """One request; sent again under the same key where no answer came. Whether it was done."""
        once = Once(self.store, who.id, str(new_id()), b"the same request")

        async def answered(work: Work) -> str:
            return str(await act(work) is not None)

        async def requested() -> None:
            self.store.next = fate
            try:
                await once(answered, str)
            except Crash:
                await once(answered, str)

        try:
            self.run(requested())
        except ConversationError as error:
            if allowed:
                raise AssertionError(f"this should have been allowed: {error}") from error
            return False
        finally:
            self.store.next = Fate.DONE
        assert allowed, "this should have been refused"
        self.woken = fate is Fate.DONE  # a killed server loses its bells
        return True

    # What customers do

    @rule(c=CUSTOMERS, fate=FATES, queue=QUEUES, again=SELDOM)
    def ask(self, c: int, fate: Fate, queue: str, *, again: bool) -> None:
        if self.model.open_of(c) is not None and not again:
            c = 1 - c
        who, now = self.customers[c], self.now()
        new = asking(who, enqueued_at=now, queue=queue)
        allowed = self.model.open_of(c) is None
        if self.do(fate, who, lambda work: desk.ask(work, new, who), allowed=allowed):
            self.model.lives.append(Life(id=new.id, customer=c, place=now, queue=queue))

    @rule(c=CUSTOMERS, fate=FATES)
    def cancel(self, c: int, fate: Fate) -> None:
        one, who = self.model.latest_of(c), self.customers[c]
        if one is None:
            return
        allowed = one.state in ("queued", "offered", "paused")
        if self.do(fate, who, lambda work: desk.cancel(work, one.id, who), allowed=allowed):
            one.state, one.offered = "closed", None

    @precondition(lambda self: self.model.has("paused"))
    @rule(c=CUSTOMERS, fate=FATES)
    def resume(self, c: int, fate: Fate) -> None:
        one = self._life(c, "paused")
        if one is None:
            return
        who = self.customers[one.customer]
        act = _resume(one, who)
        if self.do(fate, who, act, allowed=one.state == "paused"):
            _back_in_line(one)

    @rule(c=CUSTOMERS, fate=FATES)
    def customer_writes(self, c: int, fate: Fate) -> None:
        one = self.model.open_of(c)
        talking = any(o.customer == c and o.state == "wrap_up" for o in self.model.lives)
        said = self._say(self.customers[c], c, fate, allowed=one is not None or talking)
        if said and one is not None and one.state == "paused":
            _back_in_line(one)

    @rule(a=AGENTS, c=CUSTOMERS, fate=FATES)
    def agent_writes(self, a: int, c: int, fate: Fate) -> None:
        self._say(self.agents[a], c, fate, allowed=self.model.may_write(a, c))

    def _say(self, who: Agent | Customer, c: int, fate: Fate, *, allowed: bool) -> bool:
        """Messages need no key: their own id is one."""
        saying = Saying(
            who=who, conversation_id=self.customers[c].conversation_id, cmid=new_id(), text="hi"
        )

        async def said() -> None:
            for next in (fate, Fate.DONE):
                self.store.next = next
                try:
                    async with self.store.write() as work:
                        await say(work, saying)
                except Crash:
                    continue
                return

        try:
            self.run(said())
        except ConversationError as error:
            if allowed:
                raise AssertionError(f"this should have been allowed: {error}") from error
            return False
        assert allowed, "this should have been refused"
        self.model.said.setdefault(c, []).append(saying.cmid)
        return True

    # What both do

    @precondition(lambda self: self.model.has("live", "paused", "wrap_up"))
    @rule(c=CUSTOMERS, a=st.none() | AGENTS, fate=FATES)
    def end(self, c: int, a: int | None, fate: Fate) -> None:
        one = self._life(c, "live")
        if one is None:
            return
        who = self._side(one.customer, a)

        async def act(work: Work) -> object:
            over = await desk.end(work, one.id, who)
            await consult.over(work, over, actor_of(who))
            return over

        if self.do(fate, who, act, allowed=one.state == "live" and a in (None, one.holder)):
            one.state, one.beside = "wrap_up", {}

    @precondition(lambda self: self.model.has("live", "paused", "wrap_up"))
    @rule(c=CUSTOMERS, a=st.none() | AGENTS, fate=FATES)
    def pause(self, c: int, a: int | None, fate: Fate) -> None:
        one = self._life(c, "live")
        if one is None:
            return
        who = self._side(one.customer, a)
        allowed = one.state == "live" and a in (None, one.holder)
        if self.do(fate, who, lambda work: pausing.pause(work, one.id, who, None), allowed=allowed):
            one.state, one.beside = "paused", {}

    def _life(self, c: int, *states: str) -> Life | None:
        """Rather one of these states, of this customer or of the other; else whatever there is."""
        everybody = [self.model.latest_of((c + n) % 2) for n in range(2)]
        fitting = [one for one in everybody if one is not None and one.state in states]
        return fitting[0] if fitting else everybody[0]

    def _side(self, c: int, a: int | None) -> Agent | Customer:
        return self.customers[c] if a is None else self.agents[a]

    # What agents do

    @rule(a=AGENTS, available=MOSTLY, connected=MOSTLY)
    def come_or_go(self, a: int, *, available: bool, connected: bool) -> None:
        self.intend(a, available=available)
        self.reconnect(a, connected=connected)

    def intend(self, a: int, *, available: bool) -> None:
        self.run(self._intend(a, Intent.AVAILABLE if available else Intent.BREAK))
        self.model.team[a].available = available

    async def _intend(self, a: int, intent: Intent) -> None:
        async with self.store.write() as work:
            await work.agents.set_intent(self.agents[a].id, intent, await work.now())

    def reconnect(self, a: int, *, connected: bool) -> None:
        self.run(self._lease(a, FAR if connected else timedelta()))
        self.model.team[a].connected = connected

    async def _lease(self, a: int, lasts: timedelta) -> None:
        async with self.store.write() as work:
            until = await work.now() + lasts
            await work.agents.reachable_until(self.agents[a].id, self.devices[a], until)

    @precondition(lambda self: self.model.has("offered"))
    @rule(c=CUSTOMERS, a=ACTING, fate=FATES)
    def accept(self, c: int, a: int | None, fate: Fate) -> None:
        one = self._life(c, "offered")
        if one is None:
            return
        a = _acting(a, one.offered)
        who = self.agents[a]
        allowed = one.state == "offered" and one.offered == a
        if self.do(fate, who, lambda work: desk.accept(work, one.id, who), allowed=allowed):
            one.state, one.holder, one.offered, one.wanted = "live", a, None, None

    @precondition(lambda self: self.model.has("offered"))
    @rule(c=CUSTOMERS, a=ACTING, fate=FATES)
    def decline(self, c: int, a: int | None, fate: Fate) -> None:
        one = self._life(c, "offered")
        if one is None:
            return
        a = _acting(a, one.offered)
        who = self.agents[a]
        allowed = one.state == "offered" and one.offered == a
        if self.do(fate, who, lambda work: desk.decline(work, one.id, who, ""), allowed=allowed):
            _let_go(one)

    @precondition(lambda self: self.model.has("wrap_up"))
    @rule(c=CUSTOMERS, a=ACTING, fate=FATES)
    def wrap_up(self, c: int, a: int | None, fate: Fate) -> None:
        for one in [o for o in self.model.lives if o.customer == c]:
            by = _acting(a, one.holder)
            who = self.agents[by]
            act = _wrap_up(one, who)
            if self.do(fate, who, act, allowed=one.state == "wrap_up" and one.holder == by):
                one.state = "closed"

    @precondition(lambda self: self.model.has("live", "paused", "wrap_up"))
    @rule(c=CUSTOMERS, a=ACTING, to=TARGETS, fate=FATES)
    def transfer(self, c: int, a: int | None, to: str | int, fate: Fate) -> None:
        one, target = self._life(c, "live"), self._target(to)
        if one is None:
            return
        a = _acting(a, one.holder)
        who = self.agents[a]
        has = one.state == "live" and one.holder == a
        allowed = has and self.model.may_ask(to, a)

        def act(work: Work) -> Awaitable[object]:
            return transfer.transfer(work, one.id, who, target, "knows it better", "")

        if self.do(fate, who, act, allowed=allowed):
            one.state, one.holder, one.beside = "queued", None, {}
            one.given_away, one.passed_at = a, self.now()
            one.wanted = to if isinstance(to, int) else None
            one.queue = to if isinstance(to, str) else one.queue

    def _target(self, target: str | int) -> Target:
        return (
            ToQueue(name=target) if isinstance(target, str) else ToAgent(id=self.agents[target].id)
        )

    @precondition(lambda self: self.model.has("live", "paused", "wrap_up"))
    @rule(c=CUSTOMERS, fate=FATES)
    def take_over(self, c: int, fate: Fate) -> None:
        one, sam = self._life(c, "live"), len(self.agents) - 1
        if one is None:
            return
        who, beside = self.agents[sam], [b for b in one.beside.values() if b.agent == sam]
        fits = self.model.load(sam) - len(beside) < ROOM
        allowed = one.state == "live" and one.holder != sam and fits

        def act(work: Work) -> Awaitable[object]:
            return transfer.take_over(work, one.id, who, "it takes too long")

        if self.do(fate, who, act, allowed=allowed):
            one.holder, one.given_away, one.passed_at = sam, None, None
            one.beside = {r: b for r, b in one.beside.items() if sam not in (b.agent, b.person)}

    @precondition(lambda self: self.model.has("live"))
    @rule(c=CUSTOMERS, role=ROLES, to=TARGETS, fate=FATES)
    def ask_colleague(self, c: int, role: str, to: str | int, fate: Fate) -> None:
        one = self._life(c, "live")
        if one is None or one.holder is None:
            return
        who, target, ids = self.agents[one.holder], self._target(to), list[Any]()
        allowed = one.state == "live" and role not in one.beside
        allowed = allowed and self.model.may_ask(to, one.holder)

        async def act(work: Work) -> object:
            asked = await consult.ask(work, one.id, who, Role(role), target, "")
            ids.append(asked.id)
            return asked

        if self.do(fate, who, act, allowed=allowed):
            queue, person = (to, None) if isinstance(to, str) else (None, to)
            one.beside[role] = Beside(id=ids[-1], role=role, queue=queue, person=person)

    @precondition(lambda self: any(self.model.all_beside()))
    @rule(c=CUSTOMERS, role=ROLES, a=ACTING, fate=FATES)
    def join(self, c: int, role: str, a: int | None, fate: Fate) -> None:
        one, beside = self._beside(c, role)
        if one is None or beside is None:
            return
        a = _acting(a, beside.agent)
        who, allowed = self.agents[a], beside.state == "offered" and beside.agent == a
        if self.do(fate, who, lambda work: consult.accept(work, beside.id, who), allowed=allowed):
            beside.state = "joined"

    @precondition(lambda self: any(self.model.all_beside()))
    @rule(c=CUSTOMERS, role=ROLES, a=ACTING, fate=FATES)
    def decline_to_join(self, c: int, role: str, a: int | None, fate: Fate) -> None:
        one, beside = self._beside(c, role)
        if one is None or beside is None:
            return
        a = _acting(a, beside.agent)
        who, allowed = self.agents[a], beside.state == "offered" and beside.agent == a

        def act(work: Work) -> Awaitable[object]:
            return consult.decline(work, beside.id, who, "")

        if self.do(fate, who, act, allowed=allowed):
            if beside.queue is None:
                del one.beside[beside.role]
            else:
                beside.state, beside.agent = "asked", None

    @precondition(lambda self: any(self.model.all_beside()))
    @rule(c=CUSTOMERS, role=ROLES, a=ACTING, fate=FATES)
    def leave(self, c: int, role: str, a: int | None, fate: Fate) -> None:
        """The colleague goes, or whoever has it needs them no more; nobody else decides that."""
        one, beside = self._beside(c, role)
        if one is None or beside is None:
            return
        a = _acting(a, beside.agent)
        who, joined = self.agents[a], beside.state == "joined" and beside.agent == a
        allowed = joined or one.holder == a
        if self.do(fate, who, lambda work: consult.leave(work, beside.id, who), allowed=allowed):
            del one.beside[beside.role]

    @precondition(lambda self: any(self.model.all_beside()))
    @rule(c=CUSTOMERS, role=ROLES, a=ACTING, fate=FATES)
    def hand_over(self, c: int, role: str, a: int | None, fate: Fate) -> None:
        one, beside = self._beside(c, role)
        if one is None or beside is None:
            return
        a = _acting(a, one.holder)
        who, allowed = self.agents[a], beside.state == "joined" and one.holder == a

        def act(work: Work) -> Awaitable[object]:
            return transfer.hand_over(work, beside.id, who)

        if self.do(fate, who, act, allowed=allowed):
            has = one.holder = beside.agent
            one.given_away, one.passed_at = None, None
            one.beside = {r: b for r, b in one.beside.items() if has not in (b.agent, b.person)}

    def _beside(self, c: int, role: str) -> tuple[Life | None, Beside | None]:
        """One of this role, or another, of this customer, or of the other one."""
        found = list(self.model.all_beside())
        fitting = [pair for pair in found if pair[0].customer == c and pair[1].role == role]
        return next(iter(fitting or found), (None, None))

    # What goes on by itself

    @rule(fate=FATES)
    def offers(self, fate: Fate) -> None:
        """A round of offers: whom it chose is read, whether it may is judged."""
        self.woken = False
        self.store.next = fate
        try:
            self.run(offer_round(self.store))
        except Crash:
            self.run(offer_round(self.store))
        self.run(self._read_offers())
        now = self.now()
        for one in [o for o in self.model.lives if o.state == "queued"]:
            able = [a for a in range(3) if self.model.could_take(one, a, now)]
            assert not able, f"nobody was asked, but {able} could come"
        for one, beside in self.model.all_beside():
            if beside.state == "asked":
                able = [a for a in range(3) if self.model.could_join(one, beside, a)]
                assert not able, f"no colleague was asked, but {able} could join"

    @precondition(lambda self: self.clock is not None)
    @rule(seconds=st.sampled_from([1, 15, 25, 70, 130, 700]))
    def time_goes_by(self, seconds: int) -> None:
        """In seconds, as the jobs look every second."""
        assert self.clock is not None
        self.clock.now += timedelta(seconds=seconds)
        self.offers(Fate.DONE)

    async def _read_offers(self) -> None:
        """First what the round took back, which gives room; then what it gave away."""
        async with self.store.read() as work:
            for one in self.model.lives:
                await self._read_taken_back(work, one)
            for one in self.model.lives:
                await self._read_given(work, one)

    async def _read_taken_back(self, work: Work, one: Life) -> None:
        """Only what is past its time, so only where time goes by."""
        stored, open_ones = await self._stored(work, one)
        before = self.model.load_of(one)
        if one.state == "wrap_up" and stored.state is State.CLOSED:
            one.state = "closed"
        if one.state == "offered" and _offered_at(stored) != one.offered_at:
            _let_go(one)
        for role, beside in list(one.beside.items()):
            if beside.state == "joined":
                continue
            if role not in open_ones:
                del one.beside[role]
            elif beside.state == "offered" and open_ones[role].offered_at != beside.offered_at:
                beside.state, beside.agent = "asked", None
        assert self.clock is not None or self.model.load_of(one) == before

    async def _read_given(self, work: Work, one: Life) -> None:
        stored, open_ones = await self._stored(work, one)
        if one.state == "queued" and stored.offer is not None:
            a = self._number(stored.offer.agent_id)
            assert self.model.could_take(one, a, await work.now()), "offered to who cannot take it"
            one.state, one.offered, one.offered_at = "offered", a, stored.offer.offered_at
        for role, beside in one.beside.items():
            if beside.state == "asked" and open_ones[role].agent_id is not None:
                a = self._number(open_ones[role].agent_id)
                assert self.model.could_join(one, beside, a), "asked who cannot join"
                beside.state, beside.agent = "offered", a
                beside.offered_at = open_ones[role].offered_at

    async def _stored(self, work: Work, one: Life) -> tuple[Interaction, dict[str, Participant]]:
        beside = await work.participants.open_of(one.id)
        return await work.interactions.get(one.id), {each.role.value: each for each in beside}

    def _number(self, id: object) -> int:
        return [one.id for one in self.agents].index(id)  # type: ignore[arg-type]

    def now(self) -> datetime:
        async def read() -> datetime:
            async with self.store.read() as work:
                return await work.now()

        at: datetime = self.run(read())
        return at

    # What always holds

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        """Where a bell rang, the round of offers that it woke comes first."""
        if self.woken:
            self.offers(Fate.DONE)
        if hasattr(self, "agents"):
            self.run(self._compare())

    @invariant()
    def the_reconciler_finds_nothing(self) -> None:
        found = self.run(self.reconciler.look())
        assert not found, found

    async def _compare(self) -> None:
        async with self.store.read() as work:
            for one in self.model.lives:
                await self._compare_one(work, one)
            loads = await work.agents.workloads(await work.now())
            for load in loads:
                assert load.texts == self.model.load(self._number(load.agent.id))
            for c, cmids in self.model.said.items():
                id = self.customers[c].conversation_id
                events = await work.timeline.after(id, 0, Viewer.AGENT, 10_000)
                assert [one.cmid for one in events if one.cmid] == cmids
                assert [one.seq for one in events] == list(range(1, len(events) + 1))

    async def _compare_one(self, work: Work, one: Life) -> None:
        stored = await work.interactions.get(one.id)
        assert stored.state.value == one.state
        assert stored.enqueued_at == one.place, "the place is lost"
        offered = None if stored.offer is None else self._number(stored.offer.agent_id)
        assert offered == one.offered
        if one.state in ("live", "wrap_up"):
            assert self._number(stored.agent_id) == one.holder
        beside = {
            p.role.value: (p.state.value, None if p.agent_id is None else self._number(p.agent_id))
            for p in await work.participants.open_of(one.id)
        }
        assert beside == {role: (b.state, b.agent) for role, b in one.beside.items()}


def _acting(a: int | None, whose_business: int | None) -> int:
    return a if a is not None else whose_business or 0


async def _in_loop(opened: Callable[[], Any]) -> Any:
    return opened()


def _offered_at(one: Interaction) -> datetime | None:
    return None if one.offer is None else one.offer.offered_at


def _let_go(one: Life) -> None:
    if one.wanted == one.offered:
        one.wanted = None
    one.state, one.offered = "queued", None


def _back_in_line(one: Life) -> None:
    one.state, one.holder, one.beside = "queued", None, {}


def _resume(one: Life, who: Customer) -> Callable[[Work], Awaitable[object]]:
    return lambda work: pausing.resume(work, one.id, who, Channel.TEXT)


def _wrap_up(one: Life, who: Agent) -> Callable[[Work], Awaitable[object]]:
    return lambda work: desk.wrap_up(work, one.id, who, DEFAULT_DISPOSITIONS[0].code, "")
