"""What does company.yaml say, and does it make sense?"""

from typing import Annotated

from msgspec import Meta, Struct

from app.conversation.people import Capacity
from app.conversation.queues import Queue, Skills
from app.queue_file import Name, QueueSpec, known_zone, queues_of
from app.yaml_file import BadFile, read

Email = Annotated[str, Meta(min_length=3, max_length=254)]


class CapacitySpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    calls: Annotated[int, Meta(ge=0, le=10)] = Capacity().calls
    texts: Annotated[int, Meta(ge=0, le=50)] = Capacity().texts


class AgentSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent as people write it. Passwords do not belong into a file."""

    email: Email
    name: Name
    queues: tuple[Name, ...]
    roles: tuple[Name, ...] = ("agent",)
    skills: Skills = {}
    languages: tuple[Name, ...] = ()
    capacity: CapacitySpec = CapacitySpec()


class CompanyFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zone: str = "UTC"
    """Of all opening hours that name no other."""
    queues: tuple[QueueSpec, ...] = ()
    agents: tuple[AgentSpec, ...] = ()


class Company(Struct, frozen=True, kw_only=True):
    """What the file wants; whatever it does not name stays as it is."""

    queues: dict[str, Queue]
    agents: tuple[AgentSpec, ...]


def load(text: str) -> Company:
    """The company that the text describes; raises BadFile with the place of what is wrong."""
    file = read(text, CompanyFile)
    queues = queues_of(file.queues, known_zone(file.zone, "zone"), "queues")
    seen: set[str] = set()
    for number, agent in enumerate(file.agents):
        _must_make_sense(agent, queues, seen, f"agents[{number}]")
        seen.add(agent.email.lower())
    return Company(queues=queues, agents=file.agents)


def unserved(company: Company) -> list[str]:
    """Queues that none of these agents serves, be it by overflow."""
    served = {name for agent in company.agents for name in agent.queues}
    helped = {
        queue.name
        for queue in company.queues.values()
        if queue.overflow is not None and queue.overflow.queue in served
    }
    return [name for name in company.queues if name not in served | helped]


def _must_make_sense(
    agent: AgentSpec, queues: dict[str, Queue], seen: set[str], place: str
) -> None:
    if "@" not in agent.email:
        raise BadFile(f"{place}.email", f"{agent.email!r} is no e-mail address")
    if agent.email.lower() in seen:
        raise BadFile(f"{place}.email", f"{agent.email} stands twice")
    for name in agent.queues:
        if name not in queues:
            raise BadFile(f"{place}.queues", f"there is no queue {name}")
