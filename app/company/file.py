"""What does company.yaml say, section by section?"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from app.conversation.people import Capacity
from app.conversation.queues import Name, Skills
from app.conversation.setup import CannedReply, Disposition, Skill
from app.queue_file import CalendarSpec, HoursSpec, QueueSpec, known_zone
from app.yaml_file import read

Email = Annotated[str, Meta(min_length=3, max_length=254)]
Sections = dict[str, tuple[Any, ...]]
"""Section -> its entries, each in full."""


class CapacitySpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    calls: Annotated[int, Meta(ge=0, le=10)] = Capacity().calls
    texts: Annotated[int, Meta(ge=0, le=50)] = Capacity().texts


class AgentSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent as people write it. Passwords do not belong into a file."""

    email: Email
    name: Name
    queues: tuple[Name, ...]
    roles: tuple[Literal["agent", "supervisor", "admin"], ...] = ("agent",)
    skills: Skills = {}
    languages: tuple[Name, ...] = ()
    capacity: CapacitySpec = CapacitySpec()


class Company(Struct, frozen=True, kw_only=True):
    """The whole set-up, in the words of the file."""

    skills: tuple[Skill, ...] = ()
    calendars: tuple[CalendarSpec, ...] = ()
    queues: tuple[QueueSpec, ...] = ()
    agents: tuple[AgentSpec, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    """None: five that come with the program, see app/conversation/setup.py."""
    canned_replies: tuple[CannedReply, ...] = ()


class CompanyFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Company as people write it. What it leaves out it says nothing about."""

    zone: str = "UTC"
    """Of all opening hours that name no other."""
    skills: tuple[Skill | Name, ...] | UnsetType = UNSET
    calendars: tuple[CalendarSpec, ...] | UnsetType = UNSET
    queues: tuple[QueueSpec, ...] | UnsetType = UNSET
    agents: tuple[AgentSpec, ...] | UnsetType = UNSET
    dispositions: tuple[Disposition, ...] | UnsetType = UNSET
    canned_replies: tuple[CannedReply, ...] | UnsetType = UNSET


def load(text: str) -> CompanyFile:
    """Raises BadFile where the text has not the shape of a company; see also checks.py."""
    return read(text, CompanyFile)


def sections(file: CompanyFile) -> Sections:
    """What the file says, without its short forms; raises BadFile."""
    zone = known_zone(file.zone, "zone")
    return {
        name: tuple(_in_full(one, number, zone) for number, one in enumerate(entries, 1))
        for name in Company.__struct_fields__
        if (entries := getattr(file, name)) is not UNSET
    }


def _in_full(entry: Any, number: int, zone: str) -> Any:
    match entry:
        case str():
            return Skill(name=entry)
        case CalendarSpec(zone=""):
            return replace(entry, zone=zone)
        case QueueSpec(hours=HoursSpec(zone="") as hours):
            return replace(entry, hours=replace(hours, zone=zone))
        case Disposition(order=0):
            return replace(entry, order=number)
        case _:
            return entry
