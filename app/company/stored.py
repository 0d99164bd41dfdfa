"""How does a company get out of the store, and into it?"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from app import topics
from app.company.change import Change
from app.company.checks import Checked
from app.company.file import AgentSpec, CapacitySpec, Company
from app.company.invitation import Invited, invite
from app.company.kinds import AGENT, CALENDAR, DISPOSITION, QUEUE, REPLY, SKILL
from app.company.leaving import end_access
from app.conversation.errors import NotAllowed
from app.conversation.people import NO_PASSWORD, Agent, Capacity
from app.conversation.setup import CannedReply, Disposition, Skill
from app.conversation.telling import ring, ring_beside
from app.ids import new_id
from app.queue_file import CalendarSpec, queue_spec
from app.store.records import AuditEntry, What
from app.store.work import Work


class By(Struct, frozen=True, kw_only=True):
    """Who changes the set-up."""

    name: str
    agent_id: UUID | None = None


async def company_of(work: Work) -> Company:
    """What is set up now, in the words of the file."""
    everybody = await work.agents.everybody()
    return Company(
        skills=await work.setup.all(Skill),
        calendars=await work.setup.all(CalendarSpec),
        queues=tuple(queue_spec(one) for one in (await work.queues.all()).values()),
        agents=tuple(_agent_spec(one) for one in everybody if one.active),
        dispositions=await work.setup.all(Disposition),
        canned_replies=await work.setup.all(CannedReply),
    )


async def write(
    work: Work, before: Company, after: Checked, changed: Sequence[Change], by: By
) -> list[Invited]:
    """Make the changes and tell the audit trail; returns who is new and how they get in.

    The caller holds the lock of the set-up. Raises NotAllowed where somebody waits in a queue that
    is to go, or where admins would lock themselves out.
    """
    _must_stay_admin(before, after.company, by)
    await _must_be_empty(work, changed)
    await _write_lists(work, before, after.company)
    await _write_queues(work, after)
    invited = await _write_agents(work, changed)
    for change in changed:
        await audit(work, by, _what(change), change)
    for topic in (topics.TEAM, topics.QUEUE) if changed else ():
        work.ring(topic)
    return invited


async def audit(work: Work, by: By, what: What, change: Change) -> None:
    await work.audit.add(
        AuditEntry(
            at=await work.now(),
            by=by.name,
            by_id=by.agent_id,
            what=what,
            kind=change.kind.name,
            name=change.name,
            before=None if change.before is None else to_builtins(change.before),
            after=None if change.after is None else to_builtins(change.after),
        )
    )


def _what(change: Change) -> What:
    if change.before is None:
        return What.ADDED
    return What.REMOVED if change.after is None else What.CHANGED


def _must_stay_admin(before: Company, after: Company, by: By) -> None:
    """So one admin is left, whatever is changed."""
    was, is_now = (AGENT.named(one).get(by.name) for one in (before, after))
    if by.agent_id is None or was is None or "admin" not in was.roles:
        return
    if is_now is None or "admin" not in is_now.roles:
        raise NotAllowed("take the role admin from oneself", "signed in with it")


async def _must_be_empty(work: Work, changed: Sequence[Change]) -> None:
    gone = {one.name for one in changed if one.kind is QUEUE and one.after is None}
    if not gone:
        return
    for one in await work.interactions.waiting():
        if one.queue in gone:
            raise NotAllowed(f"remove the queue {one.queue}", "somebody waits in it")


async def _write_lists(work: Work, before: Company, after: Company) -> None:
    for kind in (SKILL, CALENDAR, DISPOSITION, REPLY):
        if kind.entries(before) != kind.entries(after):
            await work.setup.put_all(kind.spec, kind.entries(after))


async def _write_queues(work: Work, after: Checked) -> None:
    """Also those that no line is about: their calendar may be another one now."""
    known = await work.queues.all()
    for name, queue in after.queues.items():
        if known.get(name) != queue:
            await work.queues.put(queue)
    for name in known.keys() - after.queues.keys():
        await work.queues.remove(name)


async def _write_agents(work: Work, changed: Sequence[Change]) -> list[Invited]:
    invited = []
    for change in changed:
        if change.kind is not AGENT:
            continue
        known = await work.agents.by_email(change.name)
        if change.after is None:
            if known is not None:
                await end_access(work, known)
            continue
        agent = _agent(change.after, known)
        await work.agents.add(agent)
        await _ring_for(work, agent)
        if change.before is None:
            invited.append(await invite(work, agent))
    return invited


async def _ring_for(work: Work, agent: Agent) -> None:
    """The agent, and whoever sees the agent's name beside an interaction."""
    work.ring(topics.me(agent.id))
    beside = await work.participants.with_agent(agent.id)
    joined = [await work.interactions.get(one.interaction_id) for one in beside]
    for interaction in (*await work.interactions.with_agent(agent.id), *joined):
        ring(work, interaction)
        await ring_beside(work, interaction)


def _agent_spec(agent: Agent) -> AgentSpec:
    capacity = CapacitySpec(calls=agent.capacity.calls, texts=agent.capacity.texts)
    same: dict[str, Any] = {
        name: getattr(agent, name) for name in AgentSpec.__struct_fields__ if name != "capacity"
    }
    return AgentSpec(**same, capacity=capacity)


def _agent(spec: AgentSpec, known: Agent | None) -> Agent:
    """Who is known, be it from before they left, keeps id, password and presence."""
    before = known or Agent(
        id=new_id(), email=spec.email, name="", password_hash=NO_PASSWORD, queues=()
    )
    return replace(
        before,
        name=spec.name,
        queues=spec.queues,
        roles=spec.roles,
        skills=spec.skills,
        languages=spec.languages,
        capacity=Capacity(calls=spec.capacity.calls, texts=spec.capacity.texts),
        active=True,
    )
