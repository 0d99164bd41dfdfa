"""What would change: the difference between the file and what is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from app.company.file import AgentSpec, Company
from app.conversation.people import Agent, Capacity
from app.conversation.queues import Queue
from app.ids import new_id

NO_PASSWORD = ""
"""Of a new agent until one is made; it fits nothing."""

_SHOWN_OF_AGENT = ("name", "queues", "roles", "skills", "languages", "capacity")


class Plan(Struct, frozen=True, kw_only=True):
    """The rows to write, and the same in lines for people. Empty lines: nothing to do."""

    queues: tuple[Queue, ...]
    agents: tuple[Agent, ...]
    lines: tuple[str, ...]
    left_alone: tuple[str, ...]
    """What is stored and not in the file."""


def plan(company: Company, queues: Mapping[str, Queue], agents: Sequence[Agent]) -> Plan:
    """What to write so that the store says what the file says."""
    known = {agent.email: agent for agent in agents}
    wanted = [_wanted(spec, known.get(spec.email.lower())) for spec in company.agents]
    changed_queues = [one for one in company.queues.values() if queues.get(one.name) != one]
    changed_agents = [one for one in wanted if known.get(one.email) != one]
    lines = [
        *(line for one in changed_queues for line in _of_queue(queues.get(one.name), one)),
        *(line for one in changed_agents for line in _of_agent(known.get(one.email), one)),
    ]
    mails = {agent.email for agent in wanted}
    return Plan(
        queues=tuple(changed_queues),
        agents=tuple(changed_agents),
        lines=tuple(lines),
        left_alone=(
            *(f"queue {name}" for name in queues if name not in company.queues),
            *(f"agent {email}" for email in known if email not in mails),
        ),
    )


def _wanted(spec: AgentSpec, known: Agent | None) -> Agent:
    """Who is known keeps id, password and presence."""
    before = known or Agent(
        id=new_id(), email=spec.email.lower(), name="", password_hash=NO_PASSWORD, queues=()
    )
    return replace(
        before,
        name=spec.name,
        queues=spec.queues,
        roles=spec.roles,
        skills=spec.skills,
        languages=spec.languages,
        capacity=Capacity(calls=spec.capacity.calls, texts=spec.capacity.texts),
    )


def _of_queue(before: Queue | None, after: Queue) -> Iterator[str]:
    yield f"{'+' if before is None else '~'} queue {after.name}"
    yield from _fields(before, before or Queue(name=after.name), after, Queue.__struct_fields__)


def _of_agent(before: Agent | None, after: Agent) -> Iterator[str]:
    yield f"{'+' if before is None else '~'} agent {after.email}"
    nobody = Agent(id=after.id, email=after.email, name="", password_hash="", queues=())
    yield from _fields(before, before or nobody, after, _SHOWN_OF_AGENT)


def _fields(known: object, before: Struct, after: Struct, names: Iterable[str]) -> Iterator[str]:
    """Of somebody known what becomes something else; of somebody new what is not the default."""
    old, new = to_builtins(before), to_builtins(after)
    for name in names:
        if old[name] != new[name]:
            was = "" if known is None else f"{_said(old[name])} -> "
            yield f"    {name}: {was}{_said(new[name])}"


def _said(value: Any) -> str:
    match value:
        case None | [] | () | {} if not value:
            return "none"
        case list() | tuple():
            return ", ".join(map(_said, value))
        case dict():
            return "{" + ", ".join(f"{key}: {_said(one)}" for key, one in value.items()) + "}"
        case _:
            return str(value)
